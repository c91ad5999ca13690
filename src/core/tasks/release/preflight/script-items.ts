import type { ReleaseSettings } from '../../../evidence/release-settings';
import type { GateItem } from '../../../release/run';
import type { DeployCalls } from './deploy-calls';
import { fails, isUnknown, item, notes, passes } from './gate-item';

/** S4-20, S4-55: the script deploys when it is called as configured, and really goes back when it is asked to. */
export function scriptItems(
  script: string,
  calls: DeployCalls,
  settings: ReleaseSettings,
): readonly GateItem[] {
  const { forward, rollback, back, rollbackArguments, rollbackArgumentsFrom } = calls;
  const call = [script, ...rollbackArguments].join(' ');
  const at =
    rollback.kind === 'unread' || !rollback.range
      ? script
      : `${rollback.path ?? script}:${rollback.range.start.line}`;
  const never = 'it is not patched in a release';
  const goesBack =
    back.outcome === 'handled'
      ? passes(
          `"${call}" ${back.why}${rollbackArgumentsFrom === 'script' ? ', which is how the script asks for it' : ''}`,
          [at],
        )
      : back.outcome === 'not-handled'
        ? fails(
            rollback.kind === 'handled'
              ? `"${call}" ${back.why}, though the script goes back when it is asked another way (${rollback.how}): say the call as release.deploy.rollback-arguments`
              : rollback.kind === 'not-handled' && !settings.isRollbackSaid
                ? `${script} ${rollback.why}: give it a branch for --rollback and try it outside production; ${never}`
                : `"${call}" ${back.why}: give ${script} a branch for it and try it outside production; ${never}`,
            [at],
          )
        : isUnknown(
            `whether "${call}" goes back is not known: ${script} ${back.why}; have it read by a person, and say so in an override of script-handles-rollback`,
            [at],
          );
  const deploys = [script, ...settings.deploy.arguments].join(' ');
  return [
    item(
      'deploy-call',
      'The deploy script does something when it is called as configured',
      forward.outcome === 'handled'
        ? forward.misses
          ? fails(
              `${script} ${forward.misses}: say its arguments as release.deploy.arguments`,
              [script],
              false,
            )
          : passes(`"${deploys}" ${forward.why}`, [script])
        : forward.outcome === 'not-handled'
          ? fails(`${script} ${forward.why}: say its arguments as release.deploy.arguments`, [script])
          : // What the script runs may change things that no table of programs knows.
            notes(`what "${deploys}" does is not known: ${script} ${forward.why}`, [script]),
    ),
    item('rollback-handled', 'The deploy script goes back when it is asked to', goesBack),
  ];
}

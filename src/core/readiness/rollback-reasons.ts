import type { ConditionWeight } from '../gate/readiness-settings';
import type { OverrideOnRecord } from '../records/record';
import type { ConditionId, RollbackCredibility } from '../risk/credibility';
import type { JudgedCondition } from './condition';
import { isAbout, ROLLBACK_PREFIX } from './overrides';

/** As each reads when it holds. */
const TITLES: Readonly<Record<ConditionId, string>> = {
  'actions-compensated': 'What cannot be undone is compensated',
  'target-exists': 'The version before can be deployed again',
  'script-handles-rollback': 'The deploy script carries the rollback out',
  'runs-on-new-schema': 'The version before runs on the new schema',
  drilled: 'The rollback was practised outside production',
  'within-rto': 'The rollback ends within the recovery time objective',
  'triggers-machine-readable': 'When to go back is written so that a program can tell',
};

/** What a person does about each, where it does not hold. */
const NEXT: Readonly<Record<ConditionId, string>> = {
  'actions-compensated':
    'write into the plan what makes up for each action, with its evidence and who stands for it',
  'target-exists':
    'tag each release, name its artifact under readiness.artifact in the configuration, and ask the registry with --online',
  'script-handles-rollback':
    'give the deploy script a branch for --rollback that puts the version before back',
  'runs-on-new-schema': 'run the version before on the new schema, and write into the plan what shows it',
  drilled: 'practise the rollback outside production, and write it down with release-gate drill record',
  'within-rto':
    'set readiness.rollback.objective-minutes in the configuration, and measure the rollback in a drill',
  'triggers-machine-readable':
    'write metric, comparison, number, window and for how long for each required metric into the plan',
};

/** What cannot be undone leads: it is what a rollback founders on. */
const ORDER = Object.keys(TITLES) as ConditionId[];

/** The conditions of the rollback as conditions of the release, each as heavy as the rollback as a whole. */
export function rollbackReasons(
  credibility: RollbackCredibility,
  weight: ConditionWeight,
  overrides: readonly OverrideOnRecord[],
): readonly JudgedCondition[] {
  return [...credibility.conditions]
    .sort((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id))
    .map(({ id, status, why, evidence }) => {
      const whole = `${ROLLBACK_PREFIX}${id}`;
      const isHeld = status === 'pass' || status === 'waived';
      return {
        id: whole,
        title: TITLES[id],
        criterion: 'reversibility',
        weight,
        status,
        why,
        next: isHeld ? null : NEXT[id],
        evidence,
        override: status === 'waived' ? (overrides.find((each) => isAbout(each, whole)) ?? null) : null,
      };
    });
}

import { fileSource } from '../../evidence/fact';
import { isAnswered } from '../../risk/compensations';
import { enumerated } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';

const PARTS = [
  ['cohorts', 'cohorts'],
  ['killSwitch', 'way to switch it off'],
  ['owner', 'owner'],
  ['removalDate', 'date of removal'],
] as const;

/** Each feature flag of the release has its cohorts, kill switch, owner and end. */
export const condition: Condition = {
  id: 'flags-planned',
  title: 'Each feature flag has its cohorts, kill switch, owner and date of removal',
  weight: 'warn',
  criterion: 'stability',
  judge: ({ plan, change }) => {
    const touched = change?.touches.find(({ kind }) => kind === 'feature-flags')?.paths ?? [];
    const places = touched.slice(0, 10).map((path) => fileSource(path));
    const next =
      'complete "Feature flags" in the plan: key, cohorts, how it is switched off, owner, date of removal';
    if (plan === null || plan.data.flags.length === 0) {
      if (touched.length === 0) return null;
      return plan === null
        ? notKnown(`${touched[0] ?? ''} changes feature flags, and there is no plan`, next, places)
        : fail(`${touched[0] ?? ''} changes feature flags, and the plan names none`, next, places);
    }
    const evidence = [fileSource(plan.path), ...places];
    const open = plan.data.flags.flatMap((flag) => {
      if (!isAnswered(flag.flag)) return ['a flag is asked for and not named'];
      const lacks = PARTS.filter(([key]) => !isAnswered(flag[key])).map(([, name]) => name);
      return lacks.length === 0 ? [] : [`${flag.flag} has no ${enumerated(lacks, 'and')}`];
    });
    return open.length === 0
      ? pass(
          `planned: ${enumerated(
            plan.data.flags.map(({ flag }) => flag),
            'and',
          )}`,
          evidence,
        )
      : notKnown(open.join('; '), next, evidence);
  },
};

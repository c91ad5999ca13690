import { doingOf, isTypeCheck } from '../check-evidence';
import type { Condition } from '../condition';
import { isProvided } from '../evidence-words';
import { judgeFaults } from '../fault-condition';

/** S2-27: no error of a linter on the commit of the release. */
export const condition: Condition = {
  id: 'lint-clean',
  title: 'The linter finds no error on the commit of the release',
  weight: ({ evidence }) => (isProvided(evidence.lint, evidence.checks) ? 'block' : 'warn'),
  criterion: 'execution',
  judge: (facts) =>
    judgeFaults(facts, {
      kind: 'lint',
      tool: 'linter',
      next: 'run the linter on the commit of the release, or save its checks with gh api repos/OWNER/NAME/commits/SHA/check-runs > check-runs.json',
      doing: (job) => doingOf(job, (each) => each.purpose === 'lint' && !isTypeCheck(each)),
    }),
};

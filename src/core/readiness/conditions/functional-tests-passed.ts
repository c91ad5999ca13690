import type { Condition } from '../condition';
import { isProvided } from '../evidence-words';
import { judgeOutcomes } from '../outcome-condition';

/** S4-17: no test of the critical path failed or was left out. */
export const condition: Condition = {
  id: 'functional-tests-passed',
  title: 'The functional report shows the critical path tested and passed',
  weight: ({ evidence }) => (isProvided(evidence.functional) ? 'block' : 'warn'),
  criterion: 'execution',
  judge: (facts) =>
    judgeOutcomes(facts, {
      kind: 'functional',
      what: 'functional report',
      next: 'run the functional tests of this version, and write the report with a result for each',
    }),
};

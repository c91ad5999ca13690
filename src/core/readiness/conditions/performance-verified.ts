import type { Condition } from '../condition';
import { isProvided } from '../evidence-words';
import { judgeOutcomes } from '../outcome-condition';

/** S4-17: the newest performance report shows nothing that failed. */
export const condition: Condition = {
  id: 'performance-verified',
  title: 'The newest performance report shows no failure',
  weight: ({ evidence }) => (isProvided(evidence.performance) ? 'block' : 'warn'),
  criterion: 'performance',
  judge: (facts) =>
    judgeOutcomes(facts, {
      kind: 'performance',
      what: 'performance report',
      next: 'measure this version, and write the report with a result for each figure',
    }),
};

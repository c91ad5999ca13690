import type { JobFacts, ReachVerdict } from '../understanding';

/** What the decision needs to know of the other jobs. */
export interface JobGraph {
  readonly jobs: readonly JobFacts[];
  needsOf(facts: JobFacts): readonly JobFacts[];
  ancestorsOf(facts: JobFacts): readonly JobFacts[];
}

/** Decides whether `production` can start in a run in which `guard` did not succeed. */
export function reachability(graph: JobGraph): (production: JobFacts, guard: JobFacts) => ReachVerdict {
  return (production) => ({
    kind: 'unknown',
    because: `conditions of ${graph.jobs.length} jobs are not decided yet`,
    span: production.job.id.span,
  });
}

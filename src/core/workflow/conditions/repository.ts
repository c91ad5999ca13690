import type { Workflow } from '../model';
import type { JobFacts } from '../understanding';
import { runGraphOf, type RunGraph } from './run-graph';

/** What a proof needs to know of the repository. */
export interface Repository {
  readonly workflows: readonly Workflow[];
  jobsOf(workflow: Workflow): readonly JobFacts[];
  /** The branch on which events without a ref of their own run. */
  defaultBranchOf(workflow: Workflow): string;
}

const graphs = new WeakMap<Repository, Map<Workflow, RunGraph>>();

/** The run graph of a workflow, laid out once for a repository. */
export function graphOf(root: Workflow, repository: Repository): RunGraph {
  const known = graphs.get(repository) ?? new Map<Workflow, RunGraph>();
  graphs.set(repository, known);
  const graph = known.get(root) ?? runGraphOf(root, (workflow) => repository.jobsOf(workflow));
  known.set(root, graph);
  return graph;
}

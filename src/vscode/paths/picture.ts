import type { GraphScope, PathsGraph } from '../../core/graph/graph';
import type { Judgement } from '../gate/workspace-gate';

/** A judgement of a repository that could be judged. */
export type Judged = Extract<Judgement, { kind: 'judged' }>;

const known = new WeakMap<Judged, Map<GraphScope, PathsGraph>>();

/** The picture of a judgement, made once for each scope. */
export async function pictureOf(judgement: Judged, scope: GraphScope): Promise<PathsGraph> {
  const pictures = known.get(judgement) ?? new Map<GraphScope, PathsGraph>();
  known.set(judgement, pictures);
  const before = pictures.get(scope);
  if (before) return before;
  const { graphOf } = await import('../../core/graph/build');
  const graph = graphOf({ ...judgement.picture, findings: judgement.report.findings }, scope);
  pictures.set(scope, graph);
  return graph;
}

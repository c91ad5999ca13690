import type { PathsGraph } from './graph';

/** The data of `release-gate graph --format json`. Kept from version 1 on: fields may be added, none changes or goes. */
export interface JsonGraph extends PathsGraph {
  readonly version: 1;
}

/** The picture as indented JSON with a final line break; the fields are those of `PathsGraph`, see docs/paths.md. */
export function toJson(graph: PathsGraph): string {
  const { scope, workflows, nodes, edges, counterexamples, leftOut } = graph;
  const data: JsonGraph = { version: 1, scope, workflows, nodes, edges, counterexamples, leftOut };
  return `${JSON.stringify(data, null, 2)}\n`;
}

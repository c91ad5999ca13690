import type { GraphEdge, GraphNode, PathsGraph, WorkflowCluster } from './graph';
import { edgeWord, linesOf, STATE_SIGNS } from './words';

/** Longer lines of a node are cut; Mermaid would make a box of them that nobody can read. */
const MAX_LINE = 100;

/**
 * The picture as a Mermaid flowchart, as GitHub renders it in Markdown. A line that holds is thick, an open one dotted,
 * and each says so in words; names are written so that nothing in them is taken for Mermaid or HTML.
 */
export function toMermaid(graph: PathsGraph): string {
  const ids = new Map<string, string>();
  for (const [index, node] of graph.nodes.entries()) ids.set(node.id, `n${index}`);
  for (const [index, cluster] of graph.workflows.entries()) ids.set(cluster.id, `w${index}`);
  const inside = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) inside.set(node.cluster, [...(inside.get(node.cluster) ?? []), node]);
  const lines = ['flowchart LR'];
  const addCluster = (cluster: WorkflowCluster, caller: GraphNode | null, indent: string): void => {
    const title = caller
      ? [...linesOf(caller, graph).map((line) => line.text), cluster.label]
      : cluster.label === cluster.path
        ? [cluster.path]
        : [cluster.label, cluster.path];
    // In one line: a second one would lie under the first node.
    lines.push(`${indent}subgraph ${ids.get(cluster.id) ?? ''}[${quoted([title.join(', ')])}]`);
    lines.push(`${indent}  direction LR`);
    for (const node of inside.get(cluster.id) ?? []) {
      const inner =
        node.kind === 'job' && node.inner !== null
          ? graph.workflows.find((each) => each.id === node.inner)
          : undefined;
      if (inner) {
        ids.set(node.id, ids.get(inner.id) ?? '');
        addCluster(inner, node, `${indent}  `);
      } else {
        lines.push(`${indent}  ${nodeText(node, graph, ids.get(node.id) ?? '')}`);
      }
    }
    // A subgraph without anything in it would not be drawn.
    if (cluster.problem !== null || (inside.get(cluster.id) ?? []).length === 0) {
      lines.push(
        `${indent}  ${ids.get(cluster.id) ?? ''}x[${quoted([`? ${cluster.problem ?? 'nothing in it'}`])}]`,
      );
    }
    lines.push(`${indent}end`);
  };
  for (const cluster of graph.workflows) if (cluster.calledBy === null) addCluster(cluster, null, '  ');
  if (graph.workflows.length === 0) lines.push(`  n0[${quoted(['No way to production is known'])}]`);
  for (const edge of graph.edges) {
    const from = ids.get(edge.from);
    const to = ids.get(edge.to);
    // A frame cannot have an edge into itself; that it holds the jobs says the same.
    if (edge.kind === 'calls' || from === undefined || to === undefined || from === to) continue;
    lines.push(`  ${from} ${arrow(edge)} ${to}`);
  }
  lines.push('  classDef production stroke-width:3px');
  const production = graph.nodes.filter((node) => node.kind === 'job' && node.role === 'production');
  if (production.length > 0) {
    lines.push(`  class ${production.map((node) => ids.get(node.id) ?? '').join(',')} production`);
  }
  return `${lines.join('\n')}\n`;
}

function nodeText(node: GraphNode, graph: PathsGraph, id: string): string {
  const label = quoted(
    linesOf(node, graph).map((line) => {
      if (line.kind !== 'state' || node.kind !== 'job' || !node.production) return line.text;
      return `${STATE_SIGNS[node.production.state].sign} ${line.text}`;
    }),
  );
  if (node.kind === 'trigger') return `${id}([${label}])`;
  return node.role === 'production' ? `${id}[[${label}]]` : `${id}[${label}]`;
}

function arrow(edge: GraphEdge): string {
  const word = edgeWord(edge);
  const sign = edge.state === 'none' ? '' : `${STATE_SIGNS[edge.state].sign} `;
  const text = word ? `|${quoted([`${sign}${word}`])}|` : '';
  switch (edge.state) {
    case 'holds':
      return `==>${text}`;
    case 'open':
    case 'unknown':
      return `-.->${text}`;
    case 'none':
      return `-->${text}`;
  }
}

/** A label in quotes. Whatever Mermaid, Markdown or HTML could take for more than text becomes a character code. */
function quoted(lines: readonly string[]): string {
  const text = lines.map((line) => coded(cut(line.replace(/\s+/g, ' ').trim()))).join('<br/>');
  return `"${text || ' '}"`;
}

function cut(line: string): string {
  const characters = [...line];
  return characters.length > MAX_LINE ? `${characters.slice(0, MAX_LINE - 1).join('')}…` : line;
}

function coded(text: string): string {
  // At its beginning a number with a full stop, or a dash, would make a list of it.
  const start = /^(\d+[.)]|[-+])/.exec(text)?.[0].length ?? 0;
  return [...text]
    .map((character, index) =>
      (/[\p{L}\p{N} .,…:\-_/()!='+▮○?]/u.test(character) && index >= start) || /\d/.test(character)
        ? character
        : `#${character.codePointAt(0) ?? 0};`,
    )
    .join('');
}

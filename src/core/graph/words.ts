import { counted, enumerated } from '../text/words';
import type { Purpose } from '../workflow/understanding';
import type { GraphEdge, GraphNode, JobNode, PathsGraph, PathState, TriggerNode } from './graph';
import { nodeOf, productionJobsOf } from './graph';

/** What a job does, as its node says it. */
const PURPOSE_WORDS: Readonly<Record<Purpose, string>> = {
  lint: 'lint',
  unit: 'unit tests',
  smoke: 'smoke tests',
  'end-to-end': 'end-to-end tests',
  scan: 'security scan',
  build: 'build',
  package: 'package',
  publish: 'publish',
  deploy: 'deploy',
  verify: 'verify',
  rollback: 'rollback',
  notify: 'notify',
};

/** What a production job lacks, by the rule that found it. */
const LACKING: ReadonlyMap<string, string> = new Map([
  ['prod-without-tests', 'no test holds it'],
  ['prod-without-staging', 'no staging before it'],
  ['gate-defeated-by-condition', 'a gate is defeated'],
  ['unsafe-trigger-reaches-prod', 'unsafe trigger'],
  ['prod-without-environment', 'no approval'],
]);

/** One line of a node, with what kind of thing it says. */
export interface NodeLine {
  readonly kind: 'title' | 'does' | 'environment' | 'condition' | 'findings' | 'state';
  readonly text: string;
}

/** The lines of a node, the title first. State is said in words; symbols and colours only repeat it. */
export function linesOf(node: GraphNode, graph: PathsGraph): readonly NodeLine[] {
  return node.kind === 'trigger' ? triggerLines(node) : jobLines(node, graph);
}

function triggerLines(node: TriggerNode): readonly NodeLine[] {
  const detail = node.detail.replace(/\s+/g, ' ');
  return [{ kind: 'title', text: node.label }, ...(detail ? [{ kind: 'does', text: detail } as const] : [])];
}

function jobLines(node: JobNode, graph: PathsGraph): readonly NodeLine[] {
  const lines: NodeLine[] = [{ kind: 'title', text: node.label }];
  const does = whatItDoes(node);
  if (does) lines.push({ kind: 'does', text: does });
  if (node.environment)
    lines.push({ kind: 'environment', text: `environment ${environmentWords(node.environment)}` });
  else if (node.production) lines.push({ kind: 'environment', text: 'no environment: no approval' });
  if (node.condition !== null) {
    lines.push({ kind: 'condition', text: `if: ${node.condition.replace(/\s+/g, ' ').trim()}` });
  }
  const findings = findingWords(node);
  if (findings) lines.push({ kind: 'findings', text: findings });
  if (node.production) lines.push({ kind: 'state', text: stateWords(node, graph) });
  return lines;
}

/** The names that an environment can have where the files say them, else the expression as written. */
export function environmentWords({ name, names }: NonNullable<JobNode['environment']>): string {
  return names && names.length > 0 ? enumerated(names.slice(0, 5), 'or') : name;
}

/** What a job does in a few words; '' where nothing is known. */
export function whatItDoes(node: JobNode): string {
  switch (node.role) {
    case 'production':
      return 'deploys to production';
    case 'deployment':
      return node.environment ? 'deploys' : 'deploys, not to production';
    case 'unknown-deployment':
      return 'deploys; nothing says where';
    case 'rollback':
      return 'rolls back';
    case 'check':
    case 'build':
    case 'other':
      if (node.calls !== null) return `calls ${node.calls}`;
      return node.does.map((purpose) => PURPOSE_WORDS[purpose]).join(', ');
  }
}

function findingWords(node: JobNode): string {
  const blocking = node.findings.filter((each) => each.severity === 'block' && each.status === 'fail').length;
  const unknown = node.findings.filter(
    (each) => each.severity === 'block' && each.status === 'unknown',
  ).length;
  const warnings = node.findings.filter(
    (each) => each.severity === 'warn' && each.status !== 'waived',
  ).length;
  const waived = node.findings.filter((each) => each.status === 'waived').length;
  return [
    ...(blocking > 0 ? [`${blocking} blocking`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(waived > 0 ? [`${waived} waived`] : []),
  ].join(', ');
}

/** What was proved of a production job, in a few words. */
export function stateWords(node: JobNode, graph: PathsGraph): string {
  const state = node.production;
  if (!state) return '';
  switch (state.state) {
    case 'open': {
      const past = [...new Set(openPast(node, graph))];
      if (past.length > 0) return `OPEN: starts without ${past.join(', ')}`;
      const lacks = [...LACKING].flatMap(([rule, words]) =>
        node.findings.some((finding) => finding.rule === rule && finding.severity === 'block') ? [words] : [],
      );
      return lacks.length > 0 ? `OPEN: ${enumerated(lacks, 'and')}` : 'OPEN: see its findings';
    }
    case 'unknown':
      return 'UNKNOWN: not proved either way';
    case 'holds': {
      const count = state.holds.length;
      return count > 0 ? `HOLDS: waits for ${counted(count, 'job')}` : 'HOLDS: its own checks come first';
    }
  }
}

/** The labels of what production can start without, where a finding says that it must not. */
function openPast(node: JobNode, graph: PathsGraph): readonly string[] {
  const runs = graph.counterexamples.filter((run) => run.production === node.id && run.finding);
  return runs.flatMap((run) =>
    run.steps.flatMap((step) => {
      const at = step.result === 'begins' || step.result === 'starts' ? null : nodeOf(graph, step.node);
      if (!at || at.kind !== 'job') return [];
      const isOpen =
        state(node).open.includes(at.id) ||
        graph.edges.some(
          (edge) => edge.kind === 'not-needed' && edge.from === at.id && edge.openFor.includes(node.id),
        );
      const isCheck = at.does.some((purpose) => /^(lint|unit|scan|smoke|end-to-end)$/.test(purpose));
      return isOpen && (isCheck || at.calls !== null) && step.result !== 'success' ? [at.label] : [];
    }),
  );
}

function state(node: JobNode): { readonly open: readonly string[] } {
  return node.production ?? { open: [] };
}

/** The word and the sign of a state: each is enough without the other, and without any colour. */
export const STATE_SIGNS: Readonly<
  Record<Exclude<PathState, 'none'>, { readonly sign: string; readonly word: string }>
> = {
  holds: { sign: '▮', word: 'holds' },
  open: { sign: '○', word: 'open' },
  unknown: { sign: '?', word: 'unknown' },
};

/** What an edge says beside its line; '' for one that only tells an order. */
export function edgeWord(edge: GraphEdge): string {
  if (edge.kind === 'not-needed') return 'not waited for';
  if (edge.state === 'none') return edge.kind === 'chained' ? 'then' : '';
  return STATE_SIGNS[edge.state].word;
}

/** How many production jobs a picture has and what was proved of them, without a full stop. */
export function pictureSummary(graph: PathsGraph): string {
  const all = productionJobsOf(graph);
  if (all.length === 0) return 'No production deployment';
  const of = (which: PathState): number => all.filter((job) => job.production.state === which).length;
  const states = [
    ...(of('open') > 0 ? [`${of('open')} open`] : []),
    ...(of('unknown') > 0 ? [`${of('unknown')} unknown`] : []),
    ...(of('holds') > 0 ? [`${of('holds')} held`] : []),
  ];
  if (all.length === 1) return `1 production job: ${(states[0] ?? '').replace(/^1 /, '')}`;
  return `${counted(all.length, 'production job')}: ${states.join(', ')}`;
}

/** A node in a sentence, for those who do not see the picture. */
export function nodeSentence(node: GraphNode, graph: PathsGraph): string {
  const place = `${node.path}:${node.range.start.line}`;
  if (node.kind === 'trigger') {
    return `Event ${node.label}${node.detail ? ` (${node.detail})` : ''}, ${place}`;
  }
  const rest = jobLines(node, graph)
    .slice(1)
    .map((line) => line.text);
  return [`Job ${node.label}`, ...rest, place].join(', ');
}

/** An edge in a sentence. */
export function edgeSentence(edge: GraphEdge, graph: PathsGraph): string {
  const name = (id: string): string =>
    nodeOf(graph, id)?.label ?? graph.workflows.find((cluster) => cluster.id === id)?.label ?? id;
  const from = name(edge.from);
  const to = name(edge.to);
  const openFor = edge.openFor.map(name).join(', ');
  switch (edge.kind) {
    case 'starts':
      return `${from} starts ${to}`;
    case 'calls':
      return `${from} calls ${to}`;
    case 'not-needed':
      return `Open: ${to} does not wait for ${from}`;
    case 'chained':
      switch (edge.state) {
        case 'holds':
          return `Holds: ${to} follows ${from}, and production asks for its success`;
        case 'open':
          return `Open: ${to} follows ${from} whatever became of it`;
        case 'unknown':
          return `Unknown: ${to} follows ${from}, and asks for its success only in some cases`;
        case 'none':
          return `${to} follows ${from}`;
      }
      break;
    case 'needs':
      switch (edge.state) {
        case 'holds':
          return `Holds: ${to} needs ${from}, and no production job starts unless it succeeded`;
        case 'open':
          return `Open: ${to} needs ${from}, but ${openFor} can start though it did not succeed`;
        case 'unknown':
          return `Unknown: ${to} needs ${from}; whether production can start without it is not known`;
        case 'none':
          return `${to} needs ${from}`;
      }
  }
}

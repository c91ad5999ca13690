import type { Span } from '../../text/position';
import type { Job, Workflow } from '../model';
import type { Counterexample, CounterexampleStep, JobFacts, ReachVerdict } from '../understanding';
import { allRunsOf, UNBOUNDED, type AllRuns, type Witness } from './answers';
import { neededFor } from './explore';
import { simplified, type Expression } from './expression';
import { graphOf, type Repository } from './repository';
import type { RunNode } from './run-graph';
import { startValue } from './runs';
import { taggedStartsOf, type StartKind, type Starts } from './starts';
import { stepsOf } from './steps';

/** What is proved of one job as one chain of callers comes to run it. */
export interface Proof {
  /**
   * Whether it can start in a run, or after a run, in which the real result of `guard` is not success.
   *
   * @param event Only in runs that this event starts; all of them where nothing is said.
   */
  without(guard: JobFacts, event?: string): ReachVerdict;
  /** For every kind of start, whether it can start there at all: `fails` carries the run, `holds` means never. */
  starts(): readonly { readonly kind: StartKind; readonly verdict: ReachVerdict }[];
  /** Whether it is waited for: an ancestor of the job, or of a call around it. */
  isAncestor(guard: JobFacts): boolean;
}

/**
 * Proves what can reach one job: every run of the outermost workflow that the conditions could tell apart is gone
 * through, for all questions at once (docs/semantics.md). What no file settles is tried every way; an answer that
 * depends on it is unknown and says on what.
 *
 * @param path The jobs from the outermost caller to the one that is asked for.
 */
export function prove(root: Workflow, path: readonly Job[], repository: Repository): Proof {
  const graph = graphOf(root, repository);
  const last = path[path.length - 1];
  const unknown = (because: string, span: Span): ReachVerdict => ({ kind: 'unknown', because, span });
  const never = (verdict: ReachVerdict): Proof => ({
    without: () => verdict,
    starts: () => [],
    isAncestor: () => false,
  });
  if (!graph.ok) return never(unknown(graph.because, graph.span));
  const target = graph.nodes.findIndex(
    (node) =>
      node.kind !== 'return' &&
      node.path.length === path.length &&
      node.path.every((job, at) => job === path[at]),
  );
  const targetNode = graph.nodes[target];
  if (!targetNode) return never(unknown('it is not in this run', last?.id.span ?? { start: 0, end: 0 }));
  const nodes = deployingLast(relevantTo(graph.nodes, target));
  const { job } = targetNode.facts;
  const span = job.condition?.span ?? job.id.span;
  const broken = nodes.find((node) => node.problem !== null)?.problem;
  if (broken) return never(unknown(broken.because, broken.span));

  const indexes = new Map<Job, number[]>();
  nodes.slice(0, -1).forEach((node, index) => {
    if (node.kind === 'call') return;
    indexes.set(node.facts.job, [...(indexes.get(node.facts.job) ?? []), index]);
  });
  const needed = neededFor(
    nodes.map((node) => ({ node, condition: node.condition })),
    nodes.length - 1,
  );
  // The usual case, answered without going through runs: its success is asked for, and its failure never forgiven.
  const isSurelyNeeded = (index: number): boolean => {
    const node = nodes[index];
    const tolerance = node?.tolerance;
    return (
      node?.kind === 'job' && needed.has(index) && tolerance?.kind === 'literal' && tolerance.value === false
    );
  };

  let found: Starts | null | undefined;
  const allStarts = (): Starts | null => {
    if (found === undefined) found = taggedStartsOf(root, nodes, repository, [], nodes.length);
    return found;
  };
  const solved = new Map<string | null, Solved | string>();
  const solve = (event: string | null): Solved | string => {
    const known = solved.get(event) ?? solveFor(nodes, allStarts(), event);
    solved.set(event, known);
    return known;
  };
  let easy: ReturnType<typeof easilyStarted> | undefined;
  const easily = (): ReturnType<typeof easilyStarted> => (easy ??= easilyStarted(nodes, allStarts()));
  return {
    without(guard, event) {
      const own = indexes.get(guard.job) ?? [];
      if (own.length > 0 && own.every(isSurelyNeeded)) return { kind: 'holds' };
      // Beside the way: it is enough that the job can start, and a run in which all goes well mostly shows it.
      if (own.length === 0 && event === undefined) {
        const shown = easily();
        if (shown && !shown.starts.bitOf.has(guard.job)) {
          const beside = besideStep(guard, true);
          return { kind: 'fails', counterexample: counterexampleOf(nodes, [beside], shown.witness) };
        }
      }
      const found = solve(event ?? null);
      if (typeof found === 'string') return unknown(found, span);
      const before = found.starts.bitOf.get(guard.job);
      // What the job does not wait for may be in any state when it starts.
      const bits = own.length > 0 ? own : [before ?? found.any];
      const verdicts = bits.map((bit) => verdictOf(found, bit, guard, span));
      return (
        verdicts.find(({ kind }) => kind === 'fails') ??
        verdicts.find(({ kind }) => kind === 'unknown') ?? { kind: 'holds' }
      );
    },
    starts() {
      const found = solve(null);
      if (typeof found === 'string') return [];
      return found.starts.kinds.map((kind, at) => ({
        kind,
        verdict: verdictOf(found, found.any + 1 + at, null, span),
      }));
    },
    isAncestor: (guard) => indexes.has(guard.job),
  };
}

/** The nodes that have to be over before `target` is decided, and itself as the last, indexes put right. */
function relevantTo(all: readonly RunNode[], target: number): readonly RunNode[] {
  const wanted = new Set<number>();
  const pending = [target];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (wanted.has(index)) continue;
    wanted.add(index);
    pending.push(...(all[index]?.waits ?? []));
  }
  const kept = [...wanted].sort((a, b) => a - b).filter((index) => index !== target);
  kept.push(target);
  const now = new Map(kept.map((index, at) => [index, at]));
  const moved = (indexes: readonly number[]): readonly number[] =>
    indexes.flatMap((index) => now.get(index) ?? []);
  return kept.flatMap((index) => {
    const node = all[index];
    if (!node) return [];
    return [
      {
        ...node,
        waits: moved(node.waits),
        ancestors: moved(node.ancestors),
        callerAncestors: moved(node.callerAncestors),
        inside: moved(node.inside),
        needs: new Map([...node.needs].map(([id, need]) => [id, now.get(need) ?? -1])),
        call: node.call === null ? null : (now.get(node.call) ?? null),
      },
    ];
  });
}

/** The last node with what its deploying steps ask: a job that starts and deploys nothing reaches nothing. */
function deployingLast(nodes: readonly RunNode[]): readonly RunNode[] {
  const last = nodes[nodes.length - 1];
  if (!last || last.kind !== 'job' || last.deploys.kind === 'literal') return nodes;
  const condition = { kind: 'and', args: [last.condition, last.deploys] } as const;
  return [...nodes.slice(0, -1), { ...last, condition }];
}

/** Everything that was found about one target. */
interface Solved {
  readonly nodes: readonly RunNode[];
  /** The bit that says that it can start at all. */
  readonly any: number;
  readonly starts: Starts;
  readonly runs: AllRuns;
}

/**
 * A run in which every earlier job succeeds and the last one starts, if the conditions are true then whatever no file
 * settles: no reading of an open point is touched by it. Null says nothing.
 */
function easilyStarted(
  nodes: readonly RunNode[],
  starts: Starts | null,
): { readonly witness: Witness; readonly starts: Starts } | null {
  for (const { start } of starts?.tagged ?? []) {
    const isTrueThen = nodes.every((node) => {
      const { condition } = node;
      if (node.kind === 'return') return true;
      const left = simplified(condition, (parts) => {
        if (parts[0] !== 'needs') return startValue(parts, start);
        if (parts[2] !== 'result' || parts.length !== 3) return undefined;
        if (parts[1] === '*') return node.needs.size > 0 ? { set: ['success'] } : { set: [] };
        return node.needs.has(parts[1] ?? '') ? 'success' : null;
      });
      return isTrueWhenAllGoesWell(left);
    });
    if (!isTrueThen || !starts) continue;
    const outcome = { result: 'success', phase: 'over', isRealSuccess: true, endsWithCaller: false } as const;
    return {
      starts,
      witness: { start, outcomes: nodes.slice(0, -1).map(() => outcome), isCancelled: false },
    };
  }
  return null;
}

/** Whether what is left of a condition holds by its status functions where nothing failed and nothing was cancelled. */
function isTrueWhenAllGoesWell(left: Expression): boolean {
  switch (left.kind) {
    case 'literal':
      return left.value === true;
    case 'call':
      return left.name === 'success' || left.name === 'always';
    case 'and':
      return left.args.every(isTrueWhenAllGoesWell);
    case 'or':
      return left.args.some(isTrueWhenAllGoesWell);
    case 'not':
      return left.of.kind === 'call' && (left.of.name === 'failure' || left.of.name === 'cancelled');
    default:
      return false;
  }
}

/** Goes through all runs, or those that one event starts; a text says why that cannot be done. */
function solveFor(nodes: readonly RunNode[], starts: Starts | null, event: string | null): Solved | string {
  const any = nodes.length;
  if (!starts) return 'there are too many ways to start it';
  const tagged = starts.tagged.filter(({ start }) => event === null || start.event === event);
  return { nodes, any, starts, runs: allRunsOf(nodes, tagged, any - 1) };
}

function verdictOf(
  { nodes, any, starts, runs }: Solved,
  bit: number,
  guard: JobFacts | null,
  span: Span,
): ReachVerdict {
  const settled = runs.settled(bit);
  if (settled.kind === 'cannot') return { kind: 'holds' };
  if (settled.kind === 'unknown') {
    const { because, isOnlyByTimeLimit = false } = settled;
    return { kind: 'unknown', because, span, ...(isOnlyByTimeLimit ? { isOnlyByTimeLimit } : {}) };
  }
  const doubt = starts.doubtful.get(bit);
  if (doubt !== undefined) return { kind: 'unknown', because: doubt, span };
  const witness = runs.witness(bit);
  if (!witness) return { kind: 'unknown', because: UNBOUNDED, span };
  const earlier = bit > any ? starts.earlier(witness.start, bit) : [];
  const beside = guard && bit >= any && earlier.length === 0 ? [besideStep(guard, bit === any)] : [];
  return { kind: 'fails', counterexample: counterexampleOf(nodes, [...earlier, ...beside], witness) };
}

/** A guard that nothing on the way waits for. */
function besideStep({ workflow, job }: JobFacts, isInThisRun: boolean): CounterexampleStep {
  return {
    path: workflow.path,
    job: job.id.value,
    result: 'failure',
    why: isInThisRun
      ? 'it fails, and no job on the way to production needs it'
      : 'it fails, and this run waits for no run of its workflow',
    span: job.id.span,
  };
}

function counterexampleOf(
  nodes: readonly RunNode[],
  earlier: readonly CounterexampleStep[],
  { start, outcomes, isCancelled }: Witness,
): Counterexample {
  const target = nodes[nodes.length - 1]?.facts;
  const starts: CounterexampleStep[] = target
    ? [
        {
          path: target.workflow.path,
          job: target.job.id.value,
          result: 'starts',
          why: target.job.condition
            ? `its condition ${target.job.condition.value} is true`
            : target.job.needs.length > 0
              ? 'everything that it needs counts as successful'
              : 'it needs no other job',
          span: target.job.condition?.span ?? target.job.id.span,
        },
      ]
    : [];
  return {
    trigger: start.event,
    ref: start.ref,
    inputs: Object.fromEntries(Object.entries(start.inputs).map(([name, value]) => [name, String(value)])),
    isCancelled,
    steps: [...earlier, ...stepsOf(nodes, outcomes.slice(0, nodes.length - 1)), ...starts],
  };
}

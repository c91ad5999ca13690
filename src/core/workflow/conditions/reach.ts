import type { Span } from '../../text/position';
import type { Counterexample, CounterexampleStep, JobFacts, ReachVerdict } from '../understanding';
import {
  isTrue,
  namesCancellation,
  partsOf,
  readCondition,
  textOfExpression,
  type Expression,
  type Scope,
} from './expression';
import { defaultBranchOf, startsOf, startValue, type RunStart } from './runs';
import { documented, otherReadings, type Reading } from './semantics';
import { toleranceOf } from './tolerance';

/** What the decision needs to know of the other jobs. */
export interface JobGraph {
  readonly jobs: readonly JobFacts[];
  needsOf(facts: JobFacts): readonly JobFacts[];
  ancestorsOf(facts: JobFacts): readonly JobFacts[];
}

type Result = 'success' | 'failure' | 'cancelled' | 'skipped';
/** Over before the cancellation, running at it, or decided after it; `over` only where there is none. */
type Phase = 'over' | 'running' | 'after';

const RESULTS: readonly Result[] = ['success', 'failure', 'cancelled', 'skipped'];

/** Bounds: beyond them the answer is unknown, in well under a second. */
const MAX_STATES = 3_000;
const MAX_STEPS = 150_000;
const MAX_ASSUMPTIONS = 6;

/** A job on the way to production, prepared. */
interface Node {
  readonly facts: JobFacts;
  readonly condition: Expression;
  readonly needs: readonly number[];
  readonly ancestors: readonly number[];
  /** Direct needs whose result the condition names. */
  readonly named: readonly number[];
  readonly asksAll: boolean;
  /** Whether a failure counts as success for those who need the job. */
  readonly tolerance: Expression;
  readonly namesCancellation: boolean;
}

/** What became of one job in a possible run. */
interface Outcome {
  readonly result: Result;
  readonly phase: Phase;
  /** The work itself failed, whatever `continue-on-error` makes of it. */
  readonly isRealSuccess: boolean;
}

interface Found {
  readonly kind: 'starts';
  readonly start: RunStart;
  readonly isCancelled: boolean;
  readonly outcomes: readonly Outcome[];
}

type Search = Found | { readonly kind: 'never' } | { readonly kind: 'too-many' };

/**
 * Decides whether `production` can start in a run in which `guard` did not succeed, by going through every run that
 * the conditions could tell apart (docs/semantics.md). Runs that later jobs cannot tell apart are one. What no file
 * settles is tried both ways; an answer that depends on it is unknown and says on what.
 */
export function reachability(graph: JobGraph): (production: JobFacts, guard: JobFacts) => ReachVerdict {
  const known = new Map<JobFacts, Map<JobFacts, ReachVerdict>>();
  return (production, guard) => {
    const before = known.get(production)?.get(guard);
    if (before) return before;
    const verdict = decide(graph, production, guard, 0);
    known.set(production, (known.get(production) ?? new Map<JobFacts, ReachVerdict>()).set(guard, verdict));
    return verdict;
  };
}

/** Calls within calls are followed so far; GitHub allows ten levels. */
const MAX_CALL_DEPTH = 10;

function decide(graph: JobGraph, production: JobFacts, guard: JobFacts, depth: number): ReachVerdict {
  if (production.workflow === guard.workflow || depth > MAX_CALL_DEPTH)
    return decideInRun(graph, production, guard);
  // The guard's workflow is called by a job that production waits for: its call must succeed, and tell of the guard.
  const calls = graph.jobs.filter((facts) => facts.calls === guard.workflow);
  const around = calls.find((facts) => facts.workflow === production.workflow);
  if (around && around !== production) {
    const verdict = decide(graph, production, around, depth + 1);
    if (verdict.kind !== 'holds') return verdict;
    const cone = [guard, ...graph.ancestorsOf(guard)];
    const loose = cone.find((facts) => facts.job.condition !== null || facts.job.continueOnError !== null);
    if (!loose) return verdict;
    return {
      kind: 'unknown',
      because: `"${loose.job.id.value}" in "${guard.workflow.path}" can be skipped or may fail, and no source says what that makes of the call`,
      span: around.job.id.span,
    };
  }
  // Production itself is inside a called workflow: it starts only where its caller does.
  const callers = graph.jobs.filter((facts) => facts.calls === production.workflow);
  const startsItself = production.workflow.triggers.some((trigger) => trigger.event !== 'workflow_call');
  if (callers.length > 0 && !startsItself) {
    const verdicts = callers.map((caller) => decide(graph, caller, guard, depth + 1));
    return (
      verdicts.find((verdict) => verdict.kind === 'fails') ??
      verdicts.find((verdict) => verdict.kind === 'unknown') ?? { kind: 'holds' }
    );
  }
  return decideInRun(graph, production, guard);
}

function decideInRun(graph: JobGraph, production: JobFacts, guard: JobFacts): ReachVerdict {
  const span = production.job.condition?.span ?? production.job.id.span;
  const unknown = (because: string, at: Span = span): ReachVerdict => ({
    kind: 'unknown',
    because,
    span: at,
  });
  const ancestors = graph.ancestorsOf(production);
  const ordered = inOrder([...ancestors, production], graph);
  if (!ordered) return unknown('its needs go round in a circle');
  const guardIndex = ordered.indexOf(guard);
  const nodes: Node[] = [];
  const assumable = new Map<string, Expression>();
  for (const facts of ordered) {
    const condition = readCondition(facts.job.condition?.value ?? null);
    const at = facts.job.condition?.span ?? facts.job.id.span;
    if (!condition.ok) {
      return unknown(`the condition of "${facts.job.id.value}" cannot be read (${condition.message})`, at);
    }
    const tolerance = toleranceOf(facts.job.continueOnError, facts.job);
    if (tolerance === null) {
      return unknown(
        `whether the failure of "${facts.job.id.value}" counts depends on ${facts.job.continueOnError?.value ?? ''}`,
        facts.job.continueOnError?.span ?? at,
      );
    }
    nodes.push(nodeOf(facts, condition.expression, tolerance.expression, ordered, graph));
  }
  if (isGuardedBySuccess(nodes, guardIndex)) return { kind: 'holds' };
  const starts = startsOf(
    production.workflow,
    nodes.flatMap((node) => [node.condition, node.tolerance]),
    defaultBranchOf(production.workflow, new Set(graph.jobs.map((facts) => facts.workflow))),
  );
  if (!starts) return unknown('there are too many ways to start it');

  // First learn which parts no file settles, by asking; then try every combination of them.
  const budget = { steps: MAX_STEPS };
  const searchWith = (assumptions: ReadonlyMap<string, boolean>, reading: Reading): Search => {
    let isBounded = true;
    for (const start of starts) {
      const found = search(nodes, guardIndex, start, reading, budget, (part) => {
        const text = textOfExpression(part);
        if (!assumable.has(text)) assumable.set(text, part);
        return assumptions.get(text) ?? false;
      });
      if (found.kind === 'starts') return found;
      if (found.kind === 'too-many') isBounded = false;
    }
    return isBounded ? { kind: 'never' } : { kind: 'too-many' };
  };
  const everyWay = (
    reading: Reading,
  ): { readonly found: Found | null; readonly never: string | null; readonly isComplete: boolean } => {
    for (let before = -1; before !== assumable.size;) {
      before = assumable.size;
      if (assumable.size > MAX_ASSUMPTIONS) return { found: null, never: null, isComplete: false };
      const names = [...assumable.keys()];
      let found: Found | null = null;
      // By what the files do not settle (`vars`, outputs): whether production starts, whatever a run can set.
      const byFixed = new Map<string, boolean>();
      let isComplete = true;
      for (let bits = 0; bits < 1 << names.length; bits++) {
        const assumptions = new Map(names.map((name, index) => [name, (bits & (1 << index)) !== 0]));
        const result = searchWith(assumptions, reading);
        if (result.kind === 'too-many') isComplete = false;
        const fixed = names.filter((name) => !isSetByRun(assumable.get(name)));
        const key = fixed.map((name) => `${name}:${String(assumptions.get(name))}`).join('\n');
        byFixed.set(key, (byFixed.get(key) ?? false) || result.kind === 'starts');
        if (result.kind === 'starts') found ??= result;
      }
      if (assumable.size !== before) continue;
      const isMixed = found !== null && [...byFixed.values()].includes(false);
      const cause = names.find((name) => !isSetByRun(assumable.get(name)));
      return { found, never: isMixed ? (cause ?? null) : null, isComplete };
    }
    return { found: null, never: null, isComplete: false };
  };

  const first = everyWay(documented);
  if (!first.found && !first.isComplete) return unknown('its conditions allow too many different runs');
  if (first.never !== null) return unknown(`it depends on ${first.never}, which no file says`);
  for (const { reading, says } of otherReadings) {
    budget.steps = Math.max(budget.steps, MAX_STEPS / 4);
    const other = everyWay(reading);
    if (!other.isComplete && !other.found) return unknown('its conditions allow too many different runs');
    if (other.never !== null) return unknown(`it depends on ${other.never}, which no file says`);
    if ((other.found === null) !== (first.found === null)) {
      return unknown(`it depends on whether ${says}, which GitHub does not document`);
    }
  }
  if (!first.found) return { kind: 'holds' };
  return { kind: 'fails', counterexample: counterexampleOf(nodes, guardIndex, guard, first.found) };
}

/**
 * The usual case, decided without going through runs: production's condition is false unless `success()` is true, and
 * `success()` is false unless every ancestor succeeded, in every reading; the guard is one, and its failure is never
 * forgiven.
 */
function isGuardedBySuccess(nodes: readonly Node[], guardIndex: number): boolean {
  const production = nodes.at(-1);
  const tolerance = nodes[guardIndex]?.tolerance;
  return (
    production?.ancestors.includes(guardIndex) === true &&
    tolerance?.kind === 'literal' &&
    tolerance.value === false &&
    demandsSuccess(production.condition)
  );
}

function demandsSuccess(condition: Expression): boolean {
  if (condition.kind === 'and') return condition.args.some(demandsSuccess);
  return condition.kind === 'call' && condition.name === 'success' && condition.args.length === 0;
}

/** What a person or an event brings with it can be had; what only the settings or an earlier job know cannot be said. */
function isSetByRun(part: Expression | undefined): boolean {
  if (!part) return false;
  const roots = partsOf(part).flatMap((each) => (each.kind === 'path' ? [each.parts[0]] : []));
  return roots.length > 0 && roots.every((root) => root === 'github');
}

/** Ancestors before descendants; null for a circle. */
function inOrder(jobs: readonly JobFacts[], graph: JobGraph): readonly JobFacts[] | null {
  const ordered: JobFacts[] = [];
  const done = new Set<JobFacts>();
  let pending = [...jobs];
  while (pending.length > 0) {
    const ready = pending.filter((facts) => graph.needsOf(facts).every((need) => done.has(need)));
    if (ready.length === 0) return null;
    for (const facts of ready) {
      done.add(facts);
      ordered.push(facts);
    }
    pending = pending.filter((facts) => !done.has(facts));
  }
  return ordered;
}

function nodeOf(
  facts: JobFacts,
  condition: Expression,
  tolerance: Expression,
  ordered: readonly JobFacts[],
  graph: JobGraph,
): Node {
  const needs = graph.needsOf(facts).map((need) => ordered.indexOf(need));
  const paths = partsOf(condition).flatMap((part) =>
    part.kind === 'path' && part.parts[0] === 'needs' ? [part.parts] : [],
  );
  const names = paths.map((parts) => parts[1] ?? '*');
  return {
    facts,
    condition,
    needs,
    ancestors: graph.ancestorsOf(facts).map((other) => ordered.indexOf(other)),
    named: needs.filter((need) => names.includes(ordered[need]?.job.id.value.toLowerCase() ?? '')),
    asksAll: names.includes('*'),
    tolerance,
    namesCancellation: namesCancellation(condition),
  };
}

/** What an undecided job will know of the jobs before it, as bits; runs that agree on all of them are one. */
const BROKEN = 1;
const FAILED = 2;
const NOT_OVER = 4;
const ANY_CANCELLED = 8;
const TOLERATED = 16;
const SEEN = 32;
/** The same over every ancestor, in bits of its own behind those of the direct needs. */
const SEEN_ABOVE = SEEN << RESULTS.length;

interface State {
  readonly outcomes: readonly Outcome[];
  readonly flags: readonly number[];
}

function search(
  nodes: readonly Node[],
  guardIndex: number,
  start: RunStart,
  reading: Reading,
  budget: { steps: number },
  assume: (part: Expression) => boolean,
): Search {
  for (const isCancelled of [false, true]) {
    let states: readonly State[] = [{ outcomes: [], flags: nodes.map(() => 0) }];
    for (const [index, node] of nodes.entries()) {
      const isLast = index === nodes.length - 1;
      const next = new Map<string, State>();
      for (const state of states) {
        if (--budget.steps < 0) return { kind: 'too-many' };
        if (isLast) {
          const guard = state.outcomes[guardIndex];
          // What is no ancestor of production may be in any state when production starts.
          if (guardIndex >= 0 && guardIndex !== index && guard?.isRealSuccess) continue;
          if (holds(node, index, state, nodes, start, reading, isCancelled, assume)) {
            return { kind: 'starts', start, isCancelled, outcomes: state.outcomes };
          }
          continue;
        }
        for (const outcome of outcomesOf(node, index, state, nodes, start, reading, isCancelled, assume)) {
          const after = advance(state, index, outcome, nodes);
          next.set(keyOf(after, index, nodes, guardIndex), after);
        }
        if (next.size > MAX_STATES) return { kind: 'too-many' };
      }
      states = [...next.values()];
    }
  }
  return { kind: 'never' };
}

function advance(state: State, index: number, outcome: Outcome, nodes: readonly Node[]): State {
  const flags = state.flags.map((bits, later) => {
    const node = nodes[later];
    if (!node || later <= index || !node.ancestors.includes(index)) return bits;
    let more = bits;
    if (outcome.result !== 'success') more |= BROKEN;
    if (outcome.result === 'failure') more |= FAILED;
    if (outcome.result === 'cancelled') more |= ANY_CANCELLED;
    if (outcome.result === 'success' && !outcome.isRealSuccess) more |= TOLERATED;
    if (node.asksAll) more |= SEEN_ABOVE << RESULTS.indexOf(outcome.result);
    if (node.needs.includes(index)) {
      if (outcome.phase !== 'over') more |= NOT_OVER;
      if (node.asksAll) more |= SEEN << RESULTS.indexOf(outcome.result);
    }
    return more;
  });
  return { outcomes: [...state.outcomes, outcome], flags };
}

function keyOf(state: State, index: number, nodes: readonly Node[], guardIndex: number): string {
  const parts: (string | number)[] = [state.outcomes[guardIndex]?.isRealSuccess === false ? 1 : 0];
  for (let later = index + 1; later < nodes.length; later++) {
    parts.push(state.flags[later] ?? 0);
    for (const need of nodes[later]?.named ?? []) {
      if (need <= index) parts.push(state.outcomes[need]?.result ?? '');
    }
  }
  return parts.join(',');
}

/** Whether the condition of a job is true, before or after the cancellation. */
function holds(
  node: Node,
  index: number,
  state: State,
  nodes: readonly Node[],
  start: RunStart,
  reading: Reading,
  isCancelled: boolean,
  assume: (part: Expression) => boolean,
): boolean {
  const flags = state.flags[index] ?? 0;
  const scope: Scope = {
    status(name) {
      switch (name) {
        case 'always':
          return true;
        case 'cancelled':
          return isCancelled;
        case 'success':
          return !isCancelled && (flags & BROKEN) === 0;
        case 'failure':
          if (isCancelled && !reading.failureInCancelledRun) return false;
          return (
            (flags & FAILED) !== 0 ||
            (reading.cancelledIsFailure && (flags & ANY_CANCELLED) !== 0) ||
            (reading.toleratedIsFailure && (flags & TOLERATED) !== 0)
          );
      }
    },
    valueOf(parts) {
      if (parts[0] !== 'needs') return startValue(parts, start);
      if (parts[2] !== 'result' || parts.length !== 3) return undefined;
      if (parts[1] === '*') {
        const seen = reading.wildcardHoldsAncestors ? SEEN_ABOVE : SEEN;
        return { set: RESULTS.filter((_, bit) => (flags & (seen << bit)) !== 0) };
      }
      const need = node.needs.find((each) => nodes[each]?.facts.job.id.value.toLowerCase() === parts[1]);
      // A job that is no direct need is not in the context: null.
      return need === undefined ? null : (state.outcomes[need]?.result ?? null);
    },
    assume,
  };
  const value = isTrue(node.condition, scope);
  return value && (!isCancelled || node.namesCancellation || reading.plainStartsWhenCancelled);
}

/** Everything that can become of a job in a run whose earlier jobs ended as the state says. */
function outcomesOf(
  ...[node, index, state, nodes, start, reading, isCancelled, assume]: Parameters<typeof holds>
): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  const isTolerated = isTrue(node.tolerance, {
    status: () => false,
    valueOf: (parts) => (parts[0] === 'needs' ? undefined : startValue(parts, start)),
    assume,
  });
  const works = (phase: Phase, mayBeCancelled: boolean): void => {
    outcomes.push({ result: 'success', phase, isRealSuccess: true });
    outcomes.push({ result: isTolerated ? 'success' : 'failure', phase, isRealSuccess: false });
    if (mayBeCancelled) outcomes.push({ result: 'cancelled', phase, isRealSuccess: false });
  };
  const isReady = ((state.flags[index] ?? 0) & NOT_OVER) === 0;
  if (isReady) {
    if (holds(node, index, state, nodes, start, reading, false, assume)) {
      works('over', reading.timeoutCancelsJob);
      if (isCancelled) {
        if (holds(node, index, state, nodes, start, reading, true, assume))
          works('running', reading.survivorMayBeCancelled);
        else outcomes.push({ result: 'cancelled', phase: 'running', isRealSuccess: false });
      }
    } else outcomes.push({ result: 'skipped', phase: 'over', isRealSuccess: false });
  }
  if (isCancelled) {
    if (holds(node, index, state, nodes, start, reading, true, assume))
      works('after', reading.survivorMayBeCancelled);
    else outcomes.push({ result: reading.neverStarted, phase: 'after', isRealSuccess: false });
  }
  return outcomes;
}

function counterexampleOf(
  nodes: readonly Node[],
  guardIndex: number,
  guard: JobFacts,
  found: Found,
): Counterexample {
  const steps: CounterexampleStep[] = nodes.map((node, index) => {
    const { facts } = node;
    const outcome = found.outcomes[index];
    const common = { path: facts.workflow.path, job: facts.job.id.value };
    const span = facts.job.condition?.span ?? facts.job.id.span;
    if (!outcome) {
      const why = facts.job.condition
        ? `its condition ${facts.job.condition.value} is true`
        : facts.job.needs.length > 0
          ? 'everything that it needs counts as successful'
          : 'it needs no other job';
      return { ...common, result: 'starts', why, span };
    }
    return { ...common, result: outcome.result, why: whyOf(node, outcome), span };
  });
  if (guardIndex < 0) {
    steps.unshift({
      path: guard.workflow.path,
      job: guard.job.id.value,
      result: 'failure',
      why: 'it fails, and no job on the way to production needs it',
      span: guard.job.id.span,
    });
  }
  return {
    trigger: found.start.event,
    ref: found.start.ref,
    inputs: Object.fromEntries(
      Object.entries(found.start.inputs).map(([name, value]) => [name, String(value)]),
    ),
    isCancelled: found.isCancelled,
    steps,
  };
}

function whyOf(node: Node, outcome: Outcome): string {
  switch (outcome.result) {
    case 'success':
      return outcome.isRealSuccess
        ? 'it succeeds'
        : 'its work fails, which `continue-on-error` turns into success for the jobs that need it';
    case 'failure':
      return 'its work fails';
    case 'cancelled':
      if (outcome.phase === 'running') return 'the run is cancelled while it runs';
      return outcome.phase === 'after'
        ? 'the run is cancelled before it starts'
        : 'it runs into its time limit';
    case 'skipped':
      if (outcome.phase === 'after') return 'the run is cancelled before it starts';
      return node.facts.job.condition
        ? `its condition ${node.facts.job.condition.value} is false`
        : 'a job that it needs did not succeed';
  }
}

import { isTrue, namesCancellation, partsOf, type Expression, type Scope } from './expression';
import { demandsSuccess, type RunNode } from './run-graph';
import type { Reading } from './semantics';

export type Result = 'success' | 'failure' | 'cancelled' | 'skipped';
/** Over before the cancellation, running at it, or decided after it; `over` only where there is none. */
export type Phase = 'over' | 'running' | 'after';

const RESULTS: readonly Result[] = ['success', 'failure', 'cancelled', 'skipped'];

/** What became of one node in a possible run. */
export interface Outcome {
  readonly result: Result;
  readonly phase: Phase;
  /** The work itself succeeded, whatever `continue-on-error` makes of a failure. */
  readonly isRealSuccess: boolean;
  /** For a call that started: its own condition is false in a cancelled run. */
  readonly endsWithCaller: boolean;
}

/** A node ready to be explored: its condition asks for nothing but the run itself. */
export interface SearchNode {
  readonly node: RunNode;
  readonly condition: Expression;
  readonly isTolerated: boolean;
}

/** What exploring costs, shared by many searches; a search that finds it used up says so. */
export interface Budget {
  steps: number;
}

/** How a run came to be in which something holds, told backwards. */
interface Origin {
  readonly bits: bigint;
  readonly parent: State | null;
  readonly outcome: Outcome | null;
}

/** All runs so far that later nodes cannot tell apart. */
interface State {
  /**
   * For each undecided node what it will know, as flags; behind these, for each decided one whose result a later
   * condition names, its result from 1; last, whether some job succeeded where the conclusion is asked for. What no
   * later node can tell apart is 0, so that equal contents are equal states.
   */
  readonly known: Int32Array;
  /** Bit i: in some of these runs node i did not really succeed. Higher bits are what the start brought. */
  bits: bigint;
  readonly origins: Origin[];
}

/** What was found: the bits with which the target starts, and for each a run that shows it. */
export interface Explored {
  readonly isComplete: boolean;
  readonly bits: bigint;
  /** The outcomes of the nodes in a run in which the target starts and the bit is set; null for a bit that is not. */
  witness(bit: number): { readonly outcomes: readonly Outcome[]; readonly isCancelled: boolean } | null;
}

/** More kinds of runs than this at one node are too many. */
const MAX_STATES = 3_000;

/** What an undecided node will know of those before it, as bits; runs that agree on all of them are one. */
const BROKEN = 1;
const FAILED = 2;
const NOT_OVER = 4;
const ANY_CANCELLED = 8;
const TOLERATED = 16;
/** Results of direct needs; for a `return`, of the jobs inside. */
const SEEN = 32;
/** Results of every ancestor. */
const SEEN_ABOVE = SEEN << RESULTS.length;
const OUTER_BROKEN = SEEN_ABOVE << RESULTS.length;
const OUTER_FAILED = OUTER_BROKEN << 1;
const CALL_OFF = OUTER_FAILED << 1;
const ENDS_WITH_CALLER = CALL_OFF << 1;
const INSIDE_BAD = ENDS_WITH_CALLER << 1;
const INNER_SKIPPED = INSIDE_BAD << 1;

/** What the outcome of one node means for a later one. */
interface Influence {
  readonly on: number;
  readonly isAncestor: boolean;
  readonly isOuter: boolean;
  readonly isWaitedFor: boolean;
  readonly isNeed: boolean;
  readonly isItsCall: boolean;
  readonly isInside: boolean;
}

/**
 * Goes through every run of `nodes` (ancestors before descendants) that the conditions could tell apart, for all
 * questions at once: which nodes can have gone wrong, in some run or other, when the target starts.
 *
 * @param target The index of the last node, which is asked for; null: the run is asked for, concluding with success.
 * @param initial Bits that every run starts with.
 */
export function explore(
  nodes: readonly SearchNode[],
  target: number | null,
  initial: bigint,
  reading: Reading,
  budget: Budget,
): Explored {
  const plan = planOf(nodes, target, reading);
  let bits = 0n;
  let isComplete = true;
  const found: { readonly state: State; readonly isCancelled: boolean; readonly bits: bigint }[] = [];
  for (const isCancelled of plan.passes) {
    let states: readonly State[] = [
      {
        known: new Int32Array(2 * nodes.length + 1),
        bits: initial,
        origins: [{ bits: initial, parent: null, outcome: null }],
      },
    ];
    for (let index = 0; index < nodes.length && states.length > 0; index++) {
      if (index === target) break;
      const next = new Map<string, State>();
      for (const state of states) {
        for (const outcome of outcomesOf(plan, index, state, isCancelled)) {
          if (--budget.steps < 0) return { isComplete: false, bits, witness };
          if ((plan.allowed[index] ?? 15) & (1 << RESULTS.indexOf(outcome.result))) {
            advance(plan, index, state, outcome, next);
          }
        }
        if (next.size > MAX_STATES) {
          isComplete = false;
          break;
        }
      }
      states = next.size > MAX_STATES ? [] : [...next.values()];
    }
    for (const state of states) {
      if (
        target === null ? state.known[2 * nodes.length] !== 1 : !startsIn(plan, target, state, isCancelled)
      ) {
        continue;
      }
      const fresh = state.bits & ~bits;
      if (fresh !== 0n || found.length === 0) found.push({ state, isCancelled, bits: state.bits });
      bits |= state.bits;
    }
  }
  return { isComplete, bits, witness };

  function witness(bit: number): { outcomes: readonly Outcome[]; isCancelled: boolean } | null {
    const mask = 1n << BigInt(bit);
    const last = found.find((each) => (each.bits & mask) !== 0n);
    if (!last) return null;
    const outcomes: Outcome[] = [];
    let wanted = mask;
    for (let state: State | null = last.state; state !== null;) {
      const origin: Origin | undefined =
        state.origins.find((each) => (each.bits & wanted) !== 0n) ?? state.origins[0];
      if (origin?.outcome) outcomes.unshift(origin.outcome);
      // Once the node itself brought the bit, any run before it will do.
      if (origin?.parent && (origin.parent.bits & wanted) === 0n) wanted = 0n;
      state = origin?.parent ?? null;
    }
    return { outcomes, isCancelled: last.isCancelled };
  }
}

interface Plan {
  readonly nodes: readonly SearchNode[];
  readonly reading: Reading;
  readonly influences: readonly (readonly Influence[])[];
  /** By node, what each kind of outcome means for later ones, worked out once. */
  readonly effects: readonly Map<number, Int32Array>[];
  /** The flags of each node that its decision asks for. */
  readonly interest: readonly number[];
  /** Up to which later node the result of each has to be kept; -1: not at all. */
  readonly keptUntil: readonly number[];
  /** By node, the earlier ones whose results nobody asks for any more once it is decided. */
  readonly forgottenAt: readonly (readonly number[])[];
  /** By node, which results can lead to the target, as bits in the order of RESULTS. */
  readonly allowed: readonly number[];
  readonly namesCancellation: readonly boolean[];
  readonly asksConclusion: boolean;
  /** Runs without and with a cancellation; only those in which the target could start. */
  readonly passes: readonly boolean[];
}

function planOf(nodes: readonly SearchNode[], target: number | null, reading: Reading): Plan {
  const influences: Influence[][] = nodes.map(() => []);
  const interest: number[] = [];
  const keptUntil = nodes.map(() => -1);
  // As written: what the start settles does not take the word out of the condition.
  const namesCancelled = nodes.map(({ node }) => namesCancellation(node.condition));
  nodes.forEach(({ node, condition }, index) => {
    const parts = partsOf(condition);
    const calls = (name: string): boolean => parts.some((part) => part.kind === 'call' && part.name === name);
    const named = parts.flatMap((part) =>
      part.kind === 'path' && part.parts[0] === 'needs' ? [part.parts[1]] : [],
    );
    for (const name of named) {
      const need = name === undefined ? undefined : node.needs.get(name);
      if (need !== undefined) keptUntil[need] = Math.max(keptUntil[need] ?? -1, index);
    }
    let asks = NOT_OVER;
    if (node.kind === 'return') {
      asks |= TOLERATED | CALL_OFF | INSIDE_BAD | INNER_SKIPPED;
      for (let bit = 0; bit < RESULTS.length; bit++) asks |= SEEN << bit;
    } else {
      if (calls('success')) asks |= BROKEN | OUTER_BROKEN;
      if (calls('success') && reading.innerSkipCounts) asks |= INNER_SKIPPED;
      if (calls('failure')) asks |= FAILED | ANY_CANCELLED | TOLERATED | OUTER_FAILED;
      if (node.call !== null) asks |= CALL_OFF | ENDS_WITH_CALLER;
      if (named.includes('*')) {
        const seen = reading.wildcardHoldsAncestors ? SEEN_ABOVE : SEEN;
        for (let bit = 0; bit < RESULTS.length; bit++) asks |= seen << bit;
      }
    }
    interest.push(asks);
    const direct = new Set(node.needs.values());
    const all = new Set([...node.ancestors, ...node.callerAncestors, ...node.waits, ...node.inside]);
    for (const earlier of all) {
      influences[earlier]?.push({
        on: index,
        isAncestor: node.kind !== 'return' && node.ancestors.includes(earlier),
        isOuter: node.kind !== 'return' && node.callerAncestors.includes(earlier),
        isWaitedFor: node.waits.includes(earlier),
        isNeed: direct.has(earlier),
        isItsCall: node.call === earlier,
        isInside: node.inside.includes(earlier),
      });
    }
  });
  const forgottenAt: number[][] = nodes.map(() => []);
  keptUntil.forEach((until, earlier) => {
    if (until > earlier) forgottenAt[until]?.push(earlier);
  });
  const last = target === null ? null : nodes[target];
  return {
    nodes,
    reading,
    influences,
    effects: nodes.map(() => new Map<number, Int32Array>()),
    interest,
    keptUntil,
    forgottenAt,
    allowed: allowedResults(nodes, target),
    namesCancellation: namesCancelled,
    asksConclusion: target === null,
    // A target that demands success() starts in no cancelled run, and a run that is cancelled does not conclude well.
    passes: last && !demandsSuccess(last.condition) ? [false, true] : [false],
  };
}

const ONLY_SUCCESS = 1;
const NOT_BROKEN = 1 | 8;

/** Which results of each node leave the target a way to start; what cannot lead there need not be gone through. */
function allowedResults(
  nodes: readonly Pick<SearchNode, 'node' | 'condition'>[],
  target: number | null,
): readonly number[] {
  if (target === null) return nodes.map(() => NOT_BROKEN);
  const allowed = nodes.map(() => 15);
  const restrict = (index: number, to: number): void => {
    const before = allowed[index] ?? 15;
    const now = before & to;
    if (now === before) return;
    allowed[index] = now;
    if (now === ONLY_SUCCESS) mustStart(index);
  };
  const mustStart = (index: number): void => {
    const each = nodes[index];
    if (!each || each.node.kind === 'return') {
      // A call that succeeds has started, and nothing in it failed or was cancelled.
      if (each?.node.call != null) restrict(each.node.call, ONLY_SUCCESS);
      for (const inside of each?.node.inside ?? []) restrict(inside, NOT_BROKEN);
      return;
    }
    if (each.node.call !== null) restrict(each.node.call, ONLY_SUCCESS);
    for (const part of conjunctsOf(each.condition)) {
      if (demandsSuccess(part)) for (const ancestor of each.node.ancestors) restrict(ancestor, ONLY_SUCCESS);
      const need = needThatMustSucceed(part);
      const index = need === null ? undefined : each.node.needs.get(need);
      if (index !== undefined) restrict(index, ONLY_SUCCESS);
    }
  };
  mustStart(target);
  return allowed;
}

/** The nodes without whose success the target never starts, however the run is started and whatever no file says. */
export function neededFor(
  nodes: readonly Pick<SearchNode, 'node' | 'condition'>[],
  target: number,
): ReadonlySet<number> {
  const needed = new Set<number>();
  allowedResults(nodes, target).forEach((allowed, index) => {
    if (allowed === ONLY_SUCCESS) needed.add(index);
  });
  return needed;
}

function conjunctsOf(condition: Expression): readonly Expression[] {
  return condition.kind === 'and' ? condition.args.flatMap(conjunctsOf) : [condition];
}

/** `needs.<id>.result == 'success'`, either way round. */
function needThatMustSucceed(part: Expression): string | null {
  if (part.kind !== 'compare' || part.operator !== '==') return null;
  const [path, value] = part.left.kind === 'path' ? [part.left, part.right] : [part.right, part.left];
  if (path.kind !== 'path' || value.kind !== 'literal' || typeof value.value !== 'string') return null;
  const [root, id, field] = path.parts;
  const isResult = root === 'needs' && id !== '*' && field === 'result' && path.parts.length === 3;
  return isResult && value.value.toLowerCase() === 'success' ? (id ?? null) : null;
}

function advance(plan: Plan, index: number, state: State, outcome: Outcome, next: Map<string, State>): void {
  const { keptUntil, forgottenAt, nodes, asksConclusion } = plan;
  const count = nodes.length;
  const known = state.known.slice();
  const { result } = outcome;
  const seen = RESULTS.indexOf(result);
  const effects = effectsOf(plan, index, outcome, ((known[index] ?? 0) & INNER_SKIPPED) !== 0);
  for (let at = 0; at < effects.length; at += 2) {
    const on = effects[at] ?? 0;
    known[on] = (known[on] ?? 0) | (effects[at + 1] ?? 0);
  }
  known[index] = 0;
  if ((keptUntil[index] ?? -1) > index) known[count + index] = seen + 1;
  for (const earlier of forgottenAt[index] ?? []) known[count + earlier] = 0;
  if (asksConclusion && result === 'success' && nodes[index]?.node.kind === 'job') known[2 * count] = 1;
  // The flags of what is decided are 0 and need not be told apart.
  const rest = new Uint16Array(known.buffer, Int32Array.BYTES_PER_ELEMENT * (index + 1));
  const key = String.fromCharCode.apply(null, rest as unknown as number[]);
  const bits = outcome.isRealSuccess ? state.bits : state.bits | (1n << BigInt(index));
  const before = next.get(key);
  if (!before) {
    next.set(key, { known, bits, origins: [{ bits, parent: state, outcome }] });
    return;
  }
  if ((bits & ~before.bits) !== 0n) {
    before.bits |= bits;
    before.origins.push({ bits, parent: state, outcome });
  }
}

/** What an outcome means for later nodes, as pairs of a node and the flags that it gets; only what is asked for. */
function effectsOf(plan: Plan, index: number, outcome: Outcome, hasInnerSkip: boolean): Int32Array {
  const { result } = outcome;
  const seen = RESULTS.indexOf(result);
  const kind =
    seen |
    (outcome.isRealSuccess ? 4 : 0) |
    (outcome.phase === 'over' ? 0 : 8) |
    (outcome.endsWithCaller ? 16 : 0) |
    (hasInnerSkip ? 32 : 0);
  const known = plan.effects[index]?.get(kind);
  if (known) return known;
  const pairs: number[] = [];
  for (const influence of plan.influences[index] ?? []) {
    let more = 0;
    if (influence.isAncestor) {
      if (result !== 'success') more |= BROKEN;
      if (result === 'failure') more |= FAILED;
      if (result === 'cancelled') more |= ANY_CANCELLED;
      if (result === 'success' && !outcome.isRealSuccess) more |= TOLERATED;
      if (hasInnerSkip) more |= INNER_SKIPPED;
      more |= SEEN_ABOVE << seen;
    }
    if (influence.isOuter) {
      if (result !== 'success') more |= OUTER_BROKEN;
      if (result === 'failure') more |= OUTER_FAILED;
    }
    if (influence.isWaitedFor && outcome.phase !== 'over') more |= NOT_OVER;
    if (influence.isNeed) more |= SEEN << seen;
    if (influence.isItsCall) {
      if (result !== 'success') more |= CALL_OFF;
      if (outcome.endsWithCaller) more |= ENDS_WITH_CALLER;
    }
    if (influence.isInside) {
      more |= SEEN << seen;
      if (!outcome.isRealSuccess) more |= INSIDE_BAD;
      if (result === 'success' && !outcome.isRealSuccess) more |= TOLERATED;
      if (result === 'skipped' || hasInnerSkip) more |= INNER_SKIPPED;
    }
    const asked = more & (plan.interest[influence.on] ?? -1);
    if (asked !== 0) pairs.push(influence.on, asked);
  }
  const effects = Int32Array.from(pairs);
  plan.effects[index]?.set(kind, effects);
  return effects;
}

/** Whether the condition of a node is true, before or after the cancellation. */
function holds(plan: Plan, index: number, state: State, isCancelled: boolean): boolean {
  const { reading } = plan;
  const search = plan.nodes[index];
  if (!search) return false;
  const flags = state.known[index] ?? 0;
  const { node, condition } = search;
  const scope: Scope = {
    status(name) {
      switch (name) {
        case 'always':
          return true;
        case 'cancelled':
          return isCancelled;
        case 'success':
          return (
            !isCancelled &&
            (flags & BROKEN) === 0 &&
            (!reading.innerSkipCounts || (flags & INNER_SKIPPED) === 0) &&
            (!reading.calledSeesCaller || (flags & OUTER_BROKEN) === 0)
          );
        case 'failure':
          if (isCancelled && !reading.failureInCancelledRun) return false;
          return (
            (flags & FAILED) !== 0 ||
            (reading.cancelledIsFailure && (flags & ANY_CANCELLED) !== 0) ||
            (reading.toleratedIsFailure && (flags & TOLERATED) !== 0) ||
            (reading.calledSeesCaller && (flags & OUTER_FAILED) !== 0)
          );
      }
    },
    valueOf(parts) {
      if (parts[0] !== 'needs' || parts[2] !== 'result' || parts.length !== 3) return undefined;
      if (parts[1] === '*') {
        const seen = reading.wildcardHoldsAncestors ? SEEN_ABOVE : SEEN;
        return { set: RESULTS.filter((_, bit) => (flags & (seen << bit)) !== 0) };
      }
      // A job that is no direct need is not in the context: null.
      const need = node.needs.get(parts[1] ?? '');
      if (need === undefined) return null;
      const kept = state.known[plan.nodes.length + need] ?? 0;
      return kept === 0 ? null : (RESULTS[kept - 1] ?? null);
    },
    // Everything else was put in before.
    assume: () => false,
  };
  const value = isTrue(condition, scope);
  return (
    value && (!isCancelled || plan.namesCancellation[index] === true || reading.plainStartsWhenCancelled)
  );
}

/** Whether the target, decided last, starts. */
function startsIn(plan: Plan, target: number, state: State, isCancelled: boolean): boolean {
  const flags = state.known[target] ?? 0;
  if ((flags & CALL_OFF) !== 0) return false;
  if (isCancelled && (flags & ENDS_WITH_CALLER) !== 0 && !plan.reading.calledSurvivesCaller) return false;
  return holds(plan, target, state, isCancelled);
}

const REAL_SUCCESS = { result: 'success', isRealSuccess: true, endsWithCaller: false } as const;

/** Everything that can become of a node in a run whose earlier nodes ended as the state says. */
function outcomesOf(plan: Plan, index: number, state: State, isCancelled: boolean): readonly Outcome[] {
  const { reading } = plan;
  const search = plan.nodes[index];
  if (!search) return [];
  const flags = state.known[index] ?? 0;
  const isReady = (flags & NOT_OVER) === 0;
  const { kind } = search.node;
  if (kind === 'return') return [returned(flags, isReady ? 'over' : 'after', reading)];
  const skipped = (phase: Phase): Outcome => ({
    result: phase === 'after' ? reading.neverStarted : 'skipped',
    phase,
    isRealSuccess: false,
    endsWithCaller: false,
  });
  if ((flags & CALL_OFF) !== 0) return [skipped(isReady ? 'over' : 'after')];
  const outcomes: Outcome[] = [];
  if (kind === 'call') {
    const begun = (phase: Phase): Outcome => ({
      ...REAL_SUCCESS,
      phase,
      endsWithCaller: isCancelled && !holds(plan, index, state, true),
    });
    if (isReady) outcomes.push(holds(plan, index, state, false) ? begun('over') : skipped('over'));
    if (isCancelled) outcomes.push(holds(plan, index, state, true) ? begun('after') : skipped('after'));
    return outcomes;
  }
  const works = (phase: Phase, mayBeCancelled: boolean): void => {
    outcomes.push({ ...REAL_SUCCESS, phase });
    outcomes.push({
      result: search.isTolerated ? 'success' : 'failure',
      phase,
      isRealSuccess: false,
      endsWithCaller: false,
    });
    if (mayBeCancelled) {
      outcomes.push({ result: 'cancelled', phase, isRealSuccess: false, endsWithCaller: false });
    }
  };
  const goesOn =
    isCancelled &&
    holds(plan, index, state, true) &&
    ((flags & ENDS_WITH_CALLER) === 0 || reading.calledSurvivesCaller);
  if (isReady) {
    if (holds(plan, index, state, false)) {
      works('over', reading.timeoutCancelsJob);
      if (goesOn) works('running', reading.survivorMayBeCancelled);
      else if (isCancelled) {
        outcomes.push({ result: 'cancelled', phase: 'running', isRealSuccess: false, endsWithCaller: false });
      }
    } else outcomes.push(skipped('over'));
  }
  if (isCancelled) {
    if (goesOn) works('after', reading.survivorMayBeCancelled);
    else outcomes.push(skipped('after'));
  }
  return outcomes;
}

/** What the jobs of a called workflow add up to for those who need the call. */
function returned(flags: number, phase: Phase, reading: Reading): Outcome {
  const saw = (result: Result): boolean => (flags & (SEEN << RESULTS.indexOf(result))) !== 0;
  const isRealSuccess = (flags & (INSIDE_BAD | CALL_OFF)) === 0;
  let result: Result = 'success';
  if ((flags & CALL_OFF) !== 0) result = saw('cancelled') ? 'cancelled' : 'skipped';
  else if (saw('failure')) result = saw('cancelled') ? reading.failedAndCancelled : 'failure';
  else if ((flags & TOLERATED) !== 0 && reading.toleratedInside === 'failure') result = 'failure';
  else if (saw('cancelled')) result = 'cancelled';
  else if (saw('skipped')) result = saw('success') ? reading.someSkipped : reading.allSkipped;
  return { result, phase, isRealSuccess, endsWithCaller: false };
}

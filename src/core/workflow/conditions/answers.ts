import { choicesIn, withTruths, type Choice, type Truths } from './choices';
import { explore, type Budget, type Explored, type Outcome, type SearchNode } from './explore';
import { partsOf, simplified, textOfExpression, type Expression } from './expression';
import { demandsSuccess, type RunNode } from './run-graph';
import { startValue, type RunStart } from './runs';
import { documented, readingsFor, type Reading, type Uses } from './semantics';

/** Bounds: beyond them the answer is unknown, in well under a second. */
const MAX_STEPS = 60_000;
const MAX_COMBINATIONS = 128;

/** Why an answer that would need more than the bounds allow is not given. */
export const UNBOUNDED = 'its conditions allow too many different runs';

/** A way in which a run starts, with what it brings along as bits. */
export interface TaggedStart {
  readonly start: RunStart;
  readonly bits: bigint;
}

/** Starts that no condition tells apart. */
interface StartClass {
  readonly nodes: readonly { readonly condition: Expression; readonly tolerance: Expression }[];
  readonly starts: TaggedStart[];
  bits: bigint;
}

/** A run in which a bit is set. */
export interface Witness {
  readonly start: RunStart;
  readonly outcomes: readonly Outcome[];
  readonly isCancelled: boolean;
}

/** What is true of every bit under one reading. */
interface Answers {
  /** Bits that are found however what no file settles is set. */
  readonly always: bigint;
  /** Bits that are found for some way in which it can be set. */
  readonly sometimes: bigint;
  readonly isComplete: boolean;
  /** What no file settles, where it makes a difference. */
  readonly cause: string | null;
  witness(bit: number): Witness | null;
}

/** Whether a bit can be set, in every reading of GitHub's semantics; else why that cannot be said. */
export type Settled =
  | { readonly kind: 'can' }
  | { readonly kind: 'cannot' }
  | { readonly kind: 'unknown'; readonly because: string; readonly isOnlyByTimeLimit?: boolean };

/** What all runs of one graph, started in all ways, can end in. */
export interface AllRuns {
  settled(bit: number): Settled;
  witness(bit: number): Witness | null;
}

/**
 * Goes through all runs, under every reading that could matter.
 *
 * @param target As `explore` has it: the last node, or null for a run that concludes with success.
 */
export function allRunsOf(
  nodes: readonly RunNode[],
  starts: readonly TaggedStart[],
  target: number | null,
): AllRuns {
  const budget: Budget = { steps: MAX_STEPS };
  const classes = classesOf(nodes, starts);
  const first = answersFor(nodes, classes, target, documented, budget);
  let isRefilled = false;
  const others = readingsFor(usesOf(nodes)).map(({ reading, says }) => {
    // The others share as much again.
    if (!isRefilled) budget.steps = MAX_STEPS;
    isRefilled = true;
    return { answers: answersFor(nodes, classes, target, reading, budget), reading, says };
  });
  const open = (answers: Answers): string => `it depends on ${answers.cause ?? 'what'}, which no file says`;
  return {
    settled(bit) {
      const state = stateOf(first, bit);
      if (state === 'unbounded') return { kind: 'unknown', because: UNBOUNDED };
      if (state === 'open') return { kind: 'unknown', because: open(first) };
      for (const { answers, says } of others) {
        const other = stateOf(answers, bit);
        if (other === 'unbounded') return { kind: 'unknown', because: UNBOUNDED };
        if (other === 'open') return { kind: 'unknown', because: open(answers) };
        if (other !== state) {
          const because = `it depends on whether ${says}, which GitHub does not document`;
          const isOnlyByTimeLimit =
            state === 'yes' &&
            others.every((each) => each.reading.timeoutCancelsJob || stateOf(each.answers, bit) === 'no');
          return { kind: 'unknown', because, isOnlyByTimeLimit };
        }
      }
      return { kind: state === 'yes' ? 'can' : 'cannot' };
    },
    // That a time limit cancels a job is the likeliest of the open points to be met, and the least to be believed: a run
    // without it is shown where there is one.
    witness: (bit) =>
      others.find(({ reading }) => !reading.timeoutCancelsJob)?.answers.witness(bit) ?? first.witness(bit),
  };
}

/** What the workflow holds that could make a reading of an open point matter. */
function usesOf(nodes: readonly RunNode[]): Uses {
  const calls = (node: RunNode, name: string): boolean =>
    partsOf(node.condition).some((part) => part.kind === 'call' && part.name === name);
  return {
    isLenient: nodes.some((node) => node.kind !== 'return' && !demandsSuccess(node.condition)),
    callsFailure: nodes.some((node) => calls(node, 'failure')),
    tolerates: nodes.some(({ tolerance }) => tolerance.kind !== 'literal' || tolerance.value !== false),
    asksWildcard: nodes.some(({ condition }) =>
      partsOf(condition).some(
        (part) => part.kind === 'path' && part.parts[0] === 'needs' && part.parts[1] === '*',
      ),
    ),
    hasCalls: nodes.some((node) => node.kind === 'call'),
  };
}

/** Groups the starts by what they make of the conditions. */
function classesOf(nodes: readonly RunNode[], starts: readonly TaggedStart[]): readonly StartClass[] {
  const classes = new Map<string, StartClass>();
  for (const { start, bits } of starts) {
    const valueOf = (parts: readonly string[]): ReturnType<typeof startValue> =>
      parts[0] === 'needs' ? undefined : startValue(parts, start);
    const cache = new Map<Expression, Expression>();
    const settle = (expression: Expression): Expression => {
      if (expression.kind === 'literal' || expression === cache.get(expression)) return expression;
      const known = cache.get(expression) ?? simplified(expression, valueOf);
      cache.set(expression, known);
      return known;
    };
    const settled = nodes.map((node) => ({
      condition: settle(node.condition),
      tolerance: settle(node.tolerance),
    }));
    const key = settled
      .map(({ condition, tolerance }) => `${textOfExpression(condition)}\u0000${textOfExpression(tolerance)}`)
      .join('\u0001');
    const known = classes.get(key);
    if (known) {
      known.starts.push({ start, bits });
      known.bits |= bits;
    } else classes.set(key, { nodes: settled, starts: [{ start, bits }], bits });
  }
  return [...classes.values()];
}

/**
 * Explores every class of starts, for every way in which what no file settles can be set.
 *
 * @param target As `explore` has it: the last node, or null for a run that concludes with success.
 */
function answersFor(
  nodes: readonly RunNode[],
  classes: readonly StartClass[],
  target: number | null,
  reading: Reading,
  budget: Budget,
): Answers {
  const all = choicesIn(
    classes.flatMap((each) => each.nodes.flatMap(({ condition, tolerance }) => [condition, tolerance])),
  );
  const incomplete: Answers = {
    always: 0n,
    sometimes: 0n,
    isComplete: false,
    cause: null,
    witness: () => null,
  };
  if (!all) return incomplete;
  const fixed = combinationsOf(all.filter((choice) => !choice.isSetByRun));
  const free = combinationsOf(all.filter((choice) => choice.isSetByRun));
  if (!fixed || !free || fixed.length * free.length > MAX_COMBINATIONS) return incomplete;
  const explored = new Map<string, Explored>();
  const runs: { readonly bits: bigint; readonly each: Explored; readonly starts: readonly TaggedStart[] }[] =
    [];
  let isComplete = true;
  const found = fixed.map((fixedTruths) => {
    let bits = 0n;
    for (const each of classes) {
      for (const freeTruths of free) {
        // Putting the truths in costs time, too.
        budget.steps -= nodes.length;
        if (budget.steps < 0) {
          isComplete = false;
          break;
        }
        const truths = new Map([...fixedTruths, ...freeTruths]);
        const search = nodes.map((node, index): SearchNode => {
          const own = each.nodes[index];
          const tolerance = withTruths(own?.tolerance ?? node.tolerance, truths);
          return {
            node,
            condition: withTruths(own?.condition ?? node.condition, truths),
            isTolerated: tolerance.kind === 'literal' && tolerance.value === true,
          };
        });
        const key = `${each.bits} ${search.map(({ condition, isTolerated }) => `${textOfExpression(condition)}${isTolerated ? '~' : ''}`).join('\u0001')}`;
        let result = explored.get(key);
        if (!result) {
          result = explore(search, target, each.bits, reading, budget);
          explored.set(key, result);
          runs.push({ bits: result.bits, each: result, starts: each.starts });
        }
        if (!result.isComplete) isComplete = false;
        bits |= result.bits;
      }
    }
    return bits;
  });
  const always = found.reduce((both, bits) => both & bits, found[0] ?? 0n);
  const sometimes = found.reduce((either, bits) => either | bits, 0n);
  return {
    always,
    sometimes,
    isComplete,
    cause: all.find((choice) => !choice.isSetByRun)?.name ?? null,
    witness(bit) {
      const mask = 1n << BigInt(bit);
      let shown: Witness | null = null;
      for (const run of runs) {
        if ((run.bits & mask) === 0n) continue;
        const found = run.each.witness(bit);
        const start = run.starts.find((each) => (each.bits & mask) !== 0n) ?? run.starts[0];
        if (found && start) shown ??= { start: start.start, ...found };
        // A run that nobody has to cancel is easier to believe.
        if (found && start && !found.isCancelled) return { start: start.start, ...found };
      }
      return shown;
    },
  };
}

function combinationsOf(choices: readonly Choice[]): readonly Truths[] | null {
  let all: Truths[] = [new Map()];
  for (const { alternatives } of choices) {
    all = all.flatMap((truths) => alternatives.map((more) => new Map([...truths, ...more])));
    if (all.length > MAX_COMBINATIONS) return null;
  }
  return all;
}

/** Whether a bit is found, under one reading. */
function stateOf(answers: Answers, bit: number): 'yes' | 'no' | 'open' | 'unbounded' {
  const mask = 1n << BigInt(bit);
  if ((answers.always & mask) !== 0n) return 'yes';
  if (!answers.isComplete) return 'unbounded';
  return (answers.sometimes & mask) === 0n ? 'no' : 'open';
}

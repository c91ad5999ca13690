/**
 * A plain, slow simulator of GitHub's runs, written apart from the engine and sharing nothing with it: conditions are
 * trees that it evaluates by itself, and it plays every order of events (a job is decided, ends well or badly, runs
 * into its time limit, the run is cancelled), keeping what it saw when production started.
 */
export type SimulatedResult = 'success' | 'failure' | 'cancelled' | 'skipped';

/** A condition as a tree; `text` of a workflow is made from the same tree by `random-workflows.ts`. */
export type Tree =
  | { readonly kind: 'status'; readonly name: 'success' | 'failure' | 'always' | 'cancelled' }
  | { readonly kind: 'result'; readonly job: string; readonly is: boolean; readonly value: string }
  | { readonly kind: 'someResult'; readonly value: SimulatedResult }
  | { readonly kind: 'event'; readonly is: boolean; readonly value: string }
  | { readonly kind: 'ref'; readonly value: string }
  | { readonly kind: 'refStarts'; readonly value: string }
  | { readonly kind: 'input' }
  | { readonly kind: 'inputIs'; readonly value: boolean | string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly of: Tree }
  | { readonly kind: 'and' | 'or'; readonly left: Tree; readonly right: Tree };

export interface SimulatedJob {
  readonly id: string;
  readonly needs: readonly string[];
  readonly isTolerated: boolean;
  /** Null: the job has no `if`. */
  readonly condition: Tree | null;
  /** Text stands around the expression, so that the whole is a string. */
  readonly isText: boolean;
}

/** What starts the run. `flag` is the box of the dispatch; null on every other event. */
export interface SimulatedStart {
  readonly event: string;
  readonly ref: string;
  readonly flag: boolean | null;
}

/** The points that no source settles, one switch each; all false is the documentation's wording. */
export interface OpenPoints {
  readonly timeLimitDoesNotCancel?: boolean;
  readonly failureIsBlindAfterCancellation?: boolean;
  readonly cancelledCountsAsFailure?: boolean;
  readonly toleratedCountsAsFailure?: boolean;
  readonly neverStartedIsCancelled?: boolean;
  readonly plainConditionsEndWithTheRun?: boolean;
  readonly survivorsMayBeCancelled?: boolean;
  readonly starHoldsAncestors?: boolean;
}

type Fate = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
// Waiting, running, then how it is over: really well, well on paper, failed, cancelled, skipped, kept from starting.
const WAITING: Fate = 0;
const RUNNING: Fate = 1;
const WELL: Fate = 2;
const FORGIVEN: Fate = 3;
const FAILED: Fate = 4;
const CANCELLED: Fate = 5;
const SKIPPED: Fate = 6;
const KEPT: Fate = 7;

/** Every set of results with which `production` starts, as `id=result` joined; `isUnsafe` where `guard` is not good. */
export function simulate(
  jobs: readonly SimulatedJob[],
  production: string,
  guard: string,
  start: SimulatedStart,
  points: OpenPoints = {},
): { readonly isUnsafe: boolean; readonly unsafeStarts: ReadonlySet<string> } {
  const position = new Map(jobs.map((job, index) => [job.id, index]));
  const needs = jobs.map((job) => job.needs.map((need) => position.get(need) ?? -1));
  const ancestors = jobs.map((_, index) => {
    const found = new Set<number>();
    const visit = (from: number): void => {
      for (const need of needs[from] ?? []) {
        if (found.has(need)) continue;
        found.add(need);
        visit(need);
      }
    };
    visit(index);
    return [...found];
  });
  const resultOf = (fate: Fate): SimulatedResult => {
    if (fate === WELL || fate === FORGIVEN) return 'success';
    if (fate === FAILED) return 'failure';
    if (fate === CANCELLED) return 'cancelled';
    if (fate === KEPT) return points.neverStartedIsCancelled ? 'cancelled' : 'skipped';
    return 'skipped';
  };

  const holds = (index: number, fates: readonly Fate[], isCancelled: boolean): boolean => {
    const job = jobs[index];
    const above = ancestors[index] ?? [];
    const fate = (of: number): Fate => fates[of] ?? WAITING;
    const allWell = !isCancelled && above.every((of) => resultOf(fate(of)) === 'success');
    if (!job?.condition) return allWell;
    const evaluate = (tree: Tree): boolean => {
      switch (tree.kind) {
        case 'status':
          switch (tree.name) {
            case 'success':
              return allWell;
            case 'always':
              return true;
            case 'cancelled':
              return isCancelled;
            case 'failure':
              if (isCancelled && points.failureIsBlindAfterCancellation) return false;
              return above.some(
                (of) =>
                  resultOf(fate(of)) === 'failure' ||
                  (points.cancelledCountsAsFailure && resultOf(fate(of)) === 'cancelled') ||
                  (points.toleratedCountsAsFailure && fate(of) === FORGIVEN),
              );
          }
          break;
        case 'result': {
          const of = position.get(tree.job) ?? -1;
          // A job that is not needed directly is not in the context.
          const value = (needs[index] ?? []).includes(of) ? resultOf(fate(of)) : '';
          return (value.toLowerCase() === tree.value.toLowerCase()) === tree.is;
        }
        case 'someResult': {
          const seen = points.starHoldsAncestors ? above : (needs[index] ?? []);
          return seen.some((of) => resultOf(fate(of)) === tree.value);
        }
        case 'event':
          return (start.event === tree.value) === tree.is;
        case 'ref':
          return start.ref === tree.value;
        case 'refStarts':
          return start.ref.startsWith(tree.value);
        case 'input':
          return start.flag === true;
        case 'inputIs':
          // Null and false are both 0 where they are compared with a boolean; a text is no number.
          return typeof tree.value === 'boolean' ? (start.flag ?? false) === tree.value : false;
        case 'constant':
          return tree.value;
        case 'not':
          return !evaluate(tree.of);
        case 'and':
          return evaluate(tree.left) && evaluate(tree.right);
        case 'or':
          return evaluate(tree.left) || evaluate(tree.right);
      }
      return false;
    };
    const value = job.isText || evaluate(job.condition);
    const isTrue = value && (callsStatus(job.condition) || allWell);
    if (isTrue && isCancelled && points.plainConditionsEndWithTheRun) return namesCancellation(job.condition);
    return isTrue;
  };

  const unsafeStarts = new Set<string>();
  const seen = new Set<string>();
  type World = { readonly fates: readonly Fate[]; readonly isCancelled: boolean; readonly survivors: number };
  const pending: World[] = [{ fates: jobs.map(() => WAITING), isCancelled: false, survivors: 0 }];
  const productionAt = position.get(production) ?? -1;
  const guardAt = position.get(guard) ?? -1;
  for (let world = pending.pop(); world; world = pending.pop()) {
    const key = `${world.fates.join('')}${world.isCancelled ? 'c' : ''}${world.survivors}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const { fates, isCancelled, survivors } = world;
    const becomes = (index: number, fate: Fate): void => {
      pending.push({ fates: fates.map((each, at) => (at === index ? fate : each)), isCancelled, survivors });
    };
    jobs.forEach((job, index) => {
      const fate = fates[index] ?? WAITING;
      const isReady =
        fate === WAITING && (needs[index] ?? []).every((need) => (fates[need] ?? WAITING) >= WELL);
      if (isReady && !holds(index, fates, isCancelled)) becomes(index, isCancelled ? KEPT : SKIPPED);
      else if (isReady && index === productionAt) {
        if (fates[guardAt] !== WELL) {
          const told = jobs.map((each, at) => {
            const is = fates[at] ?? WAITING;
            return `${each.id}=${is >= WELL ? resultOf(is) : ''}`;
          });
          unsafeStarts.add(told.join(' '));
        }
      } else if (isReady) becomes(index, RUNNING);
      if (fate !== RUNNING) return;
      becomes(index, WELL);
      becomes(index, job.isTolerated ? FORGIVEN : FAILED);
      if (!isCancelled && !points.timeLimitDoesNotCancel) becomes(index, CANCELLED);
      if (isCancelled && points.survivorsMayBeCancelled) becomes(index, CANCELLED);
    });
    if (isCancelled) continue;
    const after = fates.map((fate, index): Fate => {
      return fate === RUNNING && !holds(index, fates, true) ? CANCELLED : fate;
    });
    pending.push({ fates: after, isCancelled: true, survivors: 0 });
  }
  return { isUnsafe: unsafeStarts.size > 0, unsafeStarts };
}

/** Whether a status function stands anywhere in a condition: without one `success()` is asked too. */
export function callsStatus(tree: Tree): boolean {
  switch (tree.kind) {
    case 'status':
      return true;
    case 'not':
      return callsStatus(tree.of);
    case 'and':
    case 'or':
      return callsStatus(tree.left) || callsStatus(tree.right);
    default:
      return false;
  }
}

function namesCancellation(tree: Tree): boolean {
  switch (tree.kind) {
    case 'status':
      return tree.name === 'always' || tree.name === 'cancelled';
    case 'not':
      return namesCancellation(tree.of);
    case 'and':
    case 'or':
      return namesCancellation(tree.left) || namesCancellation(tree.right);
    default:
      return false;
  }
}

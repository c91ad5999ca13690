/**
 * GitHub's semantics where no source settles them, as data: each field is one reading (docs/semantics.md, "Open
 * points"). An answer that changes with the reading is not given.
 */
export interface Reading {
  /** `timeout-minutes` can end a job as cancelled while the run goes on. */
  readonly timeoutCancelsJob: boolean;
  /** `failure()` looks at the ancestors in a cancelled run too. */
  readonly failureInCancelledRun: boolean;
  /** `failure()` is true for a cancelled ancestor. */
  readonly cancelledIsFailure: boolean;
  /** `failure()` is true for a failure behind job-level `continue-on-error`. */
  readonly toleratedIsFailure: boolean;
  /** What a job is that never started because of the cancellation. */
  readonly neverStarted: 'skipped' | 'cancelled';
  /** A condition without `always()` and `cancelled()` that is true in a cancelled run starts its job. */
  readonly plainStartsWhenCancelled: boolean;
  /** A job that goes on in a cancelled run may be cancelled all the same. */
  readonly survivorMayBeCancelled: boolean;
  /** `needs.*` in a condition holds every ancestor, not only the direct needs (runner#2346, runner#2356). */
  readonly wildcardHoldsAncestors: boolean;
  /** `success()` and `failure()` in a called workflow look at what the caller needed, too. */
  readonly calledSeesCaller: boolean;
  /** Jobs of a called workflow whose condition is true in a cancelled run go on where their caller's is false. */
  readonly calledSurvivesCaller: boolean;
  /** The result of a call all of whose jobs were skipped. */
  readonly allSkipped: 'skipped' | 'success';
  /** The result of a call of whose jobs some were skipped and the others succeeded. */
  readonly someSkipped: 'success' | 'skipped';
  /** The result of a call in which one job failed and another was cancelled. */
  readonly failedAndCancelled: 'failure' | 'cancelled';
  /** The result of a call in which a job failed behind `continue-on-error`. */
  readonly toleratedInside: 'success' | 'failure';
  /** A job skipped inside a call makes `success()` of the jobs behind the call false. */
  readonly innerSkipCounts: boolean;
}

/** The reading that is nearest to the documentation's words. */
export const documented: Reading = {
  timeoutCancelsJob: true,
  failureInCancelledRun: true,
  cancelledIsFailure: false,
  toleratedIsFailure: false,
  neverStarted: 'skipped',
  plainStartsWhenCancelled: true,
  survivorMayBeCancelled: false,
  wildcardHoldsAncestors: false,
  calledSeesCaller: false,
  calledSurvivesCaller: true,
  allSkipped: 'skipped',
  someSkipped: 'success',
  failedAndCancelled: 'failure',
  toleratedInside: 'success',
  innerSkipCounts: false,
};

/** What a workflow has to hold for a reading to matter at all: nothing else can tell it from the documented one. */
export interface Uses {
  /** A condition that can be true though an earlier job did not succeed. */
  readonly isLenient: boolean;
  readonly callsFailure: boolean;
  readonly tolerates: boolean;
  readonly asksWildcard: boolean;
  readonly hasCalls: boolean;
}

/** Another reading of one open point, with what it says, for the sentence "it depends on whether …". */
export interface OtherReading {
  readonly change: Partial<Reading>;
  readonly says: string;
  readonly matters: (uses: Uses) => boolean;
}

/** The other readings, each by itself. */
export const otherReadings: readonly OtherReading[] = [
  {
    change: { timeoutCancelsJob: false },
    says: 'a job that runs into its time limit ends as cancelled',
    matters: (uses) => uses.isLenient,
  },
  {
    change: { failureInCancelledRun: false },
    says: 'failure() looks at earlier jobs in a cancelled run',
    matters: (uses) => uses.callsFailure,
  },
  {
    change: { cancelledIsFailure: true },
    says: 'failure() is true after a cancelled job',
    matters: (uses) => uses.callsFailure,
  },
  {
    change: { toleratedIsFailure: true },
    says: 'failure() sees a failure behind continue-on-error',
    matters: (uses) => uses.callsFailure && uses.tolerates,
  },
  {
    change: { neverStarted: 'cancelled' },
    says: 'a job that a cancellation kept from starting counts as skipped',
    matters: (uses) => uses.isLenient,
  },
  {
    change: { plainStartsWhenCancelled: false },
    says: 'a condition without always() and cancelled() starts its job in a cancelled run',
    matters: (uses) => uses.isLenient,
  },
  {
    change: { survivorMayBeCancelled: true },
    says: 'a job that goes on in a cancelled run can be cancelled',
    matters: (uses) => uses.isLenient,
  },
  {
    change: { wildcardHoldsAncestors: true },
    says: '`needs.*` holds direct needs only',
    matters: (uses) => uses.asksWildcard,
  },
  {
    change: { calledSeesCaller: true },
    says: 'success() in a called workflow looks at the jobs before the call',
    matters: (uses) => uses.hasCalls && uses.isLenient,
  },
  {
    change: { calledSurvivesCaller: false },
    says: 'jobs in a called workflow go on in a cancelled run where the call would not',
    matters: (uses) => uses.hasCalls && uses.isLenient,
  },
  {
    change: { allSkipped: 'success' },
    says: 'a call whose jobs are all skipped is skipped',
    matters: (uses) => uses.hasCalls,
  },
  {
    change: { someSkipped: 'skipped' },
    says: 'a call of which a job is skipped is successful',
    matters: (uses) => uses.hasCalls,
  },
  {
    change: { failedAndCancelled: 'cancelled' },
    says: 'a call with a failed and a cancelled job failed',
    matters: (uses) => uses.hasCalls && uses.isLenient,
  },
  {
    change: { toleratedInside: 'failure' },
    says: 'a failure behind continue-on-error in a called workflow leaves the call successful',
    matters: (uses) => uses.hasCalls && uses.tolerates,
  },
  {
    change: { innerSkipCounts: true },
    says: 'success() overlooks what is skipped inside a called workflow',
    matters: (uses) => uses.hasCalls,
  },
];

/** The readings that could give another answer for a workflow, and, where there are several, all of them together. */
export function readingsFor(uses: Uses): readonly { readonly reading: Reading; readonly says: string }[] {
  const single = otherReadings.filter(({ matters }) => matters(uses));
  const readings = single.map(({ change, says }) => ({ reading: { ...documented, ...change }, says }));
  if (single.length < 2) return readings;
  const together = single.reduce<Reading>(
    // Two that only matter where a job may end as cancelled would be lost behind the one that says that it cannot.
    (all, { change }) => ({ ...all, ...change, survivorMayBeCancelled: false }),
    documented,
  );
  return [
    ...readings,
    { reading: together, says: 'GitHub reads cancelled and timed-out jobs as its documentation suggests' },
  ];
}

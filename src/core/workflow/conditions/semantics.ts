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
};

/** The other readings, each with what it says, for the sentence "it depends on whether …". */
export const otherReadings: readonly { readonly reading: Reading; readonly says: string }[] = [
  {
    reading: { ...documented, timeoutCancelsJob: false },
    says: 'a job that runs into its time limit ends as cancelled',
  },
  {
    reading: { ...documented, failureInCancelledRun: false },
    says: 'failure() looks at earlier jobs in a cancelled run',
  },
  { reading: { ...documented, cancelledIsFailure: true }, says: 'failure() is true after a cancelled job' },
  {
    reading: { ...documented, toleratedIsFailure: true },
    says: 'failure() sees a failure behind continue-on-error',
  },
  {
    reading: { ...documented, neverStarted: 'cancelled' },
    says: 'a job that a cancellation kept from starting counts as skipped',
  },
  {
    reading: { ...documented, plainStartsWhenCancelled: false },
    says: 'a condition without always() and cancelled() starts its job in a cancelled run',
  },
  {
    reading: { ...documented, survivorMayBeCancelled: true },
    says: 'a job that goes on in a cancelled run can be cancelled',
  },
  {
    reading: { ...documented, wildcardHoldsAncestors: true },
    says: '`needs.*` holds direct needs only',
  },
  {
    reading: {
      timeoutCancelsJob: false,
      failureInCancelledRun: false,
      cancelledIsFailure: true,
      toleratedIsFailure: true,
      neverStarted: 'cancelled',
      plainStartsWhenCancelled: false,
      survivorMayBeCancelled: false,
      wildcardHoldsAncestors: true,
    },
    says: 'GitHub reads cancelled and timed-out jobs as its documentation suggests',
  },
];

/** Why a poll has no number. */
export type MissingReason =
  /** The query gave no series (`[]`) though its target is there. */
  | 'empty'
  /** `NaN` or infinite where there were requests. */
  | 'not-a-number'
  /** The target answers no scrapes. */
  | 'target-down'
  /** Too few scrapes lie in the interval. */
  | 'too-few-scrapes'
  /** The source did not answer, or not in time. */
  | 'unreachable'
  /** What it answered cannot be read. */
  | 'unreadable'
  /** A check could not be run. */
  | 'not-run';

/** What one poll says of one metric. Counts are of the interval of the poll alone, so that they never overlap. */
export type Sample =
  | {
      readonly kind: 'counts';
      readonly bad: number;
      readonly all: number;
      /** For `slow-requests`: those over the soft bound, which are at least as many; absent where none is measured. */
      readonly softBad?: number;
    }
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'check'; readonly isWell: boolean; readonly detail: string; readonly ms: number | null }
  /** There were no requests: nothing to judge, and nothing lost. */
  | { readonly kind: 'no-traffic' }
  | { readonly kind: 'missing'; readonly why: MissingReason; readonly detail: string };

/** One poll of all metrics, by their names. */
export interface Poll {
  /** From 1; of the stage or window that is watched. */
  readonly number: number;
  /** ISO 8601, UTC: the end of the interval. */
  readonly at: string;
  readonly samples: Readonly<Record<string, Sample>>;
}

/**
 * What a metric did before the release, one sample a minute (polling interval), oldest first; null: no data came back.
 * `history` ends where the baseline ends and contains it; null where there is none.
 */
export interface MetricPast {
  readonly baseline: readonly (Sample | null)[];
  readonly history: readonly (Sample | null)[] | null;
  /** What could not be had, in words; '' for nothing. */
  readonly note: string;
  /** ISO 8601, UTC: the end of the last interval, from which the others are counted back; absent: nobody knows when it was. */
  readonly until?: string;
  /** Why nothing can be said of this metric here, so that it has no samples: its bound lies above the last bucket. */
  readonly unjudgeable?: string;
  /** For `slow-requests`: what counts as slow, taken from the baseline and kept for the whole run. */
  readonly slow?: SlowBounds;
}

/** The bounds of a latency from which on a request counts as slow. */
export interface SlowBounds {
  /** The baseline's quantile, in milliseconds. */
  readonly baselineMs: number;
  /** The bound that is used: the first bucket's at or over the multiple asked for; as the histogram writes it (`le`). */
  readonly hardLe: string;
  readonly hardMs: number;
  readonly softLe: string;
  readonly softMs: number;
}

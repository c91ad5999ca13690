import type { MetricSettings, WatchSettings } from '../../../core/evidence/release-settings';
import type { Clock, Programs } from '../../../core/ports';
import type { MetricPast, Poll } from '../../../core/release/watch/samples';

/** Whether a metric's source answers now. */
export interface MetricCheck {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isOk: boolean;
  /** One sentence without full stop: what it answers now, or what is wrong and what to do. */
  readonly detail: string;
  /** What was asked, for people: a query, a program, an address; null where nothing could be. */
  readonly asked: string | null;
}

/** Where the numbers of a watch come from. Nothing here rejects but for its signal; secrets are in no text of it. */
export interface MetricReader {
  /**
   * Asks every source for its present value. Required metrics that the settings do not name are in the answer too, not
   * ok, each with what to add: names of metrics are never invented.
   */
  preflight(metrics: readonly MetricSettings[], signal?: AbortSignal): Promise<readonly MetricCheck[]>;
  /**
   * What each metric did before: a baseline that ends at `endsAt` and is doubled from `baselineMinutes` up to 12 hours
   * until it holds 100 bad ones, and the history of which it is the end. Called once, before anything is deployed; the
   * runner puts the answer into its journal.
   */
  past(
    metrics: readonly MetricSettings[],
    endsAt: Date,
    signal?: AbortSignal,
  ): Promise<Record<string, MetricPast>>;
  /** What `past` gave, where another process took the baseline: a resumed run says it before its first poll. */
  resume(past: Readonly<Record<string, MetricPast>>): void;
  /**
   * Probes that count between polls begin; called when a watch begins. Without it they begin with the first poll, which
   * then has nothing to count.
   */
  start(metrics: readonly MetricSettings[]): void;
  /**
   * All metrics at once, over the interval that ends at `at`, in less time than an interval; where `at` is a moment off the
   * grid of the polls before, the interval is the one that abuts the last. Prometheus is asked for the interval that ended
   * a twelfth of an interval before, five seconds at most, since it keeps a scrape some moments after it began. What fails is a `missing`
   * sample. A metric that cannot be judged at all (`MetricPast.unjudgeable`) has no sample.
   */
  poll(number: number, metrics: readonly MetricSettings[], at: Date, signal?: AbortSignal): Promise<Poll>;
  /** Ends probes; what is under way is given up. */
  close(): void;
}

/** How a reader is made. */
export interface MetricReaderOptions {
  /** The repository: where programs run. */
  readonly root: string;
  readonly settings: WatchSettings;
  /** Where the headers of Prometheus come from, and nothing else. */
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Those of the configuration; by default run from `root` without a shell. */
  readonly programs?: Programs;
  /** The environment's probe file (`probeFile`), where probes have a baseline; null or absent: none. */
  readonly probeFile?: string | null;
  /** Between two probes; by default a second, less where the interval is under ten seconds. */
  readonly probeEveryMs?: number;
  /** Masks the secrets that a program's output may hold; without it no output is quoted. */
  readonly mask?: (text: string) => string;
}

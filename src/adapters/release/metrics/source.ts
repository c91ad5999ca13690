import type { MetricSettings, WatchSettings } from '../../../core/evidence/release-settings';
import { timesOf } from '../../../core/release/watch/bounds';
import type { MetricPast, MissingReason, Sample } from '../../../core/release/watch/samples';
import type { AskLimits } from './prometheus-client';

/** What a source answers when it is asked whether it can be. */
export interface SourceCheck {
  readonly isOk: boolean;
  readonly detail: string;
  readonly asked: string | null;
}

/** One kind of source. Calls reject for their signal alone. */
export interface Source {
  check(metric: MetricSettings, now: Date, limits: AskLimits): Promise<SourceCheck>;
  past(metric: MetricSettings, endsAt: Date, limits: AskLimits): Promise<MetricPast>;
  /** Null: the metric cannot be judged, so that there is no sample of it. */
  poll(metric: MetricSettings, at: Date, limits: AskLimits): Promise<Sample | null>;
}

export const missing = (why: MissingReason, detail: string): Sample => ({ kind: 'missing', why, detail });

/** Counts as they are judged: whole, and never more bad ones than all. Null where they are no counts. */
export function countsOf(bad: number, all: number, softBad?: number): Sample | null {
  if (![bad, all, softBad ?? 0].every((count) => Number.isFinite(count) && count >= 0)) return null;
  const roundedBad = Math.round(bad);
  const soft = softBad === undefined ? undefined : Math.max(Math.round(softBad), roundedBad);
  const roundedAll = Math.max(Math.round(all), roundedBad, soft ?? 0);
  if (roundedAll === 0) return { kind: 'no-traffic' };
  return {
    kind: 'counts',
    bad: roundedBad,
    all: roundedAll,
    ...(soft === undefined ? {} : { softBad: soft }),
  };
}

/**
 * Which quantile a metric of latency is of, and the multiples of its baseline that it is judged by; where it is never
 * hard, requests are still counted over the usual multiple.
 */
export function multiplesOf(
  metric: MetricSettings,
  settings: WatchSettings,
): { readonly quantile: number; readonly hard: number; readonly soft: number } {
  const times = timesOf(metric, settings);
  const hard = times.hard ?? settings.latencyHard;
  return {
    quantile: metric.quantile ?? 0.99,
    hard,
    soft: Math.min(times.soft ?? settings.latencySoft, hard),
  };
}

/** What a person reads of a sample. */
export function sampleInWords(sample: Sample): string {
  switch (sample.kind) {
    case 'counts':
      return `${sample.bad} of ${sample.all}`;
    case 'value':
      return String(Number(sample.value.toPrecision(6)));
    case 'check':
      return sample.isWell ? 'well' : `not well: ${sample.detail}`;
    case 'no-traffic':
      return 'no requests in the last interval';
    case 'missing':
      return sample.detail;
    default:
      return sample satisfies never;
  }
}

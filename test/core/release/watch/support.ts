import {
  plainMetric,
  defaultTuning,
  defaultWatch,
  type MetricKind,
  type MetricSettings,
  type WatchSettings,
  type WatchTuning,
} from '../../../../src/core/evidence/release-settings';
import {
  judgePoll,
  openWatch,
  type WatchFinding,
  type WatchState,
} from '../../../../src/core/release/watch/judge';
import type { MetricPast, Sample } from '../../../../src/core/release/watch/samples';

/** A metric of a kind; what is not said is as the configuration's defaults are. */
export function metricOf(kind: MetricKind, part: Partial<MetricSettings> = {}): MetricSettings {
  return {
    name: kind,
    kind,
    source: { from: 'prometheus', query: null, bad: null, all: null, up: null },
    ...plainMetric,
    quantile: kind === 'slow-requests' || kind === 'latency' ? 0.99 : null,
    ...part,
  };
}

/** Settings of a watch; a tuning in parts. */
export function settingsOf(
  part: Partial<WatchSettings> = {},
  tuning: Partial<WatchTuning> = {},
): WatchSettings {
  return { ...defaultWatch, ...part, tuning: { ...defaultTuning, ...tuning } };
}

export const counts = (bad: number, all: number, softBad?: number): Sample =>
  softBad === undefined ? { kind: 'counts', bad, all } : { kind: 'counts', bad, all, softBad };
export const value = (level: number): Sample => ({ kind: 'value', value: level });
export const check = (isWell: boolean): Sample => ({ kind: 'check', isWell, detail: '', ms: 12 });
export const missing: Sample = { kind: 'missing', why: 'empty', detail: 'no series' };
export const noTraffic: Sample = { kind: 'no-traffic' };

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** A past of samples whose last ones are the baseline; `isKnown` tells whether the history is there too. */
export function pastOf(samples: readonly (Sample | null)[], isKnown = false, baseline = 30): MetricPast {
  return {
    baseline: samples.slice(-baseline),
    history: isKnown ? samples : null,
    note: '',
    until: '2026-11-26T12:00:00.000Z',
  };
}

/** What came of each poll. */
export interface Watched {
  readonly state: WatchState;
  readonly findings: readonly (readonly WatchFinding[])[];
}

/** Watches polls of metrics, one record of samples after the other, to the end. */
export function watched(
  settings: WatchSettings,
  metrics: readonly MetricSettings[],
  past: Readonly<Record<string, MetricPast>>,
  polls: readonly Readonly<Record<string, Sample>>[],
): Watched {
  let state = openWatch(settings, metrics, past);
  const findings = polls.map((samples, index) => {
    const judged = judgePoll(state, { number: index + 1, at: '2026-11-26T12:00:00.000Z', samples });
    state = judged.state;
    return judged.findings;
  });
  return { state, findings };
}

/** Watches one metric. */
export function watchedAlone(
  metric: MetricSettings,
  past: MetricPast,
  samples: readonly Sample[],
  settings: WatchSettings = settingsOf(),
): Watched {
  return watched(
    settings,
    [metric],
    { [metric.name]: past },
    samples.map((sample) => ({ [metric.name]: sample })),
  );
}

/** The first poll, from 1, with a finding of a level; null for none. */
export function firstOf(
  { findings }: Watched,
  level: WatchFinding['level'],
): { readonly poll: number; readonly finding: WatchFinding } | null {
  for (const [index, found] of findings.entries()) {
    const finding = found.find((one) => one.level === level);
    if (finding) return { poll: index + 1, finding };
  }
  return null;
}

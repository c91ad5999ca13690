import type { WatchSettings } from '../../../core/evidence/release-settings';
import type { MetricPast, Sample } from '../../../core/release/watch/samples';

/** So many bad ones make a baseline that a doubling can be confirmed against; see `docs/metrics.md`. */
const WANTED_BAD = 100;

/** The longest baseline, in polling intervals: 12 hours of minutes. */
export const LONGEST_BASELINE = 720;

/** Minutes that a baseline of quantiles needs, so that its maximum is seldom passed by chance. */
const QUANTILE_BASELINE = 120;

const DAY = 1440;

/** How many polling intervals of history are asked for: those of seven days at one a minute. */
export const historyLength = (settings: WatchSettings): number =>
  Math.max(LONGEST_BASELINE, Math.round(settings.historyDays * DAY));

/** The lengths that a baseline is tried at: doubled up to 12 hours. */
export function baselineLengths(baselineMinutes: number): readonly number[] {
  const lengths = [Math.max(1, Math.round(baselineMinutes))];
  for (let last = lengths[0] ?? 1; last < LONGEST_BASELINE; last = Math.min(last * 2, LONGEST_BASELINE)) {
    lengths.push(Math.min(last * 2, LONGEST_BASELINE));
  }
  return lengths;
}

/**
 * The end of a history that is the baseline: as long as the settings say, doubled up to 12 hours until it holds 100 bad ones.
 * Levels need no errors: theirs is as long as the settings say, two hours where it is of a quantile.
 */
export function baselineOf(
  history: readonly (Sample | null)[],
  baselineMinutes: number,
  isQuantile: boolean,
): readonly (Sample | null)[] {
  const areCounts = history.some((sample) => sample?.kind === 'counts');
  if (!areCounts) {
    return history.slice(-Math.max(Math.round(baselineMinutes), isQuantile ? QUANTILE_BASELINE : 1));
  }
  let best: readonly (Sample | null)[] = [];
  for (const length of baselineLengths(baselineMinutes)) {
    if (best.length > 0 && length > history.length) break;
    best = history.slice(-length);
    const bad = best.reduce((sum, sample) => sum + (sample?.kind === 'counts' ? sample.bad : 0), 0);
    if (bad >= WANTED_BAD) break;
  }
  return best;
}

/** A past that has nothing, and why. */
export const noPast = (note: string): MetricPast => ({ baseline: [], history: null, note });

/** Leaves out what lies in a span that the settings exclude: its samples become null. `ends` are milliseconds. */
export function withoutExcluded(
  samples: readonly (Sample | null)[],
  endsAt: Date,
  { intervalMs, excluded }: Pick<WatchSettings, 'intervalMs' | 'excluded'>,
): readonly (Sample | null)[] {
  const spans = excluded
    .map(({ from, until }) => ({ from: Date.parse(from), until: Date.parse(until) }))
    .filter(({ from, until }) => from < until);
  if (spans.length === 0) return samples;
  return samples.map((sample, index) => {
    const end = endsAt.getTime() - (samples.length - 1 - index) * intervalMs;
    return spans.some(({ from, until }) => end > from && end - intervalMs < until) ? null : sample;
  });
}

/** The samples from the first that is there. */
export function fromFirst(samples: readonly (Sample | null)[]): readonly (Sample | null)[] {
  const first = samples.findIndex((sample) => sample !== null);
  return first < 0 ? [] : samples.slice(first);
}

import { expectedPolls } from './evidence';
import { noiseOf } from './feasibility';
import { rateInWords } from './judge-counts';
import { median, slopeOf, thinned } from './robust';
import type { MetricState, Track, WatchState } from './state';
import { levelInWords, numberInWords, timesInWords } from './words';

/** What a watch saw of one metric. */
export interface MetricSummary {
  readonly metric: string;
  /** Clauses without full stop: what was seen against the baseline, and what it is worth. */
  readonly text: string;
  /** The smallest multiple of the baseline that so much traffic was expected to confirm; null: none, or another rule. */
  readonly couldHaveShown: number | null;
  /** It stood as high as a breach at some polls, and nothing tells whether that was more than chance. */
  readonly isInconclusive: boolean;
  /** Of the whole watch by the baseline; null where there is none. */
  readonly ratio: number | null;
}

/** What a watch saw, metric by metric, for the record at its end; can be asked at any poll. */
export function watchSummary(state: WatchState): readonly MetricSummary[] {
  return state.metrics.map((metric) => {
    const { judged, values } = metric;
    const without = state.polls - values.filter((value) => value !== null).length;
    const gaps = without > 0 ? `, ${without} of ${state.polls} polls without a value` : '';
    const plain = (text: string, ratio: number | null = null): MetricSummary => ({
      metric: metric.settings.name,
      text: `${text}${gaps}`,
      couldHaveShown: null,
      isInconclusive: false,
      ratio,
    });
    switch (judged.by) {
      case 'nothing':
        return { ...plain(''), text: `not judged: ${judged.why}` };
      case 'evidence': {
        const { text, ...rest } = countsSummary(metric, judged.hard, state);
        return { ...plain(text), ...rest };
      }
      case 'level': {
        const seen = values.filter((value) => value !== null);
        const middle = median(seen);
        if (middle === null) return plain('no value was seen');
        const { settings: own } = metric;
        const worst = seen.reduce((one, value) =>
          (own.worse === 'up' ? value > one : value < one) ? value : one,
        );
        const against =
          judged.median === null
            ? 'without a baseline'
            : `where ${levelInWords(judged.median, own)} was usual`;
        return plain(
          `${levelInWords(middle, own)} (at worst ${levelInWords(worst, own)}) ${against}${growth(metric, state)}`,
          judged.median ? middle / judged.median : null,
        );
      }
      case 'traffic': {
        const seen = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
        const polls = state.polls - without;
        const usual = metric.traffic && polls > 0 ? seen / (metric.traffic.mean * polls) : null;
        return plain(
          `${numberInWords(seen)} requests${usual === null ? '' : `, ${timesInWords(usual)} what was usual`}`,
          usual,
        );
      }
      case 'check': {
        const passed = values.filter((value) => value === 1).length;
        return plain(`passed ${passed} of ${values.filter((value) => value !== null).length} times`);
      }
      default:
        return judged satisfies never;
    }
  });
}

/** Multiples that are tried, in steps that people tell apart. */
function* multiples(): Generator<number> {
  for (let tenths = 15; tenths <= 100; tenths++) yield tenths / 10;
  for (let whole = 11; whole <= 1000; whole = Math.ceil(whole * 1.05)) yield whole;
}

/**
 * The smallest multiple of a track's baseline that so many polls are expected to confirm; null for none. Where a share
 * would have to be over all, there is none.
 */
export function smallestShown(
  track: Track,
  polls: number,
  state: Pick<WatchState, 'settings'>,
): number | null {
  const { baseline, counts, direction } = track;
  const all = counts.all.at(-1) ?? 0;
  if (polls < 1 || !(all > 0) || !(baseline.bad > 0)) return null;
  const { evidenceHard, tuning, ratioHard } = state.settings;
  for (const ratio of multiples()) {
    if (ratio < ratioHard) continue;
    const real = direction === 'up' ? ratio : 1 / ratio;
    const delay = expectedPolls(baseline, all / polls, real, polls, noiseOf(track), evidenceHard, tuning);
    if (delay !== null) return ratio;
  }
  return null;
}

const pollsInWords = (polls: number): string => (polls === 1 ? '1 poll' : `${polls} polls`);

function countsSummary(
  metric: MetricState,
  track: Track,
  state: WatchState,
): Pick<MetricSummary, 'text' | 'couldHaveShown' | 'isInconclusive' | 'ratio'> {
  const bad = track.counts.bad.at(-1) ?? 0;
  const all = track.counts.all.at(-1) ?? 0;
  const { baseline } = track;
  const isInconclusive = metric.withoutEvidence > 0;
  const couldHaveShown = smallestShown(track, state.polls, state);
  const rate = all > 0 ? bad / all : null;
  const before = baseline.all > 0 ? baseline.bad / baseline.all : null;
  const ratio = rate !== null && before ? rate / before : null;
  const seen =
    rate === null
      ? 'nothing was counted'
      : `${rateInWords(metric, rate)} (${numberInWords(bad)} of ${numberInWords(all)})`;
  const against =
    before === null
      ? 'without a baseline'
      : ratio === null
        ? 'where none was usual'
        : `${timesInWords(ratio)} baseline`;
  const could =
    couldHaveShown === null
      ? before
        ? 'this traffic could have shown no multiple of it'
        : ''
      : track.direction === 'up'
        ? `this traffic could have shown >= ${timesInWords(couldHaveShown)}`
        : `this traffic could have shown a fall to 1/${numberInWords(couldHaveShown)}`;
  const verdict = isInconclusive
    ? `inconclusive: as high as a breach in ${pollsInWords(metric.withoutEvidence)} without evidence of one${could === '' ? '' : `; ${could}`}`
    : could;
  return {
    text: [`${seen}, ${against}`, verdict].filter((part) => part !== '').join('; '),
    couldHaveShown,
    isInconclusive,
    ratio,
  };
}

/** How a level grew over the whole watch, where it surely did. */
function growth(metric: MetricState, { settings }: WatchState): string {
  const { values, step } = thinned(metric.values, 60);
  const slope = values.length >= settings.tuning.trendPolls ? slopeOf(values) : null;
  const sign = metric.settings.worse === 'up' ? 1 : -1;
  if (!slope || sign * slope.deviations < settings.tuning.trendDeviations) return '';
  const perHour = ((slope.perStep / step) * 3_600_000) / settings.intervalMs;
  return `, ${perHour > 0 ? 'growing' : 'falling'} by ${levelInWords(Math.abs(perHour), metric.settings)} an hour`;
}

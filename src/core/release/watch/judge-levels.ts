import type { WatchSettings } from '../../evidence/release-settings';
import { timesOf } from './bounds';
import type { Found } from './judge-counts';
import { median, slopeOf, thinned } from './robust';
import type { Judged, MetricState, UsualTraffic } from './state';
import { levelInWords, numberInWords, shareInWords, spanInWords, timesInWords } from './words';

type LevelBefore = Extract<Judged, { by: 'level' }>;

/** The last so many values that there are; null where there are fewer. */
function lastOf(values: readonly (number | null)[], count: number): readonly number[] | null {
  const last: number[] = [];
  for (let at = values.length - 1; at >= 0 && last.length < count; at--) {
    const value = values[at];
    if (value !== null && value !== undefined) last.push(value);
  }
  return last.length === count ? last.reverse() : null;
}

/** A level (a quantile of latency, CPU, a number of the project's own) after its latest value. */
export function judgeLevel(
  metric: MetricState,
  before: LevelBefore,
  settings: WatchSettings,
): readonly Found[] {
  const latest = metric.values.at(-1) ?? null;
  if (latest === null) return [];
  const limit = overLimit(metric, before, settings);
  const times = timesOf(metric.settings, settings);
  const found =
    limit?.level === 'hard'
      ? limit
      : ((metric.settings.kind === 'saturation'
          ? elevated(metric, before, settings, times.soft)
          : (beyond(metric, before, settings, times.hard, true) ??
            beyond(metric, before, settings, times.soft, false))) ??
        limit ??
        trendOf(metric, before, settings));
  return found ? [found] : [];
}

const signOf = ({ settings: { worse } }: MetricState): 1 | -1 => (worse === 'up' ? 1 : -1);

function overLimit(metric: MetricState, before: LevelBefore, settings: WatchSettings): Found | null {
  const { limit } = metric.settings;
  const polls = settings.rule === 'literal' ? 1 : settings.tuning.levelPolls;
  const last = limit === null ? null : lastOf(metric.values, polls);
  if (limit === null || !last?.every((value) => signOf(metric) * (value - limit) > 0)) return null;
  const recent = last.at(-1) ?? 0;
  const numbers = { recent, baseline: before.median, ratio: ratioOf(recent, before.median), limit };
  const clause = `passed its limit of ${levelInWords(limit, metric.settings)} with ${levelInWords(recent, metric.settings)}`;
  return before.overLimitBefore >= polls
    ? { level: 'note', why: 'over-limit-before', clause: `${clause}, as it did before the release`, numbers }
    : { level: 'hard', why: 'over-limit', clause, numbers: { ...numbers, isAtHardBound: true } };
}

const ratioOf = (value: number, baseline: number | null): number | null =>
  baseline !== null && baseline !== 0 ? value / baseline : null;

/**
 * Several polls in a row at a multiple of the baseline's median and beyond all that the baseline held: whatever the
 * distribution, polls of the same kind do that by chance at most about once in a hundred windows with 30 polls of
 * baseline, and once in five thousand with 120. With fewer than that it is a question.
 */
function beyond(
  metric: MetricState,
  before: LevelBefore,
  settings: WatchSettings,
  times: number | null,
  isHard: boolean,
): Found | null {
  const { median: usual, extreme } = before;
  if (times === null || usual === null || extreme === null || usual <= 0) return null;
  const isLiteral = settings.rule === 'literal';
  const sign = signOf(metric);
  const bound = sign > 0 ? usual * times : usual / times;
  const last = lastOf(metric.values, isLiteral ? 1 : settings.tuning.levelPolls);
  const isBeyond = last?.every(
    (value) => sign * (value - bound) >= 0 && (isLiteral || sign * (value - extreme) > 0),
  );
  if (!last || !isBeyond) return null;
  const isEnough = isLiteral || before.polls >= settings.tuning.levelBaselinePolls;
  const least = last.reduce((one, value) => (sign * (value - one) < 0 ? value : one));
  const ratio = least / usual;
  return {
    level: isHard && isEnough ? 'hard' : 'soft',
    why: isHard && !isEnough ? 'not-calibrated' : 'beyond-baseline',
    clause: sign > 0 ? `breached ${timesInWords(ratio)} baseline` : `fell to ${timesInWords(ratio)} baseline`,
    numbers: { recent: least, baseline: usual, ratio, isAtHardBound: isHard, limit: metric.settings.limit },
  };
}

/** Saturation: its median over some polls stays above a multiple of the baseline's and above all that the baseline held. */
function elevated(
  metric: MetricState,
  before: LevelBefore,
  settings: WatchSettings,
  times: number | null,
): Found | null {
  const { saturationPolls: polls } = settings.tuning;
  const { median: usual, extreme } = before;
  if (times === null || usual === null || extreme === null) return null;
  const sign = signOf(metric);
  const bound = sign > 0 ? usual * times : usual / times;
  const { length } = metric.values;
  if (length < polls) return null;
  for (let end = length; end > length - polls; end--) {
    const middle = median(
      metric.values.slice(Math.max(0, end - polls), end).filter((value) => value !== null),
    );
    if (middle === null || sign * (middle - bound) <= 0 || sign * (middle - extreme) <= 0) return null;
  }
  const recent = median(metric.values.slice(-polls).filter((value) => value !== null)) ?? 0;
  const ratio = ratioOf(recent, usual);
  const stays = ratio === null ? levelInWords(recent, metric.settings) : `${timesInWords(ratio)} baseline`;
  return {
    level: 'soft',
    why: 'beyond-baseline',
    clause: `has stayed at ${stays}`,
    numbers: { recent, baseline: usual, ratio, limit: metric.settings.limit },
  };
}

/** So many blocks at most does the trend over the whole watch look at. */
const BLOCKS = 60;

/**
 * Whether a level reaches its limit soon if it goes on as it does: by the slope of the last polls where it is clearly
 * steeper than any before the release, and by that of the whole watch (a leak is slow) where the level is higher than any before.
 */
export function trendOf(metric: MetricState, before: LevelBefore, settings: WatchSettings): Found | null {
  const { tuning } = settings;
  const { limit, kind } = metric.settings;
  if (limit === null || kind === 'latency' || before.steepest === null) return null;
  const sign = signOf(metric);
  const { length } = metric.values;
  const now = median(metric.values.slice(-tuning.recentPolls).filter((value) => value !== null));
  if (now === null || sign * (now - limit) >= 0 || length < tuning.trendPolls) return null;
  const reaches = (perPoll: number, horizon: number): number | null => {
    const polls = perPoll > 0 ? (sign * (limit - now)) / perPoll : Infinity;
    return polls <= horizon ? polls : null;
  };
  const found = (polls: number): Found => ({
    level: 'soft',
    why: 'trend',
    clause: `reaches its limit of ${levelInWords(limit, metric.settings)} in ${spanInWords(polls * settings.intervalMs)} if it goes on like this (${levelInWords(now, metric.settings)} now)`,
    numbers: { recent: now, baseline: before.median, ratio: ratioOf(now, before.median), limit },
  });

  const recent = slopeOf(metric.values.slice(-tuning.trendPolls));
  if (recent && sign * recent.deviations >= tuning.trendDeviations) {
    const perPoll = sign * recent.perStep;
    const polls =
      perPoll > before.steepest * tuning.historyMargin ? reaches(perPoll, tuning.trendHorizonPolls) : null;
    if (polls !== null) return found(polls);
  }
  const isHigherThanEver = before.worstEver !== null && sign * (now - before.worstEver) > 0;
  if (length < 2 * tuning.trendPolls || !isHigherThanEver) return null;
  const { values, step } = thinned(metric.values, BLOCKS);
  const whole = slopeOf(values);
  if (!whole || sign * whole.deviations < tuning.trendDeviations) return null;
  const polls = reaches((sign * whole.perStep) / step, Math.max(tuning.trendHorizonPolls, 4 * length));
  return polls === null ? null : found(polls);
}

/** A silence: the last polls hold next to no requests where there were some. */
export function judgeTraffic(
  metric: MetricState,
  usual: UsualTraffic,
  settings: WatchSettings,
): Found | null {
  const { tuning } = settings;
  const { mean, polls, least } = usual;
  const last = metric.requests.length >= polls ? metric.requests.slice(-polls) : [null];
  if (last.includes(null)) return null;
  const seen = last.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const expected = polls * mean;
  const share = seen / expected;
  const numbers = { recent: seen, baseline: expected, ratio: share };
  const what = metric.settings.kind === 'traffic' ? 'fell' : 'counts requests that fell';
  const clause = `${what} to ${shareInWords(share)} of the baseline (${numberInWords(seen)} in ${polls} polls, where ${numberInWords(expected)} are usual)`;
  if (share <= tuning.quietHard) {
    return { level: 'hard', why: 'too-quiet', clause, numbers: { ...numbers, isAtHardBound: true } };
  }
  return share <= tuning.quietSoft && least !== null && seen < least
    ? { level: 'soft', why: 'quiet', clause, numbers }
    : null;
}

/** A check: so many failures in a row are hard, one is a question. A check that could not be run is neither. */
export function judgeCheck(
  metric: MetricState,
  isWell: boolean | null,
  { tuning }: WatchSettings,
): Found | null {
  if (isWell !== false) return null;
  return metric.failures >= tuning.checkFailures
    ? {
        level: 'hard',
        why: 'check-failed',
        clause: `failed ${metric.failures} polls in a row`,
        numbers: { recent: metric.failures, isAtHardBound: true },
      }
    : { level: 'soft', why: 'check-blip', clause: 'failed once', numbers: { recent: metric.failures } };
}

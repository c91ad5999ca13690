import type { MetricSettings, WatchSettings, WatchTuning } from '../../evidence/release-settings';
import { ceilingOf } from './bounds';
import type { Direction } from './evidence';
import { baselineNoise, historyNoise, levelWindow, sumOf, type Counts } from './noise';
import { countsOf, levelOf, requestsOf, type Bound } from './readings';
import { median, slopeOf } from './robust';
import type { MetricPast, Sample } from './samples';
import type { Judged, MetricState, Track, UsualTraffic } from './state';

type Samples = readonly (Sample | null)[];

/** What a metric's past tells, before its watch begins. Scans the history once. */
export function metricBefore(
  metric: MetricSettings,
  settings: WatchSettings,
  past: MetricPast | undefined,
  isTraffic: boolean,
): MetricState {
  const { tuning } = settings;
  const before = withoutExcluded(past ?? { baseline: [], history: null, note: '' }, settings);
  const historyPolls = before.history?.filter((sample) => sample !== null).length ?? 0;
  const isCalibrated = historyPolls >= tuning.historyLeastPolls;
  const known: Samples = before.history ?? before.baseline;
  const isSoftOnly =
    settings.profile === 'probes' &&
    Math.max(before.baseline.filter((sample) => sample !== null).length, historyPolls) <
      tuning.probeBaselinePolls;
  return {
    settings: metric,
    judged: past?.unjudgeable
      ? { by: 'nothing', why: past.unjudgeable }
      : judgedBy(metric, settings, known, isCalibrated ? before.history : null),
    traffic: isTraffic ? usualTraffic(known, settings, isCalibrated ? before.history : null) : null,
    isSoftOnly,
    historyPolls,
    isCalibrated,
    until: past?.until ?? null,
    note: past?.note ?? '',
    values: [],
    requests: [],
    lnEvidence: [],
    hasData: false,
    lost: 0,
    failures: 0,
    withoutEvidence: 0,
  };
}

/** A past whose excluded spans hold nothing; where nobody knows when it was, it is left as it is. */
function withoutExcluded(
  past: MetricPast,
  { excluded, intervalMs }: WatchSettings,
): Pick<MetricPast, 'baseline' | 'history'> {
  if (past.until === undefined || excluded.length === 0) return past;
  const until = Date.parse(past.until);
  const spans = excluded.map((span) => [Date.parse(span.from), Date.parse(span.until)] as const);
  const kept = (samples: Samples): Samples =>
    samples.map((sample, index) => {
      const end = until - (samples.length - 1 - index) * intervalMs;
      return spans.some(([from, last]) => end > from && end - intervalMs < last) ? null : sample;
    });
  return { baseline: kept(past.baseline), history: past.history && kept(past.history) };
}

function judgedBy(
  metric: MetricSettings,
  settings: WatchSettings,
  known: Samples,
  history: Samples | null,
): Judged {
  switch (metric.kind) {
    case 'errors':
    case 'count':
      return { by: 'evidence', hard: trackOf(metric, settings, known, history, 'hard'), soft: null };
    case 'slow-requests': {
      const hasSoft = known.some((sample) => sample?.kind === 'counts' && sample.softBad !== undefined);
      return {
        by: 'evidence',
        hard: trackOf(metric, settings, known, history, 'hard'),
        soft: hasSoft ? trackOf(metric, settings, known, history, 'soft') : null,
      };
    }
    case 'own':
      return isCounted(metric, known)
        ? { by: 'evidence', hard: trackOf(metric, settings, known, history, 'hard'), soft: null }
        : levelBefore(metric, settings, known);
    case 'latency':
    case 'saturation':
      return levelBefore(metric, settings, known);
    case 'traffic':
      return { by: 'traffic' };
    case 'health':
      return { by: 'check' };
    default:
      return metric.kind satisfies never;
  }
}

/** Whether a number of the project's own is a share of counts: by what it gave before, else by how it is asked for. */
function isCounted({ source }: MetricSettings, known: Samples): boolean {
  const one = known.find((sample) => sample?.kind === 'counts' || sample?.kind === 'value');
  return one
    ? one.kind === 'counts'
    : source.from === 'prometheus' && source.bad !== null && source.all !== null;
}

function trackOf(
  metric: MetricSettings,
  settings: WatchSettings,
  known: Samples,
  history: Samples | null,
  bound: Bound,
): Track {
  const { tuning } = settings;
  const direction: Direction = metric.kind === 'own' || metric.kind === 'count' ? metric.worse : 'up';
  const counts: readonly (Counts | null)[] = known.map((sample) => countsOf(metric.kind, sample, bound));
  const window = levelWindow(counts, settings.baselineMinutes, tuning);
  const noise = history && historyNoise(counts, window.length, direction, settings);
  return {
    direction,
    baseline: { ...sumOf(window), polls: window.length },
    baselineNoise: baselineNoise(window, tuning),
    historyNoise: noise?.byDuration ?? null,
    noiseSpan: noise?.span
      ? { from: counts.length - noise.span.from, until: counts.length - noise.span.until }
      : null,
    counts: { bad: [0], all: [0] },
    worst: -1,
    worstRate: null,
  };
}

function levelBefore(metric: MetricSettings, settings: WatchSettings, known: Samples): Judged {
  const { tuning } = settings;
  const least = Math.max(settings.baselineMinutes, tuning.levelBaselinePolls);
  const values = known.map(levelOf);
  const baseline = values.slice(-least).filter((value) => value !== null);
  const sign = metric.worse === 'up' ? 1 : -1;
  const limit = ceilingOf(metric, settings) === null ? null : metric.limit;
  const worst = (those: readonly (number | null)[]): number | null =>
    those.reduce(
      (one, value) => (value !== null && (one === null || sign * (value - one) > 0) ? value : one),
      null,
    );
  let run = 0;
  let longest = 0;
  for (const value of values) {
    if (value === null || limit === null) continue;
    run = sign * (value - limit) > 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return {
    by: 'level',
    median: median(baseline),
    extreme: worst(baseline),
    polls: baseline.length,
    worstEver: worst(values),
    overLimitBefore: longest,
    steepest: limit === null || metric.kind === 'latency' ? null : steepestOf(values, sign, tuning),
  };
}

function steepestOf(
  values: readonly (number | null)[],
  sign: number,
  { trendPolls, historyStepPolls }: WatchTuning,
): number | null {
  let steepest: number | null = null;
  for (let end = values.length; end >= trendPolls; end -= historyStepPolls) {
    const slope = slopeOf(values.slice(end - trendPolls, end));
    if (slope) steepest = Math.max(steepest ?? -Infinity, sign * slope.perStep);
  }
  return steepest;
}

/** What traffic usually is, and over how many polls a silence can be told from chance; null where nothing tells. */
function usualTraffic(known: Samples, settings: WatchSettings, history: Samples | null): UsualTraffic | null {
  const { tuning } = settings;
  const requests = known.slice(-settings.baselineMinutes).map(requestsOf);
  const present = requests.filter((value) => value !== null);
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  if (!(mean > 0)) return null;
  const blocks: number[] = [];
  for (let at = 0; at + tuning.recentPolls <= present.length; at += tuning.recentPolls) {
    blocks.push(present.slice(at, at + tuning.recentPolls).reduce((sum, value) => sum + value, 0));
  }
  const found = Math.max(dispersionOf(present), dispersionOf(blocks));
  const dispersion = found <= tuning.calmTraffic ? 1 : found;
  const polls = Math.max(tuning.quietPolls, Math.ceil((tuning.quietRequests * dispersion) / mean));
  return { mean, dispersion, polls, least: history && leastSum(history.map(requestsOf), polls) };
}

function dispersionOf(values: readonly number[]): number {
  if (values.length < 2) return 1;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (!(mean > 0)) return 1;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / mean;
}

/** The least that so many polls in a row held, where none of them is missing. */
function leastSum(values: readonly (number | null)[], polls: number): number | null {
  let least: number | null = null;
  let sum = 0;
  let present = 0;
  values.forEach((value, index) => {
    sum += value ?? 0;
    present += value === null ? 0 : 1;
    const gone = index - polls >= 0 ? values[index - polls] : undefined;
    if (gone !== undefined) {
      sum -= gone ?? 0;
      present -= gone === null ? 0 : 1;
    }
    if (present === polls) least = least === null ? sum : Math.min(least, sum);
  });
  return least;
}

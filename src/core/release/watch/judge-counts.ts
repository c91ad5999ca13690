import type { WatchSettings } from '../../evidence/release-settings';
import { ceilingOf, slowShare, timesOf } from './bounds';
import { logEvidence } from './evidence';
import { noiseAt, type Counts } from './noise';
import type { FindingLevel, FindingNumbers, FindingReason, MetricState, Track } from './state';
import { levelInWords, shareInWords, timesInWords } from './words';

/** A finding before it has the metric's name and the moment: `clause` is what stands between them. */
export interface Found {
  readonly level: FindingLevel;
  readonly why: FindingReason;
  readonly clause: string;
  readonly numbers: Partial<FindingNumbers>;
}

/** What came of a poll's counts. */
export interface CountsJudged {
  readonly hard: Track;
  readonly soft: Track | null;
  readonly lnEvidence: number;
  readonly found: readonly Found[];
}

/** A track with one poll more. Polls without data add nothing, and keep their place. */
function grown(track: Track, counts: Counts | null): Track {
  const poll = track.counts.bad.length - 1;
  const add = (values: readonly number[], value: number): readonly number[] => [
    ...values,
    (values.at(-1) ?? 0) + value,
  ];
  const rate = counts && counts[1] > 0 ? counts[0] / counts[1] : null;
  const { worstRate } = track;
  const isWorst =
    rate !== null && (worstRate === null || (track.direction === 'up' ? rate > worstRate : rate < worstRate));
  return {
    ...track,
    counts: { bad: add(track.counts.bad, counts?.[0] ?? 0), all: add(track.counts.all, counts?.[1] ?? 0) },
    worst: isWorst ? poll : track.worst,
    worstRate: isWorst ? rate : worstRate,
  };
}

/** The rate of the last polls. */
function recentOf(
  { counts: { bad, all } }: Track,
  polls: number,
): { readonly bad: number; readonly rate: number } {
  const last = bad.length - 1;
  const first = Math.max(0, last - polls);
  const recentBad = (bad[last] ?? 0) - (bad[first] ?? 0);
  const recentAll = (all[last] ?? 0) - (all[first] ?? 0);
  return { bad: recentBad, rate: recentAll > 0 ? recentBad / recentAll : 0 };
}

/** Where a track stands: its recent rate, the level before, and evidence on demand. */
class Standing {
  readonly rate: number;
  readonly baselineRate: number;
  readonly hasRecent: boolean;
  private readonly noiseOf: (polls: number) => number;

  constructor(
    readonly track: Track,
    private readonly settings: WatchSettings,
  ) {
    const { rate, bad } = recentOf(track, settings.tuning.recentPolls);
    const { baseline, counts } = track;
    const last = counts.all.length - 1;
    const first = Math.max(0, last - settings.tuning.recentPolls);
    this.rate = rate;
    this.baselineRate = baseline.all > 0 ? baseline.bad / baseline.all : 0;
    this.hasRecent = track.direction === 'up' ? bad > 0 : (counts.all[last] ?? 0) > (counts.all[first] ?? 0);
    const { historyNoise, baselineNoise } = track;
    this.noiseOf = historyNoise ? (polls) => noiseAt(historyNoise, polls) : () => baselineNoise;
  }

  /** Against the noise of the history where there is one. */
  evidence(without = -1): number {
    const { track, settings } = this;
    return logEvidence(track.baseline, track.counts, this.noiseOf, track.direction, settings.tuning, without);
  }

  /** Against the noise of the baseline alone. */
  evidenceOfBaseline(without = -1): number {
    const { track, settings } = this;
    const noise = (): number => track.baselineNoise;
    return logEvidence(track.baseline, track.counts, noise, track.direction, settings.tuning, without);
  }

  get noise(): number {
    return this.noiseOf(Math.max(1, this.track.counts.bad.length - 1));
  }

  /** Whether the recent rate is at or beyond a level. */
  isBeyond(level: number): boolean {
    return this.hasRecent && (this.track.direction === 'up' ? this.rate >= level : this.rate <= level);
  }

  /** So many times the level before, in the direction that is worse. */
  timesBefore(times: number): number {
    return this.track.direction === 'up' ? this.baselineRate * times : this.baselineRate / times;
  }
}

/** One poll of counts by the rule of evidence, or literally by the poll's rate. */
export function judgeCounts(
  metric: MetricState,
  before: { readonly hard: Track; readonly soft: Track | null },
  settings: WatchSettings,
  counts: Counts | null,
  softCounts: Counts | null,
): CountsJudged {
  const hard = grown(before.hard, counts);
  const soft = before.soft && grown(before.soft, softCounts);
  const standing = new Standing(hard, settings);
  const lnEvidence = standing.evidence();
  const found =
    settings.rule === 'literal'
      ? literally(metric, standing, settings, counts, soft && softCounts, lnEvidence)
      : byEvidence(metric, standing, soft ? new Standing(soft, settings) : standing, settings, lnEvidence);
  return { hard, soft, lnEvidence, found: found ? [found] : [] };
}

/** The levels from which on a metric's recent rate is as bad as soft and hard ask. */
function levelsOf(
  { settings: metric }: MetricState,
  hard: Standing,
  soft: Standing,
  settings: WatchSettings,
): { readonly hard: number | null; readonly soft: number | null } {
  const times = timesOf(metric, settings);
  if (metric.kind === 'slow-requests') {
    const share = slowShare(metric);
    return { hard: times.hard === null ? null : share, soft: times.soft === null ? null : share };
  }
  const hardTimes = times.hard ?? (metric.kind === 'own' ? settings.ratioHard : null);
  return {
    hard: hardTimes === null ? null : hard.timesBefore(hardTimes),
    soft: times.soft === null ? null : soft.timesBefore(times.soft),
  };
}

function byEvidence(
  metric: MetricState,
  standing: Standing,
  soft: Standing,
  settings: WatchSettings,
  lnEvidence: number,
): Found | null {
  const { tuning } = settings;
  const lnHard = Math.log(settings.evidenceHard);
  const lnSoft = Math.log(settings.evidenceSoft);
  const lnGuard = Math.log(tuning.evidenceWithoutWorst);
  const levels = levelsOf(metric, standing, soft, settings);
  const ceiling = ceilingOf(metric.settings, settings);
  const { direction } = standing.track;
  const isOverCeiling =
    ceiling !== null &&
    standing.hasRecent &&
    (direction === 'up' ? standing.rate > ceiling : standing.rate < ceiling);
  const isAtHardBound = levels.hard !== null && standing.isBeyond(levels.hard);
  const numbers = { ...numbersOf(standing, lnEvidence), isAtHardBound, limit: ceiling };
  const rise = riseInWords(metric, standing, settings);
  const isProved = lnEvidence >= lnHard && standing.evidence(standing.track.worst) >= lnGuard;

  if ((isAtHardBound || isOverCeiling) && isProved) {
    const isOwnNoiseKnown = metric.isCalibrated || isLargeAnyway(standing, tuning.uncalibratedTimes);
    const why = isAtHardBound ? 'regression' : 'ceiling';
    const clause =
      why === 'regression'
        ? rise
        : `passed ${rateInWords(metric, ceiling ?? 0)} with ${rateInWords(metric, standing.rate)}`;
    return isOwnNoiseKnown
      ? { level: 'hard', why, clause, numbers }
      : { level: 'soft', why: 'not-calibrated', clause, numbers };
  }
  if (isAtHardBound && metric.isCalibrated) {
    const lnEvidenceBaseline = standing.evidenceOfBaseline();
    if (lnEvidenceBaseline >= lnHard && standing.evidenceOfBaseline(standing.track.worst) >= lnGuard) {
      return {
        level: 'soft',
        why: 'raised-but-seen-before',
        clause: `${rise}, though its own history has had the like`,
        numbers: { ...numbers, lnEvidenceBaseline },
      };
    }
  }
  if (levels.soft !== null && soft.isBeyond(levels.soft)) {
    const lnEvidenceSoft = soft === standing ? lnEvidence : soft.evidence();
    if (lnEvidenceSoft >= lnSoft) {
      const times = timesOf(metric.settings, settings).soft;
      const clause = soft === standing ? rise : `breached ${timesInWords(times ?? 1)} baseline`;
      const own =
        soft === standing ? numbers : { ...numbersOf(soft, lnEvidenceSoft), isAtHardBound, limit: ceiling };
      return { level: 'soft', why: 'raised', clause, numbers: own };
    }
  }
  if (isOverCeiling && lnEvidence >= lnSoft) {
    const clause = `passed ${rateInWords(metric, ceiling ?? 0)} with ${rateInWords(metric, standing.rate)}`;
    return { level: 'soft', why: 'ceiling', clause, numbers };
  }
  if (isAtHardBound || isOverCeiling) {
    const clause = `stands at ${rateInWords(metric, standing.rate)}, which this traffic does not tell from chance`;
    return { level: 'note', why: 'above-without-evidence', clause, numbers };
  }
  return null;
}

/** So large a change that no history is needed: many times a level that counts at least one error. */
function isLargeAnyway({ track, rate }: Standing, times: number | null): boolean {
  if (times === null) return true;
  const { bad, all } = track.baseline;
  if (!(all > 0)) return false;
  const level = Math.max(bad, 1) / all;
  return track.direction === 'up' ? rate >= level * times * (1 - 1e-9) : rate <= level / times;
}

/** What the text of the rules says, poll by poll: no evidence is asked for. */
function literally(
  metric: MetricState,
  standing: Standing,
  settings: WatchSettings,
  counts: Counts | null,
  softCounts: Counts | null,
  lnEvidence: number,
): Found | null {
  if (!counts || !(counts[1] > 0)) return null;
  const { direction } = standing.track;
  const rate = counts[0] / counts[1];
  const softRate = softCounts && softCounts[1] > 0 ? softCounts[0] / softCounts[1] : rate;
  const levels = levelsOf(metric, standing, standing, settings);
  const isBeyond = (value: number, level: number | null): boolean =>
    level !== null && (direction === 'up' ? value > 0 && value >= level : value <= level);
  const ceiling = ceilingOf(metric.settings, settings);
  const isAtHardBound = isBeyond(rate, levels.hard);
  const numbers = { ...numbersOf(standing, lnEvidence, rate), isAtHardBound, limit: ceiling };
  const clause = riseInWords(metric, standing, settings, rate);
  if (isAtHardBound) return { level: 'hard', why: 'regression', clause, numbers };
  if (ceiling !== null && (direction === 'up' ? rate > ceiling : rate < ceiling)) {
    return {
      level: 'hard',
      why: 'ceiling',
      clause: `passed ${rateInWords(metric, ceiling)} with ${rateInWords(metric, rate)}`,
      numbers,
    };
  }
  return isBeyond(softRate, levels.soft) ? { level: 'soft', why: 'raised', clause, numbers } : null;
}

function numbersOf(standing: Standing, lnEvidence: number, rate = standing.rate): Partial<FindingNumbers> {
  const { baselineRate, noise } = standing;
  return {
    recent: rate,
    baseline: baselineRate,
    ratio: baselineRate > 0 ? rate / baselineRate : null,
    lnEvidence,
    noise,
  };
}

/** A rate as people read it: a share of requests, or so many a poll. */
export function rateInWords({ settings: metric, judged }: MetricState, rate: number): string {
  const isPerPoll = metric.kind === 'count' && judged.by === 'evidence' && isOneAPoll(judged.hard);
  return isPerPoll ? `${levelInWords(rate, metric)} a poll` : shareInWords(rate);
}

/** Whether something is counted by itself and not among requests. */
function isOneAPoll({ baseline, counts }: Track): boolean {
  const all = baseline.all + (counts.all.at(-1) ?? 0);
  return all <= baseline.polls + counts.all.length - 1;
}

function riseInWords(
  metric: MetricState,
  standing: Standing,
  settings: WatchSettings,
  rate = standing.rate,
): string {
  const { baselineRate, track } = standing;
  if (metric.settings.kind === 'slow-requests') {
    return `breached ${timesInWords(timesOf(metric.settings, settings).hard ?? 1)} baseline`;
  }
  if (!(baselineRate > 0)) return `breached its baseline of 0 with ${rateInWords(metric, rate)}`;
  const times = timesInWords(rate / baselineRate);
  return track.direction === 'down' ? `fell to ${times} baseline` : `breached ${times} baseline`;
}

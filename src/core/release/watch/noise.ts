import type { WatchTuning } from '../../evidence/release-settings';
import type { BaselineCounts, Direction } from './evidence';

/** One poll's counts; null: no data came back. */
export type Counts = readonly [bad: number, all: number];

/** Durations, in polls, that noise is learnt for. */
export const DURATIONS = [1, 2, 3, 5, 10, 15, 20, 30, 60] as const;

/** A day of polls: what the number of days in a history is counted by. */
const DAY = 1440;

/** How much more than a Poisson count something varies, by duration, and where that was learnt. */
export interface HistoryNoise {
  /** One for each of `DURATIONS`; 1 is as much as a Poisson count. */
  readonly byDuration: readonly number[];
  /** The polls of the history whose rise is the reason for the largest of them; null where none stands out. */
  readonly span: { readonly from: number; readonly until: number } | null;
}

/** The noise of a change that has lasted so many polls: that of the next longer duration, and of the shorter beside it. */
export function noiseAt(byDuration: readonly number[], polls: number): number {
  let index = 0;
  while (index < DURATIONS.length - 1 && (DURATIONS[index] ?? 0) < polls) index++;
  const own = byDuration[index] ?? 1;
  return index > 0 && DURATIONS[index] !== polls ? Math.max(own, byDuration[index - 1] ?? 1) : own;
}

/** The sum of counts; polls without data hold nothing. */
export function sumOf(counts: readonly (Counts | null)[]): BaselineCounts {
  let bad = 0;
  let all = 0;
  for (const one of counts) {
    bad += one?.[0] ?? 0;
    all += one?.[1] ?? 0;
  }
  return { bad, all };
}

/**
 * The last polls before the release that tell the level: at least `least`, doubled until they hold enough errors, at
 * most as many as the tuning lets.
 */
export function levelWindow(
  counts: readonly (Counts | null)[],
  least: number,
  { baselineErrors, baselineMostPolls }: WatchTuning,
): readonly (Counts | null)[] {
  let size = Math.max(1, Math.min(least, counts.length));
  for (;;) {
    const window = counts.slice(-size);
    const longer = Math.min(size * 2, baselineMostPolls);
    if (longer <= size || longer > counts.length || sumOf(window).bad >= baselineErrors) return window;
    size = longer;
  }
}

/** The noise of a baseline's polls: their dispersion by Pearson, 1 where they are as calm as chance. */
export function baselineNoise(
  baseline: readonly (Counts | null)[],
  { calmBaseline, baselineInflation }: WatchTuning,
): number {
  const { bad, all } = sumOf(baseline);
  if (!(bad > 0)) return 1;
  const dispersion = pearson(baseline, bad / all);
  return dispersion <= calmBaseline ? 1 : baselineInflation * dispersion;
}

function pearson(counts: readonly (Counts | null)[], rate: number): number {
  let sum = 0;
  let polls = 0;
  for (const one of counts) {
    if (!one || !(one[1] > 0)) continue;
    const expected = one[1] * rate;
    sum += (one[0] - expected) ** 2 / expected;
    polls++;
  }
  return polls > 1 ? sum / (polls - 1) : 1;
}

/** Sums of blocks of so many polls, for the dispersion of what changes slowly. */
function blocks(counts: readonly (Counts | null)[], size: number): readonly Counts[] {
  const sums: Counts[] = [];
  for (let at = 0; at + size <= counts.length; at += size) {
    const { bad, all } = sumOf(counts.slice(at, at + size));
    sums.push([bad, all]);
  }
  return sums;
}

/**
 * What this service did by itself: pretends a release at every tenth poll of the history, and takes for each duration
 * the largest likelihood ratio that such a release would have met while the effect looked as large as a hard breach
 * asks. A release then has to be clearly worse than that. Takes time in the length of the history.
 */
export function historyNoise(
  history: readonly (Counts | null)[],
  baselinePolls: number,
  direction: Direction,
  settings: { readonly evidenceHard: number; readonly ratioHard: number; readonly tuning: WatchTuning },
): HistoryNoise {
  const { tuning, ratioHard } = settings;
  const polls = history.length;
  const bad = new Float64Array(polls + 1);
  const all = new Float64Array(polls + 1);
  history.forEach((one, index) => {
    bad[index + 1] = (bad[index] ?? 0) + (one?.[0] ?? 0);
    all[index + 1] = (all[index] ?? 0) + (one?.[1] ?? 0);
  });
  const total = bad[polls] ?? 0;
  if (!(total > 0)) return { byDuration: DURATIONS.map(() => 1), span: null };
  const rate = total / (all[polls] ?? 1);
  const overall = Math.max(pearson(history, rate), pearson(blocks(history, tuning.recentPolls), rate));
  const least = Math.max(1, overall <= tuning.calmHistory ? 1 : overall);

  const largest = new Float64Array(DURATIONS.length);
  const where = DURATIONS.map(() => ({ from: 0, until: 0 }));
  for (
    let release = baselinePolls;
    release + tuning.historyWatchPolls <= polls;
    release += tuning.historyStepPolls
  ) {
    const badBefore = (bad[release] ?? 0) - (bad[release - baselinePolls] ?? 0);
    const allBefore = (all[release] ?? 0) - (all[release - baselinePolls] ?? 0);
    if (!(allBefore > 0)) continue;
    const before = badBefore / allBefore;
    for (let poll = 1; poll <= tuning.historyWatchPolls; poll++) {
      const end = release + poll;
      const recent = Math.min(poll, tuning.recentPolls);
      const allRecent = (all[end] ?? 0) - (all[end - recent] ?? 0);
      if (!(allRecent > 0)) continue;
      const now = ((bad[end] ?? 0) - (bad[end - recent] ?? 0)) / allRecent;
      if (direction === 'up' ? now < ratioHard * before : now > before / ratioHard) continue;
      for (let index = 0; index < DURATIONS.length; index++) {
        const duration = DURATIONS[index] ?? 0;
        if (duration > poll) break;
        const allSince = (all[end] ?? 0) - (all[end - duration] ?? 0);
        if (!(allSince > 0)) continue;
        const badSince = (bad[end] ?? 0) - (bad[end - duration] ?? 0);
        const level = direction === 'up' ? badBefore + 1 : badBefore;
        const both = badSince + level;
        const share = allSince / (allSince + allBefore);
        if (direction === 'up' ? badSince <= both * share : badSince >= both * share) continue;
        const met =
          (badSince > 0 ? badSince * Math.log(badSince / (both * share)) : 0) +
          level * Math.log(level / (both * (1 - share)));
        if (met > (largest[index] ?? 0)) {
          largest[index] = met;
          where[index] = { from: end - duration, until: end };
        }
      }
    }
  }
  const usual = Math.log(settings.evidenceHard) + 1.5 + Math.log(polls / DAY);
  const priced = Array.from(largest, (met) => (tuning.historyMargin * met) / usual);
  const most = priced.reduce((best, value, index) => (value > (priced[best] ?? 0) ? index : best), 0);
  return {
    byDuration: priced.map((value) => Math.max(least, value)),
    span: (priced[most] ?? 0) > least ? (where[most] ?? null) : null,
  };
}

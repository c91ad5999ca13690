import type { WatchTuning } from '../../evidence/release-settings';

/** Which way is worse. */
export type Direction = 'up' | 'down';

/** Counts since the watch began, summed up: `bad[t]` is what the first `t` polls held; both begin with 0. */
export interface CumulativeCounts {
  readonly bad: readonly number[];
  readonly all: readonly number[];
}

/** What the level before the release was: bad ones among all. */
export interface BaselineCounts {
  readonly bad: number;
  readonly all: number;
}

/** Terms so much smaller than the largest change nothing that a double could hold. */
const NEGLIGIBLE = 40;

/**
 * The natural logarithm of how many times likelier "worse since the release or since some poll after it" is than "the
 * same as before". A mixture over when it began and by how much; the unknown level before is integrated out, so that
 * a baseline without a single error needs no case of its own, and a flat prior on it adds the cautious one to the count
 * where more is worse. `noiseAt` says how much more than a Poisson count varies over so many polls (1: as much).
 * `without` leaves one poll out (from 0; -1: none). Takes time in the number of polls.
 */
export function logEvidence(
  baseline: BaselineCounts,
  counts: CumulativeCounts,
  noiseAt: (polls: number) => number,
  direction: Direction,
  tuning: WatchTuning,
  without = -1,
): number {
  const polls = counts.bad.length - 1;
  // Sums of what the polls from each start on held; the poll that is left out holds nothing.
  const badSince = new Float64Array(polls);
  const allSince = new Float64Array(polls);
  let bad = 0;
  let all = 0;
  for (let start = polls - 1; start >= 0; start--) {
    if (start !== without) {
      bad += (counts.bad[start + 1] ?? 0) - (counts.bad[start] ?? 0);
      all += (counts.all[start + 1] ?? 0) - (counts.all[start] ?? 0);
    }
    badSince[start] = bad;
    allSince[start] = all;
  }
  const requests = baseline.all + all;
  if (!(requests > 0)) return 0;

  const { ratios, weightAtRelease, hazard } = tuning;
  const count = ratios.length;
  const excess = new Float64Array(count);
  const logRatios = new Float64Array(count);
  const logWeights = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const ratio = direction === 'up' ? (ratios[index] ?? 1) : 1 / (ratios[index] ?? 1);
    excess[index] = ratio - 1;
    logRatios[index] = Math.log(ratio);
    logWeights[index] = Math.log(tuning.ratioWeights[index] ?? 0);
  }
  const cautious = direction === 'up' ? 1 : 0;
  const logLater = Math.log(1 - weightAtRelease) + Math.log(hazard);
  const logStay = Math.log(1 - hazard);

  const terms = new Float64Array(polls * count + 1);
  let largest = polls === 0 ? 0 : Math.log(1 - weightAtRelease) + (polls - 1) * logStay;
  terms[0] = largest;
  let next = 1;
  for (let start = 0; start < polls; start++) {
    const noise = noiseAt(polls - start);
    const events = (baseline.bad + bad) / noise + cautious;
    const since = (badSince[start] ?? 0) / noise;
    const share = (allSince[start] ?? 0) / requests;
    const logStart = start === 0 ? Math.log(weightAtRelease) : logLater + (start - 1) * logStay;
    for (let index = 0; index < count; index++) {
      const term =
        logStart +
        (logWeights[index] ?? 0) +
        since * (logRatios[index] ?? 0) -
        events * Math.log(1 + (excess[index] ?? 0) * share);
      terms[next++] = term;
      if (term > largest) largest = term;
    }
  }
  let sum = 0;
  for (let index = 0; index < next; index++) {
    const below = (terms[index] ?? 0) - largest;
    if (below > -NEGLIGIBLE) sum += Math.exp(below);
  }
  return largest + Math.log(sum);
}

/** How many errors a baseline must hold so that a ratio can be confirmed once in a thousand: Wald's bound for large samples. */
export function errorsNeeded(ratio: number): number {
  return Math.log(1000) / (ratio - 1 - Math.log(ratio));
}

/**
 * After how many polls a true ratio is expected to be confirmed at this traffic; null: not within `polls`. The evidence is what
 * one start and one ratio of the mixture would have gathered by then.
 */
export function expectedPolls(
  baseline: BaselineCounts,
  perPoll: number,
  ratio: number,
  polls: number,
  noiseAt: (polls: number) => number,
  evidenceHard: number,
  { weightAtRelease }: WatchTuning,
): number | null {
  if (!(baseline.all > 0) || !(perPoll > 0)) return null;
  const share = (baseline.bad + 0.5) / baseline.all;
  const needed = Math.log(evidenceHard) + Math.log(1 / (weightAtRelease * 0.25));
  for (let poll = 1; poll <= polls; poll++) {
    const all = perPoll * poll;
    const bad = all * share * ratio;
    const before = baseline.bad + 1;
    const both = bad + before;
    const part = all / (all + baseline.all);
    const gathered =
      (bad * Math.log(bad / (both * part)) + before * Math.log(before / (both * (1 - part)))) / noiseAt(poll);
    if (gathered >= needed) return Math.max(poll, 2);
  }
  return null;
}

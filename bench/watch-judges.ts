import type { Minute } from '../scripts/lib/simulate-traffic';

/**
 * How others decide on the same minutes, as far as their documentation tells; each gives the minute (from 1) at which it
 * would roll back, or null. All of them compare with twice the rate of the last thirty minutes before the release, since
 * that is what a person would write into their configuration.
 */
export type Judge = (before: readonly Minute[], after: readonly Minute[]) => number | null;

const BASELINE = 30;

const rateOf = (minutes: readonly Minute[]): number => {
  const all = minutes.reduce((sum, [, requests]) => sum + requests, 0);
  return all > 0 ? minutes.reduce((sum, [bad]) => sum + bad, 0) / all : 0;
};

/** Minutes that are at twice the baseline; with a baseline of zero, those that have an error at all. */
function breaches(before: readonly Minute[], after: readonly Minute[]): readonly boolean[] {
  const bound = 2 * rateOf(before.slice(-BASELINE));
  return after.map(([bad, all]) => bad > 0 && bad / all >= bound);
}

function nth(found: readonly boolean[], count: number): number | null {
  let seen = 0;
  for (const [index, one] of found.entries()) {
    if (one && ++seen === count) return index + 1;
  }
  return null;
}

/** The text of the rule, minute by minute. */
export const literal: Judge = (before, after) => nth(breaches(before, after), 1);

/**
 * Argo Rollouts: a metric fails when more measurements have failed than `failureLimit` allows, however far apart
 * (https://argo-rollouts.readthedocs.io/en/stable/features/analysis/). One measurement a minute.
 */
export const argo =
  (failureLimit: number): Judge =>
  (before, after) =>
    nth(breaches(before, after), failureLimit + 1);

/**
 * Flagger: the canary is rolled back when `threshold` checks have failed
 * (https://docs.flagger.app/usage/how-it-works). One check a minute.
 */
export const flagger =
  (threshold: number): Judge =>
  (before, after) =>
    nth(breaches(before, after), threshold);

/** Of the normal distribution, for an interval that holds 98 of a hundred. */
const DEVIATIONS = 2.326;

/**
 * Like Kayenta's judge: every ten minutes, all minutes since the release against the baseline's by Mann and Whitney. Worse
 * where the lower end of the 98 % interval of the shift (Hodges and Lehmann) is over a quarter of its estimate, and the
 * mean is at least doubled (its `criticalIncrease`). Kayenta compares with a baseline that runs beside the canary; there
 * is none here, so it gets the minutes before.
 */
export const kayenta: Judge = (before, after) => {
  const old = before.slice(-BASELINE).map(([bad, all]) => bad / all);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  for (let minute = 10; minute <= after.length; minute += 10) {
    const young = after.slice(0, minute).map(([bad, all]) => bad / all);
    const shifts = Float64Array.from(young.flatMap((one) => old.map((other) => one - other))).sort();
    const pairs = shifts.length;
    const spread = Math.sqrt((pairs * (old.length + young.length + 1)) / 12);
    const lower = shifts[Math.max(0, Math.floor(pairs / 2 - DEVIATIONS * spread))] ?? 0;
    const estimate = shifts[pairs >> 1] ?? 0;
    const isDoubled = mean(young) > 0 && mean(young) >= 2 * mean(old);
    if (lower > 0 && lower > 0.25 * estimate && isDoubled) return minute;
  }
  return null;
};

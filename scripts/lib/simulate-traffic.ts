/**
 * Traffic that never was, for judging the rule of the watch window against: seeded, so that a run can be made again. No
 * production trace was used; what worlds there are, and what they stand for, is said with each of them.
 */

/** One minute. */
export type Minute = readonly [bad: number, all: number];

/** Numbers in [0, 1) by a seed (mulberry32). */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A standard normal number (Box and Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A Poisson count: by products where the mean is small (Knuth), by transformed rejection where not (Hörmann's PTRS). */
export function poisson(random: Random, mean: number): number {
  if (!(mean > 0)) return 0;
  if (mean < 10) {
    const least = Math.exp(-mean);
    let count = 0;
    for (let product = random(); product > least; product *= random()) count++;
    return count;
  }
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverse = 1.1239 + 1.1328 / (b - 3.4);
  const edge = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= edge) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * inverse) / (a / (us * us) + b)) <= k * Math.log(mean) - mean - logFactorial(k))
      return k;
  }
}

function logFactorial(count: number): number {
  if (count < 10) {
    let sum = 0;
    for (let factor = 2; factor <= count; factor++) sum += Math.log(factor);
    return sum;
  }
  const n = count + 1;
  return (n - 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n) - 1 / (360 * n ** 3);
}

/** A gamma number (Marsaglia and Tsang), for shapes of at least 1. */
export function gamma(random: Random, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** How the errors of a service come. */
export const WORLDS = ['poisson', 'jumpy', 'batches', 'wandering', 'incidents'] as const;
export type World = (typeof WORLDS)[number];

export interface Service {
  readonly world: World;
  readonly perMinute: number;
  /** Share of requests that fail while nothing is wrong. */
  readonly rate: number;
}

/** One minute after the other of a service whose errors are multiplied, or one with a rate of its own. */
export type Traffic = (change?: { readonly times?: number; readonly rate?: number }) => Minute;

export function trafficOf({ world, perMinute, rate }: Service, random: Random): Traffic {
  const mood = moodOf(world, random);
  return ({ times = 1, rate: own } = {}) => {
    const mean = Math.min(1, (own ?? rate) * times * mood()) * perMinute;
    const bad = world === 'batches' ? 5 * poisson(random, mean / 5) : poisson(random, mean);
    return [Math.min(bad, perMinute), perMinute];
  };
}

/** By what a minute's errors are multiplied while nothing is wrong; 1 on average, or nearly so. */
function moodOf(world: World, random: Random): () => number {
  switch (world) {
    case 'poisson':
    // Retries and fan-out: errors come five at a time.
    case 'batches':
      return () => 1;
    // Minutes differ more than chance alone lets them: a negative binomial count.
    case 'jumpy':
      return () => gamma(random, 3) / 3;
    // A rate that wanders and comes back, each minute much like the one before.
    case 'wandering': {
      const spread = 0.35;
      let level = normal(random);
      return () => {
        level = 0.95 * level + Math.sqrt(1 - 0.95 ** 2) * normal(random);
        return Math.exp(spread * level - spread ** 2 / 2);
      };
    }
    // Every four hours or so something else goes wrong for some minutes.
    case 'incidents': {
      let left = 0;
      let times = 1;
      return () => {
        if (left > 0) left--;
        else if (random() < 1 / 240) {
          left = 3 + Math.floor(random() * 15);
          times = 3 * Math.exp(random() * Math.log(5));
        } else times = 1;
        return left > 0 ? times : 1;
      };
    }
    default:
      return world satisfies never;
  }
}

/** What the release does to errors: by what they are multiplied in the minute after it (from 1), or their share. */
export type Change = (minute: number) => { readonly times?: number; readonly rate?: number };

export const unchanged: Change = () => ({});
export const multiplied =
  (times: number, from = 1): Change =>
  (minute) => ({ times: minute >= from ? times : 1 });
/** A service that fails at a rate of its own from the release on; for one that never failed before. */
export const failing =
  (rate: number): Change =>
  () => ({ rate });
/** A slow rise over the hour that has nothing to do with the release. */
export const drifting =
  (to: number): Change =>
  (minute) => ({ times: 1 + ((to - 1) * Math.min(minute, 60)) / 60 });
/** Connections that are cut while instances are replaced: one bad minute. */
export const spiking =
  (times: number): Change =>
  (minute) => ({ times: minute === 1 ? times : 1 });

/** One release: what came before it and what comes after. */
export interface SimulatedRelease {
  readonly before: readonly Minute[];
  readonly after: readonly Minute[];
}

export function simulatedRelease(
  service: Service,
  change: Change,
  minutes: { readonly before: number; readonly after: number },
  seed: number,
): SimulatedRelease {
  const traffic = trafficOf(service, seeded(seed));
  const before = Array.from({ length: minutes.before }, () => traffic());
  const after = Array.from({ length: minutes.after }, (_, index) => traffic(change(index + 1)));
  return { before, after };
}

/** One series of a history, as Prometheus keeps it. */
export interface MadeSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 and value, oldest first. */
  readonly samples: readonly (readonly [number, number])[];
}

/** What a service did before a test began, and the counters with which the service goes on. */
export interface MadeHistory {
  readonly series: readonly MadeSeries[];
  readonly endMs: number;
  readonly counters: {
    readonly statuses: Readonly<Record<string, number>>;
    readonly buckets: readonly number[];
    readonly observed: number;
    readonly observedSeconds: number;
    readonly placed: number;
  };
}

/** Upper bounds of the service's latency histogram, in seconds. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let at = seed >>> 0;
  return () => {
    at = (at + 0x6d2b79f5) >>> 0;
    let t = Math.imul(at ^ (at >>> 15), 1 | at);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * A healthy service's past that ends at `endMs`: Poisson requests, 1 % of them failed, latencies between 1 and 4 ms. A
 * week of polls takes too long to wait for, so it is made; what follows it is measured.
 */
export function madeHistory({
  perSecond,
  stepMs,
  endMs = Date.now(),
  steps = 400,
  errorRate = 0.01,
  seed = 7,
}: {
  readonly perSecond: number;
  readonly stepMs: number;
  readonly endMs?: number;
  readonly steps?: number;
  readonly errorRate?: number;
  readonly seed?: number;
}): MadeHistory {
  const random = seeded(seed);
  const names = ['200', '201', '500'];
  const statuses = [0, 0, 0];
  let observed = 0;
  let observedSeconds = 0;
  let placed = 0;
  const series = new Map<
    string,
    { labels: Record<string, string>; name: string; samples: [number, number][] }
  >();
  const say = (name: string, labels: Record<string, string>, at: number, value: number): void => {
    const key = `${name}${JSON.stringify(labels)}`;
    const known = series.get(key) ?? { name, labels, samples: [] };
    series.set(key, known);
    known.samples.push([at, value]);
  };
  for (let step = steps - 1; step >= 0; step--) {
    const at = Math.round(endMs - step * stepMs);
    const requests = poisson((perSecond * stepMs) / 1000, random);
    for (let each = 0; each < requests; each++) {
      const isWrite = random() < 0.2;
      const fails = random() < errorRate;
      const index = fails ? 2 : isWrite ? 1 : 0;
      statuses[index] = (statuses[index] ?? 0) + 1;
      if (isWrite && !fails) placed += 1;
      observed += 1;
      observedSeconds += 0.0025;
    }
    names.forEach((status, index) => {
      say('http_requests_total', { status }, at, statuses[index] ?? 0);
    });
    for (const bound of [...BUCKETS.map(String), '+Inf']) {
      say('http_request_duration_seconds_bucket', { le: bound }, at, observed);
    }
    say('http_request_duration_seconds_sum', {}, at, observedSeconds);
    say('http_request_duration_seconds_count', {}, at, observed);
    say('process_resident_memory_bytes', {}, at, 64e6);
    say('orders_queue_depth', {}, at, 3);
    say('orders_placed_total', {}, at, placed);
    say('up', {}, at, 1);
  }
  return {
    series: [...series.values()],
    endMs,
    counters: {
      statuses: Object.fromEntries(names.map((status, index) => [status, statuses[index] ?? 0])),
      buckets: BUCKETS.map(() => observed),
      observed,
      observedSeconds,
      placed,
    },
  };
}

/** Knuth's way, for the small means of a step. */
function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = -1;
  for (let product = 1; product > limit; product *= random()) count += 1;
  return count;
}

import type { MetricKind, MetricSettings, WatchSettings } from '../../../core/evidence/release-settings';
import type { MetricPast, Sample } from '../../../core/release/watch/samples';
import { createPrograms } from '../../programs';
import { noPast } from './past';
import { ProbeSource } from './probe-source';
import { createCheckSource, createCommandSource } from './program-source';
import { openPrometheus, type AskLimits } from './prometheus-client';
import { PrometheusSource } from './prometheus-source';
import type { MetricCheck, MetricReader, MetricReaderOptions } from './reader';
import { missing, type Source } from './source';

/** One request of a poll takes no longer, however long the interval is. */
const LONGEST_REQUEST_MS = 20_000;

/** A busy machine may take so long; with intervals of a few seconds a poll is late then, rather than lost. */
const SHORTEST_REQUEST_MS = 2_000;

/** A range query of a day reads more than a poll. */
const PAST_REQUEST_MS = 60_000;

/** What a watch needs by default, by what each is judged by. */
const REQUIRED: readonly {
  readonly what: string;
  readonly kinds: readonly MetricKind[];
  readonly how: string;
}[] = [
  {
    what: 'error rate',
    kinds: ['errors'],
    how: 'a metric of kind errors with the queries "bad" (failed requests) and "all"',
  },
  { what: 'request rate', kinds: ['traffic'], how: 'a metric of kind traffic with the query "all"' },
  {
    what: 'p99',
    kinds: ['slow-requests', 'latency'],
    how: 'a metric of kind slow-requests whose "all" is the histogram of latency',
  },
  {
    what: 'saturation',
    kinds: ['saturation'],
    how: 'a metric of kind saturation with the "query" of CPU, memory or queue depth',
  },
];

/** What the profile of probes needs. */
const REQUIRED_PROBES: typeof REQUIRED = [
  { what: 'health', kinds: ['health'], how: 'a metric of kind health that is a probe of its url' },
  {
    what: 'latency',
    kinds: ['latency', 'slow-requests'],
    how: 'a metric of kind slow-requests that is a probe of a url',
  },
];

/** Reads the metrics of a watch from wherever the configuration says they are. */
export function createMetricReader(options: MetricReaderOptions): MetricReader {
  const { settings, clock } = options;
  const requestMs = Math.max(SHORTEST_REQUEST_MS, Math.min(LONGEST_REQUEST_MS, settings.intervalMs * 0.75));
  const closed = new AbortController();
  const opened = (timeoutMs: number): ReturnType<typeof openPrometheus> | null =>
    settings.prometheus &&
    openPrometheus({
      ...settings.prometheus,
      environmentVariables: options.environmentVariables,
      timeoutMs,
      now: () => clock.now(),
    });
  const programs = options.programs ?? createPrograms({ folder: options.root });
  const programOptions = { programs, settings, timeoutMs: requestMs, mask: options.mask ?? null };
  const probes = new ProbeSource(
    settings,
    options.probeEveryMs ?? probeInterval(settings),
    options.probeFile ?? null,
  );
  const forPolls = opened(requestMs);
  const forPast = opened(PAST_REQUEST_MS);
  const prometheus = forPolls?.ok ? new PrometheusSource(forPolls.client, settings) : null;
  const prometheusPast = forPast?.ok ? new PrometheusSource(forPast.client, settings) : null;
  const command = createCommandSource(programOptions);
  const check = createCheckSource(programOptions);

  /** The source of a metric, or why there is none. */
  const sourceOf = (metric: MetricSettings, isPast: boolean): Source | string => {
    switch (metric.source.from) {
      case 'prometheus':
        if (!forPolls) return 'release.watch.prometheus.url is not set: name the address of Prometheus';
        if (!forPolls.ok) return forPolls.detail;
        return (isPast ? prometheusPast : prometheus) ?? 'Prometheus cannot be asked';
      case 'command':
        return command;
      case 'check':
        return check;
      case 'probe':
        return probes;
      default:
        return metric.source satisfies never;
    }
  };

  /** Runs with a deadline of its own, and a signal that lives no longer than the run. */
  const within = async <T>(
    ms: number | null,
    signal: AbortSignal | undefined,
    run: (limits: AskLimits) => Promise<T>,
  ): Promise<T> => {
    signal?.throwIfAborted();
    const own = new AbortController();
    const stop = (): void => own.abort(signal?.aborted ? signal.reason : closed.signal.reason);
    signal?.addEventListener('abort', stop, { once: true });
    closed.signal.addEventListener('abort', stop, { once: true });
    const deadline = new AbortController();
    const timer = ms === null ? undefined : setTimeout(() => deadline.abort(new Error('too late')), ms);
    try {
      if (closed.signal.aborted) stop();
      return await run({ signal: own.signal, deadline: deadline.signal });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      closed.signal.removeEventListener('abort', stop);
    }
  };

  /** The end of the last interval that was polled. */
  let lastAt: number | null = null;
  /** The end of an interval that abuts the last one: a poll that begins a moment late shares no scrape with it, and loses none. */
  const abutting = (at: Date): Date => {
    const time = at.getTime();
    const { intervalMs } = settings;
    const steps = lastAt === null ? 0 : Math.round((time - lastAt) / intervalMs);
    const grid = (lastAt ?? time) + steps * intervalMs;
    lastAt = steps > 0 && Math.abs(time - grid) < intervalMs / 5 ? grid : time;
    return new Date(lastAt);
  };

  const remember = (name: string, past: MetricPast): void => {
    const slow = past.unjudgeable === undefined ? past.slow : null;
    if (slow === undefined) return;
    prometheus?.remember(name, slow);
    probes.remember(name, slow);
  };

  return {
    preflight: (metrics, signal) =>
      within(null, signal, async (limits): Promise<readonly MetricCheck[]> => {
        const now = clock.now();
        const answers = await inTurn(metrics, 4, async (metric): Promise<MetricCheck> => {
          const { name, isRequired } = metric;
          const source = sourceOf(metric, false);
          if (typeof source === 'string')
            return { name, isRequired, isOk: false, detail: source, asked: null };
          return { name, isRequired, ...(await source.check(metric, now, limits)) };
        });
        return [...answers, ...whatIsAbsent(metrics, settings.profile)];
      }),
    past: (metrics, endsAt, signal) =>
      within(null, signal, async (limits) => {
        const entries = await inTurn(metrics, 2, async (metric): Promise<readonly [string, MetricPast]> => {
          const source = sourceOf(metric, true);
          const found =
            typeof source === 'string' ? noPast(source) : await source.past(metric, endsAt, limits);
          const past = { ...found, until: endsAt.toISOString() };
          remember(metric.name, past);
          return [metric.name, past];
        });
        return Object.fromEntries(entries);
      }),
    resume: (past) => {
      for (const [name, each] of Object.entries(past)) remember(name, each);
    },
    start: (metrics) => probes.start(metrics),
    poll: (number, metrics, due, signal) => {
      const at = abutting(due);
      return within(settings.intervalMs * 0.9, signal, async (limits) => {
        const entries = await Promise.all(
          metrics.map(async (metric): Promise<readonly [string, Sample | null]> => {
            const source = sourceOf(metric, false);
            if (typeof source === 'string') return [metric.name, missing('unreachable', source)];
            const late = missing('unreachable', 'its source did not answer in time');
            return [metric.name, await orLate(source.poll(metric, at, limits), limits.deadline, late)];
          }),
        );
        const samples = Object.fromEntries(
          entries.filter((entry): entry is readonly [string, Sample] => entry[1] !== null),
        );
        return { number, at: at.toISOString(), samples };
      });
    },
    close: () => {
      probes.close();
      closed.abort(new Error('the metric reader was closed'));
    },
  };
}

/** A second; where time is compressed, so much less that an interval has some. */
export function probeInterval({ intervalMs }: Pick<WatchSettings, 'intervalMs'>): number {
  return intervalMs >= 10_000 ? 1000 : Math.max(10, Math.round(intervalMs / 10));
}

/** Required metrics that nothing is configured for: what to add is said, no name is made up. */
function whatIsAbsent(
  metrics: readonly MetricSettings[],
  profile: WatchSettings['profile'],
): readonly MetricCheck[] {
  // A configuration that marks its required metrics has said which they are.
  if (profile === 'metrics' && metrics.some(({ isRequired }) => isRequired)) return [];
  const required = profile === 'probes' ? REQUIRED_PROBES : REQUIRED;
  return required
    .filter(({ kinds }) => !metrics.some(({ kind }) => kinds.includes(kind)))
    .map(({ what, how }) => ({
      name: what,
      isRequired: true,
      isOk: false,
      asked: null,
      detail: `the watch has no ${what}: add ${how} to release.watch.metrics`,
    }));
}

/** What a source answers, or what stands for it where the time is over: a poll never waits for what does not listen. */
async function orLate(
  answer: Promise<Sample | null>,
  deadline: AbortSignal | undefined,
  late: Sample,
): Promise<Sample | null> {
  let stop: (() => void) | undefined;
  const over = new Promise<Sample>((resolve) => {
    // A moment more for what listens, and says better why.
    stop = () => void setTimeout(resolve, 50, late).unref();
    deadline?.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([answer, over]);
  } finally {
    if (stop) deadline?.removeEventListener('abort', stop);
  }
}

/** The results of all items in their order, so many under way at once. */
async function inTurn<T, R>(
  items: readonly T[],
  atOnce: number,
  run: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const [index, item] = next.value;
      results[index] = await run(item);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

import { askHttp } from '../../http';

/** What is asked of a service from outside. */
export interface ProbeTarget {
  readonly url: string;
  /** The status that is well; a redirect is not followed. */
  readonly status: number;
  readonly timeoutMs: number;
}

/** What one request came to. */
export type ProbeResult =
  | { readonly kind: 'answered'; readonly isWell: boolean; readonly status: number; readonly ms: number }
  /** It did not answer, or not in time: it failed. `ms` only where it was the time that ran out. */
  | { readonly kind: 'failed'; readonly detail: string; readonly ms: number | null }
  /** Nothing could be asked from here: that says nothing of the service. */
  | { readonly kind: 'not-run'; readonly detail: string };

/** What is between us and the service, or this machine itself, rather than the service. */
const OURS = new Set([
  'EAI_AGAIN',
  'ENETDOWN',
  'ENETUNREACH',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
]);

const MAX_BYTES = 1024 * 1024;

/** Asks once. Rejects for the signal alone. */
export async function probeOnce(target: ProbeTarget, signal?: AbortSignal): Promise<ProbeResult> {
  if (!URL.canParse(target.url)) return { kind: 'not-run', detail: 'its url is no address' };
  const url = new URL(target.url);
  if (!/^https?:$/.test(url.protocol)) return { kind: 'not-run', detail: `${url.protocol}// is not asked` };
  if (url.username || url.password) {
    return { kind: 'not-run', detail: `the address of ${url.host} holds a user or a password` };
  }
  const started = performance.now();
  const answer = await askHttp(url, {
    maxBytes: MAX_BYTES,
    timeoutMs: target.timeoutMs,
    maxRedirects: 0,
    isPlainMeant: true,
    signal,
  });
  const ms = performance.now() - started;
  if (answer.ok) {
    return { kind: 'answered', isWell: answer.status === target.status, status: answer.status, ms };
  }
  const detail = `${url.host} ${answer.detail}`;
  if (OURS.has(answer.code ?? '')) return { kind: 'not-run', detail };
  return { kind: 'failed', detail, ms: answer.code === 'ETIMEDOUT' ? ms : null };
}

/** The probes of one interval. */
export interface ProbeCounts {
  /** That could be asked. */
  readonly all: number;
  readonly bad: number;
  readonly notRun: number;
  /** Of those that answered, and of those that the time ran out for: whole milliseconds, in the order they ended. */
  readonly latencies: readonly number[];
  /** Of the last that failed or could not be asked; ''. */
  readonly detail: string;
}

/** Asks one target again and again, and counts. */
export interface Prober {
  /** What came to an end since the last call: each request is counted once. */
  take(): ProbeCounts;
  stop(): void;
}

/** As many requests may be under way at once: a service that hangs is not buried in ours. */
const MAX_UNDER_WAY = 5;

/**
 * A prober that runs until it is stopped. A request begins every `everyMs`, whether the last one has ended or not, so that a
 * slow service is not asked less often, up to five at once. It keeps no process alive.
 */
export function createProber(target: ProbeTarget, everyMs: number): Prober {
  const stopped = new AbortController();
  let counts = emptyCounts();
  let underWay = 0;
  const once = async (): Promise<void> => {
    // Those under way are the ones that tell: they fail by their own time limit.
    if (underWay >= MAX_UNDER_WAY) return;
    underWay += 1;
    // A controller for each: a signal that lives for hours would keep all that ever listened to it.
    const own = new AbortController();
    const stop = (): void => own.abort(stopped.signal.reason);
    stopped.signal.addEventListener('abort', stop, { once: true });
    try {
      counted(counts, await probeOnce(target, own.signal));
    } catch {
      // Stopped.
    } finally {
      stopped.signal.removeEventListener('abort', stop);
      underWay -= 1;
    }
  };
  const timer = setInterval(() => void once(), everyMs);
  timer.unref();
  void once();
  return {
    take: () => {
      const taken = counts;
      counts = emptyCounts();
      return taken;
    },
    stop: () => {
      clearInterval(timer);
      stopped.abort(new Error('stopped'));
    },
  };
}

interface Counting {
  all: number;
  bad: number;
  notRun: number;
  latencies: number[];
  detail: string;
}

const emptyCounts = (): Counting => ({ all: 0, bad: 0, notRun: 0, latencies: [], detail: '' });

function counted(counts: Counting, result: ProbeResult): void {
  switch (result.kind) {
    case 'answered':
      counts.all += 1;
      counts.latencies.push(Math.round(result.ms));
      if (!result.isWell) {
        counts.bad += 1;
        counts.detail = `answers with status ${result.status}`;
      }
      break;
    case 'failed':
      counts.all += 1;
      counts.bad += 1;
      counts.detail = result.detail;
      if (result.ms !== null) counts.latencies.push(Math.round(result.ms));
      break;
    case 'not-run':
      counts.notRun += 1;
      counts.detail = result.detail;
      break;
    default:
      result satisfies never;
  }
}

/** The value below which a share of the values lie, by the nearest rank; null of none. */
export function nearestRank(values: readonly number[], quantile: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * quantile) - 1))] ?? null;
}

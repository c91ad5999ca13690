import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  parsePromql,
  PromqlError,
  readExposition,
  type Labels,
  type StoredSeries,
  type Value,
} from './promql';

/** What goes wrong with every answer, until it is set to null again. */
export type PrometheusFault =
  | { readonly kind: 'slow'; readonly ms: number }
  /** Never answers. */
  | { readonly kind: 'hangs' }
  /** Ends the connection: nobody is there. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'status'; readonly status: number }
  /** A page for signing in, with status 200. */
  | { readonly kind: 'html' }
  | { readonly kind: 'broken-json' }
  | { readonly kind: 'body'; readonly text: string }
  | { readonly kind: 'huge' }
  | { readonly kind: 'redirect'; readonly to: string }
  /** As Thanos says that a store did not answer. */
  | { readonly kind: 'partial' };

/** Something that is scraped. */
export interface ScrapeTarget {
  readonly job: string;
  readonly instance: string;
  /** What it exposes now; null or a rejection: it is down. An address is asked over HTTP. */
  readonly expose: string | (() => string | null | Promise<string | null>);
}

/**
 * A Prometheus of the tests' own: scrapes targets, keeps samples, and answers `/api/v1/query` and `/api/v1/query_range` over
 * loopback with the shapes that Prometheus 2.42 was seen to answer.
 */
export interface PrometheusStandIn {
  readonly url: string;
  /** Queries that were answered, oldest first. */
  readonly asked: readonly {
    readonly path: string;
    readonly query: string;
    readonly headers: http.IncomingHttpHeaders;
  }[];
  fault: PrometheusFault | null;
  /** Said with each answer. */
  clockAheadMs: number;
  add(target: ScrapeTarget): void;
  remove(target: Pick<ScrapeTarget, 'job' | 'instance'>): void;
  /** Scrapes everything now, as of `at`. */
  scrape(at?: Date): Promise<void>;
  /** Scrapes again and again until it is closed. */
  scrapeEvery(ms: number): void;
  /** Puts samples where they are wanted: `record('up', { job: 'orders' }, 1, at)`. In the order of time. */
  record(name: string, labels: Labels, value: number | null, at: Date): void;
  close(): Promise<void>;
}

const MAX_POINTS = 11_000;

export async function startPrometheusStandIn(): Promise<PrometheusStandIn> {
  const stored = new Map<string, StoredSeries>();
  const targets = new Map<string, ScrapeTarget>();
  /** By target, the series that its last scrape had. */
  const exposed = new Map<string, readonly Labels[]>();
  const asked: { path: string; query: string; headers: http.IncomingHttpHeaders }[] = [];
  const timers: NodeJS.Timeout[] = [];

  const keyOf = (labels: Labels): string =>
    JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  const put = (labels: Labels, value: number | null, time: number): void => {
    const key = keyOf(labels);
    const series = stored.get(key) ?? { labels, samples: [] };
    const last = series.samples.at(-1);
    if (last && last.time > time) throw new Error('samples come in the order of time');
    if (last?.time === time) series.samples.pop();
    series.samples.push({ time, value });
    stored.set(key, series);
  };
  const targetKey = ({ job, instance }: Pick<ScrapeTarget, 'job' | 'instance'>): string =>
    `${job} ${instance}`;
  const textOf = async ({ expose }: ScrapeTarget): Promise<string | null> => {
    try {
      if (typeof expose !== 'string') return await expose();
      const response = await fetch(expose, { signal: AbortSignal.timeout(2000) });
      return response.ok ? await response.text() : null;
    } catch {
      return null;
    }
  };
  const scrapeOne = async (target: ScrapeTarget, time: number): Promise<void> => {
    const key = targetKey(target);
    const { job, instance } = target;
    const text = await textOf(target);
    if (targets.get(key) !== target) return;
    const now = text === null ? [] : readExposition(text);
    const labelled = now.map(({ labels, value }) => ({ labels: { ...labels, job, instance }, value }));
    const keys = new Set(labelled.map(({ labels }) => keyOf(labels)));
    // What is not exposed any more is marked as stale at once, as Prometheus does.
    for (const labels of exposed.get(key) ?? []) if (!keys.has(keyOf(labels))) put(labels, null, time);
    for (const { labels, value } of labelled) put(labels, value, time);
    exposed.set(
      key,
      labelled.map(({ labels }) => labels),
    );
    put({ __name__: 'up', job, instance }, text === null ? 0 : 1, time);
  };

  const standIn: Omit<PrometheusStandIn, 'url' | 'close'> = {
    asked,
    fault: null,
    clockAheadMs: 0,
    add: (target) => void targets.set(targetKey(target), target),
    remove: (target) => {
      const key = targetKey(target);
      targets.delete(key);
      const time = Date.now();
      for (const labels of exposed.get(key) ?? []) put(labels, null, time);
      if (exposed.delete(key))
        put({ __name__: 'up', job: target.job, instance: target.instance }, null, time);
    },
    scrape: async (at = new Date()) => {
      await Promise.all([...targets.values()].map((target) => scrapeOne(target, at.getTime())));
    },
    scrapeEvery: (ms) => {
      const timer = setInterval(() => void standIn.scrape(), ms);
      timer.unref();
      timers.push(timer);
    },
    record: (name, labels, value, at) => put({ __name__: name, ...labels }, value, at.getTime()),
  };

  const server = http.createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = await bodyOf(request);
    const parameters = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
    const query = parameters.get('query') ?? '';
    asked.push({ path: url.pathname, query, headers: request.headers });
    if (asked.length > 10_000) asked.splice(0, 5000);
    response.sendDate = false;
    response.setHeader('date', new Date(Date.now() + standIn.clockAheadMs).toUTCString());
    const json = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const { fault } = standIn;
    switch (fault?.kind) {
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, fault.ms));
        break;
      case 'hangs':
        return;
      case 'gone':
        request.socket.destroy();
        return;
      case 'status':
        response.writeHead(fault.status, { 'content-type': 'text/plain' });
        response.end('no\n');
        return;
      case 'html':
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<!doctype html><title>Sign in</title>');
        return;
      case 'broken-json':
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"status":"success","data":{"resultType":"vec');
        return;
      case 'body':
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(fault.text);
        return;
      case 'huge':
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(' '.repeat(24 * 1024 * 1024));
        response.end();
        return;
      case 'redirect':
        response.writeHead(302, { location: fault.to });
        response.end();
        return;
      default:
    }
    const warnings = fault?.kind === 'partial' ? { warnings: ['No StoreAPIs matched for this query'] } : {};
    const isRange = url.pathname === '/api/v1/query_range';
    if (!isRange && url.pathname !== '/api/v1/query') {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
      response.end('404 page not found\n');
      return;
    }
    const failed = (error: string): void => json(400, { status: 'error', errorType: 'bad_data', error });
    const all = [...stored.values()];
    try {
      const run = parsePromql(query);
      if (!isRange) {
        const time = parameters.has('time') ? Number(parameters.get('time')) * 1000 : Date.now();
        json(200, { status: 'success', data: dataOf(run(all, time), time), ...warnings });
        return;
      }
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(parameters.get(name)) * 1000);
      if (start === undefined || end === undefined || !step) return failed('invalid parameter "step"');
      if ((end - start) / step > MAX_POINTS) {
        return failed(
          'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
        );
      }
      json(200, { status: 'success', data: rangeOf(run, all, start, end, step), ...warnings });
    } catch (error) {
      if (error instanceof PromqlError) return failed(`invalid parameter "query": ${error.message}`);
      throw error;
    }
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(standIn, {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      for (const timer of timers) clearInterval(timer);
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

/** As Go prints a float. */
function printed(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

function dataOf(value: Value, time: number): unknown {
  const at = time / 1000;
  switch (value.type) {
    case 'scalar':
      return { resultType: 'scalar', result: [at, printed(value.value)] };
    case 'vector':
      return {
        resultType: 'vector',
        result: value.series.map(({ labels, value: number }) => ({
          metric: labels,
          value: [at, printed(number)],
        })),
      };
    case 'matrix':
      return {
        resultType: 'matrix',
        result: value.series.map(({ labels, points }) => ({
          metric: labels,
          values: points.map(({ time: each, value: number }) => [each / 1000, printed(number)]),
        })),
      };
    default:
      return value satisfies never;
  }
}

function rangeOf(
  run: ReturnType<typeof parsePromql>,
  stored: readonly StoredSeries[],
  start: number,
  end: number,
  step: number,
): unknown {
  const series = new Map<string, { metric: Labels; values: [number, string][] }>();
  // Times are counted rather than added up, so that no error grows.
  for (let index = 0; start + index * step <= end + 0.001; index++) {
    const time = start + index * step;
    const value = run(stored, time);
    const points =
      value.type === 'scalar'
        ? [{ labels: {}, value: value.value }]
        : value.type === 'vector'
          ? value.series
          : [];
    for (const { labels, value: number } of points) {
      const key = JSON.stringify(Object.entries(labels).sort());
      const own = series.get(key) ?? { metric: labels, values: [] };
      own.values.push([time / 1000, printed(number)]);
      series.set(key, own);
    }
  }
  return { resultType: 'matrix', result: [...series.values()] };
}

async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

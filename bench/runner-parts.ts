import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMetricReader } from '../src/adapters/release/metrics';
import { probeOnce } from '../src/adapters/release/metrics/prober';
import {
  plainMetric,
  defaultWatch,
  type MetricSettings,
  type MetricSource,
} from '../src/core/evidence/release-settings';

/**
 * What the reader of metrics costs: the polls of three days, one a minute, one after the other, and the probes of some hours of one
 * a second, against a server in another process. `polls` or `probes`; `server` is that other process.
 */

const MIB = 1024 * 1024;

/** A server that answers what Prometheus would: a number, or the buckets of a histogram, that rise. */
function serve(): void {
  let count = 0;
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams.get('query') ?? '';
    count += 1;
    const time = Date.now() / 1000;
    const result = query.includes('by (le)')
      ? ['0.5', '1', '+Inf'].map((le) => ({ metric: { le }, value: [time, String(1000 + (count % 50))] }))
      : [{ metric: {}, value: [time, String(100 + (count % 50))] }];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
  server.listen(0, '127.0.0.1', () => {
    console.log((server.address() as AddressInfo).port);
  });
}

function metric(name: string, kind: MetricSettings['kind'], source: MetricSource): MetricSettings {
  return {
    name,
    kind,
    source,
    ...plainMetric,
    quantile: 0.99,
  };
}

const queries = (said: Partial<Record<'query' | 'bad' | 'all' | 'up', string>>): MetricSource => ({
  from: 'prometheus',
  query: null,
  bad: null,
  all: null,
  up: null,
  ...said,
});

async function polls(url: string): Promise<unknown> {
  const all = 'http_requests_total{job="orders"}';
  const metrics = [
    metric('error rate', 'errors', queries({ bad: 'http_requests_total{job="orders",code=~"5.."}', all })),
    metric('request rate', 'traffic', queries({ all })),
    metric('p99', 'slow-requests', queries({ all: 'latency_seconds_bucket{job="orders"}' })),
    metric('memory', 'saturation', queries({ query: 'max(memory_usage{job="orders"})' })),
    metric('health', 'health', { from: 'probe', url, status: 200, timeoutMs: 5000 }),
  ];
  const reader = createMetricReader({
    root: process.cwd(),
    settings: { ...defaultWatch, prometheus: { url, headersFrom: null } },
    environmentVariables: {},
    clock: { now: () => new Date() },
  });
  const slow = { baselineMs: 150, hardLe: '0.5', hardMs: 500, softLe: '0.5', softMs: 500 };
  reader.resume({ p99: { baseline: [], history: null, note: '', slow } });
  const signal = new AbortController().signal;
  const begin = Date.now();
  const took: number[] = [];
  const heap: number[] = [];
  let cpu = process.cpuUsage();
  for (let number = 1; number <= 4320; number++) {
    const started = performance.now();
    const { samples } = await reader.poll(number, metrics, new Date(begin + number * 60_000), signal);
    took.push(performance.now() - started);
    if (Object.values(samples).some(({ kind }) => kind === 'missing'))
      throw new Error(JSON.stringify(samples));
    // The first polls are those in which everything is compiled.
    if (number === 144) cpu = process.cpuUsage();
    if (number === 1440 || number === 4320) heap.push(heapNow());
  }
  const { user, system } = process.cpuUsage(cpu);
  reader.close();
  return { took, heap, cpuMs: (user + system) / 1000 / (4320 - 144) };
}

async function probes(url: string): Promise<unknown> {
  const heap: number[] = [];
  let cpu = process.cpuUsage();
  const count = 14_400;
  for (let number = 1; number <= count; number++) {
    await probeOnce({ url, status: 200, timeoutMs: 5000 }, new AbortController().signal);
    if (number === count / 10) cpu = process.cpuUsage();
    if (number === count / 10 || number === count) heap.push(heapNow());
  }
  const { user, system } = process.cpuUsage(cpu);
  return { heap, cpuMs: (user + system) / 1000 / (count * 0.9) };
}

function heapNow(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / MIB;
}

async function main(): Promise<void> {
  const what = process.argv[2];
  if (what === 'server') {
    serve();
    return;
  }
  const server = spawn(process.execPath, [process.argv[1] ?? '', 'server'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    const url = `http://127.0.0.1:${String(port).trim()}`;
    console.log(JSON.stringify(await (what === 'probes' ? probes(url) : polls(url))));
  } finally {
    server.kill();
  }
}

void main();

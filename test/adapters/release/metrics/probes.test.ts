import { strict as assert } from 'node:assert';
import { promises as fs } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { collectProbeBaseline, createProber, probeFile } from '../../../../src/adapters/release/metrics';
import { nearestRank, probeOnce } from '../../../../src/adapters/release/metrics/prober';
import {
  defaultWatch,
  type MetricSettings,
  type WatchSettings,
} from '../../../../src/core/evidence/release-settings';
import { metric, readerOf } from './scene';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('probes', () => {
  let server: http.Server;
  let url: string;
  let folder: string;
  let requests = 0;
  let answer: (response: http.ServerResponse, request: http.IncomingMessage) => void;

  beforeEach(async () => {
    requests = 0;
    answer = (response) => response.end('ok');
    server = http.createServer((request, response) => {
      requests += 1;
      answer(response, request);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'release-gate-probes-'));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await fs.rm(folder, { recursive: true, force: true });
  });

  const probe = (name: string, kind: MetricSettings['kind'], timeoutMs = 500): MetricSettings =>
    metric(name, kind, { from: 'probe', url, status: 200, timeoutMs });

  it('tell a service that fails from what could not be asked', async () => {
    const once = (target: string, timeoutMs = 500): ReturnType<typeof probeOnce> =>
      probeOnce({ url: target, status: 200, timeoutMs });
    const well = await once(url);
    assert.ok(well.kind === 'answered' && well.isWell && well.ms < 500);
    answer = (response) => response.writeHead(503).end();
    const ill = await once(url);
    assert.ok(ill.kind === 'answered' && !ill.isWell && ill.status === 503);
    answer = (response) => response.writeHead(302, { location: 'https://login.example/' }).end();
    const redirected = await once(url);
    assert.ok(redirected.kind === 'answered' && !redirected.isWell && redirected.status === 302);
    answer = () => undefined;
    const hung = await once(url, 100);
    assert.ok(hung.kind === 'failed' && hung.ms !== null && hung.ms >= 95);
    answer = (response) => response.destroy();
    assert.equal((await once(url)).kind, 'failed');
    assert.equal((await once('http://127.0.0.1:1/')).kind, 'failed');
    assert.equal((await once('no address')).kind, 'not-run');
    assert.equal((await once('http://me:secret@127.0.0.1/')).kind, 'not-run');
  });

  it('count between polls, each request once', async () => {
    const prober = createProber({ url, status: 200, timeoutMs: 500 }, 20);
    await wait(300);
    const first = prober.take();
    answer = (response) => response.writeHead(500).end();
    await wait(300);
    const second = prober.take();
    prober.stop();
    await wait(50);
    const left = prober.take();
    const asked = requests;
    await wait(100);
    assert.equal(requests, asked, 'it goes on after it was stopped');
    assert.ok(first.all > 1 && first.bad === 0, JSON.stringify(first));
    assert.ok(second.bad > 1, JSON.stringify(second));
    assert.ok(Math.abs(first.all + second.all + left.all - requests) <= 5);
    assert.equal(first.latencies.length, first.all);
  });

  it('do not bury a service that hangs', async () => {
    answer = () => undefined;
    const prober = createProber({ url, status: 200, timeoutMs: 5000 }, 10);
    await wait(300);
    prober.stop();
    assert.ok(requests <= 5, `${requests} requests`);
  });

  it('are samples by what each metric is judged by', async () => {
    const metrics = [
      probe('health', 'health'),
      probe('errors', 'errors'),
      probe('p99', 'latency'),
      probe('slow', 'slow-requests'),
    ];
    const own = readerOf({ intervalMs: 300, profile: 'probes' }, { probeEveryMs: 20 });
    try {
      own.start(metrics);
      answer = (response) => response.writeHead(requests % 2 === 0 ? 200 : 500).end();
      await wait(300);
      const at = new Date();
      const { samples } = await own.poll(1, metrics, at);
      const counted = samples['errors'];
      assert.ok(counted?.kind === 'counts' && counted.bad > 0 && counted.all > counted.bad);
      assert.equal(samples['p99']?.kind, 'value');
      assert.equal(samples['health']?.kind, 'check');
      // Without a baseline nothing says what is slow.
      assert.equal('slow' in samples, false);
      await wait(300);
      const next = (await own.poll(2, metrics, new Date())).samples['errors'];
      assert.ok(next?.kind === 'counts' && counted.all + next.all <= requests);
    } finally {
      own.close();
    }
  });

  it('have a baseline of their own, which a later release reads', async () => {
    const file = probeFile(path.join(folder, 'state'), 'production');
    const metrics = [probe('errors', 'errors'), probe('slow', 'slow-requests')];
    const settings: WatchSettings = { ...defaultWatch, intervalMs: 100, profile: 'probes', metrics };
    const clock = { now: () => new Date() };
    const seen: number[] = [];
    const collected = await collectProbeBaseline({
      file,
      settings,
      minutes: 5,
      everyMs: 10,
      clock,
      onMinute: (_, done) => seen.push(done),
    });
    assert.deepEqual(collected, { ok: true, minutes: 5 });
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
    // A line that was cut by a crash, and one of another address.
    await fs.appendFile(file, '{"at":"2026-\n{"at":"2026-11-26T00:00:00Z","url":"http://other/"}\n');
    const own = readerOf(settings, { probeFile: file });
    const past = await own.past(metrics, new Date());
    assert.equal(past['errors']?.history?.length, 5);
    assert.match(
      past['errors']?.note ?? '',
      /^its baseline was probed from \S+ until \S+; only 5 minutes of baseline were probed, so that it can only ask, not roll back/,
    );
    const slow = past['slow']?.slow;
    assert.ok(slow && slow.hardMs >= slow.softMs && slow.hardMs === Math.max(1, slow.baselineMs) * 3);
    const checks = await own.preflight(metrics);
    assert.ok(checks.some(({ detail }) => /answers with status 200 in \d+ ms; only 5 minutes/.test(detail)));
  });

  it('stop collecting quietly, and keep what was collected', async () => {
    const file = probeFile(folder, '../production');
    assert.equal(path.dirname(file), folder);
    const stop = new AbortController();
    const settings: WatchSettings = {
      ...defaultWatch,
      intervalMs: 100,
      metrics: [probe('errors', 'errors')],
    };
    const collected = await collectProbeBaseline(
      {
        file,
        settings,
        minutes: 1000,
        everyMs: 10,
        clock: { now: () => new Date() },
        onMinute: (_, done) => {
          if (done === 2) stop.abort();
        },
      },
      stop.signal,
    );
    assert.deepEqual(collected, { ok: true, minutes: 2 });
    assert.equal((await fs.readFile(file, 'utf8')).trim().split('\n').length, 2);
  });

  it('say where nothing can be collected', async () => {
    const settings = { ...defaultWatch, intervalMs: 10 };
    const clock = { now: () => new Date() };
    const none = await collectProbeBaseline({
      file: path.join(folder, 'x'),
      settings,
      minutes: 1,
      everyMs: 10,
      clock,
    });
    assert.ok(!none.ok && /names no probe/.test(none.detail));
    await fs.writeFile(path.join(folder, 'file'), '');
    const file = path.join(folder, 'file', 'x');
    const metrics = [probe('errors', 'errors')];
    const refused = await collectProbeBaseline({
      file,
      settings: { ...settings, metrics },
      minutes: 1,
      everyMs: 10,
      clock,
    });
    assert.ok(!refused.ok && /cannot be written \(/.test(refused.detail));
  });

  it('take a quantile by the nearest rank', () => {
    assert.equal(nearestRank([], 0.99), null);
    assert.equal(nearestRank([5], 0.99), 5);
    assert.equal(
      nearestRank(
        Array.from({ length: 100 }, (_, index) => index + 1),
        0.99,
      ),
      99,
    );
  });
});

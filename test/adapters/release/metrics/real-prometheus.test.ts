import { strict as assert } from 'node:assert';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { promises as fs } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { MetricReader } from '../../../../src/adapters/release/metrics';
import type { Sample } from '../../../../src/core/release/watch/samples';
import { startPrometheusStandIn, type PrometheusStandIn } from '../../../release/world/prometheus-stand-in';
import { errors, metric, readerOf } from './scene';

const program = process.env['RELEASE_GATE_PROMETHEUS'] ?? 'prometheus';
const version = /version (\d+\.\d+)/.exec(
  String(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout),
)?.[1];

const SCRAPE_MS = 200;
const INTERVAL_MS = 1000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const traffic = metric('request rate', 'traffic', { all: 'http_requests_total{job="orders"}' });
const quantile = metric('p99', 'latency', {
  query:
    'histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket{job="orders"}[$interval]))) * 1000',
});
const several = metric('queue', 'saturation', { query: 'queue_depth{job="orders"}' });
const nobody = metric('other', 'errors', {
  bad: 'no_total{job="nobody"}',
  all: 'no_total{job="nobody"}',
});
const misnamed = metric('misnamed', 'traffic', { all: 'reqests_total{job="orders"}' });
const metrics = [errors, traffic, quantile, several, nobody, misnamed];

describe(`a real Prometheus${version === undefined ? '' : ` ${version}`}`, function () {
  this.timeout(60_000);
  let folder: string;
  let server: ChildProcess;
  let standIn: PrometheusStandIn;
  let real: MetricReader;
  let like: MetricReader;
  const exporters: http.Server[] = [];
  const exposed: (string | null)[] = ['', ''];
  let realUrl = '';

  before(async function () {
    if (version === undefined) {
      console.log(
        '      no prometheus on PATH, and RELEASE_GATE_PROMETHEUS names none: the stand-in is not compared',
      );
      this.skip();
    }
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'release-gate-prometheus-'));
    standIn = await startPrometheusStandIn();
    const instances: string[] = [];
    for (const index of [0, 1]) {
      const exporter = http.createServer((request, response) => {
        const text = exposed[index] ?? null;
        if (text === null) request.socket.destroy();
        else response.setHeader('content-type', 'text/plain; version=0.0.4').end(text);
      });
      await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
      exporters.push(exporter);
      const instance = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
      instances.push(instance);
      standIn.add({ job: 'orders', instance, expose: `http://${instance}/metrics` });
    }
    const port = await freePort();
    realUrl = `http://127.0.0.1:${port}`;
    await fs.writeFile(
      path.join(folder, 'prometheus.yml'),
      `global: {scrape_interval: ${SCRAPE_MS}ms, scrape_timeout: ${SCRAPE_MS}ms}
scrape_configs: [{job_name: orders, static_configs: [{targets: ${JSON.stringify(instances)}}]}]
`,
    );
    server = spawn(
      program,
      [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    for (let tries = 0; ; tries++) {
      // Targets are found some seconds after it is ready.
      const answer = await fetch(`${realUrl}/api/v1/query?query=count(up)`).then(
        (response) => response.text(),
        () => '',
      );
      if (answer.includes('"2"')) break;
      assert.ok(tries < 200, 'it scrapes nothing');
      await wait(100);
    }
    standIn.scrapeEvery(SCRAPE_MS);
    real = readerOf({ intervalMs: INTERVAL_MS, prometheus: { url: realUrl, headersFrom: null } });
    like = readerOf({ intervalMs: INTERVAL_MS, prometheus: { url: standIn.url, headersFrom: null } });
  });
  after(async () => {
    real?.close();
    like?.close();
    await standIn?.close();
    for (const exporter of exporters) {
      exporter.closeAllConnections();
      exporter.close();
    }
    if (!server) return;
    await new Promise((resolve) => {
      server.once('exit', resolve);
      server.kill('SIGKILL');
    });
    await fs.rm(folder, { recursive: true, force: true });
  });

  /** Waits until what is exposed now was scraped an interval ago or is in it, then polls both. */
  const poll = async (): Promise<Readonly<Record<string, Sample>>> => {
    await wait(SCRAPE_MS * 3);
    const at = new Date();
    const [ours, theirs] = [await like.poll(1, metrics, at), await real.poll(1, metrics, at)];
    assert.deepEqual(ours.samples, theirs.samples);
    return theirs.samples;
  };

  const bucket = (fast: number, all: number): string =>
    `latency_seconds_bucket{le="0.1"} ${fast}\nlatency_seconds_bucket{le="+Inf"} ${all}\nlatency_seconds_count ${all}\n`;

  it('answers like the stand-in, shape by shape', async () => {
    exposed[0] = `http_requests_total{code="200"} 1000\nqueue_depth 3\n${bucket(1000, 1000)}`;
    exposed[1] = `http_requests_total{code="200"} 500\nqueue_depth 4\n`;
    await wait(INTERVAL_MS + SCRAPE_MS * 3);
    const still = await poll();
    // No series of errors is 0 errors; none of requests is told apart by what `up` says.
    assert.deepEqual(still['error rate'], { kind: 'no-traffic' });
    assert.deepEqual(still['request rate'], { kind: 'value', value: 0 });
    assert.deepEqual(still['p99'], { kind: 'no-traffic' });
    assert.deepEqual(still['queue'], {
      kind: 'missing',
      why: 'unreadable',
      detail: 'queue_depth{job="orders"} gives 2 series: aggregate them, such as max(…), avg(…) or sum(…)',
    });
    assert.deepEqual(still['other'], {
      kind: 'missing',
      why: 'target-down',
      detail: 'Prometheus knows no target up{job="nobody"}',
    });
    assert.equal(still['misnamed']?.kind === 'missing' ? still['misnamed'].why : null, 'empty');

    // The first increment of a series that was not there.
    exposed[0] = `http_requests_total{code="200"} 1093\nhttp_requests_total{code="500"} 7\nqueue_depth 3\n${bucket(1050, 1100)}`;
    const first = await poll();
    assert.deepEqual(first['error rate'], { kind: 'counts', bad: 7, all: 100 });
    assert.equal(first['p99']?.kind, 'value');

    // Both counters fall: the process began anew.
    await wait(INTERVAL_MS);
    exposed[0] = `http_requests_total{code="200"} 40\nhttp_requests_total{code="500"} 2\nqueue_depth 3\n${bucket(40, 42)}`;
    const reset = await poll();
    assert.deepEqual(reset['error rate'], { kind: 'counts', bad: 2, all: 42 });

    // One of two targets is down: the other counts on; back again, nothing is counted twice.
    exposed[0] = null;
    exposed[1] = `http_requests_total{code="200"} 510\nqueue_depth 4\n`;
    await wait(INTERVAL_MS);
    await poll();
    exposed[0] = `http_requests_total{code="200"} 45\nhttp_requests_total{code="500"} 3\nqueue_depth 3\n${bucket(45, 48)}`;
    const back = await poll();
    assert.deepEqual(back['error rate'], { kind: 'counts', bad: 1, all: 6 });

    exposed[0] = null;
    exposed[1] = null;
    await wait(INTERVAL_MS);
    const down = await poll();
    assert.deepEqual(down['error rate'], {
      kind: 'missing',
      why: 'target-down',
      detail: 'all 2 targets of up{job="orders"} are down',
    });
  });

  it('has a past, whose minutes are those of the polls', async () => {
    const settings = { intervalMs: INTERVAL_MS, baselineMinutes: 10, historyDays: 0.01 };
    const endsAt = new Date();
    const [theirs, ours] = await Promise.all(
      [realUrl, standIn.url].map((url) =>
        readerOf({ ...settings, prometheus: { url, headersFrom: null } }).past([errors], endsAt),
      ),
    );
    const history = theirs?.['error rate']?.history ?? [];
    assert.deepEqual(theirs?.['error rate']?.note, '');
    const bad = history.reduce((sum, sample) => sum + (sample?.kind === 'counts' ? sample.bad : 0), 0);
    assert.equal(bad, 10);
    assert.deepEqual(
      history.filter((sample) => sample?.kind === 'counts').length,
      (ours?.['error rate']?.history ?? []).filter((sample) => sample?.kind === 'counts').length,
    );
  });

  it('says what is wrong with a query, and of spans with too many points', async () => {
    const wrong = metric('wrong', 'saturation', { query: 'max(queue_depth' });
    for (const reader of [real, like]) {
      const { samples } = await reader.poll(1, [wrong], new Date());
      const sample = samples['wrong'];
      assert.ok(sample?.kind === 'missing' && sample.why === 'unreadable');
      assert.match(sample.detail, /^127\.0\.0\.1:\d+ says: invalid parameter "query": 1:\d+: parse error: /);
    }
  });
});

async function freePort(): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

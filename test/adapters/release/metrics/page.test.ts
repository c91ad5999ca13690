import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { readConfiguration } from '../../../../src/core/gate/configuration';
import type { WatchSettings } from '../../../../src/core/evidence/release-settings';
import { startPrometheusStandIn, type PrometheusStandIn } from '../../../release/world/prometheus-stand-in';
import { readerOf } from './scene';

describe('docs/metrics.md', () => {
  const blocks = [...readFileSync('docs/metrics.md', 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text]) => text ?? '',
  );
  let prometheus: PrometheusStandIn;
  before(async () => (prometheus = await startPrometheusStandIn()));
  after(() => prometheus.close());

  const watchIn = (text: string): WatchSettings => {
    const read = readConfiguration('.github/release-gate.yml', text);
    assert.ok(read.ok, JSON.stringify(read));
    return read.configuration.release.watch;
  };

  it('shows configurations that are read', () => {
    assert.ok(blocks.length >= 4);
    for (const block of blocks) assert.ok(watchIn(block).metrics.length > 0);
  });

  it('shows queries that answer what the page says', async () => {
    const now = Date.now();
    const of = (
      name: string,
      labels: Readonly<Record<string, string>>,
      value: (minute: number) => number,
    ): void => {
      for (let minute = -200; minute <= 0; minute++) {
        prometheus.record(
          name,
          { job: 'orders', instance: 'a', ...labels },
          value(minute + 200),
          new Date(now + minute * 60_000),
        );
      }
    };
    of('up', {}, () => 1);
    of('http_requests_total', { code: '200' }, (minute) => minute * 50);
    of('http_requests_total', { code: '503' }, (minute) => minute * 2);
    of('process_resident_memory_bytes', {}, () => 5e8);
    of('payments_failed_total', {}, (minute) => minute * 3);
    of('http_request_duration_seconds', { quantile: '0.95' }, () => 0.25);
    of('http_request_duration_seconds_count', {}, (minute) => minute * 50);
    for (const [le, share] of [
      ['0.1', 45],
      ['0.5', 50],
      ['2.5', 50],
      ['+Inf', 50],
    ] as const) {
      of('http_request_duration_seconds_bucket', { le }, (minute) => minute * share);
    }
    const samples: Record<string, unknown> = {};
    for (const watch of blocks.map(watchIn)) {
      const metrics = watch.metrics.filter(({ source }) => source.from === 'prometheus');
      const own = readerOf(
        { ...watch, prometheus: { url: prometheus.url, headersFrom: null } },
        { clock: { now: () => new Date(now) } },
      );
      const checks = (await own.preflight(metrics)).filter(({ asked }) => asked !== null);
      assert.deepEqual(
        checks.filter(({ isOk }) => !isOk),
        [],
      );
      await own.past(metrics, new Date(now));
      Object.assign(samples, (await own.poll(1, metrics, new Date(now))).samples);
    }
    assert.deepEqual(samples, {
      'error rate': { kind: 'counts', bad: 2, all: 52 },
      'request rate': { kind: 'value', value: 52 },
      // p99 of the baseline is 0.46 s: three times that is 1.38 s, 1.5 times 0.69 s.
      p99: { kind: 'counts', bad: 0, all: 50, softBad: 0 },
      memory: { kind: 'value', value: 5e8 },
      'payments that failed': { kind: 'value', value: 3 },
      p95: { kind: 'value', value: 250 },
    });
  });
});

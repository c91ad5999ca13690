import assert from 'node:assert/strict';
import { parse } from 'yaml';
import {
  alertNameOf,
  isMetric,
  prometheusRule,
  readTrigger,
  triggerInWords,
  type TypedTrigger,
} from '../../../src/core/risk/typed-trigger';

const row = (metric: string, comparison: string, threshold: string, window: string, lasting = '') => ({
  metric,
  comparison,
  threshold,
  window,
  lasting,
});

describe('a trigger', () => {
  const READ: readonly (readonly [ReturnType<typeof row>, Partial<TypedTrigger>])[] = [
    [
      row('error rate', '>', '5 %', '5 min', '10 min'),
      { comparison: '>', number: 5, unit: '%', windowMinutes: 5, forMinutes: 10, baseline: null },
    ],
    [
      row('p99 latency', '≥', '800ms', '1 h', '90 s'),
      { comparison: '>=', number: 800, unit: 'ms', windowMinutes: 60, forMinutes: 1.5 },
    ],
    [
      row('error rate', '', '>= 2 x baseline (0.4 %)', '5 min for 5 min'),
      { comparison: '>=', number: 0.8, unit: '%', baseline: { number: 0.4, times: 2 }, forMinutes: 5 },
    ],
    [
      row('p99', 'is above', '150 % of baseline of 200 ms', 'over 5 min, for 10 min'),
      { comparison: '>', number: 300, unit: 'ms', windowMinutes: 5, forMinutes: 10 },
    ],
    [
      row('health check', 'fails', '2 consecutive checks', '1 min', '2 min'),
      { comparison: 'fails', number: 2, unit: 'checks' },
    ],
    [row('queue depth', 'at least', '1000', '5 min', '5 min'), { comparison: '>=', number: 1000, unit: '' }],
  ];
  for (const [cells, wanted] of READ) {
    it(`reads ${JSON.stringify(Object.values(cells))}`, () => {
      const reading = readTrigger(cells);
      assert.ok(reading.ok, reading.ok ? '' : reading.lacks.join(', '));
      for (const [key, value] of Object.entries(wanted)) {
        assert.deepEqual(reading.trigger[key as keyof TypedTrigger], value, key);
      }
    });
  }

  const LACKS: readonly (readonly [ReturnType<typeof row>, RegExp])[] = [
    [row('error rate', '>', '5 %', '5 min'), /^word on for how long$/],
    [row('error rate', 'rises', '5 %', '5 min', '5 min'), /^comparison$/],
    [row('error rate', '>', 'too high', '5 min', '5 min'), /^number as its threshold$/],
    [row('error rate', '>', '2 x baseline', '5 min', '5 min'), /^number of the baseline of error rate$/],
    [row('UNKNOWN(metric)', '>', '5 %', '5 min', '5 min'), /^metric$/],
    [
      row('error rate', '>', 'UNKNOWN(number)', 'UNKNOWN(minutes)', '5 min'),
      /number as its threshold, window/,
    ],
  ];
  for (const [cells, lacks] of LACKS) {
    it(`says what ${JSON.stringify(Object.values(cells))} lacks`, () => {
      const reading = readTrigger(cells);
      assert.ok(!reading.ok);
      assert.match(reading.lacks.join(', '), lacks);
    });
  }

  it('takes the baseline of the runbook', () => {
    const reading = readTrigger(row('error rate', '>=', '2 x baseline', '5 min', '5 min'), () => '0.25 %');
    assert.ok(reading.ok);
    assert.equal(reading.trigger.number, 0.5);
    assert.equal(
      readTrigger(row('a', '>', '2 x baseline', '5 min', '5 min'), () => 'UNKNOWN(baseline)').ok,
      false,
    );
  });

  it('knows a metric by its words', () => {
    assert.ok(isMetric('5xx error rate', 'error rate'));
    assert.ok(isMetric('99th percentile response time', 'p99 latency'));
    assert.ok(isMetric('Health checks of /healthz', 'health check'));
    assert.ok(!isMetric('p95 latency', 'p99 latency'));
    assert.ok(!isMetric('request rate', 'error rate'));
  });

  it('is a rule of Prometheus', () => {
    const reading = readTrigger(row('p99 latency', '>', '800 ms', '5 min', '90 s'));
    assert.ok(reading.ok);
    const text = prometheusRule(
      reading.trigger,
      'histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket[$window])))',
      0.8,
      {
        name: alertNameOf(reading.trigger),
        labels: { severity: 'page', team: '@acme/orders: "on call"' },
        annotations: { summary: triggerInWords(reading.trigger) },
      },
    );
    assert.deepEqual(parse(text), [
      {
        alert: 'RollBackP99Latency',
        expr: '(histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket[5m])))) > 0.8',
        for: '90s',
        labels: { severity: 'page', team: '@acme/orders: "on call"' },
        annotations: { summary: 'p99 latency > 800 ms over 5 min for 1.5 min' },
      },
    ]);
  });
});

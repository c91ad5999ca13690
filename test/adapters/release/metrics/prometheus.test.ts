import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { queryAnswerOf } from '../../../../src/adapters/release/metrics/prometheus-client';
import {
  countQueryOf,
  risenBy,
  selectorOf,
} from '../../../../src/adapters/release/metrics/prometheus-queries';
import type { MetricSettings, WatchSettings } from '../../../../src/core/evidence/release-settings';
import type { Sample } from '../../../../src/core/release/watch/samples';
import {
  startPrometheusStandIn,
  type PrometheusFault,
  type PrometheusStandIn,
} from '../../../release/world/prometheus-stand-in';
import { errors, metric, readerOf } from './scene';

const MINUTE = 60_000;
/** A whole minute: the end of the interval that is polled. */
const T = new Date('2026-11-26T21:00:00Z');
const ago = (minutes: number): Date => new Date(T.getTime() - minutes * MINUTE);

const requests = 'http_requests_total';
const job = 'orders';
const up = 'up{job="orders"}';

describe('metrics from Prometheus', () => {
  let prometheus: PrometheusStandIn;
  beforeEach(async () => {
    prometheus = await startPrometheusStandIn();
    prometheus.clockAheadMs = T.getTime() - Date.now();
  });
  afterEach(() => prometheus.close());

  const reader = (settings: Partial<WatchSettings> = {}): ReturnType<typeof readerOf> =>
    readerOf(
      { prometheus: { url: prometheus.url, headersFrom: null }, ...settings },
      { clock: { now: () => T } },
    );
  const pollOf = async (each: MetricSettings): Promise<Sample | undefined> =>
    (await reader().poll(1, [each], T)).samples[each.name];

  /** Scrapes of a target, each 15 seconds of the last five minutes and of the interval: what its counters hold. */
  const scraped = (
    instance: string,
    series: Readonly<Record<string, readonly [before: number | null, now: number | null]>>,
    isUp: readonly [before: 0 | 1 | null, now: 0 | 1 | null] = [1, 1],
  ): void => {
    for (let second = -360; second <= 0; second += 15) {
      const at = new Date(T.getTime() + second * 1000);
      const index = second <= -60 ? 0 : 1;
      if (isUp[index] !== null) prometheus.record('up', { job, instance }, isUp[index], at);
      for (const [code, values] of Object.entries(series)) {
        const value = values[index];
        if (value !== null && isUp[index] === 1)
          prometheus.record(requests, { job, instance, code }, value, at);
      }
      // What is not exposed any more is stale.
      if (index === 1 && second === -45) {
        for (const [code, [before, now]] of Object.entries(series)) {
          if (before !== null && now === null) prometheus.record(requests, { job, instance, code }, null, at);
        }
      }
    }
  };

  describe('counters', () => {
    it('give what they rose by, over all series', async () => {
      scraped('a', { '200': [1000, 1090], '500': [10, 13] });
      scraped('b', { '200': [2000, 2105], '503': [1, 3] });
      assert.deepEqual(await pollOf(errors), { kind: 'counts', bad: 5, all: 200 });
    });

    it('count a new series of a known target from 0', async () => {
      scraped('a', { '200': [1000, 1090], '500': [null, 4] });
      assert.deepEqual(await pollOf(errors), { kind: 'counts', bad: 4, all: 94 });
    });

    it('count a new target from 0, and one that is gone not at all', async () => {
      scraped('old', { '200': [90_000, null], '500': [100, null] }, [1, null]);
      scraped('new', { '200': [null, 40], '500': [null, 2] }, [null, 1]);
      assert.deepEqual(await pollOf(errors), { kind: 'counts', bad: 2, all: 42 });
    });

    it('do not count what a target holds that was down before: it may be old', async () => {
      scraped('a', { '200': [1000, 1100] });
      scraped('b', { '200': [null, 500_000], '500': [null, 9000] }, [0, 1]);
      assert.deepEqual(await pollOf(errors), { kind: 'counts', bad: 0, all: 100 });
    });

    it('count what fell from 0', async () => {
      scraped('a', { '200': [1000, 30], '500': [10, 1] });
      assert.deepEqual(await pollOf(errors), { kind: 'counts', bad: 1, all: 31 });
    });

    it('never give more bad ones than all', async () => {
      scraped('a', { '200': [10, 11], '500': [10, 14] });
      const lagging = metric('lagging', 'errors', {
        bad: 'http_requests_total{job="orders",code="500"}',
        all: 'http_requests_total{job="orders",code="200"}',
      });
      assert.deepEqual(await pollOf(lagging), { kind: 'counts', bad: 4, all: 4 });
    });

    it('are no traffic where nothing rose, and 0 errors where no series of errors is there', async () => {
      scraped('a', { '200': [1000, 1000] });
      assert.deepEqual(await pollOf(errors), { kind: 'no-traffic' });
      const traffic = metric('request rate', 'traffic', { all: 'http_requests_total{job="orders"}' });
      assert.deepEqual(await pollOf(traffic), { kind: 'value', value: 0 });
    });

    it('of events alone are 0 where there is no series and the target is up', async () => {
      scraped('a', { '200': [1000, 1010] });
      const failed = metric('failed jobs', 'count', { bad: 'jobs_failed_total{job="orders"}' });
      assert.deepEqual(await pollOf(failed), { kind: 'value', value: 0 });
    });

    it('after nothing was scraped for long are not those of the interval', async () => {
      for (const second of [-30, -15, 0]) {
        const at = new Date(T.getTime() + second * 1000);
        prometheus.record('up', { job, instance: 'a' }, 1, at);
        prometheus.record(requests, { job, instance: 'a', code: '200' }, 1_000_000, at);
      }
      const sample = await pollOf(errors);
      assert.equal(sample?.kind === 'missing' ? sample.why : sample?.kind, 'too-few-scrapes');
    });

    it('that were not scraped in the interval are too few scrapes, not silence', async () => {
      for (const second of [-200, -75]) {
        const at = new Date(T.getTime() + second * 1000);
        prometheus.record('up', { job, instance: 'a' }, 1, at);
        prometheus.record(requests, { job, instance: 'a', code: '200' }, 1000 + second, at);
      }
      const sample = await pollOf(errors);
      assert.equal(sample?.kind === 'missing' ? sample.why : sample?.kind, 'too-few-scrapes');
    });

    it('of abutting intervals add up to what was counted, whatever happens to scrapes and counters', async () => {
      let value = 100;
      let counted = 0;
      const begin = ago(30).getTime();
      for (let second = -120; second <= 1800; second += 10) {
        const at = new Date(begin + second * 1000);
        const isFailed = [410, 420, 650, 660, 670, 900].includes(second);
        // The process begins anew at once after the end of an interval, so that nothing that it counted is lost.
        if (second === 780) value = 0;
        const rise = Math.abs(second * 7919) % 13;
        value += rise;
        // Polls end five seconds before their minute.
        if (second > -5 && second <= 1795) counted += rise;
        prometheus.record('up', { job, instance: 'a' }, isFailed ? 0 : 1, at);
        prometheus.record(requests, { job, instance: 'a', code: '200' }, isFailed ? null : value, at);
      }
      const own = reader();
      let sum = 0;
      for (let minute = 29; minute >= 0; minute--) {
        // They begin a moment late, as timers do.
        const due = new Date(ago(minute).getTime() + (minute % 3) * 40);
        const { samples, at } = await own.poll(30 - minute, [errors], due);
        const sample = samples['error rate'];
        assert.ok(sample?.kind === 'counts', JSON.stringify(sample));
        sum += sample.all;
        if (minute < 29) assert.equal(Date.parse(at) % MINUTE, 80);
      }
      assert.equal(sum, counted);
    });

    it('of a target that ended in the interval are counted until its last scrape', async () => {
      for (let second = -360; second <= -30; second += 15) {
        const at = new Date(T.getTime() + second * 1000);
        prometheus.record('up', { job, instance: 'a' }, second === -30 ? null : 1, at);
        const value = second === -30 ? null : 1000 + second;
        prometheus.record(requests, { job, instance: 'a', code: '500' }, value, at);
      }
      // At -75 s it held 925, at -45 s, its last, 955.
      assert.deepEqual(await pollOf(errors), { kind: 'counts', bad: 30, all: 30 });
    });
  });

  describe('expressions', () => {
    it('are asked as they stand with the interval, per second or not', async () => {
      scraped('a', { '200': [0, 60], '500': [0, 6] });
      const increase = metric('increase', 'errors', {
        bad: 'sum(increase(http_requests_total{job="orders",code="500"}[$interval]))',
        all: 'sum(increase(http_requests_total{job="orders"}[$interval]))',
      });
      const rate = metric('rate', 'errors', {
        bad: 'rate(http_requests_total{job="orders",code="500"}[${interval}])',
        all: 'rate(http_requests_total{job="orders"}[${interval}])',
      });
      const { samples } = await reader().poll(1, [increase, rate], T);
      assert.equal(samples['increase']?.kind, 'counts');
      assert.deepEqual(samples['increase'], samples['rate']);
    });

    it('with fewer than two scrapes in the interval say so', async () => {
      for (const second of [-90, -30]) {
        const at = new Date(T.getTime() + second * 1000);
        prometheus.record('up', { job, instance: 'a' }, 1, at);
        prometheus.record(requests, { job, instance: 'a', code: '200' }, 1000 + second, at);
      }
      const query = `sum(increase(http_requests_total{job="orders"}[$interval]))`;
      const sample = await pollOf(metric('rate', 'traffic', { query, up }));
      assert.equal(sample?.kind, 'missing');
      const counted = await pollOf(metric('rate', 'errors', { bad: query, all: query, up }));
      assert.equal(counted?.kind === 'missing' ? counted.why : null, 'too-few-scrapes');
    });

    it('are told from counters by their text', () => {
      const kind = (query: string): string => {
        const count = countQueryOf(query);
        return count.kind === 'expression' && count.isPerSecond ? 'per second' : count.kind;
      };
      const seen = Object.fromEntries(
        [
          'http_requests_total',
          'http_requests_total{code=~"5..",path="/a,b}"}',
          'sum(http_requests_total{code=~"5.."})',
          'sum by (code) (http_requests_total)',
          '{__name__="http_requests_total",job="a"}',
          'rate(http_requests_total[1m])',
          'sum(increase(http_requests_total[$interval]))',
          'http_requests_total{path="rate("} * 2',
          'job:http_requests:rate1m',
          'job:http_requests:increase1m',
          'http_requests_total offset 5m',
          'max(http_requests_total)',
        ].map((query) => [query, kind(query)]),
      );
      assert.deepEqual(seen, {
        http_requests_total: 'counters',
        'http_requests_total{code=~"5..",path="/a,b}"}': 'counters',
        'sum(http_requests_total{code=~"5.."})': 'counters',
        'sum by (code) (http_requests_total)': 'counters',
        '{__name__="http_requests_total",job="a"}': 'counters',
        'rate(http_requests_total[1m])': 'per second',
        'sum(increase(http_requests_total[$interval]))': 'expression',
        'http_requests_total{path="rate("} * 2': 'expression',
        'job:http_requests:rate1m': 'per second',
        'job:http_requests:increase1m': 'expression',
        'http_requests_total offset 5m': 'expression',
        'max(http_requests_total)': 'expression',
      });
    });

    it('of counters read as one selector each', () => {
      const selector = selectorOf('sum(a_total{x="1"})');
      assert.ok(selector);
      assert.match(
        risenBy(selector, 60_000, up),
        /^sum \(\(last_over_time\(a_total\{x="1"\}\[60s\]\) - last_over_time\(/,
      );
    });
  });

  describe('levels', () => {
    const level = (query: string, more: { all?: string } = {}): MetricSettings =>
      metric('level', 'saturation', { query, ...more });

    it('are the one number that comes back', async () => {
      scraped('a', { '200': [1, 2] });
      assert.deepEqual(await pollOf(level('vector(12.5)')), { kind: 'value', value: 12.5 });
      assert.deepEqual(await pollOf(level('3')), { kind: 'value', value: 3 });
    });

    it('of 0/0 are no traffic where the denominator is 0, and else no number', async () => {
      scraped('a', { '200': [5, 5] });
      const all = 'http_requests_total{job="orders"}';
      assert.deepEqual(await pollOf(level('vector(0) / vector(0)', { all })), { kind: 'no-traffic' });
      const unknown = await pollOf(level('vector(0) / vector(0)'));
      assert.equal(unknown?.kind === 'missing' ? unknown.why : null, 'not-a-number');
      scraped('b', { '200': [5, 25] });
      const wrong = await pollOf(level('vector(1) / vector(0)', { all }));
      assert.ok(wrong?.kind === 'missing' && wrong.why === 'not-a-number');
      assert.match(wrong.detail, /gives \+Inf though there were requests$/);
    });

    it('say whether the target of what is not there is up, down or unknown', async () => {
      scraped('a', { '200': [1, 2] });
      const why = async (each: MetricSettings): Promise<string> => {
        const sample = await pollOf(each);
        return sample?.kind === 'missing' ? `${sample.why}: ${sample.detail}` : 'there';
      };
      assert.match(await why(level('queue{job="orders"}')), /^empty: .*though up\{job="orders"\} is up/);
      assert.match(await why(level('queue')), /^empty: .*name it as "up"$/);
      assert.match(await why(level('queue{job="gone"}')), /^target-down: Prometheus knows no target/);
    });

    it('of a health query are well where it is more than 0', async () => {
      scraped('a', { '200': [1, 2] });
      const health = metric('health', 'health', { query: 'min(up{job="orders"})' });
      const sample = await pollOf(health);
      assert.ok(sample?.kind === 'check' && sample.isWell);
    });
  });

  describe('a histogram of latency', () => {
    /** 100 requests a minute of which most take under 0.1 s, and one in a hundred up to 0.25 s. */
    const buckets = (bounds: readonly (readonly [le: string, share: number])[], minutes = 300): void => {
      for (let minute = minutes; minute >= 0; minute--) {
        for (const [le, share] of bounds) {
          const count = Math.round(100 * share * (minutes - minute + 1));
          prometheus.record('latency_seconds_bucket', { job, instance: 'a', le }, count, ago(minute));
        }
        prometheus.record('up', { job, instance: 'a' }, 1, ago(minute));
      }
    };
    const slow = metric('p99', 'slow-requests', { all: 'latency_seconds_bucket{job="orders"}' });
    const usual = [
      ['0.1', 0.98],
      ['0.25', 1],
      ['0.5', 1],
      ['1', 1],
      ['+Inf', 1],
    ] as const;

    it('is judged by the first bucket at or over the multiples of its own p99', async () => {
      buckets(usual);
      const own = reader();
      const past = await own.past([slow], T);
      const { slow: bounds, note, baseline, history } = past['p99'] ?? {};
      assert.equal(note, '');
      // p99 lies half-way between 0.1 and 0.25 s: 175 ms; 1.5 times are 262.5 ms, 3 times 525 ms.
      assert.deepEqual(bounds, { baselineMs: 175, hardLe: '1', hardMs: 1000, softLe: '0.5', softMs: 500 });
      assert.deepEqual(baseline?.at(-1), { kind: 'counts', bad: 0, all: 100, softBad: 0 });
      assert.equal(history?.length, 300);
      // A resumed run has the bounds from its journal.
      for (const each of [own, reader()]) {
        each.resume(past);
        const { samples } = await each.poll(1, [slow], T);
        assert.deepEqual(samples['p99'], { kind: 'counts', bad: 0, all: 100, softBad: 0 });
      }
    });

    it('cannot be judged where the bound lies above the last bucket, and says which to add', async () => {
      buckets([
        ['0.1', 0.98],
        ['0.25', 1],
        ['+Inf', 1],
      ]);
      const own = reader();
      const past = await own.past([slow], T);
      assert.match(
        past['p99']?.unjudgeable ?? '',
        /^cannot judge: 3 times the baseline’s p99 of 175 ms is 525 ms, above the last bucket .*250 ms\): add a bucket above it$/,
      );
      assert.deepEqual((await own.poll(1, [slow], T)).samples, {});
    });

    it('without a baseline says so, rather than calling anything slow', async () => {
      const sample = await pollOf(slow);
      assert.deepEqual(sample, {
        kind: 'missing',
        why: 'unreadable',
        detail: 'no baseline says what counts as slow',
      });
    });

    it('asks for no bucket that it does not need', async () => {
      buckets(usual, 40);
      const own = reader();
      await own.past([slow], T);
      const before = prometheus.asked.length;
      await own.poll(1, [slow], T);
      assert.ok(prometheus.asked[before]?.query.includes('le=~"0\\\\.5|1|\\\\+Inf"'));
    });
  });

  describe('the past', () => {
    const minutes = (count: number, of: (minute: number) => readonly [bad: number, all: number]): void => {
      let [bad, all] = [0, 0];
      for (let minute = count; minute >= 0; minute--) {
        const [more, total] = of(minute);
        bad += more;
        all += total;
        prometheus.record('up', { job, instance: 'a' }, 1, ago(minute));
        prometheus.record(requests, { job, instance: 'a', code: '200' }, all - bad, ago(minute));
        prometheus.record(requests, { job, instance: 'a', code: '500' }, bad, ago(minute));
      }
    };

    it('is seven days by the minute, in queries that Prometheus answers', async () => {
      minutes(10_090, (minute) => [minute % 2, 100]);
      const past = (await reader().past([errors], T))['error rate'];
      assert.equal(past?.history?.length, 10_079);
      assert.deepEqual(past?.history?.slice(-2), [
        { kind: 'counts', bad: 1, all: 100 },
        { kind: 'counts', bad: 0, all: 100 },
      ]);
      // Half an error a minute: 30, 60, 120 and 240 minutes hold 100 or more.
      assert.equal(past?.baseline.length, 240);
      assert.deepEqual(past?.baseline, past?.history?.slice(-240));
      assert.equal(past?.note, '');
    }).timeout(60_000);

    it('begins where the data begin, and does not take what a counter held then for a minute', async () => {
      minutes(100, (minute) => (minute === 100 ? [5000, 900_000] : [0, 10]));
      const past = (await reader().past([errors], T))['error rate'];
      assert.equal(past?.history?.length, 100);
      assert.ok(past?.history?.every((sample) => sample?.kind === 'counts' && sample.all === 10));
      assert.equal(past?.baseline.length, 60);
    });

    it('leaves out excluded spans, and what came back after a gap', async () => {
      minutes(100, () => [1, 10]);
      const excluded = [{ from: ago(20).toISOString(), until: ago(15).toISOString(), reason: 'outage' }];
      const past = (await reader({ excluded }).past([errors], T))['error rate'];
      const none = past?.history?.flatMap((sample, index) =>
        sample === null ? [(past.history?.length ?? 0) - 1 - index] : [],
      );
      assert.deepEqual(none, [19, 18, 17, 16, 15]);
    });

    it('says why there is none', async () => {
      const nothing = (await reader().past([errors], T))['error rate'];
      assert.deepEqual(nothing?.baseline, []);
      assert.match(nothing?.note ?? '', /holds nothing of it$/);
      prometheus.fault = { kind: 'status', status: 503 };
      const failed = (await reader().past([errors], T))['error rate'];
      assert.match(failed?.note ?? '', /answers with status 503$/);
      assert.equal(failed?.history, null);
    });

    it('of levels is their values', async () => {
      for (let minute = 200; minute >= 0; minute--) {
        prometheus.record('queue', { job }, minute, ago(minute));
      }
      const own = reader();
      const queue = metric('queue', 'saturation', { query: 'queue{job="orders"}' });
      const past = (await own.past([queue], T))['queue'];
      assert.equal(past?.baseline.length, 30);
      assert.deepEqual(past?.baseline.at(-1), { kind: 'value', value: 0 });
      assert.deepEqual(past?.history?.[0], { kind: 'value', value: 200 });
      const p99 = metric('p99', 'latency', { query: 'queue{job="orders"}' });
      assert.equal((await own.past([p99], T))['p99']?.baseline.length, 120);
    });
  });

  describe('what goes wrong', () => {
    const faults: readonly (readonly [PrometheusFault, string, RegExp])[] = [
      [{ kind: 'gone' }, 'unreachable', /could not be reached \(/],
      [{ kind: 'hangs' }, 'unreachable', /gave no answer within|took too long/],
      [{ kind: 'slow', ms: 10_000 }, 'unreachable', /gave no answer within|took too long/],
      [{ kind: 'status', status: 503 }, 'unreachable', /answers with status 503$/],
      [{ kind: 'status', status: 401 }, 'unreachable', /refuses with status 401: .*headersFrom$/],
      [{ kind: 'html' }, 'unreadable', /something other than Prometheus’ JSON$/],
      [{ kind: 'broken-json' }, 'unreadable', /something other than Prometheus’ JSON$/],
      [{ kind: 'huge' }, 'unreachable', /answers with more than 16 MB|gave no answer|took too long/],
      [
        { kind: 'redirect', to: 'https://login.example/?t=secret' },
        'unreachable',
        /redirects to login\.example: /,
      ],
      [{ kind: 'partial' }, 'unreadable', /answers in part: No StoreAPIs matched/],
      [
        { kind: 'body', text: '{"status":"success","data":{"resultType":"vector","result":[{}]}}' },
        'unreadable',
        /no numbers$/,
      ],
      [
        { kind: 'body', text: '{"status":"error","errorType":"timeout","error":"query timed out"}' },
        'unreachable',
        /says: query timed out$/,
      ],
    ];
    for (const [fault, why, detail] of faults) {
      it(`is a sample that is missing: ${JSON.stringify(fault).slice(0, 60)}`, async () => {
        scraped('a', { '200': [1, 2] });
        prometheus.fault = fault;
        const own = reader({ intervalMs: 2000 });
        const started = performance.now();
        const { samples } = await own.poll(1, [errors], T);
        assert.ok(performance.now() - started < 2000, 'a poll takes less than an interval');
        const sample = samples['error rate'];
        assert.ok(sample?.kind === 'missing', JSON.stringify(sample));
        assert.equal(sample.why, why);
        assert.match(sample.detail, detail);
        assert.ok(!sample.detail.includes('secret'));
      });
    }

    it('of one metric leaves the others alone', async () => {
      scraped('a', { '200': [10, 20] });
      const wrong = metric('wrong', 'saturation', { query: 'max(queue' });
      const { samples } = await reader().poll(1, [wrong, errors], T);
      assert.equal(samples['wrong']?.kind, 'missing');
      assert.equal(samples['error rate']?.kind, 'counts');
    });

    it('is given up at once where the person stops', async () => {
      prometheus.fault = { kind: 'hangs' };
      const stop = new AbortController();
      const polled = reader().poll(1, [errors], T, stop.signal);
      setTimeout(() => stop.abort(new Error('stopped')), 50);
      await assert.rejects(polled, /stopped/);
    });

    it('is never an exception, whatever comes back', () => {
      fc.assert(
        fc.property(
          fc.oneof(
            fc.json(),
            fc.string(),
            fc
              .record({
                status: fc.constant('success'),
                data: fc.record({
                  resultType: fc.constantFrom('vector', 'matrix', 'scalar', 'string', 3),
                  result: fc.oneof(
                    fc.jsonValue(),
                    fc.array(
                      fc.record({
                        metric: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
                        value: fc.oneof(fc.jsonValue(), fc.tuple(fc.float(), fc.string())),
                      }),
                    ),
                  ),
                }),
                warnings: fc.jsonValue(),
              })
              .map((value) => JSON.stringify(value)),
          ),
          fc.constantFrom(200, 204, 302, 400, 500),
          (body, status) => {
            const answer = queryAnswerOf('prometheus', {
              ok: true,
              status,
              headers: new Headers(),
              body: Buffer.from(body),
              url: new URL('http://prometheus/'),
            });
            if (!answer.ok) assert.match(answer.detail, /^prometheus /);
          },
        ),
      );
    });
  });

  describe('preflight', () => {
    it('says of each metric what it answers, or what to do', async () => {
      scraped('a', { '200': [10, 25], '500': [0, 1] });
      const checks = await reader().preflight([
        errors,
        metric('half', 'errors', { all: requests }),
        metric('queue', 'saturation', { query: 'queue{job="orders"}' }),
      ]);
      assert.deepEqual(
        checks.map(({ name, isOk, detail }) => [name, isOk, detail]),
        [
          ['error rate', true, 'answers: 1 of 16'],
          [
            'half',
            false,
            'the metric "half" of release.watch names no failed requests ("bad"): both are counted',
          ],
          [
            'queue',
            false,
            'queue{job="orders"} gives no series, though up{job="orders"} is up: is its name right?',
          ],
        ],
      );
    });

    it('names what is required and not configured, and makes no name up', async () => {
      const checks = await reader().preflight([]);
      assert.deepEqual(
        checks.map(({ name, isOk, asked }) => [name, isOk, asked]),
        ['error rate', 'request rate', 'p99', 'saturation'].map((name) => [name, false, null]),
      );
      const probes = await reader({ profile: 'probes' }).preflight([]);
      assert.deepEqual(
        probes.map(({ name }) => name),
        ['health', 'latency'],
      );
    });

    it('says where no Prometheus is configured', async () => {
      const [check] = await readerOf({ prometheus: null }).preflight([errors]);
      assert.match(check?.detail ?? '', /^release\.watch\.prometheus\.url is not set/);
    });

    it('notices a clock that is wrong', async () => {
      scraped('a', { '200': [10, 25] });
      prometheus.clockAheadMs += 90_000;
      const [check] = await reader().preflight([errors]);
      assert.equal(check?.isOk, false);
      assert.match(check?.detail ?? '', /^the clock of \S+ is (?:89|90|91) s ahead of this machine’s/);
    });

    it('notices that what is polled is scraped less often', async () => {
      let value = 0;
      for (let second = -630; second <= 0; second += 120) {
        const at = new Date(T.getTime() + second * 1000);
        prometheus.record('up', { job, instance: 'a' }, 1, at);
        prometheus.record(requests, { job, instance: 'a', code: '200' }, (value += 50), at);
      }
      const [check] = await reader().preflight([errors]);
      assert.match(
        check?.detail ?? '',
        /is scraped [23] times in 5 polling intervals: set release\.watch\.interval/,
      );
    });
  });

  describe('headers', () => {
    const withHeaders = (
      variables: Readonly<Record<string, string>>,
      url = prometheus.url,
    ): ReturnType<typeof readerOf> =>
      readerOf(
        { prometheus: { url, headersFrom: 'PROMETHEUS_HEADERS' } },
        { environmentVariables: variables, clock: { now: () => T } },
      );

    it('come from the variable that the configuration names, and are printed nowhere', async () => {
      scraped('a', { '200': [10, 25] });
      const own = withHeaders({
        PROMETHEUS_HEADERS: 'Authorization: Bearer s3cret-token\nX-Scope-OrgID: 7\n',
      });
      const checks = await own.preflight([errors]);
      assert.equal(checks[0]?.isOk, true);
      assert.equal(prometheus.asked[0]?.headers.authorization, 'Bearer s3cret-token');
      assert.equal(prometheus.asked[0]?.headers['x-scope-orgid'], '7');
      prometheus.fault = { kind: 'status', status: 403 };
      const said = JSON.stringify([checks, await own.poll(1, [errors], T), await own.past([errors], T)]);
      assert.ok(!said.includes('s3cret'));
    });

    it('that are not there or cannot be read are said, without their values', async () => {
      for (const variables of [
        {},
        { PROMETHEUS_HEADERS: 's3cret token' },
        { PROMETHEUS_HEADERS: 'A: s3cret\u0001' },
      ]) {
        const [check] = await withHeaders(variables).preflight([errors]);
        assert.equal(check?.isOk, false);
        assert.match(check?.detail ?? '', /^the environment variable PROMETHEUS_HEADERS /);
        assert.ok(!check?.detail.includes('s3cret'));
      }
    });

    it('do not stand in the address', async () => {
      const url = prometheus.url.replace('//', '//me:s3cret@');
      const [check] = await withHeaders({ PROMETHEUS_HEADERS: 'A: b' }, url).preflight([errors]);
      assert.match(check?.detail ?? '', /holds a user or a password: put the line/);
      assert.ok(!check?.detail.includes('s3cret'));
    });
  });
});

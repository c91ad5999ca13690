import assert from 'node:assert/strict';
import { errorsNeeded, expectedPolls } from '../../../../src/core/release/watch/evidence';
import { feasibilityOf, openWatch, seriesOf } from '../../../../src/core/release/watch/judge';
import { numberInWords, spanInWords, timesInWords } from '../../../../src/core/release/watch/words';
import { defaultTuning } from '../../../../src/core/evidence/release-settings';
import { check, counts, metricOf, pastOf, settingsOf, times, value, watchedAlone } from './support';

const errors = metricOf('errors', { name: 'error rate' });
const each = (settings = settingsOf(), past = pastOf([])): readonly string[] =>
  feasibilityOf(settings, [errors], { 'error rate': past });

describe('what a watch could show', () => {
  it('asks of a baseline the errors that a ratio needs', () => {
    assert.deepEqual(
      [2, 3, 5, 10].map((ratio) => Math.round(errorsNeeded(ratio))),
      [23, 8, 3, 1],
    );
  });

  it('expects delays that shrink with the ratio, with traffic, and grow with noise', () => {
    const expected = (perPoll: number, ratio: number, noise = 1): number | null =>
      expectedPolls({ bad: 100, all: 10_000 }, perPoll, ratio, 60, () => noise, 200, defaultTuning);
    assert.equal(expected(100, 10), 2);
    assert.ok((expected(100, 2) ?? 0) > (expected(100, 3) ?? Infinity));
    assert.ok((expected(1000, 2) ?? Infinity) < (expected(100, 2) ?? 0));
    assert.ok((expected(100, 3, 3) ?? 0) > (expected(100, 3) ?? Infinity));
    assert.equal(expected(1, 2), null);
  });

  it('says what thin traffic cannot show, and what its baseline would need', () => {
    assert.deepEqual(
      each(settingsOf(), pastOf(times(30, (minute) => counts(minute % 8 === 0 ? 1 : 0, 20)))),
      [
        'error rate: 0.67 % before the release (4 of 600 in 30 min); this traffic shows 10x after about 6 min, 5x after about 57 min, 3x and less not within 60 min',
        'error rate: to confirm 2x reliably the baseline would have to hold about 23 bad ones, and it holds 4',
        'error rate: its own noise is not known (no history, 6 h are needed); less than 10x asks instead of rolling back',
      ],
    );
  });

  it('traces noise to the moment in the history that it comes from', () => {
    // 03:10 to 03:25 of the same day: 530 to 515 minutes before noon.
    const samples = times(1440, (minute) => counts(minute >= 910 && minute < 925 ? 60 : 10, 1000));
    const [, noise] = each(settingsOf(), pastOf(samples, true));
    assert.match(
      noise ?? '',
      /^error rate: noise x [\d.]+, from 2026-11-26 03:10-03:25 UTC, by 24 h of history/,
    );
    const excluded = [{ from: '2026-11-26T03:10:00Z', until: '2026-11-26T03:25:00Z', reason: 'outage' }];
    const [, without] = each(settingsOf({ excluded }), pastOf(samples, true));
    assert.equal(without, 'error rate: as calm as chance alone, by 23.8 h of history');
  });

  it('says that a service was over the ceiling before', () => {
    const sentences = each(
      settingsOf(),
      pastOf(
        times(600, () => counts(6, 100)),
        true,
      ),
    );
    assert.ok(
      sentences.includes('error rate: it was past 5 % before the release already'),
      sentences.join('\n'),
    );
  });

  it('says what no bucket, no baseline, little traffic and a short baseline leave out', () => {
    const p99 = metricOf('slow-requests', { name: 'p99 latency' });
    const quantile = metricOf('latency', { name: 'p99', unit: 'ms' });
    const traffic = metricOf('traffic', { name: 'requests' });
    const health = metricOf('health', { name: 'health' });
    const metrics = [p99, quantile, traffic, health];
    const past = {
      'p99 latency': {
        ...pastOf([]),
        unjudgeable: '3x its baseline lies above the last finite bucket (10 s)',
      },
      p99: pastOf(times(30, () => value(200))),
      requests: pastOf(times(30, (minute) => value(minute % 5 === 0 ? 1 : 0))),
      health: pastOf(times(30, () => check(true))),
    };
    assert.deepEqual(feasibilityOf(settingsOf(), metrics, past), [
      'p99 latency: cannot judge: 3x its baseline lies above the last finite bucket (10 s)',
      'p99: 200 ms before the release, 200 ms at worst in 30 polls; 3x asks instead of rolling back: that needs 120 polls of baseline',
      'requests: 0.2 requests a poll before the release: too little traffic to judge a silence, which would take 125 polls',
      'health: 2 failures in a row roll back, one asks',
    ]);
    const probes = feasibilityOf(settingsOf({ profile: 'probes' }), [health], past);
    assert.ok(probes.some((sentence) => sentence.includes('asks and rolls nothing back')));
    assert.deepEqual(feasibilityOf(settingsOf(), [errors], {}), [
      'error rate: cannot judge a change: there is no baseline; a loss of data is still acted on',
    ]);
  });
});

describe('what a face draws', () => {
  it('gives values, bounds and evidence poll by poll', () => {
    const past = pastOf(
      times(600, () => counts(10, 1000)),
      true,
    );
    const { state } = watchedAlone(errors, past, [counts(11, 1000), counts(30, 1000)]);
    const [series] = seriesOf(state);
    assert.deepEqual(
      [series?.scale, series?.values, series?.baseline, series?.softBound, series?.hardBound],
      ['share', [0.011, 0.03], 0.01, 0.015, 0.02],
    );
    assert.equal(series?.lnEvidence.length, 2);
    assert.ok((series?.lnEvidence[1] ?? 0) > (series?.lnEvidence[0] ?? 0));
  });

  it('draws the ceiling where it is nearer than the multiple of the baseline', () => {
    const past = pastOf(
      times(600, () => counts(40, 1000)),
      true,
    );
    const [series] = seriesOf(openWatch(settingsOf(), [errors], { 'error rate': past }));
    assert.equal(series?.hardBound, 0.05);
  });
});

describe('numbers in words', () => {
  it('never round a multiple up to the bound that it did not reach', () => {
    assert.deepEqual([1.99, 2, 2.449, 12.9, 1e6].map(timesInWords), [
      '1.9x',
      '2x',
      '2.4x',
      '12x',
      '1,000,000x',
    ]);
  });

  it('have the digits that count', () => {
    assert.deepEqual([0.0123, 1.25, 12.34, 123.4, 12_345].map(numberInWords), [
      '0.012',
      '1.3',
      '12.3',
      '123',
      '12,345',
    ]);
    assert.deepEqual([3_000, 90_000, 7_200_000, 604_800_000].map(spanInWords), [
      '3 s',
      '1.5 min',
      '2 h',
      '7 days',
    ]);
  });
});

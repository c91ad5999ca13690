import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  judgePoll,
  openWatch,
  shouldAsk,
  watchSummary,
  type FindingReason,
  type WatchFinding,
} from '../../../../src/core/release/watch/judge';
import type { Sample } from '../../../../src/core/release/watch/samples';
import { poisson, seeded } from '../../../../scripts/lib/simulate-traffic';
import {
  check,
  counts,
  firstOf,
  metricOf,
  missing,
  noTraffic,
  pastOf,
  settingsOf,
  times,
  value,
  watched,
  watchedAlone,
} from './support';

const calm = pastOf(
  times(600, () => counts(10, 1000)),
  true,
);
const errors = metricOf('errors', { name: 'error rate' });

describe('a watch of counts', () => {
  it('says a breach as the verdict quotes it', () => {
    const seen = watchedAlone(
      errors,
      calm,
      times(10, () => counts(24, 1000)),
    );
    const hard = firstOf(seen, 'hard');
    assert.equal(hard?.finding.text, `error rate breached 2.4x baseline at T+${hard?.poll}`);
    assert.equal(hard?.finding.why, 'regression');
    const { recent, baseline, ratio, lnEvidence, isAtHardBound } = hard?.finding.evidence ?? {};
    assert.deepEqual([recent, baseline, ratio, isAtHardBound], [0.024, 0.01, 2.4, true]);
    assert.ok((lnEvidence ?? 0) >= Math.log(200));
  });

  it('says a rise from nothing without dividing by it', () => {
    const none = pastOf(
      times(600, () => counts(0, 1000)),
      true,
    );
    const seen = watchedAlone(
      errors,
      none,
      times(10, () => counts(12, 1000)),
    );
    assert.equal(
      firstOf(seen, 'hard')?.finding.text,
      'error rate breached its baseline of 0 with 1.2 % at T+2',
    );
  });

  it('asks between one and a half and twice the baseline', () => {
    const seen = watchedAlone(
      errors,
      calm,
      times(60, () => counts(17, 1000)),
    );
    assert.equal(firstOf(seen, 'hard'), null);
    assert.equal(firstOf(seen, 'soft')?.finding.text, 'error rate breached 1.7x baseline at T+3');
  });

  it('notes what stands high without evidence, and sums it up as inconclusive', () => {
    const thin = pastOf(
      times(600, (minute) => counts(minute % 10 === 0 ? 1 : 0, 20)),
      true,
    );
    const seen = watchedAlone(errors, thin, [counts(1, 20), ...times(9, () => counts(0, 20))]);
    assert.deepEqual(
      seen.findings.flat().map(({ level, why }) => `${level} ${why}`),
      times(5, () => 'note above-without-evidence'),
    );
    const [summary] = watchSummary(seen.state);
    assert.ok(summary?.isInconclusive);
    assert.match(summary.text, /^0\.5 % \(1 of 200\), 1x baseline; inconclusive: .* could have shown >= \d/);
    assert.ok((summary.couldHaveShown ?? 0) > 5, `could have shown ${summary.couldHaveShown}`);
  });

  it('rolls back over the ceiling below twice the baseline, with the same evidence', () => {
    const high = pastOf(
      times(600, () => counts(320, 10_000)),
      true,
    );
    const over = watchedAlone(
      errors,
      high,
      times(10, () => counts(540, 10_000)),
    );
    assert.equal(firstOf(over, 'hard')?.finding.why, 'ceiling');
    assert.equal(firstOf(over, 'hard')?.finding.text, 'error rate passed 5 % with 5.4 % at T+2');
    const off = watchedAlone(
      errors,
      high,
      times(10, () => counts(540, 10_000)),
      settingsOf({ errorCeiling: null }),
    );
    assert.equal(firstOf(off, 'hard'), null);
    const own = watchedAlone(
      { ...errors, limit: 4, unit: '%' },
      high,
      times(10, () => counts(490, 10_000)),
    );
    assert.equal(firstOf(own, 'hard')?.finding.text, 'error rate passed 4 % with 4.9 % at T+2');
  });

  it('does not roll back a service that was over the ceiling all along', () => {
    const always = pastOf(
      times(600, () => counts(600, 10_000)),
      true,
    );
    const seen = watchedAlone(
      errors,
      always,
      times(60, () => counts(610, 10_000)),
    );
    assert.deepEqual([...new Set(seen.findings.flat().map(({ level }) => level))], ['note']);
  });

  it('asks where it would roll back if it knew the noise of the service, unless errors are ten times as many', () => {
    const unknown = pastOf(times(30, () => counts(10, 1000)));
    const seen = watchedAlone(
      errors,
      unknown,
      times(20, () => counts(40, 1000)),
    );
    assert.equal(firstOf(seen, 'hard'), null);
    assert.ok(seen.findings.flat().some(({ why }) => why === 'not-calibrated'));
    const large = watchedAlone(
      errors,
      unknown,
      times(20, () => counts(101, 1000)),
      settingsOf({ errorCeiling: null }),
    );
    assert.equal(firstOf(large, 'hard')?.poll, 2);
  });

  it('counts more bad ones than all as all', () => {
    const seen = watchedAlone(
      errors,
      calm,
      times(4, () => counts(30, 10)),
    );
    assert.equal(seen.state.metrics[0]?.values[0], 1);
  });

  it('does literally what the text says where that is set', () => {
    const settings = settingsOf({ rule: 'literal' });
    assert.equal(firstOf(watchedAlone(errors, calm, [counts(20, 1000)], settings), 'hard')?.poll, 1);
    assert.equal(firstOf(watchedAlone(errors, calm, [counts(19, 1000)], settings), 'hard'), null);
    assert.equal(firstOf(watchedAlone(errors, calm, [counts(15, 1000)], settings), 'soft')?.poll, 1);
    assert.equal(firstOf(watchedAlone(errors, calm, [counts(14, 1000)], settings), 'soft'), null);
    const none = pastOf(times(30, () => counts(0, 100)));
    assert.equal(firstOf(watchedAlone(errors, none, [counts(1, 100)], settings), 'hard')?.poll, 1);
    assert.deepEqual(watchedAlone(errors, none, [counts(0, 100)], settings).findings, [[]]);
    const high = pastOf(times(30, () => counts(40, 1000)));
    assert.equal(
      firstOf(watchedAlone(errors, high, [counts(51, 1000)], settings), 'hard')?.finding.why,
      'ceiling',
    );
  });

  it('judges a share that falls where that is worse', () => {
    const conversion = metricOf('own', { name: 'conversion', worse: 'down' });
    const usual = pastOf(
      times(600, () => counts(100, 1000)),
      true,
    );
    const fallen = watchedAlone(
      conversion,
      usual,
      times(20, () => counts(40, 1000)),
    );
    assert.equal(firstOf(fallen, 'hard')?.finding.text, 'conversion fell to 0.4x baseline at T+2');
    const risen = watchedAlone(
      conversion,
      usual,
      times(60, () => counts(200, 1000)),
    );
    assert.deepEqual(risen.findings.flat(), []);
    const gone = watchedAlone(
      conversion,
      usual,
      times(20, () => counts(0, 1000)),
    );
    assert.equal(firstOf(gone, 'hard')?.poll, 2);
  });

  it('rolls back next to no conversion that stays, and finds one that halves', () => {
    const conversion = metricOf('own', { name: 'conversion', worse: 'down' });
    let fallen = 0;
    let halved = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed);
      const minute = (times: number): Sample => counts(poisson(random, 5 * times), 100);
      const past = pastOf(
        times(600, () => minute(1)),
        true,
      );
      if (
        firstOf(
          watchedAlone(
            conversion,
            past,
            times(60, () => minute(1)),
          ),
          'hard',
        )
      )
        fallen++;
      if (
        firstOf(
          watchedAlone(
            conversion,
            past,
            times(60, () => minute(0.4)),
          ),
          'hard',
        )
      )
        halved++;
    }
    assert.ok(fallen <= 2, `${fallen} of 200 that stayed`);
    assert.ok(halved >= 190, `${halved} of 200 that fell`);
  });

  it('judges a number of log lines by itself', () => {
    const lines = metricOf('count', { name: 'fatal lines', unit: 'lines' });
    const usual = pastOf(
      times(600, (minute) => value(minute % 3)),
      true,
    );
    const more = watchedAlone(
      lines,
      usual,
      times(20, () => value(9)),
    );
    const hard = firstOf(more, 'hard');
    assert.match(hard?.finding.text ?? '', /^fatal lines breached 9x baseline at T\+\d+$/);
    assert.deepEqual(
      watchedAlone(
        lines,
        usual,
        times(60, (minute) => value(minute % 3)),
      ).findings.flat(),
      [],
    );
    const none = watchedAlone(
      lines,
      pastOf(
        times(600, () => value(0)),
        true,
      ),
      times(20, () => value(4)),
    );
    assert.match(firstOf(none, 'hard')?.finding.text ?? '', /baseline of 0 with 4 lines a poll/);
  });
});

describe('a watch of slow requests', () => {
  const p99 = metricOf('slow-requests', { name: 'p99 latency' });
  const usual = pastOf(
    times(600, () => counts(1, 1000, 2)),
    true,
  );

  it('rolls back when a hundredth of them is over the hard bound', () => {
    const seen = watchedAlone(
      p99,
      usual,
      times(10, () => counts(15, 1000, 40)),
    );
    assert.equal(firstOf(seen, 'hard')?.finding.text, 'p99 latency breached 3x baseline at T+2');
  });

  it('asks when a hundredth is over the soft bound', () => {
    const seen = watchedAlone(
      p99,
      usual,
      times(20, () => counts(2, 1000, 15)),
    );
    assert.equal(firstOf(seen, 'hard'), null);
    assert.equal(firstOf(seen, 'soft')?.finding.text, 'p99 latency breached 1.5x baseline at T+1');
  });

  it('goes by a twentieth and twice the baseline for a p95, and lets it be where that is off', () => {
    const p95 = metricOf('slow-requests', { name: 'p95 latency', quantile: 0.95 });
    const slow = times(10, () => counts(60, 1000, 60));
    assert.equal(
      firstOf(watchedAlone(p95, usual, slow), 'hard')?.finding.text,
      'p95 latency breached 2x baseline at T+2',
    );
    const below = times(10, () => counts(45, 1000, 45));
    assert.equal(firstOf(watchedAlone(p95, usual, below), 'hard'), null);
    assert.equal(firstOf(watchedAlone(p95, usual, slow, settingsOf({ p95Times: null })), 'hard'), null);
  });
});

describe('a watch of levels', () => {
  const p99 = metricOf('latency', { name: 'p99 latency', unit: 'ms' });
  const wobble = (index: number): number => 200 + 10 * (index % 7);
  const long = pastOf(
    times(600, (index) => value(wobble(index))),
    true,
  );

  it('rolls back a quantile that stays at three times its baseline for three polls', () => {
    const seen = watchedAlone(p99, long, [value(900), value(230), ...times(3, () => value(700))]);
    const hard = firstOf(seen, 'hard');
    assert.deepEqual([hard?.poll, hard?.finding.text], [5, 'p99 latency breached 3x baseline at T+5']);
  });

  it('asks instead where the baseline is short', () => {
    const short = pastOf(times(30, (index) => value(wobble(index))));
    const seen = watchedAlone(
      p99,
      short,
      times(5, () => value(900)),
    );
    assert.equal(firstOf(seen, 'hard'), null);
    assert.equal(firstOf(seen, 'soft')?.finding.why, 'not-calibrated');
  });

  it('asks from one and a half times up to three', () => {
    for (const level of [350, 450, 600]) {
      const seen = watchedAlone(
        p99,
        long,
        times(5, () => value(level)),
      );
      assert.equal(firstOf(seen, 'hard'), null, `${level}`);
      assert.equal(firstOf(seen, 'soft')?.poll, 3, `${level}`);
    }
  });

  it('lets be what the baseline has had', () => {
    const spiky = pastOf(
      times(600, (index) => value(index % 60 === 0 ? 1500 : 200)),
      true,
    );
    assert.deepEqual(
      watchedAlone(
        p99,
        spiky,
        times(5, () => value(900)),
      ).findings.flat(),
      [],
    );
  });

  it('does literally what the text says of a quantile', () => {
    const settings = settingsOf({ rule: 'literal' });
    assert.equal(firstOf(watchedAlone(p99, long, [value(700)], settings), 'hard')?.poll, 1);
    assert.equal(firstOf(watchedAlone(p99, long, [value(400)], settings), 'soft')?.poll, 1);
  });

  const cpu = metricOf('saturation', { name: 'CPU', unit: '%' });
  const busy = pastOf(
    times(600, (index) => value(40 + (index % 5))),
    true,
  );

  it('asks about a saturation that stays raised, and never rolls back without a limit', () => {
    const seen = watchedAlone(
      cpu,
      busy,
      times(30, () => value(99)),
    );
    assert.equal(firstOf(seen, 'hard'), null);
    const soft = firstOf(seen, 'soft');
    assert.deepEqual([soft?.poll, soft?.finding.text], [10, 'CPU has stayed at 2.3x baseline at T+10']);
    const peak = times(30, (index) => value(index % 6 === 0 ? 99 : 42));
    assert.deepEqual(watchedAlone(cpu, busy, peak).findings.flat(), []);
  });

  it('rolls back at a limit that is passed three times in a row, unless it was passed before', () => {
    const limited = { ...cpu, limit: 90 };
    const over = times(5, () => value(95));
    const hard = firstOf(watchedAlone(limited, busy, over), 'hard');
    assert.deepEqual([hard?.poll, hard?.finding.text], [3, 'CPU passed its limit of 90 % with 95 % at T+3']);
    const before = pastOf(
      times(600, (index) => value(index > 200 && index < 210 ? 95 : 40)),
      true,
    );
    const seen = watchedAlone(limited, before, over);
    assert.deepEqual(
      [firstOf(seen, 'hard'), firstOf(seen, 'note')?.finding.why],
      [null, 'over-limit-before'],
    );
  });

  it('asks about memory that will be full, and not about memory that wobbles or fills up after a start', () => {
    const memory = metricOf('saturation', { name: 'memory', unit: 'MiB', limit: 2000 });
    const random = seeded(5);
    const noise = (): number => 20 * (random() - 0.5);
    const before = pastOf(
      times(1440, () => value(800 + noise())),
      true,
    );
    const leak = watchedAlone(
      memory,
      before,
      times(60, (index) => value(800 + 8 * index + noise())),
    );
    const soft = firstOf(leak, 'soft');
    assert.equal(soft?.finding.why, 'trend');
    assert.match(
      soft.finding.text,
      /^memory reaches its limit of 2,000 MiB in 1[0-9]{2}|^memory reaches its limit of 2,000 MiB in 2(\.\d)? h/,
    );
    const steady = watchedAlone(
      memory,
      before,
      times(300, () => value(800 + noise())),
    );
    assert.deepEqual(steady.findings.flat(), []);
    const start = watchedAlone(
      memory,
      before,
      times(300, (index) => value(800 - 400 * Math.exp(-index / 60) + noise())),
    );
    assert.equal(
      start.findings.flat().filter(({ why }) => why === 'trend').length,
      start.findings.slice(0, 90).flat().length,
    );
  });

  it('finds a slow leak by a soak, and says how fast it is', () => {
    const memory = metricOf('saturation', { name: 'memory', unit: 'MiB', limit: 2000 });
    const random = seeded(7);
    const before = pastOf(
      times(1440, () => value(800 + 200 * (random() - 0.5))),
      true,
    );
    const leak = watchedAlone(
      memory,
      before,
      times(480, (index) => value(850 + 0.8 * index + 200 * (random() - 0.5))),
    );
    const soft = firstOf(leak, 'soft');
    assert.equal(soft?.finding.why, 'trend');
    assert.match(watchSummary(leak.state)[0]?.text ?? '', /growing by 4[0-9](\.\d)? MiB an hour/);
  });
});

describe('a watch of traffic, checks and missing data', () => {
  const traffic = metricOf('traffic', { name: 'request rate' });
  const usual = pastOf(
    times(600, (index) => value(95 + (index % 11))),
    true,
  );

  it('takes silence for a failure', () => {
    const seen = watchedAlone(
      traffic,
      usual,
      times(6, () => value(2)),
    );
    const hard = firstOf(seen, 'hard');
    assert.equal(hard?.poll, 5);
    assert.match(
      hard?.finding.text ?? '',
      /^request rate fell to 2 % of the baseline \(10 in 5 polls, where \d+ are usual\) at T\+5$/,
    );
    assert.equal(
      firstOf(
        watchedAlone(
          traffic,
          usual,
          times(6, () => noTraffic),
        ),
        'hard',
      )?.finding.why,
      'too-quiet',
    );
  });

  it('asks about half the traffic where the history never had so little', () => {
    const half = times(6, () => value(45));
    assert.equal(firstOf(watchedAlone(traffic, usual, half), 'soft')?.finding.why, 'quiet');
    const nightly = pastOf(
      times(600, (index) => value(index < 100 ? 30 : 100)),
      true,
    );
    assert.deepEqual(watchedAlone(traffic, nightly, half).findings.flat(), []);
  });

  it('hears silence in the counts of errors where traffic has no metric of its own', () => {
    const seen = watchedAlone(
      errors,
      calm,
      times(6, () => noTraffic),
    );
    assert.equal(
      firstOf(seen, 'hard')?.finding.text,
      'error rate counts requests that fell to 0 % of the baseline (0 in 5 polls, where 5,000 are usual) at T+5',
    );
  });

  it('rolls back after two failures of a check in a row, asks after one', () => {
    const health = metricOf('health', { name: 'orders /health' });
    const past = pastOf([]);
    const twice = watchedAlone(health, past, [check(true), check(false), check(false)]);
    assert.deepEqual(
      twice.findings.flat().map(({ level, text }) => `${level}: ${text}`),
      ['soft: orders /health failed once at T+2', 'hard: orders /health failed 2 polls in a row at T+3'],
    );
    const apart = watchedAlone(health, past, [check(false), check(true), check(false), check(true)]);
    assert.equal(firstOf(apart, 'hard'), null);
    const gap = watchedAlone(health, past, [check(true), missing, check(true)]);
    assert.deepEqual(
      gap.findings.flat().map(({ why }) => why),
      ['data-gap'],
    );
  });

  const reasonsOf = (samples: readonly Sample[], isRequired = true): (string | null)[] =>
    watchedAlone({ ...errors, isRequired }, calm, samples).findings.map((found) => {
      const [one] = found;
      return one ? `${one.level} ${one.why}` : null;
    });

  it('goes back where no data came in the first three polls', () => {
    assert.deepEqual(reasonsOf([missing, missing, missing]), [null, null, 'hard no-data']);
    assert.deepEqual(reasonsOf([missing, missing, counts(10, 1000)]), [null, null, null]);
  });

  it('asks about one lost poll and goes back after two', () => {
    const well = counts(10, 1000);
    assert.deepEqual(reasonsOf([well, missing, well]), [null, 'soft data-gap', null]);
    assert.deepEqual(reasonsOf([well, missing, missing]), [null, 'soft data-gap', 'hard data-lost']);
    assert.deepEqual(reasonsOf([well, noTraffic, noTraffic, well]), [null, null, null, null]);
  });

  it('only asks about data that are not required', () => {
    assert.deepEqual(reasonsOf([missing, missing, missing], false), [null, null, 'soft no-data']);
    const well = counts(10, 1000);
    assert.deepEqual(reasonsOf([well, missing, missing], false), [null, 'note data-gap', 'soft data-lost']);
  });

  it('takes a sample that is not there for a missing one', () => {
    const seen = watched(
      settingsOf(),
      [errors],
      { 'error rate': calm },
      times(3, () => ({})),
    );
    assert.equal(firstOf(seen, 'hard')?.finding.why, 'no-data');
  });

  it('says nothing of a metric that cannot be judged', () => {
    const past = { ...calm, unjudgeable: 'its bound lies above the last bucket' };
    const seen = watched(
      settingsOf(),
      [errors],
      { 'error rate': past },
      times(5, () => ({})),
    );
    assert.deepEqual(seen.findings.flat(), []);
    assert.equal(watchSummary(seen.state)[0]?.text, 'not judged: its bound lies above the last bucket');
  });

  it('asks at most in a watch by probes whose baseline is short', () => {
    const health = metricOf('health', { name: 'health' });
    const settings = settingsOf({ profile: 'probes' });
    const down = times(4, () => check(false));
    const short = pastOf(
      times(119, () => check(true)),
      true,
    );
    assert.equal(firstOf(watchedAlone(health, short, down, settings), 'hard'), null);
    const enough = pastOf(
      times(120, () => check(true)),
      true,
    );
    assert.equal(firstOf(watchedAlone(health, enough, down, settings), 'hard')?.poll, 2);
  });

  it('leaves excluded spans out of the history', () => {
    // An hour's outage, ten hours before the release.
    const samples = times(1440, (index) => counts(index >= 780 && index < 840 ? 400 : 10, 1000));
    const past = pastOf(samples, true);
    const polls = times(60, () => counts(30, 1000));
    const seen = watchedAlone(errors, past, polls);
    assert.deepEqual(
      [firstOf(seen, 'hard'), firstOf(seen, 'soft')?.finding.why],
      [null, 'raised-but-seen-before'],
    );
    const settings = settingsOf({
      excluded: [
        { from: '2026-11-26T01:00:00Z', until: '2026-11-26T02:00:00Z', reason: 'outage of the database' },
      ],
    });
    assert.equal(firstOf(watchedAlone(errors, past, polls, settings), 'hard')?.poll, 2);
  });
});

describe('questions', () => {
  const soft = (
    metric: string,
    part: Partial<WatchFinding['evidence']> = {},
    why: FindingReason = 'raised',
  ): WatchFinding => ({
    metric,
    level: 'soft',
    why,
    text: '',
    evidence: {
      recent: null,
      baseline: null,
      ratio: null,
      lnEvidence: Math.log(20),
      lnEvidenceBaseline: null,
      isAtHardBound: false,
      noise: null,
      limit: null,
      gaps: 0,
      ...part,
    },
  });

  it('asks about a metric once, and again for a reason', () => {
    const asked = [soft('errors')];
    assert.ok(shouldAsk([], asked));
    assert.ok(!shouldAsk(asked, [soft('errors')]));
    assert.ok(!shouldAsk(asked, [soft('errors', { lnEvidence: Math.log(1999) })]));
    assert.ok(shouldAsk(asked, [soft('errors', { lnEvidence: Math.log(2001) })]));
    assert.ok(shouldAsk(asked, [soft('errors', { isAtHardBound: true })]));
    assert.ok(
      !shouldAsk([soft('errors', { isAtHardBound: true })], [soft('errors', { isAtHardBound: true })]),
    );
    assert.ok(shouldAsk(asked, [soft('errors'), soft('p99')]));
  });

  it('asks about lost data from the second time on', () => {
    assert.ok(!shouldAsk([], [soft('errors', { gaps: 1, lnEvidence: null }, 'data-gap')]));
    assert.ok(shouldAsk([], [soft('errors', { gaps: 2, lnEvidence: null }, 'data-gap')]));
  });

  it('never asks about notes and hard breaches', () => {
    assert.ok(
      !shouldAsk(
        [],
        [
          { ...soft('errors'), level: 'note' },
          { ...soft('p99'), level: 'hard' },
        ],
      ),
    );
  });
});

describe('a watch as data', () => {
  const number = fc.oneof(
    fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((one) => (Math.abs(one) < 1e-6 ? 0 : one)),
    fc.constantFrom(NaN, Infinity, -Infinity),
  );
  const sample = fc.oneof(
    fc.record({ kind: fc.constant('counts' as const), bad: fc.nat(50), all: fc.nat(1000) }),
    fc.record({ kind: fc.constant('value' as const), value: number }),
    fc.record({
      kind: fc.constant('check' as const),
      isWell: fc.boolean(),
      detail: fc.constant(''),
      ms: fc.option(fc.nat(1000)),
    }),
    fc.constant(noTraffic),
    fc.constant(missing),
  );
  const kinds = [
    'errors',
    'slow-requests',
    'latency',
    'traffic',
    'saturation',
    'health',
    'own',
    'count',
  ] as const;
  const metrics = [
    ...kinds.map((kind) => metricOf(kind, kind === 'saturation' ? { limit: 500 } : {})),
    metricOf('own', { name: 'conversion', worse: 'down', hardTimes: 2 }),
  ];

  it('survives JSON at any poll, whatever the samples, and never changes what it was given', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(sample), { maxLength: 40 }),
        fc.array(sample, { minLength: 1, maxLength: 25 }),
        fc.constantFrom('confirmed' as const, 'literal' as const),
        (before, after, rule) => {
          const past = Object.fromEntries(metrics.map(({ name }) => [name, pastOf(before)]));
          const polls = after.map((one, index) => ({
            number: index + 1,
            at: '',
            samples: Object.fromEntries(metrics.map(({ name }) => [name, one])),
          }));
          let straight = openWatch(settingsOf({ rule }), metrics, past);
          let stored = straight;
          for (const poll of polls) {
            const text = JSON.stringify(straight);
            const direct = judgePoll(straight, poll);
            assert.equal(JSON.stringify(straight), text);
            const resumed = judgePoll(JSON.parse(JSON.stringify(stored)) as typeof stored, poll);
            assert.deepEqual(resumed.findings, direct.findings);
            for (const { text: said } of direct.findings) assert.doesNotMatch(said, /NaN|undefined|Infinity/);
            straight = direct.state;
            stored = resumed.state;
          }
          for (const { text } of watchSummary(straight)) assert.doesNotMatch(text, /NaN|undefined|Infinity/);
        },
      ),
      { numRuns: 150 },
    );
  });
});

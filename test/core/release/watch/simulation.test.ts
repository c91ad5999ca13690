import assert from 'node:assert/strict';
import type { WatchSettings } from '../../../../src/core/evidence/release-settings';
import { judgePoll, openWatch } from '../../../../src/core/release/watch/judge';
import {
  failing,
  multiplied,
  simulatedRelease,
  spiking,
  unchanged,
  type Change,
  type Service,
} from '../../../../scripts/lib/simulate-traffic';
import { counts, metricOf, pastOf, settingsOf } from './support';

const WEEK = 7 * 24 * 60;

interface Outcome {
  /** Share of releases that were rolled back, and in which a person was asked at least once before or instead. */
  readonly hard: number;
  readonly soft: number;
  /** The median poll of the rollback over all releases; Infinity where fewer than half were. */
  readonly median: number;
}

/** Many releases of a service, each with a past of its own. */
function released(
  service: Service,
  change: Change,
  releases: number,
  settings: WatchSettings,
  historyMinutes = 0,
): Outcome {
  const metric = metricOf('errors');
  const polls: number[] = [];
  let soft = 0;
  for (let seed = 1; seed <= releases; seed++) {
    const before = Math.max(30, historyMinutes);
    const release = simulatedRelease(service, change, { before, after: 60 }, seed);
    const past = pastOf(
      release.before.map(([bad, all]) => counts(bad, all)),
      historyMinutes > 0,
    );
    let state = openWatch(settings, [metric], { errors: past });
    let isAsked = false;
    let stopped = Infinity;
    for (const [index, [bad, all]] of release.after.entries()) {
      const judged = judgePoll(state, { number: index + 1, at: '', samples: { errors: counts(bad, all) } });
      state = judged.state;
      isAsked ||= judged.findings.some(({ level }) => level === 'soft');
      if (judged.findings.some(({ level }) => level === 'hard')) {
        stopped = index + 1;
        break;
      }
    }
    polls.push(stopped);
    if (isAsked && stopped === Infinity) soft++;
  }
  polls.sort((a, b) => a - b);
  return {
    hard: polls.filter(Number.isFinite).length / releases,
    soft: soft / releases,
    median: polls[Math.floor(releases / 2)] ?? Infinity,
  };
}

/** The most that may be seen of something whose true share is at most `share`: four deviations, and one. */
const atMost = (share: number, releases: number): number =>
  share + 4 * Math.sqrt((share * (1 - share)) / releases) + 1 / releases;

const thin: Service = { world: 'poisson', perMinute: 100, rate: 0.01 };
const busy: Service = { world: 'poisson', perMinute: 1000, rate: 0.01 };
// What the rule promises by evidence; that it asks where no history is known stands above it and is tested by itself.
const bare = settingsOf({ errorCeiling: null }, { uncalibratedTimes: null });

describe('the watch rule on simulated traffic', function () {
  this.timeout(60_000);

  it('rolls back next to no healthy release, and asks in few', () => {
    const { hard, soft } = released(thin, unchanged, 2_000, bare);
    assert.ok(hard <= atMost(0.001, 2_000), `${hard} rolled back`);
    assert.ok(soft <= atMost(0.013, 2_000), `${soft} asked`);
  });

  it('is not what a comparison minute by minute is, which rolls back nearly all of them', () => {
    const { hard } = released(thin, unchanged, 100, { ...bare, rule: 'literal' });
    assert.ok(hard > 0.95, `${hard} rolled back`);
  });

  it('finds three times the errors of thin traffic in about ten minutes', () => {
    const { hard, median } = released(thin, multiplied(3), 200, bare);
    assert.ok(hard >= 0.95, `${hard} rolled back`);
    assert.ok(median >= 7 && median <= 13, `after ${median}`);
  });

  it('finds twice the errors of busy traffic in about four minutes, and ten times in two', () => {
    const double = released(busy, multiplied(2), 200, bare);
    assert.ok(double.hard >= 0.97 && double.median >= 3 && double.median <= 5, JSON.stringify(double));
    const tenfold = released(busy, multiplied(10), 100, bare);
    assert.ok(tenfold.hard === 1 && tenfold.median === 2, JSON.stringify(tenfold));
  });

  it('finds a change that begins later', () => {
    const { hard, median } = released(thin, multiplied(3, 21), 150, bare);
    assert.ok(hard >= 0.92, `${hard} rolled back`);
    assert.ok(median >= 28 && median <= 36, `after ${median}`);
  });

  it('finds the first errors of a service that had none', () => {
    const { hard, median } = released({ ...thin, rate: 0 }, failing(0.01), 150, bare);
    assert.ok(hard >= 0.97, `${hard} rolled back`);
    assert.ok(median >= 4 && median <= 8, `after ${median}`);
  });

  it('asks about one terrible minute and goes on', () => {
    const { hard, soft } = released({ ...busy, rate: 0.002 }, spiking(60), 200, bare);
    assert.ok(hard <= atMost(0.021, 200), `${hard} rolled back`);
    assert.ok(soft >= 0.95, `${soft} asked`);
  });

  it('prices batches and jumpy minutes by the baseline alone', () => {
    for (const world of ['batches', 'jumpy'] as const) {
      const { hard } = released({ ...busy, world }, unchanged, 250, bare);
      assert.ok(hard <= atMost(0.003, 250), `${world}: ${hard} rolled back`);
    }
  });

  it('learns from a week of history what a wandering rate and incidents do by themselves', () => {
    for (const world of ['wandering', 'incidents'] as const) {
      const service: Service = { ...busy, world };
      const alone = released(service, unchanged, 150, bare);
      const learnt = released(service, unchanged, 60, bare, WEEK);
      assert.ok(alone.hard > 0.08, `${world}: ${alone.hard} without history`);
      assert.ok(learnt.hard <= atMost(0.003, 60), `${world}: ${learnt.hard} with it`);
      const tenfold = released(service, multiplied(10), 20, bare, WEEK);
      assert.ok(tenfold.hard >= 0.8, `${world}: ${tenfold.hard} of ten times the errors`);
    }
  });

  it('asks without history, unless errors are ten times as many', () => {
    const settings = settingsOf({ errorCeiling: null });
    const triple = released(thin, multiplied(3), 100, settings);
    assert.ok(triple.hard <= 0.05 && triple.soft >= 0.9, JSON.stringify(triple));
    const twentyfold = released(thin, multiplied(20), 60, settings);
    assert.equal(twentyfold.hard, 1);
  });
});

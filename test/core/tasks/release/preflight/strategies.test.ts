import assert from 'node:assert/strict';
import { ROLLOUTS, type Rollout } from '../../../../../src/core/evidence/rollouts';
import type { RiskLevel } from '../../../../../src/core/risk/weights';
import { adviseStrategy } from '../../../../../src/core/tasks/release/preflight/strategies';
import { changeOf, commitOf, droppedColumn } from '../../../../support/change';

/** What is advised where nothing shows the platform. */
const unknownPlatform = { rollout: 'manual', why: 'nothing in the repository shows the target' } as const;

const advised = (
  level: RiskLevel | null,
  possible: readonly Rollout[] = ROLLOUTS,
  change = changeOf(),
): readonly Rollout[] => adviseStrategy(change, level, unknownPlatform, possible).strategies;

describe('the strategies that a release is offered', () => {
  it('are all that the script can do, and begin with what the risk asks for', () => {
    for (const [level, first] of [
      ['low', 'rolling'],
      ['medium', 'rolling'],
      ['high', 'canary'],
      ['critical', 'canary'],
      [null, 'canary'],
    ] as const) {
      const strategies = advised(level);
      assert.equal(strategies[0], first, String(level));
      assert.deepEqual([...strategies].sort(), [...ROLLOUTS].sort());
    }
    assert.deepEqual(advised('low', ['all-at-once', 'canary', 'manual']), [
      'all-at-once',
      'canary',
      'manual',
    ]);
    assert.deepEqual(advised('high', ['all-at-once', 'manual']), ['manual', 'all-at-once']);
  });

  it('begin carefully where the change breaks something or cannot be undone, whatever its risk', () => {
    for (const change of [
      changeOf({ commits: [commitOf({ isBreaking: true })] }),
      changeOf({ irreversible: [droppedColumn()] }),
    ]) {
      assert.equal(advised('low', ROLLOUTS, change)[0], 'canary');
      assert.equal(advised('low', ['all-at-once', 'blue-green', 'manual'], change)[0], 'blue-green');
      assert.match(
        adviseStrategy(change, 'low', unknownPlatform, ROLLOUTS).reason,
        /the change breaks something or cannot be undone as a whole, and the deploy script can be called for/,
      );
    }
  });

  it('begin with what suits the platform where the script can do it', () => {
    const advice = { rollout: 'blue-green', why: 'Cloud Run switches traffic between revisions' } as const;
    const { strategies, reason } = adviseStrategy(changeOf(), 'medium', advice, ROLLOUTS);
    assert.deepEqual([strategies[0], reason], ['blue-green', advice.why]);
    const without = adviseStrategy(changeOf(), 'medium', advice, ['all-at-once', 'manual']);
    assert.deepEqual(without.strategies, ['all-at-once', 'manual']);
    assert.match(without.reason, /^the risk is medium, .*all-at-once suits that best$/);
  });
});

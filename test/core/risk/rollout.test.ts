import assert from 'node:assert/strict';
import { judgeRollback, type ConditionId } from '../../../src/core/risk/credibility';
import { DEFAULT_TRIGGERS } from '../../../src/core/risk/rollback-triggers';
import { recommendRollout } from '../../../src/core/risk/rollout';
import { changeOf, droppedColumn, targetOf } from '../../support/change';

describe('rollout', () => {
  it('fits the risk and what the target can do', () => {
    for (const [level, kind, rollout] of [
      ['low', 'kubernetes', 'rolling'],
      ['medium', 'helm', 'rolling'],
      ['high', 'kubernetes', 'canary'],
      ['critical', 'cloud-run', 'canary'],
      ['high', 'ecs', 'canary'],
      ['low', 'cloud-run', 'all-at-once'],
      ['medium', 'cloud-run', 'blue-green'],
      ['low', 'compose', 'all-at-once'],
      ['high', 'compose', 'manual'],
      ['low', 'script', 'manual'],
      ['high', 'terraform', 'manual'],
    ] as const) {
      const advice = recommendRollout(changeOf(), level, [targetOf(kind)], false);
      assert.equal(advice.rollout, rollout, `${level} ${kind}`);
      assert.ok(advice.why.length > 20);
    }
  });

  it('says that nothing shows the target, rather than guessing one', () => {
    const advice = recommendRollout(changeOf(), 'low', [], false);
    assert.equal(advice.rollout, 'manual');
    assert.match(advice.why, /nothing in the repository shows/);
    assert.equal(recommendRollout(changeOf(), 'low', [], true).rollout, 'all-at-once');
  });

  it('warns that no rollout spares the database', () => {
    const advice = recommendRollout(
      changeOf({ irreversible: [droppedColumn()] }),
      'high',
      [targetOf('helm')],
      false,
    );
    assert.match(advice.why, /the change of the database reaches everybody at once/);
  });
});

describe('credibility of the rollback', () => {
  const judge = (change = changeOf(), rest: Partial<Parameters<typeof judgeRollback>[0]> = {}) => {
    const result = judgeRollback({
      change,
      script: null,
      command: null,
      triggers: DEFAULT_TRIGGERS,
      ...rest,
    });
    const by = new Map<ConditionId, string>(result.conditions.map((each) => [each.id, each.status]));
    return { ...result, by };
  };

  it('names every condition once', () => {
    assert.deepEqual(
      [...judge().by.keys()],
      [
        'target-exists',
        'script-handles-rollback',
        'actions-compensated',
        'runs-on-new-schema',
        'drilled',
        'within-rto',
        'triggers-machine-readable',
      ],
    );
  });

  it('is unknown, never credible, where evidence is absent', () => {
    const result = judge();
    assert.equal(result.credible, 'unknown');
    assert.equal(result.by.get('drilled'), 'unknown');
    assert.equal(result.by.get('actions-compensated'), 'pass');
    assert.equal(result.by.get('triggers-machine-readable'), 'unknown');
  });

  it('is not credible with an action that nothing compensates, a script without a way back, or no target', () => {
    const lost = judge(changeOf({ irreversible: [droppedColumn()] }));
    assert.equal(lost.credible, false);
    assert.match(lost.conditions.map((each) => each.why).join(), /db\/migrations\/2\.sql:3/);
    const script = judge(changeOf(), {
      script: { path: 'deploy.sh', rollback: { kind: 'not-handled', why: 'has no branch for --rollback' } },
    });
    assert.equal(script.credible, false);
    const { range } = changeOf();
    const first = judge(
      changeOf({ range: { ...range, baseTag: null, commits: { base: null, head: range.commits.head } } }),
    );
    assert.equal(first.by.get('target-exists'), 'fail');
  });

  it('passes the conditions that the repository shows, and stays unknown for the rest', () => {
    const result = judge(changeOf(), {
      script: {
        path: 'deploy.sh',
        rollback: {
          kind: 'handled',
          range: { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } },
          how: '--rollback',
        },
      },
      triggers: DEFAULT_TRIGGERS.filter((trigger) => !trigger.needsBaseline),
    });
    assert.equal(result.by.get('script-handles-rollback'), 'pass');
    // No plan and no runbook sets them.
    assert.equal(result.by.get('triggers-machine-readable'), 'unknown');
    assert.equal(result.credible, 'unknown');
  });
});

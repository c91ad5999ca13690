import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Condition } from '../../../src/core/readiness/condition';
import { condition as rollbackCredible } from '../../../src/core/readiness/conditions/rollback-credible';
import { judgeReadiness } from '../../../src/core/readiness/judge';
import { overridesOf } from '../../../src/core/readiness/overrides';
import { noRecords } from '../../../src/core/records/record';
import { conditionOf, factsOf, idsAndStates, overrideOf } from '../../support/readiness';

const credibility = {
  credible: false,
  conditions: [
    { id: 'target-exists', status: 'pass', why: 'v1.2.0 is there', evidence: [] },
    { id: 'script-handles-rollback', status: 'unknown', why: 'no script', evidence: [] },
    { id: 'actions-compensated', status: 'fail', why: 'one action is open', evidence: [] },
    { id: 'runs-on-new-schema', status: 'pass', why: 'no schema', evidence: [] },
    { id: 'drilled', status: 'waived', why: 'waived by Ada Byron', evidence: [] },
    { id: 'within-rto', status: 'pass', why: '12 of 30 min', evidence: [] },
    { id: 'triggers-machine-readable', status: 'pass', why: 'all three', evidence: [] },
  ],
};

describe('judging readiness', () => {
  for (const [verdict, asked] of [
    ['go', [conditionOf('a', { status: 'pass' }), conditionOf('b', null)]],
    ['go', [conditionOf('a', { status: 'fail' }, { weight: 'warn' })]],
    ['unknown', [conditionOf('a', { status: 'unknown' }), conditionOf('b', { status: 'pass' })]],
    ['no-go', [conditionOf('a', { status: 'unknown' }), conditionOf('b', { status: 'fail' })]],
  ] as const) {
    it(`says ${verdict} of ${asked.map(({ id }) => id).join(', ')}`, () => {
      assert.equal(judgeReadiness(factsOf(), asked).verdict, verdict);
    });
  }

  it('orders reasons: what fails, what is open, what is set aside, warnings; the change and going back first in each', () => {
    const asked: readonly Condition[] = [
      conditionOf('warned', { status: 'fail' }, { weight: 'warn' }),
      conditionOf('waived', { status: 'fail' }),
      conditionOf('open', { status: 'unknown' }),
      conditionOf('failing', { status: 'fail' }),
      conditionOf('change-known', { status: 'unknown' }, { isBinding: true }),
      rollbackCredible,
      conditionOf('held', { status: 'pass' }),
    ];
    const overrides = { inForce: [overrideOf('waived'), overrideOf('drilled')], idle: [], refused: [] };
    const { reasons, verdict } = judgeReadiness(factsOf({ credibility, overrides }), asked);
    assert.deepEqual(idsAndStates(reasons), [
      'block fail rollback:actions-compensated',
      'block fail failing',
      'block unknown change-known',
      'block unknown rollback:script-handles-rollback',
      'block unknown open',
      'block waived rollback:drilled',
      'block waived waived',
      'warn fail warned',
    ]);
    assert.equal(verdict, 'no-go');
    assert.equal(reasons.find(({ id }) => id === 'rollback:drilled')?.override?.name, 'Ada Byron');
  });

  it('gives the rollback the weight that the configuration gives it, and names it whole where it is set aside whole', () => {
    const settings = { ...factsOf().settings, conditions: { 'rollback-credible': 'warn' as const } };
    const warned = judgeReadiness(factsOf({ credibility, settings }), [rollbackCredible]);
    assert.equal(warned.verdict, 'go');
    assert.ok(warned.reasons.every(({ weight, status }) => weight === 'warn' || status === 'waived'));
    const overrides = { inForce: [overrideOf('rollback-credible')], idle: [], refused: [] };
    const whole = judgeReadiness(factsOf({ credibility, overrides }), [rollbackCredible]);
    assert.deepEqual(idsAndStates(whole.reasons), ['block waived rollback-credible']);
    assert.equal(whole.verdict, 'go');
    const off = { ...factsOf().settings, conditions: { 'rollback-credible': 'off' as const } };
    const left = judgeReadiness(factsOf({ credibility, settings: off }), [rollbackCredible]);
    assert.deepEqual([left.verdict, left.reasons], ['go', []]);
  });

  it('does not let a condition that throws pass, nor silence the others', () => {
    const broken = conditionOf('broken', null, {
      judge: () => {
        throw new Error('no such thing\n    at somewhere');
      },
    });
    const { verdict, reasons } = judgeReadiness(factsOf(), [broken, conditionOf('a', { status: 'pass' })]);
    assert.equal(verdict, 'unknown');
    assert.match(reasons[0]?.why ?? '', /no such thing\), so its answer is not known$/);
  });

  it('does not let anybody override what binds', () => {
    const overrides = { inForce: [overrideOf('change-known')], idle: [], refused: [] };
    const binding = conditionOf('change-known', { status: 'unknown' }, { isBinding: true });
    assert.equal(judgeReadiness(factsOf({ overrides }), [binding]).verdict, 'unknown');
  });

  it('shows seven criteria, unknown where nothing speaks for one, by what blocks where something does', () => {
    const { criteria } = judgeReadiness(factsOf(), [
      conditionOf('a', { status: 'pass' }),
      conditionOf('b', { status: 'fail' }, { weight: 'warn' }),
      conditionOf('c', { status: 'fail' }, { weight: 'warn', criterion: 'health' }),
    ]);
    assert.deepEqual(
      criteria.map(({ title, status }) => `${title} ${status}`),
      [
        'Approval unknown',
        'Execution pass',
        'Health fail',
        'Stability unknown',
        'Performance unknown',
        'Reversibility unknown',
        'Documentation unknown',
      ],
    );
    assert.ok(criteria.every(({ onlyRelease }) => onlyRelease.startsWith('that ')));
  });

  it('notes an environment that nobody names, and a version that is another', () => {
    const workflows = { jobs: [{ environmentNames: ['staging', 'production'], target: null, purposes: [] }] };
    const asked = { ...factsOf().asked, environment: 'prodution' };
    const { notes } = judgeReadiness(factsOf({ workflows, asked }), []);
    assert.deepEqual(notes, [
      'No workflow and no configuration names the environment "prodution"; did you mean "production"',
    ]);
    const open = { jobs: [{ environmentNames: null, target: null, purposes: [] }] };
    assert.deepEqual(judgeReadiness(factsOf({ workflows: open, asked }), []).notes, []);
    const same = judgeReadiness(factsOf({ asked: { ...factsOf().asked, version: 'v1.2.0' } }), []).notes;
    assert.match(same[0] ?? '', /is the release before \(v1\.2\.0\)/);
  });
});

describe('overrides of a release', () => {
  const conditions = [conditionOf('approved', null), conditionOf('change-known', null, { isBinding: true })];
  const sorted = (inForce: readonly ReturnType<typeof overrideOf>[]): ReturnType<typeof overridesOf> =>
    overridesOf({ inForce, idle: [], records: noRecords }, '2.4.0', conditions);

  it('count by the id of a condition, or of one of the rollback with or without its prefix', () => {
    const all = ['approved', 'drilled', 'rollback:drilled'].map((id) => overrideOf(id));
    assert.deepEqual(sorted(all).inForce, all);
  });

  it('say what they name in vain', () => {
    assert.deepEqual(
      sorted([overrideOf('aproved'), overrideOf('change-known'), overrideOf('rollback:aproved')]).idle.map(
        ({ why }) => why,
      ),
      [
        'names "aproved", and there is no such condition',
        'names change-known, which nobody can override',
        'names "rollback:aproved", and there is no such condition',
      ],
    );
  });

  it('leave those of other versions to the archive', () => {
    const idle = [
      { override: overrideOf('approved', { version: '2.3.0' }), why: 'is for version 2.3.0' },
      { override: overrideOf('approved', { until: '2026-11-01' }), why: 'ended on 2026-11-01' },
    ];
    const kept = overridesOf({ inForce: [], idle, records: noRecords }, 'v2.4.0', conditions).idle;
    assert.deepEqual(
      kept.map(({ why }) => why),
      ['ended on 2026-11-01'],
    );
  });
});

import assert from 'node:assert/strict';
import {
  keepWrittenPlan,
  SCHEMA_UNTOUCHED,
  type KeepPlanOptions,
} from '../../../../src/core/documents/release-plan/keep-plan';
import { releasePlanKind } from '../../../../src/core/documents/release-plan/release-plan-kind';
import type { ReleasePlan } from '../../../../src/core/documents/release-plan/release-plan';

const PATH = 'docs/release/RELEASE_PLAN.md';

const step = (title: string, rest: object = {}): ReleasePlan['steps'][number] => ({
  title,
  owner: 'UNKNOWN(owner of the release)',
  command: '',
  action: 'Do it',
  expected: 'It is done',
  durationMinutes: null,
  ...rest,
});

const plan: ReleasePlan = {
  service: 'orders',
  version: '2.0.0',
  range: { base: 'v1.4.0', head: 'f'.repeat(40) },
  summary: 'Four commits.',
  risk: { level: 'high', why: 'one action cannot be undone' },
  scope: [{ area: 'schema', evidence: 'db/2.sql' }],
  components: [{ component: 'api', files: '3', commits: '', owners: 'UNKNOWN(owner)' }],
  commits: { total: '4', classified: '3', unclassified: '1', reverted: '0' },
  changes: [],
  irreversible: [
    {
      path: 'db/2.sql',
      line: 2,
      statement: 'DROP TABLE a',
      why: 'gone',
      advice: 'a backup',
      compensation: 'UNKNOWN(compensating action)',
      evidence: 'UNKNOWN(what shows that it is done)',
      by: 'UNKNOWN(who stands for it)',
    },
  ],
  risks: [
    {
      signal: 'db/2.sql:2: it drops the table a',
      likelihood: 'high',
      impact: 'critical',
      blastRadius: 'all',
      mitigation: 'a backup',
      owner: 'UNKNOWN(owner)',
      trigger: 'queries fail',
      state: 'open',
    },
  ],
  rollout: { strategy: 'rolling', why: 'low', recommended: 'rolling', canary: [] },
  flags: [
    {
      flag: 'UNKNOWN(flag that holds back what is risky)',
      cohorts: 'internal, 100 %',
      killSwitch: 'UNKNOWN(how it is switched off)',
      owner: 'UNKNOWN(owner)',
      removalDate: 'UNKNOWN(date)',
    },
  ],
  steps: [step('Deploy to staging'), step('Watch production')],
  rollback: {
    strategy: 'artifact redeployment',
    target: 'v1.4.0',
    declaration: {
      runsOnNewSchema: 'UNKNOWN(yes or no)',
      runsOnNewSchemaEvidence: 'UNKNOWN(what shows that)',
      estimatedMinutes: 'UNKNOWN(minutes)',
      recoveryTimeObjective: 'UNKNOWN(objective)',
    },
    steps: [step('Decide to go back')],
    triggers: [
      {
        metric: 'error rate',
        comparison: '>=',
        threshold: '2 x baseline',
        window: '60 min',
        lasting: '5 min',
      },
    ],
  },
  communication: [
    { stage: 'before the release', audience: 'UNKNOWN(who)', channel: 'UNKNOWN(channel)', message: 'What' },
  ],
  overrides: [],
  claims: [],
  openDecisions: ['Decide how db/2.sql:2 is compensated'],
};

const options: KeepPlanOptions = {
  rowOf: [0],
  isOwnStep: (title) => /^(?:Deploy|Watch|Give|Decide)/.test(title),
  isOwnDecision: (text) => text.startsWith('Decide how'),
};

const keep = (
  before: Partial<ReleasePlan>,
  now: Partial<ReleasePlan> = {},
  more: Partial<KeepPlanOptions> = {},
) => {
  const existing = releasePlanKind.render({ ...plan, ...before });
  const kept = keepWrittenPlan(PATH, { ...plan, ...now }, existing, { ...options, ...more });
  return { ...kept, plan: releasePlanKind.read(PATH, kept.text).data };
};

describe('a plan made anew', () => {
  it('is the same where nobody wrote anything', () => {
    const { plan: kept, notes, conflicts } = keep({});
    assert.deepEqual({ plan: kept, notes, conflicts }, { plan, notes: [], conflicts: [] });
  });

  it('keeps compensations, owners, flags, declarations and claims', () => {
    const [row] = plan.irreversible;
    const [risk] = plan.risks;
    assert.ok(row && risk);
    const written = {
      irreversible: [{ ...row, line: 9, compensation: 'copy first', evidence: 'runs/1', by: '@grace' }],
      risks: [{ ...risk, signal: 'db/2.sql:9: it drops the table a', owner: '@ada' }],
      components: [{ component: 'api', files: '2', commits: '', owners: '@acme/api' }],
      flags: [
        { flag: 'new-api', cohorts: '1 %', killSwitch: 'off', owner: '@grace', removalDate: '2027-01-01' },
      ],
      claims: [{ question: 'When?', answer: 'Tuesday' }],
      rollback: {
        ...plan.rollback,
        declaration: { ...plan.rollback.declaration, estimatedMinutes: '12', runsOnNewSchema: 'yes' },
      },
    };
    const { plan: kept, notes } = keep(written);
    assert.deepEqual(
      [kept.irreversible[0]?.compensation, kept.irreversible[0]?.by, kept.irreversible[0]?.line],
      ['copy first', '@grace', 2],
    );
    assert.equal(kept.risks[0]?.owner, '@ada');
    assert.deepEqual(kept.components[0], { component: 'api', files: '3', commits: '', owners: '@acme/api' });
    assert.deepEqual(
      kept.flags.map(({ flag }) => flag),
      ['new-api'],
    );
    assert.deepEqual(kept.claims, written.claims);
    assert.equal(kept.rollback.declaration.estimatedMinutes, '12');
    assert.deepEqual(notes, ['Kept the row "new-api" of "Feature flags"']);
  });

  it('says of a row whose statement is gone that it was left out', () => {
    const [row] = plan.irreversible;
    assert.ok(row);
    const { plan: kept, notes } = keep(
      { irreversible: [{ ...row, statement: 'DROP TABLE b', compensation: 'copy first' }] },
      {},
      { rowOf: [null] },
    );
    assert.equal(kept.irreversible[0]?.compensation, 'UNKNOWN(compensating action)');
    assert.match(notes.join(), /no longer there: db\/2\.sql, DROP TABLE b \(copy first\)/);
  });

  it('keeps the triggers of a service, and steps of its own in their place', () => {
    const triggers = [
      { ...plan.rollback.triggers[0], threshold: '0.8 %' },
    ] as ReleasePlan['rollback']['triggers'];
    const { plan: kept, notes } = keep({
      rollback: { ...plan.rollback, triggers },
      steps: [
        step('Deploy to staging', { owner: '@grace', durationMinutes: 7 }),
        step('Warm the cache'),
        step('Give a small share of production the new version (canary)', { action: '', command: 'x 5' }),
        step('Watch production'),
      ],
    });
    assert.deepEqual(kept.rollback.triggers, triggers);
    assert.deepEqual(
      kept.steps.map(({ title, owner, durationMinutes }) => [title, owner, durationMinutes]),
      [
        ['Deploy to staging', '@grace', 7],
        ['Warm the cache', 'UNKNOWN(owner of the release)', null],
        ['Watch production', 'UNKNOWN(owner of the release)', null],
      ],
    );
    assert.match(notes.join('\n'), /"error rate", Threshold: "0\.8 %" stands there and is kept/);
    assert.match(notes.join('\n'), /Kept the step "Warm the cache"/);
    assert.match(notes.join('\n'), /Left out the step "Give a small share/);
  });

  it('never keeps what the engine declared of a schema that was untouched then', () => {
    const declaration = {
      ...plan.rollback.declaration,
      runsOnNewSchema: 'yes',
      runsOnNewSchemaEvidence: SCHEMA_UNTOUCHED,
    };
    const { plan: kept } = keep({ rollback: { ...plan.rollback, declaration } });
    assert.equal(kept.rollback.declaration.runsOnNewSchema, 'UNKNOWN(yes or no)');
    assert.equal(kept.rollback.declaration.runsOnNewSchemaEvidence, 'UNKNOWN(what shows that)');
  });

  it('takes what is told now before what was written, keeps the rest, and says both', () => {
    const {
      plan: kept,
      notes,
      conflicts,
    } = keep(
      {
        steps: [step('Deploy to staging', { owner: '@old', action: 'Do it by hand' })],
        rollback: { ...plan.rollback, target: 'v1.3.0' },
      },
      {
        steps: [step('Deploy to staging', { owner: '@new' })],
        claims: [{ question: 'Who leads the release?', answer: '@new' }],
      },
    );
    assert.deepEqual([kept.steps[0]?.owner, kept.steps[0]?.action], ['@new', 'Do it by hand']);
    assert.equal(kept.rollback.target, 'v1.3.0');
    assert.match(notes.join('\n'), /step "Deploy to staging", Owner was "@old" and is now "@new", as told/);
    assert.deepEqual(conflicts, [
      { place: 'Steps, step "Deploy to staging", Action', written: 'Do it by hand', generated: 'Do it' },
      { place: 'Rollback plan, Target', written: 'v1.3.0', generated: 'v1.4.0' },
    ]);
  });

  it('keeps nothing of another release but what covers the same statement', () => {
    const [row] = plan.irreversible;
    assert.ok(row);
    const before = {
      version: '1.4.0',
      claims: [{ question: 'When?', answer: 'Tuesday' }],
      irreversible: [{ ...row, compensation: 'copy first' }],
    };
    const { plan: kept, notes } = keep(before);
    assert.deepEqual(kept.claims, []);
    assert.equal(kept.irreversible[0]?.compensation, 'copy first');
    assert.match(notes[0] ?? '', /is of 1\.4\.0, this one of 2\.0\.0: nothing of it was kept but/);
  });

  it('takes a version that was only proposed for the same release while the range begins where it did', () => {
    const proposed = { version: '1.9.1', openDecisions: ['Confirm the version 1.9.1, proposed because'] };
    const claims = [{ question: 'When?', answer: 'Tuesday' }];
    assert.deepEqual(keep({ ...proposed, claims }).plan.claims, claims);
    assert.deepEqual(keep({ ...proposed, claims, range: { base: 'v1.3.0', head: '' } }).plan.claims, []);
  });

  it('drops decisions of its own that are made, and keeps those of a person', () => {
    const { plan: kept } = keep(
      { openDecisions: ['Decide how db/2.sql:2 is compensated', 'Ask legal about the terms'] },
      { openDecisions: [] },
    );
    assert.deepEqual(kept.openDecisions, ['Ask legal about the terms']);
  });
});

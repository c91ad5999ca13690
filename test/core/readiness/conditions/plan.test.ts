import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ReleasePlan } from '../../../../src/core/documents/release-plan/release-plan';
import { fileSource } from '../../../../src/core/evidence/fact';
import { defaultConfiguration } from '../../../../src/core/gate/configuration';
import type { Condition, ConditionAnswer } from '../../../../src/core/readiness/condition';
import { condition as actionsInPlan } from '../../../../src/core/readiness/conditions/actions-in-plan';
import { condition as flagsPlanned } from '../../../../src/core/readiness/conditions/flags-planned';
import { condition as planCurrent } from '../../../../src/core/readiness/conditions/plan-current';
import { condition as riskOwned } from '../../../../src/core/readiness/conditions/risk-owned';
import { condition as rolloutJustified } from '../../../../src/core/readiness/conditions/rollout-justified';
import type { ReadinessFacts } from '../../../../src/core/readiness/facts';
import { settle } from '../../../../src/core/risk/compensations';
import { assessRisk } from '../../../../src/core/risk/register';
import { BASE, changeOf, droppedColumn, HEAD } from '../../../support/change';

const PATH = 'docs/release/RELEASE_PLAN.md';
const NOW = new Date('2026-11-21T00:00:00Z');
const OLDER = 'a'.repeat(40);

interface Parts {
  readonly plan?: Partial<ReleasePlan> | null;
  readonly change?: Parameters<typeof changeOf>[0] | null;
  readonly findings?: readonly object[];
  readonly severities?: Readonly<Record<string, string>>;
  readonly changedSince?: readonly (readonly [string, readonly string[]])[];
  readonly paths?: readonly string[];
}

/** As much of the facts as these conditions look at. */
function factsOf({
  plan = {},
  change = {},
  findings = [],
  severities = {},
  changedSince = [],
  paths = [],
}: Parts) {
  const settlement = change === null ? null : settle(changeOf(change), null);
  return {
    plan: plan === null ? null : { path: PATH, data: { ...basePlan, ...plan } },
    settlement,
    change: settlement?.change ?? null,
    noChange: change === null ? 'this is no git repository' : '',
    register: settlement ? assessRisk(settlement.change, NOW) : null,
    asked: { version: '1.3.0', environment: 'production' },
    configuration: { ...defaultConfiguration, severities },
    check: { findings },
    changedSince: new Map(changedSince),
    paths: new Set(paths),
  } as unknown as ReadinessFacts;
}

const basePlan = {
  version: '1.3.0',
  range: { base: 'v1.2.0', head: HEAD },
  risk: { level: 'low', why: 'nothing seen' },
  rollout: { strategy: 'rolling', why: 'the risk is low', recommended: 'rolling', canary: [] },
  flags: [],
  risks: [],
} as unknown as ReleasePlan;

const flag = {
  flag: 'new-invoices',
  cohorts: 'internal, 100 %',
  killSwitch: 'flagctl off new-invoices',
  owner: '@grace',
  removalDate: '2027-01-01',
};
const flagFile = { touches: [{ kind: 'feature-flags', paths: ['src/flags.ts'] }] } as const;
const open = {
  rule: 'irreversible-action-not-in-plan',
  severity: 'block',
  status: 'fail',
  path: PATH,
  range: null,
  message:
    '"ALTER TABLE users DROP COLUMN email" (db/migrations/2.sql:3) has no compensation in the plan: complete its row with the compensation',
  evidence: [{ message: 'gone', path: 'db/migrations/2.sql', range: null }],
};
const bigBang = {
  rule: 'big-bang-unjustified',
  severity: 'block',
  status: 'fail',
  path: PATH,
  range: null,
  message: 'The plan releases "all-at-once" without a reason in writing: write why',
  evidence: [],
};
const lost = { irreversible: [droppedColumn()] };
/** A dropped column and nothing else is a high risk. */
const high = { risk: { level: 'high', why: 'one action' } } as const;

type Row = readonly [
  what: string,
  condition: Condition,
  parts: Parts,
  status: ConditionAnswer['status'] | null,
  why: RegExp,
];

const rows: readonly Row[] = [
  ['a plan of the commit', planCurrent, {}, 'pass', /was made of f{12}, the commit of the release/],
  ['a version with a v', planCurrent, { plan: { version: 'v1.3.0' } }, 'pass', /made of/],
  [
    'a base by its id',
    planCurrent,
    { plan: { range: { base: BASE.slice(0, 12), head: HEAD } } },
    'pass',
    /made of/,
  ],
  [
    'nothing but plan and records since',
    planCurrent,
    {
      plan: { range: { base: 'v1.2.0', head: OLDER } },
      changedSince: [[OLDER, [PATH, 'docs/release/records/drill_rollback.md']]],
    },
    'pass',
    /nothing but the plan and records changed/,
  ],
  [
    'code since',
    planCurrent,
    {
      plan: { range: { base: 'v1.2.0', head: OLDER } },
      changedSince: [[OLDER, [PATH, 'docs/release-notes.md', 'src/a.ts']]],
    },
    'fail',
    /docs\/release-notes\.md changed since, among 3 files/,
  ],
  [
    'a commit of another history',
    planCurrent,
    { plan: { range: { base: 'v1.2.0', head: OLDER } } },
    'fail',
    /a{12}, which is not in the history/,
  ],
  ['no plan', planCurrent, { plan: null }, 'unknown', /there is no docs\/release\/RELEASE_PLAN\.md/],
  ['a plan that cannot be read', planCurrent, { plan: null, paths: [PATH] }, 'unknown', /cannot be read/],
  [
    'another version',
    planCurrent,
    { plan: { version: '1.2.9' } },
    'fail',
    /is the plan of 1\.2\.9, not of 1\.3\.0/,
  ],
  ['no version', planCurrent, { plan: { version: 'UNKNOWN(version)' } }, 'unknown', /which version/],
  [
    'another base',
    planCurrent,
    { plan: { range: { base: 'v1.1.0', head: HEAD } } },
    'fail',
    /begins at v1\.1\.0/,
  ],
  [
    'no commit',
    planCurrent,
    { plan: { range: { base: 'v1.2.0', head: 'main' } } },
    'unknown',
    /of which commit/,
  ],
  ['no git', planCurrent, { change: null }, 'unknown', /this is no git repository/],

  ['nothing irreversible', actionsInPlan, {}, null, /./],
  ['no finding left', actionsInPlan, { change: lost }, 'pass', /settles the one action/],
  [
    'an open action',
    actionsInPlan,
    { change: lost, findings: [open] },
    'fail',
    /\(db\/migrations\/2\.sql:3\) has no compensation in the plan$/,
  ],
  [
    'a waived one',
    actionsInPlan,
    { change: lost, findings: [{ ...open, status: 'waived' }] },
    'pass',
    /settles/,
  ],
  [
    'a row left over',
    actionsInPlan,
    { change: lost, findings: [{ ...open, severity: 'warn' }] },
    'pass',
    /settles/,
  ],
  [
    'the plan of another release',
    actionsInPlan,
    { change: lost, findings: [{ ...open, path: 'docs/old.md' }] },
    'pass',
    /settles/,
  ],
  ['an action and no plan', actionsInPlan, { change: lost, plan: null }, 'fail', /there is no docs/],
  ['the rule off', actionsInPlan, { change: lost, severities: { [open.rule]: 'off' } }, 'unknown', /is off/],
  ['no git', actionsInPlan, { change: null }, 'unknown', /no git/],

  ['a rollout with its reason', rolloutJustified, {}, 'pass', /^rolling: the risk is low$/],
  ['a big bang', rolloutJustified, { findings: [bigBang] }, 'fail', /without a reason in writing$/],
  [
    'a flag still to be named',
    rolloutJustified,
    { plan: high, findings: [{ ...bigBang, status: 'unknown' }] },
    'unknown',
    /./,
  ],
  [
    'a level written down lower',
    rolloutJustified,
    { change: lost },
    'fail',
    /says that the risk is low, and the change shows high/,
  ],
  ['the level of the change', rolloutJustified, { change: lost, plan: high }, 'pass', /rolling/],
  ['no plan', rolloutJustified, { plan: null }, 'unknown', /no plan/],

  ['no flag', flagsPlanned, {}, null, /./],
  ['a whole flag', flagsPlanned, { plan: { flags: [flag] } }, 'pass', /new-invoices/],
  [
    'a flag without an end',
    flagsPlanned,
    { plan: { flags: [{ ...flag, removalDate: 'UNKNOWN(date)' }] } },
    'unknown',
    /has no date of removal/,
  ],
  [
    'a flag that is asked for',
    flagsPlanned,
    { plan: { flags: [{ ...flag, flag: 'UNKNOWN(flag)' }] } },
    'unknown',
    /not named/,
  ],
  [
    'a flag of the change that is not planned',
    flagsPlanned,
    { change: flagFile },
    'fail',
    /src\/flags\.ts changes feature flags/,
  ],
  [
    'a flag of the change without a plan',
    flagsPlanned,
    { change: flagFile, plan: null },
    'unknown',
    /there is no plan/,
  ],

  ['no heavy risk', riskOwned, {}, null, /./],
  ['nobody', riskOwned, { change: lost }, 'fail', /nobody owns a heavy risk: db\/migrations\/2\.sql:3/],
  [
    'CODEOWNERS',
    riskOwned,
    {
      change: {
        ...lost,
        owners: { file: 'CODEOWNERS', byPath: new Map([['db/migrations/2.sql', ['@acme/data']]]) },
      },
    },
    'pass',
    /has an owner/,
  ],
  [
    'the row of the plan',
    riskOwned,
    {
      change: lost,
      plan: {
        risks: [
          {
            signal: 'db/migrations/2.sql:3: it drops the column users.email: its values are gone',
            owner: '@ada',
          },
        ] as unknown as ReleasePlan['risks'],
      },
    },
    'pass',
    /has an owner/,
  ],
  ['no git', riskOwned, { change: null }, 'unknown', /no git/],
];

describe('conditions about the plan', () => {
  for (const [what, condition, parts, status, why] of rows) {
    it(`${condition.id}: ${what} is ${status ?? 'not asked'}`, () => {
      const answer = condition.judge(factsOf(parts));
      assert.equal(answer?.status ?? null, status, answer?.why);
      if (!answer) return;
      assert.match(answer.why, why);
      assert.equal(answer.next === null, answer.status === 'pass');
      assert.doesNotMatch(answer.why, /\.$/);
    });
  }

  it('show the statement first', () => {
    const answer = actionsInPlan.judge(factsOf({ change: lost, findings: [open] }));
    assert.deepEqual(answer?.evidence[0], fileSource('db/migrations/2.sql'));
  });
});

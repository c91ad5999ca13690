import assert from 'node:assert/strict';
import { releasePlanKind } from '../../../src/core/documents/release-plan/release-plan-kind';
import { runbookKind } from '../../../src/core/documents/runbook/runbook-kind';
import type { DrillOnRecord, OverrideOnRecord } from '../../../src/core/records/record';
import { noRecords } from '../../../src/core/records/record';
import { judgeRollback, type ConditionId, type RollbackEvidence } from '../../../src/core/risk/credibility';
import { DEFAULT_TRIGGERS } from '../../../src/core/risk/rollback-triggers';
import { changeOf } from '../../support/change';

const NOW = new Date('2026-11-25T12:00:00Z');
const PLAN = 'docs/release/RELEASE_PLAN.md';

const drill: DrillOnRecord = {
  path: 'docs/release/records/drill.md',
  drill: 'rollback',
  environment: 'staging',
  service: '',
  versionFrom: '1.3.0',
  versionTo: '1.2.0',
  startedAt: '2026-11-20T14:00Z',
  startedAtMs: Date.parse('2026-11-20T14:00:00Z'),
  seconds: 720,
  hasPassed: true,
  recordedBy: 'Ada Byron',
  evidence: ['docs/a.log'],
  notes: '',
};

const override: OverrideOnRecord = {
  path: 'docs/release/records/override.md',
  condition: 'drilled',
  environment: 'production',
  version: '1.3.0',
  name: 'Grace Hopper',
  reason: 'the fix cannot wait',
  until: '2026-11-30',
  recordedAt: '2026-11-24T09:00Z',
  recordedAtMs: Date.parse('2026-11-24T09:00:00Z'),
  recordedBy: '',
};

const TRIGGERS = [
  '| Metric | Comparison | Threshold | Window | For |',
  '| --- | --- | --- | --- | --- |',
  '| error rate | > | 5 % | 5 min | 5 min |',
  '| p99 latency | > | 800 ms | 5 min | 5 min |',
  '| health check | fails | 2 checks | 1 min | 2 min |',
].join('\n');

function plan(rollback: string): NonNullable<RollbackEvidence['plan']> {
  return releasePlanKind.read(
    PLAN,
    `---\nkind: release-plan\n---\n\n# Plan\n\n## Rollback plan\n\n${rollback}\n`,
  );
}

function runbook(text: string): NonNullable<RollbackEvidence['runbook']> {
  return runbookKind.read('docs/ops/RUNBOOK.md', `# Runbook\n\n${text}\n`);
}

function judged(
  id: ConditionId,
  more: Partial<RollbackEvidence> = {},
): { readonly status: string; readonly why: string } {
  const { conditions } = judgeRollback({
    change: changeOf(),
    script: null,
    command: null,
    triggers: DEFAULT_TRIGGERS,
    now: NOW,
    version: '1.3.0',
    service: 'orders',
    kindOfEnvironment: (name) =>
      name === 'production' ? 'production' : name === 'staging' ? 'non-production' : 'unknown',
    ...more,
  });
  const found = conditions.find((each) => each.id === id);
  assert.ok(found);
  return found;
}

type Case = readonly [Partial<RollbackEvidence>, 'pass' | 'fail' | 'unknown' | 'waived', RegExp];

const withDrill = (more: Partial<DrillOnRecord>): Partial<RollbackEvidence> => ({
  records: { ...noRecords, drills: [{ ...drill, ...more }] },
});
const schemaTouched = changeOf({ touches: [{ kind: 'schema', paths: ['db/migrations/7.sql'] }] });
const loss = {
  kind: 'data-delete' as const,
  path: 'db/migrations/7.sql',
  range: { start: { line: 3, column: 1 }, end: { line: 3, column: 9 } },
  side: 'head' as const,
  statement: 'DROP TABLE a',
  why: 'its rows are gone',
  compensation: null,
  reversibleBy: null,
};
const way = {
  what: 'the job "undo" of .github/workflows/undo.yml can put an earlier version back',
  sources: [],
};
const steps = (minutes: readonly (number | null)[]): string =>
  minutes
    .map(
      (each, index) =>
        `${index + 1}. **Step**\n\n   - **Action:** do\n   - **Duration:** ${each === null ? 'UNKNOWN(minutes)' : `${each} min`}\n`,
    )
    .join('\n');

const CASES: Readonly<Record<ConditionId, Readonly<Record<string, Case>>>> = {
  'target-exists': {
    'no registry was asked': [{}, 'unknown', /was not asked of the registry/],
    'the artifact is there': [
      { previousArtifact: { status: 'present', detail: 'ghcr.io has it', digest: 'sha256:1', sources: [] } },
      'pass',
      /v1\.2\.0 is tagged, and ghcr\.io has it \(sha256:1\)/,
    ],
    'the artifact is gone': [
      {
        previousArtifact: { status: 'absent', detail: 'ghcr.io has no tag 1.2.0', digest: null, sources: [] },
      },
      'fail',
      /its artifact is gone: ghcr\.io has no tag/,
    ],
    'the registry refuses': [
      {
        previousArtifact: { status: 'refused', detail: '401 without credentials', digest: null, sources: [] },
      },
      'fail',
      /cannot be fetched: 401/,
    ],
    'the network is away': [
      { previousArtifact: { status: 'unknown', detail: 'no answer', digest: null, sources: [] } },
      'unknown',
      /is not known: no answer/,
    ],
    'no release lies before': [
      {
        change: changeOf({
          range: {
            ...changeOf().range,
            baseTag: null,
            baseName: null,
            commits: { base: null, head: 'f'.repeat(40) },
          },
        }),
      },
      'fail',
      /there is no version to go back to/,
    ],
  },
  'script-handles-rollback': {
    'nothing deploys': [{}, 'unknown', /no deploy or rollback script was found/],
    'the script does': [
      {
        script: {
          path: 'deploy.sh',
          rollback: { kind: 'handled', range: loss.range, how: '--rollback: "undo"' },
        },
      },
      'pass',
      /deploy\.sh runs commands for the rollback/,
    ],
    'the script does not': [
      {
        script: { path: 'deploy.sh', rollback: { kind: 'not-handled', why: 'has no branch for --rollback' } },
      },
      'fail',
      /deploy\.sh has no branch/,
    ],
    'the script is of another language': [
      {
        script: {
          path: 'deploy.ps1',
          rollback: { kind: 'unread', why: 'is written in PowerShell, which is not followed' },
        },
      },
      'unknown',
      /PowerShell/,
    ],
    'workflows deploy without it and go back': [
      {
        script: { path: 'deploy.sh', rollback: { kind: 'not-handled', why: 'has no branch for --rollback' } },
        workflow: { deploys: true, callsScript: false, wayBack: way, oldOnNewSchema: null },
      },
      'pass',
      /the job "undo" .* the workflows deploy without deploy\.sh/,
    ],
    'workflows deploy by it': [
      {
        script: { path: 'deploy.sh', rollback: { kind: 'not-handled', why: 'has no branch for --rollback' } },
        workflow: { deploys: true, callsScript: true, wayBack: way, oldOnNewSchema: null },
      },
      'fail',
      /but deploying runs deploy\.sh/,
    ],
    'only workflows deploy': [
      { workflow: { deploys: true, callsScript: false, wayBack: way, oldOnNewSchema: null } },
      'pass',
      /can put an earlier version back/,
    ],
  },
  'actions-compensated': {
    'nothing is lost': [{}, 'pass', /nothing that going back does not undo/],
    'something is': [
      { change: changeOf({ irreversible: [loss] }) },
      'fail',
      /1 action cannot be undone .*: db\/migrations\/7\.sql:3$/,
    ],
    'one of two is compensated': [
      {
        change: changeOf({
          irreversible: [
            { ...loss, compensatedBy: 'copy first' },
            { ...loss, path: 'b.sql' },
          ],
        }),
      },
      'fail',
      /1 action of 2 .*: b\.sql:3/,
    ],
    'all are': [
      { change: changeOf({ irreversible: [{ ...loss, compensatedBy: 'copy first' }] }) },
      'pass',
      /compensates the one action .*7\.sql:3: copy first/,
    ],
  },
  'runs-on-new-schema': {
    'the schema stays': [{}, 'pass', /does not touch the schema/],
    'nothing shows it': [
      { change: schemaTouched },
      'unknown',
      /nothing shows that the version before was run/,
    ],
    'the SQL only adds': [
      { change: schemaTouched, schema: { kind: 'adds-only', what: '1 new table', sources: [] } },
      'pass',
      /only adds to the schema \(1 new table\)/,
    ],
    'the plan says no': [
      { change: schemaTouched, plan: plan('- **Runs on the new schema:** no') },
      'fail',
      /says that the version before does not run/,
    ],
    'the plan only claims it': [
      { change: schemaTouched, plan: plan('- **Runs on the new schema:** yes') },
      'unknown',
      /claims .* names no test, drill or reviewer/,
    ],
    'the plan names a reviewer': [
      {
        change: schemaTouched,
        plan: plan(
          '- **Runs on the new schema:** yes\n- **Evidence:** docs/schema.md, reviewed by Grace Hopper on 2026-11-20',
        ),
      },
      'pass',
      /reviewed by Grace Hopper/,
    ],
    'the team reviewed it': [
      {
        change: schemaTouched,
        plan: plan('- **Runs on the new schema:** yes\n- **Evidence:** reviewed by the team'),
      },
      'unknown',
      /claims/,
    ],
    'a job tests it, and the plan says so': [
      {
        change: schemaTouched,
        plan: plan('- **Runs on the new schema:** yes'),
        workflow: {
          deploys: true,
          callsScript: false,
          wayBack: null,
          oldOnNewSchema: { what: 'the job "old" tests it', sources: [] },
        },
      },
      'pass',
      /and the job "old" tests it/,
    ],
    'a drill of just this way back': [
      { change: schemaTouched, ...withDrill({}) },
      'pass',
      /went from 1\.3\.0 back to 1\.2\.0/,
    ],
    'a drill of another version': [
      { change: schemaTouched, ...withDrill({ versionFrom: '1.2.0', versionTo: '1.1.0' }) },
      'unknown',
      /nothing shows/,
    ],
  },
  drilled: {
    'no record': [{ records: noRecords }, 'unknown', /no record says/],
    'a drill in staging': [
      withDrill({}),
      'pass',
      /practised in staging on 2026-11-20, from 1\.3\.0 to 1\.2\.0, recorded by Ada/,
    ],
    'a drill in production': [
      withDrill({ environment: 'production' }),
      'unknown',
      /a drill in production does not count/,
    ],
    'a drill nobody knows where': [
      withDrill({ environment: 'eu-1' }),
      'unknown',
      /list it under environments/,
    ],
    'a drill of another service': [
      withDrill({ service: 'billing' }),
      'unknown',
      /is of billing, not of orders/,
    ],
    'a drill of this service': [withDrill({ service: 'Orders' }), 'pass', /practised/],
    'the last one failed': [
      {
        records: {
          ...noRecords,
          drills: [drill, { ...drill, hasPassed: false, startedAtMs: drill.startedAtMs + 3_600_000 }],
        },
      },
      'fail',
      /the last drill outside production failed/,
    ],
    'an earlier one failed': [
      {
        records: {
          ...noRecords,
          drills: [{ ...drill, hasPassed: false, startedAtMs: drill.startedAtMs - 3_600_000 }, drill],
        },
      },
      'pass',
      /practised/,
    ],
    'one day too old': [
      withDrill({ startedAtMs: NOW.getTime() - 91 * 86_400_000 }),
      'unknown',
      /is 91 days old, and one counts for 90 days/,
    ],
    'just young enough': [withDrill({ startedAtMs: NOW.getTime() - 90 * 86_400_000 }), 'pass', /practised/],
    'younger days are asked for': [
      { ...withDrill({}), settings: { drillMaxAgeDays: 3 } },
      'unknown',
      /one counts for 3 days/,
    ],
    'a restore of a backup': [withDrill({ drill: 'backup-restore' }), 'unknown', /no record says/],
    'an incomplete record': [
      {
        records: {
          ...noRecords,
          refused: [{ path: 'r.md', kind: 'drill-record', why: 'has no environment' }],
        },
      },
      'unknown',
      /r\.md has no environment/,
    ],
    'a person overrides it': [
      { overrides: [override] },
      'waived',
      /waived by Grace Hopper until 2026-11-30: the fix cannot wait; without that it is unknown/,
    ],
    'a person overrides another one': [
      { overrides: [{ ...override, condition: 'within-rto' }] },
      'unknown',
      /no record/,
    ],
    'an override of what holds': [{ ...withDrill({}), overrides: [override] }, 'pass', /practised/],
  },
  'within-rto': {
    'no objective': [
      withDrill({}),
      'unknown',
      /took 12m, but the recovery time objective is written neither/,
    ],
    'a drill within it': [
      { ...withDrill({}), settings: { objectiveMinutes: 12 } },
      'pass',
      /took 12m, within/,
    ],
    'a drill beyond it': [
      { ...withDrill({}), settings: { objectiveMinutes: 11 } },
      'fail',
      /took 12m, longer than/,
    ],
    'the plan names it': [
      { ...withDrill({}), plan: plan('- **Recovery time objective:** 30 min') },
      'pass',
      /the recovery time objective of 30m \(docs\/release\/RELEASE_PLAN\.md\)/,
    ],
    'the plan leaves it open': [
      { ...withDrill({}), plan: plan('- **Recovery time objective:** UNKNOWN(minutes)') },
      'unknown',
      /written neither/,
    ],
    'only an estimate': [
      { settings: { objectiveMinutes: 30 }, plan: plan('- **Estimated minutes:** 10') },
      'unknown',
      /say 10m, within .*: a claim, since no drill measured it/,
    ],
    'an estimate beyond it': [
      { settings: { objectiveMinutes: 30 }, plan: plan('- **Estimated minutes:** 45') },
      'fail',
      /say 45m, longer than/,
    ],
    'the steps in sum': [
      { settings: { objectiveMinutes: 30 }, plan: plan(steps([20, 15])) },
      'fail',
      /the steps of .* say 35m/,
    ],
    'a step without its time': [
      { settings: { objectiveMinutes: 30 }, plan: plan(steps([20, null])) },
      'unknown',
      /no plan or runbook estimates it/,
    ],
    'the steps of the runbook': [
      { settings: { objectiveMinutes: 30 }, runbook: runbook(`## Rollback\n\n${steps([5, 10])}`) },
      'unknown',
      /the steps of docs\/ops\/RUNBOOK\.md say 15m/,
    ],
  },
  'triggers-machine-readable': {
    'only the defaults': [{}, 'unknown', /baseline of p99 latency is not measured.*the defaults/],
    'a plan with all of them': [
      { plan: plan(TRIGGERS) },
      'pass',
      /error rate, p99 latency and health check each have/,
    ],
    'a metric without a trigger': [
      { plan: plan(TRIGGERS.replace(/.*p99.*\n/, '')) },
      'fail',
      /no trigger is set for p99 latency/,
    ],
    'no word on for how long': [
      { plan: plan(TRIGGERS.replace('| 800 ms | 5 min | 5 min |', '| 800 ms | 5 min | |')) },
      'fail',
      /that of p99 latency has no word on for how long/,
    ],
    'a baseline that nobody measured': [
      { plan: plan(TRIGGERS.replace('| > | 800 ms |', '| >= | 3 x baseline |')) },
      'unknown',
      /baseline of p99 latency is not measured/,
    ],
    'a baseline that the runbook has': [
      {
        plan: plan(TRIGGERS.replace('| > | 800 ms |', '| >= | 3 x baseline |')),
        runbook: runbook(
          '## Baselines\n\n| Metric | Good | Source |\n| --- | --- | --- |\n| p99 latency | 240 ms | dashboard |',
        ),
      },
      'pass',
      /each have/,
    ],
    'other metrics are asked for': [
      { plan: plan(TRIGGERS), settings: { requiredMetrics: ['queue depth'] } },
      'fail',
      /no trigger is set for queue depth/,
    ],
  },
};

describe('the conditions of a credible rollback', () => {
  for (const [id, cases] of Object.entries(CASES) as [ConditionId, Readonly<Record<string, Case>>][]) {
    for (const [name, [more, status, why]] of Object.entries(cases)) {
      it(`${id}: ${name}: ${status}`, () => {
        const condition = judged(id, more);
        assert.match(condition.why, why);
        assert.equal(condition.status, status, condition.why);
      });
    }
  }

  it('make the rollback credible together, and not where one of them fails', () => {
    const all: RollbackEvidence = {
      change: changeOf(),
      script: { path: 'deploy.sh', rollback: { kind: 'handled', range: loss.range, how: 'x' } },
      command: null,
      triggers: DEFAULT_TRIGGERS,
      previousArtifact: { status: 'present', detail: 'it is there', digest: null, sources: [] },
      plan: plan(TRIGGERS),
      records: { ...noRecords, drills: [drill] },
      settings: { objectiveMinutes: 30 },
      kindOfEnvironment: () => 'non-production',
      now: NOW,
      version: '1.3.0',
    };
    assert.equal(judgeRollback(all).credible, true);
    assert.deepEqual(
      judgeRollback(all).triggers?.map(({ metric, comparison, number, forMinutes }) => [
        metric,
        comparison,
        number,
        forMinutes,
      ]),
      [
        ['error rate', '>', 5, 5],
        ['p99 latency', '>', 800, 5],
        ['health check', 'fails', 2, 2],
      ],
    );
    assert.equal(judgeRollback({ ...all, records: noRecords }).credible, 'unknown');
    assert.equal(
      judgeRollback({
        ...all,
        records: noRecords,
        overrides: [override, { ...override, condition: 'rollback:within-rto' }],
      }).credible,
      true,
    );
    assert.equal(judgeRollback({ ...all, change: changeOf({ irreversible: [loss] }) }).credible, false);
  });
});

import assert from 'node:assert/strict';
import type { ClassifiedCommit } from '../../../../src/core/change/change';
import { releasePlanKind } from '../../../../src/core/documents/release-plan/release-plan-kind';
import { fact, fileSource } from '../../../../src/core/evidence/fact';
import { defaultConfiguration } from '../../../../src/core/gate/configuration';
import { defaultReadiness } from '../../../../src/core/gate/readiness-settings';
import type { Condition } from '../../../../src/core/readiness/condition';
import { condition as approved } from '../../../../src/core/readiness/conditions/approved';
import { condition as backupRestoreDrilled } from '../../../../src/core/readiness/conditions/backup-restore-drilled';
import { condition as disasterRecoveryDrilled } from '../../../../src/core/readiness/conditions/disaster-recovery-drilled';
import { condition as recordsUnchanged } from '../../../../src/core/readiness/conditions/records-unchanged';
import { condition as rollbackDocumented } from '../../../../src/core/readiness/conditions/rollback-documented';
import type { ReadinessFacts } from '../../../../src/core/readiness/facts';
import { noRecords, type ApprovalOnRecord, type DrillOnRecord } from '../../../../src/core/records/record';
import { changeOf, commitOf, HEAD, profileOf } from '../../../support/change';
import { releaseRecordOf } from '../../../support/readiness';

const EARLIER = 'e'.repeat(40);
const NOW = new Date('2026-11-25T12:00:00Z');

const approval: ApprovalOnRecord = {
  path: 'docs/release/records/approval.md',
  environment: 'production',
  version: '1.3.0',
  commit: HEAD,
  approver: 'Grace Hopper <grace@example.test>',
  role: 'release manager',
  at: '2026-11-24T09:00Z',
  atMs: Date.parse('2026-11-24T09:00:00Z'),
  recordedBy: 'Grace Hopper',
  read: ['docs/release/RELEASE_PLAN.md'],
  evidence: [],
};

const restore: DrillOnRecord = {
  path: 'docs/release/records/drill.md',
  drill: 'backup-restore',
  environment: 'staging',
  service: '',
  versionFrom: '',
  versionTo: '',
  startedAt: '2026-11-20T14:00Z',
  startedAtMs: Date.parse('2026-11-20T14:00:00Z'),
  seconds: 720,
  hasPassed: true,
  recordedBy: 'Ada Byron',
  evidence: ['docs/a.log'],
  notes: '',
};

function facts(parts: Partial<ReadinessFacts>): ReadinessFacts {
  return {
    asked: {
      version: '1.3.0',
      environment: 'production',
      isOnline: false,
      runsCommands: false,
      evidence: [],
    },
    now: NOW,
    change: changeOf(),
    profile: profileOf(),
    records: noRecords,
    changedSince: new Map(),
    recordHistory: new Map(),
    releaseRecords: [],
    recordingCommits: new Set(),
    settings: defaultReadiness,
    configuration: defaultConfiguration,
    plan: null,
    workflows: null,
    ...parts,
  } as unknown as ReadinessFacts;
}

const approvals = (...each: readonly Partial<ApprovalOnRecord>[]): Partial<ReadinessFacts> => ({
  records: { ...noRecords, approvals: each.map((more) => ({ ...approval, ...more })) },
});
const rules = (more: Partial<(typeof defaultReadiness)['approvals']>): Partial<ReadinessFacts> => ({
  settings: { ...defaultReadiness, approvals: { ...defaultReadiness.approvals, ...more } },
});
const commits = (...each: readonly ClassifiedCommit[]): Partial<ReadinessFacts> => ({
  change: changeOf({ commits: each }),
});
const byAuthor = (authorName: string, authorEmail: string, body = ''): ClassifiedCommit => {
  const base = commitOf({});
  return { ...base, commit: { ...base.commit, authorName, authorEmail, body } };
};
const plan = (front: string, rollback: string): Partial<ReadinessFacts> => ({
  plan: releasePlanKind.read(
    'docs/release/RELEASE_PLAN.md',
    `---\nkind: release-plan\n${front}---\n\n# Plan\n\n## Rollback plan\n\n${rollback}\n`,
  ),
});
const STEP = '\n\n1. **Put it back**\n\n   - **Action:** run it\n';
const withMigrations: Partial<ReadinessFacts> = {
  profile: profileOf({ migrationFolders: [fact('db/migrations', fileSource('db/migrations'))] }),
};
const drills = (...each: readonly Partial<DrillOnRecord>[]): Partial<ReadinessFacts> => ({
  records: { ...noRecords, drills: each.map((more) => ({ ...restore, ...more })) },
});

type Case = readonly [Partial<ReadinessFacts>, 'pass' | 'fail' | 'unknown' | 'not asked', RegExp];

const CASES: readonly (readonly [Condition, Readonly<Record<string, Case>>])[] = [
  [
    approved,
    {
      'somebody else approved it': [approvals({}), 'pass', /approved by Grace Hopper/],
      'no record': [{}, 'unknown', /no record says that 1\.3\.0 was approved for production/],
      'none is asked for': [rules({ required: 0 }), 'not asked', /^$/],
      'another version': [approvals({ version: '1.2.9' }), 'unknown', /no record/],
      'another environment': [approvals({ environment: 'staging' }), 'unknown', /no record/],
      'the version with a v': [approvals({ version: 'v1.3.0' }), 'pass', /approved/],
      'a commit that is not of this history': [
        approvals({ commit: EARLIER }),
        'fail',
        /which is not in the history/,
      ],
      'only records came after the approved commit': [
        {
          ...approvals({ commit: EARLIER }),
          changedSince: new Map([[EARLIER, ['docs/release/records/approval.md']]]),
        },
        'pass',
        /approved/,
      ],
      'code came after the approved commit': [
        {
          ...approvals({ commit: EARLIER }),
          changedSince: new Map([[EARLIER, ['docs/release/records/approval.md', 'src/a.ts']]]),
        },
        'fail',
        /and src\/a\.ts changed since/,
      ],
      'the plan changed after the approved commit': [
        {
          ...approvals({ commit: EARLIER }),
          changedSince: new Map([[EARLIER, ['docs/release/RELEASE_PLAN.md']]]),
        },
        'fail',
        /RELEASE_PLAN\.md changed since/,
      ],
      'an author of the release': [
        { ...approvals({}), ...commits(byAuthor('grace hopper', 'other@example.test')) },
        'fail',
        /is of somebody who wrote commits of this release/,
      ],
      'an author by the address': [
        { ...approvals({}), ...commits(byAuthor('ghopper', 'GRACE@example.test')) },
        'fail',
        /wrote commits/,
      ],
      'a co-author': [
        {
          ...approvals({}),
          ...commits(byAuthor('Ada', 'ada@example.test', 'x\n\nCo-authored-by: Grace Hopper <g@x.test>')),
        },
        'fail',
        /wrote commits/,
      ],
      'somebody who committed the record': [
        {
          ...approvals({}),
          ...commits(byAuthor('Grace Hopper', 'grace@example.test')),
          recordingCommits: new Set([HEAD]),
        },
        'pass',
        /approved/,
      ],
      'somebody who merged what others wrote': [
        {
          ...approvals({}),
          ...commits({
            ...commitOf({}),
            commit: {
              ...commitOf({}).commit,
              authorName: 'Grace Hopper',
              parents: [EARLIER, 'd'.repeat(40)],
            },
          }),
        },
        'pass',
        /approved/,
      ],
      'an author where four eyes are off': [
        { ...approvals({}), ...commits(byAuthor('Grace Hopper', 'g@x.test')), ...rules({ fourEyes: false }) },
        'pass',
        /approved/,
      ],
      'two are asked for and one person approved twice': [
        { ...approvals({}, { path: 'b.md' }), ...rules({ required: 2 }) },
        'fail',
        /2 approvals are asked for and 1 counts/,
      ],
      'two people': [
        { ...approvals({}, { approver: 'Alan Turing' }), ...rules({ required: 2 }) },
        'pass',
        /approved by Grace Hopper <grace@example\.test> and Alan Turing/,
      ],
      'somebody who may not': [
        { ...approvals({}), ...rules({ by: ['@turing'] }) },
        'fail',
        /nobody who may approve/,
      ],
      'somebody who may, by address': [
        { ...approvals({}), ...rules({ by: ['grace@example.test'] }) },
        'pass',
        /approved/,
      ],
      'an incomplete record': [
        { records: { ...noRecords, refused: [{ path: 'a.md', kind: 'approval', why: 'has no role' }] } },
        'unknown',
        /a\.md does not count: it has no role/,
      ],
    },
  ],
  [
    backupRestoreDrilled,
    {
      'no database': [{}, 'not asked', /^$/],
      'no record': [withMigrations, 'unknown', /no record says that the restore of a backup was practised/],
      practised: [{ ...withMigrations, ...drills({}) }, 'pass', /practised in staging on 2026-11-20/],
      'failed last': [
        { ...withMigrations, ...drills({}, { hasPassed: false, startedAtMs: restore.startedAtMs + 1 }) },
        'fail',
        /failed when it was last practised/,
      ],
      'too long ago': [
        { ...withMigrations, ...drills({ startedAtMs: NOW.getTime() - 91 * 86_400_000 }) },
        'unknown',
        /91 days ago.*counts for 90 days/,
      ],
      'only a rollback': [{ ...withMigrations, ...drills({ drill: 'rollback' }) }, 'unknown', /no record/],
    },
  ],
  [
    disasterRecoveryDrilled,
    {
      'nothing is deployed': [{}, 'not asked', /^$/],
      'no record': [
        {
          profile: profileOf({
            deployTargets: [
              {
                kind: 'kubernetes',
                path: fact('k8s', fileSource('k8s')),
                deployCommand: fact('kubectl apply -f k8s', fileSource('k8s')),
                rollbackCommand: fact('kubectl rollout undo', fileSource('k8s')),
              },
            ],
          }),
        },
        'unknown',
        /no record says that recovering from a disaster was practised/,
      ],
    },
  ],
  [
    recordsUnchanged,
    {
      'no record': [{}, 'not asked', /^$/],
      'as committed': [
        { recordHistory: new Map([['a.md', { kind: 'as-committed', by: commitOf({}).commit }]]) },
        'pass',
        /the one record is as it was committed first/,
      ],
      'changed later': [
        {
          recordHistory: new Map([
            ['a.md', { kind: 'as-committed', by: commitOf({}).commit }],
            ['b.md', { kind: 'changed', by: commitOf({}).commit }],
          ]),
        },
        'fail',
        /b\.md was changed after it was recorded, by Ada on 2026-11-10 in commit ffffffffffff/,
      ],
      'the record of a release as its run sealed it': [
        { releaseRecords: [releaseRecordOf()] },
        'pass',
        /^1 record of releases as sealed by their runs$/,
      ],
      'one that was changed since': [
        { releaseRecords: [releaseRecordOf(), releaseRecordOf({ version: '1.1.0', seal: 'broken' })] },
        'fail',
        /release_1\.1\.0_production_2026-11-01-1000\.md does not say what its run sealed it with/,
      ],
      'near miss: one that a person made, without a seal': [
        { releaseRecords: [releaseRecordOf({ seal: 'unsealed' })] },
        'not asked',
        /^$/,
      ],
      'in no commit': [
        { recordHistory: new Map([['a.md', { kind: 'uncommitted', isNew: true }]]) },
        'unknown',
        /a\.md is in no commit yet/,
      ],
    },
  ],
  [
    rollbackDocumented,
    {
      'no plan': [{}, 'unknown', /there is no docs\/release\/RELEASE_PLAN\.md/],
      'target and steps': [
        plan('version: "1.3.0"\n', `- **Target:** v1.2.0${STEP}`),
        'pass',
        /goes back to v1\.2\.0 in 1 step$/,
      ],
      'no target': [plan('version: "1.3.0"\n', STEP), 'fail', /names no version to go back to/],
      'a target that is open': [
        plan('version: "1.3.0"\n', `- **Target:** UNKNOWN(version)${STEP}`),
        'fail',
        /names no version/,
      ],
      'no steps': [plan('version: "1.3.0"\n', '- **Target:** v1.2.0'), 'fail', /has no steps/],
      'a step that is open': [
        plan(
          'version: "1.3.0"\n',
          '- **Target:** v1.2.0\n\n1. **Put it back**\n\n   - **Action:** UNKNOWN(command)\n',
        ),
        'fail',
        /the step "Put it back" .* says not what to do/,
      ],
      'the plan of another release': [
        plan('version: "1.2.9"\n', `- **Target:** v1.2.0${STEP}`),
        'fail',
        /is the plan of 1\.2\.9, not of 1\.3\.0/,
      ],
      'another target than the release before': [
        plan('version: "1.3.0"\n', `- **Target:** v1.1.0${STEP}`),
        'unknown',
        /goes back to v1\.1\.0, and the release before this one is v1\.2\.0/,
      ],
    },
  ],
];

for (const [condition, cases] of CASES) {
  describe(`condition ${condition.id}`, () => {
    for (const [name, [parts, status, why]] of Object.entries(cases)) {
      it(`${name}: ${status}`, () => {
        const answer = condition.judge(facts(parts));
        assert.match(answer?.why ?? '', why);
        assert.equal(answer?.status ?? 'not asked', status, answer?.why);
        assert.equal(answer === null || answer.status === 'pass', (answer?.next ?? null) === null);
      });
    }
  });
}

describe('condition backup-restore-drilled', () => {
  it('blocks where the release deletes data', () => {
    const weight = (parts: Partial<ReadinessFacts>): string =>
      typeof backupRestoreDrilled.weight === 'function' ? backupRestoreDrilled.weight(facts(parts)) : '';
    assert.equal(weight({}), 'warn');
    assert.equal(
      weight({
        change: changeOf({
          irreversible: [
            {
              kind: 'data-delete',
              path: 'a.sql',
              range: null,
              side: 'head',
              statement: 'DROP TABLE a',
              why: 'x',
              compensation: null,
              reversibleBy: null,
            },
          ],
        }),
      }),
      'block',
    );
  });
});

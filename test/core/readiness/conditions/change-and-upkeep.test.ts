import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Commit } from '../../../../src/core/ports';
import type { Condition, ConditionAnswer } from '../../../../src/core/readiness/condition';
import { condition as changeKnown } from '../../../../src/core/readiness/conditions/change-known';
import { condition as changeWindow } from '../../../../src/core/readiness/conditions/change-window';
import { condition as configurationDocumented } from '../../../../src/core/readiness/conditions/configuration-documented';
import { condition as failedReleaseResolved } from '../../../../src/core/readiness/conditions/failed-release-resolved';
import { condition as migrationsReady } from '../../../../src/core/readiness/conditions/migrations-ready';
import { condition as noManualChange } from '../../../../src/core/readiness/conditions/no-manual-change';
import { condition as previousReleaseClosed } from '../../../../src/core/readiness/conditions/previous-release-closed';
import { condition as releaseAuditable } from '../../../../src/core/readiness/conditions/release-auditable';
import { condition as runbookReviewed } from '../../../../src/core/readiness/conditions/runbook-reviewed';
import { noRecords } from '../../../../src/core/records/record';
import { lineIndex } from '../../../../src/core/text/position';
import { BASE, changeOf, commitOf, HEAD } from '../../../support/change';
import type { ReleaseOnRecord } from '../../../../src/core/readiness/upkeep';
import { factsOf, releaseRecordOf } from '../../../support/readiness';

type Row = readonly [what: string, parts: object, status: ConditionAnswer['status'] | null, why: RegExp];

function table(condition: Condition, rows: readonly Row[]): void {
  describe(condition.id, () => {
    for (const [what, parts, status, why] of rows) {
      it(`${status ?? 'is not asked'}: ${what}`, () => {
        const answer = condition.judge(factsOf(parts));
        assert.equal(answer?.status ?? null, status);
        if (!answer) return;
        assert.match(answer.why, why);
        assert.doesNotMatch(answer.why, /\.$/);
        assert.equal(answer.next === null, status === 'pass');
      });
    }
  });
}

const base = changeOf().range;

table(changeKnown, [
  ['a range of commits', {}, 'pass', /^1 commit from v1\.2\.0 to main/],
  [
    'commits without a conventional type are no fault',
    { change: changeOf({ commits: [commitOf({ type: null, subject: 'things' })] }) },
    'pass',
    /1 commit/,
  ],
  ['a shallow clone', { change: changeOf({ isShallow: true }) }, 'unknown', /shallow/],
  ['no repository', { change: null, noChange: 'this is no git repository' }, 'unknown', /no git repository/],
]);

/** A commit with a hash and parents of its own. */
function at(
  hash: string,
  parents: readonly string[],
  parts: Parameters<typeof commitOf>[0] = {},
): ReturnType<typeof commitOf> {
  const made = commitOf(parts);
  return { ...made, commit: { ...made.commit, hash, parents } };
}

const bare = { type: null, subject: 'change things' };
const ranged = (commits: readonly ReturnType<typeof commitOf>[]): object => ({
  change: changeOf({
    commits,
    range: { ...base, commits: { base: BASE, head: commits[0]?.commit.hash ?? HEAD } },
  }),
});

table(noManualChange, [
  [
    'a squash that names its pull request',
    ranged([at('c1', [BASE], { pullRequests: [12] })]),
    'pass',
    /the one commit came/,
  ],
  ['a ticket', ranged([at('c1', [BASE], { tickets: ['ORD-7'] })]), 'pass', /names a ticket/],
  [
    'commits that the merge of a pull request brought',
    ranged([
      at('m', [BASE, 'c2'], { subject: 'Merge pull request #12 from a/b', pullRequests: [12], type: null }),
      at('c2', ['c1'], bare),
      at('c1', [BASE], bare),
    ]),
    'pass',
    /each of 2 commits/,
  ],
  [
    'near miss: commits beside that merge, on the line itself',
    ranged([
      at('m', ['d1', 'c1'], { subject: 'Merge pull request #12 from a/b', pullRequests: [12], type: null }),
      at('c1', [BASE], bare),
      at('d1', [BASE], bare),
    ]),
    'unknown',
    /^1 of 2 commits names neither/,
  ],
  [
    'a release of its own tool',
    ranged([at('c1', [BASE], { type: 'chore', scope: 'release', subject: 'chore(release): 2.4.0' })]),
    'pass',
    /release's own/,
  ],
  ['a bare commit', ranged([at('c1', [BASE], bare)]), 'unknown', /nothing here shows who looked at it/],
  [
    'a hotfix without anything',
    ranged([at('c1', [BASE], { type: 'hotfix', subject: 'hotfix: the prices' })]),
    'fail',
    /^one hotfix names neither/,
  ],
  [
    'a hotfix with its ticket',
    ranged([at('c1', [BASE], { type: 'hotfix', tickets: ['ORD-9'] })]),
    'pass',
    /./,
  ],
  ['no change', { change: null }, null, /./],
]);

const settings = factsOf().settings;
const window = { days: ['mon', 'tue', 'wed', 'thu'], from: '09:00', to: '16:00', zone: 'Europe/Berlin' };
const when = (iso: string, parts: object): object => ({
  now: new Date(iso),
  settings: { ...settings, ...parts },
});

table(changeWindow, [
  ['none is set', {}, null, /./],
  // 26 November 2026 is a Thursday; Berlin is an hour ahead of UTC.
  [
    'within the window',
    when('2026-11-26T08:00:00Z', { windows: [window] }),
    'pass',
    /thu 09:00 \(Europe\/Berlin\)/,
  ],
  [
    'near miss: a minute early, in the zone of the window',
    when('2026-11-26T07:59:00Z', { windows: [window] }),
    'fail',
    /thu 08:59/,
  ],
  ['at its end', when('2026-11-26T15:00:00Z', { windows: [window] }), 'fail', /thu 16:00/],
  ['on a Friday', when('2026-11-27T10:00:00Z', { windows: [window] }), 'fail', /fri/],
  [
    'after midnight in a window over it',
    when('2026-11-27T00:30:00Z', { windows: [{ ...window, days: ['thu'], from: '22:00', to: '02:00' }] }),
    'pass',
    /fri 01:30/,
  ],
  [
    'in a freeze',
    when('2026-12-24T10:00:00Z', {
      freezes: [{ from: '2026-12-20', until: '2027-01-03', reason: 'holidays' }],
    }),
    'fail',
    /in the freeze from 2026-12-20 to 2027-01-03: holidays/,
  ],
  [
    'the day after a freeze',
    when('2027-01-04T10:00:00Z', {
      freezes: [{ from: '2026-12-20', until: '2027-01-03', reason: 'holidays' }],
    }),
    'pass',
    /no freeze/,
  ],
]);

const deployed = (environment: object | null): object => {
  const text = 'environment: production\n';
  return {
    workflows: {
      jobs: [
        {
          workflow: { path: '.github/workflows/deploy.yml', lines: lineIndex(text) },
          job: { environment },
          target: { kind: 'production' },
          commands: [],
          purposes: [],
        },
      ],
    },
  };
};
const named = { name: { value: 'production', span: { start: 13, end: 23 } } };

table(releaseAuditable, [
  ['a job with its environment', deployed(named), 'pass', /GitHub records who deployed/],
  [
    'a job without one, and no record',
    deployed(null),
    'unknown',
    /no workflow deploys to production by an environment/,
  ],
  ['no workflow and no record', {}, 'unknown', /no release is on record/],
  [
    'a record of an earlier release',
    { releaseRecords: [releaseRecordOf({ version: '2.3.0' })] },
    'pass',
    /on record/,
  ],
  [
    'near miss: only the record of the run that asks',
    { releaseRecords: [releaseRecordOf({ verdict: 'under way', seal: 'unsealed' })] },
    'unknown',
    /no release is on record/,
  ],
  [
    'near miss: a record that was changed after its seal',
    { releaseRecords: [releaseRecordOf({ version: '2.3.0', seal: 'broken' })] },
    'unknown',
    /changed after its run sealed it/,
  ],
  [
    'a deployment that check says leaves none',
    {
      ...deployed(named),
      check: {
        findings: [{ rule: 'deployment-record-off', status: 'fail', path: 'a.yml', range: null }],
      },
    },
    'fail',
    /1 production deployment leaves no record/,
  ],
]);

const key = (name: string, documentedIn: string | null): object => ({
  name,
  path: 'src/a.ts',
  range: { start: { line: 1, column: 1 }, end: { line: 1, column: 4 } },
  documentedIn,
});

table(configurationDocumented, [
  ['nothing is added', {}, null, /./],
  [
    'what is added is written down',
    { addedKeys: { ok: true, keys: [key('PRICES_URL', '.env.example')] } },
    'pass',
    /1 key that the change adds is written down/,
  ],
  [
    'one of two is not',
    { addedKeys: { ok: true, keys: [key('PRICES_URL', '.env.example'), key('RATE', null)] } },
    'fail',
    /reads RATE from the environment/,
  ],
  [
    'too much to look through',
    { addedKeys: { ok: false, why: '9000 changed programs are more than are read (3000)' } },
    'unknown',
    /9000/,
  ],
]);

const migrates = {
  change: changeOf({
    touches: [{ kind: 'schema', paths: ['db/migrations/3.sql'] }],
    files: [{ status: 'added', path: 'db/migrations/3.sql', oldPath: null, added: 3, removed: 0 }],
  }),
};
const job = (kind: string | null, ...words: readonly string[]): object => ({
  workflow: { path: '.github/workflows/deploy.yml', lines: lineIndex('run: x') },
  target: kind === null ? null : { kind },
  commands: [{ words, span: { start: 0, end: 3 } }],
});
const step = (title: string, command: string): object => ({
  title,
  command,
  action: '',
  expected: '',
  owner: '',
  durationMinutes: null,
});
const planned = (...steps: readonly object[]): object => ({
  plan: { path: 'docs/release/RELEASE_PLAN.md', data: { steps } },
});

table(migrationsReady, [
  ['no schema', {}, null, /./],
  ['nothing tells how', migrates, 'unknown', /neither a job nor a step of the plan/],
  [
    'only in the job that deploys',
    { ...migrates, workflows: { jobs: [job('production', 'npx', 'prisma', 'migrate', 'deploy')] } },
    'unknown',
    /nothing shows that the migrations are run anywhere before/,
  ],
  [
    'in a test job and in the job that deploys',
    {
      ...migrates,
      workflows: {
        jobs: [job(null, 'alembic', 'upgrade', 'head'), job('production', 'alembic', 'upgrade', 'head')],
      },
    },
    'pass',
    /run before by one job or step/,
  ],
  [
    'by steps of the plan',
    {
      ...migrates,
      ...planned(
        step('Run the migrations in staging', 'npm run migrate'),
        step('Run the migrations in production', 'npm run migrate'),
      ),
    },
    'pass',
    /run before by one/,
  ],
  [
    'near miss: steps whose command nobody filled in',
    {
      ...migrates,
      ...planned(step('Run the migrations in production', 'UNKNOWN(command that runs the migrations)')),
    },
    'unknown',
    /neither a job nor a step/,
  ],
  [
    'near miss: a command that makes a migration',
    { ...migrates, workflows: { jobs: [job('production', 'npx', 'prisma', 'migrate', 'dev')] } },
    'unknown',
    /neither a job/,
  ],
  [
    'a migration of the release before, changed',
    {
      change: changeOf({
        touches: [{ kind: 'schema', paths: ['db/migrations/1.sql'] }],
        files: [{ status: 'modified', path: 'db/migrations/1.sql', oldPath: null, added: 1, removed: 1 }],
      }),
    },
    'unknown',
    /db\/migrations\/1\.sql was part of v1\.2\.0/,
  ],
]);

const lastChange = (parts: Partial<Commit> = {}): Commit => ({
  ...commitOf({ subject: 'docs: runbook' }).commit,
  ...parts,
});
const runbook = (parts: object = {}): object => ({
  runbooks: [
    { path: 'docs/ops/RUNBOOK.md', frontMatter: {}, lastChange: lastChange(), describes: [], ...parts },
  ],
});
const approval = (parts: object = {}): object => ({
  records: {
    ...noRecords,
    approvals: [
      {
        path: 'docs/release/records/approval.md',
        environment: 'production',
        version: 'v2.4.0',
        commit: HEAD,
        approver: 'Grace Hopper',
        role: 'release manager',
        at: '2026-11-20T10:00Z',
        atMs: Date.parse('2026-11-20T10:00Z'),
        recordedBy: '',
        read: ['docs/ops/RUNBOOK.md'],
        evidence: [],
        ...parts,
      },
    ],
  },
});
const newer = {
  describes: [
    { path: '.github/workflows/deploy.yml', lastChange: lastChange({ committedAt: '2026-11-22T00:00:00Z' }) },
  ],
};

const HASH = 'e'.repeat(64);

function reviewed(parts: object = {}): object {
  const path = 'docs/release/records/review_RUNBOOK_Grace.md';
  const review = {
    path,
    document: 'docs/ops/RUNBOOK.md',
    sha256: HASH,
    review: 'reviewed',
    reviewer: 'Grace Hopper',
    author: 'Ada <ada@example.test>',
    at: '2026-11-20T10:00Z',
    atMs: Date.parse('2026-11-20T10:00Z'),
    environment: '',
    hasPassed: null,
    evidence: [],
    ...parts,
  };
  return { records: { ...noRecords, reviews: [review] } };
}

table(runbookReviewed, [
  ['there is none', {}, 'unknown', /has no runbook/],
  ['it is not committed', runbook({ lastChange: null }), 'unknown', /not in the history/],
  [
    'nobody read it',
    runbook(),
    'unknown',
    /nobody is on record to have read .* since Ada changed it on 2026-11-10/,
  ],
  [
    'an approval of this release names it',
    { ...runbook(), ...approval() },
    'pass',
    /^Grace Hopper has read .*approval of v2\.4\.0/,
  ],
  [
    'a record of its review names the text as it stands',
    { ...runbook({ sha256: HASH }), ...reviewed() },
    'pass',
    /^Grace Hopper has read .*record of its review/,
  ],
  [
    'near miss: the record is of another text',
    { ...runbook({ sha256: 'f'.repeat(64) }), ...reviewed() },
    'unknown',
    /nobody is on record/,
  ],
  [
    'near miss: the workflow changed after the review',
    { ...runbook({ sha256: HASH, ...newer }), ...reviewed() },
    'unknown',
    /read .* before .*deploy\.yml changed on 2026-11-22/,
  ],
  [
    'near miss: an approval of another version',
    { ...runbook(), ...approval({ version: '2.3.0' }) },
    'unknown',
    /nobody is on record/,
  ],
  [
    'near miss: its author approved',
    { ...runbook(), ...approval({ approver: 'Somebody <ada@example.test>' }) },
    'unknown',
    /only one who is on record/,
  ],
  [
    'the workflow changed after the approval',
    { ...runbook(newer), ...approval() },
    'unknown',
    /read .* before .*deploy\.yml changed on 2026-11-22/,
  ],
  [
    'the workflow changed after it',
    runbook(newer),
    'unknown',
    /deploy\.yml, which it describes, changed on 2026-11-22, after/,
  ],
  [
    'its front matter names a reader',
    runbook({ frontMatter: { 'reviewed-by': 'Grace Hopper', 'reviewed-on': '2026-11-10' } }),
    'pass',
    /front matter/,
  ],
  [
    'a trailer of its commit does',
    runbook({ lastChange: lastChange({ body: 'x\n\nReviewed-by: Grace Hopper <g@example.test>' }) }),
    'pass',
    /Reviewed-by/,
  ],
  [
    'near miss: a trailer that names a program',
    runbook({ lastChange: lastChange({ body: 'x\n\nReviewed-by: copilot' }) }),
    'unknown',
    /nobody/,
  ],
]);

const record = (
  version: string,
  closed: object | null,
  environment = 'production',
  parts: object = {},
): object => releaseRecordOf({ version, environment, closed, ...parts } as Partial<ReleaseOnRecord>);
const closed = { at: '2026-11-02T10:00Z', by: 'Grace Hopper' };

table(previousReleaseClosed, [
  ['no release is on record', {}, null, /./],
  [
    'the one before is closed',
    { releaseRecords: [record('1.2.0', closed)] },
    'pass',
    /1\.2\.0 was closed on 2026-11-02 by Grace Hopper/,
  ],
  ['it is not', { releaseRecords: [record('v1.2.0', null)] }, 'fail', /nobody closed it/],
  [
    'near miss: closed by nobody in particular',
    { releaseRecords: [record('1.2.0', { ...closed, by: 'the team' })] },
    'fail',
    /nobody closed/,
  ],
  [
    'near miss: another version is',
    { releaseRecords: [record('1.1.0', closed)] },
    'unknown',
    /none of 1\.2\.0/,
  ],
  [
    'near miss: another environment is',
    { releaseRecords: [record('1.2.0', closed, 'staging')] },
    'unknown',
    /to production/,
  ],
  [
    'near miss: a drill, and an abort that changed nothing, need no closing',
    {
      releaseRecords: [
        record('1.2.0', null, 'production', { mode: 'drill' }),
        record('1.2.0', null, 'production', { verdict: 'Aborted', liveSystem: 'unchanged' }),
      ],
    },
    null,
    /./,
  ],
]);

const rolledBack = { verdict: 'Rolled-Back', isRollbackVerified: true };
const resolved = {
  at: '2026-11-02T10:00Z',
  by: 'Grace Hopper',
  resolution: 'The pool was too small',
  fix: 'a'.repeat(40),
};

table(failedReleaseResolved, [
  ['no release is on record', {}, null, /./],
  ['nothing failed', { releaseRecords: [releaseRecordOf()] }, null, /./],
  [
    'a release was taken back',
    { releaseRecords: [releaseRecordOf(rolledBack)] },
    'fail',
    /the release of 1\.2\.0 was rolled back, and nobody has recorded/,
  ],
  [
    'somebody resolved it',
    { releaseRecords: [releaseRecordOf({ ...rolledBack, resolved })] },
    'pass',
    /resolved, the last by Grace Hopper: The pool was too small \(aaaa/,
  ],
  [
    'nobody knows what runs',
    { releaseRecords: [releaseRecordOf({ verdict: 'Aborted', liveSystem: 'unknown' })] },
    'fail',
    /left production in a state that nobody knows/,
  ],
  [
    'a drill left nobody knowing what runs',
    {
      releaseRecords: [releaseRecordOf({ mode: 'drill', verdict: 'Rolled-Back', isRollbackVerified: false })],
    },
    'fail',
    /state that nobody knows/,
  ],
  [
    'near miss: an older one is open though a later one went well',
    { releaseRecords: [releaseRecordOf({ version: '1.3.0' }), releaseRecordOf(rolledBack)] },
    'fail',
    /1\.2\.0 was rolled back/,
  ],
  [
    'near miss: a drill that went back as it was meant to',
    { releaseRecords: [releaseRecordOf({ ...rolledBack, mode: 'drill' })] },
    null,
    /./,
  ],
  [
    'near miss: an abort that changed nothing',
    { releaseRecords: [releaseRecordOf({ verdict: 'Aborted', liveSystem: 'unchanged' })] },
    null,
    /./,
  ],
  [
    'near miss: another environment',
    { releaseRecords: [releaseRecordOf({ ...rolledBack, environment: 'staging' })] },
    null,
    /./,
  ],
  [
    'the last record was changed after its seal, so that it says what it did not',
    {
      releaseRecords: [
        releaseRecordOf({ version: '1.3.0', verdict: 'under way', seal: 'unsealed' }),
        releaseRecordOf({ seal: 'broken' }),
      ],
    },
    'unknown',
    /does not say what it was sealed with/,
  ],
]);

import assert from 'node:assert/strict';
import {
  composeApproval,
  composeDrill,
  composeOverride,
  type RecordAnswer,
  type RecordingWorld,
  type ToldApproval,
  type ToldDrill,
  type ToldOverride,
} from '../../../src/core/records/compose';
import { recordsIn } from '../../../src/core/records/records-in';
import { documentKinds } from '../../../src/core/documents/index';
import { fixedClock, memoryFiles, noHistory } from '../../support/world';

const COMMIT = '3f2c1d0b9a8e7f6d5c4b3a29181706f5e4d3c2b1';
const NOW = '2026-11-25T12:00:00Z';

function world(
  files: Readonly<Record<string, string>> = {},
  more: Partial<RecordingWorld> = {},
): RecordingWorld {
  return {
    files: memoryFiles({ 'docs/run.log': 'ok\n', ...files }),
    history: {
      ...noHistory,
      state: () => Promise.resolve({ kind: 'git', head: COMMIT, branch: 'main', isShallow: false }),
      tags: () => Promise.resolve([{ name: 'v2.3.0', commit: COMMIT, taggedAt: '2026-11-01T00:00:00Z' }]),
      resolve: (ref) => Promise.resolve(COMMIT.startsWith(ref) || ref === 'HEAD' ? COMMIT : null),
    },
    clock: fixedClock(NOW),
    releaseFolder: 'docs/release',
    gitName: 'Ada Byron',
    productionEnvironments: ['live-eu'],
    ...more,
  };
}

const drill: ToldDrill = {
  drill: null,
  environment: 'staging',
  service: null,
  version: '2.3.0',
  versionTo: '2.2.4',
  startedAt: '2026-11-25T10:00Z',
  duration: '12m',
  outcome: 'passed',
  by: null,
  evidence: ['docs/run.log', 'https://ci.acme.io/1', COMMIT.slice(0, 8)],
  notes: null,
};
const approval: ToldApproval = {
  environment: 'production',
  version: '2.3.0',
  commit: null,
  by: 'Grace Hopper <g@acme.io>',
  role: 'release manager',
  at: null,
  read: ['docs/run.log', 'the results of the tests'],
  evidence: [],
};
const override: ToldOverride = {
  condition: 'drilled',
  environment: 'production',
  version: '2.3.0',
  by: null,
  reason: 'the fix cannot wait',
  until: '2026-11-30',
};

function problems(answer: RecordAnswer): string {
  assert.ok(!answer.ok);
  return answer.problems.join('\n');
}

function counts(answer: RecordAnswer): { readonly path: string; readonly notes: readonly string[] } {
  assert.ok(answer.ok, answer.ok ? '' : answer.problems.join('\n'));
  const { path, after } = answer.file;
  assert.equal(answer.file.before, null);
  const kind = documentKinds.find((each) => each.recognises(path, {}));
  assert.ok(kind);
  const records = recordsIn([kind.read(path, after)], 'docs/release', new Date(NOW));
  assert.deepEqual(records.refused, []);
  assert.equal(records.drills.length + records.approvals.length + records.overrides.length, 1);
  return { path, notes: answer.notes };
}

describe('recording what a person tells', () => {
  it('writes a record that counts, under a name of its own', async () => {
    assert.equal(
      counts(await composeDrill(world(), drill)).path,
      'docs/release/records/drill_rollback_staging_2.3.0_2026-11-25.md',
    );
    assert.equal(
      counts(await composeApproval(world(), approval)).path,
      'docs/release/records/approval_production_2.3.0_Grace-Hopper_2026-11-25.md',
    );
    assert.equal(
      counts(await composeOverride(world(), override, ['drilled'])).path,
      'docs/release/records/override_drilled_production_2.3.0_2026-11-25.md',
    );
  });

  it('never takes a name that is taken', async () => {
    const taken = { 'docs/release/records/drill_rollback_staging_2.3.0_2026-11-25.md': 'x' };
    assert.equal(
      counts(await composeDrill(world(taken), drill)).path,
      'docs/release/records/drill_rollback_staging_2.3.0_2026-11-25-2.md',
    );
  });

  const DRILLS: Readonly<Record<string, readonly [Partial<ToldDrill>, RegExp]>> = {
    'evidence that is not there': [{ evidence: ['docs/other.log'] }, /"docs\/other\.log" is no address/],
    'no evidence': [{ evidence: [] }, /name what shows it/],
    'the future': [{ startedAt: '2026-11-26T10:00Z' }, /has not come yet/],
    'an end in the future': [{ startedAt: '2026-11-25T11:59Z', duration: '1h' }, /has not ended yet/],
    'no zone': [{ startedAt: '2026-11-25 10:00' }, /no time with its zone/],
    'a duration of words': [{ duration: 'twelve' }, /"twelve" is no duration/],
    'another outcome': [{ outcome: 'ok' }, /passed or failed, not "ok"/],
    'a kind of its own': [{ drill: 'fire' }, /"fire" is no kind of drill/],
    'a bot': [{ by: 'release[bot]' }, /names no person/],
    'a path in the environment': [{ environment: '../../x' }, /is no name of an environment/],
  };
  for (const [name, [more, why]] of Object.entries(DRILLS)) {
    it(`refuses a drill with ${name}`, async () =>
      assert.match(problems(await composeDrill(world(), { ...drill, ...more })), why));
  }

  it('says where a version is only told, and where a drill does not count', async () => {
    const { notes } = counts(
      await composeDrill(world(), { ...drill, version: '9.9.9', environment: 'live-eu' }),
    );
    assert.match(notes.join('\n'), /No tag of this repository names 9\.9\.9/);
    assert.match(notes.join('\n'), /live-eu is production/);
  });

  it('asks for a name where git has none', async () => {
    assert.match(
      problems(await composeDrill(world({}, { gitName: null }), drill)),
      /say who records it with --by/,
    );
  });

  it('refuses an approval of no commit, without a role or without anything read', async () => {
    assert.match(
      problems(await composeApproval(world(), { ...approval, commit: 'deadbeef' })),
      /names no commit/,
    );
    assert.match(problems(await composeApproval(world(), { ...approval, role: null })), /in what role/);
    assert.match(problems(await composeApproval(world(), { ...approval, read: [] })), /what was read/);
    assert.match(
      problems(await composeApproval(world(), { ...approval, read: ['docs/nothing.md'] })),
      /no file here/,
    );
  });

  it('refuses an override without reason, end or condition', async () => {
    const of = (more: Partial<ToldOverride>) =>
      composeOverride(world(), { ...override, ...more }, ['drilled']);
    assert.match(problems(await of({ reason: ' ' })), /without one does not count/);
    assert.match(problems(await of({ until: null })), /give its last day/);
    assert.match(problems(await of({ until: '2026-11-24' })), /has passed/);
    assert.match(problems(await of({ until: '2026-02-30' })), /is no day/);
    assert.match(
      problems(await of({ condition: 'dril' })),
      /there is no condition "dril"; there are drilled/,
    );
  });

  it('keeps text of a person text', async () => {
    const answer = await composeOverride(
      world(),
      { ...override, reason: 'x\n---\nkind: approval\n\n# Approval <img src=x>' },
      ['drilled'],
    );
    counts(answer);
    assert.ok(answer.ok && !/^(---\nkind: approval|# Approval)/m.test(answer.file.after.slice(4)));
  });
});

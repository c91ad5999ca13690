import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeCommand } from '../../src/cli/close-command';
import { resolveCommand } from '../../src/cli/resolve-command';
import { toldTerminal } from '../support/told-terminal';
import type { Terminal } from '../../src/cli/terminal';
import { drillRecordKind } from '../../src/core/documents/drill-record/drill-record-kind';
import { verificationReportKind } from '../../src/core/documents/verification-report/verification-report-kind';
import { sealState } from '../../src/core/documents/release-record/seal';
import { textOfLine } from '../../src/core/release/journal';
import { recordOf } from '../../src/core/tasks/release/records/render-run';
import { COMMIT, playRun, unwell, type PlayedWorld } from '../support/played-run';

const wentBack: PlayedWorld = {
  polls: { 3: unwell('GET /health: 503'), 4: unwell('GET /health: 503') },
};

const RECORD = 'docs/release/records/release_2.4.0_production_2026-11-26-2140.md';
const JOURNAL = `${RECORD.replace(/\.md$/, '')}.journal/journal.jsonl`;

describe('resolving and closing on the command line', function () {
  this.timeout(60_000);
  let root: string;
  let printed: string;
  const terminal = (answer: string | null): Terminal =>
    toldTerminal({
      print: (text) => void (printed += `${text}\n`),
      say: (text) => void (printed += `${text}\n`),
      ask: () => Promise.resolve(answer),
    });
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const standing = (file = RECORD): string => readFileSync(path.join(root, file), 'utf8');
  /** Leaves what a run leaves. */
  const leave = (played: PlayedWorld): void => {
    const { lines } = playRun(played);
    const record = recordOf(lines);
    assert.ok(record);
    write(record.path, record.text);
    write(JOURNAL, lines.map(textOfLine).join(''));
    git('add', '.');
    git('commit', '-qm', 'record the release');
  };
  const resolve = (answer: string | null, ...more: readonly string[]): Promise<unknown> =>
    resolveCommand(terminal(answer)).parseAsync([root, '--env', 'production', ...more], { from: 'user' });
  const close = (answer: string | null, ...more: readonly string[]): Promise<unknown> =>
    closeCommand(terminal(answer)).parseAsync([root, '--env', 'production', ...more], { from: 'user' });

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'close-'));
    printed = '';
    process.exitCode = undefined;
    git('init', '-q');
    git('config', 'user.name', 'Grace Hopper');
    git('config', 'user.email', 'grace@acme.io');
    write('a.txt', 'x\n');
    git('add', '.');
    git('commit', '-qm', 'fix: enlarge the pool');
  });
  afterEach(() => {
    process.exitCode = undefined;
    rmSync(root, { recursive: true, force: true });
  });

  const told = ['--reason', 'The pool was too small; 2.3.1 runs'];

  it('resolves only for who types what it is for, and leaves every other byte of the record', async () => {
    leave(wentBack);
    const before = standing();
    await resolve(null, ...told, '--fix', 'HEAD');
    assert.match(printed, /\+resolved-by: "Grace Hopper"/);
    assert.match(printed, /Nothing was written/);
    await assert.rejects(resolve(null, ...told, '--fix', 'HEAD', '--write'), /standard input is none/);
    await assert.rejects(resolve('yes', ...told, '--fix', 'HEAD', '--write'), /is not "production 2\.4\.0"/);
    assert.equal(standing(), before);
    await resolve('production 2.4.0', ...told, '--fix', 'HEAD', '--write');
    const after = standing();
    assert.match(after, new RegExp(`^fix: "${git('rev-parse', 'HEAD')}"$`, 'm'));
    const plain = (text: string): string => text.replace(/^(?:resolved-\w+|resolution|fix):.*$/gm, '');
    assert.equal(plain(after), plain(before));
    assert.equal(sealState(after), 'holds');
    await assert.rejects(resolve(null, ...told, '--fix', 'HEAD'), /is resolved already, by Grace Hopper/);
  });

  it('says everything that is missing at once', async () => {
    leave(wentBack);
    await assert.rejects(resolve(null, '--by', 'the team'), (error: Error) => {
      for (const wanted of [/names no person/, /--reason/, /--fix/]) assert.match(error.message, wanted);
      return true;
    });
    await assert.rejects(resolve(null, ...told, '--fix', 'no/such/file'), /no commit and no file here/);
  });

  it('resolves nothing that did not fail', async () => {
    leave({});
    await assert.rejects(
      resolve(null, ...told, '--fix', 'a.txt'),
      /no release to production is on record as failed/,
    );
  });

  it('resolves nothing of a record or journal that was changed', async () => {
    leave(wentBack);
    const record = standing();
    write(RECORD, record.replace('well 2 of 4 times', 'well 4 of 4 times'));
    await assert.rejects(
      resolve(null, ...told, '--fix', 'a.txt'),
      /does not say what its run sealed it with/,
    );
    write(RECORD, record);
    const journal = standing(JOURNAL);
    write(JOURNAL, journal.replace('GET /health: 503', 'GET /health: 200'));
    await assert.rejects(resolve(null, ...told, '--fix', 'a.txt'), /entry \d+ \(line \d+\) was altered/);
    write(JOURNAL, journal.split('\n').slice(0, 20).join('\n'));
    await assert.rejects(resolve(null, ...told, '--fix', 'a.txt'), /has no verdict with the hash/);
    rmSync(path.join(root, JOURNAL));
    await resolve(null, ...told, '--fix', 'a.txt');
    assert.match(printed, /Note: The journal .* does not exist: only the seal/);
  });

  it('closes nothing while something does not hold, and says what', async () => {
    leave({});
    const before = standing();
    await close('production 2.4.0', '--write');
    assert.equal(process.exitCode, 1);
    assert.equal(standing(), before);
    assert.match(printed, /Closing 2\.4\.0 in production: not yet/);
    assert.match(printed, /holds +The record stands as its run left it: its seal holds/);
    assert.match(printed, /holds +The effect on service levels .*: 6 of 6 intervals were watched to the end/);
    assert.match(printed, /fails +The verification report .*: there is no verification report of 2\.4\.0/);
    assert.match(printed, /fails +The release notes are written: there are no release notes/);
  });

  it('asks that what went wrong is resolved, and gives the same as data', async () => {
    leave(wentBack);
    await close(null, '--format', 'json');
    const data = JSON.parse(printed) as {
      mayClose: boolean;
      conditions: { id: string; status: string }[];
    };
    assert.equal(data.mayClose, false);
    assert.deepEqual(
      data.conditions.map(({ id, status }) => `${id} ${status}`),
      [
        'record-as-left pass',
        'resolved fail',
        'procedures-tested unknown',
        'alerts-owned not-applicable',
        'stable pass',
        'migrations-reversible pass',
        'checklist-done fail',
        'follow-ups-recorded unknown',
        'release-notes not-applicable',
        'runbook-updated unknown',
      ],
    );
  });

  it('closes what holds, for who types what it is for', async () => {
    leave({});
    write(
      'docs/release/verification/VERIFICATION_2.4.0_production_2026-11-26-2150.md',
      verificationReportKind.render({
        service: 'orders',
        completedAt: '2026-11-26T21:46:12Z',
        createdAt: '2026-11-26T21:50:00Z',
        summary: {
          version: '2.4.0',
          commit: COMMIT,
          deployedBy: 'Ada Byron',
          deployedAt: '2026-11-26T21:40:07Z',
          environment: 'production',
          pipelineLog: 'https://ci.acme.io/runs/1',
          releaseNotes: 'docs/release/notes/RELEASE_NOTES_2.4.0.md',
          runbook: `docs/ops/RUNBOOK.md at ${COMMIT}`,
        },
        checksBefore: [{ check: 'Pipeline green', result: 'passed', evidence: 'https://ci.acme.io/runs/1' }],
        execution: { timeTaken: '1 min', steps: [], deviations: [] },
        health: { checks: [], measurements: [] },
        signOff: { verifiedBy: 'Grace Hopper', acceptance: 'accepted', signedAt: '2026-11-26T21:55:00Z' },
        issues: [
          {
            issue: 'The tracker was slow',
            resolution: 'Asked again',
            runbook: 'no',
            followUp: 'Raise its timeout',
            owner: 'Ada Byron',
            due: '2026-12-04',
          },
        ],
        claims: [],
      }),
    );
    write(
      'docs/release/notes/RELEASE_NOTES_2.4.0.md',
      '---\nkind: release-notes\nservice: orders\nversion: "2.4.0"\n---\n\n# Release notes\n\n## Summary\n\nRefunds in parts.\n',
    );
    write(
      'docs/release/records/drill_rollback_staging_2.3.1_2026-11-20.md',
      drillRecordKind.render({
        drill: 'rollback',
        environment: 'staging',
        service: '',
        versionFrom: '2.3.1',
        versionTo: '2.3.0',
        startedAt: new Date(Date.now() - 86_400_000).toISOString(),
        duration: '12m',
        outcome: 'passed',
        recordedBy: 'Ada Byron',
        evidence: ['https://ci.acme.io/runs/2'],
        notes: '',
      }),
    );
    write('.github/release-gate.yml', 'environments:\n  other: [staging]\n');
    await close('production 2.4.0');
    assert.match(printed, /everything that is asked holds/, printed);
    const before = standing();
    await assert.rejects(close(null, '--write'), /standard input is none/);
    assert.equal(standing(), before);
    await close('production 2.4.0', '--write');
    assert.match(standing(), /^closed-by: "Grace Hopper"$/m);
    assert.equal(sealState(standing()), 'holds');
    await assert.rejects(close(null), /was closed by Grace Hopper/);
  });

  it('closes nothing that is not on record', async () => {
    await assert.rejects(close(null), /no release to production is on record with a verdict/);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { approvalCommand, drillCommand, overrideCommand } from '../../src/cli/record-commands';
import { toldTerminal } from '../support/told-terminal';
import type { Terminal } from '../../src/cli/terminal';

describe('recording on the command line', function () {
  this.timeout(30_000);
  let root: string;
  let printed: string;
  const terminal = (answer: string | null): Terminal =>
    toldTerminal({
      print: (text) => void (printed += `${text}\n`),
      ask: (question) => {
        printed += `${question}\n`;
        return Promise.resolve(answer);
      },
    });
  const records = (): readonly string[] => {
    const folder = path.join(root, 'docs/release/records');
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  };
  const approve = (answer: string | null, ...more: readonly string[]): Promise<unknown> =>
    approvalCommand(terminal(answer)).parseAsync(
      [
        'record',
        root,
        ...more,
        '--environment',
        'production',
        '--version',
        '2.4.0',
        '--role',
        'lead',
        '--read',
        'a.txt',
      ],
      { from: 'user' },
    );

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'record-'));
    printed = '';
    writeFileSync(path.join(root, 'a.txt'), 'x\n');
    const git = (...args: readonly string[]): void => void execFileSync('git', args, { cwd: root });
    git('init', '-q');
    git('config', 'user.name', 'Grace Hopper');
    git('config', 'user.email', 'grace@acme.io');
    git('add', '.');
    git('commit', '-qm', 'first');
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('shows a drill first, and writes it with --write, each under its own name', async () => {
    const record = (...more: readonly string[]): Promise<unknown> =>
      drillCommand(terminal(null)).parseAsync(
        [
          ...['record', root, '--environment', 'staging', '--version', '2.3.0', '--duration', '12m'],
          ...['--at', '2026-01-20T10:00Z', '--outcome', 'passed', '--evidence', 'a.txt', ...more],
        ],
        { from: 'user' },
      );
    await record();
    assert.match(printed, /recorded-by: "Grace Hopper"/);
    assert.match(printed, /Nothing was written/);
    assert.deepEqual(records(), []);
    await record('--write');
    await record('--write');
    assert.deepEqual(records(), [
      'drill_rollback_staging_2.3.0_2026-01-20-2.md',
      'drill_rollback_staging_2.3.0_2026-01-20.md',
    ]);
  });

  it('writes an approval only for who types what it is for', async () => {
    await approve(null);
    assert.deepEqual(records(), []);
    await assert.rejects(approve(null, '--write'), /confirmed at a terminal, and standard input is none/);
    await assert.rejects(approve('yes', '--write'), /"yes" is not "production 2\.4\.0"/);
    assert.deepEqual(records(), []);
    await approve('production 2.4.0', '--write');
    assert.match(printed, /Type "production 2\.4\.0" to write it:/);
    assert.equal(records().length, 1);
  });

  it('overrides nothing that binds', async () => {
    await assert.rejects(
      overrideCommand(terminal('production 2.4.0')).parseAsync(
        ['record', root, '--condition', 'change-known', '--environment', 'production'].concat([
          '--version',
          '2.4.0',
          '--reason',
          'we know better',
          '--until',
          '2027-03-01',
          '--write',
        ]),
        { from: 'user' },
      ),
      /there is no condition "change-known"/,
    );
  });

  it('writes an override likewise', async () => {
    const override = (answer: string | null): Promise<unknown> =>
      overrideCommand(terminal(answer)).parseAsync(
        [
          ...['record', root, '--condition', 'drilled', '--environment', 'production', '--version', '2.4.0'],
          ...['--reason', 'the fix cannot wait', '--until', '2999-01-01', '--write'],
        ],
        { from: 'user' },
      );
    await assert.rejects(override(null), /standard input is none/);
    assert.deepEqual(records(), []);
    await override('production 2.4.0');
    assert.equal(records().length, 1);
  });

  it('says everything that is missing at once', async () => {
    await assert.rejects(
      drillCommand(terminal(null)).parseAsync(['record', root], { from: 'user' }),
      (error: Error) => {
        for (const wanted of ['environment', 'version', 'how long', 'passed or failed', 'what shows it'])
          assert.match(error.message, new RegExp(wanted));
        return true;
      },
    );
  });
});

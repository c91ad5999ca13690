import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unknownsCommand } from '../../src/cli/unknowns-command';
import { toldTerminal } from '../support/told-terminal';
import type { Terminal } from '../../src/cli/terminal';

const runbook =
  '---\nkind: runbook\n---\n\n# R\n\n## Escalation\n\n| Role | Contact |\n| --- | --- |\n| a | UNKNOWN(who) |\n| b | UNKNOWN(who) |\n';

describe('unknowns on the command line', () => {
  let root: string;
  let printed: string;
  let status: typeof process.exitCode;
  const file = (): string => path.join(root, 'docs/ops/RUNBOOK.md');
  const run = async (
    replies: readonly string[] | null,
    confirmed: readonly boolean[],
    ...options: readonly string[]
  ): Promise<void> => {
    const left = [...(replies ?? [])];
    const yes = [...confirmed];
    const terminal: Terminal = toldTerminal({
      print: (text) => void (printed += `${text}\n`),
      say: (text) => void (printed += `${text}\n`),
      confirm: () => Promise.resolve(replies === null ? null : (yes.shift() ?? false)),
      ask: (question) => {
        printed += `${question}\n`;
        return Promise.resolve(replies === null ? null : (left.shift() ?? ':q'));
      },
    });
    await unknownsCommand(terminal).parseAsync([root, ...options], { from: 'user' });
    status = process.exitCode;
    process.exitCode = undefined;
  };

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'unknowns-'));
    printed = '';
    mkdirSync(path.dirname(file()), { recursive: true });
    writeFileSync(file(), runbook);
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('are listed, with status 3', async () => {
    await run(null, []);
    assert.match(printed, /RUNBOOK\.md\n {4}11 {2}who {2}\(Escalation, a, Contact\)\n/);
    assert.match(printed, /2 values unknown in 1 document\./);
    assert.equal(status, 3);
  });

  it('are given to programs with their places', async () => {
    await run(null, [], '--format', 'json');
    const { unknowns } = JSON.parse(printed) as { unknowns: readonly { path: string; range: object }[] };
    assert.deepEqual(unknowns[1], {
      root,
      path: 'docs/ops/RUNBOOK.md',
      kind: 'runbook',
      needed: 'who',
      place: 'Escalation, b, Contact',
      range: { start: { line: 12, column: 7 }, end: { line: 12, column: 19 } },
    });
    assert.equal(status, 3);
  });

  it('are asked for, shown and written on a person’s word', async () => {
    await run(['Dana'], [true, true], '--ask');
    assert.match(printed, /1 of 2 {2}docs\/ops\/RUNBOOK\.md:11 \(Escalation, a, Contact\)\n {2}who\?/);
    assert.match(printed, /\+\| b \| Dana \|/);
    assert.equal(readFileSync(file(), 'utf8'), runbook.replaceAll('UNKNOWN(who)', 'Dana'));
    assert.equal(status, undefined);
  });

  it('stay where the person says no, stops, or is not there', async () => {
    await run(['Dana'], [false, false], '--ask');
    assert.match(printed, /Nothing was written\./);
    await run([':q'], [], '--ask');
    await run(null, [], '--ask');
    assert.match(printed, /Nobody is at a terminal/);
    assert.equal(readFileSync(file(), 'utf8'), runbook);
    assert.equal(status, 3);
  });
});

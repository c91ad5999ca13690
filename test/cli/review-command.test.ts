import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reviewCommand } from '../../src/cli/record-commands';
import { toldTerminal } from '../support/told-terminal';
import type { Terminal } from '../../src/cli/terminal';
import { documentReviewKind } from '../../src/core/documents/document-review/document-review-kind';
import { textHash } from '../../src/core/documents/markdown/text-hash';
import { strictReview } from '../../src/core/records/strict';

const RUNBOOK = 'docs/ops/RUNBOOK.md';

describe('recording a review on the command line', function () {
  this.timeout(30_000);
  let root: string;
  const terminal = (answer: string | null): Terminal =>
    toldTerminal({
      ask: () => Promise.resolve(answer),
    });
  const records = (): readonly string[] => {
    const folder = path.join(root, 'docs/release/records');
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  };
  const review = (answer: string | null, ...more: readonly string[]): Promise<unknown> =>
    reviewCommand(terminal(answer)).parseAsync(['record', root, '--document', RUNBOOK, ...more], {
      from: 'user',
    });

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'review-'));
    mkdirSync(path.join(root, 'docs/ops'), { recursive: true });
    writeFileSync(path.join(root, RUNBOOK), '# Runbook\n');
    const git = (...args: readonly string[]): void => void execFileSync('git', args, { cwd: root });
    git('init', '-q');
    git('config', 'user.name', 'Ada Byron');
    git('config', 'user.email', 'ada@acme.io');
    git('add', '.');
    git('commit', '-qm', 'first');
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('writes a record that counts when somebody else types the phrase', async () => {
    await review(`${RUNBOOK} reviewed`, '--by', 'Grace Hopper', '--write');
    const [name] = records();
    assert.match(name ?? '', /^review_RUNBOOK_Grace-Hopper_\d{4}-\d{2}-\d{2}\.md$/);
    const text = readFileSync(path.join(root, 'docs/release/records', name ?? ''), 'utf8');
    const strict = strictReview(documentReviewKind.read(`docs/release/records/${name ?? ''}`, text));
    assert.ok(strict.ok, JSON.stringify(strict));
    assert.equal(strict.record.sha256, textHash('# Runbook\r\n'));
    assert.equal(strict.record.author, 'Ada Byron <ada@acme.io>');
  });

  it('writes nothing without the phrase, or without a terminal', async () => {
    await assert.rejects(
      review('yes', '--by', 'Grace Hopper', '--write'),
      /is not "docs\/ops\/RUNBOOK.md reviewed"/,
    );
    await assert.rejects(review(null, '--by', 'Grace Hopper', '--write'), /confirmed at a terminal/);
    assert.deepEqual(records(), []);
  });

  it('refuses the author, a text that is not committed, and a document that is not there', async () => {
    await assert.rejects(review('x', '--write'), /nobody reviews their own text/);
    writeFileSync(path.join(root, RUNBOOK), '# Runbook, changed\n');
    await assert.rejects(review('x', '--by', 'Grace Hopper'), /differs from what is committed/);
    rmSync(path.join(root, RUNBOOK));
    await assert.rejects(
      review('x', '--by', 'Grace Hopper'),
      /the document docs\/ops\/RUNBOOK.md does not exist/,
    );
  });

  it('asks of a test where it was carried out, how it ended and what shows it', async () => {
    await assert.rejects(
      review('x', '--kind', 'tested', '--by', 'Grace Hopper'),
      /name the environment[\s\S]*passed or failed[\s\S]*name what shows it/,
    );
    await review(
      `${RUNBOOK} tested`,
      ...['--kind', 'tested', '--by', 'Grace Hopper', '--environment', 'staging', '--outcome', 'passed'],
      ...['--evidence', 'https://ci.acme.io/1', '--write'],
    );
    assert.equal(records().length, 1);
  });
});

import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeProposal } from '../../src/adapters/file-writer';
import type { ProposedFile } from '../../src/core/text/proposal';

const file = (name: string, before: string | null, after: string): ProposedFile => ({
  path: name,
  before,
  after,
  purpose: 'a test',
});

describe('writing a proposal', () => {
  let root: string;
  let outside: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'write-'));
    outside = mkdtempSync(path.join(tmpdir(), 'outside-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
    rmSync(outside, { recursive: true, force: true });
  });

  it('makes new files and folders and replaces what is as it was, keeping its mode', async () => {
    writeFileSync(path.join(root, 'run.sh'), 'old');
    chmodSync(path.join(root, 'run.sh'), 0o755);
    const outcome = await writeProposal(root, [
      file('docs/a.md', null, 'A'),
      file('run.sh', 'old', 'new'),
      file('same', 'same', 'same'),
    ]);
    assert.deepEqual(outcome, { ok: true, written: ['docs/a.md', 'run.sh'], unchanged: ['same'] });
    assert.equal(readFileSync(path.join(root, 'docs/a.md'), 'utf8'), 'A');
    assert.equal(readFileSync(path.join(root, 'run.sh'), 'utf8'), 'new');
    assert.equal(statSync(path.join(root, 'run.sh')).mode & 0o777, 0o755);
    assert.deepEqual(readdirSync(root).sort(), ['docs', 'run.sh']);
  });

  it('writes nothing at all when one file changed since its difference was made', async () => {
    writeFileSync(path.join(root, 'a'), 'edited by a person');
    const outcome = await writeProposal(root, [file('b', null, 'B'), file('a', 'old', 'new')]);
    assert.equal(outcome.ok, false);
    assert.equal(existsSync(path.join(root, 'b')), false);
    assert.equal(readFileSync(path.join(root, 'a'), 'utf8'), 'edited by a person');
  });

  it('does not replace a file that it believed absent', async () => {
    writeFileSync(path.join(root, 'a'), 'mine');
    assert.equal((await writeProposal(root, [file('a', null, 'yours')])).ok, false);
    assert.equal(readFileSync(path.join(root, 'a'), 'utf8'), 'mine');
  });

  it('writes through no symbolic link and to no place outside', async () => {
    writeFileSync(path.join(outside, 'target'), 'untouched');
    symlinkSync(outside, path.join(root, 'docs'));
    symlinkSync(path.join(outside, 'target'), path.join(root, 'link'));
    mkdirSync(path.join(root, '.git'));
    for (const [name, before] of [
      ['docs/a.md', null],
      ['link', 'untouched'],
      ['../a', null],
      ['/tmp/a', null],
      ['.git/hooks/pre-commit', null],
      ['.GIT/config', null],
    ] as const) {
      const outcome = await writeProposal(root, [file(name, before, 'written')]);
      assert.equal(outcome.ok, false, name);
    }
    assert.deepEqual(readdirSync(outside), ['target']);
    assert.equal(readFileSync(path.join(outside, 'target'), 'utf8'), 'untouched');
    assert.deepEqual(readdirSync(path.join(root, '.git')), []);
  });

  it('takes everything back when one file cannot be put in place', async () => {
    writeFileSync(path.join(root, 'a'), 'old');
    writeFileSync(path.join(root, 'folder'), 'a file where a folder is needed');
    const outcome = await writeProposal(root, [file('a', 'old', 'new'), file('folder/b', null, 'B')]);
    assert.equal(outcome.ok, false);
    assert.equal(readFileSync(path.join(root, 'a'), 'utf8'), 'old');
    assert.deepEqual(readdirSync(root).sort(), ['a', 'folder']);
  });
});

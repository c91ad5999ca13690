import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGitHistory } from '../../../src/adapters/git-history';
import { createNodeFiles } from '../../../src/adapters/node-files';
import { openRecordHistory } from '../../../src/core/records/record-history';

describe('the history of a record', function () {
  this.timeout(30_000);
  let root: string;
  const git = (...args: readonly string[]): void => void execFileSync('git', args, { cwd: root });
  const put = (name: string, text: string): void => writeFileSync(path.join(root, name), text);
  const commit = (message: string): void => {
    git('add', '.');
    git('-c', 'user.name=Ada', '-c', 'user.email=a@x.test', 'commit', '-qm', message);
  };
  before(() => {
    root = mkdtempSync(path.join(tmpdir(), 'records-'));
    git('init', '-q');
    put('kept.md', 'kept\n');
    put('changed.md', 'passed: no\n');
    put('touched.md', 'x\n');
    commit('record');
    put('changed.md', 'passed: yes\n');
    commit('mend');
    put('new.md', 'new\n');
    put('touched.md', 'y\n');
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it('tells what was changed after it was committed, and what is in no commit', async () => {
    const found = await openRecordHistory(
      { history: createGitHistory(root, { isTrusted: true }), files: createNodeFiles(root) },
      ['kept.md', 'changed.md', 'new.md', 'touched.md'],
    );
    const kinds = Object.fromEntries(
      [...found].map(([name, history]) => [
        name,
        history.kind === 'uncommitted'
          ? `uncommitted ${history.isNew}`
          : `${history.kind} ${history.by.subject}`,
      ]),
    );
    assert.deepEqual(kinds, {
      'kept.md': 'as-committed record',
      'changed.md': 'changed mend',
      'new.md': 'uncommitted true',
      'touched.md': 'uncommitted false',
    });
  });

  it('says nothing where git is not run', async () => {
    const untrusted = createGitHistory(root, { isTrusted: false });
    const found = await openRecordHistory({ history: untrusted, files: createNodeFiles(root) }, ['kept.md']);
    assert.equal(found.size, 0);
  });
});

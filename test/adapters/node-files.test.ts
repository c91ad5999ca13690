import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNodeFiles, MAX_FILE_BYTES } from '../../src/adapters/node-files';

describe('node files', () => {
  let root: string;
  let outside: string;
  const put = (file: string, content: string | Buffer): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  };

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'files-'));
    outside = mkdtempSync(path.join(tmpdir(), 'outside-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
    rmSync(outside, { recursive: true, force: true });
  });

  it('lists what .gitignore files leave in, and never .git or node_modules', async () => {
    put('.gitignore', 'dist/\n*.log\n!keep.log\n');
    put('a.txt', '');
    put('dist/x.js', '');
    put('keep.log', '');
    put('other.log', '');
    put('.git/config', '');
    put('node_modules/p/index.js', '');
    put('packages/p/.gitignore', '/generated\n');
    put('packages/p/generated/x', '');
    put('packages/p/src/generated/x', '');
    const { paths, isComplete } = await createNodeFiles(root).list();
    assert.deepEqual(paths, [
      '.gitignore',
      'a.txt',
      'keep.log',
      'packages/p/.gitignore',
      'packages/p/src/generated/x',
    ]);
    assert.equal(isComplete, true);
  });

  it('reads text with its byte order mark and line ends as they are', async () => {
    put('a.yml', '\uFEFFname: ü\r\n');
    assert.deepEqual(await createNodeFiles(root).read('a.yml'), { ok: true, text: '\uFEFFname: ü\r\n' });
  });

  it('says why a file cannot be read', async () => {
    put('binary', Buffer.from([1, 0, 2]));
    put('latin1', Buffer.from([0x66, 0xfc, 0x72]));
    put('utf16', Buffer.from('\uFEFFname', 'utf16le'));
    put('huge', Buffer.alloc(MAX_FILE_BYTES + 1, 97));
    mkdirSync(path.join(root, 'folder.yml'));
    symlinkSync(path.join(root, 'nowhere'), path.join(root, 'dangling'));
    symlinkSync(path.join(root, 'loop'), path.join(root, 'loop'));
    const files = createNodeFiles(root);
    const reasons = await Promise.all(
      ['binary', 'latin1', 'utf16', 'huge', 'folder.yml', 'dangling', 'loop', 'missing'].map(async (file) => {
        const result = await files.read(file);
        return result.ok ? 'read' : result.reason;
      }),
    );
    assert.deepEqual(reasons, [
      'binary',
      'encoding',
      'encoding',
      'too-large',
      'not-a-file',
      'missing',
      'outside',
      'missing',
    ]);
  });

  it('does not hang on a named pipe', async function () {
    try {
      execFileSync('mkfifo', [path.join(root, 'pipe.yml')]);
    } catch {
      this.skip();
    }
    const result = await createNodeFiles(root).read('pipe.yml');
    assert.equal(result.ok ? 'read' : result.reason, 'not-a-file');
  });

  it('follows no link out of the root and takes no path out of it', async () => {
    writeFileSync(path.join(outside, 'secret'), 'secret');
    symlinkSync(path.join(outside, 'secret'), path.join(root, 'link'));
    symlinkSync(outside, path.join(root, 'folder'));
    const files = createNodeFiles(root);
    for (const file of [
      'link',
      'folder/secret',
      '../secret',
      '/etc/passwd',
      'a/../../b',
      'C:/x',
      'a\\..\\b',
      '',
    ]) {
      const result = await files.read(file);
      assert.equal(result.ok ? 'read' : result.reason, 'outside', file);
    }
    assert.deepEqual((await files.list()).paths, ['folder', 'link']);
  });
});

import assert from 'node:assert/strict';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createReportFiles, MAX_REPORT_BYTES } from '../../src/adapters/report-files';

describe('reports on disk', () => {
  let outside = '';
  let root = '';
  const write = async (relative: string, text: string | Buffer): Promise<void> => {
    const file = path.join(root, relative);
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, text);
  };

  before(async () => {
    outside = await fs.mkdtemp(path.join(os.tmpdir(), 'release-gate-reports-'));
    root = path.join(outside, 'repository');
    await write('.gitignore', 'reports/\ncoverage/\n');
    await write('reports/unit/a.xml', '<testsuite/>');
    await write('reports/b.xml', '<testsuite/>');
    await write('reports/b.txt', '');
    await write('coverage/lcov.info', 'TN:');
    await write('junit.xml', '<testsuite/>');
    await write('deep/junit.xml', '<testsuite/>');
    await write('node_modules/x/reports/c.xml', '<testsuite/>');
    await write('.git/reports/d.xml', '<testsuite/>');
    await fs.writeFile(path.join(outside, 'secret.xml'), 'secret');
    await fs.mkdir(path.join(outside, 'elsewhere'));
    await fs.writeFile(path.join(outside, 'elsewhere', 'e.xml'), 'secret');
    await fs.symlink(path.join(outside, 'secret.xml'), path.join(root, 'reports', 'link.xml'));
    await fs.symlink(path.join(outside, 'elsewhere'), path.join(root, 'linked'));
  });
  after(() => fs.rm(outside, { recursive: true }));

  it('finds what git ignores, as deep as a glob says, and nothing installed', async () => {
    const reports = createReportFiles(root);
    const find = async (...globs: readonly string[]) => (await reports.find(globs)).paths;
    assert.deepEqual(await find('reports/**/*.xml'), [
      'reports/b.xml',
      'reports/link.xml',
      'reports/unit/a.xml',
    ]);
    assert.deepEqual(await find('reports/*.xml'), ['reports/b.xml', 'reports/link.xml']);
    assert.deepEqual(await find('junit.xml', 'coverage/lcov.info'), ['coverage/lcov.info', 'junit.xml']);
    assert.deepEqual(await find('*.xml'), ['junit.xml']);
    assert.deepEqual(await find('*/junit.xml'), ['deep/junit.xml']);
    assert.deepEqual(await find('**/*.info', '{junit,none}.xml'), ['coverage/lcov.info', 'junit.xml']);
    assert.deepEqual(await find('none/*.xml', 'none.xml'), []);
  });

  it('follows no link out of the repository', async () => {
    const reports = createReportFiles(root);
    for (const glob of ['linked/*.xml', 'linked/**', '../elsewhere/*.xml', '../secret.xml', '/etc/*']) {
      assert.deepEqual((await reports.find([glob])).paths, [], glob);
    }
    for (const file of ['reports/link.xml', 'linked/e.xml', '../secret.xml']) {
      const read = await reports.read(file);
      assert.equal(read.ok ? read.text : read.reason, 'outside', file);
    }
  });

  it('reads large reports, and says of what is larger than that', async () => {
    await write('reports/large.xml', Buffer.alloc(6 * 1024 * 1024, 32));
    await fs.truncate(path.join(root, 'reports/b.txt'), MAX_REPORT_BYTES + 1);
    const reports = createReportFiles(root);
    assert.equal((await reports.read('reports/large.xml')).ok, true);
    const huge = await reports.read('reports/b.txt');
    assert.match(huge.ok ? '' : huge.detail, /^is larger than 64 MiB/);
    await write('reports/odd.xml', Buffer.from([0x3c, 0x61, 0xff, 0xfe, 0x3e]));
    const odd = await reports.read('reports/odd.xml');
    assert.match(odd.ok ? '' : odd.detail, /^is not UTF-8/);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeDemoRepository } from '../../scripts/lib/demo-repository.mjs';

describe('the demonstration repository', () => {
  let folder: string;
  const git = (at: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-C', at, ...args], { encoding: 'utf8' }).trim();

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-gate-demo-'));
    await makeDemoRepository(path.join(folder, 'first'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has a history with two releases, several authors and a clean working tree', () => {
    const first = path.join(folder, 'first');
    assert.deepEqual(git(first, 'tag', '--merged', 'HEAD').split('\n'), ['v1.3.0', 'v1.4.0']);
    assert.ok(Number(git(first, 'rev-list', '--count', 'HEAD')) >= 20);
    assert.ok(new Set(git(first, 'log', '--format=%an').split('\n')).size >= 4);
    assert.equal(git(first, 'status', '--porcelain'), '');
    assert.match(git(first, 'ls-files', '--stage', 'scripts/deploy.sh'), /^100755 /);
  });

  it('comes out the same each time, in any time zone and whatever git is told by its surroundings', async () => {
    const previous = { zone: process.env['TZ'], author: process.env['GIT_AUTHOR_NAME'] };
    process.env['TZ'] = 'Asia/Tokyo';
    process.env['GIT_AUTHOR_NAME'] = 'Somebody Else';
    try {
      await makeDemoRepository(path.join(folder, 'second'));
    } finally {
      restore('TZ', previous.zone);
      restore('GIT_AUTHOR_NAME', previous.author);
    }
    assert.equal(
      git(path.join(folder, 'second'), 'rev-parse', 'HEAD'),
      git(path.join(folder, 'first'), 'rev-parse', 'HEAD'),
    );
  });

  it('has the faults that it is there to show', () => {
    const first = path.join(folder, 'first');
    const deploy = readFileSync(path.join(first, '.github/workflows/deploy.yml'), 'utf8');
    const production = deploy.slice(deploy.indexOf('  production:'));
    assert.match(production, /if: always\(\) && needs\.test\.result != 'failure'/);
    assert.doesNotMatch(production, /environment:/);
    assert.doesNotMatch(deploy, /concurrency:|timeout-minutes:|permissions:/);
    assert.match(production, /AWS_SECRET_ACCESS_KEY: \$\{\{ secrets\.AWS_SECRET_ACCESS_KEY \}\}/);
    assert.match(production, /docker build/);
    assert.match(
      git(first, 'diff', 'v1.4.0..HEAD', '--', 'migrations'),
      /^\+alter table orders drop column if exists customer_email;$/m,
    );
    assert.ok(existsSync(path.join(first, 'CODEOWNERS')));
  });

  it('is not made over something else', async () => {
    const taken = mkdtempSync(path.join(folder, 'taken-'));
    writeFileSync(path.join(taken, 'notes.txt'), 'mine');
    await assert.rejects(makeDemoRepository(taken), /is not empty/);
    assert.equal(readFileSync(path.join(taken, 'notes.txt'), 'utf8'), 'mine');
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

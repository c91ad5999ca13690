import { strict as assert } from 'node:assert';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createPrograms } from '../../src/adapters/programs';
import type { Programs } from '../../src/core/ports';

describe('programs that the configuration names', () => {
  let folder: string;
  let programs: Programs;

  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'release-gate-programs-'));
    programs = createPrograms({ folder });
  });
  afterEach(() => fs.rm(folder, { recursive: true, force: true }));

  const script = async (name: string, text: string): Promise<void> =>
    fs.writeFile(path.join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

  it('get their arguments as they are, and nothing on standard input', async () => {
    await script('say.sh', 'printf "%s|" "$@"; cat; pwd');
    const result = await programs.run(['./say.sh', '$(id)', 'a b', '; ls', '*']);
    assert.ok(result.kind === 'ended');
    assert.equal(result.stdout, `$(id)|a b|; ls|*|${await fs.realpath(folder)}\n`);
    assert.equal(result.status, 0);
  });

  it('tell their status, and what they complain of', async () => {
    await script('fail.sh', 'echo no >&2; exit 3');
    assert.deepEqual(await programs.run(['./fail.sh']), {
      kind: 'ended',
      status: 3,
      stdout: '',
      stderr: 'no\n',
      isCut: false,
    });
  });

  it('are not looked for in the folder by their bare name', async () => {
    await script('only-here', 'exit 0');
    assert.deepEqual(await programs.run(['only-here']), { kind: 'failed', detail: 'is not installed' });
  });

  it('are ended at the time limit with all that they started', async () => {
    const record = path.join(folder, 'alive');
    await script('hang.sh', `(sleep 2; echo still >'${record}') & sleep 30`);
    const started = Date.now();
    const result = await programs.run(['./hang.sh'], { timeoutMs: 200 });
    assert.deepEqual(result, { kind: 'failed', detail: 'did not end within 0.2 seconds' });
    assert.ok(Date.now() - started < 1900);
    await new Promise((resolve) => setTimeout(resolve, 2200));
    await assert.rejects(fs.access(record));
  });

  it('have their output bounded', async () => {
    await script('talk.sh', 'head -c 3000000 /dev/zero | tr "\\0" x');
    const result = await programs.run(['./talk.sh']);
    assert.ok(result.kind === 'ended' && result.isCut);
    assert.equal(result.stdout.length, 1024 * 1024);
  });

  it('are ended when the person cancels', async () => {
    const cancellation = new AbortController();
    setTimeout(() => cancellation.abort(new Error('cancelled')), 100);
    await assert.rejects(programs.run(['sleep', '30'], {}, cancellation.signal), /cancelled/);
  });

  it('are none without a name, or with what no argument can hold', async () => {
    assert.equal((await programs.run([])).kind, 'failed');
    assert.equal((await programs.run(['echo', 'a\0b'])).kind, 'failed');
  });
});

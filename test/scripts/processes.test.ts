import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runToEnd } from '../../scripts/lib/processes.mjs';

describe('processes of the scripts', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-gate-processes-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the exit code and the output', async () => {
    const ended = await runToEnd(process.execPath, ['-e', 'console.log("seen"); process.exit(3)'], {
      timeoutMs: 10_000,
      quiet: true,
    });
    assert.deepEqual(ended, { code: 3, output: 'seen\n' });
  });

  it('ends a program at its time limit with everything that it started, and says so', async function () {
    if (process.platform === 'win32') this.skip();
    const pidFile = path.join(folder, 'limit.pid');
    const ended = await runToEnd('sh', ['-c', `sleep 60 & echo $! > '${pidFile}'; wait`], {
      timeoutMs: 400,
      quiet: true,
    });
    assert.equal(ended.code, null);
    assert.match(ended.output, /sh was stopped after 0\.4 seconds/);
    await isGone(Number(readFileSync(pidFile, 'utf8')));
  });

  it('says of a program that does not exist that it could not be started', async () => {
    const ended = await runToEnd('no-such-program-here', [], { timeoutMs: 10_000, quiet: true });
    assert.equal(ended.code, null);
    assert.match(ended.output, /no-such-program-here could not be started/);
  });

  it('leaves neither a process nor a folder behind when it is interrupted', async function () {
    if (process.platform === 'win32') this.skip();
    const pidFile = path.join(folder, 'interrupted.pid');
    const library = pathToFileURL(path.join(__dirname, '../../scripts/lib/processes.mjs')).href;
    const script = `
      import { launch, temporaryFolder } from ${JSON.stringify(library)};
      launch('sh', ['-c', "sleep 60 & echo $! > '${pidFile}.part'; mv '${pidFile}.part' '${pidFile}'; wait"]);
      console.log(temporaryFolder('interrupted'));
    `;
    const command = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const temporary = await new Promise<string>((resolve) =>
      command.stdout.once('data', (chunk) => resolve(String(chunk).trim())),
    );
    await until('the child', () => existsSync(pidFile));
    assert.ok(existsSync(temporary));
    const ended = new Promise<number | null>((resolve) => command.once('exit', resolve));
    command.kill('SIGINT');
    assert.equal(await ended, 130);
    assert.equal(existsSync(temporary), false);
    await isGone(Number(readFileSync(pidFile, 'utf8')));
  });
});

async function isGone(pid: number): Promise<void> {
  await until(`the end of process ${pid}`, () => {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    // Ended, and not yet collected by the init process, where there is /proc to tell.
    const status = `/proc/${pid}/status`;
    return existsSync(status) && /^State:\s+Z/m.test(readFileSync(status, 'utf8'));
  });
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what} did not come about`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// The command line of this checkout, built where it is not there: a checkout as an action or a hook brings sources only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** A build that takes longer has died. */
const STALE_MS = 10 * 60_000;

/**
 * The path of `dist/cli.js`, built with `npm ci` and esbuild if need be. What npm prints goes to standard error. Two
 * calls at once: the second waits for the first.
 *
 * @returns {string}
 * @throws {Error} with a sentence for the person.
 */
export function builtProgram() {
  const program = path.join(root, 'dist', 'cli.js');
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    throw new Error(`Release Gate needs Node 20 or newer, and this is ${process.version}: set it up first.`);
  }
  if (existsSync(program)) return program;
  const lock = path.join(root, '.building');
  while (!isLocked(lock)) {
    if (existsSync(program)) return program;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    if (existsSync(program)) return program;
    process.stderr.write('Release Gate: building the program once (npm ci, esbuild)\n');
    if (!existsSync(path.join(root, 'node_modules', 'esbuild'))) {
      run(process.platform === 'win32' ? 'npm.cmd' : 'npm', [
        'ci',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
      ]);
    }
    run(process.execPath, ['esbuild.mjs']);
    return program;
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Whether this call has taken the lock; one that was left behind is taken away. */
function isLocked(lock) {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST')
      throw new Error(`Release Gate cannot be built: ${root} may not be written to.`);
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > STALE_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    // The caller's settings of npm (production only, another prefix) are not this checkout's.
    env: { ...process.env, NODE_ENV: '', npm_config_omit: '', npm_config_include: 'dev' },
    shell: process.platform === 'win32',
  });
  if (error || status !== 0) {
    throw new Error(
      `Release Gate could not be built: ${command} ${args.join(' ')} ended with ${error?.message ?? status}.`,
    );
  }
}

/**
 * What the host tests need and the project does not install: code-server, which is VS Code in a browser, and the Node
 * that it runs on. Both come from npm into a cache folder, once.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { runToEnd } from './processes.mjs';

/** code-server 4.139.1 is VS Code 1.139.1; it answers every request with an error on a Node other than 22 or 24. */
const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';

/** The folder that keeps them: `RELEASE_GATE_TEST_CACHE`, or `~/.cache/release-gate-tests`. */
export const cacheFolder = path.resolve(
  process.env.RELEASE_GATE_TEST_CACHE || path.join(homedir(), '.cache', 'release-gate-tests'),
);

const platform = process.platform === 'win32' ? 'win' : process.platform;
const nodePackage = `node-${platform}-${process.arch}`;

/**
 * code-server and its Node, fetched if they are not there.
 * @param {(line: string) => void} say
 * @returns {Promise<{ ok: true, entry: string, node: string } | { ok: false, reason: string }>}
 */
export async function codeServerInstallation(say) {
  if (process.platform === 'win32') return { ok: false, reason: 'code-server does not run on Windows' };

  const nodeFolder = path.join(cacheFolder, 'node24');
  const node = path.join(nodeFolder, 'node_modules', nodePackage, 'bin', 'node');
  if (!existsSync(node)) {
    say(`Fetching Node ${nodeVersion} for code-server into ${cacheFolder}`);
    const fetched = await fill(nodeFolder, async (staging) =>
      npm(['install', '--ignore-scripts', `${nodePackage}@${nodeVersion}`], staging, process.env),
    );
    if (!fetched.ok)
      return { ok: false, reason: `Node for code-server could not be fetched: ${fetched.reason}` };
  }

  const serverFolder = path.join(cacheFolder, 'cs');
  const inServer = (...parts) => path.join(serverFolder, 'node_modules', 'code-server', ...parts);
  const isComplete = [
    inServer('out', 'node', 'entry.js'),
    inServer('lib', 'vscode', 'node_modules'),
    inServer('lib', 'vscode', 'extensions', 'node_modules'),
  ].every((file) => existsSync(file));
  if (!isComplete) {
    say(`Fetching code-server ${codeServerVersion} into ${cacheFolder} (about 600 MB)`);
    const environment = {
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`,
      PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
    };
    const fetched = await fill(serverFolder, async (staging) => {
      const vscode = path.join(staging, 'node_modules', 'code-server', 'lib', 'vscode');
      // Its own install script compiles native modules that only terminals and sign-in need: it is left out, and the
      // two folders that it would have filled are filled by hand.
      for (const [folder, args] of [
        [staging, ['install', '--ignore-scripts', `code-server@${codeServerVersion}`]],
        [vscode, ['install', '--omit=dev', '--ignore-scripts']],
        [path.join(vscode, 'extensions'), ['install', '--omit=dev', '--ignore-scripts']],
      ]) {
        const done = await npm(args, folder, environment);
        if (!done.ok) return done;
      }
      return { ok: true };
    });
    if (!fetched.ok) return { ok: false, reason: `code-server could not be fetched: ${fetched.reason}` };
  }
  return { ok: true, entry: inServer('out', 'node', 'entry.js'), node };
}

/** Fills a folder beside its place and moves it there whole, so that an interrupted run leaves nothing half. */
async function fill(folder, install) {
  mkdirSync(cacheFolder, { recursive: true });
  const staging = mkdtempSync(`${folder}.partial-`);
  try {
    writeFileSync(path.join(staging, 'package.json'), '{ "private": true }\n');
    const done = await install(staging);
    if (!done.ok) return done;
    rmSync(folder, { recursive: true, force: true });
    renameSync(staging, folder);
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: error.message };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function npm(args, cwd, env) {
  const { code, output } = await runToEnd('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env,
    quiet: true,
    timeoutMs: 300_000,
  });
  return code === 0 ? { ok: true } : { ok: false, reason: lastLines(output) };
}

function lastLines(output) {
  return output.trim().split('\n').slice(-5).join('\n');
}

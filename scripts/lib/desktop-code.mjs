/** A desktop VS Code to test in: one that is named or installed, or one that can be downloaded. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import semver from 'semver';
import { onPath } from './browser.mjs';
import { within } from './processes.mjs';
import { cacheFolder } from './test-cache.mjs';

const usualPlaces = {
  linux: ['/usr/share/code/code', '/opt/visual-studio-code/code', '/snap/code/current/usr/share/code/code'],
  darwin: ['', homedir()].flatMap((home) =>
    ['Code', 'Electron'].map((name) => `${home}/Applications/Visual Studio Code.app/Contents/MacOS/${name}`),
  ),
  win32: [process.env.LOCALAPPDATA, process.env.ProgramFiles].flatMap((folder) =>
    folder
      ? [
          path.join(folder, 'Programs', 'Microsoft VS Code', 'Code.exe'),
          path.join(folder, 'Microsoft VS Code', 'Code.exe'),
        ]
      : [],
  ),
};

/**
 * The program of a VS Code that the extension runs on, or why there is none. `RELEASE_GATE_VSCODE` names one; the value
 * `none` says not to look.
 * @param {{ engine: string, mayDownload?: boolean, say: (line: string) => void }} options `engine` as in the manifest
 * @returns {Promise<{ ok: true, file: string, reason: string } | { ok: false, reason: string }>}
 */
export async function desktopCode({ engine, mayDownload = true, say }) {
  const told = process.env.RELEASE_GATE_VSCODE;
  if (told === 'none') return { ok: false, reason: 'RELEASE_GATE_VSCODE says not to use a desktop VS Code' };
  if (told) {
    return existsSync(told)
      ? { ok: true, file: told, reason: 'RELEASE_GATE_VSCODE names it' }
      : { ok: false, reason: `RELEASE_GATE_VSCODE is ${told}, which does not exist` };
  }

  const display = displayFor();
  if (!display.ok) return display;

  const installed = [behindLauncher(onPath('code')), ...(usualPlaces[process.platform] ?? [])].find(
    (file) => file && existsSync(file),
  );
  let reason = 'no VS Code is installed';
  if (installed) {
    const version = versionOf(installed);
    if (version && semver.satisfies(version, engine)) {
      return { ok: true, file: installed, reason: `VS Code ${version} is installed` };
    }
    reason = `the VS Code that is installed is ${version ?? 'of an unknown version'}, not ${engine}`;
  }
  if (!mayDownload) return { ok: false, reason };

  try {
    const answer = await fetch('https://update.code.visualstudio.com/api/releases/stable', {
      signal: AbortSignal.timeout(5_000),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    say('Downloading VS Code');
    const file = await within(
      180_000,
      'the download of VS Code',
      downloadAndUnzipVSCode({
        version: 'stable',
        cachePath: path.join(cacheFolder, 'vscode'),
        timeout: 15_000,
      }),
    );
    return { ok: true, file, reason: 'it was downloaded' };
  } catch (error) {
    const cause = error.cause?.code ?? error.message;
    return { ok: false, reason: `${reason} and it cannot be downloaded (${cause})` };
  }
}

/** How to give it a window: a prefix for the command line, or why there is none. */
export function displayFor() {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) {
    return { ok: true, prefix: [] };
  }
  const xvfb = onPath('xvfb-run');
  return xvfb
    ? { ok: true, prefix: [xvfb, '--auto-servernum'] }
    : { ok: false, reason: 'a desktop VS Code needs a display, and there is neither one nor xvfb-run' };
}

/** `code` on the path is a script; the program that the tests start stands beside it. */
function behindLauncher(launcher) {
  if (!launcher) return null;
  const bin = path.dirname(realpathSync(launcher));
  return [
    path.join(bin, '..', 'code'),
    path.join(bin, '..', 'Code.exe'),
    path.join(bin, '..', '..', '..', 'MacOS', 'Code'),
    path.join(bin, '..', '..', '..', 'MacOS', 'Electron'),
  ].find((file) => existsSync(file));
}

function versionOf(file) {
  const beside = path.dirname(file);
  for (const manifest of [
    path.join(beside, 'resources', 'app', 'package.json'),
    path.join(beside, '..', 'Resources', 'app', 'package.json'),
  ]) {
    try {
      return JSON.parse(readFileSync(manifest, 'utf8')).version;
    } catch {
      // Not there.
    }
  }
  return null;
}

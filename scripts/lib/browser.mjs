/** A Chromium to look at code-server with: one that is installed, or the system's package when that may be installed. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { runToEnd } from './processes.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/** The file of a program that the shell would find; null where there is none. */
export function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    if (folder && existsSync(file)) return file;
  }
  return null;
}

function installedBrowser() {
  const told = process.env.RELEASE_GATE_CHROMIUM;
  if (told) return existsSync(told) ? told : null;
  return (
    names.map(onPath).find((file) => file !== null) ?? usualPlaces.find((file) => existsSync(file)) ?? null
  );
}

/**
 * The browser's program, installed by apt-get when there is none and this runs as root.
 * @param {(line: string) => void} say
 * @returns {Promise<{ ok: true, file: string } | { ok: false, reason: string }>}
 */
export async function browserInstallation(say) {
  const found = installedBrowser();
  if (found) return { ok: true, file: found };
  if (process.env.RELEASE_GATE_CHROMIUM) {
    return {
      ok: false,
      reason: `RELEASE_GATE_CHROMIUM is ${process.env.RELEASE_GATE_CHROMIUM}, which does not exist`,
    };
  }
  if (!onPath('apt-get') || process.getuid?.() !== 0) {
    return {
      ok: false,
      reason:
        'there is no Chromium, and it cannot be installed from here (that needs apt-get and root): install Chromium or Chrome, or name it in RELEASE_GATE_CHROMIUM',
    };
  }
  say('Installing Chromium by apt-get');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-liberation'],
  ]) {
    const { code, output } = await runToEnd('apt-get', args, { env, quiet: true, timeoutMs: 300_000 });
    if (code !== 0) {
      return {
        ok: false,
        reason: `apt-get ${args[0]} failed: ${output.trim().split('\n').slice(-3).join('\n')}`,
      };
    }
  }
  const installed = installedBrowser();
  return installed
    ? { ok: true, file: installed }
    : { ok: false, reason: 'apt-get installed Chromium, and it is still not to be found' };
}

/** Opens that browser without a window. It speaks to nobody by itself. */
export function openBrowser(file) {
  return chromium.launch({
    executablePath: file,
    headless: true,
    timeout: 30_000,
    // The signals are answered in processes.mjs.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      // Root in a container has no other choice, and the only pages are ours.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * Child processes and temporary folders that never outlive the command: whatever way it ends (done, failed, Ctrl-C),
 * the groups are killed and the folders removed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const children = new Set();
const folders = new Set();
let isWatching = false;

function watchTheEnd() {
  if (isWatching) return;
  isWatching = true;
  process.on('exit', () => {
    for (const child of children) killGroup(child, 'SIGKILL');
    for (const folder of folders) remove(folder);
  });
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ]) {
    process.on(signal, () => process.exit(128 + number));
  }
}

/** A folder of one's own that is gone when the command ends. */
export function temporaryFolder(name) {
  watchTheEnd();
  const folder = mkdtempSync(path.join(tmpdir(), `release-gate-${name}-`));
  folders.add(folder);
  return folder;
}

/** Removes such a folder now. */
export function removeFolder(folder) {
  remove(folder);
  folders.delete(folder);
}

function remove(folder) {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  } catch {
    // A process that is just ending may still write into it; the system's own cleaning takes the rest.
  }
}

/** Starts a program at the head of a process group of its own. */
export function launch(command, args, options = {}) {
  watchTheEnd();
  const child = spawn(command, args, {
    ...options,
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.once('error', () => children.delete(child));
  return child;
}

/**
 * Runs a program to its end.
 * @param {{ timeoutMs: number, quiet?: boolean }} options `quiet` keeps the output for the error, else it is shown
 * @returns {Promise<{ code: number | null, output: string }>} `code` is null when it was killed at its time limit
 *   or could not be started; `output` then says so.
 */
export function runToEnd(command, args, { timeoutMs, quiet = false, ...options }) {
  return new Promise((resolve) => {
    const child = launch(command, args, {
      ...options,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child, 'SIGKILL');
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: null, output: `${output}${command} could not be started: ${error.message}` });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve(
        timedOut
          ? { code: null, output: `${output}\n${command} was stopped after ${timeoutMs / 1000} seconds` }
          : { code, output },
      );
    });
  });
}

/** Ends a process and its group: politely, and after three seconds not. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  killGroup(child, 'SIGTERM');
  const timer = setTimeout(() => killGroup(child, 'SIGKILL'), 3_000);
  await ended;
  clearTimeout(timer);
  // The leader may be gone before the others of its group.
  killGroup(child, 'SIGKILL');
}

function killGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

/** The value, or a rejection with that message when the time is over. */
export async function within(timeoutMs, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} took longer than ${timeoutMs / 1000} seconds`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

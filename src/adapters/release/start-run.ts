import { spawn } from 'node:child_process';
import type { RunRequest } from './request';

/** The first line that the process of a run prints: which run it is, or why there is none. */
export type Handshake =
  | { readonly ok: true; readonly id: string; readonly releaseFolder: string }
  /** `detail` is a sentence without full stop. */
  | { readonly ok: false; readonly detail: string };

/** The subcommand of the command line that runs a release; people do not call it. */
export const RUNNER_COMMAND = 'release-runner';

/** How long a process may take until its first line is in the journal. */
const HANDSHAKE_MS = 30_000;

/** One that goes on with a run ends what is left of the script before. */
const RESUME_MS = 120_000;

/**
 * Starts the process that runs a release, and leaves it alone: it goes on when this process ends, whether that is a
 * terminal or an editor's window.
 *
 * @param program The command line (`dist/cli.js`); it is run by this process's own Node, an editor's included.
 */
export async function startRun(program: string, root: string, request: RunRequest): Promise<Handshake> {
  const child = spawn(process.execPath, [program, RUNNER_COMMAND, root, JSON.stringify(request)], {
    cwd: root,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    // An editor's own program is Node where it is told so.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  const { stdout } = child;
  const limitMs = request.resume === null ? HANDSHAKE_MS : RESUME_MS;
  return new Promise((resolve) => {
    let text = '';
    const settle = (answer: Handshake): void => {
      clearTimeout(timer);
      stdout.destroy();
      child.removeAllListeners();
      child.unref();
      resolve(answer);
    };
    const timer = setTimeout(
      () => settle({ ok: false, detail: `the runner said nothing within ${limitMs / 1000} seconds` }),
      limitMs,
    );
    stdout.setEncoding('utf8');
    stdout.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) settle(readHandshake(text.slice(0, end)));
    });
    child.on('error', (error) =>
      settle({ ok: false, detail: `the runner could not be started (${error.message})` }),
    );
    child.on('close', (code) =>
      settle({ ok: false, detail: `the runner ended before it began (status ${code ?? 'unknown'})` }),
    );
  });
}

function readHandshake(line: string): Handshake {
  try {
    const value = JSON.parse(line) as unknown;
    if (typeof value === 'object' && value !== null && 'ok' in value) return value as Handshake;
  } catch {
    // Said below.
  }
  return { ok: false, detail: `the runner answered "${line.slice(0, 200)}"` };
}

/** Says who this run is, to the process that started it. */
export function sayHandshake(answer: Handshake): void {
  // Whoever started it may be gone already; the run goes on without them.
  process.stdout.on('error', () => undefined);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

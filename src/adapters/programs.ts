import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { ProgramResult, Programs } from '../core/ports';

const DEFAULT_TIMEOUT_MS = 60_000;

/** What is kept of each stream; a program that prints more is let run on, and the rest is dropped. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** How a program is run. */
export interface ProgramOptions {
  /** Where it runs: the repository, for what its configuration names. */
  readonly folder: string;
}

/**
 * Runs programs: no shell, arguments as they are, no standard input but what is given, bounded in time and output. The
 * program has a group of its own, and the group is ended at the time limit: a child that it left would hold its output open.
 * A program that is named by a path with a slash is looked for from the folder, any other on the PATH alone.
 */
export function createPrograms({ folder }: ProgramOptions): Programs {
  const cwd = path.resolve(folder);
  return {
    run: async (argv, { input, timeoutMs = DEFAULT_TIMEOUT_MS } = {}, signal) => {
      signal?.throwIfAborted();
      const [program, ...args] = argv;
      if (!program || argv.some((word) => word.includes('\0'))) {
        return { kind: 'failed', detail: 'is no command' };
      }
      const isPath = /[\\/]/.test(program);
      return runProgram(isPath ? path.resolve(cwd, program) : program, args, {
        cwd,
        input: input ?? null,
        timeoutMs,
        signal,
      });
    },
  };
}

interface Run {
  readonly cwd: string;
  readonly input: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** One run of a program; rejects for the signal alone. */
export function runProgram(program: string, args: readonly string[], run: Run): Promise<ProgramResult> {
  const { cwd, input, timeoutMs, signal } = run;
  const isWindows = process.platform === 'win32';
  const start = (): ChildProcess =>
    spawn(program, args, {
      cwd,
      // Windows looks for programs in the current folder first, where a repository may have put one.
      env: isWindows ? { ...process.env, NoDefaultCurrentDirectoryInExePath: '1' } : process.env,
      stdio: [input === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: !isWindows,
      windowsHide: true,
    });
  return new Promise((resolve, reject) => {
    let child: ChildProcess;
    try {
      child = start();
    } catch (error) {
      // What the system refuses at once, such as arguments that are too long.
      resolve({
        kind: 'failed',
        detail: `could not be run (${error instanceof Error ? error.message : 'refused'})`,
      });
      return;
    }
    const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    const sizes = { stdout: 0, stderr: 0 };
    let isCut = false;
    let isLate = false;
    const stop = (): void => {
      try {
        if (child.pid !== undefined && !isWindows) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    };
    const timer = setTimeout(() => {
      isLate = true;
      stop();
    }, timeoutMs);
    signal?.addEventListener('abort', stop, { once: true });
    const settle = (result: ProgramResult): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
      else if (isLate) resolve({ kind: 'failed', detail: `did not end within ${timeoutMs / 1000} seconds` });
      else resolve(result);
    };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.on('data', (chunk: Buffer) => {
        const room = MAX_OUTPUT_BYTES - sizes[stream];
        if (room < chunk.byteLength) isCut = true;
        if (room > 0) kept[stream].push(chunk.subarray(0, room));
        sizes[stream] += chunk.byteLength;
      });
    }
    // A program that does not read what it is given closes its end; that is no failure of ours.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
    child.on('error', (error: NodeJS.ErrnoException) =>
      settle({
        kind: 'failed',
        detail:
          error.code === 'ENOENT' ? 'is not installed' : `could not be run (${error.code ?? error.message})`,
      }),
    );
    child.on('close', (code, ended) =>
      settle(
        code === null
          ? { kind: 'failed', detail: `was ended by ${ended ?? 'a signal'}` }
          : {
              kind: 'ended',
              status: code,
              stdout: Buffer.concat(kept.stdout).toString('utf8'),
              stderr: Buffer.concat(kept.stderr).toString('utf8'),
              isCut,
            },
      ),
    );
  });
}

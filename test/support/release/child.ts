import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');

/** A program of the tests in a process of its own: a TypeScript file beside the test. */
export interface Child {
  readonly process: ChildProcess;
  /** The lines that it prints, one by one; null when it has no more. */
  nextLine(): Promise<string | null>;
  /** How it ended, with all that it printed to standard error. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: string | null;
    readonly stderr: string;
  }>;
}

/** Starts a TypeScript file with arguments. `before` are words that come before Node: `prlimit --fsize=4096`. */
export function startChild(
  file: string,
  args: readonly string[],
  before: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Child {
  const [program = process.execPath, ...rest] = [
    ...before,
    process.execPath,
    '--require',
    path.join(ROOT, 'node_modules/tsx/dist/cjs/index.cjs'),
    file,
    ...args,
  ];
  const child = spawn(program, rest, {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let stderr = '';
  let unfinished = '';
  let isOver = false;
  const lines: string[] = [];
  const waiting: ((line: string | null) => void)[] = [];
  const give = (): void => {
    while (waiting.length > 0 && (lines.length > 0 || isOver)) waiting.shift()?.(lines.shift() ?? null);
  };
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (unfinished + chunk.toString('utf8')).split('\n');
    unfinished = parts.pop() ?? '';
    lines.push(...parts);
    give();
  });
  const ended = new Promise<Awaited<Child['ended']>>((resolve) => {
    child.on('close', (code, signal) => {
      isOver = true;
      give();
      resolve({ code, signal, stderr });
    });
  });
  return {
    process: child,
    ended,
    nextLine: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        give();
      }),
  };
}

import { spawn } from 'node:child_process';
import path from 'node:path';
import { errorCode } from '../node-files';

/** How git ended. */
export interface GitEnd {
  /** Null where it did not run to its end. */
  readonly code: number | null;
  readonly stdout: string;
  /** What it said was wrong, or why it did not run: `git is not installed`. */
  readonly error: string;
}

export interface GitCommandOptions {
  readonly input?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
}

const MAX_OUTPUT_CHARACTERS = 256 * 1024;

/**
 * Nothing of a repository's own runs where we write (hooks, the file-system monitor); what a person set up to reach the
 * remote (credentials, ssh) does, but nothing may ask.
 */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.pager=cat',
  'gc.auto=0',
  'maintenance.auto=false',
];

const NEVER_ASK = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS_REQUIRE: 'never',
  GCM_INTERACTIVE: 'never',
  LC_ALL: 'C',
  LANGUAGE: 'C',
};

/** Variables by which another git (a hook that started us) would lead ours to another repository. */
const LEADING =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|NAMESPACE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|PREFIX|QUARANTINE_PATH|PUSH_OPTION.*)$/;

/**
 * Runs git in a repository, to write to it or to reach its remote: no shell, no terminal, nothing asked, bounded in time and
 * output. The group of the process is ended at the limit, with the helpers that git started. Never rejects.
 */
export function gitCommand(
  root: string,
  args: readonly string[],
  { input, timeoutMs, signal, environment }: GitCommandOptions,
): Promise<GitEnd> {
  if (args.some((word) => word.includes('\0')))
    return Promise.resolve({ code: null, stdout: '', error: 'an argument holds a zero byte' });
  const isWindows = process.platform === 'win32';
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !LEADING.test(name)));
  return new Promise((resolve) => {
    const child = spawn('git', [...SETTINGS.flatMap((setting) => ['-c', setting]), ...args], {
      cwd: path.resolve(root),
      env: { ...env, ...NEVER_ASK, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A session of its own has no terminal at which ssh or a helper could ask.
      detached: !isWindows,
      windowsHide: true,
    });
    let stdout = '';
    let error = '';
    let why: string | null = null;
    const stop = (reason: string): void => {
      why ??= reason;
      try {
        if (child.pid !== undefined && !isWindows) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    };
    const timer = setTimeout(() => stop(`git did not end within ${timeoutMs / 1000} seconds`), timeoutMs);
    const abort = (): void => stop('it was stopped');
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const end = (code: number | null, said: string): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve({ code: why === null ? code : null, stdout, error: why ?? said });
    };
    child.stdout.on('data', (chunk: Buffer) => {
      if (stdout.length < MAX_OUTPUT_CHARACTERS) stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (error.length < MAX_OUTPUT_CHARACTERS) error += chunk.toString('utf8');
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    child.on('error', (reason) =>
      end(null, errorCode(reason) === 'ENOENT' ? 'git is not installed' : reason.message),
    );
    child.on('close', (code) => end(code, error.trim()));
  });
}

/** The line of git's words that says most, without addresses that could hold a password. */
export function gitErrorInWords({ error }: GitEnd): string {
  const lines = error
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('hint:'));
  const line = lines.find((each) => /^(?:fatal|error):/.test(each)) ?? lines.at(-1) ?? 'git gave no reason';
  return line
    .replace(/^(?:fatal|error): /, '')
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^@/\s'"]*@/gi, '$1')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .replace(/\.$/, '')
    .slice(0, 300);
}

import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import type { Writable } from 'node:stream';
import type { Clock } from '../../../core/ports';
import type { ScriptOutcome } from '../../../core/release/run';
import { describeGroup, endGroup, markedStart, noteDescendants, type GroupEnd } from './groups';
import { createMasking, type Masking } from './masking';
import { openOutput, type OutputLine, type OutputSink } from './output';
import { openPipes, type OutputPipes } from './pipes';
import { KEEP, MARKER, processTable } from './processes';

/** What a script's descendants are looked at for, so that they are known when their parents are gone. */
const NOTE_EVERY_MS = 500;

/** After a script ended, what it left may still hold its output open: read on for so long while something comes. */
const DRAIN_MS = 300;
const MAX_DRAIN_MS = 3000;

/** How a program of the project's own is run. */
export interface ScriptRun {
  /** The repository's folder, where it runs. */
  readonly root: string;
  /** The program and its arguments as they are; a program with a slash is looked for from the root, any other on the PATH. */
  readonly argv: readonly string[];
  /** Variables on top of this process's own: those of the environment file. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where its output is kept, from the root; made anew: a file that is there already means that it ran before. Null: nowhere. */
  readonly outputPath: string | null;
  /** Silence that counts as a hang; 0: none does. */
  readonly idleMs: number;
  readonly limitMs: number;
  readonly graceMs: number;
  /** What must not be shown: see `secretTexts`. */
  readonly secrets: readonly string[];
  /**
   * Called when the process is there and before the script begins: it begins when this resolves, and never if it rejects
   * or if this process is killed before. Where it is journalled, every process that can have done something is known.
   */
  readonly onStarted: (started: { readonly pid: number; readonly startTime: string }) => void | Promise<void>;
  readonly onLine?: (line: OutputLine) => void;
  readonly clock: Clock;
  /**
   * Marks what it starts, so that another process finds it by `endMarked`; made up where it is left out. Nothing else that
   * runs at the same time has the same.
   */
  readonly marker?: string;
  /** Whether what it leaves running is ended when it succeeds too, as for checks; a deployment may leave a service. */
  readonly endsAll?: boolean;
}

/**
 * Runs a script in a process group of its own, with nothing to read, and gives how it ended. Its output is masked before it
 * reaches disk or screen. When it is silent or takes too long, what runs is noted and the group is ended; when `signal` is
 * aborted (a person's demand: `ended-by-person`) likewise, its reason in the detail. A script that fails leaves nothing of
 * its group behind; one that succeeds may, and the detail says what. Never rejects.
 *
 * If this process is killed, the script ends at its next write, since nobody reads it any more (SIGPIPE).
 */
export async function runScript(run: ScriptRun, signal: AbortSignal): Promise<ScriptOutcome> {
  const masking = createMasking(run.secrets);
  const begun = performance.now();
  const notStarted = (detail: string): ScriptOutcome => ({
    how: 'not-started',
    exitCode: null,
    signal: null,
    tookMs: Math.round(performance.now() - begun),
    lines: 0,
    bytes: 0,
    outputPath: null,
    tail: [],
    processes: [],
    isGroupGone: true,
    detail: masking.mask(detail),
  });
  if (signal.aborted) return notStarted(reasonOf(signal));
  const problem = await startProblem(run.root, run.argv);
  if (problem !== null) return notStarted(problem);
  let sink: OutputSink;
  try {
    const { outputPath, clock, onLine } = run;
    if (outputPath !== null)
      await fs.mkdir(path.dirname(path.resolve(run.root, outputPath)), { recursive: true });
    sink = await openOutput({
      path: outputPath === null ? null : path.resolve(run.root, outputPath),
      masking,
      now: () => clock.now(),
      onLine,
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return notStarted(
      code === 'EEXIST'
        ? `${run.outputPath} is there already, so it was started before`
        : `its output cannot be kept in ${run.outputPath} (${code ?? String(error)})`,
    );
  }
  return supervise(run, signal, sink, masking, begun, notStarted);
}

async function supervise(
  run: ScriptRun,
  signal: AbortSignal,
  sink: OutputSink,
  masking: Masking,
  begun: number,
  notStarted: (detail: string) => ScriptOutcome,
): Promise<ScriptOutcome> {
  const table = processTable();
  const marker = run.marker ?? randomBytes(8).toString('hex');
  const isWindows = process.platform === 'win32';
  const seen = new Map<number, string>();
  const abandon = async (detail: string): Promise<ScriptOutcome> => {
    await sink.end();
    return notStarted(detail);
  };

  let child: ChildProcess;
  const pipes = isWindows ? null : await openPipes();
  try {
    child = start(run, marker, pipes);
    pipes?.handOver();
  } catch (error) {
    pipes?.handOver();
    return abandon(`it could not be run (${error instanceof Error ? error.message : 'refused'})`);
  }
  const exited = new Promise<{
    code: number | null;
    signal: NodeJS.Signals | null;
    error: NodeJS.ErrnoException | null;
  }>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve({ code: null, signal: null, error }));
    child.once('exit', (code, ended) => resolve({ code, signal: ended, error: null }));
  });
  const { pid } = child;
  if (pid === undefined) {
    pipes?.out.destroy();
    pipes?.err.destroy();
    const { error } = await exited;
    return abandon(`it could not be run (${error?.code ?? 'refused'})`);
  }

  let lastHeard = performance.now();
  let isPaused = false;
  let open = 2;
  const out = pipes?.out ?? child.stdout;
  const err = pipes?.err ?? child.stderr;
  for (const [name, stream] of [
    ['out', out],
    ['err', err],
  ] as const) {
    stream?.on('data', (chunk: Buffer) => {
      lastHeard = performance.now();
      if (sink.take(name, chunk) || isPaused) return;
      isPaused = true;
      out?.pause();
      err?.pause();
      void sink.whenReady().then(() => {
        isPaused = false;
        lastHeard = performance.now();
        out?.resume();
        err?.resume();
      });
    });
    stream?.on('error', () => undefined);
    stream?.once('close', () => open--);
  }

  const go = child.stdio[3] as Writable | null | undefined;
  go?.on('error', () => undefined);
  const found = await table.find(pid);
  const startTime = markedStart(found?.startTime ?? '', marker);
  const group = { table, seen };
  try {
    await run.onStarted({ pid, startTime });
  } catch (error) {
    // It waits for our word, which does not come; on Windows it runs already and is ended.
    go?.destroy();
    await endGroup(pid, startTime, isWindows ? run.graceMs : 0, group);
    await exited;
    return abandon(
      `that it was started could not be noted (${error instanceof Error ? error.message : String(error)}), so it was not`,
    );
  }
  go?.end('go\n');
  lastHeard = performance.now();
  const started = performance.now();

  let noting: Promise<void> | null = null;
  const note = (): void => {
    noting ??= noteDescendants(pid, startTime, seen, table)
      .catch(() => undefined)
      .finally(() => {
        noting = null;
      });
  };
  let ended: { readonly how: 'hung' | 'over-limit' | 'ended-by-person'; readonly why: string } | null = null;
  let decide: () => void = () => undefined;
  const decided = new Promise<void>((resolve) => {
    decide = resolve;
  });
  const demand = (how: 'hung' | 'over-limit' | 'ended-by-person', why: string): void => {
    ended ??= { how, why };
    decide();
  };
  const abort = (): void => demand('ended-by-person', reasonOf(signal));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const { idleMs, limitMs } = run;
  const look = setInterval(
    () => {
      const now = performance.now();
      if (now - started >= limitMs) demand('over-limit', `it ran longer than ${inWords(limitMs)}`);
      else if (idleMs > 0 && !isPaused && now - lastHeard >= idleMs) {
        demand('hung', `it wrote nothing for ${inWords(idleMs)}`);
      }
    },
    Math.max(5, Math.min(500, (idleMs > 0 ? Math.min(idleMs, limitMs) : limitMs) / 10)),
  );
  const notes = table.childrenOf(pid).then((list) => (list === null ? 4 * NOTE_EVERY_MS : NOTE_EVERY_MS));
  const noter = setInterval(note, await notes);

  await Promise.race([exited, decided]);
  clearInterval(look);
  clearInterval(noter);
  signal.removeEventListener('abort', abort);
  if (noting) await (noting as Promise<void>);

  let end: GroupEnd | null = null;
  const stopped = ended as { readonly how: ScriptOutcome['how']; readonly why: string } | null;
  if (stopped) {
    const running = (await describeGroup(pid, startTime, group)).map(masking.mask);
    sink.remark(`${stopped.why}: its group is ended. What ran: ${running.join(', ') || 'nothing any more'}`);
    end = await endGroup(pid, startTime, run.graceMs, group);
  }
  const exit = stopped && end?.isGone === false ? null : await exited;
  let left: readonly string[] = [];
  if (!stopped) {
    if (exit?.code === 0 && run.endsAll !== true) left = await describeGroup(pid, startTime, group);
    else end = await endGroup(pid, startTime, run.graceMs, group);
  }
  await drained(
    () => open,
    () => lastHeard,
  );
  // What still holds its output open gets a broken pipe at its next write.
  out?.destroy();
  err?.destroy();
  if (left.length > 0) left = await describeGroup(pid, startTime, group);
  const sum = await sink.end();

  const details = [
    stopped ? stopped.why : '',
    !stopped && end && end.processes.length > 0
      ? `what it left running was ended: ${end.processes.join(', ')}`
      : '',
    end?.detail ?? '',
    left.length > 0 ? `what it started and left runs on: ${left.join(', ')}` : '',
    sum.detail,
  ];
  return {
    how: stopped?.how ?? 'exited',
    exitCode: exit?.code ?? null,
    signal: exit?.signal ?? null,
    tookMs: Math.round(performance.now() - begun),
    lines: sum.lines,
    bytes: sum.bytes,
    outputPath: run.outputPath,
    tail: sum.tail,
    processes: (end?.processes ?? []).map(masking.mask),
    isGroupGone: end ? end.isGone : left.length === 0,
    detail: masking.mask(details.filter(Boolean).join('; ')),
  };
}

/**
 * The shell waits for a word on its fourth descriptor and then becomes the script, by the same id: if this process is gone
 * before it gave the word, the shell reads the end and nothing is run.
 */
const WAIT_FOR_WORD = 'read -r word <&3 || exit 125; exec 3<&-; exec "$@"';

function start(run: ScriptRun, marker: string, pipes: OutputPipes | null): ChildProcess {
  const [program = '', ...args] = run.argv;
  const resolved = /[\\/]/.test(program) ? path.resolve(run.root, program) : program;
  const inherited = { ...process.env };
  // The editor's own switch would make an editor of every Node that the script runs.
  for (const name of Object.keys(inherited)) if (/^(?:ELECTRON_|VSCODE_)/.test(name)) delete inherited[name];
  delete inherited[KEEP];
  const env = { ...inherited, ...run.environment, [MARKER]: marker };
  const common = { cwd: run.root, env, windowsHide: true } as const;
  if (process.platform === 'win32') {
    const isShell = /\.(?:sh|bash)$/i.test(resolved);
    return isShell
      ? spawn('bash', [resolved, ...args], { ...common, stdio: ['ignore', 'pipe', 'pipe'] })
      : spawn(resolved, args, { ...common, stdio: ['ignore', 'pipe', 'pipe'] });
  }
  return spawn('/bin/sh', ['-c', WAIT_FOR_WORD, 'release-gate', resolved, ...args], {
    ...common,
    stdio: ['ignore', pipes?.descriptors[0] ?? 'pipe', pipes?.descriptors[1] ?? 'pipe', 'pipe'],
    detached: true,
  });
}

/** The call of a script by its path from the root: one without a slash would be looked for on the PATH. */
export function scriptCall(script: string, args: readonly string[]): readonly string[] {
  return [/[\\/]/.test(script) ? script : `./${script}`, ...args];
}

/**
 * Why a program cannot be started, a clause without full stop; null where nothing stands in the way. Preflight asks it too,
 * so that nobody learns amid a release that a script is not executable.
 */
export async function startProblem(root: string, argv: readonly string[]): Promise<string | null> {
  const [program = ''] = argv;
  if (program === '' || argv.some((word) => word.includes('\0'))) return 'it is no command';
  if (!/[\\/]/.test(program)) {
    return (await isOnPath(program)) ? null : `${program} is not installed, or not on the PATH`;
  }
  const file = path.resolve(root, program);
  const stat = await fs.stat(file).catch(() => null);
  if (!stat) return `${program} does not exist`;
  if (!stat.isFile()) return `${program} is no file`;
  if (process.platform === 'win32') return null;
  const isExecutable = await fs.access(file, fs.constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isExecutable)
    return `${program} is not executable; git update-index --chmod=+x ${program} makes it so`;
  const beginning = await firstLineOf(file);
  if (beginning === null) return `${program} cannot be read`;
  const shebang = /^#!\s*(\S+)([^\n]*)/.exec(beginning);
  if (!shebang) {
    return /^[^\n]*\r\n/.test(beginning)
      ? `${program} has Windows line ends (CRLF), which the shell takes for parts of its commands; keep it with LF`
      : null;
  }
  if (/\r/.test(shebang[0])) {
    return `the first line of ${program} ends with a carriage return (CRLF), so that its interpreter is not found; keep it with LF`;
  }
  const [, interpreter = '', rest = ''] = shebang;
  const isThere = await fs.access(interpreter, fs.constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isThere) return `the interpreter ${interpreter} of ${program} is not there`;
  const named = /(?:^|\/)env$/.test(interpreter) ? /^\s+(?:-S\s+)?([\w.+-]+)/.exec(rest)?.[1] : undefined;
  if (named !== undefined && !named.includes('=') && !(await isOnPath(named))) {
    return `the interpreter ${named} of ${program} is not on the PATH`;
  }
  return null;
}

async function firstLineOf(file: string): Promise<string | null> {
  try {
    const handle = await fs.open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}

async function isOnPath(program: string): Promise<boolean> {
  const extensions = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE;.CMD').split(';') : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter).filter(Boolean)) {
    for (const extension of ['', ...extensions]) {
      const stat = await fs.stat(path.join(folder, program + extension)).catch(() => null);
      if (stat?.isFile()) return true;
    }
  }
  return false;
}

async function drained(open: () => number, lastHeard: () => number): Promise<void> {
  const from = performance.now();
  while (open() > 0) {
    const now = performance.now();
    if (now - from > MAX_DRAIN_MS || now - Math.max(from, lastHeard()) > DRAIN_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function reasonOf(signal: AbortSignal): string {
  const { reason } = signal as { readonly reason: unknown };
  const text = reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : '';
  return text === '' || text === 'This operation was aborted' ? 'a person ended it' : text;
}

/** Milliseconds as people say them: `5 minutes`, `1.5 seconds`. */
function inWords(ms: number): string {
  const of = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
  return ms >= 60_000 && ms % 60_000 === 0 ? of(ms / 60_000, 'minute') : of(ms / 1000, 'second');
}

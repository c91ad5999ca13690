import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

/** What git says of an object by its name. */
export type ObjectAnswer =
  | { readonly kind: 'object'; readonly id: string; readonly type: string; readonly size: number }
  /** The name leads to nothing that is here: no such path, or an object that a partial clone lacks. */
  | { readonly kind: 'missing' }
  /** The program ended or said something else: ask another way. */
  | { readonly kind: 'no-answer' };

/** How the program is started: without a shell, in an environment that a repository cannot bend. */
export interface GitStart {
  readonly program: string;
  /** What stands before the subcommand. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Contents of more bytes than this together are not asked for at once; a single larger one is asked for alone. */
const MAX_BYTES_IN_FLIGHT = 16 * 1024 * 1024;

/** The programs end by themselves when nobody has asked for so long. */
const IDLE_MS = 1000;

/** A question that git leaves unanswered for so long ends the program. */
const SILENCE_LIMIT_MS = 120_000;

/**
 * Objects of a repository by two long-lived programs (`cat-file --batch-check`, then `cat-file --batch`): the size is
 * asked before the contents, so that no large object is ever taken into memory. Both start with the first question, answer
 * in order, hold no other program open, and end when they are idle; one that died starts again with the next question.
 */
export interface GitObjects {
  /** @param name what git takes for an object: an id, `commit:./path`; one line. */
  ask(name: string, signal: AbortSignal | undefined): Promise<ObjectAnswer>;
  /** The bytes of an object of at most the size that `ask` told; null where they are not to be had. */
  contents(id: string, size: number, signal: AbortSignal | undefined): Promise<Buffer | null>;
}

/** Makes the reader; nothing starts before the first question. */
export function createGitObjects(start: GitStart): GitObjects {
  const check = batchProgram(start, '--batch-check');
  const batch = batchProgram(start, '--batch');
  const room = roomFor(MAX_BYTES_IN_FLIGHT);
  return {
    ask: async (name, signal) => {
      if (name.includes('\n')) return { kind: 'no-answer' };
      const line = await check.ask(name, () => 0, signal);
      if (line === null) return { kind: 'no-answer' };
      return objectOf(line.header);
    },
    contents: async (id, size, signal) => {
      const leave = await room.enter(size);
      const answer = await batch
        .ask(
          id,
          (header) => {
            const object = objectOf(header);
            // What follows a header is the contents and a line end.
            return object.kind === 'object' ? object.size + 1 : 0;
          },
          signal,
        )
        .finally(leave);
      if (answer === null || objectOf(answer.header).kind !== 'object') return null;
      return answer.body.length === size + 1 ? answer.body.subarray(0, size) : null;
    },
  };
}

/** Lets in, in order of arrival, as much as has room together. */
function roomFor(limit: number): { enter(size: number): Promise<() => void> } {
  let inside = 0;
  const outside: { readonly size: number; readonly enter: () => void }[] = [];
  const letIn = (): void => {
    for (let next = outside[0]; next && (inside === 0 || inside + next.size <= limit); next = outside[0]) {
      outside.shift();
      inside += next.size;
      next.enter();
    }
  };
  return {
    enter: (size) =>
      new Promise((resolve) => {
        const leave = (): void => {
          inside -= size;
          letIn();
        };
        outside.push({ size, enter: () => resolve(leave) });
        letIn();
      }),
  };
}

/** `<id> <type> <size>`; anything else (`<name> missing`, `<name> ambiguous`) is no object. */
function objectOf(header: string): ObjectAnswer {
  const match = /^([0-9a-f]{40}|[0-9a-f]{64}) ([a-z]+) (\d+)$/.exec(header);
  if (match) return { kind: 'object', id: match[1] ?? '', type: match[2] ?? '', size: Number(match[3]) };
  return / (?:missing|ambiguous)$/.test(header) ? { kind: 'missing' } : { kind: 'no-answer' };
}

interface Answer {
  readonly header: string;
  readonly body: Buffer;
}

interface Question {
  readonly bodySize: (header: string) => number;
  readonly settle: (answer: Answer | null) => void;
}

interface BatchProgram {
  /** Null where the program ended before it answered. */
  ask(
    name: string,
    bodySize: (header: string) => number,
    signal: AbortSignal | undefined,
  ): Promise<Answer | null>;
}

function batchProgram(start: GitStart, option: string): BatchProgram {
  let running: RunningProgram | null = null;
  return {
    ask: async (name, bodySize, signal) => {
      signal?.throwIfAborted();
      running = running?.isAlive() === true ? running : runProgram(start, option);
      const program = running;
      return new Promise((resolve, reject) => {
        // The answer to a question that nobody waits for any more is still read, so that the next one gets its own.
        const abort = (): void => {
          reject(signal?.reason instanceof Error ? signal.reason : new Error(String(signal?.reason)));
        };
        signal?.addEventListener('abort', abort, { once: true });
        program.ask(name, {
          bodySize,
          settle: (answer) => {
            signal?.removeEventListener('abort', abort);
            resolve(answer);
          },
        });
      });
    },
  };
}

interface RunningProgram {
  isAlive(): boolean;
  ask(name: string, question: Question): void;
}

function runProgram({ program, args, cwd, env }: GitStart, option: string): RunningProgram {
  const child: ChildProcessWithoutNullStreams = spawn(program, [...args, 'cat-file', option], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const waiting: Question[] = [];
  let isAlive = true;
  let header: string | null = null;
  let wanted = 0;
  let held: Buffer[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | null = null;

  const holdOpen = (isHeld: boolean): void => {
    for (const stream of [child.stdin, child.stdout, child.stderr] as unknown as {
      ref?: () => void;
      unref?: () => void;
    }[]) {
      if (isHeld) stream.ref?.();
      else stream.unref?.();
    }
    if (isHeld) child.ref();
    else child.unref();
  };
  const end = (): void => {
    if (!isAlive) return;
    isAlive = false;
    if (timer) clearTimeout(timer);
    child.kill('SIGKILL');
    for (const question of waiting.splice(0)) question.settle(null);
  };
  const rest = (): void => {
    if (timer) clearTimeout(timer);
    if (!isAlive) return;
    holdOpen(waiting.length > 0);
    timer = setTimeout(end, waiting.length > 0 ? SILENCE_LIMIT_MS : IDLE_MS);
    if (waiting.length === 0) timer.unref();
  };
  const answer = (body: Buffer): void => {
    const question = waiting.shift();
    const said = header ?? '';
    header = null;
    wanted = 0;
    question?.settle({ header: said, body });
  };
  const take = (): void => {
    for (;;) {
      if (header === null) {
        const all = held.length === 1 ? (held[0] ?? Buffer.alloc(0)) : Buffer.concat(held);
        const line = all.indexOf(10);
        if (line === -1) {
          held = all.length === 0 ? [] : [all];
          return;
        }
        header = all.toString('utf8', 0, line);
        held = line + 1 < all.length ? [all.subarray(line + 1)] : [];
        size = all.length - line - 1;
        wanted = waiting[0]?.bodySize(header) ?? 0;
      }
      if (size < wanted) return;
      const all = held.length === 1 ? (held[0] ?? Buffer.alloc(0)) : Buffer.concat(held);
      const body = all.subarray(0, wanted);
      held = wanted < all.length ? [all.subarray(wanted)] : [];
      size -= wanted;
      answer(body);
    }
  };

  child.stdout.on('data', (chunk: Buffer) => {
    if (!isAlive) return;
    held.push(chunk);
    size += chunk.length;
    take();
    rest();
  });
  // What it complains of is asked for again by whoever wants the reason.
  child.stderr.resume();
  child.stdin.on('error', end);
  child.stdout.on('error', end);
  child.on('error', end);
  child.on('close', end);
  rest();
  return {
    isAlive: () => isAlive,
    ask: (name, question) => {
      waiting.push(question);
      rest();
      child.stdin.write(`${name}\n`);
    },
  };
}

import assert from 'node:assert/strict';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { appendAnswer } from '../../../src/adapters/release/answers';
import type { Demand, JournalLine, ReleaseEvent, Timed } from '../../../src/core/release/events';
import { readLines } from '../../../src/core/release/journal';
import { step } from '../../../src/core/release/machine';
import {
  initialState,
  type Question,
  type QuestionKind,
  type ReleaseState,
} from '../../../src/core/release/state';
import type { Ended, ReleaseWorld, Running } from '../world/release-world';

const RECORDS = 'docs/release/records';
const BY = { name: 'Grace', via: 'terminal' } as const;

/** What is answered to a question: a choice with what is typed beside it; null: nobody answers. */
export type Reply = { readonly choice: string; readonly text?: string } | null;
export type Replies = Partial<Record<QuestionKind, Reply | ((question: Question) => Reply)>>;

/** What somebody answers who wants the release to go out. */
export const willing: Replies = {
  proceed: ({ choices }) =>
    choices.some(({ id }) => id === 'proceed')
      ? { choice: 'proceed' }
      : { choice: 'abort', text: 'the gate does not let it go' },
  strategy: { choice: 'all-at-once' },
  start: { choice: 'start', text: 'production 1.0.1' },
  // A busy machine can miss a poll, which asks.
  soft: { choice: 'continue' },
};

/** The journal of a run as it grows, replayed. */
export class JournalTail {
  state: ReleaseState = initialState;
  readonly lines: JournalLine[] = [];
  private rest = '';
  private offset = 0;

  constructor(private readonly file: string) {}

  read(): void {
    if (!existsSync(this.file)) return;
    const descriptor = openSync(this.file, 'r');
    try {
      const bytes = Buffer.alloc(fstatSync(descriptor).size - this.offset);
      this.offset += readSync(descriptor, bytes, 0, bytes.length, this.offset);
      const parts = (this.rest + bytes.toString('utf8')).split('\n');
      this.rest = parts.pop() ?? '';
      for (const part of parts) {
        let line: JournalLine;
        try {
          line = JSON.parse(part) as JournalLine;
        } catch {
          // One that was torn.
          continue;
        }
        this.lines.push(line);
        if ('event' in line.entry) this.state = step(this.state, line as Timed<ReleaseEvent>).state;
      }
    } finally {
      closeSync(descriptor);
    }
  }
}

/** A run with somebody who answers it. */
export interface Attended {
  readonly run: () => string | null;
  readonly tail: () => JournalTail | null;
  readonly ended: Promise<Ended>;
  demand(demand: Pick<Demand, 'what' | 'reason'> & { readonly phrase?: string }): Promise<void>;
}

/**
 * Answers what a run asks through its own file of answers, as every face does, until the command line ends.
 *
 * @param id The run that is gone on with; left out: the newest one that is not there yet.
 */
export function attend(world: ReleaseWorld, running: Running, replies: Replies, id?: string): Attended {
  const before = new Set(world.runs());
  let run = id ?? null;
  let tail: JournalTail | null = null;
  const answered = new Set<string>();
  let isEnded = false;
  void running.ended.then(() => (isEnded = true));
  const answersFile = (): string => path.join(world.root, RECORDS, `${run}.journal`, 'answers.jsonl');
  const look = async (): Promise<void> => {
    run ??= world.runs().find((each) => !before.has(each)) ?? null;
    if (run === null) return;
    tail ??= new JournalTail(path.join(world.root, RECORDS, `${run}.journal`, 'journal.jsonl'));
    tail.read();
    const { question } = tail.state;
    if (!question || answered.has(question.id)) return;
    const reply = replies[question.kind];
    const given = typeof reply === 'function' ? reply(question) : reply;
    if (!given) return;
    answered.add(question.id);
    const said = await appendAnswer(
      answersFile(),
      {
        kind: 'answer',
        answer: { question: question.id, choice: given.choice, text: given.text ?? '', by: BY },
      },
      new Date(),
    );
    assert.ok(said.ok, JSON.stringify(said));
  };
  const loop = (async (): Promise<Ended> => {
    while (!isEnded) {
      await look();
      await after(20);
    }
    await look();
    return running.ended;
  })();
  return {
    run: () => run,
    tail: () => tail,
    ended: loop,
    demand: async (demand) => {
      const said = await appendAnswer(
        answersFile(),
        { kind: 'demand', demand: { ...demand, by: BY } as Demand },
        new Date(),
      );
      assert.ok(said.ok, JSON.stringify(said));
    },
  };
}

/** What `--format json` printed. */
export interface JsonEnd {
  readonly run: string;
  readonly verdict: string | null;
  readonly reason: string;
  readonly reasons: readonly string[];
  readonly liveSystem: string;
  readonly isRollbackVerified: boolean | null;
  readonly isUnknownState: boolean;
  readonly leftovers: readonly string[];
  readonly record: string;
}

export function jsonOf(ended: Ended): JsonEnd {
  try {
    return JSON.parse(ended.out) as JsonEnd;
  } catch {
    throw new Error(`no JSON (status ${ended.status}): ${ended.out}\n${ended.err}`);
  }
}

const PRELOAD = path.resolve('test/release/world/fault-in-runner.cjs');

/** Environment of a runner that fails at a line of its journal: its seq, or the name of the first event or effect. */
export const failing = (fault: string, line: number | string): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--require ${PRELOAD}`,
  RELEASE_WORLD_FAULT: fault,
  RELEASE_WORLD_LINE: String(line),
});

export const RELEASE = ['release', '--env', 'production', '--version', '1.0.1', '--format', 'json'];

/** Runs a release with somebody who answers, and gives its end. */
export async function released(
  world: ReleaseWorld,
  replies: Replies = willing,
  options: {
    readonly args?: readonly string[];
    readonly environment?: NodeJS.ProcessEnv;
    /** Called now and then while it runs. */
    readonly meanwhile?: (attended: Attended) => Promise<void> | void;
  } = {},
): Promise<{ readonly ended: Ended; readonly json: JsonEnd; readonly attended: Attended }> {
  const attended = attend(
    world,
    world.start(options.args ?? RELEASE, options.environment ? { environment: options.environment } : {}),
    replies,
  );
  let isOver = false;
  const watching = (async (): Promise<void> => {
    while (!isOver && options.meanwhile) {
      await options.meanwhile(attended);
      await after(30);
    }
  })();
  const ended = await attended.ended;
  isOver = true;
  await watching;
  return { ended, json: jsonOf(ended), attended };
}

/** What holds at the end of every run, whatever happened on the way. */
export function assertSound(world: ReleaseWorld, run: string): void {
  const text = readFileSync(path.join(world.root, RECORDS, `${run}.journal`, 'journal.jsonl'), 'utf8');
  const read = readLines(text);
  assert.ok(
    read.lines.every(({ seq }, index) => seq === index + 1),
    'no line of the journal is lost',
  );
  assert.ok(read.isIntact, 'the chain of the journal holds');
  const shares = world.deployments();
  assert.equal(new Set(shares).size, shares.length, `never deployed twice: ${shares.join(', ')}`);
  assert.ok(world.rollbacks().length <= 1, 'never rolled back twice');
  assert.deepEqual(world.leftProcesses(), [], 'no process is left');
  const record = readFileSync(path.join(world.root, RECORDS, `${run}.md`), 'utf8');
  assert.ok(!record.includes('tok_5f2b9d1c77aa4e0e') && !text.includes('tok_5f2b9d1c77aa4e0e'), 'no secret');
}

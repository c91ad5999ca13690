import { promises as fs } from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Demand, JournalLine } from '../../core/release/events';
import { step } from '../../core/release/machine';
import { initialState, type ReleaseState } from '../../core/release/state';
import { appendAnswer, type SayOutcome } from './answers';
import { followJournal } from './follow';
import { absolutePath, readRun, runFolderOf } from './journal-store';
import { isSameProcess } from './process/groups';

/** A run as a face follows it: the replay of its journal as it grows, and the way in which a person speaks to it. */
export interface FollowedRun {
  readonly id: string;
  state(): ReleaseState;
  /** The lines of its journal so far. */
  lines(): readonly JournalLine[];
  /** The run's own clock now, worked out from the last line and the time since. */
  elapsedMs(): number;
  /** Whether the process that ran it is gone without a verdict; false where it runs on another machine. */
  isGone(): boolean;
  /** Why the last answer or demand was not taken; null where it was, or nothing was said. */
  lastRefusal(): string | null;
  /** Resolves when the process that ran it is gone, at the latest after `limitMs`: its records are whole then. */
  untilRunnerIsGone(limitMs: number): Promise<void>;
  onChange(listener: () => void): () => void;
  answer(answer: Answer): Promise<SayOutcome>;
  demand(demand: Demand): Promise<SayOutcome>;
  close(): void;
}

/** How often the runner's process is looked for. */
const LOOK_MS = 2000;

/** So long a run may take to its first line; one without it later never began. */
const FIRST_LINE_MS = 30_000;

/** So long a journal that is there may take to be read. */
const READ_MS = 5000;

/**
 * Follows a run of a release folder; null where it has no journal that can be read. What the journal holds by now, and
 * whether the runner's process is there, is known when the promise resolves.
 */
export async function openFollowedRun(
  root: string,
  releaseFolder: string,
  id: string,
): Promise<FollowedRun | null> {
  const first = await readRun(root, releaseFolder, id);
  if (!first) return null;
  const folder = runFolderOf(root, releaseFolder, id);
  const ending = new AbortController();
  const listeners = new Set<() => void>();
  let state = initialState;
  let lines: JournalLine[] = [];
  let refusal: string | null = null;
  let seenAt = performance.now();
  let isGone = false;
  const tell = (): void => listeners.forEach((listener) => listener());
  const take = (line: JournalLine): void => {
    lines.push(line);
    if (!('event' in line.entry)) return;
    state = step(state, { at: line.at, elapsedMs: line.elapsedMs, entry: line.entry }).state;
    if (line.entry.event === 'answer-refused') refusal = `the answer ${line.entry.why}`;
    else if (line.entry.event === 'answered' || line.entry.event === 'demanded') refusal = null;
    seenAt = performance.now();
  };
  const following = followJournal(
    absolutePath(root, folder.journal),
    ({ lines: more, isRestart }) => {
      if (isRestart) {
        state = initialState;
        lines = [];
      }
      more.forEach(take);
      tell();
    },
    ending.signal,
  );
  following.catch(() => {
    isGone = true;
    tell();
  });
  const lookForRunner = async (): Promise<void> => {
    const { runner, phase } = state;
    if (!state.run) {
      const { mtimeMs } = await fs.stat(absolutePath(root, folder.journal)).catch(() => ({ mtimeMs: 0 }));
      isGone = !state.run && Date.now() - mtimeMs > FIRST_LINE_MS;
      if (isGone) tell();
      return;
    }
    if (!runner || phase === 'ended' || runner.host !== os.hostname()) return;
    const isThere = await isSameProcess(runner.pid, runner.startTime);
    // A runner ends right after its last line, which may not have been read yet.
    if (!isThere && state.runner === runner && isGone === false) {
      const again = await readRun(root, releaseFolder, id);
      const hasEnded = again?.read.lines.some(({ entry }) => 'event' in entry && entry.event === 'ended');
      isGone = hasEnded !== true;
      tell();
    } else if (isThere) isGone = false;
  };
  const timer = setInterval(() => void lookForRunner(), LOOK_MS);
  timer.unref();
  for (let waited = 0; lines.length < first.read.lines.length && !isGone && waited < READ_MS; waited += 10)
    await delay(10);
  await lookForRunner();
  return {
    id,
    state: () => state,
    lines: () => lines,
    elapsedMs: () => state.elapsedMs + (state.phase === 'ended' ? 0 : performance.now() - seenAt),
    isGone: () => isGone,
    lastRefusal: () => refusal,
    untilRunnerIsGone: async (limitMs) => {
      const end = performance.now() + limitMs;
      const { runner } = state;
      if (!runner || runner.host !== os.hostname()) return;
      while (performance.now() < end && (await isSameProcess(runner.pid, runner.startTime))) await delay(20);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    answer: (answer) => {
      refusal = null;
      return appendAnswer(absolutePath(root, folder.answers), { kind: 'answer', answer }, new Date());
    },
    demand: (demand) => {
      refusal = null;
      return appendAnswer(absolutePath(root, folder.answers), { kind: 'demand', demand }, new Date());
    },
    close: () => {
      clearInterval(timer);
      listeners.clear();
      ending.abort();
    },
  };
}

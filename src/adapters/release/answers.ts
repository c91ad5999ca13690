import { promises as fs } from 'node:fs';
import { answerLine, MAX_ANSWER_BYTES, readAnswerLine, type Said } from '../../core/release/answer-lines';
import { APPENDING, endsLine, isFull } from '../append-only';
import { errorCode } from '../node-files';
import { followLines } from './follow';

/** What became of an answer: it is with the run, or why not; `detail` completes "What you typed …". */
export type SayOutcome = { readonly ok: true } | { readonly ok: false; readonly detail: string };

/**
 * Gives a run what a person said at a face: one line, written at once and on the disk when the promise resolves. That it
 * was taken, the journal tells (`answered`, `answer-refused`, `demanded`).
 *
 * @param file The run's `answers.jsonl`, as an absolute path. It is made with the run; where it is not there, nothing is said.
 */
export async function appendAnswer(file: string, said: Said, at: Date): Promise<SayOutcome> {
  const line = answerLine(said, at.toISOString());
  if (!line.ok) return line;
  let handle: fs.FileHandle | null = null;
  try {
    handle = await fs.open(file, APPENDING);
    // One write, so that two faces at once do not get between each other.
    await handle.appendFile((await endsLine(handle)) ? line.line : `\n${line.line}`, 'utf8');
    await handle.sync();
    return { ok: true };
  } catch (error) {
    const code = errorCode(error);
    return {
      ok: false,
      detail:
        code === 'ENOENT'
          ? 'could not be given to the release: its folder is gone'
          : isFull(code)
            ? 'could not be given to the release: the disk is full'
            : `could not be given to the release (${code})`,
    };
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

/** How far the answers of a run go now: from where a process that goes on with it listens, since what was said to the one
 * before it was said about another moment. 0 where there are none. */
export async function answersEnd(file: string): Promise<number> {
  try {
    return (await fs.lstat(file)).size;
  } catch {
    return 0;
  }
}

/** What came through the answers' file. */
export type Heard =
  | { readonly kind: 'said'; readonly said: Said }
  /** A line that is none of a face; nothing of it was done. `detail` completes "A line of the answers …". */
  | { readonly kind: 'refused'; readonly detail: string };

/** How many refused lines are told one by one; a program that writes rubbish without end is told once more, and no more. */
const MAX_REFUSED = 20;

/**
 * Tells a run what is said to it from a byte on, until the signal is aborted. Every line is checked; what a face did not
 * write is told as refused, so that the run can record it, and never obeyed. Where the file is replaced by another, that is
 * told as refused too, and the other is read from its end: what was said once is not said again.
 */
export async function watchAnswers(
  file: string,
  offset: number,
  onHeard: (heard: Heard) => void,
  signal: AbortSignal,
): Promise<void> {
  let refusals = 0;
  const refuse = (detail: string): void => {
    refusals++;
    if (refusals <= MAX_REFUSED) onHeard({ kind: 'refused', detail });
    if (refusals === MAX_REFUSED)
      onHeard({ kind: 'refused', detail: 'was the last that is told; more are passed over' });
  };
  await followLines(
    file,
    ({ lines, isRestart }) => {
      if (isRestart) refuse('may be missing: the file was replaced or cut, and is read from its end');
      for (const line of lines) {
        if (line?.trim() === '') continue;
        const read = line === null ? ({ ok: false, detail: 'is too long' } as const) : readAnswerLine(line);
        if (read.ok) onHeard({ kind: 'said', said: read.said });
        else refuse(read.detail);
      }
    },
    signal,
    { offset, maxLineBytes: MAX_ANSWER_BYTES, restartAt: 'end' },
  );
}

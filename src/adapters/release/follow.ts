import { constants, promises as fs, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import type { JournalLine } from '../../core/release/events';
import { createJournalReader, MAX_LINE_CHARACTERS, type JournalFault } from '../../core/release/journal';
import { errorCode } from '../node-files';
import { nodeSha256 } from './journal-store';

/** How a growing file is looked at. */
export interface FollowOptions {
  /** From which byte on; 0 by default. */
  readonly offset?: number;
  /** A longer line is not kept: it is told as null, and what follows its break is read again. */
  readonly maxLineBytes: number;
  /** Between two looks, where the system does not tell of a change. */
  readonly pollMs?: number;
  /** From where a file is read that took the place of the one before; its beginning by default. */
  readonly restartAt?: 'beginning' | 'end';
}

/** Lines that came since the last time. */
export interface FollowedText {
  /** Without their breaks; null for one that was too long. */
  readonly lines: readonly (string | null)[];
  /** Where the next line begins. */
  readonly offset: number;
  /** The file is another, or shorter than it was: what was told before counts no more. */
  readonly isRestart: boolean;
}

const POLL_MS = 200;
const CHUNK_BYTES = 1024 * 1024;

/** Enough to hold the hash at the end of a journal's line. */
const KNOWN_BYTES = 128;

/**
 * Tells the lines of a file that grows, as they become whole, until the signal is aborted; then it resolves. The file need
 * not be there yet, may go and come again, and is closed between looks, so that nothing of it is held. The system's word of
 * a change makes it quick, a look every 200 ms makes it sure: on some file systems (network drives, containers) the word
 * does not come.
 *
 * @param onLines Called with at least one line or a restart; what it throws rejects.
 */
export async function followLines(
  file: string,
  onLines: (text: FollowedText) => void,
  signal: AbortSignal,
  { offset = 0, maxLineBytes, pollMs = POLL_MS, restartAt = 'beginning' }: FollowOptions,
): Promise<void> {
  let position = offset;
  /** The last bytes before `position`, by which the file is known again; null before it was first seen. */
  let known = null as Buffer | null;
  /** What stands behind the last break; bytes, since a character may be torn. */
  let unfinished: Buffer[] = [];
  let unfinishedBytes = 0;
  let isTooLong = false;
  const wake = createWake(file);

  const forget = (): void => {
    unfinished = [];
    unfinishedBytes = 0;
    isTooLong = false;
  };

  const take = (chunk: Buffer, lines: (string | null)[]): void => {
    let from = 0;
    for (;;) {
      const at = chunk.indexOf(0x0a, from);
      const part = chunk.subarray(from, at < 0 ? chunk.length : at);
      if (!isTooLong && unfinishedBytes + part.length > maxLineBytes) {
        isTooLong = true;
        unfinished = [];
      }
      // Copied: the buffer behind it is used again.
      if (!isTooLong && part.length > 0) unfinished.push(Buffer.from(part));
      unfinishedBytes += part.length;
      if (at < 0) return;
      lines.push(isTooLong ? null : Buffer.concat(unfinished).toString('utf8'));
      forget();
      from = at + 1;
    }
  };

  const restart = async (handle: fs.FileHandle, size: number): Promise<void> => {
    position = restartAt === 'end' ? size : 0;
    known = await bytesBefore(handle, position);
    forget();
    onLines({ lines: [], offset: position, isRestart: true });
  };

  const look = async (): Promise<void> => {
    let handle: fs.FileHandle;
    try {
      handle = await fs.open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      // Whatever keeps it from being read now (not made yet, moved, another program's lock) may pass.
      if (errorCode(error) === 'unknown error') throw error;
      return;
    }
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return;
      const { size } = stat;
      // Not by its number: the system gives that of a removed file to the next one, and an editor's save makes the same
      // file another.
      if (size !== position || known === null) {
        const before = await bytesBefore(handle, position);
        known ??= before;
        if (size < position || !before.equals(known)) await restart(handle, size);
      }
      if (size === position) return;
      const buffer = Buffer.allocUnsafe(size - position < CHUNK_BYTES ? 64 * 1024 : CHUNK_BYTES);
      while (!signal.aborted) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        known = Buffer.concat(
          [known ?? Buffer.alloc(0), buffer.subarray(0, bytesRead)].map((part) =>
            part.subarray(-KNOWN_BYTES),
          ),
        ).subarray(-KNOWN_BYTES);
        const lines: (string | null)[] = [];
        take(buffer.subarray(0, bytesRead), lines);
        if (lines.length > 0) onLines({ lines, offset: position - unfinishedBytes, isRestart: false });
      }
    } finally {
      await handle.close();
    }
  };

  try {
    while (!signal.aborted) {
      await look();
      await wake.next(pollMs, signal);
    }
  } finally {
    wake.close();
  }
}

async function bytesBefore(handle: fs.FileHandle, position: number): Promise<Buffer> {
  const length = Math.min(KNOWN_BYTES, position);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position - length);
  return buffer.subarray(0, bytesRead);
}

/** Lines of a journal that came since the last time. */
export interface FollowedJournal {
  readonly lines: readonly JournalLine[];
  /** What is wrong with what came. A torn line that is not yet whole is none. */
  readonly faults: readonly JournalFault[];
  /** The journal is another than before: a view begins anew. */
  readonly isRestart: boolean;
}

/**
 * Tells the lines of a run's journal as they become whole, each checked against the chain, until the signal is aborted.
 * What terminal and panel show comes from here, whichever of them the release was started in.
 *
 * @param file The journal, as an absolute path; it may come later.
 */
export async function followJournal(
  file: string,
  onLines: (journal: FollowedJournal) => void,
  signal: AbortSignal,
): Promise<void> {
  let reader = createJournalReader(nodeSha256);
  await followLines(
    file,
    ({ lines: texts, isRestart }) => {
      if (isRestart) reader = createJournalReader(nodeSha256);
      const lines: JournalLine[] = [];
      const faults: JournalFault[] = [];
      for (const text of texts) {
        const read = reader.take(text);
        if (read.line) lines.push(read.line);
        faults.push(...read.faults);
      }
      if (isRestart || lines.length > 0 || faults.length > 0) onLines({ lines, faults, isRestart });
    },
    signal,
    { maxLineBytes: MAX_LINE_CHARACTERS * 4 },
  );
}

/** Waits for a change in a file's folder, or for as long as is said, or for the end. */
function createWake(file: string): {
  readonly next: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
} {
  let watcher: FSWatcher | null = null;
  let isChanged = false;
  let waiting: (() => void) | null = null;
  const begin = (): void => {
    try {
      // The folder, not the file: a file that is replaced, or not yet there, is seen all the same.
      watcher = watch(path.dirname(file), { persistent: false }, (_, name) => {
        if (name !== null && name !== path.basename(file)) return;
        isChanged = true;
        waiting?.();
      });
      watcher.on('error', () => {
        watcher?.close();
        watcher = null;
      });
    } catch {
      // No folder yet, or no more watches to be had; looking every so often does.
      watcher = null;
    }
  };
  return {
    async next(ms, signal) {
      if (!watcher) begin();
      // By hand: a signal made of others for each look would pile up over a day's watch.
      if (!isChanged && !signal.aborted)
        await new Promise<void>((resolve) => {
          const done = (): void => {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            waiting = null;
            resolve();
          };
          const timer = setTimeout(done, ms);
          signal.addEventListener('abort', done);
          waiting = done;
        });
      isChanged = false;
    },
    close: () => watcher?.close(),
  };
}

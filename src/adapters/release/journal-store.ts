import { createHash } from 'node:crypto';
import { constants, promises as fs, type BigIntStats } from 'node:fs';
import path from 'node:path';
import type { Effect, JournalLine, ReleaseEvent, Timed } from '../../core/release/events';
import {
  createJournalReader,
  lineOf,
  readLines,
  textOfLine,
  type JournalEnd,
  type ReadJournalLines,
} from '../../core/release/journal';
import type { RunIdentity, RunMode } from '../../core/release/run';
import { byBeginning, isRunId, modeOfRunId, runName, type RunName } from '../../core/release/run-name';
import { APPENDING, flushFolder, isFull } from '../append-only';
import { whyNotInRepository } from '../file-writer';
import { errorCode } from '../node-files';

/** SHA-256 by Node: the same as the engine's own, many times faster. */
export const nodeSha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Where a run's files are, from the repository's root, with forward slashes. */
export interface RunFolder {
  readonly id: string;
  readonly root: string;
  /** The record of the run, which is rendered from the journal. */
  readonly record: string;
  readonly folder: string;
  readonly journal: string;
  readonly answers: string;
  /** A folder for what the scripts print. */
  readonly output: string;
}

/** Why a line is not in the journal for certain; the run has to stop where it can, since what it does is not recorded. */
export class JournalFailure extends Error {
  constructor(
    readonly kind:
      /** The disk is full, or a quota, or the file has reached the size that the system allows. */
      | 'disk-full'
      /** The journal was moved away or removed. */
      | 'gone'
      /** Somebody else wrote to it: another runner of the same run. */
      | 'foreign'
      /** The entry is no line: too long, or with a number that JSON has not. */
      | 'unfit'
      /** Anything else that the system says. */
      | 'refused',
    message: string,
    /** The last whole line, as the file was read after the failure where it could be; null where it has none. */
    readonly last: JournalEnd | null,
    /** Whether that last line is the one that failed: all of it is in the file, but perhaps not on the disk. */
    readonly isWritten: boolean,
  ) {
    super(message);
    this.name = 'JournalFailure';
  }
}

/** The journal of a run that is under way, open for its one writer. */
export interface RunJournal {
  /** The last whole line; null before the first. */
  readonly end: JournalEnd | null;
  /**
   * Puts an entry behind the others, on the disk when the promise resolves. Calls are done one after the other, in the
   * order in which they were made. Rejects with a `JournalFailure` and nothing else; after one, a further call looks at
   * the file first, and begins on a new line where the failed one was torn.
   */
  append(timed: Timed<ReleaseEvent | Effect>): Promise<JournalLine>;
  close(): Promise<void>;
}

export type RunFolderOutcome =
  | { readonly ok: true; readonly run: RunFolder; readonly journal: RunJournal }
  /** `detail` completes "The release cannot be recorded: …". */
  | { readonly ok: false; readonly detail: string };

export type OpenRunOutcome =
  | {
      readonly ok: true;
      readonly run: RunFolder;
      readonly journal: RunJournal;
      readonly read: ReadJournalLines;
    }
  /** `detail` completes "The release cannot be gone on with: …". */
  | { readonly ok: false; readonly detail: string };

/** More runs of one version in one minute are none of a person. */
const MAX_SAME_MINUTE = 99;

/** A journal is read whole; a day's watch of ten metrics is a few MiB. */
const MAX_JOURNAL_BYTES = 256 * 1024 * 1024;

/** How much of a journal's beginning and end is looked at for a list. */
const GLIMPSE_BYTES = 1024 * 1024;

/** The files of a run of that id. */
export function runFolderOf(root: string, releaseFolder: string, id: string): RunFolder {
  const folder = `${releaseFolder}/${id}.journal`;
  return {
    id,
    root: path.resolve(root),
    record: `${releaseFolder}/${id}.md`,
    folder,
    journal: `${folder}/journal.jsonl`,
    answers: `${folder}/answers.jsonl`,
    output: `${folder}/output`,
  };
}

/** A path from the root as the system takes it. */
export function absolutePath(root: string, file: string): string {
  return path.join(path.resolve(root), ...file.split('/'));
}

/**
 * Makes the folder of a new run and opens its journal. The folder is made exclusively: of two runs of one version in the
 * same minute, whichever processes they are in, each gets its own (`-2`), and no record that is there is written over.
 * Nothing is made outside the repository, in `.git` or through a link.
 */
export async function createRunFolder(
  root: string,
  releaseFolder: string,
  name: RunName,
): Promise<RunFolderOutcome> {
  const named = runName(name);
  if (!named.ok) return named;
  for (let number = 1; number <= MAX_SAME_MINUTE; number++) {
    const run = runFolderOf(root, releaseFolder, number === 1 ? named.name : `${named.name}-${number}`);
    const reason =
      (await whyNotInRepository(root, run.journal)) ?? (await whyNotInRepository(root, run.record));
    if (reason !== null) return { ok: false, detail: `${run.folder} ${reason}` };
    try {
      const made = await fs.mkdir(absolutePath(root, releaseFolder), { recursive: true });
      if (await isThere(absolutePath(root, run.record))) continue;
      await fs.mkdir(absolutePath(root, run.folder));
      await fs.mkdir(absolutePath(root, run.output));
      const answers = await open(absolutePath(root, run.answers), constants.O_CREAT | constants.O_EXCL);
      await answers.close();
      const file = absolutePath(root, run.journal);
      const handle = await open(file, constants.O_CREAT | constants.O_EXCL);
      try {
        await handle.sync();
        await flushFolders(absolutePath(root, run.folder), made ?? absolutePath(root, releaseFolder));
      } catch (error) {
        await handle.close();
        throw error;
      }
      return { ok: true, run, journal: createJournal(handle, file, run.journal, null, 0, false) };
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue;
      return { ok: false, detail: notWritten(run.folder, errorCode(error)) };
    }
  }
  return { ok: false, detail: `there are ${MAX_SAME_MINUTE} runs of this version in this minute` };
}

/**
 * Opens the journal of a run that was begun before, to go on behind its last whole line. Whether what stands there is as it
 * was written, and all of it understood, `read` says; who goes on has to look (`isIntact`, `isUnderstood`). That nobody else
 * is at it, the environment's lock holds.
 */
export async function openRun(root: string, releaseFolder: string, id: string): Promise<OpenRunOutcome> {
  if (!isRunId(id)) return { ok: false, detail: `${JSON.stringify(id.slice(0, 200))} is no run` };
  const run = runFolderOf(root, releaseFolder, id);
  const reason = await whyNotInRepository(root, run.journal);
  if (reason !== null) return { ok: false, detail: `${run.journal} ${reason}` };
  const file = absolutePath(root, run.journal);
  let handle: fs.FileHandle | null = null;
  try {
    handle = await open(file, 0);
    const bytes = await readWhole(handle);
    if (bytes === null) {
      await handle.close();
      return { ok: false, detail: `${run.journal} is larger than ${MAX_JOURNAL_BYTES / 1024 / 1024} MiB` };
    }
    const read = readLines(bytes.toString('utf8'), nodeSha256);
    const journal = createJournal(handle, file, run.journal, read.end, bytes.length, !read.isEnded);
    return { ok: true, run, journal, read };
  } catch (error) {
    await handle?.close().catch(() => undefined);
    const code = errorCode(error);
    return {
      ok: false,
      detail: code === 'ENOENT' ? `there is no ${run.journal}` : `${run.journal} cannot be opened (${code})`,
    };
  }
}

/** Reads the journal of a run, to show it; null where there is none that can be read. */
export async function readRun(
  root: string,
  releaseFolder: string,
  id: string,
): Promise<{ readonly run: RunFolder; readonly read: ReadJournalLines } | null> {
  const opened = await openRun(root, releaseFolder, id);
  if (!opened.ok) return null;
  await opened.journal.close();
  return { run: opened.run, read: opened.read };
}

/** A run as a list shows it. */
export interface ListedRun {
  readonly id: string;
  readonly mode: RunMode;
  /** As the journal's first line has it; null where that cannot be read. */
  readonly identity: RunIdentity | null;
  readonly startedAt: string | null;
  /** Of the last whole line. */
  readonly lastAt: string | null;
  /** Whether the run came to its end; one that has not and whose process is gone can be resumed. */
  readonly isEnded: boolean;
}

/** The runs of a folder that have a journal, the last begun first. Folders that may not be read are passed over. */
export async function listRuns(root: string, releaseFolder: string): Promise<readonly ListedRun[]> {
  let names: readonly string[];
  try {
    names = await fs.readdir(absolutePath(root, releaseFolder));
  } catch {
    return [];
  }
  const ids = names
    .filter((name) => name.endsWith('.journal'))
    .map((name) => name.slice(0, -'.journal'.length))
    .filter(isRunId)
    .sort(byBeginning)
    .reverse();
  const runs: ListedRun[] = [];
  for (const id of ids) {
    const mode = modeOfRunId(id);
    const run = runFolderOf(root, releaseFolder, id);
    if (mode === null || (await whyNotInRepository(root, run.journal)) !== null) continue;
    const glimpse = await glimpseOf(absolutePath(root, run.journal));
    if (glimpse) runs.push({ id, mode, ...glimpse });
  }
  return runs;
}

async function glimpseOf(file: string): Promise<Omit<ListedRun, 'id' | 'mode'> | null> {
  let handle: fs.FileHandle;
  try {
    handle = await fs.open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const { size } = await handle.stat();
    const first = (await readAt(handle, 0, Math.min(size, GLIMPSE_BYTES))).split('\n')[0] ?? '';
    const { line } = createJournalReader(nodeSha256).take(first);
    const tail = (await readAt(handle, Math.max(0, size - GLIMPSE_BYTES), Math.min(size, GLIMPSE_BYTES)))
      .split('\n')
      // Each is read by itself: whether they follow each other is not asked here.
      .map((text) => createJournalReader(nodeSha256).take(text).line)
      .filter((each) => each !== null);
    const started = line && 'event' in line.entry && line.entry.event === 'started' ? line.entry : null;
    return {
      identity: started?.run ?? null,
      startedAt: line?.at ?? null,
      lastAt: tail.at(-1)?.at ?? null,
      isEnded: tail.some(({ entry }) => 'event' in entry && entry.event === 'ended'),
    };
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

async function readAt(handle: fs.FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString('utf8', 0, bytesRead);
}

function createJournal(
  handle: fs.FileHandle,
  file: string,
  shown: string,
  begun: JournalEnd | null,
  begunSize: number,
  begunTorn: boolean,
): RunJournal {
  let end = begun;
  /** What the file should measure; anything else was written by somebody else. */
  let size = begunSize;
  let isTorn = begunTorn;
  /** A write failed, and the file was not looked at since. */
  let isDoubtful = false;
  let last: Promise<unknown> = Promise.resolve();

  const failure = (kind: JournalFailure['kind'], detail: string, isWritten = false): JournalFailure =>
    new JournalFailure(kind, `the journal ${shown} ${detail}`, end, isWritten);

  /** Looks at the file as it is now. */
  const recover = async (): Promise<void> => {
    const bytes = await readWhole(handle);
    if (bytes === null) throw failure('refused', 'has become too large to be read');
    const read = readLines(bytes.toString('utf8'), nodeSha256);
    end = read.end;
    size = bytes.length;
    isTorn = !read.isEnded;
    isDoubtful = false;
  };

  const checked = async (): Promise<void> => {
    if (isDoubtful) await recover();
    const [opened, there] = await Promise.all([
      handle.stat({ bigint: true }),
      fs.lstat(file, { bigint: true }).catch((error: unknown): BigIntStats | null => {
        if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
        throw error;
      }),
    ]);
    if (!there || there.ino !== opened.ino || there.dev !== opened.dev)
      throw failure('gone', 'was moved or removed while the release ran');
    if (opened.size !== BigInt(size))
      throw failure('foreign', 'was written to by another program; is this run gone on with somewhere else?');
  };

  const append = async (timed: Timed<ReleaseEvent | Effect>): Promise<JournalLine> => {
    try {
      await checked();
    } catch (error) {
      throw error instanceof JournalFailure
        ? error
        : failure('refused', `cannot be looked at (${errorCode(error)})`);
    }
    let line: JournalLine;
    try {
      line = lineOf(end, timed, nodeSha256);
    } catch (error) {
      throw failure('unfit', `cannot hold an entry: ${error instanceof Error ? error.message : 'unfit'}`);
    }
    const bytes = Buffer.from(`${isTorn ? '\n' : ''}${textOfLine(line)}`, 'utf8');
    try {
      await handle.appendFile(bytes);
      await handle.datasync();
    } catch (error) {
      const code = errorCode(error);
      isDoubtful = true;
      await recover().catch(() => undefined);
      throw failure(
        isFull(code) ? 'disk-full' : 'refused',
        isFull(code) ? 'could not be written: the disk is full' : `could not be written (${code})`,
        end?.hash === line.hash,
      );
    }
    end = { seq: line.seq, hash: line.hash, at: line.at, elapsedMs: line.elapsedMs };
    size += bytes.length;
    isTorn = false;
    return line;
  };

  return {
    get end() {
      return end;
    },
    append(timed) {
      const mine = last.then(() => append(timed));
      last = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      await last;
      await handle.close();
    },
  };
}

async function open(file: string, flags: number): Promise<fs.FileHandle> {
  const handle = await fs.open(file, APPENDING | constants.O_NONBLOCK | flags, 0o644);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw Object.assign(new Error('no regular file'), { code: 'EINVAL' });
}

/** All that a file holds; null where that is too much. */
async function readWhole(handle: fs.FileHandle): Promise<Buffer | null> {
  const { size } = await handle.stat();
  if (size > MAX_JOURNAL_BYTES) return null;
  const bytes = Buffer.alloc(size);
  let read = 0;
  while (read < size) {
    const { bytesRead } = await handle.read(bytes, read, size - read, read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

/** Sees a new folder on the disk, with all the folders above it up to the one that was there. */
async function flushFolders(folder: string, top: string): Promise<void> {
  for (let current = folder; ; current = path.dirname(current)) {
    await flushFolder(current);
    if (current === path.dirname(top) || current === path.dirname(current)) return;
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await fs.lstat(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function notWritten(file: string, code: string): string {
  return isFull(code)
    ? `${file} could not be written: the disk is full`
    : `${file} could not be written (${code})`;
}

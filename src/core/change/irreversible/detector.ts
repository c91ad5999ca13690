import type { ChangedFile, History, Parsers, ReadResult } from '../../ports';
import type { SqlSettings } from './dialect';
import type { ChangeRange, DiffRisk, IrreversibleAction, TouchKind } from '../change';

/** So many files are read from the history at a time, so that the program that reads them never waits for a question. */
const READS_AT_ONCE = 16;

/** What a detector may look at: the range's files, and any file as it stands at either end. */
export interface DetectorWorld {
  /** Every file that differs between the ends of the range. */
  readonly files: readonly ChangedFile[];
  readonly range: ChangeRange;
  readonly history: Pick<History, 'fileAt'>;
  /** Loaded by the call: ask only where there is something to parse. */
  readonly parsers: Pick<Parsers, 'sql' | 'shell'>;
  /** The paths of the checked-out repository. */
  readonly repositoryPaths: ReadonlySet<string>;
  /** What the configuration says of the dialects of SQL. */
  readonly sql: SqlSettings;
  readonly signal: AbortSignal | undefined;
}

/** What a detector saw: what cannot be undone, what may hurt, and what the change touches beyond what paths tell. */
export interface Detected {
  readonly irreversible: readonly IrreversibleAction[];
  readonly risks: readonly DiffRisk[];
  readonly touches: readonly { readonly kind: TouchKind; readonly path: string }[];
}

/**
 * Finds one family of actions that cannot be undone. It judges only what the range changes, says `unjudgeable` of what
 * it cannot read, and never throws on a file's content.
 */
export interface Detector {
  readonly id: string;
  detect(world: DetectorWorld): Promise<Detected>;
}

/** A changed file with its text at both ends; an end at which it does not exist is null. */
export interface FileEnds {
  readonly file: ChangedFile;
  readonly head: ReadResult | null;
  readonly base: ReadResult | null;
}

const alreadyRead = new WeakMap<DetectorWorld, Map<ChangedFile, Promise<FileEnds>>>();

/** Reads both ends of changed files, a few at a time, in the order given; each once for all who ask in the same world. */
export async function readEnds(
  world: DetectorWorld,
  files: readonly ChangedFile[],
): Promise<readonly FileEnds[]> {
  const known = alreadyRead.get(world) ?? new Map<ChangedFile, Promise<FileEnds>>();
  alreadyRead.set(world, known);
  const results: FileEnds[] = [];
  let next = 0;
  const readOn = async (): Promise<void> => {
    for (let index = next++; index < files.length; index = next++) {
      world.signal?.throwIfAborted();
      const file = files[index] as ChangedFile;
      const reading = known.get(file) ?? readBoth(world, file);
      known.set(file, reading);
      results[index] = await reading;
    }
  };
  await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, files.length) }, readOn));
  return results;
}

async function readBoth({ history, range, signal }: DetectorWorld, file: ChangedFile): Promise<FileEnds> {
  const { base: baseCommit, head: headCommit } = range.commits;
  const before = file.status === 'added' ? null : (file.oldPath ?? file.path);
  const [head, base] = await Promise.all([
    file.status === 'deleted' ? null : history.fileAt(headCommit, file.path, signal),
    before === null || baseCommit === null ? null : history.fileAt(baseCommit, before, signal),
  ]);
  return { file, head, base };
}

/** Whether the file only changed its place. */
export function isMovedUnchanged(file: ChangedFile): boolean {
  return (
    file.status === 'renamed' && (file.isSameContent === true || (file.added === 0 && file.removed === 0))
  );
}

/** A statement or text of more characters is cut in what is shown. */
const MAX_SHOWN = 240;

/** A text as it is shown in a plan: one line, and not longer than people read. */
export function shownText(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_SHOWN ? line : `${line.slice(0, MAX_SHOWN - 1)}…`;
}

import { lineIndex, type LineIndex, type Range, type Span } from '../../text/position';
import type { ChangedFile } from '../../ports';
import type { DiffRisk, IrreversibleAction, TouchKind } from '../change';
import { isDocumentation, isTestOrSample, isVendored } from '../path-kinds';
import {
  isMovedUnchanged,
  readEnds,
  shownText,
  type Detected,
  type DetectorWorld,
  type FileEnds,
} from './detector';

/** A changed file with its text at both ends of the range. */
export interface FileVersions {
  /** Where it stands at the head; where it stood, for a file that is gone. */
  readonly path: string;
  /** Where it stood at the base: another path for a moved file. */
  readonly basePath: string;
  /** Null: the base has no such file. */
  readonly base: string | null;
  /** Null: the head has no such file. */
  readonly head: string | null;
}

/** An end of the range. */
export type Side = 'head' | 'base';

/** What a detector has found so far. */
export interface OpenJudgement extends Detected {
  readonly irreversible: IrreversibleAction[];
  readonly risks: DiffRisk[];
  readonly touches: { readonly kind: TouchKind; readonly path: string }[];
}

/** Nothing found yet. */
export function startJudgement(): OpenJudgement {
  return { irreversible: [], risks: [], touches: [] };
}

/** Where a finding stands, with the text there. */
export interface Place {
  readonly path: string;
  readonly range: Range | null;
  readonly side: Side;
  readonly statement: string;
}

const indexes = new WeakMap<FileVersions, Map<Side, LineIndex>>();

/** The lines of one end of a file, indexed once. */
export function linesOf(file: FileVersions, side: Side): LineIndex {
  const known = indexes.get(file) ?? new Map<Side, LineIndex>();
  indexes.set(file, known);
  const lines = known.get(side) ?? lineIndex(file[side] ?? '');
  known.set(side, lines);
  return lines;
}

/**
 * A place in one end of a file. The statement is the text of the first line of the range where none is given: a range
 * may be a whole block.
 */
export function placeAt(
  file: FileVersions,
  side: Side,
  where: Range | Span | null,
  statement?: string,
): Place {
  const path = side === 'base' ? file.basePath : file.path;
  if (where === null) return { path, side, range: null, statement: shownText(statement ?? '') };
  const lines = linesOf(file, side);
  const range = typeof where.start === 'number' ? lines.rangeOf(where as Span) : (where as Range);
  return {
    path,
    side,
    range,
    statement: shownText(statement ?? lines.lineText(range.start.line)),
  };
}

/** An entry of the risk register about a place; what is gone from the head is named without lines. */
export function riskAt(
  place: Place,
  about: NonNullable<DiffRisk['about']>,
  what: string,
  why: string,
): DiffRisk {
  return {
    path: place.path,
    range: place.side === 'head' ? place.range : null,
    statement: place.statement,
    what,
    why,
    about,
  };
}

/** What could not be read, and so is not known to be harmless. */
export function unjudgeableAt(place: Place, why: string): IrreversibleAction {
  return {
    ...place,
    kind: 'unjudgeable',
    why: `what it does cannot be told: ${why}`,
    compensation: null,
    reversibleBy: null,
  };
}

/** Larger texts are not judged: no person wrote them, and reading them would only cost time. */
export const MAX_CHARACTERS = 2_000_000;

/** Files read for one family; the rest of a larger range is said to be unread. */
const MAX_FILES = 600;

/** The texts of changed files, and what of them could not be had. */
export interface VersionsRead {
  readonly versions: readonly FileVersions[];
  /** `detail` completes the sentence "the file …". */
  readonly unread: readonly { readonly path: string; readonly side: Side; readonly detail: string }[];
}

/**
 * Reads both ends of those changed files that a family is about, each once for all families. Left out are tests,
 * examples, documentation, other people's code, and files that only moved; what moves into such a place counts as gone.
 *
 * A new file matters only where something of its kind is changed or gone, unless `isWantedWhenNew` says otherwise. What
 * lies below `docs/` is documentation unless `isServed` says that others rely on it all the same.
 */
export async function readVersions(
  world: DetectorWorld,
  isWanted: (path: string) => boolean,
  isWantedWhenNew: (path: string) => boolean = () => false,
  isServed: (path: string) => boolean = () => false,
): Promise<VersionsRead> {
  const isOurs = (path: string): boolean =>
    isWanted(path) &&
    !isTestOrSample(path) &&
    (!isDocumentation(path) || isServed(path)) &&
    !isVendored(path);
  const wanted = world.files.filter(
    (file) =>
      file.status !== 'submodule' &&
      !isMovedUnchanged(file) &&
      (isOurs(file.path) || (file.oldPath !== null && isOurs(file.oldPath))),
  );
  const isNew = (file: ChangedFile): boolean => file.status === 'added' || file.status === 'copied';
  const hasOld = wanted.some((file) => !isNew(file));
  const chosen = wanted.filter((file) => !isNew(file) || hasOld || isWantedWhenNew(file.path));
  const read = await readEnds(world, chosen.slice(0, MAX_FILES));
  const known = new Map<ChangedFile, FileEnds>(read.map((ends) => [ends.file, ends]));

  const versions: FileVersions[] = [];
  const unread: { path: string; side: Side; detail: string }[] = [];
  for (const file of chosen) {
    const ends = known.get(file);
    const basePath = file.oldPath ?? file.path;
    if (!ends) {
      unread.push({
        path: file.path,
        side: 'head',
        detail: `is one of more than ${MAX_FILES} changed ones, and was not read`,
      });
      continue;
    }
    const textOf = (side: Side): string | null | undefined => {
      const path = side === 'base' ? basePath : file.path;
      const read = side === 'base' && isNew(file) ? null : ends[side];
      if (read === null || !isOurs(path)) return null;
      if (read.ok && read.text.length <= MAX_CHARACTERS) return read.text;
      if (!read.ok && read.reason === 'missing') return null;
      unread.push({ path, side, detail: read.ok ? 'is too large to be read' : read.detail });
      return undefined;
    };
    const [base, head] = [textOf('base'), textOf('head')];
    if (base !== undefined && head !== undefined) versions.push({ path: file.path, basePath, base, head });
  }
  return { versions, unread };
}

/** An entry for each file that could not be had and whose name says that it holds what this family judges. */
export function unreadActions(
  { unread }: VersionsRead,
  isSurely: (path: string) => boolean,
): readonly IrreversibleAction[] {
  return unread
    .filter(({ path }) => isSurely(path))
    .map(({ path, side, detail }) =>
      unjudgeableAt({ path, side, range: null, statement: '' }, `the file ${detail}`),
    );
}

/** What a reader says of a text that it cannot read. */
interface Unread {
  readonly ok: false;
  readonly offset: number;
  readonly why: string;
}

/**
 * Both ends of a file, read; null for an end that is not there. Null altogether where one cannot be read: of a file that
 * was there before this is said in the judgement.
 */
export function readBothEnds<Read extends { readonly ok: true }>(
  file: FileVersions,
  read: (text: string) => Read | Unread,
  judgement: OpenJudgement,
): { readonly before: Read | null; readonly after: Read | null } | null {
  const before = file.base === null ? null : read(file.base);
  const after = file.head === null ? null : read(file.head);
  if (before?.ok !== false && after?.ok !== false) return { before, after };
  if (before !== null) {
    const [side, unread] = before.ok ? (['head', after] as const) : (['base', before] as const);
    if (unread?.ok === false) {
      const where = { start: unread.offset, end: unread.offset };
      judgement.irreversible.push(unjudgeableAt(placeAt(file, side, where), `the file ${unread.why}`));
    }
  }
  return null;
}

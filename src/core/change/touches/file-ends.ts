import { lineIndex, type LineIndex, type Range } from '../../text/position';
import type { ChangedFile } from '../../ports';
import type { TouchEvidence, TouchKind } from '../change';
import { readEnds, type DetectorWorld } from '../irreversible/detector';

/** A changed file with its text at both ends; null at an end that does not have it. */
export interface TextEnds {
  readonly file: ChangedFile;
  readonly base: string | null;
  readonly head: string | null;
  /** Why it is not known what it holds, for an end that could not be read: completes "the file …". */
  readonly unread: string | null;
}

/** More files of one kind are not read. */
const MAX_FILES = 600;

/** Reads both ends of those changed files that are wanted by either of their names. */
export async function readTextEnds(
  world: DetectorWorld,
  isWanted: (path: string) => boolean,
  limit = MAX_FILES,
): Promise<readonly TextEnds[]> {
  const wanted = world.files
    .filter(
      (file) =>
        file.status !== 'submodule' &&
        (isWanted(file.path) || (file.oldPath !== null && isWanted(file.oldPath))),
    )
    .slice(0, limit);
  return (await readEnds(world, wanted)).map(({ file, base, head }) => {
    const refused = [head, base].find((end) => end !== null && !end.ok && end.reason !== 'missing');
    return {
      file,
      base: base?.ok ? base.text : null,
      head: head?.ok ? head.text : null,
      unread: refused && !refused.ok ? refused.detail : null,
    };
  });
}

/** What a reader of one family of touches saw. */
export interface FamilyRead {
  readonly evidence: readonly TouchEvidence[];
  /** Files whose name says that they are of the family and whose contents say that nothing of it changed. */
  readonly untouched: readonly { readonly kind: TouchKind; readonly path: string }[];
}

/** More evidence of one file and kind is summed up. */
export const MAX_SHOWN = 12;

/** Evidence of one file, with what stands beyond what is shown counted in a last entry. */
export function shownEvidence(
  kind: TouchKind,
  file: ChangedFile,
  found: readonly Omit<TouchEvidence, 'kind' | 'path'>[],
): readonly TouchEvidence[] {
  const at = (side: TouchEvidence['side']): string =>
    side === 'base' ? (file.oldPath ?? file.path) : file.path;
  const shown = found.length > MAX_SHOWN ? found.slice(0, MAX_SHOWN - 1) : found;
  const rest = found.length - shown.length;
  return [
    ...shown.map((each) => ({ kind, path: at(each.side), ...each })),
    ...(rest > 0
      ? [
          {
            kind,
            path: file.path,
            range: null,
            side: sideOf(file),
            what: `and ${rest} more of the same kind`,
          },
        ]
      : []),
  ];
}

/** The end at which a person finds the file. */
export function sideOf(file: ChangedFile): TouchEvidence['side'] {
  return file.status === 'deleted' ? 'base' : 'head';
}

/** A name with the line that it stands on, from 1. */
export type NamedLines = ReadonlyMap<string, number>;

/** What two ends name differently, in the order of the names: added ones at the head, removed ones at the base. */
export function namesChanged(
  before: NamedLines,
  after: NamedLines,
  texts: { readonly base: string | null; readonly head: string | null },
): readonly {
  readonly name: string;
  readonly change: 'added' | 'removed';
  readonly range: Range;
  readonly side: 'head' | 'base';
}[] {
  const head = lazyLines(texts.head ?? '');
  const base = lazyLines(texts.base ?? '');
  return [
    ...[...after]
      .filter(([name]) => !before.has(name))
      .map(([name, line]) => ({
        name,
        change: 'added' as const,
        range: lineRange(head(), line),
        side: 'head' as const,
      })),
    ...[...before]
      .filter(([name]) => !after.has(name))
      .map(([name, line]) => ({
        name,
        change: 'removed' as const,
        range: lineRange(base(), line),
        side: 'base' as const,
      })),
  ];
}

function lazyLines(text: string): () => LineIndex {
  let lines: LineIndex | null = null;
  return () => (lines ??= lineIndex(text));
}

/** The whole of a line. */
export function lineRange(lines: LineIndex, line: number): Range {
  return { start: { line, column: 1 }, end: { line, column: lines.lineText(line).length + 1 } };
}

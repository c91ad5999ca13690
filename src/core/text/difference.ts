import { createTwoFilesPatch, diffLines, structuredPatch } from 'diff';
import type { TextEdit } from './edit';
import type { ProposedFile } from './proposal';

/** How much a proposal changes in one file, in lines. */
export interface DifferenceSize {
  readonly added: number;
  readonly removed: number;
}

/** Comparing larger texts than this line by line may take very long; they are shown whole instead. */
const MAX_COMPARED_CHARACTERS = 2_000_000;

/** Above this many edits the comparison gives up, so that two unrelated large files cannot hang a face. */
const MAX_EDIT_LENGTH = 2_000;

/**
 * The unified difference between what stands there and what is proposed, with three lines of context, as `diff -u` and
 * `git apply` know it; '' where nothing changes. Two texts that are too different are shown as one replacement.
 */
export function unifiedDifference(file: ProposedFile): string {
  if (file.before === file.after) return '';
  const from = file.before === null ? '/dev/null' : `a/${file.path}`;
  const to = `b/${file.path}`;
  const before = file.before ?? '';
  if (before.length + file.after.length <= MAX_COMPARED_CHARACTERS) {
    const patch = createTwoFilesPatch(from, to, before, file.after, undefined, undefined, {
      context: 3,
      maxEditLength: MAX_EDIT_LENGTH,
    });
    if (typeof patch === 'string') return patch.replace(/^=+\n/, '');
  }
  const removed = linesOf(before).map((line) => `-${line}`);
  const added = linesOf(file.after).map((line) => `+${line}`);
  return [
    `--- ${from}`,
    `+++ ${to}`,
    `@@ -1,${removed.length} +1,${added.length} @@`,
    ...removed,
    ...added,
    '',
  ].join('\n');
}

/** The edits that make `after` of `before`, in whole lines; one that replaces everything where they are too different. */
export function editsBetween(before: string, after: string): readonly TextEdit[] {
  const parts =
    before.length + after.length <= MAX_COMPARED_CHARACTERS
      ? diffLines(before, after, { maxEditLength: MAX_EDIT_LENGTH })
      : undefined;
  if (!parts) return before === after ? [] : [{ span: { start: 0, end: before.length }, text: after }];
  const edits: { span: { start: number; end: number }; text: string }[] = [];
  let at = 0;
  for (const { added, removed, value } of parts) {
    if (!added && !removed) {
      at += value.length;
      continue;
    }
    const last = edits[edits.length - 1];
    const edit = last?.span.end === at ? last : { span: { start: at, end: at }, text: '' };
    if (edit !== last) edits.push(edit);
    if (added) edit.text += value;
    else edit.span.end = at += value.length;
  }
  return edits;
}

/** Lines added and removed by a proposal. */
export function differenceSize(file: ProposedFile): DifferenceSize {
  const before = file.before ?? '';
  if (before.length + file.after.length <= MAX_COMPARED_CHARACTERS) {
    const patch = structuredPatch('a', 'b', before, file.after, undefined, undefined, {
      context: 0,
      maxEditLength: MAX_EDIT_LENGTH,
    });
    if (patch) {
      const lines = patch.hunks.flatMap((hunk) => hunk.lines);
      return {
        added: lines.filter((line) => line.startsWith('+')).length,
        removed: lines.filter((line) => line.startsWith('-')).length,
      };
    }
  }
  return { added: linesOf(file.after).length, removed: linesOf(before).length };
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

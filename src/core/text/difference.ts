import { createTwoFilesPatch, structuredPatch } from 'diff';
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

import type { FileEdits, Fix } from '../rules/rule';
import type { TextEdit } from '../text/edit';

/** Several fixes as one: those that went in, and the edits of all of them by file. */
export interface CombinedFixes {
  readonly taken: readonly Fix[];
  readonly edits: readonly FileEdits[];
}

/**
 * Takes fixes in their order, each whole or not at all: one that touches what an earlier one changes is left for the
 * next time, when it is made against the new text. The same edit twice (two findings, one cause) is made once.
 */
export function combineFixes(fixes: readonly Fix[]): CombinedFixes {
  const edited = new Map<string, FileEdits>();
  const taken: Fix[] = [];
  for (const fix of fixes) {
    const isFree = fix.edits.every((file) => {
      const already = edited.get(file.path);
      return file.edits.every((edit) => already?.edits.every((other) => areApart(edit, other)) ?? true);
    });
    if (!isFree) continue;
    for (const file of fix.edits) {
      const already = edited.get(file.path)?.edits ?? [];
      const added = file.edits.filter((edit) => !already.some((other) => isEqual(edit, other)));
      edited.set(file.path, { ...file, edits: [...already, ...added] });
    }
    taken.push(fix);
  }
  return { taken, edits: [...edited.values()] };
}

function areApart(a: TextEdit, b: TextEdit): boolean {
  return isEqual(a, b) || a.span.end < b.span.start || b.span.end < a.span.start;
}

function isEqual(a: TextEdit, b: TextEdit): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.text === b.text;
}

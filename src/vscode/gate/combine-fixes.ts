import type { Fix } from '../../core/rules/rule';
import type { TextEdit } from '../../core/text/edit';

/** Several fixes as one; `count` is how many went in. */
export interface CombinedFixes {
  readonly count: number;
  readonly edits: readonly { readonly path: string; readonly edits: readonly TextEdit[] }[];
}

/**
 * Takes fixes in their order, each whole or not at all: one that touches what an earlier one changes is left for the
 * next time, when it is made against the new text. The same edit twice (two findings, one cause) is made once.
 */
export function combineFixes(fixes: readonly Fix[]): CombinedFixes {
  const taken = new Map<string, TextEdit[]>();
  let count = 0;
  for (const fix of fixes) {
    const isFree = fix.edits.every(({ path, edits }) =>
      edits.every((edit) => (taken.get(path) ?? []).every((other) => areApart(edit, other))),
    );
    if (!isFree) continue;
    for (const { path, edits } of fix.edits) {
      const already = taken.get(path) ?? [];
      taken.set(path, [
        ...already,
        ...edits.filter((edit) => !already.some((other) => isEqual(edit, other))),
      ]);
    }
    count++;
  }
  return { count, edits: [...taken].map(([path, edits]) => ({ path, edits })) };
}

function areApart(a: TextEdit, b: TextEdit): boolean {
  return isEqual(a, b) || a.span.end < b.span.start || b.span.end < a.span.start;
}

function isEqual(a: TextEdit, b: TextEdit): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.text === b.text;
}

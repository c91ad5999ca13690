import type { Span } from './position';

/** Puts `text` in the place of `span`; an empty span inserts. Every other byte stays as it is. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/**
 * Applies edits that do not overlap, in any order; several insertions at one offset keep their order.
 *
 * @throws RangeError where two edits overlap or one lies outside the text: the caller made a mistake.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits
    .map((edit, index) => ({ edit, index }))
    .sort(
      (a, b) =>
        a.edit.span.start - b.edit.span.start || a.edit.span.end - b.edit.span.end || a.index - b.index,
    );
  let result = '';
  let reached = 0;
  for (const { edit } of ordered) {
    if (edit.span.start < reached || edit.span.end < edit.span.start || edit.span.end > text.length) {
      throw new RangeError(
        `edit ${edit.span.start}-${edit.span.end} overlaps another or lies outside the text`,
      );
    }
    result += text.slice(reached, edit.span.start) + edit.text;
    reached = edit.span.end;
  }
  return result + text.slice(reached);
}

/** The line break that a text uses most; `\n` where it has none. */
export function lineBreakOf(text: string): '\n' | '\r\n' {
  const all = text.split('\n').length - 1;
  const windows = text.split('\r\n').length - 1;
  return windows * 2 > all ? '\r\n' : '\n';
}

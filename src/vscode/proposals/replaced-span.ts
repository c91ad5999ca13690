import type { Span } from '../../core/text/position';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The one place where `now` and `after` differ, and what stands there in `after`: an editor keeps its cursors, folds
 * and undo around it. A byte order mark is left to the editor, which keeps the file's encoding when it saves.
 */
export function replacedSpan(now: string, after: string): { readonly span: Span; readonly text: string } {
  const target = withoutMark(after);
  const limit = Math.min(now.length, target.length);
  let start = 0;
  while (start < limit && now.charCodeAt(start) === target.charCodeAt(start)) start++;
  // Neither a pair of surrogates nor a `\r\n` may be cut in two: the editor would take the halves for other texts.
  if (start > 0 && (splitsPair(now, start) || splitsPair(target, start))) start--;
  let same = 0;
  while (
    same < limit - start &&
    now.charCodeAt(now.length - 1 - same) === target.charCodeAt(target.length - 1 - same)
  ) {
    same++;
  }
  if (same > 0 && (splitsPair(now, now.length - same) || splitsPair(target, target.length - same))) same--;
  return { span: { start, end: now.length - same }, text: target.slice(start, target.length - same) };
}

/** Whether two texts are the same but for a byte order mark, which an editor does not show. */
export function sameText(a: string, b: string): boolean {
  return withoutMark(a) === withoutMark(b);
}

function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function splitsPair(text: string, offset: number): boolean {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  const isSurrogatePair = before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
  return isSurrogatePair || (before === 13 && after === 10);
}

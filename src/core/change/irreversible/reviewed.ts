import type { SqlComment } from '../../sql/dialect-tokens';
import type { Span } from '../../text/position';

/** What a person says in a comment beside a statement that cannot be judged. */
export interface Review {
  readonly isReversible: boolean;
  readonly reason: string;
}

const NOTE = /release-gate:[ \t]*reviewed[ \t]+(reversible|irreversible)[ \t]*:[ \t]*(\S[^\r\n]{0,400})/i;

/**
 * The note `release-gate: reviewed reversible: reason` (or `irreversible`) in a comment inside the statement, behind it on
 * its last line, or right above it; null without one, or without a reason.
 */
export function reviewOf(text: string, comments: readonly SqlComment[], span: Span): Review | null {
  for (const comment of comments) {
    const match = NOTE.exec(comment.text);
    if (!match) continue;
    const { start, end } = comment.span;
    const isInside = start >= span.start && end <= span.end;
    const isBehind =
      start >= span.end && !/[\r\n]/.test(text.slice(span.end, start)) && start - span.end < 400;
    const isAbove =
      end <= span.start && isOwnLine(text, start) && onlyComments(text, comments, end, span.start);
    if (!isInside && !isBehind && !isAbove) continue;
    const reason = (match[2] ?? '').replace(/\s*(?:\*\/|-->)\s*$/, '').trim();
    if (reason === '') continue;
    return { isReversible: match[1]?.toLowerCase() === 'reversible', reason };
  }
  return null;
}

function isOwnLine(text: string, offset: number): boolean {
  for (let index = offset - 1; index >= 0; index--) {
    if (text[index] === '\n' || text[index] === '\r') return true;
    if (!/\s/.test(text[index] ?? '')) return false;
  }
  return true;
}

function onlyComments(text: string, comments: readonly SqlComment[], from: number, to: number): boolean {
  if (to - from > 10_000) return false;
  let offset = from;
  for (const { span } of comments) {
    if (span.end <= from || span.start >= to) continue;
    if (text.slice(offset, span.start).trim() !== '') return false;
    offset = span.end;
  }
  return text.slice(offset, to).trim() === '';
}

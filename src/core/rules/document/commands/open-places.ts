import type { Span } from '../../../text/position';

/**
 * `<pod-name>` in a command, which the shell reads as two redirections. Not `< file >`, not `<<EOF`, not `2<file>`, not
 * `<(…)`.
 */
const ANGLE = /(?<![<\d$\\&|])<[a-z][\w./:|@-]{0,40}(?: [\w./:|@-]{1,30}){0,6}(?<! )>(?![>(=&])/gi;

/** What programs print between angle brackets. */
const PRINTED = new Set([
  '<none>',
  '<unknown>',
  '<nil>',
  '<null>',
  '<invalid>',
  '<pending>',
  '<empty>',
  '<missing>',
]);

/** `...` as a word of its own or behind a `=`, where something was left out; not `a...b`, `./...`, `waiting...`. */
const ELLIPSIS = /(?<=^|[\s=])(?:\.{3}|…)(?=$|[\s;&|)])/gm;

/** What was left to be filled in between angle brackets, outside quotes and comments. */
export function angleBrackets(command: string): readonly Span[] {
  if (!command.includes('<')) return [];
  return outsideQuotes(command, ANGLE).filter(({ start, end }) => {
    const text = command.slice(start, end);
    // `sort <in.txt>out.txt` names two files.
    const isFile = /\.\w{1,4}>$/.test(text) && /[\w./]/.test(command[end] ?? '');
    return !isFile && !PRINTED.has(text.toLowerCase());
  });
}

/** Ellipses that stand for something that has to be written out, outside quotes and comments. */
export function ellipses(command: string): readonly Span[] {
  return command.includes('...') || command.includes('…') ? outsideQuotes(command, ELLIPSIS) : [];
}

function outsideQuotes(command: string, pattern: RegExp): readonly Span[] {
  const quotes = quotedSpans(command);
  return [...command.matchAll(pattern)]
    .map((match) => ({ start: match.index, end: match.index + match[0].length }))
    .filter(({ start }) => !quotes.some((quote) => quote.start <= start && start < quote.end));
}

/** A stretch of a command that its shell does not read word by word, and what makes it so. */
export interface QuotedSpan extends Span {
  readonly quote: '"' | "'" | '#' | '<<';
}

/**
 * What stands in quotes, in a comment or in a here-document, marks included; a quote that is never closed reaches to the
 * end of its line.
 */
export function quotedSpans(command: string): readonly QuotedSpan[] {
  const found: QuotedSpan[] = [];
  for (let at = 0; at < command.length; at++) {
    const character = command[at];
    if (character === '\\') at++;
    else if (character === '<' && command[at + 1] === '<' && command[at - 1] !== '<') {
      const body = hereDocument(command, at);
      if (body) found.push(body);
    } else if (character === '#' && /^$|[\s;&|(]/.test(command[at - 1] ?? '')) {
      const end = lineEnd(command, at);
      found.push({ start: at, end, quote: '#' });
      at = end;
    } else if (character === "'" || character === '"') {
      let end = at + 1;
      while (end < command.length && command[end] !== character) {
        end += character === '"' && command[end] === '\\' ? 2 : 1;
      }
      const close = end < command.length ? end + 1 : lineEnd(command, at);
      found.push({ start: at, end: close, quote: character });
      at = close - 1;
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** The lines of the here-document that is announced at an offset. */
function hereDocument(command: string, at: number): QuotedSpan | null {
  const [, end] = /^<<-?[ \t]*\\?["']?([\w.-]+)["']?/.exec(command.slice(at, at + 80)) ?? [];
  if (end === undefined) return null;
  const start = lineEnd(command, at);
  let line = start;
  while (line < command.length) {
    const next = lineEnd(command, line + 1);
    if (command.slice(line + 1, next).trim() === end) return { start, end: next, quote: '<<' };
    line = next;
  }
  return { start, end: command.length, quote: '<<' };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** A place in a text as people count: line and column from 1, the column in UTF-16 code units as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** From `start` up to, not including, `end`. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** The same as offsets from 0 in UTF-16 code units, `end` not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value that was read from a text, with where it stands there. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
}

/** Turns offsets into positions and back, in logarithmic time, for one text. */
export interface LineIndex {
  readonly lineCount: number;
  /** An offset beyond the text gives the text's end. */
  positionAt(offset: number): Position;
  /** A position beyond its line gives the line's end, before its line break. */
  offsetAt(position: Position): number;
  rangeOf(span: Span): Range;
  /** The text of a line (from 1) without its line break; '' where there is no such line. */
  lineText(line: number): string;
}

/** Reads where the lines of `text` begin; `\n`, `\r\n` and a lone `\r` end a line, as in VS Code. */
export function lineIndex(text: string): LineIndex {
  const starts = [0];
  for (let offset = 0; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === 13 && text.charCodeAt(offset + 1) === 10) offset++;
    if (code === 10 || code === 13) starts.push(offset + 1);
  }
  const lineEnd = (line: number): number => {
    let end = line < starts.length ? (starts[line] ?? text.length) : text.length;
    const start = starts[line - 1] ?? text.length;
    while (end > start && (text.charCodeAt(end - 1) === 10 || text.charCodeAt(end - 1) === 13)) end--;
    return end;
  };
  const positionAt = (offset: number): Position => {
    const bounded = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= bounded) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: bounded - (starts[low] ?? 0) + 1 };
  };
  return {
    lineCount: starts.length,
    positionAt,
    offsetAt: ({ line, column }) => {
      const start = starts[line - 1];
      if (start === undefined) return line < 1 ? 0 : text.length;
      return Math.min(start + Math.max(0, column - 1), lineEnd(line));
    },
    rangeOf: (span) => ({ start: positionAt(span.start), end: positionAt(span.end) }),
    lineText: (line) => {
      const start = starts[line - 1];
      return start === undefined ? '' : text.slice(start, lineEnd(line));
    },
  };
}

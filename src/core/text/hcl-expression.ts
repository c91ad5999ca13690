import type { Span } from './position';

/**
 * An expression of HCL or a value of JSON, as far as it is literal. `isOpen`: something else fills in a part of the text;
 * each such part stands in it as written. What is computed is `other`.
 */
export type LiteralValue =
  | { readonly kind: 'text'; readonly text: string; readonly isOpen: boolean; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly LiteralValue[]; readonly span: Span }
  | { readonly kind: 'map'; readonly entries: readonly LiteralEntry[]; readonly span: Span }
  | { readonly kind: 'other'; readonly text: string; readonly span: Span };

/** One entry of a map. */
export interface LiteralEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: LiteralValue;
}

/** Values nested deeper than this were written by no person. */
const MAX_DEPTH = 60;

/**
 * Reads the expression that begins at an offset: strings, lists, maps (of HCL and of JSON), and functions that only pass
 * their one argument on (`jsonencode(…)`, `toset(…)`). Everything else is `other`. Never throws; null where a bracket or a
 * quote has no end.
 */
export function readLiteral(text: string, start: number, end: number = text.length): LiteralValue | null {
  return new Reader(text, end).value(start, 0)?.value ?? null;
}

interface At<T> {
  readonly value: T;
  readonly end: number;
}

class Reader {
  constructor(
    private readonly text: string,
    private readonly stop: number,
  ) {}

  value(from: number, depth: number): At<LiteralValue> | null {
    if (depth > MAX_DEPTH) return null;
    const start = this.skip(from);
    const character = this.text[start];
    let read: At<LiteralValue> | null;
    if (character === '"') read = this.string(start);
    else if (character === '[') read = this.list(start, depth);
    else if (character === '{') read = this.map(start, depth);
    else {
      const call = /^(?:jsonencode|toset|tolist|compact|flatten|tostring)\s*\(/.exec(
        this.text.slice(start, start + 40),
      );
      read = null;
      if (call) {
        const inner = this.value(start + call[0].length, depth + 1);
        const close = inner ? this.skip(inner.end) : 0;
        if (inner && this.text[close] === ')') read = { value: inner.value, end: close + 1 };
      }
      return this.followed(start, read) ?? this.other(start);
    }
    return read === null ? null : (this.followed(start, read) ?? this.other(start));
  }

  /** A value that an operator, an index or a method goes on behind is computed. */
  private followed(start: number, read: At<LiteralValue> | null): At<LiteralValue> | null {
    if (!read) return null;
    const next = this.text.slice(read.end, read.end + 3);
    return /^[ \t]*(?:[.[?+*/%<>=!&|-]|for\b)/.test(next) && !/^[ \t]*\/[/*]/.test(next) ? null : read;
  }

  private string(start: number): At<LiteralValue> | null {
    let value = '';
    let isOpen = false;
    let at = start + 1;
    while (at < this.stop) {
      const character = this.text[at] ?? '';
      if (character === '"')
        return { value: { kind: 'text', text: value, isOpen, span: { start, end: at + 1 } }, end: at + 1 };
      if (character === '\n' || character === '\r') return null;
      if (character === '\\') {
        value += this.text[at + 1] ?? '';
        at += 2;
      } else if ((character === '$' || character === '%') && this.text[at + 1] === '{') {
        const end = this.template(at + 2);
        if (end === null) return null;
        value += this.text.slice(at, end);
        isOpen = true;
        at = end;
      } else {
        if (character === '$' && /[A-Za-z_]/.test(this.text[at + 1] ?? '')) isOpen = true;
        value += character;
        at++;
      }
    }
    return null;
  }

  private template(from: number): number | null {
    let depth = 0;
    for (let at = from; at < this.stop; at++) {
      const character = this.text[at];
      if (character === '{') depth++;
      else if (character === '}' && depth-- === 0) return at + 1;
      else if (character === '\n') return null;
    }
    return null;
  }

  private list(start: number, depth: number): At<LiteralValue> | null {
    const items: LiteralValue[] = [];
    let at = this.skip(start + 1);
    while (at < this.stop && this.text[at] !== ']') {
      const item = this.value(at, depth + 1);
      if (!item || item.end <= at) return null;
      items.push(item.value);
      at = this.skip(item.end);
      if (this.text[at] === ',') at = this.skip(at + 1);
      else if (this.text[at] !== ']') return null;
    }
    return at < this.stop
      ? { value: { kind: 'list', items, span: { start, end: at + 1 } }, end: at + 1 }
      : null;
  }

  private map(start: number, depth: number): At<LiteralValue> | null {
    const entries: LiteralEntry[] = [];
    let at = this.skip(start + 1);
    while (at < this.stop && this.text[at] !== '}') {
      const keyStart = at;
      let key: string;
      if (this.text[at] === '"') {
        const read = this.string(at);
        if (read?.value.kind !== 'text') return null;
        key = read.value.text;
        at = read.end;
      } else {
        const name = /^(?:[A-Za-z_][\w-]*|\([^()\n]*\))/.exec(this.text.slice(at, at + 200))?.[0];
        if (name === undefined) return null;
        key = name;
        at += name.length;
      }
      const keySpan = { start: keyStart, end: at };
      at = this.skip(at);
      if (this.text[at] !== '=' && this.text[at] !== ':') return null;
      const value = this.value(at + 1, depth + 1);
      if (!value || value.end <= at) return null;
      entries.push({ key, keySpan, value: value.value });
      at = this.skip(value.end);
      if (this.text[at] === ',') at = this.skip(at + 1);
    }
    return at < this.stop
      ? { value: { kind: 'map', entries, span: { start, end: at + 1 } }, end: at + 1 }
      : null;
  }

  /** Up to what ends the value: a comma, a closing bracket or the line, outside of brackets and strings. */
  private other(start: number): At<LiteralValue> | null {
    let depth = 0;
    let at = start;
    while (at < this.stop) {
      const character = this.text[at] ?? '';
      if (character === '"') {
        const read = this.string(at);
        if (!read) return null;
        at = read.end;
        continue;
      }
      if ('([{'.includes(character)) depth++;
      else if (')]}'.includes(character)) {
        if (depth === 0) break;
        depth--;
      } else if (depth === 0 && (character === ',' || character === '\n')) break;
      at++;
    }
    return {
      value: { kind: 'other', text: this.text.slice(start, at).trim(), span: { start, end: at } },
      end: at,
    };
  }

  /** Behind blanks, line ends and comments. */
  private skip(from: number): number {
    let at = from;
    for (;;) {
      while (at < this.stop && /\s/.test(this.text[at] ?? '')) at++;
      const two = this.text.slice(at, at + 2);
      if (this.text[at] === '#' || two === '//') {
        const end = this.text.indexOf('\n', at);
        at = end < 0 ? this.stop : end;
      } else if (two === '/*') {
        const end = this.text.indexOf('*/', at);
        at = end < 0 ? this.stop : end + 2;
      } else return at;
    }
  }
}

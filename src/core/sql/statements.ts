import type { Span } from '../text/position';

/**
 * Where the statements of a PostgreSQL script stand, without their semicolons and the blanks and comments around
 * them. Quotes, dollar quotes, nested comments, `BEGIN ATOMIC` bodies and the lists of `CREATE RULE` are kept whole;
 * psql's own commands (`\connect`) are statements of one line; the data after `COPY … FROM stdin` are none.
 * What is left open (a quote without end) reaches to the end of the text.
 *
 * Lexical rules: PostgreSQL documentation, chapter 4.1, with `standard_conforming_strings` on.
 */
export function cutStatements(text: string): readonly Span[] {
  const spans: Span[] = [];
  let offset = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (offset < text.length) {
    offset = skipBlank(text, offset);
    if (offset >= text.length) break;
    if (text[offset] === ';') {
      offset++;
      continue;
    }
    const end = text[offset] === '\\' ? endOfLine(text, offset) : endOfStatement(text, offset);
    spans.push({ start: offset, end: trimEnd(text, offset, end) });
    const copies =
      /^copy\b/i.test(text.slice(offset, offset + 5)) && isCopyFromInput(text.slice(offset, end));
    offset = copies ? endOfCopiedData(text, end + 1) : end;
  }
  return spans;
}

/** The text of a statement with its blanks made one and its comments dropped: what two versions are compared by. */
export function normalStatement(text: string): string {
  let result = '';
  let offset = 0;
  while (offset < text.length) {
    const next = skipBlank(text, offset);
    if (next > offset) {
      if (result !== '') result += ' ';
      offset = next;
      continue;
    }
    const end = endOfToken(text, offset);
    result += text.slice(offset, end);
    offset = end;
  }
  return result.trimEnd();
}

function isCopyFromInput(statement: string): boolean {
  return /\bfrom\s+stdin\b/i.test(statement.slice(0, 10_000));
}

function endOfStatement(text: string, start: number): number {
  let offset = start;
  /** The first words, in lower case, that tell what kind of statement it is. */
  const words: string[] = [];
  let parentheses = 0;
  let atomicDepth = 0;
  let previousWord = '';
  while (offset < text.length) {
    const character = text[offset] ?? '';
    if (character === ';') {
      const isInside = atomicDepth > 0 || (parentheses > 0 && isRule(words));
      if (!isInside) return offset;
      offset++;
      continue;
    }
    if (character === '(') parentheses++;
    else if (character === ')') parentheses--;
    const next = endOfToken(text, offset);
    if (isWordStart(character)) {
      const word = text.slice(offset, next).toLowerCase();
      if (words.length < 4) words.push(word);
      if (word === 'atomic' && previousWord === 'begin' && words[0] === 'create') atomicDepth = 1;
      else if (atomicDepth > 0 && word === 'case') atomicDepth++;
      else if (atomicDepth > 0 && word === 'end') atomicDepth--;
      previousWord = word;
    }
    offset = next;
  }
  return text.length;
}

function isRule(words: readonly string[]): boolean {
  return words[0] === 'create' && (words[1] === 'rule' || (words[1] === 'or' && words[3] === 'rule'));
}

/** The end of the quote, comment, word or single character at `offset`. */
function endOfToken(text: string, offset: number): number {
  const character = text[offset] ?? '';
  if (character === "'") return endOfQuoted(text, offset, "'", false);
  if (character === '"') return endOfQuoted(text, offset, '"', false);
  if (character === '-' && text[offset + 1] === '-') return endOfLine(text, offset);
  if (character === '/' && text[offset + 1] === '*') return endOfComment(text, offset);
  if (character === '$') return endOfDollarQuoted(text, offset);
  if (isWordStart(character)) {
    if ((character === 'e' || character === 'E') && text[offset + 1] === "'") {
      return endOfQuoted(text, offset + 1, "'", true);
    }
    let end = offset + 1;
    while (end < text.length && isWordPart(text[end] ?? '')) end++;
    return end;
  }
  return offset + 1;
}

/** Where a quoted text that begins at `start` ends; a doubled quote is one in it. The text's end where it stays open. */
export function endOfQuoted(text: string, start: number, quote: string, hasEscapes: boolean): number {
  for (let offset = start + 1; offset < text.length; offset++) {
    if (hasEscapes && text[offset] === '\\') offset++;
    else if (text[offset] === quote) {
      if (text[offset + 1] !== quote) return offset + 1;
      offset++;
    }
  }
  return text.length;
}

function endOfDollarQuoted(text: string, start: number): number {
  let end = start + 1;
  if (isWordStart(text[end] ?? '')) {
    while (end < text.length && isTagPart(text[end] ?? '')) end++;
  }
  if (text[end] !== '$') return start + 1;
  const tag = text.slice(start, end + 1);
  const close = text.indexOf(tag, end + 1);
  return close === -1 ? text.length : close + tag.length;
}

function endOfComment(text: string, start: number): number {
  let depth = 0;
  for (let offset = start; offset < text.length; offset++) {
    if (text[offset] === '/' && text[offset + 1] === '*') {
      depth++;
      offset++;
    } else if (text[offset] === '*' && text[offset + 1] === '/') {
      depth--;
      offset++;
      if (depth === 0) return offset + 1;
    }
  }
  return text.length;
}

function endOfLine(text: string, start: number): number {
  for (let offset = start; offset < text.length; offset++) {
    if (text[offset] === '\n' || text[offset] === '\r') return offset;
  }
  return text.length;
}

/** After the line `\.` that ends the data of a `COPY`. */
function endOfCopiedData(text: string, start: number): number {
  let offset = start;
  while (offset < text.length) {
    const end = endOfLine(text, offset);
    if (text.slice(offset, end) === '\\.') return end;
    offset = end + 1;
  }
  return text.length;
}

function skipBlank(text: string, start: number): number {
  let offset = start;
  while (offset < text.length) {
    const character = text[offset] ?? '';
    if (/\s/.test(character)) offset++;
    else if (character === '-' && text[offset + 1] === '-') offset = endOfLine(text, offset);
    else if (character === '/' && text[offset + 1] === '*') offset = endOfComment(text, offset);
    else break;
  }
  return offset;
}

function trimEnd(text: string, start: number, end: number): number {
  let offset = end;
  while (offset > start && /\s/.test(text[offset - 1] ?? '')) offset--;
  return offset;
}

function isWordStart(character: string): boolean {
  return /[A-Za-z_\u0080-\uffff]/.test(character);
}

function isWordPart(character: string): boolean {
  return /[A-Za-z0-9_$\u0080-\uffff]/.test(character);
}

function isTagPart(character: string): boolean {
  return /[A-Za-z0-9_\u0080-\uffff]/.test(character);
}

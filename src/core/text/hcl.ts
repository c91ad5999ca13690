import type { Span } from './position';

/** `name = value` with the value as it is written, without a comment behind it. */
export interface HclAttribute {
  readonly name: string;
  readonly value: string;
  /** From the name to the value's end. */
  readonly span: Span;
}

/** What stands between the braces of a block, or in a whole file. */
export interface HclBody {
  /** The last one of a name counts; HCL itself refuses two. */
  readonly attributes: ReadonlyMap<string, HclAttribute>;
  readonly blocks: readonly HclBlock[];
}

/** `type "label" … { … }`. */
export interface HclBlock extends HclBody {
  readonly type: string;
  readonly labels: readonly string[];
  /** From the type to the closing brace. */
  readonly span: Span;
  /** From the type to before the opening brace. */
  readonly header: Span;
}

/** A text read as HCL, or where it cannot be read and why (completes "the file …"). */
export type HclFile =
  | { readonly ok: true; readonly body: HclBody }
  | { readonly ok: false; readonly offset: number; readonly why: string };

/** Blocks, brackets and interpolations nested deeper than this are no file that a person wrote. */
const MAX_DEPTH = 100;

/** Thrown and caught within this file: a text that is no HCL ends the reading wherever it is. */
class NotHcl extends Error {
  constructor(
    readonly offset: number,
    readonly why: string,
  ) {
    super(why);
  }
}

/**
 * Reads the structure of an HCL text: blocks, labels and attributes with their places. Expressions are kept as text;
 * strings with interpolations, heredocs and comments are passed over as a whole. Never throws.
 *
 * Grammar: HCL native syntax specification, https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */
export function readHcl(text: string): HclFile {
  try {
    const { body } = readBody(text, text.charCodeAt(0) === 0xfeff ? 1 : 0, 0);
    return { ok: true, body };
  } catch (error) {
    if (error instanceof NotHcl) return { ok: false, offset: error.offset, why: error.why };
    throw error;
  }
}

function readBody(
  text: string,
  start: number,
  depth: number,
): { readonly body: HclBody; readonly end: number } {
  if (depth > MAX_DEPTH) throw new NotHcl(start, 'is nested too deeply to be read');
  const attributes = new Map<string, HclAttribute>();
  const blocks: HclBlock[] = [];
  let offset = start;
  for (;;) {
    offset = skipBlank(text, offset, true);
    if (offset >= text.length) {
      if (depth > 0) throw new NotHcl(start, 'ends within a block');
      return { body: { attributes, blocks }, end: offset };
    }
    if (text[offset] === '}' && depth > 0) return { body: { attributes, blocks }, end: offset + 1 };
    const nameStart = offset;
    offset = endOfName(text, offset);
    if (offset === nameStart) throw new NotHcl(offset, 'holds something that is neither argument nor block');
    const name = text.slice(nameStart, offset);
    offset = skipBlank(text, offset, false);
    if (text[offset] === '=' && text[offset + 1] !== '=') {
      const valueStart = skipBlank(text, offset + 1, false);
      const valueEnd = endOfExpression(text, valueStart, depth);
      if (valueEnd === valueStart) throw new NotHcl(offset, 'holds an argument without a value');
      attributes.set(name, {
        name,
        value: text.slice(valueStart, valueEnd),
        span: { start: nameStart, end: valueEnd },
      });
      offset = valueEnd;
      continue;
    }
    const labels: string[] = [];
    let headerEnd = nameStart + name.length;
    while (offset < text.length && text[offset] !== '{') {
      const labelStart = offset;
      if (text[offset] === '"') {
        offset = endOfString(text, offset, depth);
        labels.push(text.slice(labelStart + 1, offset - 1));
      } else {
        offset = endOfName(text, offset);
        if (offset === labelStart) throw new NotHcl(offset, 'holds a block without a body');
        labels.push(text.slice(labelStart, offset));
      }
      headerEnd = offset;
      offset = skipBlank(text, offset, false);
    }
    if (text[offset] !== '{') throw new NotHcl(nameStart, 'holds a block without a body');
    const inner = readBody(text, offset + 1, depth + 1);
    blocks.push({
      ...inner.body,
      type: name,
      labels,
      span: { start: nameStart, end: inner.end },
      header: { start: nameStart, end: headerEnd },
    });
    offset = inner.end;
  }
}

/** The end of the expression that begins here: the line's, unless a bracket, an operator's string or heredoc goes on. */
function endOfExpression(text: string, start: number, depth: number): number {
  let offset = start;
  let end = start;
  const open: string[] = [];
  while (offset < text.length) {
    const character = text[offset] ?? '';
    if (character === '\n' || character === '\r') {
      if (open.length === 0) break;
      offset++;
      continue;
    }
    if (character === ' ' || character === '\t') {
      offset++;
      continue;
    }
    if (isCommentAt(text, offset)) {
      offset = endOfComment(text, offset);
      continue;
    }
    if (character === '}' && open.length === 0) break;
    if (character === '"') offset = endOfString(text, offset, depth);
    else if (character === '<' && text[offset + 1] === '<') offset = endOfHeredoc(text, offset);
    else if (character === '(' || character === '[' || character === '{') {
      open.push(character);
      if (open.length + depth > MAX_DEPTH) throw new NotHcl(offset, 'is nested too deeply to be read');
      offset++;
    } else if (character === ')' || character === ']' || character === '}') {
      const opener = open.pop();
      if (opener !== OPENERS[character]) throw new NotHcl(offset, 'holds brackets that do not match');
      offset++;
    } else offset++;
    end = offset;
  }
  if (open.length > 0) throw new NotHcl(start, 'ends within an expression');
  return end;
}

const OPENERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Behind the closing quote; `${…}` and `%{…}` may hold strings of their own. */
function endOfString(text: string, start: number, depth: number): number {
  let offset = start + 1;
  while (offset < text.length) {
    const character = text[offset];
    if (character === '\\') offset += 2;
    else if (character === '"') return offset + 1;
    else if (character === '\n' || character === '\r') break;
    else if ((character === '$' || character === '%') && text[offset + 1] === '{') {
      if (text[offset - 1] === character) offset += 2;
      else offset = endOfTemplate(text, offset + 2, depth + 1);
    } else offset++;
  }
  throw new NotHcl(start, 'holds a string without an end');
}

function endOfTemplate(text: string, start: number, depth: number): number {
  if (depth > MAX_DEPTH) throw new NotHcl(start, 'is nested too deeply to be read');
  let open = 0;
  let offset = start;
  while (offset < text.length) {
    const character = text[offset];
    if (character === '"') {
      offset = endOfString(text, offset, depth);
      continue;
    }
    if (character === '{') open++;
    if (character === '}' && open-- === 0) return offset + 1;
    offset++;
  }
  throw new NotHcl(start, 'holds an interpolation without an end');
}

function endOfHeredoc(text: string, start: number): number {
  const marker = /^<<-?([A-Za-z_][\w-]*)[ \t]*(?:\r?\n|\r)/.exec(text.slice(start, start + 200));
  const word = marker?.[1];
  if (!marker || word === undefined) return start + 2;
  let offset = start + marker[0].length;
  while (offset < text.length) {
    const feed = text.indexOf('\n', offset);
    const end = feed === -1 ? text.length : feed;
    if (text.slice(offset, end).trim() === word) return offset + text.slice(offset, end).trimEnd().length;
    offset = end + 1;
  }
  throw new NotHcl(start, `holds a heredoc without its end ${word}`);
}

function skipBlank(text: string, start: number, overLines: boolean): number {
  let offset = start;
  while (offset < text.length) {
    const character = text[offset] ?? '';
    if (character === ' ' || character === '\t') offset++;
    else if ((character === '\n' || character === '\r') && overLines) offset++;
    else if (isCommentAt(text, offset)) offset = endOfComment(text, offset);
    else break;
  }
  return offset;
}

function isCommentAt(text: string, offset: number): boolean {
  const character = text[offset];
  return character === '#' || (character === '/' && (text[offset + 1] === '/' || text[offset + 1] === '*'));
}

/** A line's comment ends before the line break. */
function endOfComment(text: string, start: number): number {
  if (text[start] === '/' && text[start + 1] === '*') {
    const close = text.indexOf('*/', start + 2);
    if (close === -1) throw new NotHcl(start, 'holds a comment without an end');
    return close + 2;
  }
  const feed = text.indexOf('\n', start);
  return feed === -1 ? text.length : feed;
}

function endOfName(text: string, start: number): number {
  let offset = start;
  while (offset < text.length && /[\w\u0080-\uffff-]/.test(text[offset] ?? '')) offset++;
  return offset;
}

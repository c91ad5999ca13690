import type { Span } from '../text/position';
import { endOfQuoted } from './statements';

/** The dialects that are told apart; PostgreSQL has its own parser, the others are read from their tokens. */
export type SqlDialect = 'postgresql' | 'mysql' | 'sqlite' | 'tsql';

/** A token of SQL in any dialect. */
export interface SqlToken {
  /** `template`: something that another program puts text in the place of before the database sees it. */
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'mark' | 'template';
  /** As it stands. */
  readonly text: string;
  /** A word in lower case, a quoted name or string without its quotes; else the text. */
  readonly value: string;
  readonly span: Span;
  /** It is the first on its line. */
  readonly startsLine: boolean;
}

/** A comment with its text, its marks included. */
export interface SqlComment {
  readonly span: Span;
  readonly text: string;
}

/** What a text holds, in order. */
export interface SqlTokens {
  readonly tokens: readonly SqlToken[];
  readonly comments: readonly SqlComment[];
}

/**
 * What programs put text in the place of: Jinja, dbt, Handlebars (`{{ }}`, `{% %}`), shell, Flyway and JavaScript
 * (`${ }`), ERB (`<% %>`), sqlcmd (`$(name)`), and parameters of drivers that build text (`%s`, `%(name)s`, `{name}`).
 */
const TEMPLATE =
  /\{\{[^]{0,4000}?\}\}|\{%[^]{0,4000}?%\}|<%[^]{0,4000}?%>|[$#]\{[^}]{0,400}\}|\$\(\w{1,100}\)|%s\b|%\(\w{1,100}\)s|\{\w{0,100}\}/y;

/** Whether the text may hold templates: cheap, and never wrong in saying no. */
export function mayHoldTemplates(text: string): boolean {
  return /\{\{|\{%|<%|[$#]\{|\$\(\w|%s\b|%\(\w|\{\w*\}/.test(text);
}

/** Cuts SQL into tokens; `null` is a dialect that is not known. Linear in the text, and never throws. */
export function sqlTokens(text: string, dialect: SqlDialect | null): SqlTokens {
  const tokens: SqlToken[] = [];
  const comments: SqlComment[] = [];
  let offset = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let startsLine = true;
  /** Inside a comment that MySQL runs. */
  let isInRunComment = false;
  const push = (kind: SqlToken['kind'], end: number, value: string): void => {
    tokens.push({ kind, text: text.slice(offset, end), value, span: { start: offset, end }, startsLine });
    startsLine = false;
    offset = end;
  };
  const comment = (end: number): void => {
    comments.push({ span: { start: offset, end }, text: text.slice(offset, end) });
    offset = end;
  };
  while (offset < text.length) {
    const character = text[offset] ?? '';
    const next = text[offset + 1] ?? '';
    if (character === '\n' || character === '\r') {
      startsLine = true;
      offset++;
    } else if (/\s/.test(character)) offset++;
    else if (character === '-' && next === '-') comment(lineEnd(text, offset));
    else if (character === '#' && dialect === 'mysql' && next !== '{') comment(lineEnd(text, offset));
    else if (text.startsWith('{#', offset) && text.indexOf('#}', offset) !== -1) {
      comment(text.indexOf('#}', offset) + 2);
    } else if (character === '/' && next === '*') {
      const run = dialect === 'mysql' || dialect === null ? /\/\*M?!\d*/y : null;
      if (run) run.lastIndex = offset;
      const opened = run?.exec(text);
      if (opened) {
        isInRunComment = true;
        offset += opened[0].length;
      } else comment(commentEnd(text, offset, dialect));
    } else if (isInRunComment && character === '*' && next === '/') {
      isInRunComment = false;
      offset += 2;
    } else if (isTemplateStart(character)) {
      TEMPLATE.lastIndex = offset;
      const template = TEMPLATE.exec(text);
      if (template) push('template', offset + template[0].length, template[0]);
      else if (character === '$' && dialect !== 'mysql' && dialect !== 'tsql') {
        const end = dollarEnd(text, offset);
        push(end === offset + 1 ? 'mark' : 'string', end, text.slice(offset, end));
      } else if (character === '#' && dialect === 'tsql') {
        const end = wordEnd(text, offset + 1);
        push('word', end, text.slice(offset, end).toLowerCase());
      } else push('mark', offset + 1, character);
    } else if (character === "'") {
      const end = endOfQuoted(text, offset, "'", dialect === 'mysql' || isEscapeString(text, offset));
      push('string', end, text.slice(offset + 1, end - 1).replaceAll("''", "'"));
    } else if (character === '"' || character === '`') {
      const end = endOfQuoted(text, offset, character, false);
      push('quoted', end, text.slice(offset + 1, end - 1).replaceAll(character + character, character));
    } else if (character === '[' && (dialect === 'tsql' || dialect === 'sqlite') && /[\w#@]/.test(next)) {
      const close = text.indexOf(']', offset);
      const end = close === -1 ? text.length : close + 1;
      push('quoted', end, text.slice(offset + 1, end - 1));
    } else if (/\d/.test(character)) {
      let end = offset + 1;
      while (/[\w.]/.test(text[end] ?? '')) end++;
      push('number', end, text.slice(offset, end));
    } else if (isWordCharacter(character) || character === '@') {
      const end = wordEnd(text, offset + 1);
      push('word', end, text.slice(offset, end).toLowerCase());
    } else push('mark', offset + 1, character);
  }
  return { tokens, comments };
}

function isTemplateStart(character: string): boolean {
  return (
    character === '{' || character === '<' || character === '$' || character === '%' || character === '#'
  );
}

function isWordCharacter(character: string): boolean {
  return /[A-Za-z0-9_$\u0080-\uffff]/.test(character);
}

function isEscapeString(text: string, offset: number): boolean {
  return /[eE]/.test(text[offset - 1] ?? '') && !isWordCharacter(text[offset - 2] ?? ' ');
}

function wordEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && (isWordCharacter(text[end] ?? '') || text[end] === '#')) {
    if (text[end] === '$' && text[end + 1] === '{') break;
    end++;
  }
  return end;
}

function lineEnd(text: string, start: number): number {
  for (let offset = start; offset < text.length; offset++) {
    if (text[offset] === '\n' || text[offset] === '\r') return offset;
  }
  return text.length;
}

function commentEnd(text: string, start: number, dialect: SqlDialect | null): number {
  const nests = dialect !== 'mysql' && dialect !== 'sqlite';
  let depth = 0;
  for (let offset = start; offset < text.length; offset++) {
    if (text[offset] === '/' && text[offset + 1] === '*' && (nests || depth === 0)) {
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

function dollarEnd(text: string, start: number): number {
  const open = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]{0,100})?\$/y;
  open.lastIndex = start;
  const tag = open.exec(text)?.[0];
  if (tag === undefined) return start + 1;
  const close = text.indexOf(tag, start + tag.length);
  return close === -1 ? text.length : close + tag.length;
}

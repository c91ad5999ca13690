import type { Span } from '../../../text/position';

/** Languages in which migrations are written. */
export type HostLanguage = 'ruby' | 'python' | 'javascript' | 'php' | 'csharp' | 'elixir' | 'go';

/** A token of a program, as far as calls and their literal arguments need. */
export interface HostToken {
  readonly kind: 'word' | 'string' | 'symbol' | 'number' | 'mark';
  /** As it stands; for a here-document the marker only. */
  readonly text: string;
  /**
   * What a string or symbol holds; where something is put in at run time, that stands as `{___}` or as it is in the
   * source, so that a reader of SQL sees a template there.
   */
  readonly value: string;
  /** Where the content begins, if it stands in the source as it is; null where escapes shift it. */
  readonly contentStart: number | null;
  readonly span: Span;
  readonly startsLine: boolean;
  /** From 0, of the line's first token as well as of others. */
  readonly column: number;
  /** A blank stands before it. */
  readonly isSpaced: boolean;
}

export interface HostComment {
  readonly span: Span;
  readonly text: string;
}

export interface HostTokens {
  readonly tokens: readonly HostToken[];
  readonly comments: readonly HostComment[];
}

const LINE_COMMENTS: Readonly<Record<HostLanguage, readonly string[]>> = {
  ruby: ['#'],
  python: ['#'],
  elixir: ['#'],
  javascript: ['//'],
  csharp: ['//', '#'],
  go: ['//'],
  php: ['//', '#'],
};

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };

/** Cuts a program into tokens. Linear, and never throws: what is left open reaches to the end of the text. */
export function hostTokens(text: string, language: HostLanguage): HostTokens {
  const tokens: HostToken[] = [];
  const comments: HostComment[] = [];
  /** Here-documents whose lines begin after this one. */
  let pending: { readonly index: number; readonly tag: string; readonly isRaw: boolean }[] = [];
  let offset = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  if (language === 'php') {
    const open = text.indexOf('<?php');
    offset = open === -1 ? offset : open + 5;
  }
  let lineStart = 0;
  let startsLine = true;
  let isSpaced = true;
  const has = (mark: string): boolean => text.startsWith(mark, offset);

  const push = (
    kind: HostToken['kind'],
    end: number,
    value: string,
    contentStart: number | null = null,
  ): void => {
    tokens.push({
      kind,
      text: text.slice(offset, end),
      value,
      contentStart,
      span: { start: offset, end },
      startsLine,
      column: offset - lineStart,
      isSpaced,
    });
    startsLine = false;
    isSpaced = false;
    for (let index = offset; index < end; index++) if (text[index] === '\n') lineStart = index + 1;
    offset = end;
  };
  const comment = (end: number): void => {
    comments.push({ span: { start: offset, end }, text: text.slice(offset, end) });
    for (let index = offset; index < end; index++) if (text[index] === '\n') lineStart = index + 1;
    offset = end;
    isSpaced = true;
  };
  /** A string whose content stands between the two offsets. */
  const string = (
    contentStart: number,
    contentEnd: number,
    end: number,
    form: { readonly hasEscapes: boolean; readonly interpolates: Interpolation },
    kind: 'string' | 'symbol' = 'string',
  ): void => {
    const raw = text.slice(contentStart, contentEnd);
    const filled = form.interpolates === 'none' ? raw : withTemplates(raw, form.interpolates);
    const isShifted = form.hasEscapes && filled.includes('\\');
    push(kind, end, isShifted ? unescaped(filled) : filled, isShifted ? null : contentStart);
  };

  const readHereDocuments = (): void => {
    for (const { index, tag, isRaw } of pending) {
      const start = offset;
      let end = text.length;
      let next = text.length;
      for (let line = start; line < text.length;) {
        const feed = text.indexOf('\n', line);
        const stop = feed === -1 ? text.length : feed;
        const content = text.slice(line, stop).trim();
        const isEnd =
          content === tag ||
          (language === 'php' && content.startsWith(tag) && !/\w/.test(content[tag.length] ?? ''));
        if (isEnd) {
          end = line;
          next = language === 'php' ? text.indexOf(tag, line) + tag.length : stop;
          break;
        }
        line = stop + 1;
      }
      const marker = tokens[index];
      if (marker) {
        const raw = text.slice(start, end);
        const filled = isRaw ? raw : withTemplates(raw, language === 'php' ? 'dollar' : 'hash');
        tokens[index] = { ...marker, kind: 'string', value: filled, contentStart: start };
      }
      offset = next;
      lineStart = next;
    }
    pending = [];
  };

  while (offset < text.length) {
    const character = text[offset] ?? '';
    const next = text[offset + 1] ?? '';
    if (character === '\n') {
      offset++;
      lineStart = offset;
      startsLine = true;
      isSpaced = true;
      if (pending.length > 0) readHereDocuments();
      if (language === 'ruby' && has('=begin')) {
        const end = text.indexOf('\n=end', offset);
        comment(end === -1 ? text.length : end + 5);
      }
      continue;
    }
    if (/\s/.test(character)) {
      offset++;
      isSpaced = true;
      continue;
    }
    const lineMark = LINE_COMMENTS[language].find((mark) => has(mark));
    if (lineMark !== undefined && !(language === 'php' && has('#['))) {
      const end = text.indexOf('\n', offset);
      comment(end === -1 ? text.length : end);
      continue;
    }
    if (has('/*') && ['javascript', 'csharp', 'go', 'php'].includes(language)) {
      const end = text.indexOf('*/', offset + 2);
      comment(end === -1 ? text.length : end + 2);
      continue;
    }
    if (readString(character, next)) continue;
    if (/\d/.test(character)) {
      let end = offset + 1;
      while (/[\w.]/.test(text[end] ?? '') && !(text[end] === '.' && !/\d/.test(text[end + 1] ?? ''))) end++;
      push('number', end, text.slice(offset, end));
      continue;
    }
    if (isWordStart(character, language)) {
      let end = offset + 1;
      while (end < text.length && /[\w$\u0080-\uffff]/.test(text[end] ?? '')) end++;
      if (
        (language === 'ruby' || language === 'elixir') &&
        /[?!]/.test(text[end] ?? '') &&
        text[end + 1] !== '='
      ) {
        end++;
      }
      push('word', end, text.slice(offset, end));
      continue;
    }
    const mark = [
      '...',
      '=>',
      '->',
      '::',
      '?.',
      '&.',
      '<>',
      '==',
      '!=',
      '<=',
      '>=',
      '|>',
      '&&',
      '||',
      '<<',
    ].find((each) => has(each));
    push('mark', offset + (mark?.length ?? 1), mark ?? character);
  }
  return { tokens, comments };

  /** Reads a string, symbol or here-document if one begins here. */
  function readString(character: string, next: string): boolean {
    switch (language) {
      case 'python': {
        const open = /(?:[rRbBuUfF]{0,2})("""|'''|"|')/y;
        open.lastIndex = offset;
        const match = open.exec(text);
        if (!match) return false;
        const quote = match[1] ?? '"';
        const prefix = match[0].slice(0, -quote.length).toLowerCase();
        const isRaw = prefix.includes('r');
        const start = offset + match[0].length;
        const end = closeOf(start, quote, true);
        string(start, end, end + quote.length, {
          hasEscapes: !isRaw,
          interpolates: prefix.includes('f') ? 'brace' : 'none',
        });
        return true;
      }
      case 'javascript': {
        if (character === '"' || character === "'") {
          const end = closeOf(offset + 1, character, true, true);
          string(offset + 1, end, end + 1, { hasEscapes: true, interpolates: 'none' });
          return true;
        }
        if (character === '`') {
          const end = templateEnd(offset + 1);
          string(offset + 1, end, end + 1, { hasEscapes: true, interpolates: 'dollar-brace' });
          return true;
        }
        return character === '/' && readRegex();
      }
      case 'php': {
        const here = /<<<[ \t]*(['"]?)([A-Za-z_]\w*)\1/y;
        here.lastIndex = offset;
        const marker = here.exec(text);
        if (marker) {
          pending.push({ index: tokens.length, tag: marker[2] ?? '', isRaw: marker[1] === "'" });
          push('string', offset + marker[0].length, '');
          return true;
        }
        if (character !== '"' && character !== "'") return false;
        const end = closeOf(offset + 1, character, true);
        string(offset + 1, end, end + 1, {
          hasEscapes: true,
          interpolates: character === '"' ? 'dollar' : 'none',
        });
        return true;
      }
      case 'csharp': {
        const open = /(\$*@?\$*)("""+|")/y;
        open.lastIndex = offset;
        const match = open.exec(text);
        if (match) {
          const [whole, prefix = '', quote = '"'] = match;
          const interpolates: Interpolation = prefix.includes('$') ? 'brace' : 'none';
          const start = offset + whole.length;
          if (quote.length >= 3) {
            const end = closeOf(start, quote, false);
            string(start, end, end + quote.length, { hasEscapes: false, interpolates });
          } else if (whole === '""' || prefix.includes('@')) {
            let end = start;
            while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) {
              end += text[end] === '"' ? 2 : 1;
            }
            const raw = text.slice(start, end);
            const filled = interpolates === 'none' ? raw : withTemplates(raw, interpolates);
            push(
              'string',
              Math.min(end + 1, text.length),
              filled.replaceAll('""', '"'),
              filled.includes('""') ? null : start,
            );
          } else {
            const end = closeOf(start, '"', true, true);
            string(start, end, end + 1, { hasEscapes: true, interpolates });
          }
          return true;
        }
        if (character === "'") {
          const end = closeOf(offset + 1, "'", true, true);
          string(offset + 1, end, end + 1, { hasEscapes: true, interpolates: 'none' });
          return true;
        }
        return false;
      }
      case 'go': {
        if (character === '`') {
          const end = closeOf(offset + 1, '`', false);
          string(offset + 1, end, end + 1, { hasEscapes: false, interpolates: 'none' });
          return true;
        }
        if (character !== '"' && character !== "'") return false;
        const end = closeOf(offset + 1, character, true, true);
        string(offset + 1, end, end + 1, { hasEscapes: true, interpolates: 'none' });
        return true;
      }
      case 'ruby':
      case 'elixir':
        return readRubyLike(character, next);
    }
  }

  function readRubyLike(character: string, next: string): boolean {
    if (language === 'elixir' && (has('"""') || has("'''"))) {
      const quote = text.slice(offset, offset + 3);
      const end = closeOf(offset + 3, quote, true);
      string(offset + 3, end, end + 3, { hasEscapes: true, interpolates: 'hash' });
      return true;
    }
    if (character === '"' || character === "'" || character === '`') {
      const end = hashAwareEnd(offset + 1, character);
      string(offset + 1, end, end + 1, {
        hasEscapes: true,
        interpolates: character === "'" && language === 'ruby' ? 'none' : 'hash',
      });
      return true;
    }
    if (character === ':' && /["']/.test(next)) {
      const end = closeOf(offset + 2, next, true);
      string(offset + 2, end, end + 1, { hasEscapes: true, interpolates: 'hash' }, 'symbol');
      return true;
    }
    if (character === ':' && /[A-Za-z_]/.test(next) && text[offset - 1] !== ':') {
      let end = offset + 1;
      while (/\w/.test(text[end] ?? '')) end++;
      if (/[?!]/.test(text[end] ?? '')) end++;
      push('symbol', end, text.slice(offset + 1, end), offset + 1);
      return true;
    }
    if (language === 'ruby') {
      const here = /<<[-~]?(["'`]?)([A-Z_][A-Za-z_0-9]*)\1/y;
      here.lastIndex = offset;
      const marker = here.exec(text);
      if (marker && (isSpaced || /[(,=[]/.test(text[offset - 1] ?? ''))) {
        pending.push({ index: tokens.length, tag: marker[2] ?? '', isRaw: marker[1] === "'" });
        push('string', offset + marker[0].length, '');
        return true;
      }
      const percent = /%([qQwWiI]?)([([{<|!])/y;
      percent.lastIndex = offset;
      const match = percent.exec(text);
      if (match && (isSpaced || startsLine || /[(,=[]/.test(text[offset - 1] ?? ''))) {
        const open = match[2] ?? '(';
        const start = offset + match[0].length;
        const end = nestedEnd(start, open);
        // Words in `%w[…]` are several values: none that a single one stands for.
        if (/[wWiI]/.test(match[1] ?? '')) push('mark', end + 1, 'words');
        else
          string(start, end, end + 1, { hasEscapes: true, interpolates: match[1] === 'q' ? 'none' : 'hash' });
        return true;
      }
      return character === '/' && readRegex();
    }
    const sigil = /~([a-zA-Z]+)("""|'''|[([{</|"'])/y;
    sigil.lastIndex = offset;
    const match = sigil.exec(text);
    if (!match) return false;
    const open = match[2] ?? '(';
    const start = offset + match[0].length;
    const end = CLOSERS[open] === undefined ? closeOf(start, open, true) : nestedEnd(start, open);
    if (/^[sS]$/.test(match[1] ?? '')) {
      string(start, end, end + open.length, {
        hasEscapes: match[1] === 's',
        interpolates: match[1] === 's' ? 'hash' : 'none',
      });
    } else push('mark', end + open.length, 'sigil');
    return true;
  }

  /** A regular expression where no value stands before it. */
  function readRegex(): boolean {
    const before = tokens.at(-1);
    const isValue =
      before !== undefined &&
      !startsLine &&
      (before.kind !== 'mark'
        ? !/^(?:return|typeof|case|in|if|and|or)$/.test(before.text)
        : /[)\]}]/.test(before.text));
    if (isValue) return false;
    for (let end = offset + 1, isClass = false; end < text.length; end++) {
      const each = text[end];
      if (each === '\n') return false;
      if (each === '\\') end++;
      else if (each === '[') isClass = true;
      else if (each === ']') isClass = false;
      else if (each === '/' && !isClass) {
        end++;
        while (/[a-z]/.test(text[end] ?? '')) end++;
        push('mark', end, 'regex');
        return true;
      }
    }
    return false;
  }

  function closeOf(start: number, quote: string, hasEscapes: boolean, endsWithLine = false): number {
    for (let index = start; index < text.length; index++) {
      if (hasEscapes && text[index] === '\\') index++;
      else if (text.startsWith(quote, index)) return index;
      else if (endsWithLine && text[index] === '\n') return index;
    }
    return text.length;
  }

  /** The end of a string in which `#{…}` may hold quotes. */
  function hashAwareEnd(start: number, quote: string): number {
    let depth = 0;
    for (let index = start; index < text.length; index++) {
      if (text[index] === '\\') index++;
      else if (text[index] === '#' && text[index + 1] === '{' && quote !== "'") {
        depth++;
        index++;
      } else if (depth > 0 && text[index] === '{') depth++;
      else if (depth > 0 && text[index] === '}') depth--;
      else if (depth === 0 && text[index] === quote) return index;
    }
    return text.length;
  }

  function templateEnd(start: number): number {
    let depth = 0;
    for (let index = start; index < text.length; index++) {
      if (text[index] === '\\') index++;
      else if (text[index] === '$' && text[index + 1] === '{') {
        depth++;
        index++;
      } else if (depth > 0 && text[index] === '{') depth++;
      else if (depth > 0 && text[index] === '}') depth--;
      else if (depth === 0 && text[index] === '`') return index;
    }
    return text.length;
  }

  function nestedEnd(start: number, open: string): number {
    const close = CLOSERS[open] ?? open;
    let depth = 0;
    for (let index = start; index < text.length; index++) {
      if (text[index] === '\\') index++;
      else if (text[index] === close && depth === 0) return index;
      else if (text[index] === close) depth--;
      else if (text[index] === open) depth++;
    }
    return text.length;
  }
}

function isWordStart(character: string, language: HostLanguage): boolean {
  if (/[A-Za-z_\u0080-\uffff]/.test(character)) return true;
  if (character === '$') return language === 'php' || language === 'javascript' || language === 'ruby';
  return character === '@' && (language === 'ruby' || language === 'elixir' || language === 'csharp');
}

/** How a string says that something is put in at run time. */
type Interpolation = 'none' | 'brace' | 'dollar' | 'dollar-brace' | 'hash';

const INTERPOLATIONS: Readonly<Record<Exclude<Interpolation, 'none'>, RegExp>> = {
  brace: /\{\{|\}\}|\{[^{}]*\}/g,
  dollar: /\\.|\{\$[^}]*\}|\$\{[^}]*\}|\$[A-Za-z_]\w*(?:->\w+|\[[^\]]*\])?/g,
  'dollar-brace': /\\.|\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g,
  hash: /\\.|#\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g,
};

/** Keeps the length: each interpolation becomes a template that a reader of SQL knows. */
function withTemplates(raw: string, interpolation: Exclude<Interpolation, 'none'>): string {
  return raw.replace(INTERPOLATIONS[interpolation], (part) => {
    if (part.startsWith('\\') || part === '{{' || part === '}}') return part;
    if (/^[$#]\{[^}]*\}$|^\{\w+\}$/.test(part)) return part;
    return `{${'_'.repeat(Math.min(part.length - 2, 90))}}`.padEnd(part.length);
  });
}

function unescaped(text: string): string {
  return text.replace(/\\(?:\r\n|[^])/g, (escape) => {
    switch (escape[1]) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case '\n':
      case '\r':
        return '';
      default:
        return escape.slice(1);
    }
  });
}

import type { Span } from '../text/position';
import type { YamlEntry, YamlList, YamlMap, YamlScalar, YamlTree, YamlValue } from './yaml-tree';

/**
 * Reads YAML as nearly every workflow is written: one document of block maps and lists, plain, quoted and block
 * scalars, flow collections and comments. Gives exactly what the composed reading gives (a property test holds the two
 * together), in about a tenth of the time; null where anything is unusual: anchors, aliases, tags, merge and complex
 * keys, tabs in structure, quotes over several lines, explicit block indents, equal keys, every error.
 */
export function readUsualYaml(text: string): YamlTree | null {
  if (LONE_RETURN.test(text)) return null;
  try {
    return new Reader(text).read();
  } catch (error) {
    if (error === UNUSUAL) return null;
    throw error;
  }
}

/** The parser lets a block collection reach over blank lines behind it and over comments that stand further left. */
export function collectionSpan(text: string, span: Span, isFlow: boolean): Span {
  let content = contentSpan(text, span);
  if (isFlow) return content;
  const column = span.start - (text.lastIndexOf('\n', span.start - 1) + 1);
  for (;;) {
    const lineStart = text.lastIndexOf('\n', content.end - 1) + 1;
    let first = lineStart;
    while (first < content.end && isSpace(text.charCodeAt(first))) first++;
    if (lineStart <= content.start || text[first] !== '#' || first - lineStart >= column) return content;
    content = contentSpan(text, { start: content.start, end: lineStart });
  }
}

/** A span without the blanks at its end. */
export function contentSpan(text: string, { start, end }: Span): Span {
  let last = end;
  while (last > start && isSpace(text.charCodeAt(last - 1))) last--;
  return { start, end: last };
}

/** What `\s` and `trim` take for a blank. */
function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || (code > 127 && /\s/.test(String.fromCharCode(code)));
}

/** The value of a plain scalar by YAML 1.2's core schema, as `yaml` resolves it. */
function plainValue(text: string): YamlScalar['value'] {
  if (!MAY_BE_TYPED.test(text)) return text;
  if (/^(?:~|[Nn]ull|NULL)$/.test(text)) return null;
  if (/^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/.test(text)) return text[0] === 't' || text[0] === 'T';
  if (/^0o[0-7]+$/.test(text)) return parseInt(text.slice(2), 8);
  if (/^[-+]?[0-9]+$/.test(text)) return parseInt(text, 10);
  if (/^0x[0-9a-fA-F]+$/.test(text)) return parseInt(text.slice(2), 16);
  if (/^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/.test(text)) {
    if (text.slice(-3).toLowerCase() === 'nan') return NaN;
    return text.startsWith('-') ? -Infinity : Infinity;
  }
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+$/.test(text)) return parseFloat(text);
  if (/^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)$/.test(text)) return parseFloat(text);
  return text;
}

const MAY_BE_TYPED = /^[-+.0-9~nNtTfF]/;
const LONE_RETURN = /\r(?!\n)/;
const UNUSUAL = new Error('this YAML is unusual');

/** Far below what the composed reading bounds: that decides where a file is too deep or too large. */
const MAX_DEPTH = 60;
const MAX_NODES = 300_000;

/** What a backslash and a letter mean between double quotes; other escapes are unusual. */
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  '"': '"',
  '/': '/',
  '\\': '\\',
  ' ': ' ',
};

const TAB = 9;
const BREAK = 10;
const RETURN = 13;
const SPACE = 32;
const HASH = 35;
const COMMA = 44;
const DASH = 45;
const COLON = 58;
const BYTE_ORDER_MARK = 0xfeff;

/** Characters with which a plain scalar cannot begin, or that begin what is unusual. */
const SPECIAL = new Set([...'&*!|>\'"%@`,[]{}#'].map((character) => character.charCodeAt(0)));
const FLOW_INDICATORS = new Set([...',[]{}'].map((character) => character.charCodeAt(0)));

/** A value and where the parser's token of it ends: behind the comments that belong to it. */
interface Read {
  readonly value: YamlValue;
  readonly end: number;
}

/** A comment on a line of its own. */
interface OwnLine {
  readonly indent: number;
  readonly end: number;
}

/**
 * One pass over a text. Between two values it holds the comments on lines of their own in `gap`, since whose they are
 * depends on how they are indented and on what follows: a collection's span ends behind its comments.
 */
class Reader {
  private at = 0;
  /** Of the line of content that `at` stands on; -1 at the end of the text. */
  private indent = 0;
  private gap: OwnLine[] = [];
  private nodes = 0;
  private readonly comments: { text: string; span: Span }[] = [];

  constructor(private readonly text: string) {}

  read(): YamlTree {
    if (this.text.charCodeAt(0) === BYTE_ORDER_MARK) {
      this.at = 1;
      // The parser does not count a dash behind the mark as an indent.
      if (this.isDashAt(1) || this.text.charCodeAt(1) === SPACE) throw UNUSUAL;
    }
    this.toContent();
    if (this.indent === 0 && this.isMarker('---')) {
      this.at += 3;
      this.endLine();
      this.toContent();
    }
    if (this.indent !== 0 || this.isMarker('---')) throw UNUSUAL;
    const root = this.collection(0, 0);
    if (this.at < this.text.length) throw UNUSUAL;
    return { root: root.value, problems: [], comments: this.comments };
  }

  /** From the start of a line to the next content; comments on the way are kept. */
  private toContent(): void {
    const { text } = this;
    this.gap = [];
    for (;;) {
      const start = this.at;
      let at = start;
      while (text.charCodeAt(at) === SPACE) at++;
      const code = text.charCodeAt(at);
      if (at >= text.length) {
        this.at = at;
        this.indent = -1;
        return;
      }
      if (code === BREAK) this.at = at + 1;
      else if (code === RETURN) this.at = at + 2;
      else if (code === HASH) {
        this.at = at;
        this.gap.push({ indent: at - start, end: this.comment() });
      } else {
        this.at = at;
        this.indent = at - start;
        if (this.indent === 0 && (this.isMarker('---') || this.isMarker('...')) && this.nodes > 0)
          throw UNUSUAL;
        return;
      }
    }
  }

  /** Takes the comment at `at` and the line's end; gives where the comment ends. */
  private comment(): number {
    const { text } = this;
    const start = this.at;
    const found = text.indexOf('\n', start);
    const lineEnd = found < 0 ? text.length : found;
    const end = found > 0 && text.charCodeAt(found - 1) === RETURN ? found - 1 : lineEnd;
    this.comments.push({ text: text.slice(start, end), span: { start, end } });
    this.at = found < 0 ? text.length : found + 1;
    return end;
  }

  private isMarker(mark: string): boolean {
    return this.text.startsWith(mark, this.at) && this.isEmptyAt(this.at + 3);
  }

  /** Whether a blank, a line's end or the text's end is there. */
  private isEmptyAt(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return code === SPACE || code === BREAK || code === RETURN || code === TAB || at >= this.text.length;
  }

  private isDashAt(at: number): boolean {
    return this.text.charCodeAt(at) === DASH && this.isEmptyAt(at + 1);
  }

  /** What stands behind a value on its line: blanks and a comment. Gives where the last of it ends. */
  private endLine(): number {
    const { text } = this;
    const end = this.at;
    let at = end;
    while (text.charCodeAt(at) === SPACE) at++;
    if (at >= text.length) {
      this.at = at;
      return end;
    }
    const code = text.charCodeAt(at);
    if (code === BREAK || code === RETURN) {
      this.at = code === BREAK ? at + 1 : at + 2;
      return end;
    }
    if (code !== HASH || at === end) throw UNUSUAL;
    this.at = at;
    return this.comment();
  }

  /** A block map or list whose first key or dash `at` stands on, `indent` columns in. */
  private collection(indent: number, depth: number): Read {
    if (depth > MAX_DEPTH) throw UNUSUAL;
    return this.isDashAt(this.at) ? this.list(indent, depth) : this.map(indent, depth);
  }

  private map(indent: number, depth: number): Read {
    const start = this.at;
    const entries: YamlEntry[] = [];
    const keys = new Set<string>();
    let end = start;
    this.count();
    do {
      const key = this.key();
      if (keys.has(key.text)) throw UNUSUAL;
      keys.add(key.text);
      const read = this.entryValue(indent, depth);
      end = read.end;
      const { value } = read;
      const span = { start: key.span.start, end: Math.max(key.span.end, value.span.end) };
      entries.push({ key, value, span, isMerged: false });
    } while (this.indent === indent);
    if (this.indent > indent) throw UNUSUAL;
    const span = collectionSpan(this.text, { start, end }, false);
    const map: YamlMap = { kind: 'map', entries, isFlow: false, span };
    return { value: map, end: this.closed(indent, end) };
  }

  private list(indent: number, depth: number): Read {
    const { text } = this;
    const start = this.at;
    const items: YamlValue[] = [];
    let end = start;
    this.count();
    do {
      const dash = this.at++;
      while (text.charCodeAt(this.at) === SPACE) this.at++;
      const inner = indent + this.at - dash;
      let read: Read;
      if (this.isDashAt(this.at) || this.isKeyAt()) {
        if (this.isEmptyAt(this.at)) throw UNUSUAL;
        read = this.collection(inner, depth + 1);
      } else read = this.valueOnLine(indent, depth);
      end = read.end;
      items.push(read.value);
    } while (this.indent === indent && this.isDashAt(this.at));
    if (this.indent > indent) throw UNUSUAL;
    const span = collectionSpan(text, { start, end }, false);
    const list: YamlList = { kind: 'list', items, isFlow: false, span };
    return { value: list, end: this.closed(indent, end) };
  }

  /** Comments before the end of a collection belong to it, unless all stand further left: then to what is around it. */
  private closed(indent: number, end: number): number {
    const last = this.gap[this.gap.length - 1];
    if (!last || indent === 0 || this.gap.every((comment) => comment.indent < indent)) return end;
    this.gap = [];
    return last.end;
  }

  private count(): void {
    if (++this.nodes > MAX_NODES) throw UNUSUAL;
  }

  /** The key at `at` and its colon. */
  private key(): YamlScalar {
    const { text } = this;
    const code = text.charCodeAt(this.at);
    if (code === 34 || code === 39) {
      const key = this.quoted();
      while (text.charCodeAt(this.at) === SPACE) this.at++;
      if (text.charCodeAt(this.at) !== COLON || !this.isEmptyAt(this.at + 1)) throw UNUSUAL;
      this.at++;
      return key;
    }
    const start = this.at;
    const colon = this.colonOfKey();
    if (colon < 0) throw UNUSUAL;
    let end = colon;
    while (text.charCodeAt(end - 1) === SPACE) end--;
    const raw = text.slice(start, end);
    if (raw === '<<') throw UNUSUAL;
    this.at = colon + 1;
    return this.plainScalar(raw, raw, start, end);
  }

  /** Where the colon behind the plain key at `at` stands; -1 where there is no key. */
  private colonOfKey(): number {
    const { text } = this;
    this.plainBegins();
    for (let at = this.at; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === COLON) {
        if (this.isEmptyAt(at + 1)) return at;
      } else if (code === BREAK || code === RETURN) return -1;
      else if (code === TAB) throw UNUSUAL;
      else if (code === HASH && text.charCodeAt(at - 1) === SPACE) return -1;
    }
    return -1;
  }

  /** Refuses where no plain scalar can begin. */
  private plainBegins(): void {
    const code = this.text.charCodeAt(this.at);
    const isIndicator = code === DASH || code === COLON || code === 63;
    if (SPECIAL.has(code) || code === TAB || (isIndicator && this.isEmptyAt(this.at + 1))) throw UNUSUAL;
  }

  /** Whether a key of a map stands at `at`. */
  private isKeyAt(): boolean {
    const { text } = this;
    const code = text.charCodeAt(this.at);
    if (code === 34 || code === 39) {
      const at = this.at;
      const nodes = this.nodes;
      this.quoted();
      while (text.charCodeAt(this.at) === SPACE) this.at++;
      const isKey = text.charCodeAt(this.at) === COLON;
      this.at = at;
      this.nodes = nodes;
      return isKey;
    }
    // Block scalars and flow collections begin here too; what else is special is refused where it is read.
    if (SPECIAL.has(code)) return false;
    return this.colonOfKey() >= 0;
  }

  /** What stands behind a key's colon: on its line, on the lines below, or nothing. */
  private entryValue(indent: number, depth: number): Read {
    const { text } = this;
    while (text.charCodeAt(this.at) === SPACE) this.at++;
    const code = text.charCodeAt(this.at);
    const isLineEnd = code === BREAK || code === RETURN || code === HASH || this.at >= text.length;
    if (!isLineEnd) return this.valueOnLine(indent, depth);
    const behind = this.at;
    // A comment right behind the colon is refused by the key already: `a:#` is a plain scalar.
    let end = behind;
    if (code === HASH) end = this.comment();
    else this.endLine();
    this.toContent();
    if (this.indent > indent) {
      if (this.isDashAt(this.at) || this.isKeyAt()) return this.collection(this.indent, depth + 1);
      // How far a scalar on its own line reaches depends on the comments before it.
      if (this.gap.length > 0) throw UNUSUAL;
      const first = text.charCodeAt(this.at);
      if (first === 124 || first === 62) throw UNUSUAL;
      return this.valueOnLine(indent, depth);
    }
    if (this.indent === indent && this.isDashAt(this.at)) return this.list(indent, depth + 1);
    this.count();
    const value = emptyScalar(behind);
    const last = this.gap[this.gap.length - 1];
    // The parser gives an empty value all that follows up to the next token.
    if (this.indent < indent) this.gap = [];
    return { value, end: last?.end ?? end };
  }

  /** A scalar or flow collection at `at`, with the comments behind it, for a collection `indent` columns in. */
  private valueOnLine(indent: number, depth: number): Read {
    const code = this.text.charCodeAt(this.at);
    if (code === 124 || code === 62) {
      const value = this.blockScalar(indent + 1);
      const end = this.at;
      this.toContent();
      return { value, end };
    }
    let value: YamlValue;
    if (code === 91 || code === 123) value = this.flow(indent + 1, depth, 1);
    else if (code === 34 || code === 39) value = this.quoted();
    else value = this.plain(indent + 1);
    let end = this.endLine();
    this.toContent();
    let absorbed = 0;
    for (const comment of this.gap) {
      if (comment.indent <= indent) break;
      end = comment.end;
      absorbed++;
    }
    if (absorbed > 0) this.gap.splice(0, absorbed);
    return { value, end };
  }

  private plainScalar(text: string, raw: string, start: number, end: number): YamlScalar {
    this.count();
    const value = plainValue(text);
    return {
      kind: 'scalar',
      value,
      text: typeof value === 'string' ? value : value === null ? '' : raw.trim(),
      raw,
      style: 'plain',
      span: { start, end },
    };
  }

  /** A plain scalar, over several lines where the next ones are indented by at least `least`. */
  private plain(least: number): YamlScalar {
    const { text } = this;
    this.plainBegins();
    const start = this.at;
    let end = this.plainLine(start);
    if (end === start) throw UNUSUAL;
    let lines: string[] | null = null;
    for (let from = start; ;) {
      lines?.push(text.slice(from, end));
      let at = end;
      while (text.charCodeAt(at) === SPACE) at++;
      if (text.charCodeAt(at) === HASH || at >= text.length) break;
      // Lines below may go on with it.
      let blanks = 0;
      let next = at;
      let indent = 0;
      for (;;) {
        next = text.charCodeAt(next) === RETURN ? next + 2 : next + 1;
        const lineStart = next;
        while (text.charCodeAt(next) === SPACE) next++;
        indent = next - lineStart;
        const code = text.charCodeAt(next);
        if (code !== BREAK && code !== RETURN) break;
        blanks++;
      }
      if (next >= text.length || indent < least || text.charCodeAt(next) === HASH) break;
      if (text.charCodeAt(next) === TAB) throw UNUSUAL;
      lines ??= [text.slice(start, end)];
      for (let index = 0; index < blanks; index++) lines.push('');
      from = next;
      end = this.plainLine(next);
    }
    this.at = end;
    const raw = text.slice(start, end);
    return this.plainScalar(lines ? folded(lines) : raw, raw, start, end);
  }

  /** Where the part of a plain scalar that begins at `from` ends on its line. */
  private plainLine(from: number): number {
    const { text } = this;
    let end = from;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === BREAK || code === RETURN) break;
      if (code === SPACE) continue;
      if (code === TAB || (code === COLON && this.isEmptyAt(at + 1))) throw UNUSUAL;
      if (code === HASH && at > from && text.charCodeAt(at - 1) === SPACE) break;
      end = at + 1;
    }
    return end;
  }

  /** A quoted scalar on one line. */
  private quoted(): YamlScalar {
    const { text } = this;
    const start = this.at;
    const isSingle = text.charCodeAt(start) === 39;
    let value: string;
    let close: number;
    if (isSingle) {
      close = text.indexOf("'", start + 1);
      let isDoubled = false;
      while (close >= 0 && text.charCodeAt(close + 1) === 39) {
        isDoubled = true;
        close = text.indexOf("'", close + 2);
      }
      value = text.slice(start + 1, close);
      if (isDoubled) value = value.replace(/''/g, "'");
    } else {
      let isEscaped = false;
      for (close = start + 1; close < text.length; close++) {
        const code = text.charCodeAt(close);
        if (code === 34) break;
        if (code !== 92) continue;
        isEscaped = true;
        close++;
      }
      if (close >= text.length) throw UNUSUAL;
      value = text.slice(start + 1, close);
      if (isEscaped) {
        value = value.replace(/\\([\s\S])/g, (_, letter: string) => {
          const meaning = ESCAPES[letter];
          if (meaning === undefined) throw UNUSUAL;
          return meaning;
        });
      }
    }
    const end = close + 1;
    const raw = text.slice(start, end);
    if (close < 0 || raw.includes('\n')) throw UNUSUAL;
    this.count();
    this.at = end;
    return {
      kind: 'scalar',
      value,
      text: value,
      raw,
      style: isSingle ? 'single' : 'double',
      span: { start, end },
    };
  }

  /** A literal or folded block scalar whose lines are indented by at least `least`; up to behind its last line. */
  private blockScalar(least: number): YamlScalar {
    const { text } = this;
    const start = this.at;
    const isFolded = text.charCodeAt(start) === 62;
    this.at++;
    const isStripped = text.charCodeAt(this.at) === DASH;
    if (isStripped) this.at++;
    if (!this.isEmptyAt(this.at)) throw UNUSUAL;
    this.endLine();
    let indent = -1;
    let end = -1;
    let deepestBlank = 0;
    const lines: string[] = [];
    let blanks: number[] = [];
    for (let lineStart = this.at; lineStart < text.length;) {
      let first = lineStart;
      while (text.charCodeAt(first) === SPACE) first++;
      const depth = first - lineStart;
      const code = text.charCodeAt(first);
      // Blanks at the very end of a text without a line break behind them.
      if (first >= text.length) throw UNUSUAL;
      if (code === BREAK || code === RETURN) {
        blanks.push(depth);
        deepestBlank = Math.max(deepestBlank, depth);
        lineStart = code === BREAK ? first + 1 : first + 2;
        continue;
      }
      if (indent < 0) {
        if (depth < least || deepestBlank > depth) throw UNUSUAL;
        indent = depth;
      } else if (depth < indent) {
        if (code === TAB) throw UNUSUAL;
        break;
      }
      for (const blank of blanks) lines.push(' '.repeat(Math.max(0, blank - indent)));
      blanks = [];
      const found = text.indexOf('\n', first);
      const lineEnd = found < 0 ? text.length : found;
      const isReturn = text.charCodeAt(lineEnd - 1) === RETURN && found >= 0;
      lines.push(text.slice(lineStart + indent, isReturn ? lineEnd - 1 : lineEnd));
      end = found < 0 ? text.length : found + 1;
      lineStart = end;
    }
    if (indent < 0 || blanks.some((blank) => blank > indent)) throw UNUSUAL;
    this.count();
    this.at = end;
    const content = isFolded ? foldedBlock(lines) : lines.join('\n');
    const value = isStripped ? content : `${content}\n`;
    return {
      kind: 'scalar',
      value,
      text: value,
      raw: text.slice(start, end),
      style: isFolded ? 'folded' : 'literal',
      span: contentSpan(text, { start, end }),
    };
  }

  /** A flow map or list with its end; `level` counts those around it, this one included. */
  private flow(least: number, depth: number, level: number): YamlMap | YamlList {
    if (depth + level > MAX_DEPTH) throw UNUSUAL;
    const { text } = this;
    const start = this.at++;
    const isMap = text.charCodeAt(start) === 123;
    const close = isMap ? 125 : 93;
    const entries: YamlEntry[] = [];
    const items: YamlValue[] = [];
    const keys = new Set<string>();
    this.count();
    for (;;) {
      this.flowBlanks(least, level);
      if (text.charCodeAt(this.at) === close) break;
      if (isMap) {
        const code = text.charCodeAt(this.at);
        const key = code === 34 || code === 39 ? this.quoted() : this.flowPlain();
        while (text.charCodeAt(this.at) === SPACE) this.at++;
        if (key.text === '<<' || keys.has(key.text) || text.charCodeAt(this.at) !== COLON) throw UNUSUAL;
        keys.add(key.text);
        this.at++;
        if (text.charCodeAt(this.at) !== SPACE) throw UNUSUAL;
        while (text.charCodeAt(this.at) === SPACE) this.at++;
        const value = this.flowValue(least, depth, level);
        const span = { start: key.span.start, end: value.span.end };
        entries.push({ key, value, span, isMerged: false });
      } else items.push(this.flowValue(least, depth, level));
      this.flowBlanks(least, level);
      const code = text.charCodeAt(this.at);
      if (code === close) break;
      if (code !== COMMA) throw UNUSUAL;
      this.at++;
    }
    const span = { start, end: ++this.at };
    return isMap ? { kind: 'map', entries, isFlow: true, span } : { kind: 'list', items, isFlow: true, span };
  }

  private flowValue(least: number, depth: number, level: number): YamlValue {
    const code = this.text.charCodeAt(this.at);
    if (code === 91 || code === 123) return this.flow(least, depth, level + 1);
    return code === 34 || code === 39 ? this.quoted() : this.flowPlain();
  }

  /** A plain scalar on one line inside a flow collection. */
  private flowPlain(): YamlScalar {
    const { text } = this;
    const start = this.at;
    const first = text.charCodeAt(start);
    this.plainBegins();
    if (first === COLON || FLOW_INDICATORS.has(text.charCodeAt(start + 1))) {
      if (first === COLON || first === DASH || first === 63) throw UNUSUAL;
    }
    let end = start;
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === BREAK || code === RETURN || FLOW_INDICATORS.has(code)) break;
      if (code === SPACE) continue;
      if (code === TAB) throw UNUSUAL;
      if (code === COLON && (this.isEmptyAt(at + 1) || FLOW_INDICATORS.has(text.charCodeAt(at + 1)))) break;
      if (code === HASH && text.charCodeAt(at - 1) === SPACE) break;
      end = at + 1;
    }
    if (end === start) throw UNUSUAL;
    this.at = end;
    const raw = text.slice(start, end);
    return this.plainScalar(raw, raw, start, end);
  }

  /** Blanks, line breaks and comments inside a flow collection. */
  private flowBlanks(least: number, level: number): void {
    const { text } = this;
    for (;;) {
      const before = this.at;
      while (text.charCodeAt(this.at) === SPACE) this.at++;
      const code = text.charCodeAt(this.at);
      let isLineStart = false;
      if (code === BREAK || code === RETURN) {
        this.at += code === BREAK ? 1 : 2;
        isLineStart = true;
      } else if (code === HASH) {
        if (this.at === before && text.charCodeAt(before - 1) !== BREAK) throw UNUSUAL;
        this.comment();
        isLineStart = true;
      } else if (code === TAB || this.at >= text.length) throw UNUSUAL;
      if (!isLineStart) return;
      const lineStart = this.at;
      while (text.charCodeAt(this.at) === SPACE) this.at++;
      const first = text.charCodeAt(this.at);
      if (first === BREAK || first === RETURN || first === HASH) {
        this.at = lineStart;
        continue;
      }
      const indent = this.at - lineStart;
      const isEndBelowKey = level === 1 && indent === least - 1 && (first === 93 || first === 125);
      if (indent < least && !isEndBelowKey) throw UNUSUAL;
    }
  }
}

function emptyScalar(at: number): YamlScalar {
  return { kind: 'scalar', value: null, text: '', raw: '', style: 'plain', span: { start: at, end: at } };
}

/** The lines of a plain scalar in one: a break is a blank, an empty line a break. */
function folded(lines: readonly string[]): string {
  let value = lines[0] ?? '';
  let between = ' ';
  for (const line of lines.slice(1)) {
    if (line === '') {
      if (between === '\n') value += between;
      else between = '\n';
    } else {
      value += between + line;
      between = ' ';
    }
  }
  return value;
}

/** The lines of a folded block scalar, indent taken off: lines that stand further in keep their breaks. */
function foldedBlock(lines: readonly string[]): string {
  let value = '';
  let between = '';
  let wasFurtherIn = false;
  const first = lines.findIndex((line) => line !== '');
  for (let index = 0; index < first; index++) value += '\n';
  for (const line of lines.slice(first)) {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (between === ' ') between = '\n';
      else if (!wasFurtherIn && between === '\n') between = '\n\n';
      value += between + line;
      between = '\n';
      wasFurtherIn = true;
    } else if (line === '') {
      if (between === '\n') value += '\n';
      else between = '\n';
    } else {
      value += between + line;
      between = ' ';
      wasFurtherIn = false;
    }
  }
  return value;
}

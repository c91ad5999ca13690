import type { Span } from '../../text/position';

/** A field of a message, with what its wire format and its generated code depend on. */
export interface ProtoField {
  readonly name: string;
  readonly number: number;
  /** With `repeated` or `map<…>` where it is so, without `optional`: `repeated string`. */
  readonly type: string;
  readonly span: Span;
}

/** A message, enum or service by its full name. */
export interface ProtoType {
  readonly kind: 'message' | 'enum' | 'service';
  readonly name: string;
  /** Fields of a message, values of an enum (type ''), calls of a service (number 0, type: what goes in and out). */
  readonly fields: readonly ProtoField[];
  readonly reservedNumbers: readonly (readonly [from: number, to: number])[];
  readonly reservedNames: readonly string[];
  readonly span: Span;
  /** From the keyword to the name. */
  readonly header: Span;
}

/** A text read as protobuf, or where it cannot be read and why (completes "the file …"). */
export type ProtoFile =
  | {
      readonly ok: true;
      readonly package: string;
      readonly packageSpan: Span | null;
      readonly types: readonly ProtoType[];
    }
  | { readonly ok: false; readonly offset: number; readonly why: string };

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const MAX_DEPTH = 100;

class NotProto extends Error {
  constructor(
    readonly offset: number,
    readonly why: string,
  ) {
    super(why);
  }
}

/**
 * Reads messages, enums and services with their places; options, imports and extensions are passed over. Names are
 * without the package. Never throws.
 *
 * Grammar: https://protobuf.dev/reference/protobuf/proto3-spec/ and proto2-spec, with editions' `export` and `local`.
 */
export function readProto(text: string): ProtoFile {
  try {
    return new Reader(tokensOf(text)).file();
  } catch (error) {
    if (error instanceof NotProto) return { ok: false, offset: error.offset, why: error.why };
    throw error;
  }
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern =
    /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\.?[A-Za-z_][\w.]*|\d[\w.]*|[{}[\]()<>=;,:\-+./]|\uFEFF/y;
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) throw new NotProto(start, 'holds something that is not of the language');
    const [token] = match;
    if (!/^(?:\s|\/\/|\/\*|\uFEFF)/.test(token))
      tokens.push({ text: token, start, end: start + token.length });
  }
  return tokens;
}

/** Reads from a list of tokens; every step takes at least one, so it ends. */
class Reader {
  private at = 0;
  private readonly types: ProtoType[] = [];

  constructor(private readonly tokens: readonly Token[]) {}

  file(): ProtoFile {
    let packageName = '';
    let packageSpan: Span | null = null;
    while (this.at < this.tokens.length) {
      const token = this.next();
      if (token.text === 'package') {
        const name = this.next();
        packageName = name.text;
        packageSpan = { start: token.start, end: name.end };
        this.skipStatement();
      } else if (token.text === 'export' || token.text === 'local') continue;
      else if (!this.definition(token, '', 0)) this.skipRest(token);
    }
    return { ok: true, package: packageName, packageSpan, types: this.types };
  }

  /** Whether the token began a message, enum or service, which then has been read. */
  private definition(token: Token, outer: string, depth: number): boolean {
    if (depth > MAX_DEPTH) throw new NotProto(token.start, 'is nested too deeply to be read');
    if (token.text !== 'message' && token.text !== 'enum' && token.text !== 'service') return false;
    const name = this.peek();
    if (!name || !/^[A-Za-z_]\w*$/.test(name.text) || this.tokens[this.at + 1]?.text !== '{') return false;
    this.at += 2;
    const type = {
      kind: token.text,
      name: outer === '' ? name.text : `${outer}.${name.text}`,
      fields: [] as ProtoField[],
      reservedNumbers: [] as (readonly [number, number])[],
      reservedNames: [] as string[],
    } as const;
    const place = this.types.length;
    this.body(type, depth);
    const end = this.tokens[this.at - 1]?.end ?? name.end;
    this.types.splice(place, 0, {
      ...type,
      span: { start: token.start, end },
      header: { start: token.start, end: name.end },
    });
    return true;
  }

  private body(
    type: {
      readonly kind: ProtoType['kind'];
      readonly name: string;
      readonly fields: ProtoField[];
      readonly reservedNumbers: (readonly [number, number])[];
      readonly reservedNames: string[];
    },
    depth: number,
  ): void {
    for (;;) {
      const token = this.next();
      if (token.text === '}') return;
      if (token.text === ';') continue;
      if (
        (token.text === 'export' || token.text === 'local') &&
        /^(?:message|enum)$/.test(this.peek()?.text ?? '')
      ) {
        continue;
      }
      if (token.text === 'option' || token.text === 'extensions' || token.text === 'extend') {
        // A field may be called so too: `string option = 1` begins with its type, `option x = 1` with the word.
        this.skipRest(token);
      } else if (token.text === 'reserved') this.reserved(type);
      else if (type.kind === 'message' && this.definition(token, type.name, depth + 1)) continue;
      else if (type.kind === 'message' && token.text === 'oneof' && this.tokens[this.at + 1]?.text === '{') {
        this.at += 2;
        this.body(type, depth + 1);
      } else if (type.kind === 'service') this.call(token, type.fields);
      else if (type.kind === 'enum') this.value(token, type.fields);
      else this.field(token, type, depth);
    }
  }

  private reserved(type: {
    readonly reservedNumbers: (readonly [number, number])[];
    readonly reservedNames: string[];
  }): void {
    for (let token = this.next(); token.text !== ';'; token = this.next()) {
      const isNegative = token.text === '-';
      const number = isNegative ? this.next() : token;
      if (/^["']/.test(token.text)) type.reservedNames.push(token.text.slice(1, -1));
      else if (/^\d/.test(number.text)) {
        const from = (isNegative ? -1 : 1) * Number(number.text);
        let to = from;
        if (this.peek()?.text === 'to') {
          this.at++;
          const last = this.next().text;
          to = last === 'max' ? Infinity : last === '-' ? -Number(this.next().text) : Number(last);
        }
        type.reservedNumbers.push([from, to]);
      } else if (/^[A-Za-z_]/.test(token.text)) type.reservedNames.push(token.text);
    }
  }

  private field(
    first: Token,
    type: { readonly name: string; readonly fields: ProtoField[]; readonly kind: ProtoType['kind'] },
    depth: number,
  ): void {
    let token = first;
    let label = '';
    if (/^(?:optional|required|repeated)$/.test(token.text) && this.peek()?.text !== '=') {
      if (token.text === 'repeated') label = 'repeated ';
      token = this.next();
    }
    let typeName = token.text;
    if (typeName === 'map' && this.peek()?.text === '<') {
      this.at++;
      const key = this.next().text;
      this.expect(',');
      typeName = `map<${key}, ${withoutDot(this.next().text)}>`;
      this.expect('>');
    }
    const name = this.next();
    this.expect('=');
    const number = this.next();
    if (!/^[A-Za-z_]\w*$/.test(name.text) || !/^\d/.test(number.text)) {
      throw new NotProto(name.start, 'holds something that is no field');
    }
    type.fields.push({
      name: name.text,
      number: Number(number.text),
      type: label + withoutDot(typeName),
      span: { start: first.start, end: number.end },
    });
    if (typeName === 'group') {
      while (this.peek() && this.peek()?.text !== '{') this.at++;
      this.at++;
      this.body({ ...type, kind: 'message', fields: [], reservedNumbers: [], reservedNames: [] }, depth + 1);
    } else this.skipStatement();
  }

  private value(name: Token, fields: ProtoField[]): void {
    this.expect('=');
    let number = this.next();
    const isNegative = number.text === '-';
    if (isNegative) number = this.next();
    if (!/^\d/.test(number.text)) throw new NotProto(number.start, 'holds something that is no value');
    fields.push({
      name: name.text,
      number: (isNegative ? -1 : 1) * Number(number.text),
      type: '',
      span: { start: name.start, end: number.end },
    });
    this.skipStatement();
  }

  private call(token: Token, fields: ProtoField[]): void {
    if (token.text !== 'rpc') {
      this.skipRest(token);
      return;
    }
    const name = this.next();
    const words: string[] = [];
    let end = name.end;
    while (this.peek() && !/^[;{]$/.test(this.peek()?.text ?? '')) {
      const next = this.next();
      words.push(withoutDot(next.text));
      end = next.end;
    }
    fields.push({ name: name.text, number: 0, type: words.join(' '), span: { start: token.start, end } });
    this.skipStatement();
  }

  /** Up to and with the `;` or the closing brace of the statement that has begun. */
  private skipRest(first: Token): void {
    if (first.text === '}') throw new NotProto(first.start, 'holds braces that do not match');
    if (first.text !== ';') this.skipStatement();
  }

  private skipStatement(): void {
    let open = 0;
    for (;;) {
      const token = this.next();
      if (/^[{[(]$/.test(token.text)) open++;
      else if (/^[}\])]$/.test(token.text)) {
        if (--open < 0) throw new NotProto(token.start, 'holds brackets that do not match');
        if (open === 0 && token.text === '}' && this.peek()?.text !== ';' && this.peek()?.text !== ']')
          return;
      } else if (token.text === ';' && open === 0) return;
    }
  }

  private expect(text: string): void {
    const token = this.next();
    if (token.text !== text)
      throw new NotProto(token.start, `holds "${token.text.slice(0, 20)}" in the place of "${text}"`);
  }

  private peek(): Token | undefined {
    return this.tokens[this.at];
  }

  private next(): Token {
    const token = this.tokens[this.at];
    if (!token) throw new NotProto(this.tokens.at(-1)?.end ?? 0, 'ends within a definition');
    this.at++;
    return token;
  }
}

/** `.shop.v1.Order` and `shop.v1.Order` name the same type. */
function withoutDot(type: string): string {
  return type.startsWith('.') ? type.slice(1) : type;
}

import type { Span } from '../../text/position';

/** A field, argument, enum value, member of a union or implemented interface. */
export interface GraphqlField {
  readonly name: string;
  /** As it is written without blanks, `[Order!]!`; '' for what has none. */
  readonly type: string;
  readonly hasDefault: boolean;
  readonly arguments: readonly GraphqlField[];
  readonly span: Span;
}

/** A definition of a schema; what extends it is a definition of the same name. */
export interface GraphqlType {
  readonly kind: 'type' | 'interface' | 'input' | 'enum' | 'union' | 'scalar' | 'directive';
  readonly name: string;
  readonly fields: readonly GraphqlField[];
  readonly isExtension: boolean;
  readonly span: Span;
  readonly header: Span;
}

/** A text read as a schema, or where it cannot be read and why (completes "the file …"). */
export type GraphqlFile =
  | { readonly ok: true; readonly types: readonly GraphqlType[] }
  | { readonly ok: false; readonly offset: number; readonly why: string };

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Lists of lists deeper than this are no type that a person wrote. */
const MAX_LISTS = 20;

class NotGraphql extends Error {
  constructor(
    readonly offset: number,
    readonly why: string,
  ) {
    super(why);
  }
}

/**
 * Reads the type definitions of a GraphQL document; queries and fragments in it are passed over. Never throws.
 *
 * Grammar: https://spec.graphql.org/October2021/#sec-Type-System
 */
export function readGraphql(text: string): GraphqlFile {
  try {
    return { ok: true, types: new Reader(tokensOf(text)).document() };
  } catch (error) {
    if (error instanceof NotGraphql) return { ok: false, offset: error.offset, why: error.why };
    throw error;
  }
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern =
    /[\s,\uFEFF]+|#[^\n\r]*|"(?:[^"\\\n]|\\.)*"|[A-Za-z_]\w*|-?\d[\w.+-]*|\.\.\.|[!$&()[\]:=@{|}]/y;
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    // A description of a megabyte is found by its end, not by an expression that would have to go back.
    if (text.startsWith('"""', start)) {
      let end = text.indexOf('"""', start + 3);
      while (end > 0 && text[end - 1] === '\\') end = text.indexOf('"""', end + 3);
      if (end === -1) throw new NotGraphql(start, 'holds a description without an end');
      tokens.push({ text: '""', start, end: end + 3 });
      pattern.lastIndex = end + 3;
      continue;
    }
    const match = pattern.exec(text);
    if (!match) throw new NotGraphql(start, 'holds something that is not of the language');
    if (!/^[\s,#\uFEFF]/.test(match[0])) tokens.push({ text: match[0], start, end: start + match[0].length });
  }
  return tokens;
}

class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  document(): readonly GraphqlType[] {
    const types: GraphqlType[] = [];
    while (this.at < this.tokens.length) {
      const first = this.next();
      if (first.text.startsWith('"')) continue;
      const isExtension = first.text === 'extend';
      const keyword = isExtension ? this.next() : first;
      switch (keyword.text) {
        case 'type':
        case 'interface':
        case 'input':
        case 'enum':
        case 'union':
        case 'scalar':
        case 'directive':
          types.push(this.definition(first, keyword.text, isExtension));
          break;
        case 'schema':
        case 'query':
        case 'mutation':
        case 'subscription':
        case 'fragment':
        case '{':
          this.at--;
          this.skipToBlock();
          break;
        default:
          throw new NotGraphql(
            keyword.start,
            `holds "${keyword.text.slice(0, 20)}" where a definition begins`,
          );
      }
    }
    return types;
  }

  private definition(first: Token, kind: GraphqlType['kind'], isExtension: boolean): GraphqlType {
    if (kind === 'directive') this.expect('@');
    const name = this.nameToken();
    const fields: GraphqlField[] = [];
    if (kind === 'directive') {
      if (this.peek() === '(') fields.push(...this.fields('(', ')'));
      if (this.peek() === 'repeatable') this.at++;
      if (this.peek() === 'on') this.at++;
      while (this.peek() === '|' || /^[A-Z_]+$/.test(this.peek())) this.at++;
    }
    if (this.peek() === 'implements') {
      this.at++;
      while (this.peek() === '&' || /^[A-Za-z_]/.test(this.peek())) {
        const token = this.next();
        if (token.text !== '&') fields.push(plain(token, `&${token.text}`));
      }
    }
    if (kind !== 'directive') this.directives();
    if (kind === 'union' && this.peek() === '=') {
      this.at++;
      if (this.peek() === '|') this.at++;
      fields.push(plain(this.nameToken()));
      while (this.peek() === '|') {
        this.at++;
        fields.push(plain(this.nameToken()));
      }
    } else if (kind === 'enum' && this.peek() === '{') {
      this.at++;
      while (this.peek() !== '}') {
        this.description();
        fields.push(plain(this.nameToken()));
        this.directives();
      }
      this.at++;
    } else if (this.peek() === '{' && kind !== 'scalar') fields.push(...this.fields('{', '}'));
    return {
      kind,
      name: name.text,
      fields,
      isExtension,
      span: { start: first.start, end: this.tokens[this.at - 1]?.end ?? name.end },
      header: { start: first.start, end: name.end },
    };
  }

  private fields(open: string, close: string): readonly GraphqlField[] {
    this.expect(open);
    const fields: GraphqlField[] = [];
    while (this.peek() !== close) {
      this.description();
      const name = this.nameToken();
      const inner = this.peek() === '(' && close === '}' ? this.fields('(', ')') : [];
      this.expect(':');
      const type = this.type();
      const end = this.tokens[this.at - 1]?.end ?? name.end;
      let hasDefault = false;
      if (this.peek() === '=') {
        this.at++;
        hasDefault = true;
        this.value();
      }
      this.directives();
      fields.push({ name: name.text, type, hasDefault, arguments: inner, span: { start: name.start, end } });
    }
    this.expect(close);
    return fields;
  }

  private type(): string {
    let type = '';
    let open = 0;
    for (;;) {
      const token = this.next();
      type += token.text;
      if (token.text === '[') {
        if (++open > MAX_LISTS) throw new NotGraphql(token.start, 'is nested too deeply to be read');
        continue;
      }
      if (token.text === ']') open--;
      else if (token.text !== '!' && !/^[A-Za-z_]/.test(token.text)) {
        throw new NotGraphql(token.start, 'holds something that is no type');
      }
      if (open < 0) throw new NotGraphql(token.start, 'holds brackets that do not match');
      if (this.peek() === '!' || (open > 0 && this.peek() === ']')) continue;
      if (open > 0) throw new NotGraphql(token.start, 'holds brackets that do not match');
      return type;
    }
  }

  private value(): void {
    if (this.peek() === '$') this.at++;
    if (this.peek() === '[' || this.peek() === '{') this.skipBalanced();
    else this.next();
  }

  private directives(): void {
    while (this.peek() === '@') {
      this.at++;
      this.nameToken();
      if (this.peek() === '(') this.skipBalanced();
    }
  }

  private description(): void {
    if (this.peek().startsWith('"')) this.at++;
  }

  /** What stands before a block (`query Name($a: Int)`), and the block. */
  private skipToBlock(): void {
    while (this.peek() !== '{') {
      if (this.peek() === '(' || this.peek() === '[') this.skipBalanced();
      else this.next();
    }
    this.skipBalanced();
  }

  private skipBalanced(): void {
    let open = 0;
    do {
      const token = this.next();
      if (/^[{[(]$/.test(token.text)) open++;
      else if (/^[}\])]$/.test(token.text)) open--;
    } while (open > 0);
  }

  private nameToken(): Token {
    const token = this.next();
    if (!/^[A-Za-z_]/.test(token.text))
      throw new NotGraphql(token.start, 'holds something in the place of a name');
    return token;
  }

  private expect(text: string): void {
    const token = this.next();
    if (token.text !== text) {
      throw new NotGraphql(token.start, `holds "${token.text.slice(0, 20)}" in the place of "${text}"`);
    }
  }

  /** '' at the end. */
  private peek(): string {
    return this.tokens[this.at]?.text ?? '';
  }

  private next(): Token {
    const token = this.tokens[this.at];
    if (!token) throw new NotGraphql(this.tokens.at(-1)?.end ?? 0, 'ends within a definition');
    this.at++;
    return token;
  }
}

function plain(token: Token, name = token.text): GraphqlField {
  return { name, type: '', hasDefault: false, arguments: [], span: { start: token.start, end: token.end } };
}

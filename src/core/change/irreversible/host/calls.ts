import type { Span } from '../../../text/position';
import { hostTokens, type HostComment, type HostLanguage, type HostToken } from './tokens';

/** What an argument says, as far as the file alone tells. */
export type Value =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Where it stands in the file as it is; null where it does not. */
      readonly contentStart: number | null;
    }
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Value> }
  /** A dotted name that no literal in the file stands for. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly chain: Chain }
  /** Put together at run time, a function, or otherwise not readable as a value. */
  | { readonly kind: 'unknown' };

export interface Argument {
  readonly name: string | null;
  readonly value: Value;
  readonly from: number;
  readonly to: number;
}

/** One call of a chain: `table.string('x')`, then `.notNullable()`. */
export interface Call {
  /** The path up to the parentheses, dots between its parts: `op.drop_column`, `DB.table`. */
  readonly name: string;
  readonly args: readonly Argument[];
  /** The tokens of the block that it is given, if any. */
  readonly block: readonly [from: number, to: number] | null;
}

/** A whole expression of calls on one another. */
export interface Chain {
  readonly calls: readonly Call[];
  readonly span: Span;
  readonly from: number;
  readonly to: number;
  /** The calls that it stands inside of, innermost last: their blocks, functions and arguments. */
  readonly within: readonly Call[];
}

/** A program as calls with their arguments, and the bodies of its functions. */
export interface HostProgram {
  readonly tokens: readonly HostToken[];
  readonly comments: readonly HostComment[];
  /** It is nested more deeply than is read: nothing in it is told. */
  readonly isTooDeep: boolean;
  /** The tokens of the body of the function or method of that name; null where there is none, or it is too deep. */
  bodyOf(name: string): readonly [from: number, to: number] | null;
  /** Every chain of calls among the tokens, outer before inner, in order. */
  chains(from: number, to: number): readonly Chain[];
  textOf(span: Span): string;
}

const CONNECTORS = new Set(['.', '::', '->', '?.', '&.', '\\']);

const WORDS_OF_THE_LANGUAGE = new Set([
  'if', 'unless', 'else', 'elsif', 'elif', 'elseif', 'while', 'until', 'for', 'foreach', 'do', 'end', 'def', 'defp',
  'class', 'module', 'return', 'and', 'or', 'not', 'in', 'is', 'then', 'begin', 'rescue', 'ensure', 'case', 'when',
  'await', 'async', 'new', 'function', 'fn', 'const', 'let', 'var', 'export', 'import', 'from', 'with', 'as', 'try',
  'except', 'finally', 'catch', 'raise', 'throw', 'pass', 'lambda', 'yield', 'public', 'protected', 'private',
  'static', 'override', 'void', 'use', 'using', 'namespace', 'require', 'extends', 'implements', 'switch', 'func',
  'package', 'type', 'defmodule', 'partial', 'alias', 'typeof', 'nil', 'null', 'None', 'true', 'false', 'True',
  'False', 'self', 'super', 'interface', 'declare', 'abstract', 'readonly', 'echo', 'global', 'delete', 'default',
]); // prettier-ignore

/** Bounds of nesting: what lies deeper is not read, and says so by being unknown. */
const MAX_DEPTH = 60;

/** Reads a program. Linear in its text for what people write, bounded for everything. */
export function readProgram(text: string, language: HostLanguage): HostProgram {
  const { tokens, comments } = hostTokens(text, language);
  const hasWordBlocks = language === 'ruby' || language === 'elixir';
  const partners = pairUp(tokens, language);
  const constants = constantsOf(tokens);

  const is = (index: number, mark: string): boolean =>
    tokens[index]?.text === mark && tokens[index]?.kind === 'mark';
  const closeOf = (index: number): number => partners.get(index) ?? tokens.length;

  /** The parts between commas of what stands from `from` up to `to`. */
  const parts = (from: number, to: number): readonly (readonly [number, number])[] => {
    const found: (readonly [number, number])[] = [];
    let start = from;
    for (let index = from; index < to; index++) {
      if (is(index, ',')) {
        if (index > start) found.push([start, index]);
        start = index + 1;
      } else index = Math.min(skip(index), to) - 1;
    }
    if (to > start) found.push([start, to]);
    return found;
  };

  /** Past a bracketed group or block that opens here, else past the token. */
  const skip = (index: number): number => {
    const partner = partners.get(index);
    return partner !== undefined && partner > index ? partner + 1 : index + 1;
  };

  const argument = (from: number, to: number, depth: number): Argument => {
    const first = tokens[from];
    const isLabel =
      (first?.kind === 'word' || first?.kind === 'string') &&
      language !== 'python' &&
      is(from + 1, ':') &&
      !is(from + 1, '::');
    const isArrow = is(from + 1, '=>') && (first?.kind === 'symbol' || first?.kind === 'string');
    const isPython = language === 'python' && first?.kind === 'word' && is(from + 1, '=');
    const isNamed = isLabel || isArrow || isPython;
    const start = isNamed ? from + 2 : from;
    return {
      name: isNamed ? (first?.value ?? null) : null,
      value: value(start, to, depth + 1),
      from: start,
      to,
    };
  };

  const value = (from: number, to: number, depth: number): Value => {
    const first = tokens[from];
    if (!first || from >= to || depth > MAX_DEPTH) return { kind: 'unknown' };
    if (first.kind === 'string' || first.kind === 'symbol') {
      const joined = stringsOf(from, to);
      if (joined) return joined;
      return { kind: 'unknown' };
    }
    if (is(from, '(') && closeOf(from) === to - 1) {
      const inner = parts(from + 1, to - 1);
      if (inner.length === 1 && !is(to - 2, ',')) return value(from + 1, to - 1, depth + 1);
      return { kind: 'list', items: inner.map(([a, b]) => value(a, b, depth + 1)) };
    }
    if (is(from, '[') && closeOf(from) === to - 1) {
      const inner = parts(from + 1, to - 1).map(([a, b]) => argument(a, b, depth + 1));
      if (inner.length > 0 && inner.every(({ name }) => name !== null)) return mapOf(inner);
      return { kind: 'list', items: inner.map((each) => each.value) };
    }
    if (is(from, '{') && closeOf(from) === to - 1) {
      return mapOf(parts(from + 1, to - 1).map(([a, b]) => argument(a, b, depth + 1)));
    }
    if (to - from === 1) {
      if (first.kind === 'number') return { kind: 'scalar', text: first.text };
      if (/^(?:true|false|nil|null|None|True|False|undefined)$/.test(first.text)) {
        return { kind: 'scalar', text: first.text.toLowerCase() };
      }
    }
    const chain = chainAt(from, to, [], depth + 1);
    if (chain && chain.to === to && chain.calls.length > 0) return { kind: 'call', chain };
    const path = pathAt(from, to);
    if (path && path.end === to) return constants.get(path.name) ?? { kind: 'name', name: path.name };
    return { kind: 'unknown' };
  };

  const mapOf = (args: readonly Argument[]): Value => ({
    kind: 'map',
    entries: new Map(args.flatMap(({ name, value: each }) => (name === null ? [] : [[name, each]]))),
  });

  const stringsOf = (from: number, to: number): Value | null => joinedStrings(tokens, from, to);

  /** A dotted name from here, without what follows it. */
  const pathAt = (from: number, to: number): { readonly name: string; readonly end: number } | null => {
    let index = from;
    if (is(index, '\\')) index++;
    if (tokens[index]?.text === 'new' || tokens[index]?.text === 'await') index++;
    const names: string[] = [];
    for (;;) {
      const token = tokens[index];
      if (index >= to || token?.kind !== 'word') return null;
      names.push(token.text);
      index++;
      const connector = tokens[index];
      if (index < to && connector && CONNECTORS.has(connector.text) && tokens[index + 1]?.kind === 'word') {
        index++;
      } else break;
    }
    return { name: names.join('.'), end: index };
  };

  /** A chain of calls that begins here; null where none does. */
  const chainAt = (from: number, to: number, within: readonly Call[], depth: number): Chain | null => {
    if (depth > MAX_DEPTH) return null;
    const calls: Call[] = [];
    let index = from;
    let path = pathAt(index, to);
    if (!path) return null;
    while (path) {
      let name = path.name;
      index = path.end;
      // Type arguments: `AddColumn<string>(`.
      if ((language === 'csharp' || language === 'javascript') && is(index, '<')) {
        const close = typeArgumentsEnd(index, to);
        if (close !== null) index = close;
      }
      if (index < to && is(index, '(') && !(hasWordBlocks && tokens[index]?.isSpaced)) {
        const close = Math.min(closeOf(index), to);
        const args = parts(index + 1, close).map(([a, b]) => argument(a, b, depth + 1));
        index = Math.min(close + 1, to);
        const block = blockAt(index, to);
        if (block) index = block.end;
        calls.push({ name, args, block: block?.range ?? null });
      } else if (hasWordBlocks) {
        const bare = bareArguments(index, to, depth);
        index = bare.end;
        const block = blockAt(index, to);
        if (block) index = block.end;
        calls.push({ name, args: bare.args, block: block?.range ?? null });
      } else if (calls.length === 0) return null;
      else {
        name = path.name;
        calls.push({ name, args: [], block: null });
      }
      const connector = tokens[index];
      if (index < to && connector && CONNECTORS.has(connector.text) && tokens[index + 1]?.kind === 'word') {
        path = pathAt(index + 1, to);
      } else if (index < to && connector?.text === '|>') {
        path = pathAt(index + 1, to);
      } else path = null;
    }
    const start = tokens[from]?.span.start ?? 0;
    const end = tokens[index - 1]?.span.end ?? start;
    return { calls, span: { start, end }, from, to: index, within };
  };

  const typeArgumentsEnd = (open: number, to: number): number | null => {
    let depth = 0;
    for (let index = open; index < Math.min(to, open + 40); index++) {
      const token = tokens[index];
      if (token?.text === '<') depth++;
      else if (token?.text === '>') {
        depth--;
        if (depth === 0) return is(index + 1, '(') ? index + 1 : null;
      } else if (token?.kind !== 'word' && !/^[.,?[\]]$/.test(token?.text ?? '')) return null;
    }
    return null;
  };

  /** `do … end`, or in Ruby `{ … }`, right here. */
  const blockAt = (
    index: number,
    to: number,
  ): { readonly range: readonly [number, number]; readonly end: number } | null => {
    if (!hasWordBlocks || index >= to) return null;
    const opens =
      (tokens[index]?.text === 'do' && !is(index + 1, ':')) || (language === 'ruby' && is(index, '{'));
    const close = partners.get(index);
    if (!opens || close === undefined) return null;
    return { range: [index + 1, Math.min(close, to)], end: Math.min(close + 1, to) };
  };

  /** Arguments without parentheses: up to the end of the line, or of the lines where it goes on. */
  const bareArguments = (
    from: number,
    to: number,
    depth: number,
  ): { readonly args: readonly Argument[]; readonly end: number } => {
    const first = tokens[from];
    const none = { args: [], end: from };
    if (!first || from >= to || first.startsLine || !first.isSpaced) return none;
    const begins =
      first.kind !== 'mark'
        ? !(
            first.kind === 'word' &&
            WORDS_OF_THE_LANGUAGE.has(first.text) &&
            !/^(?:nil|true|false|self|fn|not|lambda)$/.test(first.text)
          )
        : ['[', '{', '(', '->', '%', 'words', 'sigil', '&', '-', ':', '*'].includes(first.text) &&
          !(first.text === '{' && language === 'ruby') &&
          !(/^[-&%*]$/.test(first.text) && tokens[from + 1]?.isSpaced);
    if (!begins) return none;
    let end = from;
    while (end < to) {
      const token = tokens[end];
      if (!token) break;
      if (end > from && token.startsLine && !continues(tokens[end - 1])) break;
      if (/^[)\]};]$/.test(token.text) && token.kind === 'mark') break;
      if (
        token.kind === 'word' &&
        /^(?:do|if|unless|rescue|end|and|or)$/.test(token.text) &&
        !is(end + 1, ':')
      )
        break;
      if (token.text === '|>') break;
      end = Math.min(skip(end), to);
    }
    return { args: parts(from, end).map(([a, b]) => argument(a, b, depth + 1)), end };
  };

  const continues = (token: HostToken | undefined): boolean =>
    token !== undefined && token.kind === 'mark' && /^(?:,|\+|<>|\\|=>|:|\||&&|\|\|)$/.test(token.text);

  const chains = (from: number, to: number): readonly Chain[] => {
    const found: Chain[] = [];
    const visit = (start: number, end: number, within: readonly Call[], depth: number): void => {
      if (depth > MAX_DEPTH) return;
      for (let index = start; index < end;) {
        const token = tokens[index];
        const before = tokens[index - 1];
        const isStart =
          token?.kind === 'word' &&
          !(before && CONNECTORS.has(before.text) && before.kind === 'mark' && before.text !== '\\') &&
          !(WORDS_OF_THE_LANGUAGE.has(token.text) && !CONNECTORS.has(tokens[index + 1]?.text ?? '')) &&
          !/^(?:def|defp|function|class|func|module|defmodule)$/.test(before?.text ?? '') &&
          !(is(index + 1, ':') && hasWordBlocks);
        const chain = isStart ? chainAt(index, end, within, depth) : null;
        if (!chain || chain.calls.length === 0 || chain.to <= index) {
          index++;
          continue;
        }
        found.push(chain);
        for (const call of chain.calls) {
          const inner = [...within, call];
          for (const arg of call.args) visit(arg.from, arg.to, inner, depth + 1);
          if (call.block) visit(call.block[0], call.block[1], inner, depth + 1);
        }
        index = chain.to;
      }
    };
    visit(from, to, [], 0);
    return found;
  };

  const isTooDeep = deepest(tokens) > MAX_DEPTH / 2;
  const bodyOf = (name: string): readonly [number, number] | null => {
    if (isTooDeep) return null;
    for (const [index, token] of tokens.entries()) {
      if (token.kind !== 'word' || token.text !== name) continue;
      const body = bodyAt(index);
      if (body) return body;
    }
    return null;
  };

  /** The body of the function whose name stands here; null where it is only used here. */
  const bodyAt = (index: number): readonly [number, number] | null => {
    const before = tokens[index - 1]?.text ?? '';
    switch (language) {
      case 'python': {
        if (before !== 'def') return null;
        const column = tokens[index - 1]?.column ?? 0;
        const open = is(index + 1, '(') ? closeOf(index + 1) : index;
        let start = open + 1;
        while (start < tokens.length && !is(start, ':')) start++;
        let end = start + 1;
        while (end < tokens.length) {
          const token = tokens[end];
          if (token?.startsLine && token.column <= column) break;
          end = skip(end);
        }
        return [start + 1, Math.min(end, tokens.length)];
      }
      case 'ruby':
      case 'elixir': {
        if (before === '.' && tokens[index - 2]?.text === 'self') return null;
        if (before !== 'def') return null;
        const opener = language === 'ruby' ? index - 1 : nextWord(index, 'do');
        const close = opener === null ? undefined : partners.get(opener);
        if (close !== undefined && opener !== null)
          return [opener === index - 1 ? index + 1 : opener + 1, close];
        if (language === 'elixir' && is(index + 1, ',') && tokens[index + 2]?.text === 'do') {
          return [index + 4, lineEnd(index)];
        }
        return null;
      }
      default: {
        // `up(`, `async up(`, `exports.up = async function (`, `const up = (knex) =>`, `up: async () =>`.
        if (CONNECTORS.has(before) && !/^(?:exports|default)$/.test(tokens[index - 2]?.text ?? ''))
          return null;
        let open = index + 1;
        if (is(open, '=') || is(open, ':')) open++;
        while (
          /^(?:async|function|\*)$/.test(tokens[open]?.text ?? '') ||
          (open > index + 1 && tokens[open]?.text === name(index))
        )
          open++;
        if (tokens[open]?.kind === 'word' && is(open + 1, '=>')) open++;
        else if (is(open, '(')) open = closeOf(open) + 1;
        else return null;
        // A return type.
        let steps = 0;
        while (steps++ < 20 && open < tokens.length && !is(open, '{') && !is(open, '=>') && !is(open, ';'))
          open++;
        if (is(open, '=>')) {
          open++;
          if (!is(open, '{')) return [open, statementEnd(open)];
        }
        return is(open, '{') ? [open + 1, closeOf(open)] : null;
      }
    }
  };

  const name = (index: number): string => tokens[index]?.text ?? '';
  const nextWord = (from: number, word: string): number | null => {
    for (let index = from; index < Math.min(from + 60, tokens.length); index++) {
      if (tokens[index]?.text === word && !is(index + 1, ':')) return index;
      if (index > from && tokens[index]?.startsLine) return null;
    }
    return null;
  };
  const lineEnd = (from: number): number => {
    let index = from + 1;
    while (index < tokens.length && !tokens[index]?.startsLine) index = skip(index);
    return Math.min(index, tokens.length);
  };
  const statementEnd = (from: number): number => {
    let index = from;
    while (index < tokens.length && !/^[;,)}]$/.test(name(index))) index = skip(index);
    return Math.min(index, tokens.length);
  };

  return { tokens, comments, isTooDeep, bodyOf, chains, textOf: ({ start, end }) => text.slice(start, end) };
}

function deepest(tokens: readonly HostToken[]): number {
  let depth = 0;
  let most = 0;
  for (const { kind, text } of tokens) {
    if (kind !== 'mark') continue;
    if (/^[([{]$/.test(text)) most = Math.max(most, ++depth);
    else if (/^[)\]}]$/.test(text)) depth--;
  }
  return most;
}

/** Strings side by side or joined, with at most a call that only trims them; null where anything else is among them. */
function joinedStrings(tokens: readonly HostToken[], from: number, to: number): Value | null {
  const texts: HostToken[] = [];
  let index = from;
  while (index < to) {
    const token = tokens[index];
    if (token?.kind !== 'string' && token?.kind !== 'symbol') break;
    texts.push(token);
    index++;
    if (
      index < to &&
      /^(?:\+|\.|<>|\\)$/.test(tokens[index]?.text ?? '') &&
      tokens[index + 1]?.kind === 'string'
    ) {
      index++;
    }
  }
  while (
    /^(?:\.|&\.)$/.test(tokens[index]?.text ?? '') &&
    /^(?:squish|strip|trim|strip_heredoc|chomp|trimIndent|html_safe|freeze|Trim)$/.test(
      tokens[index + 1]?.text ?? '',
    ) &&
    index < to
  ) {
    index += 2;
    if (tokens[index]?.text === '(' && tokens[index + 1]?.text === ')') index += 2;
  }
  if (index < to || texts.length === 0) return null;
  return {
    kind: 'text',
    text: texts.map((each) => each.value).join(''),
    contentStart: texts.length === 1 ? (texts[0]?.contentStart ?? null) : null,
  };
}

/** Names that the file gives one literal, once: `const SQL = '…'`, `@sql "…"`. */
function constantsOf(tokens: readonly HostToken[]): ReadonlyMap<string, Value> {
  const found = new Map<string, Value | null>();
  tokens.forEach((token, index) => {
    if (token.kind !== 'word') return;
    const isAttribute = token.text.startsWith('@') && tokens[index + 1]?.kind === 'string';
    if (!isAttribute && !(tokens[index + 1]?.text === '=' && tokens[index + 2]?.text !== '=')) return;
    if (/^(?:\.|->|::)$/.test(tokens[index - 1]?.text ?? '')) return;
    // Inside an argument list of Python this is a keyword.
    if (/^[(,]$/.test(tokens[index - 1]?.text ?? '') && !token.startsLine) return;
    const start = isAttribute ? index + 1 : index + 2;
    let end = start;
    const isWrapped = tokens[start]?.text === '(' && tokens[start + 1]?.kind === 'string';
    if (isWrapped) end = start + 1;
    while (
      end < tokens.length &&
      (tokens[end]?.kind === 'string' ||
        /^(?:\+|\.|<>|&\.)$/.test(tokens[end]?.text ?? '') ||
        /^(?:squish|strip|trim|freeze)$/.test(tokens[end]?.text ?? ''))
    ) {
      end++;
    }
    const value = joinedStrings(tokens, isWrapped ? start + 1 : start, end);
    const next = tokens[end];
    const isWhole =
      next === undefined || next.startsLine || next.text === ';' || (isWrapped && next.text === ')');
    found.set(token.text, found.has(token.text) || !isWhole ? null : value);
  });
  return new Map([...found].flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** Which bracket or block closes which, both ways. */
function pairUp(tokens: readonly HostToken[], language: HostLanguage): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const open: { readonly index: number; readonly close: string }[] = [];
  const isWordy = language === 'ruby' || language === 'elixir';
  let loopLine = -1;
  let line = 0;
  tokens.forEach((token, index) => {
    if (token.startsLine) line++;
    if (token.kind === 'mark') {
      const close = token.text === '(' ? ')' : token.text === '[' ? ']' : token.text === '{' ? '}' : null;
      if (close !== null) open.push({ index, close });
      else if (/^[)\]}]$/.test(token.text)) {
        const last = open.at(-1);
        if (last?.close === token.text) {
          open.pop();
          pairs.set(last.index, index);
          pairs.set(index, last.index);
        }
      }
      return;
    }
    if (!isWordy || token.kind !== 'word') return;
    const before = tokens[index - 1];
    if (before && (before.text === '.' || before.text === '&.')) return;
    if (tokens[index + 1]?.text === ':' && !tokens[index + 1]?.isSpaced) return;
    if (token.text === 'end') {
      const last = open.at(-1);
      if (last?.close === 'end') {
        open.pop();
        pairs.set(last.index, index);
        pairs.set(index, last.index);
      }
      return;
    }
    const isExpressionStart =
      token.startsLine ||
      (before !== undefined && /^(?:=|\(|\[|,|;|&&|\|\||then|else|do|return)$/.test(before.text));
    const opens =
      language === 'elixir'
        ? token.text === 'do' || token.text === 'fn'
        : ['def', 'class', 'module', 'begin', 'case'].includes(token.text) ||
          (token.text === 'do' && loopLine !== line) ||
          (['if', 'unless', 'while', 'until', 'for'].includes(token.text) && isExpressionStart);
    if (!opens) return;
    if (['while', 'until', 'for'].includes(token.text)) loopLine = line;
    open.push({ index, close: 'end' });
  });
  return pairs;
}

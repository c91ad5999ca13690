import {
  Composer,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Parser,
  type CST,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import type { Span } from '../text/position';
import { collectionSpan, contentSpan, readUsualYaml } from './usual-yaml';

/** A YAML scalar with where it stands. `text` is the value as a string; `raw` what the file holds. */
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly text: string;
  readonly raw: string;
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
  readonly span: Span;
}

/** One `key: value` of a map. `isMerged`: it came in through a merge key (`<<`) and stands elsewhere in the file. */
export interface YamlEntry {
  readonly key: YamlScalar;
  readonly value: YamlValue;
  /** From the key's start to the value's end. */
  readonly span: Span;
  readonly isMerged: boolean;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly isFlow: boolean;
  /** To the end of the last entry; in block style it may hold comments behind it that are indented as the map is. */
  readonly span: Span;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlValue[];
  readonly isFlow: boolean;
  /** As a map's. */
  readonly span: Span;
}

/** A YAML value with its span; aliases are replaced by what they name and share its span. */
export type YamlValue = YamlScalar | YamlMap | YamlList;

/** Something about a file that makes judging it impossible (`broken`) or doubtful. */
export interface YamlProblem {
  readonly kind: 'broken' | 'duplicate-key' | 'several-documents' | 'too-complex';
  readonly message: string;
  readonly span: Span;
}

/** A text read as YAML. `root` is null for an empty or comment-only file, and may be partial where it is broken. */
export interface YamlTree {
  readonly root: YamlValue | null;
  readonly problems: readonly YamlProblem[];
  /** Comments with their spans, `#` included; needed for waivers and for versions beside pinned commits. */
  readonly comments: readonly { readonly text: string; readonly span: Span }[];
}

/** More nodes than this, with every alias written out, is no file that a person wrote: 80 times GitHub's largest. */
const MAX_EXPANDED_NODES = 400_000;

/** Collections nested deeper than this are refused: reading them recursively would exhaust the stack. */
const MAX_DEPTH = 200;

/**
 * Reads YAML 1.2 with spans on everything. Never throws: what cannot be read is in `problems`.
 * GitHub itself takes anchors, aliases and merge keys since 2025.
 */
export function readYaml(text: string): YamlTree {
  return readUsualYaml(text) ?? composeYaml(text);
}

/**
 * The same over the nodes that `yaml` composes, for whatever stands in a text; `readUsualYaml` reads what is usual many
 * times faster.
 */
export function composeYaml(text: string): YamlTree {
  const problems: YamlProblem[] = [];
  let documents: readonly Document.Parsed[];
  let comments: YamlTree['comments'];
  try {
    const tokens = [...new Parser().parse(text)];
    const walked = walkTokens(tokens);
    if (walked.depth > MAX_DEPTH) {
      problems.push({
        kind: 'too-complex',
        message: 'is nested too deeply to be read',
        span: { start: 0, end: 0 },
      });
      return { root: null, problems, comments: [] };
    }
    comments = walked.comments;
    documents = [...new Composer({ uniqueKeys: false, strict: false, logLevel: 'silent' }).compose(tokens)];
  } catch (error) {
    // The parser is meant not to throw; where it does, the file is broken and the others are still judged.
    const message = error instanceof Error ? error.message : 'not YAML';
    return {
      root: null,
      problems: [{ kind: 'broken', message, span: { start: 0, end: Math.min(1, text.length) } }],
      comments: [],
    };
  }
  for (const document of documents) {
    for (const error of document.errors) {
      problems.push({
        kind: 'broken',
        message: error.message,
        // What misses at the end of the file is reported one behind it.
        span: { start: Math.min(error.pos[0], text.length), end: Math.min(error.pos[1], text.length) },
      });
    }
  }
  const [first, second] = documents.filter((document) => !isEmpty(document.contents));
  if (second) {
    const start = second.range[0];
    problems.push({
      kind: 'several-documents',
      message: 'holds more than one YAML document',
      span: { start, end: start },
    });
  }
  if (!first) return { root: null, problems, comments };

  const anchors = new Map<string, Node>();
  const converted = new Map<Node, { value: YamlValue; size: number }>();
  let isTooComplex = false;
  let mergedCount = 0;

  const scalarOf = (node: Node | null | undefined, at: number): YamlScalar => {
    if (node && isScalar(node)) {
      const range = node.range ?? [at, at, at];
      const value = node.value;
      const raw = text.slice(range[0], range[1]);
      const style =
        node.type === 'QUOTE_SINGLE'
          ? 'single'
          : node.type === 'QUOTE_DOUBLE'
            ? 'double'
            : node.type === 'BLOCK_LITERAL'
              ? 'literal'
              : node.type === 'BLOCK_FOLDED'
                ? 'folded'
                : 'plain';
      return {
        kind: 'scalar',
        value: isPrimitive(value) ? value : raw,
        // A plain scalar keeps its spelling: `1.10` is the version 1.10, not the number 1.1.
        text: typeof value === 'string' ? value : value === null ? '' : raw.trim(),
        raw,
        style,
        span: { start: range[0], end: trimmedEnd(text, range[0], range[1], style) },
      };
    }
    return { kind: 'scalar', value: null, text: '', raw: '', style: 'plain', span: { start: at, end: at } };
  };

  const rememberAnchor = (node: Node | null): void => {
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor && node) anchors.set(anchor, node);
  };

  const keyOf = (node: Node, at: number): YamlScalar => {
    if (!isAlias(node)) {
      rememberAnchor(node);
      return scalarOf(node, at);
    }
    const target = anchors.get(node.source);
    if (!target) problems.push(unknownAlias(node.source, spanOf(node, at)));
    return scalarOf(target, at);
  };

  const convert = (
    node: Node | null | undefined,
    at: number,
    open: ReadonlySet<Node>,
  ): { value: YamlValue; size: number } => {
    if (!node || isTooComplex || open.size > MAX_DEPTH) {
      if (open.size > MAX_DEPTH) isTooComplex = true;
      return { value: scalarOf(null, at), size: 1 };
    }
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (!target) {
        problems.push(unknownAlias(node.source, spanOf(node, at)));
        return { value: scalarOf(null, at), size: 1 };
      }
      if (open.has(target)) {
        problems.push({
          kind: 'broken',
          message: `the alias *${node.source} contains itself`,
          span: spanOf(node, at),
        });
        return { value: scalarOf(null, at), size: 1 };
      }
      return convert(target, at, open);
    }
    const known = converted.get(node);
    if (known) return known;
    rememberAnchor(node);
    let result: { value: YamlValue; size: number };
    if (isMap(node)) {
      const inside = new Set(open).add(node);
      const own: YamlEntry[] = [];
      const merged = new Map<string, YamlEntry>();
      let size = 1;
      const seen = new Set<string>();
      for (const pair of node.items as Pair<Node, Node | null>[]) {
        if (!isPair(pair)) continue;
        const mapStart = spanOf(node, at).start;
        const key = keyOf(pair.key, mapStart);
        // An alias stands where it is written, not where its anchor is.
        const keySpan = isAlias(pair.key) ? spanOf(pair.key, mapStart) : key.span;
        const child = convert(pair.value, keySpan.end, inside);
        size += 1 + child.size;
        if (key.text === '<<' && key.style === 'plain') {
          const sources = child.value.kind === 'list' ? child.value.items : [child.value];
          for (const source of sources) {
            if (source.kind !== 'map') continue;
            // Many maps that merge one large map are few characters and very many entries.
            mergedCount += source.entries.length;
            if (mergedCount > MAX_EXPANDED_NODES) isTooComplex = true;
            if (isTooComplex) break;
            for (const entry of source.entries) {
              if (!merged.has(entry.key.text)) merged.set(entry.key.text, { ...entry, isMerged: true });
            }
          }
          continue;
        }
        if (seen.has(key.text)) {
          problems.push({
            kind: 'duplicate-key',
            message: `the key "${key.text}" stands twice in one map`,
            span: keySpan,
          });
        }
        seen.add(key.text);
        own.push({
          key,
          value: child.value,
          span: { start: keySpan.start, end: Math.max(keySpan.end, endOfPair(pair, child.value, keySpan)) },
          isMerged: false,
        });
      }
      // GitHub takes the last of two equal keys where it takes the file at all; the first would be as good a guess.
      const entries = [...own, ...[...merged.values()].filter((entry) => !seen.has(entry.key.text))];
      result = {
        value: {
          kind: 'map',
          entries,
          isFlow: node.flow === true,
          span: collectionSpan(text, spanOf(node, at), node.flow === true),
        },
        size,
      };
    } else if (isSeq(node)) {
      const inside = new Set(open).add(node);
      let size = 1;
      const items = (node.items as (Node | null)[]).map((item) => {
        const child = convert(item, spanOf(node, at).start, inside);
        size += child.size;
        return child.value;
      });
      result = {
        value: {
          kind: 'list',
          items,
          isFlow: node.flow === true,
          span: collectionSpan(text, spanOf(node, at), node.flow === true),
        },
        size,
      };
    } else {
      result = { value: scalarOf(node, at), size: 1 };
    }
    if (result.size > MAX_EXPANDED_NODES) isTooComplex = true;
    converted.set(node, result);
    return result;
  };

  const root = convert(first.contents, 0, new Set());
  if (isTooComplex) {
    problems.push({
      kind: 'too-complex',
      message: 'its aliases or its nesting make it too large to be read',
      span: { start: 0, end: 0 },
    });
    return { root: null, problems, comments: [] };
  }
  return { root: root.value, problems, comments };
}

/** The value under `key` of a map; null for what is no map or has no such key. The last of equal keys counts. */
export function entryOf(value: YamlValue | null | undefined, key: string): YamlEntry | null {
  if (value?.kind !== 'map') return null;
  for (let index = value.entries.length - 1; index >= 0; index--) {
    const entry = value.entries[index];
    if (entry?.key.text === key) return entry;
  }
  return null;
}

export function valueOf(value: YamlValue | null | undefined, key: string): YamlValue | null {
  return entryOf(value, key)?.value ?? null;
}

/**
 * The place in the file of an offset into a scalar's value: exact for plain and quoted scalars on one line and for
 * literal blocks, the scalar's start for the rest (folded over lines, escapes).
 */
export function placeInScalar(fileText: string, scalar: YamlScalar, offset: number): number {
  const { start } = scalar.span;
  if (scalar.style === 'plain' || scalar.style === 'single' || scalar.style === 'double') {
    const quote = scalar.style === 'plain' ? 0 : 1;
    const inner = scalar.raw.slice(quote, quote ? -1 : undefined);
    return inner === scalar.text ? start + quote + Math.min(offset, inner.length) : start;
  }
  const firstBreak = fileText.indexOf('\n', start);
  if (firstBreak < 0) return start;
  const lines = scalar.text.split('\n');
  const indent =
    blockIndent(fileText, firstBreak + 1, scalar.span.end) - blockIndent(scalar.text, 0, scalar.text.length);
  let inValue = 0;
  let inFile = firstBreak + 1;
  for (const line of lines) {
    const lineEnd = fileText.indexOf('\n', inFile);
    const end = lineEnd < 0 ? fileText.length : lineEnd;
    const written = fileText.slice(inFile + indent, end).replace(/\r$/, '');
    if (scalar.style === 'folded' && written !== line) return start;
    if (offset <= inValue + line.length)
      return Math.min(inFile + indent + (offset - inValue), end, scalar.span.end);
    inValue += line.length + 1;
    inFile = end + 1;
    if (inFile > fileText.length) break;
  }
  return start;
}

function isPrimitive(value: unknown): value is YamlScalar['value'] {
  return (
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  );
}

/** How far the first line of `text` between `from` and `to` that is not blank is indented. */
function blockIndent(text: string, from: number, to: number): number {
  for (let at = from; at < to;) {
    const lineEnd = text.indexOf('\n', at);
    const end = lineEnd < 0 ? text.length : lineEnd;
    const line = text.slice(at, end).replace(/\r$/, '');
    if (line.trim() !== '') return line.length - line.trimStart().length;
    at = end + 1;
  }
  return 0;
}

function spanOf(node: Node, at: number): Span {
  const range = node.range;
  return range ? { start: range[0], end: range[1] } : { start: at, end: at };
}

function endOfPair(pair: Pair<Node, Node | null>, value: YamlValue, key: Span): number {
  if (pair.value && isAlias(pair.value)) return spanOf(pair.value, key.end).end;
  return value.span.end;
}

/** A document that holds nothing, as one behind a `---` at the end of a file. */
function isEmpty(contents: Node | null): boolean {
  return (
    !contents ||
    (isScalar(contents) && contents.value === null && !contents.source && !contents.anchor && !contents.tag)
  );
}

function unknownAlias(name: string, span: Span): YamlProblem {
  return { kind: 'broken', message: `the alias *${name} names no anchor above it`, span };
}

function trimmedEnd(text: string, start: number, end: number, style: YamlScalar['style']): number {
  if (style !== 'literal' && style !== 'folded') return end;
  return contentSpan(text, { start, end }).end;
}

/**
 * Comments in the order of the text, and how deep collections are nested. The composed nodes keep comments without
 * their places, and composing is recursive: so both are taken from the tokens before it.
 */
function walkTokens(tokens: readonly CST.Token[]): {
  readonly comments: YamlTree['comments'];
  readonly depth: number;
} {
  const comments: { text: string; span: Span }[] = [];
  let deepest = 0;
  const open: { readonly token: CST.Token; readonly depth: number }[] = [];
  const add = (token: CST.Token | readonly CST.Token[] | null | undefined, depth: number): void => {
    if (!token) return;
    if ('type' in token) open.push({ token, depth });
    else for (const each of token) open.push({ token: each, depth });
  };
  add(tokens, 0);
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    deepest = Math.max(deepest, depth);
    if (token.type === 'comment') {
      const span = { start: token.offset, end: token.offset + token.source.length };
      comments.push({ text: token.source, span });
    }
    if ('props' in token) add(token.props, depth);
    if ('start' in token) add(token.start, depth);
    if ('value' in token) add(token.value, depth);
    if ('items' in token) {
      for (const item of token.items) {
        add(item.start, depth);
        add(item.key, depth + 1);
        add(item.sep, depth);
        add(item.value, depth + 1);
      }
    }
    if ('end' in token) add(token.end, depth);
  }
  return { comments: comments.sort((a, b) => a.span.start - b.span.start), depth: deepest };
}

import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Node,
  type Pair,
} from 'yaml';
import type { Span } from '../text/position';

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
  readonly span: Span;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlValue[];
  readonly isFlow: boolean;
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

const MAX_DEPTH = 200;

/**
 * Reads YAML 1.2 with spans on everything. Never throws: what cannot be read is in `problems`.
 * GitHub itself takes anchors, aliases and merge keys since 2025.
 */
export function readYaml(text: string): YamlTree {
  const problems: YamlProblem[] = [];
  if (!nestsReasonably(text)) {
    problems.push({
      kind: 'too-complex',
      message: 'nested too deeply to be read',
      span: { start: 0, end: 0 },
    });
    return { root: null, problems, comments: [] };
  }
  let documents: ReturnType<typeof parseAllDocuments>;
  try {
    documents = parseAllDocuments(text, {
      uniqueKeys: false,
      strict: false,
      logLevel: 'silent',
      prettyErrors: false,
      lineCounter: new LineCounter(),
    });
  } catch (error) {
    // The parser is meant not to throw; where it does, the file is broken and the others are still judged.
    const message = error instanceof Error ? error.message : 'not YAML';
    return {
      root: null,
      problems: [{ kind: 'broken', message, span: { start: 0, end: Math.min(1, text.length) } }],
      comments: [],
    };
  }
  if (!Array.isArray(documents)) return { root: null, problems, comments: commentsOf(text, null) };
  const [first, second] = documents;
  for (const document of documents) {
    for (const error of document.errors) {
      problems.push({
        kind: 'broken',
        message: error.message,
        span: { start: error.pos[0], end: Math.max(error.pos[1], error.pos[0]) },
      });
    }
  }
  if (second?.contents) {
    const start = second.range?.[0] ?? text.length;
    problems.push({
      kind: 'several-documents',
      message: 'holds more than one YAML document',
      span: { start, end: start },
    });
  }
  if (!first?.contents) return { root: null, problems, comments: commentsOf(text, null) };

  const anchors = new Map<string, Node>();
  const converted = new Map<Node, { value: YamlValue; size: number }>();
  let isTooComplex = false;

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
        problems.push({
          kind: 'broken',
          message: `the alias *${node.source} names no anchor above it`,
          span: spanOf(node, at),
        });
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
    const anchor = (node as { anchor?: string }).anchor;
    if (anchor) anchors.set(anchor, node);
    let result: { value: YamlValue; size: number };
    if (isMap(node)) {
      const inside = new Set(open).add(node);
      const own: YamlEntry[] = [];
      const merged: YamlEntry[] = [];
      let size = 1;
      const seen = new Map<string, YamlScalar>();
      for (const pair of node.items as Pair<Node, Node | null>[]) {
        if (!isPair(pair)) continue;
        const key = scalarOf(
          isAlias(pair.key) ? (anchors.get(pair.key.source) ?? null) : pair.key,
          spanOf(node, at).start,
        );
        const child = convert(pair.value, key.span.end, inside);
        size += 1 + child.size;
        if (key.text === '<<' && key.style === 'plain') {
          const sources = child.value.kind === 'list' ? child.value.items : [child.value];
          for (const source of sources) {
            if (source.kind !== 'map') continue;
            for (const entry of source.entries) {
              if (!merged.some((other) => other.key.text === entry.key.text))
                merged.push({ ...entry, isMerged: true });
            }
          }
          continue;
        }
        const before = seen.get(key.text);
        if (before) {
          problems.push({
            kind: 'duplicate-key',
            message: `the key "${key.text}" stands twice in one map`,
            span: key.span,
          });
        }
        seen.set(key.text, key);
        own.push({
          key,
          value: child.value,
          span: { start: key.span.start, end: Math.max(key.span.end, endOfPair(pair, child.value, key)) },
          isMerged: false,
        });
      }
      // GitHub takes the last of two equal keys where it takes the file at all; the first would be as good a guess.
      const entries = [...own, ...merged.filter((entry) => !seen.has(entry.key.text))];
      result = {
        value: {
          kind: 'map',
          entries,
          isFlow: node.flow === true,
          span: contentSpan(text, spanOf(node, at)),
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
        value: { kind: 'list', items, isFlow: node.flow === true, span: contentSpan(text, spanOf(node, at)) },
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
  return { root: root.value, problems, comments: commentsOf(text, root.value) };
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
  const indent = blockIndent(fileText, firstBreak + 1, scalar.span.end);
  let inValue = 0;
  let inFile = firstBreak + 1;
  for (const line of lines) {
    const lineEnd = fileText.indexOf('\n', inFile);
    const end = lineEnd < 0 ? fileText.length : lineEnd;
    const written = fileText.slice(inFile + indent, end).replace(/\r$/, '');
    if (scalar.style === 'folded' && written !== line) return start;
    if (offset <= inValue + line.length) return Math.min(inFile + indent + (offset - inValue), end);
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

function endOfPair(pair: Pair<Node, Node | null>, value: YamlValue, key: YamlScalar): number {
  // An alias stands where it is written, not where its anchor is.
  if (pair.value && isAlias(pair.value)) return spanOf(pair.value, key.span.end).end;
  return value.span.end;
}

/** The parser lets a block collection reach over the blank lines and comments behind it; people do not. */
function contentSpan(text: string, span: Span): Span {
  let end = span.end;
  while (end > span.start && /\s/.test(text.charAt(end - 1))) end--;
  return { start: span.start, end };
}

function trimmedEnd(text: string, start: number, end: number, style: YamlScalar['style']): number {
  if (style !== 'literal' && style !== 'folded') return end;
  return contentSpan(text, { start, end }).end;
}

/** Flow brackets nested beyond reason would exhaust the parser's stack before it could complain. */
function nestsReasonably(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 91 || code === 123) {
      if (++depth > 1000) return false;
    } else if (code === 93 || code === 125) depth = Math.max(0, depth - 1);
    else if (code === 10) depth = depth > 500 ? depth : 0;
  }
  return true;
}

/** Comments outside scalars. The parser attaches comments to nodes without spans, so they are found by line. */
function commentsOf(text: string, root: YamlValue | null): { text: string; span: Span }[] {
  const scalars: Span[] = [];
  const seen = new Set<YamlValue>();
  const walk = (value: YamlValue): void => {
    if (seen.has(value)) return;
    seen.add(value);
    if (value.kind === 'scalar') {
      if (value.span.end > value.span.start) scalars.push(value.span);
    } else if (value.kind === 'list') value.items.forEach(walk);
    else
      for (const entry of value.entries) {
        scalars.push(entry.key.span);
        walk(entry.value);
      }
  };
  if (root) walk(root);
  scalars.sort((a, b) => a.start - b.start);
  const comments: { text: string; span: Span }[] = [];
  let next = 0;
  const pattern = /(^|[ \t])#[^\r\n]*/gm;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const start = match.index + (match[1]?.length ?? 0);
    while (next < scalars.length && (scalars[next]?.end ?? 0) <= start) next++;
    const scalar = scalars[next];
    const isInside = scalar !== undefined && scalar.start <= start && start < scalar.end;
    // The header of a block scalar may carry a comment of its own: `run: | # release-gate: …`.
    const isHeader =
      isInside &&
      (text[scalar.start] === '|' || text[scalar.start] === '>') &&
      !text.slice(scalar.start, start).includes('\n');
    if (isInside && !isHeader) {
      pattern.lastIndex = Math.max(pattern.lastIndex, Math.min(scalar.end, text.length));
      // Step back so that a comment right behind the scalar still has its leading blank.
      if (pattern.lastIndex > start + 1 && pattern.lastIndex === scalar.end)
        pattern.lastIndex = Math.max(start + 1, scalar.end);
      continue;
    }
    comments.push({
      text: text.slice(start, match.index + match[0].length),
      span: { start, end: match.index + match[0].length },
    });
  }
  return comments;
}

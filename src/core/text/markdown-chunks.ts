import type { List, Nodes, Root, RootContent } from 'mdast';
import { fromMarkdown, type Options } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { givePlaces } from './markdown-places';

/*
 * A long document is read in chunks that the parser would have come to with nothing open: at a heading, and, within a long
 * section, at a paragraph or an item of a list behind an empty line. What a chunk means depends on its text and on which
 * labels the document defines elsewhere, and on nothing else; so chunks are kept by their text, with the labels that the
 * parser asked for and what it was told, and a keystroke reads one chunk. Where a boundary is one is not taken from the
 * look of a line: the chunk is read with the first thing of the next one behind it, and unless that comes out where it
 * stands, on the outermost level, the two are read as one.
 */

/** Emphasis and brackets are matched with each other, so that many of them in one paragraph cost quadratic time. */
const MAX_MARKS = 600;

/** Block quotes and lists inside each other beyond this are no document of a person. */
const MAX_DEPTH = 40;

/** A section is cut no shorter than this, its headings of depth three and below included. */
const MIN_SECTION = 200;

/** Between headings a chunk has at least this many characters. */
const MIN_CHUNK = 800;

/** More chunks than this that turned out to be none, and the document is read as a whole. */
const MAX_JOINED = 8;

/** Characters of the chunks that are kept: some fifty long documents. */
const MAX_KEPT_CHARACTERS = 2_000_000;

/** Something of a Markdown text that was not read. A sentence without a full stop. */
export interface MarkdownProblem {
  readonly message: string;
  readonly span: { readonly start: number; readonly end: number };
}

/** Chunks by their text. One serves many documents; it holds what was used last, within {@link MAX_KEPT_CHARACTERS}. */
export interface MarkdownMemo {
  readonly chunks: Map<string, Chunk>;
  characters: number;
}

/** A memo that has read nothing yet. */
export function createMarkdownMemo(): MarkdownMemo {
  return { chunks: new Map(), characters: 0 };
}

/** Sets footnotes' labels apart: no label of a link begins so. */
const NOTE = '[';

interface Place {
  readonly line: number;
  readonly offset: number;
}

interface Chunk {
  /** Where `nodes` were placed last. */
  place: Place;
  nodes: readonly RootContent[];
  /** As if the chunk began at 0. */
  readonly problems: readonly MarkdownProblem[];
  readonly lineBreaks: number;
  /** Links' labels, and footnotes' behind {@link NOTE}, as the parser compares them. */
  readonly defines: readonly string[];
  readonly asked: ReadonlyMap<string, boolean>;
  /** Whether what follows begins with nothing open; its last list may go on there. */
  readonly isClosed: boolean;
  readonly goesOn: boolean;
}

/** What the chunk behind a boundary begins with; the document ends at `null`. */
type Follower = '#' | 'x' | '-' | '*' | '+' | '.' | ')' | null;

interface Cut {
  readonly start: number;
  readonly end: number;
  readonly follower: Follower;
}

/** Reads GitHub's Markdown from `bodyOffset` on, each chunk that the memo has as it was read before. */
export function readChunks(
  text: string,
  bodyOffset: number,
  memo: MarkdownMemo,
  problems: MarkdownProblem[],
): Root {
  const guessed = labelsIn(text, bodyOffset);
  const read = readCuts(text, cutsOf(text, bodyOffset), bodyOffset, memo, guessed);
  // The labels that the chunks do define; where the guess was another, those that asked for it are read again.
  const defined = new Set(read.flatMap(({ chunk }) => chunk.defines));
  const settled = read.map((one) =>
    isToldAs(one.chunk, defined) ? one : { ...one, chunk: readCut(text, one, memo, defined) },
  );
  let line = 1;
  for (let offset = 0; offset < bodyOffset; offset++) if (endsLine(text, offset)) line++;
  const children: RootContent[] = [];
  let goesOn = false;
  for (const { chunk, start } of settled) {
    const nodes = nodesAt(chunk, { line, offset: start });
    const [first] = nodes;
    const last = children.at(-1);
    if (goesOn && first?.type === 'list' && last?.type === 'list') {
      children[children.length - 1] = joined(last, first);
      for (let index = 1; index < nodes.length; index++) children.push(nodes[index] as RootContent);
    } else children.push(...nodes);
    for (const { message, span } of chunk.problems) {
      problems.push({ message, span: { start: span.start + start, end: span.end + start } });
    }
    line += chunk.lineBreaks;
    goesOn = chunk.goesOn;
  }
  return { type: 'root', children, position: wholePosition(text, line) };
}

/** The same by one reading of the whole text: what the chunks are held against. */
export function readWhole(text: string, bodyOffset: number, problems: MarkdownProblem[]): Root {
  const blank = text.slice(0, bodyOffset).replace(/[^\r\n]/g, ' ');
  const source = blank + masked(text.slice(bodyOffset), bodyOffset, problems);
  const root = fromMarkdown(source, { extensions: [syntax], mdastExtensions: [tree] });
  givePlaces(root.children, source);
  return root;
}

const syntax = gfm();
const tree = gfmFromMarkdown();

function wholePosition(text: string, line: number): NonNullable<Root['position']> {
  const lastBreak = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
  return {
    start: { line: 1, column: 1, offset: 0 },
    end: { line, column: text.length - lastBreak, offset: text.length },
  };
}

function joined(before: List, after: List): List {
  const end = after.position?.end;
  return {
    ...before,
    spread: before.spread === true || after.spread === true,
    children: [...before.children, ...after.children],
    ...(before.position && end ? { position: { start: before.position.start, end } } : {}),
  };
}

interface ReadCut extends Cut {
  readonly chunk: Chunk;
}

function readCuts(
  text: string,
  cuts: readonly Cut[],
  bodyOffset: number,
  memo: MarkdownMemo,
  labels: ReadonlySet<string>,
): readonly ReadCut[] {
  const read: ReadCut[] = [];
  let joins = 0;
  let start: number | null = null;
  for (const cut of cuts) {
    const whole: Cut = start === null ? cut : { ...cut, start };
    const chunk = readCut(text, whole, memo, labels);
    if (!chunk.isClosed) {
      start = whole.start;
      if (++joins <= MAX_JOINED) continue;
      const all: Cut = { start: bodyOffset, end: text.length, follower: null };
      return [{ ...all, chunk: readCut(text, all, memo, labels) }];
    }
    start = null;
    read.push({ ...whole, chunk });
  }
  return read;
}

function readCut(text: string, cut: Cut, memo: MarkdownMemo, labels: ReadonlySet<string>): Chunk {
  const own = text.slice(cut.start, cut.end);
  const key = (cut.follower ?? ' ') + own;
  const before = memo.chunks.get(key);
  if (before) {
    memo.chunks.delete(key);
    // Put back at the end: what was used last is let go last.
    if (isToldAs(before, labels)) {
      memo.chunks.set(key, before);
      return before;
    }
    memo.characters -= key.length;
  }
  const chunk = readChunk(own, cut.follower, labels);
  memo.chunks.set(key, chunk);
  memo.characters += key.length;
  for (const oldest of memo.chunks.keys()) {
    if (memo.characters <= MAX_KEPT_CHARACTERS || oldest === key) break;
    memo.chunks.delete(oldest);
    memo.characters -= oldest.length;
  }
  return chunk;
}

function isToldAs(chunk: Chunk, labels: ReadonlySet<string>): boolean {
  for (const [label, answer] of chunk.asked) if (labels.has(label) !== answer) return false;
  return true;
}

const FOLLOWERS: Readonly<Record<Exclude<Follower, null>, string>> = {
  '#': '#',
  x: 'x',
  '-': '- x',
  '*': '* x',
  '+': '+ x',
  '.': '1. x',
  ')': '1) x',
};

function readChunk(own: string, follower: Follower, labels: ReadonlySet<string>): Chunk {
  const problems: MarkdownProblem[] = [];
  const lineBreaks = countLineBreaks(own);
  const source = masked(own, 0, problems);
  const links = new Labels(labels, '');
  const notes = new Labels(labels, NOTE);
  const { children } = fromMarkdown(source + (follower === null ? '' : FOLLOWERS[follower]), {
    extensions: [syntax, answering(links, notes)],
    mdastExtensions: [tree],
  });
  givePlaces(children, source);
  const { isClosed, goesOn } = follower === null ? ENDED : takeFollower(children, follower, own.length);
  return {
    place: { line: 1, offset: 0 },
    nodes: children,
    problems,
    lineBreaks,
    defines: [...links.pushed, ...footnotesOf(children, source)],
    asked: new Map([...links.asked, ...notes.asked]),
    isClosed,
    goesOn,
  };
}

const ENDED = { isClosed: true, goesOn: false };
const OPEN = { isClosed: false, goesOn: false };

/** Takes away what was put behind a chunk, and says whether it had come out as what it is and where it is. */
function takeFollower(
  children: RootContent[],
  follower: Exclude<Follower, null>,
  at: number,
): { readonly isClosed: boolean; readonly goesOn: boolean } {
  const last = children.at(-1);
  const type = follower === '#' ? 'heading' : follower === 'x' ? 'paragraph' : 'list';
  if (last?.type !== type) return OPEN;
  if (startOf(last) === at) {
    children.pop();
    return ENDED;
  }
  if (last.type !== 'list' || startOf(last.children.at(-1)) !== at) return OPEN;
  last.children.pop();
  const end = last.children.at(-1)?.position?.end;
  if (last.position && end) last.position.end = { ...end };
  return { isClosed: true, goesOn: true };
}

function startOf(node: Nodes | undefined): number | undefined {
  return node?.position?.start.offset;
}

/** A list of labels as the parser keeps one: it also knows those of the rest of the document, and who was asked for. */
class Labels extends Array<string> {
  readonly asked = new Map<string, boolean>();
  readonly pushed = new Set<string>();

  constructor(
    private readonly elsewhere: ReadonlySet<string>,
    private readonly prefix: string,
  ) {
    super();
  }

  override includes(label: string): boolean {
    const key = this.prefix + label;
    const answer = this.elsewhere.has(key) || this.pushed.has(key);
    this.asked.set(key, answer);
    return answer;
  }

  override push(...labels: string[]): number {
    for (const label of labels) this.pushed.add(this.prefix + label);
    return this.pushed.size;
  }
}

/** Gives the parser its labels before it reads the first line; as syntax it is nothing. */
function answering(links: Labels, notes: Labels): NonNullable<Options['extensions']>[number] {
  const construct: Extract<
    NonNullable<NonNullable<NonNullable<Options['extensions']>[number]['document']>[string]>,
    { tokenize: unknown }
  > = {
    tokenize(_effects, _ok, nok) {
      this.parser.defined = links;
      this.parser.gfmFootnotes = notes;
      return nok;
    },
  };
  // At a bracket too, since there the footnotes' own construct would come first.
  return { document: { null: construct, 91: construct } };
}

/**
 * The footnotes that a chunk defines, as the parser compares them. From the source, since the parser keeps no definition
 * of a label that it takes for defined elsewhere, and the tree has the label decoded.
 */
function footnotesOf(nodes: readonly Nodes[], source: string): string[] {
  const found: string[] = [];
  const walk = (node: Nodes): void => {
    if (node.type === 'footnoteDefinition') {
      const label = /^\[\^((?:\\[\s\S]|[^\\\]])+)\]:/.exec(source.slice(startOf(node) ?? 0))?.[1];
      if (label !== undefined) found.push(NOTE + normalized(label));
    }
    if ('children' in node && node.type !== 'paragraph') node.children.forEach(walk);
  };
  if (source.includes('[^')) nodes.forEach(walk);
  return found;
}

/** As `micromark-util-normalize-identifier` has it. */
function normalized(label: string): string {
  return label
    .replace(/[\t\n\r ]+/g, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase()
    .toUpperCase();
}

/** What looks like a definition; whether it is one, the chunks tell. */
function labelsIn(text: string, from: number): ReadonlySet<string> {
  const labels = new Set<string>();
  if (!text.includes(']:', from)) return labels;
  for (const line of text.slice(from).matchAll(/^[ \t>*+\d.)-]*\[((?:\\.|[^\\\]\r\n]){1,999})\]:/gm)) {
    const label = line[1] ?? '';
    labels.add(normalized(label));
    if (label.startsWith('^')) labels.add(NOTE + normalized(label.slice(1)));
  }
  return labels;
}

/** The nodes of a chunk where it stands: as they are if it stands where it stood, moved otherwise. */
function nodesAt(chunk: Chunk, place: Place): readonly RootContent[] {
  const lines = place.line - chunk.place.line;
  const characters = place.offset - chunk.place.offset;
  if (lines !== 0 || characters !== 0) {
    chunk.nodes = chunk.nodes.map((node) => moved(node, lines, characters));
    chunk.place = place;
  }
  return chunk.nodes;
}

function moved<T extends Nodes>(node: T, lines: number, characters: number): T {
  const copy = { ...node };
  if (node.position) {
    const { start, end } = node.position;
    copy.position = {
      start: { line: start.line + lines, column: start.column, offset: (start.offset ?? 0) + characters },
      end: { line: end.line + lines, column: end.column, offset: (end.offset ?? 0) + characters },
    };
  }
  if ('children' in node) {
    const children: Nodes[] = [];
    for (const child of node.children) children.push(moved<Nodes>(child, lines, characters));
    (copy as { children: Nodes[] }).children = children;
  }
  return copy;
}

interface Fence {
  readonly mark: string;
  readonly length: number;
  /** Not inside a list or quote, as far as its line tells. */
  readonly isOuter: boolean;
}

interface FenceMark extends Fence {
  /** Nothing stands before or behind it: it may close. */
  readonly isBare: boolean;
  readonly info: string;
}

const FENCE = /([ \t>]*)((?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}|~{3,})([^\r\n]*)/y;
const ITEM = /(?:([-*+])|\d{1,9}([.)]))[ \t]+(?![-*+ \t]*(?:[\r\n]|$))/y;
const HEADING = /(#{1,6})(?=[ \t\r\n]|$)/y;
const VERBATIM = /^ {0,3}<(?:(!--)|(pre|script|style|textarea)[\s>])/i;

/** Where a text may be cut. Guesses, but good ones: a wrong one costs a reading, and is found by it. */
function cutsOf(text: string, from: number): readonly Cut[] {
  const cuts: Cut[] = [];
  let start = from;
  const cutAt = (end: number, follower: Follower): void => {
    cuts.push({ start, end, follower });
    start = end;
  };
  let fence: Fence | null = null;
  let verbatim: RegExp | null = null;
  let isAfterBlank = true;
  let isHtml = false;
  for (let offset = from; offset < text.length;) {
    const end = endOfLine(text, offset);
    const next = text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10 ? end + 2 : end + 1;
    let first = offset;
    while (first < end && (text.charCodeAt(first) === 32 || text.charCodeAt(first) === 9)) first++;
    const isBlank = first === end;
    const code = isBlank ? 0 : text.charCodeAt(first);
    if (verbatim) {
      if (verbatim.test(text.slice(offset, end))) verbatim = null;
    } else if (!isBlank) {
      const isAtMargin = first === offset;
      // A line at the margin ends lists and quotes, and a fence in them.
      if (fence && !fence.isOuter && isAtMargin && code !== 62) fence = null;
      const wasFence: Fence | null = fence;
      const mark: FenceMark | null = fence || FENCE_STARTS.has(code) ? fenceAt(text, offset) : null;
      if (fence) {
        if (mark?.mark === fence.mark && mark.length >= fence.length && mark.isBare) fence = null;
      } else if (mark && (mark.mark === '~' || !mark.info.includes('`'))) fence = mark;
      if (!wasFence && isAtMargin && offset > start) {
        const length = offset - start;
        if (code === 35 && !isHtml) {
          HEADING.lastIndex = offset;
          const depth = HEADING.exec(text)?.[1]?.length ?? 9;
          if (depth <= 2 || (depth <= 6 && length >= MIN_SECTION)) cutAt(offset, '#');
        } else if (isAfterBlank && length >= MIN_CHUNK) {
          if (isLetter(code)) cutAt(offset, 'x');
          else {
            ITEM.lastIndex = offset;
            const item = ITEM.exec(text);
            if (item) cutAt(offset, (item[1] ?? item[2] ?? null) as Follower);
          }
        }
      }
      if (code === 60 && !fence) {
        const opened = VERBATIM.exec(text.slice(offset, end));
        const closing = opened ? (opened[1] ? /-->/ : /<\/(?:pre|script|style|textarea)>/i) : null;
        if (closing && !closing.test(text.slice(first + 1, end))) verbatim = closing;
        isHtml = true;
      }
    }
    isAfterBlank = isBlank;
    if (isBlank) isHtml = false;
    offset = next;
  }
  cuts.push({ start, end: text.length, follower: null });
  return cuts;
}

const FENCE_STARTS = new Set([...'`~>-*+0123456789'].map((character) => character.charCodeAt(0)));

function fenceAt(text: string, offset: number): FenceMark | null {
  FENCE.lastIndex = offset;
  const match = FENCE.exec(text);
  if (!match) return null;
  const [, indent = '', markers = '', run = '', info = ''] = match;
  return {
    mark: run[0] ?? '',
    length: run.length,
    isOuter: indent === '' && markers === '',
    isBare: info.trim() === '' && markers === '',
    info,
  };
}

/** A letter of ASCII, or beyond ASCII anything that no syntax begins with. */
function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || (code >= 0xc0 && code < 0x2000);
}

function endOfLine(text: string, offset: number): number {
  let end = offset;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === 10 || code === 13) break;
    end++;
  }
  return end;
}

function endsLine(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  return code === 10 || (code === 13 && text.charCodeAt(offset + 1) !== 10);
}

function countLineBreaks(text: string): number {
  let count = 0;
  for (let offset = 0; offset < text.length; offset++) if (endsLine(text, offset)) count++;
  return count;
}

const MARKS = new Set([...'*_~[]`<&'].map((character) => character.charCodeAt(0)));

/** The text with the same offsets, without the lines that are too costly to read. */
function masked(text: string, at: number, problems: MarkdownProblem[]): string {
  let result = '';
  let kept = 0;
  let marks = 0;
  let isHtml = false;
  for (let offset = 0; offset < text.length;) {
    let end = text.indexOf('\n', offset);
    end = end < 0 ? text.length : end + 1;
    const first = text.charCodeAt(offset);
    let isBlank = true;
    let own = 0;
    let pipes = 0;
    for (let index = offset; index < end; index++) {
      const code = text.charCodeAt(index);
      if (code > 32) isBlank = false;
      if (code === 124) pipes++;
      else if (MARKS.has(code)) own++;
    }
    // The cells of a table are read one by one, and a heading stands alone; other lines may continue the paragraph.
    const isTable = first === 124;
    if (isBlank) isHtml = false;
    else if (!isHtml) isHtml = startsWithBlockTag(text, offset);
    // Nothing of a block of HTML is matched, and a bullet begins a paragraph of its own.
    if (isBlank || isTable || first === 35 || isHtml || isBullet(text, offset, end)) marks = 0;
    if (!isHtml) marks += own;
    if (marks > MAX_MARKS || (isTable && pipes >= MAX_MARKS) || nestsTooDeep(text, offset, end)) {
      const line = text.slice(offset, end);
      problems.push({
        message: 'This line has more marks or nesting than a document of a person has: it was not read',
        span: { start: at + offset, end: at + offset + line.trimEnd().length },
      });
      result += text.slice(kept, offset) + line.replace(/[^\r\n]/g, ' ');
      kept = end;
    }
    offset = end;
  }
  result += text.slice(kept);
  // A byte order mark would move all offsets by one.
  return result.startsWith('\uFEFF') ? ` ${result.slice(1)}` : result;
}

const BLOCK_TAG =
  / {0,3}<\/?(?:table|thead|tbody|tfoot|tr|td|th|caption|colgroup|col|div|details|summary|ul|ol|li|dl|dt|dd|p|h[1-6]|center|section)(?=[\s/>])/iy;

/** A tag with which HTML begins, up to the next empty line, even in the middle of a paragraph. */
function startsWithBlockTag(text: string, offset: number): boolean {
  BLOCK_TAG.lastIndex = offset;
  return BLOCK_TAG.test(text);
}

/** `- `, `* ` or `+ ` with something behind it: an empty one does not end a paragraph. */
function isBullet(text: string, start: number, end: number): boolean {
  let at = start;
  // Further in it may go on with a paragraph.
  while (at < start + 3 && text.charCodeAt(at) === 32) at++;
  const code = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  return (
    (code === 42 || code === 43 || code === 45) &&
    (next === 32 || next === 9) &&
    text.slice(at + 2, end).trim() !== ''
  );
}

/** Marks of quotes and lists, and indentation, at the beginning of a line. */
function nestsTooDeep(text: string, start: number, end: number): boolean {
  let depth = 0;
  let isIndentation = true;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    const isSpace = code === 32 || code === 9;
    if (!isSpace) isIndentation = false;
    if (isIndentation && index - start >= MAX_DEPTH * 2) return true;
    if (code === 62) depth++;
    else if (code === 42 || code === 43 || code === 45 || code === 46 || code === 41) {
      const next = text.charCodeAt(index + 1);
      if (next === 32 || next === 9) depth++;
    } else if (!isSpace && !(code >= 48 && code <= 57)) return depth > MAX_DEPTH;
  }
  return depth > MAX_DEPTH;
}

import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toString } from 'mdast-util-to-string';
import { gfm } from 'micromark-extension-gfm';
import type { Span } from './position';

/** A longer document is not read as Markdown: the parser's time grows faster than the text. */
const MAX_CHARACTERS = 400_000;

/** Emphasis and brackets are matched with each other, so that many of them in one paragraph cost quadratic time. */
const MAX_MARKS = 600;

/** Block quotes and lists inside each other beyond this are no document of a person. */
const MAX_DEPTH = 40;

/** Something of a Markdown text that was not read. A sentence without a full stop. */
export interface MarkdownProblem {
  readonly message: string;
  readonly span: Span;
}

/** Where a node stands; every node that the parser makes has a place. */
export function spanOf(node: Nodes): Span {
  return { start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 };
}

/** The text that a node shows, on one line. */
export function shownText(node: Nodes): string {
  return toString(node).replace(/\s+/gu, ' ').trim();
}

/** A title without its number, case and punctuation: "3. Post-deployment Checklist" is "post deployment checklist". */
export function comparable(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^(?:\d+ )+/, '')
    .replace(/^step (?:\d+ )+/, '');
}

/**
 * Reads GitHub's Markdown from `bodyOffset` on. Offsets are those of `text` as it stands; what is too costly to read
 * becomes a problem, and the rest is read all the same.
 */
export function parseMarkdown(text: string, bodyOffset: number, problems: MarkdownProblem[]): Root {
  const empty: Root = { type: 'root', children: [] };
  const whole = { start: 0, end: text.length };
  if (text.length > MAX_CHARACTERS) {
    problems.push({
      message: `The document has ${text.length} characters; more than ${MAX_CHARACTERS} are not read`,
      span: whole,
    });
    return empty;
  }
  const tree = fromMarkdown(masked(text, bodyOffset, problems), {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  return tree;
}

/** The text with the same offsets, without what is not Markdown (the front matter) or too costly to read. */
function masked(text: string, bodyOffset: number, problems: MarkdownProblem[]): string {
  let result = text.slice(0, bodyOffset).replace(/[^\r\n]/g, ' ');
  let marks = 0;
  let offset = bodyOffset;
  for (const line of text.slice(bodyOffset).split(/(?<=\n)/)) {
    // The cells of a table are read one by one; every other line may continue the paragraph before it.
    marks = line.trim() === '' || line.startsWith('|') ? 0 : marks;
    for (const character of line) if ('*_~[]`<&'.includes(character)) marks++;
    const lead = /^[\s>*+\-\d.)]*/.exec(line)?.[0] ?? '';
    const depth = lead.match(/>|[-*+.)](?=[ \t])/g)?.length ?? 0;
    const isIndented = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    const pipes = line.startsWith('|') ? line.split('|').length : 0;
    if (marks > MAX_MARKS || depth > MAX_DEPTH || isIndented > MAX_DEPTH * 2 || pipes > MAX_MARKS) {
      problems.push({
        message: 'This line has more marks or nesting than a document of a person has: it was not read',
        span: { start: offset, end: offset + line.trimEnd().length },
      });
      result += line.replace(/[^\r\n]/g, ' ');
    } else result += line;
    offset += line.length;
  }
  // A byte order mark would move all offsets by one.
  return result.startsWith('\uFEFF') ? ` ${result.slice(1)}` : result;
}

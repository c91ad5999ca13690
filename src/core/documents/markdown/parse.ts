import type { Nodes, Paragraph, Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toString } from 'mdast-util-to-string';
import { gfm } from 'micromark-extension-gfm';
import { readFrontMatter } from '../../text/front-matter';
import { lineIndex, type Span } from '../../text/position';
import type { ReadDocument, ReadProblem, ReadSection, SectionShape } from '../document';
import { findPlaceholders } from './placeholders';

/** A longer document is not read as Markdown: the parser's time grows faster than the text. */
const MAX_CHARACTERS = 400_000;

/** Emphasis and brackets are matched with each other, so that many of them in one paragraph cost quadratic time. */
const MAX_MARKS = 600;

/** Block quotes and lists inside each other beyond this are no document of a person. */
const MAX_DEPTH = 40;

/**
 * Reads Markdown with its front matter into what every kind shares. Offsets are those of `text` as it stands, byte order
 * mark and front matter included. What cannot be read becomes a problem, and the rest is read all the same.
 */
export function parseDocument(
  path: string,
  text: string,
  shapes: readonly SectionShape[],
): Omit<ReadDocument, 'kind' | 'data'> {
  const problems: ReadProblem[] = [];
  const frontMatter = readFrontMatter(text);
  if (!frontMatter.ok) problems.push({ message: frontMatter.message, span: frontMatter.span });
  const tree = parseMarkdown(text, frontMatter.bodyOffset, problems);
  return {
    path,
    text,
    lines: lineIndex(text),
    tree,
    frontMatter: frontMatter.ok ? frontMatter.data : {},
    sections: readSections(tree, shapes, text),
    placeholders: findPlaceholders(text),
    problems,
  };
}

/** Where a node stands; every node that the parser makes has a place. */
export function spanOf(node: Nodes): Span {
  return { start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 };
}

/** The text that a node shows, on one line. */
export function shownText(node: Nodes): string {
  return toString(node).replace(/\s+/gu, ' ').trim();
}

function parseMarkdown(text: string, bodyOffset: number, problems: ReadProblem[]): Root {
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
function masked(text: string, bodyOffset: number, problems: ReadProblem[]): string {
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

interface Heading {
  readonly id: string | null;
  readonly title: string;
  readonly depth: number;
  readonly span: Span;
}

function readSections(tree: Root, shapes: readonly SectionShape[], text: string): ReadSection[] {
  const headings: Heading[] = [];
  for (const node of tree.children) {
    const title = headingTitle(node);
    if (title === null) continue;
    const id = sectionIdOf(title, shapes);
    if (node.type === 'heading') headings.push({ id, title, depth: node.depth, span: spanOf(node) });
    // A line that is bold as a whole is a heading to those who write so; only where it names a section of the kind.
    else if (id !== null) headings.push({ id, title, depth: 6, span: spanOf(node) });
  }
  // The first heading is the document's title, even where it reads like a section ("Rollback").
  const first = headings[0];
  const isTitle = first?.depth === 1 && headings.slice(1).some(({ depth }) => depth > 1);
  if (first && isTitle) headings[0] = { ...first, id: null };
  const seen = new Set<string>();
  // From the last to the first: where the next heading of each depth or above begins.
  const ends = new Array<number>(headings.length);
  const nextAt = new Array<number>(7).fill(text.length);
  for (let index = headings.length - 1; index >= 0; index--) {
    const heading = headings[index];
    if (!heading) continue;
    ends[index] = nextAt[heading.depth] ?? text.length;
    nextAt.fill(heading.span.start, heading.depth);
  }
  return headings.map((heading, index) => {
    const end = ends[index] ?? text.length;
    const id = heading.id !== null && !seen.has(heading.id) ? heading.id : null;
    if (id !== null) seen.add(id);
    return {
      id,
      title: heading.title,
      depth: heading.depth,
      headingSpan: heading.span,
      span: { start: heading.span.start, end },
    };
  });
}

function headingTitle(node: RootContent): string | null {
  if (node.type === 'heading') return shownText(node);
  if (node.type !== 'paragraph') return null;
  return boldLine(node);
}

function boldLine(node: Paragraph): string | null {
  const [only, ...others] = node.children;
  return only?.type === 'strong' && others.length === 0 ? shownText(only).replace(/:$/, '') : null;
}

function sectionIdOf(title: string, shapes: readonly SectionShape[]): string | null {
  const name = comparable(title);
  return (
    shapes.find(
      (shape) =>
        comparable(shape.title) === name || (shape.aliases ?? []).some((alias) => comparable(alias) === name),
    )?.id ?? null
  );
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

/** The blocks of a section, without its heading and up to the next section of the kind; none where it is missing. */
export function blocksOf(
  document: Pick<ReadDocument, 'tree' | 'sections'>,
  id: string,
): readonly RootContent[] {
  const section = document.sections.find((other) => other.id === id);
  if (!section) return [];
  const end = document.sections
    .filter((other) => other.id !== null && other.headingSpan.start > section.headingSpan.start)
    .reduce((least, other) => Math.min(least, other.headingSpan.start), section.span.end);
  return document.tree.children.filter((node) => {
    const span = spanOf(node);
    return span.start >= section.headingSpan.end && span.start < end;
  });
}

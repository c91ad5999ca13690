import type { Paragraph, Root, RootContent } from 'mdast';
import { readFrontMatter } from '../../text/front-matter';
import { comparable, parseMarkdown, shownText, spanOf } from '../../text/markdown';
import { lineIndex, type Span } from '../../text/position';
import type { ReadDocument, ReadProblem, ReadSection, SectionShape } from '../document';
import { findPlaceholders } from './placeholders';

export { comparable, shownText, spanOf };

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

interface Heading {
  readonly id: string | null;
  readonly title: string;
  readonly depth: number;
  readonly span: Span;
}

function readSections(tree: Root, shapes: readonly SectionShape[], text: string): ReadSection[] {
  const headings: Heading[] = [];
  // The depth of the section of groups that the walk is in; what is deeper names a group.
  let groupsDepth = Infinity;
  for (const node of tree.children) {
    const title = headingTitle(node);
    if (title === null) continue;
    const depth = node.type === 'heading' ? node.depth : 6;
    const isGroup = depth > groupsDepth;
    if (!isGroup) groupsDepth = Infinity;
    const id = isGroup ? null : sectionIdOf(title, shapes);
    if (holdsGroups(id, shapes)) groupsDepth = depth;
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

function holdsGroups(id: string | null, shapes: readonly SectionShape[]): boolean {
  return id !== null && shapes.some((shape) => shape.id === id && shape.holds === 'groups');
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

import type { Paragraph, Root, RootContent } from 'mdast';
import { remembered } from '../../text/remember';
import { readFrontMatter } from '../../text/front-matter';
import { comparable, parseMarkdown, shownText, spanOf } from '../../text/markdown';
import { lineIndex, type Span } from '../../text/position';
import { isLedger } from '../keep/ledger';
import type { ReadDocument, ReadProblem, ReadSection, SectionShape } from '../document';
import { findPlaceholders } from './placeholders';
import { namesOf } from './terms';

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
  const tree = withoutLedger(parseMarkdown(text, frontMatter.bodyOffset, problems));
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

/** Fingerprints are for the merge: no reader meets them. */
function withoutLedger(tree: Root): Root {
  const isComment = (node: RootContent): boolean => node.type === 'html' && isLedger(node.value);
  return tree.children.some(isComment)
    ? { ...tree, children: tree.children.filter((node) => !isComment(node)) }
    : tree;
}

interface Heading {
  /** A section of the kind, and whether the title is its own or one that people use for it. */
  readonly named: { readonly id: string; readonly isExact: boolean } | null;
  readonly title: string;
  readonly depth: number;
  readonly span: Span;
}

/** What the parts of any section are called: below a section of the kind they are no section of their own. */
const PARTS: ReadonlySet<string> = new Set([
  'steps',
  'procedure',
  'plan',
  'commands',
  'checks',
  'verification',
  'validation',
  'preparation',
  'prerequisites',
  'parameters',
  'variables',
  'environment',
  'overview',
  'summary',
  'about',
  'purpose',
  'communication',
  'scope',
  'risk',
  'risks',
  'changes',
  'cause',
  'actions',
]);

function readSections(tree: Root, shapes: readonly SectionShape[], text: string): ReadSection[] {
  const headings: Heading[] = [];
  // The depth of the section of groups that the walk is in; what is deeper names a group.
  let groupsDepth = Infinity;
  // The sections of the kind that the walk is in, outermost first.
  const around: number[] = [];
  for (const node of tree.children) {
    const found = headingIn(node);
    if (found === null) continue;
    const { title, depth } = found;
    const isGroup = depth > groupsDepth;
    if (!isGroup) groupsDepth = Infinity;
    while ((around.at(-1) ?? 0) >= depth) around.pop();
    const named = isGroup ? null : sectionNamed(title, shapes, around.length > 0);
    if (named && holdsGroups(named.id, shapes)) groupsDepth = depth;
    // A line that is bold as a whole is a heading to those who write so; only where it names a section of the kind.
    if (node.type !== 'heading' && named === null) continue;
    // The first heading is the document's title, even where it reads like a section ("Rollback").
    if (named && (headings.length > 0 || depth > 1)) around.push(depth);
    headings.push({ named, title, depth, span: spanOf(node) });
  }
  const first = headings[0];
  const isTitle = first?.depth === 1 && headings.slice(1).some(({ depth }) => depth > 1);
  if (first && isTitle) headings[0] = { ...first, named: null };
  // From the last to the first: where the next heading of each depth or above begins.
  const ends = new Array<number>(headings.length);
  const nextAt = new Array<number>(7).fill(text.length);
  for (let index = headings.length - 1; index >= 0; index--) {
    const heading = headings[index];
    if (!heading) continue;
    ends[index] = nextAt[heading.depth] ?? text.length;
    nextAt.fill(heading.span.start, heading.depth);
  }
  const chosen = chooseSections(headings, ends);
  return headings.map((heading, index) => ({
    id: heading.named && chosen.get(heading.named.id) === index ? heading.named.id : null,
    title: heading.title,
    depth: heading.depth,
    headingSpan: heading.span,
    span: { start: heading.span.start, end: ends[index] ?? text.length },
  }));
}

/** Which heading is the section, where several could be: its own name before another, then the outermost, then the first. */
function chooseSections(headings: readonly Heading[], ends: readonly number[]): ReadonlyMap<string, number> {
  const chosen = new Map<string, number>();
  headings.forEach((heading, index) => {
    if (!heading.named) return;
    const { id, isExact } = heading.named;
    const before = chosen.get(id);
    const other = before === undefined ? undefined : headings[before];
    if (before === undefined || !other?.named) {
      chosen.set(id, index);
      return;
    }
    const isInside = heading.span.start < (ends[before] ?? 0) && heading.depth > other.depth;
    // "Deployment" over "Before", "Deployment steps" and "After": the blocks stand in the inner one.
    const isBehindAnother =
      isInside && headings.slice(before + 1, index).some(({ named }) => named !== null && named.id !== id);
    const isBetter = isExact !== other.named.isExact ? isExact && !isInside : heading.depth < other.depth;
    if (isBetter || (isBehindAnother && isExact)) chosen.set(id, index);
  });
  return chosen;
}

function holdsGroups(id: string, shapes: readonly SectionShape[]): boolean {
  return shapes.some((shape) => shape.id === id && shape.holds === 'groups');
}

function headingIn(node: RootContent): { readonly title: string; readonly depth: number } | null {
  switch (node.type) {
    case 'heading':
      return { title: shownText(node), depth: node.depth };
    case 'paragraph': {
      const title = boldLine(node);
      return title === null ? null : { title, depth: 6 };
    }
    case 'html': {
      // What a reader of GitHub's page clicks at to see the rest.
      const summary = /<summary(?:\s[^<>]{0,200})?>([^]{1,400}?)<\/summary>/i.exec(node.value)?.[1];
      if (summary === undefined) return null;
      return {
        title: summary
          .replace(/<[^<>]{0,200}>/g, ' ')
          .replace(/\s+/g, ' ')
          .trim(),
        depth: 6,
      };
    }
    default:
      return null;
  }
}

function boldLine(node: Paragraph): string | null {
  const [only, ...others] = node.children;
  return only?.type === 'strong' && others.length === 0 ? shownText(only).replace(/:$/, '') : null;
}

/** Ids by comparable title, each kind's once. */
const idsByTitle = remembered((shapes: readonly SectionShape[]): ReadonlyMap<string, string> => {
  const ids = new Map<string, string>();
  for (const shape of shapes) {
    for (const title of [shape.title, ...(shape.aliases ?? [])]) {
      const name = comparable(title);
      if (!ids.has(name)) ids.set(name, shape.id);
    }
  }
  return ids;
});

function sectionNamed(
  title: string,
  shapes: readonly SectionShape[],
  isInSection: boolean,
): Heading['named'] {
  const ids = idsByTitle(shapes);
  const [own = '', ...others] = namesOf(title);
  if (isInSection && PARTS.has(own)) return null;
  const exact = ids.get(own);
  if (exact !== undefined) return { id: exact, isExact: true };
  if (isInSection) return null;
  for (const name of others) {
    const id = ids.get(name);
    if (id !== undefined) return { id, isExact: false };
  }
  return null;
}

/**
 * The blocks of a section, without its heading and up to the next section of the kind; none where it is missing. The same
 * array each time for the same document, so that what is read from it can be remembered by it.
 */
export function blocksOf(
  document: Pick<ReadDocument, 'tree' | 'sections'>,
  id: string,
): readonly RootContent[] {
  const known = blocksBySection(document.sections);
  const before = known.get(id);
  if (before?.tree === document.tree) return before.blocks;
  const blocks = findBlocks(document, id);
  known.set(id, { tree: document.tree, blocks });
  return blocks;
}

const blocksBySection = remembered(
  (_sections: ReadDocument['sections']) =>
    new Map<string, { readonly tree: Root; readonly blocks: readonly RootContent[] }>(),
);

function findBlocks(document: Pick<ReadDocument, 'tree' | 'sections'>, id: string): readonly RootContent[] {
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

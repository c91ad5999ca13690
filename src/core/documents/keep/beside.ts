import { stringify } from 'yaml';
import { comparable } from '../../text/markdown';
import type { DocumentKind, ReadDocument, ReadSection } from '../document';

/**
 * Renders data in the place of a document about something else, with what no data holds of that one: its sections that
 * the kind does not know, and the keys of its front matter. What was kept is added to `notes`.
 */
export function renderBeside<T>(
  kind: DocumentKind<T>,
  path: string,
  data: T,
  before: ReadDocument,
  notes: string[],
): string {
  const after = kind.read(path, kind.render(data));
  return withFrontMatter(withSections(after, before, notes), before, after, notes);
}

/** Sections that the kind does not know, each at the end of the section behind which it stood. */
function withSections(after: ReadDocument, before: ReadDocument, notes: string[]): string {
  const known = new Set(after.sections.map(({ title }) => comparable(title)));
  let keptUpTo = 0;
  const additions = new Map<number, string>();
  for (const section of before.sections) {
    const isTitle = section.depth === 1;
    if (section.id !== null || isTitle || known.has(comparable(section.title))) continue;
    if (section.headingSpan.start < keptUpTo) continue;
    const end = endOf(section, before);
    keptUpTo = end;
    const anchor = before.sections
      .filter((other) => other.id !== null && other.headingSpan.start < section.headingSpan.start)
      .at(-1);
    const place = after.sections.find((other) => other.id !== null && other.id === anchor?.id);
    const offset = place ? endOf(place, after) : after.text.length;
    const text = before.text.slice(section.headingSpan.start, end).replace(/\r\n?/g, '\n').trimEnd();
    additions.set(offset, `${additions.get(offset) ?? ''}${text}\n\n`);
    notes.push(`Kept the section "${section.title}"`);
  }
  let result = after.text;
  for (const [offset, text] of [...additions].sort((a, b) => b[0] - a[0])) {
    const head = result.slice(0, offset).trimEnd();
    result = `${head}\n\n${text}${result.slice(offset)}`;
  }
  return `${result.trimEnd()}\n`;
}

/** Up to the next section of the kind, or the section's own end. */
function endOf(section: ReadSection, document: ReadDocument): number {
  const next = document.sections.find(
    (other) => other.id !== null && other.headingSpan.start > section.headingSpan.start,
  );
  return Math.min(section.span.end, next?.headingSpan.start ?? document.text.length);
}

function withFrontMatter(text: string, before: ReadDocument, after: ReadDocument, notes: string[]): string {
  const keys = Object.keys(before.frontMatter).filter((key) => !(key in after.frontMatter));
  if (keys.length === 0) return text;
  const added = stringify(Object.fromEntries(keys.map((key) => [key, before.frontMatter[key]])));
  notes.push(`Kept from the front matter: ${keys.join(', ')}`);
  const closing = text.indexOf('\n---\n', 3);
  return closing < 0 ? text : `${text.slice(0, closing + 1)}${added}${text.slice(closing + 1)}`;
}

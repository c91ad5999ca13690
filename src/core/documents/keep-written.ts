import { stringify } from 'yaml';
import type { DocumentKind, ReadDocument, ReadSection } from './document';
import { comparable } from './markdown/parse';
import { holdsPlaceholder } from './markdown/placeholders';

/** A new version of a document, with what its people wrote in the one before. */
export interface KeptDocument {
  readonly text: string;
  /** What was kept, in a sentence each, for the person who compares. */
  readonly notes: readonly string[];
}

/** By which a row or step is the same one as before; the first that the row has. */
const IDENTITIES = [
  'title',
  'name',
  'symptom',
  'metric',
  'failure',
  'role',
  'stage',
  'question',
  'condition',
  'check',
  'record',
  'aspect',
  'text',
  'action',
];

/**
 * Renders `data`, and keeps of the document that stands there what its people wrote: an answer where `data` only has
 * UNKNOWN(...), rows and steps that `data` has not, boxes that are ticked, sections that the kind does not know, keys of
 * the front matter. What both have and differs is as `data` has it: the face shows the difference.
 */
export function renderKeepingWritten<T>(
  kind: DocumentKind<T>,
  path: string,
  data: T,
  existing: string | null,
): KeptDocument {
  if (existing === null) return { text: kind.render(data), notes: [] };
  const before = kind.read(path, existing);
  const notes: string[] = before.problems.map(({ message }) => `${path}: ${message}`);
  const merged = merge(data, before.data, notes) as T;
  return { text: renderBeside(kind, path, merged, before, notes), notes };
}

/**
 * Renders data that already holds what its people wrote, with what no data holds of the document that stands there: its
 * sections that the kind does not know, and the keys of its front matter. What was kept is added to `notes`.
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

function merge(now: unknown, before: unknown, notes: string[]): unknown {
  if (typeof now === 'string') {
    const isAnswer = typeof before === 'string' && before !== '' && !holdsPlaceholder(before);
    return isAnswer && (holdsPlaceholder(now) || now === '') ? before : now;
  }
  if (now === null) return before ?? null;
  if (typeof now === 'boolean') return now || before === true;
  if (Array.isArray(now)) return mergeLists(now, Array.isArray(before) ? before : [], notes);
  if (isRecord(now)) {
    const old = isRecord(before) ? before : {};
    return Object.fromEntries(
      Object.entries(now).map(([key, value]) => {
        // A command and an action answer the same question: an answer to one is none to the other.
        const isOther =
          (key === 'command' && old['action'] !== '') || (key === 'action' && old['command'] !== '');
        return [key, isOther && value === '' ? value : merge(value, old[key], notes)];
      }),
    );
  }
  return now;
}

function mergeLists(now: readonly unknown[], before: readonly unknown[], notes: string[]): unknown[] {
  const result = now.map((item) => {
    const same = before.find((other) => identityOf(other) === identityOf(item));
    return isRecord(item) ? merge(item, same ?? {}, notes) : item;
  });
  const isOpen = (item: unknown): boolean => holdsPlaceholder(identityOf(item));
  let place = -1;
  for (const old of before) {
    const identity = identityOf(old);
    const at = result.findIndex((item) => identityOf(item) === identity);
    if (at >= 0) {
      place = at;
      continue;
    }
    // A row that was only a placeholder has done its work.
    if (identity === '' || isOpen(old)) continue;
    place++;
    result.splice(place, 0, old);
    notes.push(`Kept from the document that stands there: "${identity}"`);
  }
  // And a row that asks for rows is not needed beside those that answer it.
  const isAnswered = result.length > now.length;
  return isAnswered ? result.filter((item) => !isOpen(item)) : result;
}

function identityOf(item: unknown): string {
  if (typeof item === 'string') return item;
  if (!isRecord(item)) return '';
  // Several triggers may watch one metric.
  if (typeof item['threshold'] === 'string') return `${String(item['metric'])} ${item['threshold']}`;
  for (const key of IDENTITIES) {
    const value = item[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

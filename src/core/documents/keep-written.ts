import { lineBreakOf } from '../text/edit';
import { comparable } from '../text/markdown';
import type { Conflict } from '../text/proposal';
import type { DocumentKind, ReadDocument } from './document';
import { renderBeside } from './keep/beside';
import { writtenFrontMatter } from './keep/front-matter';
import { ledgerComment, ledgerSpan, ledgerWith, readLedger, type WrittenValue } from './keep/ledger';
import { CLAIMS, mergeDocuments, type MergeOptions } from './keep/merge';
import { outlineOf, writtenValues } from './keep/outline';
import { renumbered } from './keep/renumber';
import type { AnyFields } from './shape/define-kind';
import type { Form } from './shape/parts';

/** A new version of a document, with what its people wrote in the one before. */
export interface KeptDocument {
  readonly text: string;
  /** What was kept, left out or renewed and should be known, in a sentence each, for the person who compares. */
  readonly notes: readonly string[];
  /** Where a person and the generator both wrote something new: the person's text is in `text`. */
  readonly conflicts: readonly Conflict[];
  /** The same text with the generator's words at each conflict, to show beside `text`; null where there is none. */
  readonly withGenerated: string | null;
}

/** What a kind knows of its own documents besides their form. */
export type KeepOptions = Pick<MergeOptions, 'rowsOf' | 'isOwn'>;

/** It takes one or two. */
const MAX_ROUNDS = 4;

/**
 * Renders `data` into the document that stands there: what a person wrote stays, what was generated and nobody touched is
 * renewed or taken out, and where both wrote something new the person's text stays and the conflict is told. What was
 * generated is known by fingerprints in a comment at the document's end; a document without one keeps everything that is
 * not a placeholder. With equal data a second time changes nothing.
 *
 * @throws RangeError for a sealed kind where a document stands: `refuseSealed` of the tasks says so to the person before.
 */
export function renderKeepingWritten<T>(
  kind: DocumentKind<T>,
  path: string,
  data: T,
  existing: string | null,
  options: KeepOptions = {},
): KeptDocument {
  const kept = keptOnce(kind, path, data, existing, options);
  // What a first time brought in may answer what a second time would ask: equal data has to come to rest.
  let { text } = kept;
  for (let round = 0; existing !== null && round < MAX_ROUNDS; round++) {
    const next = keptOnce(kind, path, data, text, {}).text;
    if (next === text) break;
    text = next;
  }
  return { ...kept, text };
}

function keptOnce<T>(
  kind: DocumentKind<T>,
  path: string,
  data: T,
  existing: string | null,
  options: KeepOptions,
): KeptDocument {
  const fresh = kind.render(data);
  if (kind.isSealed) {
    if (existing !== null) throw new RangeError(`${path} is sealed`);
    return { text: fresh, notes: [], conflicts: [], withGenerated: null };
  }
  const now = kind.read(path, fresh);
  const told = toldIn(now);
  const generated = generatedValues(now, told);
  if (existing === null || existing.trim() === '') {
    return { text: withLedger(fresh, fresh, generated), notes: [], conflicts: [], withGenerated: null };
  }
  const ledger = readLedger(existing);
  const body = withoutComment(existing);
  const before = kind.read(path, body);
  // What a person told stands there though nobody touched it: it is theirs all the same.
  if (ledger?.isUntouched && toldIn(before).size === 0) {
    const text = (body.startsWith('\uFEFF') ? `\uFEFF${fresh}` : fresh).replace(/\n/g, lineBreakOf(existing));
    return { text: withLedger(text, fresh, generated), notes: [], conflicts: [], withGenerated: null };
  }
  const problems = before.problems.map(({ message }) => `${path}: ${message}`);
  if (before.tree.children.length === 0 && problems.length > 0) {
    const left = `${path} cannot be read, so it is left as it is`;
    return { text: existing, notes: [...problems, left], conflicts: [], withGenerated: null };
  }
  const write = (prefer: 'written' | 'generated') =>
    written(
      kind,
      before,
      now,
      { ...options, ledger, told, prefer, columnNames: columnNamesOf(kind) },
      generated,
    );
  const kept = write('written');
  return {
    text: kept.text,
    notes: [
      ...problems,
      ...kept.notes,
      ...kept.conflicts.map(
        ({ place, written: theirs, generated: ours }) =>
          `${place}: "${shortened(theirs)}" stands there and is kept; "${shortened(ours)}" would be written now`,
      ),
    ],
    conflicts: kept.conflicts,
    withGenerated: kept.conflicts.length > 0 ? write('generated').text : null,
  };
}

/**
 * Renders `data` in the place of a document that was made for something else (another release): nothing of that one stays
 * but sections that the kind does not know and keys of the front matter.
 */
export function renderReplacing<T>(
  kind: DocumentKind<T>,
  path: string,
  data: T,
  existing: string,
): KeptDocument {
  const notes: string[] = [];
  const fresh = kind.render(data);
  const now = kind.read(path, fresh);
  const text = renderBeside(kind, path, data, kind.read(path, withoutComment(existing)), notes);
  return {
    text: withLedger(text, fresh, generatedValues(now, toldIn(now))),
    notes,
    conflicts: [],
    withGenerated: null,
  };
}

function written<T>(
  kind: DocumentKind<T>,
  before: ReadDocument,
  now: ReadDocument,
  options: MergeOptions,
  generated: readonly WrittenValue[],
): { text: string; notes: readonly string[]; conflicts: readonly Conflict[] } {
  const first = mergeDocuments(before, now, options);
  const merged = kind.read(before.path, renumbered(kind.read(before.path, first.text), before));
  // What the template works out from the data (a total, a title) follows from what stands there now.
  const worked = mergeDocuments(merged, kind.read(before.path, kind.render(merged.data)), {
    ledger: ledgerWith(generated, options.ledger),
    told: new Set(),
    prefer: options.prefer,
    isValuesOnly: true,
    ...(options.columnNames ? { columnNames: options.columnNames } : {}),
  });
  return {
    text: withLedger(worked.text, now.text, [...generated, ...worked.renewed]),
    notes: first.notes,
    conflicts: first.conflicts,
  };
}

/** What a person told for this document, in the forms in which it may stand in it. */
function toldIn(document: ReadDocument): ReadonlySet<string> {
  const section = outlineOf(document).find(({ key }) => key === CLAIMS);
  return new Set(
    (section?.units ?? []).flatMap((unit) =>
      unit.type === 'table'
        ? unit.rows.flatMap(({ cells }) => (cells[1] ? [cells[1].value, cells[1].shown] : []))
        : [],
    ),
  );
}

/** Everything that the generator wrote: without what a person told, which is theirs wherever it stands. */
function generatedValues(document: ReadDocument, told: ReadonlySet<string>): readonly WrittenValue[] {
  return [
    ...writtenFrontMatter(document.text),
    ...outlineOf(document).flatMap((section) => writtenValues(section)),
  ].filter(({ place, value }) => !told.has(value) && !place.startsWith(`${CLAIMS}/row`));
}

function withLedger(text: string, fresh: string, values: readonly WrittenValue[]): string {
  const lineBreak = lineBreakOf(text);
  const comment = ledgerComment(fresh, values).replace(/\n/g, lineBreak);
  return `${text.trimEnd()}${lineBreak}${lineBreak}${comment}${lineBreak}`;
}

/** The document without its comment, which a person may have written below. */
function withoutComment(text: string): string {
  const span = ledgerSpan(text);
  if (!span) return text;
  const lineBreak = lineBreakOf(text);
  const head = text.slice(0, span.start).trimEnd();
  const rest = text.slice(span.end).trim();
  return rest === '' ? `${head}${lineBreak}` : `${head}${lineBreak}${lineBreak}${rest}${lineBreak}`;
}

/** What people call the columns of a kind's tables, by section; nothing of a kind whose fields are not declared. */
function columnNamesOf(
  kind: DocumentKind<unknown> & { readonly fields?: AnyFields },
): (section: string) => readonly (readonly string[])[] {
  const names = new Map<string, (readonly string[])[]>();
  const addForm = (section: string, form: Form): void => {
    if (form.is === 'table') {
      const own = names.get(section) ?? [];
      names.set(section, [...own, ...form.names.map((titles) => titles.map(comparable))]);
    } else if (form.is === 'groups' || form.is === 'together') {
      for (const part of Object.values(form.parts)) addForm(section, part);
    }
  };
  const addFields = (fields: AnyFields): void => {
    for (const field of Object.values(fields)) {
      if ('fields' in field) addFields(field.fields);
      else if (field.section !== null) addForm(field.section, field.form);
    }
  };
  if (kind.fields) addFields(kind.fields);
  return (section) => names.get(section) ?? [];
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

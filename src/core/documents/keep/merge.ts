import { findPlaceholders } from '../markdown/placeholders';
import { namesOf } from '../markdown/terms';
import { NOTHING } from '../markdown/write';
import { applyEdits, lineBreakOf, type TextEdit } from '../../text/edit';
import type { Span } from '../../text/position';
import type { Conflict } from '../../text/proposal';
import type { ReadDocument } from '../document';
import { mergeFrontMatter } from './front-matter';
import type { Ledger, WrittenValue } from './ledger';
import {
  cellPlace,
  identityColumns,
  itemIdentities,
  outlineOf,
  partPlace,
  PREAMBLE,
  rowIdentities,
  TITLE,
  writtenValues,
  type ItemUnit,
  type Leaf,
  type ListUnit,
  type OutlineSection,
  type PartUnit,
  type RowUnit,
  type TableUnit,
  type TextUnit,
  type Unit,
} from './outline';

/** The section of what a person told: their words, whoever writes them down. */
export const CLAIMS = 'claims';

/** What a merge goes by besides the two texts. */
export interface MergeOptions {
  /** What the generator wrote last time; null where nobody knows. */
  readonly ledger: Ledger | null;
  /** Answers that a person gave for the new document: newer than what they wrote before. */
  readonly told: ReadonlySet<string>;
  /** Titles by which people know a column, by section, the first being the generator's; comparable. */
  readonly columnNames?: (section: string) => readonly (readonly string[])[];
  /**
   * For each row of the new document's table in this section the row of the one that stands there which it is, null for
   * none: in the place of the identity by its columns. A row that is none of them is left out.
   */
  readonly rowsOf?: (section: string) => readonly (number | null)[] | null;
  /** Whether the generator is known to write this; what people wrote is told from it where there is no ledger. */
  readonly isOwn?: (section: string, key: string, shown: string) => boolean;
  /** Whose text is taken in a conflict. */
  readonly prefer: 'written' | 'generated';
  /** Only values that stand in both, and that the generator wrote, are renewed: nothing is added or taken out. */
  readonly isValuesOnly?: boolean;
}

/** The text with what both say, and what is to be told about it. */
export interface Merged {
  readonly text: string;
  /** A sentence each. */
  readonly notes: readonly string[];
  readonly conflicts: readonly Conflict[];
  /** The values that were put in the place of others. */
  readonly renewed: readonly WrittenValue[];
}

interface Merge extends MergeOptions {
  readonly before: ReadDocument;
  readonly now: ReadDocument;
  readonly lineBreak: string;
  readonly edits: TextEdit[];
  readonly notes: string[];
  readonly conflicts: Conflict[];
  readonly renewed: WrittenValue[];
}

/** The section of both documents at hand: `key` is the new document's, by which its places are called. */
interface Pair {
  readonly key: string;
  readonly label: string;
  readonly old: OutlineSection;
  readonly fresh: OutlineSection;
}

/**
 * Brings the document that stands there up to date with the one that would be written now, by edits: what the ledger knows
 * as the generator's is renewed or taken out, everything else stays as it is, byte for byte.
 */
export function mergeDocuments(before: ReadDocument, now: ReadDocument, options: MergeOptions): Merged {
  const merge: Merge = {
    ...options,
    before,
    now,
    lineBreak: lineBreakOf(before.text),
    edits: [],
    notes: [],
    conflicts: [],
    renewed: [],
  };
  mergeFrontMatter(before.text, now.text, {
    ledger: merge.ledger,
    isValuesOnly: merge.isValuesOnly === true,
    edits: merge.edits,
    notes: merge.notes,
    settle: (place, where, old, fresh, put) => {
      settle(merge, place, where, old, fresh, put);
    },
  });
  mergeSections(merge);
  return {
    text: applyEdits(before.text, merge.edits),
    notes: merge.notes,
    conflicts: merge.conflicts,
    renewed: merge.renewed,
  };
}

/** Whether a text is none yet: nothing, `None.`, or a placeholder and nothing else. */
export function isOpen(shown: string): boolean {
  if (shown === '' || shown === NOTHING) return true;
  const [first] = findPlaceholders(shown);
  return first?.span.start === 0 && first.span.end === shown.length;
}

/** Whether a person wrote what stands at a place: no ledger knows it, and it says something. */
function isPersons(merge: Merge, place: string, leaf: Pick<Leaf, 'value' | 'shown'>): boolean {
  if (leaf.shown === '' && leaf.value === '') return false;
  return merge.ledger === null
    ? !isOpen(leaf.shown) && !isOwnOf(merge, place, leaf.shown)
    : !merge.ledger.wrote(place, leaf.value);
}

/** Decides on one value that stands in both documents. `put` gives the new one's source, fit for its place in the old. */
function settle(merge: Merge, place: string, where: string, old: Leaf, fresh: Leaf, put: () => string): void {
  if (old.value === fresh.value) return;
  const renew = (): void => {
    const text = put();
    merge.edits.push({ span: old.span, text });
    merge.renewed.push({ place, value: fresh.value });
  };
  const { ledger } = merge;
  if (merge.isValuesOnly) {
    if (old.shown !== fresh.shown && ledger?.wrote(place, old.value)) renew();
    return;
  }
  const isFreshOpen = isOpen(fresh.shown);
  const isOwn = ledger?.wrote(place, old.value) ?? isOwnOf(merge, place, old.shown);
  if (merge.told.has(fresh.shown) && !isFreshOpen) {
    if (!isOwn && !isOpen(old.shown)) {
      merge.notes.push(
        `${where} was "${shortened(old.shown)}" and is now "${shortened(fresh.shown)}", as told`,
      );
    }
    renew();
    return;
  }
  if (isOwn) {
    renew();
    return;
  }
  if (old.shown === '' && old.value === '') {
    // Emptied by a person, or never filled by the generator.
    if (ledger === null || !ledger.has(place)) renew();
    else if (!ledger.wrote(place, fresh.value) && !isFreshOpen) conflict(merge, where, old, fresh, renew);
    return;
  }
  if (isFreshOpen) return;
  if (isOpen(old.shown)) {
    renew();
    return;
  }
  if (old.shown === fresh.shown || ledger?.wrote(place, fresh.value)) return;
  conflict(merge, where, old, fresh, renew);
}

function isOwnOf(merge: Merge, place: string, shown: string): boolean {
  const [section = '', ...rest] = place.split('/');
  return merge.isOwn?.(section, rest.at(-1) ?? '', shown) ?? false;
}

function conflict(merge: Merge, where: string, old: Leaf, fresh: Leaf, renew: () => void): void {
  merge.conflicts.push({ place: where, written: old.shown, generated: fresh.shown });
  if (merge.prefer === 'generated') renew();
}

function mergeSections(merge: Merge): void {
  const fresh = outlineOf(merge.now);
  const found = outlineOf(merge.before);
  const pairs = pairSections(merge, found, fresh);
  const old = absorbed(merge, found, new Set(pairs.values()));
  const current = (section: OutlineSection | undefined): OutlineSection | undefined =>
    section && old.find((other) => other.headingSpan === section.headingSpan);
  let anchor: OutlineSection | undefined;
  for (const section of fresh) {
    const partner = current(pairs.get(section));
    if (partner) {
      anchor = partner;
      mergeSection(merge, {
        key: section.key,
        label: section.key === PREAMBLE || section.key === TITLE ? 'The beginning' : partner.title,
        old: partner,
        fresh: section,
      });
      continue;
    }
    if (merge.isValuesOnly || section.heading === null) continue;
    if (merge.ledger?.wrote(`${section.key}/heading`, section.heading.value)) {
      merge.notes.push(`The section "${section.title}" was taken out of the document, and stays out`);
      continue;
    }
    insertSection(merge, section, anchor, fresh, pairs);
  }
  if (!merge.isValuesOnly) dropSections(merge, old, new Set([...pairs.values()].map(current)));
}

/** By key; then what a person renamed, by what the generator wrote into it. */
function pairSections(
  merge: Merge,
  old: readonly OutlineSection[],
  fresh: readonly OutlineSection[],
): Map<OutlineSection, OutlineSection> {
  const pairs = new Map<OutlineSection, OutlineSection>();
  for (const section of fresh) {
    const same = old.find(({ key }) => key === section.key);
    if (same) pairs.set(section, same);
  }
  const { ledger } = merge;
  // One whose heading is still the generator's was not renamed: it is of something that would not be written now.
  const isOfGenerator = ({ key, heading }: OutlineSection): boolean =>
    heading !== null && ledger?.wrote(`${key}/heading`, heading.value) === true;
  const free = new Set(
    old.filter(
      (section) => section.heading && ![...pairs.values()].includes(section) && !isOfGenerator(section),
    ),
  );
  for (const section of fresh) {
    if (pairs.has(section) || section.heading === null) continue;
    // A document's title may be written in any way.
    const candidates = [...free].map((candidate) => ({ candidate, hits: hitsOf(candidate, section) }));
    const best = candidates.sort((a, b) => b.hits - a.hits)[0];
    if (best && best.hits > 0) {
      pairs.set(section, best.candidate);
      free.delete(best.candidate);
    }
  }
  return pairs;

  function hitsOf(candidate: OutlineSection, section: OutlineSection): number {
    if (section.key === TITLE) return 0;
    const own = new Set(writtenValues(section).map(({ place, value }) => `${place}\u0000${value}`));
    return writtenValues(candidate, section.key).filter(
      ({ place, value }) =>
        value !== '' &&
        !value.includes(NOTHING) &&
        !place.endsWith('/column') &&
        (own.has(`${place}\u0000${value}`) || ledger?.wrote(place, value) === true),
    ).length;
  }
}

/** Deeper headings of a person belong to what stands in the section that they were put into. */
function absorbed(
  merge: Merge,
  sections: readonly OutlineSection[],
  paired: ReadonlySet<OutlineSection>,
): readonly OutlineSection[] {
  const result: OutlineSection[] = [];
  for (const section of sections) {
    const host = result.at(-1);
    const isHost = host !== undefined && (host.key === TITLE ? false : paired.has(section) === false);
    const isGenerated =
      section.heading !== null && merge.ledger?.wrote(`${section.key}/heading`, section.heading.value);
    const hostIsPaired =
      host !== undefined && [...paired].some((each) => each.headingSpan === host.headingSpan);
    if (isHost && hostIsPaired && !isGenerated && section.depth > host.depth && section.heading) {
      if (!merge.isValuesOnly) merge.notes.push(`Kept the section "${section.title}"`);
      result[result.length - 1] = {
        ...host,
        units: [
          ...host.units,
          { type: 'other', span: section.headingSpan, isTable: false },
          ...section.units,
        ],
      };
    } else result.push(section);
  }
  return result;
}

function endOf(section: OutlineSection): number {
  return Math.max(section.headingSpan.end, ...section.units.map(({ span }) => span.end));
}

/** A section with everything under its heading, as the generator would write it. */
function insertSection(
  merge: Merge,
  section: OutlineSection,
  anchor: OutlineSection | undefined,
  fresh: readonly OutlineSection[],
  pairs: ReadonlyMap<OutlineSection, OutlineSection>,
): void {
  const text = merge.now.text.slice(section.headingSpan.start, endOf(section));
  // Behind what a person put below the section before it: the next one that is paired, or the end.
  const later = fresh.slice(fresh.indexOf(section) + 1).map((other) => pairs.get(other));
  const last = anchor && endOf(anchor);
  if (last !== undefined) {
    insertBlock(merge, last, text);
    return;
  }
  const next = later.find((other) => other !== undefined);
  if (next) {
    merge.edits.push({
      span: { start: next.headingSpan.start, end: next.headingSpan.start },
      text: localised(merge, `${text}\n\n`),
    });
  } else insertBlock(merge, merge.before.text.trimEnd().length, text);
}

function insertBlock(merge: Merge, offset: number, text: string): void {
  const isStart = merge.before.text.slice(0, offset).trim() === '';
  merge.edits.push({
    span: { start: offset, end: offset },
    text: localised(merge, isStart ? `${text}\n\n` : `\n\n${text}`),
  });
}

function localised(merge: Merge, text: string): string {
  return text.replace(/\r\n?|\n/g, merge.lineBreak);
}

/** Sections that the generator wrote and would not write now. */
function dropSections(
  merge: Merge,
  old: readonly OutlineSection[],
  paired: ReadonlySet<OutlineSection | undefined>,
): void {
  for (const section of old) {
    if (paired.has(section) || section.heading === null || section.key === TITLE) continue;
    const values = writtenValues(section);
    if (!merge.ledger?.wrote(`${section.key}/heading`, section.heading.value)) {
      merge.notes.push(`Kept the section "${section.title}"`);
      continue;
    }
    const isUntouched =
      values.every(({ place, value }) => merge.ledger?.wrote(place, value) === true) &&
      section.units.every(({ type }) => type !== 'other');
    if (isUntouched) {
      const start = contentEndBefore(merge.before.text, section.headingSpan.start);
      merge.edits.push({ span: { start, end: endOf(section) }, text: '' });
    } else {
      merge.notes.push(
        `The section "${section.title}" would not be written now; it is kept, since a person wrote in it`,
      );
    }
  }
}

/** Where the text before an offset ends, without the blank lines between; a bullet without a value ends behind its blank. */
function contentEndBefore(text: string, offset: number): number {
  const before = text.slice(0, offset);
  const end = before.trimEnd().length;
  return end + (/^[ \t]*/.exec(before.slice(end))?.[0].length ?? 0);
}

function mergeSection(merge: Merge, pair: Pair): void {
  const { key, old, fresh } = pair;
  if (old.heading && fresh.heading && old.heading.shown !== fresh.heading.shown) {
    const place = `${key}/heading`;
    // A person's heading stays as they called it; only one of the generator's own is renewed.
    const isOwn =
      merge.ledger?.wrote(place, old.heading.value) ?? (key === TITLE && isOpenTitle(old.heading.shown));
    if (isOwn) {
      const { heading } = fresh;
      merge.edits.push({ span: old.heading.span, text: sourceOf(merge, heading) });
      merge.renewed.push({ place, value: heading.value });
    }
  }
  const tables = pairTables(merge, pair);
  const lists = pairLists(pair);
  const texts = merge.isValuesOnly ? new Map<TextUnit, TextDecision>() : settleTexts(merge, pair);
  const partnerOf = (unit: Unit): Unit | null => {
    if (unit.type === 'table') return tables.get(unit) ?? null;
    if (unit.type === 'list') return lists.get(unit) ?? null;
    return null;
  };
  const staying = new Set<Unit>();
  for (const unit of old.units) {
    if (merge.isValuesOnly) break;
    if (unit.type === 'table' && ![...tables.values()].includes(unit)) {
      if (!dropTable(merge, key, pair.label, unit)) staying.add(unit);
    }
    if (unit.type === 'list' && ![...lists.values()].includes(unit)) {
      if (!dropList(merge, key, pair.label, unit)) staying.add(unit);
    }
  }
  let anchor = old.heading ? old.headingSpan.end : -1;
  for (const unit of fresh.units) {
    const partner = partnerOf(unit);
    if (partner?.type === 'table' && unit.type === 'table') {
      mergeTable(merge, pair, partner, unit);
      anchor = partner.span.end;
    } else if (partner?.type === 'list' && unit.type === 'list') {
      mergeList(merge, pair, partner, unit);
      anchor = partner.span.end;
    } else if (!merge.isValuesOnly) {
      const decision = unit.type === 'text' ? texts.get(unit) : undefined;
      if (decision?.is === 'stands') anchor = decision.at.end;
      else if (isWanted(merge, pair, unit, decision, staying)) {
        const text = merge.now.text.slice(unit.span.start, unit.span.end);
        if (anchor < 0) insertBlock(merge, bodyStart(merge.before), text);
        else insertBlock(merge, anchor, text);
      }
    }
  }
}

function bodyStart(document: ReadDocument): number {
  const first = document.tree.children[0]?.position?.start.offset;
  return first === undefined ? document.text.trimEnd().length : contentEndBefore(document.text, first);
}

/** A title that is only what the template writes before the name. */
function isOpenTitle(shown: string): boolean {
  return findPlaceholders(shown).length > 0;
}

/** Whether a block that only the new document has is put in. */
function isWanted(
  merge: Merge,
  { key, label, old }: Pair,
  unit: Unit,
  decision: TextDecision | undefined,
  staying: ReadonlySet<Unit>,
): boolean {
  const { ledger } = merge;
  switch (unit.type) {
    case 'text':
      if (unit.shown === NOTHING && staying.size > 0) return false;
      return decision?.is === 'new';
    case 'table':
      if (ledger && unit.columns.some((column) => ledger.wrote(`${key}/column`, column.key))) {
        merge.notes.push(`The table of "${label}" was taken out of the document, and stays out`);
        return false;
      }
      if (ledger === null && old.units.some((other) => other.type === 'other' && other.isTable)) {
        merge.notes.push(
          `"${label}" has a table in HTML, which is left as it is; what would stand there was not added`,
        );
        return false;
      }
      return true;
    case 'list':
      return !(ledger && unit.items.every((item, at) => wroteItem(ledger, key, unit, item, at)));
    case 'other':
      return true;
    default:
      return unit satisfies never;
  }
}

function wroteItem(ledger: Ledger, key: string, list: ListUnit, item: ItemUnit, at: number): boolean {
  if (list.isPairs) return ledger.has(`${key}/pair/${item.pair?.key ?? ''}`);
  if (!list.isOrdered) return ledger.wrote(`${key}/item`, item.value);
  return ledger.wrote(`${key}/step`, itemIdentities(list.items)[at] ?? '');
}

type TextDecision = { readonly is: 'stands'; readonly at: Span } | { readonly is: 'new' | 'out' };

/**
 * Paragraphs have no name by which one is known again. Equal ones are the same; those that only the generator wrote give
 * place to new ones in their order; where a person wrote over one, the new one is in conflict with what they wrote.
 */
function settleTexts(merge: Merge, { key, label, old, fresh }: Pair): Map<TextUnit, TextDecision> {
  const place = `${key}/text`;
  const isText = (unit: Unit): unit is TextUnit => unit.type === 'text';
  const free = old.units.filter(isText);
  const decisions = new Map<TextUnit, TextDecision>();
  const open: TextUnit[] = [];
  for (const unit of fresh.units.filter(isText)) {
    const same = free.findIndex(({ value }) => value === unit.value);
    const [taken] = same < 0 ? [] : free.splice(same, 1);
    if (taken) decisions.set(unit, { is: 'stands', at: taken.span });
    else open.push(unit);
  }
  const { ledger } = merge;
  const isOwn = (unit: TextUnit): boolean =>
    unit.value !== '' &&
    (ledger ? ledger.wrote(place, unit.value) : isOpen(unit.shown) || isOwnOf(merge, place, unit.shown));
  const own = free.filter(isOwn);
  const persons = free.filter((unit) => !isOwn(unit));
  let missing = ledger
    ? ledger.missing(
        place,
        old.units.filter(isText).map(({ value }) => value),
      )
    : persons.length;
  for (const unit of open) {
    // It was there, and a person took it out or wrote something else in its place.
    if (ledger?.wrote(place, unit.value)) {
      decisions.set(unit, { is: 'out' });
      continue;
    }
    const replaced = own.shift();
    if (replaced) {
      merge.edits.push({ span: replaced.span, text: sourceOf(merge, unit) });
      merge.renewed.push({ place, value: unit.value });
      decisions.set(unit, { is: 'stands', at: replaced.span });
      continue;
    }
    if (missing > 0 && (ledger !== null || persons.length > 0)) {
      missing--;
      decisions.set(unit, { is: 'out' });
      const theirs = persons.shift();
      if (isOpen(unit.shown) || theirs?.shown === unit.shown) continue;
      if (theirs) {
        conflict(merge, label, theirs, unit, () => {
          merge.edits.push({ span: theirs.span, text: sourceOf(merge, unit) });
        });
      } else {
        merge.notes.push(`A paragraph of "${label}" was taken out of the document, and stays out`);
      }
      continue;
    }
    decisions.set(unit, { is: 'new' });
  }
  for (const unit of own) removeBlock(merge, unit.span);
  return decisions;
}

/** A block with the blank lines before it. */
function removeBlock(merge: Merge, span: Span): void {
  merge.edits.push({
    span: { start: Math.min(span.start, contentEndBefore(merge.before.text, span.start)), end: span.end },
    text: '',
  });
}

function sourceOf(merge: Merge, { span }: Pick<Leaf, 'span'>): string {
  return localised(merge, merge.now.text.slice(span.start, span.end));
}

/* Tables */

function pairTables(merge: Merge, { key, old, fresh }: Pair): Map<TableUnit, TableUnit> {
  const pairs = new Map<TableUnit, TableUnit>();
  const free = new Set(old.units.filter((unit): unit is TableUnit => unit.type === 'table'));
  const tables = fresh.units.filter((unit): unit is TableUnit => unit.type === 'table');
  for (const table of tables) {
    let best: TableUnit | null = null;
    let most = 0;
    for (const other of free) {
      const shared = columnIndexes(merge, key, other, table).filter((index) => index >= 0).length;
      if (shared > most && shared * 2 >= Math.min(table.columns.length, other.columns.length)) {
        best = other;
        most = shared;
      }
    }
    if (best) {
      pairs.set(table, best);
      free.delete(best);
    }
  }
  // Where one is left on either side and both are as wide, its header was written in other words.
  const [left, ...others] = tables.filter((table) => !pairs.has(table));
  const [only, ...more] = free;
  const isRenamed =
    left && only && others.length + more.length === 0 && left.columns.length === only.columns.length;
  if (isRenamed && sharesRows(merge, key, only, left)) pairs.set(left, only);
  return pairs;
}

/** Whether two tables of other headers have a row in common, by the cells at the places of the new one's identity. */
function sharesRows(merge: Merge, key: string, old: TableUnit, fresh: TableUnit): boolean {
  const keys = fresh.columns.map((column) => column.key);
  const indexes = identityColumns(keys).map((each) => keys.indexOf(each));
  const known = new Set(rowIdentities(fresh.rows, indexes));
  return rowIdentities(old.rows, indexes).some(
    (id) => known.has(id) || merge.ledger?.wrote(`${key}/row`, id) === true,
  );
}

/** For each column of the new table its place in the old one; -1 where the old one lacks it. */
function columnIndexes(merge: Merge, key: string, old: TableUnit, fresh: TableUnit): number[] {
  const groups = merge.columnNames?.(key.split('/')[0] ?? '') ?? [];
  const names = old.columns.map(({ title }) => namesOf(title));
  const taken = new Set<number>();
  const find = (wanted: readonly string[]): number => {
    const index = old.columns.findIndex(
      (column, at) =>
        !taken.has(at) && [column.key, ...(names[at] ?? [])].some((name) => wanted.includes(name)),
    );
    if (index >= 0) taken.add(index);
    return index;
  };
  const exact = fresh.columns.map(({ key: own }) => {
    const index = old.columns.findIndex((column, at) => !taken.has(at) && column.key === own);
    if (index >= 0) taken.add(index);
    return index;
  });
  const known = exact.map((index, at) => {
    const own = fresh.columns[at]?.key ?? '';
    return index >= 0 ? index : find([own, ...(groups.find((group) => group.includes(own)) ?? [])]);
  });
  // In a table as wide as it was a column that was written there stands where it stood, whatever it is called now.
  const isAsWide = old.columns.length === fresh.columns.length;
  return known.map((index, at) => {
    const isRenamed =
      isAsWide && !taken.has(at) && merge.ledger?.wrote(`${key}/column`, fresh.columns[at]?.key ?? '');
    return index < 0 && isRenamed ? at : index;
  });
}

function mergeTable(merge: Merge, pair: Pair, old: TableUnit, fresh: TableUnit): void {
  const { key, label } = pair;
  const keys = fresh.columns.map((column) => column.key);
  let indexes = columnIndexes(merge, key, old, fresh);
  // A header in other words, as wide as before: the columns stand where they stood.
  if (indexes.every((index) => index < 0)) indexes = keys.map((_, index) => index);
  const own = identityColumns(keys);
  const oldIds = own.map((each) => indexes[keys.indexOf(each)] ?? -1);
  if (oldIds.some((index) => index < 0)) {
    if (!merge.isValuesOnly) {
      merge.notes.push(
        `The table of "${label}" has no column "${fresh.columns[keys.indexOf(own[0] ?? '')]?.title ?? ''}" any more: it is left as it is`,
      );
    }
    return;
  }
  const added = merge.isValuesOnly
    ? []
    : keys.flatMap((column, index) =>
        (indexes[index] ?? -1) < 0 && !merge.ledger?.wrote(`${key}/column`, column) ? [index] : [],
      );
  const oldKeys = rowIdentities(old.rows, oldIds);
  const freshKeys = rowIdentities(
    fresh.rows,
    own.map((each) => keys.indexOf(each)),
  );
  const partners = pairRows(merge, key, oldKeys, freshKeys);
  const isPaired = new Set(partners.values());
  const width = old.columns.length;
  // What is put at the end of each row, for columns that the old table lacks.
  const tails = new Map<number, (string | null)[]>();
  if (added.length > 0) {
    old.rows.forEach((_, at) => tails.set(at, Array<string | null>(added.length).fill(null)));
    const titles = added.map((index) => fresh.columns[index]?.title ?? '');
    appendCells(merge, old.headerSpan, titles);
    const delimiter = lineAfter(merge.before.text, old.headerSpan.end);
    appendCells(
      merge,
      delimiter,
      titles.map(() => '---'),
    );
  }
  const inserts: { after: number; raw: string }[] = [];
  let after = -1;
  fresh.rows.forEach((row, at) => {
    const id = freshKeys[at] ?? '';
    const partner = partners.get(at);
    const oldRow = partner === undefined ? undefined : old.rows[partner];
    if (partner === undefined || !oldRow) {
      if (merge.isValuesOnly || !isRowWanted(merge, pair, id, old, oldKeys)) return;
      inserts.push({ after, raw: rowText(merge, old, row, indexes, added) });
      return;
    }
    after = partner;
    const isRenamed = oldKeys[partner] !== id;
    const ends = new Map<number, string>();
    keys.forEach((column, index) => {
      const isIdentity = own.includes(column);
      if (isIdentity && !isRenamed) return;
      const cell = row.cells[index];
      const place = cellPlace(key, oldKeys[partner] ?? '', column);
      const target = indexes[index] ?? -1;
      if (!cell) return;
      if (target < 0) {
        const tail = tails.get(partner);
        const slot = added.indexOf(index);
        if (tail && slot >= 0) tail[slot] = sourceOf(merge, cell);
        return;
      }
      const oldCell = oldRow.cells[target];
      if (isIdentity) {
        if (
          oldCell &&
          oldCell.value !== cell.value &&
          (merge.rowsOf?.(key) ?? merge.ledger?.wrote(`${key}/row`, oldKeys[partner] ?? ''))
        ) {
          merge.edits.push({ span: oldCell.span, text: sourceOf(merge, cell) });
        }
        return;
      }
      if (oldCell) {
        const where = `${label}, "${shortened(id)}", ${fresh.columns[index]?.title ?? column}`;
        settle(merge, place, where, oldCell, cell, () => cellSource(merge, oldCell, cell));
      } else if (cell.value !== '' && !merge.isValuesOnly && !merge.ledger?.has(place)) {
        ends.set(target, sourceOf(merge, cell));
      }
    });
    const count = oldRow.cells.filter((cell) => cell !== null).length;
    const tail = tails.get(partner) ?? [];
    tails.delete(partner);
    if (ends.size > 0 || tail.length > 0) {
      const missing = Array.from({ length: width - count }, (_, offset) => ends.get(count + offset) ?? '');
      appendCells(merge, oldRow.span, [...missing, ...tail.map((text) => text ?? '')]);
    }
  });
  const kept = old.rows.map((row, at) => {
    if (isPaired.has(at) || merge.isValuesOnly) return true;
    return !isRowGone(merge, pair, oldKeys[at] ?? '', row, keys, indexes, freshKeys.length);
  });
  for (const [at, tail] of tails) {
    const row = old.rows[at];
    if (!row || kept[at] === false) continue;
    const count = row.cells.filter((cell) => cell !== null).length;
    const blanks = Array.from({ length: width - count }, () => '');
    appendCells(merge, row.span, [...blanks, ...tail.map(() => '')]);
  }
  const head = lineAfter(merge.before.text, old.headerSpan.end).end;
  if (kept.every((each) => !each) && inserts.length === 0 && old.rows.length > 0 && fresh.rows.length === 0) {
    removeBlock(merge, old.span);
    return;
  }
  placeItems(merge, {
    spans: old.rows.map(({ span }) => span),
    kept,
    inserts,
    gap: merge.lineBreak,
    head,
  });
}

/** An empty cell is written into behind its pipe; a filled one is replaced. */
function cellSource(merge: Merge, old: Leaf, fresh: Leaf): string {
  const text = sourceOf(merge, fresh);
  return old.span.start === old.span.end && text !== '' ? ` ${text}` : text;
}

/** The line behind the one that ends at `offset`. */
function lineAfter(text: string, offset: number): Span {
  const start = text.indexOf('\n', offset) + 1;
  const end = start === 0 ? text.length : text.indexOf('\n', start);
  const line = text.slice(start, end < 0 ? text.length : end).trimEnd();
  return { start: start === 0 ? text.length : start, end: (start === 0 ? text.length : start) + line.length };
}

/** Puts cells behind the `count` that a row has. */
function appendCells(merge: Merge, row: Span, cells: readonly string[]): void {
  const source = merge.before.text.slice(row.start, row.end).trimEnd();
  const end = row.start + source.length;
  const isClosed = /(?:^|[^\\])\|$/.test(source);
  const text = cells.map((cell) => (isClosed ? ` ${cell} |` : ` | ${cell}`)).join('');
  merge.edits.push({ span: { start: end, end }, text: text.replace(/ {2,}(?=\|)/g, ' ') });
}

/** For each new row the old one that it is: by identity, then by the identity without its numbers where that is one. */
function pairRows(
  merge: Merge,
  key: string,
  old: readonly string[],
  fresh: readonly string[],
): Map<number, number> {
  const pairs = new Map<number, number>();
  const given = merge.rowsOf?.(key);
  if (given?.length === fresh.length) {
    given.forEach((at, index) => {
      if (at !== null && at < old.length) pairs.set(index, at);
    });
    return pairs;
  }
  const taken = new Set<number>();
  fresh.forEach((id, index) => {
    const at = old.findIndex((other, place) => other === id && !taken.has(place));
    if (at < 0) return;
    pairs.set(index, at);
    taken.add(at);
  });
  if (merge.isValuesOnly) return pairs;
  const leftFresh = fresh.flatMap((id, index) =>
    pairs.has(index) ? [] : [{ id: withoutNumbers(id), index }],
  );
  const leftOld = old.flatMap((id, index) => (taken.has(index) ? [] : [{ id: withoutNumbers(id), index }]));
  for (const { id, index } of leftFresh) {
    const same = leftOld.filter((other) => other.id === id);
    const isAlone = leftFresh.filter((other) => other.id === id).length === 1;
    const [only, ...others] = same;
    if (!only || others.length > 0 || !isAlone || !/\p{L}/u.test(id)) continue;
    // What a person numbered otherwise is theirs.
    if (merge.ledger && !merge.ledger.wrote(`${key}/row`, old[only.index] ?? '')) continue;
    pairs.set(index, only.index);
  }
  return pairs;
}

function isRowWanted(
  merge: Merge,
  { key, label }: Pair,
  id: string,
  old: TableUnit,
  oldKeys: readonly string[],
): boolean {
  const { ledger } = merge;
  // What was told now is written down, whatever stood there.
  if (key === CLAIMS) return true;
  const answered = old.rows.length - oldKeys.filter((other) => isOpen(bareIdentity(other))).length;
  const isAsking = isOpen(bareIdentity(id)) || bareIdentity(id).startsWith('UNKNOWN(');
  if (ledger === null) {
    // A row that asks for rows is not needed beside those that answer it.
    return !(isAsking && answered > 0);
  }
  if (!ledger.wrote(`${key}/row`, id)) {
    const isAnswered = isAsking && ledger.missing(`${key}/row`, oldKeys) > 0 && answered > 0;
    return !isAnswered;
  }
  if (!isAsking) {
    merge.notes.push(`The row "${shortened(id)}" of "${label}" was taken out of the document, and stays out`);
  }
  return false;
}

/** Without the number that tells equal ones apart. */
function bareIdentity(id: string): string {
  return id.replace(/ #\d+$/, '');
}

/** Whether a row that only the old table has goes: the generator wrote it, and nobody anything into it. */
function isRowGone(
  merge: Merge,
  { key, label }: Pair,
  id: string,
  row: RowUnit,
  keys: readonly string[],
  indexes: readonly number[],
  freshRows: number,
): boolean {
  const { ledger } = merge;
  const own = identityColumns(keys);
  const known = new Set(indexes);
  const cells = keys.flatMap((column, at) => {
    const cell = row.cells[indexes[at] ?? -1];
    return own.includes(column) || !cell ? [] : [{ place: cellPlace(key, id, column), cell }];
  });
  const persons = [
    ...cells.filter(({ place, cell }) => isPersons(merge, place, cell)).map(({ cell }) => cell.shown),
    ...row.cells.flatMap((cell, at) => (cell && !known.has(at) && cell.shown !== '' ? [cell.shown] : [])),
  ];
  if (ledger === null) {
    if (merge.rowsOf?.(key)) return goneWith(merge, label, id, persons);
    if (isOwnOf(merge, `${key}/row`, id)) return true;
    // A row that was only a placeholder has done its work.
    const isDone = isOpen(bareIdentity(id)) && persons.length === 0 && freshRows > 0;
    return isDone || kept(merge, 'row', id, label);
  }
  if (!ledger.wrote(`${key}/row`, id)) return kept(merge, 'row', id, label);
  if (persons.length === 0) return true;
  if (merge.rowsOf?.(key)) return goneWith(merge, label, id, persons);
  merge.notes.push(
    `The row "${shortened(id)}" of "${label}" would not be written now; it is kept, since a person wrote in it`,
  );
  return false;
}

/** Says that a person's row or step stays; false, since it does not go. */
function kept(merge: Merge, what: 'row' | 'step', name: string, label: string): false {
  if (!isOpen(bareIdentity(name))) {
    merge.notes.push(`Kept the ${what} "${shortened(name.replaceAll(' | ', ', '))}" of "${label}"`);
  }
  return false;
}

/** What a row was about is no longer there: it is left out, and what a person had written into it is said. */
function goneWith(merge: Merge, label: string, id: string, persons: readonly string[]): boolean {
  if (persons.length > 0) {
    merge.notes.push(
      `Left out a row of "${label}" that was filled for something that is no longer there: ${id.replaceAll(' | ', ', ')} (${persons.join('; ')})`,
    );
  }
  return true;
}

/** A new row in the old table's columns. */
function rowText(
  merge: Merge,
  old: TableUnit,
  row: RowUnit,
  indexes: readonly number[],
  added: readonly number[],
): string {
  const textAt = (index: number): string => {
    const cell = row.cells[index];
    return cell && cell.value !== '' ? sourceOf(merge, cell) : '';
  };
  const cells = [
    ...old.columns.map((_, at) => {
      const index = indexes.indexOf(at);
      return index < 0 ? '' : textAt(index);
    }),
    ...added.map(textAt),
  ];
  return `| ${cells.join(' | ')} |`.replace(/ {2,}(?=\|)/g, ' ');
}

/** A table that the new document has not. True where all of it went. */
function dropTable(merge: Merge, key: string, label: string, table: TableUnit): boolean {
  const { ledger } = merge;
  if (!ledger || !table.columns.every((column) => ledger.wrote(`${key}/column`, column.key))) return false;
  if (key === CLAIMS) return false;
  const keys = table.columns.map((column) => column.key);
  const indexes = keys.map((_, index) => index);
  const own = identityColumns(keys).map((each) => keys.indexOf(each));
  const ids = rowIdentities(table.rows, own);
  const pair = { key, label } as Pair;
  const kept = table.rows.map((row, at) => !isRowGone(merge, pair, ids[at] ?? '', row, keys, indexes, 0));
  if (kept.every((each) => !each)) {
    removeBlock(merge, table.span);
    return true;
  }
  const head = lineAfter(merge.before.text, table.headerSpan.end).end;
  placeItems(merge, {
    spans: table.rows.map(({ span }) => span),
    kept,
    inserts: [],
    gap: merge.lineBreak,
    head,
  });
  return false;
}

/* Lists */

function pairLists({ old, fresh }: Pair): Map<ListUnit, ListUnit> {
  const pairs = new Map<ListUnit, ListUnit>();
  const free = new Set(old.units.filter((unit): unit is ListUnit => unit.type === 'list'));
  const namesOf = (list: ListUnit, isPairs: boolean): readonly string[] =>
    list.items.map((item) => (isPairs ? (item.pair?.key ?? '') : item.title));
  for (const list of fresh.units) {
    if (list.type !== 'list') continue;
    const own = new Set(namesOf(list, list.isPairs));
    const candidates = [...free].filter(({ isOrdered }) => isOrdered === list.isOrdered);
    const scored = candidates.map((other) => ({
      other,
      shared: namesOf(other, list.isPairs).filter((name) => own.has(name)).length,
    }));
    const best = scored.sort((a, b) => b.shared - a.shared)[0];
    if (!best) continue;
    // A list of pairs is no list of remarks, whatever else it may be.
    if (best.shared === 0 && best.other.isPairs !== list.isPairs) continue;
    pairs.set(list, best.other);
    free.delete(best.other);
  }
  return pairs;
}

function mergeList(merge: Merge, pair: Pair, old: ListUnit, fresh: ListUnit): void {
  if (fresh.isPairs) mergePairs(merge, pair, old, fresh);
  else if (fresh.isOrdered) mergeSteps(merge, pair, old, fresh);
  else if (!merge.isValuesOnly) mergeItems(merge, pair, old, fresh);
}

function mergePairs(merge: Merge, { key, label }: Pair, old: ListUnit, fresh: ListUnit): void {
  const inserts: { after: number; raw: string }[] = [];
  let after = -1;
  const taken = new Set<number>();
  for (const item of fresh.items) {
    const own = item.pair;
    if (!own) continue;
    const place = `${key}/pair/${own.key}`;
    const at = old.items.findIndex(
      ({ pair }, index) => pair && !taken.has(index) && namesOf(pair.label).includes(own.key),
    );
    const theirs = old.items[at]?.pair;
    if (theirs) {
      taken.add(at);
      after = at;
      settle(merge, place, `${label}, ${own.label}`, theirs.leaf, own.leaf, () =>
        spaced(merge, theirs.leaf, sourceOf(merge, own.leaf)),
      );
    } else if (!merge.isValuesOnly) {
      if (merge.ledger?.has(place)) {
        merge.notes.push(`"${own.label}" of "${label}" was taken out of the document, and stays out`);
      } else inserts.push({ after, raw: itemText(merge, item, old) });
    }
  }
  if (merge.isValuesOnly) return;
  const kept = old.items.map(
    ({ pair }, at) => taken.has(at) || !pair || !isOwnPair(merge, key, pair.key, pair.leaf),
  );
  placeList(merge, old, fresh, kept, inserts);
}

function isOwnPair(merge: Merge, section: string, key: string, leaf: Leaf): boolean {
  return merge.ledger?.wrote(`${section}/pair/${key}`, leaf.value) === true;
}

/** A value is set apart from the key before it. */
function spaced(merge: Merge, old: Leaf, text: string): string {
  const before = merge.before.text[old.span.start - 1] ?? ' ';
  return /\s/.test(before) || text === '' ? text : ` ${text}`;
}

function mergeItems(merge: Merge, { key, label }: Pair, old: ListUnit, fresh: ListUnit): void {
  const place = `${key}/item`;
  const { ledger } = merge;
  const taken = new Set<number>();
  const partners = new Map<ItemUnit, number>();
  for (const item of fresh.items) {
    const at = old.items.findIndex(({ title }, index) => title === item.title && !taken.has(index));
    if (at < 0) continue;
    taken.add(at);
    partners.set(item, at);
  }
  const isOwn = (item: ItemUnit): boolean =>
    ledger ? ledger.wrote(place, item.value) : isOpen(item.title) || isOwnOf(merge, place, item.title);
  const replaceable = old.items.flatMap((item, at) => (!taken.has(at) && isOwn(item) ? [at] : []));
  const kept = old.items.map((_, at) => !replaceable.includes(at));
  let missing = ledger
    ? ledger.missing(
        place,
        old.items.map(({ value }) => value),
      )
    : 0;
  const inserts: { after: number; raw: string }[] = [];
  let after = -1;
  for (const item of fresh.items) {
    const at = partners.get(item);
    const partner = at === undefined ? undefined : old.items[at];
    if (at !== undefined && partner) {
      after = at;
      if (item.isDone === true && partner.isDone === false) tick(merge, key, partner);
      continue;
    }
    if (ledger?.wrote(place, item.value)) {
      if (!isOpen(item.title) && !/UNKNOWN\(/.test(item.title)) {
        merge.notes.push(`"${shortened(item.title)}" was taken out of "${label}", and stays out`);
      }
      continue;
    }
    const isAsking = isOpen(item.title) || item.title.startsWith('UNKNOWN(');
    if (isAsking && (missing-- > 0 || (ledger === null && kept.some((each) => each)))) continue;
    inserts.push({ after, raw: itemText(merge, item, old) });
  }
  placeList(merge, old, fresh, kept, inserts);
}

function tick(merge: Merge, key: string, item: ItemUnit): void {
  if (merge.ledger?.wrote(`${key}/item/${item.title}/done`, 'x')) return;
  const box = merge.before.text.indexOf('[', item.span.start);
  merge.edits.push({ span: { start: box + 1, end: box + 2 }, text: 'x' });
}

function mergeSteps(merge: Merge, pair: Pair, old: ListUnit, fresh: ListUnit): void {
  const { key, label } = pair;
  const oldIds = itemIdentities(old.items);
  const freshIds = itemIdentities(fresh.items);
  const partners = pairRows({ ...merge, rowsOf: () => null }, key, oldIds, freshIds);
  const taken = new Set(partners.values());
  const inserts: { after: number; raw: string }[] = [];
  let after = -1;
  fresh.items.forEach((item, index) => {
    const at = partners.get(index);
    const partner = at === undefined ? undefined : old.items[at];
    const id = freshIds[index] ?? '';
    if (at !== undefined && partner) {
      after = at;
      mergeStep(merge, key, `${label}, step "${shortened(partner.title)}"`, id, partner, item);
      return;
    }
    if (merge.isValuesOnly) return;
    if (merge.ledger?.wrote(`${key}/step`, id)) {
      if (!isOpen(item.title)) {
        merge.notes.push(
          `The step "${shortened(item.title)}" of "${label}" was taken out of the document, and stays out`,
        );
      }
      return;
    }
    inserts.push({ after, raw: itemText(merge, item, old) });
  });
  if (merge.isValuesOnly) return;
  const kept = old.items.map((item, at) => {
    if (taken.has(at)) return true;
    return !isStepGone(merge, key, label, oldIds[at] ?? '', item);
  });
  placeList(merge, old, fresh, kept, inserts);
}

function isStepGone(merge: Merge, key: string, label: string, id: string, item: ItemUnit): boolean {
  const { ledger } = merge;
  const written = item.parts.filter((part) => isPersons(merge, partPlace(key, id, part.key), part.leaf));
  if (ledger === null) {
    const isOwn = isOwnOf(merge, `${key}/step`, item.title);
    if (isOwn && written.some((part) => part.key === 'command')) {
      merge.notes.push(`Left out the step "${item.title}" of ${label}, which is no longer needed`);
    }
    return isOwn || kept(merge, 'step', item.title, label);
  }
  if (!ledger.wrote(`${key}/step`, id)) return kept(merge, 'step', item.title, label);
  if (written.length === 0 && !hasMore(merge, item)) return true;
  merge.notes.push(
    `The step "${shortened(item.title)}" of "${label}" would not be written now; it is kept, since a person wrote in it`,
  );
  return false;
}

/** Whether an item holds more than its title and its parts. */
function hasMore(merge: Merge, item: ItemUnit): boolean {
  let rest = merge.before.text.slice(item.firstBlockEnd, item.span.end);
  for (const part of item.parts) {
    rest = rest.replace(merge.before.text.slice(part.span.start, part.span.end), '');
  }
  return rest.trim() !== '';
}

function mergeStep(
  merge: Merge,
  key: string,
  where: string,
  id: string,
  old: ItemUnit,
  fresh: ItemUnit,
): void {
  const isOwn = (part: PartUnit): boolean =>
    merge.ledger?.wrote(partPlace(key, id, part.key), part.leaf.value) === true;
  const has = (part: string): boolean =>
    old.parts.some((other) => other.key === part && !isOpen(other.leaf.shown) && !isOwn(other));
  const margin = ' '.repeat(old.indent);
  const isKept = old.below.map(() => true);
  const inserts: { after: number; raw: string }[] = [];
  const added: string[] = [];
  let after = -1;
  for (const part of fresh.parts) {
    const place = partPlace(key, id, part.key);
    const theirs = old.parts.find((other) => other.key === part.key && other.type === part.type);
    if (theirs) {
      if (theirs.type === 'pair') after = placeBelow(old, theirs);
      settle(merge, place, `${where}, ${part.label}`, theirs.leaf, part.leaf, () =>
        part.type === 'code'
          ? movedTo(merge, part, old.indent)
          : spaced(merge, theirs.leaf, sourceOf(merge, part.leaf)),
      );
      continue;
    }
    if (merge.isValuesOnly || merge.ledger?.has(place)) continue;
    // A command and an action answer the same question: where a person answered one, the other is not asked.
    if ((part.key === 'command' && has('action')) || (part.key === 'action' && has('command'))) continue;
    if (part.type === 'code') {
      merge.edits.push({
        span: { start: old.firstBlockEnd, end: old.firstBlockEnd },
        text: localised(merge, `\n\n${margin}`) + movedTo(merge, part, old.indent),
      });
    } else if (old.below.length > 0) {
      const marker = merge.before.text[old.below[0]?.start ?? 0] ?? '-';
      inserts.push({ after, raw: marker + sourceOf(merge, part).slice(1) });
    } else added.push(sourceOf(merge, part));
  }
  if (merge.isValuesOnly) return;
  for (const part of old.parts) {
    if (fresh.parts.some((other) => other.key === part.key && other.type === part.type)) continue;
    if (!isOwn(part)) continue;
    if (part.type === 'code') removeBlock(merge, part.span);
    else isKept[placeBelow(old, part)] = false;
  }
  const [first] = old.below;
  const last = old.below.at(-1);
  if (first && last && inserts.length === 0 && isKept.every((each) => !each)) {
    removeBlock(merge, { start: first.start, end: last.end });
  } else {
    const gap = merge.lineBreak + margin;
    placeItems(merge, { spans: old.below, kept: isKept, inserts, gap, head: null });
  }
  if (added.length > 0) {
    merge.edits.push({
      span: { start: old.span.end, end: old.span.end },
      text: localised(merge, `\n\n${added.map((raw) => margin + raw).join('\n')}`),
    });
  }
}

function placeBelow(item: ItemUnit, part: PartUnit): number {
  return item.below.findIndex(({ start }) => start === part.span.start);
}

/** The lines of a block of the new document behind the first, indented as the old one is. */
function movedTo(merge: Merge, part: PartUnit, indent: number): string {
  const { text } = merge.now;
  const lineStart = text.lastIndexOf('\n', part.span.start - 1) + 1;
  const own = part.span.start - lineStart;
  const [first = '', ...rest] = text.slice(part.span.start, part.span.end).split('\n');
  return localised(
    merge,
    [
      first,
      ...rest.map((line) =>
        line.trim() === '' ? '' : `${' '.repeat(indent)}${line.replace(new RegExp(`^ {0,${own}}`), '')}`,
      ),
    ].join('\n'),
  );
}

/** An item of the new document with the mark that the old list uses. */
function itemText(merge: Merge, item: ItemUnit, old: ListUnit): string {
  const raw = sourceOf(merge, item);
  const first = old.items[0];
  if (!first) return raw;
  const { text } = merge.before;
  if (!old.isOrdered) return `${text[first.span.start] ?? '-'}${raw.slice(1)}`;
  const mark = /^\d+([.)])/.exec(text.slice(first.span.start, first.span.end))?.[1] ?? '.';
  return raw.replace(/^(\d+)[.)]/, `$1${mark}`);
}

function dropList(merge: Merge, key: string, label: string, list: ListUnit): boolean {
  const { ledger } = merge;
  const ids = itemIdentities(list.items);
  const kept = list.items.map((item, at) => {
    if (list.isOrdered) return !isStepGone(merge, key, label, ids[at] ?? '', item);
    if (list.isPairs && item.pair) return !isOwnPair(merge, key, item.pair.key, item.pair.leaf);
    return !(ledger?.wrote(`${key}/item`, item.value) ?? isOwnOf(merge, `${key}/item`, item.title));
  });
  if (kept.every((each) => each)) return false;
  if (kept.every((each) => !each)) {
    removeBlock(merge, list.span);
    return true;
  }
  placeList(merge, list, list, kept, []);
  return false;
}

function placeList(
  merge: Merge,
  old: ListUnit,
  fresh: ListUnit,
  kept: readonly boolean[],
  inserts: readonly { after: number; raw: string }[],
): void {
  if (kept.every((each) => !each) && inserts.length === 0) {
    removeBlock(merge, old.span);
    return;
  }
  const [first, second] = old.items;
  const between =
    first && second ? merge.before.text.slice(first.span.end, second.span.start).replace(/[^\n]/g, '') : '';
  const isLoose = between === '' ? fresh.isOrdered : between.length > 1;
  placeItems(merge, {
    spans: old.items.map(({ span }) => span),
    kept,
    inserts,
    gap: isLoose ? `${merge.lineBreak}${merge.lineBreak}` : merge.lineBreak,
    head: null,
  });
}

/** Takes items out and puts others in. `head`: where what is put before the first goes; null: directly before it. */
function placeItems(
  merge: Merge,
  {
    spans,
    kept,
    inserts,
    gap,
    head,
  }: {
    readonly spans: readonly Span[];
    readonly kept: readonly boolean[];
    readonly inserts: readonly { readonly after: number; readonly raw: string }[];
    readonly gap: string;
    readonly head: number | null;
  },
): void {
  const put = (offset: number, text: string): void => {
    merge.edits.push({ span: { start: offset, end: offset }, text });
  };
  const firstKept = kept.indexOf(true);
  // Where none of it is known in a list of a person's own, it goes below what they wrote.
  const isTheirs = merge.ledger === null && inserts.every(({ after }) => after < 0);
  const last = isTheirs ? kept.lastIndexOf(true) : -1;
  const atStart = inserts.filter(({ after }) => after < 0 && last < 0);
  if (head !== null) {
    for (const { raw } of atStart) put(head, gap + raw);
  } else if (atStart.length > 0) {
    const raws = atStart.map(({ raw }) => raw).join(gap);
    put(spans[0]?.start ?? 0, firstKept < 0 ? raws : raws + gap);
  }
  for (const { after, raw } of inserts) {
    const anchor = after < 0 ? last : after;
    if (anchor >= 0) put(spans[anchor]?.end ?? 0, gap + raw);
  }
  spans.forEach((span, at) => {
    if (kept[at] !== false) return;
    if (head !== null) {
      merge.edits.push({ span: { start: spans[at - 1]?.end ?? head, end: span.end }, text: '' });
    } else if (firstKept < 0 || at < firstKept) {
      // The first ones go with what stands behind them.
      const end = spans[at + 1]?.start ?? span.end;
      merge.edits.push({
        span: { start: span.start, end: at + 1 === spans.length ? span.end : end },
        text: '',
      });
    } else {
      merge.edits.push({ span: { start: spans[at - 1]?.end ?? span.start, end: span.end }, text: '' });
    }
  });
}

function withoutNumbers(text: string): string {
  return text.replace(/\b[0-9a-f]{7,64}\b/g, '0').replace(/\d+/g, '0');
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

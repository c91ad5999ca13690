import { shortHash } from '../../text/short-hash';
import type { Span } from '../../text/position';

/** One value that the generator wrote, and the place in the document at which it did. */
export interface WrittenValue {
  readonly place: string;
  readonly value: string;
}

/** What the generator wrote when the document was made last, as fingerprints. */
export interface Ledger {
  /** Whether it wrote anything at this place. */
  has(place: string): boolean;
  /** Whether it wrote this value at this place. */
  wrote(place: string, value: string): boolean;
  /** How many values it wrote at this place that are not among `present`. */
  missing(place: string, present: readonly string[]): number;
}

/** A ledger with where it stands in the text, and whether the text is still as the generator wrote it. */
export interface FoundLedger extends Ledger {
  readonly span: Span;
  readonly isUntouched: boolean;
}

/*
 * The comment at the end of a generated document. Each entry is eight characters: four for the place, four for the value at
 * it. The first entry is of the whole text. Two documents of one repository differ in it exactly where they differ, a line
 * of the comment each, and nothing of the text can be read from it.
 */
const OPENING = '<!-- release-gate:written 1';
const HINT =
  'Fingerprints of what was generated here, by which the next run tells it from what people wrote.';
const COMMENT = /<!-- release-gate:written 1\b[^>]*-->/g;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.+';
const ENTRIES_PER_LINE = 9;
const MAX_ENTRIES = 20_000;

/** The comment with the fingerprints of `values`; `text` is the document without it, as the generator wrote it. */
export function ledgerComment(text: string, values: readonly WrittenValue[]): string {
  const entries = new Set(values.slice(0, MAX_ENTRIES).map(({ place, value }) => entryOf(place, value)));
  const all = [entryOf('', comparableText(text)), ...entries];
  const lines: string[] = [];
  for (let at = 0; at < all.length; at += ENTRIES_PER_LINE) {
    lines.push(all.slice(at, at + ENTRIES_PER_LINE).join(''));
  }
  return `${OPENING}\n${HINT}\n${lines.join('\n')}\n-->`;
}

/** Where the comment stands in a text: the last one, should there be several; null where there is none. */
export function ledgerSpan(text: string): Span | null {
  const last = [...text.matchAll(COMMENT)].at(-1);
  return last ? { start: last.index, end: last.index + last[0].length } : null;
}

/** Whether a piece of HTML is the comment: no part of what a document says. */
export function isLedger(html: string): boolean {
  return html.startsWith(OPENING);
}

/** Reads the comment of a document; null where it has none, so that nobody knows what the generator wrote in it. */
export function readLedger(text: string): FoundLedger | null {
  const span = ledgerSpan(text);
  if (!span) return null;
  const entries = text
    .slice(span.start, span.end)
    .split(/\r\n|\n|\r/)
    .slice(2, -1)
    .flatMap((line) => line.match(/[0-9A-Za-z.+]{8}/g) ?? []);
  const [whole, ...values] = entries;
  const body = text.slice(0, span.start) + text.slice(span.end);
  return { ...ledgerOf(values), span, isUntouched: whole === entryOf('', comparableText(body)) };
}

/** A ledger of values that are known, with those of another one. */
export function ledgerWith(values: readonly WrittenValue[], other: Ledger | null): Ledger {
  const own = ledgerOf(values.map(({ place, value }) => entryOf(place, value)));
  return {
    has: (place) => own.has(place) || other?.has(place) === true,
    wrote: (place, value) => own.wrote(place, value) || other?.wrote(place, value) === true,
    missing: (place, present) => own.missing(place, present),
  };
}

function ledgerOf(entries: readonly string[]): Ledger {
  const known = new Map<string, Set<string>>();
  for (const entry of entries) {
    const place = entry.slice(0, 4);
    const values = known.get(place);
    if (values) values.add(entry.slice(4));
    else known.set(place, new Set([entry.slice(4)]));
  }
  const valuesAt = (place: string): ReadonlySet<string> => known.get(encoded(place)) ?? new Set();
  return {
    has: (place) => known.has(encoded(place)),
    wrote: (place, value) => valuesAt(place).has(valueHash(place, value)),
    missing: (place, present) => {
      const there = new Set(present.map((value) => valueHash(place, value)));
      return [...valuesAt(place)].filter((value) => !there.has(value)).length;
    },
  };
}

function entryOf(place: string, value: string): string {
  return encoded(place) + valueHash(place, value);
}

function valueHash(place: string, value: string): string {
  return encoded(`${place}\u0000${value}`);
}

function encoded(text: string): string {
  const hash = shortHash(text);
  return [18, 12, 6, 0].map((shift) => ALPHABET[(hash >>> shift) & 63] ?? '0').join('');
}

/** Line ends and blank ends are no difference that a person makes. */
function comparableText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/^\uFEFF/, '')
    .trim();
}

import type { Range } from '../../text/position';

/** A report's content, or why there is none. */
export type ReportReading<T> =
  | { readonly ok: true; readonly report: T }
  /** `reason` completes "<file> …". */
  | { readonly ok: false; readonly reason: string; readonly range: Range | null };

/** What a report says of itself: of which commit it is, and when it was made. */
export interface ReportOrigin {
  /** As written, at least seven hex digits; more than one where its parts name different ones. */
  readonly commits: readonly { readonly id: string; readonly range: Range | null }[];
  /** The latest time that it names, as written; null where it names none. */
  readonly madeAt: string | null;
}

export const NO_ORIGIN: ReportOrigin = { commits: [], madeAt: null };

/** Something in a report that does not agree with the rest of it. A sentence without a full stop. */
export interface Contradiction {
  readonly message: string;
  readonly range: Range | null;
}

export function unreadable(reason: string, range: Range | null = null): ReportReading<never> {
  return { ok: false, reason, range };
}

/** A name of a report on one line, without what a terminal or a page would act on, at most 200 characters. */
export function shownName(text: string): string {
  const plain = text
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+/g,
      ' ',
    )
    .replace(/ {2,}/g, ' ')
    .trim();
  return plain.length > 200 ? `${plain.slice(0, 199).replace(/[\ud800-\udbff]$/, '')}…` : plain;
}

/** Whether a text is a commit's id: 7 to 40, or 64, hex digits. */
export function isCommitId(text: string): boolean {
  return /^(?:[0-9a-f]{7,40}|[0-9a-f]{64})$/i.test(text);
}

/** Whether two ids name one commit: one is the beginning of the other. */
export function isSameCommit(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return short.length >= 7 && long.toLowerCase().startsWith(short.toLowerCase());
}

/** Whether a value of JSON is an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text of a JSON object; null where it is none or says nothing. */
export function textAt(parent: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = parent[key];
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

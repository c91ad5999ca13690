/** A day and a time with its zone: `2027-03-01T10:12Z`, `2027-03-01 10:12:30 +01:00`, `2027-03-01 10:12 UTC`. */
const ZONED =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i;

/** Milliseconds since 1970 of a time with its zone; null for anything else, a time without zone included. */
export function zonedTime(text: string): number | null {
  const match = ZONED.exec(text.trim());
  if (!match) return null;
  const [, day = '', time = '', zone = ''] = match;
  const offset = /^(?:Z|UTC|GMT)$/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
  const milliseconds = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

/** A time with its zone at the beginning of a text, as ISO 8601 in UTC, and what follows it; null where there is none. */
export function leadingZonedTime(text: string): { readonly iso: string; readonly rest: string } | null {
  const match = /^\s*(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}\S*(?: (?:UTC|GMT|Z|[+-]\d{2}:?\d{2})\b)?)/i.exec(text);
  const found = match?.[1]?.replace(/[,;.]+$/, '');
  const time = found === undefined ? null : zonedTime(found);
  if (found === undefined || time === null) return null;
  return {
    iso: isoTime(time),
    rest: text
      .slice(text.indexOf(found) + found.length)
      .replace(/^[\s,;:.–-]+/, '')
      .trim(),
  };
}

/** Milliseconds since 1970 as ISO 8601 in UTC, to the second. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

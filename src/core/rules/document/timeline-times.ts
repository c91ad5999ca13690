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

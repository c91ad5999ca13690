/** A day of the calendar as `2027-03-01`; null for anything else, 2027-02-30 included. */
export function isoDay(text: string): string | null {
  const day = text.trim();
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) || dayAt(time) !== day ? null : day;
}

/** The day in UTC of a moment, in milliseconds since 1970 or as a date: `2027-03-01`. */
export function dayAt(moment: Date | number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

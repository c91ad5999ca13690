import { WEEKDAYS, type ChangeWindow, type Weekday } from '../gate/readiness-settings';

/** A window in words: `mon, tue 09:00 to 16:00 (Europe/Berlin)`. */
export function windowText({ days, from, to, zone }: ChangeWindow): string {
  return `${days.join(', ')} ${from} to ${to} (${zone})`;
}

/** A time in words, in a zone. */
export function timeSaid(now: Date, zone: string): string {
  const { weekday, time } = localTime(now, zone);
  return `${weekday} ${time} (${zone})`;
}

/** Whether a time lies in a window; one that ends before it begins ends on the next day. */
export function isOpen({ days, from, to, zone }: ChangeWindow, now: Date): boolean {
  const { weekday, time } = localTime(now, zone);
  const before = WEEKDAYS[(WEEKDAYS.indexOf(weekday) + 6) % 7] ?? weekday;
  if (from < to) return days.includes(weekday) && from <= time && time < to;
  return (days.includes(weekday) && from <= time) || (days.includes(before) && time < to);
}

/** The day, weekday and time of day in a zone. */
export function localTime(
  now: Date,
  zone: string,
): { readonly day: string; readonly weekday: Weekday; readonly time: string } {
  const parts = new Map(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: string): string => parts.get(type as Intl.DateTimeFormatPartTypes) ?? '';
  const weekday = WEEKDAYS.find((each) => part('weekday').toLowerCase().startsWith(each)) ?? 'mon';
  return {
    day: `${part('year')}-${part('month')}-${part('day')}`,
    weekday,
    time: `${part('hour')}:${part('minute')}`,
  };
}

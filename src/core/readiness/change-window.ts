import { WEEKDAYS, type ChangeWindow, type Freeze, type Weekday } from '../gate/readiness-settings';

/** What the clocks of a place show. */
export interface LocalTime {
  readonly weekday: Weekday;
  /** `2027-03-28`. */
  readonly day: string;
  readonly minutes: number;
}

/** What the clocks of a time zone show at a moment, summer time included; null for a zone that is none. */
export function localTime(now: Date, zone: string): LocalTime | null {
  try {
    const parts = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).formatToParts(now);
    const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
    const weekday = WEEKDAYS.find((each) => part('weekday').toLowerCase().startsWith(each));
    return weekday
      ? {
          weekday,
          day: `${part('year')}-${part('month')}-${part('day')}`,
          minutes: Number(part('hour')) * 60 + Number(part('minute')),
        }
      : null;
  } catch {
    return null;
  }
}

/** Whether a moment lies in a window: from its beginning up to, not including, its end, which may be on the next day. */
export function isInWindow(now: Date, window: ChangeWindow): boolean {
  const local = localTime(now, window.zone);
  if (!local) return false;
  const [from, to] = [minutesOf(window.from), minutesOf(window.to)];
  const isDay = (weekday: Weekday): boolean => window.days.includes(weekday);
  if (from < to) return isDay(local.weekday) && local.minutes >= from && local.minutes < to;
  // Over midnight: the days are those on which it begins.
  const before = WEEKDAYS[(WEEKDAYS.indexOf(local.weekday) + 6) % 7] ?? local.weekday;
  return (isDay(local.weekday) && local.minutes >= from) || (isDay(before) && local.minutes < to);
}

/** The freeze that a moment lies in, by the day in any of the zones: a freeze that holds somewhere holds. */
export function freezeAt(now: Date, freezes: readonly Freeze[], zones: readonly string[]): Freeze | null {
  const days = new Set(
    (zones.length > 0 ? zones : ['UTC']).flatMap((zone) => localTime(now, zone)?.day ?? []),
  );
  return freezes.find(({ from, until }) => [...days].some((day) => from <= day && day <= until)) ?? null;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

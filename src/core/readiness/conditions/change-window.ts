import { CONFIGURATION_PATH } from '../../gate/configuration';
import { WEEKDAYS, type ChangeWindow, type Weekday } from '../../gate/readiness-settings';
import { fileSource } from '../../evidence/fact';
import { enumerated } from '../../text/words';
import { fail, pass, type Condition } from '../condition';

/** Whether releases may go now: within a change window, on no day of a freeze. */
export const condition: Condition = {
  id: 'change-window',
  title: 'The release falls into a change window and no freeze',
  weight: 'block',
  criterion: 'approval',
  judge: ({ settings, now, paths }) => {
    const { windows, freezes } = settings;
    if (windows.length === 0 && freezes.length === 0) return null;
    const evidence = paths.has(CONFIGURATION_PATH) ? [fileSource(CONFIGURATION_PATH)] : [];
    // The days of a freeze are those of the place that the windows speak of.
    const zone = windows[0]?.zone ?? 'UTC';
    const today = localTime(now, zone).day;
    const freeze = freezes.find(({ from, until }) => from <= today && today <= until);
    if (freeze) {
      return fail(
        `${today} (${zone}) is in the freeze from ${freeze.from} to ${freeze.until}: ${freeze.reason}`,
        `wait until the freeze is over, or have a named person override it`,
        evidence,
      );
    }
    if (windows.length === 0) return pass(`${today} is in no freeze`, evidence);
    const open = windows.find((window) => isOpen(window, now));
    if (open) return pass(`it is ${said(now, open.zone)}, in the window ${windowText(open)}`, evidence);
    return fail(
      `it is ${said(now, zone)}, and releases go ${enumerated(windows.map(windowText), 'or')}`,
      'release within a window, or have a named person override it',
      evidence,
    );
  },
};

function windowText({ days, from, to, zone }: ChangeWindow): string {
  return `${days.join(', ')} ${from} to ${to} (${zone})`;
}

function said(now: Date, zone: string): string {
  const { weekday, time } = localTime(now, zone);
  return `${weekday} ${time} (${zone})`;
}

/** A window that ends before it begins ends on the next day. */
function isOpen({ days, from, to, zone }: ChangeWindow, now: Date): boolean {
  const { weekday, time } = localTime(now, zone);
  const before = WEEKDAYS[(WEEKDAYS.indexOf(weekday) + 6) % 7] ?? weekday;
  if (from < to) return days.includes(weekday) && from <= time && time < to;
  return (days.includes(weekday) && from <= time) || (days.includes(before) && time < to);
}

/** The day, weekday and time of day in a zone. */
function localTime(
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

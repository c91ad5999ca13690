import { fileSource } from '../../evidence/fact';
import { CONFIGURATION_PATH } from '../../gate/configuration';
import type { ChangeWindow } from '../../gate/readiness-settings';
import { freezeAt, isInWindow, localTime } from '../change-window';
import { fail, pass, type Condition } from '../condition';
import { firstOf } from '../evidence-words';

/** S4-22: now is a time in which releases may go. */
export const condition: Condition = {
  id: 'inside-change-window',
  title: 'Now is a time in which releases may go',
  weight: 'block',
  criterion: 'approval',
  judge: ({ now, settings: { windows, freezes } }) => {
    if (windows.length === 0 && freezes.length === 0) return null;
    const zones = [...new Set(windows.map(({ zone }) => zone))];
    const sources = [fileSource(CONFIGURATION_PATH)];
    const freeze = freezeAt(now, freezes, zones);
    if (freeze) {
      return fail(
        `nothing is released from ${freeze.from} to ${freeze.until}: ${freeze.reason}`,
        `wait until ${freeze.until} is over, or let a person override it with a reason`,
        sources,
      );
    }
    const local = zones.map((zone) => {
      const time = localTime(now, zone);
      const clock = time
        ? `${String(Math.floor(time.minutes / 60)).padStart(2, '0')}:${String(time.minutes % 60).padStart(2, '0')}`
        : '';
      return time ? `${time.weekday} ${clock} in ${zone}` : zone;
    });
    const open = windows.find((window) => isInWindow(now, window));
    if (windows.length > 0 && !open) {
      return fail(
        `it is ${firstOf(local)}, outside every change window: ${firstOf(windows.map(shown), '; ')}`,
        'release in a change window, or let a person override it with a reason',
        sources,
      );
    }
    return pass(
      open ? `it is ${firstOf(local)}, inside the change window ${shown(open)}` : 'no freeze holds today',
      sources,
    );
  },
};

function shown({ days, from, to, zone }: ChangeWindow): string {
  return `${days.join(', ')} ${from} to ${to} ${zone}`;
}

import { CONFIGURATION_PATH } from '../../gate/configuration';
import { fileSource } from '../../evidence/fact';
import { enumerated } from '../../text/words';
import { isOpen, localTime, timeSaid, windowText } from '../change-windows';
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
    if (open) return pass(`it is ${timeSaid(now, open.zone)}, in the window ${windowText(open)}`, evidence);
    return fail(
      `it is ${timeSaid(now, zone)}, and releases go ${enumerated(windows.map(windowText), 'or')}`,
      'release within a window, or have a named person override it',
      evidence,
    );
  },
};

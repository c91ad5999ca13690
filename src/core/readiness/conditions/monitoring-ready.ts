import { fileSource } from '../../evidence/fact';
import { counted } from '../../text/words';
import { notKnown, pass, type Condition } from '../condition';
import { firstOf } from '../evidence-words';

/** S3-82, S1-24: something would tell when the release goes wrong, and somebody is told. As far as files show it. */
export const condition: Condition = {
  id: 'monitoring-ready',
  title: 'Alerts are defined, and each names who answers it',
  weight: 'warn',
  criterion: 'health',
  judge: ({ evidence: { alerts }, profile }) => {
    if (profile.deployTargets.length === 0 && alerts.rules.length === 0 && alerts.unread.length === 0)
      return null;
    const [unread] = alerts.unread;
    if (alerts.rules.length === 0) {
      return notKnown(
        unread === undefined
          ? 'no file of the repository defines an alert'
          : `${unread} cannot be read, and no other file defines an alert`,
        'define alerts as rules of Prometheus in the repository, or let a person say in an override where they are',
        alerts.unread.map((path) => fileSource(path)),
      );
    }
    const unowned = alerts.rules.filter(({ rule }) => rule.owner === null);
    if (unowned.length > 0) {
      return notKnown(
        `${unowned.length} of ${counted(alerts.rules.length, 'alert')} ${unowned.length === 1 ? 'names' : 'name'} nobody who answers: ${firstOf(unowned.map(({ rule }) => rule.name))}`,
        'give each alert a label team or owner',
        unowned.slice(0, 10).map(({ path, rule }) => fileSource(path, rule.range)),
      );
    }
    if (unread !== undefined) {
      return notKnown(
        `${unread} cannot be read, so its alerts are not known`,
        'render the template into rules, or keep alerts in files of their own',
        alerts.unread.map((path) => fileSource(path)),
      );
    }
    const owners = [...new Set(alerts.rules.flatMap(({ rule }) => rule.owner ?? []))];
    return pass(
      `${counted(alerts.rules.length, 'alert')}, answered by ${firstOf(owners)}`,
      [...new Set(alerts.rules.map(({ path }) => path))].map((path) => fileSource(path)),
    );
  },
};

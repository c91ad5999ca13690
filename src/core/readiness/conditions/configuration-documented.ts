import { fileSource } from '../../evidence/fact';
import { counted, enumerated } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';

/** So many names are told in the sentence; the evidence has all of them. */
const MAX_NAMES = 5;

/** Whether what the change begins to read of its environment is written down for those who configure it. */
export const condition: Condition = {
  id: 'configuration-documented',
  title: 'Each key of the configuration that the change adds is written down',
  weight: 'warn',
  criterion: 'documentation',
  judge: ({ change, addedKeys }) => {
    if (!change || addedKeys === null) return null;
    if (!addedKeys.ok) {
      return notKnown(
        `which keys of the configuration the change adds was not looked for: ${addedKeys.why}`,
        'name the new keys in the plan by hand, or judge a smaller range',
      );
    }
    const { keys } = addedKeys;
    if (keys.length === 0) return null;
    const open = keys.filter(({ documentedIn }) => documentedIn === null);
    if (open.length > 0) {
      const names = open.map(({ name }) => name);
      const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
      return fail(
        `the change reads ${more === '' ? enumerated(names, 'and') : names.slice(0, MAX_NAMES).join(', ') + more} from the environment, and no example of it, values file or document names ${open.length === 1 ? 'it' : 'them'}`,
        `write ${open.length === 1 ? 'it' : 'them'} into .env.example, the values or the runbook, with what ${open.length === 1 ? 'it means' : 'they mean'}`,
        open.map(({ path, range }) => fileSource(path, range)),
      );
    }
    return pass(
      `${counted(keys.length, 'key')} that the change adds ${keys.length === 1 ? 'is' : 'are'} written down`,
      [...new Set(keys.map(({ documentedIn }) => documentedIn ?? ''))].map((path) => fileSource(path)),
    );
  },
};

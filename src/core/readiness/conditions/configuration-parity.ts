import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';
import { compareEnvironments, environmentWords } from '../parity/parity';

/** Differences that the sentence names; the others are counted, and all of them are evidence. */
const MAX_NAMED = 3;

/** What is tried in staging says something of production only where both are set up alike. */
export const condition: Condition = {
  id: 'configuration-parity',
  title: 'Staging and production are set up alike, but for what must differ',
  weight: 'warn',
  criterion: 'stability',
  judge: ({ workflows, paths, parity, settings, configuration }) => {
    const words = environmentWords(configuration.productionEnvironments, configuration.otherEnvironments);
    const { hasStaging, hasProduction, comparisons } = compareEnvironments(
      workflows,
      paths,
      parity,
      words,
      settings.parityIgnore,
    );
    if (!hasStaging || !hasProduction) return null;
    const differences = comparisons.flatMap((each) => each.differences);
    const [unread] = comparisons.flatMap((each) => (each.unread === null ? [] : [each.unread]));
    if (differences.length > 0) {
      const named = differences.slice(0, MAX_NAMED).map(({ what }) => what);
      const more = differences.length - named.length;
      return fail(
        `staging and production differ in ${counted(differences.length, 'thing')}: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
        'make both sides alike, or list the key under readiness.parity.ignore with the reason in a comment',
        differences.flatMap(({ staging, production }) => [staging, production]),
      );
    }
    if (unread !== undefined) {
      return notKnown(`not all of staging and production could be compared: ${unread}`, 'mend the file');
    }
    if (comparisons.length === 0) {
      return notKnown(
        'both staging and production are there, and no job or file of the one has its like on the other side',
        'keep the settings of each environment in files of the same name but for the environment, such as values-staging.yaml and values-production.yaml',
      );
    }
    const shown = comparisons
      .slice(0, MAX_NAMED)
      .map(({ staging, production }) => `${staging} and ${production}`);
    return pass(`${counted(comparisons.length, 'pair')} compared without a difference: ${shown.join('; ')}`);
  },
};

import { isSameVersion } from '../records/records-in';
import { nearMiss } from '../rules/near-miss';
import { enumerated } from '../text/words';
import type { ReadinessFacts } from './facts';

/** So many names of environments are listed. */
const MAX_NAMES = 8;

/** What a reader must know of how the release was named: most of it is a slip of the hand. A sentence each, with its full stop left out. */
export function notesOf(facts: ReadinessFacts): readonly string[] {
  return [environmentNote(facts), tagNote(facts)].filter((note) => note !== null);
}

/** An environment that no workflow names: records and approvals for it would be looked for in vain. */
function environmentNote({ workflows, configuration, asked }: ReadinessFacts): string | null {
  const jobs = workflows?.jobs ?? [];
  if (jobs.some(({ environmentNames }) => environmentNames === null)) return null;
  const known = [
    ...new Set([
      ...jobs.flatMap(({ environmentNames }) => environmentNames ?? []),
      ...configuration.productionEnvironments,
      ...configuration.otherEnvironments,
    ]),
  ];
  if (known.length === 0 || known.some((name) => name.toLowerCase() === asked.environment.toLowerCase())) {
    return null;
  }
  const near = nearMiss(asked.environment, known);
  const shown = known.slice(0, MAX_NAMES);
  const more = known.length > shown.length ? ` and ${known.length - shown.length} more` : '';
  return `No workflow and no configuration names the environment "${asked.environment}"${
    near
      ? `; did you mean "${near}"`
      : `; they name ${more === '' ? enumerated(shown, 'and') : `${shown.join(', ')}${more}`}`
  }`;
}

/** The head is tagged as another version, or the version is the one that is released already. */
function tagNote({ change, asked }: ReadinessFacts): string | null {
  if (!change) return null;
  const { headTag, headVersion, baseTag, previousVersion } = change.range;
  if (headTag !== null && headVersion !== null && !isSameVersion(headVersion, asked.version)) {
    return `What is judged is tagged ${headTag}, not ${asked.version}: check the version, or name the end of the range with --head`;
  }
  if (baseTag !== null && previousVersion !== null && isSameVersion(previousVersion, asked.version)) {
    return `${asked.version} is the release before (${baseTag}): what is judged came after it, and needs a version of its own`;
  }
  return null;
}

import type { Source } from '../../evidence/fact';
import { counted } from '../../text/words';
import { arrivalsOf, type Arrival } from '../brought-by';
import { fail, notKnown, pass, type Condition } from '../condition';

/**
 * Whether each commit came by a pull request or names a ticket. Only messages are read: a pull request that was rebased
 * leaves no trace in them, so a commit without one is an open question, and a hotfix without one a fault.
 */
export const condition: Condition = {
  id: 'no-manual-change',
  title: 'Each commit came by a pull request or names a ticket',
  weight: 'warn',
  criterion: 'approval',
  judge: ({ change }) => {
    if (!change || change.commits.length === 0) return null;
    const arrivals = arrivalsOf(change);
    const bare = arrivals.filter(({ commit, tracked }) => tracked === null && !isOfRelease(commit));
    const hotfixes = bare.filter(({ commit }) => isHotfix(commit));
    if (hotfixes.length > 0) {
      return fail(
        `${hotfixes.length === 1 ? 'one hotfix names' : `${hotfixes.length} hotfixes name`} neither a pull request nor a ticket`,
        'open a ticket for what was fixed by hand, and name it in the plan',
        sourcesOf(hotfixes),
      );
    }
    if (bare.length > 0) {
      return notKnown(
        `${bare.length} of ${counted(arrivals.length, 'commit')} ${bare.length === 1 ? 'names' : 'name'} neither a pull request nor a ticket, so nothing here shows who looked at ${bare.length === 1 ? 'it' : 'them'}`,
        'bring changes in by pull requests whose merges name them, or name a ticket in the message',
        sourcesOf(bare),
      );
    }
    return pass(
      arrivals.length === 0
        ? 'the range has nothing but merges'
        : `${arrivals.length === 1 ? 'the one commit' : `each of ${arrivals.length} commits`} came by a pull request, names a ticket, or is the release's own`,
    );
  },
};

function sourcesOf(arrivals: readonly Arrival[]): readonly Source[] {
  return arrivals.map(({ commit: { commit } }) => ({
    kind: 'commit',
    hash: commit.hash,
    subject: commit.subject,
  }));
}

function isHotfix({ commit, type }: Arrival['commit']): boolean {
  return type === 'hotfix' || /^\s*\[?hot[- ]?fix\b/i.test(commit.subject.slice(0, 200));
}

/** What the tools of a release commit themselves: `chore(release): 2.4.0`, `v2.4.0`, `Bump version to 2.4.0`. */
function isOfRelease({ commit, type, scope }: Arrival['commit']): boolean {
  return (
    type === 'release' ||
    scope === 'release' ||
    /^(?:(?:release|version|bump version to|prepare(?: for)?(?: release)?) )?v?\d+\.\d+\.\d+\S*$/i.test(
      commit.subject.slice(0, 200).trim(),
    )
  );
}

import type { Commit } from '../../src/core/ports';
import type { HistoryFacts } from '../../src/core/rules/rule';

/** A commit of a day, with the other parts made up from its id. */
export function commitOn(day: string, hash: string, subject = 'Change it'): Commit {
  return {
    hash: hash.padEnd(40, '0'),
    parents: [],
    authorName: 'Mara Lindqvist',
    authorEmail: 'mara@orders.example',
    authoredAt: `${day}T10:00:00Z`,
    committedAt: `${day}T10:00:00Z`,
    subject,
    body: '',
  };
}

/**
 * What git would tell of these files. `versions`: the text of each commit that touched the file, oldest first; at any commit a
 * file is as the last one of the same day or before left it.
 */
export function toldHistory(
  files: Readonly<Record<string, readonly (readonly [commit: Commit, text: string])[]>>,
  more: Partial<HistoryFacts> = {},
): HistoryFacts {
  const commits = Object.values(files)
    .flat()
    .map(([commit]) => commit);
  return {
    lastCommitOf: (path) => files[path]?.at(-1)?.[0] ?? null,
    textAt: (hash, path) => {
      const at = commits.find((commit) => commit.hash === hash)?.committedAt ?? '';
      return files[path]?.filter(([commit]) => commit.committedAt <= at).at(-1)?.[1] ?? null;
    },
    commitOf: (ref) => commits.find(({ hash }) => hash.startsWith(ref))?.hash ?? null,
    contributors: () => [],
    remoteUrl: () => null,
    ...more,
  };
}

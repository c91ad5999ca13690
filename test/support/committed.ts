import type { Commit } from '../../src/core/ports';
import type { HistoryFacts } from '../../src/core/rules/rule';

/** A commit by Ada Byron. */
export function commitOf(parts: Partial<Commit> = {}): Commit {
  return {
    hash: 'a'.repeat(40),
    parents: ['b'.repeat(40)],
    authorName: 'Ada Byron',
    authorEmail: 'ada@acme.example',
    authoredAt: '2026-11-20T10:00:00Z',
    committedAt: '2026-11-20T10:00:00Z',
    subject: 'Write it down',
    body: '',
    ...parts,
  };
}

/**
 * A history in which a document was committed once.
 *
 * @param texts What stood at the last commit, and before it; null where it was not there.
 */
export function historyOf(
  commit: Commit | null,
  texts: { readonly now: string | null; readonly before: string | null } = { now: null, before: null },
): HistoryFacts {
  return {
    lastCommitOf: () => commit,
    textAt: (hash) => (hash === commit?.hash ? texts.now : texts.before),
    commitOf: () => null,
    contributors: () => [],
    remoteUrl: () => null,
  };
}

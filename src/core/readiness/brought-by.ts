import type { Change, ClassifiedCommit } from '../change/change';

/** How a commit came into the range: with something that names its review or its ticket, or with nothing. */
export interface Arrival {
  readonly commit: ClassifiedCommit;
  /** "pull request #12", "ORD-7"; null where neither its message nor the merge that brought it names any. */
  readonly tracked: string | null;
}

/**
 * How each commit of a range arrived: by its own message, or by that of the merge into the line of first parents that
 * brought it. Merges themselves are left out: what they bring is judged.
 */
export function arrivalsOf({ commits, range }: Change): readonly Arrival[] {
  const byHash = new Map(commits.map((commit) => [commit.commit.hash, commit]));
  const mainline: ClassifiedCommit[] = [];
  for (
    let next = byHash.get(range.commits.head);
    next !== undefined && mainline.length <= commits.length;
    next = byHash.get(next.commit.parents[0] ?? '')
  ) {
    mainline.push(next);
  }
  const onMainline = new Set(mainline.map(({ commit }) => commit.hash));
  const tracked = new Map<string, string>();
  const seen = new Set<string>();
  // Oldest first, so that a commit is brought by the first merge that reaches it.
  for (const merge of mainline.reverse()) {
    const open = merge.commit.parents.slice(1);
    const named = namedBy(merge);
    while (open.length > 0) {
      const hash = open.pop() ?? '';
      const commit = byHash.get(hash);
      if (!commit || seen.has(hash) || onMainline.has(hash)) continue;
      seen.add(hash);
      if (named !== null) tracked.set(hash, named);
      open.push(...commit.commit.parents);
    }
  }
  return commits
    .filter(({ commit }) => commit.parents.length < 2)
    .map((commit) => ({ commit, tracked: namedBy(commit) ?? tracked.get(commit.commit.hash) ?? null }));
}

function namedBy({ pullRequests, tickets }: ClassifiedCommit): string | null {
  const [pullRequest] = pullRequests;
  return pullRequest === undefined ? (tickets[0] ?? null) : `pull request #${pullRequest}`;
}

import { isSameCommit, type ReportOrigin } from './report';

/** The commit of the release; `committedAt` is ISO 8601 with its offset, null where it is not known. */
export interface ReleaseCommit {
  readonly id: string;
  readonly committedAt: string | null;
}

/** Whether a report speaks for the commit of the release; `why` completes "<file> …". */
export type Standing =
  | { readonly kind: 'counts'; readonly namesCommit: boolean }
  | { readonly kind: 'other-commit' | 'stale'; readonly why: string };

/** A time without a zone may be that of any: the one furthest behind is twelve hours after the same words in UTC. */
const FURTHEST_BEHIND_MS = 12 * 60 * 60 * 1000;

/**
 * Whether a report is of the release: not where it names another commit, nor where it was made before the commit was.
 * A report that names neither counts, and whoever uses it says so. Without a known commit only those that name none do.
 */
export function standingOf(origin: ReportOrigin, commit: ReleaseCommit | null): Standing {
  const others = origin.commits.filter(({ id }) => commit === null || !isSameCommit(id, commit.id));
  const [other] = others;
  if (other) {
    return {
      kind: 'other-commit',
      why:
        commit === null
          ? `is of commit ${short(other.id)}, and which commit is released is not known`
          : `is of commit ${short(other.id)}, not of ${short(commit.id)}, which is released`,
    };
  }
  if (origin.commits.length > 0) return { kind: 'counts', namesCommit: true };
  const made = latestReading(origin.madeAt);
  const committed = commit?.committedAt ? Date.parse(commit.committedAt) : NaN;
  // Times of commits have no fractions, and those of most reports neither.
  if (commit && made !== null && Math.floor(made / 1000) < Math.floor(committed / 1000)) {
    return {
      kind: 'stale',
      why: `was made at ${origin.madeAt}, before commit ${short(commit.id)} of the release (${commit.committedAt})`,
    };
  }
  return { kind: 'counts', namesCommit: false };
}

/** Milliseconds of a time as written, read so that it is as late as it can be; null where it is none. */
function latestReading(time: string | null): number | null {
  if (time === null) return null;
  const hasZone = /(?:Z|GMT|UTC|[+-]\d{2}:?\d{2})\s*\)?$/i.test(time.trim());
  const milliseconds = Date.parse(hasZone ? time : `${time.trim().replace(' ', 'T')}Z`);
  // A tool that knows no time writes the beginning of 1970.
  if (Number.isNaN(milliseconds) || milliseconds < Date.UTC(2000, 0, 1)) return null;
  return hasZone ? milliseconds : milliseconds + FURTHEST_BEHIND_MS;
}

/** A commit's id as people write it. */
export function short(id: string): string {
  return id.slice(0, 7);
}

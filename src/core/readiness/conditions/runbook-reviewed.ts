import { fileSource, type Source } from '../../evidence/fact';
import type { ApprovalOnRecord } from '../../records/record';
import { isSameVersion } from '../../records/records-in';
import { isSamePerson } from '../../records/same-person';
import { namesPerson } from '../../records/strict';
import type { Commit } from '../../ports';
import { dayAt, isoDay } from '../../text/iso-day';
import { notKnown, pass, type Condition } from '../condition';
import type { ReadinessFacts } from '../facts';
import type { RunbookUpkeep } from '../upkeep';

/**
 * Whether there is a runbook that somebody other than its author has read since it, and what it describes, last changed.
 * Shown by a record of its review that names the text as it stands by its hash, by an approval of this release that names it
 * among what was read, by its front matter, or by a `Reviewed-by:` of its last commit.
 */
export const condition: Condition = {
  id: 'runbook-reviewed',
  title: 'The runbook is up to date, and somebody other than its author has read it',
  weight: 'block',
  criterion: 'documentation',
  judge: (facts) => {
    const [runbook] = facts.runbooks;
    if (!runbook) {
      return notKnown(
        'the repository has no runbook',
        'write one with release-gate runbook --write, and have somebody else read it',
      );
    }
    const { path, lastChange } = runbook;
    if (!lastChange) {
      return notKnown(
        `${path} is not in the history, so neither its author nor its age is known`,
        'commit it, in a clone with the whole history',
        [fileSource(path)],
      );
    }
    const evidence: readonly Source[] = [
      fileSource(path),
      { kind: 'commit', hash: lastChange.hash, subject: lastChange.subject },
    ];
    const reviews = reviewsOf(facts, runbook, lastChange);
    const valid = reviews.filter(
      (review) => !isSamePerson(review.by, `${lastChange.authorName} <${lastChange.authorEmail}>`),
    );
    const newest = newestOf(runbook);
    const current = valid.find((review) => newest === null || review.atMs >= newest.atMs);
    if (current) {
      return pass(`${current.by} has read ${path} (${current.how})`, [...evidence, ...current.sources]);
    }
    const [review] = valid;
    const byAuthor = reviews[0];
    if (review && newest) {
      return notKnown(
        `${review.by} read ${path} before ${newest.path} changed on ${newest.day}`,
        howToReview(path),
        [...evidence, ...newest.sources],
      );
    }
    if (byAuthor) {
      return notKnown(
        `the only one who is on record to have read ${path} is ${byAuthor.by}, who changed it last`,
        howToReview(path),
        evidence,
      );
    }
    if (newest && newest.atMs > Date.parse(lastChange.committedAt)) {
      return notKnown(
        `${newest.path}, which it describes, changed on ${newest.day}, after ${path} did (${lastChange.committedAt.slice(0, 10)}), and nobody is on record to have read it since`,
        howToReview(path),
        [...evidence, ...newest.sources],
      );
    }
    return notKnown(
      `nobody is on record to have read ${path} since ${lastChange.authorName} changed it on ${lastChange.committedAt.slice(0, 10)}`,
      howToReview(path),
      evidence,
    );
  },
};

interface Review {
  readonly by: string;
  readonly atMs: number;
  readonly how: string;
  readonly sources: readonly Source[];
}

function reviewsOf(facts: ReadinessFacts, runbook: RunbookUpkeep, lastChange: Commit): readonly Review[] {
  const { path, frontMatter } = runbook;
  const approvals = facts.records.approvals.filter((approval) => isOfRelease(approval, facts));
  const by = typeof frontMatter['reviewed-by'] === 'string' ? frontMatter['reviewed-by'].trim() : '';
  const written = frontMatter['reviewed-on'];
  const on = isoDay(written instanceof Date ? dayAt(written) : typeof written === 'string' ? written : '');
  const trailers = lastChange.body
    .slice(-20_000)
    .matchAll(/^(?:Reviewed|Acked)-by:[ \t]{1,4}([^\r\n]{1,200})$/gim);
  return [
    ...facts.records.reviews
      // What was carried out and failed was read all the same; of another text it says nothing.
      .filter((review) => review.document === path && review.sha256 === runbook.sha256)
      .map((review) => ({
        by: review.reviewer,
        atMs: review.atMs,
        how: `record of its review, ${review.at.slice(0, 10)}`,
        sources: [fileSource(review.path)],
      })),
    ...approvals
      .filter(({ read }) => read.some((item) => item.replace(/[#:].*$/, '').replace(/^\.\//, '') === path))
      .map((approval) => ({
        by: approval.approver,
        atMs: approval.atMs,
        how: `approval of ${approval.version}`,
        sources: [fileSource(approval.path)],
      })),
    ...(namesPerson(by) && on !== null
      ? // A day without its time lasts until its end.
        [{ by, atMs: Date.parse(`${on}T23:59:59Z`), how: `its front matter, ${on}`, sources: [] }]
      : []),
    ...[...trailers]
      .map((match) => (match[1] ?? '').trim())
      .filter(namesPerson)
      .map((name) => ({
        by: name,
        atMs: Date.parse(lastChange.committedAt),
        how: `Reviewed-by of commit ${lastChange.hash.slice(0, 12)}`,
        sources: [],
      })),
  ];
}

function isOfRelease(approval: ApprovalOnRecord, { asked }: ReadinessFacts): boolean {
  return (
    isSameVersion(approval.version, asked.version) &&
    approval.environment.toLowerCase() === asked.environment.toLowerCase()
  );
}

/** What changed last of the runbook and of what it describes; a change that only moves pins counts too: nothing tells it. */
function newestOf({ path, lastChange, describes }: RunbookUpkeep): {
  readonly path: string;
  readonly atMs: number;
  readonly day: string;
  readonly sources: readonly Source[];
} | null {
  const changes = [{ path, lastChange }, ...describes].flatMap((each) => {
    const commit = each.lastChange;
    if (!commit) return [];
    const source: Source = { kind: 'commit', hash: commit.hash, subject: commit.subject };
    return [
      {
        path: each.path,
        atMs: Date.parse(commit.committedAt),
        day: commit.committedAt.slice(0, 10),
        sources: [source],
      },
    ];
  });
  return changes.sort((a, b) => b.atMs - a.atMs)[0] ?? null;
}

function howToReview(path: string): string {
  return `have somebody other than its author read it, and record it: release-gate review record --document ${path} --write`;
}

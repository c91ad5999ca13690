import type { ReadDocument } from '../documents/document';
import { approvalKind } from '../documents/approval/approval-kind';
import { documentReviewKind } from '../documents/document-review/document-review-kind';
import { drillRecordKind } from '../documents/drill-record/drill-record-kind';
import { overrideKind } from '../documents/override/override-kind';
import type { RepositoryFiles } from '../ports';
import { readFrontMatter } from '../text/front-matter';
import { enumerated } from '../text/words';
import type { OverrideOnRecord, Records, RefusedRecord } from './record';
import { strictApproval, strictDrill, strictOverride, strictReview, type Strict } from './strict';

const KINDS = [drillRecordKind, approvalKind, overrideKind, documentReviewKind];

/** Clocks differ by so much; what is dated later than that has not happened yet. */
const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * The records among documents. One counts where it lies below the folder of releases (an example of a record elsewhere is
 * none), has all that it needs, and is of a time that has passed.
 *
 * @param folder As configured, without a slash at its end.
 */
export function recordsIn(documents: readonly ReadDocument[], folder: string, now: Date): Records {
  const refused: RefusedRecord[] = [];
  const taken = <T>(
    kind: string,
    read: (document: ReadDocument) => Strict<T>,
    timeOf: (record: T) => number,
  ): readonly T[] =>
    documents
      .filter((document) => document.kind === kind && document.path.startsWith(`${folder}/`))
      .flatMap((document): readonly T[] => {
        const strict = read(document);
        const why = !strict.ok
          ? `has no ${enumerated(strict.lacks, 'and')}`
          : timeOf(strict.record) > now.getTime() + CLOCK_SKEW_MS
            ? 'is of a time that has not come yet'
            : null;
        if (why !== null) refused.push({ path: document.path, kind, why });
        return why === null && strict.ok ? [strict.record] : [];
      });
  return {
    drills: taken(drillRecordKind.id, strictDrill, (drill) => drill.startedAtMs),
    approvals: taken(approvalKind.id, strictApproval, (approval) => approval.atMs),
    overrides: taken(overrideKind.id, strictOverride, (override) => override.recordedAtMs),
    reviews: taken(documentReviewKind.id, strictReview, (review) => review.atMs),
    refused,
  };
}

/** Reads the records of a repository: those below the folder of releases. A file that cannot be read is refused. */
export async function openRecords(
  files: RepositoryFiles,
  folder: string,
  now: Date,
  signal?: AbortSignal,
): Promise<Records> {
  const { paths } = await files.list(signal);
  const documents: ReadDocument[] = [];
  const unread: RefusedRecord[] = [];
  for (const path of paths) {
    if (!path.startsWith(`${folder}/`) || !path.endsWith('.md')) continue;
    signal?.throwIfAborted();
    const byPath = KINDS.find((kind) => kind.recognises(path, {}));
    const text = await files.read(path);
    if (!text.ok) {
      if (byPath) unread.push({ path, kind: byPath.id, why: text.detail });
      continue;
    }
    const frontMatter = readFrontMatter(text.text);
    // What says that it is of another kind is none of these, wherever it stands: the record of a drill that was run.
    const kind = frontMatter.ok ? KINDS.find((each) => each.recognises(path, frontMatter.data)) : byPath;
    if (kind) documents.push(kind.read(path, text.text));
  }
  const records = recordsIn(documents, folder, now);
  return { ...records, refused: [...records.refused, ...unread] };
}

/** An override that somebody recorded and that does not count for this release, and why. */
export interface IdleOverride {
  readonly override: OverrideOnRecord;
  /** Completes "<path> …": "ended on 2026-11-01". */
  readonly why: string;
}

/**
 * The overrides that hold for a release today, and those that do not. One holds for just the version and environment that
 * it names, up to its last day.
 *
 * @param version Null where the release has none yet: then no override holds.
 * @param today ISO date.
 */
export function overridesInForce(
  records: Records,
  release: { readonly version: string | null; readonly environment: string },
  today: string,
): { readonly inForce: readonly OverrideOnRecord[]; readonly idle: readonly IdleOverride[] } {
  const inForce: OverrideOnRecord[] = [];
  const idle: IdleOverride[] = [];
  for (const override of records.overrides) {
    const why = !isSameVersion(override.version, release.version)
      ? `is for version ${override.version}`
      : override.environment.toLowerCase() !== release.environment.toLowerCase()
        ? `is for ${override.environment}`
        : override.until < today
          ? `ended on ${override.until}`
          : null;
    if (why === null) inForce.push(override);
    else idle.push({ override, why });
  }
  return { inForce, idle };
}

/** Whether two texts name the same version; a leading `v` makes no difference. */
export function isSameVersion(one: string, other: string | null): boolean {
  const bare = (text: string): string => text.trim().replace(/^v(?=\d)/i, '');
  return other !== null && bare(one) !== '' && bare(one) === bare(other);
}

import type { ReadDocument } from '../../documents/document';
import { documentReviewKind } from '../../documents/document-review/document-review-kind';
import type { ReviewOnRecord } from '../../records/record';
import { strictReview } from '../../records/strict';
import type { GateFacts } from '../rule';

/** Records of reviews stand in a folder of that name; an example elsewhere is none. */
const RECORDS = /(?:^|\/)records\//;

/** The records that name a document and count, newest first. */
export function reviewsOf({ path }: Pick<ReadDocument, 'path'>, facts: GateFacts): readonly ReviewOnRecord[] {
  return (facts.documents ?? [])
    .filter((each) => each.kind === documentReviewKind.id && RECORDS.test(each.path))
    .flatMap((each) => {
      const strict = strictReview(each);
      return strict.ok && strict.record.document === path ? [strict.record] : [];
    })
    .sort((a, b) => b.atMs - a.atMs);
}

/** Whether an environment is production, by the configuration, else by its name. */
export function isProductionName(name: string, { environments }: GateFacts): boolean {
  const lower = name.trim().toLowerCase();
  if (environments.production.some((each) => each.toLowerCase() === lower)) return true;
  if (environments.other.some((each) => each.toLowerCase() === lower)) return false;
  return /(?:^|[^a-z])(?:prod|production|live)(?:$|[^a-z])/.test(lower);
}

import type { ReleaseRecord } from '../../../documents/release-record/release-record';
import { readFrontMatter } from '../../../text/front-matter';

/** What people add to a record after its verdict. */
export type PersonKeys = Pick<
  ReleaseRecord,
  'closedAt' | 'closedBy' | 'resolvedBy' | 'resolvedAt' | 'resolution' | 'fix'
>;

/**
 * What people added to a record; nothing where none stands there. It is in the front matter alone: the rest of a long record
 * is not read each time that it is written anew.
 */
export function personKeysOf(standing: string | null): PersonKeys {
  const front = standing === null ? null : readFrontMatter(standing);
  const data = front?.ok ? front.data : {};
  const text = (key: string): string => {
    const value = data[key];
    return typeof value === 'string' ? value.trim() : value instanceof Date ? value.toISOString() : '';
  };
  return {
    closedAt: text('closed-at'),
    closedBy: text('closed-by'),
    resolvedBy: text('resolved-by'),
    resolvedAt: text('resolved-at'),
    resolution: text('resolution'),
    fix: text('fix'),
  };
}

import type { ReleaseRecord } from '../../../documents/release-record/release-record';
import { releaseRecordKind } from '../../../documents/release-record/release-record-kind';

/** What people add to a record after its verdict. */
export type PersonKeys = Pick<
  ReleaseRecord,
  'closedAt' | 'closedBy' | 'resolvedBy' | 'resolvedAt' | 'resolution' | 'fix'
>;

/** What people added to a record; nothing where none stands there. */
export function personKeysOf(standing: string | null): PersonKeys {
  const data = standing === null ? null : releaseRecordKind.read('', standing).data;
  return {
    closedAt: data?.closedAt ?? '',
    closedBy: data?.closedBy ?? '',
    resolvedBy: data?.resolvedBy ?? '',
    resolvedAt: data?.resolvedAt ?? '',
    resolution: data?.resolution ?? '',
    fix: data?.fix ?? '',
  };
}

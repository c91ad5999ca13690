import type {
  RecordedCall,
  RecordedCase,
  RecordedFinding,
  RecordedInterval,
  RecordedMetric,
  RecordedWatch,
} from '../release-record/release-record';

/**
 * `<releaseFolder>/rollback_<version>_<environment>_<minute>.md` as data: what the rollback of a run did, beside the record
 * of its release and rendered from the same journal; texts as in a release plan.
 */
export interface RollbackRecord {
  readonly id: string;
  /** The record of the release, from the root. */
  readonly release: string;
  /** `Rolled-Back`; `under way` before the verdict. */
  readonly verdict: string;
  readonly version: string;
  readonly environment: string;
  readonly rollbackTarget: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly liveSystem: string;
  /** `yes` or `no`; '' before the verdict. */
  readonly rollbackVerified: string;
  readonly journal: string;
  readonly journalHash: string;
  readonly journalEnd: string;
  readonly seal: string;
  readonly summary: {
    readonly result: string;
    readonly from: string;
    readonly to: string;
    readonly by: string;
    readonly took: string;
    readonly objective: string;
  };
  /** The chain, in the order in which they came. */
  readonly reasons: readonly string[];
  readonly execute: { readonly calls: readonly RecordedCall[]; readonly output: string };
  readonly smoke: { readonly result: string; readonly cases: readonly RecordedCase[] };
  readonly watches: readonly RecordedWatch[];
  readonly metrics: readonly RecordedMetric[];
  readonly intervals: readonly RecordedInterval[];
  readonly findings: readonly RecordedFinding[];
  readonly leftovers: readonly string[];
}

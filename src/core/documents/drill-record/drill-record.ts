/** `docs/release/records/drill_<drill>_<environment>_<version>_<day>.md` as data; texts as in a release plan. */
export interface DrillRecord {
  /** What was practised: `rollback`, `backup-restore` or `disaster-recovery`. */
  readonly drill: string;
  readonly environment: string;
  readonly service: string;
  /** The version that ran when the drill began. */
  readonly versionFrom: string;
  /** The version that ran when it ended; '' where nothing tells. */
  readonly versionTo: string;
  /** With its zone: `2026-11-20T14:00Z`. */
  readonly startedAt: string;
  /** `12m`, `90s`, `1h5m`. */
  readonly duration: string;
  /** `passed` or `failed`. */
  readonly outcome: string;
  /** The person who wrote it down. */
  readonly recordedBy: string;
  /** What shows it: a path of the repository, an address, or a commit, each. */
  readonly evidence: readonly string[];
  /** Prose. */
  readonly notes: string;
}

/** `docs/release/records/override_<condition>_<environment>_<version>_<day>.md` as data; texts as in a release plan. */
export interface OverrideRecord {
  /** The id of the condition that is waived. */
  readonly condition: string;
  readonly environment: string;
  readonly version: string;
  /** The person who answers for it. */
  readonly name: string;
  readonly reason: string;
  /** The last day on which it holds: `2027-03-01`. */
  readonly until: string;
  /** With its zone: `2026-11-20T14:00Z`. */
  readonly recordedAt: string;
  /** Who wrote it down, as git knows them; '' where git knows nobody. */
  readonly recordedBy: string;
}

/** `docs/release/records/approval_<environment>_<version>_<name>_<day>.md` as data; texts as in a release plan. */
export interface ApprovalRecord {
  readonly environment: string;
  readonly version: string;
  /** The whole id of the commit that is approved. */
  readonly commit: string;
  /** The person who approves, by name; with an address where there is one: `Ada Byron <ada@acme.io>`. */
  readonly approver: string;
  /** In what office: release manager, product owner. */
  readonly role: string;
  /** With its zone: `2026-11-20T14:00Z`. */
  readonly at: string;
  /** Who wrote it down, as git knows them; '' where git knows nobody. */
  readonly recordedBy: string;
  /** What the person read before: the plan, the report of the tests. */
  readonly read: readonly string[];
  /** What shows it besides: a path of the repository, an address, or a commit, each. */
  readonly evidence: readonly string[];
}

/** One change that users or operators meet. */
export interface NotedChange {
  /** features, fixes, breaking, security, other. */
  readonly group: string;
  /** What it brings, in the words of its commit. */
  readonly change: string;
  readonly component: string;
  /** The commit's id, abbreviated. */
  readonly commit: string;
}

/** How somebody sees that the version runs as it should. */
export interface NotedCheck {
  readonly check: string;
  /** A command that can be pasted, or an address; '' where it is done by hand. */
  readonly command: string;
  readonly expected: string;
}

/** `docs/release/notes/RELEASE_NOTES_<version>.md` as data: the technical notes of one release; texts as in a release plan. */
export interface ReleaseNotes {
  readonly service: string;
  readonly version: string;
  readonly previousVersion: string;
  /** The whole id of the commit that is released. */
  readonly commit: string;
  readonly environment: string;
  /** With its zone, or UNKNOWN(...) until it is deployed. */
  readonly deployedAt: string;
  readonly deployedBy: string;
  /** Prose: what the release is about. */
  readonly summary: string;
  readonly changes: readonly NotedChange[];
  /** What those who operate or call it have to do, a sentence each. */
  readonly actions: readonly string[];
  /** Schema, infrastructure, configuration, …, each with what shows it. */
  readonly operations: readonly { readonly area: string; readonly evidence: string }[];
  readonly verification: readonly NotedCheck[];
  /** Where the way back stands. */
  readonly rollback: string;
  readonly knownIssues: readonly string[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

/** `docs/release/records/review_<document>_<reviewer>_<day>.md` as data; texts as in a release plan. */
export interface DocumentReview {
  /** The document, from the root. */
  readonly document: string;
  /** SHA-256 of its text as it was read, 64 hex digits. */
  readonly sha256: string;
  /** `reviewed` or `tested`. */
  readonly review: string;
  /** The person who read or carried it out. */
  readonly reviewer: string;
  /** Who changed the document last before that, as git knows them. */
  readonly author: string;
  /** With its zone: `2026-11-20T14:00Z`. */
  readonly at: string;
  /** Where it was carried out; '' where it was only read. */
  readonly environment: string;
  /** `passed` or `failed` where it was carried out; '' where it was only read. */
  readonly outcome: string;
  /** Who wrote it down, as git knows them; '' where git knows nobody. */
  readonly recordedBy: string;
  /** What shows it: a path of the repository, an address, or a commit, each. */
  readonly evidence: readonly string[];
  /** Prose. */
  readonly notes: string;
}

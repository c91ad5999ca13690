/** The body of an issue that asks for a release, as GitHub writes it from the form; texts as in a release plan. */
export interface ReleaseRequest {
  readonly version: string;
  readonly environment: string;
  /** all-at-once, rolling, blue-green, canary, manual. */
  readonly strategy: string;
  /** Prose, each. */
  readonly changelog: string;
  readonly rollbackPlan: string;
  readonly monitoring: string;
}

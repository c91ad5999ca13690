/** A check with how it ended; texts as in a release plan. */
export interface ReportedCheck {
  readonly check: string;
  /** `passed`, `failed`, `not applicable`, `waived`, or UNKNOWN(...). */
  readonly result: string;
  /** What shows it. */
  readonly evidence: string;
}

/** A metric beside what it was before; numbers with their units. */
export interface Measurement {
  readonly metric: string;
  readonly measured: string;
  readonly baseline: string;
  readonly source: string;
}

/** Something that went wrong, with what is done about it. */
export interface ReportedIssue {
  readonly issue: string;
  readonly resolution: string;
  /** Whether the runbook needs updating: "yes: step 4", "no". */
  readonly runbook: string;
  readonly followUp: string;
  readonly owner: string;
  /** A day. */
  readonly due: string;
}

/**
 * `docs/release/verification/VERIFICATION_<version>_<environment>_<minute>.md` as data: what one deployment to an
 * environment came to. Written once, within an hour of its completion.
 */
export interface VerificationReport {
  readonly service: string;
  /** When the deployment was completed, and when this report was made, each with its zone. */
  readonly completedAt: string;
  readonly createdAt: string;
  readonly summary: {
    readonly version: string;
    /** The whole id. */
    readonly commit: string;
    readonly deployedBy: string;
    /** When the deployment began, with its zone. */
    readonly deployedAt: string;
    readonly environment: string;
    readonly pipelineLog: string;
    readonly releaseNotes: string;
    /** Path and commit of the runbook that was followed. */
    readonly runbook: string;
  };
  readonly checksBefore: readonly ReportedCheck[];
  readonly execution: {
    /** "12 min". */
    readonly timeTaken: string;
    readonly steps: readonly { readonly step: string; readonly done: string; readonly took: string }[];
    readonly deviations: readonly {
      readonly deviation: string;
      readonly reason: string;
      readonly outcome: string;
    }[];
  };
  readonly health: {
    readonly checks: readonly {
      readonly check: string;
      readonly endpoint: string;
      readonly status: string;
      readonly responseTime: string;
    }[];
    readonly measurements: readonly Measurement[];
  };
  readonly signOff: {
    /** The person who verified, by name. */
    readonly verifiedBy: string;
    /** "accepted" or "not accepted". */
    readonly acceptance: string;
    readonly signedAt: string;
  };
  readonly issues: readonly ReportedIssue[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

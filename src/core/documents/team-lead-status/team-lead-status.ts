import type { Measurement } from '../verification-report/verification-report';

/**
 * `docs/release/status/STATUS_<version>_<environment>.md` as data: what, where, when and health first; texts as in a release
 * plan.
 */
export interface TeamLeadStatus {
  readonly service: string;
  /** One sentence: "Deployment of 2.3.1 to staging completed at 14:32 UTC". */
  readonly headline: string;
  readonly status: {
    readonly what: string;
    readonly where: string;
    readonly when: string;
    readonly health: string;
  };
  readonly executionTime: string;
  readonly measurements: readonly Measurement[];
  readonly followUps: readonly { readonly action: string; readonly owner: string; readonly due: string }[];
  /** Risks to the next release, a sentence each. */
  readonly risks: readonly string[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

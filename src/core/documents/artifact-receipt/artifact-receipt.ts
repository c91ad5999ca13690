import type { ReportedCheck } from '../verification-report/verification-report';

/**
 * `docs/release/receipts/RECEIPT_<version>.md` as data: what development hands to operations for one release, and what was
 * answered; texts as in a release plan.
 */
export interface ArtifactReceipt {
  readonly service: string;
  readonly version: string;
  /** The whole id. */
  readonly commit: string;
  readonly components: readonly {
    readonly component: string;
    readonly version: string;
    readonly source: string;
  }[];
  readonly artifacts: readonly {
    readonly artifact: string;
    readonly digest: string;
    readonly checked: string;
  }[];
  /** Integration tests, release notes and what else comes with it. */
  readonly received: readonly ReportedCheck[];
  readonly acknowledgement: {
    readonly receivedBy: string;
    readonly receivedAt: string;
    /** "accepted", or what is missing. */
    readonly answer: string;
  };
  readonly timeline: readonly { readonly stage: string; readonly when: string; readonly owner: string }[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

import type { Measurement, ReportedIssue } from '../verification-report/verification-report';

/**
 * `Deploy-<unit>.md` as data: what was deployed, when, and how it ended; texts as in a release plan. Written once.
 * `status` is that of the front matter: `success`, `failed` or `rolled_back`.
 */
export interface DeploymentReport {
  /** What is deployed, by the id that the project gives it: a ticket, a version. */
  readonly unitId: string;
  readonly project: string;
  readonly status: string;
  /** `2026-11-20 14:32`, in UTC. */
  readonly deployed: string;
  readonly qaReport: string;
  readonly artifacts: string;
  readonly summary: {
    /** SUCCESS, FAILED or ROLLED_BACK. */
    readonly outcome: string;
    readonly environment: string;
    readonly version: string;
    readonly duration: string;
    readonly deployer: string;
  };
  readonly before: { readonly previousVersion: string; readonly health: string };
  readonly timeline: readonly { readonly time: string; readonly action: string; readonly status: string }[];
  readonly verification: readonly {
    readonly check: string;
    readonly expected: string;
    readonly actual: string;
    readonly status: string;
  }[];
  readonly after: {
    readonly version: string;
    readonly health: string;
    readonly measurements: readonly Measurement[];
  };
  readonly issues: readonly ReportedIssue[];
  readonly rollback: {
    /** "Yes" or "No". */
    readonly isRequired: string;
    readonly reason: string;
  };
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

import type { Measurement, ReportedCheck } from '../verification-report/verification-report';

/**
 * `docs/release/reviews/POST_RELEASE_REVIEW_<version>.md` as data: how a release went, and what comes of it; texts as in a
 * release plan.
 */
export interface PostReleaseReview {
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  readonly risk: { readonly level: string; readonly why: string };
  readonly scope: readonly { readonly area: string; readonly evidence: string }[];
  /** What the pipeline and the gate said before it went. */
  readonly gates: readonly ReportedCheck[];
  readonly strategy: { readonly rollout: string; readonly why: string; readonly record: string };
  readonly timeline: readonly { readonly time: string; readonly event: string; readonly source: string }[];
  readonly outcomes: readonly Measurement[];
  readonly rollback: { readonly status: string; readonly why: string };
  readonly followUps: readonly { readonly action: string; readonly owner: string; readonly due: string }[];
  /** What the pipeline should do by itself next time, with what showed it. */
  readonly lessons: readonly {
    readonly lesson: string;
    readonly evidence: string;
    readonly change: string;
  }[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

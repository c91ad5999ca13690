import type { ReviewedFinding, ReviewedQuestion } from '../pipeline-review/pipeline-review';

/** A file of the change that makes or configures infrastructure. */
export interface ReviewedChange {
  readonly file: string;
  /** added, modified, deleted, renamed. */
  readonly status: string;
  /** What it is: Terraform, Kubernetes, Helm, … */
  readonly what: string;
}

/** Something of the change that cannot simply be taken back. */
export interface ReviewedLoss {
  readonly place: string;
  readonly what: string;
  readonly why: string;
  /** What has to stand ready before it is applied. */
  readonly compensation: string;
}

/** Scaling or access that the change touches. */
export interface ReviewedAccess {
  /** `scaling`, `security group`, `network policy`, `role or permission`. */
  readonly kind: string;
  readonly what: string;
  readonly place: string;
  readonly reviewed: string;
}

/** `docs/ops/INFRASTRUCTURE_REVIEW.md` as data: the review of one change of infrastructure; texts as in a release plan. */
export interface InfrastructureReview {
  readonly service: string;
  /** The commits between which it was reviewed. */
  readonly base: string;
  readonly head: string;
  /** Prose. */
  readonly summary: string;
  readonly files: readonly ReviewedChange[];
  /** Reproducible? parity? least privilege? hard-coded? downtime? reversible? drift? */
  readonly questions: readonly ReviewedQuestion[];
  readonly losses: readonly ReviewedLoss[];
  readonly access: readonly ReviewedAccess[];
  readonly findings: readonly ReviewedFinding[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

/** A file that was reviewed, as it stood. */
export interface ReviewedFile {
  readonly file: string;
  /** The last commit that changed it, or UNKNOWN(...) for what is not committed. */
  readonly commit: string;
}

/** One job of the pipeline as the engine understands it. */
export interface ReviewedStage {
  /** build, test, lint, security scan, deploy, …; `other` where nothing tells. */
  readonly stage: string;
  /** `deploy.yml: production`. */
  readonly job: string;
  /** What it does, by its actions and commands. */
  readonly purpose: string;
  /** By what it starts, and under which condition. */
  readonly starts: string;
  readonly waitsFor: string;
  readonly timeLimit: string;
  /** Whether production waits for it: `yes`, `no`, or UNKNOWN(...). */
  readonly blocking: string;
  /** What becomes of the release when it fails. */
  readonly onFailure: string;
  /** Who learns of the failure, and how. */
  readonly notified: string;
}

/** One question of the review. */
export interface ReviewedQuestion {
  readonly question: string;
  /** `pass`, `fail` or `unknown`: the engine's, never a model's. */
  readonly verdict: string;
  readonly evidence: string;
}

/** How long one workflow takes, and what it does about it. */
export interface ReviewedSpeed {
  readonly workflow: string;
  readonly runTime: string;
  readonly slowest: string;
  readonly parallel: string;
  readonly caching: string;
}

/** Something outside the repository that the pipeline needs. */
export interface ReviewedDependency {
  readonly dependency: string;
  /** `action`, `registry`, `image`, `service`. */
  readonly kind: string;
  readonly usedBy: string;
  readonly pinned: string;
  /** What is done while it is down. */
  readonly fallback: string;
}

/** What the gate found, with what mends it. */
export interface ReviewedFinding {
  /** `blocks`, `warns`, `tells`. */
  readonly weight: string;
  readonly rule: string;
  readonly place: string;
  readonly finding: string;
  readonly fix: string;
}

/** `docs/ops/PIPELINE_REVIEW.md` as data; texts as in a release plan. */
export interface PipelineReview {
  readonly service: string;
  /** The whole id of the commit that was reviewed. */
  readonly commit: string;
  /** Prose. */
  readonly summary: string;
  readonly files: readonly ReviewedFile[];
  readonly stages: readonly ReviewedStage[];
  readonly questions: readonly ReviewedQuestion[];
  readonly findings: readonly ReviewedFinding[];
  readonly speed: readonly ReviewedSpeed[];
  readonly dependencies: readonly ReviewedDependency[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

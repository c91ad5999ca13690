import type { UntimedStep } from '../markdown/steps';
import type { RunbookParameter } from '../runbook/runbook';

/** One secret as the inventory lists it. There is no field for its value, and there will be none. */
export interface ListedSecret {
  readonly secret: string;
  /** What it is; `(by its name)` where nothing but the name says so. */
  readonly type: string;
  /** `high`, `medium`, `low`, or UNKNOWN(...). */
  readonly risk: string;
  /** What keeps it. */
  readonly manager: string;
  /** `every 90 days`, or UNKNOWN(...). */
  readonly cadence: string;
  /** A day, `never`, or UNKNOWN(...). */
  readonly lastRotated: string;
  /** Who may rotate it. */
  readonly owner: string;
}

/** Who is given a secret, and where a file says so. */
export interface SecretUser {
  readonly user: string;
  /** `path:line`. */
  readonly place: string;
}

/** How one secret is rotated. */
export interface RotationProcedure {
  /** As the inventory calls it. */
  readonly secret: string;
  /** Where it is known under its name: GitHub Actions, Kubernetes, Terraform. */
  readonly system: string;
  /** The place within its manager. */
  readonly storedIn: string;
  /** `by hand`, or what changes it by itself. */
  readonly rotation: string;
  /** What is done where the automatic rotation fails, or `the steps below` where it is by hand. */
  readonly fallback: string;
  readonly notified: string;
  readonly uses: readonly SecretUser[];
  /** In an order in which nothing that depends on it stops working. */
  readonly steps: readonly UntimedStep[];
  /** How it is seen that the new value works and the old one does not. */
  readonly verification: string;
  /** What is done when the rotation fails half-way. */
  readonly rollback: string;
  /** What is done first when it is compromised. */
  readonly emergency: string;
}

/** `docs/ops/SECRETS_ROTATION_PLAN.md` as data: a living document; texts as in a release plan. */
export interface SecretsRotationPlan {
  readonly service: string;
  /** Prose. */
  readonly summary: string;
  readonly parameters: readonly RunbookParameter[];
  readonly inventory: readonly ListedSecret[];
  /** What is done when any of them is compromised. */
  readonly emergency: readonly UntimedStep[];
  readonly procedures: readonly RotationProcedure[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

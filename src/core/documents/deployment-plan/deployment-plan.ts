import type { RunbookStep } from '../markdown/steps';
import type { PersonClaim, RollbackTrigger } from '../release-plan/release-plan';
import type { EscalationContact, RunbookParameter } from '../runbook/runbook';

/** What has to hold before anything is deployed, how that is seen, and whether it is. */
export interface DeploymentCheck {
  readonly check: string;
  /** A command, a path, a page; or UNKNOWN(...). */
  readonly seenBy: string;
  /** What a file or record of the repository shows of it, or UNKNOWN(...): never ticked by a machine. */
  readonly state: string;
}

/** `docs/release/DEPLOYMENT_PLAN.md` as data: one deployment of one unit. Texts as in a runbook. */
export interface DeploymentPlan {
  /** The unit of work or release that is deployed, by its id. */
  readonly unit: string;
  readonly service: string;
  readonly overview: {
    readonly environment: string;
    readonly version: string;
    /** The first moment of the deployment window, with its zone: "2026-11-26 14:00 UTC". */
    readonly windowStart: string;
    readonly windowEnd: string;
    /** Until when it is decided to go back, so that the rollback still ends in time. */
    readonly rollbackDeadline: string;
    readonly lead: string;
  };
  readonly parameters: readonly RunbookParameter[];
  readonly checks: readonly DeploymentCheck[];
  readonly deployment: readonly RunbookStep[];
  /** Health, smoke, metrics. */
  readonly verification: readonly RunbookStep[];
  /** When to go back. */
  readonly triggers: readonly RollbackTrigger[];
  /** Its last step verifies. */
  readonly rollback: readonly RunbookStep[];
  readonly escalation: readonly EscalationContact[];
  readonly claims: readonly PersonClaim[];
}

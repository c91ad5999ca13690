import type { UntimedStep } from '../markdown/steps';
import type { Announcement, PersonClaim, RollbackTrigger } from '../release-plan/release-plan';
import type { EscalationContact, OperationsReference, RunbookParameter } from '../runbook/runbook';

/** A condition under which somebody else has to know, or to decide. */
export interface EscalationCondition {
  readonly condition: string;
  /** What shows it: an alert, a step that failed, a record; or UNKNOWN(...). */
  readonly shownBy: string;
  readonly to: string;
  /** Within how many minutes, with its unit. */
  readonly within: string;
}

/** `docs/ops/INCIDENT_RESPONSE.md` as data: what is done when a deployment has failed. Texts as in a runbook. */
export interface IncidentResponse {
  readonly service: string;
  /** Prose. */
  readonly summary: string;
  /** What counts as a failed deployment. */
  readonly triggers: readonly RollbackTrigger[];
  readonly parameters: readonly RunbookParameter[];
  readonly roles: readonly { readonly role: string; readonly does: string; readonly who: string }[];
  /** From the first alert to the decision. */
  readonly respond: readonly UntimedStep[];
  /** Going back, or forward where there is no way back. */
  readonly recover: readonly UntimedStep[];
  /** When the rollback does not help. */
  readonly failedRollback: readonly UntimedStep[];
  readonly communication: readonly Announcement[];
  /** What is kept, in the order in which it vanishes. */
  readonly evidence: readonly string[];
  readonly signals: readonly OperationsReference[];
  readonly conditions: readonly EscalationCondition[];
  readonly escalation: readonly EscalationContact[];
  readonly after: readonly UntimedStep[];
  readonly claims: readonly PersonClaim[];
}

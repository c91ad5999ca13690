import type { RunbookStep } from '../markdown/steps';
import type { Announcement, RollbackTrigger } from '../release-plan/release-plan';

/** A value that commands take from the environment, `${ENV}` and `${VERSION}` among them. */
export interface RunbookParameter {
  /** Without `$` and braces. */
  readonly name: string;
  readonly meaning: string;
  /** A value that it takes here, or UNKNOWN(...). */
  readonly example: string;
}

/** What somebody sees, and where to go on reading. */
export interface Symptom {
  readonly symptom: string;
  /** Where it is seen: an alert, a probe, a dashboard. */
  readonly shownBy: string;
  readonly next: string;
}

/** A dashboard, log query, alert or health address. */
export interface OperationsReference {
  readonly kind: string;
  readonly name: string;
  /** The address, path or query as the repository has it. */
  readonly target: string;
}

/** What good looks like: a number with its unit, or UNKNOWN(...). */
export interface Baseline {
  readonly metric: string;
  readonly good: string;
  readonly source: string;
}

/** A way in which this is known to break. */
export interface FailureMode {
  readonly failure: string;
  readonly shownBy: string;
  readonly response: string;
}

/** One box to tick. */
export interface ChecklistItem {
  readonly text: string;
  readonly isDone: boolean;
}

/** Who is called, when. */
export interface EscalationContact {
  readonly role: string;
  readonly contact: string;
  readonly when: string;
}

/** `docs/ops/RUNBOOK.md` as data; texts as in a release plan. */
export interface Runbook {
  readonly service: string;
  /** Prose. */
  readonly summary: string;
  readonly parameters: readonly RunbookParameter[];
  readonly symptoms: readonly Symptom[];
  readonly diagnosis: readonly RunbookStep[];
  readonly mitigations: readonly RunbookStep[];
  readonly rollback: {
    /** Where the procedure or script of the rollback stands. */
    readonly reference: string;
    readonly triggers: readonly RollbackTrigger[];
    readonly steps: readonly RunbookStep[];
  };
  readonly checksBefore: readonly RunbookStep[];
  readonly deployment: readonly RunbookStep[];
  readonly checklistAfter: readonly ChecklistItem[];
  readonly references: readonly OperationsReference[];
  readonly baselines: readonly Baseline[];
  readonly failureModes: readonly FailureMode[];
  readonly communication: readonly Announcement[];
  readonly escalation: readonly EscalationContact[];
  /** What a person told for this runbook. */
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

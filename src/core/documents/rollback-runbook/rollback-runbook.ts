import type { RunbookStep, UntimedStep } from '../markdown/steps';
import type { Announcement, PersonClaim, RollbackTrigger } from '../release-plan/release-plan';
import type { EscalationContact, RunbookParameter } from '../runbook/runbook';

/** A question about the database that has to be answered before anybody goes back. */
export interface DatabaseAnswer {
  readonly question: string;
  /** What holds for this service, or UNKNOWN(...). */
  readonly answer: string;
  /** What shows that. */
  readonly evidence: string;
}

/** One time that the rollback was carried out, as a record has it. */
export interface RollbackTest {
  /** A date. */
  readonly date: string;
  readonly environment: string;
  /** "1.4.0 to 1.3.2", or "". */
  readonly versions: string;
  /** How long it took, with its unit. */
  readonly took: string;
  readonly result: string;
  /** The path of the record. */
  readonly record: string;
}

/** How long going back takes, and how long it may. */
export interface RollbackTime {
  /** The sum of the steps of Preparation and Execution, with its unit, or UNKNOWN(...). */
  readonly estimate: string;
  /** What the newest drill that counts took; UNKNOWN(...) where none does. */
  readonly measured: string;
  /** The recovery time objective, with its unit. */
  readonly objective: string;
  /** `yes` or `no` with the reason, or UNKNOWN(...). */
  readonly meets: string;
}

/** `docs/ops/ROLLBACK.md` as data: how one service goes back, read at night. Texts as in a runbook. */
export interface RollbackRunbook {
  readonly service: string;
  /** What is deployed and by what; prose. */
  readonly summary: string;
  readonly triggers: readonly RollbackTrigger[];
  readonly strategy: {
    /** blue-green switch, canary revert, artifact redeployment, database restore; or UNKNOWN(...). */
    readonly name: string;
    readonly rationale: string;
    /** What stays as the failed version left it. */
    readonly notRestored: string;
    /** The other ways back that the repository has, a sentence each. */
    readonly others: string;
  };
  readonly parameters: readonly RunbookParameter[];
  readonly preparation: readonly RunbookStep[];
  readonly execution: readonly RunbookStep[];
  readonly database: readonly DatabaseAnswer[];
  readonly verification: readonly RunbookStep[];
  /** Settings and caches. */
  readonly configuration: readonly UntimedStep[];
  readonly communication: readonly Announcement[];
  readonly after: readonly UntimedStep[];
  readonly time: RollbackTime;
  readonly tests: readonly RollbackTest[];
  readonly escalation: readonly EscalationContact[];
  /** Pages by which the commands are written. */
  readonly documentation: readonly string[];
  readonly claims: readonly PersonClaim[];
}

import type { Step } from '../markdown/steps';

/*
 * All texts are of one line unless said otherwise: the renderer folds white space and replaces control and bidirectional
 * characters, and writes them so that Markdown in them stays text. A text that nothing tells is `UNKNOWN(what is needed)`.
 */

/** How much stands to be lost; `unknown` where something could not be judged. */
export type RiskLevel = 'low' | 'medium' | 'high' | 'critical' | 'unknown';

/** Where a change is listed in the plan. */
export type ChangeGroup = 'features' | 'fixes' | 'breaking' | 'security' | 'other';

/** One commit of the release. */
export interface PlannedChange {
  readonly group: ChangeGroup;
  /** The commit's id, abbreviated or whole; '' where the change has none. */
  readonly commit: string;
  readonly subject: string;
  /** What makes it so (the breaking footer, the advisory, "reverted by 1a2b3c4"); '' where there is nothing to say. */
  readonly detail: string;
}

/** Something of this release that going back does not undo. */
export interface IrreversibleAction {
  readonly path: string;
  /** From 1; null where the place is the whole file. */
  readonly line: number | null;
  /** The statement, on one line. */
  readonly statement: string;
  readonly why: string;
  /** What would undo its effect, or UNKNOWN(...). */
  readonly compensation: string;
}

/** One line of the risk register. */
export interface RegisteredRisk {
  readonly signal: string;
  readonly likelihood: string;
  readonly impact: string;
  readonly blastRadius: string;
  readonly mitigation: string;
  readonly owner: string;
  /** What shows that it has happened. */
  readonly trigger: string;
}

/** One step of the release, in the order in which it is done. */
export type PlannedStep = Step;

/** When to go back: a metric compared with a number, over a window. */
export interface RollbackTrigger {
  readonly metric: string;
  /** `>`, `>=`, `<`, `<=`, `=`, `!=`, or words such as "fails". */
  readonly comparison: string;
  /** With its unit: "5 %", "2 x baseline". */
  readonly threshold: string;
  /** With its unit: "60 min". */
  readonly window: string;
}

/** How to go back. */
export interface RollbackPlan {
  /** blue-green switch, canary revert, artifact redeployment, database restore; or UNKNOWN(...). */
  readonly strategy: string;
  /** The version that is gone back to. */
  readonly target: string;
  readonly steps: readonly PlannedStep[];
  readonly triggers: readonly RollbackTrigger[];
}

/** Who is told what, when. */
export interface Announcement {
  readonly stage: string;
  readonly audience: string;
  readonly channel: string;
  readonly message: string;
}

/** What a person told for this plan: a claim, shown as such. */
export interface PersonClaim {
  readonly question: string;
  readonly answer: string;
}

/** `docs/release/RELEASE_PLAN.md` as data. */
export interface ReleasePlan {
  readonly service: string;
  readonly version: string;
  /** Commit ids or tags; `base` is '' where the range begins at the first commit. */
  readonly range: { readonly base: string; readonly head: string };
  /** Prose; paragraphs are separated by an empty line. */
  readonly summary: string;
  readonly risk: { readonly level: RiskLevel; readonly why: string };
  /** What the change touches (schema, infrastructure, pipelines, …), with what shows it. */
  readonly scope: readonly { readonly area: string; readonly evidence: string }[];
  /** Every commit of the range once. */
  readonly changes: readonly PlannedChange[];
  readonly irreversible: readonly IrreversibleAction[];
  readonly risks: readonly RegisteredRisk[];
  readonly rollout: { readonly strategy: string; readonly why: string };
  readonly steps: readonly PlannedStep[];
  readonly rollback: RollbackPlan;
  readonly communication: readonly Announcement[];
  readonly claims: readonly PersonClaim[];
  /** What a person still has to decide, a sentence each. */
  readonly openDecisions: readonly string[];
}

import type { Step } from '../markdown/steps';

/*
 * All texts are of one line unless said otherwise: the renderer folds white space and replaces control and bidirectional
 * characters, and writes them so that Markdown in them stays text. A text that nothing tells is `UNKNOWN(what is needed)`.
 */

/** How much stands to be lost; `unknown` where something could not be judged. */
export type RiskLevel = 'low' | 'medium' | 'high' | 'critical' | 'unknown';

/** Where a change is listed in the plan; `unclassified` is what follows no convention and is nothing of the others. */
export type ChangeGroup = 'features' | 'fixes' | 'breaking' | 'security' | 'other' | 'unclassified';

/** One commit of the release. */
export interface PlannedChange {
  readonly group: ChangeGroup;
  /** The commit's id, abbreviated or whole; '' where the change has none. */
  readonly commit: string;
  readonly subject: string;
  /** The parts of the repository that it changes, as "Components" calls them; '' where that is not known. */
  readonly component: string;
  /** What makes it so (the breaking footer, the advisory, "reverted by 1a2b3c4"); '' where there is nothing to say. */
  readonly detail: string;
}

/** How many commits the range has; classified and unclassified ones add up to the total. Numbers, or UNKNOWN(...). */
export interface CommitCounts {
  readonly total: string;
  readonly classified: string;
  readonly unclassified: string;
  readonly reverted: string;
}

/** A part of the repository, with how much of it this release changes and who owns it. */
export interface PlannedComponent {
  readonly component: string;
  readonly files: string;
  /** How many of its commits are what: "2 features, 1 fix"; '' where commits are not told apart by component. */
  readonly commits: string;
  /** Names, separated by commas, or UNKNOWN(owner). */
  readonly owners: string;
}

/**
 * Something of this release that going back does not undo, with what a person does about it. Path, statement and why are
 * facts of the change; compensation, evidence and by are filled by a person and are UNKNOWN(...) until then.
 */
export interface IrreversibleAction {
  readonly path: string;
  /** From 1; null where the place is the whole file. */
  readonly line: number | null;
  /** The statement, on one line. */
  readonly statement: string;
  readonly why: string;
  /** What would make it survivable: advice of the engine, never a compensation by itself. */
  readonly advice: string;
  /** The kind of compensation with its words, or "reviewed reversible: reason" of what could not be judged. */
  readonly compensation: string;
  /** What shows that it is done: a link, a path, a record with its date. */
  readonly evidence: string;
  /** Who stands for it. */
  readonly by: string;
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
  /** `open`, or what was done about it by whom. */
  readonly state: string;
}

/** How the release reaches its users. */
export interface PlannedRollout {
  /** all-at-once, rolling, blue-green, canary, manual. A person may decide otherwise than was recommended. */
  readonly strategy: string;
  readonly why: string;
  /** What the engine recommends: where `strategy` differs from it, a person decided. */
  readonly recommended: string;
  /** From the first share to all; none where the rollout has no shares. */
  readonly canary: readonly CanaryStep[];
}

/** One share of a canary. */
export interface CanaryStep {
  /** With its unit: "5 %". */
  readonly share: string;
  /** With its unit: "15 min". */
  readonly duration: string;
  /** What is compared before the next share. */
  readonly check: string;
  /** When it stops, and what is done then. */
  readonly abort: string;
  /** The exact command that sets the share, or UNKNOWN(...). */
  readonly command: string;
}

/** A feature flag of this release: who gets it when, how it is switched off, and when it goes away. */
export interface PlannedFlag {
  readonly flag: string;
  /** In their order: "internal, 1 %, 10 %, 50 %, 100 %". */
  readonly cohorts: string;
  /** How it is switched off. */
  readonly killSwitch: string;
  readonly owner: string;
  /** A date, or UNKNOWN(...). */
  readonly removalDate: string;
}

/** What a person declares of going back; each is UNKNOWN(...) until somebody does. */
export interface RollbackDeclaration {
  /** "yes", "no", or UNKNOWN(...): whether the version that is gone back to runs on the schema of this release. */
  readonly runsOnNewSchema: string;
  /** What shows that: a test run, a record, a link. */
  readonly runsOnNewSchemaEvidence: string;
  /** A number. */
  readonly estimatedMinutes: string;
  /** With its unit: "30 min". */
  readonly recoveryTimeObjective: string;
}

/** A person's override that is in force, as its record has it. */
export interface PlannedOverride {
  /** The condition or rule that it sets aside. */
  readonly condition: string;
  readonly by: string;
  readonly reason: string;
  readonly until: string;
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
  /** Over how long the metric is taken, with its unit: "5 min". */
  readonly window: string;
  /** For how long it has to be met, with its unit: "5 min"; '' where nothing tells. */
  readonly lasting: string;
}

/** How to go back. */
export interface RollbackPlan {
  /** blue-green switch, canary revert, artifact redeployment, database restore; or UNKNOWN(...). */
  readonly strategy: string;
  /** The version that is gone back to. */
  readonly target: string;
  readonly declaration: RollbackDeclaration;
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
  readonly components: readonly PlannedComponent[];
  readonly commits: CommitCounts;
  /** Every commit of the range once. */
  readonly changes: readonly PlannedChange[];
  readonly irreversible: readonly IrreversibleAction[];
  readonly risks: readonly RegisteredRisk[];
  readonly rollout: PlannedRollout;
  readonly flags: readonly PlannedFlag[];
  readonly steps: readonly PlannedStep[];
  readonly rollback: RollbackPlan;
  readonly communication: readonly Announcement[];
  readonly overrides: readonly PlannedOverride[];
  readonly claims: readonly PersonClaim[];
  /** What a person still has to decide, a sentence each. */
  readonly openDecisions: readonly string[];
}

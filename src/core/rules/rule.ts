import type { Change } from '../change/change';
import type { RepositoryProfile } from '../evidence/profile';
import type { AlertRule as DefinedAlert } from '../evidence/results/alert-rules';
import type { KnownSecret } from '../evidence/secrets/secret-inventory';
import type { TrustFile } from '../evidence/trust/trust';
import type { TextEdit } from '../text/edit';
import type { RollbackCredibility } from '../risk/credibility';
import type { DrillEvidence } from '../risk/rollback/drilled';
import type { Commit, ShellParser } from '../ports';
import type { LineIndex, Range, Span } from '../text/position';
import type { Workflow } from '../workflow/model';
import type { Counterexample, WorkflowSet } from '../workflow/understanding';
import type { ReadDocument } from '../documents/document';

/** `block` stops a release, `warn` asks for a look, `info` tells. */
export type Severity = 'block' | 'warn' | 'info';

/** Another place that belongs to the finding; `span` null: the whole file. */
export interface FindingEvidence {
  readonly message: string;
  readonly path: string;
  readonly span: Span | null;
  /** The place in a file that the gate has not read itself (a statement of a migration); `span` is null then. */
  readonly range?: Range;
}

/** The edits of one file. `isNew`: there is no such file yet, and the edits are of an empty text. */
export interface FileEdits {
  readonly path: string;
  readonly edits: readonly TextEdit[];
  readonly isNew?: true;
}

/** Edits of files of the repository that make the finding go away. */
export interface Fix {
  /** `safe`: cannot change a run that works today; `proposed`: a person reviews it. */
  readonly kind: 'safe' | 'proposed';
  /** Imperative, for the quick-fix menu: "Name the environment production". */
  readonly title: string;
  readonly edits: readonly FileEdits[];
  /**
   * It tells the gate something that it did not know, so that other rules may speak for the first time: what they then
   * find was there before and is no reason to take the fix back.
   */
  readonly reveals?: true;
}

/** What a rule says about one place, before waivers. */
export interface RuleFinding {
  /** One sentence without a full stop: what is wrong, then what to do, quoting the user's own words. */
  readonly message: string;
  readonly path: string;
  /** Null for a finding about a whole file or repository (`path` is then the file or "."). */
  readonly span: Span | null;
  readonly status: 'fail' | 'unknown';
  /** Where it differs from the rule's own: off the way to production a blocking rule warns (Definition 21). */
  readonly severity?: Severity;
  readonly evidence?: readonly FindingEvidence[];
  readonly counterexample?: Counterexample;
  readonly fix?: Fix;
  /** Other answers to the same finding, for a person to choose from; never applied with others. */
  readonly otherFixes?: readonly Fix[];
}

/** The commit of a version of an action. `isOfRepository`: the repository itself keeps it for just this ref. */
export interface KnownCommit {
  readonly commit: string;
  /** Without a leading `v`. */
  readonly version: string;
  readonly isOfRepository?: true;
}

/** What should run before production, in the order of cheapness; `build` is building and packaging. */
export const PHASES = ['lint', 'unit', 'smoke', 'end-to-end', 'scan', 'build'] as const;

export type Phase = (typeof PHASES)[number];

/** Figures of the configuration that rules go by in the place of their own. */
export interface Limits {
  /** What a fix gives a deployment for its time limit. */
  readonly deployTimeoutMinutes?: number;
}

/** The release that is judged, for the rules over its plan. */
export interface ReleaseFacts {
  /** Where its plan stands: other plans of the repository are of other releases. */
  readonly planPath: string;
  /** As git tells it, without what the plan says of it. */
  readonly change: Change;
  readonly credibility: RollbackCredibility;
}

/** Somebody who wrote commits of this repository. */
export interface Contributor {
  readonly name: string;
  readonly email: string;
}

/**
 * What git tells, for rules that hold a document against the history. `undefined`: it was not asked yet, or there is
 * nobody to ask, so that a rule says nothing; the gate asks what a rule was missing and calls it again. `null`: git was
 * asked and knows of none.
 */
export interface HistoryFacts {
  /** The last commit that touched a file or anything below a folder. */
  lastCommitOf(path: string): Commit | null | undefined;
  /** A file as it stood in a commit; null where it was not there, or is no text. */
  textAt(commit: string, path: string): string | null | undefined;
  /** The whole id of the commit that a name or a shortened id means; null where it means none. */
  commitOf(ref: string): string | null | undefined;
  /** Who wrote the newest commits, each once. */
  contributors(): readonly Contributor[] | undefined;
  /** The remote's address without credentials. */
  remoteUrl(): string | null | undefined;
}

/** What rules may know besides their subject. */
export interface GateFacts {
  /** Paths of the repository's files. */
  readonly paths: ReadonlySet<string>;
  readonly profile: RepositoryProfile | null;
  /** Commits of well-known action versions, `owner/name@v4` in lower case to 40 hex digits; never invented. */
  readonly pins: ReadonlyMap<string, KnownCommit>;
  /** The configuration's file, for fixes that write into it; `text` null: there is none yet. Absent: it is not to be edited. */
  readonly configurationFile?: { readonly path: string; readonly text: string | null };
  /** Understands workflows as a fix would leave them; absent where rules are asked without a parser. */
  readonly understand?: (workflows: readonly Workflow[]) => WorkflowSet;
  /** The phases that the configuration requires; left out where it says nothing of them. */
  readonly requiredPhases?: readonly Phase[];
  readonly limits?: Limits;
  /** Where a release is judged or planned; absent in a check, which judges files and no release. */
  readonly release?: ReleaseFacts;
  /** What the configuration lists under `environments`; both empty where it lists none. */
  readonly environments: { readonly production: readonly string[]; readonly other: readonly string[] };
  /** Whether `paths` are all of them: what is not among them does not exist. */
  readonly isEveryPathListed?: boolean;
  /** The workflows that could be read, for rules over documents; null where the repository has none. */
  readonly workflows?: WorkflowSet | null;
  /** Workflow files that could not be read: what they define is not known. */
  readonly unreadWorkflows?: readonly string[];
  /** Every document that was read, for rules that hold one against another. */
  readonly documents?: readonly ReadDocument[];
  /** The files that define alerts. */
  readonly alertFiles?: readonly AlertFile[];
  /** The files that say who trusts GitHub's tokens. */
  readonly trustFiles?: readonly TrustFile[];
  /**
   * The secrets that files of the repository name; there where a document lists secrets. `isComplete`: every file that may
   * name one was read.
   */
  readonly secrets?: { readonly known: readonly KnownSecret[]; readonly isComplete: boolean };
  /** Reads commands of documents; absent where there is no document, and where rules are asked without a parser. */
  readonly shell?: ShellParser;
  readonly history?: HistoryFacts;
  /** The anchors of Markdown files that documents link into and that are no documents themselves, by path. */
  readonly anchors?: ReadonlyMap<string, ReadonlySet<string>>;
  /** What documents call by `make`, `npm run` and the like: the targets and scripts by the file that defines them. */
  readonly runnable?: ReadonlyMap<string, ReadonlySet<string>>;
  /** What is on record of rollbacks that were carried out, and within how many minutes one has to be done. */
  readonly rollback?: { readonly drills: DrillEvidence; readonly objectiveMinutes: number | null };
}

interface RuleBase {
  /** Kebab-case, never reused; the page is docs/rules/<id>.md. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Why it matters, in a sentence or two; shown in help and SARIF. */
  readonly why: string;
}

/** A rule over all workflows of a repository together. `check` is pure and never throws on bad input. */
export interface WorkflowRule extends RuleBase {
  readonly subject: 'workflows';
  check(subject: WorkflowSet, facts: GateFacts): readonly RuleFinding[];
}

/** A rule over one document; called for the kinds it names, or for every kind where it goes by what a kind declares. */
export interface DocumentRule extends RuleBase {
  readonly subject: 'document';
  readonly kinds: readonly string[] | 'every';
  /** It asks `facts.history`, and is called again with what it was missing. */
  readonly asksHistory?: true;
  check(subject: ReadDocument, facts: GateFacts): readonly RuleFinding[];
}

/** A file of the repository that defines alerts. */
export interface AlertFile {
  readonly path: string;
  readonly text: string;
  readonly lines: LineIndex;
  readonly alerts: readonly DefinedAlert[];
}

/** A rule over one file that defines alerts. */
export interface AlertRule extends RuleBase {
  readonly subject: 'alerts';
  /** It asks `facts.history`, and is called again with what it was missing. */
  readonly asksHistory?: true;
  check(subject: AlertFile, facts: GateFacts): readonly RuleFinding[];
}

/** A rule over one file that says who trusts GitHub's tokens. */
export interface TrustRule extends RuleBase {
  readonly subject: 'trust';
  /** It asks `facts.history`, and is called again with what it was missing. */
  readonly asksHistory?: true;
  check(subject: TrustFile, facts: GateFacts): readonly RuleFinding[];
}

/** A rule whose findings the gate itself makes (unreadable files, waivers): it has a page and no `check`. */
export interface GateRule extends RuleBase {
  readonly subject: 'gate';
}

/** Whether a rule judges documents of that kind. */
export function judgesKind(rule: DocumentRule, kind: string): boolean {
  return rule.kinds === 'every' || rule.kinds.includes(kind);
}

export type Rule = WorkflowRule | DocumentRule | AlertRule | TrustRule | GateRule;

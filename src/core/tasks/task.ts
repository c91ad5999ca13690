import type { Source, Unknown } from '../evidence/fact';
import type { ProposedFile } from '../text/proposal';
import type { ProseSlot } from '../documents/document';
import type { Finding } from '../gate/report';
import type { AssessedWorld } from '../readiness/assess-release';
import type { DocumentTaskId } from '../documents/document-task-ids';

/** The six commands that everybody has; palette commands, subcommands, tools, prompts and skills go by the same ids. */
export type CommandTaskId =
  | 'release-plan-from-change'
  | 'generate-gh-actions-pipeline'
  | 'secure-cloud-auth-with-oidc'
  | 'extract-reusable-workflows'
  | 'runbook-for-deployment'
  | 'postmortem-skeleton';

/** A command by its id, or a document by that of its kind: `release-gate doc environment-matrix`. */
export type TaskId =
  CommandTaskId | DocumentTaskId | 'issue-forms' | 'alert-rules' | 'dashboards' | 'set-up-repository';

/** One repository, through ports. */
export type World = AssessedWorld;

/** Something a task may be told by the person; everything has a default of "not told". */
export interface TaskInput {
  /** snake_case, as in the prompt files: `risk_posture`. */
  readonly name: string;
  readonly question: string;
  /** Whether drafting is better when it is asked before (the repository cannot show it). */
  readonly isAsked: boolean;
  /** What it means where it is named without a value: the input may be given alone on the command line. */
  readonly alone?: string;
  /** The answers that there are, several of which may be given, separated by commas; left out: any words. */
  readonly choices?: readonly TaskChoice[];
  /** The choice to which it belongs: it is not asked where others were chosen. */
  readonly belongsTo?: string;
}

/** One of the answers to a question. */
export interface TaskChoice {
  /** As it is given: `dependabot`. */
  readonly value: string;
  readonly label: string;
  readonly detail: string;
}

/** Another repository that a task looks at beside its own. */
export interface OtherRepository {
  /** What a person calls it: its folder. */
  readonly name: string;
  readonly world: World;
}

/** How one run of a task talks to its face. */
export interface TaskRun {
  readonly inputs: Readonly<Record<string, string>>;
  /** What a person calls the run's own repository, where there are others. */
  readonly name?: string;
  /** For a task that `takesSeveral`. */
  readonly others?: readonly OtherRepository[];
  readonly signal: AbortSignal;
  /** Says what is being read, with the places: shown as progress and references. */
  report(message: string, sources?: readonly Source[]): void;
}

/** Something a person has to do outside the repository, with the exact command where there is one. */
export interface ManualStep {
  readonly title: string;
  readonly why: string;
  /** Copy-pasteable shell; null where it is done by hand. */
  readonly command: string | null;
}

/** What a task found out and would write. Nothing has been written. */
export interface TaskResult {
  readonly task: TaskId;
  /** One or two sentences of Markdown: what this is about, with the figures that matter. */
  readonly summary: string;
  /** What was read, most telling first. */
  readonly sources: readonly Source[];
  readonly files: readonly ProposedFile[];
  /** What the gate says of the repository as it would be with `files`, for those files only. */
  readonly findings: readonly Finding[];
  /** Everything that stands as UNKNOWN(...) in the files, each once. */
  readonly unknowns: readonly Unknown[];
  readonly manualSteps: readonly ManualStep[];
  /** What was left alone and why, in a sentence each. */
  readonly notes: readonly string[];
  readonly next: readonly { readonly task: TaskId | 'check'; readonly label: string }[];
  /** The typed data behind the files, for `--format json`. */
  readonly data: unknown;
  /** Prose that a model may improve, and the same result with other prose; null where there is none. */
  readonly prose: {
    readonly slots: readonly ProseSlot[];
    with(texts: ReadonlyMap<string, string>): Promise<TaskResult>;
  } | null;
}

/** One of the commands: the same function behind chat, palette, tool and command line. */
export interface Task {
  readonly id: TaskId;
  /** The name on the command line: `plan`; of a document `release-gate doc <name>`. */
  readonly subcommand: string;
  readonly title: string;
  readonly inputs: readonly TaskInput[];
  /** Folders or files that it may write to; a proposal outside is a bug. */
  readonly writes: readonly string[];
  /** Whether it can look at several repositories in one run. */
  readonly takesSeveral?: boolean;
  /** Whether it asks registries, where the person wants that. */
  readonly asksOutside?: boolean;
  /**
   * @throws TaskFailure for what can be expected and stops the whole task (nothing to extract, no workflow to secure):
   * its message is for the person, with the next step. Aborts by throwing the signal's reason.
   */
  run(world: World, run: TaskRun): Promise<TaskResult>;
}

/** The task cannot be done here, for a reason that the person can act on. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
}

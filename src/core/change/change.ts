import type { ChangedFile, Commit, CommitRange } from '../ports';
import type { Range } from '../text/position';

/** Where a commit is listed in a plan. */
export type CommitGroup = 'features' | 'fixes' | 'breaking' | 'security' | 'other';

/** A type with its scope and words, as the header or a line of a squashed body has them. */
export interface ConventionalPart {
  readonly type: string;
  readonly scope: string | null;
  readonly description: string;
  readonly isBreaking: boolean;
}

/** A commit of the range with what its message says; messages are weak evidence, the diff is the strong one. */
export interface ClassifiedCommit {
  readonly commit: Commit;
  /** The conventional type in lower case; null where the message has none: unclassified, and shown as such. */
  readonly type: string | null;
  readonly scope: string | null;
  readonly group: CommitGroup;
  readonly isBreaking: boolean;
  /** The text of the footer that says what breaks; null where none does. */
  readonly breakingNote: string | null;
  /** What a squashed body lists besides the header. */
  readonly parts: readonly ConventionalPart[];
  /** Numbers of pull or merge requests: `(#12)`, `Merge pull request #12`, `See merge request a/b!34`. */
  readonly pullRequests: readonly number[];
  /** Tickets that the message names: `ABC-123`, an issue of the host (`#12`) or of another repository (`owner/name#12`). */
  readonly tickets: readonly string[];
  /** The names in `Co-authored-by:`. */
  readonly coAuthors: readonly string[];
  /** The fields of the last paragraph, `Reviewed-by: …` and the like, in order. */
  readonly trailers: readonly { readonly name: string; readonly value: string }[];
  /** Commits of the range that it undoes. */
  readonly reverts: readonly string[];
  /** The commit of the range that undoes it, itself not undone. */
  readonly revertedBy: string | null;
  /** Names of the components that it changed; none for a merge, and where its files are not known. */
  readonly components: readonly string[];
}

/** Kinds of things that a change touches, in the order in which plans list them. */
export const TOUCH_KINDS = [
  'schema',
  'data',
  'infrastructure',
  'configuration',
  'feature-flags',
  'interfaces',
  'dependencies',
  'pipelines',
  'permissions',
  'secrets',
  'deploy-scripts',
] as const;

export type TouchKind = (typeof TOUCH_KINDS)[number];

/** A kind of thing that the change touches, with the changed files that show it. */
export interface Touch {
  readonly kind: TouchKind;
  readonly paths: readonly string[];
}

/** What cannot be undone by deploying the version before, by kind; docs/change.md says what counts as what. */
export type IrreversibleKind =
  | 'data-delete'
  | 'schema-break'
  | 'infra-destroy'
  | 'infra-replace'
  | 'storage-delete'
  | 'interface-break'
  | 'unjudgeable';

/** One action of the change that going back does not undo, or that could not be read. */
export interface IrreversibleAction {
  readonly kind: IrreversibleKind;
  readonly path: string;
  /** Null where it is about the whole file. */
  readonly range: Range | null;
  /** Which end of the range `path` and `range` are of. */
  readonly side: 'head' | 'base';
  /** As it stands in the file, blanks made one; '' where it is about the whole file. */
  readonly statement: string;
  /** What it does and why that cannot be undone, in a sentence without a full stop. */
  readonly why: string;
  /** What would make it survivable; null where it is unknown what it does. */
  readonly compensation: string | null;
  /** The way down that the repository has for it, and what that restores; null where it has none. */
  readonly reversibleBy: string | null;
  /** What a person wrote into the plan to compensate it; null or left out while nothing does. Git never tells it. */
  readonly compensatedBy?: string | null;
}

/** Something that the diff shows and that can be undone, but may hurt: a lock, rows changed under a condition. */
export interface DiffRisk {
  readonly path: string;
  readonly range: Range | null;
  readonly statement: string;
  /** A phrase: "builds an index on users without CONCURRENTLY". */
  readonly what: string;
  readonly why: string;
  /** What it is about, for the words of the register; a database where it is not said. */
  readonly about?: 'infrastructure' | 'storage' | 'interface';
}

/** What makes a part of the repository one: a person's word first. */
export type ComponentSource = 'configuration' | 'workspace' | 'manifest' | 'folder';

/** A part of the repository with what the range changes in it. */
export interface ChangedComponent {
  /** As the configuration or its package calls it, else its folder; '' for files at the root. */
  readonly name: string;
  /** The folder of the workspace, package or top level; '' for files at the root and for globs of the configuration. */
  readonly folder: string;
  readonly source: ComponentSource;
  readonly paths: readonly string[];
  /** People and teams that CODEOWNERS names for the changed paths, most paths first. */
  readonly owners: readonly string[];
  /** Ids of the commits of the range that changed it, newest first. */
  readonly commits: readonly string[];
  /** Documents of the implementation that are about it, by name or by a ticket of its commits. */
  readonly notes: readonly string[];
}

/** Where something that a touch rests on stands, and what was seen there. */
export interface TouchEvidence {
  readonly kind: TouchKind;
  readonly path: string;
  readonly range: Range | null;
  /** Which end of the range `path` and `range` are of. */
  readonly side: 'head' | 'base';
  /** A phrase, without values of configuration: "adds the variable STRIPE_KEY". */
  readonly what: string;
}

/** A package that the range adds, takes away or moves to another version, as one file pins it. */
export interface DependencyChange {
  readonly ecosystem: 'npm' | 'python' | 'go' | 'cargo' | 'rubygems' | 'composer' | 'maven';
  readonly name: string;
  /** The version, or the range where only a manifest tells; null: not there. Several of one package are joined by `, `. */
  readonly before: string | null;
  readonly after: string | null;
  readonly change: 'added' | 'removed' | 'major' | 'minor' | 'patch' | 'downgrade' | 'other';
  /** Whether semantic versioning lets the new version break those who use it: a new major one, or `0.x` that moves on. */
  readonly mayBreak: boolean;
  /** Whether a manifest of the repository names it, or only what it names needs it; null where that is not told. */
  readonly isDirect: boolean | null;
  readonly path: string;
  readonly range: Range | null;
  readonly side: 'head' | 'base';
}

/** A feature flag that the range begins or stops to ask for, or to define. */
export interface FlagChange {
  readonly key: string;
  /** What asks for it: `LaunchDarkly`, `OpenFeature`, … or `file` where it is defined. */
  readonly by: string;
  readonly change: 'added' | 'removed';
  readonly path: string;
  readonly range: Range | null;
  readonly side: 'head' | 'base';
}

/** A file of the range that earlier fixes and reverts changed. */
export interface HotSpot {
  readonly path: string;
  readonly fixes: number;
  readonly reverts: number;
  /** The newest of them, at most five. */
  readonly commits: readonly { readonly hash: string; readonly subject: string }[];
}

/** What the history around a range tells of its risk; each is a signal, none a judgement of people. */
export interface ChangeSignals {
  /** Commits before the base that were looked at for what follows; 0 where there is no base. */
  readonly earlierCommits: number;
  /** Heaviest first: reverts, then fixes. */
  readonly hotSpots: readonly HotSpot[];
  readonly size: {
    readonly files: number;
    readonly added: number;
    readonly removed: number;
    /** Lines added and removed in lock files, among the others. */
    readonly ofLockFiles: number;
    readonly binaryFiles: number;
  };
  /** ISO 8601; null for a range without commits. */
  readonly firstAuthoredAt: string | null;
  readonly lastAuthoredAt: string | null;
  /** Whole days from the first commit of the range being written to its last being committed. */
  readonly ageDays: number | null;
  /** Whole days from the release at the base to the last commit; null without such a release. */
  readonly daysSinceRelease: number | null;
  /** Who wrote the commits, most commits first; co-authors of a commit count too. */
  readonly authors: readonly {
    readonly name: string;
    readonly commits: number;
    /** None of the earlier commits is theirs; null where none were looked at. */
    readonly isNew: boolean | null;
  }[];
  /** Files that somebody changed who did not before, while others did, by author. */
  readonly newToFiles: readonly { readonly author: string; readonly paths: readonly string[] }[];
}

/** The ends of the range and how they were found. */
export interface ChangeRange {
  readonly commits: CommitRange;
  /** The release tag at the base; null where a person named another base or there is none. */
  readonly baseTag: string | null;
  /** ISO 8601, of `baseTag`. */
  readonly baseTaggedAt: string | null;
  /** How a person calls the ends: a tag, a given name, or the abbreviated id; null: from the first commit. */
  readonly baseName: string | null;
  readonly headName: string;
  /** The semantic version of `baseTag`, without prefix. */
  readonly previousVersion: string | null;
  /** The release tag that stands on the head itself, and its version. */
  readonly headTag: string | null;
  readonly headVersion: string | null;
  /** What a reader must know about how the range was chosen, a sentence each. */
  readonly notes: readonly string[];
}

/** What a range of commits changes. */
export interface Change {
  readonly range: ChangeRange;
  /** Newest first, merges included: every commit of the range once. */
  readonly commits: readonly ClassifiedCommit[];
  readonly counts: {
    readonly total: number;
    readonly classified: number;
    readonly unclassified: number;
    /** Undone again within the range; among the classified and unclassified too. */
    readonly reverted: number;
  };
  readonly files: readonly ChangedFile[];
  /** In the order of TOUCH_KINDS, only those that are touched. */
  readonly touches: readonly Touch[];
  readonly irreversible: readonly IrreversibleAction[];
  readonly risks: readonly DiffRisk[];
  readonly components: readonly ChangedComponent[];
  /** What the touches rest on, in the order of TOUCH_KINDS. */
  readonly evidence: readonly TouchEvidence[];
  readonly dependencies: readonly DependencyChange[];
  readonly flags: readonly FlagChange[];
  readonly signals: ChangeSignals;
  /** The owners of each changed path that has any, by the file that says so; null where there is no such file. */
  readonly owners: { readonly file: string; readonly byPath: ReadonlyMap<string, readonly string[]> } | null;
  readonly isShallow: boolean;
}

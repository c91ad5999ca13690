import type { Span } from './text/position';

/** Why a file's text is not to be had. Never an exception: a broken file must not hide the others. */
export type UnreadableReason =
  'missing' | 'not-a-file' | 'outside' | 'binary' | 'encoding' | 'too-large' | 'refused';

/** A file's text, or why there is none. `detail` completes the sentence "<path> …". */
export type ReadResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: UnreadableReason; readonly detail: string };

/** The files of one repository, by path from its root with forward slashes. Reading follows no link out of it. */
export interface RepositoryFiles {
  /** How people call the folder, for messages; not a place to read from. */
  readonly name: string;
  /** Every file that is not ignored, sorted; at most a set number (`isComplete` says whether that was all). */
  list(signal?: AbortSignal): Promise<{ readonly paths: readonly string[]; readonly isComplete: boolean }>;
  /** The text without a byte order mark's being removed: offsets are those of the file as an editor shows it. */
  read(path: string): Promise<ReadResult>;
}

/**
 * Reports that tools leave in the repository's folder. Git ignores most of them, so that {@link RepositoryFiles} does not
 * list them; they may be larger than what a person writes.
 */
export interface ReportFiles {
  /**
   * Files that match one of the globs, ignored ones included, sorted. No link is followed out of the repository, and
   * neither `.git` nor installed packages are entered; `isComplete` says whether that was all.
   */
  find(
    globs: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ readonly paths: readonly string[]; readonly isComplete: boolean }>;
  /** As {@link RepositoryFiles.read}, for larger files. */
  read(path: string): Promise<ReadResult>;
}

/** One commit, as `git log` tells it. */
export interface Commit {
  readonly hash: string;
  readonly parents: readonly string[];
  readonly authorName: string;
  readonly authorEmail: string;
  /** ISO 8601 with offset. */
  readonly authoredAt: string;
  readonly committedAt: string;
  readonly subject: string;
  readonly body: string;
}

/** One file that differs between the two ends of a range. */
export interface ChangedFile {
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'type-changed' | 'submodule';
  /** A name that is not UTF-8 is written as git quotes it, with `\\377` for a byte. */
  readonly path: string;
  /** Where it stood before, for `renamed` and `copied`. */
  readonly oldPath: string | null;
  /** Said of a moved or copied file whose contents are those that it had before. */
  readonly isSameContent?: boolean;
  /** Lines; null for a binary file, and where they were not counted. */
  readonly added: number | null;
  readonly removed: number | null;
  /** Git's modes at the two ends where they differ and both ends have the file: `100644`, `100755` (a program), `120000`. */
  readonly mode?: { readonly before: string; readonly after: string };
  /** The commits of the other repository, for `submodule`; null at an end that has none. */
  readonly submodule?: { readonly before: string | null; readonly after: string | null };
}

/** Who changed which files in one commit. */
export interface CommitPaths {
  readonly hash: string;
  readonly authorName: string;
  readonly authorEmail: string;
  /** ISO 8601 with offset. */
  readonly authoredAt: string;
  readonly subject: string;
  /** Against its first parent, moves as a removal and an addition; none for a merge. */
  readonly paths: readonly string[];
}

/** A tag with the commit that it names, peeled. */
export interface Tag {
  readonly name: string;
  readonly commit: string;
  /** ISO 8601; the tagger's date, or the commit's for a lightweight tag. */
  readonly taggedAt: string;
}

/** From `base` (not included; null: from the root) up to `head`, both resolved commit ids. */
export interface CommitRange {
  readonly base: string | null;
  readonly head: string;
}

/** What git knows, or why it knows nothing (`unavailable` completes the sentence "The history is not known: …"). */
export type HistoryState =
  | {
      readonly kind: 'git';
      readonly head: string;
      readonly branch: string | null;
      readonly isShallow: boolean;
    }
  | { readonly kind: 'unavailable'; readonly detail: string };

/**
 * The history could be opened and then not read: a damaged object, no answer, more commits than are read. The message
 * is for the person.
 */
export class HistoryFailure extends Error {
  override readonly name: string = 'HistoryFailure';
}

/** The repository's history; a call may reject with a `HistoryFailure`. Calls after `state()` said `unavailable` give empty answers. */
export interface History {
  state(signal?: AbortSignal): Promise<HistoryState>;
  /** The commit that a name means; null where it means none. A name that looks like an option is none. */
  resolve(ref: string, signal?: AbortSignal): Promise<string | null>;
  /** The best common ancestor of two commits, by id; null where they share none. */
  mergeBase(first: string, second: string, signal?: AbortSignal): Promise<string | null>;
  /** Tags that are ancestors of `head`. */
  tags(head: string, signal?: AbortSignal): Promise<readonly Tag[]>;
  /** Newest first, merges included. */
  commits(range: CommitRange, signal?: AbortSignal): Promise<readonly Commit[]>;
  changedFiles(range: CommitRange, signal?: AbortSignal): Promise<readonly ChangedFile[]>;
  /** The same without the numbers of lines, which take most of the time. */
  changedPaths(range: CommitRange, signal?: AbortSignal): Promise<readonly ChangedFile[]>;
  /** The newest `limit` commits of a range with the files that each changed, newest first. */
  commitPaths(range: CommitRange, limit: number, signal?: AbortSignal): Promise<readonly CommitPaths[]>;
  fileAt(commit: string, path: string, signal?: AbortSignal): Promise<ReadResult>;
  /** The last commit that touched each path, where there is one. */
  lastCommitOf(path: string, signal?: AbortSignal): Promise<Commit | null>;
  /** The URL of `origin`, or of the only remote, without credentials; null where there is none. */
  remoteUrl(signal?: AbortSignal): Promise<string | null>;
  /** The branch that the remote calls its default (`refs/remotes/origin/HEAD`); null where nothing tells. */
  defaultBranch(signal?: AbortSignal): Promise<string | null>;
}

/** The time of day; the engine has no other. */
export interface Clock {
  now(): Date;
}

/** The commit that a tag or branch names today, or why it is not known. */
export type CommitAnswer =
  | {
      readonly ok: true;
      /** 40 hex digits in lower case, peeled. */
      readonly commit: string;
      /** The full version of which the commit is, where the ref is a moving tag such as `v4` and one was found. */
      readonly version: string | null;
    }
  /** `detail` completes the sentence "<ref> …"; `isFinal`: asking for anything else now is no use either. */
  | { readonly ok: false; readonly detail: string; readonly isFinal: boolean };

/** Where the commits of other repositories' tags and branches are asked for; a call never rejects but for its signal. */
export interface CommitLookup {
  /** Where the answers come from, for people: `api.github.com`. */
  readonly name: string;
  /** @param repository `owner/name`. */
  commitOf(repository: string, ref: string, signal?: AbortSignal): Promise<CommitAnswer>;
}

/** Where the newest releases of repositories are asked for as well. */
export interface ReleaseLookup extends CommitLookup {
  /** The tag of the release that its owners call the latest; `detail` completes "<repository> …". */
  latestRelease(
    repository: string,
    signal?: AbortSignal,
  ): Promise<{ readonly ok: true; readonly tag: string } | Extract<CommitAnswer, { readonly ok: false }>>;
}

/** A node of a shell syntax tree, as tree-sitter's bash grammar names it. Offsets are UTF-16 code units. */
export interface ShellNode {
  readonly type: string;
  readonly span: Span;
  readonly text: string;
  readonly isNamed: boolean;
  /** The parser lost the thread at or below this node. */
  readonly hasError: boolean;
  readonly children: readonly ShellNode[];
  childByField(name: string): ShellNode | null;
}

/** Parses shell text; never throws, and marks what it could not read with `hasError`. */
export interface ShellParser {
  parse(text: string): ShellNode;
}

/**
 * One statement of a SQL text as PostgreSQL's parser gives it: `tree` is its JSON, its `location`s UTF-16 offsets
 * within `text`. Spans are UTF-16. `block` is what a `DO` block runs, or what a function that is made would run; null for
 * every other statement.
 */
export type SqlStatement =
  | {
      readonly ok: true;
      readonly span: Span;
      readonly text: string;
      readonly tree: unknown;
      readonly block: SqlBlock | null;
    }
  | { readonly ok: false; readonly span: Span; readonly text: string; readonly message: string };

/** The statements in the body of a procedural block, or why they are not known (built at run time, another language). */
export interface SqlBlock {
  readonly statements: readonly SqlStatement[];
  readonly unread: string | null;
}

/** Cuts a SQL text into statements and parses each by itself, so that a bad one hides nothing beside it. */
export interface SqlParser {
  parse(text: string): readonly SqlStatement[];
}

/** Parsers that load WebAssembly first; loaded once, when something needs them. */
export interface Parsers {
  shell(): Promise<ShellParser>;
  sql(): Promise<SqlParser>;
}

/** A message to a language model; repository and user text is only ever inside `data`, labelled as such. */
export interface DraftMessage {
  readonly role: 'instruction' | 'data';
  readonly text: string;
}

/** Why a model gave nothing: said to the person in a sentence, and the deterministic result stands. */
export type DraftFailure = 'no-model' | 'no-consent' | 'refused' | 'failed' | 'cancelled';

/** The text that a model wrote, whole, or why there is none. */
export type DraftAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: DraftFailure; readonly detail: string };

/** A language model. It drafts; it never decides, approves or writes. */
export interface DraftModel {
  readonly name: string;
  draft(messages: readonly DraftMessage[], signal: AbortSignal): Promise<DraftAnswer>;
}

/** How a program ended that was run without a shell, or why it did not run to its end (`detail` completes "<program> …"). */
export type ProgramResult =
  | {
      readonly kind: 'ended';
      readonly status: number;
      readonly stdout: string;
      readonly stderr: string;
      /** More was printed than is kept. */
      readonly isCut: boolean;
    }
  | { readonly kind: 'failed'; readonly detail: string };

/** Programs that the person's configuration names; there are none without the person's word. Never rejects but for its signal. */
export interface Programs {
  /** @param argv The program and its arguments, each passed on as it is. */
  run(
    argv: readonly string[],
    options?: { readonly input?: string; readonly timeoutMs?: number },
    signal?: AbortSignal,
  ): Promise<ProgramResult>;
}

/** One artifact of one version, as its registry is asked for it. */
export interface ArtifactQuestion {
  readonly registry: 'oci' | 'npm' | 'pypi' | 'github-release' | 'command';
  /** `ghcr.io/acme/orders`, `@acme/orders`, `acme/orders`; null where a command needs none. */
  readonly name: string | null;
  /** As the registry writes it: the tag, the version. */
  readonly version: string;
  /** The registry's own address, where it is not the public one of its kind. */
  readonly url?: string | null;
  /** A program with its arguments, `{version}` and `{name}` standing for what is asked. */
  readonly command: readonly string[] | null;
  /** The same, to verify signature or attestation; `{reference}`, `{digest}` and `{commit}` too. */
  readonly verify: readonly string[] | null;
  /** The commit that it should have been made from, for `verify`; null where it is not known. */
  readonly commit: string | null;
}

/** A commit that something about an artifact names. What is only read can have been written by anybody who may push. */
export interface CommitClaim {
  /** 7 to 64 hex digits, in lower case. */
  readonly commit: string;
  /** What names it, for people: `the label org.opencontainers.image.revision`. */
  readonly from: string;
  /** The repository that the same source names, as it stands there; null where it names none. */
  readonly repository: string | null;
}

/** A signature or attestation that is kept with an artifact. It was found and read, not verified. */
export interface ArtifactSignature {
  readonly kind: 'signature' | 'provenance' | 'attestation';
  /** Where it was found, for people: `the tag sha256-….att`. */
  readonly where: string;
  /** Whether it says itself that it is about this artifact's digest; null where it could not be read. */
  readonly isAboutThis: boolean | null;
}

/** What a registry tells of an artifact that it has. */
export interface FoundArtifact {
  /** As people write it: `ghcr.io/acme/orders:1.4.0`, `@acme/orders@1.4.0`. */
  readonly reference: string;
  /** `sha256:…`, or another algorithm's; null where the registry tells none. */
  readonly digest: string | null;
  /** Whether the digest was computed here from what the registry sent. */
  readonly isDigestComputed: boolean;
  readonly sizeBytes: number | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly commits: readonly CommitClaim[];
  readonly signatures: readonly ArtifactSignature[];
  /** What the configured command said of its signature; `detail` completes "<reference> …". */
  readonly verification:
    | { readonly kind: 'verified' | 'rejected'; readonly detail: string; readonly namesCommit: boolean }
    | { readonly kind: 'not-verified'; readonly detail: string };
  /** Why it should not be used (yanked, deprecated), in the registry's words; null where nothing says so. */
  readonly withdrawn: string | null;
  /** What could not be read about it, each a clause. */
  readonly notes: readonly string[];
}

/**
 * Whether a registry has an artifact. `detail` is a sentence without a full stop that names what was asked. `corrupt`: it
 * has something whose bytes are not those that the digest names. `option`: the option that would let it be asked.
 */
export type ArtifactAnswer =
  | { readonly kind: 'present'; readonly artifact: FoundArtifact }
  | { readonly kind: 'absent' | 'refused' | 'corrupt'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string; readonly option?: '--online' | '--run-commands' };

/** The registries of artifacts; a call never rejects but for its signal. */
export interface ArtifactRegistry {
  find(question: ArtifactQuestion, signal?: AbortSignal): Promise<ArtifactAnswer>;
}

/** A deployment or a run of a workflow that deploys, as its platform records it. */
export interface RecordedDeployment {
  /** For people: `deployment 42 to production`, `run 7 of deploy.yml`. */
  readonly what: string;
  readonly commit: string;
  /** As the platform says it: `in_progress`, `success`. */
  readonly state: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly url: string | null;
  /** Whether it is this very run, which asks. */
  readonly isOwn: boolean;
}

/** What is being deployed now, and what was; `detail` is a sentence without a full stop. */
export type DeploymentsAnswer =
  | {
      readonly kind: 'known';
      /** Deployments to the environment that have not ended. */
      readonly inProgress: readonly RecordedDeployment[];
      /** Runs of the named workflows that have not ended and may deploy. */
      readonly runs: readonly RecordedDeployment[];
      /** Ended deployments to the environment, newest first, at most ten. */
      readonly history: readonly RecordedDeployment[];
    }
  | { readonly kind: 'refused' | 'unknown'; readonly detail: string };

/** What an address of the target answers; `detail` is a sentence without a full stop. */
export type HealthAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly milliseconds: number }
  | { readonly kind: 'unknown'; readonly detail: string };

/** What is live: asked only with the person's word; a call never rejects but for its signal. */
export interface LiveSystems {
  /** @param question `repository` as `owner/name`; `workflows` by path, those that deploy there. */
  deployments(
    question: {
      readonly repository: string;
      readonly environment: string;
      readonly workflows: readonly string[];
    },
    signal?: AbortSignal,
  ): Promise<DeploymentsAnswer>;
  health(url: string, signal?: AbortSignal): Promise<HealthAnswer>;
}

/** What Prometheus' own checker says of a file of rules; `detail` is what it printed, or a clause. */
export type RuleCheckAnswer =
  { readonly kind: 'sound' } | { readonly kind: 'refused' | 'not-asked'; readonly detail: string };

/** Prometheus' own checker of rules (`promtool check rules`), where it is installed. Never rejects but for its signal. */
export interface RuleChecker {
  check(rules: string, signal?: AbortSignal): Promise<RuleCheckAnswer>;
}

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

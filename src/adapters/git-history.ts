import { spawn } from 'node:child_process';
import path from 'node:path';
import {
  HistoryFailure,
  type ChangedFile,
  type Commit,
  type CommitPaths,
  type CommitRange,
  type History,
  type HistoryState,
  type ReadResult,
  type Tag,
} from '../core/ports';
import { createGitObjects, type GitObjects, type GitStart } from './git-objects';
import { decode, isInsidePath, MAX_FILE_BYTES, tooLarge } from './node-files';

/** Trees without an entry, which git knows without having them: what a root commit is compared with. */
const EMPTY_TREE = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
} as const;

/** More of one commit's body than this is not kept: nobody reads it, and memory is bounded. */
const MAX_BODY_CHARACTERS = 32 * 1024;

/** Beyond these the range is refused with a message rather than cut, since a cut count would be a lie. */
const MAX_COMMITS = 500_000;
const MAX_CHANGED_FILES = 500_000;

/** A git that says nothing for so long hangs on something outside (a dead network drive). */
const SILENCE_LIMIT_MS = 120_000;

const MAX_ERROR_CHARACTERS = 4096;

/**
 * Settings that a repository's own configuration could use to run a program or to bend the output, set to harmless
 * values; each call also says `--no-ext-diff --no-textconv` where it could matter.
 */
const NEUTRAL_SETTINGS = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.askPass=',
  'core.sshCommand=false',
  'core.commitGraph=true',
  'credential.helper=',
  'diff.external=',
  'log.showSignature=false',
  'log.mailmap=false',
  'gpg.program=false',
  'protocol.allow=never',
  'safe.bareRepository=explicit',
  'submodule.recurse=false',
  'core.bigFileThreshold=512m',
  'diff.renameLimit=1000',
];

/** Variables of git that a person may set to say where their configuration is; all others are taken away. */
const KEPT_GIT_VARIABLES = new Set([
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
  'GIT_EXEC_PATH',
]);

/** How the history of a folder may be read. */
export interface GitHistoryOptions {
  /** Whether programs may run for this folder: the editor's workspace trust; asked at each call. */
  readonly isTrusted: boolean | (() => boolean);
  /** The program; `git` as the PATH has it by default. */
  readonly program?: string;
}

/**
 * The history of the git repository that `root` lies in, by the program `git`: no shell, no network, no hook and no
 * program that the repository's configuration names. Paths are from `root`, which may be a folder below the top.
 *
 * Each method rejects with a `HistoryFailure` when git itself fails on a repository that it could
 * open (a damaged object, no answer), and the signal's reason when it is aborted; what can be expected (no git, no
 * repository, no commit, another owner, no trust) is `state()`'s `unavailable`, and then the answers are empty.
 */
export function createGitHistory(root: string, options: GitHistoryOptions): History {
  const folder = path.resolve(root);
  const program = options.program ?? 'git';
  const objects = createGitObjects(gitStart(program, folder));
  /** Ids of objects whose names cannot be asked for, by `commit:path`: as `changedFiles` saw them. */
  const oddNames = new Map<string, string>();
  let isOpened = false;

  const isTrusted = (): boolean =>
    typeof options.isTrusted === 'function' ? options.isTrusted() : options.isTrusted;

  const run = (args: readonly string[], sink: Sink, signal: AbortSignal | undefined): Promise<Exit> =>
    runGit(program, folder, args, sink, signal);

  const text = async (args: readonly string[], signal: AbortSignal | undefined): Promise<TextAnswer> => {
    const chunks: Buffer[] = [];
    let size = 0;
    const exit = await run(
      args,
      (chunk) => {
        size += chunk.length;
        chunks.push(chunk);
        return size <= MAX_FILE_BYTES;
      },
      signal,
    );
    return { ...exit, text: Buffer.concat(chunks).toString('utf8') };
  };

  const state = async (signal?: AbortSignal): Promise<HistoryState> => {
    if (!isTrusted()) return unavailable('the workspace is not trusted');
    const [opened, head, branch] = await Promise.all([
      text(['rev-parse', '--is-shallow-repository', '--is-inside-work-tree'], signal),
      text(['rev-parse', '--verify', '--quiet', '--end-of-options', 'HEAD^{commit}'], signal),
      text(['symbolic-ref', '--quiet', '--short', 'HEAD'], signal),
    ]);
    if (opened.kind === 'no-program') return unavailable('git is not installed, or not on the PATH');
    if (opened.kind === 'failed' || opened.code !== 0) return unavailable(whyNotOpened(opened));
    const [shallow, workTree] = opened.text.split('\n');
    if (workTree === 'false') return unavailable('the folder is inside a .git folder, not in a work tree');
    if (head.kind !== 'ended' || head.code !== 0) {
      return unavailable('the repository has no commit yet');
    }
    isOpened = true;
    return {
      kind: 'git',
      head: head.text.trim(),
      branch: branch.kind === 'ended' && branch.code === 0 ? branch.text.trim() : null,
      isShallow: shallow === 'true',
    };
  };

  const isAvailable = async (signal: AbortSignal | undefined): Promise<boolean> =>
    isTrusted() && (isOpened || (await state(signal)).kind === 'git');

  const one = async (args: readonly string[], signal: AbortSignal | undefined): Promise<string | null> => {
    if (!(await isAvailable(signal))) return null;
    const answer = await text(args, signal);
    if (answer.kind !== 'ended') throw failure(answer);
    const value = answer.text.trim();
    return answer.code === 0 && value !== '' ? value : null;
  };

  /** Streams NUL-separated fields to `take`, which says whether to go on. */
  const fields = async (
    args: readonly string[],
    take: (field: string, bytes: Buffer) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    const splitter = nulSplitter(take);
    const exit = await run(
      args,
      (chunk) => {
        splitter.push(chunk);
        return true;
      },
      signal,
    );
    if (exit.kind !== 'ended' || exit.code !== 0) throw failure(exit);
    splitter.end();
  };

  const log = async (
    args: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<readonly Commit[]> => {
    const commits: Commit[] = [];
    let fieldsOfOne: string[] = [];
    await fields(
      ['log', '-z', ...LOG_OPTIONS, ...args],
      (field) => {
        fieldsOfOne.push(field);
        if (fieldsOfOne.length < LOG_FIELDS) return;
        commits.push(commitOf(fieldsOfOne));
        fieldsOfOne = [];
        if (commits.length > MAX_COMMITS) {
          throw new HistoryFailure(
            `the range has more than ${MAX_COMMITS} commits; name a base nearer to its head`,
          );
        }
      },
      signal,
    );
    return commits;
  };

  /** Whether what is missing may be what the clone left out; asked once, not stopped with the question that needs it. */
  let isPartial: Promise<boolean> | null = null;
  const readIsPartial = async (): Promise<boolean> => {
    const answer = await text(
      ['config', '--get-regexp', '^(extensions\\.partialclone|remote\\..*\\.promisor)$'],
      undefined,
    );
    return answer.kind !== 'ended' || answer.text.trim() !== '';
  };

  const differences = async (
    range: CommitRange,
    how: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<readonly ChangedFile[]> => {
    if (!isRange(range) || !(await isAvailable(signal))) return [];
    const compare = async (options: readonly string[]): Promise<readonly ChangedFile[]> => {
      const reader = diffReader((file, side, id) => {
        const commit = side === 'before' ? range.base : range.head;
        if (commit !== null) oddNames.set(`${commit}:${file}`, id);
      });
      await fields(
        [
          'diff-tree',
          ...['-r', '-z', '--raw', '--relative', '--no-abbrev', ...options],
          ...['--no-ext-diff', '--no-textconv', '--no-color', '--ignore-submodules=none'],
          ...['--end-of-options', range.base ?? emptyTree(range.head), range.head, '--'],
        ],
        reader.take,
        signal,
      );
      return reader.files();
    };
    try {
      return await compare(how);
    } catch (error) {
      if (!(error instanceof LackingContents)) throw error;
      // Names and kinds of change stand in the trees; counts and renames would need the contents.
      return compare(['--no-renames']);
    }
  };

  return {
    state,

    resolve: (ref, signal) =>
      isName(ref)
        ? one(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], signal)
        : Promise.resolve(null),

    mergeBase: (first, second, signal) =>
      isHash(first) && isHash(second)
        ? one(['merge-base', '--end-of-options', first, second], signal)
        : Promise.resolve(null),

    tags: async (head, signal) => {
      if (!isHash(head) || !(await isAvailable(signal))) return [];
      const answer = await text(
        [
          'for-each-ref',
          `--merged=${head}`,
          '--format=%(refname:strip=2)%00%(objectname)%00%(objecttype)%00%(*objectname)%00%(*objecttype)%00%(creatordate:iso-strict)',
          'refs/tags',
        ],
        signal,
      );
      if (answer.kind !== 'ended' || answer.code !== 0) throw failure(answer);
      const tags: Tag[] = [];
      for (const line of answer.text.split('\n')) {
        const [name, object, type, peeled, peeledType, taggedAt] = line.split('\0');
        if (name === undefined || object === undefined || taggedAt === undefined) continue;
        const commit = type === 'commit' ? object : peeledType === 'commit' ? peeled : null;
        // A tag of a tag: older git peels one layer only.
        const resolved =
          commit ??
          (await one(['rev-parse', '--verify', '--quiet', '--end-of-options', `${object}^{commit}`], signal));
        if (resolved) tags.push({ name, commit: resolved, taggedAt });
      }
      return tags;
    },

    commits: async (range, signal) =>
      (await isAvailable(signal)) && isRange(range)
        ? log(['--end-of-options', ...revisions(range), '--'], signal)
        : [],

    changedFiles: (range, signal) => differences(range, ['-M', '--numstat'], signal),

    changedPaths: (range, signal) => differences(range, ['-M'], signal),

    commitPaths: async (range, limit, signal) => {
      if (!isRange(range) || limit < 1 || !(await isAvailable(signal))) return [];
      const reader = commitPathsReader();
      await fields(
        [
          ...['log', '-z', `--max-count=${Math.floor(limit)}`, COMMIT_PATHS_FORMAT, ...LOG_SWITCHES],
          ...['--raw', '--no-abbrev', '--no-renames', '--relative'],
          ...['--ignore-submodules=none', '--end-of-options', ...revisions(range), '--'],
        ],
        reader.take,
        signal,
      );
      return reader.commits();
    },

    fileAt: async (commit, file, signal) => {
      const odd = oddNames.get(`${commit}:${file}`);
      if (odd !== undefined && isTrusted()) return readObject(objects, odd, signal);
      if (!isInsidePath(file)) return refusal('outside', 'lies outside the repository');
      if (!isHash(commit) || !(await isAvailable(signal))) return refusal('missing', 'is not known');
      return readBlob(run, objects, () => (isPartial ??= readIsPartial()), commit, file, signal);
    },

    lastCommitOf: async (file, signal) => {
      if (!isInsidePath(file) || !(await isAvailable(signal))) return null;
      const [last] = await log(['-1', '--end-of-options', 'HEAD', '--', file], signal);
      return last ?? null;
    },

    remoteUrl: async (signal) => {
      if (!(await isAvailable(signal))) return null;
      const answer = await text(['config', '-z', '--get-regexp', '^remote\\..*\\.url$'], signal);
      if (answer.kind !== 'ended') throw failure(answer);
      const remotes = answer.text
        .split('\0')
        .map((entry) => ({
          name: entry.slice('remote.'.length, entry.indexOf('.url\n')),
          url: entry.slice(entry.indexOf('\n') + 1),
        }))
        .filter(({ url }) => url !== '');
      const chosen =
        remotes.find(({ name }) => name === 'origin') ?? (remotes.length === 1 ? remotes[0] : null);
      return chosen ? withoutCredentials(chosen.url) : null;
    },

    defaultBranch: async (signal) => {
      const ref = await one(['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'], signal);
      return ref?.startsWith('origin/') ? ref.slice('origin/'.length) : null;
    },
  };
}

/**
 * A remote's address without user and password. Null where it cannot be read well enough to be sure that none is left.
 * `git@host:path` keeps its user, which is the transport's and no secret.
 */
export function withoutCredentials(url: string): string | null {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) {
    if (/^[^/@:\s]+:[^/@\s]+@/.test(url)) return null;
    return url;
  }
  try {
    const parsed = new URL(url);
    const isSecureShell = parsed.protocol === 'ssh:' || parsed.protocol === 'git+ssh:';
    parsed.password = '';
    if (!isSecureShell) parsed.username = '';
    parsed.search = '';
    parsed.hash = '';
    return parsed.href;
  } catch {
    return null;
  }
}

const LOG_SWITCHES = [
  '--encoding=UTF-8',
  '--no-color',
  '--no-decorate',
  '--no-notes',
  '--no-show-signature',
  '--no-mailmap',
  '--no-ext-diff',
  '--no-textconv',
];
const LOG_OPTIONS = [
  '--format=tformat:%H%x00%P%x00%an%x00%ae%x00%aI%x00%cI%x00%s%x00%b',
  ...LOG_SWITCHES,
  '--no-patch',
];
const LOG_FIELDS = 8;

const COMMIT_PATHS_FORMAT = '--format=tformat:%H%x00%an%x00%ae%x00%aI%x00%s';
const COMMIT_PATHS_FIELDS = 5;

/**
 * Reads the fields of a log with raw differences: those of a commit, then for each file a record that begins with a colon
 * (the first behind a line end), which no commit's id does, and its path. Equal paths and people share their text.
 */
function commitPathsReader(): {
  readonly take: (field: string, bytes: Buffer) => void;
  readonly commits: () => readonly CommitPaths[];
} {
  const known = new Map<string, string>();
  const shared = (text: string): string => {
    const same = known.get(text);
    if (same !== undefined) return same;
    known.set(text, text);
    return text;
  };
  const commits: CommitPaths[] = [];
  let header: string[] = [];
  let paths: string[] = [];
  let isPath = false;
  return {
    take: (field, bytes) => {
      if (isPath) {
        paths.push(shared(pathOf(field, bytes)));
        isPath = false;
        return;
      }
      if (header.length === 0 && /^\n?:/.test(field)) {
        isPath = true;
        return;
      }
      header.push(field);
      if (header.length < COMMIT_PATHS_FIELDS) return;
      const [hash = '', authorName = '', authorEmail = '', authoredAt = '', subject = ''] = header;
      header = [];
      paths = [];
      commits.push({
        hash,
        authorName: shared(authorName),
        authorEmail: shared(authorEmail),
        authoredAt,
        subject: subject.slice(0, MAX_SUBJECT_CHARACTERS),
        paths,
      });
    },
    commits: () => commits,
  };
}

/** Of a commit that is only counted, no more of the subject is kept. */
const MAX_SUBJECT_CHARACTERS = 1000;

/** Takes a piece of output; false stops the program. */
export type Sink = (chunk: Buffer) => boolean;

/** How a call of git ended. */
export type Exit =
  | { readonly kind: 'ended'; readonly code: number; readonly error: string; readonly isCut: boolean }
  | { readonly kind: 'no-program' }
  | { readonly kind: 'failed'; readonly error: string };

type TextAnswer = Exit & { readonly text: string };

function gitStart(program: string, folder: string): GitStart {
  const settings = NEUTRAL_SETTINGS.flatMap((setting) => ['-c', setting]);
  return {
    program,
    args: ['--no-pager', ...settings, '-C', folder],
    // Never the folder itself: Windows looks for programs in the current folder first, where a hostile one may lie.
    cwd: path.dirname(process.execPath),
    env: gitEnvironment(process.env),
  };
}

/** Runs git for a folder as `createGitHistory` says: without a shell, network, hooks or the repository's programs. */
export async function runGit(
  program: string,
  folder: string,
  args: readonly string[],
  sink: Sink,
  signal: AbortSignal | undefined,
): Promise<Exit> {
  signal?.throwIfAborted();
  const { cwd, env, args: before } = gitStart(program, folder);
  const child = spawn(program, [...before, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  return new Promise((resolve, reject) => {
    let error = '';
    let isCut = false;
    let thrown: { readonly reason: unknown } | null = null;
    const stop = (): void => void child.kill('SIGKILL');
    const giveUp = (): void => {
      thrown ??= { reason: new HistoryFailure(`git gave no answer for ${SILENCE_LIMIT_MS / 1000} seconds`) };
      stop();
    };
    let silence = setTimeout(giveUp, SILENCE_LIMIT_MS);
    const abort = (): void => {
      thrown ??= { reason: signal?.reason };
      stop();
    };
    signal?.addEventListener('abort', abort, { once: true });
    const finish = (settle: () => void): void => {
      clearTimeout(silence);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    child.stdout.on('data', (chunk: Buffer) => {
      clearTimeout(silence);
      silence = setTimeout(giveUp, SILENCE_LIMIT_MS);
      if (isCut || thrown) return;
      try {
        if (sink(chunk)) return;
        isCut = true;
      } catch (reason) {
        thrown = { reason };
      }
      stop();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (error.length < MAX_ERROR_CHARACTERS) error += chunk.toString('utf8');
    });
    child.on('error', (reason: NodeJS.ErrnoException) => {
      finish(() => {
        if (thrown) reject(asError(thrown.reason));
        else
          resolve(
            reason.code === 'ENOENT' ? { kind: 'no-program' } : { kind: 'failed', error: reason.message },
          );
      });
    });
    child.on('close', (code) => {
      finish(() => {
        if (thrown) reject(asError(thrown.reason));
        else
          resolve({
            kind: 'ended',
            code: isCut ? 0 : (code ?? 1),
            error: error.slice(0, MAX_ERROR_CHARACTERS),
            isCut,
          });
      });
    });
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function gitEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^GIT_/i.test(name) || KEPT_GIT_VARIABLES.has(name.toUpperCase()),
  );
  return {
    ...Object.fromEntries(kept),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_LAZY_FETCH: '1',
    // An empty list: a partial clone must not fetch what it lacks (older git does not know GIT_NO_LAZY_FETCH).
    GIT_ALLOW_PROTOCOL: '',
    GIT_ATTR_NOSYSTEM: '1',
    // What everybody else gets from the same commit ids, not what this clone puts in their place.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: process.platform === 'win32' ? 'NUL' : '/dev/null',
    LC_ALL: 'C',
    LANGUAGE: '',
  };
}

function unavailable(detail: string): HistoryState {
  return { kind: 'unavailable', detail };
}

function whyNotOpened(answer: Exit): string {
  const error = 'error' in answer ? answer.error : '';
  if (error.includes('dubious ownership')) {
    return 'git does not trust the folder because another user owns it; if you trust it, run `git config --global --add safe.directory <folder>`';
  }
  if (error.includes('not a git repository')) return 'this is no git repository';
  if (error.includes('cannot use bare repository')) return 'the folder is a bare repository, without files';
  return `git could not open the repository (${firstLine(error)})`;
}

/** A partial clone lacks a file's contents, and nothing is fetched. */
class LackingContents extends HistoryFailure {
  override readonly name = 'LackingContents';
}

const LACKING =
  'the clone is partial and lacks contents that are needed; fetch them with `git fetch --refetch`';

function lacksContents(error: string): boolean {
  return /lazy fetching disabled|promisor remote|transport '[^']*' not allowed/.test(error);
}

function failure(exit: Exit): Error {
  switch (exit.kind) {
    case 'no-program':
      return new HistoryFailure('git is not installed, or not on the PATH');
    case 'failed':
    case 'ended':
      return lacksContents(exit.error)
        ? new LackingContents(`git could not read the history (${LACKING})`)
        : new HistoryFailure(`git could not read the history (${firstLine(exit.error)})`);
    default:
      return exit satisfies never;
  }
}

function firstLine(error: string): string {
  const lines = error.split('\n').filter((each) => each.trim() !== '');
  const line = lines.find((each) => /^(?:fatal|error): /.test(each)) ?? lines[0];
  return line ? line.replace(/^(?:fatal|error): /, '').slice(0, 300) : 'it gave no reason';
}

function refusal(reason: Exclude<ReadResult, { ok: true }>['reason'], detail: string): ReadResult {
  return { ok: false, reason, detail };
}

/** Whether a person's word can be a name of a commit: no option, no search, no range, one line. */
function isName(ref: string): boolean {
  return ref !== '' && ref.length <= 1024 && !/^[-:^]|\.\.|[\u0000-\u001f\u007f]/.test(ref);
}

function isHash(value: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}

function isRange(range: CommitRange): boolean {
  return isHash(range.head) && (range.base === null || isHash(range.base));
}

function revisions(range: CommitRange): readonly string[] {
  return [range.base === null ? range.head : `${range.base}..${range.head}`];
}

function emptyTree(head: string): string {
  return head.length === 64 ? EMPTY_TREE.sha256 : EMPTY_TREE.sha1;
}

function commitOf(fields: readonly string[]): Commit {
  const [
    hash = '',
    parents = '',
    authorName = '',
    authorEmail = '',
    authoredAt = '',
    committedAt = '',
    subject = '',
    body = '',
  ] = fields;
  return {
    hash,
    parents: parents === '' ? [] : parents.split(' '),
    authorName,
    authorEmail,
    authoredAt,
    committedAt,
    subject: subject.slice(0, MAX_BODY_CHARACTERS),
    body: body.slice(0, MAX_BODY_CHARACTERS).trimEnd(),
  };
}

/** Cuts a stream of bytes at NUL; a character that two pieces share stays whole. */
function nulSplitter(take: (field: string, bytes: Buffer) => void): {
  push(chunk: Buffer): void;
  end(): void;
} {
  let rest: Buffer[] = [];
  const give = (piece: Buffer): void => {
    const bytes = rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
    rest = [];
    take(bytes.toString('utf8'), bytes);
  };
  return {
    push: (chunk) => {
      let start = 0;
      for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
        give(chunk.subarray(start, end));
        start = end + 1;
      }
      if (start < chunk.length) rest.push(chunk.subarray(start));
    },
    end: () => {
      if (rest.length > 0) give(Buffer.alloc(0));
    },
  };
}

/** A path as it is shown and asked for: its text, or for bytes that are no UTF-8 what git writes for them (`\\377`). */
function pathOf(text: string, bytes: Buffer): string {
  if (!text.includes('\uFFFD') || Buffer.from(text, 'utf8').equals(bytes)) return text;
  return [...bytes]
    .map((byte) =>
      byte === 92
        ? '\\\\'
        : byte >= 32 && byte < 127
          ? String.fromCharCode(byte)
          : `\\${byte.toString(8).padStart(3, '0')}`,
    )
    .join('');
}

/** Names that cannot be asked for in one line of text, or that no portable path has: found by the object's id instead. */
function isOddName(file: string): boolean {
  return /[\n\\]/.test(file);
}

const NO_MODE = '000000';
const SUBMODULE_MODE = '160000';

interface RawEntry {
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
  readonly status: string;
}

/** Reads the fields of `git diff-tree -r -z --raw --numstat`: all raw records first, then the counts. */
function diffReader(sawOdd: (file: string, side: 'before' | 'after', id: string) => void): {
  readonly take: (field: string, bytes: Buffer) => void;
  readonly files: () => readonly ChangedFile[];
} {
  type Raw = Omit<ChangedFile, 'added' | 'removed'>;
  const raws: Raw[] = [];
  const counts = new Map<string, { added: number | null; removed: number | null }>();
  let pending:
    | {
        readonly kind: 'raw';
        readonly entry: RawEntry;
        readonly paths: string[];
      }
    | { readonly kind: 'count'; readonly added: string; readonly removed: string; readonly paths: string[] }
    | null = null;

  const addRaw = (entry: RawEntry, paths: readonly string[]): void => {
    const [first = '', second] = paths;
    const { oldMode, newMode, oldId, newId, status } = entry;
    const isSubmodule = oldMode === SUBMODULE_MODE || newMode === SUBMODULE_MODE;
    if (isOddName(first)) sawOdd(first, 'before', oldId);
    if (isOddName(second ?? first)) sawOdd(second ?? first, 'after', newId);
    raws.push({
      status: isSubmodule ? 'submodule' : statusOf(status),
      path: second ?? first,
      oldPath: second === undefined ? null : first,
      ...(second !== undefined && oldId === newId ? { isSameContent: true } : {}),
      ...(oldMode !== newMode && oldMode !== NO_MODE && newMode !== NO_MODE && !isSubmodule
        ? { mode: { before: oldMode, after: newMode } }
        : {}),
      ...(isSubmodule
        ? {
            submodule: {
              before: oldMode === SUBMODULE_MODE ? oldId : null,
              after: newMode === SUBMODULE_MODE ? newId : null,
            },
          }
        : {}),
    });
    if (raws.length > MAX_CHANGED_FILES) {
      throw new HistoryFailure(
        `the range changes more than ${MAX_CHANGED_FILES} files; name a base nearer to its head`,
      );
    }
  };
  const addCount = (file: string, added: string, removed: string): void => {
    const lines = (value: string): number | null => (value === '-' ? null : Number(value));
    counts.set(file, { added: lines(added), removed: lines(removed) });
  };

  return {
    take: (field, bytes) => {
      if (pending) {
        pending.paths.push(pathOf(field, bytes));
        if (pending.kind === 'raw') {
          const wanted = /^[RC]/.test(pending.entry.status) ? 2 : 1;
          if (pending.paths.length < wanted) return;
          addRaw(pending.entry, pending.paths);
        } else {
          if (pending.paths.length < 2) return;
          addCount(pending.paths[1] ?? '', pending.added, pending.removed);
        }
        pending = null;
        return;
      }
      if (field.startsWith(':')) {
        const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = field.slice(1).split(' ');
        pending = { kind: 'raw', entry: { oldMode, newMode, oldId, newId, status }, paths: [] };
        return;
      }
      const first = field.indexOf('\t');
      const second = field.indexOf('\t', first + 1);
      if (first === -1 || second === -1) return;
      const added = field.slice(0, first);
      const removed = field.slice(first + 1, second);
      const head = Buffer.byteLength(field.slice(0, second + 1));
      const file = pathOf(field.slice(second + 1), bytes.subarray(head));
      // A rename has an empty path here, and its two paths in fields of their own.
      if (file === '') pending = { kind: 'count', added, removed, paths: [] };
      else addCount(file, added, removed);
    },
    files: () => raws.map((raw) => ({ ...raw, ...(counts.get(raw.path) ?? { added: null, removed: null }) })),
  };
}

function statusOf(letter: string): ChangedFile['status'] {
  switch (letter.charAt(0)) {
    case 'A':
      return 'added';
    case 'D':
      return 'deleted';
    case 'R':
      return 'renamed';
    case 'C':
      return 'copied';
    case 'T':
      return 'type-changed';
    default:
      return 'modified';
  }
}

/** A file as it was, by the program that is open for that; where it does not tell, by one that says why. */
async function readBlob(
  run: (args: readonly string[], sink: Sink, signal: AbortSignal | undefined) => Promise<Exit>,
  objects: GitObjects,
  isPartial: () => Promise<boolean>,
  commit: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<ReadResult> {
  // `./` makes the path count from the folder that git runs in, not from the top of the repository.
  const name = `${commit}:./${file}`;
  const object = await objects.ask(name, signal);
  if (object.kind === 'object') {
    if (object.type !== 'blob') return refusal('not-a-file', 'is no file there');
    if (object.size > MAX_FILE_BYTES) return tooLarge(object.size);
    const bytes = await objects.contents(object.id, object.size, signal);
    if (bytes) return decode(bytes);
  }
  if (object.kind === 'missing' && !(await isPartial())) return absent(commit);
  return readBlobAlone(run, name, signal);
}

async function readObject(
  objects: GitObjects,
  id: string,
  signal: AbortSignal | undefined,
): Promise<ReadResult> {
  const object = await objects.ask(id, signal);
  if (object.kind !== 'object') return refusal('refused', `is not in the history here: ${LACKING}`);
  if (object.type !== 'blob') return refusal('not-a-file', 'is no file there');
  if (object.size > MAX_FILE_BYTES) return tooLarge(object.size);
  const bytes = await objects.contents(id, object.size, signal);
  return bytes ? decode(bytes) : refusal('refused', 'cannot be read from the history');
}

async function readBlobAlone(
  run: (args: readonly string[], sink: Sink, signal: AbortSignal | undefined) => Promise<Exit>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<ReadResult> {
  const chunks: Buffer[] = [];
  let size = 0;
  const exit = await run(
    ['cat-file', 'blob', name],
    (chunk) => {
      size += chunk.length;
      chunks.push(chunk);
      return size <= MAX_FILE_BYTES;
    },
    signal,
  );
  if (exit.kind !== 'ended') throw failure(exit);
  if (exit.isCut) return tooLarge(size);
  if (exit.code === 0) return decode(Buffer.concat(chunks));
  if (
    /does not exist in|exists on disk, but not in|path .* not in|Not a valid object name/i.test(exit.error)
  ) {
    return absent(name);
  }
  if (/bad file|not a blob|expected .* to be/i.test(exit.error))
    return refusal('not-a-file', 'is no file there');
  if (lacksContents(exit.error)) return refusal('refused', `is not in the history here: ${LACKING}`);
  return refusal('refused', `cannot be read from the history (${firstLine(exit.error)})`);
}

function absent(commit: string): ReadResult {
  return refusal('missing', `does not exist in commit ${commit.slice(0, 12)}`);
}

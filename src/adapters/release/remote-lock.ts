import { gitCommand, gitErrorInWords, type GitEnd } from './git-command';
import {
  holderInWords,
  holderOf,
  noteBroken,
  readHolder,
  whyNotBroken,
  type Breaking,
  type BreakOutcome,
  type LockHolder,
  type LockRequest,
} from './lock';

/** Where the lock between machines is. */
export interface RemotePlace {
  /** The repository's folder. */
  readonly root: string;
  /** Of the configuration; null where it wants none. */
  readonly remote: string | null;
  readonly environment: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export type RemoteLockOutcome =
  | {
      readonly ok: true;
      readonly holder: LockHolder;
      readonly ref: string;
      /** Takes it away if it is still ours; null, or why it is not gone. */
      release(): Promise<string | null>;
    }
  /** Somebody has it; `holder` is null where what it holds cannot be read. `object` is what the person was shown. */
  | {
      readonly ok: false;
      readonly why: 'held';
      readonly holder: LockHolder | null;
      readonly ref: string;
      readonly object: string;
    }
  /** There is no remote, it cannot be reached, or it takes no such ref: nothing protects against another machine. */
  | { readonly ok: false; readonly why: 'unprotected'; readonly detail: string };

const TIMEOUT_MS = 30_000;
const MAX_ENVIRONMENT_CHARACTERS = 100;

/**
 * The ref that locks an environment between machines: `refs/release-gate/lock/production`. What a ref's name cannot hold, and
 * capitals, which some file systems do not tell from small letters, stand as `%` and two digits for each byte, so that two
 * environments never share a ref. Null for a name that is none.
 */
export function lockRef(environment: string): string | null {
  if (
    environment === '' ||
    environment.length > MAX_ENVIRONMENT_CHARACTERS ||
    Buffer.from(environment, 'utf8').toString('utf8') !== environment
  )
    return null;
  const name = [...Buffer.from(environment, 'utf8')]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[a-z0-9-]/.test(letter) ? letter : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  return `refs/release-gate/lock/${name}`;
}

/**
 * Takes the lock of an environment on the remote: pushes a commit that says who, when and what to a ref that must not be
 * there (`--force-with-lease=<ref>:`), which the remote decides at once for all. The commit has no parent and an empty tree,
 * so that it says nothing of the code, and every host takes it.
 */
export async function takeRemoteLock(place: RemotePlace, request: LockRequest): Promise<RemoteLockOutcome> {
  const ref = lockRef(place.environment);
  if (ref === null) return unprotected('the environment has no name that a ref can hold');
  const remote = await remoteOf(place);
  if (!remote.ok) return unprotected(remote.detail);
  const holder = await holderOf(request);
  const made = await makeCommit(place, holder);
  if (!made.ok) return unprotected(made.detail);
  const pushed = await push(place, remote.name, ref, '', made.id);
  // Whatever the push says: a lost connection may have come after its success, and each host refuses in words of its own. Asked
  // even where the release was stopped meanwhile, since what was taken has to be given back.
  const there =
    pushed.code === 0
      ? ({ ok: true, object: made.id } as const)
      : await objectAt(unstopped(place), remote.name, ref);
  if (!there.ok) return unprotected(`"${remote.name}" cannot be reached: ${there.detail}`);
  if (there.object === made.id)
    return { ok: true, holder, ref, release: () => drop(place, remote.name, ref, made.id) };
  if (there.object === null)
    return unprotected(`"${remote.name}" took no lock (${ref}): ${gitErrorInWords(pushed)}`);
  return {
    ok: false,
    why: 'held',
    holder: await readRemote(place, remote.name, ref, there.object),
    ref,
    object: there.object,
  };
}

/** Who holds the lock of an environment on the remote; null where nobody does, or nothing can be asked. */
export async function remoteLockHolder(
  place: RemotePlace,
): Promise<{ readonly holder: LockHolder | null; readonly object: string } | null> {
  const ref = lockRef(place.environment);
  const remote = await remoteOf(place);
  if (ref === null || !remote.ok) return null;
  const there = await objectAt(place, remote.name, ref);
  if (!there.ok || there.object === null) return null;
  return { holder: await readRemote(place, remote.name, ref, there.object), object: there.object };
}

/**
 * Takes away the lock of this very run that an earlier process of it left, so that who goes on with the run can take it
 * anew; null, or why it stays.
 */
export async function dropOwnRemoteLock(place: RemotePlace, run: string): Promise<string | null> {
  const ref = lockRef(place.environment);
  const remote = await remoteOf(place);
  if (ref === null || !remote.ok) return 'there is no remote';
  const there = await remoteLockHolder(place);
  if (!there) return null;
  if (there.holder?.run !== run) return 'it is not of this run';
  return drop(place, remote.name, ref, there.object);
}

/**
 * Breaks the lock that a machine left behind: a person does, with a reason, which is recorded in `broken.jsonl` of this
 * machine's state folder. Whether the process that made it still runs cannot be seen from here, and the person has to know.
 *
 * @param object What the person was shown; a lock that is another by now stays.
 * @param folder Where the breaking is recorded.
 */
export async function breakRemoteLock(
  place: RemotePlace,
  object: string,
  breaking: Breaking,
  folder: string,
): Promise<BreakOutcome> {
  const refusal = whyNotBroken(breaking);
  if (refusal !== null) return { ok: false, detail: refusal };
  const ref = lockRef(place.environment);
  const remote = await remoteOf(place);
  if (ref === null || !remote.ok)
    return { ok: false, detail: remote.ok ? 'there is no such lock' : remote.detail };
  const there = await remoteLockHolder(place);
  if (!there) return { ok: false, detail: 'nobody holds it any more' };
  if (there.object !== object)
    return {
      ok: false,
      detail: `it is ${there.holder ? holderInWords(there.holder) : 'somebody else'} that holds it by now`,
    };
  const broken = there.holder ?? unreadHolder(place.environment);
  const noted = await noteBroken(folder, broken, breaking);
  if (noted !== null) return { ok: false, detail: noted };
  const left = await drop(place, remote.name, ref, object);
  return left === null ? { ok: true, broken } : { ok: false, detail: left };
}

function unprotected(detail: string): RemoteLockOutcome {
  return { ok: false, why: 'unprotected', detail };
}

/** What stands for who holds a ref that says nothing. */
function unreadHolder(environment: string): LockHolder {
  return {
    who: 'somebody',
    when: 'an unknown time',
    version: 'an unknown version',
    environment,
    run: 'an unknown run',
    host: 'an unknown machine',
    pid: 0,
    startTime: null,
    token: '',
  };
}

async function remoteOf({
  root,
  remote,
  timeoutMs = TIMEOUT_MS,
  signal,
}: RemotePlace): Promise<
  { readonly ok: true; readonly name: string } | { readonly ok: false; readonly detail: string }
> {
  if (remote === null) return { ok: false, detail: 'the configuration names no remote' };
  // A name, not an address: what may be pushed to, the repository's own configuration says.
  if (!/^[A-Za-z0-9][\w.-]*$/.test(remote))
    return { ok: false, detail: `${JSON.stringify(remote)} is no remote` };
  const told = await gitCommand(root, ['remote', 'get-url', '--push', '--', remote], {
    timeoutMs,
    ...(signal ? { signal } : {}),
  });
  return told.code === 0
    ? { ok: true, name: remote }
    : { ok: false, detail: told.code === null ? told.error : `the repository has no remote "${remote}"` };
}

/** A commit without parents, of nothing, whose message is who holds the lock. */
async function makeCommit(
  place: RemotePlace,
  holder: LockHolder,
): Promise<{ readonly ok: true; readonly id: string } | { readonly ok: false; readonly detail: string }> {
  const tree = await run(place, ['hash-object', '-t', 'tree', '-w', '--stdin']);
  if (tree.code !== 0) return { ok: false, detail: `no lock could be made: ${gitErrorInWords(tree)}` };
  const program = { name: 'Release Gate', email: 'release-gate@localhost' };
  const commit = await run(place, ['commit-tree', tree.stdout.trim()], {
    input: `Release Gate holds ${place.environment}\n\n${JSON.stringify(holder)}\n`,
    environment: {
      GIT_AUTHOR_NAME: program.name,
      GIT_AUTHOR_EMAIL: program.email,
      GIT_AUTHOR_DATE: holder.when,
      GIT_COMMITTER_NAME: program.name,
      GIT_COMMITTER_EMAIL: program.email,
      GIT_COMMITTER_DATE: holder.when,
    },
  });
  const id = commit.stdout.trim();
  return commit.code === 0 && isObject(id)
    ? { ok: true, id }
    : { ok: false, detail: `no lock could be made: ${gitErrorInWords(commit)}` };
}

/** Pushes an object to a ref, or deletes it (`''`), if the remote has there what is expected (`''`: nothing). */
function push(
  place: RemotePlace,
  remote: string,
  ref: string,
  expected: string,
  object: string,
): Promise<GitEnd> {
  return run(place, [
    'push',
    ...['--porcelain', '--no-verify', '--no-follow-tags', '--no-signed', '--recurse-submodules=no'],
    `--force-with-lease=${ref}:${expected}`,
    '--',
    remote,
    `${object}:${ref}`,
  ]);
}

/** A release that was stopped still gives back what it took. */
function unstopped({ root, remote, environment, timeoutMs = TIMEOUT_MS }: RemotePlace): RemotePlace {
  return { root, remote, environment, timeoutMs };
}

async function drop(place: RemotePlace, remote: string, ref: string, object: string): Promise<string | null> {
  const calm = unstopped(place);
  const pushed = await push(calm, remote, ref, object, '');
  if (pushed.code === 0) return null;
  const there = await objectAt(calm, remote, ref);
  if (!there.ok) return `"${remote}" cannot be reached: ${there.detail}`;
  if (there.object === null) return null;
  return there.object === object
    ? `"${remote}" did not let it go: ${gitErrorInWords(pushed)}`
    : 'it was broken, and is held by somebody else now';
}

async function objectAt(
  place: RemotePlace,
  remote: string,
  ref: string,
): Promise<
  { readonly ok: true; readonly object: string | null } | { readonly ok: false; readonly detail: string }
> {
  const listed = await run(place, ['ls-remote', '--', remote, ref]);
  if (listed.code !== 0) return { ok: false, detail: gitErrorInWords(listed) };
  // A pattern matches the end of names as well.
  const line = listed.stdout.split('\n').find((each) => each.split('\t')[1] === ref);
  const object = line?.split('\t')[0] ?? '';
  return { ok: true, object: isObject(object) ? object : null };
}

async function readRemote(
  place: RemotePlace,
  remote: string,
  ref: string,
  object: string,
): Promise<LockHolder | null> {
  await run(place, [
    'fetch',
    ...['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--refmap='],
    '--',
    remote,
    ref,
  ]);
  const read = await run(place, ['cat-file', 'commit', object]);
  if (read.code !== 0) return null;
  const message = read.stdout.slice(read.stdout.indexOf('\n\n') + 2);
  return readHolder(message.slice(message.indexOf('\n\n') + 2).trim());
}

function run(
  { root, timeoutMs = TIMEOUT_MS, signal }: RemotePlace,
  args: readonly string[],
  more: { readonly input?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<GitEnd> {
  return gitCommand(root, args, { timeoutMs, ...(signal ? { signal } : {}), ...more });
}

function isObject(id: string): boolean {
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(id);
}

import { createHash, randomBytes } from 'node:crypto';
import { constants, promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isFields, number, orNull, record, text } from '../../core/release/shape';
import { APPENDING, isFull } from '../append-only';
import { withoutCredentials } from '../git-history';
import { errorCode } from '../node-files';
import { processTable } from './process/processes';

/** Who holds a lock, as the lock itself says. */
export interface LockHolder {
  /** The person who started the run. */
  readonly who: string;
  /** ISO 8601, UTC. */
  readonly when: string;
  readonly version: string;
  readonly environment: string;
  /** The id of the run. */
  readonly run: string;
  readonly host: string;
  readonly pid: number;
  /** Tells the process from a later one with its id; null where the system does not tell. */
  readonly startTime: string | null;
  /** Nobody else's: by which a lock is known as one's own. */
  readonly token: string;
}

/** Who asks for a lock. */
export type LockRequest = Pick<LockHolder, 'who' | 'version' | 'environment' | 'run'> & { readonly at: Date };

/** Whether the process that holds a lock is there. `unknown`: it is on another machine, or in another container. */
export type Liveness = 'alive' | 'gone' | 'unknown';

export type LockOutcome =
  | { readonly ok: true; readonly holder: LockHolder; release(): Promise<string | null> }
  /** Somebody holds it. `gone`: its process is not there any more, so that a person may break it, with a reason. */
  | { readonly ok: false; readonly why: 'held'; readonly holder: LockHolder; readonly liveness: Liveness }
  /** It could be neither made nor read. `detail` completes "The environment cannot be locked: …". */
  | { readonly ok: false; readonly why: 'failed'; readonly detail: string };

/** What became of breaking a lock; `detail` completes "The lock was not broken: …". */
export type BreakOutcome =
  { readonly ok: true; readonly broken: LockHolder } | { readonly ok: false; readonly detail: string };

/** Who breaks a lock, and why. */
export interface Breaking {
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

const MAX_LOCK_BYTES = 16 * 1024;
const MAX_WORD_CHARACTERS = 300;

/**
 * The folder for what belongs to this user on this machine and to no repository: `RELEASE_GATE_STATE`, else as the system
 * has it (`XDG_STATE_HOME`, `LOCALAPPDATA`).
 */
export function stateFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const own = env['RELEASE_GATE_STATE'];
  if (own) return path.resolve(own);
  const home = os.homedir();
  if (platform === 'win32')
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'release-gate');
  const xdg = env['XDG_STATE_HOME'];
  // The specification has relative paths ignored.
  return path.join(xdg && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'state'), 'release-gate');
}

/**
 * What a repository is known by, so that two clones of it on this machine lock each other out: the address of its remote
 * without user, password and ending, else its folder's real path.
 */
export async function repositoryKey(root: string, remoteUrl: string | null): Promise<string> {
  const url = remoteUrl === null ? null : withoutCredentials(remoteUrl);
  if (url === null || url === '') return fs.realpath(root).catch(() => path.resolve(root));
  // A remote that is a folder beside it is the same folder however it is written.
  if (!/^[a-z][a-z0-9+.-]*:\/\/|^[^/\\]+@?[^/\\]+:/i.test(url))
    return fs.realpath(path.resolve(root, url)).catch(() => url);
  const scp = /^(?:([^@/]+)@)?([^:/]{2,}):(?!\/\/)(.+)$/.exec(url);
  const whole = scp ? `ssh://${scp[2] ?? ''}/${scp[3] ?? ''}` : url;
  return whole
    .replace(/^[a-z0-9+.-]+:\/\/(?:[^@/]*@)?([^/]*)/i, (_, host: string) => host.toLowerCase())
    .replace(/(?:\.git)?\/*$/, '');
}

/** Where the lock of an environment is. */
export function lockPath(folder: string, repository: string, environment: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([repository, environment]))
    .digest('hex');
  // The name is for people; the digest is what tells environments apart.
  const shown = environment.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 40);
  return path.join(folder, 'locks', `${shown}-${digest.slice(0, 24)}.json`);
}

/**
 * Takes the lock of an environment on this machine. It is made with all that it says and exclusively, so that of any number
 * of processes exactly one has it, and nobody ever reads half of one. It does not end with its process: what a killed run
 * left behind has to be looked at by a person before anything else is deployed there.
 *
 * `release` gives null, or why the lock is not gone: it was broken and is somebody else's now.
 */
export async function takeLock(file: string, request: LockRequest): Promise<LockOutcome> {
  const holder = await holderOf(request);
  const temporary = `${file}.${holder.token}.tmp`;
  try {
    await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await fs.open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(holder)}\n`, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    await putExclusively(temporary, file);
    return { ok: true, holder, release: () => releaseLock(file, holder.token) };
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EEXIST')
      return {
        ok: false,
        why: 'failed',
        detail: isFull(code)
          ? `${file} could not be written: the disk is full`
          : `${file} could not be written (${code})`,
      };
  } finally {
    await fs.rm(temporary, { force: true }).catch(() => undefined);
  }
  const there = await readLock(file);
  if (there.kind === 'held')
    return { ok: false, why: 'held', holder: there.holder, liveness: await livenessOf(there.holder) };
  return {
    ok: false,
    why: 'failed',
    detail:
      there.kind === 'none'
        ? 'another release held it until just now; try again'
        : `${file} ${there.detail}; look at it, and remove it if nothing is being released`,
  };
}

/** Who is asking, with the process that asks. */
export async function holderOf({ who, version, environment, run, at }: LockRequest): Promise<LockHolder> {
  const own = await processTable()
    .find(process.pid)
    .catch(() => null);
  return {
    who: who.slice(0, MAX_WORD_CHARACTERS),
    when: at.toISOString(),
    version,
    environment,
    run,
    host: os.hostname(),
    pid: process.pid,
    startTime: own?.startTime ?? null,
    token: randomBytes(16).toString('hex'),
  };
}

/** Reads the lock of an environment; null where nobody holds it or it cannot be read. */
export async function lockHolder(file: string): Promise<LockHolder | null> {
  const there = await readLock(file);
  return there.kind === 'held' ? there.holder : null;
}

/** Whether the process that holds a lock is there. */
export async function livenessOf({ host, pid, startTime }: LockHolder): Promise<Liveness> {
  if (host !== os.hostname()) return 'unknown';
  const own = await processTable()
    .find(process.pid)
    .catch(() => null);
  const place = placeOf(own?.startTime);
  const theirs = placeOf(startTime);
  // Ids of processes of another container say nothing here; those of before a restart are gone with it.
  if (place && theirs && place.boot !== theirs.boot) return 'gone';
  if (place && theirs && place.namespace !== theirs.namespace) return 'unknown';
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return 'gone';
  }
  const found = await processTable()
    .find(pid)
    .catch(() => null);
  if (!found) return 'unknown';
  if (found.isZombie) return 'gone';
  return startTime === null ? 'unknown' : found.startTime === startTime ? 'alive' : 'gone';
}

/** The boot and the namespace in a start time of Linux; null elsewhere. */
function placeOf(startTime: string | null | undefined): { boot: string; namespace: string } | null {
  const match = /^([0-9a-f]+)\.(\d*)\.\d+$/.exec(startTime ?? '');
  return match ? { boot: match[1] ?? '', namespace: match[2] ?? '' } : null;
}

/**
 * Breaks the lock that a process left behind which is gone. Only a person does so, with a reason, and it is recorded in
 * `broken.jsonl` beside the locks. Of a process that lives no lock is broken: end it, or let it end; of one that cannot be
 * seen from here (another machine, another container) the person has to know.
 *
 * @param seen The holder that the person was shown; a lock that somebody else holds by now stays.
 */
export async function breakLock(file: string, seen: LockHolder, breaking: Breaking): Promise<BreakOutcome> {
  const refusal = whyNotBroken(breaking);
  if (refusal !== null) return { ok: false, detail: refusal };
  const there = await readLock(file);
  if (there.kind === 'none') return { ok: false, detail: 'nobody holds it any more' };
  if (there.kind === 'unreadable') return { ok: false, detail: `${file} ${there.detail}` };
  if (there.holder.token !== seen.token)
    return { ok: false, detail: `it is ${holderInWords(there.holder)} that holds it by now` };
  if ((await livenessOf(there.holder)) === 'alive')
    return {
      ok: false,
      detail: `${holderInWords(there.holder)} is still at it (process ${there.holder.pid})`,
    };
  // First what is done, then the deed: a lock that went without a word is the worse of the two.
  const noted = await noteBroken(path.dirname(file), there.holder, breaking);
  if (noted !== null) return { ok: false, detail: noted };
  const left = await releaseLock(file, there.holder.token);
  return left === null ? { ok: true, broken: there.holder } : { ok: false, detail: left };
}

/** Why a breaking is none; it has to have a person and a reason. */
export function whyNotBroken({ by, reason }: Breaking): string | null {
  if (by.trim() === '') return 'it is not said who breaks it';
  return reason.trim() === '' ? 'it is not said why' : null;
}

/** Records that a lock was broken; null, or why it could not be recorded. */
export async function noteBroken(
  folder: string,
  broken: LockHolder,
  { by, reason, at }: Breaking,
): Promise<string | null> {
  try {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await fs.open(path.join(folder, 'broken.jsonl'), APPENDING | constants.O_CREAT, 0o600);
    try {
      await handle.appendFile(`${JSON.stringify({ at: at.toISOString(), by, reason, broken })}\n`, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    return null;
  } catch (error) {
    return `it could not be recorded (${errorCode(error)})`;
  }
}

/** `Ada Example with 2.4.0 since 2026-11-26T21:40:31Z (release_2.4.0_production_2026-11-26-2140 on build-7)` */
export function holderInWords({ who, version, when, run, host }: LockHolder): string {
  return `${who} with ${version} since ${when.replace(/\.\d+Z$/, 'Z')} (${run} on ${host})`;
}

/** Reads what a lock says; null for what is none. Whatever it is made of can be shown as it is. */
export function readHolder(words: string): LockHolder | null {
  let value: unknown;
  try {
    value = JSON.parse(words);
  } catch {
    return null;
  }
  if (!isFields(value) || holderShape(value) !== null) return null;
  const { who, when, version, environment, run, host, pid, startTime, token } =
    value as unknown as LockHolder;
  return {
    who: plain(who),
    when: Number.isNaN(Date.parse(when)) ? plain(when) : new Date(when).toISOString(),
    version: plain(version),
    environment: plain(environment),
    run: plain(run),
    host: plain(host),
    pid,
    startTime: startTime === null ? null : plain(startTime),
    token: plain(token),
  };
}

const holderShape = record<LockHolder>({
  who: text,
  when: text,
  version: text,
  environment: text,
  run: text,
  host: text,
  pid: number,
  startTime: orNull(text),
  token: text,
});

function plain(words: string): string {
  return words
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '�')
    .slice(0, MAX_WORD_CHARACTERS);
}

type ReadLock =
  | { readonly kind: 'held'; readonly holder: LockHolder }
  | { readonly kind: 'none' }
  /** `detail` follows the file's name. */
  | { readonly kind: 'unreadable'; readonly detail: string };

async function readLock(file: string): Promise<ReadLock> {
  try {
    const handle = await fs.open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_LOCK_BYTES), 0, MAX_LOCK_BYTES, 0);
      const holder = readHolder(buffer.toString('utf8', 0, bytesRead));
      return holder
        ? { kind: 'held', holder }
        : { kind: 'unreadable', detail: 'is no lock that can be read' };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' ? { kind: 'none' } : { kind: 'unreadable', detail: `cannot be read (${code})` };
  }
}

/** Gives a file a second name that nobody has; rejects with `EEXIST` where somebody has. */
async function putExclusively(temporary: string, file: string): Promise<void> {
  try {
    await fs.link(temporary, file);
  } catch (error) {
    const code = errorCode(error);
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
    // A file system without links: made exclusively all the same, with its text a moment later.
    await fs.copyFile(temporary, file, constants.COPYFILE_EXCL);
  }
}

/** Takes a lock away that is known by its token; null, or why it stays. */
async function releaseLock(file: string, token: string): Promise<string | null> {
  const there = await readLock(file);
  if (there.kind === 'none') return 'it was gone already: somebody broke it';
  if (there.kind === 'unreadable') return `${file} ${there.detail}`;
  if (there.holder.token !== token) return `it was broken, and is held by ${holderInWords(there.holder)} now`;
  // Moved aside first: between reading and removing it could have become somebody else's, and then it is put back.
  const aside = `${file}.${token}.old`;
  try {
    await fs.rename(file, aside);
    const moved = await readLock(aside);
    if (moved.kind === 'held' && moved.holder.token !== token) {
      await fs.link(aside, file).catch(() => undefined);
      await fs.rm(aside, { force: true });
      return `it was broken, and is held by ${holderInWords(moved.holder)} now`;
    }
    await fs.rm(aside, { force: true });
    return null;
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' ? 'it was gone already: somebody broke it' : `it could not be removed (${code})`;
  }
}

import path from 'node:path';
import type { Clock, History } from '../../core/ports';
import { systemClock } from '../clock';
import {
  breakLock,
  holderInWords,
  livenessOf,
  lockPath,
  repositoryKey,
  stateFolder,
  takeLock,
  type LockHolder,
  type LockOutcome,
  type LockRequest,
} from './lock';
import {
  breakRemoteLock,
  dropOwnRemoteLock,
  takeRemoteLock,
  type RemoteLockOutcome,
  type RemotePlace,
} from './remote-lock';

export { stateFolder } from './lock';

/** What an environment is locked for. */
export interface EnvironmentLockOptions {
  readonly root: string;
  readonly history: Pick<History, 'remoteUrl'>;
  /** Whose ref locks it between machines; null for none. */
  readonly remote: string | null;
  readonly environment: string;
  readonly version: string;
  readonly runId: string;
  readonly by: string;
  /** A person's reason to break a lock that was left behind; null where none is broken. */
  readonly breakReason: string | null;
  /** The run is gone on with, so that a lock of its own that its dead process left is taken over. */
  readonly isResumed: boolean;
  readonly clock?: Clock;
  readonly remoteTimeoutMs?: number;
  /** Of this machine's locks; as the system has it by default. */
  readonly folder?: string;
}

/** The lock of one environment, on this machine and between machines. */
export interface EnvironmentLock {
  /** Whether it is held by this process now. */
  readonly isHeld: boolean;
  /** Who holds it and what that protects against, or who stands in the way: a clause for the journal. */
  readonly detail: string;
  /** Takes it, once; later calls say how that went. */
  take(state: unknown, signal: AbortSignal): Promise<{ readonly isHeld: boolean; readonly detail: string }>;
  /** Gives it back, once; says whether all of it is gone. */
  release(): Promise<{ readonly isDone: boolean; readonly detail: string }>;
}

/**
 * The lock of an environment. It is taken when the run asks for it; a run that is gone on with takes it at once, since
 * what it does next may be anything. First this machine's, then the remote's: who has one and not the other gives it back.
 */
export async function openEnvironmentLock(options: EnvironmentLockOptions): Promise<EnvironmentLock> {
  const { root, environment, runId, by, breakReason, isResumed, clock = systemClock } = options;
  const folder = options.folder ?? stateFolder();
  let taken: Promise<{ readonly isHeld: boolean; readonly detail: string }> | null = null;
  let last = { isHeld: false, detail: 'the environment is not locked yet' };
  let local: Extract<LockOutcome, { ok: true }> | null = null;
  let between: Extract<RemoteLockOutcome, { ok: true }> | null = null;
  let released: Promise<{ readonly isDone: boolean; readonly detail: string }> | null = null;

  const request = (): LockRequest => ({
    who: by,
    version: options.version,
    environment,
    run: runId,
    at: clock.now(),
  });
  const placeOf = (signal: AbortSignal): RemotePlace => ({
    root,
    remote: options.remote,
    environment,
    signal,
    ...(options.remoteTimeoutMs === undefined ? {} : { timeoutMs: options.remoteTimeoutMs }),
  });
  const isOwn = (holder: LockHolder | null): boolean => isResumed && holder?.run === runId;

  /** The lock on this machine; `broke` says which was broken for it. */
  const takeHere = async (
    file: string,
  ): Promise<{ readonly refusal: string | null; readonly broke: LockHolder | null }> => {
    const first = await takeLock(file, request());
    if (first.ok) {
      local = first;
      return { refusal: null, broke: null };
    }
    if (first.why === 'failed') return { refusal: first.detail, broke: null };
    const { holder, liveness } = first;
    const held = `${holderInWords(holder)} holds it on this machine`;
    if (liveness === 'alive')
      return { refusal: `${held}, and is at it (process ${holder.pid})`, broke: null };
    const reason = isOwn(holder) ? 'the same run is gone on with' : breakReason;
    if (reason === null) {
      const gone =
        liveness === 'gone' ? 'its process is gone' : 'whether its process is there cannot be seen from here';
      return {
        refusal: `${held}; ${gone}: go on with that run (release-gate resume), or, if you know that nothing of it is left, break the lock with a reason (--break-lock)`,
        broke: null,
      };
    }
    const broken = await breakLock(file, holder, { by, reason, at: clock.now() });
    if (!broken.ok) return { refusal: `the lock was not broken: ${broken.detail}`, broke: null };
    const second = await takeLock(file, request());
    if (second.ok) local = second;
    return {
      refusal: second.ok
        ? null
        : second.why === 'failed'
          ? second.detail
          : `${holderInWords(second.holder)} was faster, and holds it on this machine`,
      broke: holder,
    };
  };

  /** The lock between machines; `note` is what the journal says of it. */
  const takeBetween = async (
    brokeHere: LockHolder | null,
    signal: AbortSignal,
  ): Promise<{ readonly refusal: string | null; readonly note: string }> => {
    const place = placeOf(signal);
    let outcome = await takeRemoteLock(place, request());
    let note = '';
    if (!outcome.ok && outcome.why === 'held') {
      const { holder, object } = outcome;
      const words = holder ? holderInWords(holder) : 'somebody whose lock cannot be read';
      const held = `${words} holds it on "${options.remote ?? ''}" (${outcome.ref})`;
      const isOfThisRun = isOwn(holder);
      // A reason that was given for what was left here is none for what another machine does.
      const isMeant = breakReason !== null && (brokeHere === null || brokeHere.run === holder?.run);
      if (!isOfThisRun && !isMeant)
        return {
          refusal: `${held}: if you know that nothing of it is left, break the lock with a reason (--break-lock)`,
          note,
        };
      if (holder && (await livenessOf(holder)) === 'alive')
        return { refusal: `${held}, and is at it (process ${holder.pid})`, note };
      const why = isOfThisRun
        ? await dropOwnRemoteLock(place, runId)
        : await breakRemoteLock(
            place,
            object,
            { by, reason: breakReason ?? '', at: clock.now() },
            path.join(folder, 'locks'),
          ).then((broken) => (broken.ok ? null : broken.detail));
      if (why !== null) return { refusal: `the lock on the remote was not broken: ${why}`, note };
      if (!isOfThisRun) note = `; the lock of ${words} was broken there`;
      outcome = await takeRemoteLock(place, request());
    }
    if (outcome.ok) {
      between = outcome;
      return { refusal: null, note: `and on "${options.remote ?? ''}" (${outcome.ref})${note}` };
    }
    if (outcome.why === 'held')
      return {
        refusal: `${outcome.holder ? holderInWords(outcome.holder) : 'somebody else'} was faster, and holds it on "${options.remote ?? ''}"`,
        note,
      };
    return {
      refusal: null,
      note: `alone; nothing protects against another machine: ${outcome.detail}${note}`,
    };
  };

  const take = async (signal: AbortSignal): Promise<{ isHeld: boolean; detail: string }> => {
    const url = await options.history.remoteUrl(signal).catch(() => null);
    const file = lockPath(folder, await repositoryKey(root, url), environment);
    const here = await takeHere(file);
    if (here.refusal !== null) return { isHeld: false, detail: here.refusal };
    const there = await takeBetween(here.broke, signal);
    if (there.refusal !== null) {
      await local?.release();
      local = null;
      return { isHeld: false, detail: there.refusal };
    }
    const broken =
      here.broke === null
        ? ''
        : isOwn(here.broke)
          ? '; taken over from the process of this run that is gone'
          : `; the lock of ${holderInWords(here.broke)} was broken by ${by}: ${breakReason ?? ''}`;
    return { isHeld: true, detail: `locked on this machine ${there.note}${broken}` };
  };

  const release = async (): Promise<{ isDone: boolean; detail: string }> => {
    if (taken) await taken.catch(() => undefined);
    const left = [
      ['on the remote', between ? await between.release() : null],
      ['on this machine', local ? await local.release() : null],
    ].flatMap(([where, why]) => (why === null ? [] : [`${where ?? ''}: ${why ?? ''}`]));
    last = { isHeld: false, detail: 'the environment is not locked any more' };
    return left.length === 0
      ? { isDone: true, detail: 'the environment is free' }
      : { isDone: false, detail: `the lock is not given back ${left.join('; ')}` };
  };

  const lock: EnvironmentLock = {
    get isHeld() {
      return last.isHeld;
    },
    get detail() {
      return last.detail;
    },
    take: (_, signal) =>
      (taken ??= take(signal).then((outcome) => {
        last = outcome;
        return outcome;
      })),
    release: () => (released ??= release()),
  };
  if (isResumed) await lock.take(null, new AbortController().signal);
  return lock;
}

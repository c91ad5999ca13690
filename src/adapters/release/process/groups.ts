import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { processTable, type ListedProcess, type ProcessTable } from './processes';

/*
 * What belongs to a script: its process group and session (it leads both); what carries its marker in its environment;
 * and what descends from any of these, remembered by id and start from the time that it was seen. A process that left the
 * session, cleared its environment and was handed to init before anybody looked is not found: docs/deploy-scripts.md says so.
 */

const KILL_LIMIT_MS = 5000;

const LOOK_EVERY_MS = 50;

/** Longer command lines are cut. */
const MAX_COMMAND = 200;

/** What became of a group that was to end. */
export interface GroupEnd {
  /** Whether a look afterwards found nothing of it. */
  readonly isGone: boolean;
  /** What ran when it was told to end: `pid 412 sleep 600 (for 31 s)`. Command lines as they are: to be masked. */
  readonly processes: readonly string[];
  /** What is left, or why nothing was done; ''. A clause without full stop. */
  readonly detail: string;
}

/** How groups are looked at and ended; for tests, and for what a running script has seen of its descendants. */
export interface GroupOptions {
  readonly table?: ProcessTable;
  /** Processes that were seen to descend from the group, by id, with their start. Grows. */
  readonly seen?: Map<number, string>;
  readonly platform?: NodeJS.Platform;
  readonly taskkill?: (pid: number) => Promise<void>;
  /** After SIGKILL, so long for the system to take a process away. */
  readonly killLimitMs?: number;
}

const SEPARATOR = ' run=';

/** A start with the marker of the run's environment behind it, as one text: what is journalled as `startTime`. */
export function markedStart(startTime: string, marker: string): string {
  return `${startTime}${SEPARATOR}${marker}`;
}

function partsOf(startTime: string): { readonly start: string; readonly marker: string | null } {
  const at = startTime.indexOf(SEPARATOR);
  return at === -1
    ? { start: startTime, marker: null }
    : { start: startTime.slice(0, at), marker: startTime.slice(at + SEPARATOR.length) };
}

/** Whether the process of that id is the one that started then; false where it is gone. */
export async function isSameProcess(
  pid: number,
  startTime: string,
  table: ProcessTable = processTable(),
): Promise<boolean> {
  const found = await table.find(pid);
  return found !== null && !found.isZombie && found.startTime === partsOf(startTime).start;
}

/** What runs of a script's group: `pid 412 sleep 600 (for 31 s)`, each as it is, so to be masked before it is shown. */
export async function describeGroup(
  pid: number,
  startTime: string,
  options: GroupOptions = {},
): Promise<readonly string[]> {
  const table = options.table ?? processTable(options.platform);
  return describe(table, await membersOf(pid, startTime, table, options.seen ?? new Map<number, string>()));
}

/**
 * Ends everything of a script's group: SIGTERM, a grace, SIGKILL, and a look whether all is gone. `pid` and `startTime` are
 * those that `onStarted` told, from the journal too: another process that got the id since is never touched. Never rejects.
 */
export async function endGroup(
  pid: number,
  startTime: string,
  graceMs: number,
  options: GroupOptions = {},
): Promise<GroupEnd> {
  const platform = options.platform ?? process.platform;
  const table = options.table ?? processTable(platform);
  const seen = options.seen ?? new Map<number, string>();
  const look = (): Promise<readonly ListedProcess[]> => membersOf(pid, startTime, table, seen);
  const first = await look();
  if (first.length === 0) {
    const strangers = await strangersIn(pid, startTime, table);
    if (strangers.length === 0) return { isGone: true, processes: [], detail: '' };
    const shown = (await describe(table, strangers)).join(', ');
    return {
      isGone: false,
      processes: [],
      detail: `a group of that number runs and was left alone, since nothing shows that it is this one: ${shown}`,
    };
  }
  const processes = await describe(table, first);
  const tell =
    platform === 'win32'
      ? async (members: readonly ListedProcess[]): Promise<void> => {
          // A console program takes no gentle word on Windows: the tree is ended at once.
          for (const member of members) await (options.taskkill ?? taskkill)(member.pid);
        }
      : async (members: readonly ListedProcess[], signal: NodeJS.Signals): Promise<void> => {
          for (const member of members) await send(table, member, signal);
        };

  await tell(first, 'SIGTERM');
  // What is stopped does not hear SIGTERM.
  if (platform !== 'win32') await tell(first, 'SIGCONT');
  let left = await lookUntilGone(look, graceMs);
  const until = performance.now() + (options.killLimitMs ?? KILL_LIMIT_MS);
  // What starts others faster than it is ended is met again.
  while (left.length > 0 && performance.now() < until) {
    await tell(left, 'SIGKILL');
    left = await lookUntilGone(look, 2 * LOOK_EVERY_MS);
  }
  return {
    isGone: left.length === 0,
    processes,
    detail: left.length === 0 ? '' : `still there: ${(await describe(table, left)).join(', ')}`,
  };
}

/** No process has it. */
const NO_PID = -1;

/**
 * Ends everything that carries a marker, whichever group it is in: for what no journal names. Nothing is found where the
 * system shows no process's environment. Never rejects.
 */
export function endMarked(marker: string, graceMs: number, options: GroupOptions = {}): Promise<GroupEnd> {
  return endGroup(NO_PID, markedStart('', marker), graceMs, options);
}

async function lookUntilGone(
  look: () => Promise<readonly ListedProcess[]>,
  limitMs: number,
): Promise<readonly ListedProcess[]> {
  const until = performance.now() + limitMs;
  for (;;) {
    const left = await look();
    if (left.length === 0 || performance.now() >= until) return left;
    await wait(Math.min(LOOK_EVERY_MS, Math.max(1, until - performance.now())));
  }
}

/** A signal to one process, if it is still the one that was looked at. */
async function send(table: ProcessTable, member: ListedProcess, signal: NodeJS.Signals): Promise<void> {
  const now = await table.find(member.pid);
  if (now?.startTime !== member.startTime) return;
  try {
    process.kill(member.pid, signal);
  } catch {
    // Gone meanwhile, or another user's: the look afterwards tells which.
  }
}

function taskkill(pid: number): Promise<void> {
  return new Promise((resolve) => {
    execFile('taskkill.exe', ['/PID', String(pid), '/T', '/F'], { windowsHide: true }, () => resolve());
  });
}

/** Remembers what descends from the group now, for when its parents are gone; cheap where the system lists children. */
export async function noteDescendants(
  pid: number,
  startTime: string,
  seen: Map<number, string>,
  table: ProcessTable,
): Promise<void> {
  const waiting = [pid, ...seen.keys()];
  const looked = new Set<number>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (looked.has(next)) continue;
    looked.add(next);
    const now = await table.find(next);
    const known = next === pid ? partsOf(startTime).start : seen.get(next);
    if (known !== undefined && now?.startTime !== known) {
      if (next !== pid) seen.delete(next);
      continue;
    }
    if (now === null) continue;
    if (next !== pid) seen.set(next, now.startTime);
    const children = await table.childrenOf(next);
    if (children === null) {
      await membersOf(pid, startTime, table, seen);
      return;
    }
    waiting.push(...children);
  }
}

/** Everything of the group that runs, its leader first; what is meant to stay is left out. */
async function membersOf(
  pid: number,
  startTime: string,
  table: ProcessTable,
  seen: Map<number, string>,
): Promise<readonly ListedProcess[]> {
  const { start, marker } = partsOf(startTime);
  const all = await table.list();
  const byId = new Map(all.map((one) => [one.pid, one]));
  const leader = byId.get(pid);
  // While anything of a group or session is left, its id is given to no new process; afterwards it may be.
  const isLeaderOther = leader !== undefined && leader.startTime !== start;
  const own = new Set<ListedProcess>();
  const kept = new Set<ListedProcess>();
  const ofGroup: ListedProcess[] = [];
  // With its leader gone, only the marker, or that it was seen before, tells a group from a later one of the same id.
  let isGroupOurs = leader !== undefined && !isLeaderOther;
  for (const one of all) {
    if (one.pid === process.pid) continue;
    const isSeen = seen.get(one.pid) === one.startTime;
    const isOfGroup = !isLeaderOther && (one.group === pid || one.session === pid);
    const marks = marker === null ? null : await table.marksOf(one.pid);
    const isMarked = marks?.marker === marker && marker !== null;
    if (isMarked && marks?.isKept === true) kept.add(one);
    else if (isSeen || isMarked) own.add(one);
    else if (isOfGroup) ofGroup.push(one);
    if (isOfGroup && (isSeen || isMarked)) isGroupOurs = true;
  }
  if (isGroupOurs) for (const one of ofGroup) own.add(one);
  for (let hasGrown = true; hasGrown;) {
    hasGrown = false;
    for (const one of all) {
      const parent = byId.get(one.parent);
      if (own.has(one) || kept.has(one) || one.pid === process.pid) continue;
      if (parent === undefined || !own.has(parent)) continue;
      own.add(one);
      hasGrown = true;
    }
  }
  for (const one of own) if (one.pid !== pid) seen.set(one.pid, one.startTime);
  return [...own]
    .filter((one) => !one.isZombie)
    .sort((a, b) => Number(b.pid === pid) - Number(a.pid === pid) || a.pid - b.pid);
}

/** Of a group whose leader is gone, what runs under its number and carries no marker: its own rest, or another group by now. */
async function strangersIn(
  pid: number,
  startTime: string,
  table: ProcessTable,
): Promise<readonly ListedProcess[]> {
  const all = await table.list();
  const leader = all.find((one) => one.pid === pid);
  if (leader !== undefined && leader.startTime !== partsOf(startTime).start) return [];
  const { marker } = partsOf(startTime);
  const ofGroup = all.filter((one) => one.group === pid && !one.isZombie && one.pid !== process.pid);
  const marks = await Promise.all(ofGroup.map((one) => table.marksOf(one.pid)));
  // What is meant to stay is no stranger.
  return ofGroup.filter((_one, index) => marks[index]?.isKept !== true || marks[index]?.marker !== marker);
}

async function describe(table: ProcessTable, members: readonly ListedProcess[]): Promise<readonly string[]> {
  return Promise.all(
    members.map(async (member) => {
      const command = (await table.commandOf(member.pid)).replace(/\s+/g, ' ');
      const elapsedMs = await table.elapsedOf(member);
      const shown = command.length > MAX_COMMAND ? `${command.slice(0, MAX_COMMAND)} …` : command;
      return `pid ${member.pid} ${shown}${elapsedMs === null ? '' : ` (for ${Math.round(elapsedMs / 1000)} s)`}`;
    }),
  );
}

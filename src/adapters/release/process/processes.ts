import { execFile } from 'node:child_process';
import { promises as fs } from 'node:fs';

/** What the environment of everything that a release starts holds, so that it is known again wherever it went. */
export const MARKER = 'RELEASE_GATE_RUN';

/** With any value, a program of the script's is meant to stay, and is left alone whatever becomes of the script. */
export const KEEP = 'RELEASE_GATE_KEEP';

/** One process as the system lists it. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  /** The process group, and the session where the system tells it (else the group). */
  readonly group: number;
  readonly session: number;
  /** Tells it from another process that had or gets the same id; opaque. */
  readonly startTime: string;
  /** It ended and nobody has asked how: nothing runs. */
  readonly isZombie: boolean;
}

/** How the processes of a machine are seen. */
export interface ProcessTable {
  list(): Promise<readonly ListedProcess[]>;
  /** Null where there is no such process. */
  find(pid: number): Promise<ListedProcess | null>;
  /** Children of a process; cheap, for following what a script starts. Null: not to be had cheaply. */
  childrenOf(pid: number): Promise<readonly number[] | null>;
  /** Its command line on one line; '' where it is not told. */
  commandOf(pid: number): Promise<string>;
  /** Milliseconds since it started; null where it is not told. */
  elapsedOf(process: ListedProcess): Promise<number | null>;
  /** The value of {@link MARKER} in its environment and whether {@link KEEP} is there; null where that is not told. */
  marksOf(pid: number): Promise<{ readonly marker: string | null; readonly isKept: boolean } | null>;
}

/** The table of the system that this runs on. */
export function processTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  if (platform === 'linux') return procTable();
  return platform === 'win32' ? windowsTable(runQuietly) : psTable(runQuietly);
}

/** Runs a program of the system's and gives what it prints; '' where it fails. */
export type RunQuietly = (program: string, args: readonly string[]) => Promise<string>;

const runQuietly: RunQuietly = (program, args) =>
  new Promise((resolve) => {
    const options = {
      encoding: 'utf8' as const,
      timeout: 10_000,
      maxBuffer: 16 * 1024 * 1024,
      windowsHide: true,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    };
    execFile(program, [...args], options, (_error, stdout) => resolve(stdout));
  });

async function textOf(path: string): Promise<string> {
  return fs.readFile(path, 'utf8').catch(() => '');
}

/**
 * Linux: `/proc`. A start is the tick since boot, within the boot and the namespace of process ids: the same number in
 * another container, or after a restart of the machine, is another process. See `proc(5)`.
 */
export function procTable(root = '/proc'): ProcessTable {
  let place: Promise<string> | null = null;
  const placeOf = async (): Promise<string> => {
    const boot = (await textOf(`${root}/sys/kernel/random/boot_id`)).trim().slice(0, 8);
    const namespace = await fs.readlink(`${root}/self/ns/pid`).catch(() => '');
    return `${boot}.${namespace.replace(/\D/g, '')}`;
  };
  const find = async (pid: number): Promise<ListedProcess | null> => {
    const stat = await textOf(`${root}/${pid}/stat`);
    // The name stands in brackets and may hold anything, brackets and spaces too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (stat === '' || fields.length < 20) return null;
    place ??= placeOf();
    return {
      pid,
      parent: Number(fields[1]),
      group: Number(fields[2]),
      session: Number(fields[3]),
      startTime: `${await place}.${fields[19] ?? ''}`,
      isZombie: fields[0] === 'Z' || fields[0] === 'X',
    };
  };
  return {
    find,
    list: async () => {
      const names = (await fs.readdir(root).catch(() => [])).filter((name) => /^\d+$/.test(name));
      const found = await Promise.all(names.map((name) => find(Number(name))));
      return found.filter((one) => one !== null);
    },
    childrenOf: async (pid) => {
      const threads = await fs.readdir(`${root}/${pid}/task`).catch(() => []);
      const lists = await Promise.all(
        threads.map((thread) => textOf(`${root}/${pid}/task/${thread}/children`)),
      );
      return lists.join(' ').split(/\s+/).filter(Boolean).map(Number);
    },
    commandOf: async (pid) => {
      const line = (await textOf(`${root}/${pid}/cmdline`)).replaceAll('\0', ' ').trim();
      return line === '' ? (await textOf(`${root}/${pid}/comm`)).trim() : line;
    },
    elapsedOf: async ({ startTime }) => {
      const ticks = Number(startTime.split('.').pop());
      const uptime = Number((await textOf(`${root}/uptime`)).split(' ')[0]);
      // 100 ticks a second on every system that Node runs on (`USER_HZ`).
      return Number.isFinite(ticks) && uptime > 0
        ? Math.max(0, Math.round(uptime * 1000 - ticks * 10))
        : null;
    },
    marksOf: async (pid) => {
      const environment = await fs.readFile(`${root}/${pid}/environ`, 'utf8').catch(() => null);
      return environment === null ? null : marksIn(environment.split('\0'));
    },
  };
}

function marksIn(assignments: readonly string[]): { marker: string | null; isKept: boolean } {
  const marker = assignments.find((one) => one.startsWith(`${MARKER}=`));
  return {
    marker: marker?.slice(MARKER.length + 1) ?? null,
    isKept: assignments.some((one) => one.startsWith(`${KEEP}=`) && one.length > KEEP.length + 1),
  };
}

const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s*(.*)$/;

/** macOS and the BSDs: `ps`. The environment of other processes is not told, so that what left the group is known by ancestry alone. */
export function psTable(run: RunQuietly): ProcessTable {
  const rows = async (
    selection: readonly string[],
  ): Promise<readonly (ListedProcess & { command: string })[]> => {
    const text = await run('ps', [
      ...selection,
      '-o',
      'pid=',
      '-o',
      'ppid=',
      '-o',
      'pgid=',
      '-o',
      'stat=',
      '-o',
      'lstart=',
      '-o',
      'command=',
    ]);
    return text.split('\n').flatMap((line) => {
      const match = PS_LINE.exec(line);
      if (!match) return [];
      const [, pid, parent, group, state = '', started = '', command = ''] = match;
      return [
        {
          pid: Number(pid),
          parent: Number(parent),
          group: Number(group),
          session: Number(group),
          startTime: started.replace(/\s+/g, ' '),
          isZombie: state.startsWith('Z'),
          command,
        },
      ];
    });
  };
  return {
    list: () => rows(['-A']),
    find: async (pid) => (await rows(['-p', String(pid)]))[0] ?? null,
    childrenOf: async () => null,
    commandOf: async (pid) => (await rows(['-p', String(pid)]))[0]?.command ?? '',
    elapsedOf: async ({ startTime }) => {
      const started = Date.parse(`${startTime} UTC`);
      return Number.isNaN(started) ? null : Math.max(0, Date.now() - started);
    },
    marksOf: async () => null,
  };
}

/** Windows has no groups: a tree by parents is what there is. Not run on Windows; the reading of what it prints is tested. */
export function windowsTable(run: RunQuietly): ProcessTable {
  const query = async (filter: string): Promise<readonly (ListedProcess & { command: string })[]> => {
    const command = `Get-CimInstance Win32_Process${filter} | ForEach-Object { "$($_.ProcessId)\`t$($_.ParentProcessId)\`t$($_.CreationDate.ToUniversalTime().Ticks)\`t$($_.CommandLine)" }`;
    const text = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command]);
    return text.split(/\r?\n/).flatMap((line) => {
      const [pid = '', parent = '', ticks = '', ...rest] = line.split('\t');
      if (!/^\d+$/.test(pid) || !/^\d+$/.test(ticks)) return [];
      return [
        {
          pid: Number(pid),
          parent: Number(parent),
          group: Number(pid),
          session: Number(pid),
          startTime: ticks,
          isZombie: false,
          command: rest.join('\t'),
        },
      ];
    });
  };
  return {
    list: async () => {
      const all = await query('');
      const starts = new Map(all.map((one) => [one.pid, Number(one.startTime)]));
      // A parent that is gone is still named, and its id may be another's by now: one that is younger than its child.
      return all.map((one) =>
        (starts.get(one.parent) ?? Infinity) > Number(one.startTime) ? { ...one, parent: 0 } : one,
      );
    },
    find: async (pid) => (await query(` -Filter "ProcessId=${pid}"`))[0] ?? null,
    childrenOf: async () => null,
    commandOf: async (pid) => (await query(` -Filter "ProcessId=${pid}"`))[0]?.command ?? '',
    elapsedOf: async () => null,
    marksOf: async () => null,
  };
}

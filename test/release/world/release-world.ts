import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { JournalLine } from '../../../src/core/release/events';
import { BEFORE, GATE_SETTINGS, git, ordersRepository, PROGRAM } from './orders-repository';
import { madeHistory } from './made-history';
import {
  faultyDoor,
  prometheusProgram,
  startRealPrometheus,
  startStandIn,
  type PrometheusFault,
  type PrometheusOptions,
  type RunningPrometheus,
} from './prometheus';

const SERVICE = path.resolve('test/release/world/service');

/** How a version fails, see `service/server.mjs`. */
export interface VersionFaults {
  readonly errorRate?: number;
  readonly latencyMs?: number;
  readonly slowShare?: number;
  readonly isCrashing?: boolean;
  readonly isUnhealthy?: boolean;
  readonly isUnready?: boolean;
  readonly readsFail?: boolean;
  readonly writesFail?: boolean;
  readonly isSilent?: boolean;
  readonly hidesMetrics?: boolean;
  readonly restartsCounters?: boolean;
  readonly queueDepth?: number;
  readonly memoryBytes?: number;
  readonly leakBytes?: number;
}

/** How the platform fails when it is called, a word and its value each, see `service/orders-platform`. */
export type PlatformFaults = readonly (
  | 'change'
  | 'hang'
  | 'hang-stubborn'
  | 'hang-setsid'
  | 'binary'
  | 'secrets'
  | `exit ${number}`
  | `sleep ${number}`
  | `say ${string}`
  | `megabytes ${number}`
)[];

/** Where the watch takes its numbers from. */
export type MetricsFrom = 'prometheus' | 'command' | 'probes';

export interface WorldOptions {
  /** By version; 1.0.0 errs at 1 % by default, as what is made to have been before does. */
  readonly versions?: Readonly<Record<string, VersionFaults>>;
  readonly deploy?: PlatformFaults;
  readonly rollback?: PlatformFaults;
  /** Requests a second. */
  readonly traffic?: number;
  readonly metrics?: MetricsFrom;
  /** Whether a Prometheus of this machine is used where there is one; by default the stand-in, which is there at once. */
  readonly isReal?: boolean;
  /** Parts of `release:` in place of those of the world. */
  readonly release?: Readonly<Record<string, unknown>>;
  /** Parts of `readiness:` in place of those of the world. */
  readonly readiness?: Readonly<Record<string, unknown>>;
  /** Files in place of those of the repository, not committed; null takes one away. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** Of the polls; everything else is in proportion to it. */
  readonly intervalMs?: number;
  /** How many polls the watch window has. */
  readonly polls?: number;
}

/** A command line that runs. */
export interface Running {
  readonly pid: number;
  /** What it has printed so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Its end: a status, or the signal that ended it. */
  readonly ended: Promise<Ended>;
  /** Types a line. */
  type(line: string): void;
  kill(signal?: NodeJS.Signals): void;
}

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A repository, the service that it deploys, people who use it, and what watches it. */
export interface ReleaseWorld {
  readonly root: string;
  readonly remote: string;
  /** Where the platform keeps the state of the service. */
  readonly state: string;
  readonly url: string;
  readonly prometheus: RunningPrometheus | null;
  readonly environment: NodeJS.ProcessEnv;
  /** Starts the built command line in the repository. */
  start(args: readonly string[], options?: { readonly environment?: NodeJS.ProcessEnv }): Running;
  /** Runs it to its end. */
  run(args: readonly string[]): Promise<Ended>;
  setVersion(version: string, faults: VersionFaults): void;
  setPlatform(what: 'deploy' | 'rollback', faults: PlatformFaults): void;
  setTraffic(perSecond: number): void;
  /** Each call of the platform that deployed: version and share. */
  deployments(): readonly string[];
  /** Each call that went back: the version. */
  rollbacks(): readonly string[];
  live(): string;
  /** Names of the runs' folders, oldest first. */
  runs(): readonly string[];
  /** The complete lines of the newest run's journal. */
  journal(run?: string): readonly JournalLine[];
  /** A record of a run. */
  record(run?: string): string;
  /** Processes of the world that the platform or a script left: ids and command lines. */
  leftProcesses(): readonly string[];
  close(): Promise<void>;
}

const RECORDS = 'docs/release/records';

/** Of a real Prometheus: it looks for targets five seconds after it began, and a machine can be busy. */
const START_MS = 7000;

/** Makes a world of its own in temporary folders; {@link ReleaseWorld.close} takes all of it away. */
export async function makeReleaseWorld(options: WorldOptions = {}): Promise<ReleaseWorld> {
  // A machine that is busy misses a scrape now and then; it must not miss all of an interval.
  const { intervalMs = 500, polls = 8, traffic = 50, metrics = 'prometheus' } = options;
  const top = await mkdtemp(path.join(tmpdir(), 'release-gate-world-'));
  const root = path.join(top, 'orders');
  const remote = path.join(top, 'remote.git');
  const state = path.join(top, 'state');
  mkdirSync(path.join(state, 'faults'), { recursive: true });
  mkdirSync(path.join(top, 'bin'));
  symlinkSync(path.join(SERVICE, 'orders-platform'), path.join(top, 'bin', 'orders-platform'));
  writeFileSync(path.join(state, 'live'), `${BEFORE}\n`);

  const setTraffic = (perSecond: number): void =>
    writeFileSync(path.join(state, 'traffic'), String(perSecond));
  const setVersion = (version: string, faults: VersionFaults): void =>
    writeFileSync(path.join(state, 'faults', `${version}.json`), JSON.stringify(faults));
  const setPlatform = (what: 'deploy' | 'rollback', faults: PlatformFaults): void =>
    writeFileSync(path.join(state, 'faults', what), faults.map((line) => `${line}\n`).join(''));
  setVersion(BEFORE, { errorRate: 0.01 });
  setVersion('1.0.1', { errorRate: 0.01 });
  for (const [version, faults] of Object.entries(options.versions ?? {})) setVersion(version, faults);
  if (options.deploy) setPlatform('deploy', options.deploy);
  if (options.rollback) setPlatform('rollback', options.rollback);

  await ordersRepository(root);
  await git(top, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
  await git(root, 'remote', 'add', 'origin', remote);
  await git(root, 'push', '--quiet', 'origin', 'main', '--tags');

  const program = options.isReal ? prometheusProgram() : null;
  const history =
    metrics === 'prometheus'
      ? madeHistory({
          perSecond: traffic,
          stepMs: intervalMs / 2,
          // Its start takes a moment, in which nobody asks the service anything: the past ends when it is over.
          endMs: Date.now() + (program === null ? 0 : START_MS),
        })
      : null;
  if (history) writeFileSync(path.join(state, 'counters.json'), JSON.stringify(history.counters));
  if (metrics === 'command')
    writeFileSync(
      path.join(state, 'past.json'),
      JSON.stringify({ perSecond: traffic, errorRate: options.versions?.[BEFORE]?.errorRate ?? 0.01 }),
    );
  const service = await startService(state);
  const url = `http://127.0.0.1:${service.port}`;
  const prometheus = history
    ? await startPrometheus(program, path.join(top, 'prometheus'), {
        target: `127.0.0.1:${service.port}`,
        scrapeMs: intervalMs / 5,
        history,
      })
    : null;
  await after(Math.max(0, (history?.endMs ?? 0) - Date.now()));
  setTraffic(traffic);

  const token = 'tok_5f2b9d1c77aa4e0e';
  writeFileSync(
    path.join(root, '.env'),
    `ORDERS_URL=${url}\nORDERS_TOKEN=${token}\nORDERS_STATE="${state}"\n`,
  );
  writeFileSync(
    path.join(root, '.github/release-gate.yml'),
    stringify({
      ...GATE_SETTINGS,
      readiness: { ...GATE_SETTINGS.readiness, ...options.readiness },
      release: {
        ...releaseSettings({ metrics, intervalMs, polls, url, prometheus: prometheus?.url ?? null }),
        ...options.release,
      },
    }),
  );
  for (const [file, content] of Object.entries(options.files ?? {})) {
    const whole = path.join(root, file);
    if (content === null) await rm(whole, { recursive: true, force: true });
    else {
      mkdirSync(path.dirname(whole), { recursive: true });
      writeFileSync(whole, content);
    }
  }

  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${path.join(top, 'bin')}${path.delimiter}${process.env.PATH ?? ''}`,
    NO_COLOR: '1',
    FORCE_COLOR: '',
    RELEASE_GATE_STATE: path.join(top, 'locks'),
    // Marks what the world's programs start, whatever becomes of its parents.
    RELEASE_WORLD: top,
  };
  const started = new Set<Running>();

  const start: ReleaseWorld['start'] = (args, { environment: more = {} } = {}) => {
    const running = runProgram(root, args, { ...environment, ...more });
    started.add(running);
    void running.ended.then(() => started.delete(running));
    return running;
  };
  const lines = (file: string): readonly string[] =>
    existsSync(path.join(state, file))
      ? readFileSync(path.join(state, file), 'utf8').split('\n').filter(Boolean)
      : [];
  const runs = (): readonly string[] =>
    existsSync(path.join(root, RECORDS))
      ? readdirSync(path.join(root, RECORDS))
          .filter((name) => name.endsWith('.journal'))
          .map((name) => name.slice(0, -'.journal'.length))
          .sort()
      : [];
  const journalFile = (run: string | undefined): string =>
    path.join(root, RECORDS, `${run ?? runs().at(-1) ?? 'none'}.journal`, 'journal.jsonl');

  return {
    root,
    remote,
    state,
    url,
    prometheus,
    environment,
    start,
    run: (args) => start(args).ended,
    setVersion,
    setPlatform,
    setTraffic,
    deployments: () => lines('deployments'),
    rollbacks: () => lines('rollbacks'),
    live: () => lines('live')[0] ?? '',
    runs,
    journal: (run) => {
      const file = journalFile(run);
      if (!existsSync(file)) return [];
      const text = readFileSync(file, 'utf8');
      return text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as JournalLine);
    },
    record: (run) => readFileSync(path.join(root, RECORDS, `${run ?? runs().at(-1) ?? 'none'}.md`), 'utf8'),
    leftProcesses: () =>
      processesMarked(
        top,
        [...started].map(({ pid }) => pid),
      ),
    close: async () => {
      for (const running of started) running.kill('SIGKILL');
      await Promise.all([...started].map(({ ended }) => ended));
      for (const line of processesMarked(top, [])) {
        try {
          process.kill(Number(line.split(' ')[0]), 'SIGKILL');
        } catch {
          // It ended by itself.
        }
      }
      await prometheus?.close();
      service.child.kill('SIGKILL');
      await rm(top, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** `release:` of the world's configuration: an hour of production in seconds. */
function releaseSettings({
  metrics,
  intervalMs,
  polls,
  url,
  prometheus,
}: {
  readonly metrics: MetricsFrom;
  readonly intervalMs: number;
  readonly polls: number;
  readonly url: string;
  readonly prometheus: string | null;
}): Readonly<Record<string, unknown>> {
  const ms = (times: number): string => `${Math.round(intervalMs * times)}ms`;
  const counted = (name: string, kind: string, from: object): object => ({
    name,
    kind,
    ...(metrics === 'command'
      ? { command: ['sh', 'scripts/count.sh', kind, '{from}', '{to}'] }
      : { ...from, up: 'up{job="orders"}' }),
  });
  return {
    deploy: {
      arguments: ['{version}'],
      'rollback-arguments': ['--rollback', '{target}'],
      idle: '2s',
      limit: '60s',
      grace: '300ms',
    },
    smoke: {
      limit: '20s',
      endpoints: ['GET /orders', 'POST /orders'],
      'base-url': url,
      'test-account': 'smoke@orders.example',
    },
    watch: {
      interval: ms(1),
      window: ms(polls),
      'after-rollback': ms(4),
      'answer-within': ms(10),
      // As many polls as were made before; more would only be asked for in vain.
      'history-days': 0.5,
      ...(prometheus === null ? {} : { prometheus: { url: prometheus } }),
      ...(metrics === 'probes' ? { profile: 'probes' } : {}),
      metrics: [
        { name: 'health', kind: 'health', url: `${url}/health`, timeout: '2s' },
        ...(metrics === 'probes'
          ? [{ name: 'latency', kind: 'slow-requests', url: `${url}/orders`, timeout: '2s' }]
          : [
              counted('error rate', 'errors', {
                bad: 'http_requests_total{status=~"5.."}',
                all: 'http_requests_total',
              }),
              // Where no request is slow a baseline of slow ones goes back for hours: too many calls for a test.
              counted('p99 latency', metrics === 'command' ? 'latency' : 'slow-requests', {
                query: 'http_request_duration_seconds_bucket',
              }),
              counted('request rate', 'traffic', { query: 'http_requests_total' }),
              counted('queue depth', 'saturation', { query: 'orders_queue_depth' }),
            ]),
      ],
    },
  };
}

async function startPrometheus(
  program: string | null,
  folder: string,
  options: PrometheusOptions,
): Promise<RunningPrometheus> {
  const behind =
    program === null ? await startStandIn(options) : await startRealPrometheus(program, folder, options);
  const door = await faultyDoor(behind.url);
  return {
    url: door.url,
    kind: program === null ? 'stand-in' : 'real',
    setFault: (fault: PrometheusFault) => door.setFault(fault),
    close: async () => {
      await door.close();
      await behind.close();
    },
  };
}

async function startService(state: string): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, [path.join(SERVICE, 'server.mjs'), state], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await new Promise<string[]>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (text) => resolve([text]));
    child.once('exit', () => reject(new Error('the service ended before it listened')));
  });
  return { child, port: Number(/\d+$/.exec(line ?? '')?.[0]) };
}

function runProgram(root: string, args: readonly string[], environment: NodeJS.ProcessEnv): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: root,
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  // It may have ended before what is typed arrives.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status, signal) => resolve({ status, signal, out, err }));
  });
  return {
    pid: child.pid ?? 0,
    out: () => out,
    err: () => err,
    ended,
    type: (line) => child.stdin.write(`${line}\n`),
    kill: (signal = 'SIGTERM') => child.kill(signal),
  };
}

/** Processes that carry the mark of a world in their environment, without those that are named. */
function processesMarked(top: string, without: readonly number[]): readonly string[] {
  const mark = `RELEASE_WORLD=${top}`;
  if (process.platform !== 'linux') {
    const shown = execFileSync('ps', ['-axEww', '-o', 'pid=,command='], { encoding: 'utf8' });
    return shown
      .split('\n')
      .filter((line) => line.includes(mark) && !without.includes(Number.parseInt(line, 10)))
      .map((line) => line.trim().slice(0, 200));
  }
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || without.includes(Number(name))) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      // A process that ended and was not waited for shows an empty environment.
      if (!environment.includes(mark)) return [];
      return [`${name} ${readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()}`];
    } catch {
      return [];
    }
  });
}

/** Waits until something is so; an error with what was waited for after `limitMs`. */
export async function until(what: string, isSo: () => boolean, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms for ${what}`);
    await after(10);
  }
}

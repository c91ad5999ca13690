import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createElapsed } from '../src/adapters/release/elapsed';
import { createRunFolder } from '../src/adapters/release/journal-store';
import { Runner, type Performers } from '../src/adapters/release/runner';
import { createRecordWriter } from '../src/cli/release/write-record';
import {
  plainMetric,
  defaultRelease,
  defaultWatch,
  releasePathsOf,
  stagesOf,
  type MetricSettings,
} from '../src/core/evidence/release-settings';
import { ROLLOUTS } from '../src/core/evidence/rollouts';
import type { Answer } from '../src/core/release/events';
import type { RunIdentity, ScriptOutcome } from '../src/core/release/run';
import type { RunSettings } from '../src/core/release/settings';
import { initialState, type ReleaseState } from '../src/core/release/state';
import type { MetricPast, Sample } from '../src/core/release/watch/samples';

/**
 * What the runner itself costs: a whole release with its journal on the disk and its record written at each poll, the metrics
 * answered at once. A day's watch of five metrics, one poll after the other; and from a hard breach to the way back's begin.
 */

const MIB = 1024 * 1024;
const DAY = 1440;

const metric = (name: string, kind: MetricSettings['kind']): MetricSettings => ({
  name,
  kind,
  source: { from: 'check', command: ['true'] },
  ...plainMetric,
  worse: kind === 'traffic' ? 'down' : 'up',
  quantile: 0.99,
});

const METRICS = [
  metric('error rate', 'errors'),
  metric('p99 latency', 'slow-requests'),
  metric('request rate', 'traffic'),
  metric('memory', 'saturation'),
  metric('health', 'health'),
];

const usual = (number: number): Readonly<Record<string, Sample>> => ({
  'error rate': { kind: 'counts', bad: number % 3, all: 1000 },
  'p99 latency': { kind: 'counts', bad: number % 2, all: 1000, softBad: number % 5 },
  'request rate': { kind: 'value', value: 1000 + (number % 7) },
  memory: { kind: 'value', value: 512 + (number % 5) },
  health: { kind: 'check', isWell: true, detail: '', ms: 4 },
});

const past: Readonly<Record<string, MetricPast>> = Object.fromEntries(
  METRICS.map(({ name }) => [
    name,
    {
      baseline: Array.from({ length: 120 }, (_, at) => usual(at)[name] ?? null),
      history: null,
      note: '',
      ...(name === 'p99 latency'
        ? { slow: { baselineMs: 150, hardLe: '0.5', hardMs: 500, softLe: '0.25', softMs: 250 } }
        : {}),
    },
  ]),
);

const outcome: ScriptOutcome = {
  how: 'exited',
  exitCode: 0,
  signal: null,
  tookMs: 1,
  lines: 0,
  bytes: 0,
  outputPath: null,
  tail: [],
  processes: [],
  isGroupGone: true,
  detail: '',
};

interface Measured {
  /** Processor time of a poll, journal and record included, in the first hour and in the last; milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** After the first hour and after all polls. */
  readonly heap: readonly number[];
  /** From the poll that is a hard breach, as it comes, to the call of the script that goes back; milliseconds. */
  readonly breachMs: number;
}

async function run(polls: number): Promise<Measured> {
  const root = mkdtempSync(path.join(tmpdir(), 'release-gate-run-'));
  try {
    const paths = releasePathsOf(defaultRelease);
    const made = await createRunFolder(root, paths.releaseFolder, {
      mode: 'release',
      version: '2.4.0',
      environment: 'production',
      at: new Date(),
    });
    if (!made.ok) throw new Error(made.detail);
    const record = createRecordWriter(root, made.run, made.journal, []);
    const clock = createElapsed(null, { now: () => new Date() });
    const watch = { ...defaultWatch, intervalMs: 1, windowMs: polls, afterRollbackMs: 1, metrics: METRICS };
    const settings: RunSettings = {
      paths,
      watch,
      stages: Object.fromEntries(
        ROLLOUTS.map((rollout) => [rollout, stagesOf(defaultRelease, rollout)]),
      ) as unknown as RunSettings['stages'],
      rollbackArguments: ['--rollback'],
      checklist: [],
      drillWatchMs: 1,
      hooks: [],
      tag: null,
    };
    const identity: RunIdentity = {
      id: made.run.id,
      mode: 'release',
      version: '2.4.0',
      environment: 'production',
      isProduction: true,
      commit: 'c'.repeat(40),
      target: '2.3.0',
      startedBy: { name: 'bench', via: 'file' },
      isUnattended: false,
      engine: 'bench',
    };
    let answer: (given: Answer) => void = () => undefined;
    let asked = '';
    let breachAt = 0;
    let backAt = 0;
    let hasGoneBack = false;
    const heap: number[] = [];
    const cpu: number[] = [];
    let from = process.cpuUsage();
    const spent = (): number => {
      const used = process.cpuUsage(from);
      from = process.cpuUsage();
      return (used.user + used.system) / 1000;
    };
    const look = (state: ReleaseState): void => {
      const { question } = state;
      if (!question || question.id === asked) return;
      asked = question.id;
      const [first] = question.choices;
      if (first) {
        answer({
          question: question.id,
          choice: first.id,
          text: question.phrase ?? '',
          by: { name: 'bench', via: 'file' },
        });
      }
    };
    const performers: Performers = {
      lock: async () => ({ isHeld: true, detail: '' }),
      takeBaseline: async () => ({ isComplete: true, detail: '', past, metrics: METRICS }),
      judgeGate: async () => ({
        items: [],
        isGo: true,
        target: '2.3.0',
        commit: 'c'.repeat(40),
        tickets: [],
        components: [],
        openRisks: [],
        leftovers: [],
        strategies: ['all-at-once'],
        strategyReason: '',
        feasibility: [],
      }),
      async runScript(effect) {
        if (effect.direction === 'back') {
          backAt = performance.now();
          hasGoneBack = true;
        }
        return outcome;
      },
      smoke: async () => ({
        cases: [{ name: 'one', outcome: 'passed', tookMs: 1, detail: '' }],
        isPassed: true,
        detail: '',
      }),
      async poll(number) {
        if (
          !hasGoneBack &&
          (number === 2 || number === 60 || number === polls - 62 || number === polls - 2)
        ) {
          if (number === 60 || number === polls - 2) {
            cpu.push(spent() / 58);
            global.gc?.();
            heap.push(process.memoryUsage().heapUsed / MIB);
          } else spent();
        }
        const isBad = !hasGoneBack && number >= polls - 1;
        if (isBad) breachAt = performance.now();
        const samples = usual(number);
        const health: Sample = { kind: 'check', isWell: !isBad, detail: '', ms: 4 };
        return { number, at: new Date().toISOString(), samples: { ...samples, health } };
      },
      vulnerability: async () => null,
      followUp: async ({ what }) => ({ what, isDone: true, detail: '' }),
      async phaseDone(state) {
        look(state);
        await record.writeSoon();
      },
    };
    const runner = new Runner(initialState, record.journal, performers, clock, (onAnswer) => {
      answer = onAnswer;
      return () => undefined;
    });
    await runner.run({ event: 'started', run: identity, settings });
    await made.journal.close();
    return { firstMs: cpu[0] ?? NaN, lastMs: cpu[1] ?? NaN, heap, breachMs: backAt - breachAt };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function main(name: string | undefined): Promise<void> {
  const measured = name === 'breach' ? await run(130) : await run(DAY);
  console.log(JSON.stringify(measured));
}

void main(process.argv[2]);

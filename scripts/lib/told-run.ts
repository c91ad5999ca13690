// A release under way, told event by event with numbers like those of a real service: for the panel's tests and its picture.
import { plainMetric, type MetricSettings } from '../../src/core/evidence/release-settings';
import {
  defaultRelease,
  defaultWatch,
  releasePathsOf,
  stagesOf,
} from '../../src/core/evidence/release-settings';
import { ROLLOUTS } from '../../src/core/evidence/rollouts';
import type { Effect, JournalLine, ReleaseEvent } from '../../src/core/release/events';
import { lineOf, textOfLine } from '../../src/core/release/journal';
import { step } from '../../src/core/release/machine';
import type { Actor, GateItem } from '../../src/core/release/run';
import { initialState, type ReleaseState } from '../../src/core/release/state';
import type { MetricPast, Sample } from '../../src/core/release/watch/samples';

const MINUTE = 60_000;
const BEGUN = Date.parse('2026-11-26T09:12:04.000Z');
export const GRACE: Actor = { name: 'Grace Hopper', via: 'panel' };

const metric = (
  name: string,
  kind: MetricSettings['kind'],
  rest: Partial<MetricSettings> = {},
): MetricSettings => ({
  name,
  kind,
  source: { from: 'command', command: ['scripts/count.sh', name] },
  ...plainMetric,
  ...rest,
});

const METRICS: readonly MetricSettings[] = [
  metric('error rate', 'errors'),
  metric('p99 latency', 'slow-requests', { quantile: 0.99, unit: 'ms' }),
  metric('request rate', 'traffic', { unit: 'requests' }),
  metric('memory', 'saturation', { unit: '%', limit: 90 }),
  metric('health', 'health'),
];

const ITEMS: readonly GateItem[] = [
  item('deploy-script', 'The deploy script is there', 'pass', 'scripts/deploy.sh is a file that can be run', [
    'scripts/deploy.sh:1',
  ]),
  item('rollback-handled', 'The deploy script goes back', 'pass', 'it reads --rollback and a version', [
    'scripts/deploy.sh:14',
  ]),
  item('approved', 'Somebody approved it', 'pass', 'Ada Lovelace approved 2.4.0 for production', [
    'docs/release/records/approval_2.4.0.md',
  ]),
  item('artifact', 'The version before can be had', 'pass', 'ghcr.io/example/orders:2.3.1 answers', []),
  item(
    'previous-release',
    'The release before is closed',
    'note',
    '2.3.1 has no retrospective yet; write it',
    ['docs/release/records/release_2.3.1_production_2026-11-12-0930.md'],
  ),
];

function item(
  id: string,
  title: string,
  outcome: GateItem['outcome'],
  detail: string,
  evidence: readonly string[],
): GateItem {
  return { id, title, outcome, isBlocking: outcome !== 'note', detail, evidence };
}

/** Numbers that look like chance and are the same each time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** About so many of a count, as counts vary. */
function about(mean: number, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(random() || 0.5)) * Math.cos(2 * Math.PI * random());
  return Math.max(0, Math.round(mean + normal * Math.sqrt(mean)));
}

/** A minute of the service; `errors` is the share of requests that fail. */
function minute(random: () => number, errors: number): Readonly<Record<string, Sample>> {
  const all = about(3400, random);
  return {
    'error rate': { kind: 'counts', bad: Math.min(all, about(all * errors, random)), all },
    'p99 latency': {
      kind: 'counts',
      bad: about(all * 0.004, random),
      all,
      softBad: about(all * 0.01, random),
    },
    'request rate': { kind: 'value', value: all },
    memory: { kind: 'value', value: 61 + random() * 3 },
    health: { kind: 'check', isWell: true, detail: '', ms: 12 },
  };
}

/** How far a told run goes, and what comes. */
export interface ToldRunOptions {
  /** Polls of the watch window. */
  readonly polls?: number;
  /** The share of requests that fail at a poll; before the release it is 0.009. */
  readonly errors?: (poll: number) => number;
  /** In place of the gate's own. */
  readonly items?: readonly GateItem[];
  readonly version?: string;
  readonly environment?: string;
  /** Which of its minute it is, so that several are told apart; the first by default. */
  readonly which?: number;
}

/** A run that is told: its state, its lines, and the way to go on with it. */
export interface ToldRun {
  state(): ReleaseState;
  readonly lines: JournalLine[];
  /** The journal as it stands in its file. */
  text(): string;
  happen(event: ReleaseEvent): void;
  answer(choice: string, text?: string): void;
  /** One more minute of the watch. */
  poll(): void;
}

/** A release of 2.4.0 to production that has come to its watch window, so many polls far. */
export function toldRun({
  polls = 0,
  errors = () => 0.009,
  items = ITEMS,
  version = '2.4.0',
  environment = 'production',
  which = 1,
}: ToldRunOptions = {}): ToldRun {
  let state = initialState;
  let elapsedMs = 0;
  const lines: JournalLine[] = [];
  const random = chance(11);
  const id = `release_${version.replace(/[^\w.-]/g, '') || '0'}_${environment.replace(/[^\w.-]/g, '') || 'x'}_2026-11-26-0912${which > 1 ? `-${which}` : ''}`;
  const write = (entry: ReleaseEvent | Effect): void => {
    const at = new Date(BEGUN + elapsedMs).toISOString();
    lines.push(lineOf(lines.at(-1) ?? null, { at, elapsedMs, entry }));
  };
  const happen = (event: ReleaseEvent): void => {
    write(event);
    const result = step(state, { at: new Date(BEGUN + elapsedMs).toISOString(), elapsedMs, entry: event });
    state = result.state;
    for (const effect of result.effects) write(effect);
  };
  const after = (ms: number, event: ReleaseEvent): void => {
    elapsedMs += ms;
    happen(event);
  };
  const answer = (choice: string, text = ''): void =>
    happen({ event: 'answered', answer: { question: state.question?.id ?? '', choice, text, by: GRACE } });

  const history = Array.from({ length: 1440 }, () => minute(random, 0.009));
  const past = Object.fromEntries(
    METRICS.map(({ name, kind }): [string, MetricPast] => [
      name,
      {
        baseline: history.slice(-30).map((samples) => samples[name] ?? null),
        history: history.map((samples) => samples[name] ?? null),
        note: '',
        ...(kind === 'slow-requests'
          ? { slow: { baselineMs: 290, hardLe: '1', hardMs: 1000, softLe: '0.5', softMs: 500 } }
          : {}),
      },
    ]),
  );
  const baseline: ReleaseEvent = {
    event: 'baseline-taken',
    isComplete: true,
    detail: '30 min and a day of history of 5 metrics',
    past,
    metrics: METRICS,
  };

  happen({
    event: 'started',
    run: {
      id,
      mode: 'release',
      version,
      environment,
      isProduction: true,
      commit: '8f3c2ad91b7e40c6aa5d0e1f2b3c4d5e6f708192',
      target: '2.3.1',
      startedBy: GRACE,
      isUnattended: false,
      engine: '0.1.0',
    },
    settings: {
      paths: releasePathsOf(defaultRelease),
      watch: { ...defaultWatch, metrics: METRICS },
      stages: Object.fromEntries(
        ROLLOUTS.map((rollout) => [rollout, stagesOf(defaultRelease, rollout)]),
      ) as never,
      rollbackArguments: ['--rollback', '2.3.1'],
      checklist: [],
      drillWatchMs: 2 * MINUTE,
      hooks: [],
      tag: null,
    },
  });
  after(300, { event: 'locked', isHeld: true, detail: 'on this machine and on origin' });
  after(4_100, baseline);
  after(7_800, {
    event: 'gate-judged',
    gate: {
      items,
      isGo: items.every(({ outcome, isBlocking }) => outcome === 'pass' || !isBlocking),
      target: '2.3.1',
      commit: '8f3c2ad91b7e40c6aa5d0e1f2b3c4d5e6f708192',
      tickets: [
        { id: 'ORD-118', status: 'done', title: 'number orders from two' },
        { id: 'ORD-121', status: 'done', title: 'say which address is wrong' },
      ],
      components: ['orders', 'checkout'],
      openRisks: [],
      leftovers: [],
      strategies: ['all-at-once', 'manual'],
      strategyReason: 'the change touches no schema and can be taken back by the script',
      feasibility: [
        'error rate: twice its baseline would be seen within 6 min with 3,400 requests a minute',
        'p99 latency: three times its baseline would be seen within 4 min',
      ],
    },
  });
  const told: ToldRun = {
    state: () => state,
    lines,
    text: () => lines.map(textOfLine).join(''),
    happen: (event) => after(1_000, event),
    answer,
    poll: () => {
      elapsedMs += MINUTE;
      const number = (state.watches.at(-1)?.done ?? 0) + 1;
      happen({
        event: 'polled',
        poll: {
          number,
          at: new Date(BEGUN + elapsedMs).toISOString(),
          samples: minute(random, errors(number)),
        },
      });
    },
  };
  if (!state.question || polls === 0) return told;
  elapsedMs += 41_000;
  answer('proceed');
  elapsedMs += 9_000;
  answer('all-at-once');
  elapsedMs += 12_000;
  answer('start', `${environment} ${version}`);
  after(3_900, baseline);
  after(400, { event: 'process-started', direction: 'forward', pid: 48_112, startTime: '4' });
  after(94_000, {
    event: 'script-ended',
    direction: 'forward',
    stage: 0,
    outcome: {
      how: 'exited',
      exitCode: 0,
      signal: null,
      tookMs: 94_000,
      lines: 6,
      bytes: 310,
      outputPath: null,
      tail: [],
      processes: [],
      isGroupGone: true,
      detail: '',
    },
  });
  after(8_200, {
    event: 'smoke-ended',
    direction: 'forward',
    outcome: {
      cases: ['GET /orders', 'POST /orders', 'GET /health'].map((name) => ({
        name,
        outcome: 'passed',
        tookMs: 240,
        detail: '',
      })),
      isPassed: true,
      detail: '',
    },
  });
  for (let poll = 0; poll < polls && !state.verdict; poll++) told.poll();
  return told;
}

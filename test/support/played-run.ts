import {
  plainMetric,
  defaultRelease,
  defaultWatch,
  releasePathsOf,
  stagesOf,
  type MetricSettings,
} from '../../src/core/evidence/release-settings';
import { ROLLOUTS } from '../../src/core/evidence/rollouts';
import type { Demand, Effect, JournalLine, ReleaseEvent } from '../../src/core/release/events';
import { lineOf } from '../../src/core/release/journal';
import { step } from '../../src/core/release/machine';
import type {
  Actor,
  FollowUpOutcome,
  GateOutcome,
  RunIdentity,
  ScriptOutcome,
  SmokeOutcome,
} from '../../src/core/release/run';
import type { RunSettings } from '../../src/core/release/settings';
import { initialState, type Question, type ReleaseState } from '../../src/core/release/state';
import type { MetricPast, Poll, Sample } from '../../src/core/release/watch/samples';

export const ada: Actor = { name: 'Ada Byron', via: 'terminal' };
export const grace: Actor = { name: 'Grace Hopper', via: 'panel' };

const MINUTE = 60_000;

const metric = (part: Partial<MetricSettings> & Pick<MetricSettings, 'name' | 'kind'>): MetricSettings => ({
  source: { from: 'prometheus', query: null, bad: null, all: null, up: null },
  ...plainMetric,
  ...part,
});

export const playedMetrics: readonly MetricSettings[] = [
  metric({ name: 'error rate', kind: 'errors' }),
  metric({ name: 'request rate', kind: 'traffic', worse: 'down' }),
  metric({
    name: 'health',
    kind: 'health',
    source: { from: 'probe', url: 'http://127.0.0.1:8080/health', status: 200, timeoutMs: 1000 },
  }),
];

const quiet: Poll['samples'] = {
  'error rate': { kind: 'counts', bad: 3, all: 1200 },
  'request rate': { kind: 'value', value: 1200 },
  health: { kind: 'check', isWell: true, detail: '', ms: 12 },
};

const past: Readonly<Record<string, MetricPast>> = Object.fromEntries(
  Object.entries(quiet).map(([name, sample]): [string, MetricPast] => [
    name,
    { baseline: Array.from({ length: 30 }, () => sample), history: null, note: '' },
  ]),
);

/** How the world answers the run; everything has an answer by which it is released. */
export interface PlayedWorld {
  readonly run?: Partial<RunIdentity>;
  readonly settings?: Partial<RunSettings>;
  readonly gate?: Partial<GateOutcome>;
  readonly isLocked?: boolean;
  readonly strategy?: string;
  readonly forward?: Partial<ScriptOutcome>;
  readonly back?: Partial<ScriptOutcome>;
  readonly smokes?: Partial<Record<'forward' | 'back', SmokeOutcome>>;
  /** What a poll says in place of what is usual, by its number; of the first watch, or of that after a rollback. */
  readonly polls?: Readonly<Record<number, Poll['samples']>>;
  readonly pollsBack?: Readonly<Record<number, Poll['samples']>>;
  readonly followUps?: Partial<Record<FollowUpOutcome['what'], Omit<FollowUpOutcome, 'what'>>>;
  /** What is said to a question; the usual where it gives nothing. */
  answer?(question: Question): { readonly choice: string; readonly text: string; readonly by?: Actor } | null;
  /** Questions that nobody answers. */
  readonly unanswered?: readonly Question['kind'][];
  /** Before an effect is performed: somebody demands something, or answers what is not asked. */
  meanwhile?(effect: Effect, state: ReleaseState): ReleaseEvent | null;
  /** Stops with the runner gone before this effect's end. */
  crashAt?(effect: Effect): boolean;
}

export interface PlayedRun {
  readonly lines: readonly JournalLine[];
  readonly state: ReleaseState;
}

export const COMMIT = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';

const script: ScriptOutcome = {
  how: 'exited',
  exitCode: 0,
  signal: null,
  tookMs: 42_000,
  lines: 3,
  bytes: 96,
  outputPath: 'docs/release/records/release_2.4.0_production_2026-11-26-2140.journal/output/deploy-0.log',
  tail: [
    '2026-11-26T21:42:01.120Z pulling orders:2.4.0',
    '2026-11-26T21:42:20.904Z swapping',
    '2026-11-26T21:42:40.001Z done',
  ],
  processes: [],
  isGroupGone: true,
  detail: '',
};

const passed: SmokeOutcome = {
  cases: [
    { name: 'read an order', outcome: 'passed', tookMs: 120, detail: 'GET /orders/1: 200' },
    { name: 'write an order', outcome: 'passed', tookMs: 340, detail: 'POST /orders: 201' },
  ],
  isPassed: true,
  detail: '',
};

/** Plays a run with the machine itself and writes its journal with the product's own writer. */
export function playRun(world: PlayedWorld = {}): PlayedRun {
  const lines: JournalLine[] = [];
  let state: ReleaseState = initialState;
  let elapsedMs = 0;
  let waiting: Effect[] = [];
  const start = Date.parse('2026-11-26T21:40:00.000Z');
  const write = (entry: ReleaseEvent | Effect): JournalLine => {
    const line = lineOf(lines.at(-1) ?? null, {
      at: new Date(start + elapsedMs).toISOString(),
      elapsedMs,
      entry,
    });
    lines.push(line);
    return line;
  };
  const happen = (entry: ReleaseEvent): void => {
    elapsedMs += 1000;
    const { at } = write(entry);
    const next = step(state, { at, elapsedMs, entry });
    state = next.state;
    for (const effect of next.effects) write(effect);
    waiting = [...waiting.filter((effect) => state.doing.includes(effect)), ...next.effects];
  };
  const run: RunIdentity = {
    id: 'release_2.4.0_production_2026-11-26-2140',
    mode: 'release',
    version: '2.4.0',
    environment: 'production',
    isProduction: true,
    commit: COMMIT,
    target: '2.3.1',
    startedBy: ada,
    isUnattended: false,
    engine: '1.0.0',
    ...world.run,
  };
  const settings: RunSettings = {
    paths: releasePathsOf(defaultRelease),
    watch: {
      ...defaultWatch,
      windowMs: 6 * MINUTE,
      afterRollbackMs: 3 * MINUTE,
      metrics: playedMetrics,
    },
    stages: Object.fromEntries(
      ROLLOUTS.map((rollout) => [rollout, stagesOf(defaultRelease, rollout)]),
    ) as RunSettings['stages'],
    rollbackArguments: ['--rollback', '2.3.1'],
    checklist: ['Drain the node', 'Copy the build'],
    drillWatchMs: 2 * MINUTE,
    hooks: ['announce', 'tickets-released', 'tickets-back', 'incident-retrospective'],
    tag: 'release/{version}',
    ...world.settings,
  };
  happen({ event: 'started', run, settings });
  for (let turn = 0; turn < 2000 && state.phase !== 'ended'; turn++) {
    const { question } = state;
    const isAnswered = question !== null && world.unanswered?.includes(question.kind) !== true;
    const said = isAnswered ? (world.answer?.(question) ?? usualAnswer(question, state, world)) : null;
    if (question && said) {
      happen({
        event: 'answered',
        answer: { question: question.id, choice: said.choice, text: said.text, by: said.by ?? ada },
      });
      continue;
    }
    const effect = waiting.find(({ effect: name }) => name !== 'poll') ?? waiting[0];
    if (!effect) break;
    const other = world.meanwhile?.(effect, state);
    if (other) {
      happen(other);
      if (!waiting.includes(effect)) continue;
    }
    if (world.crashAt?.(effect)) break;
    waiting = waiting.filter((each) => each !== effect);
    const event = perform(effect, state, world, (dueMs) => {
      elapsedMs = Math.max(elapsedMs, dueMs - 1000);
      return new Date(start + dueMs).toISOString();
    });
    if (event) happen(event);
  }
  return { lines, state };
}

/** Somebody demands it without being asked. */
export function demand(
  what: 'abort' | 'roll-back' | 'take-over' | 'vulnerable',
  reason: string,
): ReleaseEvent {
  return { event: 'demanded', demand: { what, reason, by: grace } };
}

export function skipWatch(reason: string): ReleaseEvent {
  const said: Demand = { what: 'skip-watch', phrase: 'production 2.4.0', reason, by: grace };
  return { event: 'demanded', demand: said };
}

/** What a poll says where the health check fails. */
export function unwell(detail: string): Poll['samples'] {
  const sample: Sample = { kind: 'check', isWell: false, detail, ms: null };
  return { ...quiet, health: sample };
}

/** What a poll says where so many of 1,200 requests failed. */
export function errors(bad: number): Poll['samples'] {
  return { ...quiet, 'error rate': { kind: 'counts', bad, all: 1200 } };
}

function usualAnswer(
  question: Question,
  { gate }: ReleaseState,
  world: PlayedWorld,
): { readonly choice: string; readonly text: string; readonly by?: Actor } | null {
  switch (question.kind) {
    case 'proceed':
      return gate?.isGo ? { choice: 'proceed', text: '' } : { choice: 'abort', text: 'the gate said no-go' };
    case 'strategy':
      return { choice: world.strategy ?? 'all-at-once', text: '' };
    case 'start':
      return { choice: 'start', text: question.phrase ?? '' };
    case 'manual':
      return { choice: 'done', text: 'Copied the build to both nodes' };
    case 'soft':
      return { choice: 'continue', text: '', by: grace };
    case 'interrupted':
      return {
        choice: question.choices.some(({ id }) => id === 'resume') ? 'resume' : 'roll-back',
        text: '',
      };
    default:
      return question.kind satisfies never;
  }
}

function perform(
  effect: Effect,
  state: ReleaseState,
  world: PlayedWorld,
  atDue: (dueMs: number) => string,
): ReleaseEvent | null {
  switch (effect.effect) {
    case 'lock':
      return {
        event: 'locked',
        isHeld: world.isLocked !== true,
        detail: world.isLocked === true ? 'Grace Hopper releases 2.3.9 since 21:30' : 'here and on origin',
      };
    case 'take-baseline':
      return {
        event: 'baseline-taken',
        isComplete: true,
        detail: '',
        past,
        metrics: state.settings?.watch.metrics ?? [],
      };
    case 'judge-gate':
      return {
        event: 'gate-judged',
        gate: {
          items: [
            {
              id: 'deploy-script',
              title: 'The deploy script is there',
              outcome: 'pass',
              isBlocking: true,
              detail: 'scripts/deploy.sh can be run',
              evidence: ['scripts/deploy.sh:1'],
            },
            {
              id: 'rollback-handled',
              title: 'The deploy script goes back',
              outcome: 'pass',
              isBlocking: true,
              detail: 'scripts/deploy.sh handles --rollback by deploying the version that it is given',
              evidence: ['scripts/deploy.sh:14-22'],
            },
          ],
          isGo: true,
          target: '2.3.1',
          commit: COMMIT,
          tickets: [{ id: 'ORD-41', status: 'Ready for Release', title: 'Orders | partial refunds' }],
          components: ['orders'],
          openRisks: ['Refunds touch the ledger'],
          leftovers: [],
          strategies: ['all-at-once', 'canary', 'manual'],
          strategyReason: 'the risk is low, and nothing of it is irreversible',
          feasibility: ['error rate: a doubling is seen in about 4 minutes'],
          ...world.gate,
        },
      };
    case 'run-script':
      return {
        event: 'script-ended',
        direction: effect.direction,
        stage: effect.stage,
        outcome:
          effect.direction === 'back'
            ? {
                ...script,
                tookMs: 21_000,
                outputPath: script.outputPath?.replace('deploy-0', 'rollback') ?? null,
                tail: ['2026-11-26T21:47:00.000Z back on orders:2.3.1'],
                lines: 1,
                ...world.back,
              }
            : { ...script, ...world.forward },
      };
    case 'end-script':
      return null;
    case 'smoke':
      return {
        event: 'smoke-ended',
        direction: effect.direction,
        outcome: world.smokes?.[effect.direction] ?? passed,
      };
    case 'poll': {
      const isBack = state.watches.at(-1)?.of === 'rollback';
      const samples = (isBack ? world.pollsBack : world.polls)?.[effect.number] ?? quiet;
      const poll: Poll = { number: effect.number, at: atDue(effect.dueMs), samples };
      return { event: 'polled', poll };
    }
    case 'expire':
      atDue(effect.dueMs);
      return { event: 'answer-expired', question: effect.question };
    case 'declare':
      return { event: 'declared', verdict: effect.verdict };
    case 'follow-up': {
      const outcome = world.followUps?.[effect.what] ?? { isDone: true, detail: '' };
      return { event: 'followed-up', outcome: { what: effect.what, ...outcome } };
    }
    case 'end':
      return { event: 'ended' };
    default:
      return effect satisfies never;
  }
}

import type {
  MetricSettings,
  MetricSource,
  ReleasePaths,
  StrategyStage,
  WatchSettings,
  WatchTuning,
} from '../evidence/release-settings';
import { defaultTuning, METRIC_KINDS } from '../evidence/release-settings';
import { ROLLOUTS } from '../evidence/rollouts';
import type { Answer, Demand, Effect, ReleaseEvent } from './events';
import {
  FOLLOW_UPS,
  VERDICTS,
  type Actor,
  type FollowUpOutcome,
  type GateItem,
  type GateOutcome,
  type RunIdentity,
  type RunnerProcess,
  type RunOverride,
  type ScriptOutcome,
  type SmokeCase,
  type SmokeOutcome,
  type Verdict,
} from './run';
import type { RunSettings } from './settings';
import {
  flag,
  isFields,
  listOf,
  mapOf,
  number,
  oneOf,
  orAbsent,
  orNull,
  record,
  text,
  variantOf,
  type Shape,
} from './shape';
import type { MetricPast, Poll, Sample } from './watch/samples';

const actor = record<Actor>({ name: text, via: oneOf(['terminal', 'panel', 'file']) });
const direction = oneOf(['forward', 'back']);
const texts = listOf(text);

const stage = record<StrategyStage>({ name: text, arguments: texts, watchMs: number });

const source = variantOf('from', {
  prometheus: record<Extract<MetricSource, { from: 'prometheus' }>>({
    query: orNull(text),
    bad: orNull(text),
    all: orNull(text),
    up: orNull(text),
  }),
  command: record<Extract<MetricSource, { from: 'command' }>>({ command: texts }),
  probe: record<Extract<MetricSource, { from: 'probe' }>>({ url: text, status: number, timeoutMs: number }),
  check: record<Extract<MetricSource, { from: 'check' }>>({ command: texts }),
} satisfies Record<MetricSource['from'], Shape>);

const metric = record<MetricSettings>({
  name: text,
  kind: oneOf(METRIC_KINDS),
  source,
  isRequired: flag,
  worse: oneOf(['up', 'down']),
  unit: text,
  limit: orNull(number),
  quantile: orNull(number),
  hardTimes: orNull(number),
  softTimes: orNull(number),
});

const watch = record<WatchSettings>({
  rule: oneOf(['confirmed', 'literal']),
  windowMs: number,
  intervalMs: number,
  afterRollbackMs: number,
  answerWithinMs: number,
  evidenceHard: number,
  evidenceSoft: number,
  ratioHard: number,
  ratioSoft: number,
  latencyHard: number,
  latencySoft: number,
  errorCeiling: orNull(number),
  p95Times: orNull(number),
  profile: oneOf(['metrics', 'probes']),
  metrics: listOf(metric),
  tuning: record<WatchTuning>({
    ...Object.fromEntries(Object.keys(defaultTuning).map((name) => [name, number])),
    ratios: listOf(number),
    ratioWeights: listOf(number),
    uncalibratedTimes: orNull(number),
  }),
});

const settings = record<RunSettings>({
  paths: record<ReleasePaths>({ releaseFolder: text, deployScript: text, leftovers: text }),
  watch,
  stages: record<RunSettings['stages']>(
    Object.fromEntries(ROLLOUTS.map((rollout) => [rollout, listOf(stage)])),
  ),
  rollbackArguments: texts,
  checklist: texts,
  drillWatchMs: number,
  hooks: texts,
  tag: orNull(text),
});

const identity = record<RunIdentity>({
  id: text,
  mode: oneOf(['release', 'rollback', 'drill']),
  version: text,
  environment: text,
  isProduction: flag,
  commit: orNull(text),
  target: orNull(text),
  startedBy: actor,
  isUnattended: flag,
  engine: text,
});

const runner = record<RunnerProcess>({ pid: number, startTime: text, host: text });

const gate = record<GateOutcome>({
  items: listOf(
    record<GateItem>({
      id: text,
      title: text,
      outcome: oneOf(['pass', 'fail', 'unknown', 'note']),
      isBlocking: flag,
      detail: text,
      evidence: texts,
    }),
  ),
  isGo: flag,
  target: orNull(text),
  commit: orNull(text),
  tickets: listOf(record<GateOutcome['tickets'][number]>({ id: text, status: text, title: text })),
  components: texts,
  openRisks: texts,
  leftovers: texts,
  strategies: listOf(oneOf(ROLLOUTS)),
  strategyReason: text,
  feasibility: texts,
});

const sample = variantOf('kind', {
  counts: record<Extract<Sample, { kind: 'counts' }>>({ bad: number, all: number }),
  value: record<Extract<Sample, { kind: 'value' }>>({ value: number }),
  check: record<Extract<Sample, { kind: 'check' }>>({ isWell: flag, detail: text, ms: orNull(number) }),
  'no-traffic': record({}),
  // Which reasons there are grows with the sources; a new one is no reason not to read the poll.
  missing: record<Extract<Sample, { kind: 'missing' }>>({ why: text, detail: text }),
} satisfies Record<Sample['kind'], Shape>);

const past = record<MetricPast>({
  baseline: listOf(orNull(sample)),
  history: orNull(listOf(orNull(sample))),
  note: text,
});

const script = record<ScriptOutcome>({
  how: oneOf(['exited', 'hung', 'over-limit', 'ended-by-person', 'not-started', 'unknown']),
  exitCode: orNull(number),
  signal: orNull(text),
  tookMs: number,
  lines: number,
  bytes: number,
  outputPath: orNull(text),
  tail: texts,
  processes: texts,
  isGroupGone: flag,
  detail: text,
});

const smoke = record<SmokeOutcome>({
  cases: listOf(
    record<SmokeCase>({
      name: text,
      outcome: oneOf(['passed', 'failed', 'not-run']),
      tookMs: number,
      detail: text,
    }),
  ),
  isPassed: flag,
  detail: text,
});

const verdict = record<Verdict>({
  verdict: oneOf(VERDICTS),
  reason: text,
  liveSystem: oneOf(['unchanged', 'changed', 'unknown']),
  isRollbackVerified: orNull(flag),
  override: orNull(record<RunOverride>({ what: oneOf(['watch']), by: actor, reason: text, at: text })),
});

/** How an answer looks, in the journal and in the file through which a face gives it. */
export const answerShape = record<Answer>({ question: text, choice: text, text, by: actor });

/** How a demand looks, likewise. */
export const demandShape = variantOf('what', {
  abort: record<Demand>({ reason: text, by: actor }),
  'roll-back': record<Demand>({ reason: text, by: actor }),
  'take-over': record<Demand>({ reason: text, by: actor }),
  'skip-watch': record<Extract<Demand, { what: 'skip-watch' }>>({ phrase: text, reason: text, by: actor }),
  vulnerable: record<Demand>({ reason: text, by: actor }),
} satisfies Record<Demand['what'], Shape>);

type Event<Name extends ReleaseEvent['event']> = Extract<ReleaseEvent, { event: Name }>;
type Asked<Name extends Effect['effect']> = Extract<Effect, { effect: Name }>;

const effects: Readonly<Record<Effect['effect'], Shape>> = {
  lock: record({}),
  'judge-gate': record({}),
  'take-baseline': record({}),
  'run-script': record<Asked<'run-script'>>({ direction, stage: number, name: text, arguments: texts }),
  'end-script': record({}),
  smoke: record<Asked<'smoke'>>({ direction }),
  poll: record<Asked<'poll'>>({ number, dueMs: number }),
  expire: record<Asked<'expire'>>({ question: text, dueMs: number }),
  declare: record<Asked<'declare'>>({ verdict }),
  'follow-up': record<Asked<'follow-up'>>({ what: oneOf(FOLLOW_UPS) }),
  end: record({}),
};

const effect = variantOf('effect', effects);

const events: Readonly<Record<ReleaseEvent['event'], Shape>> = {
  started: record<Event<'started'>>({ run: identity, settings, runner: orAbsent(runner) }),
  locked: record<Event<'locked'>>({ isHeld: flag, detail: text }),
  'gate-judged': record<Event<'gate-judged'>>({ gate }),
  'baseline-taken': record<Event<'baseline-taken'>>({
    isComplete: flag,
    detail: text,
    past: mapOf(past),
    metrics: listOf(metric),
  }),
  answered: record<Event<'answered'>>({ answer: answerShape }),
  'answer-refused': record<Event<'answer-refused'>>({ answer: answerShape, why: text }),
  demanded: record<Event<'demanded'>>({ demand: demandShape }),
  'answer-expired': record<Event<'answer-expired'>>({ question: text }),
  'process-started': record<Event<'process-started'>>({ direction, pid: number, startTime: text }),
  'script-ended': record<Event<'script-ended'>>({ direction, stage: number, outcome: script }),
  'smoke-ended': record<Event<'smoke-ended'>>({ direction, outcome: smoke }),
  polled: record<Event<'polled'>>({
    poll: record<Poll>({ number, at: text, samples: mapOf(sample) }),
  }),
  'vulnerability-found': record<Event<'vulnerability-found'>>({ detail: text }),
  declared: record<Event<'declared'>>({ verdict }),
  'followed-up': record<Event<'followed-up'>>({
    outcome: record<FollowUpOutcome>({ what: oneOf(FOLLOW_UPS), isDone: flag, detail: text }),
  }),
  resumed: record<Event<'resumed'>>({
    by: actor,
    interrupted: orNull(effect),
    detail: text,
    runner: orAbsent(runner),
  }),
  ended: record({}),
};

/** An entry as it was read. */
export type ReadEntry =
  | { readonly kind: 'known'; readonly entry: ReleaseEvent | Effect }
  /** An event or effect of another version: its name. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** One of ours that does not look like one: `polled.poll.number is no number`. */
  | { readonly kind: 'malformed'; readonly detail: string };

/** Reads the entry of a journal's line; what it has besides what is known stays in it. */
export function readEntry(value: unknown): ReadEntry {
  if (!isFields(value)) return { kind: 'malformed', detail: 'the entry is no record' };
  const isEvent = typeof value['event'] === 'string';
  const name = isEvent ? value['event'] : value['effect'];
  if (typeof name !== 'string')
    return { kind: 'malformed', detail: 'the entry has neither event nor effect' };
  const shapes: Readonly<Record<string, Shape>> = isEvent ? events : effects;
  const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  if (!shape) return { kind: 'unknown', name };
  const wrong = shape(value);
  // The shape was just looked at, and TypeScript cannot follow a table.
  if (wrong === null) return { kind: 'known', entry: value as unknown as ReleaseEvent | Effect };
  return { kind: 'malformed', detail: `${name}${wrong}` };
}

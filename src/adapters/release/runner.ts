import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Demand, Effect, JournalLine, ReleaseEvent, Timed } from '../../core/release/events';
import { step, whyNotAnswered, whyNotDemanded } from '../../core/release/machine';
import {
  gateOutcomeOf,
  unknownOutcome,
  type FollowUpOutcome,
  type GateOutcome,
  type ScriptOutcome,
  type SmokeOutcome,
  type Verdict,
} from '../../core/release/run';
import { watchOfState, type ReleaseState } from '../../core/release/state';
import type { Poll } from '../../core/release/watch/samples';

/** The journal as the runner writes it: a line is on the disk when the promise resolves, else it rejects. */
export interface LineWriter {
  append(timed: Timed<ReleaseEvent | Effect>): Promise<JournalLine>;
}

/** What the effects of the machine are done with; each may reject, which is said as the effect's own failure. */
export interface Performers {
  lock(
    state: ReleaseState,
    signal: AbortSignal,
  ): Promise<{ readonly isHeld: boolean; readonly detail: string }>;
  takeBaseline(
    state: ReleaseState,
    signal: AbortSignal,
  ): Promise<Omit<Extract<ReleaseEvent, { event: 'baseline-taken' }>, 'event'>>;
  judgeGate(state: ReleaseState, signal: AbortSignal): Promise<GateOutcome>;
  /** `signal`: the script is to be ended, with everything that it started. */
  runScript(
    effect: Extract<Effect, { effect: 'run-script' }>,
    state: ReleaseState,
    /** The script begins when this resolves: when what runs is in the journal. */
    onStarted: (process: { readonly pid: number; readonly startTime: string }) => Promise<void>,
    signal: AbortSignal,
  ): Promise<ScriptOutcome>;
  smoke(
    effect: Extract<Effect, { effect: 'smoke' }>,
    state: ReleaseState,
    signal: AbortSignal,
  ): Promise<SmokeOutcome>;
  poll(number: number, state: ReleaseState, signal: AbortSignal): Promise<Poll>;
  /** What the vulnerability signal says; null for nothing. Asked beside every poll. */
  vulnerability(state: ReleaseState, signal: AbortSignal): Promise<string | null>;
  followUp(
    effect: Extract<Effect, { effect: 'follow-up' }>,
    state: ReleaseState,
    signal: AbortSignal,
  ): Promise<FollowUpOutcome>;
  /** A phase was completed, or something that people look for happened: the record is written anew. */
  phaseDone(state: ReleaseState): Promise<void>;
}

/** A clock for people and one for decisions, which does not jump. */
export interface RunClock {
  now(): Date;
  elapsedMs(): number;
}

/** Where people's answers come from; the returned function ends it. */
export type ListenToPeople = (
  onAnswer: (answer: Answer) => void,
  onDemand: (demand: Demand) => void,
) => () => void;

/** How a runner stopped: with a verdict, or because its journal could not be written. */
export type RunEnd =
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly state: ReleaseState }
  /** `detail` completes "The journal …". */
  | { readonly kind: 'stopped'; readonly detail: string; readonly state: ReleaseState };

/** No timer is set for longer: Node takes a longer one for none. */
const MAX_DELAY_MS = 2 ** 30;

/**
 * Runs a release: performs what the machine asks for, and writes each effect and event into the journal before it goes on.
 * One process runs one release. Events are taken one after the other; effects go on beside each other.
 */
export class Runner {
  private tail: Promise<void> = Promise.resolve();
  private readonly underWay = new Map<Effect, AbortController>();
  private failure: string | null = null;
  private finish: (end: RunEnd) => void = () => undefined;
  private isLookingForVulnerabilities = false;
  private readonly stopListening: () => void;
  private readonly ended: Promise<RunEnd>;

  constructor(
    private state: ReleaseState,
    private readonly journal: LineWriter,
    private readonly performers: Performers,
    private readonly clock: RunClock,
    listen: ListenToPeople,
  ) {
    this.ended = new Promise((resolve) => (this.finish = resolve));
    this.stopListening = listen(
      (answer) => this.answer(answer),
      (demand) => this.demand(demand),
    );
  }

  /** Begins with an event (`started`, `resumed`) and goes on to the end. */
  async run(first: ReleaseEvent): Promise<RunEnd> {
    this.report(first);
    try {
      return await this.ended;
    } finally {
      this.stopListening();
      for (const controller of this.underWay.values()) controller.abort();
    }
  }

  private answer(answer: Answer): void {
    this.enqueue(async () => {
      const why = whyNotAnswered(this.state, answer);
      await this.take(
        why === null ? { event: 'answered', answer } : { event: 'answer-refused', answer, why },
      );
    });
  }

  private demand(demand: Demand): void {
    this.enqueue(async () => {
      const why = whyNotDemanded(this.state, demand);
      if (why === null) return this.take({ event: 'demanded', demand });
      await this.take({
        event: 'answer-refused',
        answer: {
          question: `demand ${demand.what}`,
          choice: demand.what,
          text: demand.reason,
          by: demand.by,
        },
        why,
      });
    });
  }

  /** Resolves when the event is in the journal; rejects where it cannot be. */
  private happen(event: ReleaseEvent): Promise<void> {
    return this.queue(() => this.take(event));
  }

  private report(event: ReleaseEvent): void {
    this.enqueue(() => this.take(event));
  }

  private enqueue(work: () => Promise<void>): void {
    // What fails has stopped the run already.
    this.queue(work).catch(() => undefined);
  }

  /** One thing after the other; what fails here is the journal. */
  private queue(work: () => Promise<void>): Promise<void> {
    const done = this.tail.then(async () => {
      if (this.failure !== null) throw new Error(this.failure);
      try {
        await work();
      } catch (error) {
        void this.stop(words(error));
        throw error;
      }
    });
    this.tail = done.catch(() => undefined);
    return done;
  }

  private async take(event: ReleaseEvent): Promise<void> {
    const before = this.state;
    const when = { at: this.clock.now().toISOString(), elapsedMs: this.clock.elapsedMs() };
    await this.journal.append({ ...when, entry: event });
    const { state, effects } = step(before, { ...when, entry: event });
    this.state = state;
    // Effects that nobody waits for any more end now; the script is ended by an effect of its own.
    for (const [effect, controller] of this.underWay) {
      if (effect.effect !== 'run-script' && !state.doing.includes(effect)) {
        this.underWay.delete(effect);
        controller.abort();
      }
    }
    for (const effect of effects) await this.begin(effect);
    if (isWorthWriting(before, state)) void this.performers.phaseDone(state).catch(() => undefined);
    if (state.phase === 'ended' && state.verdict) {
      await this.performers.phaseDone(state).catch(() => undefined);
      this.finish({ kind: 'verdict', verdict: state.verdict, state });
    }
  }

  private async begin(effect: Effect): Promise<void> {
    const when = { at: this.clock.now().toISOString(), elapsedMs: this.clock.elapsedMs() };
    await this.journal.append({ ...when, entry: effect });
    const controller = new AbortController();
    this.underWay.set(effect, controller);
    void this.perform(effect, controller.signal)
      .then((event) => {
        this.underWay.delete(effect);
        // What was given up has no end that anybody waits for; a script that was ended has one all the same.
        if (event && (!controller.signal.aborted || effect.effect === 'run-script')) this.report(event);
      })
      .catch((error: unknown) => {
        if (controller.signal.aborted && effect.effect !== 'run-script') return;
        this.enqueue(() => Promise.reject(error instanceof Error ? error : new Error(String(error))));
      });
  }

  private async perform(effect: Effect, signal: AbortSignal): Promise<ReleaseEvent | null> {
    const { performers, state } = this;
    switch (effect.effect) {
      case 'lock': {
        const lock = await performers
          .lock(state, signal)
          .catch((error: unknown) => ({ isHeld: false, detail: `it could not be locked (${words(error)})` }));
        return { event: 'locked', ...lock };
      }
      case 'take-baseline': {
        const taken = await performers.takeBaseline(state, signal).catch((error: unknown) => ({
          isComplete: false,
          detail: `the baseline could not be taken (${words(error)})`,
          past: {},
          metrics: state.settings?.watch.metrics ?? [],
        }));
        return { event: 'baseline-taken', ...taken };
      }
      case 'judge-gate': {
        const gate = await performers
          .judgeGate(state, signal)
          .catch((error: unknown) => failedGate(words(error)));
        return { event: 'gate-judged', gate };
      }
      case 'run-script': {
        const outcome = await performers
          .runScript(
            effect,
            state,
            (process) => this.happen({ event: 'process-started', direction: effect.direction, ...process }),
            signal,
          )
          .catch((error: unknown) => unknownOutcome(words(error)));
        return { event: 'script-ended', direction: effect.direction, stage: effect.stage, outcome };
      }
      case 'end-script':
        for (const [other, controller] of this.underWay) {
          if (other.effect === 'run-script') controller.abort();
        }
        return null;
      case 'smoke': {
        const outcome = await performers.smoke(effect, state, signal).catch((error: unknown) => ({
          cases: [],
          isPassed: false,
          detail: `the smoke tests could not be run (${words(error)})`,
        }));
        return { event: 'smoke-ended', direction: effect.direction, outcome };
      }
      case 'poll': {
        await this.until(effect.dueMs, signal);
        this.lookForVulnerabilities();
        const poll = await performers
          .poll(effect.number, this.state, signal)
          .catch((error: unknown) => lostPoll(effect.number, this.clock.now(), this.state, words(error)));
        return { event: 'polled', poll };
      }
      case 'expire':
        await this.until(effect.dueMs, signal);
        return { event: 'answer-expired', question: effect.question };
      case 'declare':
        return { event: 'declared', verdict: effect.verdict };
      case 'follow-up': {
        const outcome = await performers
          .followUp(effect, state, signal)
          .catch((error: unknown) => ({ what: effect.what, isDone: false, detail: words(error) }));
        return { event: 'followed-up', outcome };
      }
      case 'end':
        return { event: 'ended' };
      default:
        return effect satisfies never;
    }
  }

  private lookForVulnerabilities(): void {
    if (this.isLookingForVulnerabilities || !watchOfState(this.state)) return;
    this.isLookingForVulnerabilities = true;
    void this.performers
      .vulnerability(this.state, new AbortController().signal)
      .catch(() => null)
      .then((detail) => {
        this.isLookingForVulnerabilities = false;
        if (detail !== null) this.report({ event: 'vulnerability-found', detail });
      });
  }

  private async until(dueMs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const left = dueMs - this.clock.elapsedMs();
      if (left <= 0) return;
      await delay(Math.min(left, MAX_DELAY_MS), undefined, { signal });
    }
  }

  /** Without a journal nothing may go on: what runs is ended, and a person resumes from the last line. */
  private async stop(detail: string): Promise<void> {
    if (this.failure !== null) return;
    this.failure = detail;
    const scripts = [...this.underWay].filter(([effect]) => effect.effect === 'run-script');
    for (const controller of this.underWay.values()) controller.abort();
    // The group is gone before the runner is: a script that nobody watches is worse than one that was cut off.
    for (
      let waited = 0;
      waited < 20_000 && scripts.some(([effect]) => this.underWay.has(effect));
      waited += 50
    ) {
      await delay(50);
    }
    this.finish({ kind: 'stopped', detail, state: this.state });
  }
}

/** From so many polls on not every one is written into the record at once; the journal has each. */
const EVERY_POLL_UP_TO = 30;

function isWorthWriting(before: ReleaseState, after: ReleaseState): boolean {
  return (
    before.phase !== after.phase ||
    before.question !== after.question ||
    before.scripts !== after.scripts ||
    before.smokes !== after.smokes ||
    before.verdict !== after.verdict ||
    before.watches.length !== after.watches.length ||
    isPollToWrite(before, after)
  );
}

/**
 * Whether a poll is one with which the record is written: each of the first ones, then ever fewer, since the record of a long
 * watch is long and written whole; and each that found something to act on.
 */
function isPollToWrite(before: ReleaseState, after: ReleaseState): boolean {
  const last = after.watches.at(-1);
  if (!last || last === before.watches.at(-1)) return false;
  const found = last.log.at(-1);
  if (found?.poll === last.done && found.findings.some(({ level }) => level !== 'note')) return true;
  return last.done % Math.max(1, Math.floor(last.done / EVERY_POLL_UP_TO)) === 0;
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failedGate(detail: string): GateOutcome {
  return gateOutcomeOf([
    {
      id: 'gate-ran',
      title: 'The pre-release gate could be judged',
      outcome: 'unknown',
      isBlocking: true,
      detail: `the gate could not be judged: ${detail}`,
      evidence: [],
    },
  ]);
}

function lostPoll(number: number, now: Date, state: ReleaseState, detail: string): Poll {
  const metrics = state.baseline?.metrics ?? [];
  return {
    number,
    at: now.toISOString(),
    samples: Object.fromEntries(
      metrics.map(({ name }) => [name, { kind: 'missing', why: 'unreachable', detail } as const]),
    ),
  };
}

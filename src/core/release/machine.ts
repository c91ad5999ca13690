import { confirmationPhrase } from '../text/confirmation-phrase';
import { releasedFollowUps } from './follow-ups-of';
import type { Answer, Demand, Direction, Effect, ReleaseEvent, Timed } from './events';
import { questionOf } from './questions';
import { unknownOutcome, type GateOutcome, type RunOverride, type Verdict } from './run';
import { durationInWords } from './words';
import type { RunSettings } from './settings';
import {
  initialState,
  isLiveTouched,
  watchOfState,
  type AskedQuestion,
  type ReleasePhase,
  type ReleaseState,
  type WatchProgress,
} from './state';
import { judgePoll, openWatch, shouldAsk, type WatchFinding } from './watch/judge';
import { ROLLOUTS } from '../evidence/rollouts';

/** Why a question was withdrawn that is asked again when the run goes on. */
const RUNNER_GONE = 'the runner was gone';

/** What an event comes to. `effects` are those to begin now; all that go on stand in `state.doing`. */
export interface Step {
  readonly state: ReleaseState;
  readonly effects: readonly Effect[];
}

/**
 * One step of a run: pure, and total. An event that does not fit the state (a late answer, the end of an effect that was
 * given up) changes nothing. The deploy script goes forward at most once for each stage and back at most once in a run.
 */
export function step(before: ReleaseState, { at, elapsedMs, entry }: Timed<ReleaseEvent>): Step {
  const machine = new Machine({ ...before, at, elapsedMs: Math.max(before.elapsedMs, elapsedMs) });
  machine.take(entry);
  return { state: machine.state, effects: machine.effects };
}

/** The state after all the events of a journal; effects are not begun again. */
export function replay(events: readonly Timed<ReleaseEvent>[]): ReleaseState {
  return events.reduce((state, event) => step(state, event).state, initialState);
}

/** Why an answer is not taken, completing "The answer …"; null where it is. */
export function whyNotAnswered(state: ReleaseState, answer: Answer): string | null {
  const { question } = state;
  if (!question || question.id !== answer.question) return 'comes too late: that question is not open';
  const choice = question.choices.find(({ id }) => id === answer.choice);
  if (!choice) return `is none of ${question.choices.map(({ id }) => id).join(', ')}`;
  switch (choice.takes) {
    case 'phrase':
      return answer.text === question.phrase ? null : `needs the phrase "${question.phrase ?? ''}", typed`;
    case 'text':
      return answer.text.trim() === '' ? 'needs words: a reason, or what was seen' : null;
    case 'minutes':
      return minutesOf(answer.text) === null ? 'needs a number of minutes from 1 to 1440' : null;
    case 'nothing':
      return null;
    default:
      return choice.takes satisfies never;
  }
}

/** Why a demand is not taken, completing "The demand …"; null where it is. */
export function whyNotDemanded(state: ReleaseState, demand: Demand): string | null {
  if (!state.run || state.verdict) return 'comes too late: the run has its verdict';
  if (demand.reason.trim() === '') return 'needs a reason';
  switch (demand.what) {
    case 'abort':
      return isLiveTouched(state) ? 'comes too late: the live system was changed; roll back instead' : null;
    case 'roll-back':
      if (state.rollback) return 'is met already: the run goes back';
      return isLiveTouched(state) ? null : 'has nothing to go back from: nothing was deployed; abort instead';
    case 'take-over':
      return isLiveTouched(state) ? null : 'has nothing to take over: nothing was deployed; abort instead';
    case 'vulnerable':
      return state.rollback ? 'is met already: the run goes back' : null;
    case 'skip-watch': {
      const watch = watchOfState(state);
      if (watch?.of !== 'window' || state.rollback || state.run.mode !== 'release') {
        return 'has no watch window to leave';
      }
      return demand.phrase === phraseOf(state) ? null : `needs the phrase "${phraseOf(state)}", typed`;
    }
    default:
      return demand satisfies never;
  }
}

/** What a person types to begin, to approve and to override: `production 2.4.0`. */
export function phraseOf({ run }: ReleaseState): string {
  return run ? confirmationPhrase(run.environment, run.version) : '';
}

/** Whole minutes as somebody writes them; null for what is none. */
function minutesOf(text: string): number | null {
  const match = /^\s*(\d{1,4})\s*(?:m|min|minutes?)?\s*$/i.exec(text);
  const minutes = Number(match?.[1] ?? 0);
  return minutes >= 1 && minutes <= 1440 ? minutes : null;
}

class Machine {
  state: ReleaseState;
  readonly effects: Effect[] = [];

  constructor(state: ReleaseState) {
    this.state = state;
  }

  take(event: ReleaseEvent): void {
    const { state } = this;
    if (state.phase === 'ended') return;
    if (!state.run && event.event !== 'started') return;
    switch (event.event) {
      case 'started':
        if (state.run) return;
        this.set({
          run: event.run,
          settings: event.settings,
          runner: event.runner ?? null,
          startedAt: state.at,
        });
        this.enter('gate');
        return this.begin({ effect: 'lock' });
      case 'locked':
        if (!this.end('lock')) return;
        this.set({ lock: { isHeld: event.isHeld, detail: event.detail } });
        if (!event.isHeld) return this.abort(`the environment is locked: ${event.detail}`);
        // In an incident nobody waits for numbers of the past before it is known what is gone back to.
        return this.begin({ effect: state.run?.mode === 'rollback' ? 'judge-gate' : 'take-baseline' });
      case 'baseline-taken':
        return this.baselineTaken(event);
      case 'gate-judged':
        if (!this.end('judge-gate')) return;
        this.set({ gate: event.gate });
        return state.run?.mode === 'rollback' ? this.askToGoBack(event.gate) : this.ask('proceed');
      case 'answered':
        return whyNotAnswered(state, event.answer) === null ? this.answered(event.answer) : undefined;
      case 'answer-refused':
        return;
      case 'answer-expired':
        if (!this.endExpire(event.question)) return;
        if (state.question?.id !== event.question || state.question.kind !== 'soft') return;
        this.closeQuestion({ how: 'expired', why: 'nobody answered in time' });
        this.endWatch('expired');
        return this.goBack('a soft breach was not answered in time', null);
      case 'demanded':
        return whyNotDemanded(state, event.demand) === null ? this.demanded(event.demand) : undefined;
      case 'process-started':
        return this.set({
          running: { direction: event.direction, pid: event.pid, startTime: event.startTime },
        });
      case 'script-ended':
        return this.scriptEnded(event);
      case 'smoke-ended':
        return this.smokeEnded(event);
      case 'polled':
        return this.polled(event);
      case 'vulnerability-found':
        if (state.rollback || state.verdict) return;
        return isLiveTouched(state)
          ? this.goBack(`a vulnerability was found: ${event.detail}`, null)
          : this.abort(`a vulnerability was found: ${event.detail}`);
      case 'declared':
        if (!this.end('declare')) return;
        this.set({ declaredAt: state.at, owed: releasedFollowUps(this.state) });
        return this.nextFollowUp();
      case 'followed-up':
        return this.followedUp(event);
      case 'resumed':
        return this.resumed(event);
      case 'ended':
        if (!this.end('end')) return;
        return this.enter('ended');
      default:
        return event satisfies never;
    }
  }

  // Phase 1 and 2

  private baselineTaken(event: Extract<ReleaseEvent, { event: 'baseline-taken' }>): void {
    if (!this.end('take-baseline')) return;
    const { isComplete, detail, past, metrics } = event;
    this.set({ baseline: { at: this.state.at, isComplete, detail, past, metrics } });
    const { run, confirmed, gate } = this.state;
    if (run?.mode === 'rollback') return;
    if (!confirmed || !gate) return this.begin({ effect: 'judge-gate' });
    this.set({ isBaselineFresh: true });
    if (!event.isComplete) return this.abort(`the metrics cannot be watched: ${event.detail}`);
    if (this.state.phase === 'execute') this.beginStage(0);
  }

  /** A rollback by itself asks one thing; what it needs and lacks cannot be decided on, only told. */
  private askToGoBack(gate: GateOutcome): void {
    if (gate.isGo) return this.ask('start');
    const lacking = gate.items.filter(
      ({ outcome, isBlocking }) => isBlocking && (outcome === 'fail' || outcome === 'unknown'),
    );
    this.abort(`it cannot be gone back: ${lacking.map(({ detail }) => detail).join('; ')}`);
  }

  private answered(answer: Answer): void {
    const { question } = this.state;
    if (!question) return;
    this.closeQuestion({ how: 'answered', choice: answer.choice, text: answer.text, by: answer.by });
    const { at } = this.state;
    const { by } = answer;
    switch (question.kind) {
      case 'proceed':
        if (answer.choice === 'abort') return this.abort(answer.text.trim());
        if (answer.choice === 'edit-scope') {
          this.set({ scopeEdits: [...this.state.scopeEdits, { text: answer.text, by, at }] });
          return this.begin({ effect: 'take-baseline' });
        }
        this.enter('strategy');
        return this.ask('strategy');
      case 'strategy': {
        if (answer.choice === 'abort') return this.abort(answer.text.trim());
        const rollout = ROLLOUTS.find((known) => known === answer.choice);
        if (!rollout) return this.abort('no strategy was chosen');
        const reason = answer.text.trim() || (this.state.gate?.strategyReason ?? '');
        this.set({ strategy: { rollout, reason, by, at } });
        return this.ask('start');
      }
      case 'start':
        if (answer.choice !== 'start') return this.abort(answer.text.trim());
        this.set({ confirmed: { by, at } });
        if (this.state.run?.mode === 'rollback') {
          this.begin({ effect: 'take-baseline' });
          return this.goBack('a person asked for it', by);
        }
        this.enter('execute');
        this.followUpNow('announce-start');
        return this.begin({ effect: 'take-baseline' });
      case 'manual':
        this.set({ manual: { choice: answer.choice, text: answer.text, by, at } });
        return answer.choice === 'done'
          ? this.beginSmoke('forward')
          : this.goBack('a person says that the manual deployment failed', by);
      case 'soft':
        return this.softAnswered(answer);
      case 'interrupted':
        if (answer.choice === 'roll-back' && this.state.rollback) return this.goOn();
        if (answer.choice === 'roll-back')
          return this.goBack('a person chose it after the runner was gone', by);
        if (answer.choice === 'take-over')
          return this.takeOver('a person took over after the runner was gone');
        if (answer.choice === 'abort') return this.abort('a person chose it after the runner was gone');
        return this.goOn();
      default:
        return question.kind satisfies never;
    }
  }

  // Phase 3 and 4

  private stages(): RunSettings['stages'][keyof RunSettings['stages']] {
    const { strategy, settings } = this.state;
    return strategy && settings ? settings.stages[strategy.rollout] : [];
  }

  private beginStage(stage: number): void {
    this.set({ stage });
    this.enter('execute');
    if (this.state.strategy?.rollout === 'manual') return this.ask('manual');
    const found = this.stages()[stage];
    // A stage that ran, or was begun, never runs again.
    const hasRun = this.state.scripts.some(
      (script) => script.direction === 'forward' && script.stage === stage,
    );
    if (!found || hasRun) return this.handOver('there is no such stage of the strategy');
    this.begin({
      effect: 'run-script',
      direction: 'forward',
      stage,
      name: found.name,
      arguments: found.arguments,
    });
  }

  private scriptEnded(event: Extract<ReleaseEvent, { event: 'script-ended' }>): void {
    const begun = this.state.doing.find(
      (effect) =>
        effect.effect === 'run-script' &&
        effect.direction === event.direction &&
        effect.stage === event.stage,
    );
    if (begun?.effect !== 'run-script') return;
    this.set({
      doing: this.state.doing.filter((effect) => effect !== begun && effect.effect !== 'end-script'),
      running: null,
      scripts: [
        ...this.state.scripts,
        {
          direction: event.direction,
          stage: event.stage,
          name: begun.name,
          at: this.state.at,
          outcome: event.outcome,
        },
      ],
    });
    if (this.state.verdict) return;
    const { outcome } = event;
    if (event.direction === 'back') {
      return outcome.how === 'exited' && outcome.exitCode === 0
        ? this.beginSmoke('back')
        : this.handOver(`the rollback ${scriptFailure(event.outcome)}`);
    }
    if (this.state.rollback) return this.runBack();
    if (outcome.how === 'exited' && outcome.exitCode === 0) return this.beginSmoke('forward');
    if (outcome.how === 'not-started' && !isLiveTouched(this.state)) {
      return this.abort(`the deploy script could not be started: ${outcome.detail}`);
    }
    return this.goBack(
      outcome.how === 'hung'
        ? 'Deploy hung - manual investigation required'
        : `deploy script failure: it ${scriptFailure(outcome)}`,
      null,
    );
  }

  private beginSmoke(direction: Direction): void {
    if (direction === 'forward') this.enter('smoke');
    this.begin({ effect: 'smoke', direction });
  }

  private smokeEnded(event: Extract<ReleaseEvent, { event: 'smoke-ended' }>): void {
    if (!this.endWhere((effect) => effect.effect === 'smoke' && effect.direction === event.direction)) return;
    const { stage, at } = this.state;
    this.set({
      smokes: [...this.state.smokes, { direction: event.direction, stage, at, outcome: event.outcome }],
    });
    if (event.outcome.isPassed) {
      return event.direction === 'back'
        ? this.beginWatch('rollback')
        : this.beginWatch(this.isLastStage() ? 'window' : 'stage');
    }
    const failed =
      event.outcome.cases.find(({ outcome }) => outcome !== 'passed')?.name ?? event.outcome.detail;
    return event.direction === 'back'
      ? this.handOver(`the smoke tests of the version before failed: ${failed}`)
      : this.goBack(`smoke test failure: ${failed}`, null);
  }

  private isLastStage(): boolean {
    return this.state.stage >= this.stages().length - 1;
  }

  // Phase 5

  private beginWatch(of: WatchProgress['of']): void {
    const { settings, run, stage } = this.state;
    if (!settings || !run) return;
    if (of !== 'rollback') this.enter('watch');
    const { watch } = settings;
    const length =
      of === 'rollback'
        ? watch.afterRollbackMs
        : of === 'stage'
          ? (this.stages()[stage]?.watchMs ?? 0)
          : run.mode === 'drill'
            ? settings.drillWatchMs
            : watch.windowMs;
    const baseline = this.state.baseline;
    const progress: WatchProgress = {
      of,
      stage,
      startedAt: this.state.at,
      startedMs: this.state.elapsedMs,
      polls: Math.max(1, Math.ceil(length / watch.intervalMs)),
      done: 0,
      judge: openWatch(watch, baseline?.metrics ?? watch.metrics, baseline?.past ?? {}),
      log: [],
      asked: [],
      ended: null,
    };
    this.set({ watches: [...this.state.watches, progress] });
    this.beginPoll(this.state.elapsedMs + watch.intervalMs);
  }

  private beginPoll(dueMs: number): void {
    const watch = watchOfState(this.state);
    if (watch) this.begin({ effect: 'poll', number: watch.done + 1, dueMs });
  }

  private polled({ poll }: Extract<ReleaseEvent, { event: 'polled' }>): void {
    const watch = watchOfState(this.state);
    const begun = this.state.doing.find((effect) => effect.effect === 'poll');
    if (!watch || begun?.effect !== 'poll' || begun.number !== poll.number) return;
    this.end('poll');
    const { state, findings } = judgePoll(watch.judge, poll);
    const noted = findings.length > 0 ? [{ poll: poll.number, at: this.state.at, findings }] : [];
    this.change({ judge: state, done: poll.number, log: [...watch.log, ...noted] });
    const hard = findings.find(({ level }) => level === 'hard');
    if (hard) {
      this.endWatch('hard');
      return watch.of === 'rollback'
        ? this.handOver(`the version before is not well: ${hard.text}`)
        : this.goBack(hard.text, null);
    }
    // Nobody is asked about a version that was gone back to, nor in a drill, which goes back whatever comes.
    if (watch.of !== 'rollback' && this.state.run?.mode === 'release') this.consider(findings);
    const now = watchOfState(this.state);
    if (!now) return;
    if (now.done >= now.polls && !this.state.question) return this.watchComplete(now);
    const interval = this.state.settings?.watch.intervalMs ?? 0;
    // After a pause of the runner the next poll is due now, not all those that were missed.
    this.beginPoll(Math.max(begun.dueMs + interval, this.state.elapsedMs));
  }

  /** Asks about soft findings, or lets them join the question that is open. */
  private consider(findings: readonly WatchFinding[]): void {
    const watch = watchOfState(this.state);
    const soft = findings.filter(({ level }) => level === 'soft');
    const { askAgainTimes } = this.state.settings?.watch.tuning ?? {};
    if (!watch || soft.length === 0 || !shouldAsk(watch.asked, soft, askAgainTimes)) return;
    const others = watch.asked.filter(({ metric }) => !soft.some((finding) => finding.metric === metric));
    this.change({ asked: [...others, ...soft] });
    const { question } = this.state;
    if (question?.kind === 'soft') {
      const grounds = [...new Set([...question.grounds, ...soft.map(({ text }) => text)])];
      return this.set({ question: { ...question, grounds } });
    }
    this.askSoft(soft.map(({ text }) => text));
  }

  private askSoft(grounds: readonly string[]): void {
    this.ask('soft', grounds);
    const { run, settings } = this.state;
    const asked = this.state.question;
    if (run?.isUnattended && asked) {
      this.begin({
        effect: 'expire',
        question: asked.id,
        dueMs: this.state.elapsedMs + (settings?.watch.answerWithinMs ?? 0),
      });
    }
  }

  private softAnswered(answer: Answer): void {
    const watch = watchOfState(this.state);
    if (answer.choice === 'roll-back') {
      this.endWatch('person');
      return this.goBack('a person chose it on a soft breach', answer.by);
    }
    if (!watch) return;
    if (answer.choice === 'extend') {
      const interval = this.state.settings?.watch.intervalMs ?? 60_000;
      const more = Math.ceil(((minutesOf(answer.text) ?? 0) * 60_000) / interval);
      this.change({ polls: watch.polls + more });
    }
    const now = watchOfState(this.state);
    const isPolling = this.state.doing.some(({ effect }) => effect === 'poll');
    if (now && now.done >= now.polls) {
      this.endWhere(({ effect }) => effect === 'poll');
      return this.watchComplete(now);
    }
    if (!isPolling) this.beginPoll(this.state.elapsedMs);
  }

  private watchComplete(watch: WatchProgress): void {
    this.endWatch('complete');
    switch (watch.of) {
      case 'stage':
        return this.beginStage(this.state.stage + 1);
      case 'rollback':
        return this.declare({
          verdict: 'Rolled-Back',
          reason: this.state.rollback?.reason ?? '',
          liveSystem: 'changed',
          isRollbackVerified: true,
          override: this.state.override,
        });
      case 'window':
        return this.state.run?.mode === 'drill'
          ? this.goBack('the drill goes back as it was meant to', null)
          : this.release();
      default:
        return watch.of satisfies never;
    }
  }

  // Phase 6

  private release(): void {
    const { settings, override } = this.state;
    const window = durationInWords(settings?.watch.windowMs ?? 0);
    this.declare({
      verdict: 'Released',
      reason: override
        ? `${override.by.name} left the watch window before its end: ${override.reason}`
        : `smoke tests passed and the watch window of ${window} ended without a breach that stands`,
      liveSystem: 'changed',
      isRollbackVerified: null,
      override,
    });
  }

  private goBack(reason: string, by: ReleaseState['demands'][number]['by'] | null): void {
    if (this.state.verdict) return;
    const { rollback, at, elapsedMs } = this.state;
    if (rollback) return this.set({ rollback: { ...rollback, chain: [...rollback.chain, reason] } });
    this.set({
      rollback: { reason, at, elapsedMs, by, chain: [reason], isStarted: false },
      // A stage that was not begun never is.
      notBegun: null,
    });
    this.withdraw('the run goes back');
    if (watchOfState(this.state)) this.endWatch('person');
    const isRunning = this.state.doing.some(
      (effect) => effect.effect === 'run-script' && effect.direction === 'forward',
    );
    this.giveUp(({ effect }) => effect === 'poll' || effect === 'smoke' || effect === 'expire');
    if (isRunning) {
      this.enter('rollback');
      return this.begin({ effect: 'end-script' });
    }
    this.runBack();
  }

  private runBack(): void {
    const { rollback, settings } = this.state;
    if (!rollback || rollback.isStarted || !settings) return;
    this.enter('rollback');
    this.set({ rollback: { ...rollback, isStarted: true } });
    this.begin({
      effect: 'run-script',
      direction: 'back',
      stage: 0,
      name: 'rollback',
      arguments: settings.rollbackArguments,
    });
    this.followUpNow('announce-rollback');
  }

  /** Nobody knows what runs: a person takes over, and nothing is tried again (C16). */
  private handOver(reason: string): void {
    const { rollback } = this.state;
    this.declare({
      verdict: rollback ? 'Rolled-Back' : 'Aborted',
      reason: rollback ? [...rollback.chain, reason].join('; ') : reason,
      liveSystem: rollback ? 'changed' : 'unknown',
      isRollbackVerified: rollback ? false : null,
      override: this.state.override,
    });
  }

  private takeOver(reason: string): void {
    const isRunning = this.state.doing.some(({ effect }) => effect === 'run-script');
    if (isRunning) this.begin({ effect: 'end-script' });
    this.handOver(reason);
  }

  private abort(reason: string): void {
    if (isLiveTouched(this.state)) return this.goBack(reason, null);
    this.declare({
      verdict: 'Aborted',
      reason,
      liveSystem: 'unchanged',
      isRollbackVerified: null,
      override: null,
    });
  }

  private declare(verdict: Verdict): void {
    if (this.state.verdict) return;
    this.withdraw('the verdict stands');
    if (watchOfState(this.state)) this.endWatch('person');
    this.giveUp(({ effect }) => effect !== 'run-script' && effect !== 'end-script' && effect !== 'follow-up');
    this.set({ verdict, notBegun: null });
    this.enter('wrap-up');
    this.begin({ effect: 'declare', verdict });
  }

  private followedUp({ outcome }: Extract<ReleaseEvent, { event: 'followed-up' }>): void {
    if (!this.endWhere((effect) => effect.effect === 'follow-up' && effect.what === outcome.what)) return;
    this.set({ followUps: [...this.state.followUps, outcome] });
    if (this.state.owed[0] === outcome.what && this.state.declaredAt !== null) {
      this.set({ owed: this.state.owed.slice(1) });
      this.nextFollowUp();
    }
  }

  private nextFollowUp(): void {
    const [next] = this.state.owed;
    if (next) this.begin({ effect: 'follow-up', what: next });
    else this.begin({ effect: 'end' });
  }

  /** Tells somebody beside what goes on; only where the project has a program for it. */
  private followUpNow(what: 'announce-start' | 'announce-rollback'): void {
    if (this.state.settings?.hooks.includes('announce')) this.begin({ effect: 'follow-up', what });
  }

  // Whatever the phase

  private demanded(demand: Demand): void {
    const { by, reason } = demand;
    const { at } = this.state;
    this.set({ demands: [...this.state.demands, { what: demand.what, reason, by, at }] });
    switch (demand.what) {
      case 'abort':
        return this.abort(`${by.name}: ${reason}`);
      case 'roll-back':
        return this.goBack(`${by.name} asked for it: ${reason}`, by);
      case 'vulnerable':
        return isLiveTouched(this.state)
          ? this.goBack(`a vulnerability was reported by ${by.name}: ${reason}`, by)
          : this.abort(`a vulnerability was reported by ${by.name}: ${reason}`);
      case 'take-over':
        return this.takeOver(`${by.name} took over: ${reason}`);
      case 'skip-watch': {
        const override: RunOverride = { what: 'watch', by, reason, at };
        this.set({ override });
        this.withdraw('the watch window was left');
        this.endWatch('override');
        this.giveUp(({ effect }) => effect === 'poll' || effect === 'expire');
        return this.release();
      }
      default:
        return demand satisfies never;
    }
  }

  private resumed(event: Extract<ReleaseEvent, { event: 'resumed' }>): void {
    const { at } = this.state;
    this.set({
      resumes: [...this.state.resumes, { by: event.by, at, detail: event.detail }],
      runner: event.runner ?? null,
      running: null,
    });
    const { interrupted } = event;
    const begun =
      interrupted &&
      this.state.doing.find(
        (effect) =>
          effect.effect === 'run-script' &&
          effect.direction === interrupted.direction &&
          effect.stage === interrupted.stage,
      );
    if (begun?.effect === 'run-script') {
      this.set({
        doing: this.state.doing.filter((effect) => effect !== begun && effect.effect !== 'end-script'),
        scripts: [
          ...this.state.scripts,
          {
            direction: begun.direction,
            stage: begun.stage,
            name: begun.name,
            at,
            outcome: unknownOutcome(event.detail),
          },
        ],
      });
      if (begun.direction === 'back') {
        if (!this.state.verdict)
          this.handOver('the runner was gone amid the rollback, so what it came to is not known');
        else this.goOn();
        return;
      }
      if (!this.state.verdict && this.state.rollback) return this.runBack();
    }
    // The runner went between the line that decided on a script and the one that begins it: nothing of it ever ran.
    const notBegun = this.state.doing.find((effect) => effect.effect === 'run-script');
    if (notBegun?.effect === 'run-script') {
      this.giveUp(({ effect }) => effect === 'run-script' || effect === 'end-script');
      if (!this.state.verdict) this.set({ notBegun });
    }
    if (this.state.verdict) return this.goOn();
    this.withdraw(RUNNER_GONE);
    this.ask('interrupted');
  }

  /**
   * Begins again what was under way when the runner went; of the script only a call that was never begun, since each is
   * journalled before it is.
   */
  private goOn(): void {
    const { doing, notBegun, verdict, rollback } = this.state;
    this.effects.push(...doing);
    let goesOn = doing.some(({ effect }) => effect !== 'follow-up' && effect !== 'expire');
    if (verdict) {
      if (!goesOn && !doing.some(({ effect }) => effect === 'follow-up')) this.nextFollowUp();
      return;
    }
    if (notBegun) {
      this.set({ notBegun: null });
      this.begin(notBegun);
      goesOn = true;
    }
    // What was asked when the runner went is asked again, beside what goes on.
    const last = this.state.asked.findLast(({ question: { kind } }) => kind !== 'interrupted');
    if (!rollback && last?.ended.how === 'withdrawn' && last.ended.why === RUNNER_GONE) {
      if (last.question.kind !== 'soft') return this.ask(last.question.kind);
      if (watchOfState(this.state)) return this.askSoft(last.question.grounds);
    }
    if (!goesOn) this.handOver('nothing tells where the run stood');
  }

  private ask(kind: Parameters<typeof questionOf>[1], grounds: readonly string[] = []): void {
    const questions = this.state.questions + 1;
    this.set({ questions });
    this.set({ question: questionOf(this.state, kind, grounds) });
  }

  private withdraw(why: string): void {
    if (this.state.question) this.closeQuestion({ how: 'withdrawn', why });
  }

  private closeQuestion(ended: AskedQuestion['ended']): void {
    const { question, at } = this.state;
    if (!question) return;
    this.giveUp((effect) => effect.effect === 'expire' && effect.question === question.id);
    this.set({ question: null, asked: [...this.state.asked, { question, ended, at }] });
  }

  private endWatch(ended: NonNullable<WatchProgress['ended']>): void {
    this.change({ ended });
  }

  private change(part: Partial<WatchProgress>): void {
    const { watches } = this.state;
    const last = watches.at(-1);
    if (last && last.ended === null) this.set({ watches: [...watches.slice(0, -1), { ...last, ...part }] });
  }

  private enter(phase: ReleasePhase): void {
    const { at, elapsedMs, entered } = this.state;
    if (this.state.phase === phase && entered.length > 0) return;
    this.set({ phase, entered: [...entered, { phase, at, elapsedMs }] });
  }

  private begin(effect: Effect): void {
    this.set({ doing: [...this.state.doing, effect] });
    this.effects.push(effect);
  }

  private end(name: Effect['effect']): boolean {
    return this.endWhere(({ effect }) => effect === name);
  }

  private endExpire(question: string): boolean {
    return this.endWhere((effect) => effect.effect === 'expire' && effect.question === question);
  }

  private endWhere(isIt: (effect: Effect) => boolean): boolean {
    const found = this.state.doing.find(isIt);
    if (!found) return false;
    this.set({ doing: this.state.doing.filter((effect) => effect !== found) });
    return true;
  }

  /** Effects that nobody waits for any more; the runner ends those that it began. */
  private giveUp(isIt: (effect: Effect) => boolean): void {
    this.set({ doing: this.state.doing.filter((effect) => !isIt(effect)) });
  }

  private set(part: Partial<ReleaseState>): void {
    this.state = { ...this.state, ...part };
  }
}

function scriptFailure(outcome: ReleaseState['scripts'][number]['outcome']): string {
  switch (outcome.how) {
    case 'exited':
      return outcome.exitCode === null
        ? `was ended by ${outcome.signal ?? 'a signal'}`
        : `ended with status ${outcome.exitCode}`;
    case 'hung':
      return 'hung: it printed nothing for longer than it may';
    case 'over-limit':
      return 'took longer than it may';
    case 'ended-by-person':
      return 'was ended by a person';
    case 'not-started':
      return `could not be started: ${outcome.detail}`;
    case 'unknown':
      return 'was cut off, so that how it ended is not known';
    default:
      return outcome.how satisfies never;
  }
}

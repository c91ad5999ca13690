import type { MetricSettings } from '../evidence/release-settings';
import type {
  Actor,
  FollowUp,
  FollowUpOutcome,
  GateOutcome,
  RunIdentity,
  RunnerProcess,
  ScriptOutcome,
  SmokeOutcome,
  Verdict,
} from './run';
import type { MetricPast, Poll } from './watch/samples';
import type { RunSettings } from './settings';

/** Which of the two ways the deploy script goes. */
export type Direction = 'forward' | 'back';

/** What a person answers; which answers a question takes stands in the question. */
export interface Answer {
  /** Of the question, as the state gives it; a late answer to another one is refused. */
  readonly question: string;
  readonly choice: string;
  /** What was typed: a phrase, a reason, a step's result, minutes. */
  readonly text: string;
  readonly by: Actor;
}

/** What a person demands without being asked. */
export type Demand =
  | { readonly what: 'abort' | 'roll-back' | 'take-over'; readonly reason: string; readonly by: Actor }
  | { readonly what: 'skip-watch'; readonly phrase: string; readonly reason: string; readonly by: Actor }
  /** What the vulnerability signal is, where a person gives it (S2-38). */
  | { readonly what: 'vulnerable'; readonly reason: string; readonly by: Actor };

/** Everything that can happen to a run; each is one line of its journal. */
export type ReleaseEvent =
  | {
      readonly event: 'started';
      readonly run: RunIdentity;
      readonly settings: RunSettings;
      /** The process that runs it; left out where it is not known. */
      readonly runner?: RunnerProcess;
    }
  | { readonly event: 'locked'; readonly isHeld: boolean; readonly detail: string }
  | { readonly event: 'gate-judged'; readonly gate: GateOutcome }
  | {
      readonly event: 'baseline-taken';
      /** Whether every required metric answered. */
      readonly isComplete: boolean;
      readonly detail: string;
      readonly past: Readonly<Record<string, MetricPast>>;
      readonly metrics: readonly MetricSettings[];
    }
  | { readonly event: 'answered'; readonly answer: Answer }
  | { readonly event: 'answer-refused'; readonly answer: Answer; readonly why: string }
  | { readonly event: 'demanded'; readonly demand: Demand }
  /** A question waited as long as the settings let it where nobody is there. */
  | { readonly event: 'answer-expired'; readonly question: string }
  /** A process group runs: what a resume has to end. `startTime` tells the process from a later one of the same id. */
  | {
      readonly event: 'process-started';
      readonly direction: Direction;
      readonly pid: number;
      readonly startTime: string;
    }
  | {
      readonly event: 'script-ended';
      readonly direction: Direction;
      readonly stage: number;
      readonly outcome: ScriptOutcome;
    }
  | { readonly event: 'smoke-ended'; readonly direction: Direction; readonly outcome: SmokeOutcome }
  | { readonly event: 'polled'; readonly poll: Poll }
  /** The vulnerability signal spoke: a command, a SARIF file. */
  | { readonly event: 'vulnerability-found'; readonly detail: string }
  /** The verdict, before anything that follows from it (C19). */
  | { readonly event: 'declared'; readonly verdict: Verdict }
  | { readonly event: 'followed-up'; readonly outcome: FollowUpOutcome }
  /** Another process goes on with the run after the first was gone. */
  | {
      readonly event: 'resumed';
      readonly by: Actor;
      /** Which call of the deploy script was begun and has no end in the journal; null for none. */
      readonly interrupted: Extract<Effect, { readonly effect: 'run-script' }> | null;
      /** What was left of the process group and became of it. */
      readonly detail: string;
      readonly runner?: RunnerProcess;
    }
  | { readonly event: 'ended' };

/** What the machine asks the world to do. Each is journalled before it is begun; its end is an event. */
export type Effect =
  | { readonly effect: 'lock' }
  | { readonly effect: 'judge-gate' }
  | { readonly effect: 'take-baseline' }
  | {
      readonly effect: 'run-script';
      readonly direction: Direction;
      /** From 0; which stage of the strategy. */
      readonly stage: number;
      readonly name: string;
      readonly arguments: readonly string[];
    }
  | { readonly effect: 'end-script' }
  | { readonly effect: 'smoke'; readonly direction: Direction }
  /** At `dueMs` of the run's own clock (elapsed). */
  | { readonly effect: 'poll'; readonly number: number; readonly dueMs: number }
  | { readonly effect: 'expire'; readonly question: string; readonly dueMs: number }
  | { readonly effect: 'declare'; readonly verdict: Verdict }
  | { readonly effect: 'follow-up'; readonly what: FollowUp }
  | { readonly effect: 'end' };

/** One line of a journal. */
export interface JournalLine {
  /** From 1, without a gap. */
  readonly seq: number;
  /** Wall clock, ISO 8601, UTC: for people. */
  readonly at: string;
  /** Milliseconds since the run began on a clock that does not jump: for decisions. */
  readonly elapsedMs: number;
  readonly entry: ReleaseEvent | Effect;
  /** SHA-256 of the line before (''for the first) and of this line without `hash`. */
  readonly previous: string;
  readonly hash: string;
}

/** An event with when it happened, as the machine takes it. */
export interface Timed<T> {
  readonly at: string;
  readonly elapsedMs: number;
  readonly entry: T;
}

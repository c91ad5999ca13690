import type { MetricSettings } from '../evidence/release-settings';
import type { Rollout } from '../evidence/rollouts';
import type { Direction, Effect } from './events';
import type {
  Actor,
  FollowUp,
  FollowUpOutcome,
  GateOutcome,
  RunIdentity,
  RunnerProcess,
  RunOverride,
  ScriptOutcome,
  SmokeOutcome,
  Verdict,
} from './run';
import type { RunSettings } from './settings';
import type { WatchFinding, WatchState } from './watch/judge';
import type { MetricPast } from './watch/samples';

/** The six phases, in their order; `rollback` is the other half of the last. */
export const PHASES = [
  'gate',
  'strategy',
  'execute',
  'smoke',
  'watch',
  'rollback',
  'wrap-up',
  'ended',
] as const;
export type ReleasePhase = (typeof PHASES)[number];

/** What a question is about. */
export type QuestionKind = 'proceed' | 'strategy' | 'start' | 'manual' | 'soft' | 'interrupted';

/** Something that waits for a person. */
export interface Question {
  /** `proceed-1`; an answer names it, so that a late one is not taken for another. */
  readonly id: string;
  readonly kind: QuestionKind;
  /** A sentence that ends in a question mark. */
  readonly text: string;
  readonly choices: readonly {
    readonly id: string;
    readonly label: string;
    /** What has to be typed with it: nothing, words, or the phrase. */
    readonly takes: 'nothing' | 'text' | 'minutes' | 'phrase';
  }[];
  /** What has to be typed for `takes: 'phrase'`: `production 2.4.0`. */
  readonly phrase: string | null;
  /** What it rests on, a line each. */
  readonly grounds: readonly string[];
  readonly askedAt: string;
  readonly askedMs: number;
}

/** A question with what became of it. */
export interface AskedQuestion {
  readonly question: Question;
  readonly ended:
    | { readonly how: 'answered'; readonly choice: string; readonly text: string; readonly by: Actor }
    | { readonly how: 'expired' | 'withdrawn'; readonly why: string };
  readonly at: string;
}

/** One watch: of a stage of the strategy, of the window, or of the version that was gone back to. */
export interface WatchProgress {
  readonly of: 'stage' | 'window' | 'rollback';
  /** From 0. */
  readonly stage: number;
  readonly startedAt: string;
  readonly startedMs: number;
  /** How many polls it takes; more where a person extended it. */
  readonly polls: number;
  readonly done: number;
  readonly judge: WatchState;
  /** The findings of every poll that had some. */
  readonly log: readonly {
    readonly poll: number;
    readonly at: string;
    readonly findings: readonly WatchFinding[];
  }[];
  /** Findings that a person was asked about, with how they stood then. */
  readonly asked: readonly WatchFinding[];
  /** How it ended; null while it goes on. */
  readonly ended: 'complete' | 'hard' | 'person' | 'override' | 'expired' | null;
}

/** Where a run stands: the replay of its journal. */
export interface ReleaseState {
  readonly run: RunIdentity | null;
  readonly settings: RunSettings | null;
  /** The process that runs it, or ran it last; null where that is not known. */
  readonly runner: RunnerProcess | null;
  readonly phase: ReleasePhase;
  readonly startedAt: string;
  /** When each phase was entered, in the order in which they were. */
  readonly entered: readonly {
    readonly phase: ReleasePhase;
    readonly at: string;
    readonly elapsedMs: number;
  }[];
  readonly lock: { readonly isHeld: boolean; readonly detail: string } | null;
  readonly gate: GateOutcome | null;
  readonly baseline: {
    readonly at: string;
    readonly isComplete: boolean;
    readonly detail: string;
    readonly past: Readonly<Record<string, MetricPast>>;
    readonly metrics: readonly MetricSettings[];
  } | null;
  /** What a person wrote on the scope, each time that it was edited. */
  readonly scopeEdits: readonly { readonly text: string; readonly by: Actor; readonly at: string }[];
  readonly strategy: {
    readonly rollout: Rollout;
    readonly reason: string;
    readonly by: Actor;
    readonly at: string;
  } | null;
  readonly confirmed: { readonly by: Actor; readonly at: string } | null;
  /** Whether the baseline just before the deployment was taken. */
  readonly isBaselineFresh: boolean;
  readonly stage: number;
  readonly scripts: readonly {
    readonly direction: Direction;
    readonly stage: number;
    readonly name: string;
    readonly at: string;
    readonly outcome: ScriptOutcome;
  }[];
  /** A call of the script that was decided on when the runner went, and never begun; null for none. */
  readonly notBegun: Extract<Effect, { readonly effect: 'run-script' }> | null;
  readonly running: {
    readonly direction: Direction;
    readonly pid: number;
    readonly startTime: string;
  } | null;
  readonly smokes: readonly {
    readonly direction: Direction;
    readonly stage: number;
    readonly at: string;
    readonly outcome: SmokeOutcome;
  }[];
  readonly manual: {
    readonly choice: string;
    readonly text: string;
    readonly by: Actor;
    readonly at: string;
  } | null;
  /** The one that goes on last. */
  readonly watches: readonly WatchProgress[];
  readonly question: Question | null;
  readonly asked: readonly AskedQuestion[];
  readonly questions: number;
  /** Why it goes back; null while it does not. */
  readonly rollback: {
    readonly reason: string;
    readonly at: string;
    readonly elapsedMs: number;
    readonly by: Actor | null;
    /** Every reason, in their order: the chain. */
    readonly chain: readonly string[];
    readonly isStarted: boolean;
  } | null;
  readonly override: RunOverride | null;
  readonly demands: readonly {
    readonly what: string;
    readonly reason: string;
    readonly by: Actor;
    readonly at: string;
  }[];
  readonly verdict: Verdict | null;
  readonly declaredAt: string | null;
  readonly followUps: readonly FollowUpOutcome[];
  readonly owed: readonly FollowUp[];
  readonly resumes: readonly { readonly by: Actor; readonly at: string; readonly detail: string }[];
  /** Effects that were asked for and have not ended. */
  readonly doing: readonly Effect[];
  /** The last event's. */
  readonly at: string;
  readonly elapsedMs: number;
}

/** Before anything happened. */
export const initialState: ReleaseState = {
  run: null,
  settings: null,
  runner: null,
  phase: 'gate',
  startedAt: '',
  entered: [],
  lock: null,
  gate: null,
  baseline: null,
  scopeEdits: [],
  strategy: null,
  confirmed: null,
  isBaselineFresh: false,
  stage: 0,
  scripts: [],
  notBegun: null,
  running: null,
  smokes: [],
  manual: null,
  watches: [],
  question: null,
  asked: [],
  questions: 0,
  rollback: null,
  override: null,
  demands: [],
  verdict: null,
  declaredAt: null,
  followUps: [],
  owed: [],
  resumes: [],
  doing: [],
  at: '',
  elapsedMs: 0,
};

/** The watch that goes on; null for none. */
export function watchOfState({ watches }: ReleaseState): WatchProgress | null {
  const last = watches.at(-1);
  return last && last.ended === null ? last : null;
}

/** Whether anything may have changed on the live system: a deployment was begun, or a person was asked to make it. */
export function isLiveTouched(state: ReleaseState): boolean {
  return (
    state.scripts.some(({ outcome }) => outcome.how !== 'not-started') ||
    state.running !== null ||
    state.doing.some(({ effect }) => effect === 'run-script') ||
    state.manual !== null ||
    state.question?.kind === 'manual' ||
    state.asked.some(({ question }) => question.kind === 'manual')
  );
}

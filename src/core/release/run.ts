import type { Rollout } from '../evidence/rollouts';

/** What is done: a release, a rollback by itself, or a drill of both outside production. */
export type RunMode = 'release' | 'rollback' | 'drill';

/** Which face a person spoke through. */
export type Face = 'terminal' | 'panel' | 'file';

/** Who did or said something. */
export interface Actor {
  /** As git knows the person at the machine, or as a record names them. */
  readonly name: string;
  readonly via: Face;
}

/** A process, told from a later one of the same id by when it began. */
export interface RunnerProcess {
  readonly pid: number;
  readonly startTime: string;
  readonly host: string;
}

/** What is released where, fixed when the run begins. */
export interface RunIdentity {
  /** The name of its record without `.md`: `release_2.4.0_production_2026-11-26-2140`. */
  readonly id: string;
  readonly mode: RunMode;
  readonly version: string;
  readonly environment: string;
  readonly isProduction: boolean;
  /** Whole id of the released commit; null where git tells none. */
  readonly commit: string | null;
  /** The version that is gone back to; null where nothing tells. */
  readonly target: string | null;
  readonly startedBy: Actor;
  /** Whether nobody is there to answer. */
  readonly isUnattended: boolean;
  /** Of the engine, for the record. */
  readonly engine: string;
}

/** The three verdicts, and nothing else. */
export const VERDICTS = ['Released', 'Rolled-Back', 'Aborted'] as const;
export type VerdictName = (typeof VERDICTS)[number];

/** How a run ended. */
export interface Verdict {
  readonly verdict: VerdictName;
  /** A clause without full stop: `error rate breached 2.4x baseline at T+7`. */
  readonly reason: string;
  /** Whether anything on the live system was changed; `unknown` after a crash amid a deployment. */
  readonly liveSystem: 'unchanged' | 'changed' | 'unknown';
  /** Null where nothing was rolled back. */
  readonly isRollbackVerified: boolean | null;
  /** The watch was cut short by a person: `Released-with-override` where it is released. */
  readonly override: RunOverride | null;
}

/** A person's word that the watch window is left before its end. */
export interface RunOverride {
  readonly what: 'watch';
  readonly by: Actor;
  readonly reason: string;
  readonly at: string;
}

/** A verdict as it is printed: `Released-with-override` where one was. */
export function verdictInWords({ verdict, override }: Pick<Verdict, 'verdict' | 'override'>): string {
  return verdict === 'Released' && override ? 'Released-with-override' : verdict;
}

/** Whether nobody knows what runs now, so that a person has to take over (C16). */
export function isUnknownState({ liveSystem, isRollbackVerified }: Verdict): boolean {
  return liveSystem === 'unknown' || isRollbackVerified === false;
}

/** The exit status of a release: Released 0, Rolled-Back 1, Aborted 2, nobody knows what runs 4. */
export function exitStatusOf(verdict: Verdict): 0 | 1 | 2 | 4 {
  if (isUnknownState(verdict)) return 4;
  return verdict.verdict === 'Released' ? 0 : verdict.verdict === 'Rolled-Back' ? 1 : 2;
}

/** One line of what phase 1 looked at. */
export interface GateItem {
  /** `deploy-script`, `rollback-handled`, or a condition of readiness. */
  readonly id: string;
  readonly title: string;
  readonly outcome: 'pass' | 'fail' | 'unknown' | 'note';
  /** Whether the release cannot go while it is so. */
  readonly isBlocking: boolean;
  /** A sentence without full stop, with what to do where it is not met. */
  readonly detail: string;
  /** What shows it: paths with lines, addresses, queries. */
  readonly evidence: readonly string[];
}

/** Whether an item keeps a release from going: what is not known counts as not met. */
export function isInTheWay({ isBlocking, outcome }: GateItem): boolean {
  return isBlocking && (outcome === 'fail' || outcome === 'unknown');
}

/** What phase 1 came to. */
export interface GateOutcome {
  readonly items: readonly GateItem[];
  readonly isGo: boolean;
  readonly target: string | null;
  readonly commit: string | null;
  readonly tickets: readonly { readonly id: string; readonly status: string; readonly title: string }[];
  readonly components: readonly string[];
  readonly openRisks: readonly string[];
  /** What could not be reached and is owed: each a sentence. */
  readonly leftovers: readonly string[];
  /** Strategies with which the deploy script can be called, best first, and why the first. */
  readonly strategies: readonly Rollout[];
  readonly strategyReason: string;
  /** What this traffic could show in the window, a sentence for each metric. */
  readonly feasibility: readonly string[];
  /** How long a rollback may take, as the release plan declares it; null or left out where nothing does. */
  readonly recoveryObjectiveMs?: number | null;
}

/** The outcome of items: a go where none is in the way. `known` is what else was found; the rest is empty. */
export function gateOutcomeOf(
  items: readonly GateItem[],
  known: Partial<Omit<GateOutcome, 'items' | 'isGo'>> = {},
): GateOutcome {
  return {
    target: null,
    commit: null,
    tickets: [],
    components: [],
    openRisks: [],
    leftovers: [],
    strategies: [],
    strategyReason: '',
    feasibility: [],
    ...known,
    items,
    isGo: !items.some(isInTheWay),
  };
}

/** How the deploy script ended, whether it went forward or back. */
export interface ScriptOutcome {
  readonly how: 'exited' | 'hung' | 'over-limit' | 'ended-by-person' | 'not-started' | 'unknown';
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly tookMs: number;
  readonly lines: number;
  readonly bytes: number;
  /** The whole output with times, masked, from the repository's root. */
  readonly outputPath: string | null;
  /** The last lines, masked. */
  readonly tail: readonly string[];
  /** What ran when it was ended: `pid 412 sleep 600`. */
  readonly processes: readonly string[];
  /** Whether everything of its group is gone. */
  readonly isGroupGone: boolean;
  /** Why it was not started, or what else is to be known; ''. */
  readonly detail: string;
}

/** Of a script that was cut off, or could not be followed to its end: how it ended is not known. */
export function unknownOutcome(detail: string): ScriptOutcome {
  return {
    how: 'unknown',
    exitCode: null,
    signal: null,
    tookMs: 0,
    lines: 0,
    bytes: 0,
    outputPath: null,
    tail: [],
    processes: [],
    isGroupGone: false,
    detail,
  };
}

/** One case of a smoke test. */
export interface SmokeCase {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'not-run';
  readonly tookMs: number;
  readonly detail: string;
}

/** What the smoke tests came to; no case is a failure. */
export interface SmokeOutcome {
  readonly cases: readonly SmokeCase[];
  readonly isPassed: boolean;
  readonly detail: string;
}

/** Something that was done after the verdict, or told on the way; a failure is owed, and changes no verdict. */
export interface FollowUpOutcome {
  readonly what: FollowUp;
  readonly isDone: boolean;
  readonly detail: string;
}

export const FOLLOW_UPS = [
  'announce-start',
  'announce-verdict',
  'announce-rollback',
  'tag',
  'tickets-released',
  'tickets-back',
  'record',
  'rollback-record',
  'verification-report',
  'incident',
  'evidence',
  'retrospective',
  'incident-retrospective',
  'state',
  'tracker',
  'unlock',
] as const;
export type FollowUp = (typeof FOLLOW_UPS)[number];

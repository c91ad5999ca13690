import type { Actor, RunMode } from '../../core/release/run';

/** What the process of a run is told when it is started; nothing in it is secret. */
export interface RunRequest {
  readonly mode: RunMode;
  readonly version: string;
  readonly environment: string;
  /** Null: the version that was released before. */
  readonly target: string | null;
  readonly startedBy: Actor;
  /** Configuration in place of the repository's own; null for that. */
  readonly configurationFile: string | null;
  /** Whether registries and live addresses are asked by the gate. */
  readonly isOnline: boolean;
  /** What stands for the answers where nobody is there; null where somebody is. */
  readonly unattended: UnattendedAnswers | null;
  /** A run whose process is gone is gone on with: which, and who does; null for a new one. */
  readonly resume: { readonly id: string; readonly by: Actor } | null;
  /** A stale lock is broken: why. */
  readonly breakLock: string | null;
}

/** What a person laid down before a run that nobody attends. */
export interface UnattendedAnswers {
  /** The person whose approval record this rests on, and its path. */
  readonly approvedBy: string;
  readonly approval: string;
  readonly strategy: string;
  readonly strategyReason: string;
  /** The file that says so. */
  readonly file: string;
}

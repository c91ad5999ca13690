import type { Answer, Demand } from '../../core/release/events';
import type { ReleaseState } from '../../core/release/state';

/** A run as a face follows it: the replay of its journal as it grows, and the way in which a person speaks to it. */
export interface FollowedRun {
  readonly id: string;
  state(): ReleaseState;
  /** The run's own clock now, worked out from the last line and the time since. */
  elapsedMs(): number;
  /** Whether the process that ran it is gone without a verdict. */
  isGone(): boolean;
  /** Why the last answer or demand was not taken, once; null where it was. */
  lastRefusal(): string | null;
  onChange(listener: () => void): () => void;
  answer(answer: Answer): Promise<void>;
  demand(demand: Demand): Promise<void>;
  close(): void;
}

import type { Clock } from '../../core/ports';
import type { RunClock } from './runner';

/** A run's clock that also tells when the time of day went another way than it did. */
export interface ElapsedClock extends RunClock {
  /**
   * Milliseconds by which the time of day has moved against the counted time since this process began, positive for
   * forward: the clock was set, or the machine slept. Neither changes a decision; a record says it where it is much.
   */
  driftMs(): number;
}

/**
 * The clock of a run: the time of day for people, and milliseconds since the run began for decisions. The second is that of
 * the last journalled line and what this process's own monotonic clock counted since, so that a wall clock that is set, or
 * summer time, changes no decision. The time between a process that went and the one that goes on is not counted, nor is,
 * on Linux and macOS, the time that the machine slept: a watch is then longer by the wall clock than it was meant to be, and
 * never shorter.
 *
 * @param monotonicMs Milliseconds of a clock that only goes forward; the process's own by default.
 */
export function createElapsed(
  last: { readonly elapsedMs: number } | null,
  clock: Clock,
  monotonicMs: () => number = () => performance.now(),
): ElapsedClock {
  const from = monotonicMs();
  const began = clock.now().getTime();
  const before = last?.elapsedMs ?? 0;
  let reached = before;
  return {
    now: () => clock.now(),
    elapsedMs: () => {
      // Whatever the system does, the journal never goes back.
      reached = Math.max(reached, Math.round(before + monotonicMs() - from));
      return reached;
    },
    driftMs: () => Math.round(clock.now().getTime() - began - (monotonicMs() - from)),
  };
}

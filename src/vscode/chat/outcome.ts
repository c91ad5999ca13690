import type { TaskId } from '../../core/tasks/task';

/** A sensible next command, as chat offers it under an answer. */
export interface NextStep {
  readonly task: TaskId | 'check';
  readonly label: string;
}

/** How a handler ended. Cancelled ends quietly: nothing more is said. */
export type Outcome =
  | { readonly kind: 'answered'; readonly proposal: string | null; readonly next: readonly NextStep[] }
  | { readonly kind: 'stopped'; readonly message: string }
  | { readonly kind: 'cancelled' };

/** Whether `error` is how a cancelled piece of work ends. */
export function isCancellation(error: unknown, signal: AbortSignal): boolean {
  return (
    signal.aborted || (error instanceof Error && (error.name === 'AbortError' || error.name === 'Canceled'))
  );
}

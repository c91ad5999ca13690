import type { Step } from './model';
import type { YamlScalar } from './yaml-tree';

/** An action that runs a command again until it succeeds. To teach one more, add a line. */
interface RetryAction {
  /** `owner/name` in lower case, any ref. */
  readonly action: string;
  readonly command: string;
  /** The input that says how often it is tried at most, and what holds where it is not given. */
  readonly attempts: string;
  readonly defaultAttempts: number;
}

const RETRY_ACTIONS: readonly RetryAction[] = [
  { action: 'nick-fields/retry', command: 'command', attempts: 'max_attempts', defaultAttempts: 3 },
  { action: 'nick-invision/retry', command: 'command', attempts: 'max_attempts', defaultAttempts: 3 },
  { action: 'wandalen/wretry.action', command: 'command', attempts: 'attempt_limit', defaultAttempts: 2 },
];

/** The script that a step hands to an action which tries it several times, and how often: null where it may be any number. */
export interface RetriedCommand {
  readonly command: YamlScalar;
  readonly attempts: number | null;
}

/** What a step retries by an action; null for any other step. */
export function retriedCommand(step: Step): RetriedCommand | null {
  const action = step.uses?.value.split('@', 1)[0]?.toLowerCase();
  const row = RETRY_ACTIONS.find((each) => each.action === action);
  if (!row) return null;
  const input = (name: string): YamlScalar | undefined =>
    step.with.find((entry) => entry.name.value.toLowerCase() === name)?.value;
  const command = input(row.command);
  if (!command) return null;
  const attempts = input(row.attempts)?.text.trim();
  if (attempts === undefined) return { command, attempts: row.defaultAttempts };
  return { command, attempts: /^\d+$/.test(attempts) ? Number(attempts) : null };
}

import type { ScriptOutcome } from '../../../core/release/run';
import { runScript, type ScriptRun } from './run-script';

/** What the script that looks at health said. */
export interface HealthResult {
  readonly isWell: boolean;
  /** A clause without full stop: its status, and the last line that it wrote. */
  readonly detail: string;
  readonly outcome: ScriptOutcome;
}

/**
 * Runs `scripts/health-check.sh` (or what the settings name): status 0 within the limit is well, everything else is not.
 * It leaves nothing running. Never rejects.
 */
export async function checkHealth(
  run: Omit<ScriptRun, 'idleMs' | 'endsAll'>,
  signal: AbortSignal,
): Promise<HealthResult> {
  const outcome = await runScript({ ...run, idleMs: 0, endsAll: true }, signal);
  const isWell = outcome.how === 'exited' && outcome.exitCode === 0;
  return { isWell, detail: endInWords(outcome), outcome };
}

/** How a script ended, with the last line that it wrote where it did not end well: `status 3: connection refused`. */
export function endInWords(outcome: ScriptOutcome): string {
  const last = outcome.tail.filter((line) => line.trim() !== '' && !line.startsWith('[release-gate]')).at(-1);
  const how =
    outcome.how !== 'exited'
      ? outcome.detail
      : outcome.signal !== null
        ? `ended by ${outcome.signal}`
        : `status ${outcome.exitCode ?? 'unknown'}`;
  return outcome.exitCode === 0 && outcome.how === 'exited'
    ? how
    : last === undefined
      ? how
      : `${how}: ${last}`;
}

/** How long the successful runs of one workflow took, or of one job. */
export interface RunTimes {
  /** The workflow as the report names it: by its name or its path. */
  readonly workflow: string;
  /** Null for the workflow as a whole. */
  readonly job: string | null;
  /** Seconds of each run, in the order of the report. */
  readonly seconds: readonly number[];
}

/** Run times, or why the text holds none; `why` completes "<path> …". */
export type RunTimesReading =
  { readonly ok: true; readonly times: readonly RunTimes[] } | { readonly ok: false; readonly why: string };

/** More runs say nothing more of a median. */
const MAX_RUNS = 5_000;

/**
 * Reads run times from what GitHub's own tools print: `gh run list --json workflowName,startedAt,updatedAt,conclusion`,
 * `gh api repos/{owner}/{repo}/actions/runs`, and `gh api …/actions/runs/{id}/jobs`. Only runs that ended with success count.
 */
export function readRunTimes(text: string): RunTimesReading {
  const data = readJson(text);
  if (data === undefined) return { ok: false, why: 'is no JSON' };
  const record = isRecordValue(data) ? data : {};
  const runs = Array.isArray(data) ? data : (record['workflow_runs'] ?? record['jobs']);
  if (!Array.isArray(runs)) return { ok: false, why: 'holds neither runs nor jobs of GitHub Actions' };
  const byKey = new Map<string, { workflow: string; job: string | null; seconds: number[] }>();
  const isJobs = !Array.isArray(data) && Array.isArray(record['jobs']);
  for (const run of runs.slice(0, MAX_RUNS) as readonly unknown[]) {
    if (!isRecordValue(run) || run['conclusion'] !== 'success') continue;
    const text = (...keys: readonly string[]): string | null => {
      const value = keys.map((key) => run[key]).find((each) => typeof each === 'string' && each !== '');
      return typeof value === 'string' ? value : null;
    };
    const start = text('startedAt', 'run_started_at', 'started_at', 'createdAt', 'created_at');
    const end = text('completedAt', 'completed_at', 'updatedAt', 'updated_at');
    const workflow = isJobs
      ? text('workflow_name', 'workflowName')
      : text('path', 'workflowName', 'workflow_name', 'name');
    const seconds = start && end ? (Date.parse(end) - Date.parse(start)) / 1000 : Number.NaN;
    if (workflow === null || !Number.isFinite(seconds) || seconds < 0) continue;
    const job = isJobs ? text('name') : null;
    const key = `${workflow}\n${job ?? ''}`;
    const known = byKey.get(key) ?? { workflow: workflow.replace(/@.*$/, ''), job, seconds: [] };
    known.seconds.push(seconds);
    byKey.set(key, known);
  }
  return byKey.size === 0
    ? { ok: false, why: 'holds no run that ended with success, with its times' }
    : { ok: true, times: [...byKey.values()] };
}

/** The middle one, or the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** `45 s`, `4 min 10 s`, `1 h 5 min`. */
export function secondsInWords(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function isRecordValue(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

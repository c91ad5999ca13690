import { isCommitId, isRecord, shownName, textAt, unreadable, type ReportReading } from './report';

/** What became of one check on one commit. */
export interface CheckRun {
  /** As GitHub shows it: `test (20)`, `deploy / smoke`. */
  readonly name: string;
  /** The workflow, where the file names it. */
  readonly workflow: string | null;
  /** 40 hex digits; null where the file does not say which commit it is of. */
  readonly commit: string | null;
  /** `success`, `failure`, `cancelled`, `skipped` …; `pending` where it has not ended. */
  readonly conclusion: string;
  /** ISO 8601; null while it runs. */
  readonly endedAt: string | null;
  /** Which try of the run this is, from 1; null where the file does not say. */
  readonly attempt: number | null;
}

/** Checks of commits, as `gh` prints them. */
export interface CheckRunReport {
  readonly runs: readonly CheckRun[];
  /** How many more there are than the file holds; 0 where it holds them all. */
  readonly missing: number;
}

const MAX_RUNS = 20_000;

/** Answers of `gh api --paginate` stand one after the other. */
const MAX_PAGES = 500;

/**
 * Reads what `gh api repos/OWNER/NAME/commits/SHA/check-runs`, `gh api …/actions/runs/ID/jobs` and
 * `gh run view ID --json headSha,attempt,workflowName,jobs` print, one answer or several pages of it.
 */
export function readCheckRuns(text: string): ReportReading<CheckRunReport> {
  const pages = pagesOf(text.replace(/^\uFEFF/, ''));
  if (pages === null) return unreadable('is not JSON');
  const runs: CheckRun[] = [];
  let total = 0;
  let seesAny = false;
  for (const page of pages) {
    if (!isRecord(page))
      return unreadable('holds no checks: it must be what gh prints of check runs or of a run');
    const checks = page['check_runs'];
    const jobs = page['jobs'];
    const list: unknown = Array.isArray(checks) ? checks : jobs;
    if (!Array.isArray(list)) {
      return unreadable(
        'conclusion' in page || 'databaseId' in page
          ? 'names no jobs; ask gh run view for jobs and headSha'
          : 'holds no checks: it has neither "check_runs" nor "jobs"',
      );
    }
    seesAny = true;
    if (typeof page['total_count'] === 'number') total = Math.max(total, page['total_count']);
    if (runs.length + list.length > MAX_RUNS) return unreadable(`holds more than ${MAX_RUNS} checks`);
    for (const each of list as readonly unknown[]) {
      const run = isRecord(each) ? runOf(each, page) : null;
      if (run) runs.push(run);
      else return unreadable('holds a check without a name');
    }
  }
  if (!seesAny) return unreadable('is empty');
  return { ok: true, report: { runs, missing: Math.max(0, total - runs.length) } };
}

function runOf(
  run: Readonly<Record<string, unknown>>,
  page: Readonly<Record<string, unknown>>,
): CheckRun | null {
  const name = textAt(run, 'name');
  if (name === null) return null;
  const commit =
    textAt(run, 'head_sha') ?? textAt(run, 'headSha') ?? textAt(page, 'headSha') ?? textAt(page, 'head_sha');
  const conclusion = (textAt(run, 'conclusion') ?? '').toLowerCase();
  const status = (textAt(run, 'status') ?? '').toLowerCase();
  const ended = textAt(run, 'completed_at') ?? textAt(run, 'completedAt');
  const attempt = run['run_attempt'] ?? page['attempt'];
  const workflow = textAt(run, 'workflow_name') ?? textAt(page, 'workflowName');
  return {
    name: shownName(name),
    workflow: workflow === null ? null : shownName(workflow),
    commit: commit !== null && isCommitId(commit) ? commit.toLowerCase() : null,
    conclusion:
      conclusion === '' || (status !== '' && status !== 'completed') ? 'pending' : shownName(conclusion),
    // gh prints the year 1 for a job that has not ended.
    endedAt: ended !== null && !ended.startsWith('0001-') ? ended : null,
    attempt: typeof attempt === 'number' && Number.isInteger(attempt) && attempt > 0 ? attempt : null,
  };
}

/** One JSON value, the values of a list of pages, or values one after the other; null for anything else. */
function pagesOf(text: string): readonly unknown[] | null {
  const whole = parsed(text);
  if (whole !== undefined) return Array.isArray(whole) ? (whole as readonly unknown[]) : [whole];
  const pages: unknown[] = [];
  let depth = 0;
  let start = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isInText) {
      if (character === '\\') at++;
      else if (character === '"') isInText = false;
    } else if (character === '"') isInText = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth !== 0) continue;
      const page = parsed(text.slice(start, at + 1));
      if (page === undefined || pages.length >= MAX_PAGES) return null;
      pages.push(...(Array.isArray(page) ? (page as readonly unknown[]) : [page]));
      start = at + 1;
    }
  }
  return pages.length > 0 && text.slice(start).trim() === '' ? pages : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

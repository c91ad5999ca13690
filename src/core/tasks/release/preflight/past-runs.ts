import { readFrontMatter } from '../../../text/front-matter';
import { isFields } from '../../../release/shape';
import { VERDICTS, type VerdictName } from '../../../release/run';
import { namesPerson } from '../../../records/strict';
import { zonedTime } from '../../../text/zoned-time';
import type { ReportFiles } from '../../../ports';

/** A run of an environment as its record, or the journal of one that has no verdict, tells it. */
export interface PastRun {
  /** The name of its record without `.md`. */
  readonly id: string;
  /** Its record, or its journal where it has none. */
  readonly path: string;
  readonly mode: string;
  readonly version: string;
  /** Null where it ended without one: its process was gone. */
  readonly verdict: VerdictName | null;
  readonly isOverridden: boolean;
  readonly target: string;
  readonly startedAt: string;
  readonly liveSystem: string;
  /** Null where nothing was rolled back. */
  readonly isRollbackVerified: boolean | null;
  /** Who resolved it, and by what; null where nobody did. */
  readonly resolved: { readonly by: string; readonly at: string; readonly fix: string } | null;
  /** What its resolution lacks, where somebody began one; ''. */
  readonly lacks: string;
}

/** So many runs are looked at, newest first: more are an archive. */
const MAX_RUNS = 500;

/** `release_2.4.0_production_2026-11-20-1400`, newest last by its time. */
const RUN = /(?:^|\/)(?:release|rollback)_([^/_]+)_([^/]+)_(\d{4}-\d{2}-\d{2}-\d{4}(?:-\d+)?)$/;

/**
 * The runs of an environment that left something in the folder of records, newest first. A run whose journal holds no verdict
 * was broken off; its process may be gone, or another machine's.
 *
 * @param own The run that asks, which is none of the past.
 */
export async function pastRunsOf(
  files: ReportFiles,
  folder: string,
  environment: string,
  own: string | null,
  signal?: AbortSignal,
): Promise<readonly PastRun[]> {
  const found = await files.find([`${folder}/release_*.md`, `${folder}/*.journal/journal.jsonl`], signal);
  const ids = new Map<string, { record: string | null; journal: string | null }>();
  for (const path of found.paths) {
    const isJournal = path.endsWith('.journal/journal.jsonl');
    const id = path.slice(folder.length + 1).replace(/\.md$|\.journal\/journal\.jsonl$/, '');
    if (id === own || id.includes('/') || !RUN.test(id)) continue;
    const known = ids.get(id) ?? { record: null, journal: null };
    ids.set(id, isJournal ? { ...known, journal: path } : { ...known, record: path });
  }
  const timeOf = (id: string): string => RUN.exec(id)?.[3] ?? '';
  const newest = [...ids].sort(([a], [b]) => timeOf(b).localeCompare(timeOf(a))).slice(0, MAX_RUNS);
  const runs: PastRun[] = [];
  for (const [id, { record, journal }] of newest) {
    signal?.throwIfAborted();
    const told = record === null ? null : await ofRecord(files, id, record);
    const run = told?.verdict || journal === null ? told : ((await ofJournal(files, id, journal)) ?? told);
    if (run && run.environment.toLowerCase() === environment.toLowerCase()) runs.push(run.run);
  }
  return runs;
}

interface Told {
  readonly environment: string;
  readonly verdict: boolean;
  readonly run: PastRun;
}

async function ofRecord(files: ReportFiles, id: string, path: string): Promise<Told | null> {
  const read = await files.read(path);
  if (!read.ok) return null;
  const front = readFrontMatter(read.text);
  const data = front.ok ? front.data : {};
  const text = (key: string): string => {
    const value = data[key];
    return typeof value === 'string'
      ? value.trim()
      : value instanceof Date
        ? value.toISOString()
        : typeof value === 'boolean'
          ? value
            ? 'yes'
            : 'no'
          : typeof value === 'number'
            ? String(value)
            : '';
  };
  // A report of a release that some other tool or person wrote says nothing of a verdict.
  const verdict = VERDICTS.find((each) => each === text('verdict')) ?? null;
  if (verdict === null && text('journal') === '' && text('verdict') !== 'under way') return null;
  const parts = RUN.exec(id);
  const by = text('resolved-by');
  const at = text('resolved-at');
  const fix = text('fix');
  const lacks = [
    ...(namesPerson(by) ? [] : ['who resolved it (resolved-by)']),
    ...(zonedTime(at) === null ? ['when (resolved-at)'] : []),
    ...(fix === '' ? ['its fix (fix)'] : []),
  ];
  const verified = text('rollback-verified').toLowerCase();
  return {
    environment: text('environment') || (parts?.[2] ?? ''),
    verdict: verdict !== null,
    run: {
      id,
      path,
      mode: text('mode') || 'release',
      version: text('version') || (parts?.[1] ?? ''),
      verdict,
      isOverridden: text('override') !== '',
      target: text('rollback-target'),
      startedAt: text('started-at'),
      liveSystem: text('live-system'),
      isRollbackVerified: verified === 'yes' ? true : verified === 'no' ? false : null,
      resolved: lacks.length === 0 ? { by, at, fix } : null,
      lacks: by === '' && at === '' && fix === '' ? '' : lacks.join(', '),
    },
  };
}

/** What a journal tells of its run, without judging its chain: that is `resume`'s. */
async function ofJournal(files: ReportFiles, id: string, path: string): Promise<Told | null> {
  const read = await files.read(path);
  if (!read.ok) return null;
  let started: Record<string, unknown> | null = null;
  let verdict: VerdictName | null = null;
  let didRun = false;
  let at = '';
  for (const line of read.text.split('\n')) {
    if (line.trim() === '') continue;
    const fields = parsed(line);
    const entry = isFields(fields?.['entry']) ? fields['entry'] : null;
    if (!entry) continue;
    if (entry['event'] === 'started' && isFields(entry['run'])) {
      started = entry['run'];
      at = typeof fields?.['at'] === 'string' ? fields['at'] : '';
    }
    if (entry['effect'] === 'run-script') didRun = true;
    if (entry['event'] === 'declared' && isFields(entry['verdict'])) {
      const name = entry['verdict']['verdict'];
      verdict = VERDICTS.find((each) => each === name) ?? verdict;
    }
  }
  if (!started) return null;
  const text = (key: string): string => {
    const value = started[key];
    return typeof value === 'string' ? value : '';
  };
  return {
    environment: text('environment'),
    verdict: verdict !== null,
    run: {
      id,
      path,
      mode: text('mode') || 'release',
      version: text('version'),
      verdict,
      isOverridden: false,
      target: text('target'),
      startedAt: at,
      liveSystem: didRun ? 'unknown' : 'unchanged',
      isRollbackVerified: null,
      resolved: null,
      lacks: '',
    },
  };
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

/** Why a run stands in the way of the next one to its environment, a sentence with what to do; null where it does not. */
export function whyBlocking(run: PastRun): string | null {
  if (run.resolved) return null;
  const what = `${run.mode === 'rollback' ? 'the rollback from' : run.mode === 'drill' ? 'the drill of' : 'the release of'} ${run.version}`;
  if (run.verdict === null) {
    return run.liveSystem === 'unchanged'
      ? null
      : `${what} was broken off amid its deployment and has no verdict, so nobody knows what runs: go on with it by release-gate resume ${run.id}`;
  }
  const began = run.lacks === '' ? '' : `; its resolution lacks ${run.lacks}`;
  const next = `have a person record what mended it: release-gate resolve ${run.id}${began}`;
  if (run.isRollbackVerified === false || run.liveSystem === 'unknown') {
    return `${what} ended as ${run.verdict}, and nobody knows what runs (UNKNOWN STATE): put it right, then ${next}`;
  }
  if (run.verdict === 'Rolled-Back' && run.mode !== 'drill') {
    return `${what} was rolled back and nobody resolved it: mend what failed, then ${next}`;
  }
  return run.verdict === 'Aborted' && run.liveSystem === 'changed'
    ? `${what} was aborted after the live system was changed, and nobody resolved it: ${next}`
    : null;
}

/** The version that runs as far as the records tell: of the newest release that stood; null where none tells. */
export function lastReleased(runs: readonly PastRun[]): PastRun | null {
  return runs.find(({ verdict, mode }) => verdict === 'Released' && mode === 'release') ?? null;
}

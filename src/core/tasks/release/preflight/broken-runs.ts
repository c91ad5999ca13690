import type { ReportFiles } from '../../../ports';
import { byBeginning, isRunId } from '../../../release/run-name';
import { isFields } from '../../../release/shape';

/** A run whose journal has no verdict: its process was gone before it came to one. */
export interface BrokenRun {
  /** The name of its record without `.md`. */
  readonly id: string;
  readonly path: string;
  readonly mode: string;
  readonly version: string;
  readonly environment: string;
  /** Whether its deploy script had been started, so that nobody knows what runs. */
  readonly didDeploy: boolean;
}

/** So many journals are looked at, newest first: those of more are an archive. */
const MAX_JOURNALS = 200;

/**
 * The runs of an environment that were broken off, newest first, by the journals below a folder. Whether a journal was altered
 * is not asked: that is `resume`'s.
 *
 * @param own The run that asks, which has no verdict yet either.
 */
export async function brokenRunsOf(
  files: ReportFiles,
  folder: string,
  environment: string,
  own: string | null,
  signal?: AbortSignal,
): Promise<readonly BrokenRun[]> {
  const found = await files.find([`${folder}/*.journal/journal.jsonl`], signal);
  const idOf = (path: string): string => path.slice(folder.length + 1, -'.journal/journal.jsonl'.length);
  const newest = found.paths
    .filter((path) => isRunId(idOf(path)) && idOf(path) !== own)
    .sort((a, b) => byBeginning(idOf(b), idOf(a)))
    .slice(0, MAX_JOURNALS);
  const broken: BrokenRun[] = [];
  for (const path of newest) {
    signal?.throwIfAborted();
    const read = await files.read(path);
    const run = read.ok ? brokenRunIn(idOf(path), path, read.text) : null;
    if (run && run.environment.toLowerCase() === environment.toLowerCase()) broken.push(run);
  }
  return broken;
}

/** The run of a journal; null where it has its verdict, or is no journal. */
function brokenRunIn(id: string, path: string, text: string): BrokenRun | null {
  // Most journals have their verdict: that line is looked for before any is parsed.
  const lines = text
    .split('\n')
    .filter((line) => /"(?:event":"(?:started|declared)|effect":"run-script)"/.test(line));
  let run: Record<string, unknown> | null = null;
  let didDeploy = false;
  for (const line of lines) {
    const entry = entryOf(line);
    if (entry?.['event'] === 'declared') return null;
    if (entry?.['event'] === 'started' && isFields(entry['run'])) run = entry['run'];
    if (entry?.['effect'] === 'run-script') didDeploy = true;
  }
  if (!run) return null;
  const said = (key: string): string => {
    const value = run[key];
    return typeof value === 'string' ? value : '';
  };
  return {
    id,
    path,
    mode: said('mode'),
    version: said('version'),
    environment: said('environment'),
    didDeploy,
  };
}

function entryOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) && isFields(value['entry']) ? value['entry'] : null;
  } catch {
    return null;
  }
}

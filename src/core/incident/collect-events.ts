import type { CommitRange, History, RepositoryFiles } from '../ports';
import { fileSource, type Source } from '../evidence/fact';
import { readFrontMatter } from '../text/front-matter';
import { isoTime } from '../text/zoned-time';

/** Something that happened around an incident, with what shows it. */
export interface IncidentEvent {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly event: string;
  /** In words, for a table: "commit 1a2b3c4". */
  readonly shownBy: string;
  readonly source: Source;
}

/** What was found, oldest first, and what was left out and why. */
export interface CollectedEvents {
  readonly events: readonly IncidentEvent[];
  readonly notes: readonly string[];
}

/** Milliseconds since 1970. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** A timeline of more rows is read by nobody; those nearest to the incident's beginning are kept. */
const MAX_EVENTS = 60;
const MAX_RECORDS = 200;

/**
 * The commits, tags and release records whose time lies in a window. The commit's own time is taken, that of its entering
 * the branch, not that of its writing. Records are Markdown with front matter or JSON; their times with a zone count.
 */
export async function collectEvents(
  world: { readonly history: History; readonly files: RepositoryFiles; readonly releaseFolder: string },
  window: TimeWindow,
  centre: number,
  signal: AbortSignal,
): Promise<CollectedEvents> {
  const notes: string[] = [];
  const events: IncidentEvent[] = [];
  const state = await world.history.state(signal);
  if (state.kind === 'unavailable') notes.push(`The history is not known: ${state.detail}`);
  else {
    if (state.isShallow) notes.push('The history is shallow: commits before its end are not in the timeline');
    events.push(...(await historyEvents(world.history, { base: null, head: state.head }, signal)));
  }
  events.push(...(await recordEvents(world.files, `${world.releaseFolder}/records/`, notes, signal)));
  const inside = events.filter(({ at }) => {
    const time = Date.parse(at);
    return time >= window.from && time <= window.to;
  });
  const nearest = [...inside]
    .sort((a, b) => Math.abs(Date.parse(a.at) - centre) - Math.abs(Date.parse(b.at) - centre))
    .slice(0, MAX_EVENTS);
  if (nearest.length < inside.length) {
    notes.push(
      `${inside.length} events lie in the time around the incident; the ${MAX_EVENTS} nearest are shown`,
    );
  }
  return { events: nearest.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)), notes };
}

async function historyEvents(
  history: History,
  range: CommitRange,
  signal: AbortSignal,
): Promise<readonly IncidentEvent[]> {
  const commits = await history.commits(range, signal);
  const tags = await history.tags(range.head, signal);
  return [
    ...commits.flatMap((commit) =>
      event(commit.committedAt, `Commit: ${commit.subject}`, `commit ${commit.hash.slice(0, 12)}`, {
        kind: 'commit',
        hash: commit.hash,
        subject: commit.subject,
      }),
    ),
    ...tags.flatMap((tag) =>
      event(tag.taggedAt, `Tag ${tag.name} was set`, `tag ${tag.name}`, {
        kind: 'tag',
        name: tag.name,
        commit: tag.commit,
      }),
    ),
  ];
}

async function recordEvents(
  files: RepositoryFiles,
  folder: string,
  notes: string[],
  signal: AbortSignal,
): Promise<readonly IncidentEvent[]> {
  const { paths } = await files.list(signal);
  const records = paths.filter((path) => path.startsWith(folder) && /\.(?:md|json)$/.test(path));
  if (records.length > MAX_RECORDS)
    notes.push(`Only ${MAX_RECORDS} of ${records.length} release records were read`);
  const events: IncidentEvent[] = [];
  // Their names begin with a date or number, so the newest stand last.
  for (const path of records.slice(-MAX_RECORDS)) {
    signal.throwIfAborted();
    const read = await files.read(path);
    const fields = read.ok ? recordFields(path, read.text) : null;
    if (!fields) {
      notes.push(`The release record ${path} could not be read`);
      continue;
    }
    const what = ['version', 'environment', 'verdict', 'status']
      .map((key) => fields[key])
      .filter((value): value is string => typeof value === 'string' && value !== '')
      .join(', ');
    for (const [key, value] of Object.entries(fields)) {
      const text = value instanceof Date ? value.toISOString() : value;
      if (
        typeof text !== 'string' ||
        !/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$/.test(text)
      )
        continue;
      events.push(
        ...event(
          text,
          `Release record: ${wordsOf(key)}${what === '' ? '' : ` (${what})`}`,
          path,
          fileSource(path),
        ),
      );
    }
  }
  return events;
}

function recordFields(path: string, text: string): Readonly<Record<string, unknown>> | null {
  if (path.endsWith('.md')) {
    const read = readFrontMatter(text);
    return read.ok ? read.data : null;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

/** "startedAt" and "started_at" as "started at". */
function wordsOf(key: string): string {
  return key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
}

function event(at: string, what: string, shownBy: string, source: Source): readonly IncidentEvent[] {
  const time = Date.parse(at);
  return Number.isNaN(time) ? [] : [{ at: isoTime(time), event: what, shownBy, source }];
}

import type { ActionPinRow } from '../../src/core/evidence/action-pins';
import type { ReleaseLookup } from '../../src/core/ports';

/** The table as it is after GitHub was asked, and what is to be told. */
export interface RefreshedRows {
  readonly rows: readonly ActionPinRow[];
  readonly added: readonly string[];
  /** A tag that names another commit than the row: somebody must look, so the row is left as it is. */
  readonly moved: readonly string[];
  readonly failed: readonly string[];
}

/**
 * Asks for the latest release of every action of the table, and for the commit of its tag: a version that is new gets a
 * row, one that is there is confirmed. Rows are never removed, and a commit is only ever what GitHub answered.
 *
 * @param today `YYYY-MM-DD`.
 */
export async function refreshedRows(
  rows: readonly ActionPinRow[],
  lookup: ReleaseLookup,
  today: string,
  signal?: AbortSignal,
): Promise<RefreshedRows> {
  const added: string[] = [];
  const moved: string[] = [];
  const failed: string[] = [];
  const next = new Map(rows.map((row) => [`${row[0]}@${row[1]}`, row]));
  for (const action of new Set(rows.map(([name]) => name))) {
    const repository = action.split('/').slice(0, 2).join('/');
    const release = await lookup.latestRelease(repository, signal);
    const answer = release.ok ? await lookup.commitOf(repository, release.tag, signal) : release;
    if (!release.ok || !answer.ok) {
      failed.push(`${action} ${answer.ok ? '' : answer.detail}`.trim());
      if (!answer.ok && answer.isFinal) break;
      continue;
    }
    const version = /^v?(\d+\.\d+(?:\.\d+)?)$/.exec(release.tag)?.[1];
    if (version === undefined) {
      failed.push(`${action} calls its latest release ${JSON.stringify(release.tag)}, which is no version`);
      continue;
    }
    const key = `${action}@${version}`;
    const known = next.get(key);
    if (known && known[2] !== answer.commit) {
      moved.push(`${key} is ${answer.commit} now and was ${known[2]}`);
      continue;
    }
    if (!known) added.push(`${key} ${answer.commit}`);
    next.set(key, [action, version, answer.commit, 'github', today]);
  }
  return { rows: [...next.values()].sort(byActionNewestFirst), added, moved, failed };
}

/** The file that holds the table; it is formatted afterwards. */
export function renderRows(rows: readonly ActionPinRow[]): string {
  return [
    "import type { ActionPinRow } from './action-pins';",
    '',
    '/** Written by `npm run pins`, which asks GitHub; rows that were read from public repositories stay as they are. */',
    'export const ACTION_PIN_ROWS: readonly ActionPinRow[] = [',
    ...rows.map((row) => `  ${JSON.stringify(row)},`),
    '];',
    '',
  ].join('\n');
}

function byActionNewestFirst(a: ActionPinRow, b: ActionPinRow): number {
  const [first, second] = [a[0].toLowerCase(), b[0].toLowerCase()];
  if (first !== second) return first < second ? -1 : 1;
  const [one, other] = [a[1].split('.').map(Number), b[1].split('.').map(Number)];
  for (let index = 0; index < 3; index++) {
    const difference = (other[index] ?? 0) - (one[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

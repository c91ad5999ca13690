import type { ReadDocument } from '../documents/document';
import { textHash } from '../documents/markdown/text-hash';
import { runbookKind } from '../documents/runbook/runbook-kind';
import type { RepositoryProfile } from '../evidence/profile';
import type { Commit, History, RepositoryFiles } from '../ports';
import { readFrontMatter } from '../text/front-matter';
import { zonedTime } from '../text/zoned-time';
import type { WorkflowSet } from '../workflow/understanding';

/** A runbook with its last change, and those of what it describes. */
export interface RunbookUpkeep {
  readonly path: string;
  readonly frontMatter: Readonly<Record<string, unknown>>;
  /** The hash of its text as it stands (`textHash`), by which a record of a review names what was read. */
  readonly sha256: string;
  /** Null where git knows of none: it is not committed. */
  readonly lastChange: Commit | null;
  /** Workflows that deploy and scripts that deploy or go back, each with its last change. */
  readonly describes: readonly { readonly path: string; readonly lastChange: Commit | null }[];
}

/** An earlier release on record, as its record says of itself. */
export interface ReleaseOnRecord {
  readonly path: string;
  readonly version: string;
  readonly environment: string;
  /** Null where it was not closed: after the verdict, with its checklist done. */
  readonly closed: { readonly at: string; readonly by: string } | null;
}

/** `release_2.4.0_production_2026-11-20-1400.md`, `-2` where two were made in one minute. */
const RELEASE_RECORD = /(?:^|\/)release_([^/_]+)_([^/]+)_\d{4}-\d{2}-\d{2}-\d{4}(?:-\d+)?\.md$/;

/** What the history tells of the runbooks; files that were never committed have no last change. */
export async function runbooksOf(
  world: { readonly files: RepositoryFiles; readonly history: History },
  known: {
    readonly documents: readonly ReadDocument[];
    readonly workflows: WorkflowSet | null;
    readonly profile: RepositoryProfile;
  },
  signal: AbortSignal,
): Promise<readonly RunbookUpkeep[]> {
  const runbooks = known.documents.filter(({ kind }) => kind === runbookKind.id);
  if (runbooks.length === 0) return [];
  const state = await world.history.state(signal);
  const lastChange = async (path: string): Promise<Commit | null> =>
    state.kind === 'git' ? world.history.lastCommitOf(path, signal) : null;
  const described = new Set(
    (known.workflows?.jobs ?? [])
      .filter(({ target }) => target?.kind === 'production')
      .map(({ workflow }) => workflow.path),
  );
  for (const script of [known.profile.deployScript, known.profile.rollbackScript]) {
    if (script) described.add(script.value);
  }
  const describes = await Promise.all(
    [...described].sort().map(async (path) => ({ path, lastChange: await lastChange(path) })),
  );
  return Promise.all(
    runbooks.map(async ({ path, frontMatter, text }) => ({
      path,
      frontMatter,
      sha256: textHash(text),
      lastChange: await lastChange(path),
      describes,
    })),
  );
}

/** Records of earlier releases below the folder of releases, newest first by their names. */
export async function releaseRecordsOf(
  files: RepositoryFiles,
  paths: readonly string[],
  folder: string,
): Promise<readonly ReleaseOnRecord[]> {
  const records: (ReleaseOnRecord & { readonly time: string })[] = [];
  for (const path of paths) {
    const name = path.startsWith(`${folder}/`) ? RELEASE_RECORD.exec(path) : null;
    if (!name) continue;
    const read = await files.read(path);
    const front = read.ok ? readFrontMatter(read.text) : null;
    const data = front?.ok ? front.data : {};
    const text = (key: string): string => {
      const value = data[key];
      return typeof value === 'string' ? value.trim() : value instanceof Date ? value.toISOString() : '';
    };
    const at = text('closed-at');
    const by = text('closed-by');
    records.push({
      path,
      version: text('version') || (name[1] ?? ''),
      environment: text('environment') || (name[2] ?? ''),
      closed: zonedTime(at) !== null && by !== '' ? { at, by } : null,
      time: /\d{4}-\d{2}-\d{2}-\d{4}(?:-\d+)?(?=\.md$)/.exec(path)?.[0] ?? '',
    });
  }
  return records.sort((a, b) => b.time.localeCompare(a.time));
}

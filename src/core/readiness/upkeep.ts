import type { ReadDocument } from '../documents/document';
import { releaseRecordKind } from '../documents/release-record/release-record-kind';
import { sealState } from '../documents/release-record/seal';
import { textHash } from '../documents/markdown/text-hash';
import { runbookKind } from '../documents/runbook/runbook-kind';
import { releasePathsOf } from '../evidence/release-settings';
import type { Configuration } from '../gate/configuration';
import type { RepositoryProfile } from '../evidence/profile';
import type { Commit, History, RepositoryFiles } from '../ports';
import { namesPerson } from '../records/strict';
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
  /** What kind of run it was; `release` where the record, made by hand, says nothing. */
  readonly mode: 'release' | 'rollback' | 'drill';
  /** As the record has it: `Released`, `Rolled-Back`, `Aborted`, `under way`; '' where it says nothing. */
  readonly verdict: string;
  /** Somebody left the watch window before its end. */
  readonly isOverridden: boolean;
  /** `unchanged`, `changed`, `unknown`; '' where it says nothing. */
  readonly liveSystem: string;
  /** Null where nothing was rolled back, or nothing tells. */
  readonly isRollbackVerified: boolean | null;
  /** What it goes back to; left out where nothing tells. */
  readonly target?: string;
  /** The whole id of the released commit; '' where nothing tells. */
  readonly commit: string;
  /** When the verdict was made, with zone; '' where nothing tells. */
  readonly endedAt: string;
  /** A person's word that what failed is resolved, with what was done; null where there is none, or not all of it. */
  readonly resolved: {
    readonly at: string;
    readonly by: string;
    readonly resolution: string;
    readonly fix: string;
  } | null;
  /** Whether it says what it was sealed with; `unsealed` where it was made by hand, or has no verdict yet. */
  readonly seal: 'holds' | 'broken' | 'unsealed';
}

/** Whether a release went wrong in a way that a person has to resolve before the next one to its environment (S2-43). */
export function needsResolution(record: ReleaseOnRecord): boolean {
  const isUnknownState = record.liveSystem === 'unknown' || record.isRollbackVerified === false;
  // A drill goes back as it was meant to, and an abort that changed nothing leaves nothing behind.
  return isUnknownState || (record.mode !== 'drill' && record.verdict === 'Rolled-Back');
}

/** Whether a record is of a release that went out, or was to: neither a drill nor an abort that changed nothing. */
export function isOfRelease({ mode, verdict, liveSystem }: ReleaseOnRecord): boolean {
  return (
    mode === 'release' && verdict !== 'under way' && !(verdict === 'Aborted' && liveSystem === 'unchanged')
  );
}

/** `release_2.4.0_production_2026-11-20-1400.md`, `-2` where two were made in one minute; a rollback's and a drill's alike. */
const RELEASE_RECORD =
  /(?:^|\/)(release|rollback|drill)_([^/]+?)_([^/]+)_\d{4}-\d{2}-\d{2}-\d{4}(?:-\d+)?\.md$/;

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

/** Where records of releases stand: below the folder of releases, and where the runner of releases leaves its own. */
export function releaseFoldersOf({
  releaseFolder,
  release,
}: Pick<Configuration, 'releaseFolder' | 'release'>): readonly string[] {
  return [...new Set([releaseFolder, releasePathsOf(release).releaseFolder])];
}

/**
 * Records of earlier releases below the folders of releases, newest first by their names. The record of a rollback counts
 * where it is one of its own, not beside that of its release.
 */
export async function releaseRecordsOf(
  files: RepositoryFiles,
  paths: readonly string[],
  folders: readonly string[],
): Promise<readonly ReleaseOnRecord[]> {
  const records: (ReleaseOnRecord & { readonly time: string })[] = [];
  for (const path of paths) {
    const name = folders.some((folder) => path.startsWith(`${folder}/`)) ? RELEASE_RECORD.exec(path) : null;
    if (!name) continue;
    const read = await files.read(path);
    const front = read.ok ? readFrontMatter(read.text) : null;
    const data = front?.ok ? front.data : {};
    const text = (key: string): string => {
      const value = data[key];
      return typeof value === 'string' ? value.trim() : value instanceof Date ? value.toISOString() : '';
    };
    const kind = text('kind');
    if (name[1] === 'release' ? kind !== '' && kind !== releaseRecordKind.id : kind !== releaseRecordKind.id)
      continue;
    const at = text('closed-at');
    const by = text('closed-by');
    const verified = text('rollback-verified');
    records.push({
      path,
      version: text('version') || (name[2] ?? ''),
      environment: text('environment') || (name[3] ?? ''),
      closed: zonedTime(at) !== null && by !== '' ? { at, by } : null,
      mode: MODES.find((mode) => mode === text('mode')) ?? 'release',
      verdict: text('verdict'),
      isOverridden: text('override') !== '',
      liveSystem: text('live-system'),
      isRollbackVerified: verified === 'yes' ? true : verified === 'no' ? false : null,
      ...(text('rollback-target') === '' ? {} : { target: text('rollback-target') }),
      commit: text('commit').toLowerCase(),
      endedAt: text('ended-at'),
      resolved: resolutionOf(text),
      seal: kind === releaseRecordKind.id && read.ok ? sealState(read.text) : 'unsealed',
      time: /\d{4}-\d{2}-\d{2}-\d{4}(?:-\d+)?(?=\.md$)/.exec(path)?.[0] ?? '',
    });
  }
  return records.sort((a, b) => b.time.localeCompare(a.time, 'en', { numeric: true }));
}

const MODES = ['release', 'rollback', 'drill'] as const;

function resolutionOf(text: (key: string) => string): ReleaseOnRecord['resolved'] {
  const [at, by, resolution, fix] = [
    text('resolved-at'),
    text('resolved-by'),
    text('resolution'),
    text('fix'),
  ];
  return zonedTime(at) !== null && namesPerson(by) && resolution !== '' && fix !== ''
    ? { at, by, resolution, fix }
    : null;
}

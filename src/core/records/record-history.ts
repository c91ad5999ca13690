import type { Commit, History, RepositoryFiles } from '../ports';

/** What git knows of a record: a record is written once. */
export type RecordHistory =
  | { readonly kind: 'as-committed'; readonly by: Commit }
  /** `by` changed what was recorded before. */
  | { readonly kind: 'changed'; readonly by: Commit }
  /** It stands in no commit, or not as it stands here. */
  | { readonly kind: 'uncommitted'; readonly isNew: boolean };

/** More records than this are an archive; the newest names are looked at. */
const MAX_RECORDS = 200;

/**
 * Whether each record still is what was committed first: the last commit that touched it made it, and it stands here as it
 * does there. Nothing is said of a repository that git does not open.
 */
export async function openRecordHistory(
  world: { readonly history: History; readonly files: RepositoryFiles },
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, RecordHistory>> {
  const found = new Map<string, RecordHistory>();
  const state = await world.history.state(signal);
  if (state.kind !== 'git') return found;
  for (const path of [...paths].sort().slice(-MAX_RECORDS)) {
    signal?.throwIfAborted();
    const [here, committed] = await Promise.all([
      world.files.read(path),
      world.history.fileAt(state.head, path, signal),
    ]);
    if (!here.ok) continue;
    if (!committed.ok || committed.text !== here.text) {
      found.set(path, { kind: 'uncommitted', isNew: !committed.ok });
      continue;
    }
    const by = await world.history.lastCommitOf(path, signal);
    if (!by) continue;
    const [parent] = by.parents;
    const before = parent === undefined ? null : await world.history.fileAt(parent, path, signal);
    found.set(path, { kind: before?.ok === true ? 'changed' : 'as-committed', by });
  }
  return found;
}

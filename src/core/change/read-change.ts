import type { History, Parsers, RepositoryFiles } from '../ports';
import { TOUCH_KINDS, type Change, type Touch, type TouchKind } from './change';
import { classifyCommits, messageHostOf } from './commits';
import { CODEOWNERS_PATHS, groupByComponent, ownersOf, readCodeOwners, type OwnerRule } from './components';
import { detectIrreversible } from './irreversible';
import type { DetectorWorld } from './irreversible/detector';
import type { SqlSettings } from './irreversible/dialect';
import { touchesOfPath } from './path-kinds';
import { findReleaseRange, type RangeAnswer, type RangeRequest } from './release-range';

/** What reading a change needs of the world. */
export interface ChangeWorld {
  readonly files: RepositoryFiles;
  readonly history: History;
  readonly parsers: Pick<Parsers, 'sql' | 'shell'>;
  readonly configuration: { readonly sql: SqlSettings };
}

/** The change, or why there is none: the range's answer. */
export type ChangeAnswer =
  { readonly ok: true; readonly change: Change } | Exclude<RangeAnswer, { readonly ok: true }>;

/**
 * Reads what a range of commits changes: one call of git for the commits and one for the files, whatever the number of
 * commits, and one for each end of a changed migration.
 */
export async function readChange(
  world: ChangeWorld,
  request: RangeRequest,
  signal?: AbortSignal,
): Promise<ChangeAnswer> {
  const { history } = world;
  const found = await findReleaseRange(history, request, signal);
  if (!found.ok) return found;
  const { range } = found;
  // Who waits for the history lets others go on: only the numbers of lines take long, and nothing needs them but the end.
  const listing = world.files.list(signal);
  const [classified, files, { listed, repositoryPaths, detected }] = await Promise.all([
    Promise.all([history.commits(range.commits, signal), history.remoteUrl(signal), listing]).then(
      ([commits, remote, { paths }]) => classifyCommits(commits, messageHostOf(remote, new Set(paths))),
    ),
    history.changedFiles(range.commits, signal),
    Promise.all([history.changedPaths(range.commits, signal), listing]).then(async ([changed, listed]) => {
      const repositoryPaths = new Set(listed.paths);
      const detectorWorld: DetectorWorld = {
        files: changed,
        range,
        history,
        parsers: world.parsers,
        repositoryPaths,
        sql: world.configuration.sql,
        signal,
      };
      return { listed, repositoryPaths, detected: await detectIrreversible(detectorWorld) };
    }),
  ]);
  const ownersFile = CODEOWNERS_PATHS.find((candidate) => repositoryPaths.has(candidate)) ?? null;
  const ownersOfPath = ownersOf(ownersFile === null ? [] : await readOwners(world.files, ownersFile));
  const paths = files.map((file) => file.path);
  return {
    ok: true,
    change: {
      range,
      commits: classified,
      counts: {
        total: classified.length,
        classified: classified.filter((commit) => commit.type !== null).length,
        unclassified: classified.filter((commit) => commit.type === null).length,
        reverted: classified.filter((commit) => commit.revertedBy !== null).length,
      },
      files,
      touches: touchesOf(
        files.flatMap((file) => [file.path, ...(file.oldPath === null ? [] : [file.oldPath])]),
        detected.touches,
      ),
      irreversible: detected.irreversible,
      risks: detected.risks,
      components: groupByComponent(paths, listed.paths, ownersOfPath),
      owners:
        ownersFile === null
          ? null
          : {
              file: ownersFile,
              byPath: new Map(
                paths
                  .map((path) => [path, ownersOfPath(path)] as const)
                  .filter(([, names]) => names.length > 0),
              ),
            },
      isShallow: found.isShallow,
    },
  };
}

function touchesOf(
  paths: readonly string[],
  known: readonly { readonly kind: TouchKind; readonly path: string }[],
): readonly Touch[] {
  const byKind = new Map<TouchKind, Set<string>>();
  const add = (kind: TouchKind, path: string): void => {
    const set = byKind.get(kind) ?? new Set<string>();
    byKind.set(kind, set.add(path));
  };
  for (const { kind, path } of known) add(kind, path);
  for (const path of paths) for (const kind of touchesOfPath(path)) add(kind, path);
  return TOUCH_KINDS.filter((kind) => byKind.has(kind)).map((kind) => ({
    kind,
    paths: [...(byKind.get(kind) ?? [])],
  }));
}

async function readOwners(files: RepositoryFiles, path: string): Promise<readonly OwnerRule[]> {
  const read = await files.read(path);
  return read.ok ? readCodeOwners(read.text) : [];
}

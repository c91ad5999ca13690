import type { ChangedFile, History, Parsers, RepositoryFiles } from '../ports';
import { TOUCH_KINDS, type Change, type ChangeRange, type Touch, type TouchKind } from './change';
import { classifyCommits, messageHostOf } from './commits';
import { groupByComponent, readComponents, type ComponentOf, type ConfiguredComponent } from './components';
import { withNotes } from './implementation-notes';
import { detectIrreversible } from './irreversible';
import type { Detected, DetectorWorld } from './irreversible/detector';
import type { SqlSettings } from './irreversible/dialect';
import { CODEOWNERS_PATHS, ownersOf, readCodeOwners, type OwnerRule } from './owners';
import { touchesOfPath } from './path-kinds';
import { findReleaseRange, type RangeAnswer, type RangeRequest } from './release-range';
import { EARLIER_COMMITS, readSignals } from './signals';
import { readTouches, touchKey, type TouchesRead } from './touches';

/** What reading a change needs of the world. */
export interface ChangeWorld {
  readonly files: RepositoryFiles;
  readonly history: History;
  readonly parsers: Pick<Parsers, 'sql' | 'shell'>;
  readonly configuration: {
    readonly sql: SqlSettings;
    readonly components: readonly ConfiguredComponent[];
  };
}

/** The change, or why there is none: the range's answer. */
export type ChangeAnswer =
  { readonly ok: true; readonly change: Change } | Exclude<RangeAnswer, { readonly ok: true }>;

/**
 * Reads what a range of commits changes: a fixed number of calls of git, whatever the number of commits and files. Of files
 * only those are read that something is told by, at both ends of the range.
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
  const [classified, files, within, earlier, seen] = await Promise.all([
    Promise.all([history.commits(range.commits, signal), history.remoteUrl(signal), listing]).then(
      ([commits, remote, { paths }]) => classifyCommits(commits, messageHostOf(remote, new Set(paths))),
    ),
    history.changedFiles(range.commits, signal),
    history.commitPaths(range.commits, MAX_COMMITS_WITH_PATHS, signal),
    range.commits.base === null
      ? []
      : history.commitPaths({ base: null, head: range.commits.base }, EARLIER_COMMITS, signal),
    Promise.all([history.changedPaths(range.commits, signal), listing]).then(([changed, { paths }]) =>
      readDifference(world, range, changed, paths, signal),
    ),
  ]);
  const { detected, touched, componentOf, ownersFile, ownersOfPath } = seen;
  const paths = files.map((file) => file.path);
  const groups = groupByComponent({ changed: paths, componentOf, ownersOfPath, commits: within });
  const pathsOf = new Map(within.map((commit) => [commit.hash, commit.paths]));
  const commits = classified.map((each) => ({
    ...each,
    components: [...new Set((pathsOf.get(each.commit.hash) ?? []).map((path) => componentOf(path).name))],
  }));
  return {
    ok: true,
    change: {
      range,
      commits,
      counts: {
        total: commits.length,
        classified: commits.filter((commit) => commit.type !== null).length,
        unclassified: commits.filter((commit) => commit.type === null).length,
        reverted: commits.filter((commit) => commit.revertedBy !== null).length,
      },
      files,
      touches: touchesOf(files, [...detected.touches, ...touched.evidence], touched.untouched),
      irreversible: detected.irreversible,
      risks: detected.risks,
      components: await withNotes(groups, commits, (await listing).paths, world.files),
      evidence: touched.evidence,
      dependencies: touched.dependencies,
      flags: touched.flags,
      signals: readSignals({ range, commits, files, within, earlier }),
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

/** Of more commits it is not told which files each changed; their number is told all the same. */
const MAX_COMMITS_WITH_PATHS = 100_000;

async function readDifference(
  world: ChangeWorld,
  range: ChangeRange,
  changed: readonly ChangedFile[],
  repositoryPaths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{
  readonly detected: Detected;
  readonly touched: TouchesRead;
  readonly componentOf: ComponentOf;
  readonly ownersFile: string | null;
  readonly ownersOfPath: (path: string) => readonly string[];
}> {
  const present = new Set(repositoryPaths);
  const detectorWorld: DetectorWorld = {
    files: changed,
    range,
    history: world.history,
    parsers: world.parsers,
    repositoryPaths: present,
    sql: world.configuration.sql,
    signal,
  };
  const ownersFile = CODEOWNERS_PATHS.find((candidate) => present.has(candidate)) ?? null;
  const [detected, touched, componentOf, rules] = await Promise.all([
    detectIrreversible(detectorWorld),
    readTouches(detectorWorld),
    readComponents(repositoryPaths, world.configuration.components, (path) => world.files.read(path)),
    ownersFile === null ? [] : readOwners(world.files, ownersFile),
  ]);
  return { detected, touched, componentOf, ownersFile, ownersOfPath: ownersOf(rules) };
}

function touchesOf(
  files: readonly ChangedFile[],
  known: readonly { readonly kind: TouchKind; readonly path: string }[],
  untouched: ReadonlySet<string>,
): readonly Touch[] {
  const byKind = new Map<TouchKind, Set<string>>();
  const add = (kind: TouchKind, path: string): void => {
    const set = byKind.get(kind) ?? new Set<string>();
    byKind.set(kind, set.add(path));
  };
  for (const { kind, path } of known) add(kind, path);
  for (const file of files) {
    for (const path of file.oldPath === null ? [file.path] : [file.path, file.oldPath]) {
      for (const kind of touchesOfPath(path)) if (!untouched.has(touchKey(kind, file.path))) add(kind, path);
    }
  }
  return TOUCH_KINDS.filter((kind) => byKind.has(kind)).map((kind) => ({
    kind,
    paths: [...(byKind.get(kind) ?? [])],
  }));
}

async function readOwners(files: RepositoryFiles, path: string): Promise<readonly OwnerRule[]> {
  const read = await files.read(path);
  return read.ok ? readCodeOwners(read.text) : [];
}

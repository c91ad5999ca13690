import { coerce, compare, parse, type SemVer } from 'semver';
import { lineIndex } from '../../text/position';
import { counted } from '../../text/words';
import type { DependencyChange, TouchEvidence, TouchKind } from '../change';
import type { DetectorWorld } from '../irreversible/detector';
import { isTestOrSample, isVendored } from '../path-kinds';
import { lineRange, readTextEnds, sideOf, shownEvidence, type FamilyRead, type TextEnds } from './file-ends';
import {
  packageFileOf,
  PACKAGE_FILES,
  readPackages,
  type PackageFile,
  type PinnedPackage,
} from './package-files';

/** Dependencies with what of the files shows them. */
export interface DependenciesRead extends FamilyRead {
  readonly dependencies: readonly DependencyChange[];
}

/** More are counted and not listed: nobody reads them one by one. */
const MAX_LISTED = 2000;

/**
 * Compares what lock files pin at both ends, and what manifests ask for where no lock file of theirs changed with them.
 */
export async function readDependencies(world: DetectorWorld): Promise<DependenciesRead> {
  const ends = await readTextEnds(
    world,
    (path) => packageFileOf(path) !== null && !isTestOrSample(path) && !isVendored(path),
  );
  const evidence: TouchEvidence[] = [];
  const untouched: { kind: TouchKind; path: string }[] = [];
  const dependencies: DependencyChange[] = [];
  const locked = ends.flatMap((each) => {
    const kind = packageFileOf(each.file.path);
    return kind?.isLock === true ? [{ folder: folderOf(each.file.path), ecosystem: kind.ecosystem }] : [];
  });
  for (const each of ends) {
    const { file, base, head } = each;
    const kind = packageFileOf(file.path) ?? packageFileOf(file.oldPath ?? file.path);
    if (!kind) continue;
    if (each.unread !== null) {
      evidence.push({
        kind: 'dependencies',
        path: file.path,
        range: null,
        side: sideOf(file),
        what: `the file ${each.unread}, so its packages are not compared`,
      });
      continue;
    }
    const before = base === null ? [] : readPackages(kind, base);
    const after = head === null ? [] : readPackages(kind, head);
    if (before === null || after === null) {
      evidence.push({
        kind: 'dependencies',
        path: file.path,
        range: null,
        side: sideOf(file),
        what: 'cannot be read as what its name says, so its packages are not compared',
      });
      continue;
    }
    const direct = kind.isLock ? await directNames(world, each, kind) : null;
    const changes = compared(kind, each, before, after, direct);
    if (changes.length === 0) {
      untouched.push({ kind: 'dependencies', path: file.path });
      continue;
    }
    // What the lock file beside or above it pins says more than the range that the manifest asks for.
    const isCovered =
      !kind.isLock &&
      locked.some(
        ({ folder, ecosystem }) =>
          ecosystem === kind.ecosystem &&
          (folder === '' || `${folderOf(file.path)}/`.startsWith(`${folder}/`)),
      );
    if (!isCovered) dependencies.push(...changes);
    evidence.push(...evidenceOf(each, changes, kind));
  }
  return { evidence, untouched, dependencies: dependencies.slice(0, MAX_LISTED) };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Names that the manifests beside a lock file ask for; null where none is there. */
async function directNames(
  world: DetectorWorld,
  { file }: TextEnds,
  kind: PackageFile,
): Promise<ReadonlySet<string> | null> {
  const folder = folderOf(file.path);
  const manifests = [...world.repositoryPaths].filter(
    (path) =>
      folderOf(path) === folder &&
      PACKAGE_FILES.some(
        (each) => !each.isLock && each.ecosystem === kind.ecosystem && each.pattern.test(path),
      ),
  );
  if (manifests.length === 0) return null;
  const names = new Set<string>();
  for (const path of manifests.slice(0, 5)) {
    const read = await world.history.fileAt(world.range.commits.head, path, world.signal);
    const manifest = packageFileOf(path);
    if (!read.ok || !manifest) continue;
    for (const { name } of readPackages(manifest, read.text) ?? []) names.add(name);
  }
  return names;
}

function byName(packages: readonly PinnedPackage[]): ReadonlyMap<string, readonly PinnedPackage[]> {
  const map = new Map<string, PinnedPackage[]>();
  for (const each of packages) {
    const same = map.get(each.name);
    if (!same) map.set(each.name, [each]);
    else if (!same.some(({ version }) => version === each.version)) same.push(each);
  }
  return map;
}

function compared(
  kind: PackageFile,
  { file, base, head }: TextEnds,
  before: readonly PinnedPackage[],
  after: readonly PinnedPackage[],
  direct: ReadonlySet<string> | null,
): readonly DependencyChange[] {
  const old = byName(before);
  const now = byName(after);
  const baseLines = lineIndex(base ?? '');
  const headLines = lineIndex(head ?? '');
  const changes: DependencyChange[] = [];
  const isDirect = (name: string, own: boolean | null): boolean | null => own ?? direct?.has(name) ?? null;
  const common = { ecosystem: kind.ecosystem };
  for (const [name, versions] of now) {
    const were = old.get(name);
    const after = highest(versions);
    const place = { path: file.path, range: lineRange(headLines, after.line), side: 'head' as const };
    if (!were) {
      const earlier = kind.ecosystem === 'go' ? earlierModule(name, old, now) : null;
      changes.push({
        ...common,
        name,
        before: earlier?.version ?? null,
        after: joined(versions),
        change: earlier ? 'major' : 'added',
        mayBreak: earlier !== null,
        isDirect: isDirect(name, after.isDirect),
        ...place,
      });
      continue;
    }
    if (joined(were) === joined(versions)) continue;
    const from = highest(were);
    const step = stepOf(from.version, after.version);
    changes.push({
      ...common,
      name,
      before: joined(were),
      after: joined(versions),
      ...step,
      isDirect: isDirect(name, after.isDirect),
      ...place,
    });
  }
  for (const [name, versions] of old) {
    if (now.has(name)) continue;
    // A Go module in its next major version has another name.
    if (
      kind.ecosystem === 'go' &&
      [...now.keys()].some((each) => !old.has(each) && moduleOf(each) === moduleOf(name))
    )
      continue;
    const last = highest(versions);
    changes.push({
      ...common,
      name,
      before: joined(versions),
      after: null,
      change: 'removed',
      mayBreak: false,
      isDirect: isDirect(name, last.isDirect),
      path: file.oldPath ?? file.path,
      range: lineRange(baseLines, last.line),
      side: 'base',
    });
  }
  return changes;
}

function moduleOf(name: string): string {
  return name.replace(/(?:\/v\d+|\.v\d+)$/, '');
}

function earlierModule(
  name: string,
  old: ReadonlyMap<string, readonly PinnedPackage[]>,
  now: ReadonlyMap<string, readonly PinnedPackage[]>,
): PinnedPackage | null {
  for (const [each, versions] of old) {
    if (!now.has(each) && moduleOf(each) === moduleOf(name)) return versions[0] ?? null;
  }
  return null;
}

function joined(versions: readonly PinnedPackage[]): string {
  return [...new Set(versions.map(({ version }) => version))].sort().join(', ');
}

function versionOf(text: string): SemVer | null {
  return parse(text) ?? coerce(text.replace(/,.*$/, ''));
}

function highest(versions: readonly PinnedPackage[]): PinnedPackage {
  const [first, ...rest] = versions as [PinnedPackage, ...PinnedPackage[]];
  return rest.reduce((best, each) => {
    const [a, b] = [versionOf(best.version), versionOf(each.version)];
    return a && b && compare(b, a) > 0 ? each : best;
  }, first);
}

/** How far a version moves, and whether semantic versioning lets that break its users: below 1.0 each minor step may. */
export function stepOf(before: string, after: string): Pick<DependencyChange, 'change' | 'mayBreak'> {
  const [a, b] = [versionOf(before), versionOf(after)];
  if (!a || !b || compare(a, b) === 0) return { change: 'other', mayBreak: false };
  if (compare(b, a) < 0)
    return { change: 'downgrade', mayBreak: a.major !== b.major || (a.major === 0 && a.minor !== b.minor) };
  if (a.major !== b.major) return { change: 'major', mayBreak: true };
  if (a.minor !== b.minor) return { change: 'minor', mayBreak: a.major === 0 };
  // In 0.0.x every step may.
  if (a.patch !== b.patch) return { change: 'patch', mayBreak: a.major === 0 && a.minor === 0 };
  return { change: 'other', mayBreak: false };
}

function evidenceOf(
  { file }: TextEnds,
  changes: readonly DependencyChange[],
  kind: PackageFile,
): readonly TouchEvidence[] {
  const number = (wanted: (change: DependencyChange) => boolean): number => changes.filter(wanted).length;
  const added = number(({ change }) => change === 'added');
  const removed = number(({ change }) => change === 'removed');
  const moved = changes.length - added - removed;
  const parts = [
    added > 0 ? `adds ${counted(added, 'package')}` : null,
    removed > 0 ? `removes ${counted(removed, 'package')}` : null,
    moved > 0 ? `${kind.isLock ? 'moves' : 'asks another version of'} ${counted(moved, 'package')}` : null,
  ].filter((part) => part !== null);
  const breaking = changes
    .filter(({ mayBreak, isDirect }) => mayBreak && isDirect !== false)
    .map((change) => ({
      range: change.range,
      side: change.side,
      what: `moves ${change.name} from ${change.before ?? ''} to ${change.after ?? ''}, which by semantic versioning may break what uses it`,
    }));
  return shownEvidence('dependencies', file, [
    { range: null, side: sideOf(file), what: parts.join(', ') },
    ...breaking,
  ]);
}

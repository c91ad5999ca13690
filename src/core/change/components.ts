import picomatch from 'picomatch';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import type { ReadResult } from '../ports';
import type { ChangedComponent, ComponentSource } from './change';

/** A component that the configuration names, with the globs of its files. */
export interface ConfiguredComponent {
  readonly name: string;
  readonly globs: readonly string[];
}

/** Files that make their folder a package of its own. */
const MANIFESTS =
  /(?:^|\/)(?:package\.json|project\.json|pyproject\.toml|setup\.py|go\.mod|cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|[^/]+\.csproj|mix\.exs|composer\.json|[^/]+\.gemspec)$/i;

/** Files that say which folders are members of a workspace. */
const WORKSPACES =
  /(?:^|\/)(?:package\.json|pnpm-workspace\.yaml|lerna\.json|cargo\.toml|go\.work|pyproject\.toml)$/i;

/** So many files are read for what they say of workspaces; those nearest to the root first. */
const MAX_WORKSPACE_FILES = 30;

/** Where a path belongs. */
export interface ComponentPlace {
  readonly name: string;
  readonly folder: string;
  readonly source: ComponentSource;
}

/** Finds the component of a path. */
export type ComponentOf = (path: string) => ComponentPlace;

/**
 * Where the paths of a repository belong: what the configuration says, first; else the innermost member of a workspace (npm,
 * pnpm, yarn, lerna, Cargo, Go, uv); else the innermost folder with a manifest; else the top folder. The root is ''.
 */
export async function readComponents(
  repositoryPaths: readonly string[],
  configured: readonly ConfiguredComponent[],
  read: (path: string) => Promise<ReadResult>,
): Promise<ComponentOf> {
  const packages = new Set(repositoryPaths.filter((path) => MANIFESTS.test(path)).map(folderOf));
  packages.delete('');
  const members = await membersOf(repositoryPaths, packages, read);
  const byHand = configured.map(({ name, globs }) => ({
    name,
    matches: picomatch([...globs], { dot: true }),
  }));
  const known = new Map<string, ComponentPlace>();
  const placeOf = (path: string): ComponentPlace => {
    const own = byHand.find(({ matches }) => matches(path));
    if (own) return { name: own.name, folder: '', source: 'configuration' };
    const folder = folderOf(path);
    const same = known.get(folder);
    if (same) return same;
    const parts = folder === '' ? [] : folder.split('/');
    const outwards = parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
    const member = outwards.find((each) => members.has(each));
    const chosen = member ?? outwards.find((each) => packages.has(each)) ?? parts[0] ?? '';
    const place: ComponentPlace = {
      name: chosen,
      folder: chosen,
      source: member !== undefined ? 'workspace' : packages.has(chosen) ? 'manifest' : 'folder',
    };
    known.set(folder, place);
    return place;
  };
  return placeOf;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

async function membersOf(
  repositoryPaths: readonly string[],
  packages: ReadonlySet<string>,
  read: (path: string) => Promise<ReadResult>,
): Promise<ReadonlySet<string>> {
  const depth = (path: string): number => path.split('/').length;
  const files = repositoryPaths
    .filter((path) => WORKSPACES.test(path) && depth(path) <= 2)
    .sort((a, b) => depth(a) - depth(b))
    .slice(0, MAX_WORKSPACE_FILES);
  const members = new Set<string>();
  await Promise.all(
    files.map(async (file) => {
      const text = await read(file);
      if (!text.ok) return;
      const globs = workspaceGlobs(file, text.text);
      if (globs.length === 0) return;
      const root = folderOf(file);
      const wanted = globs.filter((glob) => !glob.startsWith('!')).map((glob) => below(root, glob));
      const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => below(root, glob.slice(1)));
      const isWanted = picomatch(wanted);
      const isUnwanted = unwanted.length === 0 ? () => false : picomatch(unwanted);
      for (const folder of packages) if (isWanted(folder) && !isUnwanted(folder)) members.add(folder);
    }),
  );
  return members;
}

function below(root: string, glob: string): string {
  const bare = glob.replace(/^\.\//, '').replace(/\/+$/, '');
  return root === '' ? bare : `${root}/${bare}`;
}

/** The globs of members that a file says; none where it says nothing or cannot be read. */
function workspaceGlobs(file: string, text: string): readonly string[] {
  const name = file.slice(file.lastIndexOf('/') + 1).toLowerCase();
  try {
    if (name === 'go.work') {
      return [...text.replace(/\/\/.*$/gm, '').matchAll(/^\s*(?:use\s+)?(\.{1,2}(?:\/[^\s()]+)?)\s*$/gm)].map(
        (match) => match[1] ?? '',
      );
    }
    const data: unknown = name.endsWith('.toml')
      ? parseToml(text)
      : name.endsWith('.yaml')
        ? parseYaml(text)
        : JSON.parse(text);
    switch (name) {
      case 'package.json': {
        const workspaces = at(data, 'workspaces');
        return texts(Array.isArray(workspaces) ? workspaces : at(workspaces, 'packages'));
      }
      case 'pnpm-workspace.yaml':
      case 'lerna.json':
        return texts(at(data, 'packages'));
      case 'cargo.toml':
        return texts(at(data, 'workspace', 'members'));
      default:
        return texts(at(data, 'tool', 'uv', 'workspace', 'members'));
    }
  } catch {
    return [];
  }
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string').slice(0, 500) : [];
}

/** What is known of the range for its components. */
export interface ComponentFacts {
  readonly changed: readonly string[];
  readonly componentOf: ComponentOf;
  readonly ownersOfPath: (path: string) => readonly string[];
  /** The commits of the range with their files, newest first. */
  readonly commits: readonly { readonly hash: string; readonly paths: readonly string[] }[];
}

/** Groups changed paths and commits by component, those with most changed paths first. */
export function groupByComponent({
  changed,
  componentOf,
  ownersOfPath,
  commits,
}: ComponentFacts): readonly Omit<ChangedComponent, 'notes'>[] {
  const groups = new Map<
    string,
    { readonly place: ComponentPlace; readonly paths: string[]; readonly commits: string[] }
  >();
  const keyOf = (place: ComponentPlace): string =>
    `${place.source === 'configuration' ? 'named' : 'folder'}:${place.name}`;
  for (const path of changed) {
    const place = componentOf(path);
    const group = groups.get(keyOf(place));
    if (group) group.paths.push(path);
    else groups.set(keyOf(place), { place, paths: [path], commits: [] });
  }
  for (const { hash, paths } of commits) {
    // What a commit changed and a later one took back is no part of the difference.
    for (const key of new Set(paths.map((path) => keyOf(componentOf(path)))))
      groups.get(key)?.commits.push(hash);
  }
  return [...groups.values()]
    .map(({ place, paths, commits: own }) => ({
      ...place,
      paths,
      owners: byCount(paths.flatMap((path) => ownersOfPath(path))),
      commits: own,
    }))
    .sort((a, b) => b.paths.length - a.paths.length || (a.name < b.name ? -1 : 1));
}

function byCount(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
}

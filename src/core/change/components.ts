import ignore from 'ignore';
import type { ChangedComponent } from './change';

/** A line of CODEOWNERS that names somebody. */
export interface OwnerRule {
  readonly pattern: string;
  readonly owners: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** Where GitHub looks for CODEOWNERS, the first that exists counts: docs.github.com, "About code owners". */
export const CODEOWNERS_PATHS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** Reads CODEOWNERS. A pattern without owners takes the owners away, as on GitHub. */
export function readCodeOwners(text: string): readonly OwnerRule[] {
  const rules: OwnerRule[] = [];
  text.split('\n').forEach((raw, index) => {
    const line = raw.replace(/^\uFEFF/, '').trim();
    // Negation and character ranges do not work in CODEOWNERS, and sections are another host's.
    if (line === '' || /^[#![]/.test(line)) return;
    const [pattern = '', ...rest] = line.replace(/\s#.*$/, '').match(/(?:\\ |[^\s])+/g) ?? [];
    const owners = rest.filter((word) => /^@[\w.-]+(?:\/[\w.-]+)?$|^[^@\s]+@[^@\s]+$/.test(word));
    rules.push({ pattern, owners, line: index + 1 });
  });
  return rules;
}

/** Finds the owners of a path: the last pattern that matches decides. */
export function ownersOf(rules: readonly OwnerRule[]): (path: string) => readonly string[] {
  const compiled = rules.map((rule) => ({ rule, matcher: ignore().add(rule.pattern) })).reverse();
  return (path) => {
    if (path === '' || path.startsWith('/') || path.split('/').includes('..')) return [];
    return compiled.find(({ matcher }) => matcher.ignores(path))?.rule.owners ?? [];
  };
}

/** Files that make their folder a package of its own. */
const MANIFESTS =
  /(?:^|\/)(?:package\.json|pyproject\.toml|setup\.py|go\.mod|cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|[^/]+\.csproj|mix\.exs|composer\.json|[^/]+\.gemspec)$/i;

/**
 * Groups changed paths by the innermost folder with a manifest, else by the top folder; the root is ''. Owners are of
 * the changed paths.
 */
export function groupByComponent(
  changed: readonly string[],
  repositoryPaths: readonly string[],
  ownersOfPath: (path: string) => readonly string[],
): readonly ChangedComponent[] {
  const packages = new Set(
    repositoryPaths
      .filter((path) => MANIFESTS.test(path))
      .map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))),
  );
  packages.delete('');
  const groups = new Map<string, string[]>();
  for (const path of changed) {
    const folders = path.split('/').slice(0, -1);
    let folder = folders[0] ?? '';
    for (let depth = folders.length; depth > 0; depth--) {
      const candidate = folders.slice(0, depth).join('/');
      if (!packages.has(candidate)) continue;
      folder = candidate;
      break;
    }
    const group = groups.get(folder);
    if (group) group.push(path);
    else groups.set(folder, [path]);
  }
  return [...groups]
    .map(([folder, paths]) => ({
      folder,
      paths,
      owners: byCount(paths.flatMap((path) => ownersOfPath(path))),
    }))
    .sort((a, b) => b.paths.length - a.paths.length || (a.folder < b.folder ? -1 : 1));
}

function byCount(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
}

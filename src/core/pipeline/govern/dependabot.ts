import picomatch from 'picomatch';
import { isPlainText } from '../../evidence/detect/shell-text';
import { applyEdits } from '../../text/edit';
import { enumerated } from '../../text/words';
import { insertItem, setEntry, yamlLines, type NewYaml } from '../../workflow/edit';
import { readYaml, valueOf, type YamlValue } from '../../workflow/yaml-tree';
import type { ProposedText } from './made-text';

/** Where Dependabot looks, first match first. */
export const DEPENDABOT_PATHS = ['.github/dependabot.yml', '.github/dependabot.yaml'] as const;

/** Folders with something that Dependabot keeps up to date, by its name of the ecosystem. */
export interface Ecosystem {
  readonly name: string;
  /** From the root with a slash before: `/`, `/apps/web`. */
  readonly directories: readonly string[];
}

/** Days that a new version waits before it is proposed: most hijacked packages are found out within them. */
const COOLDOWN_DAYS = 7;

/** Folders whose manifests are other people's, or samples. */
const FOREIGN =
  /(?:^|\/)(?:node_modules|vendor|third_party|fixtures|__fixtures__|testdata|test-data|examples?|samples?|dist|target|\.venv|venv|\.terraform|\.git)\//;

interface EcosystemKind {
  readonly name: string;
  readonly manifest: RegExp;
  /** Files beside the manifest that make it this one, or another one. */
  readonly lock?: RegExp;
  /** The manifest alone is another ecosystem's. */
  readonly isToldByLock?: true;
  /** The ecosystem that has a folder in place of this one. */
  readonly unless?: string;
  /** A folder below another one is a part of that. */
  readonly isNestedCovered?: true;
}

/**
 * Which file makes which ecosystem: docs.github.com, "Dependabot options reference", `package-ecosystem`. In this order:
 * a folder that the first one takes is not the second one's.
 */
const KINDS: readonly EcosystemKind[] = [
  { name: 'bun', manifest: /^package\.json$/, lock: /^bun\.lockb?$/, isToldByLock: true },
  {
    name: 'npm',
    unless: 'bun',
    manifest: /^package\.json$/,
    lock: /^(package-lock\.json|pnpm-lock\.yaml|yarn\.lock|npm-shrinkwrap\.json)$/,
  },
  { name: 'uv', manifest: /^pyproject\.toml$/, lock: /^uv\.lock$/, isToldByLock: true },
  {
    name: 'pip',
    unless: 'uv',
    manifest: /^(pyproject\.toml|requirements[\w.-]*\.(txt|in)|Pipfile|setup\.(py|cfg))$/,
    lock: /^(poetry\.lock|Pipfile\.lock|pdm\.lock)$/,
  },
  { name: 'gomod', manifest: /^go\.mod$/ },
  { name: 'maven', manifest: /^pom\.xml$/, isNestedCovered: true },
  { name: 'gradle', manifest: /^build\.gradle(\.kts)?$/, isNestedCovered: true },
  { name: 'cargo', manifest: /^Cargo\.toml$/, lock: /^Cargo\.lock$/ },
  { name: 'nuget', manifest: /\.(sln|slnx|csproj|fsproj|vbproj)$/, isNestedCovered: true },
  { name: 'bundler', manifest: /^Gemfile$/, lock: /^Gemfile\.lock$/ },
  { name: 'composer', manifest: /^composer\.json$/, lock: /^composer\.lock$/ },
  { name: 'mix', manifest: /^mix\.exs$/, lock: /^mix\.lock$/ },
  { name: 'docker-compose', manifest: /^(docker-)?compose([.-][\w.-]+)?\.ya?ml$/ },
  { name: 'helm', manifest: /^Chart\.yaml$/, isNestedCovered: true },
  { name: 'terraform', manifest: /^\.terraform\.lock\.hcl$/ },
];

/** The ecosystems of a repository: GitHub Actions wherever a workflow is, and each manifest's. */
export function ecosystemsOf(
  paths: readonly string[],
  dockerfiles: readonly string[],
  members: readonly string[] = [],
): readonly Ecosystem[] {
  const own = paths.filter((path) => !FOREIGN.test(path) && isPlainText(path));
  const actions = own
    .filter((path) => /(^|\/)action\.ya?ml$/.test(path))
    .map(directoryOf)
    .filter((directory) => directory !== '/');
  const usesActions = own.some((path) => /^(\.github\/workflows\/[^/]+|action)\.ya?ml$/.test(path));
  const found: Ecosystem[] = [];
  const add = (name: string, directories: readonly string[]): void => {
    const unique = [...new Set(directories)].sort();
    if (unique.length > 0) found.push({ name, directories: unique });
  };
  add('github-actions', [...(usesActions ? ['/'] : []), ...actions]);
  const taken = new Map<string, Set<string>>();
  for (const kind of KINDS) {
    const files = own.filter((path) => kind.manifest.test(baseOf(path)));
    const directories = [...new Set(files.map(directoryOf))].filter(
      (directory) =>
        (!kind.isToldByLock || hasLock(own, directory, kind)) &&
        !(kind.unless !== undefined && taken.get(kind.unless)?.has(directory)),
    );
    const covered = directories.filter((directory) => {
      if (members.includes(directory)) return true;
      const above = directories.filter((other) => other !== directory && isBelow(directory, other));
      const instead = kind.unless === undefined ? [] : [...(taken.get(kind.unless) ?? [])];
      if (!hasLock(own, directory, kind) && instead.some((other) => isBelow(directory, other))) return true;
      return kind.isNestedCovered
        ? above.length > 0
        : !hasLock(own, directory, kind) && above.some((other) => hasLock(own, other, kind));
    });
    const kept = directories.filter((directory) => !covered.includes(directory));
    taken.set(kind.name, new Set(directories));
    add(kind.name, kept);
  }
  add('docker', dockerfiles.filter((path) => own.includes(path)).map(directoryOf));
  return found;
}

/** The configuration that is proposed: a new one, or the one that stands there with the entries that it lacks at its end. */
export function proposeDependabot(before: string | null, ecosystems: readonly Ecosystem[]): ProposedText {
  if (before === null || before.trim() === '') {
    const text = [
      '# Versions are proposed weekly, and not before they are a week old; security updates come at once.',
      ...yamlLines({ version: 2, updates: ecosystems.map(entryOf) }, 0, {
        step: 2,
        listStep: 2,
        lineBreak: '\n',
      }),
      '',
    ].join('\n');
    return { text, notes: [] };
  }
  const tree = readYaml(before);
  const updates = valueOf(tree.root, 'updates');
  if (tree.problems.length > 0 || tree.root?.kind !== 'map') {
    return { text: before, notes: ['cannot be read as YAML, so it is left as it is'] };
  }
  const present = updates?.kind === 'list' ? updates.items : [];
  const missing = ecosystems.flatMap((ecosystem): Ecosystem[] => {
    const directories = ecosystem.directories.filter(
      (directory) => !present.some((entry) => covers(entry, ecosystem.name, directory)),
    );
    return directories.length > 0 ? [{ ...ecosystem, directories }] : [];
  });
  const hasty = present.flatMap((entry) => {
    const name = valueOf(entry, 'package-ecosystem');
    return name?.kind === 'scalar' && valueOf(entry, 'cooldown') === null ? [name.text] : [];
  });
  const notes =
    hasty.length > 0
      ? [
          `has no cooldown for ${enumerated([...new Set(hasty)], 'and')}: a new version is proposed at once; the entries are left as they are`,
        ]
      : [];
  if (missing.length === 0) return { text: before, notes };
  let text = before;
  for (const ecosystem of missing) {
    const now = readYaml(text).root;
    const list = valueOf(now, 'updates');
    if (now?.kind !== 'map') break;
    const result =
      list?.kind === 'list' && list.items.length > 0
        ? insertItem(text, list, list.items.length, entryOf(ecosystem))
        : setEntry(text, now, 'updates', [entryOf(ecosystem)]);
    if (!result.ok) {
      return { text: before, notes: [...notes, `is left as it is, since ${result.reason}`] };
    }
    text = applyEdits(text, result.edits);
  }
  return { text, notes };
}

function entryOf({ name, directories }: Ecosystem): NewYaml {
  const [only] = directories;
  return {
    'package-ecosystem': name,
    ...(directories.length === 1 && only !== undefined ? { directory: only } : { directories }),
    schedule: { interval: 'weekly' },
    cooldown: { 'default-days': COOLDOWN_DAYS },
  };
}

function covers(entry: YamlValue, name: string, directory: string): boolean {
  const ecosystem = valueOf(entry, 'package-ecosystem');
  if (ecosystem?.kind !== 'scalar' || ecosystem.text !== name) return false;
  const one = valueOf(entry, 'directory');
  const several = valueOf(entry, 'directories');
  const patterns = [
    ...(one?.kind === 'scalar' ? [one.text] : []),
    ...(several?.kind === 'list'
      ? several.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []))
      : []),
  ];
  return patterns.some((pattern) => {
    const normal = pattern.replace(/^\.?\/+|\/+$/g, '');
    const inside = directory.slice(1);
    if (normal === inside || (inside === '' && /^\*\*(\/\*)?$/.test(normal))) return true;
    return /[*?[\]]/.test(normal) && normal.length < 300 && picomatch.isMatch(inside, normal, { dot: true });
  });
}

function hasLock(paths: readonly string[], directory: string, { lock }: EcosystemKind): boolean {
  return (
    lock !== undefined && paths.some((path) => directoryOf(path) === directory && lock.test(baseOf(path)))
  );
}

function isBelow(directory: string, other: string): boolean {
  return directory.startsWith(other === '/' ? '/' : `${other}/`);
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '/' : `/${path.slice(0, slash)}`;
}

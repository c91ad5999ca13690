import { parse as parseToml } from 'smol-toml';
import type { DependencyChange } from '../change';

/** A package as one file names it. */
export interface PinnedPackage {
  readonly name: string;
  /** A version, or what a manifest asks for; '' where it asks for any. */
  readonly version: string;
  /** From 1. */
  readonly line: number;
  readonly isDirect: boolean | null;
}

/** A kind of file that names packages. */
export interface PackageFile {
  readonly ecosystem: DependencyChange['ecosystem'];
  /** A lock file pins what is installed; a manifest says what is asked for. */
  readonly isLock: boolean;
  readonly pattern: RegExp;
  /** Null: it cannot be read as what it is. Never throws on bad contents but for what the parsers of formats throw. */
  read(text: string): readonly PinnedPackage[] | null;
}

const lineOf = (text: string, offset: number): number => {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
};

/** Lines of keys in a JSON text that a tool wrote, one key a line: the first of each. */
function keyLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  text.split('\n').forEach((line, index) => {
    const key = /^\s*"((?:[^"\\]|\\.)*)"\s*:/.exec(line)?.[1];
    if (key !== undefined && !lines.has(key)) lines.set(key, index + 1);
  });
  return lines;
}

type Data = Readonly<Record<string, unknown>>;

function mapOf(value: unknown): Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const NPM_SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

function npmLock(text: string): readonly PinnedPackage[] {
  const data = mapOf(JSON.parse(text));
  const lines = keyLines(text);
  const found: PinnedPackage[] = [];
  if (data['packages'] !== undefined) {
    const entries = Object.entries(mapOf(data['packages']));
    const direct = new Set(
      entries
        .filter(([key]) => !key.includes('node_modules/'))
        .flatMap(([, entry]) => NPM_SECTIONS.flatMap((section) => Object.keys(mapOf(mapOf(entry)[section])))),
    );
    for (const [key, value] of entries) {
      const at = key.lastIndexOf('node_modules/');
      const entry = mapOf(value);
      if (at === -1 || entry['link'] === true) continue;
      const name = key.slice(at + 'node_modules/'.length);
      found.push({
        name,
        version: textOf(entry['version']),
        line: lines.get(key) ?? 1,
        isDirect: direct.has(name) && at === 0,
      });
    }
    return found;
  }
  const walk = (dependencies: Data, depth: number): void => {
    for (const [name, value] of Object.entries(dependencies)) {
      const entry = mapOf(value);
      // The oldest format does not say which of them the manifest names.
      found.push({ name, version: textOf(entry['version']), line: lines.get(name) ?? 1, isDirect: null });
      if (depth < 50) walk(mapOf(entry['dependencies']), depth + 1);
    }
  };
  walk(mapOf(data['dependencies']), 0);
  return found;
}

function npmManifest(text: string): readonly PinnedPackage[] {
  const data = mapOf(JSON.parse(text));
  const lines = keyLines(text);
  return NPM_SECTIONS.flatMap((section) =>
    Object.entries(mapOf(data[section])).map(([name, version]) => ({
      name,
      version: textOf(version),
      line: lines.get(name) ?? 1,
      isDirect: true,
    })),
  );
}

/** Keys of `packages:`: `/name@1.0.0(peer)`, `/name/1.0.0_peer`, `name@1.0.0`. Names that `importers:` lists are direct. */
function pnpmLock(text: string): readonly PinnedPackage[] {
  const found: PinnedPackage[] = [];
  const direct = new Set<string>();
  let section = '';
  let isList = false;
  text.split('\n').forEach((line, index) => {
    const top = /^([A-Za-z]+):/.exec(line);
    if (top) section = top[1] ?? '';
    if (/^(?:dependencies|devDependencies|optionalDependencies|importers)$/.test(section)) {
      const key = /^( *)'?(@?[^\s:'][^:']*)'?:/.exec(line);
      if (!key) return;
      const indent = key[1]?.length ?? 0;
      const name = key[2] ?? '';
      if (section === 'importers') {
        if (indent === 4) isList = /^(?:dev|optional)?dependencies$/i.test(name);
        else if (indent === 6 && isList) direct.add(name);
      } else if (indent === 2) direct.add(name);
      return;
    }
    if (section !== 'packages') return;
    const key = /^ {2}(?:'([^']+)'|([^\s:'][^:]*)):\s*$/.exec(line);
    const id = (key?.[1] ?? key?.[2] ?? '').replace(/^\//, '').replace(/\(.*$/, '');
    const match = /^(@?[^@]+?)[@/]v?(\d[^_/]*)(?:_.*)?$/.exec(id);
    if (match) found.push({ name: match[1] ?? '', version: match[2] ?? '', line: index + 1, isDirect: null });
  });
  return found.map((each) => ({ ...each, isDirect: direct.size === 0 ? null : direct.has(each.name) }));
}

/** Blocks that begin with the wanted ranges and hold `version "1.2.3"` (classic) or `version: 1.2.3` (berry). */
function yarnLock(text: string): readonly PinnedPackage[] {
  const found: PinnedPackage[] = [];
  let name: string | null = null;
  let line = 0;
  text.split('\n').forEach((each, index) => {
    if (/^\S/.test(each) && !each.startsWith('#')) {
      const first =
        each
          .replace(/:\s*$/, '')
          .replace(/^"/, '')
          .split(/",|, |"$/, 1)[0] ?? '';
      const match = /^(@?[^@]+)@(.*)$/.exec(first);
      // The workspace's own packages are pinned to nothing.
      name = match && !/^workspace:/.test(match[2] ?? '') ? (match[1] ?? null) : null;
      line = index + 1;
      return;
    }
    const version = /^ {2}version:? "?([^"\s]+)"?\s*$/.exec(each)?.[1];
    if (name === null || version === undefined) return;
    found.push({ name, version, line, isDirect: null });
    name = null;
  });
  return found;
}

/** `[[package]]` with `name = "…"` and `version = "…"`: Cargo, Poetry, uv and PDM. */
function tomlBlocks(text: string): readonly PinnedPackage[] {
  const found: PinnedPackage[] = [];
  let open: { name: string | null; version: string | null; line: number; isOwn: boolean } | null = null;
  const close = (): void => {
    if (open?.name != null && open.version !== null && !open.isOwn) {
      found.push({ name: open.name, version: open.version, line: open.line, isDirect: null });
    }
    open = null;
  };
  text.split('\n').forEach((line, index) => {
    if (line.startsWith('[')) {
      const isPackage = /^\[\[package\]\]/.test(line);
      if (isPackage || !line.startsWith('[package.')) close();
      if (isPackage) open = { name: null, version: null, line: index + 1, isOwn: false };
      else if (open && line.startsWith('[package.')) close();
      return;
    }
    if (!open) return;
    const match = /^(name|version|source)\s*=\s*(.*)$/.exec(line);
    if (!match) return;
    const value = /^"([^"]*)"/.exec(match[2] ?? '')?.[1] ?? null;
    if (match[1] === 'name') {
      open.name = value;
      open.line = index + 1;
    } else if (match[1] === 'version') open.version = value;
    else if (/\b(?:virtual|editable)\s*=/.test(match[2] ?? '')) open.isOwn = true;
  });
  close();
  return found;
}

function requirements(text: string): readonly PinnedPackage[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.replace(/(?:^|\s)#.*$/, '').trim();
    const match = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*([<>=!~][^;@\\]*)?(?:[;\\].*)?$/.exec(line);
    if (!match) return [];
    const asked = (match[2] ?? '').replace(/\s+(?:--.*)?$/, '').replace(/\s/g, '');
    return [
      {
        name: pythonName(match[1] ?? ''),
        version: asked.replace(/^={2,3}(?=[^,]*$)/, ''),
        line: index + 1,
        isDirect: null,
      },
    ];
  });
}

/** Names of Python packages are the same in any case and with any of `-_.` (PEP 503). */
function pythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function pythonManifest(text: string): readonly PinnedPackage[] {
  const data = mapOf(parseToml(text));
  const project = mapOf(data['project']);
  const poetry = mapOf(mapOf(data['tool'])['poetry']);
  const listed = [
    project['dependencies'],
    ...Object.values(mapOf(project['optional-dependencies'])),
    ...Object.values(mapOf(data['dependency-groups'])),
  ].flatMap((list) => (Array.isArray(list) ? list.filter((each) => typeof each === 'string') : []));
  const place = (name: string): number => {
    const at = text.search(
      new RegExp(`(?:^|["'\\s])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=["'\\s=<>!~[;]|$)`, 'm'),
    );
    return at === -1 ? 1 : lineOf(text, at + 1);
  };
  const found: PinnedPackage[] = listed.flatMap((entry) =>
    requirements(entry).map((each) => ({
      ...each,
      line: place(/^[\w.-]+/.exec(entry)?.[0] ?? ''),
      isDirect: true,
    })),
  );
  const groups = Object.values(mapOf(poetry['group'])).map((group) => mapOf(group)['dependencies']);
  for (const dependencies of [poetry['dependencies'], poetry['dev-dependencies'], ...groups]) {
    for (const [name, value] of Object.entries(mapOf(dependencies))) {
      if (name === 'python') continue;
      const version = typeof value === 'string' ? value : textOf(mapOf(value)['version']);
      found.push({ name: pythonName(name), version, line: place(name), isDirect: true });
    }
  }
  return found;
}

function goMod(text: string): readonly PinnedPackage[] {
  const found: PinnedPackage[] = [];
  let isList = false;
  text.split('\n').forEach((line, index) => {
    if (/^require\s*\(/.test(line)) isList = true;
    else if (isList && /^\s*\)/.test(line)) isList = false;
    const match = (isList ? /^\s*(\S+)\s+v(\S+)/ : /^require\s+(\S+)\s+v(\S+)/).exec(line);
    if (!match || (match[1] ?? '').startsWith('//')) return;
    found.push({
      name: match[1] ?? '',
      version: match[2] ?? '',
      line: index + 1,
      isDirect: !/\/\/\s*indirect\b/.test(line),
    });
  });
  return found;
}

function gemfileLock(text: string): readonly PinnedPackage[] {
  const found: PinnedPackage[] = [];
  const direct = new Set<string>();
  let section = '';
  text.split('\n').forEach((line, index) => {
    if (/^[A-Z]/.test(line)) section = line.trim();
    const gem = /^ {4}([\w.-]+) \(([^)\s]+)\)\s*$/.exec(line);
    if (gem && section !== 'DEPENDENCIES')
      found.push({ name: gem[1] ?? '', version: gem[2] ?? '', line: index + 1, isDirect: null });
    const wanted = /^ {2}([\w.-]+)!?(?:\s|$)/.exec(line);
    if (wanted && section === 'DEPENDENCIES') direct.add(wanted[1] ?? '');
  });
  return found.map((each) => ({ ...each, isDirect: direct.has(each.name) }));
}

function composerLock(text: string): readonly PinnedPackage[] {
  const data = mapOf(JSON.parse(text));
  const lines = new Map<string, number>();
  text.split('\n').forEach((line, index) => {
    const name = /^\s*"name":\s*"([^"]+)"/.exec(line)?.[1];
    if (name !== undefined && !lines.has(name)) lines.set(name, index + 1);
  });
  return ['packages', 'packages-dev'].flatMap((section) =>
    (Array.isArray(data[section]) ? data[section] : []).map((value) => {
      const entry = mapOf(value);
      const name = textOf(entry['name']);
      return {
        name,
        version: textOf(entry['version']).replace(/^v/, ''),
        line: lines.get(name) ?? 1,
        isDirect: null,
      };
    }),
  );
}

function composerManifest(text: string): readonly PinnedPackage[] {
  const data = mapOf(JSON.parse(text));
  const lines = keyLines(text);
  return ['require', 'require-dev'].flatMap((section) =>
    Object.entries(mapOf(data[section]))
      .filter(([name]) => name.includes('/'))
      .map(([name, version]) => ({
        name,
        version: textOf(version),
        line: lines.get(name) ?? 1,
        isDirect: true,
      })),
  );
}

function cargoManifest(text: string): readonly PinnedPackage[] {
  const data = mapOf(parseToml(text));
  const tables = [data, ...Object.values(mapOf(data['target'])).map(mapOf), mapOf(data['workspace'])];
  const lines = text.split('\n');
  return tables.flatMap((table) =>
    ['dependencies', 'dev-dependencies', 'build-dependencies'].flatMap((section) =>
      Object.entries(mapOf(table[section])).map(([name, value]) => ({
        name,
        version: typeof value === 'string' ? value : textOf(mapOf(value)['version']),
        line: Math.max(
          1,
          lines.findIndex(
            (line) =>
              line.startsWith(`${name} `) || line.startsWith(`${name}=`) || line.startsWith(`${name}.`),
          ) + 1,
        ),
        isDirect: true,
      })),
    ),
  );
}

/** Dependencies with a version that stands in the file, as it is or as a property of the file; others ask for ''. */
function mavenPom(text: string): readonly PinnedPackage[] {
  const bare = text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '));
  const inner = (block: string, tag: string): string =>
    new RegExp(`<${tag}>\\s*([^<]*?)\\s*</${tag}>`).exec(block)?.[1] ?? '';
  const properties = new Map(
    [
      ...(/<properties>([\s\S]*?)<\/properties>/.exec(bare)?.[1] ?? '').matchAll(
        /<([\w.-]+)>\s*([^<]*?)\s*<\/\1>/g,
      ),
    ].map((match) => [match[1] ?? '', match[2] ?? '']),
  );
  return [...bare.matchAll(/<dependency>([\s\S]*?)<\/dependency>/g)].map((match) => {
    const block = (match[1] ?? '').replace(/<exclusions>[\s\S]*?<\/exclusions>/g, '');
    const asked = inner(block, 'version');
    const property = /^\$\{([\w.-]+)\}$/.exec(asked)?.[1];
    return {
      name: `${inner(block, 'groupId')}:${inner(block, 'artifactId')}`,
      version: property === undefined ? asked : (properties.get(property) ?? ''),
      line: lineOf(bare, match.index + 1),
      isDirect: true,
    };
  });
}

/** Every kind of file that is read, lock files first. */
export const PACKAGE_FILES: readonly PackageFile[] = [
  {
    ecosystem: 'npm',
    isLock: true,
    pattern: /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/,
    read: npmLock,
  },
  { ecosystem: 'npm', isLock: true, pattern: /(?:^|\/)pnpm-lock\.yaml$/, read: pnpmLock },
  { ecosystem: 'npm', isLock: true, pattern: /(?:^|\/)yarn\.lock$/, read: yarnLock },
  {
    ecosystem: 'python',
    isLock: true,
    pattern: /(?:^|\/)(?:poetry|uv|pdm)\.lock$/,
    read: (text) => tomlBlocks(text).map((each) => ({ ...each, name: pythonName(each.name) })),
  },
  { ecosystem: 'cargo', isLock: true, pattern: /(?:^|\/)Cargo\.lock$/, read: tomlBlocks },
  { ecosystem: 'rubygems', isLock: true, pattern: /(?:^|\/)Gemfile\.lock$/, read: gemfileLock },
  { ecosystem: 'composer', isLock: true, pattern: /(?:^|\/)composer\.lock$/, read: composerLock },
  { ecosystem: 'go', isLock: true, pattern: /(?:^|\/)go\.mod$/, read: goMod },
  { ecosystem: 'npm', isLock: false, pattern: /(?:^|\/)package\.json$/, read: npmManifest },
  {
    ecosystem: 'python',
    isLock: false,
    pattern: /(?:^|\/)requirements[^/]*\.(?:txt|in)$|(?:^|\/)requirements\/[^/]+\.(?:txt|in)$/,
    read: requirements,
  },
  { ecosystem: 'python', isLock: false, pattern: /(?:^|\/)pyproject\.toml$/, read: pythonManifest },
  { ecosystem: 'cargo', isLock: false, pattern: /(?:^|\/)Cargo\.toml$/, read: cargoManifest },
  { ecosystem: 'composer', isLock: false, pattern: /(?:^|\/)composer\.json$/, read: composerManifest },
  { ecosystem: 'maven', isLock: false, pattern: /(?:^|\/)pom\.xml$/, read: mavenPom },
];

/** The kind of a file by its name; null where it names no packages, or in a way that is not read. */
export function packageFileOf(path: string): PackageFile | null {
  return PACKAGE_FILES.find(({ pattern }) => pattern.test(path)) ?? null;
}

/** Reads a file of a kind; null where it is not one. */
export function readPackages(kind: PackageFile, text: string): readonly PinnedPackage[] | null {
  try {
    return kind.read(text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n'));
  } catch {
    return null;
  }
}

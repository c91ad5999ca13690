import { parse as parseToml } from 'smol-toml';
import type { History } from '../../ports';
import { fact, factWith, fileSource, isKnown, unknown, type Known, type Source } from '../fact';
import type { Stack, Versioning, VersioningTool } from '../profile';
import { dataAt, findLine, lineSource, mapAt, readPlaced } from './places';
import { baseOf, folderOf, type Reading } from './reading';

/** Files that are there for one tool only. */
const FILES: readonly (readonly [RegExp, VersioningTool])[] = [
  [/^\.changeset\/config\.json$/, 'changesets'],
  [/^(?:\.github\/)?\.?release-please-(?:config|manifest)\.json$/, 'release-please'],
  [/^\.releaserc(?:\.(?:json|ya?ml|[cm]?js))?$|^release\.config\.[cm]?[jt]s$/, 'semantic-release'],
  [/^\.release-it\.(?:json|ya?ml|toml|[cm]?js|ts)$/, 'release-it'],
  [/^\.versionrc(?:\.(?:json|[cm]?js))?$/, 'standard-version'],
  [/^release-plz\.toml$/, 'release-plz'],
  [/^(?:\.bumpversion\.(?:cfg|toml))$/, 'bump2version'],
  [/^\.cz\.(?:toml|json|ya?ml)$|^cz\.(?:toml|json|ya?ml)$/, 'commitizen'],
  [/^GitVersion\.ya?ml$/, 'gitversion'],
  [/^jreleaser\.(?:ya?ml|toml|json)$/, 'jreleaser'],
  [/^\.?goreleaser\.ya?ml$/, 'goreleaser'],
];

/** Tables of a `pyproject.toml`. */
const PYTHON_TABLES: readonly (readonly [readonly string[], VersioningTool])[] = [
  [['tool', 'semantic_release'], 'python-semantic-release'],
  [['tool', 'setuptools_scm'], 'setuptools-scm'],
  [['tool', 'poetry-dynamic-versioning'], 'poetry-dynamic-versioning'],
  [['tool', 'bumpversion'], 'bump2version'],
  [['tool', 'commitizen'], 'commitizen'],
];

/** Tools that set the version from the history go before those that only take a tag that is there. */
const ONLY_TAKES_TAGS: readonly VersioningTool[] = ['goreleaser', 'jreleaser'];

/** How versions are given: by which tool, in which scheme, and what release tags begin with. */
export async function readVersioning(
  reading: Reading,
  stacks: readonly Stack[],
  history: History,
  signal: AbortSignal,
): Promise<Known<Versioning>> {
  const tools = await toolsIn(reading);
  const tool = tools.find(({ tool: each }) => !ONLY_TAKES_TAGS.includes(each)) ?? tools[0] ?? null;
  const tags = await schemeOfTags(history, signal);
  const manifest = stacks.find(({ folder, version }) => folder === '' && isKnown(version))?.version;
  const written = manifest && isKnown(manifest) ? schemeOf(manifest.value) : null;
  if (tool) {
    return fact(
      {
        scheme: tags?.scheme ?? written ?? 'semantic',
        tool: tool.tool,
        tagPrefix: tags?.prefix ?? null,
      },
      tool.source,
      ...(tags ? [tags.source] : []),
    );
  }
  if (tags) {
    return factWith(
      tags.isSure ? 'strong' : 'moderate',
      { scheme: tags.scheme, tool: null, tagPrefix: tags.prefix },
      tags.source,
      ...(manifest && isKnown(manifest) ? manifest.sources : []),
    );
  }
  // A manifest begins with a version that its template had: that is a hint, and no more.
  if (manifest && isKnown(manifest) && written)
    return factWith('weak', { scheme: written, tool: null, tagPrefix: null }, ...manifest.sources);
  return unknown('how versions are given: no tag, tool or manifest shows it');
}

async function toolsIn(reading: Reading): Promise<{ tool: VersioningTool; source: Source }[]> {
  const found: { tool: VersioningTool; source: Source }[] = [];
  for (const [pattern, tool] of FILES) {
    const path = reading.paths.find((each) => pattern.test(each));
    if (path !== undefined) found.push({ tool, source: fileSource(path) });
  }
  const dataOf = async (
    path: string,
  ): Promise<{ text: string; data: unknown; rangeOf: (at: string[]) => Source } | null> => {
    const text = reading.has(path) ? await reading.text(path) : null;
    const read = text === null ? null : readPlaced(text);
    const document = read?.ok ? read.documents[0] : undefined;
    return text !== null && document
      ? { text, data: document.data, rangeOf: (at) => fileSource(path, document.rangeOf(at)) }
      : null;
  };
  const manifest = await dataOf('package.json');
  const depends = (name: string): string[] | null =>
    ['devDependencies', 'dependencies']
      .map((table) => [table, name])
      .find((at) => manifest && dataAt(manifest.data, at) !== undefined) ?? null;
  for (const [name, tool] of [
    ['semantic-release', 'semantic-release'],
    ['release-it', 'release-it'],
    ['standard-version', 'standard-version'],
    ['commit-and-tag-version', 'standard-version'],
  ] as const) {
    const at = depends(name);
    if (manifest && at) found.push({ tool, source: manifest.rangeOf(at) });
  }
  const lerna = await dataOf('lerna.json');
  if (lerna && dataAt(lerna.data, ['version']) !== undefined)
    found.push({ tool: 'lerna', source: lerna.rangeOf(['version']) });
  const nx = await dataOf('nx.json');
  if (nx && dataAt(nx.data, ['release']) !== undefined)
    found.push({ tool: 'nx', source: nx.rangeOf(['release']) });
  const nerdbank = await dataOf('version.json');
  if (nerdbank && /nerdbank\.gitversioning|publicReleaseRefSpec/i.test(nerdbank.text))
    found.push({ tool: 'nerdbank-gitversioning', source: nerdbank.rangeOf(['version']) });
  for (const path of reading.paths.filter((each) => baseOf(each) === 'pyproject.toml').slice(0, 10)) {
    const data = await tomlOf(reading, path);
    if (!data) continue;
    for (const [table, tool] of PYTHON_TABLES) {
      if (typeof dataAt(data.data, table) === 'object')
        found.push({ tool, source: lineSource(path, data.text, tableLine(table)) });
    }
    if (mapAt(data.data, ['tool', 'hatch', 'version'])['source'] === 'vcs')
      found.push({
        tool: 'hatch-vcs',
        source: lineSource(path, data.text, tableLine(['tool', 'hatch', 'version'])),
      });
  }
  for (const path of reading.paths.filter((each) => baseOf(each) === 'Cargo.toml').slice(0, 10)) {
    const data = await tomlOf(reading, path);
    if (!data) continue;
    for (const table of [
      ['package', 'metadata', 'release'],
      ['workspace', 'metadata', 'release'],
    ]) {
      if (typeof dataAt(data.data, table) === 'object')
        found.push({ tool: 'cargo-release', source: lineSource(path, data.text, tableLine(table)) });
    }
    const beside = reading.paths.find(
      (each) => baseOf(each) === 'release.toml' && folderOf(each) === folderOf(path),
    );
    if (beside !== undefined) found.push({ tool: 'cargo-release', source: fileSource(beside) });
  }
  for (const path of reading.paths
    .filter((each) => /(?:\.csproj|^Directory\.(?:Build|Packages)\.(?:props|targets))$/.test(baseOf(each)))
    .slice(0, 20)) {
    const line = findLine((await reading.text(path)) ?? '', /Include="MinVer"/);
    if (line) found.push({ tool: 'minver', source: fileSource(path, line.range) });
  }
  for (const path of reading.paths.filter((each) => /^build\.gradle(?:\.kts)?$/.test(each))) {
    const line = findLine((await reading.text(path)) ?? '', /pl\.allegro\.tech\.build\.axion-release/);
    if (line) found.push({ tool: 'axion-release', source: fileSource(path, line.range) });
  }
  for (const path of reading.paths.filter((each) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(each))) {
    const line = findLine(
      (await reading.text(path)) ?? '',
      /\buses:\s*["']?(?:googleapis|google-github-actions)\/release-please-action@/,
    );
    if (line) found.push({ tool: 'release-please', source: fileSource(path, line.range) });
  }
  return found;
}

async function tomlOf(reading: Reading, path: string): Promise<{ text: string; data: unknown } | null> {
  const text = await reading.text(path);
  if (text === null) return null;
  try {
    return { text, data: parseToml(text) };
  } catch {
    // The reader of its language says that it is broken.
    return null;
  }
}

function tableLine(table: readonly string[]): RegExp {
  return new RegExp(`^\\s*\\[\\s*${table.join('\\s*\\.\\s*')}[\\s.\\]]`);
}

/** The newest tags of releases are looked at, no more: schemes change over the years. */
const MAX_TAGS = 30;

interface SchemeOfTags {
  readonly scheme: Versioning['scheme'];
  readonly prefix: string;
  readonly isSure: boolean;
  readonly source: Source;
}

async function schemeOfTags(history: History, signal: AbortSignal): Promise<SchemeOfTags | null> {
  const state = await history.state(signal);
  if (state.kind !== 'git') return null;
  const tags = [...(await history.tags(state.head, signal))]
    .sort((a, b) => (a.taggedAt < b.taggedAt ? 1 : a.taggedAt > b.taggedAt ? -1 : 0))
    .slice(0, MAX_TAGS);
  const read = tags.flatMap((tag) => {
    const match = /^(.{0,60}?)(\d{1,10}[.-]\d{1,10}(?:[.-]\d{1,10})?(?:[-+.][\w.+-]{0,60})?)$/.exec(tag.name);
    const scheme = match ? schemeOf(match[2] ?? '') : null;
    return match && scheme ? [{ tag, scheme, prefix: match[1] ?? '' }] : [];
  });
  const [newest] = read;
  if (!newest) return null;
  const same = read.filter(({ scheme }) => scheme === newest.scheme);
  const prefixes = new Set(same.map(({ prefix }) => prefix));
  return {
    scheme: newest.scheme,
    prefix: newest.prefix,
    isSure: same.length === read.length && prefixes.size === 1 && read.length >= 2,
    source: { kind: 'tag', name: newest.tag.name, commit: newest.tag.commit },
  };
}

/** `2026.5`, `2026.05.1`, `24.04.2` by its year and month; `1.2.3` is semantic; null for what is neither. */
function schemeOf(version: string): 'semantic' | 'calendar' | 'other' | null {
  if (/^20\d\d[.-](?:0?[1-9]|1[0-2])(?:[.-]\d{1,3})?(?![\d])/.test(version)) return 'calendar';
  if (/^[12]\d\.(?:0[1-9]|1[0-2])(?:\.\d{1,3})?(?![\d.])/.test(version)) return 'calendar';
  if (/^\d+\.\d+\.\d+(?:[-+][\w.+-]*)?$/.test(version)) return 'semantic';
  return /^\d+\.\d+$/.test(version) ? 'other' : null;
}

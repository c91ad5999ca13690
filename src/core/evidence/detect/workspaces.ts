import { parse as parseToml } from 'smol-toml';
import { fact, fileSource, type Fact, type Source } from '../fact';
import type { Language, Stack, Workspace } from '../profile';
import { findLine, findLines, lineSource, listAt, readPlaced } from './places';
import { baseOf, folderOf, inFolder, isInside, type Reading } from './reading';
import { isMember } from './workspace-members';

/** Programs that run tasks over the packages of a workspace that a package manager keeps. */
const RUNNERS: readonly (readonly [string, Workspace['tool']])[] = [
  ['nx.json', 'nx'],
  ['turbo.json', 'turbo'],
  ['lerna.json', 'lerna'],
  ['rush.json', 'rush'],
];

/** Workspaces whose members the reader of their language has told already. */
const OF_LANGUAGE: Readonly<Partial<Record<Language, Workspace['tool']>>> = {
  rust: 'cargo',
  dotnet: 'dotnet',
};

/** More modules than this are counted and no longer listed one by one. */
const MAX_MEMBERS = 500;

/** What keeps several packages together: package managers, task runners, Go, uv, Cargo, Maven and Gradle. */
export async function readWorkspaces(
  reading: Reading,
  stacks: readonly Stack[],
): Promise<readonly Fact<Workspace>[]> {
  const found: Fact<Workspace>[] = [];
  const byRoot = new Map<string, Stack[]>();
  for (const stack of stacks) {
    if (stack.workspaceRoot === undefined) continue;
    const key = `${stack.language} ${stack.workspaceRoot}`;
    byRoot.set(key, [...(byRoot.get(key) ?? []), stack]);
  }
  for (const members of byRoot.values()) {
    const [first] = members;
    if (!first) continue;
    const folder = first.workspaceRoot ?? '';
    const root = stacks.find((stack) => stack.folder === folder && stack.language === first.language);
    const manager =
      first.language === 'node'
        ? nodeTool((root ?? first).packageManager.value)
        : OF_LANGUAGE[first.language];
    if (manager === undefined) continue;
    found.push(
      fact(
        { tool: manager, folder, members: folders(members) },
        ...(await sourcesOf(reading, folder, root ?? first)),
      ),
    );
  }
  for (const [name, tool] of RUNNERS) {
    const path = reading.has(name) ? name : undefined;
    if (path === undefined) continue;
    const kept = found.find(({ value }) => value.folder === '');
    found.push(fact({ tool, folder: '', members: kept?.value.members ?? [] }, fileSource(path)));
  }
  for (const path of reading.paths.filter((each) => baseOf(each) === 'go.work')) {
    const text = (await reading.text(path)) ?? '';
    const members = findLines(text, /^\s*(?:use\s+)?["']?(\.{1,2}(?:\/[\w./-]*)?)["']?\s*(?:\/\/.*)?$/)
      .map(({ match }) => plain(folderOf(path), match[1] ?? ''))
      .filter((member) => reading.has(inFolder(member, 'go.mod')));
    if (members.length > 0)
      found.push(
        fact(
          { tool: 'go', folder: folderOf(path), members: sorted(members) },
          lineSource(path, text, /^use\b/),
        ),
      );
  }
  for (const path of reading.paths.filter((each) => baseOf(each) === 'pyproject.toml')) {
    const text = (await reading.text(path)) ?? '';
    if (!/\btool\.uv\.workspace\b/.test(text)) continue;
    const patterns = listAt(tomlOr(text), ['tool', 'uv', 'workspace', 'members']).filter(
      (each) => typeof each === 'string',
    );
    const folder = folderOf(path);
    const members = reading.paths
      .filter(
        (each) => baseOf(each) === 'pyproject.toml' && each !== path && isInside(folderOf(each), folder),
      )
      .map(folderOf)
      .filter((member) => isMember(member, folder, patterns));
    found.push(
      fact(
        { tool: 'uv', folder, members: sorted(members) },
        lineSource(path, text, /^\s*\[\s*tool\.uv\.workspace\s*\]/),
      ),
    );
  }
  const poms = reading.paths.filter((each) => baseOf(each) === 'pom.xml');
  for (const path of poms.sort((a, b) => a.split('/').length - b.split('/').length)) {
    const text = (await reading.text(path)) ?? '';
    const block = /<modules>([\s\S]{0,20000}?)<\/modules>/.exec(text)?.[1];
    const folder = folderOf(path);
    const modules = [...(block ?? '').matchAll(/<module>\s*([\w./-]{1,200})\s*<\/module>/g)].map((match) =>
      plain(folder, match[1] ?? ''),
    );
    // A module that has modules of its own is listed by the outermost one.
    if (
      modules.length > 0 &&
      !found.some(({ value }) => value.tool === 'maven' && isInside(folder, value.folder))
    )
      found.push(
        fact({ tool: 'maven', folder, members: sorted(modules) }, lineSource(path, text, /<modules>/)),
      );
  }
  for (const path of reading.paths.filter((each) => /^settings\.gradle(?:\.kts)?$/.test(baseOf(each)))) {
    const text = (await reading.text(path)) ?? '';
    const folder = folderOf(path);
    const calls = [...text.matchAll(/^\s*include\s*\(?([^)\n]{1,2000}(?:,\s*\n[^)\n]{1,2000})*)/gm)];
    const modules = calls.flatMap((call) =>
      [...(call[1] ?? '').matchAll(/["']:?([\w.:-]{1,200})["']/g)].map((match) =>
        plain(folder, (match[1] ?? '').replaceAll(':', '/')),
      ),
    );
    const line = findLine(text, /^\s*include\b/);
    if (modules.length > 0)
      found.push(
        fact({ tool: 'gradle', folder, members: sorted(modules) }, fileSource(path, line?.range ?? null)),
      );
  }
  return found;
}

function nodeTool(manager: string): Workspace['tool'] {
  return manager === 'pnpm' || manager === 'yarn' || manager === 'bun' ? manager : 'npm';
}

async function sourcesOf(reading: Reading, folder: string, root: Stack): Promise<readonly Source[]> {
  const pnpm = inFolder(folder, 'pnpm-workspace.yaml');
  if (root.language === 'node' && reading.has(pnpm)) return [fileSource(pnpm)];
  const manifest = inFolder(folder, 'package.json');
  const text = root.language === 'node' && reading.has(manifest) ? await reading.text(manifest) : null;
  const read = text === null ? null : readPlaced(text);
  const document = read?.ok ? read.documents[0] : undefined;
  return document ? [fileSource(manifest, document.rangeOf(['workspaces']))] : root.manifest.sources;
}

function folders(stacks: readonly Stack[]): readonly string[] {
  return sorted(stacks.map((stack) => stack.folder));
}

function sorted(members: readonly string[]): readonly string[] {
  return [...new Set(members)].sort().slice(0, MAX_MEMBERS);
}

/** A path beside `folder`, from the root: `./api` in `services` is `services/api`. */
function plain(folder: string, path: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

function tomlOr(text: string): unknown {
  try {
    return parseToml(text);
  } catch {
    return {};
  }
}

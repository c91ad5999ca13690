import { dataAt, mapAt, stringAt } from '../../evidence/detect/places';
import type { ReadResult } from '../../ports';
import { isDocumentation, isTestOrSample, isVendored } from '../path-kinds';
import type { Detected, DetectorWorld } from './detector';
import { goNames } from './exported-symbols/go-names';
import { javascriptExports } from './exported-symbols/javascript-exports';
import { UNREAD_MODULE, type ModuleNames } from './exported-symbols/module-names';
import { pythonNames } from './exported-symbols/python-names';
import {
  MAX_CHARACTERS,
  placeAt,
  riskAt,
  startJudgement,
  type OpenJudgement,
  type Side,
} from './file-versions';
import { interfaceBreak } from './interface-break';
import { readBoundedYaml } from './templated-yaml';

/** Modules that one package is gone through, at one end; beyond them what it offers is not known. */
const MAX_MODULES = 300;

/** Packages of one repository that are looked into. */
const MAX_PACKAGES = 100;

const SOURCE = /\.(?:[cm]?[jt]sx?|py|go)$/;

/** A name that a package offers, with where it stands. */
interface Offered {
  readonly path: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly isDoubtful: boolean;
}

/** All that a package offers at one of its entries. */
interface Surface {
  readonly names: ReadonlyMap<string, Offered>;
  readonly isOpen: boolean;
}

/**
 * Judges what published packages offer by name: the exports of the entries of npm packages, the public names of Python
 * packages that can be built, and what the root package of a Go module exports. Names that are gone break who imports
 * them. Where the source of an entry, or all that it offers, is not known for sure, that is a risk.
 */
export async function judgeExportedSymbols(world: DetectorWorld): Promise<Detected> {
  const judgement = startJudgement();
  const isOurs = (path: string): boolean =>
    !isTestOrSample(path) && !isDocumentation(path) && !isVendored(path);
  const changed = world.files
    .filter(({ status }) => status !== 'added' && status !== 'submodule')
    .map(({ path, oldPath }) => oldPath ?? path)
    .filter((path) => SOURCE.test(path) && isOurs(path));
  if (changed.length === 0 || world.range.commits.base === null) return judgement;
  const repository = new BothEnds(world);
  const manifests = [...repository.paths('head')].filter(
    (path) =>
      isOurs(path) &&
      /(?:^|\/)(?:package\.json|pyproject\.toml|setup\.(?:py|cfg)|go\.mod)$/.test(path) &&
      changed.some((each) => each.startsWith(folderOf(path))),
  );
  const pythonFolders = new Set<string>();
  for (const path of manifests.slice(0, MAX_PACKAGES)) {
    world.signal?.throwIfAborted();
    const folder = folderOf(path);
    if (path.endsWith('package.json')) await judgeNpm(repository, folder, changed, judgement);
    else if (path.endsWith('go.mod')) await judgeGo(repository, folder, changed, judgement);
    else if (!pythonFolders.has(folder)) {
      pythonFolders.add(folder);
      await judgePython(repository, folder, changed, judgement);
    }
  }
  return judgement;
}

/** The repository at both ends of the range; a file that does not differ is read once. */
class BothEnds {
  private readonly texts = new Map<string, Promise<string | null>>();
  private readonly changed: ReadonlySet<string>;
  private readonly ofBase: ReadonlySet<string>;

  constructor(private readonly world: DetectorWorld) {
    this.changed = new Set(world.files.flatMap(({ path, oldPath }) => [path, oldPath ?? path]));
    const base = new Set(world.repositoryPaths);
    for (const { status, path, oldPath } of world.files) {
      if (status === 'added' || status === 'renamed' || status === 'copied') base.delete(path);
      if (status === 'deleted') base.add(path);
      if (status === 'renamed' && oldPath !== null) base.add(oldPath);
    }
    this.ofBase = base;
  }

  paths(side: Side): ReadonlySet<string> {
    return side === 'base' ? this.ofBase : this.world.repositoryPaths;
  }

  /** Null where it does not exist at that end, or cannot be read. */
  read(side: Side, path: string): Promise<string | null> {
    if (!this.paths(side).has(path)) return Promise.resolve(null);
    const key = this.changed.has(path) ? `${side}\n${path}` : path;
    const known = this.texts.get(key);
    if (known) return known;
    const { base, head } = this.world.range.commits;
    const commit = side === 'base' && this.changed.has(path) ? (base ?? head) : head;
    const text = this.world.history
      .fileAt(commit, path, this.world.signal)
      .then((read: ReadResult) => (read.ok && read.text.length <= MAX_CHARACTERS ? read.text : null));
    this.texts.set(key, text);
    return text;
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** Says of every name that the base offered and the head does not that it is gone. */
async function compare(
  repository: BothEnds,
  [before, after]: readonly [Surface, Surface],
  { of, isSure, reported }: { readonly of: string; readonly isSure: boolean; readonly reported: Set<string> },
  judgement: OpenJudgement,
): Promise<void> {
  for (const [name, { path, span, isDoubtful }] of before.names) {
    if (after.names.has(name)) continue;
    const key = `${path}\n${span.start}`;
    if (reported.has(key)) continue;
    reported.add(key);
    const file = { path, basePath: path, base: await repository.read('base', path), head: null };
    const place = placeAt(file, 'base', span);
    const what = `no longer exports ${name} from ${of}`;
    if (isSure && !isDoubtful && !after.isOpen) judgement.irreversible.push(interfaceBreak(place, what));
    else {
      const why = !isSure
        ? 'who imports it fails, if the entry is built from this file, as its name suggests'
        : after.isOpen
          ? 'who imports it fails, unless it comes from what could not be read'
          : 'who imports it fails, if anybody outside relies on it';
      judgement.risks.push(riskAt(place, 'interface', what, why));
    }
  }
}

/** Goes through a module and all that it offers the names of. */
async function surfaceOf(
  repository: BothEnds,
  side: Side,
  entries: readonly string[],
  read: (text: string) => ModuleNames,
  resolve: (from: string, written: string) => string | null,
): Promise<Surface> {
  const names = new Map<string, Offered>();
  const seen = new Set<string>(entries);
  let isOpen = false;
  for (const path of seen) {
    const text = await repository.read(side, path);
    const module = text === null || seen.size > MAX_MODULES ? UNREAD_MODULE : read(text);
    isOpen ||= module.isOpen;
    for (const [name, { span, isDoubtful }] of module.names) {
      // The default of a module stays its own.
      if (name === 'default' && !entries.includes(path)) continue;
      if (!names.has(name)) names.set(name, { path, span, isDoubtful });
    }
    for (const written of module.stars) {
      const next = resolve(path, written);
      if (next === null) isOpen = true;
      else if (seen.size <= MAX_MODULES) seen.add(next);
    }
  }
  return { names, isOpen };
}

async function judgeNpm(
  repository: BothEnds,
  folder: string,
  changed: readonly string[],
  judgement: OpenJudgement,
): Promise<void> {
  if (!changed.some((path) => /\.[cm]?[jt]sx?$/.test(path) && path.startsWith(folder))) return;
  const ends = await Promise.all(
    (['base', 'head'] as const).map(async (side) => {
      const text = await repository.read(side, `${folder}package.json`);
      const read = text === null ? null : readBoundedYaml(text);
      const data: unknown = read?.ok ? read.documents[0]?.data : null;
      const name = stringAt(data, ['name']);
      if (name === null || dataAt(data, ['private']) === true) return null;
      const outFolders = await compiledFrom(repository, side, folder, data);
      return { name, side, entries: entriesOf(data), outFolders };
    }),
  );
  const [base, head] = ends;
  if (!base || !head) return;
  const reported = new Set<string>();
  for (const [entry, targets] of base.entries) {
    const others = head.entries.get(entry);
    if (!others) continue;
    const [before, after] = [
      sourceOf(repository, 'base', folder, targets, base.outFolders),
      sourceOf(repository, 'head', folder, others, head.outFolders),
    ];
    if (!before || !after) continue;
    const surfaces = await Promise.all(
      ([before, after] as const).map(({ path }, index) => {
        const side = index === 0 ? 'base' : 'head';
        const resolve = (from: string, written: string): string | null =>
          written.startsWith('.') ? moduleAt(repository.paths(side), folderOf(from) + written) : null;
        return surfaceOf(repository, side, [path], javascriptExports, resolve);
      }),
    );
    const [one, other] = surfaces;
    if (!one || !other) continue;
    const of = entry === '.' ? base.name : `${base.name}${entry.slice(1)}`;
    const isSure = before.isSure && after.isSure;
    await compare(repository, [one, other], { of, isSure, reported }, judgement);
  }
}

/** The files that each entry without a pattern leads to, in the order in which they are looked for. */
function entriesOf(data: unknown): ReadonlyMap<string, readonly string[]> {
  const exported = dataAt(data, ['exports']);
  const entries = new Map<string, readonly string[]>();
  if (exported !== undefined && exported !== null) {
    const keys = Object.keys(mapAt(exported, []));
    const isByPath = keys.length > 0 && keys.every((key) => key.startsWith('.'));
    for (const key of isByPath ? keys : ['.']) {
      if (key.includes('*') || key.endsWith('.json')) continue;
      entries.set(key, textsIn(isByPath ? dataAt(exported, [key]) : exported));
    }
    return entries;
  }
  const named = ['types', 'typings', 'module', 'main'].flatMap((field) => stringAt(data, [field]) ?? []);
  entries.set('.', named.length > 0 ? named : ['./index.js']);
  return entries;
}

function textsIn(target: unknown): readonly string[] {
  const found: string[] = [];
  const open: unknown[] = [target];
  for (let next = open.shift(); next !== undefined && found.length < 20; next = open.shift()) {
    if (typeof next === 'string') found.push(next);
    else if (typeof next === 'object' && next !== null) {
      open.unshift(...Object.values<unknown>(next as Readonly<Record<string, unknown>>));
    }
  }
  return found;
}

/** Folders that the compiler writes into, with those that it reads from, where the configuration tells both. */
async function compiledFrom(
  repository: BothEnds,
  side: Side,
  folder: string,
  manifest: unknown,
): Promise<ReadonlyMap<string, string>> {
  const folders = new Map<string, string>();
  for (const name of ['tsconfig.json', 'tsconfig.build.json']) {
    const text = await repository.read(side, folder + name);
    const out = /"outDir"\s*:\s*"\.?\/?([^"]+?)\/?"/.exec(text ?? '')?.[1];
    const root = /"rootDir"\s*:\s*"\.?\/?([^"]*?)\/?"/.exec(text ?? '')?.[1];
    const included = /"include"\s*:\s*\[\s*"\.?\/?([\w-]+)/.exec(text ?? '')?.[1];
    const source = root ?? included;
    if (out !== undefined && source !== undefined) folders.set(out, source === '.' ? '' : source);
  }
  const scripts = Object.values(mapAt(manifest, ['scripts'])).filter((each) => typeof each === 'string');
  // A bundler that is given the file by name.
  if (scripts.some((script) => /\bsrc\/index\.[jt]sx?\b/.test(script))) folders.set('dist', 'src');
  return folders;
}

/** The file of the repository that an entry leads to, or is built from; null where none is found. */
function sourceOf(
  repository: BothEnds,
  side: Side,
  folder: string,
  targets: readonly string[],
  compiled: ReadonlyMap<string, string>,
): { readonly path: string; readonly isSure: boolean } | null {
  const paths = repository.paths(side);
  const relative = targets
    .map((target) => target.replace(/^\.\//, ''))
    .filter((target) => /\.[cm]?[jt]sx?$/.test(target) || !/\.\w+$/.test(target));
  for (const target of relative) {
    const path = moduleAt(paths, folder + target);
    if (path !== null) return { path, isSure: true };
  }
  for (const target of relative) {
    for (const [out, source] of compiled) {
      if (!target.startsWith(`${out}/`)) continue;
      const rest = target.slice(out.length + 1);
      const path = moduleAt(paths, folder + (source === '' ? rest : `${source}/${rest}`));
      if (path !== null) return { path, isSure: true };
    }
  }
  for (const target of relative) {
    const rest =
      /^(?:dist|build|lib|out|esm|cjs|es|types|umd)\/(?:(?:esm|cjs|es|types|src|lib)\/)?(.+)$/.exec(
        target,
      )?.[1];
    const path = rest === undefined ? null : moduleAt(paths, `${folder}src/${rest}`);
    if (path !== null) return { path, isSure: false };
  }
  return null;
}

/** The module that a path without a certain ending leads to: its source before what is made of it. */
function moduleAt(paths: ReadonlySet<string>, written: string): string | null {
  const parts: string[] = [];
  for (const part of written.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  const path = parts.join('/');
  if (/\.[cm]?[jt]sx?$/.test(path) && paths.has(path)) return path;
  const bare = path.replace(/(?:\.d)?\.[cm]?[jt]sx?$/, '');
  const endings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.d.ts'];
  return (
    [...endings.map((ending) => bare + ending), ...endings.map((ending) => `${path}/index${ending}`)].find(
      (each) => paths.has(each),
    ) ?? null
  );
}

async function judgePython(
  repository: BothEnds,
  folder: string,
  changed: readonly string[],
  judgement: OpenJudgement,
): Promise<void> {
  if (!changed.some((path) => path.endsWith('.py') && path.startsWith(folder))) return;
  for (const side of ['base', 'head'] as const) {
    const project = await repository.read(side, `${folder}pyproject.toml`);
    const setup = (await repository.read(side, `${folder}setup.py`)) ?? '';
    const options = (await repository.read(side, `${folder}setup.cfg`)) ?? '';
    const isBuilt =
      /^\[build-system\]/m.test(project ?? '') ||
      /\bsetup\s*\(/.test(setup) ||
      /^\[metadata\]/m.test(options);
    if (!isBuilt || /Private :: Do Not Upload/.test(`${project ?? ''}${setup}${options}`)) return;
  }
  const roots = (side: Side): ReadonlyMap<string, string> => {
    const found = new Map<string, string>();
    for (const path of repository.paths(side)) {
      if (!path.startsWith(folder)) continue;
      const name = /^(?:src\/)?([A-Za-z_]\w*)\/__init__\.py$/.exec(path.slice(folder.length))?.[1];
      if (name !== undefined && !isTestOrSample(path) && !isDocumentation(path)) found.set(name, path);
    }
    return found;
  };
  const [before, after] = [roots('base'), roots('head')];
  for (const [name, path] of before) {
    const other = after.get(name);
    const base = folderOf(path);
    const isTouched = changed.some((each) => each.startsWith(base));
    if (!isTouched) continue;
    if (other === undefined) {
      const file = { path, basePath: path, base: await repository.read('base', path), head: null };
      judgement.irreversible.push(interfaceBreak(placeAt(file, 'base', null), `removes the package ${name}`));
      continue;
    }
    const surface = (side: Side, entry: string): Promise<Surface> =>
      surfaceOf(repository, side, [entry], pythonNames, (from, written) =>
        pythonModule(repository.paths(side), from, written),
      );
    const surfaces = [await surface('base', path), await surface('head', other)] as const;
    await compare(repository, surfaces, { of: name, isSure: true, reported: new Set() }, judgement);
  }
}

/** `.a.b` from a module of a package: the file that it names. */
function pythonModule(paths: ReadonlySet<string>, from: string, written: string): string | null {
  const dots = /^\.+/.exec(written)?.[0].length ?? 0;
  const parts = from.split('/').slice(0, -dots);
  const path = [...parts, ...written.slice(dots).split('.').filter(Boolean)].join('/');
  return [`${path}.py`, `${path}/__init__.py`].find((each) => paths.has(each)) ?? null;
}

async function judgeGo(
  repository: BothEnds,
  folder: string,
  changed: readonly string[],
  judgement: OpenJudgement,
): Promise<void> {
  const isOfRoot = (path: string): boolean =>
    path.startsWith(folder) && /^[^/]+(?<!_test)\.go$/.test(path.slice(folder.length));
  if (!changed.some(isOfRoot)) return;
  const ends = await Promise.all(
    (['base', 'head'] as const).map(async (side) => {
      const module = /^module\s+(\S+)/m.exec((await repository.read(side, `${folder}go.mod`)) ?? '')?.[1];
      const names = new Map<string, Offered>();
      const packages = new Set<string>();
      for (const path of [...repository.paths(side)].filter(isOfRoot).slice(0, MAX_MODULES)) {
        const text = await repository.read(side, path);
        if (text === null) continue;
        const read = goNames(text);
        if (read.package !== null) packages.add(read.package);
        for (const [name, { span, isDoubtful }] of read.names) names.set(name, { path, span, isDoubtful });
      }
      return { module, names, isOpen: false, packages };
    }),
  );
  const [base, head] = ends;
  // Under another path it is another module, beside which the old one stays.
  if (!base || !head || base.module === undefined || base.module !== head.module) return;
  if (base.packages.has('main') || base.packages.size === 0) return;
  const surfaces = [base, head] as const;
  await compare(repository, surfaces, { of: base.module, isSure: true, reported: new Set() }, judgement);
}

import { fact, fileSource, unknown, type Fact, type Known, type Source } from '../fact';
import type { PipelinePhase, Stack } from '../profile';
import { baseOf, folderOf, foldersAbove, inFolder, isInside, type Reading } from './reading';
import { dataAt, listAt, mapAt, readPlaced, stringAt, type PlacedDocument } from './places';
import { readNodeTools, type NodeManifest } from './node-tools';
import { isPlainText, shellWord } from './shell-text';
import { isMember } from './workspace-members';
import { readManifest } from './package-manifest';

type NodeManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

const LOCK_FILES: readonly (readonly [string, NodeManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

/** Names that people give to scripts of a phase, best first. A script counts only where it exists. */
const SCRIPT_NAMES: Readonly<Record<PipelinePhase, readonly string[]>> = {
  format: [
    'format:check',
    'check:format',
    'format-check',
    'fmt:check',
    'prettier:check',
    'lint:format',
    'format',
    'fmt',
    'prettier',
  ],
  lint: ['lint:ci', 'lint:check', 'check:lint', 'lint', 'eslint'],
  'type-check': ['typecheck', 'type-check', 'check:types', 'check-types', 'types:check', 'tsc'],
  unit: ['test:unit', 'unit', 'test:ci', 'test'],
  integration: ['test:integration', 'test:int', 'integration', 'integration:test', 'test:it'],
  smoke: ['test:smoke', 'smoke', 'smoke-test', 'smoke:test'],
  'end-to-end': ['test:e2e', 'e2e', 'e2e:ci', 'test:end-to-end', 'playwright', 'cypress:run'],
  scan: ['audit:ci', 'security:check', 'test:security', 'security', 'scan'],
  build: ['build:prod', 'build:production', 'build', 'compile'],
};

/** npm's default for a package without tests, and its like: it fails or prints, and tests nothing. */
const NO_TEST = /no test specified|^\s*(echo\b[^&|;]*|true|exit\s+0|:)\s*$/i;

/** Reads every `package.json` of the repository that belongs to it, members of workspaces included. */
export async function readNodeStacks(reading: Reading): Promise<Stack[]> {
  const manifests: NodeManifest[] = [];
  for (const path of reading.paths.filter((other) => baseOf(other) === 'package.json')) {
    const document = await readManifest(reading, path);
    if (document) manifests.push({ folder: folderOf(path), path, document });
  }
  const workspaces = new Map<string, readonly string[]>();
  for (const { folder, document } of manifests) {
    const patterns = await workspacePatterns(reading, folder, document);
    if (patterns.length > 0) workspaces.set(folder, patterns);
  }
  const stacks: Stack[] = [];
  for (const { folder, path, document } of manifests) {
    const root = [...workspaces].find(
      ([other, patterns]) => other !== folder && isInside(folder, other) && isMember(folder, other, patterns),
    )?.[0];
    const rootManifest = manifests.find((other) => other.folder === root) ?? null;
    const stack = await readStack(reading, { folder, path, document }, rootManifest);
    if (stack) stacks.push(stack);
  }
  return stacks;
}

async function readStack(
  reading: Reading,
  manifest: NodeManifest,
  root: NodeManifest | null,
): Promise<Stack | null> {
  const { folder, path, document } = manifest;
  const workspaceRoot = root?.folder ?? null;
  const { data } = document;
  const place = (...at: string[]): Source => fileSource(path, document.rangeOf(at));
  const lock = lockOf(reading, folder, workspaceRoot);
  const declared = stringAt(data, ['packageManager']);
  const declaredName = /^(npm|pnpm|yarn|bun)@/.exec(declared ?? '')?.[1] as NodeManager | undefined;
  const packageManager: Fact<NodeManager> = declaredName
    ? fact(declaredName, place('packageManager'))
    : lock
      ? fact(lock.manager, fileSource(lock.path))
      : fact('npm', fileSource(path));
  const name = stringAt(data, ['name']);
  const version = stringAt(data, ['version']);
  const isPrivate = dataAt(data, ['private']) === true;
  const entry = ['main', 'module', 'exports', 'bin', 'types', 'files'].some(
    (key) => dataAt(data, [key]) !== undefined,
  );
  const isRunAsService =
    reading.has(inFolder(folder, 'Dockerfile')) || stringAt(data, ['scripts', 'start']) !== null;
  const outputs = await outputsOf(reading, folder, path, document);
  const registry = await registryOf(reading, folder, path, document, name);
  const scripts = commandsOf(reading, path, document, packageManager.value);
  const { tools, coverage, testReports, commands } = await readNodeTools(
    reading,
    manifest,
    root,
    packageManager.value,
    scripts,
  );
  return {
    language: 'node',
    folder,
    manifest: fact(path, fileSource(path)),
    name: name && isPlainText(name) ? fact(name, place('name')) : unknown(`name of the package in ${path}`),
    version:
      version && isPlainText(version)
        ? fact(version, place('version'))
        : unknown(`version of the package in ${path}`),
    packageManager,
    lockFile: lock ? fact(lock.path, fileSource(lock.path)) : null,
    languageVersion: await nodeVersion(reading, folder, path, document, workspaceRoot),
    commands: { ...scripts, ...commands },
    isPublished: !isPrivate && name !== null && entry && !isRunAsService,
    ...(registry ? { registry } : {}),
    ...(workspaceRoot !== null ? { workspaceRoot } : {}),
    ...(outputs.length > 0 ? { outputs } : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...(coverage ? { coverage } : {}),
    ...(testReports.length > 0 ? { testReports } : {}),
  };
}

/** Where the package is published to, as far as a file says: npm reads `publishConfig`, then `.npmrc`, the scope's line first. */
async function registryOf(
  reading: Reading,
  folder: string,
  path: string,
  document: PlacedDocument,
  name: string | null,
): Promise<Fact<string> | null> {
  const own = stringAt(document.data, ['publishConfig', 'registry']);
  if (own) return fact(own, fileSource(path, document.rangeOf(['publishConfig', 'registry'])));
  const scope = name?.startsWith('@') ? name.slice(0, name.indexOf('/')) : null;
  for (const file of new Set([inFolder(folder, '.npmrc'), '.npmrc'])) {
    const text = reading.has(file) ? await reading.text(file) : null;
    const lines = text?.split(/\r?\n/) ?? [];
    for (const key of [...(scope ? [`${scope}:registry`] : []), 'registry']) {
      const index = lines.findIndex((line) => line.split('=', 1)[0]?.trim() === key);
      const line = lines[index];
      if (line === undefined) continue;
      const range = {
        start: { line: index + 1, column: 1 },
        end: { line: index + 1, column: line.length + 1 },
      };
      return fact(line.slice(line.indexOf('=') + 1).trim(), fileSource(file, range));
    }
  }
  return null;
}

function commandsOf(
  reading: Reading,
  path: string,
  document: PlacedDocument,
  manager: NodeManager,
): Stack['commands'] {
  const scripts = mapAt(document.data, ['scripts']);
  const commands: Partial<Record<PipelinePhase, readonly Fact<string>[]>> = {};
  for (const script of Object.keys(scripts)) {
    if (!isPlainText(script)) {
      reading.problem(path, 'holds a script whose name is no plain text, which no command is made of');
    }
  }
  for (const [phase, names] of Object.entries(SCRIPT_NAMES) as [PipelinePhase, readonly string[]][]) {
    const script = names.find((candidate) => servesPhase(phase, stringAt(scripts, [candidate])));
    if (script === undefined) continue;
    commands[phase] = [
      fact(runScript(manager, script), fileSource(path, document.rangeOf(['scripts', script]))),
    ];
  }
  // `test` that only starts another phase's script would run that phase twice.
  const unit = commands.unit?.[0];
  if (
    unit &&
    Object.entries(commands).some(([phase, other]) => phase !== 'unit' && other[0]?.value === unit.value)
  ) {
    delete commands.unit;
  }
  return commands;
}

function servesPhase(phase: PipelinePhase, body: string | null): boolean {
  if (body === null || NO_TEST.test(body)) return false;
  // A formatter that writes is not a check: in a pipeline it would pass whatever the files look like.
  if (phase === 'format') return /(^|\s)(--check|-c|--list-different|-l|ci|check)(\s|$)/.test(body);
  if (phase === 'type-check') return !/--watch|\s-w(\s|$)/.test(body);
  return true;
}

function runScript(manager: NodeManager, script: string): string {
  if (script === 'test' && (manager === 'npm' || manager === 'pnpm')) return `${manager} test`;
  return `${manager} run ${shellWord(script)}`;
}

function lockOf(
  reading: Reading,
  folder: string,
  workspaceRoot: string | null,
): { readonly path: string; readonly manager: NodeManager } | null {
  for (const above of workspaceRoot === null ? [folder] : foldersAbove(folder)) {
    for (const [file, manager] of LOCK_FILES) {
      const path = inFolder(above, file);
      if (reading.has(path)) return { path, manager };
    }
    if (above === workspaceRoot) break;
  }
  return null;
}

async function workspacePatterns(
  reading: Reading,
  folder: string,
  document: PlacedDocument,
): Promise<readonly string[]> {
  const strings = (items: readonly unknown[]): string[] => items.filter((item) => typeof item === 'string');
  const own = strings(listAt(document.data, ['workspaces']));
  const nested = strings(listAt(document.data, ['workspaces', 'packages']));
  const path = inFolder(folder, 'pnpm-workspace.yaml');
  if (!reading.has(path)) return [...own, ...nested];
  const text = await reading.text(path);
  const read = text === null ? null : readPlaced(text);
  if (read && !read.ok) reading.problem(path, read.message, read.range);
  const pnpm = read?.ok ? strings(listAt(read.documents[0]?.data, ['packages'])) : [];
  return [...own, ...nested, ...pnpm];
}

async function nodeVersion(
  reading: Reading,
  folder: string,
  path: string,
  document: PlacedDocument,
  workspaceRoot: string | null,
): Promise<Known<string>> {
  for (const above of workspaceRoot === null ? [folder] : foldersAbove(folder)) {
    for (const file of ['.nvmrc', '.node-version']) {
      const pinned = inFolder(above, file);
      if (!reading.has(pinned)) continue;
      const first = (await reading.text(pinned))?.split(/\r?\n/, 1)[0]?.trim();
      if (first && /^[\w./*-]{1,40}$/.test(first)) {
        return fact(
          first,
          fileSource(pinned, { start: { line: 1, column: 1 }, end: { line: 1, column: first.length + 1 } }),
        );
      }
    }
    if (above === workspaceRoot) break;
  }
  const engines = stringAt(document.data, ['engines', 'node']);
  if (engines && /^[\w\s.<>=^~|*-]{1,60}$/.test(engines)) {
    return fact(engines, fileSource(path, document.rangeOf(['engines', 'node'])));
  }
  return unknown(`Node version of ${path}: engines.node or .nvmrc`);
}

/** Where the build's result lies, from `tsconfig.json`, the manifest's own `files` and `main`, or a tool's default. */
async function outputsOf(
  reading: Reading,
  folder: string,
  path: string,
  document: PlacedDocument,
): Promise<readonly Fact<string>[]> {
  const { data } = document;
  const safe = (value: string): string | null => {
    const clean = value.replace(/^\.\//, '').replace(/\/(\*\*?(\/\*)?)?$/, '');
    return /^[A-Za-z0-9_@.][\w@./-]*$/.test(clean) && !clean.split('/').includes('..') ? clean : null;
  };
  for (const config of ['tsconfig.build.json', 'tsconfig.json']) {
    const configPath = inFolder(folder, config);
    if (!reading.has(configPath)) continue;
    const text = await reading.text(configPath);
    // Comments and trailing commas are usual here; the one key that counts is found by its line.
    const match = /"outDir"\s*:\s*"([^"\n]{1,200})"/.exec(text ?? '');
    const output = match?.[1] ? safe(match[1]) : null;
    if (output && text !== null && match && !/"noEmit"\s*:\s*true/.test(text)) {
      const line = text.slice(0, match.index).split('\n').length;
      return [fact(output, fileSource(configPath, { start: { line, column: 1 }, end: { line, column: 1 } }))];
    }
  }
  const build =
    SCRIPT_NAMES.build.map((name) => stringAt(data, ['scripts', name])).find((body) => body !== null) ?? '';
  const buildName = SCRIPT_NAMES.build.find((name) => stringAt(data, ['scripts', name]) !== null);
  const flag =
    /(?:--outDir|--out-dir|--outdir|--dist-dir|-d)[ =]([\w@./-]{1,100})/.exec(build)?.[1] ??
    // One file that a bundler writes stands for its folder: maps and assets are written beside it.
    /(?:--out-?file|\b(?:rollup|browserify)\b[^&|;]* (?:--file|-o))[ =]([\w@.-][\w@./-]{0,99})\/[\w@.-]{1,100}(?=\s|$)/.exec(
      build,
    )?.[1];
  // Frameworks of other languages have Vite write where they serve from.
  const served = (
    [
      ['laravel-vite-plugin', 'public/build'],
      ['vite-plugin-ruby', 'public/vite'],
    ] as const
  ).find(([name]) =>
    ['dependencies', 'devDependencies'].some((table) => stringAt(data, [table, name]) !== null),
  )?.[1];
  const known = flag
    ? safe(flag)
    : served !== undefined && /\bvite build\b/.test(build)
      ? served
      : /\bvite build\b|\btsup\b|\bastro build\b/.test(build)
        ? 'dist'
        : /\bnext build\b/.test(build)
          ? '.next'
          : null;
  if (known && buildName) return [fact(known, fileSource(path, document.rangeOf(['scripts', buildName])))];
  const files = listAt(data, ['files']).filter((item): item is string => typeof item === 'string');
  const fromFiles = files
    .map(safe)
    .filter((item) => item !== null && /^(dist|build|lib|out|esm|cjs)(\/|$)/.test(item));
  if (fromFiles.length > 0)
    return fromFiles.map((item) => fact(item as string, fileSource(path, document.rangeOf(['files']))));
  const main = stringAt(data, ['main']);
  const mainFolder = main ? safe(main)?.split('/')[0] : null;
  if (buildName && mainFolder && /^(dist|build|lib|out)$/.test(mainFolder)) {
    return [fact(mainFolder, fileSource(path, document.rangeOf(['main'])))];
  }
  return [];
}

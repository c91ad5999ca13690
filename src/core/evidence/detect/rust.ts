import { parse as parseToml } from 'smol-toml';
import { fact, fileSource, unknown, type Fact, type Known, type Source } from '../fact';
import type { CoverageSetup, PipelinePhase, Stack } from '../profile';
import { commandNames, namedTools, type NamedTool } from './named-tools';
import { dataAt, findLine, lineSource, listAt, mapAt, stringAt } from './places';
import { baseOf, folderOf, foldersAbove, inFolder, isInside, type Reading } from './reading';
import { isPlainText } from './shell-text';
import { readTargetCommands } from './task-targets';
import { readWorkflowCommands } from './workflow-commands';
import { isMember } from './workspace-members';

interface Manifest {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly data: unknown;
}

/** Source files of one crate that are looked into for tests; a crate that has one in none of them has none here. */
const MAX_SOURCES = 150;

/** Settings of rustfmt that its stable version ignores, so that only a nightly one gives the repository's format. */
const NIGHTLY_FORMAT =
  /^\s*(unstable_features|imports_granularity|group_imports|wrap_comments|format_code_in_doc_comments|format_strings|normalize_comments|normalize_doc_attributes|overflow_delimited_expr|reorder_impl_items|condense_wildcard_suffixes|error_on_line_overflow|format_macro_matchers|blank_lines_upper_bound|brace_style|where_single_line|imports_layout|struct_field_align_threshold|enum_discrim_align_threshold|comment_width|hex_literal_case|spaces_around_ranges|trailing_comma|version|required_version)\s*=/;

const TOOLS: readonly NamedTool[] = [
  [/^cargo (\+\S+ )?fmt\b/, { name: 'rustfmt', does: 'format' }],
  [/^cargo clippy\b/, { name: 'Clippy', does: 'lint' }],
  [/^cargo nextest\b/, { name: 'cargo-nextest', does: 'unit' }],
  [/^cargo (test|t)\b(?! --doc)/, { name: 'cargo test', does: 'unit' }],
  [/^cargo deny\b/, { name: 'cargo-deny', does: 'scan' }],
  [/^cargo audit\b/, { name: 'cargo-audit', does: 'scan' }],
];

/**
 * Reads every `Cargo.toml`: a workspace's root and its members, and packages beside it. `cargo fmt`, `clippy`, `test` and
 * `build` belong to the toolchain; how a workflow of the repository already calls them is how they are called here.
 */
export async function readRustStacks(reading: Reading): Promise<Stack[]> {
  const manifests: Manifest[] = [];
  for (const path of reading.paths.filter((other) => baseOf(other) === 'Cargo.toml')) {
    const text = await reading.text(path);
    if (text === null) continue;
    try {
      manifests.push({ path, folder: folderOf(path), text, data: parseToml(text) });
    } catch (error) {
      const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
      reading.problem(path, `cannot be read: ${message}`);
    }
  }
  if (manifests.length === 0) return [];
  const roots = manifests.filter(({ data }) => isTable(data, 'workspace'));
  const inUse = await readWorkflowCommands(reading);
  const stacks: Stack[] = [];
  for (const manifest of manifests) {
    const { data, folder } = manifest;
    // A target of a fuzzer needs a toolchain and a runner of its own.
    if (dataAt(data, ['package', 'metadata', 'cargo-fuzz']) === true) continue;
    const isRoot = roots.includes(manifest);
    if (!isRoot && !isTable(data, 'package')) continue;
    const root = isRoot ? null : nearest(roots, folder);
    if (root && !belongsTo(manifest, root, manifests)) {
      // Cargo refuses a package below a workspace that is neither member nor excluded, as a test's sample is.
      if (!isExcluded(manifest, root)) continue;
      stacks.push(await readStack(reading, manifest, null, manifests, inUse));
    } else stacks.push(await readStack(reading, manifest, root, manifests, inUse));
  }
  return stacks;
}

async function readStack(
  reading: Reading,
  manifest: Manifest,
  root: Manifest | null,
  manifests: readonly Manifest[],
  inUse: readonly Fact<string>[],
): Promise<Stack> {
  const { path, folder, text, data } = manifest;
  const isWorkspace = isTable(data, 'workspace');
  const members = isWorkspace
    ? manifests.filter((other) => other !== manifest && belongsTo(other, manifest, manifests))
    : [];
  const name = stringAt(data, ['package', 'name']);
  const lockPath = inFolder((root ?? manifest).folder, 'Cargo.lock');
  const lockFile = reading.has(lockPath) ? fact(lockPath, fileSource(lockPath)) : null;
  const commands = await commandsOf(reading, manifest, root, members, lockFile !== null, inUse);
  const built = root ? [] : [manifest, ...members].flatMap((member) => programsOf(reading, member));
  const packed = commands.build?.some(({ value }) => /^cargo package\b/.test(value)) ?? false;
  const outputs = packed
    ? [fact('target/package/*.crate', fileSource(path))]
    : built.map((program) => fact(`target/release/${program.value}`, ...program.sources));
  const registry = registryOf(manifest);
  const coverage = root ? null : await coverageOf(reading, manifest, commands, inUse);
  const tools = [
    ...namedTools(commandNames(commands), TOOLS),
    ...(coverage
      ? [fact({ name: coverage.tool.value, does: 'coverage' as const }, ...coverage.tool.sources)]
      : []),
  ];
  return {
    language: 'rust',
    folder,
    manifest: fact(path, fileSource(path)),
    name:
      name && isPlainText(name)
        ? fact(name, lineSource(path, text, /^\s*name\s*=/))
        : unknown(`name of the package in ${path}`),
    version: versionIn(manifest, root ?? nearestRoot(manifest, manifests)),
    packageManager: fact('cargo', fileSource(path)),
    lockFile,
    languageVersion: await toolchain(reading, manifest, root),
    commands,
    isPublished: isPublished(reading, manifest, root ?? (isWorkspace ? manifest : null)),
    ...(registry ? { registry } : {}),
    ...(root ? { workspaceRoot: root.folder } : {}),
    ...(outputs.length > 0 ? { outputs } : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...(coverage ? { coverage } : {}),
  };
}

/** cargo-llvm-cov or tarpaulin, where a workflow, the Makefile or a file of its own shows that it is used. */
async function coverageOf(
  reading: Reading,
  { folder, data }: Manifest,
  commands: Stack['commands'],
  inUse: readonly Fact<string>[],
): Promise<CoverageSetup | null> {
  const isLocked = reading.has(inFolder(folder, 'Cargo.lock'));
  const options = `${isTable(data, 'workspace') ? ' --workspace' : ''}${isLocked ? ' --locked' : ''}`;
  const used = (pattern: RegExp): Source | null =>
    folder === '' ? (inUse.find(({ value }) => pattern.test(value))?.sources[0] ?? null) : null;
  const target = async (pattern: RegExp): Promise<Source | null> => {
    for (const name of ['Makefile', 'justfile', 'Justfile'].map((file) => inFolder(folder, file))) {
      const found = reading.has(name) ? findLine((await reading.text(name)) ?? '', pattern) : null;
      if (found) return fileSource(name, found.range);
    }
    return null;
  };
  const settings = ['tarpaulin.toml', '.tarpaulin.toml']
    .map((name) => inFolder(folder, name))
    .find((path) => reading.has(path));
  const llvm = used(/^cargo llvm-cov\b/) ?? (await target(/^\s+.*\bcargo llvm-cov\b/));
  const tarpaulin = settings
    ? fileSource(settings)
    : (used(/^cargo tarpaulin\b/) ?? (await target(/^\s+.*\bcargo tarpaulin\b/)));
  const source = llvm ?? tarpaulin;
  if (!source) return null;
  const runner = commands.unit?.some(({ value }) => value.startsWith('cargo nextest')) ? ' nextest' : '';
  return {
    tool: fact(llvm ? 'cargo-llvm-cov' : 'cargo-tarpaulin', source),
    command: fact(
      llvm
        ? `cargo llvm-cov${runner}${options} --lcov --output-path lcov.info`
        : `cargo tarpaulin${options} --out Lcov --output-dir .`,
      source,
    ),
    report: fact({ path: 'lcov.info', format: 'lcov' }, source),
    threshold: null,
  };
}

async function commandsOf(
  reading: Reading,
  manifest: Manifest,
  root: Manifest | null,
  members: readonly Manifest[],
  isLocked: boolean,
  inUse: readonly Fact<string>[],
): Promise<Stack['commands']> {
  const { path, folder, data } = manifest;
  const own = [manifest, ...members];
  const isWorkspace = isTable(data, 'workspace');
  const here = fileSource(path);
  const commands: Partial<Record<PipelinePhase, readonly Fact<string>[]>> = {};
  const locked = isLocked ? ' --locked' : '';
  const all = isWorkspace ? ' --workspace' : '';
  // Workflows work from the root of the repository.
  const used = (pattern: RegExp): Fact<string> | undefined =>
    folder === '' ? inUse.find(({ value }) => pattern.test(value) && !isPartial(value)) : undefined;

  const rustfmt = ['rustfmt.toml', '.rustfmt.toml']
    .flatMap((name) => foldersAbove(folder).map((above) => inFolder(above, name)))
    .find((candidate) => reading.has(candidate));
  const unstable = rustfmt ? findLine((await reading.text(rustfmt)) ?? '', NIGHTLY_FORMAT) : null;
  const nightly = unstable && !/\bnightly\b/.test((await channelOf(reading, folder))?.value ?? '');
  commands.format = [
    used(/^cargo (\+\S+ )?fmt\b.*--check\b/) ??
      fact(
        `cargo ${nightly ? '+nightly ' : ''}fmt${isWorkspace ? ' --all' : ''} --check`,
        rustfmt ? fileSource(rustfmt, unstable?.range ?? null) : here,
      ),
  ];
  const clippyConfig = ['clippy.toml', '.clippy.toml']
    .flatMap((name) => foldersAbove(folder).map((above) => inFolder(above, name)))
    .find((candidate) => reading.has(candidate));
  commands.lint = [
    used(/^cargo clippy\b/) ??
      // Its own levels fail on what is surely wrong; warnings fail where the repository says so.
      fact(`cargo clippy${all} --all-targets${locked}`, clippyConfig ? fileSource(clippyConfig) : here),
  ];
  const test = await firstTest(reading, own);
  if (test) {
    const nextest = inFolder((root ?? manifest).folder, '.config/nextest.toml');
    const nextestInUse = used(/^cargo nextest run\b/);
    if (nextestInUse || reading.has(nextest)) {
      const isLibrary = own.some((member) => libraryOf(reading, member) !== null);
      commands.unit = [
        nextestInUse ?? fact(`cargo nextest run${all}${locked}`, fileSource(nextest)),
        // nextest leaves the examples of the documentation to cargo.
        ...(isLibrary ? [fact(`cargo test --doc${all}${locked}`, here)] : []),
      ];
    } else {
      commands.unit = [used(/^cargo (test|t)\b/) ?? fact(`cargo test${all}${locked}`, test)];
    }
  }
  if (!root) {
    const deny = ['deny.toml', '.deny.toml', '.cargo/deny.toml']
      .map((name) => inFolder(folder, name))
      .find((candidate) => reading.has(candidate));
    const denyCommand = deny ? fact('cargo deny check', fileSource(deny)) : used(/^cargo deny\b/);
    const auditFile = inFolder(folder, '.cargo/audit.toml');
    const audit = reading.has(auditFile)
      ? fact('cargo audit', fileSource(auditFile))
      : used(/^cargo audit\b/);
    const scans = [...(denyCommand ? [denyCommand] : []), ...(audit ? [audit] : [])];
    if (scans.length > 0) commands.scan = scans;
    const programs = own.flatMap((member) => programsOf(reading, member));
    // What others depend on is packed; what they only run is built, whether or not they could install it too.
    const isPackage =
      !isWorkspace &&
      (programs.length === 0 || libraryOf(reading, manifest) !== null) &&
      isPublished(reading, manifest, null) &&
      isLocked;
    commands.build = [
      isPackage
        ? fact('cargo package --locked', here)
        : fact(`cargo build${all} --release${locked}`, programs[0]?.sources[0] ?? here),
    ];
  }
  return {
    ...commands,
    ...(root ? {} : await readTargetCommands(reading, folder, /\bcargo\b/)),
  };
}

/** Options that leave a part out, so that such a line is not the check of the whole. */
function isPartial(command: string): boolean {
  return /\s(-p|--package|--exclude|--no-default-features|--features|--target|--doc|--ignored|--no-run|--manifest-path|--bin|--lib|--test|--bench|--benches|--example|--examples|--fix)\b|--(ignored|skip)\b/.test(
    command,
  );
}

/** Programs that a plain build leaves in the target folder. */
function programsOf(reading: Reading, manifest: Manifest): readonly Fact<string>[] {
  const { data, folder, path, text } = manifest;
  const name = stringAt(data, ['package', 'name']);
  if (name === null) return [];
  const programs = new Map<string, Source>();
  const declared = listAt(data, ['bin']);
  const paths = new Set<string>();
  for (const entry of declared) {
    const binary = stringAt(entry, ['name']);
    const at = stringAt(entry, ['path']);
    if (at) paths.add(inFolder(folder, at.replace(/^\.\//, '')));
    else if (binary === name) paths.add(inFolder(folder, 'src/main.rs'));
    if (binary && listAt(entry, ['required-features']).length === 0)
      programs.set(binary, lineSource(path, text, /^\s*\[\[bin\]\]/));
  }
  if (dataAt(data, ['package', 'autobins']) !== false) {
    const main = inFolder(folder, 'src/main.rs');
    if (reading.has(main) && !paths.has(main)) programs.set(name, fileSource(main));
    const pattern = /^src\/bin\/([\w-]+)(?:\.rs|\/main\.rs)$/;
    for (const file of reading.paths) {
      const binary = isInside(file, folder)
        ? pattern.exec(folder === '' ? file : file.slice(folder.length + 1))?.[1]
        : undefined;
      if (binary && !paths.has(file) && !declared.some((entry) => stringAt(entry, ['name']) === binary))
        programs.set(binary, fileSource(file));
    }
  }
  return [...programs]
    .filter(([binary]) => /^[\w-]+$/.test(binary))
    .map(([binary, source]) => fact(binary, source));
}

function libraryOf(reading: Reading, { data, folder }: Manifest): string | null {
  const path = inFolder(folder, (stringAt(data, ['lib', 'path']) ?? 'src/lib.rs').replace(/^\.\//, ''));
  return reading.has(path) ? path : null;
}

/** Where the first test stands: a file below `tests`, or a test in a source. */
async function firstTest(reading: Reading, own: readonly Manifest[]): Promise<Source | null> {
  for (const { folder } of own) {
    const file = reading.paths.find((path) =>
      new RegExp('^tests/[^/]+(\\.rs|/main\\.rs)$').test(relativeTo(path, folder) ?? ''),
    );
    if (file) return fileSource(file);
  }
  for (const { folder } of own) {
    const sources = reading.paths
      .filter((path) => /^src\/.+\.rs$/.test(relativeTo(path, folder) ?? ''))
      .slice(0, MAX_SOURCES);
    for (const path of sources) {
      const text = await reading.text(path);
      const found =
        text === null ? null : findLine(text, /^\s*#\[(?:test|rstest|test_case|(?:\w+::)+(?:test|rstest))\b/);
      if (found) return fileSource(path, found.range);
    }
  }
  return null;
}

function relativeTo(path: string, folder: string): string | null {
  if (!isInside(path, folder)) return null;
  return folder === '' ? path : path.slice(folder.length + 1);
}

/**
 * Whether others take it from a registry: crates.io refuses a package without description and license
 * (doc.rust-lang.org/cargo/reference/publishing.html), so that one with both, and not held back, is meant for it.
 */
function isPublished(reading: Reading, manifest: Manifest, root: Manifest | null): boolean {
  const { data, folder } = manifest;
  const publish = dataAt(data, ['package', 'publish']);
  if (publish === false || (Array.isArray(publish) && publish.length === 0)) return false;
  if (reading.has(inFolder(folder, 'Dockerfile'))) return false;
  const says = (...keys: readonly string[]): boolean =>
    keys.some((key) => {
      const value = dataAt(data, ['package', key]);
      if (typeof value === 'string') return value !== '';
      return (
        dataAt(value, ['workspace']) === true && stringAt(root?.data, ['workspace', 'package', key]) !== null
      );
    });
  return says('description') && says('license', 'license-file');
}

/** The one registry that `publish` names, other than crates.io. */
function registryOf({ data, path, text }: Manifest): Fact<string> | null {
  const names = listAt(data, ['package', 'publish']);
  const [name] = names;
  return names.length === 1 && typeof name === 'string' && name !== 'crates-io' && isPlainText(name)
    ? fact(name, lineSource(path, text, /^\s*publish\s*=/))
    : null;
}

function versionIn(manifest: Manifest, root: Manifest | null): Known<string> {
  const own = stringAt(manifest.data, ['package', 'version']);
  if (own && isPlainText(own)) return fact(own, lineSource(manifest.path, manifest.text, /^\s*version\s*=/));
  const shared = root ? stringAt(root.data, ['workspace', 'package', 'version']) : null;
  if (root && shared && isPlainText(shared))
    return fact(shared, lineSource(root.path, root.text, /^\s*version\s*=/));
  return unknown(`version of the package in ${manifest.path}`);
}

/** The toolchain that a file pins, else the oldest Rust that the manifest allows. */
async function toolchain(
  reading: Reading,
  manifest: Manifest,
  root: Manifest | null,
): Promise<Known<string>> {
  const channel = await channelOf(reading, manifest.folder);
  if (channel) return channel;
  for (const { path, text, data } of [manifest, ...(root ? [root] : [])]) {
    const minimum =
      stringAt(data, ['package', 'rust-version']) ?? stringAt(data, ['workspace', 'package', 'rust-version']);
    if (minimum && /^\d+\.\d+(\.\d+)?$/.test(minimum))
      return fact(`>=${minimum}`, lineSource(path, text, /^\s*rust-version\s*=/));
  }
  return unknown(`Rust version of ${manifest.path}: rust-toolchain.toml`);
}

/** What `rust-toolchain.toml` or `rust-toolchain` says, in the folder or above it, as rustup looks for it. */
async function channelOf(reading: Reading, folder: string): Promise<Fact<string> | null> {
  for (const above of foldersAbove(folder)) {
    for (const name of ['rust-toolchain', 'rust-toolchain.toml']) {
      const path = inFolder(above, name);
      if (!reading.has(path)) continue;
      const text = (await reading.text(path)) ?? '';
      const found =
        findLine(text, /^\s*channel\s*=\s*["']([\w.-]{1,60})["']/) ??
        findLine(text, /^\s*([\w.-]{1,60})\s*$/);
      if (found?.match[1]) return fact(found.match[1], fileSource(path, found.range));
    }
  }
  return null;
}

function belongsTo(manifest: Manifest, root: Manifest, manifests: readonly Manifest[]): boolean {
  if (manifest === root || !isTable(manifest.data, 'package') || isTable(manifest.data, 'workspace'))
    return false;
  if (!isInside(manifest.folder, root.folder) || isExcluded(manifest, root)) return false;
  const patterns = listAt(root.data, ['workspace', 'members']).filter((item) => typeof item === 'string');
  if (isMember(manifest.folder, root.folder, patterns)) return true;
  // What a member depends on by its path is a member too.
  return manifests.some(
    (other) => isInside(other.folder, root.folder) && pathDependencies(other).includes(manifest.folder),
  );
}

function pathDependencies({ data, folder }: Manifest): readonly string[] {
  const tables = [
    mapAt(data, ['dependencies']),
    mapAt(data, ['dev-dependencies']),
    mapAt(data, ['build-dependencies']),
    mapAt(data, ['workspace', 'dependencies']),
  ];
  return tables.flatMap((table) =>
    Object.values(table).flatMap((dependency) => {
      const path = stringAt(dependency, ['path']);
      return path === null ? [] : [resolved(folder, path)];
    }),
  );
}

/** A relative path from a folder, without `.` and `..`. */
function resolved(folder: string, path: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function isExcluded(manifest: Manifest, root: Manifest): boolean {
  return listAt(root.data, ['workspace', 'exclude']).some(
    (item) => typeof item === 'string' && isInside(`${manifest.folder}/`, resolved(root.folder, item)),
  );
}

function nearest(roots: readonly Manifest[], folder: string): Manifest | null {
  return (
    foldersAbove(folder)
      .map((above) => roots.find((root) => root.folder === above))
      .find((root) => root !== undefined) ?? null
  );
}

function nearestRoot(manifest: Manifest, manifests: readonly Manifest[]): Manifest | null {
  return isTable(manifest.data, 'workspace')
    ? manifest
    : nearest(
        manifests.filter(({ data }) => isTable(data, 'workspace')),
        manifest.folder,
      );
}

function isTable(data: unknown, key: string): boolean {
  const value = dataAt(data, [key]);
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

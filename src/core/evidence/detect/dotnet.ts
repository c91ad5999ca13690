import { fact, fileSource, unknown, type Fact, type Known, type Source } from '../fact';
import type { CoverageSetup, PipelinePhase, Stack } from '../profile';
import { namedTools, type NamedTool } from './named-tools';
import { dataAt, findLine, findLines, lineSource, mapAt, readPlaced, stringAt } from './places';
import { baseOf, folderOf, foldersAbove, inFolder, isInside, type Reading } from './reading';
import { isPlainText, shellWord } from './shell-text';
import { readTargetCommands } from './task-targets';
import { readWorkflowCommands } from './workflow-commands';

/** One project with the shared properties that MSBuild imports from above it. */
interface Project {
  readonly path: string;
  readonly folder: string;
  /** The file's name without its ending, which is its name unless it says another. */
  readonly stem: string;
  readonly text: string;
  readonly shared: { readonly path: string; readonly text: string } | null;
  readonly kind: 'test' | 'program' | 'package' | 'library';
  /** As the project has them: `net8.0`, `netstandard2.0`, `net9.0-windows`. */
  readonly frameworks: readonly Fact<string>[];
}

const PROJECT = /\.(cs|fs|vb)proj$/;
const SOLUTION = /\.slnx?$/;

/** Packages by which a project is one of tests, whatever else it says. */
const TEST_PACKAGES =
  /<PackageReference\s[^>]*Include="(Microsoft\.NET\.Test\.Sdk|xunit|xunit\.v3[\w.]*|xunit\.core|NUnit|MSTest|MSTest\.TestFramework|TUnit)"|<Project\s[^>]*Sdk="MSTest\.Sdk/i;

const TOOLS: readonly NamedTool[] = [
  [/^xunit(\.v3|\.core)?/i, { name: 'xUnit.net', does: 'unit' }],
  [/^NUnit$/i, { name: 'NUnit', does: 'unit' }],
  [/^MSTest/i, { name: 'MSTest', does: 'unit' }],
  [/^TUnit$/i, { name: 'TUnit', does: 'unit' }],
  [/^Microsoft\.AspNetCore\.Mvc\.Testing$/i, { name: 'ASP.NET Core test host', does: 'integration' }],
  [/^Testcontainers/i, { name: 'Testcontainers', does: 'integration' }],
  [/^Microsoft\.Playwright/i, { name: 'Playwright', does: 'end-to-end' }],
  [/^coverlet\./i, { name: 'coverlet', does: 'coverage' }],
  [/^StyleCop\.Analyzers/i, { name: 'StyleCop', does: 'lint' }],
  [/^SonarAnalyzer\./i, { name: 'SonarAnalyzer', does: 'lint' }],
];

/**
 * Reads solutions with their projects, and projects that are in none. Everything is done to the solution, as `dotnet`
 * does in its folder; a project that only Windows builds is said and left out.
 */
export async function readDotnetStacks(reading: Reading): Promise<Stack[]> {
  const projects: Project[] = [];
  for (const path of reading.paths.filter((other) => PROJECT.test(other))) {
    const project = await readProject(reading, path);
    if (project) projects.push(project);
  }
  if (projects.length === 0) return [];
  const inUse = await readWorkflowCommands(reading);
  const solutions: { readonly path: string; readonly projects: readonly Project[] }[] = [];
  for (const path of reading.paths.filter((other) => SOLUTION.test(other))) {
    const text = await reading.text(path);
    if (text === null) continue;
    const listed = projectsOf(path, text);
    const known = projects.filter((project) => listed.includes(project.path));
    if (known.length > 0) solutions.push({ path, projects: known });
  }
  // The one with the most projects first; another counts only for what that one does not hold.
  solutions.sort((a, b) => b.projects.length - a.projects.length || (a.path < b.path ? -1 : 1));
  const taken = new Set<Project>();
  const stacks: Stack[] = [];
  for (const solution of solutions) {
    if (solution.projects.every((project) => taken.has(project))) continue;
    if (stacks.some((stack) => stack.folder === folderOf(solution.path))) continue;
    solution.projects.forEach((project) => taken.add(project));
    stacks.push(await readStack(reading, solution.path, solution.projects, inUse));
  }
  for (const project of projects) {
    const isCovered = stacks.some(
      (stack) => isInside(project.folder, stack.folder) && SOLUTION.test(stack.manifest.value),
    );
    if (taken.has(project) || isCovered) continue;
    if (stacks.some((stack) => stack.folder === project.folder)) {
      reading.problem(
        project.path,
        'stands beside another project without a solution, and only that one is built',
      );
      continue;
    }
    stacks.push(await readStack(reading, project.path, [project], inUse));
  }
  return stacks;
}

async function readStack(
  reading: Reading,
  path: string,
  all: readonly Project[],
  inUse: readonly Fact<string>[],
): Promise<Stack> {
  const folder = folderOf(path);
  const projects = all.filter((project) => !isWindowsOnly(project));
  const windows = all.filter((project) => isWindowsOnly(project));
  for (const project of windows)
    reading.problem(project.path, 'builds on Windows only, and no job here does');
  const programs = projects.filter(({ kind }) => kind === 'program');
  const packages = projects.filter(({ kind }) => kind === 'package');
  const main =
    programs.length === 1 ? programs[0] : programs.length === 0 && packages.length === 1 ? packages[0] : null;
  const lock = [...all]
    .map((project) => inFolder(project.folder, 'packages.lock.json'))
    .find((file) => reading.has(file));
  const built = windows.length > 0 && SOLUTION.test(path) ? null : buildOf(reading, path, programs, packages);
  const commands =
    windows.length === all.length ? {} : await commandsOf(reading, path, projects, windows.length > 0, inUse);
  const isImage = reading.has(inFolder(folder, 'Dockerfile'));
  const packagesInUse = new Map<string, Source>();
  for (const project of all) {
    for (const { match, range } of findLines(
      project.text,
      /<PackageReference\s[^>]*Include="([\w.-]{1,100})"/,
    ))
      if (match[1]) packagesInUse.set(match[1], fileSource(project.path, range));
  }
  const tools = namedTools(packagesInUse, TOOLS);
  const coverage = coverageOf(path, projects, commands.unit ?? []);
  return {
    language: 'dotnet',
    folder,
    manifest: fact(path, fileSource(path)),
    name: nameOf(path, main ?? null),
    version: versionOf(main ? [main] : projects.filter(({ kind }) => kind !== 'test'), path),
    packageManager: fact('nuget', fileSource(lock ?? path)),
    lockFile: lock ? fact(lock, fileSource(lock)) : null,
    languageVersion: await sdkVersion(reading, folder, projects),
    commands: {
      ...commands,
      ...(built && windows.length < all.length && !commands.build ? { build: [built.command] } : {}),
    },
    isPublished: packages.length > 0 && programs.length === 0 && !isImage,
    ...(built && built.outputs.length > 0 ? { outputs: built.outputs } : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...(coverage ? { coverage } : {}),
  };
}

/**
 * coverlet's collector in the projects of unit tests. It writes each project's report into a folder that is named anew
 * each time, so that only that of a single project can be told where to stand.
 */
function coverageOf(
  path: string,
  projects: readonly Project[],
  unit: readonly Fact<string>[],
): CoverageSetup | null {
  const tests = projects.filter(({ kind, stem }) => kind === 'test' && phaseOf(stem) === 'unit');
  const collectors = tests.filter(({ text, shared }) =>
    /Include="coverlet\.collector"/i.test(`${text}${shared?.text ?? ''}`),
  );
  const [collected] = collectors;
  const [command] = unit;
  if (!collected) return null;
  const source = lineSource(collected.path, collected.text, /Include="coverlet\.collector"/i);
  const isOne =
    tests.length === 1 &&
    command !== undefined &&
    unit.length === 1 &&
    command.value.startsWith('dotnet test');
  return {
    tool: fact('coverlet', source),
    command: isOne
      ? fact(
          `${command.value} --collect "XPlat Code Coverage" --results-directory coverage && cp coverage/*/coverage.cobertura.xml coverage/`,
          source,
        )
      : unknown(`one command that measures the coverage of all test projects of ${path}`),
    report: isOne
      ? fact({ path: 'coverage/coverage.cobertura.xml', format: 'cobertura' }, source)
      : unknown(`one report of the coverage of all test projects of ${path}`),
    threshold: null,
  };
}

async function commandsOf(
  reading: Reading,
  path: string,
  projects: readonly Project[],
  isSplit: boolean,
  inUse: readonly Fact<string>[],
): Promise<Partial<Record<PipelinePhase, readonly Fact<string>[]>>> {
  const folder = folderOf(path);
  const commands: Partial<Record<PipelinePhase, readonly Fact<string>[]>> = {};
  const used = (pattern: RegExp): Fact<string> | undefined =>
    folder === '' ? inUse.find(({ value }) => pattern.test(value)) : undefined;
  const named = argument(reading, path);
  const settings = await formatSettings(reading, folder);
  const format =
    used(/^dotnet (format\b.*--verify-no-changes|csharpier (check|--check))\b/) ??
    (await csharpier(reading, folder)) ??
    (settings ? fact(`dotnet format${named} --verify-no-changes --no-restore`, settings) : null);
  if (format) commands.format = [format];

  const tests = projects.filter(({ kind }) => kind === 'test');
  const byPhase = new Map<PipelinePhase, Project[]>();
  for (const project of tests) {
    const phase = phaseOf(project.stem);
    byPhase.set(phase, [...(byPhase.get(phase) ?? []), project]);
  }
  const runner = await testRunner(reading, folder);
  // Where a project is tested for the .NET Framework too, Linux can only run the others.
  const isForBoth = tests.some((project) => testedFramework(project) !== null);
  for (const [phase, members] of byPhase) {
    const [head] = members;
    if (!head) continue;
    commands[phase] =
      byPhase.size === 1 && !isSplit && !isForBoth && SOLUTION.test(path)
        ? [fact(testCommand(runner, named.trim(), '--solution'), packageSource(head))]
        : members.map((project) => {
            const target = project.path === path ? named.trim() : shellWord(relative(project.path, folder));
            const framework = testedFramework(project);
            return fact(
              `${testCommand(runner, target, '--project')}${framework === null ? '' : ` --framework ${framework}`}`,
              packageSource(project),
            );
          });
  }
  return { ...commands, ...(await readTargetCommands(reading, folder, /\bdotnet\b/)) };
}

/** What a build leaves: each program published into a folder of its own, else packages, else only what is compiled. */
function buildOf(
  reading: Reading,
  path: string,
  programs: readonly Project[],
  packages: readonly Project[],
): { readonly command: Fact<string>; readonly outputs: readonly Fact<string>[] } {
  const folder = folderOf(path);
  const options = '--configuration Release --no-restore';
  const named = argument(reading, path);
  const word = (project: Project): string =>
    project.path === path ? named : ` ${shellWord(relative(project.path, folder))}`;
  const [only] = programs;
  if (only && programs.length === 1) {
    const source = fileSource(only.path);
    return {
      command: fact(`dotnet publish${word(only)} ${options} --output publish`, source),
      outputs: [fact('publish', source)],
    };
  }
  if (programs.length > 1) {
    return {
      command: fact(
        programs
          .map(
            (project) =>
              `dotnet publish${word(project)} ${options} --output ${shellWord(`publish/${project.stem}`)}`,
          )
          .join(' && '),
        ...programs.map((project) => fileSource(project.path)),
      ),
      outputs: [fact('publish', ...programs.map((project) => fileSource(project.path)))],
    };
  }
  const [packed] = packages;
  if (packed) {
    const source = packageSource(packed);
    return {
      command: fact(`dotnet pack${named} ${options} --output artifacts`, source),
      outputs: [fact('artifacts/*.nupkg', source)],
    };
  }
  return { command: fact(`dotnet build${named} ${options}`, fileSource(path)), outputs: [] };
}

/** The file's name where `dotnet` would find several in the folder (MSB1011), else nothing. */
function argument(reading: Reading, path: string): string {
  const beside = reading.paths.filter(
    (other) => folderOf(other) === folderOf(path) && (PROJECT.test(other) || SOLUTION.test(other)),
  );
  return beside.length > 1 ? ` ${shellWord(baseOf(path))}` : '';
}

/** Microsoft.Testing.Platform takes what to test by an option (learn.microsoft.com, "dotnet test with MTP"). */
function testCommand(runner: 'vstest' | 'platform', target: string, option: string): string {
  const given = target === '' ? '' : runner === 'platform' ? ` ${option} ${target}` : ` ${target}`;
  return `dotnet test${given} --configuration Release --no-restore`;
}

/** The newest framework that Linux tests, of a project that is built for the .NET Framework too; null for any other. */
function testedFramework({ frameworks }: Project): string | null {
  const names = frameworks.map(({ value }) => value);
  if (!names.some((name) => /^net4\d{1,2}$/.test(name))) return null;
  const modern = names.filter((name) => /^net\d{1,2}\.\d$/.test(name));
  return modern.sort((a, b) => Number.parseFloat(b.slice(3)) - Number.parseFloat(a.slice(3)))[0] ?? null;
}

async function testRunner(reading: Reading, folder: string): Promise<'vstest' | 'platform'> {
  const global = await globalJson(reading, folder);
  return stringAt(global?.data, ['test', 'runner']) === 'Microsoft.Testing.Platform' ? 'platform' : 'vstest';
}

function phaseOf(stem: string): PipelinePhase {
  if (/smoke\.?tests?$/i.test(stem)) return 'smoke';
  if (/(e2e|end\.?to\.?end|acceptance|playwright|ui|browser)\.?tests?$|tests?\.(e2e|endtoend)$/i.test(stem))
    return 'end-to-end';
  if (/(integration|functional)\.?tests?$|tests?\.(integration|functional)$/i.test(stem))
    return 'integration';
  return 'unit';
}

async function readProject(reading: Reading, path: string): Promise<Project | null> {
  const text = await reading.text(path);
  if (text === null) return null;
  if (!/<Project[\s>]/.test(text)) {
    reading.problem(path, 'is no MSBuild project');
    return null;
  }
  // What Visual Studio wrote before .NET Core names no SDK, and `dotnet` cannot build it.
  if (!/\bSdk\s*=|<Sdk\s/.test(text)) {
    reading.problem(path, 'is for the .NET Framework, which the pipeline does not build');
    return null;
  }
  const folder = folderOf(path);
  const stem = baseOf(path).replace(PROJECT, '');
  // MSBuild takes the nearest one and looks no further.
  const sharedPath = foldersAbove(folder)
    .map((above) => inFolder(above, 'Directory.Build.props'))
    .find((other) => reading.has(other));
  const sharedText = sharedPath === undefined ? null : await reading.text(sharedPath);
  const shared =
    sharedPath !== undefined && sharedText !== null ? { path: sharedPath, text: sharedText } : null;
  const own = { path, text, shared };
  const frameworks = property(own, 'TargetFrameworks') ?? property(own, 'TargetFramework');
  return {
    path,
    folder,
    stem,
    text,
    shared,
    kind: kindOf(reading, own, stem),
    frameworks:
      frameworks?.value
        .split(';')
        .map((item) => item.trim())
        .filter((item) => /^net[\w.-]+$/.test(item))
        .map((item) => fact(item, ...frameworks.sources)) ?? [],
  };
}

type Properties = Pick<Project, 'path' | 'text' | 'shared'>;

function kindOf(reading: Reading, own: Properties, stem: string): Project['kind'] {
  const says = (name: string, value: string): boolean =>
    property(own, name)?.value.toLowerCase() === value.toLowerCase();
  if (says('IsTestProject', 'true')) return 'test';
  if (
    !says('IsTestProject', 'false') &&
    (TEST_PACKAGES.test(own.text) ||
      (own.shared !== null && TEST_PACKAGES.test(own.shared.text) && /tests?$/i.test(stem)))
  )
    return 'test';
  // Neither a measurement nor an orchestrator for a developer's machine is what is shipped.
  const isAside =
    /(^|\.)(benchmarks?|samples?|demo|playground|apphost)$/i.test(stem) || /Aspire\.AppHost/.test(own.text);
  const isTool = says('PackAsTool', 'true');
  const isProgram =
    /Sdk\s*=\s*"Microsoft\.NET\.Sdk\.(Web|Worker|BlazorWebAssembly)/.test(own.text) ||
    says('OutputType', 'Exe') ||
    says('OutputType', 'WinExe') ||
    property(own, 'AzureFunctionsVersion') !== null;
  if (isProgram && !isTool) return isAside ? 'library' : 'program';
  const isHeldBack = says('IsPackable', 'false');
  const isMeant =
    isTool ||
    says('IsPackable', 'true') ||
    says('GeneratePackageOnBuild', 'true') ||
    ['PackageId', 'PackageTags', 'PackageLicenseExpression', 'PackageDescription'].some(
      (name) => propertyIn(own.path, own.text, name) !== null,
    );
  return isMeant && !isHeldBack && !isAside ? 'package' : 'library';
}

/** A property of the project, else of what it shares; null where neither has it as plain text. */
function property(own: Properties, name: string): Fact<string> | null {
  return (
    propertyIn(own.path, own.text, name) ??
    (own.shared ? propertyIn(own.shared.path, own.shared.text, name) : null)
  );
}

function propertyIn(path: string, text: string, name: string): Fact<string> | null {
  const found = findLine(text, new RegExp(`<${name}(?:\\s[^>]*)?>\\s*([^<]{1,300}?)\\s*</${name}>`, 'i'));
  const value = found?.match[1];
  return found && value && !value.includes('$(') && isPlainText(value)
    ? fact(value, fileSource(path, found.range))
    : null;
}

/** Where a project names its package or test packages, for whoever looks. */
function packageSource(project: Project): Source {
  return lineSource(
    project.path,
    project.text,
    /<(PackageId|IsPackable|GeneratePackageOnBuild|IsTestProject)>|Include="(Microsoft\.NET\.Test\.Sdk|xunit|NUnit|MSTest|TUnit)/,
  );
}

/** Windows Forms, WPF and the .NET Framework alone: nothing that a job on Linux builds and tests. */
function isWindowsOnly({ frameworks }: Project): boolean {
  return (
    frameworks.length > 0 &&
    frameworks.every(({ value }) => /-windows|^net4\d{1,2}$|^net[123]\d$|^uap/.test(value))
  );
}

/** Paths of projects that a solution lists, from the root; `..` and what is no project left out. */
function projectsOf(path: string, text: string): readonly string[] {
  const listed = path.endsWith('.slnx')
    ? [...text.matchAll(/<Project\s[^>]*\bPath\s*=\s*"([^"\n]{1,400})"/g)]
    : [...text.matchAll(/^Project\("[^"\n]*"\)\s*=\s*"[^"\n]*",\s*"([^"\n]{1,400})"/gm)];
  return listed.flatMap((match) => {
    const parts = folderOf(path) === '' ? [] : folderOf(path).split('/');
    for (const part of (match[1] ?? '').split(/[\\/]/)) {
      if (part === '..') {
        if (parts.pop() === undefined) return [];
      } else if (part !== '.' && part !== '') parts.push(part);
    }
    const resolved = parts.join('/');
    return PROJECT.test(resolved) ? [resolved] : [];
  });
}

function nameOf(path: string, main: Project | null): Known<string> {
  const own = main ? (property(main, 'PackageId') ?? property(main, 'AssemblyName')) : null;
  if (own) return own;
  const file = main?.path ?? path;
  const stem = baseOf(file).replace(PROJECT, '').replace(SOLUTION, '');
  return isPlainText(stem) ? fact(stem, fileSource(file)) : unknown(`name of what ${path} builds`);
}

/** The one version that the projects have; unknown where they differ or a tool sets it. */
function versionOf(projects: readonly Project[], path: string): Known<string> {
  const versions = projects.flatMap((project) => {
    const found = property(project, 'Version') ?? property(project, 'VersionPrefix');
    return found ? [found] : [];
  });
  const [first] = versions;
  return first && versions.every(({ value }) => value === first.value)
    ? first
    : unknown(`version of what ${path} builds`);
}

/** What `global.json` pins, else the frameworks that the projects are built for: `8.0.x, 9.0.x`. */
async function sdkVersion(
  reading: Reading,
  folder: string,
  projects: readonly Project[],
): Promise<Known<string>> {
  const global = await globalJson(reading, folder);
  const pinned = stringAt(global?.data, ['sdk', 'version']);
  if (global && pinned && /^[\w.-]{1,40}$/.test(pinned)) return fact(pinned, global.source);
  const sources = new Map<string, Source[]>();
  for (const { value, sources: at } of projects.flatMap((project) => project.frameworks)) {
    const version = /^net(?:coreapp)?(\d{1,2}\.\d)(?:-|$)/.exec(value)?.[1];
    if (version) sources.set(`${version}.x`, [...(sources.get(`${version}.x`) ?? []), ...at]);
  }
  const versions = [...sources.keys()].sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
  return versions.length > 0
    ? fact(versions.join(', '), ...versions.flatMap((version) => sources.get(version)?.slice(0, 1) ?? []))
    : unknown(`version of the .NET SDK${folder === '' ? '' : ` in ${folder}`}: global.json`);
}

async function globalJson(
  reading: Reading,
  folder: string,
): Promise<{ readonly data: unknown; readonly source: Source } | null> {
  const path = foldersAbove(folder)
    .map((above) => inFolder(above, 'global.json'))
    .find((other) => reading.has(other));
  const text = path === undefined ? null : await reading.text(path);
  if (path === undefined || text === null) return null;
  const read = readPlaced(text);
  if (!read.ok) {
    reading.problem(path, read.message, read.range);
    return null;
  }
  const document = read.documents[0];
  return document
    ? { data: document.data, source: fileSource(path, document.rangeOf(['sdk', 'version'])) }
    : null;
}

/** Where `.editorconfig` has rules for C#; a file that only sets blanks for all is no format that was agreed on. */
async function formatSettings(reading: Reading, folder: string): Promise<Source | null> {
  for (const above of foldersAbove(folder)) {
    const path = inFolder(above, '.editorconfig');
    if (!reading.has(path)) continue;
    const found = findLine((await reading.text(path)) ?? '', /^\s*(dotnet|csharp)_\w+\s*=/);
    if (found) return fileSource(path, found.range);
  }
  return null;
}

/** CSharpier as a tool of the repository; its first version checked by an option. */
async function csharpier(reading: Reading, folder: string): Promise<Fact<string> | null> {
  const path = foldersAbove(folder)
    .flatMap((above) =>
      ['.config/dotnet-tools.json', 'dotnet-tools.json'].map((name) => inFolder(above, name)),
    )
    .find((other) => reading.has(other));
  const text = path === undefined ? null : await reading.text(path);
  const read = text === null ? null : readPlaced(text);
  const document = read?.ok ? read.documents[0] : undefined;
  if (path === undefined || !document) return null;
  const name = Object.keys(mapAt(document.data, ['tools'])).find(
    (tool) => tool.toLowerCase() === 'csharpier',
  );
  const version = name === undefined ? undefined : dataAt(document.data, ['tools', name, 'version']);
  if (name === undefined || typeof version !== 'string') return null;
  const command = version.startsWith('0.') ? 'dotnet csharpier --check .' : 'dotnet csharpier check .';
  return fact(command, fileSource(path, document.rangeOf(['tools', name])));
}

function relative(path: string, folder: string): string {
  return folder === '' ? path : path.slice(folder.length + 1);
}

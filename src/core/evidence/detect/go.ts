import { fact, fileSource, unknown, type Fact, type Source } from '../fact';
import type { ConfiguredTool, CoverageSetup, Stack } from '../profile';
import { makeCommands, readMakeTargets, type MakeTarget } from './makefile';
import { findLine, lineSource } from './places';
import { baseOf, folderOf, inFolder, isInside, type Reading } from './reading';

/**
 * Reads every `go.mod`. The Makefile's targets come first; `go vet`, `gofmt`, `go test` and `go build` belong to the
 * toolchain that the module names, so that they exist without configuration.
 */
export async function readGoStacks(reading: Reading): Promise<Stack[]> {
  const stacks: Stack[] = [];
  const modules = reading.paths.filter((path) => baseOf(path) === 'go.mod');
  for (const path of modules) {
    const text = await reading.text(path);
    if (text === null) continue;
    const folder = folderOf(path);
    const module = findLine(text, /^module\s+"?([\w.\-~/]{1,300})"?\s*(?:\/\/.*)?$/);
    if (!module?.match[1]) {
      reading.problem(path, 'names no module');
      continue;
    }
    const inner = modules.map(folderOf).filter((other) => other !== folder && isInside(other, folder));
    const own = reading.paths.filter(
      (file) =>
        file.endsWith('.go') && isInside(file, folder) && !inner.some((other) => isInside(file, other)),
    );
    if (own.length === 0) continue;
    const version = findLine(text, /^go\s+(\d+\.\d+(?:\.\d+)?)\s*$/);
    const targets = await readMakeTargets(reading, folder);
    const make = makeCommands(targets);
    const test = own.find((file) => file.endsWith('_test.go'));
    const golangci = ['.golangci.yml', '.golangci.yaml', '.golangci.toml', '.golangci.json']
      .map((name) => inFolder(folder, name))
      .find((name) => reading.has(name));
    const mains = await mainPackages(reading, folder, own);
    const integration = await integrationTest(reading, own);
    const goMod = lineSource(path, text, /^go\s/);
    // A target that only calls golangci-lint would not find it on the runner: its own action brings it.
    const target = targets.find(({ fact: made }) => made.value === make.lint?.[0]?.value);
    const isOnlyGolangci =
      target !== undefined && /^(?:@|\t|\s)*golangci-lint run[^\n;&|]*$/.test(target.recipe.trim());
    const lint =
      make.lint && !(golangci && isOnlyGolangci)
        ? make.lint
        : golangci
          ? [fact('golangci-lint run', fileSource(golangci))]
          : [fact('go vet ./...', goMod)];
    stacks.push({
      language: 'go',
      folder,
      manifest: fact(path, fileSource(path)),
      name: fact(moduleName(module.match[1]), fileSource(path, module.range)),
      version: unknown(`version of ${module.match[1]}`),
      packageManager: fact('go', fileSource(path)),
      lockFile: reading.has(inFolder(folder, 'go.sum'))
        ? fact(inFolder(folder, 'go.sum'), fileSource(inFolder(folder, 'go.sum')))
        : null,
      languageVersion: version?.match[1]
        ? fact(version.match[1], fileSource(path, version.range))
        : unknown(`Go version in ${path}`),
      commands: {
        ...make,
        format: make.format ?? [fact('test -z "$(gofmt -l .)"', goMod)],
        lint,
        ...(make.unit || test
          ? { unit: make.unit ?? [fact('go test ./...', fileSource(test ?? path))] }
          : {}),
        ...(integration && !make.integration
          ? { integration: [fact('go test -tags=integration ./...', integration)] }
          : {}),
        build: make.build ?? [
          mains.length > 0
            ? fact('go build -trimpath -o bin/ ./...', fileSource(mains[0] ?? path))
            : fact('go build ./...', goMod),
        ],
      },
      isPublished: mains.length === 0,
      ...(mains.length > 0 && buildsIntoBin(targets)
        ? { outputs: [fact('bin', make.build?.[0]?.sources[0] ?? fileSource(mains[0] ?? path))] }
        : {}),
      tools: goTools(path, text, golangci, test),
      ...(make.unit || test ? { coverage: coverageOf(targets, fileSource(test ?? path), goMod) } : {}),
    });
  }
  return stacks;
}

/** A test file that is only built for integration tests, by its build constraint. */
async function integrationTest(reading: Reading, own: readonly string[]): Promise<Source | null> {
  for (const path of own.filter((file) => file.endsWith('_test.go')).slice(0, MAX_TEST_FILES)) {
    const found = findLine((await reading.text(path)) ?? '', /^\/\/go:build\s+integration\s*$/);
    if (found) return fileSource(path, found.range);
  }
  return null;
}

/** A build constraint stands in the first lines; so many files are opened for it. */
const MAX_TEST_FILES = 60;

function goTools(
  path: string,
  goMod: string,
  golangci: string | undefined,
  test: string | undefined,
): readonly Fact<ConfiguredTool>[] {
  const containers = findLine(goMod, /github\.com\/testcontainers\/testcontainers-go\b/);
  return [
    ...(golangci ? [fact({ name: 'golangci-lint', does: 'lint' as const }, fileSource(golangci))] : []),
    ...(test ? [fact({ name: 'go test', does: 'unit' as const }, fileSource(test))] : []),
    ...(containers
      ? [fact({ name: 'Testcontainers', does: 'integration' as const }, fileSource(path, containers.range))]
      : []),
  ];
}

/** A target of the Makefile that writes a profile, else the option of `go test` that does. */
function coverageOf(targets: readonly MakeTarget[], test: Source, goMod: Source): CoverageSetup {
  const target = targets.find(({ recipe }) => /-coverprofile[= ]\S/.test(recipe));
  const written = /-coverprofile[= ]["']?([\w./-]+)/.exec(target?.recipe ?? '')?.[1];
  const source = target?.fact.sources[0] ?? test;
  return {
    tool: fact('go test', goMod),
    command: target?.fact ?? fact('go test -coverprofile=coverage.out ./...', test),
    report:
      target && written === undefined
        ? unknown('file that the coverage profile is written to')
        : fact({ path: (written ?? 'coverage.out').replace(/^\.\//, ''), format: 'go' }, source),
    threshold: null,
  };
}

/** The module path's last part, without a major version: `example.org/shop/api/v2` is `api`. */
function moduleName(module: string): string {
  const parts = module.split('/');
  if (parts.length > 1 && /^v\d+$/.test(parts.at(-1) ?? '')) parts.pop();
  return parts.at(-1) ?? module;
}

/** Folders that `go build ./...` passes over, and those of programs that only work on the module itself. */
const ASIDE =
  /^(?!cmd\/)(?:.*\/)?([._][^/]*|internal|tools?|hack|scripts?|gen|generators?|tests?|e2e|bench(mark)?s?)\//;

/** Files that declare `package main`, among the few that can: `main.go` and what lies under `cmd`. */
async function mainPackages(
  reading: Reading,
  folder: string,
  files: readonly string[],
): Promise<readonly string[]> {
  const candidates = files
    .filter(
      (file) =>
        !file.endsWith('_test.go') &&
        (baseOf(file) === 'main.go' || isInside(file, inFolder(folder, 'cmd'))) &&
        !ASIDE.test(folder === '' ? file : file.slice(folder.length + 1)),
    )
    .slice(0, 40);
  const mains: string[] = [];
  for (const file of candidates) {
    const text = await reading.text(file);
    if (text !== null && /^package\s+main\b/m.test(text)) mains.push(file);
  }
  return mains;
}

/** Whether the build leaves its programs in `bin`: our own command does, a Makefile's where its recipe says so. */
function buildsIntoBin(targets: readonly MakeTarget[]): boolean {
  const build = targets.find((target) => target.name === 'build');
  return build === undefined || /\s-o\s+(\.\/)?bin\//.test(build.recipe);
}

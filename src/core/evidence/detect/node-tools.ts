import { fact, factWith, fileSource, unknown, type Fact, type Known, type Source } from '../fact';
import type { ConfiguredTool, CoverageReport, CoverageSetup, Stack } from '../profile';
import {
  dataAt,
  findLine,
  lineSource,
  listAt,
  mapAt,
  readPlaced,
  stringAt,
  type PlacedDocument,
} from './places';
import { inFolder, type Reading } from './reading';
import { shellWord } from './shell-text';

/** A tool by the package that brings it and the files that set it up. */
interface NodeTool {
  readonly tool: ConfiguredTool;
  readonly packages: readonly string[];
  /** Files beside the manifest, without ending where a program's file may have any. */
  readonly files: readonly string[];
  /** The command that checks with it, where no script does; only with both package and file. */
  readonly check?: string;
}

const ENDINGS = [
  '',
  '.js',
  '.cjs',
  '.mjs',
  '.ts',
  '.mts',
  '.cts',
  '.json',
  '.jsonc',
  '.yml',
  '.yaml',
  '.toml',
];

const TOOLS: readonly NodeTool[] = [
  {
    tool: { name: 'Prettier', does: 'format' },
    packages: ['prettier'],
    files: ['.prettierrc', 'prettier.config'],
    check: 'prettier --check .',
  },
  {
    tool: { name: 'Biome', does: 'lint' },
    packages: ['@biomejs/biome'],
    files: ['biome'],
    check: 'biome ci .',
  },
  {
    tool: { name: 'ESLint', does: 'lint' },
    packages: ['eslint'],
    files: ['eslint.config', '.eslintrc'],
    check: 'eslint .',
  },
  { tool: { name: 'oxlint', does: 'lint' }, packages: ['oxlint'], files: ['.oxlintrc'] },
  {
    tool: { name: 'Stylelint', does: 'lint' },
    packages: ['stylelint'],
    files: ['.stylelintrc', 'stylelint.config'],
  },
  {
    tool: { name: 'TypeScript', does: 'type-check' },
    packages: ['typescript'],
    files: ['tsconfig'],
    check: 'tsc --noEmit',
  },
  { tool: { name: 'Jest', does: 'unit' }, packages: ['jest'], files: ['jest.config'] },
  {
    tool: { name: 'Vitest', does: 'unit' },
    packages: ['vitest'],
    files: ['vitest.config', 'vitest.workspace'],
  },
  { tool: { name: 'Mocha', does: 'unit' }, packages: ['mocha'], files: ['.mocharc'] },
  { tool: { name: 'AVA', does: 'unit' }, packages: ['ava'], files: ['ava.config'] },
  { tool: { name: 'Karma', does: 'unit' }, packages: ['karma'], files: ['karma.conf'] },
  { tool: { name: 'Testcontainers', does: 'integration' }, packages: ['testcontainers'], files: [] },
  {
    tool: { name: 'Playwright', does: 'end-to-end' },
    packages: ['@playwright/test'],
    files: ['playwright.config'],
    check: 'playwright test',
  },
  {
    tool: { name: 'Cypress', does: 'end-to-end' },
    packages: ['cypress'],
    files: ['cypress.config', 'cypress'],
    check: 'cypress run',
  },
  { tool: { name: 'WebdriverIO', does: 'end-to-end' }, packages: ['@wdio/cli'], files: ['wdio.conf'] },
  { tool: { name: 'c8', does: 'coverage' }, packages: ['c8'], files: ['.c8rc'] },
  { tool: { name: 'nyc', does: 'coverage' }, packages: ['nyc'], files: ['.nycrc', 'nyc.config'] },
  {
    tool: { name: 'Vitest coverage', does: 'coverage' },
    packages: ['@vitest/coverage-v8', '@vitest/coverage-istanbul'],
    files: [],
  },
];

/** What is set up for one package. */
export interface NodeTools {
  readonly tools: readonly Fact<ConfiguredTool>[];
  readonly coverage: CoverageSetup | null;
  readonly testReports: readonly Fact<string>[];
  /** Commands for phases that a tool is set up for and no script runs. */
  readonly commands: Stack['commands'];
}

/** A package manifest with where it stands, and that of its workspace's root where it is a member. */
export interface NodeManifest {
  readonly folder: string;
  readonly path: string;
  readonly document: PlacedDocument;
}

const RUNNERS: Readonly<Record<string, string>> = {
  npm: 'npx --no-install ',
  pnpm: 'pnpm exec ',
  yarn: 'yarn ',
  bun: 'bunx --no-install ',
};

/** Reads which tools a package has set up: by its dependencies and by the files that configure them. */
export async function readNodeTools(
  reading: Reading,
  manifest: NodeManifest,
  root: NodeManifest | null,
  manager: string,
  commands: Stack['commands'],
): Promise<NodeTools> {
  const tools: Fact<ConfiguredTool>[] = [];
  const added: Record<string, readonly Fact<string>[]> = {};
  for (const { tool, packages, files, check } of TOOLS) {
    const package_ = dependencyOf(manifest, packages);
    const file = files
      .flatMap((name) => ENDINGS.map((ending) => inFolder(manifest.folder, `${name}${ending}`)))
      .find((path) => reading.has(path) && !path.endsWith('/cypress') && path !== 'cypress');
    const inherited = root ? dependencyOf(root, packages) : null;
    // A file alone may be left over; a dependency alone is there, whether or not it is set up.
    const sources = [...(file ? [fileSource(file)] : []), ...(package_ ? [package_] : [])];
    const known = package_ ?? inherited;
    if (!known && !file) continue;
    if (!package_ && !file) continue;
    tools.push(factWith(known ? 'strong' : 'moderate', tool, ...sources));
    const { does } = tool;
    if (!check || !file || !known || does === 'coverage') continue;
    if ((commands[does] ?? []).length > 0 || (added[does] ?? []).length > 0) continue;
    // A member without scripts is checked from the root of its workspace.
    if (root && does !== 'end-to-end') continue;
    added[does] = [fact(`${RUNNERS[manager] ?? 'npx --no-install '}${check}`, ...sources)];
  }
  return {
    tools,
    coverage: await coverageOf(reading, manifest, manager),
    testReports: await testReportsOf(reading, manifest),
    commands: added,
  };
}

function dependencyOf({ document, path }: NodeManifest, packages: readonly string[]): Source | null {
  for (const table of ['devDependencies', 'dependencies']) {
    for (const name of packages) {
      if (dataAt(document.data, [table, name]) !== undefined)
        return fileSource(path, document.rangeOf([table, name]));
    }
  }
  return null;
}

const COVERAGE_SCRIPTS = [
  'test:coverage',
  'coverage',
  'test:cov',
  'test:ci',
  'cov',
  'unit:coverage',
  'test:unit:coverage',
  'test:unit',
  'test',
];

const COVERAGE_TOOLS: readonly (readonly [RegExp, string])[] = [
  [/\bc8\b/, 'c8'],
  [/\bnyc\b/, 'nyc'],
  [/\bvitest\b[^&|;]*--coverage/, 'vitest'],
  [/\b(?:jest|react-scripts test|craco test)\b[^&|;]*--coverage/, 'jest'],
  [/\bnode\b[^&|;]*--experimental-test-coverage/, 'node'],
  [/\bng test\b[^&|;]*--code-coverage/, 'karma'],
  [/\bbun test\b[^&|;]*--coverage/, 'bun'],
];

/** How the tests run with coverage: by a script that does, else by the test runner's own option. */
async function coverageOf(
  reading: Reading,
  manifest: NodeManifest,
  manager: string,
): Promise<CoverageSetup | null> {
  const { document, path } = manifest;
  const scripts = mapAt(document.data, ['scripts']);
  for (const name of COVERAGE_SCRIPTS) {
    const body = stringAt(scripts, [name]);
    const tool = body === null ? undefined : COVERAGE_TOOLS.find(([pattern]) => pattern.test(body))?.[1];
    if (body === null || tool === undefined) continue;
    const source = fileSource(path, document.rangeOf(['scripts', name]));
    const config = await coverageConfig(reading, manifest, tool);
    return {
      tool: fact(tool, source),
      command: fact(`${manager} run ${shellWord(name)}`, source),
      report: reportOf(tool, body, config, source),
      threshold: thresholdOf(body, config, source),
    };
  }
  // The test script calls the runner and nothing behind it, so that an option reaches it.
  const [script, body] =
    ['test:unit', 'unit', 'test']
      .map((name) => [name, stringAt(scripts, [name])] as const)
      .find(([, text]) => text !== null) ?? [];
  if (script === undefined || body === null || body === undefined || /[&|;]/.test(body)) return null;
  const provider = dependencyOf(manifest, ['@vitest/coverage-v8', '@vitest/coverage-istanbul']);
  const isVitest = /^\s*(?:\w+=\S+\s+)*vitest\b/.test(body) && provider !== null;
  const isJest = /^\s*(?:\w+=\S+\s+)*jest\b/.test(body);
  if (!isVitest && !isJest) return null;
  const tool = isVitest ? 'vitest' : 'jest';
  const source = fileSource(path, document.rangeOf(['scripts', script]));
  const config = await coverageConfig(reading, manifest, tool);
  const option = isVitest ? '--coverage --coverage.reporter=lcov' : '--coverage --coverageReporters=lcov';
  const dashes = manager === 'npm' ? '-- ' : '';
  return {
    tool: fact(tool, provider ?? source),
    command: factWith('moderate', `${manager} run ${shellWord(script)} ${dashes}${option}`, source),
    report: fact(
      { path: `${(config.folder ?? 'coverage').replace(/^\.\/|\/$/g, '')}/lcov.info`, format: 'lcov' },
      ...(config.source ? [config.source] : [source]),
    ),
    threshold: thresholdOf(body, config, source),
  };
}

interface CoverageConfig {
  readonly folder: string | null;
  readonly reporters: readonly string[] | null;
  readonly lines: number | null;
  readonly source: Source | null;
}

/** Where the tool keeps its settings, and what of them counts; programs are looked through, not run. */
async function coverageConfig(
  reading: Reading,
  { folder, path, document }: NodeManifest,
  tool: string,
): Promise<CoverageConfig> {
  const none: CoverageConfig = { folder: null, reporters: null, lines: null, source: null };
  const strings = (items: readonly unknown[]): string[] =>
    items.flatMap((item) =>
      typeof item === 'string' ? [item] : Array.isArray(item) ? strings(item.slice(0, 1)) : [],
    );
  const fromData = (data: unknown, source: Source): CoverageConfig => {
    const reporters = strings([
      ...listAt(data, ['coverageReporters']),
      ...listAt(data, ['reporter']),
      ...(stringAt(data, ['reporter']) !== null ? [stringAt(data, ['reporter'])] : []),
    ]);
    const lines = dataAt(data, ['coverageThreshold', 'global', 'lines']) ?? dataAt(data, ['lines']);
    return {
      folder:
        stringAt(data, ['coverageDirectory']) ??
        stringAt(data, ['report-dir']) ??
        stringAt(data, ['reports-dir']) ??
        stringAt(data, ['reportsDir']),
      reporters: reporters.length > 0 ? reporters : null,
      lines: typeof lines === 'number' && lines > 0 && lines <= 100 ? lines : null,
      source,
    };
  };
  const own = tool === 'jest' ? 'jest' : tool;
  if (Object.keys(mapAt(document.data, [own])).length > 0)
    return fromData(dataAt(document.data, [own]), fileSource(path, document.rangeOf([own])));
  const names =
    tool === 'jest'
      ? ['jest.config']
      : tool === 'vitest'
        ? ['vitest.config', 'vite.config']
        : tool === 'c8'
          ? ['.c8rc']
          : tool === 'nyc'
            ? ['.nycrc', 'nyc.config']
            : [];
  const file = names
    .flatMap((name) => ENDINGS.map((ending) => inFolder(folder, `${name}${ending}`)))
    .find((candidate) => reading.has(candidate));
  const text = file === undefined ? null : await reading.text(file);
  if (file === undefined || text === null) return none;
  if (/rc$|\.(?:json|ya?ml)$/.test(file)) {
    const read = readPlaced(text);
    return read.ok ? fromData(read.documents[0]?.data, fileSource(file)) : none;
  }
  const list = /\b(?:coverageReporters|reporters?)\s*:\s*\[([^\]]{0,400})\]/.exec(
    /\bcoverage\w*\b[\s\S]*/.exec(text)?.[0] ?? '',
  )?.[1];
  const threshold = /\b(?:coverageThreshold|thresholds)\b[\s\S]{0,300}?\blines\s*:\s*(\d{1,3})/.exec(
    text,
  )?.[1];
  const reporters = [...(list ?? '').matchAll(/["']([\w-]{1,40})["']/g)].map((match) => match[1] ?? '');
  return {
    folder: /\b(?:coverageDirectory|reportsDirectory)\s*:\s*["']([\w./-]{1,100})["']/.exec(text)?.[1] ?? null,
    reporters: list === undefined ? null : reporters,
    lines: Number(threshold) > 0 && Number(threshold) <= 100 ? Number(threshold) : null,
    source: lineSource(file, text, /coverage/),
  };
}

/** What each tool writes when nothing says otherwise, by its own documentation. */
const DEFAULT_REPORTERS: Readonly<Record<string, readonly string[]>> = {
  jest: ['clover', 'json', 'lcov', 'text'],
  vitest: ['text', 'html', 'clover', 'json'],
  c8: ['text'],
  nyc: ['text'],
  karma: ['html', 'text-summary'],
};

const REPORT_FILES: readonly (readonly [string, CoverageReport['format'], string])[] = [
  ['lcov', 'lcov', 'lcov.info'],
  ['lcovonly', 'lcov', 'lcov.info'],
  ['cobertura', 'cobertura', 'cobertura-coverage.xml'],
  ['clover', 'clover', 'clover.xml'],
  ['json-summary', 'json', 'coverage-summary.json'],
];

function reportOf(tool: string, body: string, config: CoverageConfig, source: Source): Known<CoverageReport> {
  const asked = [...body.matchAll(/--(?:coverage\.)?(?:reporter|coverageReporters)s?[= ]["']?([\w-]+)/g)].map(
    (match) => match[1] ?? '',
  );
  const reporters = asked.length > 0 ? asked : (config.reporters ?? DEFAULT_REPORTERS[tool] ?? []);
  const folder =
    /--(?:coverageDirectory|coverage\.reportsDirectory|reports-dir|report-dir)[= ]["']?([\w./-]+)/.exec(
      body,
    )?.[1] ??
    config.folder ??
    'coverage';
  if (tool === 'node' && !/--test-reporter[= ]lcov/.test(body))
    return unknown(
      'file that the coverage is written to (--test-reporter=lcov, --test-reporter-destination)',
    );
  if (tool === 'node') {
    const destination = /--test-reporter[= ]lcov\s+--test-reporter-destination[= ]["']?([\w./-]+)/.exec(
      body,
    )?.[1];
    return destination === undefined
      ? unknown('file that the coverage is written to (--test-reporter-destination)')
      : fact({ path: destination, format: 'lcov' }, source);
  }
  const found = REPORT_FILES.find(([reporter]) => reporters.includes(reporter));
  return found
    ? fact(
        { path: `${folder.replace(/^\.\/|\/$/g, '')}/${found[2]}`, format: found[1] },
        ...(asked.length === 0 && config.source ? [config.source] : [source]),
      )
    : unknown(`coverage report that a program can read: ${tool} is set up to write none`);
}

function thresholdOf(body: string, config: CoverageConfig, source: Source): Fact<number> | null {
  const asked = /--(?:coverage\.thresholds\.)?lines[= ](\d{1,3})\b/.exec(body)?.[1];
  if (asked !== undefined && Number(asked) <= 100) return fact(Number(asked), source);
  return config.lines === null ? null : fact(config.lines, config.source ?? source);
}

/** Where runners are set up to write JUnit reports. */
async function testReportsOf(reading: Reading, manifest: NodeManifest): Promise<readonly Fact<string>[]> {
  const found: Fact<string>[] = [];
  const add = (path: string | undefined, source: Source): void => {
    const plain = path?.replace(/^\.\//, '');
    if (
      plain !== undefined &&
      /^[\w][\w./-]{0,200}$/.test(plain) &&
      !found.some(({ value }) => value === plain)
    )
      found.push(fact(plain, source));
  };
  const scripts = mapAt(manifest.document.data, ['scripts']);
  for (const [name, body] of Object.entries(scripts)) {
    if (typeof body !== 'string') continue;
    const source = fileSource(manifest.path, manifest.document.rangeOf(['scripts', name]));
    add(/--(?:outputFile|output-file)(?:\.junit)?[= ]["']?([\w./-]+\.xml)/.exec(body)?.[1], source);
    add(/mochaFile=([\w./-]+\.xml)/.exec(body)?.[1], source);
    add(/--test-reporter[= ]junit\s+--test-reporter-destination[= ]["']?([\w./-]+)/.exec(body)?.[1], source);
  }
  for (const name of ['vitest.config', 'vite.config', 'playwright.config', 'jest.config']) {
    const path = ENDINGS.map((ending) => inFolder(manifest.folder, `${name}${ending}`)).find((each) =>
      reading.has(each),
    );
    const text = path === undefined ? null : await reading.text(path);
    if (path === undefined || text === null || !/\bjunit\b/.test(text)) continue;
    const line = findLine(text, /junit/);
    const file =
      /\boutputFile\s*:\s*["']([\w./-]+\.xml)["']/.exec(text)?.[1] ??
      /\bjunit["']?\s*:\s*["']([\w./-]+\.xml)["']/.exec(text)?.[1] ??
      // jest-junit's own default.
      (/jest-junit/.test(text) && !/outputName|outputDirectory/.test(text) ? 'junit.xml' : undefined);
    add(file, fileSource(path, line?.range ?? null));
  }
  return found;
}

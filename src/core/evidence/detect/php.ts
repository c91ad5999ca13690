import { fact, fileSource, unknown, type Fact, type Known, type Source } from '../fact';
import type { CoverageSetup, PipelinePhase, Stack } from '../profile';
import { namedTools, type NamedTool } from './named-tools';
import { dataAt, findLine, findLines, listAt, mapAt, stringAt, type PlacedDocument } from './places';
import { baseOf, folderOf, inFolder, type Reading } from './reading';
import { isPlainText, shellWord } from './shell-text';
import { readTargetCommands } from './task-targets';
import { readManifest } from './package-manifest';

/** Names that people give to Composer scripts of a phase, best first. A script counts only where it exists. */
const SCRIPT_NAMES: Readonly<Record<PipelinePhase, readonly string[]>> = {
  format: [
    'cs:check',
    'check:cs',
    'cs-check',
    'check-cs',
    'format:check',
    'check-format',
    'style:check',
    'check-style',
    'test:style',
    'test:lint',
    'lint:style',
    'pint:test',
    'phpcs',
    'cs',
    'style',
    'format',
  ],
  lint: ['lint:ci', 'lint:check', 'lint:php', 'lint', 'parallel-lint'],
  'type-check': [
    'phpstan',
    'stan',
    'analyse',
    'analyze',
    'static-analysis',
    'test:types',
    'types',
    'type-check',
    'typecheck',
    'psalm',
  ],
  unit: ['test:unit', 'test-unit', 'unit', 'phpunit', 'pest', 'test', 'tests'],
  integration: ['test:integration', 'test-integration', 'integration', 'test:functional'],
  smoke: ['test:smoke', 'smoke'],
  'end-to-end': ['test:e2e', 'e2e', 'test:browser', 'dusk', 'behat', 'test:acceptance'],
  scan: ['audit:ci', 'security:check', 'security-check', 'security'],
  build: ['build:prod', 'build'],
};

/** Names of test suites that are no unit tests. */
const SUITES: readonly (readonly [RegExp, PipelinePhase])[] = [
  [/integration|functional/i, 'integration'],
  [/e2e|end.?to.?end|acceptance|browser/i, 'end-to-end'],
  [/smoke/i, 'smoke'],
];

const TOOLS: readonly NamedTool[] = [
  [/^friendsofphp\/php-cs-fixer$|php-cs-fixer-shim$/, { name: 'PHP CS Fixer', does: 'format' }],
  [/^laravel\/pint$/, { name: 'Laravel Pint', does: 'format' }],
  [/^symplify\/easy-coding-standard$/, { name: 'Easy Coding Standard', does: 'format' }],
  [/^(squizlabs|phpcsstandards)\/php_codesniffer$/, { name: 'PHP_CodeSniffer', does: 'lint' }],
  [/^phpstan\/phpstan$|larastan$/, { name: 'PHPStan', does: 'type-check' }],
  [/^vimeo\/psalm$/, { name: 'Psalm', does: 'type-check' }],
  [/^pestphp\/pest$/, { name: 'Pest', does: 'unit' }],
  [/^phpunit\/phpunit$/, { name: 'PHPUnit', does: 'unit' }],
  [/^behat\/behat$/, { name: 'Behat', does: 'end-to-end' }],
  [/^laravel\/dusk$/, { name: 'Laravel Dusk', does: 'end-to-end' }],
];

/** Reads every `composer.json`: its scripts first, then the tools that are configured and depended on. */
export async function readPhpStacks(reading: Reading): Promise<Stack[]> {
  const stacks: Stack[] = [];
  for (const path of reading.paths.filter((other) => baseOf(other) === 'composer.json')) {
    // Tools that are kept apart from the product's dependencies, each with a manifest of its own.
    if (/(^|\/)(tools|vendor-bin)\//.test(path)) continue;
    const document = await readManifest(reading, path);
    if (document) stacks.push(await readStack(reading, path, document));
  }
  return stacks;
}

async function readStack(reading: Reading, path: string, document: PlacedDocument): Promise<Stack> {
  const { data } = document;
  const folder = folderOf(path);
  const place = (...at: string[]): Source => fileSource(path, document.rangeOf(at));
  const lock = inFolder(folder, 'composer.lock');
  const name = stringAt(data, ['name']);
  const version = stringAt(data, ['version']);
  const isApplication = [
    'artisan',
    'bin/console',
    'public/index.php',
    'index.php',
    'Dockerfile',
    'Procfile',
  ].some((file) => reading.has(inFolder(folder, file)));
  const isPublished =
    name !== null &&
    stringAt(data, ['type']) !== 'project' &&
    stringAt(data, ['license']) !== 'proprietary' &&
    Object.keys(mapAt(data, ['autoload'])).length > 0 &&
    !isApplication;
  const extensions = Object.keys(mapAt(data, ['require']))
    .filter((key) => /^ext-\w{1,40}$/.test(key))
    .map((key) => fact(key.slice('ext-'.length), place('require', key)));
  const packages = await packagesOf(reading, folder, path, document);
  const tools = namedTools(packages, TOOLS);
  const commands = await commandsOf(reading, folder, path, document, packages);
  const measured = await measuredBy(reading, folder, mapAt(data, ['scripts']), commands.unit?.[0]);
  return {
    language: 'php',
    folder,
    manifest: fact(path, fileSource(path)),
    name: name && isPlainText(name) ? fact(name, place('name')) : unknown(`name of the package in ${path}`),
    version:
      version && isPlainText(version)
        ? fact(version, place('version'))
        : unknown(`version of the package in ${path}`),
    packageManager: fact('composer', fileSource(reading.has(lock) ? lock : path)),
    lockFile: reading.has(lock) ? fact(lock, fileSource(lock)) : null,
    languageVersion: await phpVersion(reading, folder, path, document),
    commands,
    isPublished,
    ...(extensions.length > 0 ? { extensions } : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...measured,
  };
}

/** Coverage and reports as PHPUnit's settings have them, which Pest reads too. */
async function measuredBy(
  reading: Reading,
  folder: string,
  scripts: Readonly<Record<string, unknown>>,
  unit: Fact<string> | undefined,
): Promise<Pick<Stack, 'coverage' | 'testReports'>> {
  const settings = settingsOf(reading, folder);
  const text = settings === undefined ? null : await reading.text(settings);
  if (settings === undefined || text === null || !unit) return {};
  const junit = findLine(text, /<junit\s[^>]*\boutputFile\s*=\s*"([\w][\w./-]{0,200})"/);
  const testReports = junit?.match[1]
    ? { testReports: [fact(junit.match[1], fileSource(settings, junit.range))] }
    : {};
  // What is measured has to be named: without it PHPUnit refuses to measure.
  const named = findLine(text, /<(source|coverage)\b/);
  if (!named) return testReports;
  const source = fileSource(settings, named.range);
  const clover = findLine(text, /<clover\s[^>]*\boutputFile\s*=\s*"([\w][\w./-]{0,200})"/);
  const path = clover?.match[1] ?? 'coverage.xml';
  const script = /^composer run-script (\S+)$/.exec(unit.value)?.[1];
  const body = script === undefined ? unit.value : bodyOf(scripts, script);
  // Arguments reach a script that is one command; of several they would reach each.
  const isOne =
    body !== null &&
    /^(?:@php )?(?:(?:\.\/)?[\w./-]*bin\/)?(?:simple-)?(?:phpunit|pest)\b[^\n&|;]*$/.test(body);
  const command = clover
    ? unit.value
    : isOne
      ? `${unit.value}${script === undefined ? '' : ' --'} --coverage-clover ${path}`
      : null;
  const coverage: CoverageSetup = {
    tool: fact(/\bpest\b/.test(body ?? '') ? 'Pest' : 'PHPUnit', source),
    command:
      command === null
        ? unknown(`command that measures the coverage${folder === '' ? '' : ` of ${folder}`}`)
        : fact(command, source, ...unit.sources),
    report: fact({ path, format: 'clover' as const }, clover ? fileSource(settings, clover.range) : source),
    threshold: null,
  };
  return { ...testReports, coverage };
}

function settingsOf(reading: Reading, folder: string): string | undefined {
  return ['phpunit.xml', 'phpunit.xml.dist', 'phpunit.dist.xml']
    .map((name) => inFolder(folder, name))
    .find((file) => reading.has(file));
}

async function commandsOf(
  reading: Reading,
  folder: string,
  path: string,
  document: PlacedDocument,
  packages: ReadonlyMap<string, Source>,
): Promise<Stack['commands']> {
  const { data } = document;
  const at = (name: string): string => inFolder(folder, name);
  const scripts = mapAt(data, ['scripts']);
  const commands: Partial<Record<PipelinePhase, readonly Fact<string>[]>> = {};
  for (const script of Object.keys(scripts)) {
    if (!isPlainText(script))
      reading.problem(path, 'holds a script whose name is no plain text, which no command is made of');
  }
  for (const [phase, names] of Object.entries(SCRIPT_NAMES) as [PipelinePhase, readonly string[]][]) {
    const script = names.find((candidate) => servesPhase(phase, bodyOf(scripts, candidate)));
    if (script === undefined) continue;
    commands[phase] = [
      fact(
        `composer run-script ${shellWord(script)}`,
        fileSource(path, document.rangeOf(['scripts', script])),
      ),
    ];
  }
  const vendor = stringAt(data, ['config', 'vendor-dir']) ?? 'vendor';
  const named = stringAt(data, ['config', 'bin-dir']) ?? `${vendor}/bin`;
  const bin = /^[A-Za-z0-9][\w./-]{0,100}$/.test(named) ? named.replace(/\/$/, '') : 'vendor/bin';
  const add = (phase: PipelinePhase, command: string, source: Source | null): void => {
    if (source && commands[phase] === undefined)
      commands[phase] = [fact(command.replace(/^vendor\/bin\//, `${bin}/`), source)];
  };
  const configured = (tool: RegExp, ...files: readonly string[]): Source | null => {
    if (![...packages.keys()].some((name) => tool.test(name))) return null;
    const file = files.map(at).find((candidate) => reading.has(candidate));
    return file ? fileSource(file) : null;
  };
  add(
    'format',
    'vendor/bin/php-cs-fixer fix --dry-run --diff',
    configured(
      /^friendsofphp\/php-cs-fixer$|php-cs-fixer-shim$/,
      '.php-cs-fixer.php',
      '.php-cs-fixer.dist.php',
    ),
  );
  add(
    'format',
    'vendor/bin/pint --test',
    configured(/^laravel\/pint$/, 'pint.json') ?? packages.get('laravel/pint') ?? null,
  );
  add('format', 'vendor/bin/ecs check', configured(/^symplify\/easy-coding-standard$/, 'ecs.php'));
  add(
    'lint',
    'vendor/bin/phpcs',
    configured(
      /^(squizlabs|phpcsstandards)\/php_codesniffer$|coding-standard|\/wpcs$|^drupal\/coder$/,
      'phpcs.xml',
      'phpcs.xml.dist',
      '.phpcs.xml',
      '.phpcs.xml.dist',
    ),
  );
  add(
    'type-check',
    'vendor/bin/phpstan analyse --no-progress',
    configured(/^phpstan\/phpstan$|larastan/, 'phpstan.neon', 'phpstan.neon.dist', 'phpstan.dist.neon'),
  );
  add(
    'type-check',
    'vendor/bin/psalm --no-progress',
    configured(/^vimeo\/psalm$|psalm-phar/, 'psalm.xml', 'psalm.xml.dist'),
  );

  const runner = packages.has('pestphp/pest') ? 'pest' : 'phpunit';
  const settings = settingsOf(reading, folder);
  if (
    settings &&
    (runner === 'pest' ||
      [...packages.keys()].some((name) => /^phpunit\/phpunit$|phpunit-bridge$/.test(name)))
  ) {
    const suites = findLines(
      (await reading.text(settings)) ?? '',
      /<testsuite\s[^>]*\bname\s*=\s*"([\w .-]{1,60})"/,
    );
    const phaseOf = (suite: string): PipelinePhase =>
      SUITES.find(([pattern]) => pattern.test(suite))?.[1] ?? 'unit';
    const byPhase = new Map<PipelinePhase, { names: string[]; source: Source }>();
    for (const { match, range } of suites) {
      const phase = phaseOf(match[1] ?? '');
      const before = byPhase.get(phase);
      byPhase.set(phase, {
        names: [...(before?.names ?? []), match[1] ?? ''],
        source: before?.source ?? fileSource(settings, range),
      });
    }
    // Symfony's bridge brings PHPUnit by itself, under a name of its own.
    const ofBridge = reading.has(at('bin/phpunit')) ? 'bin/phpunit' : 'vendor/bin/simple-phpunit';
    const program =
      runner === 'pest'
        ? 'vendor/bin/pest'
        : packages.has('phpunit/phpunit')
          ? 'vendor/bin/phpunit'
          : ofBridge;
    if (byPhase.size < 2) add('unit', program, fileSource(settings));
    else
      for (const [phase, { names, source }] of byPhase)
        add(phase, `${program} --testsuite ${shellWord(names.join(','))}`, source);
  }
  add(
    'end-to-end',
    'vendor/bin/behat',
    configured(/^behat\/behat$/, 'behat.yml', 'behat.yml.dist', 'behat.yaml', 'behat.php'),
  );
  const lock = at('composer.lock');
  // Composer's own, and the one scan there is: CodeQL does not read PHP. An abandoned package is reported, and is no hole.
  add('scan', 'composer audit --locked --abandoned=report', reading.has(lock) ? fileSource(lock) : null);
  return { ...commands, ...(await readTargetCommands(reading, folder, /\b(composer|php|phpunit|pest)\b/)) };
}

/** A script's commands; null where there is none of that name. */
function bodyOf(scripts: Readonly<Record<string, unknown>>, name: string): string | null {
  const body = dataAt(scripts, [name]);
  if (typeof body === 'string') return body;
  const lines = Array.isArray(body) ? body.filter((line): line is string => typeof line === 'string') : [];
  return lines.length > 0 ? lines.join('\n') : null;
}

function servesPhase(phase: PipelinePhase, body: string | null): boolean {
  if (body === null) return false;
  // Tools that mend what they find pass whatever the files look like.
  const writes =
    /\bphpcbf\b/.test(body) ||
    body
      .split('\n')
      .some(
        (line) =>
          (/\bphp-cs-fixer\b.*\bfix\b|\brector\b/.test(line) && !/--dry-run\b/.test(line)) ||
          (/\bpint\b/.test(line) && !/--test\b/.test(line)) ||
          /\becs\b.*--fix\b/.test(line),
      );
  if (writes) return false;
  if (phase === 'format') return /\b(phpcs|php-cs-fixer|pint|ecs|mago)\b|^@/.test(body);
  return true;
}

/** Packages that the manifest asks for, and those that the lock file holds, each with its place. */
async function packagesOf(
  reading: Reading,
  folder: string,
  path: string,
  document: PlacedDocument,
): Promise<ReadonlyMap<string, Source>> {
  const packages = new Map<string, Source>();
  for (const table of ['require', 'require-dev']) {
    for (const name of Object.keys(mapAt(document.data, [table])))
      packages.set(name, fileSource(path, document.rangeOf([table, name])));
  }
  const lock = inFolder(folder, 'composer.lock');
  const text = reading.has(lock) ? await reading.text(lock) : null;
  if (text !== null) {
    try {
      const locked: unknown = JSON.parse(text);
      for (const item of [...listAt(locked, ['packages']), ...listAt(locked, ['packages-dev'])]) {
        const name = stringAt(item, ['name']);
        if (name && !packages.has(name)) packages.set(name, fileSource(lock));
      }
    } catch {
      reading.problem(lock, 'cannot be read as JSON');
    }
  }
  return packages;
}

/** What the platform is set to, a version file, else what the manifest requires: `^8.2`. */
async function phpVersion(
  reading: Reading,
  folder: string,
  path: string,
  document: PlacedDocument,
): Promise<Known<string>> {
  for (const [name, pattern] of [
    ['.php-version', /^\s*(\d+\.\d+(?:\.\d+)?)\s*$/],
    ['.tool-versions', /^\s*php\s+(\d+\.\d+(?:\.\d+)?)\s*$/],
  ] as const) {
    const file = inFolder(folder, name);
    const found = reading.has(file) ? findLine((await reading.text(file)) ?? '', pattern) : null;
    if (found?.match[1]) return fact(found.match[1], fileSource(file, found.range));
  }
  for (const at of [
    ['config', 'platform', 'php'],
    ['require', 'php'],
  ]) {
    const value = stringAt(document.data, at);
    if (value && /^[\d\s.,|<>=~^*!v-]{1,80}$/.test(value))
      return fact(value, fileSource(path, document.rangeOf(at)));
  }
  return unknown(`PHP version of ${path}: require.php`);
}

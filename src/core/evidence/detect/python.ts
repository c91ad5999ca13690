import { parse as parseToml } from 'smol-toml';
import { fact, fileSource, unknown, type Fact, type Known, type Source } from '../fact';
import type { ConfiguredTool, CoverageSetup, OptionalDependencies, PipelinePhase, Stack } from '../profile';
import { makeCommands, readMakeTargets } from './makefile';
import { findLine, lineSource, listAt, mapAt, stringAt } from './places';
import { baseOf, folderOf, inFolder, isInside, type Reading } from './reading';
import { isPlainText } from './shell-text';

/** What the files of one Python project say: which tools it depends on or configures, and where. */
interface PythonFacts {
  readonly folder: string;
  readonly manifest: string;
  readonly toml: unknown;
  readonly tomlText: string;
  readonly dependencies: ReadonlyMap<string, Source>;
  /** Sections of `setup.cfg` and `tox.ini`, `file:section` to its place. */
  readonly sections: ReadonlyMap<string, Source>;
}

const MANIFESTS = ['pyproject.toml', 'setup.py', 'setup.cfg', 'Pipfile', 'requirements.txt'];

/** Reads Python projects: a folder with a `pyproject.toml`, a setup file, a Pipfile or requirements, one each. */
export async function readPythonStacks(reading: Reading): Promise<Stack[]> {
  const folders = new Map<string, string>();
  for (const name of MANIFESTS) {
    for (const path of reading.paths) {
      if (baseOf(path) === name && !folders.has(folderOf(path))) folders.set(folderOf(path), path);
    }
  }
  const stacks: Stack[] = [];
  for (const [folder, manifest] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // A documentation folder's requirements build documentation, not the product.
    if (/(^|\/)(docs?|\.github|scripts|tools)$/.test(folder) && baseOf(manifest) === 'requirements.txt')
      continue;
    const facts = await readFacts(reading, folder, manifest);
    if (facts) stacks.push(await stackOf(reading, facts));
  }
  return stacks;
}

async function readFacts(reading: Reading, folder: string, manifest: string): Promise<PythonFacts | null> {
  const dependencies = new Map<string, Source>();
  const sections = new Map<string, Source>();
  let toml: unknown = {};
  let tomlText = '';
  const pyproject = inFolder(folder, 'pyproject.toml');
  if (reading.has(pyproject)) {
    tomlText = (await reading.text(pyproject)) ?? '';
    try {
      toml = parseToml(tomlText);
    } catch (error) {
      const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
      reading.problem(pyproject, `cannot be read: ${message}`);
      if (manifest === pyproject) return null;
    }
    for (const name of dependencyNames(toml)) {
      dependencies.set(
        name,
        lineSource(pyproject, tomlText, new RegExp(`^\\s*["']?${flexible(name)}["'\\s=<>~!\\[;,]`, 'i')),
      );
    }
  }
  const requirements = reading.paths.filter(
    (path) =>
      /^(requirements|dev-requirements|test-requirements)[\w.-]*\.(txt|in)$/.test(baseOf(path)) &&
      (folderOf(path) === folder || folderOf(path) === inFolder(folder, 'requirements')),
  );
  const nested = reading.paths.filter(
    (path) => folderOf(path) === inFolder(folder, 'requirements') && path.endsWith('.txt'),
  );
  for (const path of new Set([...requirements, ...nested])) {
    const text = (await reading.text(path)) ?? '';
    for (const [index, line] of text.split(/\r\n|\n/).entries()) {
      const name = /^\s*([A-Za-z0-9][\w.-]{0,100})/.exec(line)?.[1];
      if (name && !line.trimStart().startsWith('#')) {
        const range = {
          start: { line: index + 1, column: 1 },
          end: { line: index + 1, column: line.length + 1 },
        };
        dependencies.set(normal(name), fileSource(path, range));
      }
    }
  }
  const pipfile = inFolder(folder, 'Pipfile');
  if (reading.has(pipfile)) {
    const text = (await reading.text(pipfile)) ?? '';
    try {
      const data: unknown = parseToml(text);
      for (const table of ['packages', 'dev-packages']) {
        for (const name of Object.keys(mapAt(data, [table]))) {
          dependencies.set(
            normal(name),
            lineSource(pipfile, text, new RegExp(`^\\s*["']?${flexible(normal(name))}["'\\s=]`, 'i')),
          );
        }
      }
    } catch {
      reading.problem(pipfile, 'cannot be read as TOML');
    }
  }
  for (const name of ['setup.cfg', 'tox.ini', 'pytest.ini', 'mypy.ini', '.flake8']) {
    const path = inFolder(folder, name);
    if (!reading.has(path)) continue;
    const text = (await reading.text(path)) ?? '';
    for (const [index, line] of text.split(/\r\n|\n/).entries()) {
      const section = /^\[([^\]]{1,100})\]/.exec(line)?.[1];
      if (!section) continue;
      const range = {
        start: { line: index + 1, column: 1 },
        end: { line: index + 1, column: line.length + 1 },
      };
      sections.set(`${name}:${section.trim()}`, fileSource(path, range));
    }
  }
  return { folder, manifest, toml, tomlText, dependencies, sections };
}

async function stackOf(reading: Reading, facts: PythonFacts): Promise<Stack> {
  const { folder, manifest, toml, tomlText } = facts;
  const pyproject = inFolder(folder, 'pyproject.toml');
  const tomlSource = (table: string): Source => lineSource(pyproject, tomlText, tableLine(table));
  const manager = managerOf(reading, facts);
  const name = stringAt(toml, ['project', 'name']) ?? stringAt(toml, ['tool', 'poetry', 'name']);
  const version = stringAt(toml, ['project', 'version']) ?? stringAt(toml, ['tool', 'poetry', 'version']);
  const classifiers = listAt(toml, ['project', 'classifiers']).concat(
    listAt(toml, ['tool', 'poetry', 'classifiers']),
  );
  const isPrivate = classifiers.some((item) => typeof item === 'string' && item.startsWith('Private ::'));
  const buildSystem = stringAt(toml, ['build-system', 'build-backend']);
  const isPackage = buildSystem !== null && mapAt(toml, ['tool', 'poetry'])['package-mode'] !== false;
  const commands = await commandsOf(
    reading,
    facts,
    manager.manager.value,
    isPackage ? tomlSource('build-system') : null,
  );
  const tools = toolsOf(facts, commands);
  const optional = optionalDependenciesOf(facts, commands);
  const coverage = await coverageOf(reading, facts, commands.unit?.[0]);
  const testReports = await testReportsOf(reading, facts);
  return {
    language: 'python',
    folder,
    manifest: fact(manifest, fileSource(manifest)),
    name:
      name && isPlainText(name)
        ? fact(name, lineSource(pyproject, tomlText, /^\s*name\s*=/))
        : unknown(`name of the project in ${manifest}`),
    version:
      version && isPlainText(version)
        ? fact(version, lineSource(pyproject, tomlText, /^\s*version\s*=/))
        : unknown(`version of the project in ${manifest}`),
    packageManager: manager.manager,
    lockFile: manager.lockFile,
    languageVersion: await pythonVersion(reading, facts),
    commands,
    isPublished: isPackage && !isPrivate && !reading.has(inFolder(folder, 'Dockerfile')),
    ...(isPackage ? { outputs: [fact('dist', tomlSource('build-system'))] } : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...(optional.length > 0 ? { optionalDependencies: optional } : {}),
    ...(coverage ? { coverage } : {}),
    ...(testReports.length > 0 ? { testReports } : {}),
  };
}

/** Tools by the first word of the command that checks with them, and those that bring no command. */
const TOOLS: readonly (readonly [RegExp, ConfiguredTool])[] = [
  [/\bblack\b/, { name: 'Black', does: 'format' }],
  [/\bruff format\b/, { name: 'Ruff', does: 'format' }],
  [/\bisort\b/, { name: 'isort', does: 'format' }],
  [/\bruff check\b/, { name: 'Ruff', does: 'lint' }],
  [/\bflake8\b/, { name: 'Flake8', does: 'lint' }],
  [/\bmypy\b/, { name: 'mypy', does: 'type-check' }],
  [/\bpyright\b/, { name: 'Pyright', does: 'type-check' }],
  [/\bpytest\b/, { name: 'pytest', does: 'unit' }],
  [/\bbandit\b/, { name: 'Bandit', does: 'scan' }],
  [/\bpip-audit\b/, { name: 'pip-audit', does: 'scan' }],
];

const PACKAGES: readonly (readonly [string, ConfiguredTool])[] = [
  ['tox', { name: 'tox', does: 'unit' }],
  ['nox', { name: 'nox', does: 'unit' }],
  ['pylint', { name: 'Pylint', does: 'lint' }],
  ['pytest-cov', { name: 'pytest-cov', does: 'coverage' }],
  ['coverage', { name: 'coverage.py', does: 'coverage' }],
  ['testcontainers', { name: 'Testcontainers', does: 'integration' }],
  ['pytest-playwright', { name: 'Playwright', does: 'end-to-end' }],
  ['selenium', { name: 'Selenium', does: 'end-to-end' }],
  ['behave', { name: 'behave', does: 'end-to-end' }],
];

function toolsOf(facts: PythonFacts, commands: Stack['commands']): Fact<ConfiguredTool>[] {
  const found = Object.values(commands)
    .flat()
    .flatMap((command) =>
      TOOLS.flatMap(([pattern, tool]) =>
        pattern.test(command.value) ? [fact(tool, ...command.sources)] : [],
      ),
    );
  const brought = PACKAGES.flatMap(([name, tool]) => {
    const source = facts.dependencies.get(name);
    return source ? [fact(tool, source)] : [];
  });
  return [...found, ...brought].filter(
    ({ value }, index, all) =>
      all.findIndex((other) => other.value.name === value.name && other.value.does === value.does) === index,
  );
}

/** Options that pytest always gets here, with where they stand. */
async function pytestOptions(
  reading: Reading,
  { folder, toml, tomlText }: PythonFacts,
): Promise<{ readonly text: string; readonly source: Source } | null> {
  const options = mapAt(toml, ['tool', 'pytest', 'ini_options'])['addopts'];
  if (typeof options === 'string' || Array.isArray(options)) {
    const text = Array.isArray(options) ? options.join(' ') : options;
    return { text, source: lineSource(inFolder(folder, 'pyproject.toml'), tomlText, /^\s*addopts\s*=/) };
  }
  for (const name of ['pytest.ini', 'setup.cfg', 'tox.ini']) {
    const path = inFolder(folder, name);
    const text = reading.has(path) ? await reading.text(path) : null;
    const found = text === null ? null : /^addopts\s*=((?:.*)(?:\r?\n[ \t]+.*)*)/m.exec(text);
    if (text !== null && found)
      return { text: found[1] ?? '', source: lineSource(path, text, /^addopts\s*=/) };
  }
  return null;
}

/** pytest-cov where it is depended on, else coverage.py itself. */
async function coverageOf(
  reading: Reading,
  facts: PythonFacts,
  unit: Fact<string> | undefined,
): Promise<CoverageSetup | null> {
  const { folder, toml, tomlText, dependencies, sections } = facts;
  const plugin = dependencies.get('pytest-cov');
  const program = dependencies.get('coverage');
  const tool = plugin ?? program;
  const options = await pytestOptions(reading, facts);
  const isAsked = options !== null && /--cov\b/.test(options.text);
  if (!tool && !isAsked) return null;
  const pyproject = inFolder(folder, 'pyproject.toml');
  const source = tool ?? options?.source ?? fileSource(facts.manifest);
  const isPlugin = plugin !== undefined || isAsked;
  const pytest = unit && /\bpytest\b/.test(unit.value) ? unit.value : null;
  const report = /--cov-report[= ]xml:([\w./-]+)/.exec(options?.text ?? '')?.[1] ?? 'coverage.xml';
  const written = mapAt(toml, ['tool', 'coverage', 'xml'])['output'];
  const command =
    pytest === null
      ? null
      : isPlugin
        ? `${pytest}${isAsked ? '' : ' --cov'}${/--cov-report[= ]xml/.test(options?.text ?? '') ? '' : ' --cov-report=xml'}`
        : pytest
            .replace(/\bpytest\b/, 'coverage run -m pytest')
            .concat(` && ${/^(?:poetry|uv|pipenv|pdm) run /.exec(pytest)?.[0] ?? ''}coverage xml`);
  const failUnder = mapAt(toml, ['tool', 'coverage', 'report'])['fail_under'];
  const inOptions = /--cov-fail-under[= ](\d{1,3})\b/.exec(options?.text ?? '')?.[1];
  const rc = ['.coveragerc', 'setup.cfg', 'tox.ini']
    .map((name) => inFolder(folder, name))
    .find((path) => reading.has(path));
  const rcText = rc === undefined || typeof failUnder === 'number' ? null : await reading.text(rc);
  const inRc = rcText === null ? null : findLine(rcText, /^\s*fail_under\s*=\s*(\d{1,3})\b/);
  return {
    tool: fact(isPlugin ? 'pytest-cov' : 'coverage.py', source),
    command:
      command === null
        ? unknown(`command that measures the coverage of ${facts.manifest}`)
        : fact(command, source, ...(sections.get('pytest.ini:pytest') ? [] : (unit?.sources ?? []))),
    report: fact(
      { path: typeof written === 'string' ? written : report, format: 'cobertura' },
      options && /--cov-report[= ]xml:/.test(options.text) ? options.source : source,
    ),
    threshold:
      typeof failUnder === 'number'
        ? fact(failUnder, lineSource(pyproject, tomlText, /^\s*fail_under\s*=/))
        : inOptions !== undefined && options
          ? fact(Number(inOptions), options.source)
          : inRc?.match[1] !== undefined && rc !== undefined
            ? fact(Number(inRc.match[1]), fileSource(rc, inRc.range))
            : null,
  };
}

/** `--junitxml` of pytest's standing options. */
async function testReportsOf(reading: Reading, facts: PythonFacts): Promise<readonly Fact<string>[]> {
  const options = await pytestOptions(reading, facts);
  const path = /--junit-?xml[= ]["']?([\w][\w./-]{0,200})/.exec(options?.text ?? '')?.[1];
  return path !== undefined && options ? [fact(path, options.source)] : [];
}

/** Folders of tests that are no unit tests, by the phase that they belong to. */
const PHASE_OF_TESTS: Readonly<Record<string, PipelinePhase>> = {
  integration: 'integration',
  smoke: 'smoke',
  e2e: 'end-to-end',
  end_to_end: 'end-to-end',
};

async function commandsOf(
  reading: Reading,
  facts: PythonFacts,
  manager: string,
  buildSource: Source | null,
): Promise<Stack['commands']> {
  const { folder, toml, tomlText, dependencies, sections } = facts;
  const pyproject = inFolder(folder, 'pyproject.toml');
  const prefix =
    manager === 'poetry'
      ? 'poetry run '
      : manager === 'uv'
        ? 'uv run '
        : manager === 'pipenv'
          ? 'pipenv run '
          : manager === 'pdm'
            ? 'pdm run '
            : '';
  // What looks at the sources alone needs no place among the dependencies.
  const alone = (tool: string, command: string): string =>
    dependencies.has(tool) ? prefix + command : `${manager === 'uv' ? 'uvx' : 'pipx run'} ${command}`;
  const configured = (tool: string, ...files: readonly string[]): Source | null => {
    if (Object.hasOwn(mapAt(toml, ['tool']), tool))
      return lineSource(pyproject, tomlText, tableLine(`tool.${tool}`));
    const file = files.map((other) => inFolder(folder, other)).find((path) => reading.has(path));
    return file ? fileSource(file) : (dependencies.get(tool) ?? null);
  };
  const commands: Partial<Record<PipelinePhase, Fact<string>[]>> = {};
  const addAsIs = (phase: PipelinePhase, command: string, source: Source | null): void => {
    if (source) commands[phase] = [...(commands[phase] ?? []), fact(command, source)];
  };
  const add = (phase: PipelinePhase, command: string, source: Source | null): void => {
    addAsIs(phase, prefix + command, source);
  };
  if (Object.keys(mapAt(toml, ['tool', 'ruff', 'format'])).length > 0) {
    addAsIs(
      'format',
      alone('ruff', 'ruff format --check .'),
      lineSource(pyproject, tomlText, tableLine('tool.ruff.format')),
    );
  }
  // Settings that stayed behind when a project went over to Ruff: nothing installs their tool any more.
  const isLeftOver = (tool: string): boolean => dependencies.has('ruff') && !dependencies.has(tool);
  const kept = (tool: string, source: Source | null): Source | null => (isLeftOver(tool) ? null : source);
  addAsIs('format', alone('black', 'black --check .'), kept('black', configured('black')));
  addAsIs('format', alone('isort', 'isort --check-only .'), kept('isort', configured('isort', '.isort.cfg')));
  addAsIs('lint', alone('ruff', 'ruff check .'), configured('ruff', 'ruff.toml', '.ruff.toml'));
  addAsIs(
    'lint',
    alone('flake8', 'flake8'),
    kept(
      'flake8',
      sections.get('setup.cfg:flake8') ??
        sections.get('.flake8:flake8') ??
        dependencies.get('flake8') ??
        null,
    ),
  );
  // These read what is imported, so that without a place among the dependencies something else runs them.
  const installed = (tool: string): boolean => dependencies.has(tool) || dependencies.size === 0;
  const mypy = !installed('mypy')
    ? null
    : (configured('mypy') ?? sections.get('mypy.ini:mypy') ?? sections.get('setup.cfg:mypy') ?? null);
  const names = mapAt(toml, ['tool', 'mypy']);
  add(
    'type-check',
    names['files'] !== undefined || names['packages'] !== undefined ? 'mypy' : 'mypy .',
    mypy,
  );
  add('type-check', 'pyright', installed('pyright') ? configured('pyright', 'pyrightconfig.json') : null);
  add(
    'scan',
    'bandit -c pyproject.toml -r .',
    Object.hasOwn(mapAt(toml, ['tool']), 'bandit') ? configured('bandit') : null,
  );
  add('scan', 'pip-audit', dependencies.get('pip-audit') ?? null);

  const pytest =
    configured('pytest') ??
    sections.get('pytest.ini:pytest') ??
    sections.get('setup.cfg:tool:pytest') ??
    sections.get('tox.ini:pytest') ??
    null;
  const elsewhere = installed('pytest') ? null : await testsElsewhere(reading, facts, prefix);
  if (elsewhere) addAsIs('unit', elsewhere.value, elsewhere.sources[0] ?? null);
  else if (pytest) {
    const tests = reading.paths.filter(
      (path) => isInside(path, inFolder(folder, 'tests')) && path.endsWith('.py'),
    );
    const within = (name: string): string | undefined =>
      tests.find((path) => isInside(path, inFolder(folder, `tests/${name}`)));
    const special = ['integration', 'smoke', 'e2e', 'end_to_end'].filter((name) => within(name));
    const unit = within('unit');
    const ignored = special.map((name) => ` --ignore=tests/${name}`).join('');
    add('unit', unit ? 'pytest tests/unit' : `pytest${ignored}`, unit ? fileSource(unit) : pytest);
    for (const name of special) {
      const first = within(name);
      if (first) add(PHASE_OF_TESTS[name] ?? 'end-to-end', `pytest tests/${name}`, fileSource(first));
    }
  }
  if (!commands.unit) {
    const other =
      (await testsElsewhere(reading, facts, prefix)) ?? (await plainTests(reading, facts, prefix));
    if (other) commands.unit = [other];
  }
  if (!commands.format && !commands.lint) {
    const hooks = await hooksOf(reading, folder);
    if (hooks) commands.lint = [hooks];
  }
  if (buildSource) {
    const build = ['poetry', 'uv', 'pdm'].includes(manager) ? `${manager} build` : 'pipx run build';
    commands.build = [fact(build, buildSource)];
  }
  const make = makeCommands(await readMakeTargets(reading, folder));
  return { ...make, ...commands };
}

/** Tests that tox or nox runs, in an environment of its own. */
async function testsElsewhere(
  reading: Reading,
  { folder, toml, tomlText, dependencies }: PythonFacts,
  prefix: string,
): Promise<Fact<string> | null> {
  const run = (tool: string, command: string): string =>
    `${dependencies.has(tool) ? prefix : 'pipx run '}${tool} ${command}`;
  const toxFile = inFolder(folder, 'tox.ini');
  const tox = reading.has(toxFile) ? await reading.text(toxFile) : null;
  const testenv = tox === null ? null : findLine(tox, /^\[testenv\]/);
  if (
    tox !== null &&
    testenv &&
    /^\s*commands\s*=[^[]*\b(pytest|unittest|nose2?|manage\.py test)\b/m.test(tox)
  )
    return fact(run('tox', '-e py'), fileSource(toxFile, testenv.range));
  if (Object.hasOwn(mapAt(toml, ['tool']), 'tox') && /\b(pytest|unittest)\b/.test(tomlText))
    return fact(
      run('tox', '-e py'),
      lineSource(inFolder(folder, 'pyproject.toml'), tomlText, tableLine('tool.tox')),
    );
  const noxFile = inFolder(folder, 'noxfile.py');
  const nox = reading.has(noxFile) ? await reading.text(noxFile) : null;
  const session = nox === null ? null : findLine(nox, /^def (tests?|unit|unit_tests?|pytest)\(\s*\w+/);
  return session?.match[1]
    ? fact(run('nox', `--session ${session.match[1]}`), fileSource(noxFile, session.range))
    : null;
}

/** Tests of Django, or of the language's own module, where no other runner is set up. */
async function plainTests(
  reading: Reading,
  { folder, dependencies }: PythonFacts,
  prefix: string,
): Promise<Fact<string> | null> {
  const manage = inFolder(folder, 'manage.py');
  const tests = reading.paths.filter(
    (path) => isInside(path, folder) && /(^|\/)(tests?\.py|test_\w+\.py|\w+_test\.py)$/.test(path),
  );
  if (reading.has(manage) && dependencies.has('django')) {
    const [first] = tests;
    return first ? fact(`${prefix}python manage.py test`, fileSource(first)) : null;
  }
  for (const name of ['tests', 'test']) {
    const own = tests.filter(
      (path) => isInside(path, inFolder(folder, name)) && /(^|\/)test\w*\.py$/.test(path),
    );
    for (const path of own.slice(0, 20)) {
      const found = findLine((await reading.text(path)) ?? '', /^(?:import unittest|from unittest import)\b/);
      if (!found) continue;
      const top = reading.has(inFolder(folder, `${name}/__init__.py`)) ? ' -t .' : '';
      return fact(`${prefix}python -m unittest discover -s ${name}${top}`, fileSource(path, found.range));
    }
  }
  return null;
}

/** pre-commit's hooks, where nothing else says what the format and the rules are. Hooks of one machine are left. */
async function hooksOf(reading: Reading, folder: string): Promise<Fact<string> | null> {
  const path = inFolder(folder, '.pre-commit-config.yaml');
  const text = reading.has(path) ? await reading.text(path) : null;
  const found = text === null ? null : findLine(text, /^\s*-?\s*repo:\s*https?:/);
  if (text === null || !found || /^\s*language:\s*(system|script)\b/m.test(text)) return null;
  // On the default branch that hook fails by what it is for.
  const skip = /\bno-commit-to-branch\b/.test(text) ? 'SKIP="no-commit-to-branch" ' : '';
  return fact(`${skip}pipx run pre-commit run --all-files`, fileSource(path, found.range));
}

/** Extras and groups that hold what the commands call: without their names nobody installs them. */
function optionalDependenciesOf(
  { folder, toml, tomlText }: PythonFacts,
  commands: Stack['commands'],
): readonly Fact<OptionalDependencies>[] {
  const called = Object.values(commands)
    .flat()
    .filter(({ value }) => !/^(?:SKIP="[^"]*" )?(?:pipx run|uvx) /.test(value))
    .map(({ value }) => value)
    .join('\n');
  const holds = (items: unknown): boolean =>
    Array.isArray(items) &&
    items.some((item) => {
      const name = typeof item === 'string' ? /^\s*([A-Za-z0-9][\w.-]{0,100})/.exec(item)?.[1] : undefined;
      return (
        name !== undefined &&
        CALLED.includes(normal(name)) &&
        new RegExp(`\\b${normal(name)}\\b`).test(called)
      );
    });
  return (
    [
      ['extra', ['project', 'optional-dependencies']],
      ['group', ['dependency-groups']],
    ] as const
  ).flatMap(([kind, at]) =>
    Object.entries(mapAt(toml, at)).flatMap(([name, items]) =>
      /^[A-Za-z0-9][\w.-]{0,60}$/.test(name) && holds(items)
        ? [
            fact(
              { kind, name },
              lineSource(
                inFolder(folder, 'pyproject.toml'),
                tomlText,
                new RegExp(`^\\s*["']?${name.replaceAll('.', '\\.')}["']?\\s*=`),
              ),
            ),
          ]
        : [],
    ),
  );
}

/** Packages that bring the programs of our commands. */
const CALLED: readonly string[] = [
  'pytest',
  'ruff',
  'black',
  'isort',
  'flake8',
  'mypy',
  'pyright',
  'bandit',
  'pip-audit',
  'tox',
  'nox',
];

function managerOf(
  reading: Reading,
  facts: PythonFacts,
): { readonly manager: Fact<string>; readonly lockFile: Fact<string> | null } {
  const locks = [
    ['poetry.lock', 'poetry'],
    ['uv.lock', 'uv'],
    ['pdm.lock', 'pdm'],
    ['Pipfile.lock', 'pipenv'],
  ] as const;
  for (const [file, manager] of locks) {
    const path = inFolder(facts.folder, file);
    if (reading.has(path))
      return { manager: fact(manager, fileSource(path)), lockFile: fact(path, fileSource(path)) };
  }
  const tool = mapAt(facts.toml, ['tool']);
  const pyproject = inFolder(facts.folder, 'pyproject.toml');
  for (const name of ['poetry', 'uv'] as const) {
    if (Object.hasOwn(tool, name)) {
      return {
        manager: fact(name, lineSource(pyproject, facts.tomlText, tableLine(`tool.${name}`))),
        lockFile: null,
      };
    }
  }
  if (baseOf(facts.manifest) === 'Pipfile')
    return { manager: fact('pipenv', fileSource(facts.manifest)), lockFile: null };
  return { manager: fact('pip', fileSource(facts.manifest)), lockFile: null };
}

async function pythonVersion(reading: Reading, facts: PythonFacts): Promise<Known<string>> {
  const path = inFolder(facts.folder, '.python-version');
  const pinned = reading.has(path) ? await reading.text(path) : null;
  const found = pinned === null ? null : findLine(pinned, /^\s*(\d+\.\d+(?:\.\d+)?)\s*$/);
  if (found?.match[1]) return fact(found.match[1], fileSource(path, found.range));
  const pyproject = inFolder(facts.folder, 'pyproject.toml');
  const required =
    stringAt(facts.toml, ['project', 'requires-python']) ??
    stringAt(facts.toml, ['tool', 'poetry', 'dependencies', 'python']);
  if (required && /^[\d\s.,<>=~^*!]{1,40}$/.test(required)) {
    return fact(required, lineSource(pyproject, facts.tomlText, /^\s*(requires-python|python)\s*=/));
  }
  return unknown(`Python version of ${facts.manifest}`);
}

/** Every dependency that a `pyproject.toml` names, in the normal spelling of PEP 503. */
function dependencyNames(toml: unknown): Set<string> {
  const names = new Set<string>();
  const requirement = (item: unknown): void => {
    const name = typeof item === 'string' ? /^\s*([A-Za-z0-9][\w.-]{0,100})/.exec(item)?.[1] : undefined;
    if (name) names.add(normal(name));
  };
  listAt(toml, ['project', 'dependencies']).forEach(requirement);
  for (const groups of [
    mapAt(toml, ['project', 'optional-dependencies']),
    mapAt(toml, ['dependency-groups']),
  ]) {
    for (const group of Object.values(groups)) if (Array.isArray(group)) group.forEach(requirement);
  }
  listAt(toml, ['tool', 'uv', 'dev-dependencies']).forEach(requirement);
  for (const group of Object.values(mapAt(toml, ['tool', 'pdm', 'dev-dependencies'])))
    if (Array.isArray(group)) group.forEach(requirement);
  const poetry = mapAt(toml, ['tool', 'poetry']);
  const tables = [
    mapAt(poetry, ['dependencies']),
    mapAt(poetry, ['dev-dependencies']),
    ...Object.keys(mapAt(poetry, ['group'])).map((group) => mapAt(poetry, ['group', group, 'dependencies'])),
  ];
  for (const table of tables)
    for (const name of Object.keys(table)) if (name !== 'python') names.add(normal(name));
  return names;
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The normal name as a pattern for its spellings. */
function flexible(name: string): string {
  return name.replace(/[^a-z0-9-]/g, '').replace(/-/g, '[-_.]');
}

function tableLine(table: string): RegExp {
  return new RegExp(`^\\s*\\[\\[?\\s*${table.replace(/\./g, '\\s*\\.\\s*')}[\\].\\s]`);
}

import { isKnown, type Source } from '../../evidence/fact';
import type { Stack } from '../../evidence/profile';
import { useAction } from './actions';
import type { Unit } from './plan';
import type { StepSpec, Text } from './workflow-text';

/** The commit, without leaving a token in the checkout for the commands that follow. */
export function checkout(): StepSpec {
  return {
    name: 'Check out the commit',
    uses: useAction('actions/checkout'),
    with: { 'persist-credentials': 'false' },
  };
}

/** Sets up the language and installs what the lock file names. `notes` takes what had to be assumed. */
export function setup(
  unit: Unit,
  paths: ReadonlySet<string>,
  useCache: boolean,
  notes: Set<string>,
): StepSpec[] {
  switch (unit.root.language) {
    case 'node':
      return nodeSetup(unit, paths, useCache, notes);
    case 'python':
      return pythonSetup(unit.root, paths, useCache, notes);
    case 'go':
      return goSetup(unit.root, useCache);
    case 'java':
      return javaSetup(unit.root, useCache, notes);
  }
}

function nodeSetup(
  unit: Unit,
  paths: ReadonlySet<string>,
  useCache: boolean,
  notes: Set<string>,
): StepSpec[] {
  const { root } = unit;
  const manager = root.packageManager.value;
  const declared = root.packageManager.sources.some(
    (source) => source.kind === 'file' && source.path === root.manifest.value && source.range !== null,
  );
  const steps: StepSpec[] = [];
  if (manager === 'bun') {
    steps.push({ name: 'Set up Bun', uses: useAction('oven-sh/setup-bun') });
  }
  if (manager === 'pnpm' && declared) {
    steps.push({
      name: 'Set up pnpm',
      uses: useAction('pnpm/action-setup'),
      with: root.folder === '' ? {} : { package_json_file: root.manifest.value },
    });
  }
  const canCache =
    useCache && root.lockFile !== null && manager !== 'bun' && (manager !== 'pnpm' || declared);
  steps.push({
    name: 'Set up Node',
    uses: useAction('actions/setup-node'),
    with: {
      ...versionInput(root, 'node-version', 'lts/*', ['.nvmrc', '.node-version'], notes),
      ...(canCache && root.lockFile
        ? { cache: manager, 'cache-dependency-path': root.lockFile.value }
        : { 'package-manager-cache': 'false' }),
    },
  });
  if ((manager === 'pnpm' && !declared) || (manager === 'yarn' && declared)) {
    steps.push({ name: `Set up ${manager}`, run: 'corepack enable' });
    if (!declared)
      notes.add(
        `${root.manifest.value} names no version of pnpm in \`packageManager\`; Corepack takes its own default.`,
      );
  }
  const isBerry = paths.has(root.folder === '' ? '.yarnrc.yml' : `${root.folder}/.yarnrc.yml`);
  const install: Readonly<Record<string, string>> = {
    npm: root.lockFile ? 'npm ci' : 'npm install',
    pnpm: root.lockFile ? 'pnpm install --frozen-lockfile' : 'pnpm install',
    yarn: isBerry ? 'yarn install --immutable' : 'yarn install --frozen-lockfile',
    bun: root.lockFile ? 'bun install --frozen-lockfile' : 'bun install',
  };
  if (!root.lockFile)
    notes.add(`${root.manifest.value} has no lock file, so two builds of one commit may differ.`);
  steps.push(inFolder(root, { name: 'Install dependencies', run: install[manager] ?? 'npm ci' }));
  return steps;
}

function pythonSetup(
  root: Stack,
  paths: ReadonlySet<string>,
  useCache: boolean,
  notes: Set<string>,
): StepSpec[] {
  const manager = root.packageManager.value;
  const at = (name: string): string => (root.folder === '' ? name : `${root.folder}/${name}`);
  const steps: StepSpec[] = [];
  if (manager === 'poetry' || manager === 'pipenv') {
    steps.push({
      name: `Install ${manager === 'poetry' ? 'Poetry' : 'Pipenv'}`,
      run: `pipx install ${manager}`,
    });
  }
  steps.push({
    name: 'Set up Python',
    uses: useAction('actions/setup-python'),
    with: {
      ...versionInput(root, 'python-version', '3.x', ['.python-version', 'pyproject.toml'], notes),
      ...(useCache && root.lockFile && (manager === 'poetry' || manager === 'pipenv')
        ? { cache: manager, 'cache-dependency-path': root.lockFile.value }
        : {}),
    },
  });
  if (manager === 'uv') {
    steps.push({
      name: 'Set up uv',
      uses: useAction('astral-sh/setup-uv'),
      with: { 'enable-cache': useCache ? 'true' : 'false' },
    });
  }
  if (!root.lockFile)
    notes.add(`${root.manifest.value} has no lock file, so two builds of one commit may differ.`);
  const requirements = [
    'requirements.txt',
    'requirements-dev.txt',
    'dev-requirements.txt',
    'requirements-test.txt',
    'requirements/dev.txt',
  ].filter((name) => paths.has(at(name)));
  const isPackage = root.commands.build !== undefined || paths.has(at('setup.py'));
  const pip = [...requirements.map((name) => `-r ${name}`), ...(isPackage ? ['-e .'] : [])].join(' ');
  const install: Readonly<Record<string, string>> = {
    poetry: 'poetry install --no-interaction',
    uv: root.lockFile ? 'uv sync --locked' : 'uv sync',
    pipenv: root.lockFile ? 'pipenv sync --dev' : 'pipenv install --dev',
  };
  const command = install[manager] ?? (pip === '' ? null : `python -m pip install ${pip}`);
  if (command) steps.push(inFolder(root, { name: 'Install dependencies', run: command }));
  return steps;
}

function goSetup(root: Stack, useCache: boolean): StepSpec[] {
  return [
    {
      name: 'Set up Go',
      uses: useAction('actions/setup-go'),
      with: {
        'go-version-file': root.manifest.value,
        ...(useCache && root.lockFile
          ? { 'cache-dependency-path': root.lockFile.value }
          : { cache: 'false' }),
      },
    },
  ];
}

function javaSetup(root: Stack, useCache: boolean, notes: Set<string>): StepSpec[] {
  const manager = root.packageManager.value;
  const steps: StepSpec[] = [
    {
      name: 'Set up Java',
      uses: useAction('actions/setup-java'),
      with: {
        distribution: 'temurin',
        ...versionInput(root, 'java-version', '21', [], notes),
        ...(useCache && manager === 'maven'
          ? { cache: 'maven', 'cache-dependency-path': root.manifest.value }
          : {}),
      },
    },
  ];
  if (manager === 'gradle') {
    steps.push({
      name: 'Set up Gradle',
      uses: useAction('gradle/actions/setup-gradle'),
      with: useCache ? {} : { 'cache-disabled': 'true' },
    });
  }
  return steps;
}

/** The file that pins the version where there is one, else the version, else a default that is said aloud. */
function versionInput(
  stack: Stack,
  input: string,
  fallback: string,
  files: readonly string[],
  notes: Set<string>,
): Record<string, Text> {
  if (!isKnown(stack.languageVersion)) {
    notes.add(
      `No file pins the version for ${stack.manifest.value}; the pipeline takes \`${input}: ${fallback}\`.`,
    );
    return { [input]: fallback };
  }
  const path = filePath(stack.languageVersion.sources[0]);
  const name = path?.slice(path.lastIndexOf('/') + 1);
  if (path && name && files.includes(name)) return { [`${input}-file`]: path };
  return { [input]: stack.languageVersion.value };
}

function filePath(source: Source | undefined): string | null {
  return source?.kind === 'file' ? source.path : null;
}

/** A step that runs in a stack's folder. */
export function inFolder(stack: Stack, step: StepSpec): StepSpec {
  return stack.folder === '' ? step : { ...step, workingDirectory: stack.folder };
}

import type { Stack } from '../../../evidence/profile';
import { useAction } from '../actions';
import type { StepSpec } from '../workflow-text';
import { inFolder, versionInput } from './places';

/** Python with pip, Poetry, uv, PDM or Pipenv, and of the optional dependencies those that the commands need. */
export function pythonSetup(
  root: Stack,
  paths: ReadonlySet<string>,
  useCache: boolean,
  notes: Set<string>,
): StepSpec[] {
  const manager = root.packageManager.value;
  const at = (name: string): string => (root.folder === '' ? name : `${root.folder}/${name}`);
  const steps: StepSpec[] = [];
  const name = { poetry: 'Poetry', pipenv: 'Pipenv', pdm: 'PDM' }[manager];
  if (name !== undefined) {
    steps.push({
      name: `Install ${name}`,
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
  const optional = (root.optionalDependencies ?? []).map(({ value }) => value);
  const extras = optional.filter(({ kind }) => kind === 'extra').map((set) => set.name);
  const groups = optional.filter(({ kind }) => kind === 'group').map((set) => set.name);
  const itself = extras.length > 0 ? `-e '.[${extras.join(',')}]'` : '-e .';
  const pip = [
    ...requirements.map((file) => `-r ${file}`),
    ...(isPackage || extras.length > 0 ? [itself] : []),
    ...groups.map((group) => `--group ${group}`),
  ].join(' ');
  const asked = (extra: string, group: string, standing: readonly string[]): string =>
    [
      ...extras.map((set) => ` ${extra} ${set}`),
      ...groups.filter((set) => !standing.includes(set)).map((set) => ` ${group} ${set}`),
    ].join('');
  const install: Readonly<Record<string, string>> = {
    poetry: `poetry install --no-interaction${extras.map((set) => ` --extras ${set}`).join('')}`,
    uv: `${root.lockFile ? 'uv sync --locked' : 'uv sync'}${asked('--extra', '--group', ['dev'])}`,
    pdm: `${root.lockFile ? 'pdm sync' : 'pdm install'}${asked('--group', '--group', groups)}`,
    pipenv: root.lockFile ? 'pipenv sync --dev' : 'pipenv install --dev',
  };
  const command = install[manager] ?? (pip === '' ? null : `python -m pip install ${pip}`);
  if (command) steps.push(inFolder(root, { name: 'Install dependencies', run: command }));
  return steps;
}

import type { Stack } from '../../../evidence/profile';
import { useAction } from '../actions';
import type { StepSpec } from '../workflow-text';
import { inFolder, versionInput } from './places';

/** Python with pip, Poetry, uv or Pipenv. */
export function pythonSetup(
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

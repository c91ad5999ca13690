import { useAction } from '../actions';
import type { Unit } from '../plan';
import type { StepSpec } from '../workflow-text';
import { inFolder, versionInput } from './places';

/** Node with the package manager of the lock file. */
export function nodeSetup(
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

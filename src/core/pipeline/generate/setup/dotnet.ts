import { isKnown } from '../../../evidence/fact';
import type { Stack } from '../../../evidence/profile';
import { shellWord } from '../../../evidence/detect/shell-text';
import { useAction } from '../actions';
import type { StepSpec, Text } from '../workflow-text';
import { inFolder, versionInput } from './places';

/** .NET in the version of `global.json` or of the projects, with the tools and packages of the repository. */
export function dotnetSetup(
  root: Stack,
  paths: ReadonlySet<string>,
  useCache: boolean,
  notes: Set<string>,
): StepSpec[] {
  const steps: StepSpec[] = [
    {
      name: 'Set up .NET',
      uses: useAction('actions/setup-dotnet'),
      with: {
        ...version(root, notes),
        ...(useCache && root.lockFile
          ? {
              cache: 'true',
              'cache-dependency-path':
                root.folder === '' ? '**/packages.lock.json' : `${root.folder}/**/packages.lock.json`,
            }
          : {}),
      },
    },
  ];
  if (!root.lockFile)
    notes.add(
      `${root.manifest.value} has no lock file (RestorePackagesWithLockFile), so two builds of one commit may differ.`,
    );
  const at = (name: string): string => (root.folder === '' ? name : `${root.folder}/${name}`);
  if (paths.has(at('.config/dotnet-tools.json')) || paths.has(at('dotnet-tools.json')))
    steps.push(inFolder(root, { name: 'Restore tools', run: 'dotnet tool restore' }));
  const name = root.manifest.value.slice(root.manifest.value.lastIndexOf('/') + 1);
  steps.push(
    inFolder(root, {
      name: 'Restore packages',
      run: `dotnet restore ${shellWord(name)}${root.lockFile ? ' --locked-mode' : ''}`,
    }),
  );
  return steps;
}

/** The file that pins the SDK, else one SDK for each framework that the projects are built for. */
function version(root: Stack, notes: Set<string>): Record<string, Text> {
  if (!isKnown(root.languageVersion)) return versionInput(root, 'dotnet-version', '10.0.x', [], notes);
  const { value, sources } = root.languageVersion;
  const [source] = sources;
  return source?.kind === 'file' && source.path.endsWith('global.json')
    ? { 'global-json-file': source.path }
    : { 'dotnet-version': value.split(', ').join('\n') };
}

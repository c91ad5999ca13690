import type { Stack } from '../../../evidence/profile';
import { useAction } from '../actions';
import type { StepSpec } from '../workflow-text';

/** Go in the version of the module. */
export function goSetup(root: Stack, useCache: boolean): StepSpec[] {
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

import type { Stack } from '../../../evidence/profile';
import { useAction } from '../actions';
import type { StepSpec } from '../workflow-text';
import { versionInput } from './places';

/** Java with Maven or Gradle. */
export function javaSetup(root: Stack, useCache: boolean, notes: Set<string>): StepSpec[] {
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

import { useAction } from '../actions';
import type { Unit } from '../plan';
import type { StepSpec } from '../workflow-text';
import { dotnetSetup } from './dotnet';
import { goSetup } from './go';
import { javaSetup } from './java';
import { nodeSetup } from './node';
import { phpSetup } from './php';
import { pythonSetup } from './python';
import { rubySetup } from './ruby';
import { rustSetup } from './rust';

export { toolSteps } from './tools';

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
    case 'rust':
      return rustSetup(unit.root, useCache, notes);
    case 'dotnet':
      return dotnetSetup(unit.root, paths, useCache, notes);
    case 'ruby':
      return rubySetup(unit.root, useCache, notes);
    case 'php':
      return phpSetup(unit.root, paths, useCache, notes);
  }
}

import type { Provider } from '../../../workflow/credential-uses';
import type { Job, Workflow } from '../../../workflow/model';
import type { StepCommand } from '../../../workflow/understanding';
import { awsNeedsOf } from './aws';
import { azureNeedsOf } from './azure';
import { googleNeedsOf } from './google';
import { wordsOf } from './job-words';
import { NO_NEEDS, type Needs } from './needs';

/** What a job needs of one provider: the least roles and actions, as far as its commands and actions tell. */
export function needsOfJob(
  provider: Provider,
  workflow: Workflow,
  job: Job,
  commands: readonly StepCommand[],
): Needs {
  const words = wordsOf(workflow, job, commands);
  switch (provider) {
    case 'aws':
      return awsNeedsOf(words);
    case 'azure':
      return azureNeedsOf(words);
    case 'google':
      return googleNeedsOf(words);
    case 'vault':
      return { ...NO_NEEDS, ...vaultNeedsOf(job) };
    case 'npm':
    case 'pypi':
      return NO_NEEDS;
  }
}

/** The paths in `secrets` of `hashicorp/vault-action`: `path key | NAME ;`. */
function vaultNeedsOf(job: Job): Pick<Needs, 'vault' | 'unknown'> {
  const paths = new Set<string>();
  let isOpen = false;
  for (const step of job.steps) {
    if (!/^hashicorp\/vault-action@/i.test(step.uses?.value ?? '')) continue;
    const text = step.with.find(({ name }) => name.value.toLowerCase() === 'secrets')?.value.text ?? '';
    for (const line of text.split(/[;\n]/)) {
      const [path = ''] = line.trim().split(/\s+/);
      if (path === '') continue;
      if (/^[\w./-]+$/.test(path)) paths.add(path);
      else isOpen = true;
    }
  }
  return {
    vault: [...paths],
    unknown: paths.size === 0 || isOpen ? ['the paths of Vault that the job reads'] : [],
  };
}

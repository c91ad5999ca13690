import { fileSource, type Source } from '../../evidence/fact';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { nameOfAction } from '../../workflow/purposes/actions';
import type { Span } from '../../text/position';

/** A step that fetches secrets while its job runs. */
export interface SecretSource {
  /** `HashiCorp Vault`. */
  readonly manager: string;
  /** `hashicorp/vault-action`, or the command's words. */
  readonly by: string;
  /** `deploy of .github/workflows/release.yml`. */
  readonly job: string;
  /** The environments of that job; none: it has none, or no file bounds it. */
  readonly environments: readonly string[];
  readonly source: Source;
}

/** Actions that fetch secrets from a manager, by name in lower case. */
const ACTIONS: Readonly<Record<string, string>> = {
  'hashicorp/vault-action': 'HashiCorp Vault',
  'aws-actions/aws-secretsmanager-get-secrets': 'AWS Secrets Manager',
  'azure/get-keyvault-secrets': 'Azure Key Vault',
  'google-github-actions/get-secretmanager-secrets': 'Google Secret Manager',
  '1password/load-secrets-action': '1Password',
  'dopplerhq/secrets-fetch-action': 'Doppler',
  'infisical/secrets-action': 'Infisical',
  'bitwarden/sm-action': 'Bitwarden Secrets Manager',
  'akeyless-community/akeyless-github-action': 'Akeyless',
  'keeper-security/ksm-action': 'Keeper Secrets Manager',
};

/** Commands that do, by their first words. */
const COMMANDS: readonly { readonly words: readonly string[]; readonly manager: string }[] = [
  { words: ['aws', 'secretsmanager', 'get-secret-value'], manager: 'AWS Secrets Manager' },
  { words: ['aws', 'secretsmanager', 'batch-get-secret-value'], manager: 'AWS Secrets Manager' },
  { words: ['aws', 'ssm', 'get-parameter'], manager: 'AWS Systems Manager Parameter Store' },
  { words: ['aws', 'ssm', 'get-parameters'], manager: 'AWS Systems Manager Parameter Store' },
  { words: ['aws', 'ssm', 'get-parameters-by-path'], manager: 'AWS Systems Manager Parameter Store' },
  { words: ['gcloud', 'secrets', 'versions', 'access'], manager: 'Google Secret Manager' },
  { words: ['az', 'keyvault', 'secret', 'show'], manager: 'Azure Key Vault' },
  { words: ['vault', 'kv', 'get'], manager: 'HashiCorp Vault' },
  { words: ['vault', 'read'], manager: 'HashiCorp Vault' },
  { words: ['op', 'read'], manager: '1Password' },
  { words: ['op', 'run'], manager: '1Password' },
  { words: ['op', 'inject'], manager: '1Password' },
  { words: ['doppler', 'run'], manager: 'Doppler' },
  { words: ['doppler', 'secrets', 'download'], manager: 'Doppler' },
  { words: ['infisical', 'run'], manager: 'Infisical' },
  { words: ['sops', 'exec-env'], manager: 'files encrypted with SOPS' },
  { words: ['sops', 'exec-file'], manager: 'files encrypted with SOPS' },
];

/** Every step of the workflows that fetches secrets from a manager at run time. */
export function secretSources(set: Pick<WorkflowSet, 'jobs'>): readonly SecretSource[] {
  return set.jobs.flatMap((facts) => {
    const { job } = facts;
    const byAction = job.steps.flatMap((step): SecretSource[] => {
      const name = step.uses === null ? null : nameOfAction(step.uses.value).toLowerCase();
      const manager = name === null ? undefined : ACTIONS[name];
      return manager !== undefined && name !== null && step.uses !== null
        ? [sourceOf(facts, manager, name, step.uses.span)]
        : [];
    });
    const byCommand = facts.commands.flatMap((command): SecretSource[] => {
      const known = COMMANDS.find((each) => runs(command.words, each.words));
      return known ? [sourceOf(facts, known.manager, known.words.join(' '), command.span)] : [];
    });
    return [...byAction, ...byCommand];
  });
}

/** Whether a command is of a program and its subcommand; options with their values may stand between the two. */
function runs(words: readonly string[], [program, ...subcommand]: readonly string[]): boolean {
  if (words[0] !== program) return false;
  const plain = words.slice(1).filter((word) => !word.startsWith('-'));
  return plain
    .slice(0, 4)
    .some((_, start) => subcommand.every((word, index) => plain[start + index] === word));
}

function sourceOf(facts: JobFacts, manager: string, by: string, span: Span): SecretSource {
  const { workflow, job } = facts;
  return {
    manager,
    by,
    job: `${job.id.value} of ${workflow.path}`,
    environments: facts.environmentNames ?? [],
    source: fileSource(workflow.path, workflow.lines.rangeOf(span)),
  };
}

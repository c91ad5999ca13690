import { readHcl, type HclBlock } from '../../text/hcl';
import { lineIndex } from '../../text/position';
import { NO_SECRETS, type FileSecrets, type SecretStorage, type SecretUse } from './secret-uses';

/** Resources and data sources that are a secret in a manager, with the argument that names it; one line per type. */
const MANAGERS: Readonly<Record<string, { readonly manager: string; readonly named: string }>> = {
  aws_secretsmanager_secret: { manager: 'AWS Secrets Manager', named: 'name' },
  aws_ssm_parameter: { manager: 'AWS Systems Manager Parameter Store', named: 'name' },
  google_secret_manager_secret: { manager: 'Google Secret Manager', named: 'secret_id' },
  azurerm_key_vault_secret: { manager: 'Azure Key Vault', named: 'name' },
  vault_generic_secret: { manager: 'HashiCorp Vault', named: 'path' },
  vault_kv_secret: { manager: 'HashiCorp Vault', named: 'path' },
  vault_kv_secret_v2: { manager: 'HashiCorp Vault', named: 'name' },
  github_actions_secret: { manager: 'GitHub repository secret', named: 'secret_name' },
  github_actions_environment_secret: { manager: 'GitHub environment secret', named: 'secret_name' },
  github_actions_organization_secret: { manager: 'GitHub organization secret', named: 'secret_name' },
  doppler_secret: { manager: 'Doppler', named: 'name' },
};

/** What Terraform files say of secrets: sensitive variables, secrets of managers, and what changes them by itself. */
export function terraformSecrets(path: string, text: string): FileSecrets {
  if (!/sensitive|secret|aws_ssm_parameter|manage_master_user_password/i.test(text)) return NO_SECRETS;
  const read = readHcl(text);
  if (!read.ok) return NO_SECRETS;
  const lines = lineIndex(text);
  const uses: SecretUse[] = [];
  const storages: SecretStorage[] = [];
  const placeOf = ({ header }: HclBlock): SecretUse['source'] => ({
    kind: 'file',
    path,
    range: lines.rangeOf(header),
  });
  for (const block of read.body.blocks) {
    const [type = '', label = ''] = block.labels;
    if (block.type === 'variable' && textOf(block, 'sensitive') === 'true') {
      uses.push({
        name: type,
        system: 'Terraform',
        certainty: 'declared',
        usedBy: `sensitive variable ${type}`,
        as: `TF_VAR_${type}`,
        action: null,
        dependent: `Terraform in ${folderIn(path)}`,
        environments: [],
        source: placeOf(block),
      });
    }
    if (block.type !== 'resource' && block.type !== 'data') continue;
    const known = MANAGERS[type];
    // A parameter that is no secure string is a setting.
    const isSetting =
      type === 'aws_ssm_parameter' &&
      block.type === 'resource' &&
      literalOf(block, 'type') !== 'SecureString';
    if (known && !isSetting) {
      const name = literalOf(block, known.named);
      const system = type.startsWith('github_actions') ? 'GitHub Actions' : 'Terraform';
      storages.push({
        name: name ?? label,
        system,
        manager: known.manager,
        location:
          type === 'github_actions_environment_secret'
            ? literalOf(block, 'environment')
            : system === 'GitHub Actions'
              ? null
              : name,
        rotatedBy: null,
        everyDays: null,
        source: placeOf(block),
      });
    }
    if (type === 'aws_secretsmanager_secret_rotation') {
      const rules = block.blocks.find((inner) => inner.type === 'rotation_rules');
      const days = Number(rules?.attributes.get('automatically_after_days')?.value ?? Number.NaN);
      const secret = /aws_secretsmanager_secret\.([\w-]+)\./.exec(textOf(block, 'secret_id') ?? '')?.[1];
      const target = read.body.blocks.find(
        (other) => other.labels[0] === 'aws_secretsmanager_secret' && other.labels[1] === secret,
      );
      storages.push({
        name: (target && literalOf(target, 'name')) ?? secret ?? label,
        system: 'Terraform',
        manager: 'AWS Secrets Manager',
        location: target ? literalOf(target, 'name') : null,
        rotatedBy: 'AWS Secrets Manager rotation',
        everyDays: Number.isInteger(days) && days > 0 ? days : null,
        source: placeOf(block),
      });
    }
    if (
      /^aws_(?:db_instance|rds_cluster)$/.test(type) &&
      textOf(block, 'manage_master_user_password') === 'true'
    ) {
      storages.push({
        name: `${label} master password`,
        system: 'Terraform',
        manager: 'AWS Secrets Manager',
        location: null,
        rotatedBy: 'Amazon RDS',
        everyDays: null,
        source: placeOf(block),
      });
    }
  }
  return { uses, storages };
}

function textOf(block: HclBlock, name: string): string | null {
  return block.attributes.get(name)?.value.trim() ?? null;
}

/** A string without interpolation; null for any other expression. */
function literalOf(block: HclBlock, name: string): string | null {
  return /^"([^"$%\\]{1,300})"$/.exec(textOf(block, name) ?? '')?.[1] ?? null;
}

function folderIn(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? 'the root folder' : path.slice(0, slash);
}

import { placeholder } from '../../../evidence/fact';
import type { RoleNeed } from '../needs/needs';
import {
  boundTo,
  claimText,
  idOf,
  ISSUER,
  nameFor,
  placeOf,
  stillNeeded,
  variableStep,
  type CloudTrust,
  type SetupStep,
} from './trust';

/**
 * A federated credential for each subject: on the application that the secret is of, or on a new identity.
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation
 */
export function azureSteps(trust: CloudTrust, repository: string): readonly SetupStep[] {
  return [
    trust.isNewIdentity ? newIdentity(trust, repository) : existingApplication(trust, repository),
    ...rolesStep(trust),
    ...variableStep(trust, repository, {
      'client-id': '"$APP_ID"',
      'tenant-id': '"$(az account show --query tenantId --output tsv)"',
      'subscription-id': '"$(az account show --query id --output tsv)"',
    }),
  ];
}

function existingApplication(trust: CloudTrust, repository: string): SetupStep {
  return {
    id: idOf(trust, 'trust'),
    phase: 'add',
    title: `Azure: let ${placeOf(trust)} log in as the existing application`,
    why: `${boundTo(trust)} The application keeps its role assignments; only the way to log in is added.`,
    command: [
      `APP_ID='${placeholder('clientId of the application in the present secret')}'`,
      'PRINCIPAL_ID="$(az ad sp show --id "$APP_ID" --query id --output tsv)"',
      ...trust.subjects.flatMap((subject) => [
        'cat > federated-credential.json <<EOF',
        '{',
        `  "name": "github-${nameFor(repository, subject)}",`,
        `  "issuer": "${ISSUER}",`,
        `  "subject": "\${SUBJECT_PREFIX}:${claimText(subject)}",`,
        '  "audiences": ["api://AzureADTokenExchange"]',
        '}',
        'EOF',
        'az ad app federated-credential create --id "$APP_ID" --parameters @federated-credential.json',
      ]),
    ].join('\n'),
  };
}

function newIdentity(trust: CloudTrust, repository: string): SetupStep {
  const name = `github-${nameFor(repository, trust.subjects[0])}`;
  return {
    id: idOf(trust, 'trust'),
    phase: 'add',
    title: `Azure: create an identity that ${placeOf(trust)} logs in as`,
    why: `${boundTo(trust)} A user-assigned managed identity has no secret at all, and needs no rights in the directory to be made.`,
    command: [
      `IDENTITY='${name}'`,
      `IDENTITY_GROUP='${placeholder('resource group for the identity')}'`,
      'az identity create --name "$IDENTITY" --resource-group "$IDENTITY_GROUP"',
      'APP_ID="$(az identity show --name "$IDENTITY" --resource-group "$IDENTITY_GROUP" --query clientId --output tsv)"',
      'PRINCIPAL_ID="$(az identity show --name "$IDENTITY" --resource-group "$IDENTITY_GROUP" --query principalId --output tsv)"',
      ...trust.subjects.flatMap((subject) => [
        `az identity federated-credential create --name 'github-${nameFor(repository, subject)}' \\`,
        '  --identity-name "$IDENTITY" --resource-group "$IDENTITY_GROUP" \\',
        `  --issuer ${ISSUER} \\`,
        `  --subject "\${SUBJECT_PREFIX}:${claimText(subject)}" \\`,
        '  --audiences api://AzureADTokenExchange',
      ]),
    ].join('\n'),
  };
}

/** The roles that the jobs need; those of an existing application are compared rather than taken away. */
function rolesStep(trust: CloudTrust): readonly SetupStep[] {
  const { azure: needs } = trust.needs;
  const lines = [
    ...(trust.isNewIdentity ? [] : ['az role assignment list --assignee "$APP_ID" --all --output table']),
    ...needs.flatMap((need) => [
      'az role assignment create --assignee-object-id "$PRINCIPAL_ID" --assignee-principal-type ServicePrincipal \\',
      `  --role '${need.role}' \\`,
      `  --scope ${scopeInShell(need)}`,
    ]),
    ...stillNeeded(trust),
  ];
  if (needs.length === 0 && trust.needs.unknown.length === 0) {
    if (!trust.isNewIdentity) return [];
    lines.push(`# Still to be given: ${placeholder('the role that the deployment needs')}`);
  }
  return [
    {
      id: idOf(trust, 'roles'),
      phase: 'add',
      title: `Azure: the roles that ${placeOf(trust)} needs`,
      why: trust.isNewIdentity
        ? 'What the commands and actions of the job are seen to need, each on one resource.'
        : 'What the commands and actions of the job are seen to need. The application has roles already: what the list shows beyond these may be more than it needs.',
      command: lines.join('\n'),
    },
  ];
}

/** The resource id, asked of Azure where its name tells enough. */
function scopeInShell({ scope }: RoleNeed): string {
  const { kind, name, needed } = scope;
  if (name === null) return `'${placeholder(`resource id: ${needed}`)}'`;
  const byName = (command: string): string =>
    `"$(az resource list --name '${name}' --resource-type ${command} --query '[0].id' --output tsv)"`;
  switch (kind) {
    case 'site':
      return byName('Microsoft.Web/sites');
    case 'registry':
      return byName('Microsoft.ContainerRegistry/registries');
    case 'cluster':
      return byName('Microsoft.ContainerService/managedClusters');
    case 'storage-account':
      return byName('Microsoft.Storage/storageAccounts');
    case 'key-vault':
      return byName('Microsoft.KeyVault/vaults');
    case 'project':
    case 'service-account':
    case 'repository':
    case 'bucket':
      return `'${placeholder(`resource id: ${needed}`)}'`;
  }
}

export const azureRotation: SetupStep = {
  id: 'rotate:azure',
  phase: 'rotate',
  title: 'Azure: delete the old client secret',
  why: 'Removing the secret from GitHub hides it; only this ends it. It cannot be undone: check the sign-in log for other users of it first.',
  command: [
    `APP_ID='${placeholder('clientId of the application in the present secret')}'`,
    'az ad app credential list --id "$APP_ID" --output table',
    `az ad app credential delete --id "$APP_ID" --key-id '${placeholder('keyId of the old secret')}'`,
  ].join('\n'),
};

/** Publish profiles and the admin user of a registry are passwords of the resource itself. */
export const azurePasswordRotation: SetupStep = {
  id: 'rotate:azure-passwords',
  phase: 'rotate',
  title: 'Azure: end the passwords of the resources themselves',
  why: 'A publish profile or the admin user of a registry goes on working after the secret is gone. Where nothing else uses it, switch that way in off; else make a new password.',
  command: [
    `APP_GROUP='${placeholder('resource group of the app')}'`,
    `APP_NAME='${placeholder('name of the app, where it had a publish profile')}'`,
    'az resource update --resource-group "$APP_GROUP" --namespace Microsoft.Web --parent "sites/$APP_NAME" \\',
    '  --resource-type basicPublishingCredentialsPolicies --name scm --set properties.allow=false',
    `REGISTRY='${placeholder('name of the registry, where its admin user was used')}'`,
    'az acr update --name "$REGISTRY" --admin-enabled false',
  ].join('\n'),
};

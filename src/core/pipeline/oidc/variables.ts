import type { Cloud, Provider } from '../../workflow/credential-uses';

/** The configuration variables (`vars.*`) that a login takes in the place of a secret. None of them is secret. */
export interface LoginVariables {
  readonly cloud: Provider;
  /** Input of the login action to the name of the variable. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Names the variables after the secret, so that two accounts stay two: `PROD_AWS_ACCESS_KEY_ID` gives
 * `PROD_AWS_ROLE_ARN`, `AZURE_CREDENTIALS` gives `AZURE_CLIENT_ID`, `GCP_STAGING_SA_KEY` gives
 * `GCP_STAGING_SERVICE_ACCOUNT`. Package registries take no variable.
 */
export function variablesFor(cloud: Provider, secrets: readonly string[]): LoginVariables {
  if (cloud === 'npm' || cloud === 'pypi') return { cloud, inputs: {} };
  if (cloud === 'vault') return { cloud, inputs: { role: vaultRole(secrets) } };
  const name = named(secrets, cloud);
  switch (cloud) {
    case 'aws':
      return { cloud, inputs: { 'role-to-assume': name('ROLE_ARN') } };
    case 'azure':
      return {
        cloud,
        inputs: {
          'client-id': name('CLIENT_ID'),
          'tenant-id': name('TENANT_ID'),
          'subscription-id': name('SUBSCRIPTION_ID'),
        },
      };
    case 'google':
      return {
        cloud,
        inputs: {
          workload_identity_provider: name('WORKLOAD_IDENTITY_PROVIDER'),
          service_account: name('SERVICE_ACCOUNT'),
        },
      };
  }
}

/** How secrets with a cloud's key are usually called: before the cloud, between, behind the word for a key. */
const USUAL: Readonly<Record<Cloud, RegExp>> = {
  aws: /^(.*?)AWS_(.*?)(?:SECRET_ACCESS_KEY|ACCESS_KEY_ID|ACCESS_KEY|SECRET_KEY|KEY_ID|SECRET|KEY)(_.*)?$/,
  azure:
    /^(.*?)(?:AZURE|ARM)_?(.*?)(?:RBAC_|SP_)?(?:(?:WEB_?APP|FUNCTION_?APP|APP_?SERVICE)_?)?(?:PUBLISH_?PROFILE|CREDENTIALS|CREDS|CLIENT_SECRET|SECRET|PASSWORD|SP)(_.*)?$/,
  google:
    /^(.*?)(?:GCP|GOOGLE|GCLOUD|GKE)_(?:CLOUD_)?(.*?)(?:APPLICATION_CREDENTIALS|CREDENTIALS_JSON|CREDENTIALS|SERVICE_ACCOUNT_KEY|SERVICE_ACCOUNT|SERVICE_KEY|SA_KEY|KEYFILE_JSON|KEY|JSON)(_.*)?$/,
};

const SHORT: Readonly<Record<Cloud, string>> = { aws: 'AWS', azure: 'AZURE', google: 'GCP' };

/** How secrets with user and password of a registry are usually called: nothing in them is of the account but what is around. */
const OF_REGISTRY =
  /^(?:(.*?)_)??(?:AZURE_|AWS_|GCP_|GOOGLE_)?(?:ACR|ECR|GAR|GCR|(?:CONTAINER_)?REGISTRY|DOCKER)_(?:REGISTRY_)?(.*?)_?(?:USERNAME|USER|PASSWORD|TOKEN|CLIENT_ID|CLIENT_SECRET|ACCESS_KEY(?:_ID)?|SECRET_ACCESS_KEY|SECRET|KEY|LOGIN)$/;

/** `PROD_VAULT_TOKEN`, `VAULT_SECRET_ID`: what is around the word stays. */
function vaultRole(secrets: readonly string[]): string {
  const secret = plainName(secrets[0] ?? '');
  const match = /^(.*?)VAULT_(?:TOKEN|ROLE_?ID|SECRET_?ID|PASSWORD|USERNAME|GITHUB_TOKEN)(_.*)?$/.exec(
    secret,
  );
  if (match) return `${match[1] ?? ''}VAULT_ROLE${match[2] ?? ''}`;
  return 'VAULT_ROLE';
}

function plainName(secret: string): string {
  return secret
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_')
    .slice(0, 200);
}

/** A name that says nothing of the cloud goes in front whole. GitHub's names are 255 characters at most. */
function named(secrets: readonly string[], cloud: Cloud): (what: string) => string {
  const secret = secrets[0] === undefined ? '' : plainName(secrets[0]);
  if (secret === '') return (what) => `${SHORT[cloud]}_${what}`;
  const registry = OF_REGISTRY.exec(secret);
  if (registry) {
    const around = [registry[1], SHORT[cloud], registry[2]].filter((part) => part);
    return (what) => [...around, what].join('_');
  }
  const match = USUAL[cloud].exec(secret);
  return (what) =>
    match
      ? `${match[1] ?? ''}${SHORT[cloud]}_${match[2] ?? ''}${what}${match[3] ?? ''}`
      : `${secret}_${SHORT[cloud]}_${what}`;
}

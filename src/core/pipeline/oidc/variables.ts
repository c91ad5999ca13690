import type { Cloud } from '../../workflow/credential-uses';

/** The configuration variables (`vars.*`) that a login takes in the place of a secret. None of them is secret. */
export interface LoginVariables {
  readonly cloud: Cloud;
  /** Input of the login action to the name of the variable. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Names the variables after the secret, so that two accounts stay two: `PROD_AWS_ACCESS_KEY_ID` gives
 * `PROD_AWS_ROLE_ARN`, `AZURE_CREDENTIALS` gives `AZURE_CLIENT_ID`, `GCP_STAGING_SA_KEY` gives
 * `GCP_STAGING_SERVICE_ACCOUNT`.
 */
export function variablesFor(cloud: Cloud, secrets: readonly string[]): LoginVariables {
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
    /^(.*?)(?:AZURE|ARM)_(.*?)(?:RBAC_|SP_)?(?:CREDENTIALS|CREDS|CLIENT_SECRET|SECRET|PASSWORD|SP)(_.*)?$/,
  google:
    /^(.*?)(?:GCP|GOOGLE|GCLOUD|GKE)_(?:CLOUD_)?(.*?)(?:APPLICATION_CREDENTIALS|CREDENTIALS_JSON|CREDENTIALS|SERVICE_ACCOUNT_KEY|SERVICE_ACCOUNT|SERVICE_KEY|SA_KEY|KEYFILE_JSON|KEY|JSON)(_.*)?$/,
};

const SHORT: Readonly<Record<Cloud, string>> = { aws: 'AWS', azure: 'AZURE', google: 'GCP' };

/** A name that says nothing of the cloud goes in front whole. GitHub's names are 255 characters at most. */
function named(secrets: readonly string[], cloud: Cloud): (what: string) => string {
  const secret = secrets[0]
    ?.toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_')
    .slice(0, 200);
  if (secret === undefined) return (what) => `${SHORT[cloud]}_${what}`;
  const match = USUAL[cloud].exec(secret);
  return (what) =>
    match
      ? `${match[1] ?? ''}${SHORT[cloud]}_${match[2] ?? ''}${what}${match[3] ?? ''}`
      : `${secret}_${SHORT[cloud]}_${what}`;
}

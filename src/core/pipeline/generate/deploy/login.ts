import type { DeployTarget, RepositoryProfile } from '../../../evidence/profile';
import { useAction } from '../actions';
import { expression, type StepSpec } from '../workflow-text';
import { required, type EnvironmentVariable } from './means';

/** How a job logs in, what it may do for that, and which variables say where. */
export interface Login {
  readonly steps: readonly StepSpec[];
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly variables: readonly EnvironmentVariable[];
}

/** The only cloud that the repository names; with none or several nobody can tell. */
export function cloudLogin(profile: RepositoryProfile): Login | null {
  const [cloud, ...others] = profile.clouds;
  return !cloud || others.length > 0 ? null : loginTo(cloud.value);
}

/**
 * Logs in by OIDC as an identity that only reads, by the variables of the repository: for pull requests, which must not
 * share the identity of a deployment.
 */
export function readingLogin(cloud: 'aws' | 'azure' | 'google'): Login {
  const [login, own, purpose] = {
    aws: [awsLogin(), ['AWS_DEPLOY_ROLE_ARN', 'AWS_PLAN_ROLE_ARN'], 'role'],
    azure: [azureLogin(), ['AZURE_CLIENT_ID', 'AZURE_PLAN_CLIENT_ID'], 'application'],
    google: [googleLogin(), ['GCP_SERVICE_ACCOUNT', 'GCP_PLAN_SERVICE_ACCOUNT'], 'service account'],
  }[cloud] as [Login, [string, string], string];
  const [deploying, reading] = own;
  return {
    ...login,
    steps: login.steps.map((step) => ({
      ...step,
      with: Object.fromEntries(
        Object.entries(step.with ?? {}).map(([input, value]) => [
          input,
          typeof value === 'string' || value.expression !== `\${{ vars.${deploying} }}`
            ? value
            : expression(`\${{ vars.${reading} }}`),
        ]),
      ),
    })),
    variables: login.variables.map((variable) =>
      variable.name === deploying
        ? {
            name: reading,
            purpose: `${purpose} that reads and changes nothing, for pull requests of this repository over OIDC`,
          }
        : variable,
    ),
  };
}

const CLOUD_OF_CLUSTER = { eks: 'aws', gke: 'google', aks: 'azure' } as const;

/** Logs in to a cloud by OIDC. */
export function loginTo(cloud: 'aws' | 'azure' | 'google'): Login {
  switch (cloud) {
    case 'aws':
      return awsLogin();
    case 'azure':
      return azureLogin();
    case 'google':
      return googleLogin();
  }
}

/** The login of the only cloud with the step that reaches its cluster. */
export function clusterLogin(profile: RepositoryProfile, target: DeployTarget): Login | null {
  const only = profile.clouds.length === 1 ? profile.clouds[0]?.value : undefined;
  const cloud = target.cluster ? CLOUD_OF_CLUSTER[target.cluster.value] : only;
  if (!cloud) return null;
  const login = loginTo(cloud);
  const cluster: EnvironmentVariable = { name: 'CLUSTER_NAME', purpose: 'name of the Kubernetes cluster' };
  const name = expression('${{ vars.CLUSTER_NAME }}');
  switch (cloud) {
    case 'aws':
      return {
        ...login,
        steps: [
          ...login.steps,
          {
            name: 'Reach the cluster',
            env: { CLUSTER_NAME: name },
            run: `${required('CLUSTER_NAME')}\naws eks update-kubeconfig --name "$CLUSTER_NAME"`,
          },
        ],
        variables: [...login.variables, cluster],
      };
    case 'google':
      return {
        ...login,
        steps: [
          ...login.steps,
          {
            name: 'Reach the cluster',
            uses: useAction('google-github-actions/get-gke-credentials'),
            with: { cluster_name: name, location: expression('${{ vars.CLUSTER_LOCATION }}') },
          },
        ],
        variables: [
          ...login.variables,
          cluster,
          { name: 'CLUSTER_LOCATION', purpose: 'region or zone of the cluster' },
        ],
      };
    case 'azure':
      return {
        ...login,
        steps: [
          ...login.steps,
          {
            name: 'Reach the cluster',
            env: { CLUSTER_NAME: name, RESOURCE_GROUP: expression('${{ vars.AZURE_RESOURCE_GROUP }}') },
            run: [
              required('CLUSTER_NAME'),
              required('RESOURCE_GROUP'),
              'az aks get-credentials --resource-group "$RESOURCE_GROUP" --name "$CLUSTER_NAME" --overwrite-existing',
            ].join('\n'),
          },
        ],
        variables: [
          ...login.variables,
          cluster,
          { name: 'AZURE_RESOURCE_GROUP', purpose: 'resource group of the cluster' },
        ],
      };
  }
}

/** OIDC, by the variables of the environment. */
export function awsLogin(): Login {
  return {
    steps: [
      {
        name: 'Log in to AWS',
        uses: useAction('aws-actions/configure-aws-credentials'),
        with: {
          'role-to-assume': expression('${{ vars.AWS_DEPLOY_ROLE_ARN }}'),
          'aws-region': expression('${{ vars.AWS_REGION }}'),
        },
      },
    ],
    permissions: { 'id-token': 'write' },
    variables: [
      { name: 'AWS_DEPLOY_ROLE_ARN', purpose: 'role that this environment may assume over OIDC' },
      { name: 'AWS_REGION', purpose: 'AWS region' },
    ],
  };
}

/** OIDC, by the variables of the environment. */
export function azureLogin(): Login {
  return {
    steps: [
      {
        name: 'Log in to Azure',
        uses: useAction('azure/login'),
        with: {
          'client-id': expression('${{ vars.AZURE_CLIENT_ID }}'),
          'tenant-id': expression('${{ vars.AZURE_TENANT_ID }}'),
          'subscription-id': expression('${{ vars.AZURE_SUBSCRIPTION_ID }}'),
        },
      },
    ],
    permissions: { 'id-token': 'write' },
    variables: [
      { name: 'AZURE_CLIENT_ID', purpose: 'application that trusts this environment over OIDC' },
      { name: 'AZURE_TENANT_ID', purpose: 'Azure tenant' },
      { name: 'AZURE_SUBSCRIPTION_ID', purpose: 'Azure subscription' },
    ],
  };
}

/** OIDC, by the variables of the environment. */
export function googleLogin(): Login {
  return {
    steps: [
      {
        name: 'Log in to Google Cloud',
        uses: useAction('google-github-actions/auth'),
        with: {
          workload_identity_provider: expression('${{ vars.GCP_WORKLOAD_IDENTITY_PROVIDER }}'),
          service_account: expression('${{ vars.GCP_SERVICE_ACCOUNT }}'),
        },
      },
    ],
    permissions: { 'id-token': 'write' },
    variables: [
      {
        name: 'GCP_WORKLOAD_IDENTITY_PROVIDER',
        purpose: 'workload identity provider that trusts this environment over OIDC',
      },
      { name: 'GCP_SERVICE_ACCOUNT', purpose: 'service account that deploys' },
    ],
  };
}

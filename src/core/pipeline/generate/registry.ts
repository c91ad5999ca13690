import { kindOfHost } from '../../evidence/detect/registries';
import { isKnown } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';
import { useAction } from './actions';
import { awsLogin, azureLogin, googleLogin } from './deploy/login';
import type { EnvironmentSecret, EnvironmentVariable } from './deploy/means';
import { expression, type StepSpec } from './workflow-text';

/** Registries that an image can be pushed to, with a login that is known. */
export type ImageRegistryKind = 'ghcr' | 'ecr' | 'artifact-registry' | 'acr' | 'docker-hub';

/** Where an image goes. */
export interface ImageRegistry {
  readonly kind: ImageRegistryKind;
  readonly host: string;
}

export const GHCR: ImageRegistry = { kind: 'ghcr', host: 'ghcr.io' };

/** An image's full name, in lower case and without tag, with its registry. */
export interface NamedImage {
  readonly name: string;
  readonly registry: ImageRegistry;
}

/** The names under which files of the repository push or run images, in registries with a login that is known. */
export function namedImages(profile: RepositoryProfile): readonly NamedImage[] {
  const written = [
    ...(isKnown(profile.image) ? [profile.image.value] : []),
    ...profile.deployTargets.flatMap(({ workloads }) =>
      (workloads ?? []).flatMap(({ value }) => (value.image === null ? [] : [value.image])),
    ),
    ...profile.registries.flatMap(({ value }) =>
      value.holds === 'images' && value.name !== null
        ? [value.address === null ? value.name : `${value.address}/${value.name}`]
        : [],
    ),
  ];
  const onDockerHub = new Set(
    profile.registries.flatMap(({ value }) =>
      value.holds === 'images' && value.kind === 'docker-hub' && value.name !== null ? [value.name] : [],
    ),
  );
  const found = new Map<string, NamedImage>();
  for (const name of written) {
    const [first = '', ...rest] = name.split('/');
    const hasHost = rest.length > 0 && /[.:]/.test(first);
    if (!/^[a-z0-9][a-z0-9._/:-]{0,250}$/.test(name)) continue;
    // Without a host a name may as well be a placeholder that an overlay replaces.
    if (!hasHost && !(onDockerHub.has(name) && rest.length > 0)) continue;
    const host = hasHost ? first : 'docker.io';
    const kind = kindOfHost(host);
    if (
      kind === 'ghcr' ||
      kind === 'ecr' ||
      kind === 'artifact-registry' ||
      kind === 'acr' ||
      kind === 'docker-hub'
    ) {
      if (host !== 'public.ecr.aws') found.set(name, { name, registry: { kind, host } });
    }
  }
  return [...found.values()];
}

/** Logs in to a registry: by the run's own token, or by the cloud's OIDC login with the role of the place. */
export function registryLogins(registry: ImageRegistry, place: 'build' | 'deploy'): readonly StepSpec[] {
  switch (registry.kind) {
    case 'ghcr':
      return [
        {
          name: 'Log in to the registry',
          uses: useAction('docker/login-action'),
          with: {
            registry: 'ghcr.io',
            username: expression('${{ github.actor }}'),
            password: expression('${{ github.token }}'),
          },
        },
      ];
    case 'ecr':
      return [
        ...(place === 'deploy'
          ? awsLogin().steps
          : [
              {
                name: 'Log in to AWS',
                uses: useAction('aws-actions/configure-aws-credentials'),
                with: {
                  'role-to-assume': expression('${{ vars.AWS_PUSH_ROLE_ARN }}'),
                  'aws-region': regionOf(registry.host),
                },
              },
            ]),
        { name: 'Log in to the registry', uses: useAction('aws-actions/amazon-ecr-login') },
      ];
    case 'artifact-registry':
      return [
        ...(place === 'deploy'
          ? googleLogin().steps
          : [
              {
                name: 'Log in to Google Cloud',
                uses: useAction('google-github-actions/auth'),
                with: {
                  workload_identity_provider: expression('${{ vars.GCP_WORKLOAD_IDENTITY_PROVIDER }}'),
                  service_account: expression('${{ vars.GCP_PUSH_SERVICE_ACCOUNT }}'),
                },
              },
            ]),
        { name: 'Log in to the registry', run: `gcloud auth configure-docker ${registry.host} --quiet` },
      ];
    case 'acr':
      return [
        ...(place === 'deploy'
          ? azureLogin().steps
          : [
              {
                name: 'Log in to Azure',
                uses: useAction('azure/login'),
                with: {
                  'client-id': expression('${{ vars.AZURE_PUSH_CLIENT_ID }}'),
                  'tenant-id': expression('${{ vars.AZURE_TENANT_ID }}'),
                  'subscription-id': expression('${{ vars.AZURE_SUBSCRIPTION_ID }}'),
                },
              },
            ]),
        {
          name: 'Log in to the registry',
          run: `az acr login --name ${registry.host.replace(/\.azurecr\.io$/, '')}`,
        },
      ];
    case 'docker-hub':
      return [
        {
          name: 'Log in to the registry',
          uses: useAction('docker/login-action'),
          with: {
            username: expression('${{ vars.DOCKERHUB_USERNAME }}'),
            password: expression('${{ secrets.DOCKERHUB_TOKEN }}'),
          },
        },
      ];
  }
}

/** What the token of a job may do for a registry. */
export function registryPermissions(
  registry: ImageRegistry,
  place: 'build' | 'deploy',
): Readonly<Record<string, 'read' | 'write'>> {
  switch (registry.kind) {
    case 'ghcr':
      return { packages: place === 'build' ? 'write' : 'read' };
    case 'ecr':
    case 'artifact-registry':
    case 'acr':
      return { 'id-token': 'write' };
    case 'docker-hub':
      return {};
  }
}

/** What the repository and its environments must have for a registry. */
export function registrySettings(registry: ImageRegistry): {
  /** Of the repository: the build has no environment. */
  readonly repository: readonly EnvironmentVariable[];
  readonly environment: readonly EnvironmentVariable[];
  readonly secrets: readonly EnvironmentSecret[];
  readonly note: string | null;
} {
  switch (registry.kind) {
    case 'ghcr':
      return {
        repository: [],
        environment: [],
        secrets: [],
        note: "GitHub's registry lets a tag be moved, so that what is deployed is named by its digest and never by its tag.",
      };
    case 'ecr':
      return {
        repository: [
          {
            name: 'AWS_PUSH_ROLE_ARN',
            purpose:
              'role that may push to these repositories of ECR and nothing else, for runs of the default branch',
          },
        ],
        environment: awsLogin().variables,
        secrets: [],
        note: 'The repositories in ECR must exist with immutable tags: aws ecr put-image-tag-mutability --image-tag-mutability IMMUTABLE. A whole run that is started again then fails at its push; start the failed jobs alone.',
      };
    case 'artifact-registry':
      return {
        repository: [
          {
            name: 'GCP_WORKLOAD_IDENTITY_PROVIDER',
            purpose: 'workload identity provider that trusts runs of the default branch',
          },
          {
            name: 'GCP_PUSH_SERVICE_ACCOUNT',
            purpose:
              'service account that may write to this repository of Artifact Registry and nothing else',
          },
        ],
        environment: googleLogin().variables,
        secrets: [],
        note: 'The repository in Artifact Registry must exist with immutable tags: gcloud artifacts repositories update --immutable-tags. A whole run that is started again then fails at its push; start the failed jobs alone.',
      };
    case 'acr':
      return {
        repository: [
          {
            name: 'AZURE_PUSH_CLIENT_ID',
            purpose:
              'application that may push to this registry and nothing else, for runs of the default branch',
          },
          { name: 'AZURE_TENANT_ID', purpose: 'Azure tenant' },
          { name: 'AZURE_SUBSCRIPTION_ID', purpose: 'Azure subscription' },
        ],
        environment: azureLogin().variables,
        secrets: [],
        note: 'Azure Container Registry locks a tag only when it is told to: az acr repository update --write-enabled false. What is deployed is named by its digest.',
      };
    case 'docker-hub':
      return {
        repository: [{ name: 'DOCKERHUB_USERNAME', purpose: 'user of Docker Hub that pushes' }],
        environment: [],
        secrets: [{ name: 'DOCKERHUB_TOKEN', purpose: 'access token of that user for these images alone' }],
        note: 'Docker Hub lets a tag be moved, so that what is deployed is named by its digest; immutable tags can be switched on for a repository.',
      };
  }
}

/** The region stands in the host's name. */
function regionOf(host: string): string {
  return /\.dkr\.ecr\.([\w-]+)\.amazonaws\.com/.exec(host)?.[1] ?? '';
}

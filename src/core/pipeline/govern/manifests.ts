import { isKnown, placeholder, type Unknown } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';
import { yamlLines, type NewYaml } from '../../workflow/edit';

/** Platforms for which a manifest is proposed where there is none. */
export const MANIFEST_TARGETS = ['kubernetes', 'cloud-run', 'ecs'] as const;

/** One of them. */
export type ManifestTarget = (typeof MANIFEST_TARGETS)[number];

/** A manifest to be filled in: what no file says stands in it as UNKNOWN, which its platform refuses. */
export interface ProposedManifest {
  readonly path: string;
  readonly text: string;
  readonly unknowns: readonly Unknown[];
}

/** What a manifest is made from besides the profile. */
export interface ManifestFacts {
  readonly profile: RepositoryProfile;
  /** What the Dockerfile exposes; null where it exposes nothing. */
  readonly port: number | null;
}

/** The manifest of one service on a platform that a person chose. */
export function proposeManifest(target: ManifestTarget, facts: ManifestFacts): ProposedManifest {
  const unknowns: Unknown[] = [];
  const open = (needed: string): string => {
    if (!unknowns.some(({ unknown }) => unknown === needed)) unknowns.push({ unknown: needed });
    return placeholder(needed);
  };
  const name = nameOf(facts.profile) ?? open('name of the service: lower-case letters, digits and dashes');
  const image = imageOf(facts.profile) ?? open('name of the container image in its registry');
  const port: string | number = facts.port ?? open('port that the service listens on');
  const health = facts.profile.operations.find(
    ({ value }) => value.kind === 'health' && /^\/[\w./-]*$/.test(value.target),
  )?.value.target;
  switch (target) {
    case 'kubernetes':
      return {
        path: 'deploy/kubernetes/service.yaml',
        text: yamlText(
          'The deployment sets the image by its digest; what is UNKNOWN is refused by Kubernetes until it is filled in.',
          kubernetes(name, image, port, health ?? open('path at which the service says that it works'), open),
        ),
        unknowns,
      };
    case 'cloud-run':
      return {
        path: 'deploy/cloud-run/service.yaml',
        text: yamlText(
          'The deployment sets the image by its digest; what is UNKNOWN is refused by Cloud Run until it is filled in.',
          [cloudRun(name, image, port, health ?? open('path at which the service says that it works'), open)],
        ),
        unknowns,
      };
    case 'ecs':
      return {
        path: 'deploy/ecs/task-definition.json',
        text: `${JSON.stringify(taskDefinition(name, image, port, open), null, 2)}\n`,
        unknowns,
      };
  }
}

type Open = (needed: string) => string;

function kubernetes(
  name: string,
  image: string,
  port: string | number,
  health: string,
  open: Open,
): readonly NewYaml[] {
  const labels = { 'app.kubernetes.io/name': name };
  const probe = { httpGet: { path: health, port: 'http' } };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: {
        replicas: open('how many pods run at once'),
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                name,
                image,
                ports: [{ name: 'http', containerPort: port }],
                readinessProbe: probe,
                resources: {
                  requests: {
                    cpu: open('CPU that one pod needs'),
                    memory: open('memory that one pod needs'),
                  },
                  limits: { memory: open('memory that one pod may take at most') },
                },
                securityContext: { allowPrivilegeEscalation: false },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
  ];
}

function cloudRun(name: string, image: string, port: string | number, health: string, open: Open): NewYaml {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name },
    spec: {
      template: {
        spec: {
          serviceAccountName: open('service account that the service runs as'),
          containers: [
            {
              image,
              ports: [{ containerPort: port }],
              startupProbe: { httpGet: { path: health } },
              resources: {
                limits: {
                  cpu: open('CPU that one instance may take at most'),
                  memory: open('memory that one instance may take at most'),
                },
              },
            },
          ],
        },
      },
    },
  };
}

function taskDefinition(name: string, image: string, port: string | number, open: Open): object {
  return {
    family: name,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: open('CPU units of the task'),
    memory: open('memory of the task in MiB'),
    executionRoleArn: open('role that pulls the image and writes the log'),
    taskRoleArn: open('role that the service runs as'),
    containerDefinitions: [
      {
        name,
        image,
        essential: true,
        portMappings: [{ containerPort: port, protocol: 'tcp' }],
      },
    ],
  };
}

/** A name that all three platforms take. */
function nameOf({ service }: RepositoryProfile): string | null {
  if (!isKnown(service)) return null;
  const plain = service.value.replace(/^@[^/]*\//, '').toLowerCase();
  return /^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$/.test(plain) ? plain : null;
}

/** The image that files name, else the one that the pipeline pushes to. */
function imageOf({ image, remote }: RepositoryProfile): string | null {
  if (isKnown(image)) return image.value;
  if (!isKnown(remote) || remote.value.host !== 'github.com') return null;
  const name = `ghcr.io/${remote.value.owner}/${remote.value.name}`.toLowerCase();
  return /^[a-z0-9][\w./-]{0,250}$/.test(name) ? name : null;
}

function yamlText(comment: string, documents: readonly NewYaml[]): string {
  const layout = { step: 2, listStep: 2, lineBreak: '\n' } as const;
  return [
    `# ${comment}`,
    ...documents.flatMap((document, index) => [
      ...(index > 0 ? ['---'] : []),
      ...yamlLines(document, 0, layout),
    ]),
    '',
  ].join('\n');
}

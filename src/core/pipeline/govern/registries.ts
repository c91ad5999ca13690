import { shellWord } from '../../evidence/detect/shell-text';
import { placeholder } from '../../evidence/fact';
import type { Registry } from '../../evidence/profile';
import { argument, block, comment, hclText, type HclBlockText, type HclItem } from '../../text/hcl-write';

/** What keeps a published version from being replaced, in one registry. */
export interface RegistrySetup {
  /** `Amazon ECR, orders`. */
  readonly title: string;
  /** What holds there, in sentences. */
  readonly what: string;
  /** The commands that set it; null where there is nothing to set, or only by hand. */
  readonly command: string | null;
  /** Done by hand: where; null where nothing is. */
  readonly byHand: string | null;
  /** The placeholders in the command, by what is needed. */
  readonly unknowns: readonly string[];
  readonly terraform: readonly HclBlockText[];
}

/** Versions of packages that are what they are by the rules of their registry. */
const IMMUTABLE_BY_NATURE: Readonly<Partial<Record<Registry['kind'], string>>> = {
  npm: 'The npm registry never takes the same version twice, also after it was unpublished.',
  pypi: 'PyPI never takes a file of the same name twice, also after it was deleted.',
  crates: 'crates.io never takes the same version twice; a version can only be yanked.',
  maven: 'Maven Central never takes the same release twice, and deletes none.',
  nuget: 'NuGet.org never takes the same version twice; a version can only be unlisted.',
  rubygems: 'RubyGems.org never takes the same version twice, also after it was yanked.',
  packagist: 'Packagist reads the tags of the repository: the rules for release tags are what holds.',
};

/** How each registry is kept from replacing what was released, once for each repository in it. */
export function registrySetups(registries: readonly Registry[]): readonly RegistrySetup[] {
  const setups = new Map<string, RegistrySetup>();
  for (const registry of registries) {
    const setup = setupOf(registry);
    if (!setups.has(setup.title)) setups.set(setup.title, setup);
  }
  return [...setups.values()];
}

/** The registries that Terraform can make, as one file; null where there is none. */
export function registryTerraform(setups: readonly RegistrySetup[]): string | null {
  const blocks = setups.flatMap(({ terraform }) => terraform);
  if (blocks.length === 0) return null;
  const uses = (prefix: string): boolean => blocks.some(({ labels }) => labels[0]?.startsWith(prefix));
  const provider = (name: string, source: string, version: string): readonly HclItem[] =>
    uses(name === 'google' ? 'google_' : 'aws_') ? [argument(name, { object: { source, version } })] : [];
  return hclText([
    comment(
      [
        'The registries of this repository, with tags that nobody can move.',
        'What exists already has to be imported, or Terraform fails to make it a second time. Account and credentials',
        'come from the environment, as each provider has it.',
      ].join('\n'),
    ),
    block(
      'terraform',
      [],
      argument('required_version', '>= 1.5'),
      block(
        'required_providers',
        [],
        ...provider('aws', 'hashicorp/aws', '>= 5.0'),
        ...provider('google', 'hashicorp/google', '>= 5.0'),
      ),
    ),
    ...blocks,
  ]);
}

/** The registry of an image's name, where the name says it: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders`. */
export function registryOfImage(image: string): Registry {
  const slash = image.indexOf('/');
  const host = slash < 0 ? '' : image.slice(0, slash);
  const isHost = /[.:]|^localhost$/.test(host);
  const kind: Registry['kind'] = !isHost
    ? 'docker-hub'
    : /\.dkr\.ecr\.[\w-]+\.amazonaws\.com(\.cn)?$/.test(host)
      ? 'ecr'
      : /-docker\.pkg\.dev$/.test(host)
        ? 'artifact-registry'
        : /\.azurecr\.io$/.test(host)
          ? 'acr'
          : host === 'ghcr.io'
            ? 'ghcr'
            : host === 'quay.io'
              ? 'quay'
              : /(^|\.)docker\.io$/.test(host)
                ? 'docker-hub'
                : 'other';
  return {
    kind,
    holds: 'images',
    address: isHost ? host : null,
    name: isHost ? image.slice(slash + 1) : image,
    folder: null,
  };
}

function setupOf(registry: Registry): RegistrySetup {
  const { kind, holds, address } = registry;
  const name = nameWithin(registry);
  const bare = { command: null, byHand: null, unknowns: [], terraform: [] };
  switch (kind) {
    case 'ecr':
      return elasticContainerRegistry(address ?? '', name);
    case 'artifact-registry':
      return artifactRegistry(address ?? '', name, holds);
    case 'acr': {
      const login = /^([\w-]+)\.azurecr\.io$/.exec(address ?? '')?.[1] ?? null;
      const unknowns = [
        ...(login === null ? ['name of the Azure container registry'] : []),
        ...(name === null ? ['name of the image in its registry'] : []),
      ];
      return {
        ...bare,
        title: titled('Azure Container Registry', name),
        what: 'It has no setting that makes all tags immutable: each image is locked after it was pushed, so that its tag can be neither moved nor deleted. The job that pushes runs this as its last step.',
        command: `az acr repository update --name ${word(login, 'name of the Azure container registry')} --image ${name === null ? `"${placeholder('name of the image in its registry')}:\${VERSION}"` : `"${quotable(name)}:\${VERSION}"`} --write-enabled false --delete-enabled false`,
        unknowns,
      };
    }
    case 'ghcr':
      return {
        ...bare,
        title: titled('GitHub Container Registry', name),
        what: 'It has no immutable tags: whoever may push can move one. What is deployed is therefore named by its digest, and verified against its attestation.',
      };
    case 'docker-hub':
      return {
        ...bare,
        title: titled('Docker Hub', name),
        what: 'Tags can be made immutable for each repository, all of them or those that match a pattern.',
        byHand:
          'hub.docker.com: My Hub > Repositories > the repository > Settings > General > Tag mutability settings',
      };
    case 'quay':
    case 'other':
      return {
        ...bare,
        title: titled(address ?? 'Another registry', name),
        what: `Whether it can keep a version from being replaced is not known: ${placeholder(`how ${address ?? 'the registry'} keeps released versions immutable`)}.`,
        unknowns: [`how ${address ?? 'the registry'} keeps released versions immutable`],
      };
    default: {
      // Only the public registry's rules are known; a private one of the same kind may take a version again.
      const isPublic = address === null;
      const title = titled(isPublic ? kind : `${kind} at ${address}`, name);
      const needed = `whether ${address ?? ''} takes a version a second time`;
      return isPublic
        ? { ...bare, title, what: IMMUTABLE_BY_NATURE[kind] ?? '' }
        : {
            ...bare,
            title,
            what: `It is not the public registry of its kind: ${placeholder(needed)}.`,
            unknowns: [needed],
          };
    }
  }
}

function elasticContainerRegistry(address: string, name: string | null): RegistrySetup {
  const [, account, region] = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com(?:\.cn)?$/.exec(address) ?? [];
  const needed = {
    region: 'AWS region of the registry',
    name: 'name of the repository in Amazon ECR',
  };
  const common = `--region ${word(region ?? null, needed.region)} --repository-name ${word(name, needed.name)}${account === undefined ? '' : ` --registry-id ${account}`}`;
  const create = common.replace(/ --registry-id \d+$/, '');
  return {
    title: titled('Amazon ECR', name),
    what: 'With immutable tags a push of a tag that exists is refused; a tag that moves, such as `latest`, is refused as well. The first call is for a repository that exists, the second makes one.',
    command: [
      `aws ecr put-image-tag-mutability ${common} --image-tag-mutability IMMUTABLE`,
      `aws ecr create-repository ${create} --image-tag-mutability IMMUTABLE --image-scanning-configuration scanOnPush=true`,
    ].join('\n'),
    byHand: null,
    unknowns: [...(region === undefined ? [needed.region] : []), ...(name === null ? [needed.name] : [])],
    terraform:
      name === null
        ? []
        : [
            block(
              'resource',
              ['aws_ecr_repository', label(name)],
              argument('name', name),
              argument('image_tag_mutability', 'IMMUTABLE'),
              block('image_scanning_configuration', [], argument('scan_on_push', true)),
            ),
          ],
  };
}

function artifactRegistry(address: string, name: string | null, holds: Registry['holds']): RegistrySetup {
  const location = /^([\w-]+)-docker\.pkg\.dev$/.exec(address)?.[1] ?? null;
  const [project, repository] = name?.split('/') ?? [];
  const needed = {
    project: 'Google Cloud project of the registry',
    location: 'location of the repository in Artifact Registry',
    repository: 'name of the repository in Artifact Registry',
  };
  const isKnown = location !== null && repository !== undefined && project !== undefined;
  const common = `${word(repository ?? null, needed.repository)} --project=${word(project ?? null, needed.project)} --location=${word(location, needed.location)}`;
  return {
    title: titled(
      'Google Artifact Registry',
      repository === undefined ? null : `${project ?? ''}/${repository}`,
    ),
    what:
      holds === 'images'
        ? 'With immutable tags a tag stays at its digest, `latest` included, and a tagged image cannot be deleted. The first call is for a repository that exists, the second makes one.'
        : 'Immutable tags are for repositories of images; a version of a package is taken once.',
    command:
      holds === 'images'
        ? [
            `gcloud artifacts repositories update ${common} --immutable-tags`,
            `gcloud artifacts repositories create ${common} --repository-format=docker --immutable-tags`,
          ].join('\n')
        : null,
    byHand: null,
    unknowns:
      holds === 'images'
        ? [
            ...(repository === undefined ? [needed.repository] : []),
            ...(project === undefined ? [needed.project] : []),
            ...(location === null ? [needed.location] : []),
          ]
        : [],
    terraform:
      isKnown && holds === 'images'
        ? [
            block(
              'resource',
              ['google_artifact_registry_repository', label(repository)],
              argument('project', project),
              argument('location', location),
              argument('repository_id', repository),
              argument('format', 'DOCKER'),
              block('docker_config', [], argument('immutable_tags', true)),
            ),
          ]
        : [],
  };
}

/** The name without the address that may stand before it. */
function nameWithin({ name, address }: Registry): string | null {
  if (name === null || name === '') return null;
  const plain = address !== null && name.startsWith(`${address}/`) ? name.slice(address.length + 1) : name;
  return plain === '' ? null : plain;
}

function titled(registry: string, name: string | null): string {
  return name === null ? registry : `${registry}, ${name}`;
}

function word(known: string | null, needed: string): string {
  return known === null ? `'${placeholder(needed)}'` : shellWord(known);
}

/** What may stand between double quotes of a shell as it is. */
function quotable(text: string): string {
  return text.replace(/["\\$`!]/g, '\\$&');
}

function label(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return plain === '' ? 'registry' : /^[0-9]/.test(plain) ? `_${plain}` : plain;
}

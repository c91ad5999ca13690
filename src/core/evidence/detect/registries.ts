import { fact, factWith, fileSource, isKnown, type Fact, type Source } from '../fact';
import type { Language, Registry, Stack } from '../profile';
import { dataAt, findLines, listAt, mapAt, readPlaced, stringAt } from './places';
import { inFolder, type Reading } from './reading';

type PackageRegistry = 'npm' | 'pypi' | 'crates' | 'maven' | 'nuget' | 'rubygems' | 'packagist';

/** Where packages of a language go unless a file says otherwise. Go's are fetched from the repository itself. */
export const PACKAGE_REGISTRY_OF: Readonly<Record<Language, PackageRegistry | null>> = {
  node: 'npm',
  python: 'pypi',
  go: null,
  java: 'maven',
  rust: 'crates',
  dotnet: 'nuget',
  ruby: 'rubygems',
  php: 'packagist',
};

/** Steps of workflows that publish packages. What only shows what it would do is none. */
const PUBLISHES: readonly (readonly [RegExp, PackageRegistry])[] = [
  [/(?:^|[\s;&|])(?:npm|pnpm|yarn npm|bun)(?:\s+-\S+)*\s+publish\b(?!.*--dry-run)/, 'npm'],
  [/(?:^|[\s;&|])(?:lerna|changeset)\s+publish\b/, 'npm'],
  [/\buses:\s*["']?js-devtools\/npm-publish@/i, 'npm'],
  [/(?:^|[\s;&|])(?:twine upload|(?:poetry|uv|flit|hatch|pdm)\s+publish)\b/, 'pypi'],
  [/\buses:\s*["']?pypa\/gh-action-pypi-publish@/i, 'pypi'],
  [/(?:^|[\s;&|])cargo\s+publish\b(?!.*--dry-run)/, 'crates'],
  [/\buses:\s*["']?katyo\/publish-crates@/i, 'crates'],
  [/(?:^|[\s;&|])(?:\.\/)?mvnw?\b.*\sdeploy\b/, 'maven'],
  [/(?:^|[\s;&|])(?:\.\/)?gradlew?\b.*\spublish\w*\b/, 'maven'],
  [/(?:^|[\s;&|])(?:dotnet\s+)?nuget\s+push\b/, 'nuget'],
  [/(?:^|[\s;&|])gem\s+push\b|(?:^|\s)rake\s+release\b/, 'rubygems'],
  [/\buses:\s*["']?rubygems\/release-gem@/i, 'rubygems'],
];

/** What the registries of a profile are told from. */
export interface RegistryFacts {
  readonly stacks: readonly Stack[];
  readonly workflows: readonly string[];
  /** Names of images that workflows and compose files build here. */
  readonly images: readonly Fact<string>[];
  readonly buildsImages: boolean;
}

/** Where packages and images of the repository are published. */
export async function readRegistries(
  reading: Reading,
  { stacks, workflows, images, buildsImages }: RegistryFacts,
): Promise<readonly Fact<Registry>[]> {
  const published = new Map<PackageRegistry, Source[]>();
  const hosts: { readonly host: string; readonly source: Source }[] = [];
  for (const path of workflows) {
    const text = await reading.text(path);
    if (text === null) continue;
    for (const [pattern, kind] of PUBLISHES) {
      for (const { range } of findLines(text, pattern).slice(0, 3)) {
        published.set(kind, [...(published.get(kind) ?? []), fileSource(path, range)]);
      }
    }
    if (buildsImages) hosts.push(...imageHosts(path, text));
  }
  const found = [
    ...stacks.flatMap((stack) => packageOf(stack, stacks, published)),
    ...(await extensionsOf(reading, stacks)),
  ];
  const named = buildsImages ? images.map(imageOf) : [];
  const byHost = hosts.flatMap(({ host, source }) => {
    const kind = kindOfHost(host);
    // An image that is named in full says more than the registry that a step logs in to.
    return named.some(({ value }) => value.kind === kind && (value.address ?? host) === host)
      ? []
      : [
          factWith<Registry>(
            'moderate',
            { kind, holds: 'images', address: host, name: null, folder: null },
            source,
          ),
        ];
  });
  return distinct([...found, ...named, ...byHost]);
}

function packageOf(
  stack: Stack,
  all: readonly Stack[],
  published: ReadonlyMap<PackageRegistry, readonly Source[]>,
): Fact<Registry>[] {
  const kind = PACKAGE_REGISTRY_OF[stack.language];
  if (kind === null) return [];
  const steps = published.get(kind) ?? [];
  const ofLanguage = all.filter(({ language }) => language === stack.language);
  // A step that publishes means the only manifest of its language, even where that looks like a service's.
  const isMeant = steps.length > 0 && (stack.isPublished || ofLanguage.length === 1);
  if (!stack.isPublished && !isMeant) return [];
  const address = stack.registry?.value ?? null;
  return [
    factWith<Registry>(
      isMeant || stack.registry !== undefined ? 'strong' : 'moderate',
      {
        kind,
        holds: 'packages',
        address: address !== null && isPublicAddress(kind, address) ? null : address,
        name: isKnown(stack.name) ? stack.name.value : null,
        folder: stack.folder,
      },
      ...stack.manifest.sources,
      ...(stack.registry?.sources ?? []),
      ...steps.slice(0, 3),
    ),
  ];
}

/** Extensions of VS Code: a manifest that says for which version of it, and by whom. */
async function extensionsOf(reading: Reading, stacks: readonly Stack[]): Promise<Fact<Registry>[]> {
  const found: Fact<Registry>[] = [];
  for (const stack of stacks.filter(({ language }) => language === 'node')) {
    const path = stack.manifest.value;
    const text = await reading.text(path);
    const read = text === null ? null : readPlaced(text);
    const document = read?.ok ? read.documents[0] : undefined;
    const publisher = document ? stringAt(document.data, ['publisher']) : null;
    const name = document ? stringAt(document.data, ['name']) : null;
    const engine = document ? stringAt(document.data, ['engines', 'vscode']) : null;
    if (!document || publisher === null || name === null || engine === null) continue;
    found.push(
      factWith<Registry>(
        'strong',
        {
          kind: 'vscode-marketplace',
          holds: 'packages',
          address: null,
          name: `${publisher}.${name}`,
          folder: stack.folder,
          ...(await packCommandOf(reading, stack, mapAt(document.data, ['scripts']))),
        },
        fileSource(path, document.rangeOf(['engines', 'vscode'])),
      ),
    );
  }
  return found;
}

/** The script of a manifest that makes a `.vsix`: it calls vsce, or a program of the repository that speaks of one. */
async function packCommandOf(
  reading: Reading,
  stack: Stack,
  scripts: Readonly<Record<string, unknown>>,
): Promise<{ readonly packCommand?: string }> {
  for (const [name, text] of Object.entries(scripts)) {
    if (typeof text !== 'string' || !/^[\w:-]{1,60}$/.test(name) || !/pack|vsix/.test(name)) continue;
    const program = /^node\s+(\S{1,200}\.[cm]?js)$/.exec(text.trim())?.[1];
    const called = program === undefined ? null : await reading.text(inFolder(stack.folder, program));
    if (/\bvsce\s+package\b/.test(text) || called?.includes('.vsix')) {
      return { packCommand: `${stack.packageManager.value} run ${name}` };
    }
  }
  return {};
}

function isPublicAddress(kind: PackageRegistry, address: string): boolean {
  return kind === 'npm' && /^https?:\/\/registry\.npmjs\.org\/?$/.test(address);
}

/** An image's registry by its name: what stands before the first slash is a host where it looks like one. */
function imageOf(image: Fact<string>): Fact<Registry> {
  const [first = '', ...rest] = image.value.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = isHost ? first : 'docker.io';
  return {
    ...image,
    value: {
      kind: kindOfHost(host),
      holds: 'images',
      address: host === 'docker.io' ? null : host,
      name: isHost ? rest.join('/') : image.value,
      folder: null,
    },
  };
}

/** Whose registry a host is. */
export function kindOfHost(host: string): Registry['kind'] {
  if (host === 'ghcr.io') return 'ghcr';
  if (/^(?:index\.|registry-1\.)?docker\.io$/.test(host)) return 'docker-hub';
  if (/\.dkr\.ecr\.[\w-]+\.amazonaws\.com(?:\.cn)?$/.test(host) || host === 'public.ecr.aws') return 'ecr';
  if (/(?:-docker\.pkg\.dev|^(?:[a-z]+\.)?gcr\.io)$/.test(host)) return 'artifact-registry';
  if (/\.azurecr\.io$/.test(host)) return 'acr';
  if (host === 'quay.io') return 'quay';
  return 'other';
}

/** The registries that the steps of a workflow log in to, where the job builds an image as well. */
function imageHosts(path: string, text: string): { host: string; source: Source }[] {
  const read = readPlaced(text);
  const document = read.ok ? read.documents[0] : undefined;
  if (!document) return [];
  const environment = mapAt(document.data, ['env']);
  const literal = (value: string | null): string | null => {
    const held = /^\$\{\{\s*env\.(\w{1,60})\s*\}\}$/.exec(value ?? '')?.[1];
    const plain = held === undefined ? value : dataAt(environment, [held]);
    return typeof plain === 'string' && /^[\w-]+(?:\.[\w-]+)+(?::\d+)?$/.test(plain) ? plain : null;
  };
  return Object.entries(mapAt(document.data, ['jobs'])).flatMap(([id, job]) => {
    const steps = listAt(job, ['steps']);
    const builds = steps.some(
      (step) =>
        /^docker\/(?:build-push-action|bake-action)@/i.test(stringAt(step, ['uses']) ?? '') ||
        /\bdocker\s+(?:image\s+)?push\b|\bdocker\s+buildx\s+build\b.*--push\b/.test(
          stringAt(step, ['run']) ?? '',
        ),
    );
    if (!builds) return [];
    return steps.flatMap((step, index) => {
      const uses = (stringAt(step, ['uses']) ?? '').toLowerCase();
      const at = ['jobs', id, 'steps', index, 'uses'] as const;
      const source = fileSource(path, document.rangeOf(at));
      if (uses.startsWith('docker/login-action@')) {
        const registry = stringAt(step, ['with', 'registry']);
        const host = registry === null ? 'docker.io' : literal(registry);
        return host === null ? [] : [{ host, source }];
      }
      return [];
    });
  });
}

function distinct(facts: readonly Fact<Registry>[]): Fact<Registry>[] {
  const byKey = new Map<string, Fact<Registry>>();
  for (const item of facts) {
    const { kind, address, name, folder } = item.value;
    const key = `${kind} ${address ?? ''} ${name ?? ''} ${folder ?? '-'}`;
    const before = byKey.get(key);
    byKey.set(key, before ? { ...before, ...fact(before.value, ...before.sources, ...item.sources) } : item);
  }
  return [...byKey.values()];
}

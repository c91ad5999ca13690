import { isPlainText } from '../../evidence/detect/shell-text';
import { isKnown } from '../../evidence/fact';
import type { Registry, RepositoryProfile, Stack } from '../../evidence/profile';
import type { Unit } from './plan';

/** Registries whose publishers are told by OIDC, so that no token is kept. */
export type PublishedKind = 'npm' | 'pypi' | 'crates' | 'nuget' | 'rubygems' | 'vscode-marketplace';

/** A package that the pipeline publishes when a tag names its version. */
export interface PublishedPackage {
  readonly kind: PublishedKind;
  readonly name: string;
  readonly stack: Stack;
  /** The GitHub environment in front of the registry. */
  readonly environment: string;
  readonly jobId: string;
  /** The repository's own command that makes it; null: the tool's. */
  readonly packCommand: string | null;
}

/** What is published, and why the rest is not. */
export interface PublishingPlan {
  readonly packages: readonly PublishedPackage[];
  /** What the tags of releases begin with. */
  readonly tagPrefix: string;
  readonly notes: readonly string[];
}

/** A repository that publishes nothing. */
export const NOTHING_PUBLISHED: PublishingPlan = { packages: [], tagPrefix: 'v', notes: [] };

/** The GitHub environment in front of each registry. */
const ENVIRONMENTS: Readonly<Record<PublishedKind, string>> = {
  npm: 'npm',
  pypi: 'pypi',
  crates: 'crates-io',
  nuget: 'nuget',
  rubygems: 'rubygems',
  'vscode-marketplace': 'vscode-marketplace',
};

/** Decides what is published from what the profile tells of registries. */
export function planPublishing(profile: RepositoryProfile, units: readonly Unit[]): PublishingPlan {
  const notes: string[] = [];
  const stacks = units.flatMap((unit) => unit.stacks);
  const registries = (profile.registries ?? []).filter(
    ({ value }) => value.holds === 'packages' && stacks.some(({ folder }) => folder === value.folder),
  );
  const byKind = new Map<Registry['kind'], Registry[]>();
  for (const { value } of registries) byKind.set(value.kind, [...(byKind.get(value.kind) ?? []), value]);
  const packages: PublishedPackage[] = [];
  for (const [kind, found] of byKind) {
    const [registry, ...others] = found;
    if (!registry) continue;
    if (others.length > 0) {
      notes.push(
        `${found.length} packages go to ${kind}: which of them a release publishes is not known, so none is published here.`,
      );
      continue;
    }
    if (!isPublishedKind(kind)) {
      notes.push(`Nothing is published to ${kind}: it takes no login over OIDC that this pipeline knows.`);
      continue;
    }
    if (registry.address !== null) {
      notes.push(
        `Nothing is published to ${registry.address}: how a workflow logs in to a registry of your own is not known.`,
      );
      continue;
    }
    const stack = stacks.find(
      ({ folder, language }) => folder === registry.folder && language === LANGUAGES[kind],
    );
    if (!stack || registry.name === null || !isName(registry.name)) continue;
    packages.push({
      kind,
      name: registry.name,
      stack,
      environment: ENVIRONMENTS[kind],
      packCommand: registry.packCommand ?? null,
      jobId: `publish-${ENVIRONMENTS[kind]}`,
    });
  }
  const versioning = profile.versioning;
  const told = versioning && isKnown(versioning) ? versioning.value : null;
  if (packages.length > 0 && told?.tool && PUBLISH_THEMSELVES.has(told.tool)) {
    return {
      packages: [],
      tagPrefix: 'v',
      notes: [
        ...notes,
        `${told.tool} publishes by itself, so this pipeline does not: it ends with its build.`,
      ],
    };
  }
  const prefix = told?.tagPrefix ?? 'v';
  if (packages.length > 0 && told?.tool === 'release-please') {
    notes.push(
      'A tag that release-please makes with the token of a workflow starts no other workflow: give it a token of a GitHub App.',
    );
  }
  return { packages, tagPrefix: /^[\w.-]{0,30}$/.test(prefix) ? prefix : 'v', notes };
}

const LANGUAGES: Readonly<Record<PublishedKind, Stack['language']>> = {
  npm: 'node',
  pypi: 'python',
  crates: 'rust',
  nuget: 'dotnet',
  rubygems: 'ruby',
  'vscode-marketplace': 'node',
};

/** Tools whose own command uploads the packages. */
const PUBLISH_THEMSELVES: ReadonlySet<string> = new Set([
  'semantic-release',
  'python-semantic-release',
  'changesets',
  'lerna',
  'release-plz',
  'goreleaser',
]);

function isPublishedKind(kind: Registry['kind']): kind is PublishedKind {
  return Object.hasOwn(ENVIRONMENTS, kind);
}

/** Names that stand in an address and in a shell as they are. */
function isName(name: string): boolean {
  return isPlainText(name) && /^@?[A-Za-z0-9][\w.-]{0,200}(?:\/[A-Za-z0-9][\w.-]{0,200})?$/.test(name);
}

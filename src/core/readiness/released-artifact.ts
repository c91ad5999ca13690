import { releaseTags } from '../change/release-range';
import type { Change } from '../change/change';
import { isKnown, type Source } from '../evidence/fact';
import type { RepositoryProfile } from '../evidence/profile';
import type { Configuration } from '../gate/configuration';
import type { PreviousArtifact } from '../risk/rollback/condition';
import { fail, notKnown, type ConditionAnswer } from './condition';
import type { ArtifactAnswer, ArtifactQuestion, ArtifactRegistry, History } from '../ports';

/** Which artifact a release is, and how its versions may be written in the registry. */
export interface NamedArtifact {
  readonly registry: ArtifactQuestion['registry'];
  readonly name: string | null;
  readonly url: string | null;
  /** Patterns with `{version}`, `{tag}`, `{commit}` and `{short}`, the most likely first. */
  readonly versions: readonly string[];
  readonly command: readonly string[] | null;
  readonly verify: readonly string[] | null;
  /** Whether a person named it; what is only read from files may be tagged in ways that nothing tells. */
  readonly isConfigured: boolean;
  readonly sources: readonly Source[];
}

/** One release, in the ways in which its version may be written. */
export interface ReleaseVersion {
  readonly version: string;
  /** The full id; null where it is not known. */
  readonly commit: string | null;
  /** The tag of git that names it; null where there is none. */
  readonly tag: string | null;
}

/** What a registry said of one version of the artifact. */
export interface AskedArtifact {
  readonly artifact: NamedArtifact;
  /** As a person calls the release: `2.4.0`, `v2.3.0`. */
  readonly version: string;
  readonly answer: ArtifactAnswer;
  /** The commits that the artifact names and this repository has, as they are written there, each with its full id. */
  readonly knownCommits: ReadonlyMap<string, string>;
}

/**
 * The artifact that a release is: as the configuration says, else the image that a file of the repository names, else its
 * one package for others.
 */
export function namedArtifact(
  configuration: Configuration,
  profile: RepositoryProfile,
): NamedArtifact | null {
  const settings = configuration.readiness.artifact;
  if (settings) {
    const { version, ...rest } = settings;
    // A release of GitHub is found by its tag, which most write with a v and some with a name.
    const isByTag = settings.registry === 'github-release' && version === '{version}';
    const versions = isByTag ? ['{tag}', 'v{version}', '{version}'] : [version];
    return { ...rest, versions, isConfigured: true, sources: [] };
  }
  const found = { url: null, command: null, verify: null, isConfigured: false };
  const { image } = profile;
  // A name of one part is a local one, or an official image of Docker Hub, which nobody releases here.
  if (isKnown(image) && image.value.includes('/')) {
    return {
      ...found,
      registry: 'oci',
      name: image.value,
      versions: ['{version}', 'v{version}', '{commit}', 'sha-{short}'],
      sources: image.sources,
    };
  }
  const [stack, ...others] = profile.stacks.filter(({ isPublished }) => isPublished);
  if (!stack || others.length > 0 || profile.deployTargets.length > 0 || !isKnown(stack.name)) return null;
  const registry = stack.language === 'node' ? 'npm' : stack.language === 'python' ? 'pypi' : null;
  const elsewhere = stack.registry && !/^https:\/\/registry\.npmjs\.org\/?$/.test(stack.registry.value);
  return registry && !elsewhere
    ? { ...found, registry, name: stack.name.value, versions: ['{version}'], sources: stack.name.sources }
    : null;
}

/** Whether releasing is what puts the artifact into its registry: that it is not there yet is then no fault. */
export function isPublishedByRelease({ registry, isConfigured }: NamedArtifact): boolean {
  return !isConfigured && (registry === 'npm' || registry === 'pypi');
}

/** Asks for a version of the artifact, in each way in which it may be written, until one is there. */
export async function askForArtifact(
  registry: ArtifactRegistry | null,
  artifact: NamedArtifact,
  release: ReleaseVersion,
  history: History,
  signal: AbortSignal,
): Promise<AskedArtifact> {
  const { version, commit } = release;
  const asked = new Set<string>();
  let answer: ArtifactAnswer | null = null;
  for (const pattern of artifact.versions) {
    const written = writtenVersion(pattern, release);
    if (written === null || asked.has(written)) continue;
    asked.add(written);
    const { registry: kind, name, url, command, verify } = artifact;
    const next: ArtifactAnswer = registry
      ? await registry.find({ registry: kind, name, url, version: written, command, verify, commit }, signal)
      : { kind: 'unknown', detail: 'no registry was asked: that takes --online', option: '--online' };
    // One that is not there says less than one that could not be told.
    if (!answer || answer.kind === 'absent') answer = next;
    if (next.kind !== 'absent') break;
  }
  const found = answer ?? {
    kind: 'unknown',
    detail: `"${version}" can be written in none of the ways of the registry`,
  };
  const knownCommits = new Map<string, string>();
  if (found.kind === 'present') {
    for (const claim of found.artifact.commits) {
      const full = await history.resolve(claim.commit, signal);
      if (full !== null) knownCommits.set(claim.commit, full);
    }
  }
  return { artifact, version, answer: found, knownCommits };
}

/** The version before the release, as its tag says; null where the range begins at no release tag. */
export function previousRelease(change: Change | null, configuration: Configuration): ReleaseVersion | null {
  const tag = change?.range.baseTag ?? null;
  const commit = change?.range.commits.base ?? null;
  if (tag === null || commit === null) return null;
  const [release] = releaseTags([{ name: tag, commit, taggedAt: '' }], configuration.tagPattern);
  return {
    version: writtenInTag(tag, release?.version ?? change?.range.previousVersion ?? null),
    commit,
    tag,
  };
}

/** The version as the tag has it (`2.4` where it is normalised to `2.4.0`). */
function writtenInTag(tag: string, version: string | null): string {
  return /\d+(?:\.\d+)+(?:[-+][\w.+-]+)?$/.exec(tag)?.[0] ?? version ?? tag;
}

function writtenVersion(pattern: string, { version, commit, tag }: ReleaseVersion): string | null {
  const values: Readonly<Record<string, string | null>> = {
    version: version.replace(/^v(?=\d)/, ''),
    tag,
    commit,
    short: commit?.slice(0, 7) ?? null,
  };
  let isWhole = true;
  const written = pattern.replace(/\{(version|tag|commit|short)\}/g, (_, key: string) => {
    isWhole &&= values[key] !== null;
    return values[key] ?? '';
  });
  return isWhole ? written : null;
}

/** What the registry said of the version before, for the condition `target-exists` of the rollback. */
export function asPreviousArtifact(asked: AskedArtifact): PreviousArtifact {
  const { answer, artifact } = asked;
  const sources = artifactSources(asked);
  switch (answer.kind) {
    case 'present': {
      const { reference, digest } = answer.artifact;
      return { status: 'present', detail: `${reference} is in its registry`, digest, sources };
    }
    case 'absent':
      // A name that is only read from files may be tagged in ways that nothing tells.
      return {
        status: artifact.isConfigured ? 'absent' : 'unknown',
        detail: answer.detail,
        digest: null,
        sources,
      };
    case 'corrupt':
      return { status: 'refused', detail: answer.detail, digest: null, sources };
    case 'refused':
    case 'unknown':
      return { status: answer.kind, detail: answer.detail, digest: null, sources };
    default:
      return answer satisfies never;
  }
}

/** What the registry said, as evidence. */
export function artifactSources({ answer, artifact }: AskedArtifact): readonly Source[] {
  const from = registryName(artifact);
  const said: readonly Source[] =
    answer.kind === 'present'
      ? [
          {
            kind: 'answer',
            from,
            what: `${answer.artifact.reference}${answer.artifact.digest ? ` ${answer.artifact.digest}` : ''}`,
            url: null,
          },
        ]
      : answer.kind === 'unknown'
        ? []
        : [{ kind: 'answer', from, what: answer.detail, url: null }];
  return [...said, ...artifact.sources];
}

function registryName({ registry, url, command }: NamedArtifact): string {
  switch (registry) {
    case 'oci':
      return 'the registry';
    case 'npm':
      return url ?? 'registry.npmjs.org';
    case 'pypi':
      return url ?? 'pypi.org';
    case 'github-release':
      return 'GitHub releases';
    case 'command':
      return (command ?? []).join(' ');
    default:
      return registry satisfies never;
  }
}

/** What a condition says where the registry refused to tell, or could not be asked. */
export function notToldByRegistry(
  answer: Exclude<ArtifactAnswer, { readonly kind: 'present' }>,
  evidence: readonly Source[],
): ConditionAnswer {
  if (answer.kind === 'unknown') {
    return notKnown(
      answer.detail,
      answer.option ? `run it with ${answer.option}` : 'ask again when the registry answers',
      evidence,
    );
  }
  return fail(
    answer.detail,
    'sign in to the registry (docker login, GITHUB_TOKEN), or have somebody do it who may read it',
    evidence,
  );
}

import { gt, inc, parse, prerelease, valid, type ReleaseType } from 'semver';
import type { Change } from '../../change/change';
import { fact, unknown, type Known, type Source } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';

/** A version with how it was come by, for a sentence: "told", "the tag on the head", … */
export interface ProposedVersion {
  readonly version: Known<string>;
  /** Completes "The version is …"; '' where it is not known. */
  readonly from: string;
}

const NEEDED = 'version';

/**
 * The version of the release: told by a person; else the release tag on the head; else a manifest at the root that is
 * already ahead of the last release; else what the commits since the last release ask for by semantic versioning.
 * Commit types are weak evidence, so that last one is a proposal, and said to be one.
 */
export function proposeVersion(
  told: string | null,
  change: Change | null,
  profile: RepositoryProfile,
): ProposedVersion {
  if (told !== null) {
    return { version: fact(told, { kind: 'person', question: 'version' }), from: 'told' };
  }
  if (!change) return { version: unknown(NEEDED), from: '' };
  const { range } = change;
  if (range.headVersion !== null && range.headTag !== null) {
    const source: Source = { kind: 'tag', name: range.headTag, commit: range.commits.head };
    return { version: fact(range.headVersion, source), from: `that of the tag ${range.headTag} on the head` };
  }
  const previous = range.previousVersion;
  const manifest = manifestVersion(profile);
  if (manifest && (previous === null ? change.range.baseTag === null : gt(manifest.version, previous))) {
    return { version: fact(manifest.version, ...manifest.sources), from: `that of ${manifest.path}` };
  }
  if (previous === null || range.baseTag === null || range.commits.base === null) {
    return { version: unknown(NEEDED), from: '' };
  }
  const bump = bumpOf(change, previous);
  const next = bump === null ? null : inc(previous, bump);
  if (next === null || bump === null) return { version: unknown(NEEDED), from: '' };
  return {
    version: fact(next, { kind: 'tag', name: range.baseTag, commit: range.commits.base }),
    from: `proposed because the commits since ${range.baseTag} ask for a ${bump} version`,
  };
}

function bumpOf(change: Change, previous: string): ReleaseType | null {
  const standing = change.commits.filter(
    (commit) => commit.revertedBy === null && commit.reverts.length === 0,
  );
  // A candidate's release is a person's decision.
  if (prerelease(previous) !== null) return null;
  const isInitial = parse(previous)?.major === 0;
  if (standing.some((commit) => commit.isBreaking)) return isInitial ? 'minor' : 'major';
  if (standing.some((commit) => commit.group === 'features')) return 'minor';
  if (standing.some((commit) => commit.group === 'fixes' || commit.group === 'security')) return 'patch';
  return null;
}

function manifestVersion(
  profile: RepositoryProfile,
): { readonly version: string; readonly path: string; readonly sources: readonly Source[] } | null {
  const versions = profile.stacks
    .filter((stack) => stack.folder === '')
    .flatMap((stack) =>
      'value' in stack.version && valid(stack.version.value) !== null
        ? [{ version: stack.version.value, path: stack.manifest.value, sources: stack.version.sources }]
        : [],
    )
    // The placeholder of a package whose version is set at its release.
    .filter(({ version }) => version !== '0.0.0');
  const [first] = versions;
  return first && versions.every(({ version }) => version === first.version) ? first : null;
}

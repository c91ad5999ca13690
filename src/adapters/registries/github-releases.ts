import type { ArtifactAnswer, ArtifactQuestion, ArtifactSignature, CommitClaim } from '../../core/ports';
import { createGitHubApi, repositoryPath, type GitHubApi, type GitHubApiOptions } from '../github-api';
import { createGitHubCommits } from '../github-commits';
import { at, listAt, numberAt, textAt } from '../json';
import { readAttestation } from './provenance';

/** So many assets are looked up among GitHub's attestations. */
const MAX_ASSETS = 5;

/**
 * Whether GitHub has published a release for a tag, with the digests of its files, the commit of the tag and what its
 * attestations say.
 * https://docs.github.com/rest/releases/releases#get-a-release-by-tag-name
 */
export async function findGitHubRelease(
  question: ArtifactQuestion,
  options: GitHubApiOptions,
  signal?: AbortSignal,
): Promise<ArtifactAnswer> {
  const repository = question.name ?? '';
  const root = repositoryPath(repository);
  if (!root)
    return { kind: 'unknown', detail: `"${repository}" is no repository of GitHub, such as acme/orders` };
  const tag = question.version;
  const shown = `${repository} ${tag}`;
  const api = createGitHubApi(options);
  const answer = await api.get(`${root}/releases/tags/${encodeURIComponent(tag)}`, signal);
  if (answer.kind === 'missing') return whichIsMissing(api, root, repository, tag, signal);
  if (answer.kind !== 'body') return answer;
  const release = answer.body;
  if (textAt(release, 'tag_name') !== tag) {
    return { kind: 'unknown', detail: `${api.name} answers for ${shown} with what is not its release` };
  }
  if (at(release, 'draft') === true) {
    return {
      kind: 'absent',
      detail: `the release ${tag} of ${repository} is a draft, which nobody else sees`,
    };
  }
  const notes: string[] = [];
  const commits: CommitClaim[] = [];
  const url = `https://github.com/${repository}`;
  const tagged = await createGitHubCommits(options).commitOf(repository, tag, signal);
  if (tagged.ok) commits.push({ commit: tagged.commit, from: `the tag ${tag} on GitHub`, repository: url });
  else notes.push(`the tag ${tag} ${tagged.detail}`);

  const assets = listAt(release, 'assets');
  const unfinished = assets.filter((asset) => textAt(asset, 'state') !== 'uploaded');
  if (unfinished.length > 0) {
    return {
      kind: 'corrupt',
      detail: `the file ${textAt(unfinished[0], 'name') ?? ''} of the release ${tag} of ${repository} was not uploaded to its end`,
    };
  }
  const signatures: ArtifactSignature[] = [];
  for (const asset of assets.slice(0, MAX_ASSETS)) {
    const digest = textAt(asset, 'digest');
    const name = textAt(asset, 'name') ?? '';
    if (!digest || !/^sha256:[0-9a-f]{64}$/.test(digest)) continue;
    const found = await api.get(`${root}/attestations/${digest}`, signal);
    if (found.kind === 'refused' || found.kind === 'unknown') notes.push(found.detail);
    if (found.kind !== 'body') continue;
    for (const entry of listAt(found.body, 'attestations').slice(0, MAX_ASSETS)) {
      const read = readAttestation(at(entry, 'bundle'));
      const isAboutThis = read ? read.subjects.includes(digest) : null;
      const where = `GitHub’s attestations of ${name}`;
      signatures.push({ kind: read?.kind ?? 'attestation', where, isAboutThis });
      if (read?.commit && isAboutThis) {
        commits.push({
          commit: read.commit,
          repository: read.repository,
          from: `the provenance in ${where}`,
        });
      }
    }
  }
  if (assets.length > MAX_ASSETS)
    notes.push(`only ${MAX_ASSETS} of its ${assets.length} files were looked into`);
  const [first] = assets;
  return {
    kind: 'present',
    artifact: {
      reference:
        assets.length === 0
          ? `${shown} (no files)`
          : `${shown} (${assets.length === 1 ? '' : `${assets.length} files, first `}${textAt(first, 'name') ?? ''})`,
      digest: textAt(first, 'digest'),
      isDigestComputed: false,
      sizeBytes: assets.reduce<number | null>((sum, asset) => {
        const size = numberAt(asset, 'size');
        return sum === null || size === null ? null : sum + size;
      }, 0),
      createdAt: textAt(release, 'published_at') ?? textAt(release, 'created_at'),
      commits,
      signatures,
      verification: { kind: 'not-verified', detail: '' },
      withdrawn: null,
      notes: [...new Set(notes)],
    },
  };
}

/** GitHub answers 404 for a release that is not there, for one in draft, and for a repository that may not be read. */
async function whichIsMissing(
  api: GitHubApi,
  root: string,
  repository: string,
  tag: string,
  signal: AbortSignal | undefined,
): Promise<ArtifactAnswer> {
  const seen = await api.get(root, signal);
  if (seen.kind === 'missing') {
    return {
      kind: 'refused',
      detail: `${api.name} knows no repository ${repository}, which it also says of a private one ${
        api.hasToken ? 'that the token may not read' : 'to whoever shows no token (GITHUB_TOKEN)'
      }`,
    };
  }
  if (seen.kind !== 'body') return seen;
  // Only who may write sees drafts; to everybody else they are not there, which is the same for a release.
  const recent = await api.get(`${root}/releases?per_page=30`, signal);
  const isDraft =
    recent.kind === 'body' &&
    Array.isArray(recent.body) &&
    recent.body.some((entry: unknown) => textAt(entry, 'tag_name') === tag && at(entry, 'draft') === true);
  return {
    kind: 'absent',
    detail: isDraft
      ? `the release ${tag} of ${repository} is a draft, which nobody else sees`
      : `${repository} has no release ${tag} on GitHub`,
  };
}

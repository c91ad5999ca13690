import type { CommitClaim } from '../../ports';
import { enumerated } from '../../text/words';
import { fail, notKnown, pass, type Condition, type ConditionAnswer } from '../condition';
import { artifactSources, isPublishedByRelease, type AskedArtifact } from '../released-artifact';
import type { ReadinessFacts } from '../facts';

/** Whether what is to be deployed was made from what was judged. */
export const condition: Condition = {
  id: 'artifact-matches-commit',
  title: 'The artifact was made from the commit of the release',
  weight: ({ artifact }) => (artifact && !isPublishedByRelease(artifact.artifact) ? 'block' : 'warn'),
  criterion: 'approval',
  judge: (facts) => {
    const { artifact: asked, change } = facts;
    // Where there is none to be seen, artifact-exists says why and what to do.
    if (asked?.answer.kind !== 'present') return null;
    const { artifact: found } = asked.answer;
    const evidence = artifactSources(asked);
    const { verification } = found;
    if (verification.kind === 'rejected') {
      return fail(
        `${found.reference} ${verification.detail}`,
        'deploy nothing that its signature does not vouch for: build it again from the approved commit',
        evidence,
      );
    }
    const commit = change?.range.commits.head ?? null;
    if (commit === null) {
      return notKnown(
        'the commit of the release is not known',
        'run it in a git repository with its history',
        evidence,
      );
    }
    const short = commit.slice(0, 12);
    const isSame = (claim: CommitClaim): boolean =>
      asked.knownCommits.get(claim.commit) === commit || commit.startsWith(claim.commit);
    const others = found.commits.filter((claim) => !isSame(claim));
    const other = others.find((claim) => isOwn(claim, asked, facts));
    if (other) {
      return fail(
        `${other.from} says that ${found.reference} was made from ${other.commit.slice(0, 12)}, not from ${short}`,
        `build the artifact from ${short}, or release the commit that it was made from (--head ${other.commit.slice(0, 12)})`,
        evidence,
      );
    }
    const same = found.commits.filter(isSame);
    const proof = verification.kind === 'verified' ? `, and ${verification.detail}` : '';
    if (same.length > 0) {
      const read = verification.kind === 'verified' ? '' : '; this was read, and no signature verified';
      const names = enumerated([...new Set(same.map(({ from }) => from))], 'and');
      return pass(
        `${names} ${same.length === 1 ? 'names' : 'name'} ${short}, the commit of the release${proof}${read}`,
        evidence,
      );
    }
    if (verification.kind === 'verified' && verification.namesCommit) {
      return pass(`${found.reference} ${verification.detail}, for the commit ${short}`, evidence);
    }
    return unclear(others, found.reference, short, asked.artifact.registry === 'oci', evidence);
  },
};

function unclear(
  others: readonly CommitClaim[],
  reference: string,
  short: string,
  isImage: boolean,
  evidence: ConditionAnswer['evidence'],
): ConditionAnswer {
  const [foreign] = others;
  if (foreign) {
    return notKnown(
      `${foreign.from} of ${reference} names ${foreign.commit.slice(0, 12)}, which is no commit of this repository${isImage ? ': it may be the label of a base image' : ''}`,
      isImage
        ? `set the label org.opencontainers.image.revision when the image is built, so that it names ${short}`
        : 'find out what was published from where under that name',
      evidence,
    );
  }
  return notKnown(
    `nothing about ${reference} names the commit that it was made from`,
    'have the build write it down (the label org.opencontainers.image.revision, provenance), or name a command under readiness.artifact.verify',
    evidence,
  );
}

/**
 * Whether a commit that is not the release's is one of this repository: then the artifact was made from something else.
 * Labels are handed down from base images, so that a commit of elsewhere says nothing.
 */
function isOwn(claim: CommitClaim, asked: AskedArtifact, { profile }: ReadinessFacts): boolean {
  if (asked.knownCommits.has(claim.commit)) return true;
  if (claim.repository === null || !('value' in profile.remote)) return false;
  const { host, owner, name } = profile.remote.value;
  const own = `${host}/${owner}/${name}`.toLowerCase();
  const claimed = claim.repository
    .toLowerCase()
    .replace(/^[a-z+]+:\/\/(?:[^@/]*@)?|^git@/, '')
    .replace(/^([^/:]+):(?!\d)/, '$1/')
    .replace(/\.git$|\/$/g, '');
  return claimed === own;
}

import type { Source } from '../../evidence/fact';
import type { RollbackCondition, RollbackEvidence } from './condition';

/** The version to go back to: its tag, and what the registry says of its artifact where it was asked. */
export function targetExists({ change, previousArtifact }: RollbackEvidence): RollbackCondition {
  const id = 'target-exists';
  const { baseTag, baseName, commits } = change.range;
  const tag: readonly Source[] =
    baseTag !== null && commits.base !== null ? [{ kind: 'tag', name: baseTag, commit: commits.base }] : [];
  if (baseTag === null) {
    if (commits.base !== null) {
      return {
        id,
        status: 'unknown',
        why: `${baseName ?? commits.base.slice(0, 12)} carries no release tag, so whether it can be deployed is not known`,
        evidence: [],
      };
    }
    return change.isShallow
      ? {
          id,
          status: 'unknown',
          why: 'the clone is shallow, so release tags before its edge are not seen',
          evidence: [],
        }
      : {
          id,
          status: 'fail',
          why: 'no release tag lies before this release, so there is no version to go back to',
          evidence: [],
        };
  }
  if (!previousArtifact) {
    return {
      id,
      status: 'unknown',
      why: `the release ${baseTag} is tagged, but whether its artifact can still be deployed was not asked of the registry`,
      evidence: tag,
    };
  }
  const { status, detail, digest, sources } = previousArtifact;
  const evidence = [...tag, ...sources];
  switch (status) {
    case 'present':
      return {
        id,
        status: 'pass',
        why: `the release ${baseTag} is tagged, and ${detail}${digest === null || detail.includes(digest) ? '' : ` (${digest})`}`,
        evidence,
      };
    case 'absent':
      return {
        id,
        status: 'fail',
        why: `the release ${baseTag} is tagged, but its artifact is gone: ${detail}`,
        evidence,
      };
    case 'refused':
      return {
        id,
        status: 'fail',
        why: `the release ${baseTag} is tagged, but its artifact cannot be fetched: ${detail}`,
        evidence,
      };
    case 'unknown':
      return {
        id,
        status: 'unknown',
        why: `the release ${baseTag} is tagged, but whether its artifact can still be deployed is not known: ${detail}`,
        evidence,
      };
    default:
      return status satisfies never;
  }
}

import { fail, notKnown, pass, type Condition } from '../condition';
import { artifactSources, isPublishedByRelease, notToldByRegistry } from '../released-artifact';

/** Whether the version to go back to can still be fetched. */
export const condition: Condition = {
  id: 'previous-artifact-exists',
  title: 'The artifact of the version before can still be fetched',
  weight: ({ artifact, previousArtifact }) => {
    const asked = previousArtifact ?? artifact;
    return asked && !isPublishedByRelease(asked.artifact) ? 'block' : 'warn';
  },
  criterion: 'reversibility',
  judge: ({ previousArtifact: asked, artifact, change }) => {
    if (!asked) {
      // No artifact is named, or no version lies before: artifact-exists and the rollback's target-exists say so.
      return artifact && change && change.range.baseTag === null && change.range.commits.base !== null
        ? notKnown(
            'no release tag lies at the base of the range, so which version to go back to is not known',
            'tag the releases, or name the tag of the version before with --base',
          )
        : null;
    }
    const { answer, version } = asked;
    const evidence = artifactSources(asked);
    switch (answer.kind) {
      case 'present': {
        const { reference, digest } = answer.artifact;
        return pass(`${reference} is in its registry${digest === null ? '' : `: ${digest}`}`, evidence);
      }
      case 'absent':
        return asked.artifact.isConfigured
          ? fail(
              `${answer.detail}, so there is nothing to go back to`,
              `build and push the artifact of ${version} again from its tag before you release`,
              evidence,
            )
          : notKnown(
              `${answer.detail}${asked.artifact.versions.length > 1 ? ', nor under the other names that are usual (v and the version, the commit)' : ''}`,
              'say under readiness.artifact which artifact it is, and how versions are written there',
              evidence,
            );
      case 'corrupt':
        return fail(answer.detail, `push the artifact of ${version} again from its tag`, evidence);
      case 'refused':
      case 'unknown':
        return notToldByRegistry(answer, evidence);
      default:
        return answer satisfies never;
    }
  },
};

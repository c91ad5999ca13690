import { bytesInWords } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';
import { artifactSources, isPublishedByRelease, notToldByRegistry } from '../released-artifact';

/** Whether the registry has what is to be deployed. */
export const condition: Condition = {
  id: 'artifact-exists',
  title: 'The artifact of the release is in its registry',
  // What nobody named is not missed: a release by script or from a checkout may have no artifact.
  weight: ({ artifact }) => (artifact && !isPublishedByRelease(artifact.artifact) ? 'block' : 'warn'),
  criterion: 'execution',
  judge: ({ artifact: asked }) => {
    if (!asked) {
      return notKnown(
        'neither the configuration nor a file of the repository names the artifact that is released',
        'name it under readiness.artifact in .github/release-gate.yml, or set artifact-exists to off if there is none',
      );
    }
    const { answer, artifact } = asked;
    const evidence = artifactSources(asked);
    if (isPublishedByRelease(artifact) && (answer.kind === 'absent' || answer.kind === 'refused'))
      return null;
    switch (answer.kind) {
      case 'present': {
        const { reference, digest, isDigestComputed, sizeBytes, createdAt, withdrawn } = answer.artifact;
        if (withdrawn !== null) {
          return fail(
            `${reference} is in its registry, and withdrawn (${withdrawn})`,
            'release a version that is not withdrawn',
            evidence,
          );
        }
        const facts = [
          digest === null
            ? 'the registry tells no digest'
            : `${digest}${isDigestComputed ? '' : ', as the registry says'}`,
          ...(sizeBytes === null ? [] : [bytesInWords(sizeBytes)]),
          ...(createdAt === null ? [] : [`made ${createdAt}`]),
        ];
        return pass(`${reference} is in its registry: ${facts.join(', ')}`, evidence);
      }
      case 'absent':
        return artifact.isConfigured
          ? fail(
              answer.detail,
              'build and push the artifact of this version, or release one that is there',
              evidence,
            )
          : notKnown(
              `${answer.detail}, nor under the other names that are usual (v and the version, the commit)`,
              'say under readiness.artifact how versions are written there; then an artifact that is not there is no-go',
              evidence,
            );
      case 'corrupt':
        return fail(
          answer.detail,
          'push the artifact again, and find out what stands between you and the registry',
          evidence,
        );
      case 'refused':
      case 'unknown':
        return notToldByRegistry(answer, evidence);
      default:
        return answer satisfies never;
    }
  },
};

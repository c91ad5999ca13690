/**
 * The conditions of readiness that a configuration may name. They live in `core/readiness/conditions`, which this layer
 * does not see; a test holds the two together.
 */
export const CONDITION_IDS: readonly string[] = [
  'rollback-credible',
  'workflows-proven',
  'documents-sound',
  'artifact-exists',
  'artifact-matches-commit',
  'previous-artifact-exists',
  'target-healthy',
  'no-deployment-in-progress',
];

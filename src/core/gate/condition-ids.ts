/**
 * The conditions of readiness that a configuration may name. They live in `core/readiness/conditions`, which this layer
 * does not see; a test holds the two together.
 */
export const CONDITION_IDS: readonly string[] = [
  'change-known',
  'migrations-ready',
  'rollback-credible',
  'actions-in-plan',
  'plan-current',
  'rollout-justified',
  'rollback-documented',
  'backup-restore-drilled',
  'disaster-recovery-drilled',
  'approved',
  'no-manual-change',
  'change-window',
  'release-auditable',
  'configuration-documented',
  'runbook-reviewed',
  'previous-release-closed',
  'workflows-proven',
  'documents-sound',
  'artifact-exists',
  'artifact-matches-commit',
  'previous-artifact-exists',
  'target-healthy',
  'no-deployment-in-progress',
  'flags-planned',
  'risk-owned',
  'configuration-parity',
];

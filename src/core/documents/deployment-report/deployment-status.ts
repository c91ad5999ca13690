/** How a deployment ended, as the front matter of its report says it. */
export const DEPLOYMENT_STATUSES = ['success', 'failed', 'rolled_back'] as const;

export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

/**
 * The status of a verdict: `Released` is a success, `Rolled-Back` whose rollback was verified is rolled back, and
 * `Rolled-Back` without that, like `Aborted`, has failed. Words of a status stand for themselves; null for anything else.
 *
 * @param isRollbackVerified Whether somebody saw that the version before runs again.
 */
export function deploymentStatusOf(told: string, isRollbackVerified: boolean): DeploymentStatus | null {
  const word = told
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
    .replace(/_with_override$/, '');
  switch (word) {
    case 'success':
    case 'successful':
    case 'released':
      return 'success';
    case 'rolled_back':
      return isRollbackVerified ? 'rolled_back' : 'failed';
    case 'failed':
    case 'failure':
    case 'aborted':
      return 'failed';
    default:
      return null;
  }
}

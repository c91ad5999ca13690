import { isTrustPath } from '../evidence/trust/read';
import { isAlertPath } from './alert-files';

/** Whether the gate looks into a file that is neither a workflow nor a document: alerts, and who trusts GitHub's tokens. */
export function isJudgedPath(path: string): boolean {
  return isAlertPath(path) || isTrustPath(path);
}

import type { Condition } from '../condition';
import { condition as documentsSound } from './documents-sound';
import { condition as rollbackCredible } from './rollback-credible';
import { condition as workflowsProven } from './workflows-proven';

/** Every condition of readiness, in the order in which reports list those that weigh the same. */
export const conditions: readonly Condition[] = [rollbackCredible, workflowsProven, documentsSound];

import type { AlertRule } from '../rule';
import { rule as alertNotActionable } from './alert-not-actionable';

/** The rules over files that define alerts, in the order in which their pages are listed. */
export const alertRules: readonly AlertRule[] = [alertNotActionable];

import { extractReusableWorkflows } from './extract-reusable-workflows';
import { generateGhActionsPipeline } from './generate-gh-actions-pipeline';
import { postmortemSkeleton } from './postmortem-skeleton';
import { releasePlanFromChange } from './release-plan-from-change';
import { runbookForDeployment } from './runbook-for-deployment';
import { secureCloudAuthWithOidc } from './secure-cloud-auth-with-oidc';
import type { Task } from './task';

/** Every task, in the order in which a release needs them; a face lists them from here. */
export const tasks: readonly Task[] = [
  releasePlanFromChange,
  generateGhActionsPipeline,
  secureCloudAuthWithOidc,
  extractReusableWorkflows,
  runbookForDeployment,
  postmortemSkeleton,
];

/** The task of that id; null where there is none. */
export function taskById(id: string): Task | null {
  return tasks.find((task) => task.id === id) ?? null;
}

import { alertRules } from './alert-rules';
import { dashboards } from './dashboards';
import { extractReusableWorkflows } from './extract-reusable-workflows';
import { generateGhActionsPipeline } from './generate-gh-actions-pipeline';
import { issueForms } from './issue-forms';
import { postmortemSkeleton } from './postmortem-skeleton';
import { releasePlanFromChange } from './release-plan-from-change';
import { runbookForDeployment } from './runbook-for-deployment';
import { secureCloudAuthWithOidc } from './secure-cloud-auth-with-oidc';
import { setUpRepository } from './set-up-repository';
import { documentTasks } from './documents/index';
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

/** What `release-gate doc` and "Write a Document" offer, by the kind of the document. */
export const documents: readonly { readonly kind: string; readonly task: Task }[] = [
  { kind: 'release-plan', task: releasePlanFromChange },
  { kind: 'runbook', task: runbookForDeployment },
  { kind: 'postmortem', task: postmortemSkeleton },
  ...documentTasks.map((task) => ({ kind: task.id, task })),
  { kind: issueForms.id, task: issueForms },
  { kind: alertRules.id, task: alertRules },
  { kind: dashboards.id, task: dashboards },
];

/** The task of that id, be it a command or a document; null where there is none. */
export function taskById(id: string): Task | null {
  return (
    [...tasks, ...documentTasks, issueForms, alertRules, dashboards, setUpRepository].find(
      (task) => task.id === id,
    ) ?? null
  );
}

/**
 * Kinds of documents that are written by a task of their own, in the order in which people are shown them. The tasks are far
 * above, in `tasks/documents`; the list stands here, where the configuration sees it too: a template of the repository may
 * write these.
 */
export const DOCUMENT_TASK_IDS = [
  'release-request',
  'deployment-plan',
  'rollback-runbook',
  'incident-response',
  'release-notes',
  'artifact-receipt',
  'verification-report',
  'deployment-report',
  'post-release-review',
  'self-review',
  'definition-of-done',
  'developer-handoff',
  'team-lead-status',
  'environment-matrix',
  'secrets-rotation-plan',
  'pipeline-review',
  'infrastructure-review',
  'incident-update',
  'escalation-request',
  'incident-report',
] as const;

/** The kind of a document that has a task; `tasks/documents/index.ts` lists the tasks in the same order. */
export type DocumentTaskId = (typeof DOCUMENT_TASK_IDS)[number];

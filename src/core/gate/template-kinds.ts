/**
 * The kinds of documents that a template of the repository may write: those that a task of their own fills. The tasks live in
 * `core/tasks/documents`, which this layer does not see; a test holds the two together.
 */
export const TEMPLATE_KINDS: readonly string[] = [
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
];

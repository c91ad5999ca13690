import type { DocumentTaskId } from '../../core/documents/document-task-ids';
import type { CommandTaskId } from '../../core/tasks/task';

/** The ids of our commands; the manifest gives them their titles. */
export const COMMANDS = {
  checkWorkspace: 'releaseGate.checkWorkspace',
  checkFile: 'releaseGate.checkFile',
  fixWorkspace: 'releaseGate.fixWorkspace',
  judgeRelease: 'releaseGate.judgeRelease',
  recordDrill: 'releaseGate.recordDrill',
  recordApproval: 'releaseGate.recordApproval',
  recordOverride: 'releaseGate.recordOverride',
  recordReview: 'releaseGate.recordReview',
  runRelease: 'releaseGate.runRelease',
  rollBack: 'releaseGate.rollBack',
  runDrill: 'releaseGate.runDrill',
  followRelease: 'releaseGate.followRelease',
  resumeRelease: 'releaseGate.resumeRelease',
  resolveRelease: 'releaseGate.resolveRelease',
  closeRelease: 'releaseGate.closeRelease',
  writeDocument: 'releaseGate.writeDocument',
  setUpRepository: 'releaseGate.setUpRepository',
  fillInUnknowns: 'releaseGate.fillInUnknowns',
  showProfile: 'releaseGate.showProfile',
  showPaths: 'releaseGate.showPaths',
  previewRunbook: 'releaseGate.previewRunbook',
  goToRollback: 'releaseGate.goToRollback',
  showRule: 'releaseGate.showRule',
  applyProposal: 'releaseGate.applyProposal',
  showDifference: 'releaseGate.showDifference',
  previewProposal: 'releaseGate.previewProposal',
  answerQuestions: 'releaseGate.answerQuestions',
} as const;

/** The palette command of each task. */
export const TASK_COMMANDS: Readonly<Record<CommandTaskId, string>> = {
  'release-plan-from-change': 'releaseGate.planRelease',
  'generate-gh-actions-pipeline': 'releaseGate.generatePipeline',
  'secure-cloud-auth-with-oidc': 'releaseGate.secureCloudAuth',
  'extract-reusable-workflows': 'releaseGate.extractWorkflows',
  'runbook-for-deployment': 'releaseGate.draftRunbook',
  'postmortem-skeleton': 'releaseGate.draftPostmortem',
};

/** The documents that have a slash command, a prompt file and a skill of their own. */
export const DOCUMENT_COMMANDS: readonly DocumentTaskId[] = [
  'rollback-runbook',
  'environment-matrix',
  'secrets-rotation-plan',
  'pipeline-review',
  'verification-report',
  'release-notes',
  'incident-update',
];

import type { Condition } from '../condition';
import { condition as changeKnown } from './change-known';
import { condition as migrationsReady } from './migrations-ready';
import { condition as noManualChange } from './no-manual-change';
import { condition as changeWindow } from './change-window';
import { condition as releaseAuditable } from './release-auditable';
import { condition as configurationDocumented } from './configuration-documented';
import { condition as runbookReviewed } from './runbook-reviewed';
import { condition as previousReleaseClosed } from './previous-release-closed';
import { condition as failedReleaseResolved } from './failed-release-resolved';
import { condition as artifactExists } from './artifact-exists';
import { condition as artifactMatchesCommit } from './artifact-matches-commit';
import { condition as noDeploymentInProgress } from './no-deployment-in-progress';
import { condition as previousArtifactExists } from './previous-artifact-exists';
import { condition as targetHealthy } from './target-healthy';
import { condition as approved } from './approved';
import { condition as backupRestoreDrilled } from './backup-restore-drilled';
import { condition as disasterRecoveryDrilled } from './disaster-recovery-drilled';
import { condition as configurationParity } from './configuration-parity';
import { condition as documentsSound } from './documents-sound';
import { condition as recordsUnchanged } from './records-unchanged';
import { condition as rollbackCredible } from './rollback-credible';
import { condition as rollbackDocumented } from './rollback-documented';
import { condition as workflowsProven } from './workflows-proven';
import { condition as actionsInPlan } from './actions-in-plan';
import { condition as flagsPlanned } from './flags-planned';
import { condition as planCurrent } from './plan-current';
import { condition as riskOwned } from './risk-owned';
import { condition as rolloutJustified } from './rollout-justified';
import { condition as lintClean } from './lint-clean';
import { condition as typesClean } from './types-clean';
import { condition as unitTestsPassed } from './unit-tests-passed';
import { condition as coverageReached } from './coverage-reached';
import { condition as scanClean } from './scan-clean';
import { condition as buildSucceeded } from './build-succeeded';
import { condition as testsNotFlaky } from './tests-not-flaky';
import { condition as qaApproved } from './qa-approved';
import { condition as acceptanceCriteriaMet } from './acceptance-criteria-met';
import { condition as performanceVerified } from './performance-verified';
import { condition as functionalTestsPassed } from './functional-tests-passed';
import { condition as ticketsDone } from './tickets-done';
import { condition as stagingVerified } from './staging-verified';
import { condition as monitoringReady } from './monitoring-ready';

/** Every condition of readiness, in the order in which reports list those that weigh the same. */
export const conditions: readonly Condition[] = [
  changeKnown,
  rollbackCredible,
  actionsInPlan,
  planCurrent,
  rolloutJustified,
  rollbackDocumented,
  backupRestoreDrilled,
  disasterRecoveryDrilled,
  approved,
  recordsUnchanged,
  migrationsReady,
  workflowsProven,
  documentsSound,
  changeWindow,
  releaseAuditable,
  noManualChange,
  configurationDocumented,
  runbookReviewed,
  previousReleaseClosed,
  failedReleaseResolved,
  artifactExists,
  artifactMatchesCommit,
  previousArtifactExists,
  targetHealthy,
  noDeploymentInProgress,
  flagsPlanned,
  riskOwned,
  configurationParity,
  lintClean,
  typesClean,
  unitTestsPassed,
  coverageReached,
  scanClean,
  buildSucceeded,
  testsNotFlaky,
  qaApproved,
  acceptanceCriteriaMet,
  performanceVerified,
  functionalTestsPassed,
  ticketsDone,
  stagingVerified,
  monitoringReady,
];

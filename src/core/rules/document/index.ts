import { rule as secretRotationIncomplete } from './secret-rotation-incomplete';
import { rule as rotationProcedureIncomplete } from './rotation-procedure-incomplete';
import { rule as rotationCadenceInverted } from './rotation-cadence-inverted';
import { rule as environmentRowIncomplete } from './environment-row-incomplete';
import { rule as parityDeviationUnexplained } from './parity-deviation-unexplained';
import { rule as infrastructurePathMissing } from './infrastructure-path-missing';
import { rule as reviewWithoutCommit } from './review-without-commit';
import { rule as stageRowIncomplete } from './stage-row-incomplete';
import { rule as verdictWithoutEvidence } from './verdict-without-evidence';
import type { DocumentRule } from '../rule';
import { rule as actionItemIncomplete } from './action-item-incomplete';
import { rule as baselineWithoutNumber } from './baseline-without-number';
import { rule as bigBangUnjustified } from './big-bang-unjustified';
import { rule as commandDoesNotParse } from './command-does-not-parse';
import { rule as commandWithPrompt } from './command-with-prompt';
import { rule as documentContradictsWorkflow } from './document-contradicts-workflow';
import { rule as documentOlderThanDeploy } from './document-older-than-deploy';
import { rule as documentColumnMissing } from './document-column-missing';
import { rule as documentSectionMisordered } from './document-section-misordered';
import { rule as documentSectionMissing } from './document-section-missing';
import { rule as hardCodedValue } from './hard-coded-value';
import { rule as linkDoesNotResolve } from './link-does-not-resolve';
import { rule as recordIncomplete } from './record-incomplete';
import { rule as releaseRecordAltered } from './release-record-altered';
import { rule as irreversibleActionNotInPlan } from './irreversible-action-not-in-plan';
import { rule as incidentDocumentIncomplete } from './incident-document-incomplete';
import { rule as speculationInIncidentDocument } from './speculation-in-incident-document';
import { rule as rollbackNotCredible } from './rollback-not-credible';
import { rule as scriptNotFound } from './script-not-found';
import { rule as secretInDocument } from './secret-in-document';
import { rule as environmentNotInMatrix } from './environment-not-in-matrix';
import { rule as listedEnvironmentUnused } from './listed-environment-unused';
import { rule as listedSecretUnused } from './listed-secret-unused';
import { rule as secretNotInPlan } from './secret-not-in-plan';
import { rule as triggersDisagree } from './triggers-disagree';
import { rule as rollbackStrategyDiffers } from './rollback-strategy-differs';
import { rule as stepScriptChanged } from './step-script-changed';
import { rule as stepWithoutCommandOrOutcome } from './step-without-command-or-outcome';
import { rule as timelineOutOfOrder } from './timeline-out-of-order';
import { rule as timelineRowIncomplete } from './timeline-row-incomplete';
import { rule as totalDurationWrong } from './total-duration-wrong';
import { rule as triggerWithoutNumbers } from './trigger-without-numbers';
import { rule as undeclaredParameter } from './undeclared-parameter';
import { rule as unflaggedPlaceholder } from './unflagged-placeholder';
import { rule as unresolvedPlaceholder } from './unresolved-placeholder';
import { rule as unusedParameter } from './unused-parameter';
import { rule as vagueWord } from './vague-word';
import { rule as rollbackUntested } from './rollback-untested';
import { rule as rollbackOverObjective } from './rollback-over-objective';
import { rule as databaseQuestionUnanswered } from './database-question-unanswered';
import { rule as rollbackStrategyUnknown } from './rollback-strategy-unknown';
import { rule as rollbackWithoutVerification } from './rollback-without-verification';
import { rule as deploymentWindowOutOfOrder } from './deployment-window-out-of-order';
import { rule as verificationReportLate } from './verification-report-late';
import { rule as measurementWithoutBaseline } from './measurement-without-baseline';
import { rule as deviationWithoutReason } from './deviation-without-reason';
import { rule as issueWithoutFollowUp } from './issue-without-follow-up';
import { rule as signOffByDeployer } from './sign-off-by-deployer';
import { rule as answerWithoutEvidence } from './answer-without-evidence';
import { rule as documentNotReviewed } from './document-not-reviewed';
import { rule as documentNotTested } from './document-not-tested';
import { rule as reviewOutdated } from './review-outdated';
import { rule as sealedDocumentChanged } from './sealed-document-changed';

/** The rules over documents, in the order in which their pages are listed. */
export const documentRules: readonly DocumentRule[] = [
  documentSectionMissing,
  documentSectionMisordered,
  documentColumnMissing,
  documentContradictsWorkflow,
  documentOlderThanDeploy,
  stepScriptChanged,
  environmentNotInMatrix,
  listedEnvironmentUnused,
  secretNotInPlan,
  listedSecretUnused,
  secretRotationIncomplete,
  rotationProcedureIncomplete,
  rotationCadenceInverted,
  environmentRowIncomplete,
  parityDeviationUnexplained,
  infrastructurePathMissing,
  reviewWithoutCommit,
  reviewOutdated,
  stageRowIncomplete,
  verdictWithoutEvidence,
  triggerWithoutNumbers,
  triggersDisagree,
  rollbackStrategyDiffers,
  irreversibleActionNotInPlan,
  rollbackNotCredible,
  bigBangUnjustified,
  stepWithoutCommandOrOutcome,
  commandDoesNotParse,
  commandWithPrompt,
  undeclaredParameter,
  unusedParameter,
  hardCodedValue,
  scriptNotFound,
  linkDoesNotResolve,
  unflaggedPlaceholder,
  unresolvedPlaceholder,
  actionItemIncomplete,
  timelineRowIncomplete,
  timelineOutOfOrder,
  incidentDocumentIncomplete,
  speculationInIncidentDocument,
  baselineWithoutNumber,
  vagueWord,
  totalDurationWrong,
  verificationReportLate,
  measurementWithoutBaseline,
  deviationWithoutReason,
  issueWithoutFollowUp,
  signOffByDeployer,
  answerWithoutEvidence,
  documentNotReviewed,
  documentNotTested,
  sealedDocumentChanged,
  recordIncomplete,
  releaseRecordAltered,
  secretInDocument,
  rollbackUntested,
  rollbackOverObjective,
  databaseQuestionUnanswered,
  rollbackStrategyUnknown,
  rollbackWithoutVerification,
  deploymentWindowOutOfOrder,
];

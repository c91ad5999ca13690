import { approvalKind } from './approval/approval-kind';
import { deploymentPlanKind } from './deployment-plan/deployment-plan-kind';
import type { DocumentKind } from './document';
import { drillRecordKind } from './drill-record/drill-record-kind';
import { environmentMatrixKind } from './environment-matrix/environment-matrix-kind';
import { infrastructureReviewKind } from './infrastructure-review/infrastructure-review-kind';
import { escalationRequestKind } from './escalation-request/escalation-request-kind';
import { incidentReportKind } from './incident-report/incident-report-kind';
import { incidentUpdateKind } from './incident-update/incident-update-kind';
import { incidentResponseKind } from './incident-response/incident-response-kind';
import { overrideKind } from './override/override-kind';
import { pipelineReviewKind } from './pipeline-review/pipeline-review-kind';
import { postmortemKind } from './postmortem/postmortem-kind';
import { releaseNotesKind } from './release-notes/release-notes-kind';
import { releasePlanKind } from './release-plan/release-plan-kind';
import { releaseRequestKind } from './release-request/release-request-kind';
import { rollbackRunbookKind } from './rollback-runbook/rollback-runbook-kind';
import { runbookKind } from './runbook/runbook-kind';
import { secretsRotationPlanKind } from './secrets-rotation-plan/secrets-rotation-plan-kind';
import { artifactReceiptKind } from './artifact-receipt/artifact-receipt-kind';
import { verificationReportKind } from './verification-report/verification-report-kind';
import { deploymentReportKind } from './deployment-report/deployment-report-kind';
import { postReleaseReviewKind } from './post-release-review/post-release-review-kind';
import { selfReviewKind } from './self-review/self-review-kind';
import { definitionOfDoneKind } from './definition-of-done/definition-of-done-kind';
import { developerHandoffKind } from './developer-handoff/developer-handoff-kind';
import { teamLeadStatusKind } from './team-lead-status/team-lead-status-kind';
import { documentReviewKind } from './document-review/document-review-kind';
import { releaseRecordKind } from './release-record/release-record-kind';
import { rollbackRecordKind } from './rollback-record/rollback-record-kind';

/** Every kind of document that the engine writes and reads, in the order in which a release needs them. */
export const documentKinds: readonly DocumentKind<unknown>[] = [
  releasePlanKind,
  deploymentPlanKind,
  runbookKind,
  releaseRequestKind,
  rollbackRunbookKind,
  incidentResponseKind,
  releaseNotesKind,
  artifactReceiptKind,
  verificationReportKind,
  deploymentReportKind,
  postReleaseReviewKind,
  selfReviewKind,
  definitionOfDoneKind,
  developerHandoffKind,
  teamLeadStatusKind,
  environmentMatrixKind,
  secretsRotationPlanKind,
  pipelineReviewKind,
  infrastructureReviewKind,
  incidentUpdateKind,
  escalationRequestKind,
  incidentReportKind,
  postmortemKind,
  drillRecordKind,
  approvalKind,
  overrideKind,
  documentReviewKind,
  releaseRecordKind,
  rollbackRecordKind,
];

/** The kind of that id; null for an unknown one. */
export function documentKindOf(id: string): DocumentKind<unknown> | null {
  return documentKinds.find((kind) => kind.id === id) ?? null;
}

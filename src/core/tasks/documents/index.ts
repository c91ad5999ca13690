import type { Task } from '../task';
import { artifactReceipt } from './artifact-receipt';
import { definitionOfDone } from './definition-of-done';
import { deploymentPlan } from './deployment-plan';
import { deploymentReport } from './deployment-report';
import { developerHandoff } from './developer-handoff';
import { documentTask } from './document-task';
import { environmentMatrix } from './environment-matrix';
import { escalationRequest } from './escalation-request';
import { incidentReport } from './incident-report';
import { incidentResponse } from './incident-response';
import { incidentUpdate } from './incident-update';
import { postReleaseReview } from './post-release-review';
import { infrastructureReview } from './infrastructure-review';
import { pipelineReview } from './pipeline-review';
import { releaseNotes } from './release-notes';
import { releaseRequest } from './release-request';
import { rollbackRunbook } from './rollback-runbook';
import { secretsRotationPlan } from './secrets-rotation-plan';
import { selfReview } from './self-review';
import { teamLeadStatus } from './team-lead-status';
import { verificationReport } from './verification-report';

/** Every document that has a task of its own, in the order of `DOCUMENT_TASK_IDS`. */
export const documentTasks: readonly Task[] = [
  documentTask(releaseRequest),
  documentTask(deploymentPlan),
  documentTask(rollbackRunbook),
  documentTask(incidentResponse),
  documentTask(releaseNotes),
  documentTask(artifactReceipt),
  documentTask(verificationReport),
  documentTask(deploymentReport),
  documentTask(postReleaseReview),
  documentTask(selfReview),
  documentTask(definitionOfDone),
  documentTask(developerHandoff),
  documentTask(teamLeadStatus),
  documentTask(environmentMatrix),
  documentTask(secretsRotationPlan),
  documentTask(pipelineReview),
  documentTask(infrastructureReview),
  documentTask(incidentUpdate),
  documentTask(escalationRequest),
  documentTask(incidentReport),
];

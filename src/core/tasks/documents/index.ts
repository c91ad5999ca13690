import type { Task } from '../task';
import { documentTask } from './document-task';
import { environmentMatrix } from './environment-matrix';
import { escalationRequest } from './escalation-request';
import { incidentReport } from './incident-report';
import { incidentUpdate } from './incident-update';
import { releaseNotes } from './release-notes';
import { releaseRequest } from './release-request';
import { secretsRotationPlan } from './secrets-rotation-plan';

/** Every document that has a task of its own, in the order of `DOCUMENT_TASK_IDS`. */
export const documentTasks: readonly Task[] = [
  documentTask(releaseRequest),
  documentTask(releaseNotes),
  documentTask(environmentMatrix),
  documentTask(secretsRotationPlan),
  documentTask(incidentUpdate),
  documentTask(escalationRequest),
  documentTask(incidentReport),
];

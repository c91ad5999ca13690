import type { Task } from '../task';
import { documentTask } from './document-task';
import { releaseNotes } from './release-notes';
import { secretsRotationPlan } from './secrets-rotation-plan';

/** Every document that has a task of its own, in the order of `DOCUMENT_TASK_IDS`. */
export const documentTasks: readonly Task[] = [documentTask(releaseNotes), documentTask(secretsRotationPlan)];

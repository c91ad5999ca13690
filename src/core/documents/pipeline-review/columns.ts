import type { Columns } from '../markdown/parts';

/** The files that were reviewed. */
export const reviewedFileColumns: Columns<'file' | 'commit'> = {
  file: ['file', 'path', 'workflow', 'configuration'],
  commit: ['commit', 'sha', 'commit sha', 'version', 'revision'],
};

/** The stages of a pipeline, by what people call the columns. */
export const stageColumns: Columns<
  'stage' | 'job' | 'purpose' | 'starts' | 'waitsFor' | 'timeLimit' | 'blocking' | 'onFailure' | 'notified'
> = {
  stage: ['stage', 'phase'],
  job: ['job', 'name'],
  purpose: ['what it does', 'purpose', 'description', 'behaviour', 'behavior'],
  starts: ['starts', 'trigger', 'triggers', 'starts when', 'condition'],
  waitsFor: ['waits for', 'needs', 'depends on'],
  timeLimit: ['time limit', 'timeout', 'timeout minutes'],
  blocking: ['blocking', 'blocks', 'gate', 'is blocking', 'required'],
  onFailure: [
    'when it fails',
    'on failure',
    'failure mode',
    'failure',
    'failure behaviour',
    'failure behavior',
  ],
  notified: ['told', 'notified', 'who is notified', 'notification', 'notifies'],
};

/** Questions with the engine's answers. */
export const questionColumns: Columns<'question' | 'verdict' | 'evidence'> = {
  question: ['question', 'check', 'criterion', 'what'],
  verdict: ['verdict', 'result', 'status', 'pass fail'],
  evidence: ['evidence', 'notes', 'finding', 'why'],
};

/** What was found. */
export const findingColumns: Columns<'weight' | 'rule' | 'place' | 'finding' | 'fix'> = {
  weight: ['weight', 'severity', 'priority'],
  rule: ['rule', 'id'],
  place: ['where', 'place', 'location', 'file', 'line'],
  finding: ['finding', 'issue', 'problem', 'what'],
  fix: ['recommended fix', 'fix', 'recommendation', 'action', 'suggested fix'],
};

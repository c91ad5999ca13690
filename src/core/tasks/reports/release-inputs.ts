import type { TaskInput } from '../task';

/** Which release a report is about. */
export const releaseInputs: readonly TaskInput[] = [
  { name: 'version', question: 'Which version was released?', isAsked: true },
  { name: 'environment', question: 'Where? (production by default)', isAsked: false },
  {
    name: 'commit',
    question: "Which commit was deployed? (that of the version's tag by default)",
    isAsked: false,
  },
  { name: 'base', question: 'From which tag or commit on? (the release before by default)', isAsked: false },
  {
    name: 'head',
    question: 'Up to which tag or commit? (the tag of the version by default)',
    isAsked: false,
  },
];

/** What a person who was there tells of a deployment. */
export const deploymentInputs: readonly TaskInput[] = [
  { name: 'deployed_by', question: 'Who deployed it?', isAsked: true },
  { name: 'deployed_at', question: 'When did it begin (2026-11-20T14:00Z)?', isAsked: true },
  { name: 'completed_at', question: 'When was it completed (2026-11-20T14:12Z)?', isAsked: true },
];

/** The metrics of a release as a person reads them off. */
export const measurementsInput: TaskInput = {
  name: 'measurements',
  question:
    'What was measured, each with its baseline? (p95 latency | 142 ms | 138 ms | dashboard; error rate | 0.02 % | 0.01 %)',
  isAsked: true,
};

/** What went wrong. */
export const issuesInput: TaskInput = {
  name: 'issues',
  question:
    'What went wrong? (issue | resolution | whether the runbook needs updating | follow-up | owner | due day; several with semicolons; none)',
  isAsked: true,
};

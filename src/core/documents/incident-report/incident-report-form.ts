import type { IssueForm } from '../issue-forms/issue-form';

const TIMELINE_ROWS = [
  '| Time | Event | Source | Verified |',
  '| --- | --- | --- | --- |',
  '| 2027-03-01T10:12Z | What happened | A link, log line or query | no |',
].join('\n');

const ACTION_ROWS = [
  '| Action | Owner | Due | Verified by |',
  '| --- | --- | --- | --- |',
  '| What is done | A name | 2027-03-15 | How somebody sees that it works |',
].join('\n');

/** The form by which an incident is reported. */
export const incidentReportForm: IssueForm = {
  fileName: '08-incident-report.yml',
  name: 'Incident report',
  description: 'Report an incident, or a fault found after a release',
  titlePrefix: 'Incident: ',
  labels: ['incident'],
  introduction:
    'Facts with their time, zone and source. What is not known: write UNKNOWN(what is needed) rather than a guess. No secrets, no personal data.',
  questions: [
    {
      id: 'severity',
      type: 'dropdown',
      label: 'Severity',
      description: 'As it is now; it may change',
      options: ['SEV1', 'SEV2', 'SEV3', 'SEV4'],
      isRequired: true,
    },
    {
      id: 'version',
      type: 'input',
      label: 'Affected version',
      description: 'The version that ran, and the environment',
      placeholder: '2.4.0 in production',
      isRequired: true,
    },
    {
      id: 'decision',
      type: 'dropdown',
      label: 'Decision',
      description: 'What is done about the version that runs',
      options: ['roll back', 'fix forward', 'neither', 'not decided yet'],
      isRequired: true,
    },
    {
      id: 'timeline',
      type: 'textarea',
      label: 'Timeline',
      description: 'Each row with its time and zone, and what shows it',
      placeholder: TIMELINE_ROWS,
      isRequired: true,
    },
    {
      id: 'root-cause',
      type: 'textarea',
      label: 'Root Cause',
      description: 'With the evidence for it, or UNKNOWN(...)',
      isRequired: true,
    },
    {
      id: 'impact',
      type: 'textarea',
      label: 'Impact',
      description: 'Who was affected, how many, for how long: numbers',
      isRequired: true,
    },
    {
      id: 'action-items',
      type: 'textarea',
      label: 'Action Items',
      description: 'Each with an owner by name, a due date and how it is verified',
      placeholder: ACTION_ROWS,
      isRequired: true,
    },
    {
      id: 'lessons-learned',
      type: 'textarea',
      label: 'Lessons Learned',
      description: 'What went well, what went badly, where luck helped',
      isRequired: false,
    },
  ],
};

import type { IssueForm } from '../issue-forms/issue-form';

/** The form by which a release is asked for. */
export const releaseRequestForm: IssueForm = {
  fileName: '07-release-request.yml',
  name: 'Release request',
  description: 'Ask for a version to be released to an environment',
  titlePrefix: 'Release: ',
  labels: ['release'],
  introduction:
    'One version, one environment. What is not known yet: write UNKNOWN(what is needed). Nobody approves their own request.',
  questions: [
    {
      id: 'version',
      type: 'input',
      label: 'Version',
      description: 'The version and the commit or digest that it was built from',
      placeholder: '2.4.0 (1a2b3c4)',
      isRequired: true,
    },
    {
      id: 'environment',
      type: 'input',
      label: 'Environment',
      description: 'Where it is released to',
      placeholder: 'production',
      isRequired: true,
    },
    {
      id: 'strategy',
      type: 'dropdown',
      label: 'Deployment Strategy',
      description: 'All at once is the exception: say why in the plan',
      options: ['canary', 'blue-green', 'rolling', 'all-at-once', 'manual'],
      isRequired: true,
    },
    {
      id: 'changelog',
      type: 'textarea',
      label: 'Changelog',
      description: 'What changes for users and operators; a link to the release plan or notes',
      isRequired: true,
    },
    {
      id: 'rollback-plan',
      type: 'textarea',
      label: 'Rollback Plan',
      description:
        'The version that is gone back to, the command, when it was practised, and what cannot be undone',
      isRequired: true,
    },
    {
      id: 'monitoring',
      type: 'textarea',
      label: 'Monitoring',
      description:
        'Which metrics are watched for how long, and the triggers: metric, comparison, threshold, window, for how long',
      isRequired: true,
    },
  ],
};

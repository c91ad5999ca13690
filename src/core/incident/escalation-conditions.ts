/** What shows that a reason to escalate has come about, as far as the engine can tell. */
export type EscalationSignalSource =
  /** A blocking finding of one of these rules of the check. */
  | { readonly by: 'rules'; readonly rules: readonly string[] }
  /** One of these conditions of the readiness gate does not hold. */
  | { readonly by: 'conditions'; readonly conditions: readonly string[] }
  /** Nothing in a repository shows it: a person raises it. */
  | { readonly by: 'person'; readonly why: string };

/** A reason to call for help rather than go on. */
export interface EscalationCondition {
  readonly id: string;
  /** Completes "Escalate when …". */
  readonly when: string;
  readonly signals: readonly EscalationSignalSource[];
}

/** When to escalate: the eight of a release engineer, and what ends a release at once. */
export const escalationConditions: readonly EscalationCondition[] = [
  {
    id: 'rollback-did-not-help',
    when: 'a production deployment fails and the rollback does not fix it',
    signals: [
      { by: 'person', why: 'what runs in production after a rollback is seen there, not in the repository' },
    ],
  },
  {
    id: 'pipeline-vulnerable',
    when: 'the pipeline itself is vulnerable',
    signals: [
      {
        by: 'rules',
        rules: [
          'unsafe-trigger-reaches-prod',
          'unverified-code-in-prod',
          'cross-run-artifact-unverified',
          'unpinned-action',
          'excessive-permissions',
        ],
      },
      { by: 'conditions', conditions: ['scan-clean'] },
    ],
  },
  {
    id: 'environments-drifted',
    when: 'an environment has drifted from what is declared, or staging from production',
    signals: [{ by: 'conditions', conditions: ['configuration-parity', 'no-manual-change'] }],
  },
  {
    id: 'secrets-exposed',
    when: 'a secret was exposed',
    signals: [
      {
        by: 'rules',
        rules: ['secret-in-log', 'secret-in-argument', 'secret-in-document', 'committed-secret'],
      },
    ],
  },
  {
    id: 'pipeline-slow',
    when: 'the pipeline has become too slow to release or to go back in time',
    signals: [
      { by: 'conditions', conditions: ['rollback-credible'] },
      {
        by: 'person',
        why: 'run times are known to the CI system; a pipeline review states them from a report',
      },
    ],
  },
  {
    id: 'cost-unexpected',
    when: 'what it costs to run has grown unexpectedly',
    signals: [{ by: 'person', why: 'costs are known to the cloud provider, not to the repository' }],
  },
  {
    id: 'pipeline-bypassed',
    when: 'somebody changed production by hand, around the pipeline',
    signals: [{ by: 'conditions', conditions: ['no-manual-change'] }],
  },
  {
    id: 'audit-gap',
    when: 'it cannot be told who deployed what, when, and who approved it',
    signals: [
      { by: 'rules', rules: ['deployment-record-off', 'record-incomplete'] },
      { by: 'conditions', conditions: ['release-auditable', 'records-unchanged', 'approved'] },
    ],
  },
  {
    id: 'outage',
    when: 'users cannot use the service',
    signals: [
      { by: 'conditions', conditions: ['target-healthy'] },
      { by: 'person', why: 'an outage is seen by its users and monitors' },
    ],
  },
  {
    id: 'data-at-risk',
    when: 'the integrity of data is in doubt',
    signals: [
      { by: 'conditions', conditions: ['actions-in-plan', 'migrations-ready'] },
      { by: 'person', why: 'whether data is still right is found out in the data' },
    ],
  },
  {
    id: 'objective-out-of-reach',
    when: 'the service cannot be restored within its recovery time objective',
    signals: [
      { by: 'conditions', conditions: ['rollback-credible'] },
      { by: 'person', why: 'how long it will take is known to those who restore it' },
    ],
  },
];

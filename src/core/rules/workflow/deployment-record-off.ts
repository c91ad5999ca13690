import { removeEntry } from '../../workflow/edit';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import type { RuleFinding, WorkflowRule } from '../rule';
import { expressionIn, productionPathOf, quoted, whyItDeploys } from './production-path';

/** Events that GitHub sends for a deployment's record: workflows that wait for them would start once there is one. */
const RECORD_EVENTS = ['deployment', 'deployment_status'];

/**
 * A production deployment leaves no deployment record.
 * https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/control-deployments#using-environments-without-deployments
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'deployment-record-off',
  title: 'A production deployment leaves no record',
  severity: 'warn',
  why: 'With `deployment: false` the history of the environment does not show what was released and when, and custom protection rules cannot be used: a job whose environment has one fails.',
  check(set) {
    return productionPathOf(set)
      .deploying.filter((facts) => facts.target?.kind === 'production')
      .flatMap((facts) => judge(set, facts));
  },
};

function judge(set: WorkflowSet, facts: JobFacts): RuleFinding[] {
  const { job, workflow } = facts;
  const environment = job.environment;
  const off = environment?.deployment;
  if (!environment || !off || !isFalse(off.value)) return [];
  const map = valueOf(job.body, 'environment');
  const edits = map?.kind === 'map' ? removeEntry(workflow.text, map, 'deployment') : null;
  const wouldStartOthers = set.workflows.some((other) =>
    other.triggers.some(({ event }) => RECORD_EVENTS.includes(event)),
  );
  return [
    {
      path: workflow.path,
      span: off.span,
      status: 'fail',
      message: `\`deployment: ${off.value}\` keeps what ${quoted(job)} deploys out of the history of "${environment.name.value}", and custom protection rules with it: take the line out`,
      evidence: whyItDeploys(facts),
      ...(edits?.ok
        ? {
            fix: {
              kind: wouldStartOthers ? ('proposed' as const) : ('safe' as const),
              title: 'Record the deployment',
              edits: [{ path: workflow.path, edits: edits.edits }],
            },
          }
        : {}),
    },
  ];
}

/** Only what is false in every run: an expression over the ref or the event may well record production. */
function isFalse(value: string): boolean {
  return (expressionIn(value) ?? value).trim().toLowerCase() === 'false';
}

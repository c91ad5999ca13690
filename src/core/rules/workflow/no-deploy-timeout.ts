import type { Step } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { setEntry } from '../../workflow/edit';
import type { RuleFinding, WorkflowRule } from '../rule';
import {
  descendantsOf,
  evidenceOf,
  hasPurpose,
  productionPathOf,
  quoted,
  type ProductionPath,
} from './production-path';

/** Actions that limit the time of what they run by an input of their own. */
const TIME_LIMIT_INPUTS = ['timeout_minutes', 'timeout_seconds', 'timeout-minutes'];

/** GitHub's own limit, in minutes: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idtimeout-minutes */
const DEFAULT_MINUTES = 360;

/** What the fix writes where the configuration says nothing, in minutes: longer than most deployments take, much shorter than six hours. */
const PROPOSED_MINUTES = 30;

/** A deployment, or the check behind it, may hang for six hours. */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'no-deploy-timeout',
  title: 'A deployment has no time limit',
  severity: 'warn',
  why: `Without a limit a hanging deployment is ended by GitHub after ${DEFAULT_MINUTES} minutes; until then nobody is told, and the next deployment waits.`,
  check(set, facts) {
    const path = productionPathOf(set);
    return set.jobs.flatMap((job) =>
      judge(set, path, job, facts.limits?.deployTimeoutMinutes ?? PROPOSED_MINUTES),
    );
  },
};

function judge(set: WorkflowSet, path: ProductionPath, facts: JobFacts, minutes: number): RuleFinding[] {
  const { job, workflow } = facts;
  // A job that calls a workflow takes no limit; the jobs inside do.
  if (job.uses || job.timeoutMinutes) return [];
  const deploys = path.deploying.includes(facts);
  const verifies = !deploys && verifiesProduction(set, path, facts);
  if (!deploys && !verifies) return [];
  const long = longSteps(facts, deploys);
  if (long.length > 0 && long.every(hasLimit)) return [];
  const edits = setEntry(workflow.text, job.body, 'timeout-minutes', minutes, {
    after: ['name', 'needs', 'if', 'runs-on'],
  });
  return [
    {
      path: workflow.path,
      span: job.id.span,
      status: 'fail',
      message: `The job ${quoted(job)} ${deploys ? 'deploys' : 'checks a deployment'} without a time limit and may hang for ${DEFAULT_MINUTES} minutes: add \`timeout-minutes\``,
      ...(edits.ok
        ? {
            fix: {
              kind: 'proposed' as const,
              title: `End the job after ${minutes} minutes`,
              edits: [{ path: workflow.path, edits: edits.edits }],
            },
          }
        : {}),
    },
  ];
}

function verifiesProduction(set: WorkflowSet, path: ProductionPath, facts: JobFacts): boolean {
  if (!hasPurpose(facts, 'verify') && !hasPurpose(facts, 'smoke')) return false;
  return path.production.some((production) => descendantsOf(set, production).includes(facts));
}

/** The steps that the deployment, or the check, waits in. */
function longSteps(facts: JobFacts, deploys: boolean): readonly Step[] {
  const purposes = deploys ? (['deploy', 'rollback'] as const) : (['verify', 'smoke'] as const);
  const indexes = new Set(
    purposes.flatMap((purpose) => evidenceOf(facts, purpose).map((evidence) => evidence.stepIndex)),
  );
  return facts.job.steps.filter((step) => indexes.has(step.index));
}

function hasLimit(step: Step): boolean {
  return (
    step.timeoutMinutes !== null ||
    step.with.some((input) => TIME_LIMIT_INPUTS.includes(input.name.value.toLowerCase()))
  );
}

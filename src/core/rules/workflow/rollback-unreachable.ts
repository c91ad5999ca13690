import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { setEntry } from '../../workflow/edit';
import type { RuleFinding, WorkflowRule } from '../rule';
import { expressionIn, hasPurpose, onlyRollsBack, quoted } from './production-path';

/**
 * A rollback job that needs the deployment and keeps the implicit `success()`: it is skipped when the deployment fails.
 * https://docs.github.com/actions/reference/workflows-and-actions/expressions#status-check-functions
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'rollback-unreachable',
  title: 'A rollback never runs when it is needed',
  severity: 'block',
  why: 'A job without a status function in its condition runs only where everything before it succeeded; a rollback is for the other case.',
  check(set) {
    return set.jobs.filter(onlyRollsBack).flatMap((facts) => judge(set, facts));
  },
};

function judge(set: WorkflowSet, facts: JobFacts): RuleFinding[] {
  const { job, workflow } = facts;
  const deployment = set.ancestorsOf(facts).find((ancestor) => hasPurpose(ancestor, 'deploy'));
  if (!deployment) return [];
  const condition = job.condition?.value ?? null;
  // What an earlier job found out may ask for the rollback although everything succeeded.
  if (condition !== null && /\b(always|failure|cancelled)\s*\(|\boutputs\b/i.test(condition)) return [];
  const inner = condition === null ? null : (expressionIn(condition) ?? condition);
  const edits = setEntry(
    workflow.text,
    job.body,
    'if',
    inner === null ? 'failure()' : `failure() && (${inner})`,
    { after: ['name', 'needs'] },
  );
  return [
    {
      path: workflow.path,
      span: job.condition?.span ?? job.id.span,
      status: 'fail',
      severity:
        facts.target?.kind === 'production' || deployment.target?.kind === 'production' ? 'block' : 'warn',
      message: `${quoted(job)} rolls back, but runs only when ${quoted(deployment.job)} and all before it succeeded: give it \`if: failure()\``,
      evidence: [
        {
          message: `"${job.id.value}" waits for the success of this deployment`,
          path: deployment.workflow.path,
          span: deployment.job.id.span,
        },
      ],
      ...(edits.ok && (inner === null || !inner.includes('${{'))
        ? {
            fix: {
              kind: 'proposed' as const,
              title: `Let ${quoted(job)} run when something before it failed`,
              edits: [{ path: workflow.path, edits: edits.edits }],
            },
          }
        : {}),
    },
  ];
}

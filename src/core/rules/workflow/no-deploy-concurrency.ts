import type { Concurrency } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { setEntry } from '../../workflow/edit';
import type { RuleFinding, WorkflowRule } from '../rule';
import { callChainsOf, productionPathOf, quoted, whyItDeploys } from './production-path';

/**
 * Nothing keeps two deployments of one environment from running at the same time.
 * https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'no-deploy-concurrency',
  title: 'Two deployments of one environment can race',
  severity: 'block',
  why: 'Two runs that deploy at once leave a mixture of two versions, and the older one may finish last.',
  check(set) {
    const path = productionPathOf(set);
    return [...path.production, ...path.unknownTarget].flatMap((facts) => judge(set, facts));
  },
};

/** The groups that cover a job in one of the ways in which it runs: its own, its workflow's, its callers'. */
export function groupsOver(
  chain: readonly JobFacts[],
): readonly { concurrency: Concurrency; facts: JobFacts }[] {
  return chain.flatMap((facts) =>
    [facts.job.concurrency, facts.workflow.concurrency].flatMap((concurrency) =>
      concurrency?.group ? [{ concurrency, facts }] : [],
    ),
  );
}

function judge(set: WorkflowSet, facts: JobFacts): RuleFinding[] {
  if (callChainsOf(set, facts).every((chain) => groupsOver(chain).length > 0)) return [];
  const { job, workflow } = facts;
  const isProduction = facts.target?.kind === 'production';
  const group = groupName(facts);
  const edits = group
    ? setEntry(
        workflow.text,
        job.body,
        'concurrency',
        { group, 'cancel-in-progress': false, queue: 'max' },
        { after: ['name', 'needs', 'if', 'runs-on', 'environment'] },
      )
    : null;
  return [
    {
      path: workflow.path,
      span: job.id.span,
      status: 'fail',
      severity: isProduction ? 'block' : 'warn',
      message: `Two runs of ${quoted(job)} can deploy ${isProduction ? 'production ' : ''}at the same time: add a \`concurrency\` group that every deployment of this target shares, with \`cancel-in-progress: false\``,
      evidence: whyItDeploys(facts),
      ...(edits?.ok
        ? {
            fix: {
              kind: 'proposed' as const,
              title: `Let deployments wait for one another in the group ${group}`,
              edits: [{ path: workflow.path, edits: edits.edits }],
            },
          }
        : {}),
    },
  ];
}

/** One key for each environment; null where the job's environment is not one literal name. */
export function groupName(facts: JobFacts): string | null {
  const environment = facts.job.environment?.name.value;
  if (environment === undefined) return facts.target?.kind === 'production' ? 'deploy-production' : null;
  return /^[A-Za-z0-9._-]+$/.test(environment) ? `deploy-${environment.toLowerCase()}` : null;
}

import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { RuleFinding, WorkflowRule } from '../rule';
import { setEntry } from '../../workflow/edit';
import { callChainsOf, productionPathOf, quoted, whyItDeploys } from './production-path';

/** Names of environments that surely are no approval for production. */
const NOT_PRODUCTION =
  /(^|[^a-z])(dev|development|test|testing|qa|uat|stage|staging|preview|sandbox|integration|ci)([^a-z]|$)/i;

/**
 * A production deployment names no environment, so that GitHub cannot ask anybody to approve it.
 * https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'prod-without-environment',
  title: 'A production deployment names no environment',
  severity: 'block',
  why: 'Required reviewers, branch policies and environment secrets hang on the environment; a job without one deploys as soon as it starts.',
  check(set) {
    return productionPathOf(set).production.flatMap((facts) => judge(set, facts));
  },
};

function judge(set: WorkflowSet, facts: JobFacts): RuleFinding[] {
  const { job, workflow } = facts;
  if (job.environment) return [];
  // An approval in an earlier job counts as the environment where its success is really needed (Definition 8).
  let defeated: RuleFinding['counterexample'];
  let approval: JobFacts | null = null;
  let unknown: string | null = null;
  let isApproved = true;
  for (const chain of callChainsOf(set, facts)) {
    let holds = false;
    for (const link of chain) {
      for (const earlier of set.ancestorsOf(link)) {
        if (!mayApprove(earlier)) continue;
        const verdict = set.canStartWithout(link, earlier);
        if (verdict.kind === 'holds') holds = true;
        else {
          approval ??= earlier;
          if (verdict.kind === 'fails') defeated ??= verdict.counterexample;
          else unknown ??= verdict.because;
        }
      }
    }
    if (!holds) isApproved = false;
  }
  if (isApproved) return [];
  const base = { path: workflow.path, span: job.id.span, evidence: whyItDeploys(facts) } as const;
  if (approval && defeated) {
    return [
      {
        ...base,
        status: 'fail',
        message: `The production job ${quoted(job)} names no environment and can start without the approval in ${quoted(approval.job)}: name the environment here, or let every job in between need its success`,
        counterexample: defeated,
      },
    ];
  }
  if (approval && unknown) {
    return [
      {
        ...base,
        status: 'unknown',
        message: `The production job ${quoted(job)} names no environment, and whether it waits for the approval in ${quoted(approval.job)} is not known (${unknown}): name the environment here`,
      },
    ];
  }
  const edits = setEntry(workflow.text, job.body, 'environment', 'production', {
    after: ['name', 'needs', 'if', 'runs-on'],
  });
  return [
    {
      ...base,
      status: 'fail',
      message: `The production job ${quoted(job)} names no environment, so nobody can be asked to approve it: add \`environment:\` with the name of the protected environment`,
      ...(edits.ok
        ? {
            fix: {
              kind: 'proposed' as const,
              title: 'Name the environment production',
              edits: [{ path: workflow.path, edits: edits.edits }],
            },
          }
        : {}),
    },
  ];
}

/** A job with an environment that deploys nothing elsewhere: where somebody can be asked. */
function mayApprove(facts: JobFacts): boolean {
  const name = facts.job.environment?.name.value;
  return name !== undefined && facts.target?.kind !== 'non-production' && !NOT_PRODUCTION.test(name);
}

import type { JobFacts, ReachVerdict, WorkflowSet } from '../../workflow/understanding';
import { severityOfUnknown } from './guards';
import type { GateFacts, RuleFinding, WorkflowRule } from '../rule';
import { setEntry } from '../../workflow/edit';
import { approvalsBefore } from './approvals';
import { kindOfEnvironment } from './environment-names';
import { callChainsOf, productionPathOf, quoted, whyItDeploys } from './production-path';

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
  check(set, gate) {
    return productionPathOf(set).production.flatMap((facts) => judge(set, gate, facts));
  },
};

function judge(set: WorkflowSet, gate: GateFacts, facts: JobFacts): RuleFinding[] {
  const { job, workflow } = facts;
  if (job.environment) return [];
  // An approval in an earlier job counts as the environment where its success is really needed (Definition 8).
  let defeated: RuleFinding['counterexample'];
  let approval: JobFacts | null = null;
  let unknown: Extract<ReachVerdict, { kind: 'unknown' }> | null = null;
  let isApproved = true;
  for (const chain of callChainsOf(set, facts)) {
    let holds = false;
    for (const link of chain) {
      for (const earlier of approvalsBefore(set, link, gate)) {
        const verdict = set.canStartWithout(link, earlier);
        if (verdict.kind === 'holds') holds = true;
        else {
          approval ??= earlier;
          if (verdict.kind === 'fails') defeated ??= verdict.counterexample;
          else unknown ??= verdict;
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
        ...severityOfUnknown(unknown),
        message: `The production job ${quoted(job)} names no environment, and whether it waits for the approval in ${quoted(approval.job)} is not known (${unknown.because}): name the environment here`,
      },
    ];
  }
  const other = environmentForOtherWork(set, gate, facts);
  const name = other?.environmentNames?.[0] ?? 'production';
  const edits = setEntry(workflow.text, job.body, 'environment', name, {
    after: ['name', 'needs', 'if', 'runs-on'],
  });
  return [
    {
      ...base,
      status: 'fail',
      message: other
        ? `The production job ${quoted(job)} names no environment, and the one of ${quoted(other.job)} is asked for what that job does: add \`environment: ${name}\` here`
        : `The production job ${quoted(job)} names no environment, so nobody can be asked to approve it: add \`environment:\` with the name of the protected environment`,
      ...(edits.ok
        ? {
            fix: {
              kind: 'proposed' as const,
              title: `Name the environment ${name}`,
              edits: [{ path: workflow.path, edits: edits.edits }],
            },
          }
        : {}),
    },
  ];
}

/** A job before this one that has an environment for work of its own: its approval was for that work. */
function environmentForOtherWork(set: WorkflowSet, gate: GateFacts, facts: JobFacts): JobFacts | null {
  return (
    set
      .ancestorsOf(facts)
      .find(
        ({ job, environmentNames }) =>
          job.environment !== null &&
          (environmentNames ?? []).some((name) => kindOfEnvironment(name, gate) === 'production'),
      ) ?? null
  );
}

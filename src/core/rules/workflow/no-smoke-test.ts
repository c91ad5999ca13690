import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { RuleFinding, WorkflowRule } from '../rule';
import { checksAfter, unreadStepAfter, waitsForRollout } from './checks-after-deployment';
import { deploysInfrastructure, productionPathOf, quoted, whyItDeploys } from './production-path';

/**
 * Nothing asks the system after it was deployed.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'no-smoke-test',
  title: 'Nothing checks the system after the deployment',
  severity: 'block',
  why: 'A deployment that succeeded says that the platform took the version, not that the version works; without a question to the system the users find out first.',
  check(set) {
    const path = productionPathOf(set);
    return [...path.production, ...path.unknownTarget].flatMap((facts) => judge(set, facts));
  },
};

function judge(set: WorkflowSet, facts: JobFacts): RuleFinding[] {
  const { job, workflow } = facts;
  const checks = checksAfter(set, facts).filter((check) => check.kind === 'asks');
  const unread = unreadStepAfter(set, facts);
  // What cannot fail, or is skipped where it has nothing to ask, is the finding of toothless-check.
  if (checks.some((check) => check.faults.length === 0 || !unread)) return [];

  const blocks = facts.target?.kind === 'production' && !deploysInfrastructure(facts);
  const waits = waitsForRollout(set, facts);
  const base = { path: workflow.path, span: job.id.span } as const;
  if (unread) {
    return [
      {
        ...base,
        status: 'unknown',
        severity: blocks ? 'block' : 'warn',
        message: `Whether anything checks the system after ${quoted(job)} is not known, since nothing tells what the step behind it does: call the health endpoint in a step of its own, so that it can be seen`,
        evidence: [unread, ...whyItDeploys(facts)],
      },
    ];
  }
  return [
    {
      ...base,
      status: 'fail',
      severity: blocks && waits.length === 0 ? 'block' : 'warn',
      message:
        waits.length > 0
          ? `After ${quoted(job)} the platform is waited for, but nothing asks the system itself: add a request to it that can fail`
          : `Nothing checks the system after ${quoted(job)} has deployed it: add a step or job that asks it and can fail`,
      evidence: [...waits.slice(0, 1), ...whyItDeploys(facts)],
    },
  ];
}

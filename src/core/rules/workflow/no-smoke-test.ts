import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { actionOf } from '../../workflow/credential-uses';
import { insertStep } from '../../workflow/edit';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { checksAfter, unreadStepAfter, waitsForRollout } from './checks-after-deployment';
import {
  deploysInfrastructure,
  lastDeployStep,
  productionPathOf,
  quoted,
  whyItDeploys,
} from './production-path';
import { goesBack } from './ways-back';

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

  const blocks =
    facts.target?.kind === 'production' && !deploysInfrastructure(facts) && !goesBack(set, facts);
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
      ...fixOf(facts),
    },
  ];
}

/** Outputs of deploying actions that hold the address of what was deployed. To teach one more, add a line. */
const ADDRESS_OUTPUTS: Readonly<Record<string, string>> = {
  'azure/functions-action': 'app-url',
  'azure/static-web-apps-deploy': 'static_web_app_url',
  'azure/webapps-deploy': 'webapp-url',
  'google-github-actions/deploy-cloudrun': 'url',
  'nwtgck/actions-netlify': 'deploy-url',
};

/** A request to the address that the workflow itself names: that of the environment, or an output of the deployment. */
function fixOf(facts: JobFacts): { readonly fix?: Fix } {
  const { job, workflow } = facts;
  const last = lastDeployStep(facts);
  const address = addressOf(facts, last);
  const { runsOn } = job;
  if (address === null || last < 0 || runsOn?.kind !== 'scalar' || !/^(ubuntu|macos)-/.test(runsOn.text))
    return {};
  const result = insertStep(workflow.text, job, last + 1, {
    name: 'Check that the deployment answers',
    env: { BASE_URL: address },
    run: 'curl --fail --silent --show-error --retry 5 --retry-delay 5 --max-time 10 "$BASE_URL"',
  });
  if (!result.ok) return {};
  const title = `Ask ${address.includes('${{') ? 'the address of the deployment' : `"${address}"`} after the deployment`;
  return { fix: { kind: 'proposed', title, edits: [{ path: workflow.path, edits: result.edits }] } };
}

function addressOf({ job }: JobFacts, last: number): string | null {
  const url = job.environment?.url?.value.trim();
  if (url !== undefined && /^(https:\/\/|\$\{\{)/.test(url)) {
    const steps = [...url.matchAll(/\bsteps\.([\w-]+)/g)].map(([, id]) =>
      job.steps.find((step) => step.id?.value === id),
    );
    if (steps.every((step) => step !== undefined && step.index <= last)) return url;
  }
  const deploy = job.steps.find((step) => step.index === last);
  const output = deploy ? ADDRESS_OUTPUTS[actionOf(deploy) ?? ''] : undefined;
  return deploy?.id && output !== undefined ? `\${{ steps.${deploy.id.value}.outputs.${output} }}` : null;
}

import type { Concurrency } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import { replaceScalar } from '../../workflow/edit';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { groupsOver } from './no-deploy-concurrency';
import { callChainsOf, expressionIn, listed, productionPathOf } from './production-path';

/**
 * A newer run cancels a production deployment that is under way.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#concurrency
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'cancels-prod-deploy',
  title: 'A newer run cancels a deployment that is under way',
  severity: 'block',
  why: 'A deployment that is cancelled half-way leaves part of the old version and part of the new one, and its checks and rollback do not run.',
  check(set) {
    const path = productionPathOf(set);
    const places = new Map<string, { concurrency: Concurrency; owner: JobFacts; jobs: JobFacts[] }>();
    for (const facts of [...path.production, ...path.unknownTarget]) {
      for (const { concurrency, facts: owner } of groupsOf(set, facts)) {
        if (!cancels(concurrency, owner)) continue;
        const key = `${owner.workflow.path}:${concurrency.span.start}`;
        const place = places.get(key) ?? { concurrency, owner, jobs: [] };
        if (!place.jobs.includes(facts)) place.jobs.push(facts);
        places.set(key, place);
      }
    }
    return [...places.values()].map(finding);
  },
};

function groupsOf(set: WorkflowSet, facts: JobFacts): ReturnType<typeof groupsOver> {
  return callChainsOf(set, facts).flatMap((chain) => groupsOver(chain));
}

/**
 * Whether the group cancels on the way that deploys. An expression that tells branches or events apart is taken to
 * spare production unless it names the main line or is plainly true: `github.ref != 'refs/heads/main'` and
 * `github.event_name == 'pull_request'` are how people spare it.
 */
function cancels(concurrency: Concurrency, owner: JobFacts): boolean {
  const value = concurrency.cancelInProgress?.value.trim();
  if (value === undefined) return false;
  if (value.toLowerCase() === 'true') return true;
  const expression = expressionIn(value)?.replace(/\s+/g, ' ').toLowerCase();
  if (expression === undefined) return false;
  if (expression === 'true') return true;
  const onlyRef = /^github\.(ref|ref_name) == '(?:refs\/heads\/)?([^']+)'$/.exec(expression);
  if (onlyRef?.[2] !== undefined) return deploysFrom(owner, onlyRef[2]);
  const onlyEvent = /^github\.event_name == '([a-z_]+)'$/.exec(expression);
  if (onlyEvent?.[1] !== undefined) {
    const event = onlyEvent[1];
    return (
      !event.startsWith('pull_request') && owner.workflow.triggers.every((trigger) => trigger.event === event)
    );
  }
  const notEvent = /^github\.event_name != '([a-z_]+)'$/.exec(expression);
  if (notEvent?.[1] !== undefined) return notEvent[1].startsWith('pull_request');
  return false;
}

/** Whether a push to just this branch is what starts the workflow. */
function deploysFrom(owner: JobFacts, branch: string): boolean {
  const push = owner.workflow.triggers.find((trigger) => trigger.event === 'push');
  return push?.branches?.some((pattern) => pattern.value.toLowerCase() === branch) ?? false;
}

function finding(place: {
  concurrency: Concurrency;
  owner: JobFacts;
  jobs: readonly JobFacts[];
}): RuleFinding {
  const { concurrency, owner, jobs } = place;
  const { workflow } = owner;
  const isProduction = jobs.some((facts) => facts.target?.kind === 'production');
  const isOfJob = owner.job.concurrency === concurrency;
  const names = listed(jobs.map((facts) => facts.job.id.value));
  const value = concurrency.cancelInProgress;
  const fix = fixOf(place, isOfJob);
  return {
    path: workflow.path,
    span: value?.span ?? concurrency.span,
    status: 'fail',
    severity: isProduction ? 'block' : 'warn',
    message: `\`cancel-in-progress: ${value?.value ?? ''}\` lets a newer run cancel the deployment in ${names} half-way: set it to false where the run deploys`,
    evidence: jobs.slice(0, 3).map((facts) => ({
      message: `"${facts.job.id.value}" deploys under this group`,
      path: facts.workflow.path,
      span: facts.job.id.span,
    })),
    ...(fix ? { fix } : {}),
  };
}

function fixOf(place: { concurrency: Concurrency; owner: JobFacts }, isOfJob: boolean): Fix | null {
  const { owner, concurrency } = place;
  const holder = isOfJob
    ? valueOf(owner.job.body, 'concurrency')
    : valueOf(owner.workflow.tree.root, 'concurrency');
  const scalar = valueOf(holder, 'cancel-in-progress');
  if (scalar?.kind !== 'scalar' || scalar.span.start !== concurrency.cancelInProgress?.span.start)
    return null;
  const result = replaceScalar(owner.workflow.text, scalar, 'false');
  if (!result.ok) return null;
  // A group of a whole workflow may also be there to stop stale runs of pull requests: that is for a person to weigh.
  const servesPullRequests =
    !isOfJob && owner.workflow.triggers.some((trigger) => trigger.event.startsWith('pull_request'));
  return {
    kind: servesPullRequests ? 'proposed' : 'safe',
    title: 'Let a deployment that is under way finish',
    edits: [{ path: owner.workflow.path, edits: result.edits }],
  };
}

import type { Step } from '../../workflow/model';
import type { JobFacts, PurposeEvidence, WorkflowSet } from '../../workflow/understanding';
import type { FindingEvidence, RuleFinding, WorkflowRule } from '../rule';
import {
  callChainsOf,
  chainedTo,
  deploysInfrastructure,
  descendantsOf,
  evidenceOf,
  lastDeployStep,
  productionPathOf,
  quoted,
  saidBy,
  textAt,
  whyItDeploys,
} from './production-path';

/** Purposes that ask the system when they come behind its deployment. */
const CHECKS = ['verify', 'smoke', 'end-to-end'] as const;

/** Waiting for the platform to say that it is done: the system itself is not asked (Definition 5). */
const ROLLOUT_WAIT =
  /rollout\s+status|\bwait\s+(--|-f|services-stable|deployment|stack)|services-stable|describe-(services|deployments)|kubectl\s+(get|wait|describe)|wait-for-(service-stability|deployment|minutes)|--wait\b|--atomic\b|--rollback-on-failure\b/i;

/** Programs that surely ask the system nothing: their steps are no check under another name. */
const SILENT = new Set([
  '.', '[', '[[', 'aws', 'awk', 'az', 'cat', 'cd', 'chmod', 'cp', 'date', 'echo', 'exit', 'export', 'false', 'gcloud',
  'gh', 'git', 'grep', 'head', 'helm', 'jq', 'kubectl', 'local', 'ls', 'mkdir', 'mv', 'printf', 'read', 'rm', 'sed',
  'set', 'sleep', 'source', 'tail', 'tar', 'tee', 'terraform', 'test', 'touch', 'true', 'unzip', 'zip',
]); // prettier-ignore

/** Package managers and docker ask nothing with these; with another word they may run anything. */
const SILENT_COMMANDS =
  /^((npm|pnpm|yarn) (ci|i|install|publish|version|pack)|docker (build|buildx|login|logout|pull|push|tag))\b/;

/** Names of actions that may be a check, though nothing more is known of them. */
const MAYBE_CHECK = /health|smoke|verif|check|test|lighthouse|ping|probe|uptime|synthetic|curl|http/i;

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
  const last = lastDeployStep(facts);
  const after = jobsAfter(set, facts);
  const checks: { facts: JobFacts; evidence: PurposeEvidence }[] = CHECKS.flatMap((purpose) => [
    ...evidenceOf(facts, purpose)
      .filter((evidence) => (evidence.stepIndex ?? -1) >= last)
      .map((evidence) => ({ facts, evidence })),
    ...after.flatMap((later) => evidenceOf(later, purpose).map((evidence) => ({ facts: later, evidence }))),
  ]);
  if (checks.some((check) => !ROLLOUT_WAIT.test(saidBy(check.facts.workflow, check.evidence)))) return [];

  const blocks = facts.target?.kind === 'production' && !deploysInfrastructure(facts);
  const waits: FindingEvidence[] = checks.map(({ evidence }) => ({
    message: `it waits for the rollout: ${evidence.message}`,
    path: evidence.path,
    span: evidence.span,
  }));
  if (waits.length === 0) {
    const step = job.steps.find(
      (candidate) => candidate.index <= last && ROLLOUT_WAIT.test(textAt(workflow, candidate.span)),
    );
    if (step) waits.push({ message: 'it waits for the rollout here', path: workflow.path, span: step.span });
  }
  const base = { path: workflow.path, span: job.id.span } as const;
  const unread = unreadStep(facts, last, after);
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

/** What runs behind a deployment: jobs that need it, jobs behind its callers, and workflows that follow this one. */
function jobsAfter(set: WorkflowSet, facts: JobFacts): readonly JobFacts[] {
  const after = new Set<JobFacts>();
  for (const chain of callChainsOf(set, facts)) {
    for (const link of chain) {
      for (const later of descendantsOf(set, link)) {
        after.add(later);
        if (later.calls)
          for (const inside of set.jobs) if (inside.workflow === later.calls) after.add(inside);
      }
      for (const workflow of [...chainedTo(set, link.workflow), ...onDeploymentStatus(set)]) {
        for (const later of set.jobs) if (later.workflow === workflow) after.add(later);
      }
    }
  }
  after.delete(facts);
  return [...after];
}

/** Workflows that GitHub starts when a deployment reports its state. */
function onDeploymentStatus(set: WorkflowSet): readonly JobFacts['workflow'][] {
  return set.workflows.filter((workflow) =>
    workflow.triggers.some((trigger) => trigger.event === 'deployment_status'),
  );
}

/** A step behind the deployment that runs something of the repository's own which nothing here can read. */
function unreadStep(facts: JobFacts, last: number, after: readonly JobFacts[]): FindingEvidence | null {
  for (const candidate of [facts, ...after]) {
    for (const step of candidate.job.steps) {
      if (candidate === facts && (last < 0 || step.index <= last)) continue;
      if (candidate.purposes.some((evidence) => evidence.stepIndex === step.index)) continue;
      if (!mayCheck(candidate, step)) continue;
      return {
        message: `the step of "${candidate.job.id.value}" that cannot be judged`,
        path: candidate.workflow.path,
        span: step.name?.span ?? step.uses?.span ?? step.span,
      };
    }
  }
  return null;
}

function mayCheck(facts: JobFacts, step: Step): boolean {
  if (step.uses) {
    const action = step.uses.value.split('@')[0] ?? '';
    return action !== 'actions/checkout' && MAYBE_CHECK.test(action.split('/').slice(1).join('/'));
  }
  if (!step.run) return false;
  const commands = facts.commands.filter((command) => command.step === step);
  // A shell that is not read leaves no commands: it may hold anything.
  if (commands.length === 0) return true;
  return commands.some(({ words }) => {
    const program = words[0]?.toLowerCase() ?? '';
    if (program === '' || program.includes('=') || SILENT.has(program)) return false;
    return !SILENT_COMMANDS.test(words.join(' '));
  });
}

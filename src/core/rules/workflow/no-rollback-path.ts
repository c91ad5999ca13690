import type { Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { RuleFinding, WorkflowRule } from '../rule';
import {
  callChainsOf,
  deploysInfrastructure,
  hasPurpose,
  productionPathOf,
  quoted,
  textAt,
  type ProductionPath,
} from './production-path';

/** Names of inputs with which a person says which version to deploy. */
const VERSION_INPUT =
  /(^|[-_])(version|tag|image|digest|release|revision|rev|ref|sha|commit|artifact|build|run)([-_]|$)|(version|tag|image|digest|ref|sha)$/i;

/**
 * Options with which a platform takes a failed deployment back by itself. Helm: `--atomic`, `--rollback-on-failure`;
 * SAM and CloudFormation roll a failed stack back unless told otherwise.
 */
const PLATFORM_ROLLBACK =
  /--atomic\b|--rollback-on-failure\b|\bhelm\s+.*--cleanup-on-fail\b|\bsam\s+deploy\b|\bcloudformation\s+(deploy|update-stack)\b|\bcdk\s+deploy\b|\baz\s+containerapp\b|aws-cloudformation-github-deploy|codedeploy|automatic-rollback/i;

/**
 * Nothing in the repository takes a bad release back.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'no-rollback-path',
  title: 'Nothing takes a bad release back',
  severity: 'block',
  why: 'When a release goes wrong, the way back has to exist already: a rollback that is worked out during the outage is the longest part of it.',
  check(set) {
    const path = productionPathOf(set);
    if (set.jobs.some((facts) => hasPurpose(facts, 'rollback'))) return [];
    return byWorkflow(path).flatMap(([workflow, jobs]) => judge(set, workflow, jobs));
  },
};

/** One fault of one workflow is one finding, however many jobs deploy in it. */
function byWorkflow(path: ProductionPath): readonly [Workflow, readonly [JobFacts, ...JobFacts[]]][] {
  const groups = new Map<Workflow, [JobFacts, ...JobFacts[]]>();
  for (const facts of [...path.production, ...path.unknownTarget]) {
    const group = groups.get(facts.workflow);
    if (group) group.push(facts);
    else groups.set(facts.workflow, [facts]);
  }
  return [...groups];
}

function judge(
  set: WorkflowSet,
  workflow: Workflow,
  jobs: readonly [JobFacts, ...JobFacts[]],
): RuleFinding[] {
  const [first] = jobs;
  if (jobs.some((facts) => deploysChosenVersion(set, facts))) return [];
  const blocks = jobs.some((facts) => facts.target?.kind === 'production' && !deploysInfrastructure(facts));
  const shown = jobs.find((facts) => facts.target?.kind === 'production') ?? first;
  const platform = jobs.some((facts) =>
    facts.job.steps.some((step) => PLATFORM_ROLLBACK.test(textAt(workflow, step.span))),
  );
  const others = jobs.filter((facts) => facts !== shown);
  return [
    {
      path: workflow.path,
      span: shown.job.id.span,
      status: 'fail',
      severity: blocks && !platform ? 'block' : 'warn',
      message: platform
        ? `The platform takes a failed deployment of ${quoted(shown.job)} back, but nothing takes back one that succeeded and is bad: add a rollback job, or a dispatch that deploys an earlier version`
        : `Nothing in the workflows takes back what ${quoted(shown.job)} deploys: add a rollback job, or a \`workflow_dispatch\` that deploys an earlier version`,
      ...(others.length > 0
        ? {
            evidence: others.map((facts) => ({
              message: `"${facts.job.id.value}" deploys as well`,
              path: workflow.path,
              span: facts.job.id.span,
            })),
          }
        : {}),
    },
  ];
}

/** A dispatch whose input says which version: the earlier one is a choice of the same form (Definition 14). */
function deploysChosenVersion(set: WorkflowSet, facts: JobFacts): boolean {
  return callChainsOf(set, facts).some((chain) => {
    const outer = chain[chain.length - 1] ?? facts;
    return outer.workflow.triggers.some(
      (trigger) =>
        trigger.event === 'repository_dispatch' ||
        (trigger.event === 'workflow_dispatch' &&
          trigger.inputs.some(
            (input) =>
              input.type === 'string' &&
              VERSION_INPUT.test(input.name.value) &&
              isUsed(chain, input.name.value),
          )),
    );
  });
}

function isUsed(chain: readonly JobFacts[], input: string): boolean {
  const wanted = [`inputs.${input}`, `inputs['${input}']`].map((text) => text.toLowerCase());
  return chain.some((facts) => {
    const text = facts.workflow.text.toLowerCase();
    return wanted.some((use) => text.includes(use));
  });
}

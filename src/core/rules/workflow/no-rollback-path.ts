import type { Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { insertStep, setEntry } from '../../workflow/edit';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { checksAfter } from './checks-after-deployment';
import {
  callChainsOf,
  deploysInfrastructure,
  evidenceOf,
  hasPurpose,
  productionPathOf,
  quoted,
  textAt,
  type ProductionPath,
} from './production-path';
import { commandOf, isCalledRollback, subjectsOf, takesBack, undoOf, waysBackIn } from './ways-back';

/**
 * Options with which a platform takes a failed deployment back by itself. Helm: `--atomic`, `--rollback-on-failure`;
 * SAM and CloudFormation roll a failed stack back unless told otherwise.
 */
const PLATFORM_ROLLBACK =
  /--atomic\b|--rollback-on-failure\b|\bhelm\s+.*--cleanup-on-fail\b|\bsam\s+deploy\b|\bcloudformation\s+(deploy|update-stack)\b|\bcdk\s+deploy\b|\baz\s+containerapp\b|aws-cloudformation-github-deploy|codedeploy|automatic-rollback/i;

/** A condition that says which ref or event may deploy. */
const ASKS_REF = /\bgithub\.(ref|ref_name|ref_type|event_name|event\.ref|base_ref|head_ref)\b/i;

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
    const waysBack = waysBackIn(set);
    return byWorkflow(path).flatMap(([workflow, jobs]) => {
      const [first, ...others] = jobs.filter(
        (facts) =>
          // What is called a rollback and is none is the finding of rollback-without-target.
          !isCalledRollback(set, facts) && !waysBack.some((way) => takesBack(way, facts)),
      );
      return first ? judge(set, workflow, [first, ...others], waysBack) : [];
    });
  },
};

/** One fault of one workflow is one finding, however many jobs deploy in it. */
function byWorkflow(path: ProductionPath): readonly [Workflow, readonly JobFacts[]][] {
  const groups = new Map<Workflow, JobFacts[]>();
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
  waysBack: readonly JobFacts[],
): RuleFinding[] {
  const [first] = jobs;
  const blocks = jobs.some((facts) => facts.target?.kind === 'production' && !deploysInfrastructure(facts));
  const shown = jobs.find((facts) => facts.target?.kind === 'production') ?? first;
  const platform = jobs.some((facts) =>
    facts.job.steps.some((step) => PLATFORM_ROLLBACK.test(textAt(workflow, step.span))),
  );
  const byTag = jobs.every((facts) => canStartFromEarlierTag(set, facts));
  const others = jobs.filter((facts) => facts !== shown);
  const evidence = [
    ...others.map((facts) => ({
      message: `"${facts.job.id.value}" deploys as well`,
      path: workflow.path,
      span: facts.job.id.span,
    })),
    ...waysBack.slice(0, 3).map((way) => ({
      message: `"${way.job.id.value}" takes something else back: ${(subjectsOf(way, hasPurpose(way, 'rollback') ? 'rollback' : 'deploy') ?? ['an application']).join(', ')}`,
      path: way.workflow.path,
      span: way.job.id.span,
    })),
  ];
  return [
    {
      path: workflow.path,
      span: shown.job.id.span,
      status: 'fail',
      severity: blocks && !platform && !byTag ? 'block' : 'warn',
      message: platform
        ? `The platform takes a failed deployment of ${quoted(shown.job)} back, but nothing takes back one that succeeded and is bad: add a rollback job, or a dispatch that deploys an earlier version`
        : byTag
          ? `The only way back from what ${quoted(shown.job)} deploys is to start this workflow by hand on an earlier tag: add a rollback job, or give \`workflow_dispatch\` an input that names the version`
          : `Nothing in the workflows takes back what ${quoted(shown.job)} deploys: add a rollback job, or a \`workflow_dispatch\` that deploys an earlier version`,
      ...(evidence.length > 0 ? { evidence } : {}),
      ...(jobs.length === 1 ? fixOf(set, shown) : {}),
    },
  ];
}

/**
 * A last step that undoes the deployment where the check behind it failed: in the deploying job, which is logged in.
 * Only where the platform's own undo of the same workload is known, and something behind the deployment can fail. A
 * rollback that a person starts is a new file, and what it needs to log in is theirs to say.
 */
function fixOf(set: WorkflowSet, facts: JobFacts): { readonly fix?: Fix } {
  const { job, workflow } = facts;
  const [deploy, ...others] = evidenceOf(facts, 'deploy');
  const command = deploy && others.length === 0 ? commandOf(facts, deploy) : null;
  const undo = command ? undoOf(command) : null;
  if (!command || undo === null || command.isConditional) return {};
  const { step } = command;
  const canFail = checksAfter(set, facts).some(
    (check) => check.facts === facts && (check.step?.index ?? -1) > step.index && check.faults.length === 0,
  );
  const id = step.id?.value ?? 'deploy';
  if (!canFail || (!step.id && job.steps.some((other) => other.id?.value === id))) return {};
  const named = step.id
    ? ({ ok: true, edits: [] } as const)
    : setEntry(workflow.text, step.body, 'id', id, { after: ['name'], before: ['run'] });
  const inserted = insertStep(workflow.text, job, job.steps.length, {
    name: 'Roll back',
    if: `failure() && steps.${id}.outcome == 'success'`,
    run: undo,
  });
  if (!named.ok || !inserted.ok) return {};
  const edits = [{ path: workflow.path, edits: [...named.edits, ...inserted.edits] }];
  return { fix: { kind: 'proposed', title: `Roll back by \`${undo}\` where the check fails`, edits } };
}

/**
 * Where tags or releases start the deployment, a bare dispatch can be started on an older tag, unless a condition on the
 * way asks for the ref. Where a branch does, the older version has no ref to start from.
 */
function canStartFromEarlierTag(set: WorkflowSet, facts: JobFacts): boolean {
  return callChainsOf(set, facts).some((chain) => {
    const outer = chain[chain.length - 1] ?? facts;
    const conditions = chain
      .flatMap((link) => [link, ...set.ancestorsOf(link)])
      .flatMap((link) => [link.job.condition, ...link.job.steps.map((step) => step.condition)]);
    const { triggers } = outer.workflow;
    return (
      triggers.some((trigger) => trigger.event === 'release' || trigger.tags !== null) &&
      triggers.some((trigger) => trigger.event === 'workflow_dispatch') &&
      !conditions.some((condition) => condition !== null && ASKS_REF.test(condition.value))
    );
  });
}

import { unwrapCommand } from '../../shell/wrappers';
import type { Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { RuleFinding, WorkflowRule } from '../rule';
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

/** Names of inputs with which a person says which version to deploy. */
const VERSION_INPUT =
  /(^|[-_])(version|tag|image|digest|release|revision|rev|ref|sha|commit|artifact|build|run)([-_]|$)|(version|tag|image|digest|ref|sha)$/i;

/**
 * Options with which a platform takes a failed deployment back by itself. Helm: `--atomic`, `--rollback-on-failure`;
 * SAM and CloudFormation roll a failed stack back unless told otherwise.
 */
const PLATFORM_ROLLBACK =
  /--atomic\b|--rollback-on-failure\b|\bhelm\s+.*--cleanup-on-fail\b|\bsam\s+deploy\b|\bcloudformation\s+(deploy|update-stack)\b|\bcdk\s+deploy\b|\baz\s+containerapp\b|aws-cloudformation-github-deploy|codedeploy|automatic-rollback/i;

/** An exchange of two slots leaves the old version in the other one: exchanging again is the way back. */
const SWAP = /\bslot\s+swap\b|\bswap-(environment-cnames|slots?)\b/i;

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
      const [first, ...others] = jobs.filter((facts) => !waysBack.some((way) => takesBack(way, facts)));
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

/** Every job of the repository, in whatever workflow, that can put an earlier version back (Definition 14). */
function waysBackIn(set: WorkflowSet): readonly JobFacts[] {
  return set.jobs.filter(
    (facts) =>
      facts.calls === null &&
      facts.target?.kind !== 'non-production' &&
      (hasPurpose(facts, 'rollback') ||
        (facts.target !== null && (deploysChosenVersion(set, facts) || swaps(facts)))),
  );
}

function swaps(facts: JobFacts): boolean {
  return evidenceOf(facts, 'deploy').some(({ message }) => SWAP.test(message));
}

/** Whether a way back is one for what this job deploys, as far as both say what that is. */
function takesBack(way: JobFacts, facts: JobFacts): boolean {
  if (way === facts) return true;
  if (deploysInfrastructure(facts) && !deploysInfrastructure(way)) return false;
  const there = subjectsOf(way);
  const here = subjectsOf(facts);
  return there === null || here === null || here.some((subject) => there.includes(subject));
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
      message: `"${way.job.id.value}" takes something else back: ${(subjectsOf(way) ?? ['an application']).join(', ')}`,
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
    },
  ];
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

/** Options of these programs that name what they act on. */
const SUBJECT_OPTIONS = /^(--service|--app|-a|--service-name|--function-name|--application-name)$/;
const SUBJECT_INPUTS =
  /^(service|service-name|app[-_]?name|application_name|function-name|release|heroku_app_name)$/i;
/** Options of helm and gcloud that take a value as their next word. */
const VALUE_OPTIONS =
  /^(-n|--namespace|-f|--values|--set|--set-string|--set-file|--kube-context|--timeout|--version|--project|--region|--image|--description)$/;

/**
 * The names of what a job deploys or rolls back (a workload, a release, a service), or null where one of them is not
 * said or stands in a variable.
 */
function subjectsOf(facts: JobFacts): readonly string[] | null {
  const before = knownSubjects.get(facts);
  if (before !== undefined) return before;
  const subjects = readSubjects(facts);
  knownSubjects.set(facts, subjects);
  return subjects;
}

const knownSubjects = new WeakMap<JobFacts, readonly string[] | null>();

function readSubjects(facts: JobFacts): readonly string[] | null {
  const subjects: string[] = [];
  for (const evidence of [...evidenceOf(facts, 'deploy'), ...evidenceOf(facts, 'rollback')]) {
    const step = facts.job.steps.find((each) => each.index === evidence.stepIndex);
    const command = facts.commands.find(
      (each) => each.step.index === evidence.stepIndex && each.span.start === evidence.span.start,
    );
    const named = command
      ? subjectsOfCommand(unwrapCommand(command.words))
      : (step?.with ?? []).flatMap((input) =>
          SUBJECT_INPUTS.test(input.name.value) ? [input.value.text] : [],
        );
    if (named.length === 0 || named.some((name) => name.includes('$'))) return null;
    subjects.push(...named.map((name) => name.toLowerCase()));
  }
  return subjects.length > 0 ? subjects : null;
}

function subjectsOfCommand(words: readonly string[]): readonly string[] {
  const isKubernetes = words[0] === 'kubectl' || words[0] === 'oc';
  const workloads = (isKubernetes ? words : []).flatMap((word, index) => {
    const joined = /^(?:deploy(?:ments?)?|statefulsets?|sts|daemonsets?|ds)(?:\.apps)?\/(.+)$/.exec(
      word,
    )?.[1];
    if (joined !== undefined) return [joined];
    return /^(deployments?|statefulsets?|daemonsets?)$/.test(words[index - 1] ?? '') && !word.startsWith('-')
      ? [word]
      : [];
  });
  if (workloads.length > 0) return workloads;
  const options = words.flatMap((word, index) => {
    if (SUBJECT_OPTIONS.test(words[index - 1] ?? '')) return [word];
    const [name = '', value] = word.split('=', 2);
    return value !== undefined && SUBJECT_OPTIONS.test(name) ? [value] : [];
  });
  if (options.length > 0) return options;
  const verb =
    words[0] === 'helm' ? words.findIndex((word) => /^(upgrade|install|rollback)$/.test(word)) : -1;
  if (verb < 0) return [];
  const release = words.find(
    (word, index) => index > verb && !word.startsWith('-') && !VALUE_OPTIONS.test(words[index - 1] ?? ''),
  );
  return release === undefined ? [] : [release];
}

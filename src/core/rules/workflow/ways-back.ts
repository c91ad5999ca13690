import { unwrapCommand } from '../../shell/wrappers';
import type { Step } from '../../workflow/model';
import { nameWords } from '../../workflow/purposes/names';
import type { JobFacts, PurposeEvidence, StepCommand, WorkflowSet } from '../../workflow/understanding';
import {
  asksFailure,
  callChainsOf,
  deploysInfrastructure,
  evidenceOf,
  hasPurpose,
  runsOnFailure,
} from './production-path';

/** Names of inputs with which a person says which version to deploy. */
const VERSION_INPUT =
  /(^|[-_])(version|tag|image|digest|release|revision|rev|ref|sha|commit|artifact|build|run)([-_]|$)|(version|tag|image|digest|ref|sha)$/i;

/** Names under which people keep a rollback. */
const ROLLBACK_WORDS = ['rollback', 'rollbacks', 'revert'];

/** Words beside them with which a name says that the other way is gone as well, or that there is none. */
const OTHER_WORDS = [
  'deploy',
  'deployment',
  'release',
  'publish',
  'ship',
  'and',
  'or',
  'with',
  'without',
  'no',
];

/** A rollback is started by hand, or by a workflow that was. */
const BY_HAND = ['workflow_dispatch', 'repository_dispatch', 'workflow_call'];

/** An exchange of two slots leaves the old version in the other one: exchanging again is the way back. */
const SWAP = /\bslot\s+swap\b|\bswap-(environment-cnames|slots?)\b/i;

/**
 * What names an earlier state, in a script, an input or a variable of the job: what a person or an earlier step says,
 * what git, GitHub or the platform is asked for, a digest, a version.
 */
const TARGET =
  /\binputs[.[]|\bgithub\.event\.(inputs|client_payload)\b|\b(steps|needs)\.[\w-]+\.outputs\.|\bvars\.|@sha256:|:v?\d+\.\d+|\bgit (describe|tag|log|rev-list|rev-parse|for-each-ref)\b|\bHEAD[~^]|\bgh (release|run) (list|view|download)\b|\bprevious\b|\b(last|prev|old|stable|known)[-_]?\w*(good|version|tag|image|revision|release|sha)\b|list-task-definitions|describe-(task-definition|services)|\brollout history\b|\bhelm (history|ls|list)\b|\brevisions? list\b|\breleases\b|\brun-id\b/i;

/** Every job of the repository, in whatever workflow, that can put an earlier version back (Definition 14). */
export function waysBackIn(set: WorkflowSet): readonly JobFacts[] {
  return set.jobs.filter(
    (facts) =>
      facts.calls === null &&
      facts.target?.kind !== 'non-production' &&
      (hasPurpose(facts, 'rollback') ||
        (facts.target !== null &&
          (deploysChosenVersion(set, facts) || swaps(facts) || restores(set, facts).length > 0))),
  );
}

/**
 * The deployments of a job that are made because another one, before it, went wrong: a job or a step that runs on
 * failure. What they deploy puts something back.
 */
export function restores(set: WorkflowSet, facts: JobFacts): readonly PurposeEvidence[] {
  const deploys = evidenceOf(facts, 'deploy');
  const isOfJob =
    asksFailure(facts.job.condition) && set.ancestorsOf(facts).some((before) => hasPurpose(before, 'deploy'));
  if (isOfJob) return deploys;
  return deploys.filter((evidence) => {
    const step = stepOf(facts, evidence);
    return (
      step !== null &&
      runsOnFailure(step) &&
      deploys.some((before) => (before.stepIndex ?? Infinity) < step.index && !isOnFailure(facts, before))
    );
  });
}

function isOnFailure(facts: JobFacts, evidence: PurposeEvidence): boolean {
  const step = stepOf(facts, evidence);
  return step !== null && runsOnFailure(step);
}

function stepOf({ job }: JobFacts, evidence: PurposeEvidence): Step | null {
  return job.steps.find((step) => step.index === evidence.stepIndex) ?? null;
}

function swaps(facts: JobFacts): boolean {
  return evidenceOf(facts, 'deploy').some(({ message }) => SWAP.test(message));
}

/** Whether a way back is one for what this job deploys, as far as both say what that is. */
export function takesBack(way: JobFacts, facts: JobFacts): boolean {
  if (way !== facts && deploysInfrastructure(facts) && !deploysInfrastructure(way)) return false;
  const there = subjectsOf(way, hasPurpose(way, 'rollback') ? 'rollback' : 'deploy');
  const here = subjectsOf(facts, hasPurpose(facts, 'deploy') ? 'deploy' : 'rollback');
  return there === null || here === null || here.some((subject) => there.includes(subject));
}

/** Whether the job, or a workflow that it is the only deployment of, is called a rollback. */
export function isCalledRollback(set: WorkflowSet, { job, workflow }: JobFacts): boolean {
  const isName = (name: string | undefined): boolean => {
    const words = nameWords(name ?? '');
    if (words.some((word) => OTHER_WORDS.includes(word))) return false;
    return (
      words.some((word) => ROLLBACK_WORDS.includes(word)) ||
      words.some((word, index) => word === 'roll' && words.slice(index + 1).includes('back'))
    );
  };
  if (isName(job.id.value) || isName(job.name?.value)) return true;
  const isOnlyOne = set.jobs.filter((other) => other.workflow === workflow && other.target).length === 1;
  const isByHand = workflow.triggers.every(({ event }) => BY_HAND.includes(event));
  return isOnlyOne && isByHand && (isName(workflow.name?.value) || isName(workflow.path.split('/').pop()));
}

/**
 * Whether a job that deploys does so only to put back what had gone the whole way before: because a deployment before it
 * failed, to a state that it names, or by hand, as a rollback by its name, to a version that is chosen. It builds
 * nothing. A name alone is not enough, and neither is running on failure: what has just failed may be deployed so.
 */
export function goesBack(set: WorkflowSet, facts: JobFacts): boolean {
  const deploys = evidenceOf(facts, 'deploy');
  if (deploys.length === 0 || hasPurpose(facts, 'build') || hasPurpose(facts, 'package')) return false;
  if (restores(set, facts).length === deploys.length)
    return namesTarget(set, facts) && !namesThisRun(set, facts);
  return (
    isCalledRollback(set, facts) &&
    versionInputsOf(set, facts).length > 0 &&
    callChainsOf(set, facts).every((chain) =>
      (chain[chain.length - 1] ?? facts).workflow.triggers.every(({ event }) => BY_HAND.includes(event)),
    )
  );
}

/** Whether something of the job names what this run builds, or the commit that it is made for. */
function namesThisRun(set: WorkflowSet, facts: JobFacts): boolean {
  const builders = set
    .needsOf(facts)
    .filter((other) => hasPurpose(other, 'build') || hasPurpose(other, 'package'))
    .map(({ job }) => `needs.${job.id.value}.outputs`);
  return textsOf(facts).some(
    (text) =>
      /\bgithub\.sha\b|\bGITHUB_SHA\b/.test(text) || builders.some((builder) => text.includes(builder)),
  );
}

/** A dispatch whose input says which version: the earlier one is a choice of the same form (Definition 14). */
export function deploysChosenVersion(set: WorkflowSet, facts: JobFacts): boolean {
  if (versionInputsOf(set, facts).length > 0) return true;
  return callChainsOf(set, facts).some((chain) =>
    (chain[chain.length - 1] ?? facts).workflow.triggers.some(({ event }) => event === 'repository_dispatch'),
  );
}

/** The inputs of a dispatch with which a person says which version a job deploys. */
export function versionInputsOf(set: WorkflowSet, facts: JobFacts): readonly string[] {
  return callChainsOf(set, facts).flatMap((chain) =>
    (chain[chain.length - 1] ?? facts).workflow.triggers
      .filter(({ event }) => event === 'workflow_dispatch')
      .flatMap(({ inputs }) => inputs)
      .filter(({ name, type }) => (type === 'string' || type === 'number') && VERSION_INPUT.test(name.value))
      .map(({ name }) => name.value)
      .filter((name) => isUsed(chain, name)),
  );
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
 * The names of what a job deploys, or of what it rolls back (a workload, a release, a service), or null where one of
 * them is not said or stands in a variable.
 */
export function subjectsOf(facts: JobFacts, purpose: 'deploy' | 'rollback'): readonly string[] | null {
  const ofJob = knownSubjects.get(facts) ?? new Map<string, readonly string[] | null>();
  knownSubjects.set(facts, ofJob);
  const before = ofJob.get(purpose);
  if (before !== undefined) return before;
  const subjects = readSubjects(facts, purpose);
  ofJob.set(purpose, subjects);
  return subjects;
}

const knownSubjects = new WeakMap<JobFacts, Map<string, readonly string[] | null>>();

function readSubjects(facts: JobFacts, purpose: 'deploy' | 'rollback'): readonly string[] | null {
  const subjects: string[] = [];
  for (const evidence of evidenceOf(facts, purpose)) {
    const command = commandOf(facts, evidence);
    const named = command
      ? subjectsOfCommand(unwrapCommand(command.words))
      : (stepOf(facts, evidence)?.with ?? []).flatMap((input) =>
          SUBJECT_INPUTS.test(input.name.value) ? [input.value.text] : [],
        );
    if (named.length === 0 || named.some((name) => name.includes('$'))) return null;
    subjects.push(...named.map((name) => name.toLowerCase()));
  }
  return subjects.length > 0 ? subjects : null;
}

/** The command of a job's script that an evidence speaks of; null for an action. */
export function commandOf(facts: JobFacts, evidence: PurposeEvidence): StepCommand | null {
  return (
    facts.commands.find(
      (command) => command.step.index === evidence.stepIndex && command.span.start === evidence.span.start,
    ) ?? null
  );
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

/** Words that can be written into a script again as they are. */
const PLAIN_WORD = /^[\w./:@=$,{}"-]+$/;

/** Options of kubectl and helm that say where a workload is. */
const PLACE_OPTIONS = /^(-n|--namespace|--context|--kube-context|--kubeconfig)$/;

/**
 * The command that undoes the last change of the same workload, with the same place; null where the platform has none
 * that is known, or where the command says neither.
 */
export function undoOf({ words: written }: StepCommand): string | null {
  const words = unwrapCommand(written);
  const [program] = words;
  const subjects = subjectsOfCommand(words);
  const [subject] = subjects;
  if (subjects.length !== 1 || subject === undefined) return null;
  const place = words.flatMap((word, index) => {
    if (PLACE_OPTIONS.test(word)) return [word, words[index + 1] ?? ''];
    return PLACE_OPTIONS.test(word.split('=', 1)[0] ?? '') ? [word] : [];
  });
  const line = words.join(' ');
  const workload = words.find((word) => word.endsWith(`/${subject}`)) ?? `deployment/${subject}`;
  const undo = /^(kubectl|oc)\b.*\b(set (image|env|resources)|rollout restart)\b/.test(line)
    ? [program ?? '', 'rollout', 'undo', workload, ...place]
    : /^helm\b.*\bupgrade\b/.test(line)
      ? ['helm', 'rollback', subject, ...place]
      : null;
  if (!undo?.every((word) => PLAIN_WORD.test(word))) return null;
  return undo.map((word) => (word.includes('$') ? `"${word.replace(/"/g, '')}"` : word)).join(' ');
}

/** Scripts, inputs and variables of the job; names of steps say nothing. */
export function textsOf({ job, workflow }: JobFacts): readonly string[] {
  return [
    ...[...workflow.env, ...job.env].map(({ value }) => value.text),
    ...job.steps.flatMap((step) => [
      step.run?.text ?? '',
      ...[...step.with, ...step.env].map(({ name, value }) => `${name.value}: ${value.text}`),
    ]),
  ];
}

/** Whether something of the job, or of the jobs that call its workflow, names an earlier state to go back to. */
export function namesTarget(set: WorkflowSet, facts: JobFacts): boolean {
  return callChainsOf(set, facts).some((chain) =>
    [...textsOf(facts), ...chain.flatMap((link) => link.job.with.map(({ value }) => value.text))].some(
      (text) => TARGET.test(text),
    ),
  );
}

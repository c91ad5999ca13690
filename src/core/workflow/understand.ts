import type { ShellParser } from '../ports';
import { readCommands, readStatements, shellModeOf, type StatementKind } from '../shell/commands';
import type { Span } from '../text/position';
import { chainsOf, type CallChain } from './call-chains';
import { createProofs } from './conditions/proofs';
import { defaultBranchOf } from './conditions/runs';
import { stepsRunBy, usesLocalAction } from './local-actions';
import type { Job, Step, Workflow } from './model';
import { nameOfAction, purposesOfAction } from './purposes/actions';
import {
  familyOf,
  folderOf,
  placeChosenBy,
  placeChosenByAction,
  placesByVariables,
  type ChosenPlace,
} from './purposes/chosen-places';
import { purposesOfCommand } from './purposes/commands';
import { purposeOfName } from './purposes/names';
import { isPreviewAction, isPreviewCommand } from './purposes/previews';
import { retriedCommand } from './retried-commands';
import {
  isUnlistedProduction,
  kindOfEnvironmentName,
  kindOfName,
  placeTexts,
  possibleTexts,
  withVariables,
  type BoundInputs,
  type DeployTarget,
} from './targets';
import type {
  JobFacts,
  PurposeEvidence,
  DeployTargetKind,
  StepCommand,
  UnderstandingOptions,
  WorkflowSet,
} from './understanding';
import { placeInScalar } from './yaml-tree';

/** Called workflows within called workflows are followed so far; GitHub allows ten levels. */
const MAX_CALL_DEPTH = 10;

/**
 * What each job of a repository's workflows does and where it deploys to, on evidence that stands in the files: the
 * actions and the commands, never a job's name. Definitions: docs/semantics.md. Broken workflows bring what could be
 * read of them.
 */
export function understandWorkflows(
  workflows: readonly Workflow[],
  parser: ShellParser,
  options: UnderstandingOptions,
): WorkflowSet {
  const byPath = new Map(workflows.map((workflow) => [workflow.path, workflow]));
  const callee = (job: Job): Workflow | null => {
    const path = /^\.\/([^@\s]+\.ya?ml)$/.exec(job.uses?.value ?? '')?.[1];
    return path === undefined ? null : (byPath.get(path) ?? null);
  };
  const bound = boundInputs(workflows, callee);
  const own = new Map<Job, JobFacts>();
  for (const workflow of workflows) {
    const inputs = bound.get(workflow) ?? NO_INPUTS;
    const inputsKey = inputs.size === 0 ? '' : keyOfInputs(inputs);
    for (const job of workflow.jobs) {
      own.set(job, knownFacts(workflow, job, callee(job), parser, options, inputs, inputsKey));
    }
  }
  const jobs = [...own.values()].map((facts) => (facts.calls ? withCalled(facts, own, callee) : facts));
  return workflowSet(workflows, jobs, bound, options);
}

/** The literals that the callers of each workflow pass for its inputs. */
function boundInputs(
  workflows: readonly Workflow[],
  callee: (job: Job) => Workflow | null,
): ReadonlyMap<Workflow, BoundInputs> {
  const bound = new Map<Workflow, Map<string, Set<string> | null>>();
  // A caller may hand on an input of its own: a few rounds settle chains.
  for (let round = 0; round < 4; round++) {
    const next = new Map<Workflow, Map<string, Set<string> | null>>();
    for (const caller of workflows) {
      for (const job of caller.jobs) {
        const called = callee(job);
        if (!called) continue;
        const values = next.get(called) ?? new Map<string, Set<string> | null>();
        next.set(called, values);
        for (const input of called.triggers.find((each) => each.event === 'workflow_call')?.inputs ?? []) {
          const name = input.name.value.toLowerCase();
          const given = job.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text;
          const text = given ?? input.defaultValue?.value ?? '';
          const texts = possibleTexts(text, caller, job, bound.get(caller) ?? new Map());
          const before = values.get(name);
          if (texts === null || before === null) values.set(name, null);
          else values.set(name, new Set([...(before ?? []), ...texts]));
        }
      }
    }
    bound.clear();
    for (const [workflow, values] of next) bound.set(workflow, values);
  }
  return bound;
}

const NO_INPUTS: BoundInputs = new Map();

function keyOfInputs(inputs: BoundInputs): string {
  return JSON.stringify([...inputs].map(([name, values]) => [name, values && [...values]]));
}

/** The facts of a job, with what they rest on beside the job's own file and the options. */
interface KnownFacts {
  readonly calls: Workflow | null;
  readonly inputs: string;
  readonly parser: ShellParser;
  readonly facts: JobFacts;
}

/**
 * What was understood of the jobs of files that have not changed since, for as long as somebody understands by the
 * very same options. The facts are the same objects then, so that rules too can keep what they found in them.
 */
const understood = new WeakMap<UnderstandingOptions, WeakMap<Job, KnownFacts>>();

function knownFacts(
  workflow: Workflow,
  job: Job,
  calls: Workflow | null,
  parser: ShellParser,
  options: UnderstandingOptions,
  bound: BoundInputs,
  inputs: string,
): JobFacts {
  const byJob = understood.get(options) ?? new WeakMap<Job, KnownFacts>();
  understood.set(options, byJob);
  const known = byJob.get(job);
  if (known && known.calls === calls && known.inputs === inputs && known.parser === parser)
    return known.facts;
  const facts = ownFacts(workflow, job, calls, parser, options, bound);
  byJob.set(job, { calls, inputs, parser, facts });
  return facts;
}

/** A command or action that does something somewhere, with the texts that may say where. */
interface Place {
  readonly texts: readonly string[];
  readonly evidence: PurposeEvidence;
  /** What it runs in: variables of its program, its folder. */
  readonly around?: readonly string[];
  /** What was chosen for its program in this job before. */
  readonly before?: readonly ChosenBefore[];
  /** The platform makes a preview of it. */
  readonly isPreview?: boolean;
}

interface ChosenBefore extends ChosenPlace {
  readonly message: string;
  readonly span: Span;
}

function ownFacts(
  workflow: Workflow,
  job: Job,
  calls: Workflow | null,
  parser: ShellParser,
  options: UnderstandingOptions,
  bound: BoundInputs,
): JobFacts {
  const purposes: PurposeEvidence[] = [];
  const commands: StepCommand[] = [];
  const tests: StepCommand[] = [];
  const settings: StepCommand[] = [];
  const places: Place[] = [];
  const chosen: ChosenBefore[] = [];
  for (const step of job.steps) {
    const uses = step.uses;
    const { path } = workflow;
    const actions = options.localActions;
    if (uses && actions && usesLocalAction(step, actions) && !isTaught(uses.value, options)) {
      // What happens inside is told where the workflow asks for it.
      for (const inner of stepsRunBy(step, actions)) {
        for (const found of purposesOfStep(inner, job, workflow, parser, options)) {
          const message = `uses "${uses.value}", which ${found.message}`;
          const { purpose, texts, confidence, isForgiven } = found;
          const { span } = uses;
          const stepIndex = step.index;
          const evidence = { purpose, confidence, message, path, span, stepIndex, isForgiven };
          purposes.push(evidence);
          places.push({ texts, evidence });
        }
      }
      continue;
    }
    if (uses) {
      const choice = placeChosenByAction(step);
      const fill = (text: string): string => withVariables(text, step, job, workflow);
      if (choice) {
        const message = `uses "${uses.value}"`;
        chosen.push({ ...choice, texts: choice.texts.map(fill), message, span: uses.span });
      }
      for (const { purpose, confidence } of purposesOfAction(step, options.knownActions)) {
        const message = `uses "${uses.value}"`;
        const evidence = { purpose, confidence, message, path, span: uses.span, stepIndex: step.index };
        purposes.push(evidence);
        places.push({
          texts: placeTexts(step, job, workflow, null),
          evidence,
          isPreview: isPreviewAction(step),
        });
      }
    }
    let entered: string | null = null;
    for (const { kind, command } of stepStatements(workflow, job, step, parser)) {
      if (kind === 'test') tests.push(command);
      if (kind === 'setting') settings.push(command);
      if (kind !== 'command') continue;
      commands.push(command);
      const { words, span } = command;
      if (words[0] === 'cd') entered = words[1] ?? null;
      const choice = placeChosenBy(words);
      if (choice) {
        const texts = placeTexts(step, job, workflow, choice.texts);
        chosen.push({ ...choice, texts, message: `runs "${shortened(words.join(' '))}"`, span });
      }
      for (const { purpose, confidence, message } of purposesOfWords(words, job, options)) {
        const evidence = { purpose, confidence, message, path, span, stepIndex: step.index };
        purposes.push(evidence);
        const family = familyOf(words);
        const around = [
          ...(family ? placesByVariables(family, step, job, workflow) : []),
          ...[folderOf(words, step, job, workflow, entered) ?? []].flat(),
        ].map((text) => withVariables(text, step, job, workflow));
        places.push({
          texts: placeTexts(step, job, workflow, words),
          evidence,
          around,
          before: chosen.filter((each) => each.family === family),
          isPreview: isPreviewCommand(words),
        });
      }
    }
  }
  if (job.uses && !calls) {
    const { value, span } = job.uses;
    const taught = options.knownActions?.get(nameOfAction(value));
    const guessed = purposeOfName(
      (value.split('@')[0] ?? '')
        .split('/')
        .pop()
        ?.replace(/\.ya?ml$/, '') ?? '',
    );
    for (const purpose of taught ?? (guessed ? [guessed] : [])) {
      purposes.push({
        purpose,
        confidence: taught ? 'strong' : 'moderate',
        message: `calls "${value}"`,
        path: workflow.path,
        span,
        stepIndex: null,
      });
    }
  }
  const deploys = purposes.filter(
    ({ purpose, confidence }) => (purpose === 'deploy' || purpose === 'rollback') && confidence !== 'weak',
  );
  const first = deploys[0];
  const target = first
    ? targetOf(
        workflow,
        job,
        options,
        bound,
        first,
        places.filter((place) => deploys.includes(place.evidence)),
      )
    : null;
  const environmentNames = job.environment
    ? possibleTexts(job.environment.name.value, workflow, job, bound)
    : [];
  return { workflow, job, purposes, commands, tests, settings, target, environmentNames, calls };
}

/** Whether the configuration says what an action does: then it is not looked into. */
function isTaught(uses: string, options: UnderstandingOptions): boolean {
  return options.knownActions?.has(nameOfAction(uses)) === true;
}

/** What a command does, with the words that say so. */
function purposesOfWords(
  words: readonly string[],
  job: Job,
  options: UnderstandingOptions,
): readonly Pick<PurposeEvidence, 'purpose' | 'confidence' | 'message'>[] {
  const line = words.join(' ').replace(/\s+/g, ' ');
  const message = `runs "${line.length > 120 ? `${line.slice(0, 117)}...` : line}"`;
  return purposesOfCommand(words, options.knownCommands).map(({ purpose, confidence }) => ({
    purpose,
    // A migration or a script called release counts where the job itself says that it deploys somewhere.
    confidence: confidence === 'weak' && job.environment ? 'moderate' : confidence,
    message,
  }));
}

/** What a step inside a composite action does. */
function purposesOfStep(
  step: Step,
  job: Job,
  workflow: Workflow,
  parser: ShellParser,
  options: UnderstandingOptions,
): readonly (Pick<PurposeEvidence, 'purpose' | 'confidence' | 'message'> & {
  readonly texts: readonly string[];
  readonly isForgiven: boolean;
})[] {
  const mayFail = step.continueOnError?.value === 'true';
  const byAction = purposesOfAction(step, options.knownActions).map((found) => ({
    ...found,
    message: `uses "${step.uses?.value ?? ''}"`,
    texts: placeTexts(step, job, workflow, null),
    isForgiven: mayFail,
  }));
  const mode = shellModeOf(step.shell?.value ?? null);
  const commands = step.run && mode ? readCommands(step.run.text, parser, mode) : [];
  const byCommand = commands.flatMap((command) =>
    purposesOfWords(command.words, job, options).map((found) => ({
      ...found,
      texts: placeTexts(step, job, workflow, command.words),
      isForgiven: mayFail || command.isSwallowed,
    })),
  );
  return [...byAction, ...byCommand];
}

function stepStatements(
  workflow: Workflow,
  job: Job,
  step: Step,
  parser: ShellParser,
): readonly { readonly kind: StatementKind; readonly command: StepCommand }[] {
  const retried = retriedCommand(step)?.command ?? null;
  const run = step.run ?? retried;
  if (!run) return [];
  const shell = (step.shell ?? job.defaultShell ?? workflow.defaultShell)?.value ?? null;
  if ((shell === null || retried) && runsOnWindows(job)) return [];
  // An action that retries starts a shell of its own, without `-e`.
  const mode = retried ? { stopsAtError: false, hasPipefail: false } : shellModeOf(shell);
  if (!mode) return [];
  const placed = (span: Span): Span => {
    const start = placeInScalar(workflow.text, run, span.start);
    const end = placeInScalar(workflow.text, run, span.end);
    return end > start ? { start, end } : run.span;
  };
  return readStatements(run.text, parser, mode).map((statement) => ({
    kind: statement.kind,
    command: {
      step,
      words: statement.words,
      span: placed(statement.span),
      isSwallowed: statement.isSwallowed,
      isConditional: statement.isConditional,
      input: statement.input && placed(statement.input),
      loop: statement.loop && placed(statement.loop),
      output: statement.output,
      hereText: statement.hereText,
      expansions: statement.expansions,
    },
  }));
}

function runsOnWindows(job: Job): boolean {
  const value = job.runsOn;
  const texts =
    value?.kind === 'scalar'
      ? [value.text]
      : value?.kind === 'list'
        ? value.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []))
        : [];
  return texts.some((text) => /^windows/i.test(text));
}

/** The environment, else what the deploying steps name (Definition 2). */
function targetOf(
  workflow: Workflow,
  job: Job,
  options: UnderstandingOptions,
  bound: BoundInputs,
  first: PurposeEvidence,
  places: readonly Place[],
): DeployTarget {
  const { environment } = job;
  let isOpen = false;
  if (environment) {
    const { value, span } = environment.name;
    const names = possibleTexts(value, workflow, job, bound);
    if (!names) {
      return { kind: 'unknown', message: `its environment "${value}" can be any`, span };
    }
    const kinds = names.map((name) => kindOfEnvironmentName(name, options));
    const production = names[kinds.indexOf('production')];
    if (production !== undefined) {
      const how = production === value ? `is "${value}"` : `can be "${production}"`;
      return { kind: 'production', message: `its environment ${how}`, span };
    }
    if (kinds.length > 0 && kinds.every((kind) => kind === 'non-production')) {
      return { kind: 'non-production', message: `its environment is "${names.join('" or "')}"`, span };
    }
    // Called like production and left out of the list: only a place that is production itself settles it.
    isOpen = names.some((name) => isUnlistedProduction(name, options));
  }
  const said = places.flatMap(({ texts, evidence }) => {
    const kinds = texts.map((text) => ({ text, kind: placeKind(text, options) }));
    const found =
      kinds.find(({ kind }) => kind === 'production') ?? kinds.find(({ kind }) => kind === 'non-production');
    return found ? [{ ...found, evidence }] : [];
  });
  const place = said.find(({ kind }) => kind === 'production') ?? (isOpen ? undefined : said[0]);
  if (place) {
    return {
      kind: place.kind,
      message: `${place.evidence.message}, which names "${shortened(place.text)}"`,
      span: place.evidence.span,
    };
  }
  const [preview] = places;
  if (preview && !environment && places.every(({ isPreview }) => isPreview)) {
    const { message, span } = preview.evidence;
    return { kind: 'non-production', message: `${message}, which makes a preview`, span };
  }
  const around = isOpen ? null : placeAround(places, options);
  if (around) return around;
  return {
    kind: 'unknown',
    message: environment
      ? `whether its environment "${environment.name.value}" is production is not said`
      : 'neither an environment nor its commands say where to',
    span: environment?.name.span ?? first.span,
  };
}

/** Where nothing in a deploying command names a place: what was chosen for it before, or what it runs in. */
function placeAround(places: readonly Place[], options: UnderstandingOptions): DeployTarget | null {
  const said = places.flatMap(({ evidence, around, before }): DeployTarget[] => [
    ...(around ?? []).map((text) => ({
      kind: placeKind(text, options),
      message: `${evidence.message} in "${shortened(text)}"`,
      span: evidence.span,
    })),
    ...(before ?? []).flatMap(({ texts, message, span }) =>
      texts.map((text) => ({
        kind: placeKind(text, options),
        message: `${message}, which names "${shortened(text)}", before it ${evidence.message}`,
        span,
      })),
    ),
  ]);
  return (
    said.find(({ kind }) => kind === 'production') ??
    said.find(({ kind }) => kind === 'non-production') ??
    null
  );
}

function placeKind(text: string, options: UnderstandingOptions): DeployTarget['kind'] {
  if (/^--prod(uction)?$/.test(text)) return 'production';
  // A whole script or sentence names too many things; a place is a short word.
  if (text.length > 300) return 'unknown';
  return kindOfName(text, options);
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}

/** The facts of jobs that call workflows, by their own, with those inside: the same objects while none of them changes. */
const factsWithCalled = new WeakMap<
  JobFacts,
  { readonly inside: readonly JobFacts[]; readonly facts: JobFacts }
>();

/** A job that calls a workflow does what the jobs inside do. */
function withCalled(
  facts: JobFacts,
  own: ReadonlyMap<Job, JobFacts>,
  callee: (job: Job) => Workflow | null,
): JobFacts {
  const inside: JobFacts[] = [];
  const seen = new Set<Workflow>();
  const follow = (workflow: Workflow, depth: number): void => {
    if (seen.has(workflow) || depth > MAX_CALL_DEPTH) return;
    seen.add(workflow);
    for (const job of workflow.jobs) {
      const found = own.get(job);
      if (found) inside.push(found);
      const next = callee(job);
      if (next) follow(next, depth + 1);
    }
  };
  if (facts.calls) follow(facts.calls, 1);
  const known = factsWithCalled.get(facts);
  if (
    known &&
    known.inside.length === inside.length &&
    known.inside.every((each, at) => each === inside[at])
  ) {
    return known.facts;
  }
  const targets = inside.flatMap((other) => other.target ?? []);
  const strongest =
    targets.find((target) => target.kind === 'production') ??
    targets.find((target) => target.kind === 'unknown') ??
    targets[0];
  const span = facts.job.uses?.span ?? facts.job.id.span;
  const called = inside.flatMap((other) =>
    other.purposes.map((evidence) => ({ ...evidence, stepIndex: null })),
  );
  const together: JobFacts = {
    ...facts,
    purposes: [...facts.purposes, ...called],
    target: strongest ? { ...strongest, span } : null,
  };
  factsWithCalled.set(facts, { inside, facts: together });
  return together;
}

const listsOfJobs = new WeakMap<Workflow, readonly JobFacts[]>();

/** The list that was given for a workflow before, while its jobs are the same: what rests on all of them is kept by it. */
function sameList(workflow: Workflow, jobs: readonly JobFacts[]): readonly JobFacts[] {
  const before = listsOfJobs.get(workflow);
  if (before && before.length === jobs.length && before.every((facts, at) => facts === jobs[at]))
    return before;
  listsOfJobs.set(workflow, jobs);
  return jobs;
}

function workflowSet(
  workflows: readonly Workflow[],
  jobs: readonly JobFacts[],
  bound: ReadonlyMap<Workflow, BoundInputs>,
  options: UnderstandingOptions,
): WorkflowSet {
  const lists = new Map<Workflow, JobFacts[]>();
  const byWorkflow = new Map<Workflow, readonly JobFacts[]>();
  const byId = new Map<Workflow, Map<string, JobFacts>>();
  const callers = new Map<Workflow, JobFacts[]>();
  for (const facts of jobs) {
    const own = lists.get(facts.workflow) ?? [];
    lists.set(facts.workflow, own);
    own.push(facts);
    const ids = byId.get(facts.workflow) ?? new Map<string, JobFacts>();
    byId.set(facts.workflow, ids);
    ids.set(facts.job.id.value.toLowerCase(), facts);
    if (facts.calls) callers.set(facts.calls, [...(callers.get(facts.calls) ?? []), facts]);
  }
  for (const [workflow, own] of lists) byWorkflow.set(workflow, sameList(workflow, own));
  const jobsOf = (workflow: Workflow): readonly JobFacts[] => byWorkflow.get(workflow) ?? [];
  const factsOf = (workflow: Workflow, jobId: string): JobFacts | null =>
    byId.get(workflow)?.get(jobId.toLowerCase()) ?? null;
  const needs = new Map<JobFacts, readonly JobFacts[]>();
  const needsOf = (facts: JobFacts): readonly JobFacts[] => {
    const known =
      needs.get(facts) ?? facts.job.needs.flatMap((need) => factsOf(facts.workflow, need.value) ?? []);
    needs.set(facts, known);
    return known;
  };
  const ancestors = new Map<JobFacts, readonly JobFacts[]>();
  const ancestorsOf = (facts: JobFacts): readonly JobFacts[] => {
    const known = ancestors.get(facts);
    if (known) return known;
    const found = new Set<JobFacts>();
    let level = needsOf(facts);
    while (level.length > 0) {
      const fresh = [...new Set(level)].filter((other) => !found.has(other) && other !== facts);
      for (const other of fresh) found.add(other);
      level = fresh.flatMap(needsOf);
    }
    const all = [...found];
    ancestors.set(facts, all);
    return all;
  };
  const callersOf = (workflow: Workflow): readonly JobFacts[] => callers.get(workflow) ?? [];
  const chains = new Map<JobFacts, readonly CallChain[]>();
  const chainsOfJob = (facts: JobFacts): readonly CallChain[] => {
    const known = chains.get(facts) ?? chainsOf(facts, callersOf);
    chains.set(facts, known);
    return known;
  };
  const judged = [...byWorkflow.keys()];
  const branches = new Map<Workflow, string>();
  const proofs = createProofs({
    workflows,
    jobsOf,
    defaultBranchOf: (workflow) => {
      const branch = branches.get(workflow) ?? defaultBranchOf(workflow, judged);
      branches.set(workflow, branch);
      return branch;
    },
  });
  return {
    workflows,
    jobs,
    localActions: options.localActions ?? new Map(),
    jobsOf,
    factsOf,
    needsOf,
    ancestorsOf,
    callersOf,
    chainsOf: chainsOfJob,
    targetKindIn: (chain) => targetKindIn(chain, options),
    possibleTexts: ({ workflow, job }, text) =>
      possibleTexts(text, workflow, job, bound.get(workflow) ?? new Map()),
    proofOf: (chain) => proofs.of(chain),
    canStartWithout: (production, guard) => {
      const verdicts = chainsOfJob(production).map((chain) => proofs.of(chain).without(guard));
      return (
        verdicts.find(({ kind }) => kind === 'fails') ??
        verdicts.find(({ kind }) => kind === 'unknown') ?? { kind: 'holds' }
      );
    },
  };
}

/** Where a job deploys to as one chain of callers runs it: what the callers of this chain pass, and no others. */
function targetKindIn(chain: CallChain, options: UnderstandingOptions): DeployTargetKind | null {
  const [facts] = chain;
  const { target, job, workflow } = facts;
  if (!target || !job.environment || chain.length < 2) return target?.kind ?? null;
  let bound: BoundInputs = new Map();
  for (let at = chain.length - 1; at > 0; at--) {
    const caller = chain[at];
    const called = chain[at - 1]?.workflow;
    if (!caller || !called) continue;
    const outer = bound;
    const inputs = called.triggers.find((each) => each.event === 'workflow_call')?.inputs ?? [];
    bound = new Map(
      inputs.map((input) => {
        const name = input.name.value.toLowerCase();
        const given = caller.job.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text;
        const texts = possibleTexts(
          given ?? input.defaultValue?.value ?? '',
          caller.workflow,
          caller.job,
          outer,
        );
        return [name, texts && new Set(texts)];
      }),
    );
  }
  const names = possibleTexts(job.environment.name.value, workflow, job, bound);
  if (!names) return target.kind;
  const kinds = names.map((name) => kindOfEnvironmentName(name, options));
  if (kinds.includes('production')) return 'production';
  // Where the name says nothing, what the commands say counts, as for the job by itself.
  return kinds.length > 0 && kinds.every((kind) => kind === 'non-production')
    ? 'non-production'
    : target.kind;
}

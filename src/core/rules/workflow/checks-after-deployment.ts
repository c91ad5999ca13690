import { unwrapCommand } from '../../shell/wrappers';
import type { Located, Span } from '../../text/position';
import { readCondition, type Expression } from '../../workflow/conditions/expression';
import { toleranceOf } from '../../workflow/conditions/tolerance';
import type { Step } from '../../workflow/model';
import type { JobFacts, PurposeEvidence, StepCommand, WorkflowSet } from '../../workflow/understanding';
import type { FindingEvidence } from '../rule';
import {
  callChainsOf,
  chainedTo,
  deploysInfrastructure,
  descendantsOf,
  evidenceOf,
  lastDeployStep,
  productionPathOf,
  saidBy,
  textAt,
} from './production-path';

/** Why a check cannot fail, or skips itself when it has nothing to ask (Definition 15). */
export type Toothlessness =
  /** The script goes on whatever the command ends with; null: inside a composite action. */
  | { readonly kind: 'swallowed'; readonly command: StepCommand | null }
  /** curl ends well whatever the server answers, and nothing looks at the answer. */
  | { readonly kind: 'any-answer'; readonly command: StepCommand }
  | { readonly kind: 'step-may-fail' | 'job-may-fail'; readonly value: Located<string> }
  /** `continue-on-error` is an expression that nothing here decides. */
  | { readonly kind: 'perhaps-may-fail'; readonly value: Located<string> }
  /** A condition of the step or the job, or a test in the script, asks whether there is an address. */
  | { readonly kind: 'skips-by-condition'; readonly condition: Located<string>; readonly asked: string; readonly isOfJob: boolean }
  | { readonly kind: 'skips-in-script'; readonly exit: StepCommand | null; readonly asked: string }
  | { readonly kind: 'prints' }; // prettier-ignore

/** Something behind a deployment that is meant to look whether it went well. */
export interface CheckAfter {
  /** `asks` the system itself, `waits` for the platform to say that it is done. */
  readonly kind: 'asks' | 'waits';
  /** The job in which it stands. */
  readonly facts: JobFacts;
  readonly step: Step | null;
  readonly command: StepCommand | null;
  /** Completes "the check …": the step's name or what it runs, quoted. */
  readonly said: string;
  readonly evidence: PurposeEvidence | null;
  readonly span: Span;
  /** None: it can fail. */
  readonly faults: readonly Toothlessness[];
}

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

/** What a step is called that is meant to check; counts only where nothing else behind the deployment checks. */
const CHECK_NAME =
  /\b(smoke|health[- ]?checks?|sanity|verif(y|ies|ication)|post[- ]?deploy(ment)?[- ](checks?|tests?)|check (the )?(deployment|release|site|service|app))\b/i;

/** Commands that print, or change nothing but the script: none of them fails because the system is ill. */
const PRINTS =
  /^(echo|printf|cat|date|sleep|ls|pwd|cd|set|true|:|tee|env|export|local|read|exit( 0)?$|jq (?!.*(-e\b|--exit-status))|head|tail|column|(kubectl|oc) (?:-\S+(?: \S+)? )?(get|describe|logs|top)|docker (ps|logs|images)|docker[ -]compose (ps|logs)|helm (list|ls|status|history|get)|gh run (list|view))\b|^:$/;

/** Programs that can look at what curl brought and fail. */
const DECIDES =
  /^(e|f|z)?grep$|^(rg|diff|cmp|test|\[|expr|awk|python[\d.]*|node|deno|bun|ruby|perl|php|pwsh|(ba|da|z)?sh)$|^\.{0,2}\/|\.(sh|py|js|ts|rb)$/;

/** curl leaves with a failure for a bad answer. */
const FAILS_AT_BAD_ANSWER = /^(--fail(-with-body|-early)?|-[a-zA-Z#0-9]*f[a-zA-Z#0-9]*)$/;

/** A request that is made to change or fetch something, not to see an answer. */
const NO_QUESTION =
  /\s(-X|--request)[= ]?(POST|PUT|PATCH|DELETE)\b|\s(-d|--data\S*|-F|--form|-T|--upload-file|--json|-O|--remote-name|--post-data)\s|\s(-o|--output)\s(?!\/dev\/null|-\s)|webhook|hooks\.|hc-ping\.com|healthchecks\.io|cronitor|betteruptime|api\.(github|telegram|pagerduty)/i;

/** An address that a variable or an output of the deployment gives. */
const ADDRESS_NAME = /url|uri|host|endpoint|domain|address|fqdn|site|server/i;

const ADDRESS_VARIABLE = new RegExp(`\\$\\{?\\w*(${ADDRESS_NAME.source})\\w*\\}?|outputs\\.\\w*url`, 'i');

const known = new WeakMap<WorkflowSet, Map<JobFacts, readonly CheckAfter[]>>();

/**
 * Everything behind a deployment that is meant to look whether it went well, with why it cannot fail where that is so.
 * Behind a deployment to production: all that runs later, in whatever workflow. Behind another: what runs before the
 * next deployment.
 */
export function checksAfter(set: WorkflowSet, facts: JobFacts): readonly CheckAfter[] {
  const ofSet = known.get(set) ?? new Map<JobFacts, readonly CheckAfter[]>();
  known.set(set, ofSet);
  const before = ofSet.get(facts);
  if (before) return before;
  const checks = readChecks(set, facts);
  ofSet.set(facts, checks);
  return checks;
}

function readChecks(set: WorkflowSet, facts: JobFacts): readonly CheckAfter[] {
  const last = lastDeployStep(facts);
  const places = [facts, ...jobsAfter(set, facts)].filter((owner) => owner.calls === null);
  const isBehind = (owner: JobFacts, stepIndex: number | null): boolean =>
    owner !== facts || (stepIndex ?? -1) >= last;
  const checks = places.flatMap((owner) => {
    const byPlace = new Map<string, PurposeEvidence>();
    for (const purpose of CHECKS) {
      for (const evidence of evidenceOf(owner, purpose)) {
        // Several commands of a composite action stand in one place.
        const place = `${evidence.span.start} ${evidence.message}`;
        if (isBehind(owner, evidence.stepIndex) && byPlace.get(place)?.isForgiven !== false)
          byPlace.set(place, evidence);
      }
    }
    const found = [...byPlace.values()]
      .map((evidence) => checkBy(owner, evidence))
      .filter((check) => !isPlan(check) || asksByPlan(facts, check));
    return [...found, ...requestsWithoutTeeth(owner, found, (step) => isBehind(owner, step.index))];
  });
  if (checks.some((check) => check.kind === 'asks')) return checks;
  return [
    ...checks,
    ...places.flatMap((owner) => onlyPrinting(owner, (step) => owner !== facts || step.index > last)),
  ];
}

function checkBy(owner: JobFacts, evidence: PurposeEvidence): CheckAfter {
  const step = owner.job.steps.find((candidate) => candidate.index === evidence.stepIndex) ?? null;
  const command =
    owner.commands.find(
      (candidate) => candidate.step === step && candidate.span.start === evidence.span.start,
    ) ?? null;
  const faults = [
    ...(evidence.isForgiven ? [{ kind: 'swallowed', command: null } as const] : []),
    ...(command ? commandFaults(owner, command) : []),
    ...surroundingFaults(owner, step, command),
  ];
  return {
    kind: ROLLOUT_WAIT.test(saidBy(owner.workflow, evidence)) ? 'waits' : 'asks',
    facts: owner,
    step,
    command,
    said: step?.name ? `"${step.name.value}"` : evidence.message,
    evidence,
    span: evidence.span,
    faults,
  };
}

/** A plan, which says by its exit code whether anything is left to change. */
function isPlan({ command }: CheckAfter): boolean {
  const words = command === null ? [] : unwrapCommand(command.words);
  return /^(terraform|tofu|terragrunt)$/.test(words[0] ?? '') && words.includes('plan');
}

/**
 * Whether a plan asks what was deployed: it tells of infrastructure only, and only of its own environment. One whose
 * exit code goes nowhere is made for somebody to read, and no check that was meant to hold anything.
 */
function asksByPlan(facts: JobFacts, { facts: owner, faults }: CheckAfter): boolean {
  if (!deploysInfrastructure(facts) || faults.some(({ kind }) => kind === 'swallowed')) return false;
  const environment = facts.job.environment?.name.value;
  return owner === facts || (environment !== undefined && owner.job.environment?.name.value === environment);
}

/** Requests by curl that are no evidence of a check, since they end well whatever the server answers. */
function requestsWithoutTeeth(
  owner: JobFacts,
  found: readonly CheckAfter[],
  isBehind: (step: Step) => boolean,
): readonly CheckAfter[] {
  return owner.commands.flatMap((command): CheckAfter[] => {
    const { step, span } = command;
    if (!isBehind(step) || found.some((check) => check.command === command)) return [];
    const line = ` ${unwrapCommand(command.words).join(' ')} `;
    if (!/^ (curl|wget) /.test(line) || NO_QUESTION.test(line)) return [];
    const isMeant =
      owner.purposes.some(
        ({ purpose, stepIndex, span: place }) =>
          purpose === 'verify' && stepIndex === step.index && place.start === span.start,
      ) ||
      CHECK_NAME.test(nameOf(owner, step)) ||
      ADDRESS_VARIABLE.test(line);
    if (!isMeant) return [];
    return [
      {
        kind: 'asks',
        facts: owner,
        step,
        command,
        said: step.name ? `"${step.name.value}"` : `runs "${line.trim()}"`,
        evidence: null,
        span,
        faults: [...commandFaults(owner, command), ...surroundingFaults(owner, step, command)],
      },
    ];
  });
}

/** Steps that are called a check and only print. */
function onlyPrinting(owner: JobFacts, isBehind: (step: Step) => boolean): readonly CheckAfter[] {
  return owner.job.steps.flatMap((step): CheckAfter[] => {
    const commands = owner.commands.filter((command) => command.step === step);
    if (!isBehind(step) || !step.run || commands.length === 0 || !CHECK_NAME.test(nameOf(owner, step)))
      return [];
    if (owner.purposes.some((evidence) => evidence.stepIndex === step.index)) return [];
    if (owner.tests.some((test) => test.step === step) || !commands.every(onlyPrints)) return [];
    return [
      {
        kind: 'asks',
        facts: owner,
        step,
        command: null,
        said: `"${nameOf(owner, step)}"`,
        evidence: null,
        span: step.name?.span ?? step.run.span,
        faults: [{ kind: 'prints' }],
      },
    ];
  });
}

/** The step's name; in a job of one `run:` step, the job's. */
function nameOf({ job }: JobFacts, step: Step): string {
  if (step.name) return step.name.value;
  const scripts = job.steps.filter((other) => other.run !== null);
  return scripts.length === 1 ? (job.name?.value ?? job.id.value.replace(/_/g, ' ')) : '';
}

function onlyPrints({ words }: StepCommand): boolean {
  return PRINTS.test(unwrapCommand(words).join(' '));
}

function commandFaults(owner: JobFacts, command: StepCommand): readonly Toothlessness[] {
  const words = unwrapCommand(command.words);
  if (isDecidedBehind(owner, command) || isActedUpon(owner, command.step, ['outputs'])) return [];
  const faults: Toothlessness[] = [];
  const isCurl = words[0] === 'curl';
  const fails = !isCurl || words.some((word) => FAILS_AT_BAD_ANSWER.test(word));
  if (command.isSwallowed) faults.push({ kind: 'swallowed', command });
  // What receives the answer by a pipe, or as a value, may look at it; only the table's programs are known to.
  const goesOn =
    command.output.to === 'command' && !PRINTS.test(`${command.output.words.join(' ')} `.trimStart());
  if (!fails && !(goesOn && !command.isSwallowed)) faults.push({ kind: 'any-answer', command });
  return faults;
}

/**
 * Whether something in the script fails by what the command brought: an exit or a test behind it, or a program that
 * looks at its output. Where the script defines functions, an exit before it counts too, since that may be called.
 */
function isDecidedBehind(owner: JobFacts, command: StepCommand): boolean {
  const { step } = command;
  const hasFunctions = /\(\)\s*\{|^\s*function\s/m.test(step.run?.text ?? '');
  const isBehind = (other: StepCommand): boolean =>
    other !== command &&
    other.step === step &&
    (hasFunctions || other.span.start >= command.span.start || contains(other.span, command.span));
  return (
    owner.tests.some((test) => isBehind(test) && !test.isSwallowed) ||
    owner.commands.some((other) => {
      if (!isBehind(other)) return false;
      const words = unwrapCommand(other.words);
      if (isFailingExit(words)) return true;
      if (other.isSwallowed) return false;
      return (
        DECIDES.test(words[0] ?? '') ||
        (words[0] === 'jq' && words.some((word) => /^(-\w*e\w*|--exit-status)$/.test(word)))
      );
    })
  );
}

function isFailingExit([program, status]: readonly string[]): boolean {
  if (program === 'false') return true;
  return (program === 'exit' || program === 'return') && status !== undefined && status !== '0';
}

/** What lets a check fail, or be skipped, without consequence, though the command itself could fail. */
function surroundingFaults(
  owner: JobFacts,
  step: Step | null,
  command: StepCommand | null,
): readonly Toothlessness[] {
  const { job } = owner;
  const faults: Toothlessness[] = [];
  if (step?.continueOnError && !isActedUpon(owner, step, ['outcome'])) {
    const kind = mayFail(owner, step.continueOnError);
    if (kind === 'always') faults.push({ kind: 'step-may-fail', value: step.continueOnError });
    if (kind === 'perhaps') faults.push({ kind: 'perhaps-may-fail', value: step.continueOnError });
  }
  if (job.continueOnError && mayFail(owner, job.continueOnError) === 'always') {
    faults.push({ kind: 'job-may-fail', value: job.continueOnError });
  }
  for (const condition of [step?.condition ?? null, job.condition]) {
    const asked = condition === null ? null : addressAsked(owner, step, condition.value);
    if (condition && asked !== null && !failsOtherwise(owner, asked)) {
      const isOfJob = condition === job.condition;
      faults.push({ kind: 'skips-by-condition', condition, asked, isOfJob });
    }
  }
  const skip = command ? skipInScript(owner, command) : null;
  return skip ? [...faults, skip] : faults;
}

/** An expression over how the run started is taken to spare production; over anything else nothing here decides it. */
function mayFail(owner: JobFacts, value: Located<string>): 'always' | 'perhaps' | 'never' {
  const tolerance = toleranceOf(value, owner.job);
  if (!tolerance) return 'perhaps';
  const { expression, isOnlySomeEntries } = tolerance;
  if (isOnlySomeEntries) return 'perhaps';
  if (expression.kind === 'literal') return expression.value === true ? 'always' : 'never';
  return /\b(inputs|vars|env|steps|needs|secrets)\./.test(value.value) ? 'perhaps' : 'never';
}

/** Whether a later step, or another job, does something because of how the step ended (Definition 16). */
function isActedUpon({ workflow, job, commands }: JobFacts, step: Step, what: readonly string[]): boolean {
  const id = step.id?.value;
  if (id === undefined) return false;
  const uses = what.map((each) => `steps.${id}.${each}`);
  const asks = (text: string): boolean => uses.some((use) => text.includes(use));
  if (job.outputs.some(({ value }) => asks(value.text))) return true;
  return job.steps.some((later) => {
    if (later.index <= step.index || !asks(textAt(workflow, later.span))) return false;
    const own = commands.filter((command) => command.step === later);
    // A summary that prints the outcome stops nothing.
    return later.uses !== null || own.length === 0 || !own.every(onlyPrints);
  });
}

/** The address that a condition must find to be there, so that without one nothing is asked; null for none. */
function addressAsked(owner: JobFacts, step: Step | null, text: string): string | null {
  const condition = readCondition(text);
  if (!condition.ok) return null;
  const parts = condition.expression.kind === 'and' ? condition.expression.args : [condition.expression];
  for (const part of parts.flatMap((each) => (each.kind === 'and' ? each.args : [each]))) {
    const path = pathAsked(part);
    const name = path?.at(-1) ?? '';
    if (!path || !ADDRESS_NAME.test(name)) continue;
    if (path[0] === 'env' && hasLiteral(owner, step, name)) continue;
    if (!['vars', 'secrets', 'env', 'inputs', 'steps', 'needs'].includes(path[0] ?? '')) continue;
    const asked = path.join('.');
    const at = text.toLowerCase().indexOf(asked);
    return at < 0 ? asked : text.slice(at, at + asked.length);
  }
  return null;
}

/** `x != ''`, or `x` by itself. */
function pathAsked(expression: Expression): readonly string[] | null {
  if (expression.kind === 'path') return expression.parts;
  if (expression.kind !== 'compare' || expression.operator !== '!=') return null;
  const { left, right } = expression;
  const isEmpty = (side: Expression): boolean =>
    side.kind === 'literal' && (side.value === '' || side.value === null);
  if (left.kind === 'path' && isEmpty(right)) return left.parts;
  return right.kind === 'path' && isEmpty(left) ? right.parts : null;
}

/** Another step of the job fails where there is no address. */
function failsOtherwise({ job, commands }: JobFacts, asked: string): boolean {
  return job.steps.some(
    (step) =>
      step.condition !== null &&
      step.condition.value.toLowerCase().includes(asked.toLowerCase()) &&
      /==\s*''|''\s*==|!\s*\(?[a-z]/i.test(step.condition.value) &&
      commands.some((command) => command.step === step && isFailingExit(command.words)),
  );
}

/** The script leaves early, or goes past the check, where a variable that the check needs is empty. */
function skipInScript(owner: JobFacts, command: StepCommand): Toothlessness | null {
  const { step } = command;
  const used = variablesIn(command.words.join(' '));
  for (const test of owner.tests) {
    if (test.step !== step || test.span.start >= command.span.start) continue;
    const asked = test.words.flatMap((word) => [...variablesIn(word)]).find((name) => used.has(name));
    if (asked === undefined || hasLiteral(owner, step, asked)) continue;
    const asksEmpty = test.words.includes('-z') || isComparison(test.words, ['=', '==']);
    const asksFilled = test.words.includes('-n') || isComparison(test.words, ['!=']);
    const exit = owner.commands.find(
      ({ words, step: other, span }) =>
        other === step &&
        (words[0] === 'exit' || words[0] === 'return') &&
        words[1] === '0' &&
        span.start > test.span.start &&
        span.start < command.span.start,
    );
    if ((asksEmpty || asksFilled) && exit) return { kind: 'skips-in-script', exit, asked };
    const fails = owner.commands.some((other) => other.step === step && isFailingExit(other.words));
    if (asksFilled && command.isConditional && test.isSwallowed && !fails) {
      return { kind: 'skips-in-script', exit: null, asked };
    }
  }
  return null;
}

/** A comparison with nothing: `"$URL" = ""`. */
function isComparison(words: readonly string[], operators: readonly string[]): boolean {
  return words.some((word, index) => operators.includes(word) && words[index + 1] === '');
}

function variablesIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].flatMap((match) => match[1] ?? []));
}

/** A variable that the file gives a value to, so that it is never empty. */
function hasLiteral({ workflow, job }: JobFacts, step: Step | null, name: string): boolean {
  const entry = [...(step?.env ?? []), ...job.env, ...workflow.env].find(
    (candidate) => candidate.name.value.toLowerCase() === name.toLowerCase(),
  );
  return entry !== undefined && entry.value.text !== '' && !entry.value.text.includes('${{');
}

/** What runs behind a deployment: jobs that need it, jobs behind its callers, and workflows that follow this one. */
function jobsAfter(set: WorkflowSet, facts: JobFacts): readonly JobFacts[] {
  const after = new Set<JobFacts>();
  for (const chain of callChainsOf(set, facts)) {
    for (const link of chain) {
      for (const later of descendantsOf(set, link)) {
        after.add(later);
        if (later.calls) for (const inside of set.jobsOf(later.calls)) after.add(inside);
      }
      for (const workflow of [...chainedTo(set, link.workflow), ...onDeploymentStatus(set)]) {
        for (const later of set.jobsOf(workflow)) after.add(later);
      }
    }
  }
  after.delete(facts);
  if (facts.target?.kind !== 'non-production') return [...after];
  // Behind staging comes production, whose checks say nothing of staging.
  const next = productionPathOf(set).deploying.filter((other) => after.has(other));
  return [...after].filter(
    (later) => !next.includes(later) && !next.some((other) => set.ancestorsOf(later).includes(other)),
  );
}

/** Workflows that GitHub starts when a deployment reports its state. */
function onDeploymentStatus(set: WorkflowSet): readonly JobFacts['workflow'][] {
  return set.workflows.filter((workflow) =>
    workflow.triggers.some((trigger) => trigger.event === 'deployment_status'),
  );
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Where the platform is waited for, by a step that can fail or by an option of the deployment itself. */
export function waitsForRollout(set: WorkflowSet, facts: JobFacts): readonly FindingEvidence[] {
  const { job, workflow } = facts;
  const waits = checksAfter(set, facts).filter(({ kind, faults }) => kind === 'waits' && faults.length === 0);
  if (waits.length > 0) {
    return waits.map((check) => ({
      message: `it waits for the rollout: ${check.evidence?.message ?? check.said}`,
      path: check.facts.workflow.path,
      span: check.span,
    }));
  }
  const last = lastDeployStep(facts);
  const step = job.steps.find(
    (candidate) => candidate.index <= last && ROLLOUT_WAIT.test(textAt(workflow, candidate.span)),
  );
  return step ? [{ message: 'it waits for the rollout here', path: workflow.path, span: step.span }] : [];
}

/** A step behind the deployment that runs something of the repository's own which nothing here can read. */
export function unreadStepAfter(set: WorkflowSet, facts: JobFacts): FindingEvidence | null {
  const last = lastDeployStep(facts);
  const read = checksAfter(set, facts).map((check) => check.step);
  for (const candidate of [facts, ...jobsAfter(set, facts)]) {
    for (const step of candidate.job.steps) {
      if (read.includes(step)) continue;
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

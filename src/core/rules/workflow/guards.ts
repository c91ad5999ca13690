import { setEntry } from '../../workflow/edit';
import type { Located, Span } from '../../text/position';
import { toleranceOf } from '../../workflow/conditions/tolerance';
import type { Step } from '../../workflow/model';
import type {
  JobFacts,
  Purpose,
  PurposeEvidence,
  ReachVerdict,
  WorkflowSet,
} from '../../workflow/understanding';
import type { FindingEvidence, Fix, RuleFinding } from '../rule';
import {
  chainedFrom,
  chainTriggerOf,
  deploysInfrastructure,
  descendantsOf,
  evidenceOf,
  firstDeployStep,
  hasPurpose,
  quoted,
  textAt,
  type CallChain,
} from './production-path';

/** What has to succeed before production, most telling first. */
export const TESTS = ['unit', 'end-to-end', 'smoke'] as const satisfies readonly Purpose[];
export const GUARDS = [...TESTS, 'lint', 'scan'] as const satisfies readonly Purpose[];

/** Actions and commands that wait for, or look up, the checks of the same commit elsewhere. */
const LOOKUP_ACTIONS =
  /^(lewagon\/wait-on-check-action|fountainhead\/action-wait-for-check|int128\/wait-for-workflows-action|ahmadnassri\/action-workflow-run-wait|wechuli\/allcheckspassed|poseidon\/wait-for-status-checks|kachick\/wait-other-jobs|tomchv\/wait-my-workflow)@/i;
const LOOKUP_COMMANDS =
  /\bgh\s+(run\s+(list|watch|view)|pr\s+checks)\b|\/(check-runs|check-suites|commits\/[^\s"']*\/status(es)?|actions\/(workflows\/[^\s"']+\/)?runs)\b/i;

/** A test, lint or scan job, and whether production can start without its success. */
export interface Guard {
  readonly guard: JobFacts;
  readonly purpose: Purpose;
  /** Production waits for it: it is an ancestor, or runs in a workflow after which this one runs. */
  readonly isWaitedFor: boolean;
  /** It runs in a workflow after which this one runs by `workflow_run`. */
  readonly isBefore: boolean;
  readonly state: ReachVerdict;
}

const known = new WeakMap<CallChain, readonly Guard[]>();

/** The test, lint and scan jobs of the run that reaches production, and of the runs before it. */
export function guardsOf(set: WorkflowSet, chain: CallChain): readonly Guard[] {
  // A chain belongs to one set.
  const guards = known.get(chain) ?? findGuards(set, chain);
  known.set(chain, guards);
  return guards;
}

function findGuards(set: WorkflowSet, chain: CallChain): readonly Guard[] {
  const proof = set.proofOf(chain);
  const seen = new Set<JobFacts>();
  const guards: Guard[] = [];
  const add = (guard: JobFacts, isBefore: boolean): void => {
    if (seen.has(guard)) return;
    seen.add(guard);
    const purpose = GUARDS.find((candidate) => hasPurpose(guard, candidate));
    // A job that deploys and then tests what it deployed is no test of the code before it.
    if (!purpose || (guard.target !== null && purpose !== 'unit')) return;
    guards.push({
      guard,
      purpose,
      isWaitedFor: isBefore || proof.isAncestor(guard),
      isBefore,
      state: proof.without(guard),
    });
  };
  for (const link of chain) {
    const later = new Set(descendantsOf(set, link));
    for (const other of set.jobsOf(link.workflow)) {
      if (other === link || later.has(other)) continue;
      if (isAfterSomeProduction(set, other)) continue;
      for (const guard of insideOf(set, other)) if (!chain.includes(guard)) add(guard, false);
    }
  }
  for (const before of workflowsBefore(set, chain)) {
    for (const other of set.jobsOf(before)) for (const guard of insideOf(set, other)) add(guard, true);
  }
  return guards;
}

/** A job, or what runs in its place where it calls a workflow of the repository. */
export function insideOf(set: WorkflowSet, facts: JobFacts): readonly JobFacts[] {
  const found: JobFacts[] = [];
  const seen = new Set<JobFacts>();
  const follow = (next: JobFacts): void => {
    if (seen.has(next)) return;
    seen.add(next);
    const { calls } = next;
    if (calls === null) found.push(next);
    else for (const other of set.jobsOf(calls)) follow(other);
  };
  follow(facts);
  return found;
}

/** The workflows that run before, over one `workflow_run` or several. */
export function workflowsBefore(set: WorkflowSet, chain: CallChain): ReadonlySet<JobFacts['workflow']> {
  const root = (chain[chain.length - 1] ?? chain[0]).workflow;
  const found = new Set<JobFacts['workflow']>();
  const pending = chainTriggerOf(root) ? [...chainedFrom(set, root)] : [];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (found.has(next) || next === root) continue;
    found.add(next);
    if (chainTriggerOf(next)) pending.push(...chainedFrom(set, next));
  }
  return found;
}

/** Checks behind another production deployment are its smoke tests. */
function isAfterSomeProduction(set: WorkflowSet, facts: JobFacts): boolean {
  return set.ancestorsOf(facts).some((ancestor) => ancestor.target?.kind === 'production');
}

/** For infrastructure, what its tools call validating and linting is what there is of tests. */
export function countsAsTest(production: JobFacts, guard: JobFacts): boolean {
  if (TESTS.some((purpose) => hasPurpose(guard, purpose))) return true;
  return deploysInfrastructure(production) && (hasPurpose(guard, 'lint') || hasPurpose(guard, 'scan'));
}

/** The evidence of tests in the deploying job itself, before the deployment. */
export function testsInDeployment(facts: JobFacts): readonly PurposeEvidence[] {
  const deploy = firstDeployStep(facts);
  const purposes: readonly Purpose[] = deploysInfrastructure(facts) ? GUARDS : TESTS;
  return purposes.flatMap((purpose) =>
    evidenceOf(facts, purpose).filter(({ stepIndex }) => stepIndex !== null && stepIndex <= deploy),
  );
}

/** The evidence of a job's tests, as far as they count before that deployment. */
export function testsIn(production: JobFacts, guard: JobFacts): readonly PurposeEvidence[] {
  const purposes: readonly Purpose[] = deploysInfrastructure(production) ? GUARDS : TESTS;
  return purposes.flatMap((purpose) => evidenceOf(guard, purpose));
}

/** Whether the failure of a test fails its job. What is not known of it is not held against it. */
export function canFail(owner: JobFacts, evidence: PurposeEvidence): boolean {
  const { job, commands } = owner;
  const step = job.steps.find((candidate) => candidate.index === evidence.stepIndex);
  if (evidence.isForgiven) return false;
  if (!step) return true;
  const tolerance = toleranceOf(step.continueOnError, job)?.expression;
  if (tolerance?.kind === 'literal' && tolerance.value === true && !isEnforced(owner, step)) return false;
  return !commands.some(
    (command) =>
      command.isSwallowed &&
      command.step === step &&
      command.span.start <= evidence.span.end &&
      command.span.end >= evidence.span.start,
  );
}

/** A later step asks for the outcome of a step that may fail (Definition 16). */
function isEnforced({ workflow, job }: JobFacts, step: Step): boolean {
  const id = step.id?.value;
  return (
    id !== undefined &&
    job.steps.some(
      (later) => later.index > step.index && textAt(workflow, later.span).includes(`steps.${id}.outcome`),
    )
  );
}

/** A step before the deployment that looks for a green run of the same commit. */
export function looksUpChecks(set: WorkflowSet, chain: CallChain): boolean {
  return chain.some((link, index) => {
    const own = index === 0 ? [{ facts: link, before: firstDeployStep(link) }] : [];
    const needed = set
      .ancestorsOf(link)
      .filter((ancestor) => set.canStartWithout(link, ancestor).kind === 'holds')
      .map((facts) => ({ facts, before: Number.POSITIVE_INFINITY }));
    return [...own, ...needed].some(({ facts, before }) =>
      facts.job.steps.some(
        (step) =>
          step.index < before &&
          (LOOKUP_ACTIONS.test(step.uses?.value ?? '') ||
            LOOKUP_COMMANDS.test(step.run?.text ?? '') ||
            (/^actions\/github-script@/i.test(step.uses?.value ?? '') &&
              step.with.some((input) =>
                /checks\.list|getCombinedStatus|listWorkflowRuns/.test(input.value.text),
              ))),
      ),
    );
  });
}

/** Adds the job to `needs` where both stand in one workflow and the condition leaves the implicit `success()` alone. */
export function addNeed(facts: JobFacts, guard: JobFacts): Fix | null {
  if (guard.workflow !== facts.workflow || hasStatusFunction(facts.job.condition)) return null;
  // A test that does not run on every way into the deployment would stop it for good.
  if (guard.job.condition) return null;
  const needs = facts.job.needs.map((need) => need.value);
  if (needs.includes(guard.job.id.value)) return null;
  const all = [...needs, guard.job.id.value];
  const result = setEntry(
    facts.workflow.text,
    facts.job.body,
    'needs',
    all.length === 1 ? (all[0] ?? '') : all,
    { after: ['name'] },
  );
  if (!result.ok) return null;
  return {
    kind: 'proposed',
    title: `Let ${quoted(facts.job)} wait for ${quoted(guard.job)}`,
    edits: [{ path: facts.workflow.path, edits: result.edits }],
  };
}

export function hasStatusFunction(condition: Located<string> | null): boolean {
  return condition !== null && /\b(always|failure|cancelled|success)\s*\(/i.test(condition.value);
}

/** The condition of a job that could be at fault, else its id. */
export function placeOf(facts: JobFacts): Span {
  return hasStatusFunction(facts.job.condition)
    ? (facts.job.condition?.span ?? facts.job.id.span)
    : facts.job.id.span;
}

/**
 * How much an unknown answer weighs: one that only hangs on what becomes of a job at its time limit warns, since
 * `!failure() && !cancelled()`, which asks for all that can be asked, would block everywhere.
 */
export function severityOfUnknown(verdict: ReachVerdict): { readonly severity?: 'warn' } {
  return verdict.kind === 'unknown' && verdict.isOnlyByTimeLimit ? { severity: 'warn' } : {};
}

/** How bad a finding is beside another of the same rule: a warning, something unknown, a fault. */
export function gravityOf({ severity, status }: Pick<RuleFinding, 'severity' | 'status'>): number {
  if (severity === 'warn') return 1;
  return status === 'unknown' ? 2 : 3;
}

/** What makes a job a test, for a finding's evidence. */
export function testEvidence(guard: JobFacts): FindingEvidence {
  const evidence = GUARDS.flatMap((purpose) => evidenceOf(guard, purpose))[0];
  return {
    message: evidence ? `"${guard.job.id.value}" checks: ${evidence.message}` : `"${guard.job.id.value}"`,
    path: guard.workflow.path,
    span: evidence?.path === guard.workflow.path ? evidence.span : guard.job.id.span,
  };
}

import type { Located, Span } from '../../text/position';
import type {
  Counterexample,
  JobFacts,
  Purpose,
  PurposeEvidence,
  WorkflowSet,
} from '../../workflow/understanding';
import { toleranceOf } from '../../workflow/conditions/tolerance';
import { setEntry } from '../../workflow/edit';
import type { Step } from '../../workflow/model';
import type { Fix, FindingEvidence, RuleFinding, WorkflowRule } from '../rule';
import {
  asksConclusion,
  callChainsOf,
  chainedFrom,
  chainTriggerOf,
  deploysInfrastructure,
  descendantsOf,
  evidenceOf,
  firstDeployStep,
  hasPurpose,
  listed,
  productionPathOf,
  quoted,
  startsByItself,
  textAt,
  whyItDeploys,
  type CallChain,
} from './production-path';

/** What has to succeed before production, most telling first. */
const TESTS = ['unit', 'end-to-end', 'smoke'] as const satisfies readonly Purpose[];
const GUARDS = [...TESTS, 'lint', 'scan'] as const satisfies readonly Purpose[];

/** Actions and commands that wait for, or look up, the checks of the same commit elsewhere. */
const LOOKUP_ACTIONS =
  /^(lewagon\/wait-on-check-action|fountainhead\/action-wait-for-check|int128\/wait-for-workflows-action|ahmadnassri\/action-workflow-run-wait|wechuli\/allcheckspassed|poseidon\/wait-for-status-checks|kachick\/wait-other-jobs|tomchv\/wait-my-workflow)@/i;
const LOOKUP_COMMANDS =
  /\bgh\s+(run\s+(list|watch|view)|pr\s+checks)\b|\/(check-runs|check-suites|commits\/[^\s"']*\/status(es)?|actions\/(workflows\/[^\s"']+\/)?runs)\b/i;

/**
 * A production job can start in a run in which a test job did not succeed, or nothing in the run tests at all.
 * Definition 3 on the rule's page says what counts.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'prod-without-tests',
  title: 'Production can be reached without tests',
  severity: 'block',
  why: 'A run that reaches production must itself wait for tests: what runs elsewhere, or beside it, stops nothing.',
  check(set) {
    return productionPathOf(set).production.flatMap((facts) => {
      const judged = callChainsOf(set, facts).map((chain) => judge(set, chain));
      // A job that several workflows call is one place; the worst way in is the one to mend.
      const worst = judged.reduce(
        (worse, next) => (badness(next) > badness(worse) ? next : worse),
        judged[0] ?? [],
      );
      return worst;
    });
  },
};

function badness(findings: readonly RuleFinding[]): number {
  return findings.reduce((sum, { severity, status }) => {
    const weight = severity === 'warn' ? 1 : status === 'unknown' ? 10 : 100;
    return Math.max(sum, weight);
  }, 0);
}

interface GuardState {
  readonly guard: JobFacts;
  readonly purpose: Purpose;
  readonly isAncestor: boolean;
  readonly link: JobFacts;
  readonly state:
    | { readonly kind: 'holds' }
    | { readonly kind: 'fails'; readonly counterexample: Counterexample }
    | { readonly kind: 'unknown'; readonly because: string; readonly span: Span };
}

function judge(set: WorkflowSet, chain: CallChain): readonly RuleFinding[] {
  const [facts] = chain;
  const guards = chain.flatMap((link) => guardsOf(set, link));
  const isTest = (state: GuardState): boolean => TESTS.some((purpose) => hasPurpose(state.guard, purpose));
  const defeated = guards.filter((state) => state.state.kind === 'fails');
  // A test that production waits for and can do without, or a test beside its path.
  const ownTest = guards.some((state) => state.state.kind === 'holds' && hasPurpose(state.guard, 'unit'));
  const blocking = defeated.filter(
    (state) =>
      state.isAncestor ||
      (hasPurpose(state.guard, 'unit') && !(ownTest && gatesAnother(set, facts, state.guard))),
  );
  const firstBlocking = blocking[0];
  if (firstBlocking) return [defeatedFinding(facts, firstBlocking, blocking.slice(1))];

  const unknown = guards.find((state) => state.state.kind === 'unknown' && isTest(state));
  const waitedFor = guards.filter(
    (state) => state.state.kind === 'holds' && countsAsTest(facts, state.guard),
  );
  const gated = waitedFor.some(({ guard }) => testsThatStop(facts, guard).length > 0);
  const findings: RuleFinding[] = [];
  if (unknown && unknown.state.kind === 'unknown') {
    findings.push({
      path: facts.workflow.path,
      span: placeOf(facts),
      status: 'unknown',
      message: `Whether ${quoted(facts.job)} can start without the success of ${quoted(unknown.guard.job)} is not known: ${unknown.state.because}`,
      evidence: [testEvidence(unknown.guard), ...whyItDeploys(facts)],
    });
  } else if (!gated && !testsBefore(set, chain) && !looksUpChecks(set, chain)) {
    const [first, ...others] = waitedFor;
    const finding = first ? toothlessFinding(facts, first, others) : ungated(set, chain);
    if (finding) findings.push(finding);
  }
  const beside = defeated.filter(
    (state) => !blocking.includes(state) && !(ownTest && gatesAnother(set, facts, state.guard)),
  );
  const firstBeside = beside[0];
  if (firstBeside && findings.length === 0) findings.push(besideFinding(facts, firstBeside, beside.slice(1)));
  return findings;
}

/** The test, lint and scan jobs of the same run, and whether production can start without each. */
function guardsOf(set: WorkflowSet, link: JobFacts): readonly GuardState[] {
  const later = new Set(descendantsOf(set, link));
  const ancestors = new Set(set.ancestorsOf(link));
  const inRun = set.jobs.filter(
    (other) => other.workflow === link.workflow && other !== link && !later.has(other),
  );
  return inRun.flatMap((other) => {
    const inside = other.calls ? set.jobsOf(other.calls) : [];
    return [other, ...inside].flatMap((guard) => {
      const purpose = GUARDS.find((candidate) => hasPurpose(guard, candidate));
      if (!purpose || isAfterSomeProduction(set, other)) return [];
      // A job that deploys and then tests what it deployed is no test of the code before it.
      if (guard.target !== null && purpose !== 'unit') return [];
      return [
        { guard, purpose, isAncestor: ancestors.has(other), link, state: set.canStartWithout(link, guard) },
      ];
    });
  });
}

/**
 * Whether a job is what another deployment of the same workflow waits for: where several things are tested and deployed
 * side by side, each waits for its own tests.
 */
function gatesAnother(set: WorkflowSet, facts: JobFacts, guard: JobFacts): boolean {
  return productionPathOf(set).deploying.some(
    (other) =>
      other !== facts &&
      other.workflow === facts.workflow &&
      !set.ancestorsOf(facts).includes(other) &&
      set.ancestorsOf(other).includes(guard),
  );
}

/** Checks behind another production deployment are its smoke tests. */
function isAfterSomeProduction(set: WorkflowSet, facts: JobFacts): boolean {
  return set.ancestorsOf(facts).some((ancestor) => ancestor.target?.kind === 'production');
}

/** For infrastructure, what its tools call validating and linting is what there is of tests. */
function countsAsTest(production: JobFacts, guard: JobFacts): boolean {
  if (TESTS.some((purpose) => hasPurpose(guard, purpose))) return true;
  return deploysInfrastructure(production) && (hasPurpose(guard, 'lint') || hasPurpose(guard, 'scan'));
}

/** Tests in the deploying job itself, before the deployment, whose failure ends the job. */
function testsBefore(set: WorkflowSet, chain: CallChain): boolean {
  const [facts] = chain;
  const deploy = firstDeployStep(facts);
  const purposes: readonly Purpose[] = deploysInfrastructure(facts) ? GUARDS : TESTS;
  return purposes.some((purpose) =>
    evidenceOf(facts, purpose).some(
      (evidence) => evidence.stepIndex !== null && evidence.stepIndex <= deploy && canFail(facts, evidence),
    ),
  );
}

/** The evidence of a job's tests whose failure fails the job. */
function testsThatStop(production: JobFacts, guard: JobFacts): readonly PurposeEvidence[] {
  const purposes: readonly Purpose[] = deploysInfrastructure(production) ? GUARDS : TESTS;
  return purposes.flatMap((purpose) =>
    evidenceOf(guard, purpose).filter((evidence) => canFail(guard, evidence)),
  );
}

/** Whether the failure of a test fails its job. What is not known of it is not held against it. */
function canFail(owner: JobFacts, evidence: PurposeEvidence): boolean {
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
function looksUpChecks(set: WorkflowSet, chain: CallChain): boolean {
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

function ungated(set: WorkflowSet, chain: CallChain): RuleFinding | null {
  const [facts] = chain;
  const outer = chain[chain.length - 1] ?? facts;
  const base = { path: facts.workflow.path, span: placeOf(facts) } as const;
  if (!startsByItself(outer.workflow)) {
    return {
      ...base,
      status: 'unknown',
      severity: 'warn',
      message: `Whether tests run before ${quoted(facts.job)} is up to the workflows that call "${outer.workflow.path}", and none of them is in this repository: check them there`,
      evidence: whyItDeploys(facts),
    };
  }
  const before = chainTriggerOf(outer.workflow);
  if (before) return chained(set, chain, before.span);
  const elsewhere = testJobs(set).filter((other) => other.workflow !== facts.workflow);
  const [first] = elsewhere;
  if (first) {
    return {
      ...base,
      status: 'fail',
      severity: 'warn',
      message: `Tests run in "${first.workflow.path}", but nothing makes ${quoted(facts.job)} wait for them (branch protection, which no file shows, may): run them in this workflow and let the deployment need them`,
      evidence: [...elsewhere.slice(0, 3).map(testEvidence), ...whyItDeploys(facts)],
    };
  }
  return {
    ...base,
    status: 'fail',
    message: `${quoted(facts.job)} deploys production and no workflow of this repository runs any tests: add a test job and let the deployment need it`,
    evidence: whyItDeploys(facts),
  };
}

/** A workflow that runs after another: its conclusion has to be asked for, since it runs whatever that was. */
function chained(set: WorkflowSet, chain: CallChain, triggerSpan: Span): RuleFinding | null {
  const [facts] = chain;
  const outer = chain[chain.length - 1] ?? facts;
  const upstream = chainedFrom(set, outer.workflow);
  const tests = testJobs(set).filter((other) => upstream.includes(other.workflow));
  const name = chainTriggerOf(outer.workflow)?.workflows?.[0]?.value ?? '';
  const base = { path: facts.workflow.path, span: placeOf(facts), evidence: whyItDeploys(facts) } as const;
  const conditions = chain
    .flatMap((link) => [link, ...set.ancestorsOf(link)])
    .flatMap((link) => link.job.condition ?? []);
  const asks = conditions.map(asksConclusion);
  if (!asks.includes('only-success')) {
    const hasOther = outer.workflow.triggers.some((trigger) => trigger.event !== 'workflow_run');
    if (asks.includes('beside-others') && hasOther) {
      return {
        ...base,
        status: 'fail',
        severity: 'warn',
        message: `${quoted(facts.job)} waits for the success of "${name}" only where that starts it; started in another way it waits for no test: run the tests in this workflow too`,
      };
    }
    return {
      ...base,
      status: 'fail',
      message: `${quoted(facts.job)} runs after "${name}" whatever became of it: add \`if: github.event.workflow_run.conclusion == 'success'\``,
      evidence: [
        {
          message: 'it is started here, also by a run that failed',
          path: outer.workflow.path,
          span: triggerSpan,
        },
        ...whyItDeploys(facts),
      ],
    };
  }
  if (tests.length > 0) return null;
  if (upstream.length === 0) {
    return {
      ...base,
      status: 'unknown',
      message: `${quoted(facts.job)} runs after "${name}", and no workflow of that name can be read here, so whether it tests is not known: correct the name, or run the tests in this workflow`,
    };
  }
  return {
    ...base,
    status: 'fail',
    message: `${quoted(facts.job)} runs after "${name}", which runs no tests: add them there, or before the deployment`,
  };
}

function testJobs(set: WorkflowSet): readonly JobFacts[] {
  return set.jobs.filter((facts) => hasPurpose(facts, 'unit') || hasPurpose(facts, 'end-to-end'));
}

function defeatedFinding(facts: JobFacts, first: GuardState, others: readonly GuardState[]): RuleFinding {
  const names = listed(unique([first, ...others].map((state) => state.guard.job.id.value)));
  const fix = first.isAncestor ? null : addNeed(facts, first);
  const { guard } = first;
  const forgiven = guard.job.continueOnError;
  const isForgiven =
    first.isAncestor &&
    first.state.kind === 'fails' &&
    first.state.counterexample.steps.some(
      (step) => step.job === guard.job.id.value && step.result === 'success',
    );
  if (isForgiven && forgiven) {
    return {
      path: guard.workflow.path,
      span: forgiven.span,
      status: 'fail',
      message: `${quoted(facts.job)} can reach production though ${names} failed, since \`continue-on-error: ${forgiven.value}\` lets its failure count as success: take it away`,
      evidence: [testEvidence(guard), ...whyItDeploys(facts)],
      ...(first.state.kind === 'fails' ? { counterexample: first.state.counterexample } : {}),
    };
  }
  return {
    path: facts.workflow.path,
    span: first.isAncestor ? placeOf(facts) : facts.job.id.span,
    status: 'fail',
    message: first.isAncestor
      ? `${quoted(facts.job)} can reach production though ${names} did not succeed: ${howToWait(facts, first, others.length === 0)}`
      : `${quoted(facts.job)} reaches production without waiting for ${names}: add ${others.length > 0 ? 'them' : 'it'} to \`needs\``,
    evidence: [
      testEvidence(first.guard),
      ...others.slice(0, 3).map((state) => testEvidence(state.guard)),
      ...whyItDeploys(facts),
    ],
    ...(first.state.kind === 'fails' ? { counterexample: first.state.counterexample } : {}),
    ...(fix ? { fix } : {}),
  };
}

/** What to change so that a needed job is really waited for. */
function howToWait(facts: JobFacts, { guard }: GuardState, isOnlyOne: boolean): string {
  const isDirect =
    isOnlyOne &&
    guard.workflow === facts.workflow &&
    facts.job.needs.some((need) => need.value === guard.job.id.value);
  if (isDirect && hasStatusFunction(facts.job.condition)) {
    return `ask for \`needs.${guard.job.id.value}.result == 'success'\` in its \`if\`, or take ${statusFunctionsIn(facts.job.condition)} out of it`;
  }
  if (hasStatusFunction(facts.job.condition)) {
    return `take ${statusFunctionsIn(facts.job.condition)} out of its \`if\`, or ask there for the result of every job that has to succeed`;
  }
  return 'take `always()`, `failure()` and `cancelled()` out of the conditions of the jobs in between';
}

/** The status functions that a condition calls, as written. */
function statusFunctionsIn(condition: Located<string> | null): string {
  const calls = condition?.value.match(/!?\b(always|failure|cancelled)\s*\(\s*\)/gi) ?? [];
  return unique(calls)
    .map((call) => `\`${call}\``)
    .join(' and ');
}

/** Production waits for a job with tests, and none of them can fail it. */
function toothlessFinding(facts: JobFacts, first: GuardState, others: readonly GuardState[]): RuleFinding {
  const { guard } = first;
  const evidence = GUARDS.flatMap((purpose) => evidenceOf(guard, purpose))[0];
  const step = guard.job.steps.find((candidate) => candidate.index === evidence?.stepIndex);
  const forgiven = step?.continueOnError ?? null;
  return {
    path: guard.workflow.path,
    span: forgiven?.span ?? evidence?.span ?? guard.job.id.span,
    status: 'fail',
    message: forgiven
      ? `${quoted(facts.job)} waits for ${quoted(guard.job)}, whose tests cannot fail it: take \`continue-on-error\` away from the step that tests`
      : `${quoted(facts.job)} waits for ${quoted(guard.job)}, whose tests cannot fail it, since the script goes on whatever they end with: let their failure end the script`,
    evidence: [...others.slice(0, 3).map((state) => testEvidence(state.guard)), ...whyItDeploys(facts)],
  };
}

function besideFinding(facts: JobFacts, first: GuardState, others: readonly GuardState[]): RuleFinding {
  const names = listed(unique([first, ...others].map((state) => state.guard.job.id.value)));
  const fix = addNeed(facts, first);
  return {
    path: facts.workflow.path,
    span: facts.job.id.span,
    status: 'fail',
    severity: 'warn',
    message: `${quoted(facts.job)} reaches production without waiting for ${names}, which ${others.length > 0 ? 'run' : 'runs'} beside it: add ${others.length > 0 ? 'them' : 'it'} to \`needs\``,
    evidence: [testEvidence(first.guard), ...others.slice(0, 3).map((state) => testEvidence(state.guard))],
    ...(first.state.kind === 'fails' ? { counterexample: first.state.counterexample } : {}),
    ...(fix ? { fix } : {}),
  };
}

/** Adds the job to `needs` where both stand in one workflow and the condition leaves the implicit `success()` alone. */
function addNeed(facts: JobFacts, state: GuardState): Fix | null {
  const { guard, link } = state;
  if (link !== facts || guard.workflow !== facts.workflow || hasStatusFunction(facts.job.condition))
    return null;
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
    {
      after: ['name'],
    },
  );
  if (!result.ok) return null;
  return {
    kind: 'proposed',
    title: `Let ${quoted(facts.job)} wait for ${quoted(guard.job)}`,
    edits: [{ path: facts.workflow.path, edits: result.edits }],
  };
}

function hasStatusFunction(condition: Located<string> | null): boolean {
  return condition !== null && /\b(always|failure|cancelled|success)\s*\(/i.test(condition.value);
}

function placeOf(facts: JobFacts): Span {
  return hasStatusFunction(facts.job.condition)
    ? (facts.job.condition?.span ?? facts.job.id.span)
    : facts.job.id.span;
}

function testEvidence(guard: JobFacts): FindingEvidence {
  const evidence = GUARDS.flatMap((purpose) => evidenceOf(guard, purpose))[0];
  return {
    message: evidence ? `"${guard.job.id.value}" checks: ${evidence.message}` : `"${guard.job.id.value}"`,
    path: guard.workflow.path,
    span: evidence?.path === guard.workflow.path ? evidence.span : guard.job.id.span,
  };
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

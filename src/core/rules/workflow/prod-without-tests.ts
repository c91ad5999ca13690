import type { Span } from '../../text/position';
import type { Job } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { removeEntry, setEntry, type EditResult } from '../../workflow/edit';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import {
  addNeed,
  countsAsTest,
  gravityOf,
  guardsOf,
  hasStatusFunction,
  looksUpChecks,
  placeOf,
  severityOfUnknown,
  testEvidence,
  testsInDeployment,
  TESTS,
  type Guard,
} from './guards';
import {
  chainedFrom,
  chainTriggerOf,
  hasPurpose,
  listed,
  productionChainsOf,
  productionPathOf,
  quoted,
  startsByItself,
  whyItDeploys,
  type CallChain,
} from './production-path';
import { goesBack } from './ways-back';

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
      if (goesBack(set, facts)) return [];
      const judged = productionChainsOf(set, facts).map((chain) => judge(set, chain));
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
  return Math.max(0, ...findings.map(gravityOf));
}

function judge(set: WorkflowSet, chain: CallChain): readonly RuleFinding[] {
  const [facts] = chain;
  const guards = guardsOf(set, chain);
  const inRun = guards.filter(({ isBefore }) => !isBefore);
  const defeated = inRun.filter(({ state }) => state.kind === 'fails');
  // A test that production waits for and can do without, or a test beside its path.
  const ownTest = guards.some(({ guard, state }) => state.kind === 'holds' && hasPurpose(guard, 'unit'));
  const isOfAnother = ({ guard }: Guard): boolean => ownTest && gatesAnother(set, facts, guard);
  const blocking = defeated.filter(
    (each) => each.isWaitedFor || (hasPurpose(each.guard, 'unit') && !isOfAnother(each)),
  );
  const firstBlocking = blocking[0];
  if (firstBlocking) return [defeatedFinding(chain, firstBlocking, blocking.slice(1))];

  const waitedFor = guards.filter(({ guard, state }) => state.kind === 'holds' && countsAsTest(facts, guard));
  // Of the runs before one test that held is enough: others there may run on other events only.
  const heldBefore = waitedFor.some(({ isBefore }) => isBefore);
  const unknowns = guards.filter(
    ({ guard, state, isBefore }) =>
      state.kind === 'unknown' &&
      TESTS.some((purpose) => hasPurpose(guard, purpose)) &&
      !(isBefore && heldBefore),
  );
  // The weightiest first.
  const unknown = unknowns.find(({ state }) => !severityOfUnknown(state).severity) ?? unknowns[0];
  const findings: RuleFinding[] = [];
  if (unknown && unknown.state.kind === 'unknown') {
    findings.push({
      path: facts.workflow.path,
      span: placeOf(facts),
      status: 'unknown',
      ...severityOfUnknown(unknown.state),
      message: `Whether ${quoted(facts.job)} can start without the success of ${quoted(unknown.guard.job)} is not known: ${unknown.state.because}`,
      evidence: [testEvidence(unknown.guard), ...whyItDeploys(facts)],
    });
  } else if (waitedFor.length === 0 && testsInDeployment(facts).length === 0 && !looksUpChecks(set, chain)) {
    // Tests that are waited for and cannot fail are gate-defeated-by-condition's.
    findings.push(ungated(set, chain, guards));
  }
  // A check of another deployment that production ought to wait for is prod-without-staging's.
  const checksStaging = ({ guard }: Guard): boolean =>
    set.ancestorsOf(guard).some(({ target }) => target?.kind === 'non-production');
  const beside = defeated.filter((each) => !isOfAnother(each) && !checksStaging(each));
  const firstBeside = beside[0];
  if (firstBeside && findings.length === 0) findings.push(besideFinding(facts, firstBeside, beside.slice(1)));
  return findings;
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

function ungated(set: WorkflowSet, chain: CallChain, guards: readonly Guard[]): RuleFinding {
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
  if (before) return chained(set, chain, guards, before.span);
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

/** A workflow that runs after another: it runs whatever became of that, unless its conclusion is asked for. */
function chained(
  set: WorkflowSet,
  chain: CallChain,
  guards: readonly Guard[],
  triggerSpan: Span,
): RuleFinding {
  const [facts] = chain;
  const outer = chain[chain.length - 1] ?? facts;
  const name = chainTriggerOf(outer.workflow)?.workflows?.[0]?.value ?? '';
  const base = { path: facts.workflow.path, span: placeOf(facts) } as const;
  const first = guards.find(
    ({ guard, isBefore, state }) => isBefore && state.kind === 'fails' && countsAsTest(facts, guard),
  );
  if (!first) {
    if (chainedFrom(set, outer.workflow).length === 0) {
      return {
        ...base,
        status: 'unknown',
        message: `${quoted(facts.job)} runs after "${name}", and no workflow of that name can be read here, so whether it tests is not known: correct the name, or run the tests in this workflow`,
        evidence: whyItDeploys(facts),
      };
    }
    return {
      ...base,
      status: 'fail',
      message: `${quoted(facts.job)} runs after "${name}", which runs no tests: add them there, or before the deployment`,
      evidence: whyItDeploys(facts),
    };
  }
  const afterRun = set.proofOf(chain).without(first.guard, 'workflow_run');
  if (afterRun.kind === 'unknown') {
    return {
      ...base,
      status: 'unknown',
      message: `Whether ${quoted(facts.job)} can start without the success of ${quoted(first.guard.job)} in "${name}" is not known: ${afterRun.because}`,
      evidence: [testEvidence(first.guard), ...whyItDeploys(facts)],
    };
  }
  if (afterRun.kind === 'holds') {
    return {
      ...base,
      status: 'fail',
      severity: 'warn',
      message: `${quoted(facts.job)} waits for the success of "${name}" only where that starts it; started in another way it waits for no test: run the tests in this workflow too`,
      evidence: whyItDeploys(facts),
      ...(first.state.kind === 'fails' ? { counterexample: first.state.counterexample } : {}),
    };
  }
  const { counterexample } = afterRun;
  const endsWell = counterexample.steps.some(({ why }) => why.includes(' ends with success, '));
  if (endsWell) {
    return {
      path: first.guard.workflow.path,
      span:
        first.guard.job.continueOnError?.span ?? first.guard.job.condition?.span ?? first.guard.job.id.span,
      status: 'fail',
      message: `${quoted(facts.job)} runs after "${name}", which can end with success though ${quoted(first.guard.job)} did not: let that job run and fail its run wherever the deployment follows`,
      evidence: [testEvidence(first.guard), ...whyItDeploys(facts)],
      counterexample,
    };
  }
  const fix = askConclusion(outer);
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
    counterexample,
    ...(fix ? { fix } : {}),
  };
}

/** Asks for the conclusion of the run before, where the job has no condition yet. */
function askConclusion({ workflow, job }: JobFacts): Fix | null {
  if (job.condition || workflow.triggers.length !== 1) return null;
  const result = setEntry(
    workflow.text,
    job.body,
    'if',
    "github.event.workflow_run.conclusion == 'success'",
    { after: ['name', 'needs'] },
  );
  return fixOf(`Start ${quoted(job)} only after a run that succeeded`, workflow.path, result);
}

function fixOf(title: string, path: string, result: EditResult): Fix | null {
  return result.ok ? { kind: 'proposed', title, edits: [{ path, edits: result.edits }] } : null;
}

function testJobs(set: WorkflowSet): readonly JobFacts[] {
  return set.jobs.filter((facts) => hasPurpose(facts, 'unit') || hasPurpose(facts, 'end-to-end'));
}

function defeatedFinding(chain: CallChain, first: Guard, others: readonly Guard[]): RuleFinding {
  const [facts] = chain;
  const names = listed(unique([first, ...others].map(({ guard }) => guard.job.id.value)));
  const { guard } = first;
  const forgiven = guard.job.continueOnError;
  const counterexample = first.state.kind === 'fails' ? { counterexample: first.state.counterexample } : {};
  const isForgiven =
    first.isWaitedFor &&
    first.state.kind === 'fails' &&
    first.state.counterexample.steps.some(
      (step) => step.job === guard.job.id.value && step.result === 'success',
    );
  if (isForgiven && forgiven) {
    const fix = fixOf(
      `Let the failure of ${quoted(guard.job)} count`,
      guard.workflow.path,
      removeEntry(guard.workflow.text, guard.job.body, 'continue-on-error'),
    );
    return {
      path: guard.workflow.path,
      span: forgiven.span,
      status: 'fail',
      message: `${quoted(facts.job)} can reach production though ${names} failed, since \`continue-on-error: ${forgiven.value}\` lets its failure count as success: take it away`,
      evidence: [testEvidence(guard), ...whyItDeploys(facts)],
      ...counterexample,
      ...(fix ? { fix } : {}),
    };
  }
  // Where the edit belongs: the condition in the chain of callers that lets the run through.
  const link = chain.find(({ job }) => hasStatusFunction(job.condition)) ?? facts;
  const fix = first.isWaitedFor ? dropCondition(link) : addNeed(facts, guard);
  return {
    path: link.workflow.path,
    span: first.isWaitedFor ? placeOf(link) : facts.job.id.span,
    status: 'fail',
    message: first.isWaitedFor
      ? `${quoted(facts.job)} can reach production though ${names} did not succeed: ${howToWait(link, guard, others.length === 0)}`
      : `${quoted(facts.job)} reaches production without waiting for ${names}: add ${others.length > 0 ? 'them' : 'it'} to \`needs\``,
    evidence: [
      testEvidence(guard),
      ...others.slice(0, 3).map((each) => testEvidence(each.guard)),
      ...whyItDeploys(facts),
    ],
    ...counterexample,
    ...(fix ? { fix } : {}),
  };
}

/** A condition that is a status function and nothing else only takes the waiting away: without it the job waits. */
function dropCondition({ workflow, job }: JobFacts): Fix | null {
  const text = job.condition?.value.replace(/^\s*\$\{\{([\s\S]*)\}\}\s*$/, '$1').trim() ?? '';
  if (!/^(always\s*\(\s*\)|!\s*cancelled\s*\(\s*\))$/i.test(text)) return null;
  const result = removeEntry(workflow.text, job.body, 'if');
  return fixOf(`Let ${quoted(job)} wait for the success of what it needs`, workflow.path, result);
}

/** What to change so that a needed job is really waited for. */
function howToWait({ workflow, job }: JobFacts, guard: JobFacts, isOnlyOne: boolean): string {
  const isDirect =
    isOnlyOne && guard.workflow === workflow && job.needs.some((need) => need.value === guard.job.id.value);
  if (isDirect && hasStatusFunction(job.condition)) {
    return `ask for \`needs.${guard.job.id.value}.result == 'success'\` in its \`if\`, or take ${statusFunctionsIn(job)} out of it`;
  }
  if (hasStatusFunction(job.condition)) {
    return `take ${statusFunctionsIn(job)} out of its \`if\`, or ask there for the result of every job that has to succeed`;
  }
  return 'take `always()`, `failure()` and `cancelled()` out of the conditions of the jobs in between';
}

/** The status functions that a condition calls, as written. */
function statusFunctionsIn({ condition }: Job): string {
  const calls = condition?.value.match(/!?\b(always|failure|cancelled)\s*\(\s*\)/gi) ?? [];
  return unique(calls)
    .map((call) => `\`${call}\``)
    .join(' and ');
}

function besideFinding(facts: JobFacts, first: Guard, others: readonly Guard[]): RuleFinding {
  const names = listed(unique([first, ...others].map(({ guard }) => guard.job.id.value)));
  const fix = addNeed(facts, first.guard);
  return {
    path: facts.workflow.path,
    span: facts.job.id.span,
    status: 'fail',
    severity: 'warn',
    message: `${quoted(facts.job)} reaches production without waiting for ${names}, which ${others.length > 0 ? 'run' : 'runs'} beside it: add ${others.length > 0 ? 'them' : 'it'} to \`needs\``,
    evidence: [testEvidence(first.guard), ...others.slice(0, 3).map(({ guard }) => testEvidence(guard))],
    ...(first.state.kind === 'fails' ? { counterexample: first.state.counterexample } : {}),
    ...(fix ? { fix } : {}),
  };
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

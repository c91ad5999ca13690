import { remembered } from '../../text/remember';
import type { JobFacts, ReachVerdict, WorkflowSet } from '../../workflow/understanding';
import type { FindingEvidence, RuleFinding, WorkflowRule } from '../rule';
import { checksAfter, unreadStepAfter, waitsForRollout } from './checks-after-deployment';
import {
  addNeed,
  gravityOf,
  guardsOf,
  hasStatusFunction,
  looksUpChecks,
  placeOf,
  severityOfUnknown,
  workflowsBefore,
} from './guards';
import {
  deploysInfrastructure,
  descendantsOf,
  hasPurpose,
  productionChainsOf,
  productionPathOf,
  quoted,
  whyItDeploys,
  type CallChain,
} from './production-path';
import { goesBack } from './ways-back';

/**
 * A production job can start though no deployment elsewhere was made and checked before it (Definition 4 on the page).
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'prod-without-staging',
  title: 'Production can be reached without a verified deployment elsewhere',
  severity: 'block',
  why: 'Tests show that the code does what its authors thought of; only a deployment to a place like production, and a check of it that can fail, shows that the release can be deployed and runs.',
  check(set) {
    return productionPathOf(set).production.flatMap((facts) => {
      if (goesBack(set, facts)) return [];
      const judged = productionChainsOf(set, facts).flatMap((chain) => judge(set, chain) ?? []);
      // A job that several workflows call is one place; the worst way in is the one to mend.
      const worst = judged.reduce<RuleFinding | null>(
        (worse, next) => (worse === null || gravityOf(next) > gravityOf(worse) ? next : worse),
        null,
      );
      return worst ? [worst] : [];
    });
  },
};

/** A deployment elsewhere, in the run that reaches production or a run before it. */
interface Staging {
  readonly facts: JobFacts;
  /** The job as the workflow that production runs in knows it: itself, or the call that it runs in. */
  readonly known: JobFacts;
  /** The production job, or the call that it runs in, in that same workflow. */
  readonly production: JobFacts;
}

/** A check behind a deployment elsewhere, and whether production can start without its success. */
interface Verification {
  readonly staging: Staging;
  readonly owner: JobFacts;
  readonly verdict: ReachVerdict;
}

function judge(set: WorkflowSet, chain: CallChain): RuleFinding | null {
  const [facts] = chain;
  const proof = set.proofOf(chain);
  const stagings = deploymentsElsewhere(set, chain);
  const verifications = stagings.flatMap((staging): Verification[] =>
    checkersOf(set, staging.facts).map((owner) => ({ staging, owner, verdict: proof.without(owner) })),
  );
  if (verifications.some(({ verdict }) => verdict.kind === 'holds')) return null;
  const severity = deploysInfrastructure(facts) ? { severity: 'warn' as const } : {};
  const base = { path: facts.workflow.path, span: placeOf(facts), ...severity } as const;
  // The lightest first: one verified deployment before production is enough.
  const unknowns = verifications.filter(({ verdict }) => verdict.kind === 'unknown');
  const unknown = unknowns.find(({ verdict }) => severityOfUnknown(verdict).severity) ?? unknowns[0];
  if (unknown?.verdict.kind === 'unknown') {
    return {
      ...base,
      status: 'unknown',
      ...severityOfUnknown(unknown.verdict),
      message: `Whether ${quoted(facts.job)} can start without the check of ${quoted(unknown.staging.known.job)} in ${quoted(unknown.owner.job)} is not known: ${unknown.verdict.because}`,
      evidence: [deployedBy(unknown.staging.facts), ...whyItDeploys(facts)],
    };
  }
  const unverified = stagings.find((staging) => proof.isAncestor(staging.facts));
  const defeated =
    verifications.find(({ owner }) => proof.isAncestor(owner)) ??
    verifications.find(({ staging }) => !unverified || staging === unverified);
  if (defeated?.verdict.kind === 'fails') {
    // The condition that also lets production start without its tests is prod-without-tests' finding: one edit mends both.
    const isOneFault =
      chain.some(({ job }) => hasStatusFunction(job.condition)) &&
      guardsOf(set, chain).some(
        ({ isWaitedFor, isBefore, state }) => isWaitedFor && !isBefore && state.kind === 'fails',
      );
    return isOneFault ? null : defeatedFinding(set, chain, defeated, base);
  }
  if (unverified) return unverifiedFinding(set, facts, unverified, base);
  const beside = stagings[0];
  if (beside) {
    return {
      ...base,
      status: 'fail',
      message: `${quoted(beside.production.job)} does not wait for the deployment in ${quoted(beside.known.job)}: let it need that job, and check there what was deployed`,
      evidence: [deployedBy(beside.facts), ...whyItDeploys(facts)],
    };
  }
  // A version that a step finds in an earlier run went through what that run asks.
  if (looksUpChecks(set, chain)) return null;
  // One called workflow may deploy to both, each time by another caller.
  const elsewhere = waysElsewhere(set)[0];
  const caller = elsewhere?.ways[0]?.at(-1);
  if (elsewhere && caller) {
    return {
      ...base,
      status: 'fail',
      severity: 'warn',
      message: `${quoted(caller.job)} in "${caller.workflow.path}" deploys elsewhere, but nothing makes ${quoted(facts.job)} wait for that: deploy there and check it in this workflow, before production`,
      evidence: [
        elsewhere.facts === facts
          ? {
              message: `${quoted(caller.job)} calls ${quoted(facts.job)} for another environment`,
              path: caller.workflow.path,
              span: caller.job.id.span,
            }
          : deployedBy(elsewhere.facts),
        ...whyItDeploys(facts),
      ],
    };
  }
  return {
    ...base,
    status: 'fail',
    message: `${quoted(facts.job)} deploys straight to production: deploy the same artifact to another environment first, check it there, and let this job need that`,
    evidence: whyItDeploys(facts),
  };
}

/** The ways in which jobs come to deploy to what is not production. */
const waysElsewhere = remembered((set: WorkflowSet) =>
  productionPathOf(set).deploying.flatMap((facts) => {
    const ways = set.chainsOf(facts).filter((each) => set.targetKindIn(each) === 'non-production');
    return ways.length > 0 ? [{ facts, ways }] : [];
  }),
);

/** The jobs that deploy elsewhere in the run that reaches production, or in the runs before it. */
function deploymentsElsewhere(set: WorkflowSet, chain: CallChain): readonly Staging[] {
  const outermost = (way: CallChain): JobFacts => way[way.length - 1] ?? way[0];
  const root = outermost(chain).workflow;
  const roots = new Set([root, ...workflowsBefore(set, chain)]);
  return waysElsewhere(set).flatMap(({ facts, ways }): Staging[] => {
    const way = ways.find((each) => roots.has(outermost(each).workflow));
    if (!way) return [];
    // The innermost workflow in which both ways stand apart.
    const links = chain.map((link) => ({
      production: link,
      known: way.find((each) => each.workflow === link.workflow && each !== link),
    }));
    const apart = links.find(({ known }) => known !== undefined);
    return [
      {
        facts,
        known: apart?.known ?? outermost(way),
        production: apart?.production ?? outermost(chain),
      },
    ];
  });
}

/** The jobs whose success says that a deployment was checked: by a request, a test, a state, or the rollout's end. */
function checkersOf(set: WorkflowSet, staging: JobFacts): readonly JobFacts[] {
  const owners = checksAfter(set, staging)
    .filter(({ faults }) => faults.length === 0)
    .map(({ facts }) => facts);
  const own = waitsForRollout(set, staging).some(({ path }) => path === staging.workflow.path)
    ? [staging]
    : [];
  // Checks that run beside the next deployment, where it ought to wait for them.
  const beside = descendantsOf(set, staging).filter(
    (later) =>
      later.target === null &&
      (['verify', 'smoke', 'end-to-end'] as const).some((purpose) => hasPurpose(later, purpose)) &&
      !set.ancestorsOf(later).some((other) => other !== staging && other.target !== null),
  );
  return [...new Set([...owners, ...own, ...beside])];
}

function defeatedFinding(
  set: WorkflowSet,
  chain: CallChain,
  { staging, owner, verdict }: Verification,
  base: Pick<RuleFinding, 'path' | 'span' | 'severity'>,
): RuleFinding {
  const [facts] = chain;
  const { known, production } = staging;
  const link = chain.find(({ job }) => hasStatusFunction(job.condition));
  // What the production job could need: the check, or the call that it runs in.
  const needed =
    owner.workflow === production.workflow && !set.chainsOf(owner).some((way) => way.length > 1)
      ? owner
      : known;
  const what =
    needed === known
      ? `the deployment and check in ${quoted(known.job)}`
      : `the check of ${quoted(known.job)} in ${quoted(needed.job)}`;
  const fix = link ? null : addNeed(production, needed);
  return {
    ...base,
    path: (link ?? production).workflow.path,
    span: placeOf(link ?? production),
    status: 'fail',
    message: link
      ? `${quoted(production.job)} can start though ${what} did not succeed: ask for that result in the condition, or take the status functions out of it`
      : `${quoted(production.job)} does not wait for ${what}: add ${quoted(needed.job)} to \`needs\``,
    evidence: [deployedBy(staging.facts), ...whyItDeploys(facts)],
    ...(verdict.kind === 'fails' ? { counterexample: verdict.counterexample } : {}),
    ...(fix ? { fix } : {}),
  };
}

function unverifiedFinding(
  set: WorkflowSet,
  facts: JobFacts,
  { facts: deployed, known, production }: Staging,
  base: Pick<RuleFinding, 'path' | 'span' | 'severity'>,
): RuleFinding {
  const unread = unreadStepAfter(set, deployed);
  if (unread) {
    return {
      ...base,
      status: 'unknown',
      message: `Whether anything checks ${quoted(known.job)} before ${quoted(production.job)} is not known, since nothing tells what the step behind it does: call the health endpoint in a step of its own, so that it can be seen`,
      evidence: [unread, deployedBy(deployed)],
    };
  }
  return {
    ...base,
    status: 'fail',
    message: `${quoted(production.job)} waits for the deployment in ${quoted(known.job)}, but nothing that can fail checks what it deployed: add a request, a test or a wait for the rollout there`,
    evidence: [deployedBy(deployed), ...whyItDeploys(facts)],
  };
}

function deployedBy(staging: JobFacts): FindingEvidence {
  return {
    message: `${quoted(staging.job)} deploys elsewhere: ${staging.target?.message ?? ''}`,
    path: staging.workflow.path,
    span: staging.target?.span ?? staging.job.id.span,
  };
}

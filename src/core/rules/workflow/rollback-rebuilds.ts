import { actionOf } from '../../workflow/credential-uses';
import type { JobFacts, PurposeEvidence, WorkflowSet } from '../../workflow/understanding';
import type { RuleFinding, WorkflowRule } from '../rule';
import { buildsUpTo } from './deploy-rebuilds';
import {
  callChainsOf,
  evidenceOf,
  hasPurpose,
  onlyRollsBack,
  productionPathOf,
  quoted,
} from './production-path';
import { takesBack, versionInputsOf, waysBackIn } from './ways-back';

/**
 * Going back builds the earlier version again. Where the job that deploys builds in itself, deploy-rebuilds says so.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'rollback-rebuilds',
  title: 'A rollback builds from source',
  severity: 'warn',
  why: 'A build in the middle of an outage takes minutes that nobody has, may fail, and may bring something other than what ran before.',
  check(set) {
    return [
      ...set.jobs
        .filter((facts) => isOfProduction(facts) && onlyRollsBack(facts))
        .flatMap((facts) => {
          const build = buildFor(set, facts);
          return build ? [finding(facts, build)] : [];
        }),
      ...rebuiltByChoice(set),
    ];
  },
};

interface Build {
  readonly owner: JobFacts;
  readonly evidence: PurposeEvidence;
}

function isOfProduction(facts: JobFacts): boolean {
  return facts.calls === null && facts.target?.kind !== 'non-production';
}

/** What a rollback builds, in its own job up to the rollback or in a job that it needs. */
function buildFor(set: WorkflowSet, facts: JobFacts): Build | null {
  const last = evidenceOf(facts, 'rollback').reduce(
    (latest, { stepIndex }) => Math.max(latest, stepIndex ?? -1),
    -1,
  );
  const [own] = buildsUpTo(facts, last);
  if (own) return { owner: facts, evidence: own };
  const before = set.ancestorsOf(facts);
  // Behind a deployment, what was built before was built for that.
  if (before.some((other) => hasPurpose(other, 'deploy'))) return null;
  for (const owner of before) {
    const [evidence] = buildsUpTo(owner, -1);
    if (evidence) return { owner, evidence };
  }
  return null;
}

/** A dispatch that checks out the chosen version and builds it in an earlier job, where nothing else goes back. */
function rebuiltByChoice(set: WorkflowSet): readonly RuleFinding[] {
  const waysBack = waysBackIn(set);
  const found = new Map<JobFacts, RuleFinding>();
  for (const facts of productionPathOf(set).production) {
    const own = waysBack.filter((way) => takesBack(way, facts));
    const builds = own.map((way) => ({ way, build: buildOfChosen(set, way) }));
    if (builds.length === 0 || builds.some(({ build }) => build === null)) continue;
    for (const { way, build } of builds) if (build) found.set(way, finding(way, build));
  }
  return [...found.values()];
}

function buildOfChosen(set: WorkflowSet, way: JobFacts): Build | null {
  if (hasPurpose(way, 'rollback')) return null;
  for (const chain of callChainsOf(set, way)) {
    const inputs = versionInputsOf(set, way);
    for (const owner of chain.flatMap((link) => set.ancestorsOf(link))) {
      const [evidence] = buildsUpTo(owner, -1);
      const checksOut = owner.job.steps.some(
        (step) =>
          actionOf(step) === 'actions/checkout' &&
          step.with.some(
            ({ name, value }) =>
              name.value.toLowerCase() === 'ref' &&
              inputs.some((input) => value.text.toLowerCase().includes(`inputs.${input.toLowerCase()}`)),
          ),
      );
      if (evidence && checksOut) return { owner, evidence };
    }
  }
  return null;
}

function finding(facts: JobFacts, { owner, evidence }: Build): RuleFinding {
  const where = owner === facts ? '' : ` in ${quoted(owner.job)}`;
  return {
    path: evidence.path,
    span: evidence.span,
    status: 'fail',
    message: `Going back by ${quoted(facts.job)} builds the earlier version again${where}: keep what was built for each release, by its digest or version, and deploy that`,
    evidence: [
      {
        message: `"${facts.job.id.value}" goes back to an earlier version`,
        path: facts.workflow.path,
        span: facts.job.id.span,
      },
    ],
  };
}

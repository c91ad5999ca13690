import type { JobFacts, PurposeEvidence } from '../../workflow/understanding';
import type { RuleFinding, WorkflowRule } from '../rule';
import {
  evidenceOf,
  hasPurpose,
  lastDeployStep,
  productionPathOf,
  quoted,
  saidBy,
  whyItDeploys,
} from './production-path';

/** Packaging that builds; pushing or tagging again what was built before does not. */
const BUILDS = /build|bake|assemble|kaniko|jib|\b(npm|mvn|sam|cargo)\b.*\bpack(age)?\b/i;
const PROMOTES = /\bimagetools\s+create\b/i;

/**
 * The deploying job builds from source, so that what was tested is not what ships.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'deploy-rebuilds',
  title: 'A deployment builds what it ships',
  severity: 'block',
  why: 'A second build may differ from the one that was tested: other dependencies, another base image, another commit. Build once and promote that.',
  check(set) {
    const path = productionPathOf(set);
    return [...path.production, ...path.unknownTarget].flatMap(judge);
  },
};

function judge(facts: JobFacts): RuleFinding[] {
  const last = lastDeployStep(facts);
  const builds = [
    ...evidenceOf(facts, 'build').filter((evidence) => !PROMOTES.test(saidBy(facts.workflow, evidence))),
    ...evidenceOf(facts, 'package').filter((evidence) => isBuild(saidBy(facts.workflow, evidence))),
  ].filter(
    // What is built behind the deployment is not what was deployed.
    (evidence) => evidence.stepIndex !== null && (last < 0 || evidence.stepIndex <= last),
  );
  const first = firstOf(builds);
  if (!first) return [];
  const { job, workflow } = facts;
  const isProduction = facts.target?.kind === 'production';
  // One job that tests, builds and deploys ships what it tested (Definition 7).
  const testsToo = hasPurpose(facts, 'unit') || hasPurpose(facts, 'end-to-end');
  return [
    {
      path: workflow.path,
      span: first.span,
      status: 'fail',
      severity: isProduction && !testsToo ? 'block' : 'warn',
      message: testsToo
        ? `${quoted(job)} tests, builds and deploys in one job, so nothing but its own run has seen what ships: build in a job before, and deploy that artifact here`
        : `${quoted(job)} builds what it deploys, so what was tested is not what ships: build once in a job before, and deploy that artifact here`,
      evidence: [
        { message: `"${job.id.value}" builds: ${first.message}`, path: first.path, span: first.span },
        ...whyItDeploys(facts),
      ],
    },
  ];
}

function isBuild(text: string): boolean {
  return BUILDS.test(text) && !PROMOTES.test(text);
}

function firstOf(evidence: readonly PurposeEvidence[]): PurposeEvidence | null {
  return evidence.reduce<PurposeEvidence | null>(
    (first, next) => (!first || next.span.start < first.span.start ? next : first),
    null,
  );
}

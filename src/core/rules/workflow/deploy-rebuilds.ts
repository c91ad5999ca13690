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

/** Deploying commands that are known to build what they deploy (Definition 7), unless an option says not to. */
const BUILDING_COMMANDS: readonly { readonly when: RegExp; readonly unless?: RegExp }[] = [
  { when: /\bgcloud\s.*\brun\s+deploy\b.*\s--source\b/ },
  { when: /\baz\s+containerapp\s+up\b.*\s--source\b/ },
  { when: /\b(flyctl|fly)\s.*\bdeploy\b/, unless: /\s(--image|-i)\b/ },
  { when: /\bkamal\s+deploy\b/, unless: /\s(--skip-push|-P)\b/ },
  { when: /\bskaffold\s+run\b/ },
  { when: /\bdocker[ -]compose\s.*\bup\b.*\s--build\b/ },
  { when: /\bnetlify\s+deploy\b.*\s--build\b/ },
];

/** Longer commands are judged by their beginning. */
const MAX_COMMAND = 4_000;

/** Deploying actions that build: with an input, or unless an input says not to. */
const BUILDING_ACTIONS: readonly {
  readonly action: RegExp;
  readonly needs?: string;
  readonly unless?: string;
}[] = [
  { action: /^google-github-actions\/deploy-cloudrun@/i, needs: 'source' },
  { action: /^azure\/static-web-apps-deploy@/i, unless: 'skip_app_build' },
];

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
  const first = firstOf(buildsUpTo(facts, lastDeployStep(facts)));
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

/** The evidence that a job builds from source, up to a step; what is built behind it is not what the step ships. */
export function buildsUpTo(facts: JobFacts, last: number): readonly PurposeEvidence[] {
  return [
    ...evidenceOf(facts, 'build').filter((evidence) => !PROMOTES.test(saidBy(facts.workflow, evidence))),
    ...evidenceOf(facts, 'package').filter((evidence) => isBuild(saidBy(facts.workflow, evidence))),
    ...evidenceOf(facts, 'deploy').filter((evidence) => deploysByBuilding(facts, evidence)),
  ].filter(
    // What is built behind the deployment is not what was deployed.
    (evidence) => evidence.stepIndex !== null && (last < 0 || evidence.stepIndex <= last),
  );
}

function deploysByBuilding(facts: JobFacts, evidence: PurposeEvidence): boolean {
  const step = facts.job.steps.find((candidate) => candidate.index === evidence.stepIndex);
  if (step?.uses) {
    const uses = step.uses.value;
    const input = (name: string): string | undefined =>
      step.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text;
    const row = BUILDING_ACTIONS.find(({ action }) => action.test(uses));
    if (row) {
      return row.needs !== undefined ? Boolean(input(row.needs)) : input(row.unless ?? '') !== 'true';
    }
  }
  const said = saidBy(facts.workflow, evidence)
    .slice(0, MAX_COMMAND)
    .replace(/\\?\s+/g, ' ');
  return BUILDING_COMMANDS.some(({ when, unless }) => when.test(said) && !(unless?.test(said) ?? false));
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

import { nameWords } from '../../workflow/purposes/names';
import type { JobFacts, Purpose, PurposeEvidence, WorkflowSet } from '../../workflow/understanding';
import { remembered } from '../../text/remember';
import { enumerated } from '../../text/words';
import {
  PHASES,
  type FindingEvidence,
  type GateFacts,
  type Phase,
  type RuleFinding,
  type WorkflowRule,
} from '../rule';
import { jobsBefore, jobsOfRunBefore, makesSomething } from './artifacts';
import { canFail, looksUpChecks } from './guards';
import {
  callChainsOf,
  chainTriggerOf,
  chainedFrom,
  deploysInfrastructure,
  evidenceOf,
  firstDeployStep,
  productionPathOf,
  quoted,
  startsByItself,
  whyItDeploys,
} from './production-path';

/** What counts as each phase, and how it is called. */
const MEANINGS: Readonly<Record<Phase, { readonly name: string; readonly purposes: readonly Purpose[] }>> = {
  lint: { name: 'format and lint', purposes: ['lint'] },
  unit: { name: 'unit tests', purposes: ['unit'] },
  // A request to staging is one.
  smoke: { name: 'a smoke test', purposes: ['smoke', 'verify'] },
  'end-to-end': { name: 'end-to-end tests', purposes: ['end-to-end'] },
  scan: { name: 'a security scan', purposes: ['scan'] },
  build: { name: 'build and package', purposes: ['build', 'package'] },
};

/** Phases that tell nothing of infrastructure: its tools validate, and a scan reads its description. */
const FOR_INFRASTRUCTURE: readonly Phase[] = ['lint', 'scan'];

const TEST_PHASES: readonly Phase[] = ['unit', 'smoke', 'end-to-end'];

/** Pairs in which the cheaper phase must not wait for the dearer one. Smoke and end-to-end tests need what was built. */
const ORDER: readonly (readonly [cheaper: Phase, dearer: Phase])[] = [
  ['lint', 'unit'],
  ['lint', 'end-to-end'],
  ['unit', 'end-to-end'],
  ['unit', 'smoke'],
];

/** Names of scripts that may do all at once. */
const BUNDLE = [
  'ci',
  'all',
  'check',
  'checks',
  'verify',
  'validate',
  'quality',
  'qa',
  'preflight',
  'pipeline',
];

/**
 * One of the phases that should stand before production is absent, stops nothing, or makes a cheaper one wait.
 * https://martinfowler.com/bliki/DeploymentPipeline.html
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'missing-phase',
  title: 'A phase before production is missing',
  severity: 'warn',
  why: 'Each phase finds what the others cannot, the cheapest first: what one of them would have stopped reaches production, or is found late.',
  check(set, gate) {
    const found = new Map<string, RuleFinding>();
    for (const facts of productionPathOf(set).production) {
      const judged = judge(set, facts, gate);
      if (!judged) continue;
      // Jobs of one workflow that lack the same are one path.
      const key = `${facts.workflow.path} ${judged.what}`;
      const known = found.get(key);
      if (!known) found.set(key, judged.finding);
      else {
        const also = {
          message: `${quoted(facts.job)} too`,
          path: facts.workflow.path,
          span: facts.job.id.span,
        };
        found.set(key, { ...known, evidence: [...(known.evidence ?? []), also] });
      }
    }
    return [...found.values()];
  },
};

function judge(
  set: WorkflowSet,
  facts: JobFacts,
  gate: GateFacts,
): { readonly what: string; readonly finding: RuleFinding } | null {
  const chains = callChainsOf(set, facts);
  for (const chain of chains) {
    const outer = chain[chain.length - 1] ?? facts;
    // What stands before is in another repository, or is looked up.
    if (!startsByItself(outer.workflow) || looksUpChecks(set, chain)) return null;
    if (chainTriggerOf(outer.workflow) && chainedFrom(set, outer.workflow).length === 0) return null;
  }
  const before = [...new Set([...jobsBefore(set, facts), ...jobsOfRunBefore(set, facts)])];
  const beside = set
    .jobsOf(facts.workflow)
    .filter(
      (other) =>
        other !== facts &&
        other.calls === null &&
        !before.includes(other) &&
        !set.ancestorsOf(other).includes(facts),
    );
  const states = new Map(PHASES.map((phase) => [phase, stateOf(facts, before, beside, phase)]));
  const isInfrastructure = deploysInfrastructure(facts);
  const testPhases = isInfrastructure ? FOR_INFRASTRUCTURE : TEST_PHASES;
  const isTested = [...before, ...beside].some((job) => evidenceOf(job, 'smoke').length > 0);
  // Where nothing tests, prod-without-tests speaks of it.
  const hasTests = testPhases.some(
    (phase) => states.get(phase) !== 'missing' && (phase !== 'smoke' || isTested),
  );
  const isAsked = (phase: Phase): boolean => {
    if (isInfrastructure && !FOR_INFRASTRUCTURE.includes(phase)) return false;
    if (testPhases.includes(phase) && !hasTests) return false;
    // Not everything is built: only what is built elsewhere, or is asked for, is missed.
    return (
      phase !== 'build' ||
      gate.requiredPhases !== undefined ||
      makersOf(set).some((job) => job.workflow !== facts.workflow)
    );
  };
  const required = PHASES.filter(
    (phase) => (gate.requiredPhases ?? PHASES).includes(phase) && isAsked(phase),
  );
  const nameOf = (phase: Phase): string => MEANINGS[phase].name;
  const missing = required.filter((phase) => states.get(phase) === 'missing').map(nameOf);
  // A test that stops nothing is a finding of its own rule.
  const idle = required
    .filter((phase) => !testPhases.includes(phase) && states.get(phase) === 'idle')
    .map(nameOf);
  const late = PHASES.flatMap((phase) => {
    const dearer = ORDER.find(
      ([cheaper, other]) =>
        cheaper === phase && required.includes(phase) && waitsFor(set, before, phase, other),
    );
    return dearer ? [dearer] : [];
  });
  if (missing.length + idle.length + late.length === 0) return null;
  const parts = [
    ...(missing.length > 0 ? [`reaches production without ${enumerated(missing, 'and')}`] : []),
    ...(idle.length > 0 ? [`waits for ${enumerated(idle, 'and')} that cannot fail`] : []),
    ...late.map(([cheaper, dearer]) => `has ${nameOf(cheaper)} only behind ${nameOf(dearer)}`),
  ];
  const bundle = before.concat(facts).find(mayDoMore);
  // A phase that nobody asks for and that no workflow here has may not be there to be run: told, no more.
  const isWanted =
    gate.requiredPhases !== undefined ||
    idle.length + late.length > 0 ||
    required.some((phase) => states.get(phase) === 'missing' && (byPhase(set).get(phase) ?? []).length > 0);
  const severity = isWanted ? {} : { severity: 'info' as const };
  const place = { path: facts.workflow.path, span: facts.job.id.span };
  const evidence = [
    ...elsewhere(
      set,
      facts,
      required.filter((phase) => states.get(phase) === 'missing'),
    ),
    ...whyItDeploys(facts),
  ];
  if (bundle && idle.length + late.length === 0) {
    const what = `${enumerated(missing, 'and')} ${bundle.job.id.value}`;
    return {
      what,
      finding: {
        ...place,
        ...severity,
        status: 'unknown',
        message: `Whether ${quoted(facts.job)} waits for ${enumerated(missing, 'and')} is not known, since ${quoted(bundle.job)} runs what cannot be read here: give each phase a step of its own, or say in the configuration what the command does`,
        evidence,
      },
    };
  }
  const remedies = [
    ...(missing.length > 0 ? ['add a job for each that the deployment needs, the cheapest first'] : []),
    ...(idle.length > 0 ? ['let a failure end the job'] : []),
    ...(late.length > 0 ? ['let the cheaper phase run first'] : []),
  ];
  return {
    what: parts.join('; '),
    finding: {
      ...place,
      ...severity,
      status: 'fail',
      message: `${quoted(facts.job)} ${enumerated(parts, 'and')}: ${enumerated(remedies, 'and')}`,
      evidence,
    },
  };
}

/** Whether a phase runs before the deployment; `idle`: none of it can fail its job. */
function stateOf(
  facts: JobFacts,
  before: readonly JobFacts[],
  beside: readonly JobFacts[],
  phase: Phase,
): 'stops' | 'idle' | 'missing' {
  const first = firstDeployStep(facts);
  // A script that deploys and then asks is no smoke test before the deployment.
  const limit = phase === 'smoke' ? first - 1 : first;
  const own = evidenceFor(facts, phase).filter(({ stepIndex }) => stepIndex !== null && stepIndex <= limit);
  const all = [
    ...own.map((evidence) => ({ job: facts, evidence })),
    ...before.flatMap((job) => evidenceFor(job, phase).map((evidence) => ({ job, evidence }))),
  ];
  if (all.some(({ job, evidence }) => canFail(job, evidence))) return 'stops';
  if (all.length > 0) return 'idle';
  // What runs beside the deployment is prod-without-tests' finding.
  return beside.some((job) => evidenceFor(job, phase).length > 0) ? 'stops' : 'missing';
}

function evidenceFor(job: JobFacts, phase: Phase): readonly PurposeEvidence[] {
  return MEANINGS[phase].purposes.flatMap((purpose) => evidenceOf(job, purpose));
}

/** The jobs of the repository that do each phase. */
const byPhase = remembered(
  (set: WorkflowSet) =>
    new Map(PHASES.map((phase) => [phase, set.jobs.filter((job) => evidenceFor(job, phase).length > 0)])),
);

/** The jobs of the repository that build something. */
const makersOf = remembered((set: WorkflowSet) => set.jobs.filter(makesSomething));

/** Whether every job of the cheaper phase has to wait for a job of the dearer one. */
function waitsFor(set: WorkflowSet, before: readonly JobFacts[], cheaper: Phase, dearer: Phase): boolean {
  const jobs = before.filter((job) => evidenceFor(job, cheaper).length > 0);
  return (
    jobs.length > 0 &&
    jobs.every((job) =>
      set
        .ancestorsOf(job)
        .some((other) => evidenceFor(other, dearer).length > 0 && evidenceFor(other, cheaper).length === 0),
    )
  );
}

/** A job whose steps are in another repository, or that runs a script which by its name may do everything. */
function mayDoMore({ job, purposes, commands }: JobFacts): boolean {
  if (job.uses && !job.uses.value.startsWith('./')) return true;
  if (
    job.steps.some(
      (step) =>
        step.uses?.value.startsWith('./') && !purposes.some(({ stepIndex }) => stepIndex === step.index),
    )
  )
    return true;
  return commands.some(({ words }) => {
    const [program = '', ...rest] = words;
    // `npm ci` installs.
    if (/^(npm|pnpm|bun|composer)$/.test(program) && rest[0] !== 'run') return false;
    const isRunner =
      /^(make|just|task|mage|invoke|npm|pnpm|yarn|bun|nx|turbo|earthly|dagger|rake|tox|nox|composer)$/.test(
        program,
      );
    const name = isRunner
      ? rest.filter((word) => !word.startsWith('-') && word !== 'run').slice(0, 1)
      : /\//.test(program)
        ? [program.split('/').pop() ?? '']
        : [];
    return name.some((word) => nameWords(word.replace(/\.\w+$/, '')).some((part) => BUNDLE.includes(part)));
  });
}

/** Workflows that have a phase which the deployment does not wait for. */
function elsewhere(set: WorkflowSet, facts: JobFacts, phases: readonly Phase[]): readonly FindingEvidence[] {
  return phases.flatMap((phase) => {
    const other = (byPhase(set).get(phase) ?? []).find(
      (job) => job.workflow !== facts.workflow && job.calls === null,
    );
    const [evidence] = other ? evidenceFor(other, phase) : [];
    if (!other || !evidence) return [];
    return [
      {
        message: `${MEANINGS[phase].name}, for which nothing here waits: ${evidence.message}`,
        path: evidence.path,
        span: evidence.span,
      },
    ];
  });
}

import type { Confidence } from '../../evidence/fact';
import type { Located, Span } from '../../text/position';
import type { Job, Step, Trigger, Workflow } from '../../workflow/model';
import { remembered } from '../../text/remember';
import type { JobFacts, Purpose, PurposeEvidence, WorkflowSet } from '../../workflow/understanding';
import { startsByItself, type CallChain } from '../../workflow/call-chains';
import { enumerated } from '../../text/words';
import type { FindingEvidence, Severity } from '../rule';

export { startsByItself, type CallChain };

/** What the workflow rules share: which jobs deploy, and which stand on the way to production (Definition 21). */
export interface ProductionPath {
  /** Jobs that deploy to production and do not only roll back, in the order of the files. */
  readonly production: readonly JobFacts[];
  /** Jobs that deploy, and nothing says where to. */
  readonly unknownTarget: readonly JobFacts[];
  /** Every job that deploys or rolls back, wherever to. */
  readonly deploying: readonly JobFacts[];
  /** Jobs that deploy to production, that one needs, whose workflow one is chained to, or that roll back. */
  isOnTheWay(facts: JobFacts): boolean;
}

/** Computed once for a set of workflows. */
export const productionPathOf = remembered((set: WorkflowSet): ProductionPath => {
  const deploying = set.jobs.filter((facts) => facts.target !== null && facts.calls === null);
  const production = deploying.filter(
    (facts) => facts.target?.kind === 'production' && !onlyRollsBack(facts),
  );
  const way = new Set<JobFacts>();
  const outer = new Set<JobFacts>();
  interface Pending {
    readonly facts: JobFacts;
    /** Reached from the job that calls its workflow: who else calls that workflow is not on the way for it. */
    readonly isInside: boolean;
  }
  const pending: Pending[] = [
    ...production,
    ...set.jobs.filter((facts) => hasPurpose(facts, 'rollback') && facts.target?.kind !== 'non-production'),
  ].map((facts) => ({ facts, isInside: false }));
  const add = (jobs: readonly JobFacts[], isInside: boolean): void => {
    pending.push(...jobs.map((facts) => ({ facts, isInside })));
  };
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { facts, isInside } = next;
    if (isInside ? way.has(facts) : outer.has(facts)) continue;
    way.add(facts);
    if (!isInside) outer.add(facts);
    add(set.needsOf(facts), isInside);
    if (!isInside) add(callersOf(set, facts.workflow), false);
    // A needed job that calls a workflow is done when the jobs inside are: they are on the way too.
    const { calls } = facts;
    if (calls) {
      const inside = set.jobsOf(calls);
      if (!inside.some((other) => other.target !== null)) add(inside, true);
    }
    for (const before of chainedFrom(set, facts.workflow)) {
      add(
        set
          .jobsOf(before)
          .filter(
            (other) => hasPurpose(other, 'build') || hasPurpose(other, 'package') || uploadsArtifact(other),
          ),
        false,
      );
    }
  }
  return {
    production,
    unknownTarget: deploying.filter((facts) => facts.target?.kind === 'unknown' && !onlyRollsBack(facts)),
    deploying,
    isOnTheWay: (facts) => way.has(facts),
  };
});

/** The jobs that call a workflow of the repository. */
export function callersOf(set: WorkflowSet, workflow: Workflow): readonly JobFacts[] {
  return set.callersOf(workflow);
}

/** Every way in which a job comes to run, the shortest first; a workflow that also starts by itself counts as one. */
export function callChainsOf(set: WorkflowSet, facts: JobFacts): readonly CallChain[] {
  return set.chainsOf(facts);
}

/** The ways in which a job comes to deploy production: a workflow called for staging too is one of them only there. */
export function productionChainsOf(set: WorkflowSet, facts: JobFacts): readonly CallChain[] {
  return set.chainsOf(facts).filter((chain) => set.targetKindIn(chain) === 'production');
}

/** The `workflow_run` trigger of a workflow; null where it has none. */
export function chainTriggerOf(workflow: Workflow): Trigger | null {
  return workflow.triggers.find((trigger) => trigger.event === 'workflow_run') ?? null;
}

/** The workflows after which `workflow` runs by `workflow_run`. */
export function chainedFrom(set: WorkflowSet, workflow: Workflow): readonly Workflow[] {
  return chainsByRun(set).from.get(workflow) ?? [];
}

/** The workflows that run after `workflow` by `workflow_run`. */
export function chainedTo(set: WorkflowSet, workflow: Workflow): readonly Workflow[] {
  return chainsByRun(set).to.get(workflow) ?? [];
}

/** What a condition asks of the run that started this one. */
export function asksConclusion(condition: Located<string>): 'only-success' | 'beside-others' | 'nothing' {
  const text = condition.value.replace(/\s+/g, ' ').toLowerCase();
  const asks =
    /github\.event\.workflow_run\.conclusion == 'success'|'success' == github\.event\.workflow_run\.conclusion/.test(
      text,
    );
  if (!asks) return 'nothing';
  return text.includes('||') ? 'beside-others' : 'only-success';
}

const chainsByRun = remembered((set: WorkflowSet) => {
  const from = new Map<Workflow, readonly Workflow[]>();
  const to = new Map<Workflow, Workflow[]>();
  for (const workflow of set.workflows) {
    const names = chainTriggerOf(workflow)?.workflows?.map((name) => name.value) ?? [];
    if (names.length === 0) continue;
    const before = set.workflows.filter((other) => names.includes(other.name?.value ?? other.path));
    from.set(workflow, before);
    for (const other of before) to.set(other, [...(to.get(other) ?? []), workflow]);
  }
  return { from, to };
});

/** Every job that directly or over others needs `facts`. */
export function descendantsOf(set: WorkflowSet, facts: JobFacts): readonly JobFacts[] {
  const byJob = descendantsIn(set);
  const known = byJob.get(facts.workflow) ?? new Map<JobFacts, JobFacts[]>();
  if (!byJob.has(facts.workflow)) {
    byJob.set(facts.workflow, known);
    for (const other of set.jobsOf(facts.workflow)) {
      for (const ancestor of set.ancestorsOf(other)) {
        const later = known.get(ancestor);
        if (later) later.push(other);
        else known.set(ancestor, [other]);
      }
    }
  }
  return known.get(facts) ?? [];
}

const descendantsIn = remembered((_: WorkflowSet) => new Map<Workflow, Map<JobFacts, JobFacts[]>>());

const confidences: Readonly<Record<Confidence, number>> = { weak: 0, moderate: 1, strong: 2 };

/** The evidence that a job does something, at least as sure as `atLeast`. */
export function evidenceOf(
  facts: JobFacts,
  purpose: Purpose,
  atLeast: Confidence = 'moderate',
): readonly PurposeEvidence[] {
  const known = evidenceBy(facts);
  const key = atLeast === 'moderate' ? purpose : `${purpose} ${atLeast}`;
  const before = known.get(key);
  if (before) return before;
  const found = facts.purposes.filter(
    (evidence) => evidence.purpose === purpose && confidences[evidence.confidence] >= confidences[atLeast],
  );
  known.set(key, found);
  return found;
}

/** What was asked of a job before: nearly every rule asks. */
const evidenceBy = remembered((_: JobFacts) => new Map<string, readonly PurposeEvidence[]>());

/** Whether a job does something on strong or moderate evidence. */
export function hasPurpose(facts: JobFacts, purpose: Purpose): boolean {
  return evidenceOf(facts, purpose).length > 0;
}

/** A rollback need not wait for tests, nor for a second approval in the middle of an outage. */
export function onlyRollsBack(facts: JobFacts): boolean {
  return hasPurpose(facts, 'rollback') && !hasPurpose(facts, 'deploy');
}

/**
 * Whether all that a job deploys is infrastructure by a tool that makes it equal to its description: the way back is an
 * earlier description, and there may be nothing to send a request to.
 */
export function deploysInfrastructure(facts: JobFacts): boolean {
  const deploys = evidenceOf(facts, 'deploy');
  return (
    deploys.length > 0 &&
    deploys.every((evidence) => /\b(terraform|tofu|terragrunt|pulumi)\b/i.test(evidence.message))
  );
}

/** The step with which a job's deployment begins; 0 where its evidence is no step. */
export function firstDeployStep(facts: JobFacts): number {
  const steps = evidenceOf(facts, 'deploy').flatMap((evidence) =>
    evidence.stepIndex === null ? [] : [evidence.stepIndex],
  );
  return steps.length > 0 ? Math.min(...steps) : 0;
}

/**
 * The step with which a job's deployment ends; -1 where its evidence is no step. A step that runs because something
 * failed restores what was there, and the check that it answers to stands before it.
 */
export function lastDeployStep(facts: JobFacts): number {
  const restoring = new Set(facts.job.steps.filter(runsOnFailure).map((step) => step.index));
  const steps = evidenceOf(facts, 'deploy').map(({ stepIndex }) => stepIndex ?? -1);
  const usual = steps.filter((index) => !restoring.has(index));
  return Math.max(-1, ...(usual.length > 0 ? usual : steps));
}

/** Whether a condition lets a job or step run because something before it failed. */
export function asksFailure(condition: Located<string> | null): boolean {
  return (
    condition !== null &&
    /(?<!!\s*)\bfailure\s*\(|\b(outcome|result|conclusion)\s*==\s*'failure'|\b(outcome|result)\s*!=\s*'success'/i.test(
      condition.value,
    )
  );
}

/** Whether a step runs because one before it failed. */
export function runsOnFailure(step: Step): boolean {
  return asksFailure(step.condition);
}

/** What a judgement of one job alone may ask of the production path. */
export type WayOnly = Pick<ProductionPath, 'isOnTheWay'>;

/**
 * A judgement that rests on one job and on whether it is on the way to production, and on nothing else: made once for
 * as long as the job's facts live, which in an editor is until its file changes.
 */
export function judgedOnce<Judgement>(
  judge: (path: WayOnly, facts: JobFacts) => Judgement,
): (path: WayOnly, facts: JobFacts) => Judgement {
  const onTheWay = remembered((facts: JobFacts) => judge({ isOnTheWay: (other) => other === facts }, facts));
  const elsewhere = remembered((facts: JobFacts) => judge({ isOnTheWay: () => false }, facts));
  return (path, facts) => (path.isOnTheWay(facts) ? onTheWay(facts) : elsewhere(facts));
}

/** The severity of a blocking fault at one job: it blocks only on the way to production (Definition 21). */
export function severityAt(path: WayOnly, facts: JobFacts): Severity {
  return path.isOnTheWay(facts) ? 'block' : 'warn';
}

/** What makes a job one that deploys, for a finding's evidence: at most two places. */
export function whyItDeploys(facts: JobFacts): readonly FindingEvidence[] {
  const [first] = evidenceOf(facts, 'deploy');
  const { target } = facts;
  const isProduction = target?.kind === 'production';
  // One place that says both is shown once.
  const isOnePlace = isProduction && first?.span.start === target.span.start;
  const places: FindingEvidence[] = [];
  if (first && !isOnePlace) {
    places.push({
      message: `"${facts.job.id.value}" deploys: ${first.message}`,
      path: first.path,
      span: first.span,
    });
  }
  if (isProduction) {
    places.push({
      message: `${isOnePlace ? `"${facts.job.id.value}" deploys to production` : 'its target is production'}: ${target.message}`,
      path: facts.workflow.path,
      span: target.span,
    });
  }
  return places;
}

/** A job as a person names it, in quotes. */
export function quoted(job: Job): string {
  return `"${job.id.value}"`;
}

/** Names in quotes with commas and a last "and". */
export function listed(names: readonly string[]): string {
  return enumerated(
    names.map((name) => `"${name}"`),
    'and',
  );
}

/** The whole of `${{ … }}` or null for a value that is more or less than one expression. */
export function expressionIn(value: string): string | null {
  const match = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(value);
  const inner = match?.[1];
  return inner === undefined || inner.includes('${{') ? null : inner.trim();
}

/** The part of a workflow's text that a span covers. */
export function textAt(workflow: Workflow, span: Span): string {
  return workflow.text.slice(span.start, span.end);
}

/** The words of an evidence's action or command; for one inside a composite action or a called workflow, those there. */
export function saidBy(workflow: Workflow, evidence: PurposeEvidence): string {
  const inside = /^uses "\.\/[^"]*", which ([\s\S]*)$/.exec(evidence.message)?.[1];
  if (inside !== undefined) return inside;
  return evidence.path === workflow.path ? textAt(workflow, evidence.span) : evidence.message;
}

function uploadsArtifact(facts: JobFacts): boolean {
  return facts.job.steps.some((step) =>
    step.uses?.value.toLowerCase().startsWith('actions/upload-artifact@'),
  );
}

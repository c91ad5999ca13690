import type { CheckRun } from '../evidence/results/check-runs';
import { fileSource, type Source } from '../evidence/fact';
import type { Span } from '../text/position';
import type { JobFacts, PurposeEvidence, WorkflowSet } from '../workflow/understanding';
import type { ReadinessFacts } from './facts';

/** Whether a job does something: `firm` where the job cannot be green without it. */
export type Doing = 'firm' | 'loose' | 'none';

/** A check with the job of the repository that it is of. */
export interface MatchedCheck {
  readonly run: CheckRun;
  readonly job: JobFacts;
  readonly sources: readonly Source[];
}

/** What the checks of the commit show of jobs that do something. */
export interface JobChecks {
  readonly passed: readonly MatchedCheck[];
  readonly failed: readonly MatchedCheck[];
  /** Red jobs that do other things too: which of them failed is not told. */
  readonly failedInPart: readonly MatchedCheck[];
  /** Why others show nothing, each a clause that names the check. */
  readonly open: readonly string[];
  /** Jobs of the repository that do it, whether or not a check of them is known. */
  readonly jobs: readonly JobFacts[];
}

const RED = new Set(['failure', 'timed_out', 'startup_failure', 'action_required', 'error']);

/**
 * What became on the commit of the release of the jobs that do something. A check is known by the name that GitHub gives
 * it; a name that fits jobs of which some do other things shows nothing.
 */
export function jobChecks(facts: ReadinessFacts, doing: (job: JobFacts) => Doing): JobChecks {
  const { workflows, evidence } = facts;
  const jobs = workflows?.jobs.filter((job) => doing(job) !== 'none') ?? [];
  const passed: MatchedCheck[] = [];
  const failed: MatchedCheck[] = [];
  const failedInPart: MatchedCheck[] = [];
  const open: string[] = [];
  if (!workflows || jobs.length === 0) return { passed, failed, failedInPart, open, jobs };
  for (const { path, run } of lastRuns(facts)) {
    const fitting = workflows.jobs.filter((job) => isCheckOf(run, job, workflows));
    const own = fitting.filter((job) => doing(job) !== 'none');
    const [job] = own;
    if (!job) continue;
    const matched: MatchedCheck = {
      run,
      job,
      sources: [fileSource(path), fileSource(job.workflow.path, job.workflow.lines.rangeOf(job.job.id.span))],
    };
    if (RED.has(run.conclusion)) {
      if (own.length < fitting.length) {
        open.push(`the check "${run.name}" failed, and jobs of that name do different things`);
      } else if (own.some(doesMore)) {
        failedInPart.push(matched);
        open.push(`the check "${run.name}" failed, and its job does several things`);
      } else failed.push(matched);
    } else if (run.conclusion !== 'success') {
      open.push(
        `the check "${run.name}" is ${run.conclusion === 'pending' ? 'still running' : run.conclusion}`,
      );
    } else if (own.length < fitting.length) {
      open.push(`the check "${run.name}" is of one of ${fitting.length} jobs that do different things`);
    } else if (own.some((each) => doing(each) === 'loose')) {
      open.push(
        `the job "${run.name}" can be green without it: the step has a condition, or its failure is swallowed`,
      );
    } else passed.push(matched);
  }
  const missing = evidence.checks.counting.reduce((sum, { report }) => sum + report.missing, 0);
  if (missing > 0) open.push(`${missing} more checks are not in the file; ask gh for all pages`);
  return { passed, failed, failedInPart, open, jobs };
}

function doesMore({ purposes }: JobFacts): boolean {
  const kinds = purposes.filter(({ confidence, purpose }) => confidence !== 'weak' && purpose !== 'notify');
  return new Set(kinds.map((each) => (isTypeCheck(each) ? 'types' : each.purpose))).size > 1;
}

/** Checks that were red and then green on the commit, by name. */
export function flakyChecks(
  facts: ReadinessFacts,
): readonly { readonly name: string; readonly path: string }[] {
  const found = new Map<string, string>();
  for (const [key, runs] of runsByName(facts)) {
    const conclusions = runs.map(({ run }) => run.conclusion);
    const last = conclusions.at(-1);
    if (last === 'success' && conclusions.some((each) => each === 'failure' || each === 'timed_out')) {
      const [first] = runs;
      if (first) found.set(key, first.path);
    }
  }
  return [...found].map(([key, path]) => ({ name: (JSON.parse(key) as string[])[1] ?? key, path }));
}

/** The last run of each check, by workflow and name. */
function lastRuns(facts: ReadinessFacts): readonly { readonly path: string; readonly run: CheckRun }[] {
  return [...runsByName(facts).values()].flatMap((runs) => runs.slice(-1));
}

function runsByName(
  facts: ReadinessFacts,
): ReadonlyMap<string, readonly { readonly path: string; readonly run: CheckRun }[]> {
  const byName = new Map<string, { path: string; run: CheckRun }[]>();
  for (const { path, report } of facts.evidence.checks.counting) {
    for (const run of report.runs) {
      const key = JSON.stringify([run.workflow, run.name]);
      byName.set(key, [...(byName.get(key) ?? []), { path, run }]);
    }
  }
  // One that has not ended is the newest.
  const time = (run: CheckRun): number => (run.endedAt === null ? Infinity : Date.parse(run.endedAt));
  for (const runs of byName.values()) runs.sort((a, b) => time(a.run) - time(b.run) || 0);
  return byName;
}

/** Whether a check has the name that GitHub gives to a run of the job, called or matrix jobs included. */
function isCheckOf(run: CheckRun, job: JobFacts, set: WorkflowSet): boolean {
  return namesOf(job, set, 3).some(({ pattern, workflow }) => {
    return (run.workflow === null || run.workflow === workflow) && pattern.test(run.name);
  });
}

function namesOf(
  facts: JobFacts,
  set: WorkflowSet,
  depth: number,
): readonly { readonly pattern: RegExp; readonly workflow: string }[] {
  return sourcesOf(facts, set, depth).map(({ source, workflow }) => ({
    pattern: new RegExp(`^${source}$`, 'u'),
    workflow,
  }));
}

function sourcesOf(
  facts: JobFacts,
  set: WorkflowSet,
  depth: number,
): readonly { readonly source: string; readonly workflow: string }[] {
  const own = nameSource(facts);
  const direct = { source: own, workflow: facts.workflow.name?.value ?? facts.workflow.path };
  if (depth === 0) return [direct];
  const called = set.callersOf(facts.workflow).flatMap((caller) =>
    sourcesOf(caller, set, depth - 1).map(({ source, workflow }) => ({
      source: `${source} / ${own}`,
      workflow,
    })),
  );
  return [direct, ...called];
}

/** A pattern of the names that a job shows: expressions stand for anything, a matrix adds its values in brackets. */
function nameSource({ job }: JobFacts): string {
  const name = job.name?.value ?? job.id.value;
  const parts = name
    .slice(0, 500)
    .split(/\$\{\{.*?\}\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return `${parts.join('.{1,200}')}${job.matrix ? '(?: \\(.{1,200}\\))?' : ''}`;
}

/**
 * Whether a job does something for sure. `loose` where every step that does it may be left out by a condition, or has its
 * failure swallowed.
 */
export function doingOf(facts: JobFacts, isIt: (evidence: PurposeEvidence) => boolean): Doing {
  const found = facts.purposes.filter((each) => each.confidence !== 'weak' && isIt(each));
  if (found.length === 0) return 'none';
  return found.some((each) => isFirm(facts, each)) ? 'firm' : 'loose';
}

function isFirm(facts: JobFacts, evidence: PurposeEvidence): boolean {
  if (evidence.isForgiven === true) return false;
  const step = evidence.stepIndex === null ? undefined : facts.job.steps[evidence.stepIndex];
  if (!step) return evidence.stepIndex === null;
  const condition = step.condition?.value.replace(/^\$\{\{|\}\}$/g, '').trim() ?? '';
  if (condition !== '' && condition !== 'success()') return false;
  if (step.continueOnError && step.continueOnError.value !== 'false') return false;
  return !facts.commands.some(
    (command) =>
      command.step === step &&
      overlaps(command.span, evidence.span) &&
      (command.isSwallowed || command.isConditional) &&
      evidence.path === facts.workflow.path,
  );
}

function overlaps(one: Span, other: Span): boolean {
  return one.start < other.end && other.start < one.end;
}

/** Programs and scripts that check types, as evidence quotes them. */
const TYPE_CHECKS =
  /\b(?:tsc|vue-tsc|mypy|pyright|basedpyright|pytype|pyre|flow check|type-?check(?:ing)?|check[-:]types|types[-:]check)\b/;

/** Whether what a job does is a check of types. */
export function isTypeCheck({ purpose, message }: PurposeEvidence): boolean {
  return (purpose === 'lint' || purpose === 'build') && TYPE_CHECKS.test(message);
}

/** The names of checks as a sentence has them. */
export function namesOfChecks(checks: readonly MatchedCheck[]): string {
  const names = [...new Set(checks.map(({ run }) => `"${run.name}"`))];
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

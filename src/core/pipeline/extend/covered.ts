import type { Language, PipelinePhase } from '../../evidence/profile';
import type { Span } from '../../text/position';
import type { Job, Step, Workflow } from '../../workflow/model';
import type { JobFacts, Purpose, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import type { JobSpec, StepSpec } from '../generate/workflow-text';

/** What of a generated check a workflow does already. */
export interface Covered {
  /** Jobs of the workflow that do it, in the order of its file. */
  readonly by: readonly string[];
  /** What is left to do; null: nothing. */
  readonly rest: JobSpec | null;
}

/** What the engine calls the work of a phase; format, types and integration tests are known by their command only. */
const PURPOSE_OF: Readonly<Partial<Record<PipelinePhase, Purpose>>> = {
  lint: 'lint',
  unit: 'unit',
  smoke: 'smoke',
  'end-to-end': 'end-to-end',
  scan: 'scan',
  build: 'build',
};

/**
 * What of a generated check the workflow does, on evidence: the same command, the same scan, or, for a job of one
 * phase, work of that kind in the same folder. Only jobs that every run waits for count: one with a condition, or one
 * that may fail, holds nothing back.
 *
 * @param onlyUnit The language of the repository's one installable unit, where it has one: work of a kind can be of no
 *   other then, unless its program belongs to another language.
 */
export function coveredBy(
  spec: JobSpec,
  workflow: Workflow,
  set: WorkflowSet,
  onlyUnit: Language | null,
): Covered {
  const jobs = set.jobsOf(workflow).filter(({ job }) => holdsBack(job));
  const scan = spec.steps.find((step) => step.uses?.reference.startsWith('github/codeql-action/analyze@'));
  if (scan) {
    const by = jobs.filter(({ job }) => job.steps.some(isCodeqlAnalysis)).map(idOf);
    return { by, rest: by.length > 0 ? null : spec };
  }
  const [phase, ...others] = spec.phases ?? [];
  const purpose = phase !== undefined && others.length === 0 ? PURPOSE_OF[phase] : undefined;
  if (purpose !== undefined) {
    const folder = folderOf(spec);
    const by = jobs.filter((facts) => doesWork(facts, purpose, folder, onlyUnit)).map(idOf);
    if (by.length > 0) return { by, rest: null };
  }
  const by = new Set<string>();
  const left = spec.steps.filter((step) => {
    const job = jobs.find((facts) => runsAlready(facts, step));
    if (job) by.add(job.job.id.value);
    return !job;
  });
  const order = jobs.map(idOf).filter((id) => by.has(id));
  if (order.length === 0) return { by: [], rest: spec };
  const dropped = spec.steps.flatMap((step) =>
    step.id !== undefined && !left.includes(step) ? [`${step.id}: `] : [],
  );
  return {
    by: order,
    rest: left.some(isWork) ? { ...spec, steps: left.map((step) => withoutLines(step, dropped)) } : null,
  };
}

/** Whether a failure of the job is seen by those that wait for it, in every run. */
export function holdsBack(job: Job): boolean {
  return job.condition === null && job.continueOnError === null;
}

/** Whether a step analyses the code with CodeQL. */
export function isCodeqlAnalysis(step: Step): boolean {
  return step.uses?.value.startsWith('github/codeql-action/analyze@') ?? false;
}

function idOf({ job }: JobFacts): string {
  return job.id.value;
}

/** The step that says what failed speaks of no step that is not there. */
function withoutLines(step: StepSpec, starts: readonly string[]): StepSpec {
  const { NEXT: next } = step.env ?? {};
  if (typeof next !== 'string') return step;
  const lines = next.split('\n').filter((line) => !starts.some((start) => line.startsWith(start)));
  return { ...step, env: { ...step.env, NEXT: lines.join('\n') } };
}

/** A step of the check itself; checking out, setting up, installing and what only runs at a failure are none. */
function isWork(step: StepSpec): boolean {
  return step.if === undefined && step.run !== undefined && !/^(Set up|Install)\b/.test(step.name);
}

function folderOf(spec: JobSpec): string {
  return spec.steps.find(isWork)?.workingDirectory ?? '';
}

function doesWork(facts: JobFacts, purpose: Purpose, folder: string, onlyUnit: Language | null): boolean {
  return facts.purposes.some((evidence) => {
    if (evidence.purpose !== purpose || evidence.confidence === 'weak' || evidence.isForgiven) return false;
    const step = evidence.stepIndex === null ? null : (facts.job.steps[evidence.stepIndex] ?? null);
    if (step === null) return onlyUnit !== null;
    if (!isBinding(step)) return false;
    return onlyUnit === null
      ? folderOfStep(facts, step) === folder
      : !isOfAnother(onlyUnit, facts, step, evidence.span);
  });
}

/** Whether the command that does the work belongs to another language than the unit's. */
function isOfAnother(language: Language, facts: JobFacts, step: Step, span: Span): boolean {
  const command = facts.commands.find(
    (other) => other.step === step && other.span.start <= span.start && span.end <= other.span.end,
  );
  const program = command?.words[0]?.split('/').at(-1);
  const owner = Object.entries(PROGRAMS).find(([, programs]) => program && programs.includes(program))?.[0];
  return owner !== undefined && owner !== language;
}

/** Programs that test code of one language only; make, just, task and scripts test any. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  node: ['npm', 'npx', 'pnpm', 'yarn', 'bun', 'node', 'deno', 'vitest', 'jest', 'mocha'],
  python: ['python', 'python3', 'pytest', 'tox', 'nox', 'poetry', 'uv', 'pipenv', 'hatch', 'pdm', 'coverage'],
  go: ['go', 'gotestsum'],
  java: ['mvn', 'mvnw', 'gradle', 'gradlew', 'ant', 'sbt', 'lein'],
  rust: ['cargo'],
  dotnet: ['dotnet', 'msbuild'],
  ruby: ['bundle', 'rake', 'rspec', 'rails', 'ruby'],
  php: ['php', 'composer', 'phpunit', 'pest'],
  others: [
    'mix',
    'rebar3',
    'swift',
    'dart',
    'flutter',
    'crystal',
    'dub',
    'cabal',
    'stack',
    'xcodebuild',
    'ctest',
  ],
};

function isBinding(step: Step): boolean {
  return step.condition === null && step.continueOnError === null;
}

/** Whether a job runs the command of a step, perhaps with more arguments. */
function runsAlready(facts: JobFacts, step: StepSpec): boolean {
  if (step.run === undefined || step.run.includes('\n') || !isWork(step)) return false;
  const wanted = normal(step.run.split(/\s+/));
  return facts.commands.some((command) => {
    if (command.isSwallowed || command.isConditional || !isBinding(command.step)) return false;
    const words = normal(command.words);
    return (
      folderOfStep(facts, command.step) === (step.workingDirectory ?? '') &&
      wanted.every((word, index) => words[index] === word)
    );
  });
}

/** `npm test`, `npm t` and `npm run test` are one command. */
function normal(words: readonly string[]): readonly string[] {
  const [program, first, ...rest] = words;
  if (program === 'npm' || program === 'pnpm' || program === 'yarn') {
    if (first === 'run' || first === 'run-script') return [program, ...rest];
    if (first === 't') return [program, 'test', ...rest];
  }
  return words;
}

function folderOfStep({ workflow, job }: JobFacts, step: Step): string {
  const own =
    step.workingDirectory?.value ??
    textAt(valueOf(valueOf(job.body, 'defaults'), 'run'), 'working-directory') ??
    textAt(valueOf(valueOf(workflow.tree.root, 'defaults'), 'run'), 'working-directory');
  return (own ?? '').replace(/^\.\/?/, '').replace(/\/+$/, '');
}

function textAt(map: Parameters<typeof valueOf>[0], key: string): string | null {
  const value = valueOf(map, key);
  return value?.kind === 'scalar' ? value.text : null;
}

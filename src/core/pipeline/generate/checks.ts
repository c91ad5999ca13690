import type { PipelinePhase } from '../../evidence/profile';
import { isPlainText } from '../../evidence/detect/shell-text';
import { useAction } from './actions';
import { runItYourself } from './cause';
import { codeqlJobs } from './codeql';
import { coveredTests } from './coverage';
import type { PipelinePlan, Unit } from './plan';
import { browserArtifacts, keepReports, testReports, withTestResults } from './reports';
import { checkout, setup, toolSteps } from './setup';
import { inFolder } from './setup/places';
import { type JobSpec, type StepSpec } from './workflow-text';

/** What the jobs of the checks need while they are put together. */
export interface CheckContext {
  readonly plan: PipelinePlan;
  readonly paths: ReadonlySet<string>;
  /** Takes what had to be assumed or left out. */
  readonly notes: Set<string>;
}

interface CheckKind {
  readonly id: string;
  readonly name: string;
  readonly phases: readonly PipelinePhase[];
  readonly timeoutMinutes: number;
  /** Those of a stage run beside one another, after those of the stage before; null: it waits for nothing. */
  readonly stage: number | null;
}

/**
 * The checks in their order, cheapest first. A stage starts when the one before it has passed, so that no minutes of a
 * browser are spent on what a formatter has refused. A scan reads the code instead of running it and waits for nothing:
 * a fault in a test must not leave the default branch unscanned.
 */
const CHECKS: readonly CheckKind[] = [
  { id: 'quality', name: 'Format and lint', phases: ['format', 'lint'], timeoutMinutes: 15, stage: 0 },
  { id: 'type-check', name: 'Type check', phases: ['type-check'], timeoutMinutes: 15, stage: 0 },
  { id: 'unit', name: 'Unit tests', phases: ['unit'], timeoutMinutes: 20, stage: 1 },
  { id: 'smoke', name: 'Smoke tests', phases: ['smoke'], timeoutMinutes: 15, stage: 2 },
  { id: 'integration', name: 'Integration tests', phases: ['integration'], timeoutMinutes: 30, stage: 3 },
  { id: 'end-to-end', name: 'End-to-end tests', phases: ['end-to-end'], timeoutMinutes: 45, stage: 4 },
  { id: 'audit', name: 'Security audit', phases: ['scan'], timeoutMinutes: 15, stage: null },
];

/** Whether a job is one of the checks of a unit. */
export function isCheckOf(job: JobSpec, unit: Unit): boolean {
  return CHECKS.some((kind) => job.id === `${kind.id}${unit.suffix}`);
}

const STEP_NAMES: Readonly<Record<PipelinePhase, string>> = {
  format: 'Check the format',
  lint: 'Lint',
  'type-check': 'Check the types',
  unit: 'Run the unit tests',
  integration: 'Run the integration tests',
  smoke: 'Run the smoke tests',
  'end-to-end': 'Run the end-to-end tests',
  scan: 'Audit',
  build: 'Build',
};

/** Jobs of format, lint, tests and scans: for each unit those whose commands exist, and no other. */
export function checkJobs(context: CheckContext): JobSpec[] {
  const { plan } = context;
  const byUnit = plan.units.map((unit) => unitChecks(context, unit));
  const jobs = CHECKS.flatMap((kind) =>
    byUnit.flatMap((checks) => checks.flatMap((check) => (check.kind === kind ? [check.job] : []))),
  );
  return [...jobs, ...codeqlJobs(context)];
}

/** The checks of one unit in their order, each waiting for the nearest cheaper stage that the unit has. */
function unitChecks(
  context: CheckContext,
  unit: Unit,
): { readonly kind: CheckKind; readonly job: JobSpec }[] {
  const checks: { readonly kind: CheckKind; readonly job: JobSpec }[] = [];
  for (const kind of CHECKS) {
    const steps = kind.phases.flatMap((phase) => phaseSteps(context, unit, phase));
    if (steps.length === 0) continue;
    const cheaper = checks.flatMap((check) =>
      kind.stage !== null && check.kind.stage !== null && check.kind.stage < kind.stage
        ? [check.kind.stage]
        : [],
    );
    const nearest = Math.max(...cheaper);
    const needs = checks.filter((check) => check.kind.stage === nearest).map((check) => check.job.id);
    const id = `${kind.id}${unit.suffix}`;
    const browsers = kind.id === 'end-to-end' ? browserSteps(context, unit) : [];
    const tests = testSteps(context, unit, kind, id, steps);
    checks.push({
      kind,
      job: {
        id,
        name: `${kind.name}${unit.label}`,
        phases: kind.phases,
        needs,
        permissions: { contents: 'read' },
        timeoutMinutes: kind.timeoutMinutes,
        steps: [
          checkout(),
          // A run of a tag publishes, and takes nothing from a cache that others can fill.
          ...[
            ...setup(unit, context.paths, context.plan.publishing.packages.length === 0, context.notes),
            ...toolSteps(unit, tests),
            ...browsers,
          ].map(told),
          ...tests,
        ],
      },
    });
  }
  return checks;
}

/** A step that sets up, with its own command as what to do next. */
function told(step: StepSpec): StepSpec {
  return step.run === undefined || step.run.includes('\n') || step.whenItFails !== undefined
    ? step
    : { ...step, whenItFails: runItYourself(step.run, step.workingDirectory ?? '') };
}

/** The tests of a kind with what they leave behind kept; those of units with their coverage held to its bounds. */
function testSteps(
  context: CheckContext,
  unit: Unit,
  kind: CheckKind,
  job: string,
  plain: readonly StepSpec[],
): readonly StepSpec[] {
  if (kind.stage === null || kind.stage === 0) return plain;
  const covered = kind.id === 'unit' ? coveredTests(context, unit, plain) : { steps: plain, reports: [] };
  const told = withTestResults(unit, kind.id, covered.steps);
  const inBrowser = kind.id === 'end-to-end' ? browserArtifacts(context, unit) : [];
  const { retentionDays } = context.plan.settings;
  const paths = [...covered.reports, ...told.reports, ...testReports(unit), ...inBrowser];
  return [...told.steps, ...keepReports(job, paths, retentionDays, inBrowser.length === 0)];
}

/** The commands of a phase: the workspace root's where it has one, since it covers its members, else each member's. */
export function phaseSteps(context: CheckContext, unit: Unit, phase: PipelinePhase): StepSpec[] {
  const stacks = (unit.root.commands[phase] ?? []).length > 0 ? [unit.root] : unit.stacks;
  const members = stacks.filter((stack) => (stack.commands[phase] ?? []).length > 0);
  if (phase === 'build' && unit.root.packageManager.value === 'pnpm' && members.length > 1) {
    const scripts = new Set(
      members.flatMap((stack) => (stack.commands[phase] ?? []).map((command) => command.value)),
    );
    const [only] = scripts;
    // pnpm builds members in the order of their dependencies; one step each would have to guess it.
    if (only?.startsWith('pnpm run ') && scripts.size === 1) {
      return [
        inFolder(unit.root, {
          name: STEP_NAMES[phase],
          run: only.replace('pnpm run', 'pnpm --recursive run'),
        }),
      ];
    }
  }
  return stacks.flatMap((stack) =>
    (stack.commands[phase] ?? []).flatMap((command) => {
      if (!isPlainText(command.value)) {
        context.notes.add(
          `A command of ${stack.manifest.value} was left out: its text must not stand in a workflow.`,
        );
        return [];
      }
      const name = `${STEP_NAMES[phase]}${stack === unit.root || stacks.length === 1 ? '' : ` (${stack.folder})`}`;
      if (command.value === 'golangci-lint run') {
        return [
          {
            name,
            uses: useAction('golangci/golangci-lint-action'),
            with: stack.folder === '' ? {} : { 'working-directory': stack.folder },
            whenItFails: runItYourself(command.value, stack.folder),
          },
        ];
      }
      return [
        inFolder(stack, {
          name,
          run: command.value,
          whenItFails: runItYourself(command.value, stack.folder),
        }),
      ];
    }),
  );
}

/** Playwright's browsers are not on the runner in the version that the project pins. */
function browserSteps(context: CheckContext, unit: Unit): StepSpec[] {
  const { root } = unit;
  if (root.language !== 'node') return [];
  const execute: Readonly<Record<string, string>> = { pnpm: 'pnpm exec', yarn: 'yarn', bun: 'bunx' };
  return unit.stacks
    .filter((stack) =>
      ['ts', 'mts', 'js', 'mjs', 'cjs'].some((ending) =>
        context.paths.has(`${stack.folder === '' ? '' : `${stack.folder}/`}playwright.config.${ending}`),
      ),
    )
    .map((stack) =>
      inFolder(stack, {
        name: 'Install browsers',
        run: `${execute[root.packageManager.value] ?? 'npx --no-install'} playwright install --with-deps`,
      }),
    );
}

import { slug } from './plan';
import { expression, type JobSpec, type StepSpec } from './workflow-text';

/** Lines of what to do next are told apart by the id before the first of these. */
const SEPARATOR = ': ';

/** What stands for every step without an id: those that fetch the commit and set the language up. */
const SETUP = 'setup';

/**
 * The job with a last step that runs only when another failed: one error that names the step and says what to do next.
 * The texts are values of the environment, so that no command of the repository becomes part of a script.
 */
export function namingCause(job: JobSpec): JobSpec {
  // A job of one step (somebody was asked) says what failed by its own name.
  if (job.steps.length === 1) return job;
  const taken = new Set(job.steps.flatMap((step) => (step.id === undefined ? [] : [step.id])));
  const named = job.steps.map((step) => (isNamed(step) ? withId(step, taken) : step));
  const hints = named.flatMap((step) =>
    isNamed(step) && step.id !== undefined ? [`${step.id}${SEPARATOR}${data(nextOf(step))}`] : [],
  );
  if (hints.length === 0) return job;
  const isAllNamed = named.every(isNamed);
  return {
    ...job,
    steps: [
      ...named,
      {
        name: 'Say what failed',
        if: 'failure()',
        env: {
          STEPS: expression('${{ toJSON(steps) }}'),
          NEXT: [
            ...hints,
            ...(isAllNamed
              ? []
              : [`${SETUP}${SEPARATOR}A step before these failed: its own log, the first red one, says why`]),
          ].join('\n'),
        },
        run: [
          `failed="$(jq --raw-output 'first(to_entries[] | select(.value.outcome == "failure") | .key) // "${SETUP}"' <<< "$STEPS")"`,
          `echo "::error title=$failed failed::$(sed --quiet "s/^$failed${SEPARATOR}//p" <<< "$NEXT")"`,
        ].join('\n'),
      },
    ],
  };
}

/** Whether a step's failure is told by its own name; what only sets up is told as one. */
function isNamed(step: StepSpec): boolean {
  return step.id !== undefined || step.whenItFails !== undefined || step.run !== undefined;
}

function withId(step: StepSpec, taken: Set<string>): StepSpec {
  if (step.id !== undefined) return step;
  const base = slug(step.name).replace(/^(?=\d)/, 'step-');
  let id = base;
  for (let number = 2; taken.has(id) || id === SETUP; number++) id = `${base}-${number}`;
  taken.add(id);
  return { id, ...step };
}

function nextOf(step: StepSpec): string {
  if (step.whenItFails !== undefined) return step.whenItFails;
  const run = step.run ?? '';
  return run === '' || run.includes('\n')
    ? 'The log of this step says why'
    : `Run it yourself to see the same: ${run}${step.workingDirectory ? ` (in ${step.workingDirectory})` : ''}`;
}

/** Text of a workflow command: docs.github.com, "Workflow commands"; the toolkit escapes these three. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

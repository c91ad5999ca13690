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
  const taken = new Set(job.steps.flatMap((step) => (step.id === undefined ? [] : [step.id])));
  const steps = job.steps.map((step) => (isNamed(step) ? withId(step, taken) : step));
  // Of a single step GitHub itself says that it failed.
  if (steps.length < 2 || !steps.some(isNamed)) return job;
  const next = steps.flatMap(({ id, whenItFails }) =>
    id !== undefined && whenItFails !== undefined ? [`${id}${SEPARATOR}${data(whenItFails)}`] : [],
  );
  return {
    ...job,
    steps: [
      ...steps,
      {
        name: 'Say what failed',
        if: 'failure()',
        env: {
          STEPS: expression('${{ toJSON(steps) }}'),
          ...(next.length > 0 ? { NEXT: next.join('\n') } : {}),
        },
        run: [
          `failed="$(jq --raw-output 'first(to_entries[] | select(.value.outcome == "failure") | .key) // "${SETUP}"' <<< "$STEPS")"`,
          ...(next.length > 0
            ? [
                `next="$(sed --quiet "s/^$failed${SEPARATOR}//p" <<< "$NEXT")"`,
                'echo "::error title=$failed failed::${next:-Its log, the first red one, says why}"',
              ]
            : ['echo "::error title=$failed failed::Its log, the first red one, says why"']),
        ].join('\n'),
      },
    ],
  };
}

/**
 * Whether a step's failure is told by its own name. What only fetches and sets up is told as one, and what runs because
 * another step failed is never the cause.
 */
function isNamed(step: StepSpec): boolean {
  if (step.if?.startsWith('failure()')) return false;
  return step.id !== undefined || step.whenItFails !== undefined || step.run !== undefined;
}

/** What to do next where a command of the repository failed. */
export function runItYourself(command: string, folder: string): string {
  return `Run it yourself to see the same: ${command}${folder === '' ? '' : ` (in ${folder})`}`;
}

function withId(step: StepSpec, taken: Set<string>): StepSpec {
  if (step.id !== undefined) return step;
  const base = slug(step.name).replace(/^(?=\d)/, 'step-');
  let id = base;
  for (let number = 2; taken.has(id) || id === SETUP; number++) id = `${base}-${number}`;
  taken.add(id);
  return { id, ...step };
}

/** Text of a workflow command: docs.github.com, "Workflow commands"; the toolkit escapes these three. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

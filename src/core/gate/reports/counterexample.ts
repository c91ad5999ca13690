import type { Finding } from '../report';

/** What starts the run of a counterexample: the trigger, the ref, the inputs, and whether somebody cancels it. */
export function runSentence(
  run: Pick<NonNullable<Finding['counterexample']>, 'trigger' | 'ref' | 'inputs' | 'isCancelled'>,
): string {
  const inputs = Object.entries(run.inputs).map(([name, value]) => `${name}=${value}`);
  return [
    `${run.trigger} on ${run.ref}`,
    ...(inputs.length > 0 ? [`with ${inputs.join(', ')}`] : []),
    ...(run.isCancelled ? ['cancelled while it runs'] : []),
  ].join(', ');
}

/** One step of a counterexample: the job, what became of it, and why. */
export function stepSentence(step: {
  readonly job: string;
  readonly result: string;
  readonly why: string;
}): string {
  return `${step.job}: ${step.result}, ${step.why}`;
}

/** A counterexample as lines: what starts the run, then job by job what becomes of it and why. */
export function counterexampleLines(counterexample: NonNullable<Finding['counterexample']>): string[] {
  return [
    `A run that gets there: ${runSentence(counterexample)}`,
    ...counterexample.steps.map(
      (step, index) => `${index + 1}. ${stepSentence(step)} (${step.path}:${step.range.start.line})`,
    ),
  ];
}

import type { Finding } from '../report';

/** A counterexample as lines: what starts the run, then job by job what becomes of it and why. */
export function counterexampleLines(counterexample: NonNullable<Finding['counterexample']>): string[] {
  const inputs = Object.entries(counterexample.inputs).map(([name, value]) => `${name}=${value}`);
  const run = [
    `${counterexample.trigger} on ${counterexample.ref}`,
    ...(inputs.length > 0 ? [`with ${inputs.join(', ')}`] : []),
    ...(counterexample.isCancelled ? ['cancelled while it runs'] : []),
  ].join(', ');
  return [
    `A run that gets there: ${run}`,
    ...counterexample.steps.map(
      (step, index) =>
        `${index + 1}. ${step.job}: ${step.result}, ${step.why} (${step.path}:${step.range.start.line})`,
    ),
  ];
}

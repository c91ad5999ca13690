import { expression, type JobSpec, type StepSpec, type Text } from './workflow-text';

/** A line of `required` or `requiredSecret` (deploy/means). */
const REQUIRED = /^: "\$\{(\w+):\?set the (variable|secret) \1 in this environment\}"$/;

/**
 * The job with what its environment must have asked for once, before anything else: its variables are given to the whole
 * job, its secrets only to the steps that use them, and the lines that ask for either stand in one first step.
 *
 * @param given Variables whose values are known here, which nobody is asked for.
 */
export function askingOnce(job: JobSpec, given: Readonly<Record<string, string>> = {}): JobSpec {
  const asked = new Map<string, 'variable' | 'secret'>();
  const hoisted: Record<string, Text> = {};
  for (const step of job.steps) {
    for (const [name, value] of Object.entries(step.env ?? {})) {
      if (isOfEnvironment(value, 'vars', name)) hoisted[name] = given[name] ?? value;
    }
  }
  const steps = job.steps.flatMap((step): StepSpec[] => {
    if (step.run === undefined) return [step];
    const env = step.env ?? {};
    const run = step.run
      .split('\n')
      .filter((line) => {
        const [, name = '', kind] = REQUIRED.exec(line) ?? [];
        const value = env[name] ?? job.env?.[name];
        const root = kind === 'secret' ? 'secrets' : 'vars';
        if (name === '' || value === undefined || !isOfEnvironment(value, root, name)) return true;
        if (kind === 'secret' || given[name] === undefined)
          asked.set(name, kind === 'secret' ? 'secret' : 'variable');
        return false;
      })
      .join('\n');
    const own = Object.entries(env).filter(([name, value]) => !isOfEnvironment(value, 'vars', name));
    return run === '' ? [] : [{ ...step, env: Object.fromEntries(own), run }];
  });
  if (asked.size === 0 && Object.keys(hoisted).length === 0) return job;
  const secrets = [...asked].filter(([, kind]) => kind === 'secret').map(([name]) => name);
  return {
    ...job,
    env: { ...job.env, ...hoisted },
    steps: [
      ...(asked.size === 0
        ? []
        : [
            {
              name: 'Check the settings of the environment',
              env: Object.fromEntries(
                secrets.map((name) => [name, expression(`\${{ secrets.${name} }}`)] as const),
              ),
              run: [...asked]
                .map(([name, kind]) => `: "\${${name}:?set the ${kind} ${name} in this environment}"`)
                .join('\n'),
            },
          ]),
      ...steps,
    ],
  };
}

function isOfEnvironment(value: Text, root: 'vars' | 'secrets', name: string): boolean {
  return typeof value !== 'string' && value.expression === `\${{ ${root}.${name} }}`;
}

import { isPlainText } from '../../evidence/detect/shell-text';
import type { RepositoryProfile } from '../../evidence/profile';
import { required, type EnvironmentVariable } from './deploy/means';
import { expression, type StepSpec } from './workflow-text';

/** What is asked after a deployment. */
export interface Verification {
  readonly step: (name: string) => StepSpec;
  readonly variables: readonly EnvironmentVariable[];
  readonly unknowns: readonly string[];
}

/** The repository's own smoke test where it has one that asks a deployed system, else a request for its health. */
export function verification(profile: RepositoryProfile): Verification {
  const fromCode = profile.stacks.flatMap((stack) =>
    (stack.commands.smoke ?? []).map((command) => command.value),
  );
  const smoke = profile.smokeTest?.value;
  const address: EnvironmentVariable = {
    name: 'BASE_URL',
    purpose: 'address at which the environment answers, such as https://…',
  };
  const baseUrl = { BASE_URL: expression('${{ vars.BASE_URL }}') };
  if (smoke && isPlainText(smoke) && !fromCode.some((command) => smoke.endsWith(command))) {
    const run = /^[\w.-]+\//.test(smoke) && !smoke.startsWith('./') ? `./${smoke}` : smoke;
    return {
      step: (name) => ({ name, env: baseUrl, run: `${required('BASE_URL')}\n${run}` }),
      variables: [address],
      unknowns: [],
    };
  }
  const curl =
    'curl --fail --silent --show-error --output /dev/null --max-time 10 --retry 12 --retry-delay 5 --retry-all-errors';
  const health = profile.operations.find(
    (link) => link.value.kind === 'health' && /^\/[\w./-]*$/.test(link.value.target),
  )?.value.target;
  if (health) {
    return {
      step: (name) => ({ name, env: baseUrl, run: `${required('BASE_URL')}\n${curl} "$BASE_URL${health}"` }),
      variables: [address],
      unknowns: [],
    };
  }
  return {
    step: (name) => ({
      name,
      env: { HEALTH_URL: expression('${{ vars.HEALTH_URL }}') },
      run: `${required('HEALTH_URL')}\n${curl} "$HEALTH_URL"`,
    }),
    variables: [
      { name: 'HEALTH_URL', purpose: 'address that answers with success only when the environment works' },
    ],
    unknowns: ['address that tells whether the deployed system works'],
  };
}

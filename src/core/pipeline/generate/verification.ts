import { isPlainText } from '../../evidence/detect/shell-text';
import type { RepositoryProfile } from '../../evidence/profile';
import { required, type EnvironmentVariable } from './deploy/means';
import { expression, type StepSpec, type Text } from './workflow-text';

/** What is asked after a deployment. */
export interface Verification {
  /** Asks the environment, or the version at an address of its own, until it answers or the retries are used up. */
  readonly step: (name: string, address?: Text) => StepSpec;
  /** Asks the environment again and again for some minutes; more than one bad answer fails. */
  readonly watch: (name: string, minutes: number) => StepSpec;
  readonly variables: readonly EnvironmentVariable[];
  readonly unknowns: readonly string[];
}

const CURL = 'curl --fail --silent --show-error --output /dev/null --max-time 10';

/** A new instance needs time to start; what still fails after a minute is no start. */
const WITH_RETRIES = `${CURL} --retry 12 --retry-delay 5 --retry-all-errors`;

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
  const baseUrl = (own?: Text): Readonly<Record<string, Text>> => ({
    BASE_URL: own ?? expression('${{ vars.BASE_URL }}'),
  });
  const health = profile.operations.find(
    (link) => link.value.kind === 'health' && /^\/[\w./-]*$/.test(link.value.target),
  )?.value.target;
  if (smoke && isPlainText(smoke) && !fromCode.some((command) => smoke.endsWith(command))) {
    const run = /^[\w.-]+\//.test(smoke) && !smoke.startsWith('./') ? `./${smoke}` : smoke;
    return {
      step: (name, own) => ({
        name,
        env: baseUrl(own),
        run: `${required('BASE_URL')}\n${run}`,
        timeoutMinutes: 10,
      }),
      watch: (name, minutes) => watching(name, minutes, baseUrl(), required('BASE_URL'), run),
      variables: [address],
      unknowns: [],
    };
  }
  if (health) {
    return {
      step: (name, own) => ({
        name,
        env: baseUrl(own),
        run: `${required('BASE_URL')}\n${WITH_RETRIES} "$BASE_URL${health}"`,
        timeoutMinutes: 10,
      }),
      watch: (name, minutes) =>
        watching(name, minutes, baseUrl(), required('BASE_URL'), `${CURL} "$BASE_URL${health}"`),
      variables: [address],
      unknowns: [],
    };
  }
  const healthUrl = { HEALTH_URL: expression('${{ vars.HEALTH_URL }}') };
  return {
    step: (name, own) =>
      own === undefined
        ? {
            name,
            env: healthUrl,
            run: `${required('HEALTH_URL')}\n${WITH_RETRIES} "$HEALTH_URL"`,
            timeoutMinutes: 10,
          }
        : {
            name,
            env: { ...healthUrl, ADDRESS: own },
            // The path is the environment's, the host is the new version's own.
            run: [
              required('HEALTH_URL'),
              'path="${HEALTH_URL#*://}/"',
              'path="/${path#*/}"',
              `${WITH_RETRIES} "$ADDRESS\${path%/}"`,
            ].join('\n'),
            timeoutMinutes: 10,
          },
    watch: (name, minutes) =>
      watching(name, minutes, healthUrl, required('HEALTH_URL'), `${CURL} "$HEALTH_URL"`),
    variables: [
      { name: 'HEALTH_URL', purpose: 'address that answers with success only when the environment works' },
    ],
    unknowns: ['address that tells whether the deployed system works'],
  };
}

/** Without retries: with a share of the traffic a retry would be answered by the version before, and hide the fault. */
function watching(
  name: string,
  minutes: number,
  env: Readonly<Record<string, Text>>,
  needs: string,
  ask: string,
): StepSpec {
  return {
    name,
    env: { ...env, WATCH_MINUTES: String(minutes) },
    run: [
      needs,
      'bad=0',
      'until=$((SECONDS + 60 * WATCH_MINUTES))',
      'while [ "$SECONDS" -lt "$until" ]; do',
      `  ${ask} || bad=$((bad + 1))`,
      '  if [ "$bad" -gt 1 ]; then',
      "    echo '::error::More than one request failed while the new version had few users'",
      '    exit 1',
      '  fi',
      '  sleep 10',
      'done',
    ].join('\n'),
    timeoutMinutes: minutes + 5,
  };
}

import { shellWord } from '../../../evidence/detect/shell-text';
import { ARCHIVE } from '../build';
import type { StepSpec } from '../workflow-text';
import {
  fromSecrets,
  fromVariables,
  inOneStep,
  lines,
  recordedBefore,
  required,
  requiredSecret,
  unknownMeans,
  type DeployContext,
  type DeployMeans,
  type EnvironmentSecret,
  type EnvironmentVariable,
} from './means';

/** The key and the host's own key, which is pinned: without it whoever answers at the address would be believed. */
const KEY: StepSpec = {
  name: 'Make the host reachable',
  env: { ...fromSecrets('SSH_PRIVATE_KEY'), ...fromVariables('SSH_KNOWN_HOSTS') },
  run: lines(
    requiredSecret('SSH_PRIVATE_KEY'),
    required('SSH_KNOWN_HOSTS'),
    'install --directory --mode=700 ~/.ssh',
    '(umask 077 && printf \'%s\\n\' "$SSH_PRIVATE_KEY" > ~/.ssh/id_release)',
    'printf \'%s\\n\' "$SSH_KNOWN_HOSTS" > ~/.ssh/known_hosts',
    "printf 'Host *\\n  IdentityFile ~/.ssh/id_release\\n  IdentitiesOnly yes\\n  StrictHostKeyChecking yes\\n  BatchMode yes\\n' > ~/.ssh/config",
  ),
};

const KNOWN_HOSTS: EnvironmentVariable = {
  name: 'SSH_KNOWN_HOSTS',
  purpose: 'lines of known_hosts for the host, read from the host itself and not over the network',
};

const VARIABLES: readonly EnvironmentVariable[] = [
  { name: 'DEPLOY_HOST', purpose: 'user and host of this environment, with an @ between' },
  KNOWN_HOSTS,
];

const SECRETS: readonly EnvironmentSecret[] = [
  {
    name: 'SSH_PRIVATE_KEY',
    purpose:
      'private key of a user of the host that may do nothing else; certificates of a few minutes are better where the host trusts an authority',
  },
];

/** How whatever runs in a job reaches hosts over SSH. */
export const sshAccess: Pick<DeployMeans, 'login' | 'variables' | 'secrets'> = {
  login: [KEY],
  variables: [KNOWN_HOSTS],
  secrets: SECRETS,
};

/** Containers that compose runs on a host, by the image that was built. */
export function composeMeans({ plan, target }: DeployContext): DeployMeans {
  if (plan.images.length !== 1) {
    return unknownMeans([
      plan.images.length === 0
        ? `which image ${target.path.value} runs: no Dockerfile builds one here`
        : `which of the images is which service of ${target.path.value}`,
    ]);
  }
  const env = fromVariables('DEPLOY_HOST', 'COMPOSE_SERVICE');
  const needs = [required('DEPLOY_HOST'), required('COMPOSE_SERVICE')];
  const docker = 'docker --host "ssh://$DEPLOY_HOST"';
  const compose = `${docker} compose --file ${shellWord(target.path.value)} --file "$RUNNER_TEMP/release.yaml"`;
  const start = (image: string): readonly string[] => [
    // The file of the repository may build the image or name a tag: here it is the one that was built, by its digest.
    `printf 'services:\\n  %s:\\n    build: !reset null\\n    image: %s\\n' "$COMPOSE_SERVICE" "${image}" > "$RUNNER_TEMP/release.yaml"`,
    `${compose} pull "$COMPOSE_SERVICE"`,
    `${compose} up --detach --no-build --wait --wait-timeout 300`,
  ];
  const deploy = { env, run: lines(needs, start('$IMAGE')) };
  return {
    login: [KEY],
    permissions: {},
    record: {
      env,
      run: lines(
        needs,
        `container="$(${docker} compose --file ${shellWord(target.path.value)} ps --quiet "$COMPOSE_SERVICE" | head --lines=1)"`,
        'previous=""',
        `if [ -n "$container" ]; then previous="$(${docker} inspect --format '{{.Config.Image}}' "$container")"; fi`,
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps: inOneStep(deploy),
    handedOn: [],
    restore: { env, run: lines(needs, recordedBefore('PREVIOUS'), start('$PREVIOUS')) },
    redeploy: deploy,
    variables: [
      ...VARIABLES,
      { name: 'COMPOSE_SERVICE', purpose: `service of ${target.path.value} that runs the image built here` },
    ],
    secrets: SECRETS,
    notes: [
      `${target.path.value} is started from the runner over SSH: what it mounts must be on the host, and the host fetches the images itself with the run's own login.`,
    ],
    unknowns: [],
  };
}

/** A host on which every release has a folder of its own, and a link names the one that runs. */
export function sshMeans({ plan, target }: DeployContext): DeployMeans {
  if (plan.artifact === null || plan.images.length > 0) {
    return unknownMeans([`what of ${target.path.value} is copied to the host`]);
  }
  const env = fromVariables('DEPLOY_HOST', 'DEPLOY_PATH', 'RESTART_COMMAND');
  const needs = [required('DEPLOY_HOST'), required('DEPLOY_PATH'), required('RESTART_COMMAND')];
  // A name is moved in one step, so that there is no moment without a release.
  const point = (release: string): readonly string[] => [
    `release="${release}"`,
    'printf -v point \'test -d %q && ln --symbolic --no-dereference --force %q %q && mv --no-target-directory %q %q\' "$release" "$release" "$DEPLOY_PATH/next" "$DEPLOY_PATH/next" "$DEPLOY_PATH/current"',
    'ssh "$DEPLOY_HOST" "$point && $RESTART_COMMAND"',
  ];
  const copy = [
    'printf -v unpack \'mkdir --parents %q && tar --extract --gzip --directory %q\' "$DEPLOY_PATH/releases/$VERSION" "$DEPLOY_PATH/releases/$VERSION"',
    `ssh "$DEPLOY_HOST" "$unpack" < "$RUNNER_TEMP/${ARCHIVE}"`,
  ];
  return {
    login: [KEY],
    permissions: {},
    record: {
      env,
      run: lines(
        needs,
        'printf -v look \'readlink %q || true\' "$DEPLOY_PATH/current"',
        'previous="$(ssh "$DEPLOY_HOST" "$look")"',
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps: inOneStep({ env, run: lines(needs, copy, point('$DEPLOY_PATH/releases/$VERSION')) }),
    handedOn: [],
    restore: { env, run: lines(needs, recordedBefore('PREVIOUS'), point('$PREVIOUS')) },
    redeploy: { env, run: lines(needs, point('$DEPLOY_PATH/releases/$VERSION')) },
    variables: [
      ...VARIABLES,
      { name: 'DEPLOY_PATH', purpose: 'folder on the host that has `releases` and the link `current` in it' },
      { name: 'RESTART_COMMAND', purpose: 'command on the host after which the release of `current` runs' },
    ],
    secrets: SECRETS,
    notes: ['Earlier releases stay on the host until somebody removes them: the way back needs them.'],
    unknowns: [],
  };
}

import { shellWord } from '../../../evidence/detect/shell-text';
import { useAction } from '../actions';
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
} from './means';

/** flyctl's own words for the rollouts (`fly deploy --strategy`). */
const STRATEGIES: Readonly<Record<string, string>> = {
  rolling: 'rolling',
  canary: 'canary',
  'blue-green': 'bluegreen',
  'all-at-once': 'immediate',
};

/** An app of Fly.io, by the image that was built: copied to Fly's registry with its digest, and deployed by that. */
export function flyMeans({ plan, target, paths }: DeployContext): DeployMeans {
  if (plan.images.length !== 1) {
    return unknownMeans([
      plan.images.length === 0
        ? `which image ${target.path.value} runs: no Dockerfile builds one here`
        : `which of the images ${target.path.value} runs`,
    ]);
  }
  const env = { ...fromSecrets('FLY_API_TOKEN'), ...fromVariables('FLY_APP') };
  const needs = [requiredSecret('FLY_API_TOKEN'), required('FLY_APP')];
  const folder = target.path.value.replace(/[^/]*$/, '');
  const prefix = folder === '' ? '' : shellWord(folder);
  const own = plan.environments.some(({ name }) => paths.has(`${folder}fly.${name}.toml`));
  const config = [
    `config=${shellWord(paths.has(`${folder}fly.toml`) ? `${folder}fly.toml` : target.path.value)}`,
    // A file of the environment's own goes before the one of all.
    ...(own ? [`if [ -f ${prefix}"fly.$ENV.toml" ]; then config=${prefix}"fly.$ENV.toml"; fi`] : []),
  ];
  // Without a word fly.toml's own strategy holds.
  const word = STRATEGIES[plan.settings.rollout ?? ''];
  const strategy = word === undefined ? '' : ` --strategy ${word}`;
  const deploy = {
    env,
    run: lines(
      needs,
      config,
      'flyctl auth docker',
      'docker buildx imagetools create --tag "registry.fly.io/$FLY_APP:$VERSION" "$IMAGE"',
      `flyctl deploy --app "$FLY_APP" --config "$config" --image "registry.fly.io/$FLY_APP@\${IMAGE##*@}"${strategy} --yes`,
    ),
  };
  return {
    login: [{ name: 'Set up flyctl', uses: useAction('superfly/flyctl-actions/setup-flyctl') }],
    permissions: {},
    record: {
      env,
      run: lines(
        needs,
        'previous="$(flyctl releases --app "$FLY_APP" --image --json | jq --raw-output \'[.[] | select(.Status == "complete")][0].ImageRef // empty\')"',
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps: inOneStep(deploy),
    handedOn: [],
    restore: {
      env,
      run: lines(
        recordedBefore('PREVIOUS'),
        config,
        'flyctl deploy --app "$FLY_APP" --config "$config" --image "$PREVIOUS" --yes',
      ),
    },
    redeploy: deploy,
    variables: [{ name: 'FLY_APP', purpose: 'name of the Fly app of this environment', parameter: 'APP' }],
    secrets: [
      { name: 'FLY_API_TOKEN', purpose: 'deploy token of this one app, made by `fly tokens create deploy`' },
    ],
    notes: [
      'Fly.io does not take settings back with an image: secrets, volumes and what a release command did stay as they are.',
    ],
    unknowns: [],
  };
}

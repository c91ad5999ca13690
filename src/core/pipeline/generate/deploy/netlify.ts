import {
  fromSecrets,
  fromVariables,
  lines,
  recordedBefore,
  required,
  requiredSecret,
  unknownMeans,
  type DeployContext,
  type DeployMeans,
  type DeployStep,
} from './means';
import { NETLIFY } from './tools';

/** A site of Netlify: what was built goes up as a draft that is asked at its own address, then is published. */
export function netlifyMeans({ plan, target }: DeployContext): DeployMeans {
  if (plan.artifact === null) return unknownMeans([`folder of the built site of ${target.path.value}`]);
  const folder = target.path.value.includes('/')
    ? target.path.value.slice(0, target.path.value.lastIndexOf('/'))
    : '';
  if (folder !== '') return unknownMeans([`how the site in ${folder} is built apart from the rest`]);
  const env = { ...fromSecrets('NETLIFY_AUTH_TOKEN'), ...fromVariables('NETLIFY_SITE_ID') };
  const needs = [requiredSecret('NETLIFY_AUTH_TOKEN'), required('NETLIFY_SITE_ID')];
  // The folder that is published is what netlify.toml says.
  const put = `${NETLIFY} deploy --no-build --message "$VERSION" --json`;
  const site = 'data="$(jq --null-input --compact-output --arg site "$NETLIFY_SITE_ID"';
  const publish = lines(needs, `${put} --prod > "$RUNNER_TEMP/deploy.json"`);
  const restore = (id: string): readonly string[] => [
    `${site} --arg deploy "${id}" '{site_id: $site, deploy_id: $deploy}')"`,
    `${NETLIFY} api restoreSiteDeploy --data "$data" > /dev/null`,
  ];
  const steps = (): readonly DeployStep[] =>
    plan.settings.rollout === 'all-at-once'
      ? [{ title: null, script: { env, run: publish }, check: 'once' }]
      : [
          {
            title: null,
            script: {
              env,
              run: lines(
                needs,
                `${put} > "$RUNNER_TEMP/draft.json"`,
                'address="$(jq --raw-output .deploy_url "$RUNNER_TEMP/draft.json")"',
                'echo "address=$address" >> "$GITHUB_OUTPUT"',
              ),
            },
            check: 'address',
          },
          { title: 'Publish it', script: { env, run: publish }, check: 'once' },
        ];
  return {
    login: [],
    permissions: {},
    record: {
      env,
      run: lines(
        needs,
        `${site} '{site_id: $site}')"`,
        `previous="$(${NETLIFY} api getSite --data "$data" | jq --raw-output '.published_deploy.id // empty')"`,
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps,
    handedOn: [],
    restore: { env, run: lines(recordedBefore('PREVIOUS'), restore('$PREVIOUS')) },
    redeploy: {
      env,
      run: lines(
        needs,
        `${site} '{site_id: $site}')"`,
        `deploy="$(${NETLIFY} api listSiteDeploys --data "$data" | jq --raw-output --arg title "$VERSION" '[.[] | select(.title == $title and .context == "production" and .state == "ready")][0].id // empty')"`,
        'if [ -z "$deploy" ]; then',
        "  echo '::error::None of the deploys that Netlify lists was made from that commit'",
        '  exit 1',
        'fi',
        restore('$deploy'),
      ),
    },
    variables: [{ name: 'NETLIFY_SITE_ID', purpose: 'id of the Netlify site of this environment' }],
    secrets: [
      {
        name: 'NETLIFY_AUTH_TOKEN',
        purpose: 'personal access token of an account that sees this site alone',
      },
    ],
    notes: [
      'Stop the builds of Netlify itself for the site, or both deploy (Site configuration, Build & deploy, Stop builds).',
    ],
    unknowns: [],
  };
}

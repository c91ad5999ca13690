import { shellWord } from '../../../evidence/detect/shell-text';
import { setup } from '../setup';
import {
  CANARY_PERCENT,
  fromDeployment,
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
  type DeployStep,
} from './means';
import { builtFolder } from './package-files';
import { WRANGLER } from './tools';

const CREDENTIALS = fromSecrets('CLOUDFLARE_API_TOKEN');
const NEEDS = [requiredSecret('CLOUDFLARE_API_TOKEN'), required('CLOUDFLARE_ACCOUNT_ID')];

/** How each package manager runs a program that the lock file holds. */
const EXECUTE: Readonly<Record<string, string>> = {
  npm: 'npx --no-install wrangler',
  pnpm: 'pnpm exec wrangler',
  yarn: 'yarn wrangler',
  bun: 'bun run wrangler',
};

/** A Worker: a version is uploaded and asked at its own address, then given the traffic. */
export function workersMeans({ plan, target, paths }: DeployContext): DeployMeans {
  const unit = plan.units.find(
    ({ root, stacks }) =>
      root.language === 'node' &&
      stacks.some(({ folder }) =>
        folder === '' ? !target.path.value.includes('/') : target.path.value.startsWith(`${folder}/`),
      ),
  );
  if (!unit) return unknownMeans([`which package.json ${target.path.value} is bundled with`]);
  const wrangler = EXECUTE[unit.root.packageManager.value] ?? 'npx --no-install wrangler';
  const env = { ...CREDENTIALS, ...fromVariables('CLOUDFLARE_ACCOUNT_ID', 'WRANGLER_ENVIRONMENT') };
  const needs = [
    ...NEEDS,
    required('WRANGLER_ENVIRONMENT'),
    `options=(--config ${shellWord(target.path.value)})`,
    'if [ "$WRANGLER_ENVIRONMENT" != top-level ]; then options+=(--env "$WRANGLER_ENVIRONMENT"); fi',
  ];
  const upload = [
    'export WRANGLER_OUTPUT_FILE_PATH="$RUNNER_TEMP/wrangler.ndjson"',
    `${wrangler} versions upload "\${options[@]}" --tag "\${VERSION:0:20}" --message "$VERSION"`,
    'version="$(jq --raw-output \'select(.type == "version-upload") | .version_id\' "$WRANGLER_OUTPUT_FILE_PATH")"',
  ];
  const serve = (shares: string): string => `${wrangler} versions deploy ${shares} "\${options[@]}" --yes`;
  const aside: DeployStep = {
    title: null,
    script: {
      env,
      run: lines(
        needs,
        upload,
        'address="$(jq --raw-output \'select(.type == "version-upload") | .preview_url // empty\' "$WRANGLER_OUTPUT_FILE_PATH")"',
        'if [ -z "$address" ]; then',
        "  echo '::error::This version has no address of its own: set preview_urls = true in the configuration of wrangler, or choose the strategy all-at-once'",
        '  exit 1',
        'fi',
        'echo "version=$version" >> "$GITHUB_OUTPUT"',
        'echo "address=$address" >> "$GITHUB_OUTPUT"',
      ),
    },
    check: 'address',
  };
  const known = { ...env, ...fromDeployment('VERSION') };
  const all: DeployStep = {
    title: 'Give it all of the traffic',
    script: { env: known, run: lines(needs, serve('"$VERSION@100"')) },
    check: 'once',
  };
  const share: DeployStep = {
    title: `Give it ${CANARY_PERCENT} % of the traffic`,
    script: {
      env: { ...known, PREVIOUS: { expression: '${{ steps.before.outputs.previous }}' } },
      run: lines(
        needs,
        recordedBefore('PREVIOUS'),
        serve(`"$VERSION@${CANARY_PERCENT}" "$PREVIOUS@${100 - CANARY_PERCENT}"`),
      ),
    },
    check: 'watch',
  };
  const atOnce = { env, run: lines(needs, upload, serve('"$version@100"')) };
  const { rollout } = plan.settings;
  return {
    login: [],
    prepare: () => setup(unit, paths, false, new Set()),
    permissions: {},
    record: {
      env,
      run: lines(
        needs,
        `previous="$(${wrangler} deployments status "\${options[@]}" --json | jq --raw-output '.versions | max_by(.percentage).version_id')"`,
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps: () =>
      rollout === 'all-at-once'
        ? [{ title: null, script: atOnce, check: 'once' }]
        : rollout === 'canary'
          ? [aside, share, all]
          : [aside, all],
    handedOn: [],
    restore: {
      env,
      run: lines(
        needs,
        recordedBefore('PREVIOUS'),
        `${wrangler} rollback "$PREVIOUS" "\${options[@]}" --message 'The deployment failed' --yes`,
      ),
    },
    redeploy: {
      env,
      run: lines(
        needs,
        `version="$(${wrangler} versions list "\${options[@]}" --json | jq --raw-output --arg message "$VERSION" '[.[] | select(.annotations["workers/message"] == $message)][-1].id // empty')"`,
        'if [ -z "$version" ]; then',
        "  echo '::error::None of the versions that wrangler lists was made from that commit: it lists the last ones only'",
        '  exit 1',
        'fi',
        serve('"$version@100"'),
      ),
    },
    variables: [
      { name: 'CLOUDFLARE_ACCOUNT_ID', purpose: 'Cloudflare account that the Worker belongs to' },
      {
        name: 'WRANGLER_ENVIRONMENT',
        purpose: `environment of ${target.path.value} that is this one, or top-level for its own top level`,
      },
    ],
    secrets: [
      { name: 'CLOUDFLARE_API_TOKEN', purpose: 'API token that may edit this Worker and nothing else' },
    ],
    notes: [
      'Routes and cron triggers are not changed by uploading a version: `wrangler triggers deploy` does that.',
      'What is bound to the Worker (KV, D1, R2, Durable Objects) is not taken back with a version.',
    ],
    unknowns: [],
  };
}

/** A project of Cloudflare Pages, by the folder that was built. */
export function pagesMeans({ plan, target }: DeployContext): DeployMeans {
  const folder = builtFolder(plan);
  if (folder === null) return unknownMeans([`folder of the built site of ${target.path.value}`]);
  const env = { ...CREDENTIALS, ...fromVariables('CLOUDFLARE_ACCOUNT_ID', 'PAGES_PROJECT', 'PAGES_BRANCH') };
  const needs = [...NEEDS, required('PAGES_PROJECT'), required('PAGES_BRANCH')];
  const list = `${WRANGLER} pages deployment list --project-name "$PAGES_PROJECT" --environment production --json`;
  const serve = (id: string): string =>
    `curl --fail --silent --show-error --request POST --header @- "https://api.cloudflare.com/client/v4/accounts/$CLOUDFLARE_ACCOUNT_ID/pages/projects/$PAGES_PROJECT/deployments/${id}/rollback" <<< "Authorization: Bearer $CLOUDFLARE_API_TOKEN" > /dev/null`;
  return {
    login: [],
    permissions: {},
    record: {
      env,
      run: lines(
        needs,
        `previous="$(${list} | jq --raw-output '.[0].Id // empty')"`,
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps: inOneStep({
      env,
      run: lines(
        needs,
        `${WRANGLER} pages deploy ${shellWord(folder)} --project-name "$PAGES_PROJECT" --branch "$PAGES_BRANCH" --commit-hash "$VERSION"`,
      ),
    }),
    handedOn: [],
    restore: { env, run: lines(needs, recordedBefore('PREVIOUS'), serve('$PREVIOUS')) },
    redeploy: {
      env,
      run: lines(
        needs,
        `deployment="$(${list} | jq --raw-output --arg commit "\${VERSION:0:7}" '[.[] | select(.Source | startswith($commit))][0].Id // empty')"`,
        'if [ -z "$deployment" ]; then',
        "  echo '::error::No production deployment of the project was made from that commit'",
        '  exit 1',
        'fi',
        serve('$deployment'),
      ),
    },
    variables: [
      { name: 'CLOUDFLARE_ACCOUNT_ID', purpose: 'Cloudflare account that the project belongs to' },
      { name: 'PAGES_PROJECT', purpose: 'name of the Pages project of this environment' },
      {
        name: 'PAGES_BRANCH',
        purpose: 'production branch of that project: deployments of any other are previews',
      },
    ],
    secrets: [
      { name: 'CLOUDFLARE_API_TOKEN', purpose: 'API token that may edit this project and nothing else' },
    ],
    notes: [],
    unknowns: [],
  };
}

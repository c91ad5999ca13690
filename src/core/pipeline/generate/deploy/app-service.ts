import { azureLogin } from './login';
import {
  CANARY_PERCENT,
  fromVariables,
  inOneStep,
  lines,
  recordedBefore,
  required,
  unknownMeans,
  type DeployContext,
  type DeployMeans,
  type DeployStep,
} from './means';
import { zipInto } from './package-files';

/** Azure App Service or Functions: into a slot that is asked, then swapped with production; or, all at once, without one. */
export function appServiceMeans({ plan, target }: DeployContext): DeployMeans {
  const isFunctions = target.kind === 'azure-functions';
  const program = isFunctions ? 'az functionapp' : 'az webapp';
  const zip = zipInto('$RUNNER_TEMP/app.zip', plan);
  if (plan.images.length > 1) return unknownMeans([`which of the images ${target.path.value} runs`]);
  const isImage = plan.images.length === 1;
  if (!isImage && zip === null) {
    return unknownMeans([`folder of which the package of ${target.path.value} is made`]);
  }
  const login = azureLogin();
  const isSwapped = plan.settings.rollout !== 'all-at-once';
  const names = ['AZURE_RESOURCE_GROUP', 'AZURE_APP', ...(isSwapped ? ['AZURE_SLOT'] : [])];
  const env = fromVariables(...names);
  const needs = names.map(required);
  const at = '--resource-group "$AZURE_RESOURCE_GROUP" --name "$AZURE_APP"';
  const slot = isSwapped ? ' --slot "$AZURE_SLOT"' : '';
  const put = isImage
    ? [
        `${program} config container set ${at}${slot} ${isFunctions ? '--image' : '--container-image-name'} "$IMAGE" > /dev/null`,
        `${program} restart ${at}${slot}`,
      ]
    : [
        ...(zip === null ? [] : [zip]),
        isFunctions
          ? `${program} deployment source config-zip ${at}${slot} --src "$RUNNER_TEMP/app.zip"`
          : `${program} deploy ${at}${slot} --src-path "$RUNNER_TEMP/app.zip" --type zip`,
      ];
  const swap = `${program} deployment slot swap ${at} --slot "$AZURE_SLOT" --target-slot production`;
  const swappedAt = `${program} show ${at} --query slotSwapStatus.timestampUtc --output tsv`;
  const aside: DeployStep = {
    title: null,
    script: {
      env,
      run: lines(
        needs,
        put,
        `host="$(${program} show ${at}${slot} --query defaultHostName --output tsv)"`,
        'echo "address=https://$host" >> "$GITHUB_OUTPUT"',
      ),
    },
    check: 'address',
  };
  const all: DeployStep = {
    title: 'Swap it with what serves',
    script: {
      env,
      run: lines(
        needs,
        ...(plan.settings.rollout === 'canary' ? [`az webapp traffic-routing clear ${at} > /dev/null`] : []),
        swap,
      ),
    },
    check: 'once',
  };
  const share: DeployStep = {
    title: `Give it ${CANARY_PERCENT} % of the traffic`,
    script: {
      env,
      run: lines(
        needs,
        `az webapp traffic-routing set ${at} --distribution "$AZURE_SLOT=${CANARY_PERCENT}" > /dev/null`,
      ),
    },
    check: 'watch',
  };
  const common = {
    login: login.steps,
    permissions: login.permissions,
    handedOn: [],
    variables: [
      ...login.variables,
      { name: 'AZURE_RESOURCE_GROUP', purpose: 'resource group of the app' },
      { name: 'AZURE_APP', purpose: 'name of the app of this environment', parameter: 'APP' },
      ...(isSwapped
        ? [{ name: 'AZURE_SLOT', purpose: 'deployment slot of the app that is swapped with production' }]
        : []),
    ],
    secrets: [],
    unknowns: [],
  };
  if (!isSwapped) {
    const deploy = { env, run: lines(needs, put) };
    const image = `${program} config container show ${at} --query "[?name=='DOCKER_CUSTOM_IMAGE_NAME'].value | [0]" --output tsv`;
    return {
      ...common,
      record: isImage
        ? {
            env,
            run: lines(
              needs,
              `previous="$(${image})"`,
              'echo "previous=${previous#DOCKER|}" >> "$GITHUB_OUTPUT"',
            ),
          }
        : null,
      recorded: isImage ? ['previous'] : [],
      steps: inOneStep(deploy),
      ...(isImage ? {} : { fromPackage: ['restore', 'redeploy'] as const }),
      restore: isImage ? { env, run: lines(recordedBefore('PREVIOUS'), 'IMAGE="$PREVIOUS"', put) } : deploy,
      redeploy: deploy,
      notes: [],
    };
  }
  return {
    ...common,
    record: {
      env,
      run: lines(needs, `swapped="$(${swappedAt})"`, 'echo "swapped=$swapped" >> "$GITHUB_OUTPUT"'),
    },
    recorded: ['swapped'],
    steps: () => (plan.settings.rollout === 'canary' ? [aside, share, all] : [aside, all]),
    restore: {
      env,
      run: lines(
        needs,
        ...(plan.settings.rollout === 'canary' ? [`az webapp traffic-routing clear ${at} > /dev/null`] : []),
        `if [ "$(${swappedAt})" = "$SWAPPED" ]; then`,
        "  echo 'It was not swapped: production runs what it ran before'",
        'else',
        `  ${swap}`,
        'fi',
      ),
    },
    redeploy: { env, run: lines(needs, put, swap) },
    ...(isImage ? {} : { fromPackage: ['redeploy'] as const }),
    notes: [
      'Settings that are marked as of the slot stay with their slot when it is swapped; all others go with the swap.',
    ],
  };
}

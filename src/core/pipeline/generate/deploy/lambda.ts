import { shellWord } from '../../../evidence/detect/shell-text';
import { awsLogin } from './login';
import {
  CANARY_PERCENT,
  fails,
  fromDeployment,
  fromVariables,
  inOneStep,
  lines,
  recordedBefore,
  required,
  unknownMeans,
  type DeployContext,
  type DeployMeans,
} from './means';
import { zipInto } from './package-files';

/** Functions of AWS Lambda: by AWS SAM, the Serverless Framework, or a version and an alias of its own. */
export function lambdaMeans(context: DeployContext): DeployMeans {
  const { path, tool } = context.target;
  const file = path.value.split('/').at(-1) ?? '';
  const by =
    tool?.value ??
    (/^serverless\./.test(file) ? 'serverless' : /^(template|sam)\./.test(file) ? 'sam' : null);
  switch (by) {
    case 'sam':
      return samMeans(context);
    case 'serverless':
      return serverlessMeans(context);
    case null:
      return aliasMeans(context);
    default:
      return unknownMeans([`how ${path.value} is deployed`]);
  }
}

/**
 * A stack of AWS SAM. What its aliases and their shares are is the template's; CloudFormation takes a failed update back
 * by itself, and what fails afterwards is taken back by the package of the version before.
 */
function samMeans({ plan, target, paths }: DeployContext): DeployMeans {
  if (plan.artifact === null)
    return unknownMeans([`what the build gives to the functions of ${target.path.value}`]);
  const login = awsLogin();
  const template = target.path.value;
  const folder = template.includes('/') ? template.slice(0, template.lastIndexOf('/') + 1) : '';
  const hasConfiguration = paths.has(`${folder}samconfig.toml`);
  const env = hasConfiguration ? {} : fromVariables('SAM_STACK');
  const needs = hasConfiguration ? [] : [required('SAM_STACK')];
  const options = hasConfiguration
    ? `--config-file ${shellWord(`${folder}samconfig.toml`)} --config-env "$ENV"`
    : '--stack-name "$SAM_STACK" --resolve-s3 --capabilities CAPABILITY_IAM';
  const deploy = {
    env,
    run: lines(
      needs,
      ...(plan.settings.rollout === 'canary'
        ? [
            `if ! grep --quiet 'DeploymentPreference:' ${shellWord(template)}; then`,
            `  echo ${shellWord(`::error::${template} has no DeploymentPreference, by which SAM gives a share of the calls to the new version`)}`,
            '  exit 1',
            'fi',
          ]
        : []),
      `sam deploy --template-file ${shellWord(template)} ${options} --no-confirm-changeset --no-fail-on-empty-changeset`,
    ),
  };
  return {
    login: login.steps,
    permissions: login.permissions,
    record: null,
    recorded: [],
    steps: () => [
      {
        title: null,
        script: deploy,
        check: 'once',
        // A deployment preference shifts the calls for up to half an hour.
        minutes: 45,
      },
    ],
    handedOn: [],
    fromPackage: ['restore', 'redeploy'],
    restore: deploy,
    redeploy: deploy,
    variables: [
      ...login.variables,
      ...(hasConfiguration
        ? []
        : [{ name: 'SAM_STACK', purpose: 'name of the CloudFormation stack of this environment' }]),
    ],
    secrets: [],
    notes: [
      `${template} is deployed with the build's package unpacked beside it: what its CodeUri names must be in that package.`,
      ...(hasConfiguration
        ? [
            `samconfig.toml must have a section for each environment (${plan.environments.map(({ name }) => name).join(', ')}).`,
          ]
        : []),
    ],
    unknowns: [],
  };
}

/** A service of the Serverless Framework; it is taken back by the package of the version before. */
function serverlessMeans({ plan, target }: DeployContext): DeployMeans {
  if (plan.artifact === null)
    return unknownMeans([`what the build gives to the functions of ${target.path.value}`]);
  if (plan.settings.rollout === 'canary') {
    return unknownMeans([
      `plugin by which ${target.path.value} shifts the calls: the Serverless Framework has no canary of its own`,
    ]);
  }
  const login = awsLogin();
  const folder = target.path.value.includes('/')
    ? target.path.value.slice(0, target.path.value.lastIndexOf('/'))
    : '';
  const env = {
    ...fromVariables('SERVERLESS_VERSION'),
    SERVERLESS_ACCESS_KEY: fromSecretKey,
  };
  const deploy = {
    env,
    run: lines(
      required('SERVERLESS_VERSION'),
      ...(folder === '' ? [] : [`cd ${shellWord(folder)}`]),
      'npx --yes "serverless@$SERVERLESS_VERSION" deploy --stage "$ENV"',
    ),
  };
  return {
    login: login.steps,
    permissions: login.permissions,
    record: null,
    recorded: [],
    steps: inOneStep(deploy),
    handedOn: [],
    fromPackage: ['restore', 'redeploy'],
    restore: deploy,
    redeploy: deploy,
    variables: [
      ...login.variables,
      {
        name: 'SERVERLESS_VERSION',
        purpose: `exact version of the Serverless Framework that ${target.path.value} is written for`,
      },
    ],
    secrets: [
      {
        name: 'SERVERLESS_ACCESS_KEY',
        purpose: 'licence key that version 4 of the Serverless Framework asks for; version 3 needs none',
      },
    ],
    notes: [],
    unknowns: [],
  };
}

const fromSecretKey = { expression: '${{ secrets.SERVERLESS_ACCESS_KEY }}' } as const;

/** One function: a new version is published, and the alias that its callers use is pointed at it. */
function aliasMeans({ plan, target }: DeployContext): DeployMeans {
  const zip = zipInto('$RUNNER_TEMP/function.zip', plan);
  if (plan.images.length > 1) return unknownMeans([`which of the images ${target.path.value} runs`]);
  if (plan.images.length === 0 && zip === null) {
    return unknownMeans([`folder of which the code of ${target.path.value} is made`]);
  }
  const login = awsLogin();
  const env = fromVariables('LAMBDA_FUNCTION', 'LAMBDA_ALIAS');
  const needs = [required('LAMBDA_FUNCTION'), required('LAMBDA_ALIAS')];
  const at = '--function-name "$LAMBDA_FUNCTION"';
  const code =
    plan.images.length === 1 ? '--image-uri "$IMAGE"' : '--zip-file "fileb://$RUNNER_TEMP/function.zip"';
  const publish = [
    ...(plan.images.length === 1 || zip === null ? [] : [zip]),
    `version="$(aws lambda update-function-code ${at} ${code} --publish --query Version --output text)"`,
    `aws lambda wait function-active-v2 ${at} --qualifier "$version"`,
  ];
  const pointed = `aws lambda update-alias ${at} --name "$LAMBDA_ALIAS" --function-version "$version" --routing-config 'AdditionalVersionWeights={}' > /dev/null`;
  const share = (CANARY_PERCENT / 100).toString();
  const isCanary = plan.settings.rollout === 'canary';
  return {
    login: login.steps,
    permissions: login.permissions,
    record: {
      env,
      run: lines(
        needs,
        `previous="$(aws lambda get-alias ${at} --name "$LAMBDA_ALIAS" --query FunctionVersion --output text)"`,
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps: isCanary
      ? () => [
          {
            title: null,
            script: {
              env,
              run: lines(
                needs,
                publish,
                'echo "version=$version" >> "$GITHUB_OUTPUT"',
                `aws lambda update-alias ${at} --name "$LAMBDA_ALIAS" --routing-config "AdditionalVersionWeights={\\"$version\\"=${share}}" > /dev/null`,
              ),
            },
            check: 'watch',
          },
          {
            title: 'Give it all of the calls',
            script: {
              env: { ...env, ...fromDeployment('VERSION') },
              run: lines(needs, 'version="$VERSION"', pointed),
            },
            check: 'once',
          },
        ]
      : inOneStep({ env, run: lines(needs, publish, pointed) }),
    handedOn: [],
    restore: { env, run: lines(recordedBefore('PREVIOUS'), 'version="$PREVIOUS"', pointed) },
    redeploy:
      plan.images.length === 1
        ? { env, run: lines(needs, publish, pointed) }
        : fails(
            'Point the alias at the earlier version by hand: aws lambda update-alias (the runbook has the command)',
          ),
    variables: [
      ...login.variables,
      { name: 'LAMBDA_FUNCTION', purpose: 'name of the function of this environment' },
      { name: 'LAMBDA_ALIAS', purpose: 'alias that the callers of the function use' },
    ],
    secrets: [],
    notes: [
      'Callers that use $LATEST instead of the alias get the new version at once, whatever the strategy.',
    ],
    unknowns: [],
  };
}

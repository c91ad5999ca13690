import { shellWord } from '../../../evidence/detect/shell-text';
import { awsLogin } from './login';
import {
  CANARY_PERCENT,
  fromDeployment,
  fromVariables,
  lines,
  recordedBefore,
  required,
  unknownMeans,
  watchMinutes,
  type DeployContext,
  type DeployMeans,
  type DeployStep,
  type Place,
} from './means';
import { slotsOf } from './slots';

/** A service of Amazon ECS, by a new revision of its task definition. */
export function ecsMeans({ plan, target }: DeployContext): DeployMeans {
  const [slot] = slotsOf(plan, target);
  const [workload] = target.workloads ?? [];
  if (!slot || !workload?.value.container) {
    return unknownMeans([`which container of ${target.path.value} runs the image that is built here`]);
  }
  const { rollout } = plan.settings;
  const login = awsLogin();
  const at = '--cluster "$ECS_CLUSTER" --services "$ECS_SERVICE"';
  const env = fromVariables('ECS_CLUSTER', 'ECS_SERVICE');
  const needs = [required('ECS_CLUSTER'), required('ECS_SERVICE')];
  const register = [
    `jq --arg image "$${slot.variable}" --arg container ${shellWord(workload.value.container)} \\`,
    "  '(.containerDefinitions[] | select(.name == $container) | .image) = $image' \\",
    `  ${shellWord(target.path.value)} > "$RUNNER_TEMP/task-definition.json"`,
    'definition="$(aws ecs register-task-definition --cli-input-json "file://$RUNNER_TEMP/task-definition.json" --query taskDefinition.taskDefinitionArn --output text)"',
  ];
  const update = (configuration = ''): string =>
    `aws ecs update-service --cluster "$ECS_CLUSTER" --service "$ECS_SERVICE" --task-definition "$definition"${configuration} > /dev/null`;
  const settle = [
    `aws ecs wait services-stable ${at}`,
    // A service is stable as well when its circuit breaker has gone back to the version before.
    `running="$(aws ecs describe-services ${at} --query 'services[0].taskDefinition' --output text)"`,
    'if [ "$running" != "$definition" ]; then',
    '  echo "::error::ECS went back to $running by itself: the events of the service say why"',
    '  exit 1',
    'fi',
  ];
  const rolling = { env, run: lines(needs, register, update(), settle) };
  const shifted = (place: Place): readonly DeployStep[] => {
    const minutes = watchMinutes(place);
    // The share is kept for longer than it is watched, since its tasks have to start first.
    const bake = minutes + 10;
    const configuration =
      rollout === 'canary'
        ? {
            strategy: 'CANARY',
            bakeTimeInMinutes: 5,
            canaryConfiguration: { canaryPercent: CANARY_PERCENT, canaryBakeTimeInMinutes: bake },
          }
        : { strategy: 'BLUE_GREEN', bakeTimeInMinutes: bake };
    return [
      {
        title: null,
        script: {
          env,
          run: lines(
            needs,
            `pools="$(aws ecs describe-services ${at} --query 'length(services[0].loadBalancers[?advancedConfiguration])' --output text)"`,
            'if [ "$pools" = 0 ]; then',
            "  echo '::error::The service has no load balancer with an alternate target group, which this strategy shifts the traffic between'",
            '  exit 1',
            'fi',
            register,
            update(` --deployment-configuration ${shellWord(JSON.stringify(configuration))}`),
            'echo "definition=$definition" >> "$GITHUB_OUTPUT"',
          ),
        },
        check: 'watch',
      },
      {
        title: 'Wait until it has all of the traffic',
        script: {
          env: { ...env, ...fromDeployment('DEFINITION') },
          run: lines(
            'definition="$DEFINITION"',
            'deployment="$(aws ecs list-service-deployments --cluster "$ECS_CLUSTER" --service "$ECS_SERVICE" --query \'serviceDeployments[0].serviceDeploymentArn\' --output text)"',
            'while true; do',
            '  status="$(aws ecs describe-service-deployments --service-deployment-arns "$deployment" --query \'serviceDeployments[0].status\' --output text)"',
            '  case "$status" in',
            '    SUCCESSFUL) break ;;',
            '    PENDING | IN_PROGRESS) sleep 15 ;;',
            '    *)',
            '      echo "::error::The deployment ended as $status: the events of the service say why"',
            '      exit 1',
            '      ;;',
            '  esac',
            'done',
            settle.slice(1),
          ),
        },
        check: 'once',
        minutes: bake + 30,
      },
    ];
  };
  const isShifted = rollout === 'canary' || rollout === 'blue-green';
  return {
    login: login.steps,
    permissions: login.permissions,
    record: {
      env,
      run: lines(
        needs,
        `previous="$(aws ecs describe-services ${at} --query 'services[0].taskDefinition' --output text)"`,
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps: isShifted ? shifted : () => [{ title: null, script: rolling, check: 'once' }],
    handedOn: [],
    restore: {
      env,
      run: lines(
        recordedBefore('PREVIOUS'),
        'definition="$PREVIOUS"',
        ...(isShifted
          ? [
              // A deployment that is still shifting the traffic takes it back itself, and at once.
              'shifting="$(aws ecs list-service-deployments --cluster "$ECS_CLUSTER" --service "$ECS_SERVICE" --status IN_PROGRESS --query \'serviceDeployments[0].serviceDeploymentArn\' --output text)"',
              'if [ "$shifting" != None ]; then',
              '  aws ecs stop-service-deployment --service-deployment-arn "$shifting" --stop-type ROLLBACK > /dev/null',
              'else',
              `  ${update()}`,
              'fi',
            ]
          : [update()]),
        settle,
      ),
    },
    redeploy: rolling,
    variables: [
      ...login.variables,
      { name: 'ECS_CLUSTER', purpose: 'name of the ECS cluster' },
      { name: 'ECS_SERVICE', purpose: 'name of the ECS service' },
    ],
    secrets: [],
    notes: [],
    unknowns: [],
  };
}

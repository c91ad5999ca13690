import { isPlainText, shellWord } from '../../../evidence/detect/shell-text';
import type { DeployTarget, RepositoryProfile } from '../../../evidence/profile';
import type { PipelinePlan } from '../plan';
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

/** One service with the task definition that it is given. */
interface Service {
  readonly definition: string;
  readonly container: string;
  /** The variable of its image. */
  readonly image: string;
  /** The variable of its name, and the outputs that speak of it. */
  readonly variable: string;
  readonly suffix: string;
}

/** Services of Amazon ECS, by a new revision of each task definition that runs an image built here. */
export function ecsMeans({ plan, target, profile }: DeployContext): DeployMeans {
  const services = servicesOf(plan, profile, target);
  if (services.length === 0) {
    return unknownMeans([`which container of ${target.path.value} runs the image that is built here`]);
  }
  const { rollout } = plan.settings;
  const isShifted = rollout === 'canary' || rollout === 'blue-green';
  const login = awsLogin();
  const names = ['ECS_CLUSTER', ...services.map(({ variable }) => variable)];
  const env = fromVariables(...names);
  const needs = names.map(required);
  const rolling = {
    env,
    run: lines(
      needs,
      services.flatMap((service) => [
        ...register(service),
        update(service, `"$definition${service.suffix}"`),
      ]),
      services.flatMap((service) => settle(service, `$definition${service.suffix}`)),
    ),
  };
  const shifted = (place: Place): readonly DeployStep[] => {
    // The share is kept for longer than it is watched, since its tasks have to start first.
    const bake = watchMinutes(place) + 10;
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
            services.flatMap((service) => [
              `pools="$(aws ecs describe-services ${at(service)} --query 'length(services[0].loadBalancers[?advancedConfiguration])' --output text)"`,
              'if [ "$pools" = 0 ]; then',
              `  echo "::error::The service $${service.variable} has no load balancer with an alternate target group, which this strategy shifts the traffic between"`,
              '  exit 1',
              'fi',
            ]),
            services.flatMap((service) => [
              ...register(service),
              update(
                service,
                `"$definition${service.suffix}"`,
                ` --deployment-configuration ${shellWord(JSON.stringify(configuration))}`,
              ),
              `echo "definition${service.suffix.toLowerCase()}=$definition${service.suffix}" >> "$GITHUB_OUTPUT"`,
            ]),
          ),
        },
        check: 'watch',
      },
      {
        title: 'Wait until it has all of the traffic',
        script: {
          env: { ...env, ...fromDeployment(...services.map(({ suffix }) => `DEFINITION${suffix}`)) },
          run: lines(
            services.flatMap((service) => [
              `deployment="$(aws ecs list-service-deployments --cluster "$ECS_CLUSTER" --service "$${service.variable}" --query 'serviceDeployments[0].serviceDeploymentArn' --output text)"`,
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
              ...isRunning(service, `$DEFINITION${service.suffix}`),
            ]),
          ),
        },
        check: 'once',
        minutes: bake + 30,
      },
    ];
  };
  return {
    login: login.steps,
    permissions: login.permissions,
    record: {
      env,
      run: lines(
        needs,
        services.flatMap((service) => [
          `previous="$(aws ecs describe-services ${at(service)} --query 'services[0].taskDefinition' --output text)"`,
          `echo "previous${service.suffix.toLowerCase()}=$previous" >> "$GITHUB_OUTPUT"`,
        ]),
      ),
    },
    recorded: services.map(({ suffix }) => `previous${suffix.toLowerCase()}`),
    steps: isShifted ? shifted : () => [{ title: null, script: rolling, check: 'once' }],
    handedOn: [],
    restore: {
      env,
      run: lines(
        services.map(({ suffix }) => recordedBefore(`PREVIOUS${suffix}`)),
        services.flatMap((service) =>
          isShifted
            ? [
                // A deployment that is still shifting the traffic takes it back itself, and at once.
                `shifting="$(aws ecs list-service-deployments --cluster "$ECS_CLUSTER" --service "$${service.variable}" --status IN_PROGRESS --query 'serviceDeployments[0].serviceDeploymentArn' --output text)"`,
                'if [ "$shifting" != None ]; then',
                '  aws ecs stop-service-deployment --service-deployment-arn "$shifting" --stop-type ROLLBACK > /dev/null',
                'else',
                `  ${update(service, `"$PREVIOUS${service.suffix}"`)}`,
                'fi',
              ]
            : [update(service, `"$PREVIOUS${service.suffix}"`)],
        ),
        services.flatMap((service) => settle(service, `$PREVIOUS${service.suffix}`)),
      ),
    },
    redeploy: rolling,
    variables: [
      ...login.variables,
      { name: 'ECS_CLUSTER', purpose: 'name of the ECS cluster' },
      ...services.map(({ variable, definition }) => ({
        name: variable,
        purpose: `name of the ECS service that runs ${definition}`,
      })),
    ],
    secrets: [],
    notes: [],
    unknowns: [],
  };
}

/** The target's own service first, then those of the other task definitions whose image is built here. */
function servicesOf(plan: PipelinePlan, profile: RepositoryProfile, target: DeployTarget): Service[] {
  const all = [target, ...profile.deployTargets.filter((other) => other.kind === 'ecs' && other !== target)];
  const found = all.flatMap((other) => {
    const [slot] = slotsOf(plan, other);
    const container = other.workloads?.[0]?.value.container;
    return slot && container && isPlainText(other.path.value)
      ? [{ definition: other.path.value, container, image: slot.variable, name: slot.workload.name }]
      : [];
  });
  const hasOne = found.length === 1;
  return found.map(({ name, ...service }) => ({
    ...service,
    variable: hasOne ? 'ECS_SERVICE' : `ECS_SERVICE_${upper(name)}`,
    suffix: hasOne ? '' : `_${upper(name)}`,
  }));
}

function upper(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

function at({ variable }: Service): string {
  return `--cluster "$ECS_CLUSTER" --services "$${variable}"`;
}

function register({ definition, container, image, suffix }: Service): readonly string[] {
  return [
    `jq --arg image "$${image}" --arg container ${shellWord(container)} \\`,
    "  '(.containerDefinitions[] | select(.name == $container) | .image) = $image' \\",
    `  ${shellWord(definition)} > "$RUNNER_TEMP/task-definition.json"`,
    `definition${suffix}="$(aws ecs register-task-definition --cli-input-json "file://$RUNNER_TEMP/task-definition.json" --query taskDefinition.taskDefinitionArn --output text)"`,
  ];
}

function update({ variable }: Service, definition: string, more = ''): string {
  return `aws ecs update-service --cluster "$ECS_CLUSTER" --service "$${variable}" --task-definition ${definition}${more} > /dev/null`;
}

function settle(service: Service, definition: string): readonly string[] {
  return [`aws ecs wait services-stable ${at(service)}`, ...isRunning(service, definition)];
}

/** A service is stable as well when its circuit breaker has gone back to the version before. */
function isRunning(service: Service, definition: string): readonly string[] {
  return [
    `running="$(aws ecs describe-services ${at(service)} --query 'services[0].taskDefinition' --output text)"`,
    `if [ "$running" != "${definition}" ]; then`,
    `  echo "::error::ECS went back to $running by itself: the events of the service $${service.variable} say why"`,
    '  exit 1',
    'fi',
  ];
}

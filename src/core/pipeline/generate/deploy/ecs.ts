import { shellWord } from '../../../evidence/detect/shell-text';
import type { DeployTarget } from '../../../evidence/profile';
import type { PipelinePlan } from '../plan';
import { expression } from '../workflow-text';
import { awsLogin } from './login';
import { recordedBefore, required, unknownMeans, inOneStep, type DeployMeans, type Script } from './means';
import { slotsOf } from './slots';

/** A service of Amazon ECS, by a new revision of its task definition. */
export function ecsMeans(plan: PipelinePlan, target: DeployTarget): DeployMeans {
  const [slot] = slotsOf(plan, target);
  const [workload] = target.workloads ?? [];
  if (!slot || !workload?.value.container) {
    return unknownMeans([`which container of ${target.path.value} runs the image that is built here`]);
  }
  const login = awsLogin();
  const update = [
    'aws ecs update-service --cluster "$ECS_CLUSTER" --service "$ECS_SERVICE" --task-definition "$definition" > /dev/null',
    'aws ecs wait services-stable --cluster "$ECS_CLUSTER" --services "$ECS_SERVICE"',
  ];
  const env = {
    ECS_CLUSTER: expression('${{ vars.ECS_CLUSTER }}'),
    ECS_SERVICE: expression('${{ vars.ECS_SERVICE }}'),
  };
  const deploy: Script = {
    env,
    run: [
      required('ECS_CLUSTER'),
      required('ECS_SERVICE'),
      `jq --arg image "$IMAGE" --arg container ${shellWord(workload.value.container)} \\`,
      "  '(.containerDefinitions[] | select(.name == $container) | .image) = $image' \\",
      `  ${shellWord(target.path.value)} > "$RUNNER_TEMP/task-definition.json"`,
      'definition="$(aws ecs register-task-definition --cli-input-json "file://$RUNNER_TEMP/task-definition.json" --query taskDefinition.taskDefinitionArn --output text)"',
      ...update,
    ].join('\n'),
  };
  return {
    login: login.steps,
    permissions: login.permissions,
    record: {
      env,
      run: [
        'previous="$(aws ecs describe-services --cluster "$ECS_CLUSTER" --services "$ECS_SERVICE" --query \'services[0].taskDefinition\' --output text)"',
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ].join('\n'),
    },
    recorded: ['previous'],
    steps: inOneStep(deploy),
    handedOn: [],
    restore: { env, run: [recordedBefore('PREVIOUS'), 'definition="$PREVIOUS"', ...update].join('\n') },
    redeploy: deploy,
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

import { shellWord } from '../../evidence/detect/shell-text';
import { isKnown, placeholder } from '../../evidence/fact';
import type { DeployTarget, RepositoryProfile, Workload } from '../../evidence/profile';
import { useAction } from './actions';
import type { ImagePlan, PipelinePlan } from './plan';
import { expression, type StepSpec, type Text } from './workflow-text';

/** A variable of a GitHub environment that the pipeline reads, and what it holds. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly purpose: string;
}

/** A step's script with the environment that it reads. */
interface Script {
  readonly env: Readonly<Record<string, Text>>;
  readonly run: string;
}

/** How the target is reached, changed and taken back. */
export interface DeployMeans {
  /** Logs in to the cloud or cluster; runs before everything else. */
  readonly login: readonly StepSpec[];
  /** Permissions that the login needs besides reading the repository. */
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  /** Notes what runs now; null where the target cannot be asked. Writes `PREVIOUS` names to `GITHUB_OUTPUT`. */
  readonly record: Script | null;
  /** Names of the outputs of `record`. */
  readonly recorded: readonly string[];
  readonly deploy: Script;
  /** Goes back to what `record` noted, or to `VERSION`; each `previous…` output is in its upper-case variable. */
  readonly restore: Script;
  /** Deploys an earlier image, or rolls back to `VERSION`, from the rollback workflow. */
  readonly redeploy: Script;
  readonly variables: readonly EnvironmentVariable[];
  readonly unknowns: readonly string[];
}

/** A workload that takes one of the pipeline's images. */
interface Slot {
  readonly workload: Workload;
  readonly image: ImagePlan;
  /** `IMAGE`, or `IMAGE_2` for the second image. */
  readonly variable: string;
  /** `previous`, or `previous_2` for the second workload. */
  readonly output: string;
}

/** The image's variable for the n-th image of the plan. */
export function imageVariable(index: number): string {
  return index === 0 ? 'IMAGE' : `IMAGE_${index + 1}`;
}

/** Chooses how to deploy. What no file says becomes a script that fails and names it. */
export function deployMeans(plan: PipelinePlan, profile: RepositoryProfile): DeployMeans {
  const { target } = plan;
  if (!target) return unknownMeans(['how this repository is deployed']);
  switch (target.kind) {
    case 'script':
      return scriptMeans(target, profile);
    case 'kubernetes':
    case 'kustomize':
    case 'helm':
      return clusterMeans(plan, target, profile);
    case 'ecs':
      return ecsMeans(plan, target);
    case 'cloud-run':
      return cloudRunMeans(plan, target);
    case 'argo-cd':
    case 'lambda':
    case 'app-service':
    case 'fly':
    case 'heroku':
    case 'vercel':
    case 'netlify':
    case 'cloudflare-workers':
    case 'compose':
    case 'terraform':
    case 'other':
      return unknownMeans([
        isKnown(target.deployCommand) ? `how ${target.path.value} is deployed` : target.deployCommand.unknown,
      ]);
  }
}

function unknownMeans(needed: readonly string[]): DeployMeans {
  const script = fails(needed.map((what) => placeholder(what)).join('; '));
  return {
    login: [],
    permissions: {},
    record: null,
    recorded: [],
    deploy: script,
    restore: script,
    redeploy: script,
    variables: [],
    unknowns: needed,
  };
}

function scriptMeans(target: DeployTarget, profile: RepositoryProfile): DeployMeans {
  const cloud = cloudLogin(profile);
  const unknowns: string[] = [];
  const script = (known: DeployTarget['deployCommand']): Script => {
    if (isKnown(known)) return { env: {}, run: executable(known.value) };
    unknowns.push(known.unknown);
    return fails(placeholder(known.unknown));
  };
  const deploy = script(target.deployCommand);
  const restore = script(target.rollbackCommand);
  return {
    login: cloud?.steps ?? [],
    permissions: cloud?.permissions ?? {},
    record: null,
    recorded: [],
    deploy,
    restore,
    redeploy: restore,
    variables: cloud?.variables ?? [],
    unknowns,
  };
}

function clusterMeans(plan: PipelinePlan, target: DeployTarget, profile: RepositoryProfile): DeployMeans {
  const cluster = clusterLogin(profile);
  const slots = slotsOf(plan, target);
  const missing: string[] = [];
  if (!cluster) missing.push(`how a workflow reaches the cluster that runs ${target.path.value}`);
  if (plan.images.length === 0)
    missing.push(`which image ${target.path.value} runs: no Dockerfile builds one here`);
  else if (slots.length === 0)
    missing.push(`which workload of ${target.path.value} runs the image that is built here`);
  const takesImage =
    target.kind !== 'helm' ||
    (slots[0]?.workload.image !== null &&
      isKnown(target.deployCommand) &&
      target.deployCommand.value.includes('image.tag'));
  // A value that the chart does not read would be set without effect, and the old image deployed as the new one.
  if (!takesImage) missing.push(`which values of ${target.path.value} take the image`);
  if (missing.length > 0 || !cluster) return unknownMeans(missing);
  const scripts = target.kind === 'helm' ? helmScripts(target, slots) : manifestScripts(target, slots);
  return {
    login: cluster.steps,
    permissions: cluster.permissions,
    ...scripts,
    variables: cluster.variables,
    unknowns: [],
  };
}

type ScriptsOfMeans = Pick<DeployMeans, 'record' | 'recorded' | 'deploy' | 'restore' | 'redeploy'>;

function helmScripts(target: DeployTarget, slots: readonly Slot[]): ScriptsOfMeans {
  const release = slots[0]?.workload.name ?? '';
  const command = isKnown(target.deployCommand) ? target.deployCommand.value : '';
  const values = / -f ("[^"]*"|\S+)/.exec(command)?.[0] ?? '';
  // The tag carries the digest behind it: `repository:tag@sha256:…` names exactly these bytes.
  const set = '--set-string image.repository="${IMAGE%@*}" --set-string image.tag="$VERSION@${IMAGE##*@}"';
  const deploy: Script = {
    env: {},
    run: `helm upgrade --install ${release} ${shellWord(target.path.value)}${values} ${set} --wait --timeout 10m`,
  };
  return {
    record: {
      env: {},
      run: [
        `previous="$(helm history ${release} --max 50 --output json 2>/dev/null | jq --raw-output '[.[] | select(.status == "deployed")][-1].revision // empty')" || previous=""`,
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ].join('\n'),
    },
    recorded: ['previous'],
    deploy,
    restore: {
      env: {},
      run: [recordedBefore('PREVIOUS'), `helm rollback ${release} "$PREVIOUS" --wait --timeout 10m`].join(
        '\n',
      ),
    },
    redeploy: {
      env: {},
      run: `helm upgrade ${release} ${shellWord(target.path.value)} --reuse-values ${set} --wait --timeout 10m`,
    },
  };
}

function manifestScripts(target: DeployTarget, slots: readonly Slot[]): ScriptsOfMeans {
  const command = isKnown(target.deployCommand) ? target.deployCommand.value : '';
  const hasStages = command.includes('${ENV}');
  const folder = hasStages
    ? `"${target.path.value === '.' ? '' : `${target.path.value}/`}$ENV"`
    : shellWord(target.path.value);
  const isKustomize = target.kind === 'kustomize';
  const set = slots.flatMap(({ workload, variable }) =>
    workload.image ? [`kustomize edit set image ${shellWord(workload.image)}="$${variable}"`] : [],
  );
  const references = slots.map(({ workload }) => reference(workload, isKustomize && hasStages));
  const status = references.map((name) => `kubectl rollout status ${name} --timeout=10m`);
  const setImage = slots.map(
    ({ workload, variable }, index) =>
      `kubectl set image ${references[index] ?? ''} ${workload.container ?? ''}="$${variable}"`,
  );
  // A Deployment numbers its revisions, and going back to one restores its whole template; others get their image back.
  const isNumbered = (workload: Workload): boolean => workload.kind === 'Deployment';
  const restore = slots.flatMap(({ workload, output }, index) => [
    recordedBefore(output.toUpperCase()),
    isNumbered(workload)
      ? `kubectl rollout undo ${references[index] ?? ''} --to-revision="$${output.toUpperCase()}"`
      : `kubectl set image ${references[index] ?? ''} ${workload.container ?? ''}="$${output.toUpperCase()}"`,
  ]);
  const isFile = /\.ya?ml$/.test(target.path.value);
  const create = isFile ? `kustomize create --resources ${folder}` : 'kustomize create --autodetect';
  // The image is set before anything is applied: applying the manifest first would start the image that it names.
  const apply = [
    ...(isFile ? [] : [`pushd ${folder} > /dev/null`]),
    ...(isKustomize ? [] : [create]),
    ...set,
    'kubectl apply --kustomize .',
    ...(isFile ? [] : ['popd > /dev/null']),
  ];
  return {
    record: {
      env: {},
      run: slots
        .flatMap(({ workload, output }, index) => [
          `${output}="$(kubectl get ${references[index] ?? ''} --ignore-not-found --output jsonpath='${
            isNumbered(workload)
              ? '{.metadata.annotations.deployment\\.kubernetes\\.io/revision}'
              : `{.spec.template.spec.containers[?(@.name=="${workload.container ?? ''}")].image}`
          }')"`,
          `echo "${output}=$${output}" >> "$GITHUB_OUTPUT"`,
        ])
        .join('\n'),
    },
    recorded: slots.map((slot) => slot.output),
    deploy: { env: {}, run: [...apply, ...status].join('\n') },
    restore: { env: {}, run: [...restore, ...status].join('\n') },
    redeploy: { env: {}, run: [...setImage, ...status].join('\n') },
  };
}

function ecsMeans(plan: PipelinePlan, target: DeployTarget): DeployMeans {
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
    deploy,
    restore: { env, run: [recordedBefore('PREVIOUS'), 'definition="$PREVIOUS"', ...update].join('\n') },
    redeploy: deploy,
    variables: [
      ...login.variables,
      { name: 'ECS_CLUSTER', purpose: 'name of the ECS cluster' },
      { name: 'ECS_SERVICE', purpose: 'name of the ECS service' },
    ],
    unknowns: [],
  };
}

function cloudRunMeans(plan: PipelinePlan, target: DeployTarget): DeployMeans {
  const [slot] = slotsOf(plan, target);
  if (!slot) return unknownMeans([`which image ${target.path.value} runs: no Dockerfile builds one here`]);
  const login = googleLogin();
  const env = {
    REGION: expression('${{ vars.GCP_REGION }}'),
    PROJECT: expression('${{ vars.GCP_PROJECT }}'),
  };
  const name = slot.workload.name;
  const place = '--region "$REGION" --project "$PROJECT"';
  const deploy: Script = {
    env,
    run: [
      required('REGION'),
      required('PROJECT'),
      `gcloud run deploy ${name} --image "$IMAGE" ${place} --quiet`,
      `gcloud run services update-traffic ${name} --to-latest ${place} --quiet`,
    ].join('\n'),
  };
  return {
    login: [...login.steps, { name: 'Set up gcloud', uses: useAction('google-github-actions/setup-gcloud') }],
    permissions: login.permissions,
    record: {
      env,
      run: [
        `previous="$(gcloud run services describe ${name} ${place} --format='value(status.latestReadyRevisionName)')" || previous=""`,
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ].join('\n'),
    },
    recorded: ['previous'],
    deploy,
    restore: {
      env,
      run: [
        recordedBefore('PREVIOUS'),
        `gcloud run services update-traffic ${name} --to-revisions "$PREVIOUS=100" ${place} --quiet`,
      ].join('\n'),
    },
    redeploy: deploy,
    variables: [
      ...login.variables,
      { name: 'GCP_REGION', purpose: 'region of the Cloud Run service' },
      { name: 'GCP_PROJECT', purpose: 'project of the Cloud Run service' },
    ],
    unknowns: [],
  };
}

interface Login {
  readonly steps: readonly StepSpec[];
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly variables: readonly EnvironmentVariable[];
}

/** The only cloud that the repository names; with none or several nobody can tell. */
function cloudLogin(profile: RepositoryProfile): Login | null {
  const [cloud, ...others] = profile.clouds;
  if (!cloud || others.length > 0) return null;
  switch (cloud.value) {
    case 'aws':
      return awsLogin();
    case 'azure':
      return azureLogin();
    case 'google':
      return googleLogin();
  }
}

function clusterLogin(profile: RepositoryProfile): Login | null {
  const cloud = profile.clouds.length === 1 ? profile.clouds[0]?.value : undefined;
  const login = cloudLogin(profile);
  if (!cloud || !login) return null;
  const cluster: EnvironmentVariable = { name: 'CLUSTER_NAME', purpose: 'name of the Kubernetes cluster' };
  const name = expression('${{ vars.CLUSTER_NAME }}');
  switch (cloud) {
    case 'aws':
      return {
        ...login,
        steps: [
          ...login.steps,
          {
            name: 'Reach the cluster',
            env: { CLUSTER_NAME: name },
            run: `${required('CLUSTER_NAME')}\naws eks update-kubeconfig --name "$CLUSTER_NAME"`,
          },
        ],
        variables: [...login.variables, cluster],
      };
    case 'google':
      return {
        ...login,
        steps: [
          ...login.steps,
          {
            name: 'Reach the cluster',
            uses: useAction('google-github-actions/get-gke-credentials'),
            with: { cluster_name: name, location: expression('${{ vars.CLUSTER_LOCATION }}') },
          },
        ],
        variables: [
          ...login.variables,
          cluster,
          { name: 'CLUSTER_LOCATION', purpose: 'region or zone of the cluster' },
        ],
      };
    case 'azure':
      return {
        ...login,
        steps: [
          ...login.steps,
          {
            name: 'Reach the cluster',
            env: { CLUSTER_NAME: name, RESOURCE_GROUP: expression('${{ vars.AZURE_RESOURCE_GROUP }}') },
            run: [
              required('CLUSTER_NAME'),
              required('RESOURCE_GROUP'),
              'az aks get-credentials --resource-group "$RESOURCE_GROUP" --name "$CLUSTER_NAME" --overwrite-existing',
            ].join('\n'),
          },
        ],
        variables: [
          ...login.variables,
          cluster,
          { name: 'AZURE_RESOURCE_GROUP', purpose: 'resource group of the cluster' },
        ],
      };
  }
}

function awsLogin(): Login {
  return {
    steps: [
      {
        name: 'Log in to AWS',
        uses: useAction('aws-actions/configure-aws-credentials'),
        with: {
          'role-to-assume': expression('${{ vars.AWS_DEPLOY_ROLE_ARN }}'),
          'aws-region': expression('${{ vars.AWS_REGION }}'),
        },
      },
    ],
    permissions: { 'id-token': 'write' },
    variables: [
      { name: 'AWS_DEPLOY_ROLE_ARN', purpose: 'role that this environment may assume over OIDC' },
      { name: 'AWS_REGION', purpose: 'AWS region' },
    ],
  };
}

function azureLogin(): Login {
  return {
    steps: [
      {
        name: 'Log in to Azure',
        uses: useAction('azure/login'),
        with: {
          'client-id': expression('${{ vars.AZURE_CLIENT_ID }}'),
          'tenant-id': expression('${{ vars.AZURE_TENANT_ID }}'),
          'subscription-id': expression('${{ vars.AZURE_SUBSCRIPTION_ID }}'),
        },
      },
    ],
    permissions: { 'id-token': 'write' },
    variables: [
      { name: 'AZURE_CLIENT_ID', purpose: 'application that trusts this environment over OIDC' },
      { name: 'AZURE_TENANT_ID', purpose: 'Azure tenant' },
      { name: 'AZURE_SUBSCRIPTION_ID', purpose: 'Azure subscription' },
    ],
  };
}

function googleLogin(): Login {
  return {
    steps: [
      {
        name: 'Log in to Google Cloud',
        uses: useAction('google-github-actions/auth'),
        with: {
          workload_identity_provider: expression('${{ vars.GCP_WORKLOAD_IDENTITY_PROVIDER }}'),
          service_account: expression('${{ vars.GCP_SERVICE_ACCOUNT }}'),
        },
      },
    ],
    permissions: { 'id-token': 'write' },
    variables: [
      {
        name: 'GCP_WORKLOAD_IDENTITY_PROVIDER',
        purpose: 'workload identity provider that trusts this environment over OIDC',
      },
      { name: 'GCP_SERVICE_ACCOUNT', purpose: 'service account that deploys' },
    ],
  };
}

/** Workloads whose image one of the Dockerfiles builds; with one Dockerfile and one image that is plain. */
function slotsOf(plan: PipelinePlan, target: DeployTarget): Slot[] {
  const isHelm = target.kind === 'helm';
  const workloads = (target.workloads ?? [])
    .map((item) => item.value)
    .filter(
      (workload) =>
        isHelm ||
        target.kind === 'cloud-run' ||
        target.kind === 'ecs' ||
        (workload.container !== null && workload.image !== null),
    );
  const images = new Set(workloads.map((workload) => workload.image));
  const slots: Slot[] = [];
  for (const workload of workloads) {
    const index =
      plan.images.length === 1 && images.size === 1
        ? 0
        : plan.images.findIndex((image) => {
            const last = workload.image?.split('/').at(-1);
            return (
              image.name !== null && (image.name === workload.image || image.name.split('/').at(-1) === last)
            );
          });
    const image = plan.images[index];
    if (image) {
      slots.push({
        workload,
        image,
        variable: imageVariable(index),
        output: slots.length === 0 ? 'previous' : `previous_${slots.length + 1}`,
      });
    }
  }
  return slots;
}

/** `--namespace shop deployment/orders`; an overlay sets the namespace for each environment, so it comes from `vars`. */
function reference(workload: Workload, isPerEnvironment: boolean): string {
  const namespace = workload.namespace
    ? `--namespace ${workload.namespace} `
    : isPerEnvironment
      ? '--namespace "$NAMESPACE" '
      : '';
  return `${namespace}${workload.kind.toLowerCase()}/${workload.name}`;
}

/** Whether a script asks for the namespace of the environment. */
export function readsNamespace(means: DeployMeans): boolean {
  return means.deploy.run.includes('$NAMESPACE');
}

/** Ends the script with a clear message where a variable of the environment is empty. */
export function required(variable: string): string {
  return `: "\${${variable}:?set the variable ${variable} in this environment}"`;
}

/** Ends the script where nothing ran before: there is nothing to go back to. */
function recordedBefore(variable: string): string {
  return `: "\${${variable}:?nothing ran here before, so there is nothing to go back to}"`;
}

/** A command of the profile as a script: a path is called by its folder, so that the shell finds it. */
function executable(command: string): string {
  return /^[\w.-]+\//.test(command) && !command.startsWith('./') ? `./${command}` : command;
}

function fails(message: string): Script {
  return { env: {}, run: `echo ${shellWord(`::error::${message}`)}\nexit 1` };
}

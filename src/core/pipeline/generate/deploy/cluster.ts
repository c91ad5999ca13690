import { shellWord } from '../../../evidence/detect/shell-text';
import { isKnown } from '../../../evidence/fact';
import type { DeployTarget, Workload } from '../../../evidence/profile';
import type { PipelinePlan } from '../plan';
import { clusterLogin } from './login';
import {
  recordedBefore,
  required,
  unknownMeans,
  inOneStep,
  lines,
  type DeployContext,
  type DeployMeans,
  type DeployStep,
  type Script,
  type ScriptsOfMeans,
} from './means';
import { slotsOf, type Slot } from './slots';

/** Kubernetes by manifests, kustomize or Helm. */
export function clusterMeans({ plan, target, profile }: DeployContext): DeployMeans {
  const cluster = clusterLogin(profile, target);
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
  const isCanary = plan.settings.rollout === 'canary';
  const kinds = new Set(slots.map(({ workload }) => workload.kind));
  if (isCanary && kinds.size > 0 && !kinds.has('Rollout') && (kinds.size > 1 || !kinds.has('Deployment'))) {
    missing.push(
      `how a canary of ${[...kinds].join(' and ')} is made: only Deployments can have one beside them`,
    );
  }
  if (missing.length > 0 || !cluster) return unknownMeans(missing);
  const scripts =
    target.kind === 'helm'
      ? helmScripts(target, slots)
      : manifestScripts(target, slots, plan.settings.rollout);
  return {
    login: cluster.steps,
    permissions: cluster.permissions,
    ...scripts,
    variables: cluster.variables,
    secrets: [],
    notes: [
      ...(isCanary && !kinds.has('Rollout')
        ? [
            'Without a mesh a canary is one pod with the new image and the settings that run now, behind the same Service: its share is one in as many pods as there are. It needs a version that runs already.',
          ]
        : []),
      ...(kinds.has('Rollout')
        ? [
            'The steps, pauses and analyses of the release are those of the Rollout; the pipeline waits until it is healthy.',
          ]
        : []),
    ],
    unknowns: [],
  };
}

function helmScripts(target: DeployTarget, slots: readonly Slot[]): ScriptsOfMeans {
  const release = slots[0]?.workload.name ?? '';
  const command = isKnown(target.deployCommand) ? target.deployCommand.value : '';
  const values = / -f ("[^"]*"|\S+)/.exec(command)?.[0] ?? '';
  // The tag carries the digest behind it: `repository:tag@sha256:…` names exactly these bytes.
  const set = '--set-string image.repository="${IMAGE%@*}" --set-string image.tag="$VERSION@${IMAGE##*@}"';
  // Without one the context's would be taken, whatever that is on the runner.
  const at = '--namespace "$NAMESPACE"';
  const namespace = required('NAMESPACE');
  const deploy: Script = {
    env: {},
    run: `${namespace}\nhelm upgrade --install ${release} ${shellWord(target.path.value)} ${at}${values} ${set} --wait --timeout 10m`,
  };
  return {
    record: {
      env: {},
      run: [
        `previous="$(helm history ${release} ${at} --max 50 --output json 2>/dev/null | jq --raw-output '[.[] | select(.status == "deployed")][-1].revision // empty')" || previous=""`,
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ].join('\n'),
    },
    recorded: ['previous'],
    steps: inOneStep(deploy),
    handedOn: [],
    restore: {
      env: {},
      run: [
        recordedBefore('PREVIOUS'),
        `helm rollback ${release} "$PREVIOUS" ${at} --wait --timeout 10m`,
      ].join('\n'),
    },
    redeploy: {
      env: {},
      run: `${namespace}\nhelm upgrade ${release} ${shellWord(target.path.value)} ${at} --reuse-values ${set} --wait --timeout 10m`,
    },
  };
}

function manifestScripts(
  target: DeployTarget,
  slots: readonly Slot[],
  rollout: PipelinePlan['settings']['rollout'],
): ScriptsOfMeans {
  const command = isKnown(target.deployCommand) ? target.deployCommand.value : '';
  const hasStages = command.includes('${ENV}');
  const folder = hasStages
    ? `${target.path.value === '.' ? '' : shellWord(`${target.path.value}/`)}"$ENV"`
    : shellWord(target.path.value);
  const isKustomize = target.kind === 'kustomize';
  const isInManifests = (workload: Workload): boolean => workload.namespace !== null;
  const references = slots.map(({ workload }) => reference(workload));
  // A Deployment numbers its revisions, and going back to one restores its whole template; others get their image back.
  const isNumbered = (workload: Workload): boolean => workload.kind === 'Deployment';
  const isRollout = (workload: Workload): boolean => workload.kind === 'Rollout';
  const status = slots.flatMap(({ workload }, index) =>
    isRollout(workload)
      ? rolloutStatus(references[index] ?? '')
      : [`kubectl rollout status ${references[index] ?? ''} --timeout=10m`],
  );
  const needs = slots.every(({ workload }) => isInManifests(workload)) ? [] : [required('NAMESPACE')];
  const isFile = /\.ya?ml$/.test(target.path.value);
  const create = isFile ? `kustomize create --resources ${folder}` : 'kustomize create --autodetect';
  // An overlay says its namespace itself, and refuses another one.
  const at = !isKustomize && needs.length > 0 ? ' --namespace "$NAMESPACE"' : '';
  const apply = (imageOf: (slot: Slot) => string): readonly string[] => [
    ...(isFile ? [] : [`pushd ${folder} > /dev/null`]),
    ...(isKustomize ? [] : [create]),
    // The image is set before anything is applied: applying the manifest first would start the image that it names.
    ...slots.flatMap((slot) =>
      slot.workload.image
        ? [`kustomize edit set image ${shellWord(slot.workload.image)}="$${imageOf(slot)}"`]
        : [],
    ),
    `kubectl apply${at} --kustomize .`,
    ...(isFile ? [] : ['popd > /dev/null']),
  ];
  const built = (slot: Slot): string => slot.variable;
  const noted = (slot: Slot): string => slot.output.toUpperCase();
  const hasRollout = slots.some(({ workload }) => isRollout(workload));
  const setImage = (imageOf: (slot: Slot) => string): readonly string[] =>
    hasRollout
      ? apply(imageOf)
      : slots.map(
          (slot, index) =>
            `kubectl set image ${references[index] ?? ''} ${slot.workload.container ?? ''}="$${imageOf(slot)}"`,
        );
  const canaries = slots.map(({ workload }) => `${reference(workload)}-canary`);
  const restore = [
    ...(rollout === 'canary' && !hasRollout
      ? canaries.map((canary) => `kubectl delete ${canary} --ignore-not-found`)
      : []),
    ...slots.map((slot) => recordedBefore(noted(slot))),
    ...(hasRollout
      ? apply(noted)
      : slots.map((slot, index) =>
          isNumbered(slot.workload)
            ? `kubectl rollout undo ${references[index] ?? ''} --to-revision="$${noted(slot)}"`
            : `kubectl set image ${references[index] ?? ''} ${slot.workload.container ?? ''}="$${noted(slot)}"`,
        )),
  ];
  const all: DeployStep = {
    title: null,
    script: { env: {}, run: lines(needs, apply(built), status) },
    check: 'once',
    ...(hasRollout ? { minutes: ROLLOUT_MINUTES } : {}),
  };
  return {
    record: {
      env: {},
      run: lines(
        needs,
        slots.flatMap(({ workload, output }, index) => [
          `${output}="$(kubectl get ${references[index] ?? ''} --ignore-not-found --output jsonpath='${
            isNumbered(workload)
              ? '{.metadata.annotations.deployment\\.kubernetes\\.io/revision}'
              : `{.spec.template.spec.containers[?(@.name=="${workload.container ?? ''}")].image}`
          }')"`,
          `echo "${output}=$${output}" >> "$GITHUB_OUTPUT"`,
        ]),
      ),
    },
    recorded: slots.map((slot) => slot.output),
    steps: () =>
      rollout === 'canary' && !hasRollout
        ? [
            {
              title: 'Start one pod of it beside the others',
              script: {
                env: {},
                run: lines(
                  needs,
                  slots.flatMap((slot, index) =>
                    canaryOf(slot, references[index] ?? '', canaries[index] ?? ''),
                  ),
                ),
              },
              check: 'watch',
            },
            {
              ...all,
              title: 'Give it to all pods',
              script: {
                env: {},
                run: lines(
                  needs,
                  apply(built),
                  status,
                  canaries.map((canary) => `kubectl delete ${canary} --ignore-not-found`),
                ),
              },
            },
          ]
        : [all],
    handedOn: [],
    restore: { env: {}, run: lines(needs, restore, status) },
    redeploy: { env: {}, run: lines(needs, setImage(built), status) },
  };
}

/** Minutes that a Rollout may take for its own steps, pauses included. */
const ROLLOUT_MINUTES = 90;

/** Argo Rollouts without its plugin: the Rollout says itself how it stands. */
function rolloutStatus(reference: string): readonly string[] {
  const ask = `kubectl get ${reference} --output jsonpath='{.status.phase}'`;
  return [
    'sleep 10',
    `until phase="$(${ask})" && [ "$phase" = Healthy ]; do`,
    '  if [ "$phase" = Degraded ]; then',
    `    kubectl get ${reference} --output jsonpath='::error::The Rollout is degraded: {.status.message}{"\n"}'`,
    '    exit 1',
    '  fi',
    '  sleep 15',
    'done',
  ];
}

/** A copy of the Deployment that runs, with one pod and the new image, behind the same Service. */
function canaryOf({ workload, variable }: Slot, live: string, canary: string): readonly string[] {
  return [
    `kubectl get ${live} --output json > "$RUNNER_TEMP/live.json"`,
    `jq --arg image "$${variable}" --arg container ${shellWord(workload.container ?? '')} '`,
    '  .metadata = {name: (.metadata.name + "-canary"), namespace: .metadata.namespace, labels: .metadata.labels}',
    '  | .spec.replicas = 1',
    '  | .spec.selector.matchLabels.track = "canary"',
    '  | .spec.template.metadata.labels.track = "canary"',
    '  | (.spec.template.spec.containers[] | select(.name == $container) | .image) = $image',
    '  | del(.status)',
    `' "$RUNNER_TEMP/live.json" | kubectl apply --filename -`,
    `kubectl rollout status ${canary} --timeout=5m`,
  ];
}

/** `--namespace shop deployment/orders`; where no manifest says the namespace it is the environment's to say. */
function reference(workload: Workload): string {
  const namespace = workload.namespace ? `--namespace ${workload.namespace} ` : '--namespace "$NAMESPACE" ';
  return `${namespace}${workload.kind.toLowerCase()}/${workload.name}`;
}

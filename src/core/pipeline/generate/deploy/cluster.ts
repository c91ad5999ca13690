import { shellWord } from '../../../evidence/detect/shell-text';
import { isKnown } from '../../../evidence/fact';
import type { DeployTarget, Workload } from '../../../evidence/profile';
import { clusterLogin } from './login';
import {
  recordedBefore,
  required,
  unknownMeans,
  inOneStep,
  type DeployContext,
  type DeployMeans,
  type Script,
  type ScriptsOfMeans,
} from './means';
import { slotsOf, type Slot } from './slots';

/** Kubernetes by manifests, kustomize or Helm. */
export function clusterMeans({ plan, target, profile }: DeployContext): DeployMeans {
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
    secrets: [],
    notes: [],
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
    steps: inOneStep({ env: {}, run: [...apply, ...status].join('\n') }),
    handedOn: [],
    restore: { env: {}, run: [...restore, ...status].join('\n') },
    redeploy: { env: {}, run: [...setImage, ...status].join('\n') },
  };
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

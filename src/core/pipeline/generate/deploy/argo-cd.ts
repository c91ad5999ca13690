import { shellWord } from '../../../evidence/detect/shell-text';
import {
  fromSecrets,
  fromVariables,
  lines,
  required,
  requiredSecret,
  unknownMeans,
  type DeployContext,
  type DeployMeans,
} from './means';
import { slotsOf } from './slots';

/** argocd comes from the server itself, so that both are of one version. */
const CLIENT = [
  'curl --fail --silent --show-error --location --output "$RUNNER_TEMP/argocd" "https://$ARGOCD_SERVER/download/argocd-linux-amd64"',
  'chmod u+x "$RUNNER_TEMP/argocd"',
];

/**
 * An application of Argo CD: Git says what runs, so that a release is a commit that names the image by its digest, and
 * going back is one that reverts it.
 */
export function argoCdMeans({ plan, target, profile, paths }: DeployContext): DeployMeans {
  const overlays = profile.deployTargets.find(
    (other) => other.kind === 'kustomize' && (other.workloads ?? []).length > 0,
  );
  const slots = overlays ? slotsOf(plan, overlays) : [];
  if (plan.images.length === 0)
    return unknownMeans([`which image ${target.path.value} runs: no Dockerfile builds one here`]);
  if (!overlays || slots.length === 0 || slots.some(({ workload }) => workload.image === null)) {
    return unknownMeans([`where the repository that ${target.path.value} follows names the image`]);
  }
  const root = overlays.path.value;
  const hasStages = [...paths].some((path) =>
    plan.environments.some(({ name }) => path.startsWith(`${root}/${name}/`)),
  );
  const isPlain = /^[\w./-]+$/.test(root);
  const inside = root === '.' ? '' : `/${root}`;
  const folder = isPlain
    ? `"$RUNNER_TEMP/config${inside}${hasStages ? '/$ENV' : ''}"`
    : `"$RUNNER_TEMP/config/"${shellWord(root)}${hasStages ? '/"$ENV"' : ''}`;
  const hasRollout = slots.some(({ workload }) => workload.kind === 'Rollout');
  const env = {
    ...fromVariables('ARGOCD_SERVER', 'ARGOCD_APPLICATION', 'GITOPS_BRANCH'),
    ...fromSecrets('ARGOCD_AUTH_TOKEN'),
    GH_TOKEN: { expression: '${{ github.token }}' },
  };
  const needs = [
    required('ARGOCD_SERVER'),
    required('ARGOCD_APPLICATION'),
    required('GITOPS_BRANCH'),
    requiredSecret('ARGOCD_AUTH_TOKEN'),
  ];
  const clone = [
    'gh auth setup-git',
    'rm --recursive --force "$RUNNER_TEMP/config"',
    'git clone --quiet --filter=blob:none --branch "$GITOPS_BRANCH" "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" "$RUNNER_TEMP/config"',
    'git -C "$RUNNER_TEMP/config" config user.name github-actions',
    'git -C "$RUNNER_TEMP/config" config user.email 41898282+github-actions[bot]@users.noreply.github.com',
  ];
  const settle = [
    // Another environment may have written to the branch meanwhile.
    'git -C "$RUNNER_TEMP/config" pull --quiet --rebase origin "$GITOPS_BRANCH"',
    'git -C "$RUNNER_TEMP/config" push --quiet origin "HEAD:$GITOPS_BRANCH"',
    ...CLIENT,
    '"$RUNNER_TEMP/argocd" app sync "$ARGOCD_APPLICATION" --timeout 300',
    // A Rollout is healthy only when its own steps, pauses included, are through.
    `"$RUNNER_TEMP/argocd" app wait "$ARGOCD_APPLICATION" --sync --health --timeout ${hasRollout ? 4800 : 900}`,
  ];
  const name = [
    `pushd ${folder} > /dev/null`,
    ...slots.flatMap(({ workload, variable }) =>
      workload.image === null ? [] : [`kustomize edit set image ${shellWord(workload.image)}="$${variable}"`],
    ),
    'popd > /dev/null',
    'if git -C "$RUNNER_TEMP/config" diff --quiet; then',
    "  echo 'The branch names this image already'",
    'else',
    '  git -C "$RUNNER_TEMP/config" commit --quiet --all --message "Release $VERSION to $ENV in run $GITHUB_RUN_ID"',
    'fi',
  ];
  const deploy = { env, run: lines(needs, clone, name, settle) };
  return {
    login: [],
    permissions: { contents: 'write' },
    record: {
      env,
      run: lines(
        needs,
        clone,
        'previous="$(git -C "$RUNNER_TEMP/config" rev-parse HEAD)"',
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps: () => [{ title: null, script: deploy, check: 'once', minutes: hasRollout ? 90 : 25 }],
    handedOn: [],
    restore: {
      env,
      run: lines(
        needs,
        clone,
        // What is taken back is the commit of this run, whatever another environment wrote after it.
        'written="$(git -C "$RUNNER_TEMP/config" log -1 --format=%H --fixed-strings --grep "to $ENV in run $GITHUB_RUN_ID" "$PREVIOUS..HEAD")"',
        'if [ -z "$written" ]; then',
        "  echo 'Nothing was written: the branch asks for what ran before'",
        'else',
        '  git -C "$RUNNER_TEMP/config" revert --no-edit "$written"',
        'fi',
        settle,
      ),
    },
    redeploy: deploy,
    variables: [
      { name: 'ARGOCD_SERVER', purpose: 'host of the Argo CD server' },
      { name: 'ARGOCD_APPLICATION', purpose: 'Argo CD application of this environment' },
      { name: 'GITOPS_BRANCH', purpose: 'branch that this application follows; the pipeline commits to it' },
    ],
    secrets: [
      { name: 'ARGOCD_AUTH_TOKEN', purpose: 'token of a project role that may sync this application alone' },
    ],
    notes: [
      'Argo CD deploys what its branch names: the pipeline commits the image to that branch, so its rules must let github-actions push, or the branch must be one of its own.',
      "A commit by the run's own token starts no other workflow, so the pipeline does not start itself.",
    ],
    unknowns: [],
  };
}

import { useAction } from '../actions';
import { googleLogin } from './login';
import {
  CANARY_PERCENT,
  fromVariables,
  lines,
  recordedBefore,
  required,
  unknownMeans,
  type DeployContext,
  type DeployMeans,
  type DeployStep,
} from './means';
import { slotsOf } from './slots';

/** The tag under which a revision without traffic answers; at least three letters, which is Cloud Run's rule. */
const TAG = 'candidate';

/** A service of Cloud Run, by a new revision: it is asked at its own address, then takes the traffic. */
export function cloudRunMeans({ plan, target }: DeployContext): DeployMeans {
  const [slot] = slotsOf(plan, target);
  if (!slot) {
    const isNamed = (target.workloads ?? []).length > 0;
    return unknownMeans([
      plan.images.length === 0
        ? `which image ${target.path.value} runs: no Dockerfile builds one here`
        : isNamed
          ? `which of the images built here ${target.path.value} runs`
          : `which service runs the image that is built here: ${target.path.value} alone shows Cloud Run, and no file describes the service`,
    ]);
  }
  const login = googleLogin();
  const env = fromVariables('GCP_REGION', 'GCP_PROJECT');
  const needs = [required('GCP_REGION'), required('GCP_PROJECT')];
  const name = slot.workload.name;
  const place = '--region "$GCP_REGION" --project "$GCP_PROJECT"';
  const update = (traffic: string): string =>
    `gcloud run services update-traffic ${name} ${traffic} ${place} --quiet`;
  const deploy = `gcloud run deploy ${name} --image "$IMAGE" ${place} --quiet`;
  const atOnce = { env, run: lines(needs, deploy, update('--to-latest')) };
  const aside = lines(
    needs,
    // A service that is made by this deployment has nothing that could keep the traffic meanwhile.
    'hold=(--no-traffic)',
    `gcloud run services describe ${name} ${place} > /dev/null 2>&1 || hold=()`,
    `gcloud run deploy ${name} --image "$IMAGE" ${place} --tag ${TAG} "\${hold[@]}" --quiet`,
    `address="$(gcloud run services describe ${name} ${place} --format=json | jq --raw-output '.status.traffic[] | select(.tag == "${TAG}") | .url')"`,
    'echo "address=$address" >> "$GITHUB_OUTPUT"',
  );
  const all: DeployStep = {
    title: 'Give it all of the traffic',
    script: { env, run: lines(needs, update('--to-latest')) },
    check: 'once',
  };
  const steps = (): readonly DeployStep[] => {
    switch (plan.settings.rollout) {
      case 'all-at-once':
        return [{ title: null, script: atOnce, check: 'once' }];
      case 'canary':
        return [
          { title: null, script: { env, run: aside }, check: 'address' },
          {
            title: `Give it ${CANARY_PERCENT} % of the traffic`,
            script: { env, run: lines(needs, update(`--to-tags ${TAG}=${CANARY_PERCENT}`)) },
            check: 'watch',
          },
          all,
        ];
      default:
        return [{ title: null, script: { env, run: aside }, check: 'address' }, all];
    }
  };
  return {
    login: [...login.steps, { name: 'Set up gcloud', uses: useAction('google-github-actions/setup-gcloud') }],
    permissions: login.permissions,
    record: {
      env,
      run: lines(
        needs,
        `previous="$(gcloud run services describe ${name} ${place} --format=json 2> /dev/null | jq --raw-output '[.status.traffic[] | select((.percent // 0) > 0)] | max_by(.percent) | .revisionName // empty')" || previous=""`,
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps,
    handedOn: [],
    restore: {
      env,
      run: lines(recordedBefore('PREVIOUS'), update('--to-revisions "$PREVIOUS=100"')),
    },
    redeploy: atOnce,
    variables: [
      ...login.variables,
      { name: 'GCP_REGION', purpose: 'region of the Cloud Run service' },
      { name: 'GCP_PROJECT', purpose: 'project of the Cloud Run service' },
    ],
    secrets: [],
    notes:
      plan.settings.rollout === 'all-at-once'
        ? []
        : [
            `A new revision of ${name} is asked at the address of its tag before it has users: where the service lets only some in, the check needs a way in too.`,
          ],
    unknowns: [],
  };
}

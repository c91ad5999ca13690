import type { DeployTarget } from '../../../evidence/profile';
import { useAction } from '../actions';
import type { PipelinePlan } from '../plan';
import { expression } from '../workflow-text';
import { googleLogin } from './login';
import { recordedBefore, required, unknownMeans, inOneStep, type DeployMeans, type Script } from './means';
import { slotsOf } from './slots';

/** A service of Cloud Run, by a new revision that takes all traffic. */
export function cloudRunMeans(plan: PipelinePlan, target: DeployTarget): DeployMeans {
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
    steps: inOneStep(deploy),
    handedOn: [],
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
    secrets: [],
    notes: [],
    unknowns: [],
  };
}

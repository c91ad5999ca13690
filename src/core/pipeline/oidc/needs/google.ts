import type { JobCommand, JobWords } from './job-words';
import { plainName } from './job-words';
import { NO_NEEDS, type Needs, type RoleNeed, type RoleScope } from './needs';

/**
 * The predefined roles that a job needs in Google Cloud, as far as its commands and actions tell.
 * cloud.google.com/iam/docs/understanding-roles, and the pages "Required roles" of each product.
 */
export function googleNeedsOf({ commands, actions, where }: JobWords): Needs {
  const needs: RoleNeed[] = [];
  const unknown = new Set<string>();
  const project: RoleScope = { kind: 'project', name: null, needed: 'project id' };
  const add = (role: string, scope: RoleScope = project): void => {
    needs.push({ role, scope });
  };
  const actsAs = (account: string | null): void =>
    add('roles/iam.serviceAccountUser', {
      kind: 'service-account',
      name: account,
      needed: `the service account that what ${where} deploys runs as`,
    });
  const run = (isFromSource: boolean, isOpened: boolean, account: string | null): void => {
    if (isFromSource) {
      add('roles/run.sourceDeveloper');
      add('roles/serviceusage.serviceUsageConsumer');
    } else add(isOpened ? 'roles/run.admin' : 'roles/run.developer');
    actsAs(account);
  };
  for (const command of commands) {
    const [program = ''] = command.words;
    const line = command.words.filter((word) => !/^(?:alpha|beta|--quiet|-q)$/.test(word)).join(' ');
    if (
      /^gcloud run (?:deploy|services (?:update|replace|update-traffic)|jobs (?:deploy|update|execute))\b/.test(
        line,
      )
    ) {
      run(
        command.has('--source'),
        command.has('--allow-unauthenticated'),
        command.option('--service-account'),
      );
    } else if (/^gcloud container clusters get-credentials\b/.test(line))
      add('roles/container.clusterViewer');
    else if (
      /^(?:kubectl|helm|kustomize)\b.*\b(?:apply|upgrade|install|set|rollout|create|delete|patch)\b/.test(
        line,
      )
    )
      add('roles/container.developer');
    else if (/^gcloud functions deploy\b/.test(line)) {
      add('roles/cloudfunctions.developer');
      actsAs(command.option('--service-account', '--run-service-account'));
    } else if (/^gcloud secrets versions access\b/.test(line)) add('roles/secretmanager.secretAccessor');
    else if (/^gcloud builds submit\b/.test(line)) {
      add('roles/cloudbuild.builds.editor');
      unknown.add(`the bucket that holds the sources of "gcloud builds submit" in ${where}`);
    } else if (/^(?:gsutil|gcloud storage)\b.* (?:cp|rsync|mv)\b/.test(line)) {
      for (const bucket of bucketsIn(command)) add('roles/storage.objectUser', bucketScope(bucket, where));
    } else if (/^firebase\b.*\bdeploy\b/.test(line)) {
      const only = command.option('--only');
      if (only !== null && /^hosting(?::[\w-]+)?$/.test(only)) add('roles/firebasehosting.admin');
      else unknown.add(`the roles for what "firebase deploy" deploys in ${where}`);
    } else if (/^(?:docker|podman|buildah) (?:push|buildx build)\b/.test(line)) {
      for (const scope of repositoriesIn(command.words, where)) add('roles/artifactregistry.writer', scope);
    } else if (/^(?:terraform|tofu|terragrunt|pulumi)\b.* (?:apply|up|plan|destroy|preview)\b/.test(line)) {
      unknown.add(`the roles on what ${plainName(program)} manages for ${where}, and on its state`);
    } else if (/^(?:\.?\.?\/|bash |sh )/.test(line)) {
      unknown.add(
        `what ${plainName(command.words.find((word) => /[./]/.test(word)) ?? program)} does in Google Cloud, run by ${where}`,
      );
    } else if (
      program === 'gcloud' &&
      !/^gcloud (?:auth|config|info|components|version|--version)\b/.test(line)
    ) {
      unknown.add(`the role that "${plainName(command.words.slice(0, 3).join('-'))}" needs in ${where}`);
    }
  }
  for (const { action, input, names } of actions) {
    switch (action) {
      case 'google-github-actions/deploy-cloudrun':
        run(names.includes('source'), false, input('service_account'));
        break;
      case 'google-github-actions/get-gke-credentials':
        add('roles/container.clusterViewer');
        break;
      case 'google-github-actions/deploy-cloud-functions':
        add('roles/cloudfunctions.developer');
        actsAs(input('service_account_email') ?? input('service_account'));
        break;
      case 'google-github-actions/deploy-appengine':
        for (const role of [
          'appengine.deployer',
          'appengine.serviceAdmin',
          'cloudbuild.builds.editor',
          'storage.objectAdmin',
        ])
          add(`roles/${role}`);
        actsAs(null);
        break;
      case 'google-github-actions/upload-cloud-storage':
        add('roles/storage.objectUser', bucketScope(input('destination')?.split('/')[0] ?? null, where));
        break;
      case 'google-github-actions/get-secretmanager-secrets':
        add('roles/secretmanager.secretAccessor');
        break;
      case 'firebaseextended/action-hosting-deploy':
        add('roles/firebasehosting.admin');
        break;
      case 'docker/build-push-action':
        for (const scope of repositoriesIn([input('tags') ?? ''], where))
          add('roles/artifactregistry.writer', scope);
        break;
      case 'google-github-actions/auth':
      case 'google-github-actions/setup-gcloud':
        break;
      default:
        if (/gcloud|gcp|gke|firebase|google-github-actions/.test(action))
          unknown.add(`the role that the action ${plainName(action)} needs, used by ${where}`);
    }
  }
  return { ...NO_NEEDS, google: needs, unknown: [...unknown] };
}

function bucketsIn(command: JobCommand): readonly (string | null)[] {
  const places = command.words.filter((word) => word.startsWith('gs://'));
  return places.length === 0
    ? [null]
    : places.map((place) => /^gs:\/\/([a-z0-9][\w.-]{1,220})(?:\/|$)/.exec(place)?.[1] ?? null);
}

function bucketScope(bucket: string | null, where: string): RoleScope {
  return { kind: 'bucket', name: bucket, needed: `the bucket that ${where} writes to` };
}

/** `LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/…`, each once as `LOCATION/PROJECT/REPOSITORY`. */
function repositoriesIn(words: readonly string[], where: string): readonly RoleScope[] {
  const names = new Set<string>();
  for (const word of words) {
    for (const match of word.matchAll(/\b([a-z0-9-]+)-docker\.pkg\.dev\/([a-z][\w.:-]*)\/([a-z][\w-]*)\//g))
      names.add(`${match[1] ?? ''}/${match[2] ?? ''}/${match[3] ?? ''}`);
  }
  const isGoogle = words.some((word) => /pkg\.dev|gcr\.io/.test(word));
  return names.size > 0
    ? [...names].map((name) => ({ kind: 'repository' as const, name, needed: name }))
    : isGoogle
      ? [{ kind: 'repository', name: null, needed: `the repository of images that ${where} pushes to` }]
      : [];
}

import { actionOf, type Cloud } from '../../../workflow/credential-uses';
import type { NewYaml } from '../../../workflow/edit';
import { registryCloud } from '../../../workflow/long-lived-credentials';
import type { Job, Step, Workflow } from '../../../workflow/model';
import { readWorkflow } from '../../../workflow/read';
import { insertStep, removeStep } from '../../../workflow/edit';
import { applyEdits } from '../../../text/edit';
import { removeWithin, setAt, type Operation } from '../../operations';
import { variablesFor } from '../variables';
import {
  expression,
  finish,
  insertAt,
  missing,
  pinUses,
  stepPath,
  type Conversion,
  type Converted,
} from './conversion';
import { inputsBeside, loginBefore, loginStep, regionOf } from './login-steps';

/** User and password of a cloud's registry, as inputs of an action that logs Docker in. */
export function convertRegistryLogin(conversion: Conversion, cloud: Cloud, job: Job, step: Step): Converted {
  const login = loginBefore(cloud, job, step.index);
  if (login && !login.isOidc) {
    return {
      ok: false,
      reason: 'the job logs in to the cloud by other means before it: replace that login first',
    };
  }
  switch (cloud) {
    case 'aws':
      return convertEcr(conversion, job, step, login !== null);
    case 'azure':
      return convertAcr(conversion, job, step, login !== null);
    case 'google':
      return convertArtifactRegistry(conversion, job, step, login?.step ?? null);
  }
}

/** A `docker login` of a script: what takes its place is told, since the script is the person's. */
export function leaveRegistryCommand(cloud: Cloud): Converted {
  const instead: Readonly<Record<Cloud, string>> = {
    aws: 'log in with aws-actions/configure-aws-credentials and a role before this step, and pipe `aws ecr get-login-password` into `docker login --username AWS --password-stdin`',
    azure:
      'log in with azure/login and the three ids before this step, and write `az acr login --name NAME` in the place of the command',
    google:
      'log in with google-github-actions/auth before this step, and write `gcloud auth configure-docker HOST --quiet` in the place of the command',
  };
  return { ok: false, reason: `it is part of a script: ${instead[cloud]}` };
}

/**
 * Without user and password docker/login-action logs in to ECR with the credentials that the environment has:
 * github.com/docker/login-action, "AWS Elastic Container Registry".
 */
function convertEcr(conversion: Conversion, job: Job, step: Step, isLoggedIn: boolean): Converted {
  const { credential, meaning } = conversion;
  if (actionOf(step) !== 'docker/login-action') {
    return { ok: false, reason: 'only docker/login-action is known to take the login of a role' };
  }
  const at = stepPath(job, step);
  const { inputs: variables } = variablesFor('aws', credential.secrets);
  const host = hostOf(meaning.workflow, job, step);
  const region = /\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\./.exec(host)?.[1];
  const awsRegion = host.startsWith('public.ecr.aws')
    ? 'us-east-1'
    : (region ?? regionOf(meaning.workflow, job, step));
  return finish(conversion, {
    jobs: [job],
    operations: [
      ...['username', 'password'].map((name) => removeWithin(at, 'with', nameIn(step, name))),
      pinUses(at, step),
      ...(isLoggedIn
        ? []
        : [insertAt(job.id.value, step.index, loginStep('aws', variables, inputsBeside('aws', awsRegion)))]),
    ],
    variables: isLoggedIn ? {} : variables,
    isNewIdentity: !isLoggedIn,
  });
}

/** `az acr login` takes the token of the login; the name of the registry is the host's first label. */
function convertAcr(conversion: Conversion, job: Job, step: Step, isLoggedIn: boolean): Converted {
  const { credential, meaning } = conversion;
  const host = hostOf(meaning.workflow, job, step);
  if (registryCloud(host) !== 'azure') {
    return {
      ok: false,
      reason:
        'no file says which registry it logs in to: where it is one of Azure, log in with azure/login and run `az acr login --name NAME` in the place of this step; another registry has no login by OIDC that is known here',
    };
  }
  const input = inputOf(step, actionOf(step) === 'azure/docker-login' ? 'login-server' : 'registry');
  const literal = /^([a-z0-9]{5,50})\.azurecr\.(?:io|cn|us)\/?$/i.exec(input.trim());
  const { inputs: variables } = variablesFor('azure', credential.secrets);
  const kept = ['name', 'uses', 'with', 'if'];
  const other = step.body.entries.find((entry) => !kept.includes(entry.key.text));
  if (other) {
    return { ok: false, reason: `the step has \`${other.key.text}\` besides, which may not be lost with it` };
  }
  const condition = step.condition ? { if: step.condition.value } : {};
  const login: NewYaml = literal
    ? {
        name: `Log in to ${literal[1] ?? ''} by the identity`,
        ...condition,
        run: `az acr login --name ${literal[1] ?? ''}`,
      }
    : {
        name: 'Log in to the registry by the identity',
        ...condition,
        shell: 'bash',
        env: { REGISTRY: input },
        run: 'az acr login --name "${REGISTRY%%.*}"',
      };
  return finish(conversion, {
    jobs: [job],
    operations: [
      replaceStep(job.id.value, step.index, login),
      ...(isLoggedIn ? [] : [insertAt(job.id.value, step.index, loginStep('azure', variables))]),
    ],
    variables: isLoggedIn ? {} : variables,
    isNewIdentity: !isLoggedIn,
  });
}

/** The token of a service account, for as long as the job, in the place of its key. */
function convertArtifactRegistry(
  conversion: Conversion,
  job: Job,
  step: Step,
  login: Step | null,
): Converted {
  const { credential } = conversion;
  const at = stepPath(job, step);
  if (actionOf(step) !== 'docker/login-action') {
    return { ok: false, reason: 'only docker/login-action is known to take a token in the place of the key' };
  }
  const { inputs: variables } = variablesFor('google', credential.secrets);
  const format = login === null ? 'access_token' : textOf(login, 'token_format').trim();
  if (format !== '' && format !== 'access_token') {
    return { ok: false, reason: `the login before it asks for \`token_format: ${format}\` already` };
  }
  if (login !== null && textOf(login, 'service_account').trim() === '') {
    return {
      ok: false,
      reason:
        'the login before it acts for no service account, and only one of these has an access token here: name `service_account` there first',
    };
  }
  const id = login?.id?.value ?? freeId(job);
  return finish(conversion, {
    jobs: [job],
    operations: [
      setAt([...at, 'with'], nameIn(step, 'username'), 'oauth2accesstoken'),
      setAt([...at, 'with'], nameIn(step, 'password'), expression(`steps.${id}.outputs.access_token`)),
      pinUses(at, step),
      ...(login === null
        ? [
            insertAt(
              job.id.value,
              step.index,
              loginStep('google', variables, { token_format: 'access_token' }, id),
            ),
          ]
        : [
            ...(login.id === null ? [setAt(stepPath(job, login), 'id', id, { after: ['name'] })] : []),
            setAt([...stepPath(job, login), 'with'], 'token_format', 'access_token'),
          ]),
    ],
    variables: login === null ? variables : {},
  });
}

/** An id that no step of the job has. */
function freeId(job: Job): string {
  const taken = new Set(job.steps.flatMap((step) => (step.id ? [step.id.value.toLowerCase()] : [])));
  for (let count = 1; ; count++) {
    const id = count === 1 ? 'google-login' : `google-login-${count}`;
    if (!taken.has(id)) return id;
  }
}

/** Takes a step out and puts another one in its place. */
function replaceStep(jobId: string, index: number, step: NewYaml): Operation {
  return (text) => {
    const find = (now: string) => readWorkflow('', now).jobs.find((other) => other.id.value === jobId);
    const job = find(text);
    if (!job) return missing(jobId);
    const inserted = insertStep(text, job, index, step);
    if (!inserted.ok) return inserted;
    const between = applyEdits(text, inserted.edits);
    const again = find(between);
    if (!again) return missing(jobId);
    const removed = removeStep(between, again, index + 1);
    if (!removed.ok) return removed;
    const after = applyEdits(between, removed.edits);
    return { ok: true, edits: [{ span: { start: 0, end: text.length }, text: after }] };
  };
}

function nameIn(step: Step, name: string): string {
  return step.with.find((entry) => entry.name.value.toLowerCase() === name)?.name.value ?? name;
}

function textOf(step: Step, name: string): string {
  return step.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text ?? '';
}

function inputOf(step: Step, name: string): string {
  return textOf(step, name);
}

/** The registry that a step names, with what the variables in it say. */
function hostOf(workflow: Workflow, job: Job, step: Step): string {
  const text = inputOf(step, actionOf(step) === 'azure/docker-login' ? 'login-server' : 'registry');
  const name = /\benv\s*\.\s*([\w-]+)/.exec(text)?.[1];
  const value = [...step.env, ...job.env, ...workflow.env].find((entry) => entry.name.value === name);
  return value ? text.replace(/\$\{\{\s*env\s*\.\s*[\w-]+\s*\}\}/, value.value.text).trim() : text.trim();
}

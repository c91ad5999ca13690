import { actionOf } from '../../../workflow/credential-uses';
import type { Job, Step } from '../../../workflow/model';
import { removeWithin, setAt } from '../../operations';
import { variablesFor } from '../variables';
import {
  environmentPath,
  expression,
  finish,
  insertAt,
  pinUses,
  stepPath,
  type Conversion,
  type Converted,
} from './conversion';
import { loginBefore, loginStep, usesCloud } from './login-steps';

/** `creds` of `azure/login`: the three ids of the same application take their place. */
export function convertAzureLogin(conversion: Conversion, job: Job, step: Step): Converted {
  const { credential } = conversion;
  const at = stepPath(job, step);
  const input = (name: string): string | null =>
    step.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text ?? null;
  if (input('environment')?.toLowerCase() === 'azurestack') {
    return { ok: false, reason: 'Azure Stack takes no OIDC login' };
  }
  const removed = credential.holders.map((holder) => holder.name.value);
  const { inputs } = variablesFor('azure', credential.secrets);
  return finish(conversion, {
    jobs: [job],
    operations: [
      ...Object.entries(inputs)
        .filter(([name]) => input(name) === null)
        .map(([name, variable]) =>
          setAt([...at, 'with'], name, expression(`vars.${variable}`), { before: removed }),
        ),
      ...removed.map((name) => removeWithin(at, 'with', name)),
      pinUses(at, step),
    ],
    variables: inputs,
  });
}

/**
 * Actions that deploy with the login of `azure/login` where they get no publish profile, by their own documentation:
 * github.com/Azure/webapps-deploy, github.com/Azure/functions-action ("OIDC authentication"), and its sister for images.
 */
const TAKES_LOGIN = ['azure/webapps-deploy', 'azure/functions-action', 'azure/functions-container-action'];

/** A publish profile: a login of an identity that may deploy the app comes before the step, and the input goes. */
export function convertPublishProfile(conversion: Conversion, job: Job, step: Step): Converted {
  const { credential, note } = conversion;
  const action = actionOf(step) ?? '';
  if (!TAKES_LOGIN.includes(action)) {
    return {
      ok: false,
      reason: `whether "${action}" takes the login of azure/login is not known: give a deployment identity the role "Website Contributor" on the app, add azure/login before this step, remove the input, and check whether basic authentication can then be switched off`,
    };
  }
  if (!step.with.some(({ name }) => name.value.toLowerCase() === 'app-name')) {
    return {
      ok: false,
      reason: 'only the profile says which app it is: add `app-name` first, since a login names no app',
    };
  }
  const login = loginBefore('azure', job, step.index);
  if (login && !login.isOidc) {
    return {
      ok: false,
      reason: 'the job logs in to Azure by other means before it: replace that login first',
    };
  }
  // An environment's variables need no part of the secret's name: one identity deploys what the job deploys.
  const { inputs: variables } = variablesFor('azure', job.environment ? [] : credential.secrets);
  const remove = credential.holders.map((holder) =>
    removeWithin(stepPath(job, step), 'with', holder.name.value),
  );
  note(
    `job "${job.id.value}" deploys with a login in the place of the publish profile: the identity needs the role "Website Contributor" on the app, and basic authentication of the app can be switched off when nothing else uses it.`,
  );
  return finish(conversion, {
    jobs: [job],
    operations: login
      ? remove
      : [...remove, insertAt(job.id.value, step.index, loginStep('azure', variables))],
    variables: login ? {} : variables,
    isNewIdentity: login === null,
  });
}

/** The provider of Terraform speaks OIDC itself when it is told to. */
export function convertAzureTerraform(conversion: Conversion): Converted {
  const { meaning, credential, note } = conversion;
  const at = environmentPath(credential);
  const jobs = credential.job
    ? [credential.job]
    : meaning.workflow.jobs.filter((job) => usesCloud('azure', meaning, job));
  if (jobs.length === 0) return { ok: false, reason: 'no job is known to use it' };
  note(
    "`ARM_USE_OIDC` makes Terraform's azurerm provider and backend log in with the job's token (version 3.7 of the provider or newer); the version was not checked.",
  );
  return finish(conversion, {
    jobs,
    operations: [
      setAt([...at, 'env'], 'ARM_USE_OIDC', 'true', { after: ['ARM_CLIENT_SECRET'] }),
      removeWithin(at, 'env', 'ARM_CLIENT_SECRET'),
    ],
    variables: {},
  });
}

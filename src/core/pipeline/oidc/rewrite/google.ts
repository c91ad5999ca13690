import type { Job, Step } from '../../../workflow/model';
import { removeWithin, setAt } from '../../operations';
import { variablesFor } from '../variables';
import {
  expression,
  finish,
  insertAt,
  pinUses,
  stepPath,
  type Conversion,
  type Converted,
} from './conversion';
import { loginStep } from './login-steps';

/** `credentials_json` of `google-github-actions/auth`: provider and service account take its place. */
export function convertGoogleLogin(conversion: Conversion, job: Job, step: Step): Converted {
  const { credential } = conversion;
  const at = stepPath(job, step);
  const removed = credential.holders.map((holder) => holder.name.value);
  const { inputs } = variablesFor('google', credential.secrets);
  const present = step.with.map(({ name }) => name.value.toLowerCase());
  return finish(conversion, {
    jobs: [job],
    operations: [
      ...Object.entries(inputs)
        .filter(([name]) => !present.includes(name))
        .map(([name, variable]) =>
          setAt([...at, 'with'], name, expression(`vars.${variable}`), { before: removed }),
        ),
      ...removed.map((name) => removeWithin(at, 'with', name)),
      pinUses(at, step),
    ],
    variables: inputs,
  });
}

/** `setup-gcloud` took a key itself until its first major version: now a login step comes before it. */
export function convertGoogleSetup(conversion: Conversion, job: Job, step: Step): Converted {
  const at = stepPath(job, step);
  const gone = [
    'service_account_key',
    'service_account_email',
    'credentials_json',
    'export_default_credentials',
  ];
  const present = step.with
    .map((entry) => entry.name.value)
    .filter((name) => gone.includes(name.toLowerCase()));
  const { inputs: variables } = variablesFor('google', conversion.credential.secrets);
  return finish(conversion, {
    jobs: [job],
    operations: [
      ...present.map((name) => removeWithin(at, 'with', name)),
      pinUses(at, step),
      insertAt(job.id.value, step.index, loginStep('google', variables)),
    ],
    variables,
  });
}

import type { Job, Step } from '../../../workflow/model';
import { removeWithin, setAt } from '../../operations';
import { variablesFor } from '../variables';
import { expression, finish, pinUses, stepPath, type Conversion, type Converted } from './conversion';

/**
 * `hashicorp/vault-action` with a stored token, AppRole or the like: the method `jwt` takes the job's token.
 * https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-hashicorp-vault
 */
export function convertVaultLogin(conversion: Conversion, job: Job, step: Step): Converted {
  const { credential, note } = conversion;
  const at = stepPath(job, step);
  const gone = ['token', 'roleid', 'secretid', 'githubtoken', 'username', 'password', 'path'];
  const removed = step.with.map(({ name }) => name.value).filter((name) => gone.includes(name.toLowerCase()));
  const { inputs } = variablesFor('vault', credential.secrets);
  const role = inputs['role'] ?? '';
  const roleNow = step.with.find(({ name }) => name.value.toLowerCase() === 'role');
  const place = { after: ['url', 'namespace', 'method'], before: removed };
  if (removed.some((name) => name.toLowerCase() === 'path')) {
    note(
      `job "${job.id.value}" named where the old method is mounted (\`path\`); it went with the method, so that the one of OIDC is looked for at its usual place, \`jwt\`.`,
    );
  }
  return finish(conversion, {
    jobs: [job],
    operations: [
      setAt([...at, 'with'], 'method', 'jwt', place),
      ...(roleNow ? [] : [setAt([...at, 'with'], 'role', expression(`vars.${role}`), place)]),
      ...removed.map((name) => removeWithin(at, 'with', name)),
      pinUses(at, step),
    ],
    variables: roleNow ? {} : inputs,
    isNewIdentity: true,
  });
}

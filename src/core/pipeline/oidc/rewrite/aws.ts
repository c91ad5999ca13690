import type { Job, Step } from '../../../workflow/model';
import { removeWithin, setAt } from '../../operations';
import { variablesFor } from '../variables';
import { expression, finish, pinUses, stepPath, type Conversion, type Converted } from './conversion';

/** Key inputs of `aws-actions/configure-aws-credentials`: a role takes their place. */
export function convertAwsLogin(conversion: Conversion, job: Job, step: Step): Converted {
  const { credential } = conversion;
  const at = stepPath(job, step);
  const names = step.with.map(({ name }) => name.value);
  const has = (name: string): boolean => names.some((other) => other.toLowerCase() === name);
  const removed = credential.holders.map((holder) => holder.name.value);
  // An external id belongs to a role that another account's key assumes; a web identity has none.
  removed.push(...names.filter((name) => name.toLowerCase() === 'role-external-id'));
  const { inputs } = variablesFor('aws', credential.secrets);
  const added = Object.entries(inputs).filter(([name]) => !has(name));
  return finish(conversion, {
    jobs: [job],
    operations: [
      ...added.map(([name, variable]) =>
        setAt([...at, 'with'], name, expression(`vars.${variable}`), { before: removed }),
      ),
      ...removed.map((name) => removeWithin(at, 'with', name)),
      pinUses(at, step),
    ],
    // A role that stands there already needs no variable.
    variables: has('role-to-assume') ? {} : inputs,
  });
}

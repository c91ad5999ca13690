import type { Cloud } from '../../../workflow/credential-uses';
import { findStaticCredentials, secretsIn } from '../../../workflow/credential-uses';
import type { Job, Step } from '../../../workflow/model';
import { removeWithin } from '../../operations';
import { variablesFor } from '../variables';
import {
  finish,
  insertAt,
  removeCommands,
  removeHolders,
  stepPath,
  type Conversion,
  type Converted,
} from './conversion';
import { firstUse, inputsBeside, isOidcLogin, loginStep, regionOf, usesCloud } from './login-steps';

/** A key in the environment: a login step before the first step that can use it takes its place. */
export function convertEnvironment(conversion: Conversion, cloud: Cloud): Converted {
  const { meaning, credential, note } = conversion;
  const { workflow } = meaning;
  const remove = removeHolders(credential);
  const { job, step } = credential;
  const { inputs: variables } = variablesFor(cloud, credential.secrets);
  const login = (into: Job, own: Step | null) =>
    loginStep(cloud, variables, inputsBeside(cloud, regionOf(workflow, into, own)));
  if (job && step) {
    const isLoggedIn = job.steps.some(
      (other) => other.index < step.index && isOidcLogin(cloud, other, credential),
    );
    return finish(conversion, {
      jobs: [job],
      operations: [...remove, ...(isLoggedIn ? [] : [insertAt(job.id.value, step.index, login(job, step))])],
      variables,
    });
  }
  const candidates = (job ? [job] : workflow.jobs).filter((other) => other.steps.length > 0);
  const users = candidates.filter((other) => usesCloud(cloud, meaning, other));
  const jobs = users.length > 0 ? users : candidates.length === 1 ? candidates : [];
  if (jobs.length === 0) {
    return {
      ok: false,
      reason: 'none of the jobs that get it is known to use it, so the place of a login cannot be told',
    };
  }
  for (const other of candidates) {
    if (jobs.includes(other)) continue;
    note(
      `job "${other.id.value}" had the key in its environment and no step that is known to use it; if it does, it needs the login step as well.`,
    );
  }
  const inserts = jobs.flatMap((other) => {
    const first = firstUse(cloud, meaning, other);
    return other.steps.some((earlier) => earlier.index < first && isOidcLogin(cloud, earlier, credential))
      ? []
      : [insertAt(other.id.value, first, login(other, null))];
  });
  return finish(conversion, { jobs, operations: [...remove, ...inserts], variables });
}

/** A login command on lines of its own goes; the login step comes before the step. */
export function convertCommand(conversion: Conversion, cloud: Cloud, job: Job, step: Step): Converted {
  const { text, meaning, credential } = conversion;
  const { command } = credential;
  if (!command || !step.run) return { ok: false, reason: 'the command was not found again' };
  if (command.isConditional) {
    return { ok: false, reason: 'the command runs under a condition in its script' };
  }
  // Every key of the same step goes at once, so that no half of a key stays behind.
  const commands = findStaticCredentials(meaning.workflow, (other) => meaning.commandsOf(other)).flatMap(
    (other) =>
      other.form === 'command' &&
      other.cloud === cloud &&
      other.job?.id.value === job.id.value &&
      other.step?.index === step.index &&
      other.command
        ? [other.command]
        : [],
  );
  const removed = removeCommands(
    text,
    job,
    step,
    commands.map((other) => other.span),
  );
  if (removed === null) return { ok: false, reason: 'the command shares its line with others' };
  const { script } = removed;
  // A key that only the removed command read has nothing left to do in the step.
  const spent =
    script.trim() === ''
      ? []
      : step.env
          .filter(({ name, value }) => secretsIn(value.text).length > 0 && !script.includes(name.value))
          .map(({ name }) => name.value)
          .filter((name) => commands.some((other) => other.words.some((word) => word.includes(name))));
  const isLoggedIn = job.steps.some(
    (other) => other.index < step.index && isOidcLogin(cloud, other, credential),
  );
  const { inputs: variables } = variablesFor(cloud, credential.secrets);
  return finish(conversion, {
    jobs: [job],
    operations: [
      removed.operation,
      ...spent.map((name) => removeWithin(stepPath(job, step), 'env', name)),
      ...(isLoggedIn
        ? []
        : [
            insertAt(
              job.id.value,
              step.index,
              loginStep(cloud, variables, inputsBeside(cloud, regionOf(meaning.workflow, job, step))),
            ),
          ]),
    ],
    variables,
  });
}

import { unwrapCommand } from '../../../shell/wrappers';
import type { Job, Step } from '../../../workflow/model';
import { removeWithin, type Operation } from '../../operations';
import {
  environmentPath,
  finish,
  pinUses,
  removeHolders,
  stepPath,
  type Conversion,
  type Converted,
} from './conversion';

/** The two indexes that have trusted publishers: docs.pypi.org/trusted-publishers. */
const HAS_PUBLISHERS = /^https:\/\/(?:upload\.pypi\.org|test\.pypi\.org|pypi\.org)\/legacy\/?$/;

/** A token for PyPI: a trusted publisher takes its place. */
export function convertPypi(conversion: Conversion): Converted {
  const { meaning, credential } = conversion;
  // docs.pypi.org/trusted-publishers/troubleshooting, "Reusable workflows".
  if (meaning.workflow.triggers.every(({ event }) => event === 'workflow_call')) {
    return {
      ok: false,
      reason:
        'PyPI trusts no workflow that others call: move the step that publishes into the workflow that starts the run',
    };
  }
  const { job, step } = credential;
  switch (credential.form) {
    case 'publish-input':
      return job && step
        ? convertAction(conversion, job, step)
        : { ok: false, reason: 'it belongs to no step' };
    case 'publish-environment':
      return convertVariable(conversion);
    default:
      return {
        ok: false,
        reason:
          'the command takes the token by itself: upload with pypa/gh-action-pypi-publish, or with twine 6.1 or uv without a password, in a job with `id-token: write`',
      };
  }
}

/** `pypa/gh-action-pypi-publish` asks for a token itself where it gets no password. */
function convertAction(conversion: Conversion, job: Job, step: Step): Converted {
  const input = (name: string): string =>
    step.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text.trim() ?? '';
  const index = input('repository-url') || input('repository_url');
  if (index !== '' && !HAS_PUBLISHERS.test(index)) {
    return {
      ok: false,
      reason: `it publishes to "${index}", and only PyPI and TestPyPI have trusted publishers`,
    };
  }
  const at = stepPath(job, step);
  const removed = step.with
    .map(({ name }) => name.value)
    .filter((name) => ['password', 'user'].includes(name.toLowerCase()));
  return published(conversion, job, [
    ...removed.map((name) => removeWithin(at, 'with', name)),
    pinUses(at, step),
  ]);
}

/** twine from 6.1 and uv ask for a token themselves where no password is set. */
function convertVariable(conversion: Conversion): Converted {
  const { credential, meaning, note } = conversion;
  const variable = credential.holders[0]?.name.value ?? '';
  const jobs = credential.job ? [credential.job] : meaning.workflow.jobs;
  const commandsOf = (job: Job) => meaning.commandsOf(job).map(({ words }) => unwrapCommand(words).join(' '));
  const program = variable.startsWith('TWINE_') ? 'twine' : variable.startsWith('UV_') ? 'uv' : null;
  if (program === null) {
    return {
      ok: false,
      reason:
        'what uploads here is not known to take a trusted publisher: build only, and upload with pypa/gh-action-pypi-publish in a job with `id-token: write`',
    };
  }
  const runs = program === 'twine' ? /^(?:python3? -m )?twine upload\b/ : /^uv publish\b/;
  const users = jobs.filter((job) => commandsOf(job).some((line) => runs.test(line)));
  const [user, ...more] = users;
  if (!user || more.length > 0) {
    return { ok: false, reason: 'several jobs upload with it: give it to the step that uploads first' };
  }
  const uploads = commandsOf(user).filter((line) => runs.test(line));
  const other = uploads.find(
    (line) => /(?:--repository-url|--publish-url|--index)[= ]\S*/.test(line) && !/(?:test\.)?pypi/.test(line),
  );
  const environment = [...user.env, ...meaning.workflow.env, ...user.steps.flatMap((step) => step.env)];
  const url = environment.find(({ name }) => /^(?:TWINE_REPOSITORY_URL|UV_PUBLISH_URL)$/.test(name.value));
  if (other !== undefined || (url && !HAS_PUBLISHERS.test(url.value.text.trim()))) {
    return {
      ok: false,
      reason: 'it uploads to an index of its own, and only PyPI and TestPyPI have trusted publishers',
    };
  }
  const pinned = commandsOf(user).find((line) => /\btwine(?:==|<|~=)/.test(line));
  if (
    program === 'twine' &&
    pinned !== undefined &&
    !/\btwine(?:==|~=)(?:6\.[1-9]|6\.\d{2}|[7-9]|\d{2})/.test(pinned)
  ) {
    return {
      ok: false,
      reason: `"${pinned}" installs a twine without trusted publishing: take 6.1 or later first`,
    };
  }
  if (program === 'twine') {
    note(
      `job "${user.id.value}" uploads with twine and no password: from version 6.1 on twine asks for a token itself, an older one stops there and uploads nothing; the version was not checked.`,
    );
  }
  const at = environmentPath(credential);
  const scope = credential.step?.env ?? credential.job?.env ?? meaning.workflow.env;
  const username = scope.filter(({ name }) => /^(?:TWINE_USERNAME|UV_PUBLISH_USERNAME)$/.test(name.value));
  return published(conversion, user, [
    ...removeHolders(credential),
    ...username.map(({ name }) => removeWithin(at, 'env', name.value)),
  ]);
}

function published(conversion: Conversion, job: Job, operations: readonly Operation[]): Converted {
  conversion.note(
    `job "${job.id.value}" publishes to PyPI without a token now: the project there has to name this repository, this workflow file and its environment as a trusted publisher first.`,
  );
  return finish(conversion, { jobs: [job], operations, variables: {} });
}

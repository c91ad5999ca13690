import { unwrapCommand } from '../../../shell/wrappers';
import { actionOf } from '../../../workflow/credential-uses';
import type { Job, Step, Workflow } from '../../../workflow/model';
import {
  finish,
  insertAt,
  removeCommands,
  removeHolders,
  usesOf,
  type Conversion,
  type Converted,
} from './conversion';

/** The Node whose npm speaks trusted publishing (npm 11.5.1, Node 22.14 at least): docs.npmjs.com/trusted-publishers. */
const NODE_FOR_PUBLISHING = 24;

const REGISTRY = 'https://registry.npmjs.org';

/** A token for npm: trusted publishing takes its place where `npm publish` is what publishes. */
export function convertNpm(conversion: Conversion): Converted {
  const { credential, meaning, text } = conversion;
  const { job } = credential;
  if (credential.form === 'publish-input') {
    return {
      ok: false,
      reason:
        'what this action does without a token depends on its version: publish with `npm publish` (npm 11.5.1 or later) in a job with `id-token: write`, or take a version of the action that documents trusted publishing',
    };
  }
  if (!job) {
    return {
      ok: false,
      reason:
        'the whole workflow has it: move it to the step that publishes first, so that what only installs keeps what it needs',
    };
  }
  const commands = meaning.commandsOf(job);
  const lineOf = (words: readonly string[]): string => unwrapCommand(words).join(' ');
  const publishing = commands.filter((command) => PUBLISHES.test(lineOf(command.words)));
  const others = commands.filter((command) => PUBLISHES_OTHERWISE.test(lineOf(command.words)));
  const isOfAction = job.steps.some((step) => OF_ACTIONS.test(actionOf(step) ?? ''));
  const [publish] = publishing;
  if (isOfAction || others.length > 0 || !publish) {
    return {
      ok: false,
      reason:
        'what publishes here is not `npm publish` itself: take a version of it whose documentation says that it supports trusted publishing of npm, add `id-token: write` to the job, then take the token out',
    };
  }
  if (publishing.some((command) => TO_OTHERS.test(lineOf(command.words)))) {
    return {
      ok: false,
      reason: 'it publishes to a registry of its own, and trusted publishing is for npmjs.com',
    };
  }
  const installing = commands.find(
    (command) =>
      INSTALLS.test(lineOf(command.words)) &&
      (!credential.step ||
        (credential.command
          ? command.span.start > credential.command.span.start
          : command.step.index === credential.step.index)),
  );
  if (installing) {
    return {
      ok: false,
      reason: `"${lineOf(installing.words)}" has it too: give it to a step that publishes only, and a read-only token to what installs where packages are private`,
    };
  }
  if (credential.step && !publishing.some((command) => command.step.index === credential.step?.index)) {
    const { command } = credential;
    if (credential.form !== 'command' || !command) {
      return { ok: false, reason: 'the step that has it publishes nothing by itself' };
    }
  }
  const setup = setupBefore(job, publish.step);
  const registry = setup ? inputOf(setup, 'registry-url').trim() : '';
  if (registry !== '' && !/^https:\/\/registry\.npmjs\.org\/?$/.test(registry)) {
    return { ok: false, reason: `it publishes to "${registry}", and trusted publishing is for npmjs.com` };
  }
  const isReady = setup !== null && registry !== '' && hasNpm(nodeOf(meaning.workflow, job, setup));
  const removal =
    credential.form === 'command' && credential.command && credential.step
      ? removeCommands(text, job, credential.step, [credential.command.span])
      : null;
  if (credential.form === 'command' && (removal === null || credential.command?.isConditional === true)) {
    return { ok: false, reason: 'the command that writes it shares its line, or runs under a condition' };
  }
  const isStepGone = removal !== null && removal.script.trim() === '';
  const at =
    publish.step.index - (isStepGone && (credential.step?.index ?? Infinity) < publish.step.index ? 1 : 0);
  const scope = setup ? inputOf(setup, 'scope') : '';
  conversion.note(
    `job "${job.id.value}" publishes to npm without a token now: npmjs.com has to name this repository, this workflow file${callers(meaning.workflow)} and its environment as a trusted publisher first. It works on GitHub's own runners only, and a package has to exist before it can have one.`,
  );
  return finish(conversion, {
    jobs: [job],
    operations: [
      ...(removal ? [removal.operation] : removeHolders(credential)),
      ...(isReady
        ? []
        : [
            insertAt(job.id.value, at, {
              name: 'Node with an npm that publishes by OIDC',
              uses: usesOf('actions/setup-node', 'v6'),
              with: {
                'node-version': NODE_FOR_PUBLISHING,
                'registry-url': REGISTRY,
                ...(scope === '' ? {} : { scope }),
                'package-manager-cache': false,
              },
            }),
          ]),
    ],
    variables: {},
  });
}

const PUBLISHES = /^npm\b(?:\s+--?\S+)*\s+publish\b/;
const PUBLISHES_OTHERWISE =
  /^(?:pnpm|yarn|bun|lerna|turbo|changeset|nx)\b.*\b(?:publish|release)\b|^(?:semantic-release|release-it|np)\b/;
const OF_ACTIONS = /^(?:cycjimmy\/semantic-release-action|changesets\/action)$/;
const INSTALLS = /^(?:npm|pnpm|yarn|bun)\b\s+(?:ci|i|install|add|update)\b|^yarn$/;
const TO_OTHERS = /--registry[= ](?!["']?https:\/\/registry\.npmjs\.org\/?["']?(?:\s|$))/;

function callers(workflow: Workflow): string {
  return workflow.triggers.some(({ event }) => event === 'workflow_call')
    ? ' (of the workflow that starts the run, where this one is called)'
    : '';
}

/** The last `actions/setup-node` before a step. */
function setupBefore(job: Job, step: Step): Step | null {
  return (
    [...job.steps]
      .reverse()
      .find((other) => other.index < step.index && actionOf(other) === 'actions/setup-node') ?? null
  );
}

function inputOf(step: Step, name: string): string {
  return step.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text ?? '';
}

/** The version of Node, where it stands in the workflow. */
function nodeOf(workflow: Workflow, job: Job, setup: Step): string {
  const text = inputOf(setup, 'node-version').trim();
  const name = /^\$\{\{\s*env\s*\.\s*([\w-]+)\s*\}\}$/.exec(text)?.[1];
  const holder = [...job.env, ...workflow.env].find((entry) => entry.name.value === name);
  return (holder?.value.text ?? text).trim();
}

/** Whether that Node surely brings npm 11.5.1: 24.5 and later do, and a range is the newest of it. */
function hasNpm(version: string): boolean {
  if (/^(?:lts\/\*|latest|current|node)$/.test(version)) return true;
  const [, major = '', minor] = /^v?(\d+)(?:\.(\d+|x))?(?:\.(?:\d+|x))?$/.exec(version) ?? [];
  if (major === '') return false;
  return (
    Number(major) > 24 ||
    (Number(major) === 24 && (minor === undefined || minor === 'x' || Number(minor) >= 5))
  );
}

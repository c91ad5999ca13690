import { promises as fs } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import manifest from '../../package.json';
import { createGitHistory } from '../adapters/git-history';
import { writeProposal } from '../adapters/file-writer';
import { judgeProposal } from '../core/gate/check';
import { CONFIGURATION_PATH } from '../core/gate/configuration';
import { starterConfiguration } from '../core/gate/starter-configuration';
import {
  CI_WORKFLOW_PATH,
  ciWorkflow,
  parseSource,
  repositoryOfRemote,
  SOURCE_VARIABLES,
  type ActionSource,
} from '../core/pipeline/adopt/ci-workflow';
import { readWorkflows } from '../core/tasks/read-workflows';
import { understandWorkflows } from '../core/workflow/understand';
import { CommandFailure } from './command-failure';
import { taskText, writtenText } from './task-report';
import type { Terminal } from './terminal';
import { openWorld } from './world';

/** What is proposed, for a person. */
type InitResult = Parameters<typeof taskText>[0];

interface InitOptions {
  readonly write?: boolean;
  readonly uses?: string;
  readonly branch?: string;
}

/** `release-gate init ci|config`: what a repository needs to be checked, as a proposal. */
export function initCommand(terminal: Terminal): Command {
  const init = new Command('init').description('Propose what a repository needs to be checked by itself');
  init
    .command('ci')
    .description('A workflow that runs the gate on pull requests and on the default branch')
    .argument('[folder]', 'folder of the repository', '.')
    .option('--write', 'write the file; without it it is only shown')
    .option('--uses <owner/name@commit>', 'the repository and commit that hold Release Gate as an action')
    .option('--branch <name>', 'the default branch, where git does not tell')
    .addHelpText(
      'after',
      [
        '',
        `Writes, with --write: ${CI_WORKFLOW_PATH}`,
        'Where this program runs from a clone of a repository on GitHub, that repository and commit are used. Else, and',
        `without --uses, the workflow reads ${SOURCE_VARIABLES.repository} and ${SOURCE_VARIABLES.commit}, which you set.`,
      ].join('\n'),
    )
    .action((folder: string, options: InitOptions) => initCi(folder, options, terminal));
  init
    .command('config')
    .description('A configuration to start from, all of it in comments, with the environments found')
    .argument('[folder]', 'folder of the repository', '.')
    .option('--write', 'write the file; without it it is only shown')
    .action((folder: string, options: InitOptions) => initConfiguration(folder, options, terminal));
  return init;
}

async function initCi(folder: string, options: InitOptions, terminal: Terminal): Promise<void> {
  const world = await openWorld(folder, null);
  const source = options.uses === undefined ? await ownSource(terminal) : sourceOf(options.uses);
  const told = options.branch ?? (await world.history.defaultBranch(terminal.signal));
  const state = await world.history.state(terminal.signal);
  const defaultBranch = told ?? (state.kind === 'git' ? state.branch : null) ?? 'main';
  if (!/^[\w][\w./-]*$/.test(defaultBranch)) {
    throw new CommandFailure(
      `"${defaultBranch}" is no name of a branch that a workflow can hold; give one with --branch.`,
    );
  }
  const before = await world.files.read(CI_WORKFLOW_PATH);
  if (!before.ok && before.reason !== 'missing') {
    throw new CommandFailure(`${CI_WORKFLOW_PATH} ${before.detail}.`);
  }
  const file = ciWorkflow({ source, defaultBranch, before: before.ok ? before.text : null });
  const findings = await judgeProposal(world, [file], terminal.signal);
  await propose(
    folder,
    options,
    {
      summary: source
        ? `The gate as a check of pull requests, from ${source.repository} at commit ${source.commit}.`
        : 'The gate as a check of pull requests, from the repository that two variables name.',
      files: [file],
      findings,
      unknowns: [],
      manualSteps: [
        ...(source
          ? []
          : [
              {
                title: 'Say which repository and commit hold the action',
                why: 'Release Gate runs from no clone of a repository on GitHub here, and a commit is never made up.',
                command: [
                  `gh variable set ${SOURCE_VARIABLES.repository} --body "\${OWNER}/\${NAME}"`,
                  `gh variable set ${SOURCE_VARIABLES.commit} --body "\${COMMIT}"`,
                ].join('\n'),
              },
            ]),
        {
          title: 'Make the check "Release gate" required in the rules of the default branch',
          why: 'A check that nothing waits for stops nothing. The workflow must have run once before it can be chosen.',
          command: null,
        },
        {
          title: 'Start from what is there, if the first run would block: release-gate baseline',
          why: 'Known findings are then listed and counted, and only new ones block.',
          command: null,
        },
      ],
      notes: told === null ? [`Nothing tells the default branch; "${defaultBranch}" is written.`] : [],
    },
    terminal,
  );
}

async function initConfiguration(folder: string, options: InitOptions, terminal: Terminal): Promise<void> {
  const world = await openWorld(folder, null);
  const before = await world.files.read(CONFIGURATION_PATH);
  if (before.ok || before.reason !== 'missing') {
    throw new CommandFailure(
      `there is a configuration already, ${CONFIGURATION_PATH}: nothing is proposed in its place.`,
    );
  }
  const { workflows, leftAlone } = await readWorkflows(world, terminal.signal);
  const set =
    workflows.length > 0
      ? understandWorkflows(workflows, await world.parsers.shell(), {
          productionEnvironments: [],
          otherEnvironments: [],
        })
      : null;
  await propose(
    folder,
    options,
    {
      summary: 'A configuration to start from. All of it is in comments, so that it changes nothing yet.',
      files: [starterConfiguration(set)],
      findings: [],
      unknowns: [],
      manualSteps: [],
      notes: leftAlone,
    },
    terminal,
  );
}

/** Shows a proposal, and writes it where the call says so. */
async function propose(
  folder: string,
  options: InitOptions,
  result: InitResult,
  terminal: Terminal,
): Promise<void> {
  terminal.print(taskText(result, terminal));
  if (!options.write) {
    terminal.print('\nNothing was written; --write writes it.');
    return;
  }
  const outcome = await writeProposal(path.resolve(folder), result.files);
  if (!outcome.ok) throw new CommandFailure(`Nothing was written: ${outcome.path} ${outcome.detail}.`);
  terminal.print(`\n${writtenText(outcome)}`);
}

function sourceOf(text: string): ActionSource {
  const source = parseSource(text, manifest.version);
  if (!source) {
    throw new CommandFailure(
      `--uses takes owner/name@commit with the 40 hex digits of the commit, not "${text}": a tag can be moved.`,
    );
  }
  return source;
}

/** The repository on GitHub and the commit that this program was built from, where it runs from a clone of one. */
async function ownSource(terminal: Terminal): Promise<ActionSource | null> {
  const own = path.join(__dirname, '..');
  // As a package inside another repository, git would speak of that one.
  if (!(await fs.stat(path.join(own, '.git')).catch(() => null))) return null;
  const history = createGitHistory(own, { isTrusted: true });
  const state = await history.state(terminal.signal);
  const remote = state.kind === 'git' ? await history.remoteUrl(terminal.signal) : null;
  const repository = remote === null ? null : repositoryOfRemote(remote);
  return state.kind === 'git' && repository !== null
    ? parseSource(`${repository}@${state.head}`, manifest.version)
    : null;
}

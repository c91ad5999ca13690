import path from 'node:path';
import { Command, Option } from 'commander';
import { writeProposals } from '../adapters/file-writer';
import { documents, tasks } from '../core/tasks/index';
import { TaskFailure, type Task, type TaskInput, type TaskResult } from '../core/tasks/task';
import { CommandFailure } from './command-failure';
import type { Terminal } from './terminal';
import { taskJson, taskText, writtenText } from './task-report';
import { openWorld } from './world';

interface TaskOptions {
  readonly write?: boolean;
  readonly format: 'text' | 'json';
  readonly config?: string;
  readonly online?: boolean;
  readonly runCommands?: boolean;
  readonly [input: string]: unknown;
}

/** The subcommand of a task: `release-gate plan [folder]`, with an option for each thing that the task may be told. */
export function taskCommand(task: Task, terminal: Terminal, name = task.subcommand): Command {
  const command = new Command(name)
    .description(task.title)
    .argument(
      task.takesSeveral ? '[folders...]' : '[folder]',
      task.takesSeveral
        ? 'folders of one repository or of several that are looked at together'
        : 'folder of the repository',
      task.takesSeveral ? ['.'] : '.',
    )
    .option('--write', 'write the files; without it they are only shown')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .option('--config <file>', 'configuration to use in place of .github/release-gate.yml');
  if (task.asksOutside) {
    command
      .option('--online', 'ask the registry for the artifact of the version before')
      .option('--run-commands', 'run the programs that the configuration names');
  }
  for (const input of task.inputs) {
    const value = input.alone !== undefined ? '[text]' : input.choices ? '<names>' : '<text>';
    command.option(`--${optionName(input.name)} ${value}`, questionOf(input));
  }
  command.addHelpText(
    'after',
    [
      '',
      `Writes, with --write: ${task.writes.join(', ')}`,
      'What is not known stands as UNKNOWN(what is needed). A file that exists is shown as a difference.',
      inEditor(task),
    ].join('\n'),
  );
  return command.action(async (given: string | readonly string[], options: TaskOptions) => {
    const folders = [given].flat().map((folder) => folder.replace(/(?<=.)\/+$/, ''));
    const result = await runTask(task, folders, options, terminal);
    if (!options.write) {
      terminal.print(options.format === 'json' ? taskJson(result, null) : taskText(result, terminal));
      return;
    }
    if (options.format === 'text') terminal.print(taskText(result, terminal));
    const outcome = await writeProposals(rootsOf(folders), result.files);
    if (!outcome.ok) throw new CommandFailure(`Nothing was written: ${outcome.path} ${outcome.detail}.`);
    terminal.print(options.format === 'json' ? taskJson(result, outcome.written) : writtenText(outcome));
  });
}

/** Folders by the names that the task knows them by; the first is the run's own. */
function rootsOf(folders: readonly string[]): ReadonlyMap<string | undefined, string> {
  return new Map(folders.map((folder, index) => [index === 0 ? undefined : folder, path.resolve(folder)]));
}

async function runTask(
  task: Task,
  folders: readonly string[],
  options: TaskOptions,
  terminal: Terminal,
): Promise<TaskResult> {
  const [folder = '.', ...others] = folders;
  const world = await openWorld(folder, options.config ?? null, task.asksOutside ? options : undefined);
  const inputs: Record<string, string> = {};
  for (const { name, alone } of task.inputs) {
    const value = options[camelCase(name)];
    if (value === true && alone !== undefined) inputs[name] = alone;
    if (typeof value === 'string' && value.trim() !== '') inputs[name] = value.trim();
  }
  try {
    return await task.run(world, {
      inputs,
      ...(others.length > 0
        ? {
            name: folder,
            others: await Promise.all(
              others.map(async (name) => ({ name, world: await openWorld(name, null) })),
            ),
          }
        : {}),
      signal: terminal.signal,
      report: (message) => terminal.progress(message),
    });
  } catch (error) {
    if (error instanceof TaskFailure) throw new CommandFailure(error.message);
    throw error;
  }
}

/** The question, with the answers that there are. */
function questionOf({ question, choices }: TaskInput): string {
  return choices === undefined ? question : `${question}: ${choices.map(({ value }) => value).join(', ')}`;
}

/** Where the same is found in VS Code. */
function inEditor(task: Task): string {
  if (tasks.includes(task)) {
    return `In VS Code: @release /${task.id}, or "Release Gate" in the command palette.`;
  }
  return documents.some((document) => document.task === task)
    ? 'In VS Code: "Release Gate: Write a Document" in the command palette.'
    : `In VS Code: "Release Gate: ${task.title}" in the command palette.`;
}

function optionName(input: string): string {
  return input.replaceAll('_', '-');
}

function camelCase(input: string): string {
  return input.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

import * as vscode from 'vscode';
import type { Task } from '../../core/tasks/task';
import { createMarkdownReply } from '../chat/markdown-reply';
import type { Outcome } from '../chat/outcome';
import { faultSentence } from '../log';
import { signalOf } from '../places';
import type { Workbench } from '../workbench';
import { chooseRepositories } from './choose-repository';
import { COMMANDS, TASK_COMMANDS } from './names';

/** What a caller of a task command may give, so that nothing is asked. */
interface TaskArguments {
  /** Name or key of a folder; `all` for all of them together, where the task takes several. */
  readonly folder?: string;
  /** Given (even empty): no question is asked. */
  readonly inputs?: Readonly<Record<string, string>>;
}

interface DocumentArguments extends TaskArguments {
  /** `environment-matrix`; left out: the person is asked. */
  readonly kind?: string;
}

/** The palette commands of the tasks: the same result, difference and Apply as in chat, without any model. */
export function registerTaskCommands(context: vscode.ExtensionContext, workbench: Workbench): void {
  const commands = { ...TASK_COMMANDS, 'set-up-repository': COMMANDS.setUpRepository };
  for (const [id, command] of Object.entries(commands)) {
    context.subscriptions.push(
      vscode.commands.registerCommand(command, async (given?: TaskArguments) => {
        const { taskById } = await import('../../core/tasks/index');
        const task = taskById(id);
        if (!task) {
          void workbench.person.warn(`This build has no task ${id}.`);
          return null;
        }
        return runTask(task, given ?? {}, workbench);
      }),
    );
  }
  context.subscriptions.push(
    vscode.commands.registerCommand(COMMANDS.writeDocument, (given?: DocumentArguments) =>
      writeDocument(given ?? {}, workbench),
    ),
    vscode.commands.registerCommand(COMMANDS.answerQuestions, (id: string, prompt: string) =>
      answerQuestions(id, prompt, workbench),
    ),
  );
}

/** Any kind of document; asks which where the caller names none. */
async function writeDocument(given: DocumentArguments, workbench: Workbench): Promise<Outcome | null> {
  const { documents } = await import('../../core/tasks/index');
  const chosen =
    given.kind === undefined
      ? await vscode.window.showQuickPick(
          documents.map(({ kind, task }) => ({ label: task.title, description: kind, task })),
          { title: 'Which document?', matchOnDescription: true },
        )
      : documents.find(({ kind }) => kind === given.kind);
  if (chosen) return runTask(chosen.task, given, workbench);
  if (given.kind !== undefined) void workbench.person.warn(`There is no document of the kind ${given.kind}.`);
  return null;
}

async function runTask(task: Task, given: TaskArguments, workbench: Workbench): Promise<Outcome | null> {
  const { person, log } = workbench;
  const chosen = await chooseRepositories(
    workbench.repositories,
    person,
    given.folder ?? null,
    task.takesSeveral ?? false,
  );
  if (!chosen) return null;
  const { repository, others } = chosen;
  const inputs = given.inputs ?? (await askInputs(task, workbench));
  if (inputs === null) return null;
  const reply = createMarkdownReply();
  let outcome: Outcome;
  try {
    outcome = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: `Release Gate: ${task.title}`,
        cancellable: true,
      },
      async (progress, token) => {
        const [{ improveProse }, { answerTask }] = await Promise.all([
          import('../../core/drafting/improve-prose'),
          import('../chat/answer-task'),
        ]);
        const cancel = signalOf(token);
        try {
          return await answerTask(
            task,
            { inputs, prompt: '' },
            { ...reply, progress: (message) => progress.report({ message }) },
            { repository, others, proposals: workbench.proposals, model: null, improveProse },
            cancel.signal,
          );
        } finally {
          cancel.dispose();
        }
      },
    );
  } catch (error) {
    log.fault(`${task.title} failed`, error);
    void person.warn(faultSentence(`${task.title} failed`, error));
    return null;
  }
  switch (outcome.kind) {
    case 'cancelled':
      break;
    case 'stopped':
      void person.warn(outcome.message);
      break;
    case 'answered':
      await workbench.reports.show(task.id, `# ${task.title}\n\n${reply.text()}`, outcome.proposal);
      // Not awaited: the report can be read while the choice is open, and the command has done its work.
      void offerNext(outcome.proposal, workbench);
      break;
  }
  return outcome;
}

/** Null where the person turned away from a question; an answer left empty is an input that was not given. */
async function askInputs(task: Task, workbench: Workbench): Promise<Readonly<Record<string, string>> | null> {
  const inputs: Record<string, string> = {};
  let chosenParts: readonly string[] | null = null;
  for (const input of task.inputs.filter((each) => each.isAsked)) {
    if (input.belongsTo !== undefined && chosenParts?.includes(input.belongsTo) === false) continue;
    if (input.choices) {
      const chosen = await workbench.person.chooseSeveral(input.question, input.choices);
      // None of them is no answer either: it would be read as all.
      if (chosen === null || chosen.length === 0) return null;
      inputs[input.name] = chosen.join(', ');
      chosenParts = chosen;
      continue;
    }
    const answer = await workbench.person.ask(input.question, 'Leave empty if it is not known yet');
    if (answer === null) return null;
    if (answer.trim() !== '') inputs[input.name] = answer.trim();
  }
  return inputs;
}

/** Offers Apply and the difference beside a report; for nothing to write, nothing. */
export async function offerNext(proposal: string | null, workbench: Workbench): Promise<void> {
  if (proposal === null) return;
  const files = workbench.proposals.get(proposal)?.result.files ?? [];
  if (!files.some((file) => file.before !== file.after)) return;
  const choice = await workbench.person.tell('Nothing is written yet.', 'Apply', 'Show Difference');
  if (choice === 'Apply') await vscode.commands.executeCommand(COMMANDS.applyProposal, proposal);
  if (choice === 'Show Difference') await vscode.commands.executeCommand(COMMANDS.showDifference, proposal);
}

/** Asks what a task wants to know and runs it again in chat with the answers. */
async function answerQuestions(id: string, prompt: string, workbench: Workbench): Promise<void> {
  const { taskById } = await import('../../core/tasks/index');
  const task = taskById(id);
  if (!task) return;
  const inputs = await askInputs(task, workbench);
  if (inputs === null) return;
  const lines = Object.entries(inputs).map(([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}`);
  await vscode.commands.executeCommand('workbench.action.chat.open', {
    query: [`@release /${task.id} ${prompt}`.trim(), ...lines].join('\n'),
    // In agent mode the text would go to VS Code's own agent.
    mode: 'ask',
  });
}

import * as vscode from 'vscode';
import type { TaskId } from '../../core/tasks/task';
import { createChatModel } from '../chat-model';
import { faultSentence } from '../log';
import { signalOf } from '../places';
import { ALL_FOLDERS, NO_FOLDER } from '../repositories';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';
import { createChatReply } from './chat-reply';
import { isCancellation, type NextStep } from './outcome';
import { readPromptInputs } from './prompt-inputs';

/** The id of the participant in the manifest; people write `@release`. */
export const PARTICIPANT_ID = 'releaseGate.release';

/** What an answer leaves behind for its follow-ups, and for tests. */
interface AnswerMetadata {
  readonly command: string | null;
  readonly proposal: string | null;
  readonly next: readonly NextStep[];
}

/** `@release`: the six commands, documents, `/is-this-release-ready`, `/check`, and questions in one's own words. */
export function registerParticipant(context: vscode.ExtensionContext, workbench: Workbench): void {
  const participant = vscode.chat.createChatParticipant(
    PARTICIPANT_ID,
    async (request, chatContext, stream, token) => {
      try {
        return await answer(request, chatContext, stream, token, workbench);
      } catch (error) {
        if (token.isCancellationRequested) return {};
        workbench.log.fault('The answer failed', error);
        return { errorDetails: { message: faultSentence('The answer failed', error) } };
      }
    },
  );
  participant.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'icon.png');
  participant.followupProvider = {
    provideFollowups: (result) =>
      ((result.metadata as Partial<AnswerMetadata> | undefined)?.next ?? []).map((step) => ({
        prompt: '',
        label: step.label,
        command: step.task,
      })),
  };
  context.subscriptions.push(participant);
}

async function answer(
  request: vscode.ChatRequest,
  chatContext: vscode.ChatContext,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
  workbench: Workbench,
): Promise<vscode.ChatResult> {
  const repository = workbench.repositories.current();
  if (!repository) {
    stream.markdown(NO_FOLDER);
    return {};
  }
  if (request.command === undefined) {
    return answerQuestion(request, chatContext, repository, stream, token);
  }
  if (request.command === 'check') return answerCheck(repository, stream, token, workbench);
  if (request.command === 'is-this-release-ready') {
    return answerReady(request.prompt, repository, stream, token, workbench);
  }
  return answerCommand(request, request.command, repository, stream, token, workbench);
}

async function answerCommand(
  request: vscode.ChatRequest,
  command: string,
  current: WorkspaceRepository,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
  workbench: Workbench,
): Promise<vscode.ChatResult> {
  const [{ taskById }, { improveProse }, { answerTask }] = await Promise.all([
    import('../../core/tasks/index'),
    import('../../core/drafting/improve-prose'),
    import('./answer-task'),
  ]);
  const task = taskById(command);
  if (!task) {
    stream.markdown(`There is no command \`/${command}\`; type \`/\` to see the commands.`);
    return {};
  }
  const folderInput = { name: 'folder', question: '', isAsked: false };
  const isMultiRoot = workbench.repositories.all().length > 1;
  const inputs = readPromptInputs(request.prompt, isMultiRoot ? [...task.inputs, folderInput] : task.inputs);
  const { folder, ...taskInputs } = inputs;
  const named = isMultiRoot && folder !== undefined ? folder : null;
  const all = workbench.repositories.all();
  const isTogether = task.takesSeveral === true && named === ALL_FOLDERS;
  const repository = named === null || isTogether ? current : all.find((each) => each.name === named);
  if (!repository) {
    stream.markdown(`No open folder is called that. Open are: ${folderNames(workbench)}.`);
    return {};
  }
  if (isMultiRoot && named === null) {
    stream.markdown(
      `For the folder ${repository.name}; write \`folder: NAME\` for another of ${folderNames(workbench)}${task.takesSeveral ? `, or \`folder: ${ALL_FOLDERS}\` for all of them together` : ''}.\n\n`,
    );
  }
  const useModel = vscode.workspace.getConfiguration('releaseGate').get('chat.improveProse', true);
  const cancel = signalOf(token);
  try {
    const outcome = await answerTask(
      task,
      { inputs: taskInputs, prompt: request.prompt },
      createChatReply(stream, repository.folder),
      {
        repository,
        others: isTogether ? all.filter((each) => each.key !== repository.key) : [],
        proposals: workbench.proposals,
        model: useModel ? createChatModel(request.model) : null,
        improveProse,
      },
      cancel.signal,
    );
    const answered = outcome.kind === 'answered' ? outcome : null;
    return metadata(task.id, answered?.proposal ?? null, answered?.next ?? []);
  } finally {
    cancel.dispose();
  }
}

async function answerCheck(
  current: WorkspaceRepository,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
  workbench: Workbench,
): Promise<vscode.ChatResult> {
  const { describeReport } = await import('../gate/describe-report');
  const cancel = signalOf(token);
  try {
    for (const repository of workbench.repositories.all()) {
      stream.progress(`Checking ${repository.name}`);
      const judgement = await workbench.gate.judge(repository, cancel.signal, { isFresh: true });
      workbench.liveGate.showAll(repository);
      switch (judgement.kind) {
        case 'judged':
          describeReport(judgement.report, createChatReply(stream, repository.folder));
          break;
        case 'not-judged':
          stream.markdown(`${repository.name} could not be checked. ${judgement.message}\n\n`);
          break;
      }
    }
    const latest = workbench.gate.latest(current);
    const isBlocked = latest?.kind === 'judged' && latest.report.verdict !== 'pass';
    const next: readonly NextStep[] = isBlocked
      ? [{ task: 'generate-gh-actions-pipeline', label: 'Propose a pipeline that passes' }]
      : [{ task: 'release-plan-from-change', label: 'Plan the release' }];
    return metadata('check', null, next);
  } catch (error) {
    if (isCancellation(error, cancel.signal)) return {};
    throw error;
  } finally {
    cancel.dispose();
  }
}

async function answerReady(
  prompt: string,
  current: WorkspaceRepository,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
  workbench: Workbench,
): Promise<vscode.ChatResult> {
  const { answerReadiness, nextAfter, readAskedRelease } = await import('./answer-readiness');
  const cancel = signalOf(token);
  try {
    if (workbench.repositories.all().length > 1) stream.markdown(`For the folder ${current.name}.\n\n`);
    const judgement = await answerReadiness(
      current,
      readAskedRelease(prompt),
      createChatReply(stream, current.folder),
      workbench.releaseJudge,
      cancel.signal,
    );
    const { metadata: kept } = metadata('is-this-release-ready', null, judgement ? nextAfter(judgement) : []);
    return { metadata: { ...kept, verdict: judgement?.view.verdict ?? null } };
  } catch (error) {
    if (isCancellation(error, cancel.signal)) return {};
    throw error;
  } finally {
    cancel.dispose();
  }
}

async function answerQuestion(
  request: vscode.ChatRequest,
  chatContext: vscode.ChatContext,
  repository: WorkspaceRepository,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<vscode.ChatResult> {
  const { heardWish } = await import('../../core/release/spoken-wish');
  const wish = heardWish(request.prompt);
  const reply = createChatReply(stream, repository.folder);
  if (wish?.isOrder) {
    reply.markdown(
      'Nothing is released, rolled back or aborted from chat: a person starts it, and types its phrase where the run asks for it.\n',
    );
    reply.button({ kind: 'release', wish: wish.wish, folder: repository.key });
    return metadata(null, null, [{ task: 'release-plan-from-change', label: 'Plan the release' }]);
  }
  const [{ answerFreely }, { conversationInstructions }] = await Promise.all([
    import('./free-form'),
    import('./conversation-instructions'),
  ]);
  stream.progress('Asking the model, with the engine as its tools');
  const end = await answerFreely(request, chatContext, stream, token, conversationInstructions());
  switch (end.kind) {
    case 'answered':
      if (wish) reply.button({ kind: 'release', wish: wish.wish, folder: repository.key });
      return { metadata: { ...end.metadata, ...metadataOf(null, null, []) } };
    case 'failed':
      stream.markdown(end.message);
      return metadata(null, null, [{ task: 'check', label: 'Check the workspace' }]);
    case 'cancelled':
      return {};
  }
}

function folderNames(workbench: Workbench): string {
  return workbench.repositories
    .all()
    .map((repository) => repository.name)
    .join(', ');
}

function metadataOf(
  command: TaskId | 'check' | 'is-this-release-ready' | null,
  proposal: string | null,
  next: readonly NextStep[],
): AnswerMetadata {
  return { command, proposal, next };
}

function metadata(...parts: Parameters<typeof metadataOf>): vscode.ChatResult {
  return { metadata: { ...metadataOf(...parts) } };
}

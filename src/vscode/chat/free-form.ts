import { sendChatParticipantRequest } from '@vscode/chat-extension-utils';
import * as vscode from 'vscode';
import { modelTools } from '../../core/tasks/model-tools';
import { modelFailure, modelSentence } from '../model-failure';
import { boundedModel } from './bounded-model';

/** How a question without a command ended. */
export type FreeFormEnd =
  | { readonly kind: 'answered'; readonly metadata: Readonly<Record<string, unknown>> }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'cancelled' };

/** Attached files larger than this are left out of the question; the tools read the repository themselves. */
const MAX_ATTACHMENT_BYTES = 200_000;

/**
 * Answers a question with the model that the person picked and with our reading tools. The library brings history,
 * references and the tool loop; what it lacks is added here: a bound on the rounds, cancellation that reaches the
 * tools, tool failures as text for the model, and errors as sentences.
 */
export async function answerFreely(
  request: vscode.ChatRequest,
  context: vscode.ChatContext,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
  instructions: string,
): Promise<FreeFormEnd> {
  const tools = readingTools(token);
  const model = boundedModel(
    request.model,
    () => token.isCancellationRequested,
    () => new vscode.CancellationError(),
  );
  let onCancelled: vscode.Disposable | null = null;
  try {
    const question = await narrowed(request, tools);
    const { result } = sendChatParticipantRequest(
      question,
      context,
      {
        prompt: instructions,
        model,
        tools,
        requestJustification: 'Release Gate answers the question that you asked @release.',
        responseStreamOptions: { stream, references: true, responseText: true },
      },
      token,
    );
    const cancelled = new Promise<null>((resolve) => {
      onCancelled = token.onCancellationRequested(() => resolve(null));
    });
    // A provider that ignores the token must not hold the chat.
    const ended = await Promise.race([result, cancelled]);
    if (ended === null || token.isCancellationRequested) {
      result.catch(() => undefined);
      return { kind: 'cancelled' };
    }
    return { kind: 'answered', metadata: ended.metadata ?? {} };
  } catch (error) {
    const failure = modelFailure(error, token.isCancellationRequested);
    return failure.reason === 'cancelled'
      ? { kind: 'cancelled' }
      : { kind: 'failed', message: modelSentence(failure) };
  } finally {
    (onCancelled as vscode.Disposable | null)?.dispose();
  }
}

interface ReadingTool extends vscode.LanguageModelChatTool {
  invoke(options: vscode.LanguageModelToolInvocationOptions<object>): Promise<vscode.LanguageModelToolResult>;
}

function readingTools(token: vscode.CancellationToken): ReadingTool[] {
  return vscode.lm.tools
    .filter((tool) => Object.entries(modelTools).some(([name, { writes }]) => name === tool.name && !writes))
    .map((tool) => ({
      name: tool.name,
      description: tool.description,
      ...(tool.inputSchema ? { inputSchema: tool.inputSchema } : {}),
      invoke: async (options) => {
        if (token.isCancellationRequested) throw new vscode.CancellationError();
        try {
          // The library would hand a token that nobody can cancel.
          return await vscode.lm.invokeTool(tool.name, options, token);
        } catch (error) {
          if (token.isCancellationRequested) throw new vscode.CancellationError();
          const detail = error instanceof Error ? error.message : String(error);
          return new vscode.LanguageModelToolResult([
            new vscode.LanguageModelTextPart(`The tool failed: ${detail.split('\n', 1)[0] ?? ''}`),
          ]);
        }
      },
    }));
}

/** The request with our tools only, and with the attachments that can be read as text: another would fail it whole. */
async function narrowed(
  request: vscode.ChatRequest,
  tools: readonly ReadingTool[],
): Promise<vscode.ChatRequest> {
  const references: vscode.ChatPromptReference[] = [];
  for (const reference of request.references) {
    if (await isReadable(reference.value)) references.push(reference);
  }
  return {
    prompt: request.prompt,
    command: request.command,
    references,
    toolReferences: request.toolReferences.filter((each) => tools.some((tool) => tool.name === each.name)),
    toolInvocationToken: request.toolInvocationToken,
    model: request.model,
  };
}

async function isReadable(value: unknown): Promise<boolean> {
  if (typeof value === 'string') return true;
  const uri = value instanceof vscode.Location ? value.uri : value instanceof vscode.Uri ? value : null;
  if (!uri) return false;
  try {
    const stat = await vscode.workspace.fs.stat(uri);
    return (stat.type & vscode.FileType.File) !== 0 && stat.size <= MAX_ATTACHMENT_BYTES;
  } catch {
    return false;
  }
}

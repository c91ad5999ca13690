import * as vscode from 'vscode';
import {
  unscripted,
  type RecordedMessage,
  type RecordedRequest,
  type ScriptedModel,
  type Turn,
} from './script';

/** Registers the one model of the vendor `test` and exports its controls. */
export function activate(context: vscode.ExtensionContext): ScriptedModel {
  let turns: Turn[] = [];
  const requests: RecordedRequest[] = [];
  let calls = 0;

  context.subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider('test', {
      provideLanguageModelChatInformation: () => [
        {
          id: 'scripted',
          name: 'Scripted',
          family: 'scripted',
          version: '1',
          maxInputTokens: 100_000,
          maxOutputTokens: 10_000,
          capabilities: { toolCalling: true },
        },
      ],
      provideLanguageModelChatResponse: async (_model, messages, options, progress, token) => {
        const request: RecordedRequest = {
          messages: messages.map(flatten),
          tools: (options.tools ?? []).map((tool) => tool.name),
          isCancelled: token.isCancellationRequested,
        };
        requests.push(request);
        token.onCancellationRequested(() => {
          request.isCancelled = true;
        });
        const say = (pieces: readonly string[]): void => {
          for (const piece of pieces) progress.report(new vscode.LanguageModelTextPart(piece));
        };
        const turn = turns.shift() ?? {
          kind: 'answer',
          pieces: [process.env['RELEASE_GATE_SCRIPTED_ANSWER'] ?? unscripted],
        };
        switch (turn.kind) {
          case 'answer':
            say(turn.pieces);
            return;
          case 'call':
            calls++;
            progress.report(new vscode.LanguageModelToolCallPart(`call-${calls}`, turn.tool, turn.input));
            return;
          case 'fail':
            say(turn.pieces);
            // VS Code sends pieces on in batches, and drops those that it still holds when the answer fails.
            await new Promise((resolve) => setTimeout(resolve, 250));
            throw new Error(turn.message);
          case 'hang':
            say(turn.pieces);
            await new Promise<void>((resolve) => {
              if (token.isCancellationRequested) resolve();
              else token.onCancellationRequested(() => resolve());
            });
            return;
          case 'refuse':
            throw refusal(turn.reason);
        }
      },
      provideTokenCount: (_model, text) =>
        Promise.resolve(Math.ceil((typeof text === 'string' ? text : flatten(text).text).length / 4)),
    }),
  );

  return {
    script: (next) => {
      turns = [...next];
    },
    requests,
    get unused() {
      return turns;
    },
    reset: () => {
      turns = [];
      requests.length = 0;
    },
    // Models are resolved lazily: without a first look the first chat request finds none and is refused.
    ready: Promise.resolve(vscode.lm.selectChatModels({ vendor: 'test' })).then(() => undefined),
  };
}

function refusal(reason: 'no-permissions' | 'blocked' | 'not-found'): vscode.LanguageModelError {
  switch (reason) {
    case 'no-permissions':
      return vscode.LanguageModelError.NoPermissions('the person said no');
    case 'blocked':
      return vscode.LanguageModelError.Blocked('the request was blocked');
    case 'not-found':
      return vscode.LanguageModelError.NotFound('the model is gone');
  }
}

function flatten(message: vscode.LanguageModelChatRequestMessage): RecordedMessage {
  const text: string[] = [];
  const toolCalls: { name: string; input: object }[] = [];
  const toolResults: string[] = [];
  for (const part of message.content) {
    if (part instanceof vscode.LanguageModelTextPart) text.push(part.value);
    else if (part instanceof vscode.LanguageModelToolCallPart) {
      toolCalls.push({ name: part.name, input: part.input });
    } else if (part instanceof vscode.LanguageModelToolResultPart) {
      toolResults.push(
        part.content
          .map((each) => (each instanceof vscode.LanguageModelTextPart ? each.value : JSON.stringify(each)))
          .join(''),
      );
    }
  }
  return { role: roleOf(message.role), text: text.join(''), toolCalls, toolResults };
}

function roleOf(role: vscode.LanguageModelChatMessageRole): RecordedMessage['role'] {
  switch (role) {
    case vscode.LanguageModelChatMessageRole.User:
      return 'user';
    case vscode.LanguageModelChatMessageRole.Assistant:
      return 'assistant';
    default:
      return 'other';
  }
}

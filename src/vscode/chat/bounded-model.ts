import type * as vscode from 'vscode';

/** How often a model may call tools for one question. */
export const MAX_TOOL_ROUNDS = 8;

/**
 * A model that can call tools for so many rounds and then must answer: later requests offer it none. Every request
 * fails at once after the person cancelled. Needed since the library's loop ends only when the model wants it to.
 */
export function boundedModel(
  model: vscode.LanguageModelChat,
  isCancelled: () => boolean,
  cancelled: () => Error,
  maxRounds: number = MAX_TOOL_ROUNDS,
): vscode.LanguageModelChat {
  let requests = 0;
  const sendRequest: vscode.LanguageModelChat['sendRequest'] = async (messages, options, token) => {
    if (isCancelled()) throw cancelled();
    requests++;
    if (requests <= maxRounds) return model.sendRequest(messages, options, token);
    const answer = await model.sendRequest(messages, { ...options, tools: [] }, token);
    return { stream: withoutToolCalls(answer.stream), text: answer.text };
  };
  return {
    id: model.id,
    name: model.name,
    vendor: model.vendor,
    family: model.family,
    version: model.version,
    maxInputTokens: model.maxInputTokens,
    countTokens: (text, token) => model.countTokens(text, token),
    sendRequest,
  };
}

/** A model that was offered no tool and calls one all the same would keep the loop going. */
async function* withoutToolCalls(stream: AsyncIterable<unknown>): AsyncIterable<unknown> {
  for await (const part of stream) if (!isToolCall(part)) yield part;
}

function isToolCall(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'callId' in part && 'input' in part;
}

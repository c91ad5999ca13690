import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** What VS Code gives back of a chat request that it has waited for. The rendered text is to be had in the page only. */
export interface ChatResponse {
  /** Set when the participant failed. */
  readonly errorDetails?: { readonly message: string };
  /** What the handler returned as the metadata of its result. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** How a request in chat is made. */
export interface ChatRequestOptions {
  /** `ask` if not told; in `agent` a prompt or a question goes to VS Code's own agent, not to a participant. */
  readonly mode?: 'ask' | 'agent';
  /** After this the test fails. */
  readonly timeoutMs?: number;
}

/** Starts a conversation with nothing before it. */
export async function newChat(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.chat.open', { mode: 'ask' });
  await vscode.commands.executeCommand('workbench.action.chat.newChat');
}

/**
 * Types a request into chat and sends it, and waits for the whole answer.
 * The scripted model must be ready (`scriptedModel()`): without a model VS Code calls no participant.
 */
export async function askInChat(query: string, options: ChatRequestOptions = {}): Promise<ChatResponse> {
  const { mode = 'ask', timeoutMs = 45_000 } = options;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer in ${timeoutMs / 1000} seconds to: ${query}`)),
      timeoutMs,
    );
  });
  try {
    const response = await Promise.race([
      vscode.commands.executeCommand<ChatResponse | undefined>('workbench.action.chat.open', {
        query,
        mode,
        blockOnResponse: true,
      }),
      late,
    ]);
    assert.ok(response, 'chat gave no response: is it switched off, or is there no model?');
    return response;
  } finally {
    clearTimeout(timer);
  }
}

/** Sends a request and does not wait: for one that is to be cancelled. */
export async function startInChat(query: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.chat.open', { query, mode: 'ask' });
}

/** Presses "Stop" on the request that is running. */
export async function cancelChat(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.chat.cancel');
}

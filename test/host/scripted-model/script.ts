/** How the model answers one request. */
export type Turn =
  /** Answers with these pieces, one after the other. */
  | { readonly kind: 'answer'; readonly pieces: readonly string[] }
  /** Calls a tool; the host asks again with its result, which is the next turn's matter. */
  | { readonly kind: 'call'; readonly tool: string; readonly input: object }
  /** Sends the pieces and then fails. */
  | { readonly kind: 'fail'; readonly pieces: readonly string[]; readonly message: string }
  /** Sends the pieces and then nothing more until the request is cancelled. */
  | { readonly kind: 'hang'; readonly pieces: readonly string[] }
  /** Refuses with one of VS Code's own errors; `no-permissions` is what a person's "no" to the consent gives. */
  | { readonly kind: 'refuse'; readonly reason: 'no-permissions' | 'blocked' | 'not-found' };

/** One message of a request, flattened. */
export interface RecordedMessage {
  readonly role: 'user' | 'assistant' | 'other';
  readonly text: string;
  readonly toolCalls: readonly { readonly name: string; readonly input: object }[];
  readonly toolResults: readonly string[];
}

/** One request that the model was sent. */
export interface RecordedRequest {
  readonly messages: readonly RecordedMessage[];
  /** Names of the tools that were offered. */
  readonly tools: readonly string[];
  /** Whether it was cancelled before the answer was whole; changes while the model hangs. */
  isCancelled: boolean;
}

/** What the scripted model's extension exports. */
export interface ScriptedModel {
  /** Sets the turns of the requests to come; those that were left over are dropped. */
  script(turns: readonly Turn[]): void;
  /** Everything that was asked since `reset`, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Turns that nobody has asked for yet. */
  readonly unused: readonly Turn[];
  /** Forgets turns and requests. */
  reset(): void;
  /** Done when VS Code knows the model: until then a chat request has none. */
  readonly ready: Promise<void>;
}

/**
 * What the model says when nobody has told it anything; `RELEASE_GATE_SCRIPTED_ANSWER` replaces it where no test can
 * reach the extension.
 */
export const unscripted = 'The scripted model was told nothing for this request.';

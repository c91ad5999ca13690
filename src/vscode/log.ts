/** Where a face writes what went wrong with the product itself, once each. A person sees a sentence, not a stack. */
export interface Log {
  /** A bug or a broken environment; `error` is written with its stack. */
  fault(what: string, error: unknown): void;
}

/** The sentence for the person after `fault`. */
export function faultSentence(what: string, error: unknown): string {
  const detail = error instanceof Error ? error.message : String(error);
  return `${what}: ${detail.split('\n', 1)[0] ?? ''}. The log "Release Gate" in the Output view has the details.`;
}

/** Prints the events of the runner in the extension host as they come; see `test-results.mjs`. */
export function followResults(
  file: string,
  say: (line: string) => void,
): {
  readonly hasEnded: () => boolean;
  readonly finish: () => { readonly passed: number; readonly failed: number; readonly pending: number };
};

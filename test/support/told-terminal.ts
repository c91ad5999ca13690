import type { Terminal } from '../../src/cli/terminal';

/** A terminal at which nobody sits: nothing that is printed or asked goes anywhere. `part` is what a test wants otherwise. */
export function toldTerminal(part: Partial<Terminal> = {}): Terminal {
  return {
    usesColour: false,
    isInteractive: false,
    width: 100,
    signal: new AbortController().signal,
    print: () => undefined,
    say: () => undefined,
    progress: () => undefined,
    style: (_style, text) => text,
    confirm: () => Promise.resolve(null),
    ask: () => Promise.resolve(null),
    ...part,
  };
}

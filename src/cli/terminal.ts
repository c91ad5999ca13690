import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

/** How strongly a piece of text stands out; never the only sign of anything. */
export type Style = 'strong' | 'faint' | 'added' | 'removed' | 'bad' | 'good' | 'doubtful';

/** Where a call prints, whether it may use colour, and whether the person has cancelled it. */
export interface Terminal {
  readonly usesColour: boolean;
  /** Whether a person watches and types: what is shown may be drawn again. */
  readonly isInteractive: boolean;
  /** Columns; as many as most windows have where nobody watches. */
  readonly width: number;
  readonly signal: AbortSignal;
  /** To standard output, with a line break. */
  print(text: string): void;
  /** To standard error: something the person should know that is no result. */
  say(text: string): void;
  /** To standard error, only where somebody watches. */
  progress(message: string): void;
  style(style: Style, text: string): string;
  /** Asks on standard error and waits for yes or no, no by default; null where nobody is there to answer. */
  confirm(question: string): Promise<boolean | null>;
  /** Asks on standard error for a text and waits for it; null where nobody is there to answer. */
  ask(question: string): Promise<string | null>;
}

const formats = {
  strong: 'bold',
  faint: 'dim',
  added: 'green',
  removed: 'red',
  bad: 'red',
  good: 'green',
  doubtful: 'yellow',
} as const satisfies Readonly<Record<Style, Parameters<typeof styleText>[0]>>;

/** The terminal of this process. Colour follows NO_COLOR, FORCE_COLOR and whether a person is there. */
export function processTerminal(signal: AbortSignal): Terminal {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const isWanted = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  const isUnwanted = (NO_COLOR !== undefined && NO_COLOR !== '') || process.env['TERM'] === 'dumb';
  const usesColour = isWanted || (process.stdout.isTTY && !isUnwanted);
  return {
    usesColour,
    isInteractive: process.stdin.isTTY && process.stderr.isTTY && process.env['TERM'] !== 'dumb',
    width: Math.max(40, process.stdout.isTTY ? process.stdout.columns : 120),
    signal,
    print: (text) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    say: (text) => void process.stderr.write(text.endsWith('\n') ? text : `${text}\n`),
    progress: (message) => {
      if (process.stderr.isTTY) process.stderr.write(`${message}\n`);
    },
    style: (style, text) => (usesColour ? styleText(formats[style], text, { validateStream: false }) : text),
    confirm: async (question) => {
      const answer = await askPerson(`${question} [y/N] `, signal);
      return answer === null ? null : /^y(es)?$/i.test(answer);
    },
    ask: (question) => askPerson(`${question} `, signal),
  };
}

/** What a person types; null where standard input or error is no terminal. */
async function askPerson(question: string, signal: AbortSignal): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await asking.question(question, { signal })).trim();
  } finally {
    asking.close();
  }
}

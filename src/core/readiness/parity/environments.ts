import { literally } from '../../text/pattern';
/** The two sides that are compared. */
export type ParitySide = 'staging' | 'production';

/** Words by which environments are called that are not in the configuration; each a whole word. */
const WORDS: Readonly<Record<ParitySide, readonly string[]>> = {
  staging: ['staging', 'stage', 'stg', 'preprod', 'preproduction'],
  production: ['production', 'prod', 'prd', 'live'],
};

/** The words that mean one side or the other, in lower case. */
export interface EnvironmentWords {
  sideOf(word: string): ParitySide | null;
  /** The text with every word of either side replaced: two texts that differ only in them are equal then. */
  neutral(text: string): string;
}

/** What stands in the place of an environment's name. */
export const ENVIRONMENT = '{environment}';

/**
 * The usual words, and the names that the configuration lists as production and those of the others that are staging by
 * their words.
 */
export function environmentWords(production: readonly string[], others: readonly string[]): EnvironmentWords {
  const sides = new Map<string, ParitySide>();
  for (const side of ['staging', 'production'] as const) {
    for (const word of WORDS[side]) sides.set(word, side);
  }
  for (const name of production) sides.set(name.toLowerCase(), 'production');
  // A list that says of one of the usual words that it is another kind of place counts.
  for (const name of others) {
    const lower = name.toLowerCase();
    if (sides.get(lower) === 'production') sides.delete(lower);
  }
  const [only, more] = others;
  if (only !== undefined && more === undefined) sides.set(only.toLowerCase(), 'staging');
  const names = [...sides.keys()].sort((a, b) => b.length - a.length).map(literally);
  const pattern = new RegExp(`(?<![a-z])(?:${names.join('|')})(?![a-z])`, 'gi');
  return {
    sideOf: (word) => sides.get(word.toLowerCase()) ?? null,
    neutral: (text) => text.replace(pattern, ENVIRONMENT),
  };
}

/** The one side that a text names, and the text without it; null where it names none or both. */
export function sideIn(
  text: string,
  words: EnvironmentWords,
): { readonly side: ParitySide; readonly neutral: string } | null {
  const neutral = words.neutral(text);
  const sides = new Set<ParitySide>();
  // What was replaced stands between the parts that stayed.
  let rest = text;
  for (const part of neutral.split(ENVIRONMENT).slice(0, -1)) {
    rest = rest.slice(part.length);
    const word = longestWord(rest, words);
    if (word === null) return null;
    const side = words.sideOf(word);
    if (side) sides.add(side);
    rest = rest.slice(word.length);
  }
  const [side, other] = sides;
  return side && other === undefined ? { side, neutral } : null;
}

function longestWord(text: string, words: EnvironmentWords): string | null {
  for (let end = Math.min(text.length, 60); end > 0; end--) {
    if (words.sideOf(text.slice(0, end)) !== null && !/[a-z]/i.test(text[end] ?? ''))
      return text.slice(0, end);
  }
  return null;
}

/** Beyond this length two names are compared no further: nobody mistypes that much. */
const LONGEST_NAME = 64;

/**
 * The known name that `name` most likely means: at most a third of its letters differ (Levenshtein distance).
 * Null where none is near.
 */
export function nearMiss(name: string, known: Iterable<string>): string | null {
  const wanted = name.toLowerCase();
  if (wanted === '' || wanted.length > LONGEST_NAME) return null;
  let best: { name: string; distance: number } | null = null;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (!best || distance < best.distance) best = { name: candidate, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(wanted.length / 3)) ? best.name : null;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substituted = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substituted, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** Words that names of environments are made of, and that nobody mistypes into one another. */
const ENVIRONMENT_WORDS = [
  ...[
    'production',
    'prod',
    'live',
    'staging',
    'stage',
    'development',
    'develop',
    'testing',
    'preview',
    'review',
  ],
  ...[
    'sandbox',
    'preprod',
    'preproduction',
    'nonprod',
    'nonproduction',
    'acceptance',
    'integration',
    'canary',
  ],
];

/** The same in other languages, which look like typing mistakes. */
const WORDS_OF_THEIR_OWN = [
  'produktion',
  'produccion',
  'producao',
  'produzione',
  'protection',
  'staged',
  'tester',
  'previews',
];

/** A word this short is near to too many others. */
const SHORTEST_MISTYPED = 6;

/**
 * Whether a word of an environment's name is another one mistyped: one slip of the fingers, two in a long word, no digit
 * among what differs. Without `isListed`, where nobody wrote the other word down as right, it must be one of the words
 * that environments are called by.
 */
export function isMistyped(word: string, wanted: string, isListed: boolean): boolean {
  if (word.length > LONGEST_NAME || wanted.length > LONGEST_NAME || /\d/.test(word + wanted)) return false;
  if (ENVIRONMENT_WORDS.includes(word) || WORDS_OF_THEIR_OWN.includes(word)) return false;
  if (!isListed && !ENVIRONMENT_WORDS.includes(wanted)) return false;
  const distance = slips(word, wanted);
  if (wanted.length < SHORTEST_MISTYPED) {
    // Of short words only two letters that changed places count: "prd" and "prof" are words.
    return distance === 1 && word.length === wanted.length && sameLetters(word, wanted);
  }
  return distance <= (wanted.length >= 9 ? 2 : 1);
}

function sameLetters(a: string, b: string): boolean {
  return [...a].sort().join('') === [...b].sort().join('');
}

/** Letters wrong, missing, too many, or swapped with their neighbour (optimal string alignment). */
function slips(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= a.length; row++) {
    const previous = rows[row - 1] ?? [];
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let least = Math.min(
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, (rows[row - 2]?.[column - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    rows.push(current);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

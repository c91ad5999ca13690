/**
 * Holds text of a model against what is known. It judges tokens, not meaning: numbers, dates, versions, hashes,
 * addresses, identifiers and names must stand in the sources; assurances ("approved", "tested") must stand in the text
 * that is replaced. Prose without such tokens it cannot judge.
 */
export interface GuardFinding {
  readonly token: string;
  readonly why:
    'not in the sources' | 'an assurance that only the engine or a person gives' | 'structure in prose';
}

/** Words by which a reader would take something as decided, proven or harmless. */
const assurances =
  /\b(approved?|approval|authori[sz]ed|signed[ -]off|waived?|certified|guaranteed?|verified|validated|proven|tested|safe(?:ly)?|harmless|risk[- ]free|no[- ]risk|low[- ]risk|zero[- ]downtime|ready to ship|good to go|lgtm|reversible|backwards?[- ]compatible)\b/gi;

const numberWords =
  /\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|half|twice|double|triple|percent|minutes?|hours?|days?|weeks?|months?|yesterday|today|tomorrow|tonight)\b/gi;

/** What stands in `text` and is supported neither by `original` (the text it replaces) nor by `sources`. */
export function unsupported(text: string, original: string, sources: string): readonly GuardFinding[] {
  const findings: GuardFinding[] = [];
  const known = new Set(wordsOf(`${original}\n${sources}`));
  const knownLoose = new Set([...known].map((word) => word.toLowerCase()));
  const originalLoose = original.toLowerCase();

  if (
    /^\s*(#|[-*+]\s|\d+[.)]\s|>|\||```|~~~)/m.test(text) ||
    /<[a-z!/][^>]*>|!?\[[^\]]*\]\([^)]*\)/i.test(text)
  ) {
    findings.push({ token: text.slice(0, 40), why: 'structure in prose' });
  }
  for (const match of text.matchAll(assurances)) {
    if (!originalLoose.includes(match[0].toLowerCase())) {
      findings.push({ token: match[0], why: 'an assurance that only the engine or a person gives' });
    }
  }
  for (const match of text.matchAll(numberWords)) {
    if (!knownLoose.has(match[0].toLowerCase()))
      findings.push({ token: match[0], why: 'not in the sources' });
  }
  for (const { word, startsSentence } of tokensOf(text)) {
    if (!needsSource(word, startsSentence)) continue;
    if (known.has(word) || knownLoose.has(word.toLowerCase())) continue;
    findings.push({ token: word, why: 'not in the sources' });
  }
  return findings;
}

/** Words as they are compared: surrounding punctuation and a possessive taken off. */
function wordsOf(text: string): string[] {
  return tokensOf(text).map(({ word }) => word);
}

function tokensOf(text: string): { word: string; startsSentence: boolean }[] {
  const tokens: { word: string; startsSentence: boolean }[] = [];
  let startsSentence = true;
  for (const raw of text.split(/[\s—–,;()[\]{}"“”`|<>*=]+/u)) {
    const word = raw
      .replace(/^['’:.!?/~#]+(?=.)/u, (lead) => (lead.includes('/') ? lead : ''))
      .replace(/['’]s$|[.:!?'’]+$/u, '');
    if (word !== '') tokens.push({ word, startsSentence });
    if (raw !== '') startsSentence = /[.:!?]$/.test(raw);
  }
  return tokens;
}

/** Digits, addresses, identifiers; and capitalised words inside a sentence, which are names. */
function needsSource(word: string, startsSentence: boolean): boolean {
  if (/\d/.test(word) || /[@/_\\$%]/.test(word) || /\w\.\w/.test(word) || /\w:\w/.test(word)) return true;
  if (/\p{Ll}\p{Lu}/u.test(word) || (/^\p{Lu}{2,}$/u.test(word) && word.length > 1)) return true;
  return !startsSentence && /^\p{Lu}\p{Ll}/u.test(word);
}

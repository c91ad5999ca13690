import { piecesOf } from './expressions';
import { isScript, type Slot } from './shape';

/** What is the same in every candidate, or what each of them has there. */
export type Piece = string | { readonly values: readonly string[] };

/** The pieces of one slot, or why they cannot be told apart. */
export type Pieces =
  { readonly ok: true; readonly pieces: readonly Piece[] } | { readonly ok: false; readonly reason: string };

/**
 * Cuts the texts of one slot into what is the same everywhere and what differs.
 *
 * @param isKnown Whether values differ like this elsewhere too: then they are no new difference.
 */
export function piecesOfSlot(
  slot: Slot,
  texts: readonly string[],
  isKnown: (values: readonly string[]) => boolean,
): Pieces {
  const [first = ''] = texts;
  if (texts.every((text) => text === first)) return { ok: true, pieces: [first] };
  const whole: Pieces = { ok: true, pieces: [{ values: texts }] };
  const tokens = texts.map(tokensOf);
  const [head = []] = tokens;
  if (tokens.some((other) => other.length !== head.length)) {
    return isScript(slot.keys) ? refused('their scripts differ in more than single words') : whole;
  }
  const pieces: Piece[] = [];
  let differing = 0;
  let words = 0;
  for (const [index, token] of head.entries()) {
    const values = tokens.map((other) => other[index] ?? '');
    if (isWord(token)) words++;
    if (values.every((value) => value === token)) {
      const last = pieces[pieces.length - 1];
      if (typeof last === 'string') pieces[pieces.length - 1] = last + token;
      else pieces.push(token);
      continue;
    }
    if (!values.every(isWord)) {
      return isScript(slot.keys) ? refused('their scripts differ in more than single words') : whole;
    }
    if (isScript(slot.keys) && !isKnown(values)) {
      differing++;
      if (isCommandWord(head, index)) return refused('their scripts run different commands');
    }
    pieces.push({ values });
  }
  return isScript(slot.keys) && differing * 3 > words
    ? refused('their scripts have too little in common')
    : { ok: true, pieces };
}

/** A text with every word left out that may differ between candidates: scripts of one skeleton can be one. */
export function skeletonOf(slot: Slot, text: string): string {
  const tokens = tokensOf(text);
  return isScript(slot.keys)
    ? tokens.map((token, index) => (isWord(token) && !isCommandWord(tokens, index) ? '_' : token)).join('\n')
    : tokens.map((token) => (isWord(token) ? '_' : token)).join('\n');
}

/** Expressions whole, words, blanks, and every other character by itself. */
function tokensOf(text: string): readonly string[] {
  return piecesOf(text).flatMap((piece) =>
    piece.expression === null ? (piece.text.match(/[A-Za-z0-9_.-]+|\s+|[^]/g) ?? []) : [piece.text],
  );
}

function isWord(token: string): boolean {
  return /^(?:\$\{\{|[A-Za-z0-9_.-])/.test(token);
}

/** The first word of a line of a script, or behind `;`, `|` or `&`: the command itself. */
function isCommandWord(tokens: readonly string[], index: number): boolean {
  for (let at = index - 1; at >= 0; at--) {
    const token = tokens[at] ?? '';
    if (token.includes('\n') || /^[;|&(]$/.test(token)) return true;
    if (!/^\s+$/.test(token)) return false;
  }
  return true;
}

function refused(reason: string): Pieces {
  return { ok: false, reason };
}

import type { PlaceholderUse } from '../document';

const OPENING = 'UNKNOWN(';

/** A placeholder that is not closed within this many characters is none: the rest of a document is no placeholder. */
const MAX_CHARACTERS = 400;

/**
 * Every `UNKNOWN(what is needed)` of a text, wherever it stands, code included. Parentheses inside are balanced, and it
 * ends on its own line. Backslash escapes of Markdown are taken out of `needed`.
 */
export function findPlaceholders(text: string): readonly PlaceholderUse[] {
  const found: PlaceholderUse[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf(OPENING, from);
    if (start < 0) return found;
    from = start + OPENING.length;
    if (/[\p{L}\p{N}_]/u.test(text[start - 1] ?? ' ')) continue;
    const end = closingParenthesis(text, from);
    if (end < 0) continue;
    found.push({ needed: unescaped(text.slice(from, end)).trim(), span: { start, end: end + 1 } });
    from = end + 1;
  }
}

/** Whether a text says that something in it is not known. */
export function holdsPlaceholder(text: string): boolean {
  return findPlaceholders(text).length > 0;
}

function closingParenthesis(text: string, from: number): number {
  let depth = 1;
  const limit = Math.min(text.length, from + MAX_CHARACTERS);
  for (let offset = from; offset < limit; offset++) {
    const character = text[offset];
    if (character === '\n' || character === '\r') return -1;
    if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return offset;
  }
  return -1;
}

function unescaped(markdown: string): string {
  return markdown.replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

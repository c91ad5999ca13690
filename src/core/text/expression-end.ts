/** No expression of GitHub's is longer: a lone quote must not make the rest of a file one. */
const MAX_EXPRESSION = 21_000;

/**
 * Behind the `}}` that ends an expression whose inside begins at `from`; a `}}` in one of its strings does not end it.
 * -1 where nothing does.
 */
export function endOfExpression(text: string, from: number): number {
  const plain = text.indexOf('}}', from);
  if (plain < 0) return -1;
  let isQuoted = false;
  const limit = Math.min(text.length, from + MAX_EXPRESSION);
  for (let at = from; at < limit; at++) {
    const character = text[at];
    if (character === "'") isQuoted = !isQuoted;
    else if (!isQuoted && character === '}' && text[at + 1] === '}') return at + 2;
  }
  // A lone quote is GitHub's error to report; the text is still to be read.
  return plain + 2;
}

/** Brackets or indentation nested deeper than this are no file that a person wrote. */
const MAX_DEPTH = 200;

/**
 * Whether YAML or JSON is nested so little that a parser may read it: parsers of either recurse, and some compile what
 * they expect of an indentation into a regular expression. Brackets in texts count too, so that it may say no too early.
 */
export function nestsReasonably(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 91 || code === 123) {
      if (++depth > MAX_DEPTH) return false;
    } else if (code === 93 || code === 125) depth = Math.max(0, depth - 1);
  }
  return !/\n[ ]{1000}/.test(text);
}

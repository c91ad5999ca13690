/** What an expression reads. */
export interface ExpressionUse {
  /** Context names: `github`, `needs`, `matrix`… */
  readonly contexts: ReadonlySet<string>;
  /** Function names in lower case. */
  readonly functions: ReadonlySet<string>;
}

const CONTEXTS =
  /(?<![\w.-])(github|needs|matrix|strategy|inputs|env|steps|runner|jobs?|secrets|vars)\b(?!\s*\()/gi;

/** Reads which contexts and functions an expression names, its string literals left out. */
export function usesOf(expression: string): ExpressionUse {
  const bare = expression.replace(/'(?:[^']|'')*'/g, "''");
  const contexts = new Set([...bare.matchAll(CONTEXTS)].map((match) => (match[1] ?? '').toLowerCase()));
  const functions = new Set(
    [...bare.matchAll(/([A-Za-z]\w*)\s*\(/g)].map((match) => (match[1] ?? '').toLowerCase()),
  );
  return { contexts, functions };
}

/** A stretch of a text: an expression without its braces and outer blanks, or what stands between two. */
export interface Piece {
  readonly text: string;
  readonly expression: string | null;
}

/** Cuts a text at its `${{ … }}`, in one pass; one that is never closed is text. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let reached = 0;
  for (let open = text.indexOf('${{'); open >= 0; open = text.indexOf('${{', reached)) {
    const close = text.indexOf('}}', open + 3);
    if (close < 0) break;
    if (open > reached) pieces.push({ text: text.slice(reached, open), expression: null });
    pieces.push({ text: text.slice(open, close + 2), expression: text.slice(open + 3, close).trim() });
    reached = close + 2;
  }
  if (reached < text.length) pieces.push({ text: text.slice(reached), expression: null });
  return pieces;
}

/** The expressions of a text, without their braces. */
export function expressionsIn(text: string): readonly string[] {
  return piecesOf(text).flatMap((piece) => piece.expression ?? []);
}

/** The text with each of its expressions replaced by what `write` makes of it. */
export function mapExpressions(text: string, write: (expression: string) => string): string {
  return piecesOf(text)
    .map((piece) => (piece.expression === null ? piece.text : write(piece.expression)))
    .join('');
}

/**
 * Contexts that a called workflow does not share with its caller: their values have to be handed in.
 * https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability
 */
export const CALLER_CONTEXTS: readonly string[] = ['needs', 'matrix', 'strategy', 'inputs'];

/** Contexts that `jobs.<id>.with` of a calling job may use. */
export const WITH_CONTEXTS: readonly string[] = ['github', 'needs', 'matrix', 'strategy', 'inputs', 'vars'];

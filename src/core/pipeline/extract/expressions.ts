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

/** The expressions of a text, without their braces. */
export function expressionsIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{\{((?:[^}]|\}(?!\}))*)\}\}/g)].map((match) => (match[1] ?? '').trim());
}

/**
 * Contexts that a called workflow does not share with its caller: their values have to be handed in.
 * https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability
 */
export const CALLER_CONTEXTS: readonly string[] = ['needs', 'matrix', 'strategy', 'inputs'];

/** Contexts that `jobs.<id>.with` of a calling job may use. */
export const WITH_CONTEXTS: readonly string[] = ['github', 'needs', 'matrix', 'strategy', 'inputs', 'vars'];

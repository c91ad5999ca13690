import { endOfExpression } from '../../text/expression-end';

/** What an expression reads. */
export interface ExpressionUse {
  /** Context names: `github`, `needs`, `matrix`…; `RUNNING_JOB` for what of `github` only a running job has. */
  readonly contexts: ReadonlySet<string>;
  /** Function names in lower case. */
  readonly functions: ReadonlySet<string>;
}

/** Stands for `github.workspace`, `github.token` and their like, which are those of the job that reads them. */
export const RUNNING_JOB = 'github of the job';

/** The same for the whole of `github` and for a key of it that is computed. */
const OF_RUNNING_JOB =
  /(?<![\w.-])github(?:\s*\.\s*(?:job|workspace|token|env|path|output|state|step_summary|action\w*)\b|\s*\[|\s*(?=[,)]|$)|\s*\.\s*\*)/i;

const CONTEXTS =
  /(?<![\w.-])(github|needs|matrix|strategy|inputs|env|steps|runner|jobs?|secrets|vars)\b(?!\s*\()/gi;

/** Reads which contexts and functions an expression names, its string literals left out. */
export function usesOf(expression: string): ExpressionUse {
  const bare = expression.replace(/'(?:[^']|'')*'/g, "''");
  const contexts = new Set([...bare.matchAll(CONTEXTS)].map((match) => (match[1] ?? '').toLowerCase()));
  if (OF_RUNNING_JOB.test(bare)) contexts.add(RUNNING_JOB);
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

/** Cuts a text at its `${{ … }}`, in one pass; one that is never closed is text, and `}}` in a string closes nothing. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let reached = 0;
  for (let open = text.indexOf('${{'); open >= 0; open = text.indexOf('${{', reached)) {
    const end = endOfExpression(text, open + 3);
    if (end < 0) break;
    if (open > reached) pieces.push({ text: text.slice(reached, open), expression: null });
    pieces.push({ text: text.slice(open, end), expression: text.slice(open + 3, end - 2).trim() });
    reached = end;
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
 * An expression with the jobs that its `needs` names called otherwise; what stands in its string literals stays, but for
 * `needs['build']`.
 */
export function renameNeeds(expression: string, nameOf: (id: string) => string | undefined): string {
  return expression.replace(
    /'(?:[^']|'')*'|(?<![\w.-])needs(?:\s*\.\s*([A-Za-z_][\w-]*)|\s*\[\s*'([^']*)'\s*\])/g,
    (whole, dotted: string | undefined, quoted: string | undefined) => {
      const name = nameOf(dotted ?? quoted ?? '');
      return name === undefined ? whole : `needs.${name}`;
    },
  );
}

/** What the jobs of a called workflow and the job that calls it can read, by what is put into it. */
export interface Scope {
  /**
   * Contexts that a called workflow does not share with its caller: their values have to be handed in.
   * https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability
   */
  readonly ofCaller: readonly string[];
  /** Contexts that `jobs.<id>.with` of the calling job may use and that mean there what they mean now. */
  readonly handedIn: readonly string[];
}

/** One job: the caller keeps its `needs` and its matrix. */
export const JOB_SCOPE: Scope = {
  ofCaller: ['needs', 'matrix', 'strategy', 'inputs'],
  handedIn: ['github', 'needs', 'matrix', 'strategy', 'inputs', 'vars'],
};

/** Jobs that need each other: `needs` and matrices go inside with them. */
export const PIPELINE_SCOPE: Scope = { ofCaller: ['inputs'], handedIn: ['github', 'inputs', 'vars'] };

import {
  evaluate,
  isTrue,
  partsOf,
  simplified,
  textOfExpression,
  type Expression,
  type Value,
} from './expression';
import { isOfRun } from './run-graph';

/**
 * Something that no file settles, with everything that it could be: the truth of each part of the conditions that hangs
 * on it. `isSetByRun`: whoever starts the run, or the event, sets it, so that a run with each of these can be had. The
 * others (`vars`, outputs) are as they are: an answer that changes with them is not known.
 */
export interface Choice {
  readonly name: string;
  readonly isSetByRun: boolean;
  readonly alternatives: readonly Truths[];
}

/** The truth of parts by their text. */
export type Truths = ReadonlyMap<string, boolean>;

/** More ways for one value than this are not gone through. */
const MAX_ALTERNATIVES = 64;

/** A value that differs from every text of a condition. */
const ANOTHER = '\u0000another value';

/** The parts of conditions that neither the start nor the run itself settles, smallest first in the order found. */
function openPartsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.args.flatMap(openPartsOf);
    case 'not':
      return openPartsOf(expression.of);
    case 'literal':
      return [];
    default:
      return isOfRun(expression) ? [] : [expression];
  }
}

/** A part that asks one path about one text. */
interface Question {
  readonly part: Expression;
  readonly text: string;
  readonly form: 'equals' | 'truth' | 'other';
  readonly literal: Value;
}

/** What the conditions, with the start put in, leave open; null where that is too much to go through. */
export function choicesIn(conditions: readonly Expression[]): readonly Choice[] | null {
  const byPath = new Map<string, { parts: readonly string[]; questions: Map<string, Question> }>();
  const single = new Map<string, Expression>();
  for (const part of conditions.flatMap(openPartsOf)) {
    const asked = questionOf(part);
    // `a != 'x'` and `a == 'x'` are one question.
    const key = textOfExpression(positive(part));
    if (!asked) {
      single.set(key, positive(part));
      continue;
    }
    const path = asked.path.join('.');
    const known = byPath.get(path) ?? { parts: asked.path, questions: new Map<string, Question>() };
    byPath.set(path, known);
    known.questions.set(key, { ...asked, part: positive(part), text: key });
  }
  const choices: Choice[] = [];
  for (const [name, { parts, questions }] of byPath) {
    const alternatives = alternativesOf(parts, [...questions.values()]);
    if (!alternatives) return null;
    choices.push({ name: [...questions.keys()][0] ?? name, isSetByRun: parts[0] === 'github', alternatives });
  }
  for (const [text, part] of single) {
    choices.push({
      name: text,
      isSetByRun: isSetByRun(part),
      alternatives: [new Map([[text, false]]), new Map([[text, true]])],
    });
  }
  return choices;
}

function positive(part: Expression): Expression {
  return part.kind === 'compare' && part.operator === '!=' ? { ...part, operator: '==' } : part;
}

function questionOf(
  part: Expression,
): (Omit<Question, 'part' | 'text'> & { path: readonly string[] }) | null {
  if (part.kind === 'path') return { path: part.parts, form: 'truth', literal: null };
  if (part.kind === 'compare' && (part.operator === '==' || part.operator === '!=')) {
    const [path, value] = part.left.kind === 'path' ? [part.left, part.right] : [part.right, part.left];
    if (path.kind !== 'path' || value.kind !== 'literal') return null;
    return { path: path.parts, form: 'equals', literal: value.value };
  }
  if (part.kind === 'call' && /^(contains|startswith|endswith)$/.test(part.name)) {
    const [path, value] = part.args;
    if (path?.kind !== 'path' || value?.kind !== 'literal') return null;
    return { path: path.parts, form: 'other', literal: value.value };
  }
  return null;
}

/** The truths that one value can give all questions about it together. */
function alternativesOf(path: readonly string[], questions: readonly Question[]): readonly Truths[] | null {
  const name = path.join('.');
  const found = new Map<string, Truths>();
  const add = (truths: Truths): void => {
    found.set([...truths.values()].map(Number).join(''), truths);
  };
  const answer = (question: Question, value: Value): boolean => {
    const scope = {
      valueOf: (parts: readonly string[]) => (parts.join('.') === name ? value : undefined),
      status: () => false,
      assume: () => false,
    };
    return question.form === 'truth' ? isTrue(question.part, scope) : evaluate(question.part, scope) === true;
  };
  const functions = questions.filter(({ form }) => form === 'other');
  const literals = questions.flatMap(({ form, literal }) => (form === 'equals' ? [literal] : []));
  for (const value of [...literals, '', ANOTHER]) {
    if (value === ANOTHER && functions.length > 0) continue;
    add(new Map(questions.map((question) => [question.text, answer(question, value)])));
  }
  if (functions.length > 6) return null;
  // A text can contain, begin and end as it likes: every combination, none of them equal to a literal.
  for (let bits = 0; functions.length > 0 && bits < 1 << functions.length; bits++) {
    add(
      new Map(
        questions.map((question) => [
          question.text,
          question.form === 'other'
            ? (bits & (1 << functions.indexOf(question))) !== 0
            : question.form === 'truth',
        ]),
      ),
    );
  }
  return found.size > MAX_ALTERNATIVES ? null : [...found.values()];
}

/** What a person or an event brings with it can be had; what only the settings or an earlier job know cannot be said. */
function isSetByRun(part: Expression): boolean {
  const roots = partsOf(part).flatMap((each) => (each.kind === 'path' ? [each.parts[0]] : []));
  return roots.length > 0 && roots.every((root) => root === 'github');
}

/** A condition with the truths put in; what is left asks for nothing but the run itself. */
export function withTruths(expression: Expression, truths: Truths): Expression {
  if (truths.size === 0) return expression;
  return simplified(replaceOpen(expression, truths), () => undefined);
}

function replaceOpen(expression: Expression, truths: Truths): Expression {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return { ...expression, args: expression.args.map((arg) => replaceOpen(arg, truths)) };
    case 'not':
      return { kind: 'not', of: replaceOpen(expression.of, truths) };
    case 'literal':
      return expression;
    default: {
      const truth = truths.get(textOfExpression(positive(expression)));
      if (truth === undefined) return expression;
      const isNegated = expression.kind === 'compare' && expression.operator === '!=';
      return { kind: 'literal', value: truth !== isNegated };
    }
  }
}

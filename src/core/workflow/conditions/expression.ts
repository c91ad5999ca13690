import { data, Lexer, Parser, type Expr } from '@actions/expressions';
import {
  Binary,
  ContextAccess,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from '@actions/expressions/ast';
import { endOfExpression } from '../../text/expression-end';

/** An expression as data, names in lower case (GitHub compares them so). */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'path'; readonly parts: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | {
      readonly kind: 'compare';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'and' | 'or'; readonly args: readonly Expression[] };

const CONTEXTS = [
  'github',
  'needs',
  'inputs',
  'vars',
  'secrets',
  'env',
  'matrix',
  'strategy',
  'job',
  'runner',
  'steps',
  'jobs',
];
const STATUS = ['success', 'failure', 'always', 'cancelled'];
const FUNCTIONS = [...STATUS, 'hashfiles'].map((name) => ({
  name,
  minArgs: 0,
  maxArgs: 255,
  call: () => new data.Null(),
}));

/** The condition of a job after GitHub's own additions, or why it cannot be read. */
export type Condition =
  { readonly ok: true; readonly expression: Expression } | { readonly ok: false; readonly message: string };

const TRUE: Expression = { kind: 'literal', value: true };
const SUCCESS: Expression = { kind: 'call', name: 'success', args: [] };

/**
 * Reads an `if`: no text is `success()`; `${{ e }}` around the whole is `e`; text around it makes a string, which is
 * true; without a call of a status function anywhere in the tree it is `success() && (e)`.
 * https://docs.github.com/actions/reference/workflows-and-actions/expressions, "Status check functions".
 */
export function readCondition(text: string | null): Condition {
  if (text === null || text === '') return { ok: true, expression: SUCCESS };
  let source = text;
  if (source.includes('${{')) {
    // Nothing is trimmed: the line break that a block scalar ends with makes a text of it, too.
    const whole = /^\$\{\{([\s\S]*)\}\}$/.exec(source);
    const inner = whole?.[1] ?? '';
    // `${{ a }} && ${{ b }}` begins and ends like one expression and is text all the same.
    if (!whole || inner.includes('${{')) return readText(source);
    source = inner;
  }
  const read = readExpression(source);
  if (!read.ok || callsStatus(read.expression)) return read;
  return { ok: true, expression: { kind: 'and', args: [SUCCESS, read.expression] } };
}

/**
 * Text with expressions in it is true whatever they say, but a status function that one of them calls takes the
 * implicit `success()` away all the same: GitHub looks for the call in the tree of `format('{0} …', …)`.
 */
function readText(source: string): Condition {
  for (const part of embeddedIn(source)) {
    const read = readExpression(part);
    if (!read.ok) return read;
    if (callsStatus(read.expression)) return { ok: true, expression: TRUE };
  }
  return { ok: true, expression: { kind: 'and', args: [SUCCESS, TRUE] } };
}

/** What stands inside each `${{ }}` of a text. */
function embeddedIn(source: string): readonly string[] {
  const parts: string[] = [];
  for (let open = source.indexOf('${{'); open >= 0; open = source.indexOf('${{', open)) {
    const close = endOfExpression(source, open + 3);
    // One that is never closed is read to the end, where its reader will say so.
    parts.push(close < 0 ? source.slice(open + 3) : source.slice(open + 3, close - 2));
    open = close < 0 ? source.length : close;
  }
  return parts;
}

/** Reads one expression without its `${{ }}`. */
export function readExpression(source: string): Condition {
  try {
    const { tokens } = new Lexer(source).lex();
    const tree = new Parser(tokens, CONTEXTS, FUNCTIONS).parse() as Expr | undefined;
    return tree ? { ok: true, expression: convert(tree) } : { ok: false, message: 'it is empty' };
  } catch (error) {
    // The library says by exception what is no expression.
    return { ok: false, message: error instanceof Error ? error.message : 'it is no expression' };
  }
}

function convert(tree: Expr): Expression {
  if (tree instanceof Literal) {
    const value = tree.literal;
    if (
      value instanceof data.StringData ||
      value instanceof data.NumberData ||
      value instanceof data.BooleanData
    ) {
      return { kind: 'literal', value: value.value };
    }
    return { kind: 'literal', value: null };
  }
  if (tree instanceof Grouping) return convert(tree.group);
  if (tree instanceof Unary) return { kind: 'not', of: convert(tree.expr) };
  if (tree instanceof Binary) {
    return {
      kind: 'compare',
      operator: tree.operator.lexeme,
      left: convert(tree.left),
      right: convert(tree.right),
    };
  }
  if (tree instanceof Logical) {
    return { kind: tree.operator.lexeme === '&&' ? 'and' : 'or', args: tree.args.map(convert) };
  }
  if (tree instanceof FunctionCall) {
    return { kind: 'call', name: tree.functionName.lexeme.toLowerCase(), args: tree.args.map(convert) };
  }
  if (tree instanceof ContextAccess) return { kind: 'path', parts: [tree.name.lexeme.toLowerCase()] };
  if (tree instanceof IndexAccess) {
    const base = convert(tree.expr);
    const index: Expression =
      tree.index instanceof Star ? { kind: 'literal', value: '*' } : convert(tree.index);
    if (base.kind === 'path' && index.kind === 'literal') {
      return { kind: 'path', parts: [...base.parts, String(index.value).toLowerCase()] };
    }
    return { kind: 'call', name: 'index', args: [base, index] };
  }
  return { kind: 'literal', value: null };
}

/** Every part of an expression, itself first. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'path':
      return [expression];
    case 'not':
      return [expression, ...partsOf(expression.of)];
    case 'compare':
      return [expression, ...partsOf(expression.left), ...partsOf(expression.right)];
    case 'call':
    case 'and':
    case 'or':
      return [expression, ...expression.args.flatMap(partsOf)];
  }
}

function callsStatus(expression: Expression): boolean {
  return partsOf(expression).some((part) => part.kind === 'call' && STATUS.includes(part.name));
}

/** Whether it asks for `always()` or `cancelled()`, of which alone GitHub says what they are in a cancelled run. */
export function namesCancellation(expression: Expression): boolean {
  return partsOf(expression).some(
    (part) => part.kind === 'call' && (part.name === 'always' || part.name === 'cancelled'),
  );
}

/** An expression as text again, the same for the same meaning; for messages and as a name of what is unknown. */
export function textOfExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' ? `'${expression.value}'` : String(expression.value);
    case 'path':
      return expression.parts.join('.');
    case 'not':
      return `!${textOfExpression(expression.of)}`;
    case 'compare':
      return `${textOfExpression(expression.left)} ${expression.operator} ${textOfExpression(expression.right)}`;
    case 'call':
      return `${expression.name}(${expression.args.map(textOfExpression).join(', ')})`;
    case 'and':
    case 'or':
      return `(${expression.args.map(textOfExpression).join(expression.kind === 'and' ? ' && ' : ' || ')})`;
  }
}

/**
 * A value while evaluating. `set` is a list of which only the members count (`needs.*.result`); `isText` where it was
 * joined, so that a part of a member is enough for `contains`. `undefined`: not known.
 */
export type Value =
  string | number | boolean | null | { readonly set: readonly string[]; readonly isText?: true } | undefined;

/** What an expression is evaluated in. */
export interface Scope {
  /** `undefined` where no file says. */
  valueOf(parts: readonly string[]): Value;
  status(name: 'success' | 'failure' | 'always' | 'cancelled'): boolean;
  /** The truth of a part that no file settles, by its text. */
  assume(part: Expression): boolean;
}

/** Evaluates as GitHub does; the parts that no file settles are asked of the scope, as true or false. */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'path':
      return scope.valueOf(expression.parts);
    case 'not':
      return !isTrue(expression.of, scope);
    case 'and':
    case 'or': {
      let value: Value = null;
      for (const [index, arg] of expression.args.entries()) {
        value = evaluate(arg, scope);
        const isLast = index === expression.args.length - 1;
        if (value === undefined && isLast) return undefined;
        const isTruthy = value === undefined ? scope.assume(arg) : truthy(value);
        if (isTruthy === (expression.kind === 'or')) return value === undefined ? isTruthy : value;
        if (value === undefined) value = false;
      }
      return value;
    }
    case 'compare': {
      const left = evaluate(expression.left, scope);
      const right = evaluate(expression.right, scope);
      if (left === undefined || right === undefined || isJoined(left) || isJoined(right)) {
        return assumeComparison(expression, scope);
      }
      return compare(expression.operator, left, right);
    }
    case 'call':
      return call(expression, scope);
  }
}

/** `a != b` is the opposite of `a == b`, so that both are one assumption. */
function assumeComparison(expression: Expression & { kind: 'compare' }, scope: Scope): boolean {
  if (expression.operator !== '!=') return scope.assume(expression);
  return !scope.assume({ ...expression, operator: '==' });
}

/**
 * The truth of an expression with what is known put in: a literal where that settles it, else what is left. Only its
 * being true or false is kept, not the operand that `&&` and `||` give.
 *
 * @param valueOf `undefined` for what stays as it is.
 */
export function simplified(expression: Expression, valueOf: (parts: readonly string[]) => Value): Expression {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const isOr = expression.kind === 'or';
      const left: Expression[] = [];
      for (const arg of expression.args) {
        const part = simplified(arg, valueOf);
        if (part.kind !== 'literal') left.push(part);
        else if (truthy(part.value) === isOr) return literal(isOr);
      }
      const [only] = left;
      if (!only) return literal(!isOr);
      return left.length === 1 ? only : { kind: expression.kind, args: left };
    }
    case 'not': {
      const of = simplified(expression.of, valueOf);
      return of.kind === 'literal' ? literal(!truthy(of.value)) : { kind: 'not', of };
    }
    default: {
      const value = settled(expression, valueOf);
      return value.kind === 'literal' ? literal(truthy(value.value)) : value;
    }
  }
}

/** An expression's value with what is known put in. */
function settled(expression: Expression, valueOf: (parts: readonly string[]) => Value): Expression {
  let isKnown = true;
  const value = evaluate(expression, {
    valueOf,
    status: () => (isKnown = false),
    assume: () => (isKnown = false),
  });
  if (isKnown && value !== undefined && (value === null || typeof value !== 'object')) {
    return { kind: 'literal', value };
  }
  switch (expression.kind) {
    case 'literal':
    case 'path':
      return expression;
    case 'not':
      return { kind: 'not', of: settled(expression.of, valueOf) };
    case 'compare':
      return {
        ...expression,
        left: settled(expression.left, valueOf),
        right: settled(expression.right, valueOf),
      };
    case 'call':
    case 'and':
    case 'or':
      return { ...expression, args: expression.args.map((arg) => settled(arg, valueOf)) };
  }
}

function literal(value: boolean): Expression {
  return { kind: 'literal', value };
}

/** The same expression with each path replaced where `by` gives something for it. */
export function replacePaths(
  expression: Expression,
  by: (parts: readonly string[]) => Expression | null,
): Expression {
  switch (expression.kind) {
    case 'literal':
      return expression;
    case 'path':
      return by(expression.parts) ?? expression;
    case 'not':
      return { kind: 'not', of: replacePaths(expression.of, by) };
    case 'compare':
      return {
        ...expression,
        left: replacePaths(expression.left, by),
        right: replacePaths(expression.right, by),
      };
    case 'call':
    case 'and':
    case 'or':
      return { ...expression, args: expression.args.map((arg) => replacePaths(arg, by)) };
  }
}

/** Whether an expression counts as true. */
export function isTrue(expression: Expression, scope: Scope): boolean {
  const value = evaluate(expression, scope);
  return value === undefined ? scope.assume(expression) : truthy(value);
}

function truthy(value: Exclude<Value, undefined>): boolean {
  return !(value === false || value === null || value === '' || value === 0 || Number.isNaN(value));
}

function numberOf(value: Exclude<Value, undefined>): number {
  if (value === null) return 0;
  if (typeof value === 'object') return NaN;
  if (typeof value === 'string') return value.trim() === '' ? 0 : Number(value);
  return Number(value);
}

function compare(operator: string, a: Exclude<Value, undefined>, b: Exclude<Value, undefined>): boolean {
  const isText = typeof a === 'string' && typeof b === 'string';
  const left = isText ? a.toUpperCase() : numberOf(a);
  const right = isText ? b.toUpperCase() : numberOf(b);
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

/** A list joined to one text, of which the order is not known: only what it contains can be asked. */
function isJoined(value: Exclude<Value, undefined>): boolean {
  return value !== null && typeof value === 'object' && value.isText === true;
}

/** What a literal JSON text is, as far as conditions use it: a scalar or a list of scalars. */
function valueOfJson(text: string): Value {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // GitHub fails the run there; the condition is not known.
    return undefined;
  }
  if (
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    typeof value === 'string'
  ) {
    return value;
  }
  if (!Array.isArray(value)) return undefined;
  const members = value as readonly unknown[];
  const isPlain = members.every((member) => typeof member === 'string' || typeof member === 'number');
  return isPlain ? { set: members.map(String) } : undefined;
}

function textValue(value: Exclude<Value, undefined>): string {
  if (value === null) return '';
  return typeof value === 'object' ? value.set.join(',') : String(value);
}

function call(expression: Expression & { kind: 'call' }, scope: Scope): Value {
  const { name } = expression;
  if (name === 'success' || name === 'failure' || name === 'always' || name === 'cancelled') {
    return scope.status(name);
  }
  const args = expression.args.map((arg) => evaluate(arg, scope));
  const known = args.flatMap((value) => (value === undefined ? [] : [value]));
  if (known.length < args.length) return undefined;
  const [first = null, second = null] = known;
  switch (name) {
    case 'contains':
      if (first !== null && typeof first === 'object') {
        return first.isText
          ? first.set.some((member) => member.toUpperCase().includes(textValue(second).toUpperCase()))
          : first.set.some((member) => compare('==', member, second));
      }
      return textValue(first).toUpperCase().includes(textValue(second).toUpperCase());
    case 'startswith':
      return textValue(first).toUpperCase().startsWith(textValue(second).toUpperCase());
    case 'endswith':
      return textValue(first).toUpperCase().endsWith(textValue(second).toUpperCase());
    case 'join':
      return first !== null && typeof first === 'object'
        ? { set: first.set, isText: true }
        : textValue(first);
    case 'tojson':
      return first !== null && typeof first === 'object' ? { set: first.set, isText: true } : undefined;
    case 'format':
      return textValue(first).replace(/\{(\d+)\}/g, (_, index: string) =>
        textValue(known[Number(index) + 1] ?? null),
      );
    case 'fromjson':
      return typeof first === 'string' ? valueOfJson(first) : undefined;
    default:
      return undefined;
  }
}

/** What an expression of Terraform comes to, as far as literals and variables tell. */
export type TerraformValue =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'boolean'; readonly isTrue: boolean }
  | { readonly kind: 'text'; readonly text: string }
  /** A list, set or map by the keys that `for_each` makes of it. */
  | { readonly kind: 'keys'; readonly keys: readonly string[] };

/** Values of variables, as they are written. */
export type Variables = ReadonlyMap<string, string>;

/** An expression that needs more steps than this is not worked out. */
const MAX_STEPS = 20;

/**
 * Works out literals, `var.x`, conditions and comparisons of these, `length(…)`, `toset(…)` and the like; null for
 * everything else.
 */
export function valueOf(expression: string, variables: Variables, steps = 0): TerraformValue | null {
  const text = withoutParentheses(expression.trim());
  if (steps > MAX_STEPS || text.length > 20_000) return null;
  const of = (inner: string): TerraformValue | null => valueOf(inner, variables, steps + 1);
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return { kind: 'number', number: Number(text) };
  if (text === 'true' || text === 'false') return { kind: 'boolean', isTrue: text === 'true' };
  const plain = /^"((?:[^"\\$%]|\\.)*)"$/.exec(text)?.[1];
  if (plain !== undefined) return { kind: 'text', text: plain };
  const variable = /^var\.([\w-]+)$/.exec(text)?.[1];
  if (variable !== undefined) {
    const value = variables.get(variable);
    return value === undefined ? null : of(value);
  }
  if (text.startsWith('[') || text.startsWith('{')) return collectionOf(text, of);
  const parts = splitOutside(text, ['?', ':']);
  if (parts && parts.length === 3) {
    const [condition = '', yes = '', no = ''] = parts;
    const decided = of(condition);
    return decided?.kind === 'boolean' ? of(decided.isTrue ? yes : no) : null;
  }
  for (const operator of ['==', '!=']) {
    const sides = splitOutside(text, [operator]);
    if (sides?.length !== 2) continue;
    const [left, right] = sides.map(of);
    if (!left || !right) return null;
    return {
      kind: 'boolean',
      isTrue: (JSON.stringify(left) === JSON.stringify(right)) === (operator === '=='),
    };
  }
  if (text.startsWith('!')) {
    const inner = of(text.slice(1));
    return inner?.kind === 'boolean' ? { kind: 'boolean', isTrue: !inner.isTrue } : null;
  }
  const call = /^(length|toset|tolist|tomap|keys|distinct|sort)\(([^]*)\)$/.exec(text);
  if (call) {
    const inner = of(call[2] ?? '');
    if (inner?.kind !== 'keys') return null;
    return call[1] === 'length' ? { kind: 'number', number: inner.keys.length } : inner;
  }
  return null;
}

/** `["a", "b"]` by its items, `{ a = 1 }` by its keys; null where one of them is not plain. */
function collectionOf(text: string, of: (inner: string) => TerraformValue | null): TerraformValue | null {
  const isList = text.startsWith('[');
  if (!text.endsWith(isList ? ']' : '}')) return null;
  const items = splitOutside(text.slice(1, -1), [',', '\n'], true) ?? [];
  const keys: string[] = [];
  for (const item of items) {
    const plain = item.replace(/^\s*(?:#|\/\/).*$/gm, '').trim();
    if (plain === '') continue;
    const key = isList ? null : (splitOutside(plain, ['='])?.[0] ?? splitOutside(plain, [':'])?.[0])?.trim();
    if (!isList) {
      const name = key === undefined || key === null ? null : (/^"?([\w.-]+)"?$/.exec(key)?.[1] ?? null);
      if (name === null) return null;
      keys.push(name);
      continue;
    }
    const value = of(plain);
    if (value?.kind === 'text') keys.push(value.text);
    else if (value?.kind === 'number') keys.push(String(value.number));
    // An object of a list has no key of its own; only how many there are is told.
    else keys.push(`#${keys.length}`);
  }
  return { kind: 'keys', keys };
}

function withoutParentheses(text: string): string {
  let result = text;
  for (let depth = 0; depth < MAX_STEPS && result.startsWith('(') && closes(result); depth++) {
    result = result.slice(1, -1).trim();
  }
  return result;
}

function closes(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth++;
    else if (text[index] === ')' && --depth === 0) return index === text.length - 1;
  }
  return false;
}

/**
 * Cuts a text at separators outside brackets and strings: at each of them in order, or at any of them wherever it stands.
 * Null where one is not found.
 */
function splitOutside(text: string, separators: readonly string[], isAny = false): readonly string[] | null {
  const parts: string[] = [];
  let start = 0;
  let wanted = 0;
  for (let index = 0, depth = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (character === '"') {
      for (index++; index < text.length && text[index] !== '"'; index++) if (text[index] === '\\') index++;
    } else if (/[([{]/.test(character)) depth++;
    else if (/[)\]}]/.test(character)) depth--;
    else if (depth === 0) {
      const here = isAny
        ? separators.find((each) => text.startsWith(each, index))
        : [separators[wanted]].find((each) => each !== undefined && text.startsWith(each, index));
      if (here === undefined) continue;
      parts.push(text.slice(start, index));
      start = index + here.length;
      index += here.length - 1;
      wanted++;
    }
  }
  parts.push(text.slice(start));
  return isAny || wanted === separators.length ? parts : null;
}

import { valueOf, type YamlScalar, type YamlValue } from '../../workflow/yaml-tree';
import type { Candidate } from './candidate';
import type { Slot } from './shape';

/** GitHub's types of an input of a called workflow. */
export type InputType = 'string' | 'number' | 'boolean';

/** The type that a place takes and no other: `timeout-minutes` takes no text. */
export function requiredType(slot: Slot): 'number' | 'boolean' | null {
  const key = slot.keys[slot.keys.length - 1];
  const isPlace = slot.keys.length === 1 || (slot.keys[0] === 'steps' && slot.keys.length === 3);
  if (!isPlace) return null;
  return key === 'timeout-minutes' ? 'number' : key === 'continue-on-error' ? 'boolean' : null;
}

/** What an expression of the caller surely is; null: neither surely text nor surely a number. */
export function typeOfExpression(expression: string, candidates: readonly Candidate[]): InputType | null {
  if (/^needs\.[\w-]+\.(?:outputs\.[\w-]+|result)$/.test(expression)) return 'string';
  const key = /^matrix\.([\w-]+)$/.exec(expression)?.[1];
  if (!key) return null;
  const found = candidates.map((candidate) => matrixValues(candidate.members[0]?.job.matrix ?? null, key));
  if (found.some((values) => values === null)) return null;
  const values = found.flatMap((scalars) => scalars ?? []);
  if (values.every((value) => typeof value.value === 'string' && !value.text.includes('${{')))
    return 'string';
  return values.every(isInteger) ? 'number' : null;
}

function matrixValues(matrix: YamlValue | null, key: string): readonly YamlScalar[] | null {
  const direct = valueOf(matrix, key);
  const included = valueOf(matrix, 'include');
  const values = [
    ...(direct?.kind === 'list' ? direct.items : []),
    ...(included?.kind === 'list' ? included.items.flatMap((item) => valueOf(item, key) ?? []) : []),
  ];
  return values.length > 0 && values.every((value) => value.kind === 'scalar') ? values : null;
}

/** What values are as they are written; text where they are parts of one (`null`). */
export function typeOfLiterals(whole: readonly YamlScalar[] | null): InputType {
  if (!whole) return 'string';
  if (whole.every((scalar) => typeof scalar.value === 'boolean' && /^(?:true|false)$/.test(scalar.text)))
    return 'boolean';
  return whole.every(isInteger) ? 'number' : 'string';
}

/** A number that is written as GitHub would write it. */
function isInteger(scalar: YamlScalar): boolean {
  return typeof scalar.value === 'number' && /^(?:0|[1-9][0-9]{0,8})$/.test(scalar.text);
}

/** Whether a scalar comes out as the text that it is written as: `3.10` does not, being a number. */
export function isAsWritten(scalar: YamlScalar): boolean {
  return scalar.value === null ? scalar.text === '' : String(scalar.value) === scalar.text;
}

/** What more than half of the callers say, and is no expression. */
export function majorityOf(values: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const [value, count] of counts) {
    if (count * 2 > values.length && !value.includes('${{')) return value;
  }
  return null;
}

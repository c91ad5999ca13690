import type { YamlMap, YamlScalar, YamlValue } from '../../workflow/yaml-tree';
import { mapExpressions, renameNeeds } from './expressions';

/** What YAML means without how it is written: scalars as their text, maps without an order. */
export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape };

/** A scalar of a part of a candidate with its path from there: `steps.0.with.node-version`. */
export interface Slot {
  /** With the part's number in front: `1:steps.0.run`. */
  readonly path: string;
  readonly part: number;
  readonly keys: readonly string[];
  readonly scalar: YamlScalar;
}

/** The keys that a calling job may have besides `uses`, `with` and `secrets`: they stay with the caller of one job. */
export const CALLER_KEYS: readonly string[] = [
  'name',
  'needs',
  'if',
  'strategy',
  'permissions',
  'concurrency',
];

/** The keys of a job that go into the called workflow. */
export const CALLED_KEYS: readonly string[] = [
  'runs-on',
  'environment',
  'timeout-minutes',
  'continue-on-error',
  'defaults',
  'env',
  'container',
  'services',
  'outputs',
  'steps',
];

/** What goes inside with a job of a pipeline, besides which other jobs it needs. */
export const PIPELINE_KEYS: readonly string[] = [
  ...CALLER_KEYS.filter((key) => key !== 'needs'),
  ...CALLED_KEYS,
];

/** What goes inside from the top of a pipeline's workflow, since a called workflow does not get it from its caller's. */
export const ROOT_KEYS: readonly string[] = ['env'];

/** The shape of a value, with `${{x}}` written like `${{ x }}`. */
export function shapeOf(value: YamlValue): Shape {
  switch (value.kind) {
    case 'scalar':
      return spaced(value.text);
    case 'list':
      return value.items.map(shapeOf);
    case 'map':
      return Object.fromEntries(value.entries.map((entry) => [entry.key.text, shapeOf(entry.value)]));
  }
}

/** The shape of some keys of a map. */
export function shapeOfKeys(map: YamlMap, keys: readonly string[]): { readonly [key: string]: Shape } {
  return Object.fromEntries(
    map.entries
      .filter((entry) => keys.includes(entry.key.text))
      .map((entry) => [entry.key.text, shapeOf(entry.value)]),
  );
}

/** Whether two shapes mean the same. */
export function isSameShape(first: Shape, second: Shape): boolean {
  return canonical(first) === canonical(second);
}

/** Every scalar of some keys of a map, in an order that does not depend on the file's. */
export function slotsOf(map: YamlMap, keys: readonly string[], part: number): readonly Slot[] {
  const slots: Slot[] = [];
  const walk = (value: YamlValue, path: readonly string[]): void => {
    switch (value.kind) {
      case 'scalar':
        slots.push({ path: slotPath(part, path), part, keys: path, scalar: value });
        return;
      case 'list':
        value.items.forEach((item, index) => walk(item, [...path, String(index)]));
        return;
      case 'map':
        for (const entry of sorted(value)) walk(entry.value, [...path, entry.key.text]);
    }
  };
  for (const entry of sorted(map)) {
    if (keys.includes(entry.key.text)) walk(entry.value, [entry.key.text]);
  }
  return slots;
}

/** The path of a slot. */
export function slotPath(part: number, keys: readonly string[]): string {
  return `${part}:${keys.join('.')}`;
}

/** Equal for parts with the same keys, steps, actions, conditions and ids, whatever their other scalars hold. */
export function signatureOf(map: YamlMap, keys: readonly string[]): string {
  const walk = (value: YamlValue, path: readonly string[]): Shape => {
    switch (value.kind) {
      case 'scalar':
        return isFixed(path) ? `=${withoutIds(path, value.text)}` : '';
      case 'list':
        return value.items.map((item, index) => walk(item, [...path, String(index)]));
      case 'map':
        return Object.fromEntries(
          value.entries.map((entry) => [entry.key.text, walk(entry.value, [...path, entry.key.text])]),
        );
    }
  };
  return canonical(
    Object.fromEntries(
      map.entries
        .filter((entry) => keys.includes(entry.key.text))
        .map((entry) => [entry.key.text, walk(entry.value, [entry.key.text])]),
    ),
  );
}

/** The ids of other jobs are names like any other. */
function withoutIds(keys: readonly string[], text: string): string {
  return withRenamedNeeds(keys, text, () => '_');
}

/** The text of a slot with spaced expressions, in which the jobs that it names are called otherwise. */
export function withRenamedNeeds(
  keys: readonly string[],
  text: string,
  nameOf: ((id: string) => string | undefined) | null,
): string {
  if (!nameOf || !text.includes('needs')) return spaced(text);
  if (isCondition(keys) && !text.includes('${{')) return renameNeeds(text, nameOf);
  return mapExpressions(text, (expression) => `\${{ ${renameNeeds(expression, nameOf)} }}`);
}

/**
 * Places that take no expression (`uses`, `id`, `shell`, `permissions`) or mean something else as one (`if`), and outputs.
 */
export function isFixed(keys: readonly string[]): boolean {
  const [first, second, key] = keys;
  if (first === 'outputs' || first === 'permissions' || first === 'if') return true;
  if (first === 'defaults') return second === 'run' && key === 'shell';
  return first === 'steps' && keys.length === 3 && ['uses', 'id', 'shell', 'if'].includes(key ?? '');
}

/** Whether a slot is an expression though it has no braces. */
export function isCondition(keys: readonly string[]): boolean {
  return (
    (keys[0] === 'if' && keys.length === 1) || (keys[0] === 'steps' && keys[2] === 'if' && keys.length === 3)
  );
}

/** Whether a slot is a script. */
export function isScript(keys: readonly string[]): boolean {
  return keys[0] === 'steps' && keys.length === 3 && keys[2] === 'run';
}

/** Whether a slot is the name of a step, which only people read. */
export function isStepName(keys: readonly string[]): boolean {
  return keys[0] === 'steps' && keys.length === 3 && keys[2] === 'name';
}

/** Writes every expression with one blank inside its braces. */
export function spaced(text: string): string {
  return mapExpressions(text, (expression) => `\${{ ${expression} }}`);
}

function sorted(map: YamlMap): YamlMap['entries'] {
  return [...map.entries].sort((a, b) => (a.key.text < b.key.text ? -1 : a.key.text > b.key.text ? 1 : 0));
}

/** A shape as one text, equal for what means the same. */
export function canonical(shape: Shape): string {
  if (typeof shape === 'string') return JSON.stringify(shape);
  if (isShapeList(shape)) return `[${shape.map(canonical).join(',')}]`;
  const keys = Object.keys(shape).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(shape[key] ?? '')}`).join(',')}}`;
}

/** Whether a shape is a list. */
export function isShapeList(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape);
}

import { valueOf, type YamlScalar, type YamlValue } from '../../workflow/yaml-tree';

/** One job of a matrix. */
export interface Combination {
  /** Values by key, `inner.key` for what stands in a map. */
  readonly values: ReadonlyMap<string, string | number | boolean | null>;
  /** What GitHub appends to the job's name: the values of the matrix itself, not what `include` adds to them. */
  readonly segments: readonly string[];
}

/** GitHub's own limit of jobs in one matrix. */
const MAX_JOBS = 256;

/**
 * The combinations of a literal matrix, in GitHub's order, with `exclude` and `include` as the runner applies them
 * (actions/runner, `WorkflowParser/Conversion/MatrixBuilder.cs`). `why` completes "its matrix …".
 */
export function matrixCombinations(
  matrix: YamlValue,
):
  | { readonly ok: true; readonly combinations: readonly Combination[] }
  | { readonly ok: false; readonly why: string } {
  if (matrix.kind !== 'map') return { ok: false, why: 'is made by an expression' };
  const vectors: { readonly key: string; readonly items: readonly YamlValue[] }[] = [];
  for (const { key, value } of matrix.entries) {
    if (key.text === 'include' || key.text === 'exclude') continue;
    if (value.kind !== 'list') return { ok: false, why: `takes ${key.text} from an expression` };
    vectors.push({ key: key.text, items: value.items });
  }
  const include = itemsOf(matrix, 'include');
  const exclude = itemsOf(matrix, 'exclude');
  if (!include || !exclude) return { ok: false, why: 'takes include or exclude from an expression' };
  if (!isLiteral(matrix)) return { ok: false, why: 'has values that are expressions' };
  const size = vectors.length === 0 ? 0 : vectors.reduce((product, { items }) => product * items.length, 1);
  if (size + include.length > MAX_JOBS) return { ok: false, why: `has more than ${MAX_JOBS} jobs` };

  const product = vectors.length === 0 ? [] : crossProduct(vectors);
  const kept = product.filter((row) => !exclude.some((filter) => matches(row, filter)));
  const used = new Set<YamlValue>();
  const combinations = kept.map((row): Combination => {
    const extra = new Map<string, YamlValue>();
    for (const item of include) {
      if (item.kind !== 'map') continue;
      const filters = item.entries.filter(({ key }) => row.has(key.text));
      if (!filters.every(({ key, value }) => isSame(row.get(key.text), value))) continue;
      used.add(item);
      for (const { key, value } of item.entries) if (!row.has(key.text)) extra.set(key.text, value);
    }
    return { values: scalarsOf([...row, ...extra]), segments: segmentsOf(row.values()) };
  });
  const added = include.flatMap((item): Combination[] => {
    if (used.has(item) || item.kind !== 'map') return [];
    // Keys of the matrix come first, then what is new, each in the order of the file.
    const isKey = (key: string): boolean => vectors.some((vector) => vector.key === key);
    const entries = [
      ...item.entries.filter(({ key }) => isKey(key.text)),
      ...item.entries.filter(({ key }) => !isKey(key.text)),
    ].map(({ key, value }) => [key.text, value] as const);
    return [{ values: scalarsOf(entries), segments: segmentsOf(entries.map(([, value]) => value)) }];
  });
  return { ok: true, combinations: [...combinations, ...added] };
}

function itemsOf(matrix: YamlValue, key: string): readonly YamlValue[] | null {
  const value = valueOf(matrix, key);
  if (value === null) return [];
  return value.kind === 'list' ? value.items : null;
}

function isLiteral(value: YamlValue): boolean {
  switch (value.kind) {
    case 'scalar':
      return !value.text.includes('${{');
    case 'list':
      return value.items.every(isLiteral);
    case 'map':
      return value.entries.every((entry) => isLiteral(entry.value));
  }
}

function crossProduct(
  vectors: readonly { readonly key: string; readonly items: readonly YamlValue[] }[],
): readonly ReadonlyMap<string, YamlValue>[] {
  let rows: readonly ReadonlyMap<string, YamlValue>[] = [new Map()];
  for (const { key, items } of vectors) {
    rows = rows.flatMap((row) => items.map((item) => new Map([...row, [key, item]])));
  }
  return rows;
}

function matches(row: ReadonlyMap<string, YamlValue>, filter: YamlValue): boolean {
  return (
    filter.kind === 'map' &&
    filter.entries.length > 0 &&
    filter.entries.every(({ key, value }) => isSame(row.get(key.text), value))
  );
}

/** A filter of a map needs the keys that it names only. */
function isSame(value: YamlValue | undefined, filter: YamlValue): boolean {
  if (!value || value.kind !== filter.kind) return false;
  if (value.kind === 'scalar' && filter.kind === 'scalar') return value.text === filter.text;
  if (value.kind === 'list' && filter.kind === 'list') {
    return (
      value.items.length === filter.items.length &&
      filter.items.every((item, index) => isSame(value.items[index], item))
    );
  }
  return (
    filter.kind === 'map' &&
    filter.entries.every((entry) => isSame(valueOf(value, entry.key.text) ?? undefined, entry.value))
  );
}

function scalarsOf(entries: readonly (readonly [string, YamlValue])[]): Combination['values'] {
  const found = new Map<string, string | number | boolean | null>();
  const add = (path: string, value: YamlValue): void => {
    if (value.kind === 'scalar') found.set(path.toLowerCase(), value.value);
    else if (value.kind === 'map') {
      for (const { key, value: inner } of value.entries) add(`${path}.${key.text}`, inner);
    }
  };
  for (const [key, value] of entries) add(key, value);
  return found;
}

function segmentsOf(values: Iterable<YamlValue>): string[] {
  return [...values].flatMap(leavesOf).flatMap((scalar) => {
    const text = scalar.value === null ? '' : String(scalar.value);
    return text === '' ? [] : [text];
  });
}

function leavesOf(value: YamlValue): readonly YamlScalar[] {
  switch (value.kind) {
    case 'scalar':
      return [value];
    case 'list':
      return value.items.flatMap(leavesOf);
    case 'map':
      return value.entries.flatMap((entry) => leavesOf(entry.value));
  }
}

/** Reading JSON that others wrote: nothing is taken for granted, nothing throws. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands at a path of keys; undefined where there is nothing. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let reached = value;
  for (const key of keys) {
    if (!isRecord(reached) || !Object.hasOwn(reached, key)) return undefined;
    reached = reached[key];
  }
  return reached;
}

export function textAt(value: unknown, ...keys: readonly string[]): string | null {
  const text = at(value, ...keys);
  return typeof text === 'string' ? text : null;
}

export function numberAt(value: unknown, ...keys: readonly string[]): number | null {
  const number = at(value, ...keys);
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const list = at(value, ...keys);
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
}

/** A commit id in lower case: 7 to 64 hex digits; null for anything else, a branch's name too. */
export function commitOf(text: string | null): string | null {
  const id = text?.trim().toLowerCase() ?? '';
  return /^[0-9a-f]{7,64}$/.test(id) ? id : null;
}

/** Looks at a value that was read from a file: null where it fits, else what does not: `.poll.number is no number`. */
export type Shape = (value: unknown) => string | null;

export const text: Shape = (value) => (typeof value === 'string' ? null : ' is no text');
export const number: Shape = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? null : ' is no number';
export const flag: Shape = (value) => (typeof value === 'boolean' ? null : ' is neither true nor false');

/** The shape, or null. */
export function orNull(shape: Shape): Shape {
  return (value) => (value === null ? null : shape(value));
}

/** The shape, or nothing there at all. */
export function orAbsent(shape: Shape): Shape {
  return (value) => (value === undefined ? null : shape(value));
}

/** One of a few words. */
export function oneOf(words: readonly string[]): Shape {
  return (value) =>
    typeof value === 'string' && words.includes(value) ? null : ` is none of ${words.join(', ')}`;
}

/** A list whose items all have the shape. */
export function listOf(item: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return ' is no list';
    for (const [index, each] of value.entries()) {
      const wrong = item(each);
      if (wrong !== null) return `[${index}]${wrong}`;
    }
    return null;
  };
}

/** Values of the shape under any names. */
export function mapOf(item: Shape): Shape {
  return (value) => {
    if (!isFields(value)) return ' is no record';
    for (const [name, each] of Object.entries(value)) {
      const wrong = item(each);
      if (wrong !== null) return `.${name}${wrong}`;
    }
    return null;
  };
}

/** A record with at least these fields; what else it has is left as it is, since a newer version may have written it. */
export function record<T>(fields: Readonly<Partial<Record<keyof T, Shape>>>): Shape {
  const shapes = Object.entries(fields) as readonly (readonly [string, Shape])[];
  return (value) => {
    if (!isFields(value)) return ' is no record';
    for (const [name, shape] of shapes) {
      const wrong = shape(Object.hasOwn(value, name) ? value[name] : undefined);
      if (wrong !== null) return `.${name}${wrong}`;
    }
    return null;
  };
}

/** One of several shapes, told apart by the word in one of their fields; null for a word that is none of them. */
export function variantOf(
  field: string,
  variants: Readonly<Record<string, Shape>>,
): (value: unknown) => string | null {
  return (value) => {
    if (!isFields(value)) return ' is no record';
    const word = value[field];
    const shape = typeof word === 'string' && Object.hasOwn(variants, word) ? variants[word] : undefined;
    return shape ? shape(value) : `.${field} is none of ${Object.keys(variants).join(', ')}`;
  };
}

/** Whether a value is a record of JSON: neither list nor null. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

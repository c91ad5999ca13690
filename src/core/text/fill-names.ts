/**
 * A text with `{name}` replaced by the value of that name; names without a value stay. Once for all names, so that no value
 * is looked through for names of others.
 */
export function fillNames(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z]+(?:-[a-z]+)*)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : whole,
  );
}

/**
 * A function that gives the same answer again for an object that it was asked about before, for as long as that object
 * lives. An editor judges a repository at every keystroke, and the readings of all files but one are the same objects
 * as before: what rests on one workflow or job alone is then not worked out again. `make` must be pure.
 */
export function remembered<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const before = known.get(key);
    if (before) return before.value;
    const value = make(key);
    known.set(key, { value });
    return value;
  };
}

/** The same for texts: only the text that was asked about last is kept, since the parts of one file follow each other. */
export function rememberedOfLast<Value>(make: (text: string) => Value): (text: string) => Value {
  let last: { readonly text: string; readonly value: Value } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, value: make(text) };
    return last.value;
  };
}

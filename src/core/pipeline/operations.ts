import { applyEdits } from '../text/edit';
import { removeEntry, setEntry, type EditResult, type EntryPlace, type NewYaml } from '../workflow/edit';
import { readYaml, valueOf, type YamlMap, type YamlValue } from '../workflow/yaml-tree';

/** One edit of a text as it stands after the edits before it. */
export type Operation = (text: string) => EditResult;

/** A text after all of its operations, or why one of them could not be done; then nothing was. */
export type OperationsResult =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** Keys of maps and indexes of lists, from the root. */
export type YamlPath = readonly (string | number)[];

/** Does operations one after the other, reading the text again before each. */
export function runOperations(text: string, operations: readonly Operation[]): OperationsResult {
  let reached = text;
  for (const operation of operations) {
    const result = operation(reached);
    if (!result.ok) return result;
    reached = applyEdits(reached, result.edits);
  }
  return { ok: true, text: reached };
}

/** The value at a path; null where there is none. */
export function valueAt(root: YamlValue | null, path: YamlPath): YamlValue | null {
  let value = root;
  for (const part of path) {
    value =
      typeof part === 'string'
        ? valueOf(value, part)
        : value?.kind === 'list'
          ? (value.items[part] ?? null)
          : null;
  }
  return value;
}

/** Sets an entry of the map at `path`. */
export function setAt(path: YamlPath, key: string, value: NewYaml, place: EntryPlace = {}): Operation {
  return onMap(path, (text, map) => setEntry(text, map, key, value, place));
}

/**
 * Removes an entry of the map `key` in the map at `path`, and the whole map when nothing else is in it. What is not
 * there is no fault.
 */
export function removeWithin(path: YamlPath, key: string, entry: string): Operation {
  return onMap(path, (text, outer) => {
    const map = valueOf(outer, key);
    if (map?.kind !== 'map' || !valueOf(map, entry)) return { ok: true, edits: [] };
    return map.entries.length === 1 ? removeEntry(text, outer, key) : removeEntry(text, map, entry);
  });
}

/** Runs `edit` on the map at `path`; a refusal where there is none. */
export function onMap(path: YamlPath, edit: (text: string, map: YamlMap) => EditResult): Operation {
  return (text) => {
    const value = valueAt(readYaml(text).root, path);
    return value?.kind === 'map'
      ? edit(text, value)
      : { ok: false, reason: `there is no map at ${path.join('.') || 'its root'}` };
  };
}

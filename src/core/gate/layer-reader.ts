import { isoDay } from '../text/iso-day';
import type { Located, Span } from '../text/position';
import { nearMiss } from '../rules/near-miss';
import { entryOf, type YamlEntry, type YamlMap, type YamlValue } from '../workflow/yaml-tree';

/** Says a mistake at a place of the file that is read. */
export type SayMistake = (message: string, span: Span) => void;

/** Reads values of a configuration's maps; what is of the wrong shape is said, and then counts as not there. */
export interface LayerReader {
  /** Says every key that is not among `keys`; `where` begins the sentence. */
  readonly knownKeys: (map: YamlMap, keys: readonly string[], where: string) => void;
  readonly mapAt: (parent: YamlMap | null, key: string) => YamlMap | null;
  readonly textAt: (parent: YamlMap | null, key: string) => Located<string> | null;
  readonly textsAt: (parent: YamlMap | null, key: string, what: string) => Located<string>[] | null;
  /** As `textsAt`, of paths and globs that stay inside the repository. */
  readonly insideAt: (parent: YamlMap | null, key: string, what: string) => Located<string>[] | null;
  /** A whole number within bounds; `unit` is for the message: "whole days". */
  readonly numberAt: (
    parent: YamlMap | null,
    key: string,
    bounds: { readonly from: number; readonly to: number; readonly unit: string },
  ) => number | null;
  readonly flagAt: (parent: YamlMap | null, key: string) => boolean | null;
  /** The maps of a list; anything else in it is said. `what` is what one of them is. */
  readonly mapsAt: (parent: YamlMap | null, key: string, what: string) => readonly YamlMap[];
}

/** A reader that says mistakes to `problem`. */
export function layerReader(problem: SayMistake): LayerReader {
  const textsAt: LayerReader['textsAt'] = (parent, key, what) => {
    const entry = entryOf(parent, key);
    if (!entry || isNull(entry.value)) return null;
    const items = entry.value.kind === 'list' ? entry.value.items : [entry.value];
    return items.flatMap((item) => {
      if (item.kind === 'scalar' && item.text.trim() !== '') {
        return [{ value: item.text.trim(), span: item.span }];
      }
      problem(
        `"${key}" must be a list of ${what}`,
        item.span.end > item.span.start ? item.span : entry.key.span,
      );
      return [];
    });
  };
  return {
    knownKeys: (map, keys, where) => {
      for (const entry of map.entries) {
        if (keys.includes(entry.key.text)) continue;
        const near = nearMiss(entry.key.text, keys);
        problem(
          `${where} has no key "${entry.key.text}"; ${near ? `did you mean "${near}"` : `it takes ${keys.join(', ')}`}`,
          entry.key.span,
        );
      }
    },
    mapAt: (parent, key) => {
      const entry = entryOf(parent, key);
      if (!entry || isNull(entry.value)) return null;
      if (entry.value.kind === 'map') return entry.value;
      problem(`"${key}" must be a map`, placeOf(entry));
      return null;
    },
    textAt: (parent, key) => {
      const entry = entryOf(parent, key);
      if (!entry || isNull(entry.value)) return null;
      if (entry.value.kind === 'scalar' && entry.value.text.trim() !== '') {
        return { value: entry.value.text.trim(), span: entry.value.span };
      }
      problem(`"${key}" must be a text`, placeOf(entry));
      return null;
    },
    textsAt,
    insideAt: (parent, key, what) => {
      const found = textsAt(parent, key, what);
      for (const { value, span } of found ?? []) {
        if (!staysInside(value)) {
          problem(
            `the path "${value}" must be inside the repository, from its root, with forward slashes and without ".."`,
            span,
          );
        }
      }
      return found;
    },
    numberAt: (parent, key, { from, to, unit }) => {
      const entry = entryOf(parent, key);
      if (!entry || isNull(entry.value)) return null;
      const value = entry.value.kind === 'scalar' ? entry.value.value : null;
      if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value;
      problem(`"${key}" must be ${unit} from ${from} to ${to}`, placeOf(entry));
      return null;
    },
    flagAt: (parent, key) => {
      const entry = entryOf(parent, key);
      if (!entry || isNull(entry.value)) return null;
      if (entry.value.kind === 'scalar' && typeof entry.value.value === 'boolean') return entry.value.value;
      problem(`"${key}" must be true or false`, placeOf(entry));
      return null;
    },
    mapsAt: (parent, key, what) => {
      const entry = entryOf(parent, key);
      if (!entry || isNull(entry.value)) return [];
      const items = entry.value.kind === 'list' ? entry.value.items : [entry.value];
      return items.flatMap((item) => {
        if (item.kind === 'map') return [item];
        problem(`"${key}" must be a list, and each of it ${what}`, placeOf(entry));
        return [];
      });
    },
  };
}

/** Whether nothing is said: `key:` with no value. */
export function isNull(value: YamlValue): boolean {
  return value.kind === 'scalar' && value.value === null;
}

/** Where to say a mistake of an entry: its value, or its key where the value has no place. */
export function placeOf(entry: YamlEntry): Span {
  return entry.value.span.end > entry.value.span.start ? entry.value.span : entry.key.span;
}

/** Whether a path or glob is one from the root of the repository that does not leave it. */
export function staysInside(path: string): boolean {
  if (path === '' || path.startsWith('/') || path.includes('\\') || path.includes('\0')) return false;
  if (/^[A-Za-z]:/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Whether a text is a day of the calendar, `2027-03-01`. */
export function isDate(text: string): boolean {
  return isoDay(text) === text;
}

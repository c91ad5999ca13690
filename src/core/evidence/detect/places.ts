import { isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments, type Node } from 'yaml';
import { nestsReasonably } from '../../text/nesting';
import { lineIndex, type Range } from '../../text/position';
import { fileSource, type Source } from '../fact';

/** A place in data: map keys and list indexes from the root. */
export type DataPath = readonly (string | number)[];

/** One document of a YAML or JSON text as plain data, with where each part stands. */
export interface PlacedDocument {
  readonly data: unknown;
  /** The key's place for a map entry, the item's for a list; null where there is none. */
  rangeOf(path: DataPath): Range | null;
}

/** Documents, or why the text is none. `range` is where reading failed. */
export type PlacedDocuments =
  | { readonly ok: true; readonly documents: readonly PlacedDocument[] }
  | { readonly ok: false; readonly message: string; readonly range: Range | null };

/**
 * Reads YAML (JSON is YAML) of one or more documents as data with places. Aliases are bounded by the library, so that
 * a few lines cannot become gigabytes. Never throws.
 */
export function readPlaced(text: string): PlacedDocuments {
  if (!nestsReasonably(text)) return { ok: false, message: 'is nested too deeply to be read', range: null };
  const lines = lineIndex(text);
  try {
    const parsed = parseAllDocuments(text, {
      uniqueKeys: false,
      strict: false,
      logLevel: 'silent',
      prettyErrors: false,
      lineCounter: new LineCounter(),
    });
    const documents: PlacedDocument[] = [];
    for (const document of Array.isArray(parsed) ? parsed : []) {
      const [error] = document.errors;
      if (error) {
        return {
          ok: false,
          message: `cannot be read: ${error.message}`,
          range: lines.rangeOf({ start: error.pos[0], end: error.pos[1] }),
        };
      }
      if (!document.contents) continue;
      const root = document.contents as Node;
      documents.push({
        data: document.toJS({ maxAliasCount: 200 }) as unknown,
        rangeOf: (path) => {
          const found = nodeAt(root, path);
          return found?.range ? lines.rangeOf({ start: found.range[0], end: found.range[1] }) : null;
        },
      });
    }
    return { ok: true, documents };
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    return { ok: false, message: `cannot be read: ${message}`, range: null };
  }
}

/** The value at a path of plain data; undefined where there is none. Own properties only. */
export function dataAt(data: unknown, path: DataPath): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** The map at a path, empty where there is none. */
export function mapAt(data: unknown, path: DataPath): Readonly<Record<string, unknown>> {
  const value = dataAt(data, path);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The list at a path, empty where there is none. */
export function listAt(data: unknown, path: DataPath): readonly unknown[] {
  const value = dataAt(data, path);
  return Array.isArray(value) ? value : [];
}

/** The text at a path; null for what is no string, or is empty. */
export function stringAt(data: unknown, path: DataPath): string | null {
  const value = dataAt(data, path);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** The first line that a pattern matches, as a source with the line's text as range. The pattern must not be global. */
export function lineSource(path: string, text: string, pattern: RegExp): Source {
  const found = findLine(text, pattern);
  return fileSource(path, found?.range ?? null);
}

/** The first line that a pattern matches, with its match and its place. */
export function findLine(
  text: string,
  pattern: RegExp,
): { readonly match: RegExpExecArray; readonly range: Range } | null {
  return findLines(text, pattern)[0] ?? null;
}

/** Every line that a pattern matches, at most 1,000. Lines beyond 2,000 characters are not looked at. */
export function findLines(
  text: string,
  pattern: RegExp,
): { readonly match: RegExpExecArray; readonly range: Range }[] {
  const found: { match: RegExpExecArray; range: Range }[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (const [index, line] of lines.entries()) {
    if (line.length > 2_000) continue;
    const match = pattern.exec(line);
    if (!match) continue;
    const indent = line.length - line.trimStart().length;
    found.push({
      match,
      range: {
        start: { line: index + 1, column: indent + 1 },
        end: { line: index + 1, column: Math.max(line.trimEnd().length, indent) + 1 },
      },
    });
    if (found.length >= 1_000) break;
  }
  return found;
}

function nodeAt(root: Node, path: DataPath): Node | null {
  let node: unknown = root;
  let place: Node | null = root;
  for (const part of path) {
    if (isMap(node)) {
      const pair: unknown = node.items.findLast(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part),
      );
      if (!isPair(pair)) return null;
      place = pair.key as Node;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      place = (node.items[part] ?? null) as Node | null;
      node = place;
    } else return null;
  }
  return place;
}

import type { BlockContent, DefinitionContent, RootContent, Table } from 'mdast';
import { comparable, shownText, spanOf } from '../../text/markdown';
import type { Span } from '../../text/position';
import { namesOf } from './terms';

/** The blocks that a part of a document is read from. */
export type Blocks = readonly (RootContent | BlockContent | DefinitionContent)[];

/** A row of a table: its cells by the key of their column, '' where the cell or the column is missing. */
export interface FoundRow<K extends string> {
  readonly cells: Readonly<Record<K, string>>;
  readonly span: Span;
  /** The columns that the table has, by key. */
  readonly columns: ReadonlySet<K>;
  /** Where a cell stands; the row where it has none. */
  readonly cellSpan: (key: K) => Span;
}

/** Column headers by key: what the template writes first, then what people write for it, in lower case. */
export type Columns<K extends string> = Readonly<Record<K, readonly string[]>>;

/** The rows of the tables that have at least one of the columns. */
export function readTable<K extends string>(blocks: Blocks, columns: Columns<K>): readonly FoundRow<K>[] {
  return blocks
    .filter((block): block is Table => block.type === 'table')
    .flatMap((table) => rowsOf(table, columns));
}

function rowsOf<K extends string>(table: Table, columns: Columns<K>): FoundRow<K>[] {
  const keys = Object.keys(columns) as K[];
  const [header, ...rows] = table.children;
  const indexes = columnsIn(header?.children.map(shownText) ?? [], columns);
  if (indexes.size === 0) return [];
  return rows.map((row) => {
    const cellOf = (key: K) => row.children[indexes.get(key) ?? -1];
    const cells = {} as Record<K, string>;
    for (const key of keys) {
      const cell = cellOf(key);
      cells[key] = cell ? shownText(cell) : '';
    }
    return {
      cells,
      span: spanOf(row),
      columns: new Set(indexes.keys()),
      cellSpan: (key) => {
        const cell = cellOf(key);
        return cell ? spanOf(cell) : spanOf(row);
      },
    };
  });
}

/**
 * Which column is which: by the kind's own titles first, then by what else people call them; a column is one key's, and the
 * first of a name counts.
 */
export function columnsIn<K extends string>(
  titles: readonly string[],
  columns: Columns<K>,
): ReadonlyMap<K, number> {
  const keys = Object.keys(columns) as K[];
  const names = titles.map(namesOf);
  const indexes = new Map<K, number>();
  const taken = new Set<number>();
  for (const isExact of [true, false]) {
    names.forEach((all, index) => {
      if (taken.has(index)) return;
      const candidates = isExact ? all.slice(0, 1) : all.slice(1);
      const key = keys.find(
        (other) =>
          !indexes.has(other) && columns[other].some((title) => candidates.includes(comparable(title))),
      );
      if (key === undefined) return;
      indexes.set(key, index);
      taken.add(index);
    });
  }
  return indexes;
}

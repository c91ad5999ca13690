import type { BlockContent, DefinitionContent, List, ListItem, RootContent, Table } from 'mdast';
import type { Span } from '../../text/position';
import { comparable, shownText, spanOf } from './parse';
import type { RunbookStep } from './steps';
import { NOTHING } from './write';

type Blocks = readonly (RootContent | BlockContent | DefinitionContent)[];

/** A step as it was found. `number` is what the document shows. */
export interface FoundStep {
  readonly step: RunbookStep;
  readonly number: number;
  /** The whole item. */
  readonly span: Span;
  /** Its first line. */
  readonly titleSpan: Span;
  /** The blocks of code in it. */
  readonly commandSpans: readonly Span[];
  /** The text of its duration as written; '' where it has none. */
  readonly durationText: string;
}

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

/** The paragraphs of a section, separated by one empty line; other blocks (tables, steps) are left out. */
export function readProse(blocks: Blocks): string {
  return blocks
    .filter((block) => block.type === 'paragraph')
    .map(shownText)
    .filter((text) => text !== '' && text !== NOTHING)
    .join('\n\n');
}

/** `- **Key:** value` bullets of the section, by comparable key; the first of a name counts. */
export function readKeyValues(blocks: Blocks): ReadonlyMap<string, { value: string; span: Span }> {
  const found = new Map<string, { value: string; span: Span }>();
  for (const item of itemsOf(blocks, false)) {
    const pair = keyValue(item);
    if (pair && !found.has(pair.key)) found.set(pair.key, { value: pair.value, span: spanOf(item) });
  }
  return found;
}

/** The value of the first of the keys that is there; '' where none is. */
export function valueOf(values: ReadonlyMap<string, { value: string }>, ...keys: readonly string[]): string {
  for (const key of keys) {
    const found = values.get(key);
    if (found) return found.value;
  }
  return '';
}

/** The bullets of a section, as text. */
export function readList(blocks: Blocks): readonly string[] {
  return itemsOf(blocks, false).map((item) => shownText(item));
}

/** The bullets of a section with their check boxes; one without a box is not done. */
export function readChecklist(
  blocks: Blocks,
): readonly { readonly text: string; readonly isDone: boolean }[] {
  return itemsOf(blocks, false).map((item) => ({ text: shownText(item), isDone: item.checked === true }));
}

/** The rows of the tables that have at least one of the columns. */
export function readTable<K extends string>(blocks: Blocks, columns: Columns<K>): readonly FoundRow<K>[] {
  return blocks
    .filter((block): block is Table => block.type === 'table')
    .flatMap((table) => rowsOf(table, columns));
}

function rowsOf<K extends string>(table: Table, columns: Columns<K>): FoundRow<K>[] {
  const keys = Object.keys(columns) as K[];
  const [header, ...rows] = table.children;
  const indexes = new Map<K, number>();
  header?.children.forEach((cell, index) => {
    const name = comparable(shownText(cell));
    const key = keys.find((other) => columns[other].some((title) => comparable(title) === name));
    if (key !== undefined && !indexes.has(key)) indexes.set(key, index);
  });
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

const STEP_KEYS = {
  owner: ['owner', 'who', 'responsible'],
  action: ['action', 'do'],
  expected: ['expected', 'expected outcome', 'expected result', 'expect', 'outcome', 'verify'],
  verifiedBy: ['verified by', 'verification', 'verification criteria'],
  duration: ['duration', 'time', 'estimated duration', 'estimate', 'takes'],
  onFailure: ['on failure', 'if it fails', 'failure', 'if this fails'],
} as const;

/** The numbered steps of a section. A step without one of its parts has '' there, or null for its duration. */
export function readSteps(blocks: Blocks): readonly FoundStep[] {
  const found: FoundStep[] = [];
  for (const block of blocks) {
    if (block.type !== 'list' || block.ordered !== true) continue;
    block.children.forEach((item, index) => found.push(readStep(item, (block.start ?? 1) + index)));
  }
  return found;
}

function readStep(item: ListItem, number: number): FoundStep {
  const values = readKeyValues(item.children);
  const first = item.children[0];
  const codes = item.children.filter((child) => child.type === 'code');
  const durationText = valueOf(values, ...STEP_KEYS.duration);
  const title = first?.type === 'paragraph' ? titleOf(first) : '';
  const verifiedBy = valueOf(values, ...STEP_KEYS.verifiedBy);
  return {
    step: {
      title,
      owner: valueOf(values, ...STEP_KEYS.owner),
      command: codes.map((code) => code.value).join('\n'),
      action: valueOf(values, ...STEP_KEYS.action),
      expected: valueOf(values, ...STEP_KEYS.expected),
      durationMinutes: minutesOf(durationText),
      onFailure: valueOf(values, ...STEP_KEYS.onFailure),
      ...(verifiedBy === '' ? {} : { verifiedBy }),
    },
    number,
    span: spanOf(item),
    titleSpan: first ? spanOf(first) : spanOf(item),
    commandSpans: codes.map(spanOf),
    durationText,
  };
}

function titleOf(paragraph: Extract<RootContent, { type: 'paragraph' }>): string {
  const [lead] = paragraph.children;
  return lead?.type === 'strong' ? shownText(lead) : shownText(paragraph);
}

/** "5 min", "1.5 h", "90 s" in minutes; null for anything else. */
export function minutesOf(text: string): number | null {
  const match =
    /^\s*(?:about |~ ?)?(\d{1,6}(?:\.\d{1,18})?)(?:e-\d{1,2})?\s*(h|hours?|min|mins|minutes?|m|s|secs?|seconds?)?\b\.?\s*$/i.exec(
      text,
    );
  if (!match?.[1]) return null;
  const amount = Number(match[1]);
  const unit = (match[2] ?? 'min').toLowerCase();
  if (unit.startsWith('h')) return amount * 60;
  return unit.startsWith('s') ? amount / 60 : amount;
}

function itemsOf(blocks: Blocks, isOrdered: boolean): readonly ListItem[] {
  return blocks
    .filter((block): block is List => block.type === 'list' && (block.ordered === true) === isOrdered)
    .flatMap((list) => list.children);
}

function keyValue(item: ListItem): { key: string; value: string } | null {
  const first = item.children[0];
  if (first?.type !== 'paragraph') return null;
  const text = shownText(first);
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  return { key: comparable(text.slice(0, colon)), value: text.slice(colon + 1).trim() };
}

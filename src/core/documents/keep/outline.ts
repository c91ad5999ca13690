import type {
  Code,
  List,
  ListItem,
  Nodes,
  Paragraph,
  PhrasingContent,
  RootContent,
  Table,
  TableCell,
  TableRow,
} from 'mdast';
import { comparable, shownText, spanOf } from '../../text/markdown';
import type { Span } from '../../text/position';
import type { ReadDocument } from '../document';
import { stepPartOf } from '../markdown/found-steps';
import type { WrittenValue } from './ledger';

/** A text that is taken, replaced or kept as a whole. */
export interface Leaf {
  readonly span: Span;
  /** What stands there without what only looks different (escapes, padding, line ends): by this it is known again. */
  readonly value: string;
  /** What a person reads. */
  readonly shown: string;
}

/** A paragraph, or a block of code of its own. */
export interface TextUnit {
  readonly type: 'text';
  readonly span: Span;
  readonly value: string;
  readonly shown: string;
}

/** A table with its columns by comparable title. */
export interface TableUnit {
  readonly type: 'table';
  readonly span: Span;
  readonly columns: readonly { readonly title: string; readonly key: string }[];
  readonly headerSpan: Span;
  readonly rows: readonly RowUnit[];
}

/** A row; a cell that the row lacks is null. */
export interface RowUnit {
  readonly span: Span;
  readonly cells: readonly (Leaf | null)[];
}

/** A list: numbered steps, `**Key:** value` pairs, or plain items. */
export interface ListUnit {
  readonly type: 'list';
  readonly span: Span;
  readonly isOrdered: boolean;
  /** Whether all of its items are pairs of a bold key and a value. */
  readonly isPairs: boolean;
  readonly items: readonly ItemUnit[];
}

/** An item of a list. */
export interface ItemUnit {
  readonly span: Span;
  /** Of its first line. */
  readonly title: string;
  /** The item with everything in it. */
  readonly value: string;
  readonly isDone: boolean | null;
  /** Key and value, where its first line is such a pair. */
  readonly pair: PairUnit | null;
  /** The blocks of code in it, then the pairs of its first list, each under a key of its own. */
  readonly parts: readonly PartUnit[];
  /** Where the items of that list stand, pairs or not. */
  readonly below: readonly Span[];
  /** Where its first block begins on its line: what stands below is indented so far. */
  readonly indent: number;
  readonly firstBlockEnd: number;
}

/** A pair: `leaf` is its value. */
export interface PairUnit {
  readonly key: string;
  readonly label: string;
  readonly leaf: Leaf;
}

/** A part of a step. */
export interface PartUnit {
  readonly key: string;
  readonly label: string;
  readonly type: 'code' | 'pair';
  /** The block of code, or the item with the pair. */
  readonly span: Span;
  readonly leaf: Leaf;
}

/** Anything else: nothing that a generator writes, so it stays where it is. */
export interface OtherUnit {
  readonly type: 'other';
  readonly span: Span;
  readonly isTable: boolean;
}

export type Unit = TextUnit | TableUnit | ListUnit | OtherUnit;

/** A heading with what stands under it up to the next one. */
export interface OutlineSection {
  /** The kind's id of it, its parent's key and its own title, or `?` and its title where the kind does not know it. */
  readonly key: string;
  readonly title: string;
  readonly depth: number;
  /** Null for what stands before the first heading. */
  readonly heading: Leaf | null;
  readonly headingSpan: Span;
  readonly units: readonly Unit[];
}

/** The key of what stands before the first heading, and of the document's title. */
export const PREAMBLE = '^';
export const TITLE = '#';

/** What a document is made of, in its order. */
export function outlineOf(document: ReadDocument): readonly OutlineSection[] {
  const { text } = document;
  const headings = new Map(document.sections.map((section) => [section.headingSpan.start, section]));
  const sections: { key: string; title: string; depth: number; node: RootContent | null; units: Unit[] }[] = [
    { key: PREAMBLE, title: '', depth: 0, node: null, units: [] },
  ];
  const path: { key: string; depth: number }[] = [];
  const used = new Set<string>();
  for (const node of document.tree.children) {
    const section = headings.get(spanOf(node).start);
    if (!section) {
      sections.at(-1)?.units.push(unitOf(node, text));
      continue;
    }
    while ((path.at(-1)?.depth ?? -1) >= section.depth) path.pop();
    const isTitle = section.depth === 1 && section.id === null && sections.length === 1;
    const parent = path.at(-1)?.key;
    const own = comparable(section.title) || section.title.trim();
    const key = isTitle ? TITLE : (section.id ?? (parent === undefined ? `?${own}` : `${parent}/${own}`));
    if (!isTitle) path.push({ key, depth: section.depth });
    sections.push({
      key: distinct(key, used),
      title: section.title,
      depth: section.depth,
      node,
      units: [],
    });
  }
  return sections.map(({ key, title, depth, node, units }) => ({
    key,
    title,
    depth,
    heading: node ? headingOf(node, title) : null,
    headingSpan: node ? spanOf(node) : { start: 0, end: 0 },
    units,
  }));
}

function headingOf(node: RootContent, title: string): Leaf {
  return node.type === 'heading' || node.type === 'paragraph'
    ? leafOf(node.children, spanOf(node))
    : { span: spanOf(node), value: valueOfNode(node), shown: title };
}

/** A key that was not used before: the same one again has a number behind it. */
export function distinct(key: string, used: Set<string>): string {
  let result = key;
  for (let number = 2; used.has(result); number++) result = `${key} #${number}`;
  used.add(result);
  return result;
}

function unitOf(node: RootContent, text: string): Unit {
  switch (node.type) {
    case 'paragraph':
      return { type: 'text', span: spanOf(node), value: valueOfNode(node), shown: shownText(node) };
    case 'code':
      return { type: 'text', span: spanOf(node), value: valueOfNode(node), shown: node.value };
    case 'table':
      // One in HTML is read like others, and is nothing that a row in Markdown could be put into.
      return /^\s*</.test(text.slice(spanOf(node).start, spanOf(node).end))
        ? { type: 'other', span: spanOf(node), isTable: true }
        : tableOf(node);
    case 'list':
      return listOf(node, text);
    default:
      return {
        type: 'other',
        span: spanOf(node),
        isTable: node.type === 'html' && /<table\b/i.test(node.value),
      };
  }
}

function tableOf(table: Table): Unit {
  const [header, ...rows] = table.children;
  if (!header) return { type: 'other', span: spanOf(table), isTable: true };
  const used = new Set<string>();
  const columns = header.children.map((cell) => {
    const title = shownText(cell);
    return { title, key: distinct(comparable(title) || title, used) };
  });
  return {
    type: 'table',
    span: spanOf(table),
    columns,
    headerSpan: spanOf(header),
    rows: rows.map((row) => rowOf(row, columns.length)),
  };
}

function rowOf(row: TableRow, width: number): RowUnit {
  return {
    span: spanOf(row),
    cells: Array.from({ length: width }, (_, index) => {
      const cell = row.children[index];
      return cell ? cellOf(cell) : null;
    }),
  };
}

function cellOf(cell: TableCell): Leaf {
  const whole = spanOf(cell);
  // An empty cell is written into behind the pipe that opens it.
  const empty = { start: whole.start + 1, end: whole.start + 1 };
  return leafOf(cell.children, whole, empty);
}

function listOf(list: List, text: string): ListUnit {
  const items = list.children.map((item) => itemOf(item, text));
  return {
    type: 'list',
    span: spanOf(list),
    isOrdered: list.ordered === true,
    isPairs:
      list.ordered !== true &&
      items.length > 0 &&
      list.children.every((item) => isBoldPair(item.children[0])) &&
      items.every(({ pair }) => pair !== null),
    items,
  };
}

function itemOf(item: ListItem, text: string): ItemUnit {
  const first = item.children[0];
  const used = new Set<string>();
  const codes = item.children
    .filter((child): child is Code => child.type === 'code')
    .map((child): PartUnit => {
      const leaf = { span: spanOf(child), value: valueOfNode(child), shown: child.value };
      return {
        key: distinct('command', used),
        label: 'command',
        type: 'code',
        span: leaf.span,
        leaf,
      };
    });
  const bullets =
    item.children.find((child): child is List => child.type === 'list' && child.ordered !== true)?.children ??
    [];
  const pairs = bullets.flatMap((child): PartUnit[] => {
    const pair = pairOf(child.children[0], text);
    return pair
      ? [
          {
            ...pair,
            key: distinct(stepPartOf(pair.label) ?? pair.key, used),
            type: 'pair',
            span: spanOf(child),
          },
        ]
      : [];
  });
  return {
    span: spanOf(item),
    title: first?.type === 'paragraph' ? titleOf(first) : first ? shownText(first) : '',
    value: valueOfNode(item),
    isDone: item.checked ?? null,
    pair: pairOf(first, text),
    parts: [...codes, ...pairs],
    below: bullets.map(spanOf),
    indent: first ? (first.position?.start.column ?? 1) - 1 : 0,
    firstBlockEnd: first ? spanOf(first).end : spanOf(item).end,
  };
}

function titleOf(paragraph: Paragraph): string {
  const [lead] = paragraph.children;
  return lead?.type === 'strong' ? shownText(lead) : shownText(paragraph);
}

function isBoldPair(node: Nodes | undefined): boolean {
  if (node?.type !== 'paragraph') return false;
  const [lead, next] = node.children;
  if (lead?.type !== 'strong') return false;
  return shownText(lead).endsWith(':') || (next?.type === 'text' && next.value.startsWith(':'));
}

function pairOf(node: Nodes | undefined, text: string): PairUnit | null {
  if (node?.type !== 'paragraph') return null;
  const [lead, ...others] = node.children;
  if (!lead) return null;
  const whole = spanOf(node);
  const isBold = isBoldPair(node);
  const label = isBold ? shownText(lead).replace(/:$/, '') : lead.type === 'text' ? lead.value : '';
  const colon = isBold ? label.length : label.indexOf(':');
  if (colon < 1) return null;
  const key = comparable(label.slice(0, colon));
  if (key === '') return null;
  const from = isBold ? spanOf(lead).end : text.indexOf(':', spanOf(lead).start) + 1;
  // The colon that stands behind the bold key, and the blank before the value.
  const start = from + (/^:?[ \t]*/.exec(text.slice(from, whole.end))?.[0].length ?? 0);
  const rest = isBold ? others : node.children;
  const cut = isBold ? 0 : colon + 1;
  // A colon within the bold key is none of the value, whatever the value begins with.
  const colonBehind = isBold && !shownText(lead).endsWith(':') ? /^:/ : /^(?!)/;
  const value = canonical(rest, cut).replace(colonBehind, '').trim();
  const shown = isBold
    ? shownText(node).slice(shownText(lead).length).replace(colonBehind, '').trim()
    : shownText(node)
        .slice(shownText(node).indexOf(':') + 1)
        .trim();
  return {
    key,
    label: label.slice(0, colon).trim(),
    leaf: { span: { start: Math.min(start, whole.end), end: whole.end }, value, shown },
  };
}

function leafOf(children: readonly PhrasingContent[], whole: Span, empty = whole): Leaf {
  const first = children[0];
  const last = children.at(-1);
  return {
    span: first && last ? { start: spanOf(first).start, end: spanOf(last).end } : empty,
    value: canonical(children),
    shown:
      children
        .map((child) => shownText(child))
        .join('')
        .trim() && shownOf(children),
  };
}

function shownOf(children: readonly PhrasingContent[]): string {
  return shownText({ type: 'paragraph', children: [...children] });
}

function valueOfNode(node: Nodes): string {
  return canonical([node]);
}

/*
 * Nodes as text, with everything in it that a person could have written (addresses of links, HTML, emphasis) and nothing
 * that only a formatter changes (marks, escapes, padding, tight or loose lists, numbers, ticks). `cut`: so many characters
 * of the first text are left out.
 */
function canonical(nodes: readonly Nodes[], cut = 0): string {
  return nodes
    .map((node, index) => canonicalNode(node, index === 0 ? cut : 0))
    .join('')
    .trim();
}

const FORM_ONLY: ReadonlySet<string> = new Set([
  'type',
  'position',
  'children',
  'spread',
  'start',
  'checked',
  'align',
  'data',
]);

function canonicalNode(node: Nodes, cut: number): string {
  if (node.type === 'text') return node.value.slice(cut).replace(/\s+/gu, ' ');
  const attributes = Object.entries(node)
    .filter(
      ([key, value]) =>
        !FORM_ONLY.has(key) && value !== null && value !== undefined && typeof value !== 'object',
    )
    .map(([key, value]) => `${key}=${JSON.stringify(value).replace(/\\r\\n?/g, '\\n')}`)
    .sort();
  const children = 'children' in node ? canonical(node.children) : '';
  return `<${[node.type, ...attributes].join(' ')}>${children}</>`;
}

/** By which columns a row is known again where its first column does not tell rows apart. */
const IDENTITIES: readonly (readonly string[])[] = [
  ['time', 'event'],
  ['path', 'statement'],
  ['kind', 'name'],
];

/** The columns by which a row of a table with these columns is known again. */
export function identityColumns(columns: readonly string[]): readonly string[] {
  const known = IDENTITIES.find((keys) => keys.every((key) => columns.includes(key)));
  return known ?? columns.slice(0, 1);
}

/** By what each row of a table is known again, by these of its columns; the second of two equal ones has a number. */
export function rowIdentities(rows: readonly RowUnit[], indexes: readonly number[]): readonly string[] {
  const used = new Set<string>();
  return rows.map(({ cells }) =>
    distinct(indexes.map((index) => cells[index]?.shown ?? '').join(' | '), used),
  );
}

/** The same of items by their title. */
export function itemIdentities(items: readonly ItemUnit[]): readonly string[] {
  const used = new Set<string>();
  return items.map(({ title }) => distinct(title, used));
}

/** Everything that stands in a section, each value with its place, as the ledger of a document holds it. */
export function writtenValues(section: OutlineSection, key = section.key): readonly WrittenValue[] {
  const values: WrittenValue[] = [];
  if (section.heading) values.push({ place: `${key}/heading`, value: section.heading.value });
  for (const unit of section.units) {
    switch (unit.type) {
      case 'text':
        values.push({ place: `${key}/text`, value: unit.value });
        break;
      case 'table':
        values.push(...valuesOfTable(unit, key));
        break;
      case 'list':
        values.push(...valuesOfList(unit, key));
        break;
      case 'other':
        break;
      default:
        return unit satisfies never;
    }
  }
  return values;
}

function valuesOfTable({ columns, rows }: TableUnit, key: string): WrittenValue[] {
  const keys = columns.map((column) => column.key);
  const own = identityColumns(keys);
  const ids = rowIdentities(
    rows,
    own.map((each) => keys.indexOf(each)),
  );
  return [
    ...keys.map((column) => ({ place: `${key}/column`, value: column })),
    ...rows.flatMap((row, at) => {
      const id = ids[at] ?? '';
      return [
        { place: `${key}/row`, value: id },
        ...row.cells.flatMap((cell, index) => {
          const column = keys[index] ?? '';
          return cell === null || cell.value === '' || own.includes(column)
            ? []
            : [{ place: cellPlace(key, id, column), value: cell.value }];
        }),
      ];
    }),
  ];
}

function valuesOfList(list: ListUnit, key: string): WrittenValue[] {
  if (list.isPairs) {
    return list.items.flatMap(({ pair }) =>
      pair ? [{ place: `${key}/pair/${pair.key}`, value: pair.leaf.value }] : [],
    );
  }
  if (!list.isOrdered) {
    return list.items.flatMap((item) => [
      { place: `${key}/item`, value: item.value },
      ...(item.isDone === true ? [{ place: `${key}/item/${item.title}/done`, value: 'x' }] : []),
    ]);
  }
  const ids = itemIdentities(list.items);
  return list.items.flatMap((item, at) => {
    const id = ids[at] ?? '';
    return [
      { place: `${key}/step`, value: id },
      ...item.parts.map((part) => ({ place: partPlace(key, id, part.key), value: part.leaf.value })),
    ];
  });
}

/** Where the value of a cell is written down. */
export function cellPlace(section: string, row: string, column: string): string {
  return `${section}/row/${row}/${column}`;
}

/** Where the value of a step's part is written down. */
export function partPlace(section: string, step: string, part: string): string {
  return `${section}/step/${step}/${part}`;
}

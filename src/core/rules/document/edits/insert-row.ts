import type { Table } from 'mdast';
import type { ReadDocument } from '../../../documents/document';
import { documentKindOf } from '../../../documents/index';
import { blocksOf, comparable, shownText, spanOf } from '../../../documents/markdown/parse';
import type { Columns } from '../../../documents/markdown/parts';
import { markdownTable, NOTHING } from '../../../documents/markdown/write';
import { placeholder } from '../../../evidence/fact';
import { lineBreakOf, type TextEdit } from '../../../text/edit';
import { insertSection } from './insert-section';

/**
 * The edit that adds a row to the table of a section: behind its last row, in the place of "None.", as a table of its own, or
 * with the section where it is missing.
 *
 * @param known The cells that are known, as Markdown; the others ask for what their column is called, of `name`.
 */
export function insertRow<K extends string>(
  document: ReadDocument,
  section: string,
  columns: Columns<K>,
  known: Readonly<Partial<Record<K, string>>>,
  name: string,
): TextEdit | null {
  const kind = documentKindOf(document.kind);
  const shape = kind?.sections.find(({ id }) => id === section);
  if (!kind || !shape) return null;
  const lineBreak = lineBreakOf(document.text);
  const keys = Object.keys(columns) as K[];
  const titles = keys.map((key) => titled(columns[key][0] ?? key));
  const cellsOf = (headers: readonly string[]): readonly string[] =>
    headers.map((header) => {
      const key = keyOf(header, columns);
      const value = key === null ? undefined : known[key];
      return value ?? placeholder(`${header.toLowerCase() || 'value'} of ${name}`);
    });
  const table = markdownTable(titles, [cellsOf(titles)]);
  const heading = document.sections.find(({ id }) => id === section)?.headingSpan;
  if (!heading) return insertSection(document, kind.sections, shape, table);
  const blocks = blocksOf(document, section);
  const own = blocks.findLast(
    (block): block is Table =>
      block.type === 'table' && headersOf(block).some((header) => keyOf(header, columns) !== null),
  );
  if (own) {
    const { start, end } = spanOf(own);
    const indent = ' '.repeat(document.lines.positionAt(start).column - 1);
    return {
      span: { start: end, end },
      text: `${lineBreak}${indent}| ${cellsOf(headersOf(own)).join(' | ')} |`,
    };
  }
  const text = table.replace(/\n/g, lineBreak);
  const nothing = blocks.find((block) => block.type === 'paragraph' && shownText(block) === NOTHING);
  if (nothing) return { span: spanOf(nothing), text };
  return { span: { start: heading.end, end: heading.end }, text: `${lineBreak}${lineBreak}${text}` };
}

function headersOf(table: Table): readonly string[] {
  return table.children[0]?.children.map((cell) => shownText(cell)) ?? [];
}

function keyOf<K extends string>(header: string, columns: Columns<K>): K | null {
  const name = comparable(header);
  const keys = Object.keys(columns) as K[];
  return keys.find((key) => columns[key].some((title) => comparable(title) === name)) ?? null;
}

function titled(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

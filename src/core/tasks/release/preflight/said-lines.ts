import type { Nodes, Root, Table } from 'mdast';
import { readFrontMatter } from '../../../text/front-matter';
import { parseMarkdown, shownText, spanOf } from '../../../text/markdown';
import { lineIndex } from '../../../text/position';

/** One thing that a document says: an item of a list, a row of a table, or a line of a paragraph. */
export interface SaidLine {
  readonly text: string;
  /** By column, where it is a row of a table. */
  readonly cells: readonly { readonly column: string; readonly text: string }[];
  /** The headings above it, outermost first. */
  readonly headings: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** What a Markdown document says, line by line, without its code, quotations and comments. */
export function saidLines(text: string): readonly SaidLine[] {
  const front = readFrontMatter(text);
  const tree = parseMarkdown(text, front.ok ? front.bodyOffset : 0, []);
  const index = lineIndex(text);
  const headings: { readonly depth: number; readonly text: string }[] = [];
  const said: SaidLine[] = [];
  const add = (node: Nodes, shown: string, cells: SaidLine['cells'] = []): void => {
    const line = index.positionAt(spanOf(node).start).line;
    if (shown !== '') said.push({ text: shown, cells, headings: headings.map((each) => each.text), line });
  };
  const walk = (nodes: readonly Nodes[]): void => {
    for (const node of nodes) {
      switch (node.type) {
        case 'heading':
          while ((headings.at(-1)?.depth ?? 0) >= node.depth) headings.pop();
          headings.push({ depth: node.depth, text: shownText(node) });
          break;
        case 'paragraph':
          add(node, shownText(node));
          break;
        case 'table':
          rowsOf(node).forEach(([row, cells]) => add(row, cells.map((cell) => cell.text).join(' | '), cells));
          break;
        case 'list':
        case 'listItem':
          walk(node.children);
          break;
        default:
          break;
      }
    }
  };
  walk((tree satisfies Root).children);
  return said;
}

function rowsOf(table: Table): readonly (readonly [Nodes, SaidLine['cells']])[] {
  const [head, ...rows] = table.children;
  const columns = (head?.children ?? []).map(shownText);
  return rows.map((row) => [
    row,
    row.children.map((cell, at) => ({ column: columns[at] ?? '', text: shownText(cell) })),
  ]);
}

/** Which environments a text speaks of. */
export type Concern = 'this' | 'another' | 'none';

const PRODUCTION = /\b(?:production|prod|live)\b/i;
const OTHERS = /\b(?:staging|stage|development|dev|test|qa|uat|preview|pre-?prod(?:uction)?|sandbox|lab)\b/i;

/** Whether a text names the environment, only others, or none. */
export function concernOf(text: string, environment: string, isProduction: boolean): Concern {
  const others = text.replace(/\bpre-?prod(?:uction)?\b/gi, 'preprod');
  const name = environment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  if (new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'i').test(text)) return 'this';
  if (isProduction && PRODUCTION.test(others)) return 'this';
  return PRODUCTION.test(others) || OTHERS.test(others) ? 'another' : 'none';
}

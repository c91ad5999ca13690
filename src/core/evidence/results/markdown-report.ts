import type { Nodes, RootContent, TableRow } from 'mdast';
import { readFrontMatter } from '../../text/front-matter';
import { comparable, parseMarkdown, shownText, spanOf, type MarkdownProblem } from '../../text/markdown';
import { lineIndex, type Range } from '../../text/position';
import { shownName } from './report';
import { literally } from '../../text/pattern';

/** What a person says of a report in a `Key: value` line, a table of two columns or its front matter. */
export interface ReportField {
  readonly value: string;
  readonly range: Range;
}

/** A row of a table, or an item of a list as a row of one cell. */
export interface ReportRow {
  /** By column, as the header calls it, comparable; a list's item is under ''. */
  readonly cells: ReadonlyMap<string, string>;
  /** The headings that it stands below, outermost first. */
  readonly headings: readonly string[];
  readonly range: Range;
  /** A list's check box; null where there is none. */
  readonly isChecked: boolean | null;
}

/** A report that a person or tool wrote in Markdown. */
export interface MarkdownReport {
  /** By key as {@link comparable} has it; the first of a name counts. */
  readonly fields: ReadonlyMap<string, ReportField>;
  readonly rows: readonly ReportRow[];
  readonly items: readonly ReportRow[];
  readonly problems: readonly MarkdownProblem[];
}

const MAX_ROWS = 20_000;

/** Reads what a report in Markdown says in fields, tables and lists; prose is left alone. */
export function readMarkdownReport(text: string): MarkdownReport {
  const lines = lineIndex(text);
  const frontMatter = readFrontMatter(text);
  const problems: MarkdownProblem[] = [];
  const fields = new Map<string, ReportField>();
  const rows: ReportRow[] = [];
  const items: ReportRow[] = [];
  const say = (key: string, value: string, range: Range): void => {
    const plain = comparable(key);
    if (plain !== '' && value !== '' && !fields.has(plain))
      fields.set(plain, { value: shownName(value), range });
  };
  if (frontMatter.ok) {
    for (const [key, value] of Object.entries(frontMatter.data)) {
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue;
      const at = text.slice(0, frontMatter.bodyOffset).search(new RegExp(`^${literally(key)}\\s*:`, 'm'));
      const start = Math.max(0, at);
      say(key, String(value), lines.rangeOf({ start, end: start + (at === -1 ? 0 : key.length) }));
    }
  } else problems.push({ message: frontMatter.message, span: frontMatter.span });
  const tree = parseMarkdown(text, frontMatter.bodyOffset, problems);
  const headings: { title: string; depth: number }[] = [];
  const rangeOf = (node: Nodes): Range => lines.rangeOf(spanOf(node));
  const above = (): readonly string[] => headings.map(({ title }) => title);
  const visit = (node: RootContent): void => {
    if (rows.length + items.length > MAX_ROWS) return;
    switch (node.type) {
      case 'heading': {
        while ((headings.at(-1)?.depth ?? 0) >= node.depth) headings.pop();
        headings.push({ title: shownText(node), depth: node.depth });
        break;
      }
      case 'paragraph':
        // Lines of a paragraph that each say one thing: people end them without an empty line.
        for (const line of text.slice(spanOf(node).start, spanOf(node).end).split(/\r?\n/)) {
          const pair = pairIn(line);
          if (pair) say(pair.key, pair.value, rangeOf(node));
        }
        break;
      case 'list':
        for (const item of node.children) {
          const first = item.children[0];
          const own = first ? shownText(first) : '';
          const pair = first?.type === 'paragraph' ? pairIn(own) : null;
          if (pair) say(pair.key, pair.value, rangeOf(item));
          items.push({
            cells: new Map([['', shownName(item.children.map(shownText).join(' '))]]),
            headings: above(),
            range: rangeOf(item),
            isChecked: item.checked ?? null,
          });
          for (const child of item.children) if (child.type === 'list') visit(child);
        }
        break;
      case 'table': {
        const [header, ...body] = node.children;
        const titles = header ? cellsOf(header).map(comparable) : [];
        for (const row of body) {
          const cells = cellsOf(row);
          const [key, value] = cells;
          if (titles.length === 2 && key !== undefined && value !== undefined) say(key, value, rangeOf(row));
          rows.push({
            cells: new Map(titles.map((title, index) => [title, cells[index] ?? ''] as const).reverse()),
            headings: above(),
            range: rangeOf(row),
            isChecked: null,
          });
        }
        // A table of fields may have its first one where a header stands.
        const [key, value] = header ? cellsOf(header) : [];
        if (header?.children.length === 2 && key !== undefined && value !== undefined)
          say(key, value, rangeOf(header));
        break;
      }
      default:
        if ('children' in node) for (const child of node.children) visit(child);
    }
  };
  for (const node of tree.children) visit(node);
  return { fields, rows, items, problems };
}

/** The first of the fields that is there. */
export function fieldOf(report: MarkdownReport, ...keys: readonly string[]): ReportField | null {
  for (const key of keys) {
    const field = report.fields.get(key);
    if (field) return field;
  }
  return null;
}

/** The first of the columns that the row has; null where it has none of them. */
export function cellOf(row: ReportRow, ...columns: readonly string[]): string | null {
  for (const column of columns) {
    const cell = row.cells.get(column);
    if (cell !== undefined) return cell;
  }
  return null;
}

function cellsOf(row: TableRow): readonly string[] {
  return row.children.map((cell) => shownName(shownText(cell)));
}

/** `**Status:** approved`, `Status: approved`, `Status - approved` is prose and none. */
function pairIn(line: string): { readonly key: string; readonly value: string } | null {
  const plain = line.replace(/[*_`]/g, '').trim();
  const match = /^([\p{L}][\p{L}\p{N} /-]{0,39}?)\s*:\s+(\S.*)$/u.exec(plain);
  const [, key, value] = match ?? [];
  return key !== undefined && value !== undefined ? { key, value: value.trim() } : null;
}

/** What a word or a mark says of a test. */
export type Result = 'passed' | 'failed' | 'skipped' | 'not-told';

/** `Passed`, `✅ Pass`, `FAIL`, `skipped (flaky)`; the first word that says it counts. */
export function resultOf(text: string): Result {
  const plain = text.toLowerCase().replace(/[*_`]/g, '').trim();
  if (/^(?:not|un|in)\b|\bnot (?:passed|met|tested|run)\b|\bunmet\b/.test(plain)) {
    return /\b(?:not run|not tested|not executed)\b/.test(plain) ? 'skipped' : 'failed';
  }
  const word =
    /(?<![\p{L}])(?:pass(?:ed|es|ing)?|ok|met|success(?:ful)?|succeeded|green|yes|fail(?:ed|s|ing|ure)?|error|broken|red|no|skip(?:ped)?|blocked|pending|todo|n\/?a|disabled)(?![\p{L}])/u.exec(
      plain,
    )?.[0];
  if (word === undefined) {
    if (/^[✅✔☑]/u.test(plain)) return 'passed';
    return /^[❌✖✗]/u.test(plain) ? 'failed' : 'not-told';
  }
  if (/^(?:pass|ok|met|succ|green|yes)/.test(word)) return 'passed';
  return /^(?:fail|err|broken|red|no$)/.test(word) ? 'failed' : 'skipped';
}

import type { Nodes, PhrasingContent, Root, RootContent, Table, TableCell, TableRow } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import type { MarkdownProblem } from './markdown-chunks';
import { lineIndex, type LineIndex } from './position';

/** A tag that is longer is none. */
const MAX_TAG = 1_000;

/** Cells that a table may have with all that its spans repeat. */
const MAX_CELLS = 50_000;

const MAX_SPAN = 1_000;

/** Marks inside each other within a cell. */
const MAX_DEPTH = 20;

/**
 * The tree with tables and headings that are written as HTML in the place of that HTML, each part where it stands: whoever
 * reads a document need not know in which of the two ways somebody wrote a table. A cell that spans several columns or rows
 * stands in each. Markdown between empty lines inside a cell is part of the cell, as GitHub shows it. A table that does not
 * end, or is torn apart, stays as it is and becomes a problem. The tree that is given is not changed.
 */
export function withHtmlTables(root: Root, text: string, problems: MarkdownProblem[]): Root {
  if (!/<(?:table|h[1-6])[\s>]/i.test(text)) return root;
  const reader = new Reader(text, problems);
  const children = reader.replaced(root.children);
  return children === root.children ? root : { ...root, children: [...children] };
}

interface Tag {
  /** In lower case; '' for a comment. */
  readonly name: string;
  readonly isClosing: boolean;
  readonly isEmpty: boolean;
  readonly attributes: string;
  readonly start: number;
  readonly end: number;
}

interface OpenCell {
  readonly start: number;
  readonly columns: number;
  readonly rows: number;
  readonly content: Content;
}

class Reader {
  private lines: LineIndex | null = null;

  constructor(
    private readonly text: string,
    private readonly problems: MarkdownProblem[],
  ) {}

  /** The same array where nothing in it is replaced. */
  replaced<T extends Nodes>(nodes: readonly T[]): readonly T[] {
    const result: Nodes[] = [];
    let isOther = false;
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index] as Nodes;
      if (node.type === 'html') {
        const heading = this.heading(node);
        if (heading) {
          result.push(heading);
          isOther = true;
          continue;
        }
        const found = this.table(nodes, index);
        if (found) {
          result.push(...found.nodes);
          index = found.last;
          isOther = true;
          continue;
        }
      } else if ('children' in node && HOLDERS.has(node.type)) {
        const children = this.replaced(node.children as readonly Nodes[]);
        if (children !== node.children) {
          result.push({ ...node, children } as Nodes);
          isOther = true;
          continue;
        }
      }
      result.push(node);
    }
    return isOther ? (result as T[]) : nodes;
  }

  private heading(node: Nodes): RootContent | null {
    const { start, end } = this.spanOf(node);
    const html = this.text.slice(start, end);
    const match = /^(\s*<h([1-6])(?:\s[^<>]{0,1000})?>)([\s\S]*?)<\/h\2>\s*$/i.exec(html);
    if (!match || /<h[1-6]/i.test(match[3] ?? '')) return null;
    const inner = start + (match[1]?.length ?? 0);
    const content = new Content(this);
    this.readInto(content, inner, inner + (match[3]?.length ?? 0));
    return {
      type: 'heading',
      depth: Number(match[2]) as 1 | 2 | 3 | 4 | 5 | 6,
      children: content.finish(inner),
      position: this.positionOf(start, start + html.trimEnd().length),
    };
  }

  /** The table that begins in the HTML at `first`, with what stands before and behind it in its nodes. */
  private table(
    nodes: readonly Nodes[],
    first: number,
  ): { readonly nodes: readonly Nodes[]; readonly last: number } | null {
    const { start: from, end: to } = this.spanOf(nodes[first] as Nodes);
    let opening: Tag | undefined;
    for (const tag of this.tags(from, to)) {
      if (tag.name === 'table' && !tag.isClosing) {
        opening = tag;
        break;
      }
    }
    if (!opening) return null;
    const rows = new Rows();
    let cell: OpenCell | null = null;
    let inner = 0;
    const closeCell = (end: number): void => {
      if (!cell) return;
      rows.add(
        { type: 'tableCell', children: cell.content.finish(end), position: this.positionOf(cell.start, end) },
        cell,
      );
      cell = null;
    };
    const openCell = (): OpenCell | null => cell;
    for (let index = first; index < nodes.length; index++) {
      const node = nodes[index] as Nodes;
      const span = this.spanOf(node);
      if (node.type !== 'html') {
        const open = openCell();
        if (!open) {
          // An empty line in front of an indented row makes code of it.
          this.say('An empty line tears this HTML table apart: take the empty lines out of it', opening);
          return null;
        }
        open.content.addBlock(node);
        continue;
      }
      let reached = index === first ? opening.end : span.start;
      for (const tag of this.tags(reached, span.end)) {
        openCell()?.content.addText(reached, tag.start);
        reached = tag.end;
        if (tag.name === 'table') {
          if (!tag.isClosing) inner++;
          else if (inner > 0) inner--;
          else {
            closeCell(tag.start);
            rows.endRow(this, tag.start);
            const table = rows.table(this.positionOf(opening.start, tag.end));
            if (table === null) {
              this.say(`This HTML table has more than ${MAX_CELLS} cells and is not read`, opening);
              return null;
            }
            return {
              nodes: [...this.rest(from, opening.start), table, ...this.rest(tag.end, span.end)],
              last: index,
            };
          }
          openCell()?.content.addBreak(tag);
          continue;
        }
        if (inner > 0 && STRUCTURE.has(tag.name)) {
          openCell()?.content.addBreak(tag);
        } else if (tag.name === 'td' || tag.name === 'th') {
          closeCell(tag.start);
          if (!tag.isClosing) {
            rows.startRow(tag.start);
            cell = {
              start: tag.start,
              columns: spanIn(tag, 'colspan'),
              rows: spanIn(tag, 'rowspan'),
              content: new Content(this),
            };
          }
        } else if (STRUCTURE.has(tag.name)) {
          closeCell(tag.start);
          rows.endRow(this, tag.name === 'tr' && tag.isClosing ? tag.end : tag.start);
          if (tag.name === 'tr' && !tag.isClosing) rows.startRow(tag.start);
        } else openCell()?.content.addTag(tag);
      }
      openCell()?.content.addText(reached, span.end);
    }
    this.say('This HTML table does not end: close it with </table>', opening);
    return null;
  }

  /** What HTML is left beside a table. */
  private rest(start: number, end: number): readonly Nodes[] {
    const value = this.text.slice(start, end);
    return value.trim() === '' ? [] : [{ type: 'html', value, position: this.positionOf(start, end) }];
  }

  readInto(content: Content, start: number, end: number): void {
    let reached = start;
    for (const tag of this.tags(start, end)) {
      content.addText(reached, tag.start);
      content.addTag(tag);
      reached = tag.end;
    }
    content.addText(reached, end);
  }

  /** The tags between two offsets, in order. */
  private *tags(start: number, end: number): Generator<Tag> {
    for (let at = this.text.indexOf('<', start); at >= 0 && at < end; at = this.text.indexOf('<', at)) {
      const tag = this.tagAt(at, end);
      if (tag) yield tag;
      at = tag ? tag.end : at + 1;
    }
  }

  private tagAt(start: number, limit: number): Tag | null {
    if (this.text.startsWith('<!--', start)) {
      const close = this.text.indexOf('-->', start + 4);
      const end = close < 0 || close + 3 > limit ? limit : close + 3;
      return { name: '', isClosing: false, isEmpty: true, attributes: '', start, end };
    }
    NAME.lastIndex = start;
    const match = NAME.exec(this.text);
    if (!match) return null;
    let quote = 0;
    for (let at = NAME.lastIndex; at < Math.min(limit, start + MAX_TAG); at++) {
      const code = this.text.charCodeAt(at);
      if (quote !== 0) {
        if (code === quote) quote = 0;
      } else if (code === 34 || code === 39) quote = code;
      else if (code === 60) return null;
      else if (code === 62) {
        const attributes = this.text.slice(NAME.lastIndex, at);
        return {
          name: (match[2] ?? '').toLowerCase(),
          isClosing: match[1] === '/',
          isEmpty: attributes.endsWith('/'),
          attributes,
          start,
          end: at + 1,
        };
      }
    }
    return null;
  }

  source(start: number, end: number): string {
    return this.text.slice(start, end);
  }

  positionOf(start: number, end: number): NonNullable<Nodes['position']> {
    this.lines ??= lineIndex(this.text);
    const point = (offset: number): { line: number; column: number; offset: number } => ({
      ...(this.lines as LineIndex).positionAt(offset),
      offset,
    });
    return { start: point(start), end: point(end) };
  }

  private spanOf(node: Nodes): { readonly start: number; readonly end: number } {
    return { start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 };
  }

  private say(message: string, { start, end }: Tag): void {
    this.problems.push({ message, span: { start, end } });
  }
}

const NAME = /<(\/?)([a-zA-Z][a-zA-Z0-9-]{0,60})(?=[\s/>])/y;

/** Nodes in which tables of HTML may stand. In a quote each line has its mark, which is no part of the HTML. */
const HOLDERS: ReadonlySet<string> = new Set(['list', 'listItem', 'footnoteDefinition']);

const STRUCTURE: ReadonlySet<string> = new Set([
  'tr',
  'td',
  'th',
  'thead',
  'tbody',
  'tfoot',
  'caption',
  'colgroup',
]);

function spanIn({ attributes }: Tag, name: string): number {
  const value = new RegExp(`(?:^|\\s)${name}\\s*=\\s*["']?\\s*(\\d{1,4})`, 'i').exec(attributes)?.[1];
  return Math.min(MAX_SPAN, Math.max(1, Number(value ?? 1)));
}

/** The rows of one table, with what spans several of them in each. */
class Rows {
  private readonly rows: TableRow[] = [];
  private row: { start: number; cells: TableCell[] } | null = null;
  private spanning: { cell: TableCell; left: number }[] = [];
  private count = 0;

  startRow(start: number): void {
    if (this.row) return;
    this.row = { start, cells: [] };
    this.takeSpanning();
  }

  add(cell: TableCell, { columns, rows }: Pick<OpenCell, 'columns' | 'rows'>): void {
    if (!this.row) return;
    for (let column = 0; column < columns; column++) {
      const at = this.row.cells.length;
      this.row.cells.push(cell);
      if (++this.count > MAX_CELLS) return;
      if (rows > 1) this.spanning[at] = { cell, left: rows - 1 };
    }
    this.takeSpanning();
  }

  endRow(reader: Reader, end: number): void {
    if (!this.row) return;
    const { start, cells } = this.row;
    this.row = null;
    if (cells.length > 0) {
      this.rows.push({ type: 'tableRow', children: cells, position: reader.positionOf(start, end) });
    }
  }

  table(position: NonNullable<Nodes['position']>): Table | null {
    return this.count > MAX_CELLS ? null : { type: 'table', align: [], children: this.rows, position };
  }

  /** Cells of rows above that reach into this one, where the row has come to their column. */
  private takeSpanning(): void {
    if (!this.row) return;
    for (;;) {
      const at = this.row.cells.length;
      const above = this.spanning[at];
      if (!above || above.left === 0 || this.count >= MAX_CELLS) return;
      above.left--;
      this.count++;
      this.row.cells.push(above.cell);
    }
  }
}

/** Tags that stand for a mark of Markdown. */
const MARKS: Readonly<Record<string, 'strong' | 'emphasis' | 'delete' | 'link' | 'code'>> = {
  strong: 'strong',
  b: 'strong',
  em: 'emphasis',
  i: 'emphasis',
  del: 'delete',
  s: 'delete',
  a: 'link',
  code: 'code',
  pre: 'code',
  kbd: 'code',
  samp: 'code',
};

/** Tags behind or in front of which a line ends. */
const LINES: ReadonlySet<string> = new Set([
  'br',
  'p',
  'div',
  'li',
  'ul',
  'ol',
  'dt',
  'dd',
  'hr',
  'summary',
  'details',
]);

/** Tags that say nothing of the text in them. */
const SILENT: ReadonlySet<string> = new Set([
  '',
  'abbr',
  'big',
  'center',
  'cite',
  'figure',
  'font',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ins',
  'mark',
  'q',
  'small',
  'span',
  'sub',
  'sup',
  'tt',
  'u',
  'var',
  'wbr',
  'img',
  'input',
]);

interface OpenMark {
  readonly name: string;
  readonly tag: Tag;
  readonly children: PhrasingContent[];
}

/** What stands in a cell or heading, as Markdown has it. */
class Content {
  private readonly children: PhrasingContent[] = [];
  private readonly open: OpenMark[] = [];

  constructor(private readonly reader: Reader) {}

  addText(start: number, end: number): void {
    const source = this.reader.source(start, end);
    const blank = source.length - source.trimStart().length;
    const trimmed = source.trim();
    if (trimmed === '') {
      if (source !== '' && this.top().length > 0)
        this.push({ type: 'text', value: ' ', position: this.reader.positionOf(start, end) });
      return;
    }
    const value =
      (blank > 0 ? ' ' : '') + decoded(trimmed) + (blank + trimmed.length < source.length ? ' ' : '');
    const from = start + blank;
    this.push({ type: 'text', value, position: this.reader.positionOf(from, from + trimmed.length) });
  }

  addBreak({ start, end }: Tag): void {
    this.push({ type: 'break', position: this.reader.positionOf(start, end) });
  }

  addTag(tag: Tag): void {
    if (LINES.has(tag.name)) return this.addBreak(tag);
    const mark = MARKS[tag.name];
    if (mark === undefined) {
      // What HTML has not, somebody has yet to fill in.
      if (!SILENT.has(tag.name)) this.addText(tag.start, tag.end);
      return;
    }
    if (!tag.isClosing) {
      if (!tag.isEmpty && this.open.length < MAX_DEPTH) this.open.push({ name: tag.name, tag, children: [] });
      return;
    }
    if (!this.open.some(({ name }) => name === tag.name)) return;
    for (;;) {
      const name = this.open.at(-1)?.name;
      this.close(tag.end);
      if (name === tag.name) return;
    }
  }

  addBlock(node: Nodes): void {
    const position = node.position;
    if (this.top().length > 0) this.push({ type: 'break', ...(position ? { position } : {}) });
    if (node.type === 'code') {
      this.push({ type: 'inlineCode', value: node.value, ...(position ? { position } : {}) });
    } else if (node.type === 'paragraph' || node.type === 'heading')
      node.children.forEach((child) => this.push(child));
    else if ('children' in node) (node.children as readonly Nodes[]).forEach((child) => this.addBlock(child));
  }

  finish(end: number): PhrasingContent[] {
    while (this.open.length > 0) this.close(end);
    return this.children;
  }

  private close(end: number): void {
    const mark = this.open.pop();
    if (!mark) return;
    const position = this.reader.positionOf(mark.tag.start, end);
    const type = MARKS[mark.name];
    const children = mark.children;
    if (type === 'code') this.push({ type: 'inlineCode', value: plainOf(children), position });
    else if (type === 'link') {
      const url = decoded(
        /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i
          .exec(mark.tag.attributes)
          ?.slice(1)
          .find(Boolean) ?? '',
      );
      // A name for others to link to shows nothing.
      if (url === '') children.forEach((child) => this.push(child));
      else this.push({ type: 'link', url, title: null, children, position });
    } else if (type) this.push({ type, children, position });
  }

  private top(): PhrasingContent[] {
    return this.open.at(-1)?.children ?? this.children;
  }

  private push(node: PhrasingContent): void {
    this.top().push(node);
  }
}

function plainOf(nodes: readonly Nodes[]): string {
  return nodes
    .map((node) =>
      node.type === 'break'
        ? '\n'
        : 'value' in node
          ? node.value
          : 'children' in node
            ? plainOf(node.children)
            : '',
    )
    .join('');
}

/** Character references as the Markdown parser reads them; there are two thousand of them. */
function decoded(text: string): string {
  return text.replace(/&(?:#x[0-9a-f]{1,6}|#\d{1,7}|[a-z][a-z0-9]{1,31});/gi, (reference) => {
    const [block] = fromMarkdown(reference).children;
    const [only] = block?.type === 'paragraph' ? block.children : [];
    return only?.type === 'text' ? only.value : reference === '&nbsp;' ? ' ' : reference;
  });
}

import type { Nodes, Root } from 'mdast';
import { withHtmlTables } from './html-tables';
import { createMarkdownMemo, readChunks, type MarkdownMemo, type MarkdownProblem } from './markdown-chunks';
import type { Span } from './position';

/** A longer document is not read as Markdown: the parser's time grows faster than the text. */
const MAX_CHARACTERS = 400_000;

export type { MarkdownProblem };

/** Where a node stands; every node that the parser makes has a place. */
export function spanOf(node: Nodes): Span {
  return { start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 };
}

/** The text that a node shows, on one line: no marks, no tags of HTML, the parts of a block apart from each other. */
export function shownText(node: Nodes): string {
  return textOf(node).replace(/\s+/gu, ' ').trim();
}

function textOf(node: Nodes): string {
  switch (node.type) {
    case 'html':
      return withoutTags(node.value);
    case 'break':
      return '\n';
    case 'image':
    case 'imageReference':
      return node.alt ?? '';
    default:
      if ('value' in node) return node.value;
      if (!('children' in node)) return '';
      return (node.children as readonly Nodes[]).map(textOf).join(BLOCKS.has(node.type) ? '\n' : '');
  }
}

/** Nodes whose children stand below or beside each other. */
const BLOCKS: ReadonlySet<Nodes['type']> = new Set<Nodes['type']>([
  'root',
  'blockquote',
  'list',
  'listItem',
  'footnoteDefinition',
  'table',
  'tableRow',
]);

const TAG =
  /<!--[\s\S]*?-->|<\/?(?:a|abbr|b|big|br|center|cite|code|del|details|dd|div|dl|dt|em|figure|font|hr|i|img|input|ins|kbd|li|mark|ol|p|pre|q|s|samp|small|span|strike|strong|sub|summary|sup|tt|u|ul|var|wbr)(?:\s[^<>]{0,1000})?\/?>/gi;

/** Only what HTML has: `<service>` is somebody's placeholder, and stays. */
function withoutTags(html: string): string {
  return html.replace(TAG, (tag) => (/^<(?:br|\/?(?:p|div|li|dd|dt|hr))\b/i.test(tag) ? '\n' : ''));
}

/**
 * A title without its number, case, punctuation and pictures: "3. Post-deployment Checklist", "🚀 III) post deployment
 * checklist" and "Step 3.2 – Post-Deployment Checklist {#after}" are "post deployment checklist".
 */
export function comparable(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\{#[^{}]*\}\s*$/, '')
    .replace(/(^|\s):[a-z0-9_+-]{1,40}:(?=\s|$)/g, '$1')
    .replace(/^[^\p{L}\p{N}]*(?:[ivx]{1,5}|[a-z])[.)]\s+(?=\S)/u, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^(?:\d+ )+/, '')
    .replace(/^(?:step|phase|section|part|schritt|étape|paso|passo|etapa|手順|ステップ) ?(?:\d+ )+/, '');
}

const kept = createMarkdownMemo();

/**
 * Reads GitHub's Markdown from `bodyOffset` on, tables and headings of HTML as if they were Markdown. Offsets are those of
 * `text` as it stands; what is too costly to read becomes a problem, and the rest is read all the same. What did not change since a document was read before is not read
 * again, so that trees may share nodes: they are not for changing.
 */
export function parseMarkdown(
  text: string,
  bodyOffset: number,
  problems: MarkdownProblem[],
  memo: MarkdownMemo = kept,
): Root {
  if (text.length > MAX_CHARACTERS) {
    problems.push({
      message: `The document has ${text.length} characters; more than ${MAX_CHARACTERS} are not read`,
      span: { start: 0, end: text.length },
    });
    return { type: 'root', children: [] };
  }
  return withHtmlTables(readChunks(text, bodyOffset, memo, problems), text, problems);
}

import type { Nodes, Root } from 'mdast';
import { toString } from 'mdast-util-to-string';
import { createMarkdownMemo, readChunks, type MarkdownMemo, type MarkdownProblem } from './markdown-chunks';
import type { Span } from './position';

/** A longer document is not read as Markdown: the parser's time grows faster than the text. */
const MAX_CHARACTERS = 400_000;

export type { MarkdownProblem };

/** Where a node stands; every node that the parser makes has a place. */
export function spanOf(node: Nodes): Span {
  return { start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 };
}

/** The text that a node shows, on one line. */
export function shownText(node: Nodes): string {
  return toString(node).replace(/\s+/gu, ' ').trim();
}

/** A title without its number, case and punctuation: "3. Post-deployment Checklist" is "post deployment checklist". */
export function comparable(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^(?:\d+ )+/, '')
    .replace(/^step (?:\d+ )+/, '');
}

const kept = createMarkdownMemo();

/**
 * Reads GitHub's Markdown from `bodyOffset` on. Offsets are those of `text` as it stands; what is too costly to read
 * becomes a problem, and the rest is read all the same. What did not change since a document was read before is not read
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
  return readChunks(text, bodyOffset, memo, problems);
}

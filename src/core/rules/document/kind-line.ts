import type { ReadDocument } from '../../documents/document';
import type { Span } from '../../text/position';

/** The line of the front matter that says what a document is; null where none does. */
export function kindLineOf(document: Pick<ReadDocument, 'text'>): Span | null {
  return frontMatterLineOf(document, 'kind');
}

/** The line of a key of the front matter; null where it is not there. */
export function frontMatterLineOf({ text }: Pick<ReadDocument, 'text'>, key: string): Span | null {
  const start = text.search(new RegExp(`^${key}:`, 'm'));
  if (start < 0) return null;
  const end = text.slice(start).search(/[\r\n]/);
  return { start, end: end < 0 ? text.length : start + end };
}

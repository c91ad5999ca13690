import type { Heading } from 'mdast';
import type { ReadDocument } from '../document';
import { comparable, shownText } from './parse';

/** A text or number of the front matter as text; '' where it is neither. A version such as 1.10 keeps its zero if quoted. */
export function frontMatterText(document: Pick<ReadDocument, 'frontMatter'>, key: string): string {
  const value = document.frontMatter[key];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Whether a heading is called so, whatever its case and number. */
export function isNamed(heading: Heading, name: string): boolean {
  return comparable(shownText(heading)) === name;
}

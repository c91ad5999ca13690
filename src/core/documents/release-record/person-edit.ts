import { applyEdits, lineBreakOf, type TextEdit } from '../../text/edit';
import { readFrontMatter, spanOfFrontMatterKey } from '../../text/front-matter';
import { plainText } from '../markdown/write';
import type { PersonKey } from './seal';

/**
 * A record with what a person adds to its front matter; every other byte stays. Null where it has no front matter that can
 * be read: nothing is put into a file that is not understood.
 */
export function withPersonKeys(
  text: string,
  values: Readonly<Partial<Record<PersonKey, string>>>,
): string | null {
  const frontMatter = readFrontMatter(text);
  if (!frontMatter.ok || frontMatter.bodyOffset === 0) return null;
  const closing = text.slice(0, frontMatter.bodyOffset).lastIndexOf('---');
  const edits: TextEdit[] = [];
  for (const [key, value] of Object.entries(values)) {
    const line = `${key}: ${JSON.stringify(plainText(value))}`;
    const span = spanOfFrontMatterKey(text, key);
    edits.push(
      span
        ? { span, text: line }
        : { span: { start: closing, end: closing }, text: `${line}${lineBreakOf(text)}` },
    );
  }
  return applyEdits(text, edits);
}

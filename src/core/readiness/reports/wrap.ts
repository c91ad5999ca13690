import { displayWidth } from '../../gate/reports/text';

/**
 * Text in lines of at most `width` columns, broken at blanks; a word that is longer stands on a line of its own, whole, so
 * that a path can be copied.
 *
 * @param first What the first line begins with, part of its width; `rest` the same for the others.
 */
export function wrapped(text: string, width: number, first: string, rest: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    const joined = isEmpty ? `${line}${word}` : `${line} ${word}`;
    if (!isEmpty && displayWidth(joined) > width) {
      lines.push(line);
      line = `${rest}${word}`;
    } else line = joined;
    isEmpty = false;
  }
  lines.push(line);
  return lines.map((each) => each.trimEnd());
}

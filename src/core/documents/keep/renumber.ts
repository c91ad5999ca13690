import type { List, ListItem } from 'mdast';
import { applyEdits, type TextEdit } from '../../text/edit';
import { spanOf } from '../../text/markdown';
import type { ReadDocument } from '../document';

/**
 * Numbers the lists again that were numbered in their order before a step was added or taken out, and moves what stands
 * below a step with the width of its number. A list that people number otherwise stays as it is.
 */
export function renumbered(document: ReadDocument, before: ReadDocument): string {
  const known = new Set(numberedLists(before).map((list) => numbersOf(list, before.text).join(' ')));
  const edits: TextEdit[] = [];
  for (const list of numberedLists(document)) {
    const numbers = numbersOf(list, document.text);
    const start = list.start ?? 1;
    const isInOrder = numbers.every((number, at) => number === start + at);
    const isAllSame = numbers.every((number) => number === numbers[0]);
    if (isInOrder || isAllSame || known.has(numbers.join(' '))) continue;
    // A first step that was put before the others takes their number.
    const first = Math.min(start, numbers[1] ?? start);
    list.children.forEach((item, at) => {
      edits.push(...withNumber(item, numbers[at] ?? start + at, first + at, document.text));
    });
  }
  return applyEdits(document.text, edits);
}

function numberedLists(document: ReadDocument): readonly List[] {
  return document.tree.children.filter((node): node is List => node.type === 'list' && node.ordered === true);
}

function numbersOf(list: List, text: string): readonly number[] {
  return list.children.map((item) => Number(/^\d+/.exec(text.slice(spanOf(item).start))?.[0] ?? Number.NaN));
}

function withNumber(item: ListItem, old: number, number: number, text: string): TextEdit[] {
  if (old === number || Number.isNaN(old)) return [];
  const { start, end } = spanOf(item);
  const digits = String(old).length;
  const wider = String(number).length - digits;
  const edits: TextEdit[] = [{ span: { start, end: start + digits }, text: String(number) }];
  if (wider === 0) return edits;
  let line = text.indexOf('\n', start) + 1;
  while (line > 0 && line < end) {
    const blanks = /^ */.exec(text.slice(line, end))?.[0].length ?? 0;
    const isBlank = /^[ \t]*(?:\r|\n|$)/.test(text.slice(line, end));
    if (!isBlank && wider > 0) edits.push({ span: { start: line, end: line }, text: ' '.repeat(wider) });
    if (!isBlank && wider < 0) {
      edits.push({ span: { start: line, end: line + Math.min(blanks, -wider) }, text: '' });
    }
    line = text.indexOf('\n', line) + 1;
  }
  return edits;
}

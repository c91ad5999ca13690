import type { List, ListItem } from 'mdast';
import type { Span } from '../../text/position';
import { shownText, spanOf } from './parse';
import { labelIn, linesOf, type Labelled } from './labels';
import type { Blocks } from './tables';
import { namesOf } from './terms';
import { NOTHING } from './write';

export { minutesOf } from './durations';
export { readSteps, type FoundStep } from './found-steps';
export { readTable, type Blocks, type Columns, type FoundRow } from './tables';

/** The value behind a key, and where both stand. */
export interface FoundValue {
  readonly value: string;
  /** The bullet, line or row. */
  readonly span: Span;
  /** In what form it is written; a bullet where nothing is said. */
  readonly form?: 'line' | 'row';
}

/** The paragraphs of a section, separated by one empty line; other blocks (tables, steps) are left out. */
export function readProse(blocks: Blocks): string {
  return blocks
    .filter((block) => block.type === 'paragraph')
    .map(shownText)
    .filter((text) => text !== '' && text !== NOTHING)
    .join('\n\n');
}

/**
 * What a section says of each key, by comparable key: in `- **Key:** value` bullets first, as the templates write it; then in
 * the rows of a table of two columns, and in lines of a paragraph (`**Key:** value`). The first of a name counts.
 */
export function readKeyValues(blocks: Blocks): ReadonlyMap<string, FoundValue> {
  const found = new Map<string, FoundValue>();
  const say = ({ key, value }: Labelled, span: Span, form?: FoundValue['form']): void => {
    for (const name of namesOf(key)) {
      if (!found.has(name)) found.set(name, { value, span, ...(form ? { form } : {}) });
    }
  };
  for (const item of itemsOf(blocks, false)) {
    const pair = labelOfItem(item);
    if (pair) say(pair, spanOf(item));
  }
  for (const block of blocks) {
    if (block.type === 'table') {
      for (const row of block.children) {
        const [key, value, ...others] = row.children;
        if (!key || !value || others.length > 0) continue;
        say({ key: shownText(key), value: shownText(value) }, spanOf(row), 'row');
      }
    } else if (block.type === 'paragraph') {
      for (const line of linesOf(block)) {
        const pair = labelIn(line.nodes);
        if (pair && pair.value !== '') say(pair, line.span, 'line');
      }
    }
  }
  return found;
}

/** `- **Key:** value`; what stands below the key where nothing stands behind it. */
function labelOfItem(item: ListItem): Labelled | null {
  const [first, ...others] = item.children;
  if (first?.type !== 'paragraph') return null;
  const pair = labelIn(first.children);
  if (!pair || pair.value !== '' || others.length === 0) return pair;
  return { key: pair.key, value: others.map(shownText).join('; ') };
}

/** The value of the first of the keys that is there; '' where none is. */
export function valueOf(values: ReadonlyMap<string, { value: string }>, ...keys: readonly string[]): string {
  for (const key of keys) {
    const found = values.get(key);
    if (found) return found.value;
  }
  return '';
}

/** The bullets of a section as text, one below another included; numbered ones where it has no others. */
export function readList(blocks: Blocks): readonly string[] {
  const bullets = itemsOf(blocks, false);
  // `None.` says that there are no bullets: what is numbered beside it is something else.
  const isNone = blocks.some((block) => block.type === 'paragraph' && shownText(block) === NOTHING);
  const items = bullets.length > 0 || isNone ? bullets : itemsOf(blocks, true);
  return items.flatMap((item) => entriesOf(item).map(({ text }) => text));
}

/** An entry of a check-list. */
export interface FoundCheck {
  readonly text: string;
  readonly isDone: boolean;
}

/**
 * The bullets of a section with their check boxes, one below another included; one without a box is not done. Numbered items
 * count where they have boxes, and so do boxes that are drawn ("☑", "✅", "⬜").
 */
export function readChecklist(blocks: Blocks): readonly FoundCheck[] {
  return blocks
    .filter((block): block is List => block.type === 'list')
    .filter((list) => list.ordered !== true || list.children.some(hasBox))
    .flatMap((list) => list.children.flatMap(entriesOf));
}

function hasBox(item: ListItem): boolean {
  return typeof item.checked === 'boolean';
}

const DRAWN_BOX = /^(?:([✅☑✔✓])|[⬜☐◻▢❌✗✘])\ufe0f?\s*(?=\S)/u;

/** An item by itself, then each that stands below it. */
function entriesOf(item: ListItem): readonly FoundCheck[] {
  const own = item.children.filter((child) => child.type !== 'list').map(shownText);
  const text = own.filter((part) => part !== '').join(' ');
  const drawn = hasBox(item) ? null : DRAWN_BOX.exec(text);
  const below = item.children.flatMap((child) =>
    child.type === 'list' ? child.children.flatMap(entriesOf) : [],
  );
  // An empty bullet is kept as one: whoever asks decides.
  if (text === '' && below.length > 0) return below;
  return [
    {
      text: drawn ? text.slice(drawn[0].length) : text,
      isDone: item.checked === true || drawn?.[1] !== undefined,
    },
    ...below,
  ];
}

function itemsOf(blocks: Blocks, isOrdered: boolean): readonly ListItem[] {
  return blocks
    .filter((block): block is List => block.type === 'list' && (block.ordered === true) === isOrdered)
    .flatMap((list) => list.children);
}

import { isMap, isScalar, parseDocument, type Pair as YamlPair } from 'yaml';
import { readFrontMatter } from '../../text/front-matter';
import { lineBreakOf, type TextEdit } from '../../text/edit';
import type { Span } from '../../text/position';
import type { Ledger, WrittenValue } from './ledger';
import type { Leaf } from './outline';

/** One key of the front matter. */
interface Entry {
  readonly key: string;
  readonly leaf: Leaf;
  /** From the key to the end of its value. */
  readonly start: number;
  readonly end: number;
}

interface FoundFrontMatter {
  readonly entries: readonly Entry[];
  /** Where the closing line begins. */
  readonly closing: number;
}

/** What the merge of front matter needs of the merge that it is part of. */
export interface FrontMatterMerge {
  readonly ledger: Ledger | null;
  readonly isValuesOnly: boolean;
  readonly edits: TextEdit[];
  readonly notes: string[];
  settle(place: string, where: string, old: Leaf, fresh: Leaf, put: () => string): void;
}

/** Renews the keys that the generator writes; a person's keys, their comments and their order stay as they are. */
export function mergeFrontMatter(before: string, now: string, merge: FrontMatterMerge): void {
  const fresh = entriesOf(now);
  if (!fresh) return;
  const lineBreak = lineBreakOf(before);
  const old = entriesOf(before);
  if (!old) {
    // What cannot be read is not written into; where there is none, a document made anew gets one.
    const has = readFrontMatter(before);
    if (merge.isValuesOnly || !has.ok || has.bodyOffset > 0) return;
    if (merge.ledger?.has('---/kind')) return;
    const start = before.startsWith('\uFEFF') ? 1 : 0;
    const block = now.slice(0, now.indexOf('\n', fresh.closing) + 1);
    merge.edits.push({
      span: { start, end: start },
      text: `${block}\n`.replace(/\n/g, lineBreak),
    });
    return;
  }
  let place = old.entries[0]?.start ?? old.closing;
  let isFirst = true;
  for (const entry of fresh.entries) {
    const same = old.entries.find(({ key }) => key === entry.key);
    if (same) {
      place = endOfLine(before, same.end);
      isFirst = false;
      merge.settle(`---/${entry.key}`, `"${entry.key}" of the front matter`, same.leaf, entry.leaf, () =>
        spaced(before, same.leaf, now.slice(entry.leaf.span.start, entry.leaf.span.end)).replace(
          /\n/g,
          lineBreak,
        ),
      );
      continue;
    }
    if (merge.isValuesOnly || merge.ledger?.has(`---/${entry.key}`)) continue;
    const text = now.slice(entry.start, entry.end).replace(/\n/g, lineBreak);
    merge.edits.push({
      span: { start: place, end: place },
      text: isFirst ? `${text}${lineBreak}` : `${lineBreak}${text}`,
    });
  }
  if (merge.isValuesOnly) return;
  for (const entry of old.entries) {
    if (fresh.entries.some(({ key }) => key === entry.key)) continue;
    if (merge.ledger?.wrote(`---/${entry.key}`, entry.leaf.value) !== true) {
      merge.notes.push(`Kept "${entry.key}" of the front matter`);
      continue;
    }
    const end = endOfLine(before, entry.end);
    // A comment behind the value is a person's.
    if (before.slice(entry.end, end).trim() !== '') continue;
    const next = before.indexOf('\n', end);
    merge.edits.push({ span: { start: entry.start, end: next < 0 ? end : next + 1 }, text: '' });
  }
}

/** The values of the front matter that a text has, with their places. */
export function writtenFrontMatter(text: string): readonly WrittenValue[] {
  return (entriesOf(text)?.entries ?? []).map(({ key, leaf }) => ({
    place: `---/${key}`,
    value: leaf.value,
  }));
}

/** The value of the front matter at an offset, with its key; null where none stands there. */
export function frontMatterLeafAt(
  text: string,
  offset: number,
): { readonly key: string; readonly span: Span; readonly shown: string } | null {
  const entry = entriesOf(text)?.entries.find(
    ({ leaf }) => offset >= leaf.span.start && offset < leaf.span.end,
  );
  return entry ? { key: entry.key, span: entry.leaf.span, shown: entry.leaf.shown } : null;
}

/** A value stands behind a blank. */
function spaced(text: string, { span }: Leaf, value: string): string {
  return text[span.start - 1] === ':' && value !== '' ? ` ${value}` : value;
}

function endOfLine(text: string, offset: number): number {
  const end = /[\r\n]/.exec(text.slice(offset));
  return end ? offset + end.index : text.length;
}

function entriesOf(text: string): FoundFrontMatter | null {
  const read = readFrontMatter(text);
  if (!read.ok || read.bodyOffset === 0) return null;
  const start = text.indexOf('\n') + 1;
  const closing = text.lastIndexOf('---', read.bodyOffset);
  const document = parseDocument(text.slice(start, closing), { stringKeys: true });
  if (document.errors.length > 0) return null;
  if (document.contents === null) return { entries: [], closing };
  if (!isMap(document.contents)) return null;
  const entries = document.contents.items.flatMap((pair) => {
    const entry = entryOf(pair, start, text);
    return entry ? [entry] : [];
  });
  return { entries, closing };
}

function entryOf(pair: YamlPair, offset: number, text: string): Entry | null {
  if (!isScalar(pair.key) || typeof pair.key.value !== 'string' || !pair.key.range) return null;
  const node = pair.value as { range?: readonly [number, number, number] | null; toJSON(): unknown } | null;
  const start = offset + pair.key.range[0];
  const keyEnd = offset + pair.key.range[1];
  if (!node?.range) {
    const colon = text.indexOf(':', keyEnd) + 1 || keyEnd;
    const span = { start: colon, end: colon };
    return { key: pair.key.value, leaf: { span, value: '', shown: '' }, start, end: colon };
  }
  const from = offset + node.range[0];
  const to = from + text.slice(from, offset + node.range[1]).trimEnd().length;
  const data = node.toJSON();
  const shown = typeof data === 'string' ? data : data === null ? '' : JSON.stringify(data);
  return {
    key: pair.key.value,
    leaf: { span: { start: from, end: Math.max(from, to) }, value: shown, shown },
    start,
    end: Math.max(keyEnd, to),
  };
}

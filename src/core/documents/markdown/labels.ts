import type { Paragraph, PhrasingContent } from 'mdast';
import type { Span } from '../../text/position';
import { shownText, spanOf } from '../../text/markdown';

/** `Key: value` as it is written, without marks. */
export interface Labelled {
  readonly key: string;
  readonly value: string;
}

/** A line of a paragraph as the source has it. */
export interface Line {
  readonly nodes: readonly PhrasingContent[];
  readonly span: Span;
}

/** A label is a few words. */
const MAX_LABEL = 60;

/** The lines of a paragraph: people write `**Expected:** …` and `**Duration:** …` below each other without empty lines. */
export function linesOf(paragraph: Paragraph): readonly Line[] {
  const lines: PhrasingContent[][] = [[]];
  for (const node of paragraph.children) {
    if (node.type === 'break') lines.push([]);
    else if (node.type === 'text' && node.value.includes('\n')) {
      node.value.split('\n').forEach((value, index) => {
        if (index > 0) lines.push([]);
        if (value !== '') lines.at(-1)?.push({ ...node, value });
      });
    } else lines.at(-1)?.push(node);
  }
  return lines
    .filter((nodes) => nodes.length > 0)
    .map((nodes) => {
      const first = nodes[0];
      const last = nodes.at(-1);
      return { nodes, span: { start: first ? spanOf(first).start : 0, end: last ? spanOf(last).end : 0 } };
    });
}

/**
 * The key and value of a line: `**Key:** value`, `**Key** – value`, `Key: value`; null where nothing stands before a colon.
 * The key is everything before the first colon, or what is emphasised at the beginning.
 */
export function labelIn(nodes: readonly PhrasingContent[]): Labelled | null {
  const [lead, ...others] = nodes;
  const rest = (): string => shownAll(others);
  if (lead?.type === 'strong' || lead?.type === 'emphasis') {
    const key = shownText(lead);
    if (/[:：]$/.test(key)) return { key: key.slice(0, -1), value: rest() };
    const value = rest();
    if (!/[:：]/.test(key) && key !== '' && key.length <= MAX_LABEL && /^[:：–—-]/.test(value)) {
      return { key, value: value.replace(/^[:：–—-]\s*/, '') };
    }
  }
  const text = shownAll(nodes);
  const colon = text.search(/[:：]/);
  if (colon < 0) return null;
  return { key: text.slice(0, colon), value: text.slice(colon + 1).trim() };
}

/** The text of several nodes as one line. */
export function shownAll(nodes: readonly PhrasingContent[]): string {
  return shownText({ type: 'paragraph', children: [...nodes] });
}

import { readPlaced, type PlacedDocuments } from '../../evidence/detect/places';

/**
 * Reads YAML that may be a template of Helm or another Go template, as far as that can be told without running it: a
 * line of template actions only is left out, so that every branch of an `if` counts as there, and an action within a
 * value becomes a word of its own spelling and length, so that two of them are equal where they are written alike.
 */
export function readTemplatedYaml(text: string): PlacedDocuments {
  return bounded(readPlaced(text.includes('{{') ? withoutActions(text) : text));
}

/** The same for YAML and JSON that is no template. */
export function readBoundedYaml(text: string): PlacedDocuments {
  return bounded(readPlaced(text));
}

/** Values in a document, each alias counted where it is used. */
const MAX_VALUES = 300_000;

const MAX_DEPTH = 150;

/** Refuses what aliases make endless or enormous, so that whoever walks the data may do so as a tree. */
function bounded(read: PlacedDocuments): PlacedDocuments {
  if (!read.ok) return read;
  let count = 0;
  for (const { data } of read.documents) {
    const open: { readonly value: unknown; readonly depth: number }[] = [{ value: data, depth: 0 }];
    for (let next = open.pop(); next; next = open.pop()) {
      if (++count > MAX_VALUES || next.depth > MAX_DEPTH) {
        return { ok: false, message: 'holds more, or nests deeper, than is read', range: null };
      }
      if (typeof next.value !== 'object' || next.value === null) continue;
      for (const value of Object.values(next.value)) open.push({ value, depth: next.depth + 1 });
    }
  }
  return read;
}

/** The text with its actions replaced; every offset stays. */
function withoutActions(text: string): string {
  const pieces: string[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    if (open === -1) break;
    const comment = /^\{\{-?\s*\/\*/.test(text.slice(open, open + 20));
    const close = comment ? text.indexOf('*/', open) : text.indexOf('}}', open);
    const end = close === -1 ? -1 : comment ? text.indexOf('}}', close) : close;
    if (end === -1) break;
    pieces.push(text.slice(at, open), masked(text, open, end + 2));
    at = end + 2;
  }
  return pieces.join('') + text.slice(at);
}

function masked(text: string, start: number, end: number): string {
  const action = text.slice(start, end);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const feed = text.indexOf('\n', end);
  const line = text.slice(lineStart, start) + text.slice(end, feed === -1 ? text.length : feed);
  // Alone on its lines, or among other actions only: it makes lines, which are not known.
  if (line.replace(/\{\{.*?\}\}/g, '').trim() === '') return action.replace(/[^\r\n]/g, ' ');
  return `T${action
    .slice(1)
    .replace(/[^\w.\r\n]/g, '_')
    .replace(/[\r\n]/g, '_')}`;
}

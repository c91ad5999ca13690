import { lineBreakOf } from '../../text/edit';
import { shortHash } from '../../text/short-hash';

/** A file's text as it would be, with what was left as it is and why: each completes "<path> …". */
export interface ProposedText {
  readonly text: string;
  readonly notes: readonly string[];
}

/** How a mark is hidden in a file. */
export type MarkStyle = 'html' | 'hash';

const MADE_BY = 'Made by Release Gate (setup)';

/**
 * A whole file of ours, with a mark at its end by which a later run knows whether somebody changed it. What a person
 * wrote or changed stays.
 */
export function proposeMadeFile(before: string | null, body: string, style: MarkStyle): ProposedText {
  const content = `${body.trimEnd()}\n`;
  const made = `${content}${style === 'html' ? '\n' : ''}${mark(`${MADE_BY} ${fingerprint(content)}`, style)}\n`;
  if (before === null || same(before, made)) return { text: before ?? made, notes: [] };
  const normal = normalized(before);
  const found = /\n(?:<!-- |# )Made by Release Gate \(setup\) ([0-9a-f]{6})(?: -->)?\s*$/.exec(normal);
  const own = found ? `${normal.slice(0, found.index).trimEnd()}\n` : null;
  if (own !== null && fingerprint(own) === found?.[1]) {
    return { text: withLineBreaks(made, before), notes: [] };
  }
  if (same(normal, content)) return { text: before, notes: [] };
  return {
    text: before,
    notes: ['is left as it is: somebody wrote or changed it'],
  };
}

/** A part of a file that is ours, between two marks; everything around it is a person's and stays byte by byte. */
export function proposeMadeSection(before: string | null, name: string, body: string): ProposedText {
  const content = `${body.trim()}\n`;
  const made = [
    mark(`release-gate:begin ${name} ${fingerprint(content)}`, 'html'),
    '',
    content,
    mark(`release-gate:end ${name}`, 'html'),
    '',
  ].join('\n');
  if (before === null || before.trim() === '') return { text: made, notes: [] };
  const begin = new RegExp(`<!-- release-gate:begin ${name} ([0-9a-f]{6}) -->`, 'g');
  const end = `<!-- release-gate:end ${name} -->`;
  const found = [...before.matchAll(begin)];
  const [first] = found;
  if (!first) {
    const lineBreak = lineBreakOf(before);
    const gap = before.endsWith('\n') ? lineBreak : lineBreak + lineBreak;
    return { text: `${before}${gap}${withLineBreaks(made, before)}`, notes: [] };
  }
  const from = first.index + first[0].length;
  const to = before.indexOf(end, from);
  if (found.length > 1 || to < 0) {
    return { text: before, notes: ['is left as it is: the marks of its generated part are not a pair'] };
  }
  const now = `${normalized(before.slice(from, to)).trim()}\n`;
  if (now === content) return { text: before, notes: [] };
  if (fingerprint(now) !== first[1]) {
    return { text: before, notes: ['is left as it is: somebody changed its generated part'] };
  }
  const replaced = withLineBreaks(made.trimEnd(), before);
  return { text: before.slice(0, first.index) + replaced + before.slice(to + end.length), notes: [] };
}

/**
 * Settings as JSON. What stands there wins, and keeps its bytes where nothing is missing; keys that it lacks are added,
 * and members of lists that are told apart by `type`, `context` or `tool`.
 */
export function proposeSettings(before: string | null, proposed: object): ProposedText {
  if (before === null || before.trim() === '') return { text: written(proposed), notes: [] };
  let now: unknown;
  try {
    now = JSON.parse(before.replace(/^\uFEFF/, ''));
  } catch {
    return { text: before, notes: ['cannot be read as JSON, so it is left as it is'] };
  }
  const kept: string[] = [];
  const merged = merge(now, JSON.parse(JSON.stringify(proposed)) as unknown, '', kept);
  const notes = kept.length > 0 ? [`keeps what somebody set: ${kept.join(', ')}`] : [];
  if (JSON.stringify(merged) === JSON.stringify(now)) return { text: before, notes };
  return { text: withLineBreaks(written(merged), before), notes };
}

function merge(now: unknown, proposed: unknown, path: string, kept: string[]): unknown {
  if (isMap(now) && isMap(proposed)) {
    const result: Record<string, unknown> = { ...now };
    for (const [key, value] of Object.entries(proposed)) {
      const inner = path === '' ? key : `${path}.${key}`;
      result[key] = Object.hasOwn(now, key) ? merge(now[key], value, inner, kept) : value;
    }
    return result;
  }
  if (Array.isArray(now) && Array.isArray(proposed)) {
    const items = now as readonly unknown[];
    const known = (proposed as readonly unknown[]).map(identityOf);
    if (known.some((identity) => identity === null)) {
      if (JSON.stringify(now) !== JSON.stringify(proposed)) kept.push(path);
      return now;
    }
    const combined = items.map((item) => {
      const match = (proposed as readonly unknown[]).find((each) => identityOf(each) === identityOf(item));
      return match === undefined ? item : merge(item, match, `${path}[${identityOf(item) ?? ''}]`, kept);
    });
    const added = (proposed as readonly unknown[]).filter(
      (each) => !items.some((item) => identityOf(item) === identityOf(each)),
    );
    return [...combined, ...added];
  }
  if (JSON.stringify(now) !== JSON.stringify(proposed)) kept.push(path);
  return now;
}

function identityOf(item: unknown): string | null {
  if (!isMap(item)) return null;
  for (const key of ['context', 'tool']) if (typeof item[key] === 'string') return `${key} ${item[key]}`;
  // Reviewers have a type each, and none of their own.
  return typeof item['type'] === 'string' && !('id' in item) ? item['type'] : null;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function written(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function mark(text: string, style: MarkStyle): string {
  return style === 'html' ? `<!-- ${text} -->` : `# ${text}`;
}

function fingerprint(text: string): string {
  return shortHash(text).toString(16).padStart(6, '0');
}

function normalized(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}

function same(a: string, b: string): boolean {
  return normalized(a) === normalized(b);
}

function withLineBreaks(text: string, like: string): string {
  return lineBreakOf(like) === '\r\n' ? text.replaceAll('\n', '\r\n') : text;
}

import Handlebars from 'handlebars/dist/cjs/handlebars';
import {
  cellCode,
  codeFence,
  inlineCode,
  markdownProse,
  markdownText,
  markdownTable,
  NOTHING,
} from './write';
import { markdownSteps } from './steps';
import type { Step } from './steps';

/*
 * `noEscape`, since HTML escapes are wrong in Markdown: in exchange no value is ever written but through a helper below,
 * which the test of the templates checks. `strict`, so that a misspelt name fails instead of writing nothing.
 */
const handlebars = Handlebars.create();

/** What each helper takes: one value, or a list of texts, boxes, steps or rows. */
export const TEMPLATE_HELPERS = {
  text: 'value',
  heading: 'value',
  prose: 'value',
  code: 'value',
  fence: 'value',
  output: 'value',
  yaml: 'value',
  list: 'texts',
  checklist: 'boxes',
  steps: 'steps',
  table: 'rows',
} as const;

/** What a value is written as before Markdown is made of it; what a step or row leaves out is nothing. */
function written(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Always behind a label or a heading's marks, so never at the beginning of a line. */
handlebars.registerHelper('text', (value: unknown) => markdownText(written(value), false));
/** Behind the hashes of a heading, whose end would otherwise be eaten where it looks like a closing row of hashes. */
handlebars.registerHelper('heading', (value: unknown) =>
  markdownText(written(value), false).replace(/#+$/, (hashes) => '\\#'.repeat(hashes.length)),
);
handlebars.registerHelper('prose', (value: unknown) => markdownProse(written(value)));
handlebars.registerHelper('code', (value: unknown) => inlineCode(written(value)));
handlebars.registerHelper('fence', (value: unknown) => codeFence(written(value), 0));
/** What a program printed: no command, so no shell's language. */
handlebars.registerHelper('output', (value: unknown) => codeFence(written(value), 0, 'text'));
handlebars.registerHelper('yaml', (value: unknown) => JSON.stringify(written(value)));
handlebars.registerHelper('steps', (value: unknown) => markdownSteps(value as readonly Step[]));
handlebars.registerHelper('list', (value: unknown) => {
  const items = value as readonly string[];
  return items.length === 0 ? NOTHING : items.map((item) => `- ${markdownText(item)}`).join('\n');
});
handlebars.registerHelper('checklist', (value: unknown) => {
  const items = value as readonly { text: string; isDone: boolean }[];
  if (items.length === 0) return NOTHING;
  return items.map(({ text, isDone }) => `- [${isDone ? 'x' : ' '}] ${markdownText(text)}`).join('\n');
});
/** `{{table rows "Header:key, Other header:key, Statement:key:code"}}`. */
handlebars.registerHelper('table', (value: unknown, columns: unknown) => {
  const shape = String(columns)
    .split(',')
    .map((column) => column.trim().split(':'));
  const rows = value as readonly Readonly<Record<string, unknown>>[];
  return markdownTable(
    shape.map(([header]) => header ?? ''),
    rows.map((row) =>
      shape.map(([, key, form]) => {
        const cell = row[key ?? ''];
        if (form === 'yes') return cell === true ? 'yes' : 'no';
        const text = typeof cell === 'string' ? cell : typeof cell === 'number' ? String(cell) : '';
        return form === 'code' ? cellCode(text) : markdownText(text, false);
      }),
    ),
  );
});

/** A template that writes `data` as Markdown; a name that `data` has not is a mistake of ours and throws. */
export function markdownTemplate<T extends object>(source: string): (data: T) => string {
  const template = handlebars.compile<T>(source, { noEscape: true, strict: true });
  return (data) =>
    `${template(data)
      .replace(/\n{3,}/g, '\n\n')
      .trim()}\n`;
}

/** The tags of a template as a tree; or the line of the first one that cannot be read, and why. */
export type ParsedTemplate =
  | { readonly ok: true; readonly program: hbs.AST.Program }
  | { readonly ok: false; readonly line: number; readonly why: string };

/** Reads the tags of a template that somebody else wrote. Nothing of it is run. */
export function parseTemplate(source: string): ParsedTemplate {
  try {
    // Without its second pass, which calls itself for each level: how deep the tags are nested is not known yet.
    return { ok: true, program: handlebars.parseWithoutProcessing(source) };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const closed = /^(.+) doesn't match (.+) - (\d+):\d+$/.exec(message);
    if (closed) {
      return {
        ok: false,
        line: Number(closed[3]),
        why: `{{#${closed[1] ?? ''}}} is closed by {{/${closed[2] ?? ''}}}`,
      };
    }
    const line = Number(/(?:on line | - )(\d+)/.exec(message)?.[1] ?? 1);
    return {
      ok: false,
      line: Math.min(line, source.split('\n').length),
      why: /got 'EOF'/.test(message)
        ? 'the template ends within a tag, or before a block is closed'
        : 'a tag cannot be read: it is not closed, or holds what no tag takes',
    };
  }
}

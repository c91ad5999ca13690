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

/** Always behind a label or a heading's marks, so never at the beginning of a line. */
handlebars.registerHelper('text', (value: unknown) => markdownText(String(value), false));
/** Behind the hashes of a heading, whose end would otherwise be eaten where it looks like a closing row of hashes. */
handlebars.registerHelper('heading', (value: unknown) =>
  markdownText(String(value), false).replace(/#+$/, (hashes) => '\\#'.repeat(hashes.length)),
);
handlebars.registerHelper('prose', (value: unknown) => markdownProse(String(value)));
handlebars.registerHelper('code', (value: unknown) => inlineCode(String(value)));
handlebars.registerHelper('fence', (value: unknown) => codeFence(String(value), 0));
handlebars.registerHelper('yaml', (value: unknown) => JSON.stringify(String(value)));
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

import fc from 'fast-check';
import { plainCommand, plainProse, plainText } from '../../src/core/documents/markdown/write';
import type { AnyFields } from '../../src/core/documents/shape/define-kind';
import type { Form } from '../../src/core/documents/shape/parts';

/** Texts that Markdown, YAML, HTML or Handlebars would take for something else. */
const hostile = [
  'a | b',
  '`tick` and ``two``',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '![x](https://evil.test/x.png)',
  '# heading',
  'closing ##',
  '1. one',
  '- dash',
  '---',
  '===',
  'https://dash.acme.io/d/abc?var=a_b|c',
  'www.acme.io and a_b@acme.io',
  '&amp; &#60;',
  '*bold* _it_ __x__ ~~no~~',
  '[ ] box',
  '[^1] note',
  'C:\\path\\',
  'a \\| b',
  '```',
  '{{service}} ${{ github.token }}',
  'UNKNOWN(who (exactly) owns it)',
  'Größe 測試 🚀',
  '<!-- comment -->',
  'None.',
  'key: value',
  '\\',
  '|',
];

const raw = fc.oneof(
  fc.string({ maxLength: 24, unit: 'binary' }),
  fc.string({ maxLength: 24 }),
  fc.constantFrom(...hostile),
  fc
    .array(fc.constantFrom(...'|`*_[]<>()!\\~#-+.:/@&{}$ a1\n'.split(''), 'http://', 'www.', ...hostile), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
);

/** One line of anything, as a document can hold it. */
export const text = raw.map(plainText);
/** The same, never empty: the title of a step. */
export const title = text.map((value) => value || 'Step');
/** The same: a bullet. */
export const item = text.map((value) => value || 'item');
/** Paragraphs of anything. */
export const prose = fc.array(raw, { maxLength: 3 }).map((parts) =>
  plainProse(parts.join('\n\n'))
    .split('\n\n')
    .filter((paragraph) => paragraph !== 'None.')
    .join('\n\n'),
);
/** A command of several lines of anything. */
export const command = fc.array(raw, { maxLength: 3 }).map((parts) => plainCommand(parts.join('\n')));
export const minutes = fc.option(
  fc.nat({ max: 9000 }).map((value) => value / 4),
  { nil: null },
);
/** Up to three objects of that shape. */
export const rows = <T extends object>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.array(fc.record(shape), { maxLength: 3 });

export const step = {
  title,
  owner: text,
  command,
  action: text,
  expected: text,
  durationMinutes: minutes,
};

/** Data of a part of a document, from what the part is made of. */
export function dataOf(form: Form): fc.Arbitrary<unknown> {
  switch (form.is) {
    case 'text':
      return text;
    case 'title':
      return title;
    case 'prose':
      return prose;
    case 'code':
      return command;
    case 'list':
      return fc.array(item, { maxLength: 3 });
    case 'checklist':
      return rows({ text: item, isDone: fc.boolean() });
    case 'steps':
      return rows(step);
    case 'runbook-steps':
      return rows({ ...step, onFailure: text, verifiedBy: fc.option(item, { nil: undefined }) });
    case 'untimed-steps':
      return rows({ title, command, action: text, expected: text, onFailure: text });
    case 'table':
      return rows({
        ...Object.fromEntries(form.columns.map((column) => [column, text])),
        ...Object.fromEntries(form.flags.map((column) => [column, fc.boolean()])),
      });
    case 'groups':
      return fc.array(objectOf(form.parts), { maxLength: 3 });
    case 'together':
      return objectOf(form.parts);
    default:
      return form satisfies never;
  }
}

function objectOf(parts: Readonly<Record<string, Form>>): fc.Arbitrary<object> {
  return fc.record(Object.fromEntries(Object.entries(parts).map(([key, form]) => [key, dataOf(form)])));
}

/** Data of a kind, from its fields. */
export function dataOfFields(fields: AnyFields): fc.Arbitrary<object> {
  return fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [
        key,
        'fields' in field ? dataOfFields(field.fields) : dataOf(field.form),
      ]),
    ),
  );
}

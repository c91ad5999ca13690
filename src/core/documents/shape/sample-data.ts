import type { AnyFields } from './define-kind';
import type { Form } from './parts';

/** So many of everything that may be many: one cannot show that a template writes each. */
const MANY = 2;

/**
 * Data of a kind in which every value differs from every other, so that a value that is lost, cut or written in the place
 * of another is seen. The texts hold what Markdown would take for a bullet, a column or the end of a heading.
 */
export function sampleData(fields: AnyFields): Readonly<Record<string, unknown>> {
  let count = 0;
  const next = (): number => (count += 1);
  const text = (): string => `- sample ${next()} | of #`;
  const many = <V>(make: () => V): readonly V[] => Array.from({ length: MANY }, make);
  const flag = (): boolean => next() % 2 === 0;
  const command = (): string => `sample --number ${next()} | sort\n# second line ${next()}`;
  const untimed = () => ({
    title: text(),
    command: command(),
    action: text(),
    expected: text(),
    onFailure: text(),
  });
  const step = () => ({
    title: text(),
    owner: text(),
    command: command(),
    action: text(),
    expected: text(),
    durationMinutes: next(),
  });
  const ofForm = (form: Form): unknown => {
    switch (form.is) {
      case 'text':
      case 'title':
        return text();
      case 'prose':
        return `${text()}\n\n${text()}`;
      case 'code':
        return command();
      case 'list':
        return many(text);
      case 'checklist':
        return [true, false].map((isDone) => ({ text: text(), isDone }));
      case 'steps':
        return many(step);
      case 'runbook-steps':
        return many(() => ({ ...step(), onFailure: text(), verifiedBy: text() }));
      case 'untimed-steps':
        return many(untimed);
      case 'table': {
        const first = flag();
        return [first, !first].map((isSet) => ({
          ...Object.fromEntries(form.columns.map((column) => [column, text()])),
          ...Object.fromEntries(form.flags.map((column, at) => [column, at % 2 === 0 ? isSet : !isSet])),
        }));
      }
      case 'groups':
        return many(() => ofForms(form.parts));
      case 'together':
        return ofForms(form.parts);
      default:
        return form satisfies never;
    }
  };
  const ofForms = (parts: Readonly<Record<string, Form>>): object =>
    Object.fromEntries(Object.entries(parts).map(([key, form]) => [key, ofForm(form)]));
  return dataOf(fields, ofForm);
}

/** Data of a kind in which nothing is said. */
export function emptyData(fields: AnyFields): Readonly<Record<string, unknown>> {
  const ofForm = (form: Form): unknown => {
    switch (form.is) {
      case 'text':
      case 'title':
      case 'prose':
      case 'code':
        return '';
      case 'together':
        return Object.fromEntries(Object.entries(form.parts).map(([key, part]) => [key, ofForm(part)]));
      case 'list':
      case 'checklist':
      case 'steps':
      case 'runbook-steps':
      case 'untimed-steps':
      case 'table':
      case 'groups':
        return [];
      default:
        return form satisfies never;
    }
  };
  return dataOf(fields, ofForm);
}

function dataOf(fields: AnyFields, ofForm: (form: Form) => unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]): [string, unknown] => [
      key,
      'fields' in field ? dataOf(field.fields, ofForm) : ofForm(field.form),
    ]),
  );
}

import type { DocumentKind } from '../document';
import type { AnyField, AnyFields, DefinedKind } from './define-kind';
import type { Form } from './parts';
import { emptyData, sampleData } from './sample-data';
import { faultsOfTags } from './template-tags';

/** More characters than a template for one document has. */
const MAX_TEMPLATE = 100_000;

/** More characters than a document that a person reads has. */
const MAX_DOCUMENT = 1_000_000;

/** So many faults are told at once. */
const MAX_FAULTS = 10;

/** A kind that is written by a template of the repository; or what is wrong with it, a sentence each without full stop. */
export type OwnTemplate<T> =
  | { readonly ok: true; readonly kind: DefinedKind<T> }
  | { readonly ok: false; readonly faults: readonly string[] };

/** The document that a template of the repository writes is too long to be read. */
export class OversizedDocument extends Error {
  override readonly name = 'OversizedDocument';
}

/**
 * The kind with a template that is not ours, checked before it is used: its tags reach nothing but the data, and what it
 * writes of sample data is read back with every required section and every value. Its `render` throws
 * `OversizedDocument` for a document beyond reading.
 */
export function withTemplate<T>(kind: DefinedKind<T>, text: string): OwnTemplate<T> {
  if (text.length > MAX_TEMPLATE) {
    return { ok: false, faults: [`it has more than ${MAX_TEMPLATE} characters`] };
  }
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const sample = sampleData(kind.fields);
  const tags = faultsOfTags(source, { ...sample, ...kind.derived(sample as T) });
  if (tags.length > 0) return told(tags.map(({ line, message }) => `line ${line}: ${message}`));
  const own = bounded(kind.withSource(source));
  // A document of a form that people fill in has no front matter.
  const named = kind.read('sample.md', kind.render(sample as T)).frontMatter['kind'] === kind.id;
  const faults = new Set([
    ...faultsOfWritten(own, sample, named),
    // What is written under a condition must not take a section or a value with it where there is nothing to say.
    ...faultsOfWritten(own, emptyData(kind.fields), named),
  ]);
  return faults.size > 0 ? told([...faults]) : { ok: true, kind: own };
}

function told(faults: readonly string[]): { readonly ok: false; readonly faults: readonly string[] } {
  const left = faults.length - MAX_FAULTS;
  return {
    ok: false,
    faults: left > 0 ? [...faults.slice(0, MAX_FAULTS), `and ${left} more`] : faults,
  };
}

function bounded<T>(kind: DefinedKind<T>): DefinedKind<T> {
  return {
    ...kind,
    render: (data) => {
      const text = kind.render(data);
      if (text.length <= MAX_DOCUMENT) return text;
      throw new OversizedDocument(`it writes a document of more than ${MAX_DOCUMENT} characters`);
    },
  };
}

function faultsOfWritten<T>(
  kind: DefinedKind<T>,
  sample: Readonly<Record<string, unknown>>,
  isNamed: boolean,
): readonly string[] {
  const read = kind.read('sample.md', kind.render(sample as T));
  const there = new Set(read.sections.map(({ id }) => id));
  return [
    ...(!isNamed || read.frontMatter['kind'] === kind.id
      ? []
      : [`its front matter lacks "kind: ${kind.id}", by which the document is known again`]),
    ...kind.sections
      .filter(({ id, isRequired }) => isRequired && !there.has(id))
      .map(({ title }) => `it lacks the section "${title}"`),
    ...faultsOfFields(kind, kind.fields, sample, read.data, ''),
    ...read.problems.map(({ message }) => message),
  ];
}

function faultsOfFields(
  kind: Pick<DocumentKind<unknown>, 'sections'>,
  fields: AnyFields,
  wanted: unknown,
  got: unknown,
  before: string,
): readonly string[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const name = `${before}${key}`;
    const [one, other] = [valueAt(wanted, key), valueAt(got, key)];
    if ('fields' in field) return faultsOfFields(kind, field.fields, one, other, `${name}.`);
    return differences(field.form, one, other, name).map(({ name: lost, whole, form, isLost }) => {
      const verb = isLost ? 'loses' : 'changes';
      // Inside a group the names are those of the group.
      const own = field.form.is === 'groups' && whole !== name ? `{{#each ${name}}}: ` : '';
      const short = own === '' ? whole : whole.slice(name.length + 1);
      return `it ${verb} ${lost}, written as ${own}${howWritten(field, form, short)} ${placeOf(kind, field)}`;
    });
  });
}

interface Difference {
  readonly name: string;
  /** What is written by one tag: the value itself, or the list that it is a part of. */
  readonly whole: string;
  /** Of the whole. */
  readonly form: Form;
  readonly isLost: boolean;
}

function differences(form: Form, wanted: unknown, got: unknown, name: string): readonly Difference[] {
  if (isSame(wanted, got)) return [];
  if (form.is === 'together') {
    return Object.entries(form.parts).flatMap(([key, part]) =>
      differences(part, valueAt(wanted, key), valueAt(got, key), `${name}.${key}`),
    );
  }
  if (Array.isArray(wanted) && Array.isArray(got) && wanted.length === got.length) {
    const items = wanted as readonly unknown[];
    const found = items.flatMap((item, at): readonly Difference[] => {
      const other: unknown = got[at];
      if (form.is === 'groups') {
        return Object.entries(form.parts).flatMap(([key, part]) =>
          differences(part, valueAt(item, key), valueAt(other, key), `${name}.${key}`),
        );
      }
      if (typeof item !== 'object' || item === null) return [];
      return Object.entries(item)
        .filter(([key, value]) => !isSame(value, valueAt(other, key)))
        .map(([key]) => ({
          name: `${name}.${key}`,
          whole: name,
          form,
          isLost: isNothing(valueAt(other, key)),
        }));
    });
    if (found.length > 0) {
      return [...new Map(found.map((each) => [each.name, each])).values()];
    }
  }
  return [{ name, whole: name, form, isLost: isNothing(got) }];
}

/** The tag that writes a value so that it is read back. */
function howWritten(field: AnyField, form: Form, name: string): string {
  if (field.section === null) return `${field.name}: {{yaml ${name}}}`;
  switch (form.is) {
    case 'text':
      return form.label ? `- **${capital(form.label)}:** {{text ${name}}}` : `{{text ${name}}}`;
    case 'title':
      return `### {{heading ${name}}}`;
    case 'prose':
      return `{{prose ${name}}}`;
    case 'code':
      return `{{fence ${name}}}`;
    case 'list':
      return `{{list ${name}}}`;
    case 'checklist':
      return `{{checklist ${name}}}`;
    case 'steps':
    case 'runbook-steps':
    case 'untimed-steps':
      return `{{steps ${name}}}`;
    case 'table': {
      const columns = [...form.columns, ...form.flags].map(
        (key, at) => `${capital(form.names[at]?.[0] ?? key)}:${key}${form.flags.includes(key) ? ':yes' : ''}`,
      );
      return `{{table ${name} "${columns.join(', ')}"}}`;
    }
    case 'groups':
      return `{{#each ${name}}} with a deeper heading for each`;
    case 'together':
      return `{{text ${name}}}`;
    default:
      return form satisfies never;
  }
}

function placeOf({ sections }: Pick<DocumentKind<unknown>, 'sections'>, { section }: AnyField): string {
  if (section === null) return 'in the front matter';
  return `in the section "${sections.find(({ id }) => id === section)?.title ?? section}"`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function valueAt(data: unknown, key: string): unknown {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, key)
    ? (data as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function isNothing(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

/** Whether both hold the same; what one of them does not have is the same as undefined. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) =>
    isSame(valueAt(a, key), valueAt(b, key)),
  );
}

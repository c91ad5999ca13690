import type { DocumentKind, ReadDocument } from '../document';
import { frontMatterText } from '../markdown/fields';
import { blocksOf, parseDocument } from '../markdown/parse';
import { markdownTemplate } from '../markdown/template';
import { plainText } from '../markdown/write';
import type { Form, Part } from './parts';

type Parsed = Omit<ReadDocument, 'kind' | 'data'>;

/** How one value of a kind's data is read from the document, and where it stands. */
export interface Field<V> {
  readonly form: Form;
  /** The id of its section; null: the front matter. */
  readonly section: string | null;
  /** The key of the front matter, or of the data, for people. */
  readonly name: string;
  read(document: Parsed): V;
}

/** A field, or an object of fields, for each key of the data. */
export type Fields<T> = {
  readonly [K in keyof T]: Field<T[K]> | (T[K] extends object ? NestedFields<T[K]> : never);
};

/** Values of one object that stand in several sections. */
export interface NestedFields<T> {
  readonly fields: Fields<T>;
}

/** A text of the front matter, on one line. Written with `key: {{yaml x}}`. */
export function frontMatter(key: string): Field<string> {
  return {
    form: { is: 'text' },
    section: null,
    name: key,
    read: (document) => frontMatterText(document, key),
  };
}

/** A part that stands in a section. */
export function inSection<V>(section: string, part: Part<V>): Field<V> {
  return {
    form: part.form,
    section,
    name: section,
    read: (document) => part.read(blocksOf(document, section), ''),
  };
}

/** What makes a kind of document: what every kind declares, and from what its reader and writer follow. */
export interface KindDefinition<T> extends Omit<DocumentKind<T>, 'recognises' | 'render' | 'read'> {
  /** The Handlebars template. */
  readonly source: string;
  /** Paths at which a document is one of this kind though its front matter does not say so. */
  readonly path?: RegExp;
  readonly fields: Fields<T>;
  /** What the template writes beside the data, worked out from it: a total, a count. Not read back. */
  readonly derived?: (data: T) => object;
}

/** The fields of any kind, for whoever goes through them without knowing its data. */
export type AnyFields = Readonly<Record<string, AnyField | { readonly fields: AnyFields }>>;

/** What a field is made of and where it stands. */
export type AnyField = Pick<Field<unknown>, 'form' | 'section' | 'name'>;

/** A kind whose reader follows from its fields. */
export interface DefinedKind<T> extends DocumentKind<T> {
  readonly fields: AnyFields;
  /** What the template writes beside the data. */
  derived(data: T): object;
  /** The same kind with another template, which is taken as it is: `withTemplate` checks one that is not ours. */
  withSource(source: string): DefinedKind<T>;
}

/** The kind with its reader: `read(path, render(x)).data` equals `x` where the template writes each field as its part says. */
export function defineKind<T extends object>(definition: KindDefinition<T>): DefinedKind<T> {
  const { source, path: pattern, fields, derived, ...kind } = definition;
  const write = markdownTemplate<object>(source);
  return {
    ...kind,
    fields,
    derived: (data) => derived?.(data) ?? {},
    withSource: (other) => defineKind({ ...definition, source: other }),
    recognises: (path, data) =>
      // What says that it is of another kind is not recognised by where it stands.
      typeof data['kind'] === 'string' ? data['kind'] === kind.id : pattern?.test(path) === true,
    render: (data) => write({ ...withPlainFrontMatter(data, fields), ...derived?.(data) }),
    read: (path, text) => {
      const document = parseDocument(path, text, kind.sections);
      return { ...document, kind: kind.id, data: readFields(document, fields) };
    },
  };
}

function readFields<T>(document: Parsed, fields: Fields<T>): T {
  const data: Partial<T> = {};
  for (const key of Object.keys(fields) as (keyof T)[]) {
    const field = fields[key];
    data[key] =
      'fields' in field ? readFields(document, field.fields as Fields<T[keyof T]>) : field.read(document);
  }
  return data as T;
}

/** YAML would give control characters back; everything else is folded where it is written. */
function withPlainFrontMatter<T extends object>(data: T, fields: Fields<T>): object {
  return Object.fromEntries(
    Object.entries<unknown>(data as Record<string, unknown>).map(([key, value]) => {
      const field = (fields as Readonly<Record<string, unknown>>)[key];
      const isFrontMatter = isField(field) && field.section === null;
      return [key, isFrontMatter && typeof value === 'string' ? plainText(value) : value];
    }),
  );
}

function isField(field: unknown): field is Field<unknown> {
  return typeof field === 'object' && field !== null && 'section' in field;
}

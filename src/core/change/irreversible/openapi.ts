import {
  dataAt,
  listAt,
  mapAt,
  stringAt,
  type DataPath,
  type PlacedDocument,
} from '../../evidence/detect/places';
import type { Detected } from './detector';
import {
  placeAt,
  riskAt,
  startJudgement,
  unjudgeableAt,
  type FileVersions,
  type OpenJudgement,
  type Side,
} from './file-versions';
import { interfaceBreak } from './interface-break';
import { readBoundedYaml } from './templated-yaml';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** Pairs of schemas compared in one file; a description that needs more is not one that a person wrote. */
const MAX_COMPARISONS = 50_000;

/** Schemas within schemas are followed so far. */
const MAX_DEPTH = 60;

/** One description at one end of the range. */
interface Description {
  readonly file: FileVersions;
  readonly side: Side;
  readonly document: PlacedDocument;
  /** The files that references may lead to, as they stand at this end, by path; null: cannot be read. */
  readonly others: ReadonlyMap<string, Description | null>;
}

/** A part of a description, by where it stands after references have been followed. */
interface Node {
  readonly of: Description;
  readonly path: DataPath;
  readonly data: unknown;
}

const LIMITS = [
  'format',
  'pattern',
  'maxLength',
  'minLength',
  'maximum',
  'minimum',
  'maxItems',
  'minItems',
] as const;

/** Whether a text may be a description in OpenAPI 3 or 2; told by its content, whatever its name. */
export function looksLikeOpenApi(text: string): boolean {
  return (
    /^\s*["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]/m.test(text) ||
    /"(?:openapi|swagger)"\s*:\s*"[23]/.test(text)
  );
}

/**
 * Judges descriptions of HTTP interfaces: what requests could ask for and responses held at the base, and do not at the
 * head. References are followed, into the files of `others` too; what they do not hold is not known.
 *
 * Specification: https://spec.openapis.org/oas/v3.1.0 and https://spec.openapis.org/oas/v2.0
 */
export function judgeOpenApi(files: readonly FileVersions[], others: readonly FileVersions[] = []): Detected {
  const judgement = startJudgement();
  const libraries = {
    base: libraryOf([...others, ...files], 'base'),
    head: libraryOf([...others, ...files], 'head'),
  };
  const reported = new Set<string>();
  const pairs: { readonly base: Description; readonly head: Description | null }[] = [];
  const added: Description[] = [];
  for (const file of files) {
    const base = describe(file, 'base', libraries.base);
    const head = describe(file, 'head', libraries.head);
    if (base === null && head === null) continue;
    if (file.base !== file.head) judgement.touches.push({ kind: 'interfaces', path: file.path });
    if (base !== null && 'why' in base) {
      judgement.irreversible.push(unjudgeableAt(placeAt(file, 'base', null), `the file ${base.why}`));
    } else if (base !== null && head !== null && 'why' in head) {
      judgement.irreversible.push(unjudgeableAt(placeAt(file, 'head', null), `the file ${head.why}`));
    } else if (base !== null) pairs.push({ base, head: head !== null && !('why' in head) ? head : null });
    else if (head !== null && !('why' in head)) added.push(head);
  }
  for (const { base, head } of pairs) {
    const title = stringAt(base.document.data, ['info', 'title']);
    const other =
      head ?? added.find((each) => stringAt(each.document.data, ['info', 'title']) === title) ?? null;
    if (other) new Comparison(base, other, judgement, reported).run();
    else {
      judgement.irreversible.push(
        interfaceBreak(
          placeAt(base.file, 'base', base.document.rangeOf(['paths'])),
          `removes the description of ${title ?? 'the interface'} with every operation in it`,
        ),
      );
    }
  }
  return judgement;
}

/** The files that references may lead to, each read when it is first asked for. */
function libraryOf(files: readonly FileVersions[], side: Side): ReadonlyMap<string, Description | null> {
  const read = new Map<string, Description | null>();
  const texts = new Map(files.map((file) => [side === 'base' ? file.basePath : file.path, file] as const));
  const library: Pick<ReadonlyMap<string, Description | null>, 'get'> = {
    get: (path) => {
      const known = read.get(path);
      if (known !== undefined) return known;
      const file = texts.get(path);
      const text = file?.[side] ?? null;
      const result = file && text !== null ? readBoundedYaml(text) : null;
      const document = result?.ok ? result.documents[0] : undefined;
      const description =
        file && document
          ? { file, side, document, others: library as ReadonlyMap<string, Description | null> }
          : null;
      read.set(path, description);
      return description;
    },
  };
  return library as ReadonlyMap<string, Description | null>;
}

function describe(
  file: FileVersions,
  side: Side,
  others: Description['others'],
): Description | { readonly why: string } | null {
  const text = file[side];
  // A head that can no longer be read has to be told from one that is something else now.
  if (text === null) return null;
  if (!looksLikeOpenApi(text)) return null;
  const read = readBoundedYaml(text);
  if (!read.ok) return { why: read.message };
  const document = read.documents[0];
  const isDescription =
    document !== undefined &&
    (dataAt(document.data, ['openapi']) ?? dataAt(document.data, ['swagger'])) !== undefined &&
    dataAt(document.data, ['paths']) !== undefined;
  return isDescription ? { file, side, document, others } : null;
}

/** A schema with what its `allOf` parts add. */
interface Schema {
  readonly types: ReadonlySet<string>;
  readonly typeNode: Node;
  readonly properties: ReadonlyMap<string, Node>;
  readonly required: ReadonlyMap<string, Node>;
  readonly values: ReadonlyMap<string, Node> | null;
  readonly items: Node | null;
  readonly additional: Node | null;
  /** What `oneOf` or `anyOf` leave open, by what they are called; null without them. */
  readonly alternatives: ReadonlyMap<string, Node> | null;
  /** The node that says each limit of a text, number or list: `maxLength`, `pattern`, `format`. */
  readonly limits: ReadonlyMap<string, Node>;
  /** Alternatives, or something that could not be read, may hold more than is known. */
  readonly isOpen: boolean;
}

class Comparison {
  private readonly compared = new Set<string>();
  private readonly schemas = new Map<string, Schema>();
  private readonly base: Node;
  private readonly head: Node;

  constructor(
    base: Description,
    head: Description,
    private readonly judgement: OpenJudgement,
    private readonly reported: Set<string>,
  ) {
    this.base = { of: base, path: [], data: base.document.data };
    this.head = { of: head, path: [], data: head.document.data };
  }

  run(): void {
    const oldPaths = child(this.base, 'paths');
    const newPaths = child(this.head, 'paths');
    if (!oldPaths || !newPaths) return;
    // The name of a parameter in a path is not part of it.
    const byShape = new Map(Object.keys(mapAt(newPaths.data, [])).map((path) => [shapeOf(path), path]));
    for (const path of Object.keys(mapAt(oldPaths.data, []))) {
      if (!path.startsWith('/')) continue;
      const oldItem = child(oldPaths, path);
      const newName = byShape.get(shapeOf(path));
      const newItem = newName === undefined ? null : child(newPaths, newName);
      if (!oldItem || dataAt(oldItem.data, ['x-internal']) === true) continue;
      if (newItem) this.pathItem(path, resolve(oldItem), resolve(newItem));
      else this.add({ ...oldItem, path: ['paths', path] }, `removes the path ${path}`);
    }
  }

  private pathItem(path: string, old: Node | null, now: Node | null): void {
    if (!old || !now) return;
    for (const method of METHODS) {
      const before = child(old, method);
      const after = child(now, method);
      if (!before || dataAt(before.data, ['x-internal']) === true) continue;
      const title = `${method.toUpperCase()} ${path}`;
      if (after) this.operation(title, [old, before], [now, after]);
      else this.add(before, `removes the operation ${title}`);
    }
  }

  private operation(title: string, old: readonly [Node, Node], now: readonly [Node, Node]): void {
    const before = parametersOf(old);
    const after = parametersOf(now);
    for (const [key, parameter] of after) {
      const was = before.get(key);
      const name = key.slice(key.indexOf(' ') + 1);
      const place = key.startsWith('path ') ? null : parameter;
      if (
        place &&
        dataAt(parameter.data, ['required']) === true &&
        dataAt(was?.data, ['required']) !== true
      ) {
        const at = child(parameter, 'required') ?? parameter;
        this.add(
          at,
          was
            ? `requires the parameter ${name} of ${title}, which could be left out`
            : `adds the parameter ${name} to ${title} and requires it`,
        );
      }
      if (!was) continue;
      const [oldSchema, newSchema] = [child(was, 'schema') ?? was, child(parameter, 'schema') ?? parameter];
      this.schema(`${name} of ${title}`, oldSchema, newSchema, 'request', 0);
    }
    this.body(title, at(old[1], 'requestBody'), at(now[1], 'requestBody'));
    this.responses(title, child(old[1], 'responses'), child(now[1], 'responses'));
  }

  private body(title: string, old: Node | null, now: Node | null): void {
    if (!now) return;
    if (dataAt(now.data, ['required']) === true && dataAt(old?.data, ['required']) !== true) {
      this.add(child(now, 'required') ?? now, `requires a body for ${title}, which could be left out`);
    }
    if (old) this.contents(`the body of ${title}`, old, now, 'request');
  }

  private responses(title: string, old: Node | null, now: Node | null): void {
    if (!old || !now) return;
    for (const status of Object.keys(mapAt(old.data, []))) {
      const before = at(old, status);
      const after = at(now, status) ?? (/^2/.test(status) ? at(now, '2XX') : null);
      if (!before) continue;
      if (!after) {
        const where = child(old, status) ?? old;
        if (/^2\d\d$/.test(status)) this.add(where, `removes the response ${status} of ${title}`);
        continue;
      }
      this.contents(`the response ${status} of ${title}`, before, after, 'response');
    }
  }

  /** Of version 3 by media type; of version 2 the schema itself. */
  private contents(title: string, old: Node, now: Node, direction: 'request' | 'response'): void {
    const [oldSchema, newSchema] = [child(old, 'schema'), child(now, 'schema')];
    if (oldSchema && newSchema) this.schema(title, oldSchema, newSchema, direction, 0);
    const [before, after] = [child(old, 'content'), child(now, 'content')];
    if (!before || !after) return;
    for (const type of Object.keys(mapAt(before.data, []))) {
      const [was, is] = [child(before, type), child(after, type)];
      if (!was) continue;
      if (!is) this.add(was, `removes ${type} from ${title}`);
      else {
        const [one, other] = [child(was, 'schema'), child(is, 'schema')];
        if (one && other) this.schema(title, one, other, direction, 0);
      }
    }
  }

  private schema(
    title: string,
    oldNode: Node,
    newNode: Node,
    direction: 'request' | 'response',
    depth: number,
  ): void {
    const [before, after] = [resolve(oldNode), resolve(newNode)];
    if (!before || !after || depth > MAX_DEPTH || this.compared.size > MAX_COMPARISONS) return;
    const key = `${direction}\n${placeKey(before)}\n\n${placeKey(after)}`;
    if (this.compared.has(key)) return;
    this.compared.add(key);
    // A schema with a name is told by it, however it was come to.
    const name = before === oldNode ? title : String(before.path.at(-1));
    const [old, now] = [this.schemaOf(before), this.schemaOf(after)];
    if (!this.isTypeKept(old, now, direction)) {
      const shown = (types: ReadonlySet<string>): string => [...types].join(' or ');
      this.add(now.typeNode, `changes the type of ${name} from ${shown(old.types)} to ${shown(now.types)}`);
      return;
    }
    if (old.values && now.values) {
      for (const [value, node] of old.values) {
        if (!now.values.has(value)) this.add(node, `removes the value ${value.slice(0, 80)} of ${name}`);
      }
      for (const [value, node] of direction === 'response' ? now.values : []) {
        if (old.values.has(value)) continue;
        this.mayHurt(
          node,
          `adds the value ${value.slice(0, 80)} to ${name} of a response`,
          'a client that knows the values before may refuse it',
        );
      }
    } else if (now.values && !old.isOpen && direction === 'request') {
      const [node] = now.values.values();
      if (node) this.add(node, `takes only some values of ${name}, where it took any`);
    }
    this.limits(name, old, now, direction);
    this.alternatives(name, [before, old], [after, now], direction, depth);
    for (const [property, was] of old.properties) {
      const is = now.properties.get(property);
      if (is) this.schema(`${name}.${property}`, was, is, direction, depth + 1);
      else if (direction === 'response' && !now.isOpen && dataAt(was.data, ['writeOnly']) !== true) {
        this.add(was, `removes the field ${property} of ${name} from the response`);
      }
    }
    if (direction === 'response') {
      for (const [property, node] of old.required) {
        if (now.required.has(property) || now.isOpen || !now.properties.has(property)) continue;
        this.mayHurt(
          node,
          `may leave the field ${property} of ${name} out of a response, which was always there`,
          'a client that relies on it fails where it is missing',
        );
      }
    }
    if (direction === 'request') {
      for (const [property, node] of now.required) {
        const is = now.properties.get(property);
        if (old.required.has(property) || old.isOpen || dataAt(is?.data, ['readOnly']) === true) continue;
        this.add(
          node,
          old.properties.has(property)
            ? `requires the field ${property} of ${name}, which could be left out`
            : `adds the field ${property} to ${name} and requires it`,
        );
      }
    }
    if (old.items && now.items) this.schema(`an item of ${name}`, old.items, now.items, direction, depth + 1);
    if (old.additional && now.additional) {
      this.schema(`a value of ${name}`, old.additional, now.additional, direction, depth + 1);
    }
  }

  /** A request must still be taken: limits that become tighter refuse some that were. */
  private limits(name: string, old: Schema, now: Schema, direction: 'request' | 'response'): void {
    for (const [word, node] of now.limits) {
      const before = old.limits.get(word)?.data;
      if (before === node.data) continue;
      const shown = `${word} of ${name}`;
      const value = String(node.data).slice(0, 80);
      if (word === 'format') {
        if (before !== undefined) {
          this.mayHurt(
            node,
            `changes the ${shown} to ${value}`,
            'what is written another way may not be read',
          );
        }
        continue;
      }
      if (direction === 'response') continue;
      const isTighter =
        typeof before === 'number' &&
        typeof node.data === 'number' &&
        (word.startsWith('min') ? node.data > before : node.data < before);
      if (isTighter) this.add(node, `tightens ${shown} from ${String(before)} to ${value}`);
      else if (before === undefined || word === 'pattern') {
        const what = before === undefined ? 'sets' : 'changes';
        this.mayHurt(node, `${what} ${shown}: ${value}`, 'requests that were taken may be refused');
      }
    }
  }

  /** `oneOf` and `anyOf`: a request may no longer take one, a response may hold one that nobody knew. */
  private alternatives(
    name: string,
    [before, old]: readonly [Node, Schema],
    [after, now]: readonly [Node, Schema],
    direction: 'request' | 'response',
    depth: number,
  ): void {
    const areMany = [old, now].map(({ alternatives }) => (alternatives?.size ?? 0) > 1);
    if (!areMany.includes(true)) return;
    const [was, is] = [this.choices(before, old, now), this.choices(after, now, old)];
    const gone = [...was].filter(([key]) => !is.has(key));
    const fresh = [...is].filter(([key]) => !was.has(key));
    for (const [key, node] of was) {
      const other = is.get(key);
      // The whole of a schema has been compared with what it was before.
      if (other && node !== before && other !== after) this.schema(name, node, other, direction, depth + 1);
    }
    const [one, other] = [gone[0], fresh[0]];
    if (gone.length === 1 && fresh.length === 1 && one && other && !areMany.includes(false)) {
      this.schema(name, one[1], other[1], direction, depth + 1);
      return;
    }
    if (direction === 'request') {
      for (const [key, node] of fresh.length === 0 ? gone : []) {
        this.add(node, `no longer takes ${key.slice(0, 80)} for ${name}`);
      }
      if (gone.length > 0 && fresh.length > 0) {
        this.mayHurt(after, `changes what ${name} may be`, 'requests that were taken may be refused');
      }
      return;
    }
    for (const [key, node] of fresh) {
      this.mayHurt(
        node,
        `may give ${key.slice(0, 80)} for ${name} in a response, which it did not`,
        'a client that knows the alternatives before may refuse it',
      );
    }
  }

  /** The alternatives of a schema by what they are called; a schema without any is the only one of its own. */
  private choices(node: Node, schema: Schema, other: Schema): ReadonlyMap<string, Node> {
    if (schema.alternatives) return schema.alternatives;
    const called = calledIn(node);
    if (other.alternatives?.has(called)) return new Map([[called, node]]);
    // `{type: string, title: Name}` is the alternative `{type: string}`.
    const alike = [...(other.alternatives ?? [])].find(([, each]) => {
      const resolved = resolve(each);
      const one = resolved && this.schemaOf(resolved);
      return (
        one &&
        one.properties.size === 0 &&
        schema.properties.size === 0 &&
        one.types.size > 0 &&
        [...one.types].every((type) => schema.types.has(type))
      );
    });
    return new Map([[alike?.[0] ?? called, node]]);
  }

  /** Each schema is put together once: a thousand operations may use the same one. */
  private schemaOf(node: Node): Schema {
    const key = placeKey(node);
    const schema = this.schemas.get(key) ?? schemaOf(node);
    this.schemas.set(key, schema);
    return schema;
  }

  /** What a client sends must still be taken; what it gets must be what it knows. */
  private isTypeKept(old: Schema, now: Schema, direction: 'request' | 'response'): boolean {
    if (old.types.size === 0 || now.types.size === 0) return true;
    const [given, known] = direction === 'request' ? [old.types, now.types] : [now.types, old.types];
    return [...given].every((type) => known.has(type) || (type === 'integer' && known.has('number')));
  }

  private add(node: Node, what: string): void {
    const { file, side, document } = node.of;
    const key = placeKey(node);
    if (this.reported.has(key)) return;
    this.reported.add(key);
    this.judgement.irreversible.push(interfaceBreak(placeAt(file, side, document.rangeOf(node.path)), what));
  }

  private mayHurt(node: Node, what: string, why: string): void {
    const { file, side, document } = node.of;
    const key = `risk\n${placeKey(node)}`;
    if (this.reported.has(key)) return;
    this.reported.add(key);
    this.judgement.risks.push(
      riskAt(placeAt(file, side, document.rangeOf(node.path)), 'interface', what, why),
    );
  }
}

function placeKey({ of, path }: Node): string {
  return `${of.side}\n${of.side === 'base' ? of.file.basePath : of.file.path}\n${path.join('\n')}`;
}

function child(node: Node, key: string | number): Node | null {
  const data = dataAt(node.data, [key]);
  return data === undefined ? null : { of: node.of, path: [...node.path, key], data };
}

/** The part of this name, its reference followed. */
function at(node: Node, key: string): Node | null {
  const found = child(node, key);
  return found ? resolve(found) : null;
}

/** What an alternative is called: by its reference or title, else by what it says. */
function calledIn(node: Node): string {
  const reference = stringAt(node.data, ['$ref']);
  if (reference !== null) return reference.slice(reference.lastIndexOf('/') + 1);
  const title = stringAt(node.data, ['title']);
  if (title !== null) return title;
  // A schema with a name is told by it.
  if (node.path.at(-2) === 'schemas' || node.path.at(-2) === 'definitions') return String(node.path.at(-1));
  return JSON.stringify(node.data)?.slice(0, 2_000) ?? '';
}

/** The path of a file that stands in another one's reference; null where it leads out of the repository. */
export function referencedPath(from: string, reference: string): string | null {
  if (/^[a-z][a-z\d+.-]*:|^\/|\\/i.test(reference)) return null;
  const parts = from.split('/').slice(0, -1);
  for (const part of decoded(reference).split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** Null where a reference leads out of what was read, in a circle, or nowhere. */
function resolve(node: Node): Node | null {
  let current = node;
  for (let hop = 0; hop < 20; hop++) {
    const reference = stringAt(current.data, ['$ref']);
    if (reference === null) return current;
    const hash = reference.indexOf('#');
    const file = hash === -1 ? reference : reference.slice(0, hash);
    const { of }: Node = current;
    const other = file === '' ? null : referencedPath(ofPath(of), file);
    const target = file === '' ? of : other === null ? null : (of.others.get(other) ?? null);
    if (target === null) return null;
    const pointer = hash === -1 ? '' : reference.slice(hash + 1);
    if (pointer !== '' && !pointer.startsWith('/')) return null;
    const path = pointer
      .split('/')
      .slice(1)
      .map((part) => decoded(part).replaceAll('~1', '/').replaceAll('~0', '~'));
    const data = path.length === 0 ? target.document.data : dataAt(target.document.data, path);
    if (data === undefined) return null;
    current = { of: target, path, data };
  }
  return null;
}

function ofPath({ file, side }: Description): string {
  return side === 'base' ? file.basePath : file.path;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** By `in` and name; those of the operation over those of its path. */
function parametersOf([item, operation]: readonly [Node, Node]): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>();
  for (const node of [item, operation]) {
    const list = child(node, 'parameters');
    listAt(list?.data, []).forEach((_, index) => {
      const entry = list ? child(list, index) : null;
      const parameter = entry ? resolve(entry) : null;
      const where = stringAt(parameter?.data, ['in']);
      // Version 2 names its one body as it likes.
      const name = where === 'body' ? 'body' : stringAt(parameter?.data, ['name']);
      if (parameter && where !== null && name !== null) found.set(`${where} ${name}`, parameter);
    });
  }
  return found;
}

function schemaOf(node: Node): Schema {
  const properties = new Map<string, Node>();
  const required = new Map<string, Node>();
  const types = new Set<string>();
  let typeNode = node;
  let values: Map<string, Node> | null = null;
  let items: Node | null = null;
  let additional: Node | null = null;
  let alternatives: Map<string, Node> | null = null;
  const limits = new Map<string, Node>();
  let hasNull = false;
  let isOpen = false;
  const seen = new Set<string>();
  const references = new Set<string>();
  const open: Node[] = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    const key = placeKey(next);
    if (seen.has(key)) continue;
    seen.add(key);
    const type = child(next, 'type');
    for (const each of typeof type?.data === 'string' ? [type.data] : listAt(type?.data, [])) {
      if (typeof each === 'string') types.add(each);
    }
    if (type) typeNode = type;
    if (dataAt(next.data, ['nullable']) === true && types.size > 0) types.add('null');
    const part = child(next, 'properties');
    for (const name of Object.keys(mapAt(part?.data, []))) {
      const property = part ? child(part, name) : null;
      if (property) properties.set(name, property);
    }
    const needed = child(next, 'required');
    listAt(needed?.data, []).forEach((name, index) => {
      const entry = needed ? child(needed, index) : null;
      if (typeof name === 'string' && entry) required.set(name, entry);
    });
    const list = child(next, 'enum');
    if (list && Array.isArray(list.data)) {
      const known: Map<string, Node> = values ?? new Map<string, Node>();
      list.data.forEach((value: unknown, index) => {
        const entry = child(list, index);
        if (entry) known.set(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), entry);
      });
      values = known;
    }
    items ??= child(next, 'items');
    const more = child(next, 'additionalProperties');
    if (more && typeof more.data === 'object') additional ??= more;
    isOpen ||= dataAt(next.data, ['if']) !== undefined;
    for (const word of LIMITS) {
      const limit = child(next, word);
      if (limit) limits.set(word, limit);
    }
    for (const word of ['oneOf', 'anyOf']) {
      const list = child(next, word);
      if (!list) continue;
      const entries = listAt(list.data, []).flatMap((_, index) => child(list, index) ?? []);
      const kept = entries.filter((each) => stringAt(each.data, ['type']) !== 'null');
      const [only] = kept;
      if (kept.length < entries.length) hasNull = true;
      // What may be missing, said the way of version 3.1, is no alternative.
      const resolved = kept.length === 1 && only ? resolve(only) : null;
      if (resolved) open.push(resolved);
      else isOpen = true;
      const known: Map<string, Node> = alternatives ?? new Map<string, Node>();
      for (const each of kept) known.set(calledIn(each), each);
      alternatives = known;
    }
    const all = child(next, 'allOf');
    listAt(all?.data, []).forEach((each, index) => {
      const reference = stringAt(each, ['$ref']);
      if (reference !== null) {
        if (references.has(reference)) return;
        references.add(reference);
      }
      const entry = all ? child(all, index) : null;
      const resolved = entry ? resolve(entry) : null;
      if (resolved) open.push(resolved);
      else isOpen = true;
    });
  }
  if (hasNull && types.size > 0) types.add('null');
  return { types, typeNode, properties, required, values, items, additional, alternatives, limits, isOpen };
}

function shapeOf(path: string): string {
  return path.replace(/\{[^{}]*\}/g, '{}').replace(/(?<=.)\/$/, '');
}

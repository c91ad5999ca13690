import { parseTemplate, TEMPLATE_HELPERS } from '../markdown/template';

/** What is wrong with a template at a line, from 1: a sentence without its full stop. */
export interface TagFault {
  readonly line: number;
  readonly message: string;
}

/** A document has a few sections with a few parts each: more tags, or deeper ones, are no template for one. */
const MAX_TAGS = 500;
const MAX_DEPTH = 20;

/** What the parser's time grows with the square of: openings of tags (a block has up to three) and characters in one. */
const MAX_OPENINGS = 3 * MAX_TAGS;
const MAX_TAG = 2_000;

type Helper = keyof typeof TEMPLATE_HELPERS;
type Statements = readonly hbs.AST.Statement[];

/** What a tag sees: the data, or one item of each list that it stands in, the innermost last. */
interface Scope {
  readonly contexts: readonly unknown[];
}

/**
 * What the tags of a template would do that a template may not, and the names in them that `data` has not: every value goes
 * through one of our helpers, and nothing but the data can be reached. `data` has two of everything that may be many.
 */
export function faultsOfTags(source: string, data: object): readonly TagFault[] {
  const beyond = beyondParsing(source);
  if (beyond) return [beyond];
  const parsed = parseTemplate(source);
  if (!parsed.ok) return [{ line: parsed.line, message: parsed.why }];
  const faults: TagFault[] = [];
  let tags = 0;
  const fault = (node: { readonly loc: hbs.AST.SourceLocation }, message: string): void => {
    faults.push({ line: node.loc.start.line, message });
  };

  const visit = (statements: Statements, scope: Scope, depth: number): void => {
    for (const statement of statements) {
      if (statement.type === 'ContentStatement' || statement.type === 'CommentStatement') continue;
      tags += 1;
      if (tags > MAX_TAGS) return;
      if (statement.type === 'MustacheStatement') {
        visitValue(statement as hbs.AST.MustacheStatement, scope);
      } else if (statement.type === 'BlockStatement') {
        visitBlock(statement as hbs.AST.BlockStatement, scope, depth);
      } else fault(statement, 'a template has no partials and no decorators: write the text where it stands');
    }
  };

  const visitValue = (tag: hbs.AST.MustacheStatement, scope: Scope): void => {
    const name = nameOf(tag.path);
    if (!isHelper(name)) {
      const found = isPath(tag.path) ? resolve(tag.path, scope) : null;
      if (tag.params.length > 0 || !found) {
        fault(
          tag,
          `there is no helper "${name}"; the helpers are ${Object.keys(TEMPLATE_HELPERS).join(', ')}`,
        );
      } else if (found.ok) {
        fault(tag, `{{${name}}} goes through no helper; write {{${helperFor(found.value)} ${name}}}`);
      } else fault(tag, found.message);
      return;
    }
    const [value, columns, ...others] = tag.params;
    const isTable = name === 'table';
    if (!value || !isPath(value) || others.length > 0 || hasPairs(tag.hash) || (columns && !isTable)) {
      fault(tag, `{{${name}}} takes one name of the data${isTable ? ' and its columns in quotes' : ''}`);
      return;
    }
    const found = resolve(value, scope);
    if (!found.ok) fault(tag, found.message);
    else if (!fits(TEMPLATE_HELPERS[name], found.value)) {
      fault(
        tag,
        `{{${name} ${value.original}}} takes ${WORDS[TEMPLATE_HELPERS[name]]}${isObject(found.value) ? `; "${value.original}" holds ${Object.keys(found.value).join(', ')}` : ''}`,
      );
    } else if (isTable) visitColumns(tag, columns, found.value);
  };

  const visitColumns = (
    tag: hbs.AST.MustacheStatement,
    columns: hbs.AST.Expression | undefined,
    rows: unknown,
  ): void => {
    if (columns?.type !== 'StringLiteral') {
      fault(tag, '{{table}} takes its columns in quotes: "Header:key, Other header:key:code"');
      return;
    }
    const row: unknown = Array.isArray(rows) ? rows[0] : null;
    const keys = isObject(row) ? Object.keys(row).filter((key) => isValue(row[key])) : [];
    for (const column of (columns as hbs.AST.StringLiteral).value.split(',')) {
      const [header = '', key = '', form, ...rest] = column.trim().split(':');
      if (header === '' || rest.length > 0 || (form !== undefined && form !== 'code' && form !== 'yes')) {
        fault(
          tag,
          `the column "${column.trim()}" is not written as Header:key, Header:key:code or Header:key:yes`,
        );
      } else if (!keys.includes(key)) {
        fault(tag, `the rows have no "${key}"; they have ${keys.join(', ')}`);
      }
    }
  };

  const visitBlock = (block: hbs.AST.BlockStatement, scope: Scope, depth: number): void => {
    const name = nameOf(block.path);
    const [subject, ...others] = block.params;
    const programs = [block.program, block.inverse] as readonly (hbs.AST.Program | undefined)[];
    if (depth >= MAX_DEPTH) {
      fault(block, `blocks are nested more than ${MAX_DEPTH} deep`);
      return;
    }
    if (name !== 'each' && name !== 'if' && name !== 'unless') {
      fault(block, `there is no block "${name}"; the blocks are each, if and unless`);
      return;
    }
    if (!subject || !isPath(subject) || others.length > 0 || hasPairs(block.hash)) {
      fault(block, `{{#${name}}} takes one name of the data`);
      return;
    }
    if (programs.some((program) => (program?.blockParams?.length ?? 0) > 0)) {
      fault(block, `{{#${name}}} names its items by no "as |…|": inside it the names are those of the item`);
      return;
    }
    const found = resolve(subject, scope);
    if (!found.ok) {
      fault(block, found.message);
      return;
    }
    const [program, inverse] = programs;
    let inside = scope;
    if (name === 'each') {
      const items: unknown = found.value;
      // A list of an outer item, gone through for each inner one, would grow with a power of the data.
      if (!Array.isArray(items) || subject.depth > 0) {
        fault(block, `{{#each ${subject.original}}} takes a list of what it stands in`);
        return;
      }
      inside = { contexts: [...scope.contexts, items[0]] };
    }
    if (program) visit(program.body, inside, depth + 1);
    if (inverse) visit(inverse.body, scope, depth + 1);
  };

  visit(parsed.program.body, { contexts: [data] }, 0);
  if (tags > MAX_TAGS) return [{ line: 1, message: `the template has more than ${MAX_TAGS} tags` }];
  return faults;
}

/** What is too large to be parsed in good time; null where nothing is. */
function beyondParsing(source: string): TagFault | null {
  const [, ...openings] = source.split('{{');
  if (openings.length > MAX_OPENINGS) {
    return { line: 1, message: `the template has more than ${MAX_TAGS} tags` };
  }
  const long = openings.findIndex((rest) => {
    const end = rest.indexOf('}}');
    return !rest.startsWith('!') && (end < 0 ? rest.length : end) > MAX_TAG;
  });
  if (long < 0) return null;
  const before = source.split('{{', long + 1).join('{{');
  return {
    line: before.split('\n').length,
    message: `a tag is longer than ${MAX_TAG} characters, or not closed`,
  };
}

/** The value of a name where it stands; only what the data itself holds is found. */
function resolve(
  path: hbs.AST.PathExpression,
  { contexts }: Scope,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string } {
  if (path.data) {
    const isItem = contexts.length > 1 && path.depth === 0;
    const value = isItem ? new Map<string, unknown>(ITEM).get(path.parts.join('.')) : undefined;
    return value === undefined
      ? {
          ok: false,
          message: `"${path.original}" is not to be had; inside {{#each}} there are @first, @last and @index`,
        }
      : { ok: true, value };
  }
  if (path.depth >= contexts.length) {
    return { ok: false, message: `"${path.original}" leads out of the data` };
  }
  let value = contexts[contexts.length - 1 - path.depth];
  for (const part of path.parts) {
    if (!isObject(value) || !Object.hasOwn(value, part)) {
      const names = isObject(value) ? `; there are ${Object.keys(value).join(', ')}` : '';
      return { ok: false, message: `there is no "${path.original}"${names}` };
    }
    value = value[part];
  }
  return { ok: true, value };
}

const ITEM: readonly (readonly [string, unknown])[] = [
  ['first', true],
  ['last', false],
  ['index', 0],
];

const WORDS = {
  value: 'a single value',
  texts: 'a list of texts',
  boxes: 'a list of boxes to tick',
  steps: 'a list of steps',
  rows: 'a list of rows',
} as const;

function fits(takes: keyof typeof WORDS, value: unknown): boolean {
  if (takes === 'value') return isValue(value);
  if (!Array.isArray(value)) return false;
  const [item] = value as readonly unknown[];
  if (takes === 'texts') return typeof item === 'string';
  if (!isObject(item)) return false;
  if (takes === 'boxes') return 'text' in item && 'isDone' in item;
  return takes === 'rows' || ('title' in item && 'command' in item && 'action' in item);
}

function helperFor(value: unknown): Helper {
  const lists = ['list', 'checklist', 'steps', 'table'] as const;
  return lists.find((helper) => fits(TEMPLATE_HELPERS[helper], value)) ?? 'text';
}

function isHelper(name: string): name is Helper {
  return Object.hasOwn(TEMPLATE_HELPERS, name);
}

function isPath(expression: hbs.AST.Expression): expression is hbs.AST.PathExpression {
  return expression.type === 'PathExpression';
}

function nameOf(expression: hbs.AST.Expression): string {
  return isPath(expression) ? expression.original : '';
}

function hasPairs(hash: hbs.AST.Hash | undefined): boolean {
  return (hash?.pairs.length ?? 0) > 0;
}

function isValue(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

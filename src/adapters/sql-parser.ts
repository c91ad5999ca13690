import type { SqlBlock, SqlParser, SqlStatement } from '../core/ports';
import { cutStatements } from '../core/sql/statements';

/** A longer statement is not parsed but said to be too long: the parser's tree is a hundred times its text. */
const MAX_STATEMENT_CHARACTERS = 256 * 1024;

/** Beyond so many statements the rest of a text is one statement that was not read. */
const MAX_STATEMENTS = 20_000;

/**
 * PostgreSQL's own parser (libpg-query, WebAssembly), loaded by the call and not before. The package finds its
 * `libpg-query.wasm` beside its own code: in node_modules, or beside the bundle, where the build copies it.
 */
export async function createSqlParser(): Promise<SqlParser> {
  const library = await import('libpg-query');
  await library.loadModule();

  const parsePiece = (text: string, start: number): readonly SqlStatement[] => {
    const span = { start, end: start + text.length };
    const refuse = (message: string): readonly SqlStatement[] => [{ ok: false, span, text, message }];
    if (text.startsWith('\\')) return refuse('is a command of psql, not SQL');
    if (text.includes('\0')) return refuse('holds a NUL character');
    if (text.length > MAX_STATEMENT_CHARACTERS) {
      return refuse(`is longer than ${MAX_STATEMENT_CHARACTERS / 1024} KiB`);
    }
    try {
      const parsed: unknown = library.parseSync(text);
      const statements = arrayAt(parsed, 'stmts');
      const toUtf16 = offsetsOf(text);
      if (statements.length > 1) return refuse('could not be told apart from the statement after it');
      return statements.map((statement): SqlStatement => {
        const tree = withOffsets(valueAt(statement, 'stmt'), toUtf16);
        return { ok: true, span, text, tree, block: blockOf(tree, text) };
      });
    } catch (error) {
      // The parser's own stack is small; a deep nesting ends as a RangeError, after which it works on.
      return refuse(error instanceof RangeError ? 'is nested too deeply' : messageOf(error));
    }
  };

  const blockOf = (tree: unknown, text: string): SqlBlock | null => {
    const routine = valueAt(tree, 'CreateFunctionStmt');
    const block = valueAt(tree, 'DoStmt') ?? routine;
    if (block === undefined) return null;
    const options = arrayAt(block, routine === undefined ? 'args' : 'options').map((each) =>
      valueAt(each, 'DefElem'),
    );
    const language = options
      .filter((element) => valueAt(element, 'defname') === 'language')
      .map((element) => valueAt(valueAt(valueAt(element, 'arg'), 'String'), 'sval'))
      .find((name) => typeof name === 'string');
    if (routine !== undefined) {
      // The statements of BEGIN ATOMIC are part of the tree itself.
      if (valueAt(routine, 'sql_body') !== undefined) return null;
      if (language?.toLowerCase() === 'sql') {
        const body = options
          .filter((element) => valueAt(element, 'defname') === 'as')
          .flatMap((element) => arrayAt(valueAt(valueAt(element, 'arg'), 'List'), 'items'))
          .map((item) => valueAt(valueAt(item, 'String'), 'sval'))
          .find((text) => typeof text === 'string');
        return { statements: body === undefined ? [] : parseText(body), unread: null };
      }
    }
    if (language !== undefined && language.toLowerCase() !== 'plpgsql') {
      return { statements: [], unread: `is a block in ${language}` };
    }
    try {
      const body: unknown = library.parsePlPgSQLSync(text);
      const { queries, isDynamic } = queriesOf(body);
      return {
        statements: queries.flatMap((query) => parseText(query)),
        unread: isDynamic ? 'runs a statement that it puts together itself (EXECUTE)' : null,
      };
    } catch (error) {
      return { statements: [], unread: `has a block that cannot be read: ${messageOf(error)}` };
    }
  };

  const parseText = (text: string): readonly SqlStatement[] => {
    const spans = cutStatements(text);
    const read = spans
      .slice(0, MAX_STATEMENTS)
      .flatMap((span) => parsePiece(text.slice(span.start, span.end), span.start));
    const rest = spans[MAX_STATEMENTS];
    if (rest === undefined) return read;
    const span = { start: rest.start, end: text.length };
    return [
      ...read,
      {
        ok: false,
        span,
        text: text.slice(rest.start, rest.end),
        message: `begins the part after ${MAX_STATEMENTS} statements, which was not read`,
      },
    ];
  };

  return { parse: parseText };
}

function messageOf(error: unknown): string {
  return error instanceof Error
    ? error.message.split('\n')[0] || 'it could not be read'
    : 'it could not be read';
}

function valueAt(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[key] : undefined;
}

function arrayAt(node: unknown, key: string): readonly unknown[] {
  const value = valueAt(node, key);
  return Array.isArray(value) ? value : [];
}

/** Turns the parser's offsets in UTF-8 bytes into UTF-16 units; the identity for plain ASCII. */
function offsetsOf(text: string): (byteOffset: number) => number {
  if (/^[\u0000-\u007f]*$/.test(text)) return (offset) => offset;
  const units = new Map<number, number>();
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    units.set(bytes, index);
    const code = text.codePointAt(index) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (code >= 0x10000) index++;
  }
  return (offset) => units.get(offset) ?? text.length;
}

/** The same tree with each `location` turned. */
function withOffsets(tree: unknown, turn: (offset: number) => number): unknown {
  if (Array.isArray(tree)) return tree.map((each) => withOffsets(each, turn));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      key === 'location' && typeof value === 'number' ? turn(value) : withOffsets(value, turn),
    ]),
  );
}

/** The SQL statements in a tree of PL/pgSQL; expressions (`parseMode` 2 and 3) run nothing by themselves. */
function queriesOf(body: unknown): { readonly queries: readonly string[]; readonly isDynamic: boolean } {
  const queries: string[] = [];
  let isDynamic = false;
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) {
      node.forEach(walk);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'PLpgSQL_stmt_dynexecute' || key === 'PLpgSQL_stmt_dynfors') isDynamic = true;
      if (key === 'PLpgSQL_expr') {
        const query = valueAt(value, 'query');
        if (typeof query !== 'string') continue;
        if (valueAt(value, 'parseMode') === 0) queries.push(query);
        else if (valueAt(value, 'parseMode') === 2) queries.push(`SELECT ${query}`);
      } else walk(value);
    }
  };
  walk(body);
  return { queries, isDynamic };
}

import { fileSource, type Source } from '../evidence/fact';
import type { History, Parsers, SqlStatement } from '../ports';
import { lineIndex, type Span } from '../text/position';
import type { Change } from './change';
import { isSchemaDump } from './path-kinds';

/**
 * Whether what a change does to the schema only adds: new tables, columns that the version before need not know of, new
 * indexes. `not-only`: it does something else, or cannot be read as SQL; `why` is a clause.
 */
export type SchemaAdditions =
  | { readonly kind: 'adds-only'; readonly what: string; readonly sources: readonly Source[] }
  | { readonly kind: 'not-only'; readonly why: string; readonly sources: readonly Source[] };

/** Beyond so many files nobody reads them one by one, and neither is it done here. */
const MAX_FILES = 100;

/** What undoes a migration runs only when one goes back. */
const DOWN = /(?:\.|_|\/)down\.sql$|(?:^|\/)U\d[^/]*\.sql$|(?:^|\/)rollback[^/]*\.sql$/i;

/** The part of a migration that undoes it: goose, dbmate, sql-migrate, node-pg-migrate. */
const DOWN_SECTION = /^--\s*(?:\+goose\s+down|migrate:down|\+migrate\s+down|down\s+migration)\b/im;

/** Reads the SQL that a change adds to the schema; null where the change does not touch it. */
export async function readSchemaAdditions(
  world: { readonly history: History; readonly parsers: Pick<Parsers, 'sql'> },
  change: Change,
  signal?: AbortSignal,
): Promise<SchemaAdditions | null> {
  const touched = change.touches.find(({ kind }) => kind === 'schema')?.paths ?? [];
  // A dump, or a schema that tools derive migrations from, is run by no release.
  const paths = touched.filter(
    (path) => !isSchemaDump(path) && !/(?:schema\.prisma|schema\.rb|\.dbml)$/i.test(path),
  );
  if (touched.length === 0) return null;
  const lost = change.irreversible.find(({ path }) => paths.includes(path));
  if (lost) return notOnly(`${lost.path} does more than add`, lost.path, null);
  if (paths.length === 0) return notOnly('no migration of it is in the range', touched[0] ?? '', null);
  if (paths.length > MAX_FILES) return notOnly(`${paths.length} files of it change`, paths[0] ?? '', null);
  const counts = new Map<string, number>();
  const parser = await world.parsers.sql();
  for (const path of paths) {
    signal?.throwIfAborted();
    if (DOWN.test(path)) continue;
    if (!path.toLowerCase().endsWith('.sql')) {
      return notOnly(`${path} is no SQL, so that it only adds is not told`, path, null);
    }
    const file = change.files.find((each) => each.path === path);
    if (file?.status !== 'added') return notOnly(`${path} is no new migration`, path, null);
    const read = await world.history.fileAt(change.range.commits.head, path, signal);
    if (!read.ok) return notOnly(`${path} ${read.detail}`, path, null);
    const down = DOWN_SECTION.exec(read.text);
    const text = down ? read.text.slice(0, down.index) : read.text;
    for (const statement of parser.parse(text)) {
      const added = addedBy(statement);
      if (added === null)
        return notOnly(`${path} does more than add`, path, { span: statement.span, text: read.text });
      if (added !== '') counts.set(added, (counts.get(added) ?? 0) + 1);
    }
  }
  const what = [...counts].map(
    ([name, count]) => `${count} ${name}${count === 1 ? '' : name.endsWith('x') ? 'es' : 's'}`,
  );
  if (what.length === 0) return notOnly('no statement of it was found', paths[0] ?? '', null);
  return { kind: 'adds-only', what: what.join(', '), sources: paths.map((path) => fileSource(path)) };
}

function notOnly(
  why: string,
  path: string,
  place: { readonly span: Span; readonly text: string } | null,
): SchemaAdditions {
  const range = place ? lineIndex(place.text).rangeOf(place.span) : null;
  return { kind: 'not-only', why, sources: [fileSource(path, range)] };
}

type Tree = Readonly<Record<string, unknown>>;

/**
 * What a statement adds, '' for one that only frames others (BEGIN, SET, COMMENT); null where it may do anything else. Only
 * what PostgreSQL's own parser read counts, and only what no older version can run into: a unique index, a constraint or a
 * trigger may refuse what it writes.
 */
function addedBy(statement: SqlStatement): string | null {
  if (!statement.ok || !isTree(statement.tree)) return null;
  const [entry] = Object.entries(statement.tree);
  if (!entry || !isTree(entry[1])) return null;
  const [kind, node] = entry;
  switch (kind) {
    case 'CreateStmt':
      return 'new table';
    case 'IndexStmt':
      return node['unique'] === true || node['primary'] === true ? null : 'new index';
    case 'AlterTableStmt':
      return list(node['cmds']).every(addsColumn) ? 'new column' : null;
    case 'CreateSchemaStmt':
      return 'new schema';
    case 'CreateSeqStmt':
      return 'new sequence';
    case 'CreateEnumStmt':
    case 'CompositeTypeStmt':
    case 'CreateDomainStmt':
      return 'new type';
    case 'CreateExtensionStmt':
      return 'new extension';
    case 'ViewStmt':
      return node['replace'] === true ? null : 'new view';
    case 'TransactionStmt':
    case 'VariableSetStmt':
    case 'VariableShowStmt':
    case 'CommentStmt':
      return '';
    default:
      return null;
  }
}

/** ADD COLUMN that takes rows without it: it may be null, or has a default. A unique one may refuse rows. */
function addsColumn(entry: unknown): boolean {
  const command = isTree(entry) && isTree(entry['AlterTableCmd']) ? entry['AlterTableCmd'] : null;
  if (command?.['subtype'] !== 'AT_AddColumn') return false;
  const definition =
    isTree(command['def']) && isTree(command['def']['ColumnDef']) ? command['def']['ColumnDef'] : null;
  if (!definition) return false;
  const constraints = list(definition['constraints']).map((each) =>
    isTree(each) && isTree(each['Constraint']) ? String(each['Constraint']['contype']) : '',
  );
  const hasDefault = constraints.includes('CONSTR_DEFAULT');
  return constraints.every(
    (kind) =>
      kind === 'CONSTR_NULL' || kind === 'CONSTR_DEFAULT' || (kind === 'CONSTR_NOTNULL' && hasDefault),
  );
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

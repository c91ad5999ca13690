import type { SqlStatement } from '../ports';
import type { ColumnType } from './column-types';
import {
  addsRefusingNull,
  changesEnumValue,
  deletesEveryRow,
  deletesRows,
  domainRefusesNull,
  dropsColumn,
  dropsConstraint,
  dropsDefinition,
  dropsHolder,
  dropsIndex,
  empties,
  isOwnRule,
  locks,
  movesToSchema,
  narrowsType,
  overwritesEveryRow,
  overwritesRows,
  refusesNull,
  renames,
  renamesColumn,
  resetsSequence,
  retypes,
  widensType,
} from './consequences';

/** Something that a database holds, by kind and name as messages say it: `table users`, `column users.email`. */
export interface SqlObject {
  readonly kind: string;
  /** Lower case unless quoted; without the schema `public`, which is the default. */
  readonly name: string;
}

/** Something that the previous version or a rollback does not survive. */
export interface SqlDestruction {
  readonly effect: 'destroys';
  readonly kind: 'data-delete' | 'schema-break';
  readonly object: SqlObject;
  /** What it does, as a phrase after "it": "drops the column users.email". */
  readonly what: string;
  /** Why the previous version or a rollback does not survive it. */
  readonly why: string;
  /** What would make it survivable. */
  readonly compensation: string;
}

/** A column is given another type; what that loses hangs on the type before (`retyped` in consequences.ts). */
export interface SqlRetyping {
  readonly effect: 'retypes';
  readonly object: SqlObject;
  readonly type: ColumnType;
  /** What it comes to where nothing tells the type before. */
  readonly otherwise: readonly SqlEffect[];
  /** An expression makes the new values out of the old ones, so that the types alone tell nothing. */
  readonly isConverted: boolean;
}

/** What one statement does to data and schema, as far as releases care; a statement may do several things. */
export type SqlEffect =
  | { readonly effect: 'creates'; readonly object: SqlObject }
  /** The object lives on under another name: as new, or as old, as it was. */
  | { readonly effect: 'renames'; readonly object: SqlObject; readonly to: SqlObject }
  | SqlDestruction
  /** The column is of this type from here on, which by itself loses nothing. */
  | { readonly effect: 'types'; readonly object: SqlObject; readonly type: ColumnType }
  | SqlRetyping
  | { readonly effect: 'risks'; readonly object: SqlObject; readonly what: string; readonly why: string }
  | { readonly effect: 'unjudgeable'; readonly why: string };

/**
 * The effects of a statement, from its syntax tree. What PostgreSQL's parser could not read is `unjudgeable`; what it
 * read and no rule here names (a SELECT, a GRANT, a COMMENT) has no effect. The table of what counts as what is in
 * docs/change.md.
 */
export function effectsOf(statement: SqlStatement): readonly SqlEffect[] {
  if (!statement.ok)
    return [{ effect: 'unjudgeable', why: `PostgreSQL's parser refuses it: ${statement.message}` }];
  const effects: SqlEffect[] = [];
  const [kind, node] = onlyEntry(statement.tree);
  judge(kind, node, effects);
  // Data-changing statements inside WITH, in the SELECT of an INSERT and the like.
  walk(node, (name, inner) => {
    if (name === 'DeleteStmt' || name === 'UpdateStmt' || name === 'MergeStmt') judge(name, inner, effects);
    if (name === 'FuncCall') judgeCall(inner, effects);
  });
  // The body of a function runs where it is called, not where it is made.
  if (statement.block && kind === 'DoStmt') {
    effects.push(...statement.block.statements.flatMap(effectsOf));
    if (statement.block.unread !== null) {
      effects.push({ effect: 'unjudgeable', why: `the block ${statement.block.unread}` });
    }
  }
  return effects;
}

/** The function or procedure that a statement makes; null for any other. */
export function madeRoutine(statement: SqlStatement): string | null {
  if (!statement.ok) return null;
  const [kind, node] = onlyEntry(statement.tree);
  return kind === 'CreateFunctionStmt' ? dotted(node['funcname']) : null;
}

/** The functions that a statement calls, in DO blocks too; `isCall` is CALL, which serves for nothing but what it does. */
export function calledRoutines(
  statement: SqlStatement,
): readonly { readonly name: string; readonly isCall: boolean }[] {
  if (!statement.ok) return [];
  const called: { name: string; isCall: boolean }[] = [];
  const [kind, node] = onlyEntry(statement.tree);
  if (kind === 'CreateFunctionStmt') return [];
  if (kind === 'CallStmt') called.push({ name: dotted(at(node['funccall'], 'funcname')), isCall: true });
  else {
    walk(node, (name, inner) => {
      if (name === 'FuncCall') called.push({ name: dotted(inner['funcname']), isCall: false });
    });
  }
  const inBlock = statement.block?.statements.flatMap(calledRoutines) ?? [];
  return [...called, ...inBlock];
}

function judge(kind: string, node: SqlNode, effects: SqlEffect[]): void {
  switch (kind) {
    case 'CreateStmt':
      created('table', relationName(node['relation']), effects);
      for (const element of list(node['tableElts'])) {
        const definition = at(element, 'ColumnDef');
        if (definition) effects.push(typed(relationName(node['relation']), asNode(definition)));
      }
      break;
    case 'CreateTableAsStmt':
      created(
        node['objtype'] === 'OBJECT_MATVIEW' ? 'view' : 'table',
        relationName(at(node['into'], 'rel')),
        effects,
      );
      break;
    case 'CreateForeignTableStmt':
      created('table', relationName(at(node['base'], 'relation')), effects);
      break;
    case 'ViewStmt':
      created('view', relationName(node['view']), effects);
      break;
    case 'CreateSchemaStmt':
      created('schema', textAt(node, 'schemaname'), effects);
      break;
    case 'CreateSeqStmt':
      created('sequence', relationName(node['sequence']), effects);
      break;
    case 'CreateEnumStmt':
    case 'CreateRangeStmt':
      created('type', dotted(node['typeName']), effects);
      break;
    case 'CompositeTypeStmt':
      created('type', relationName(node['typevar']), effects);
      break;
    case 'CreateDomainStmt':
      created('type', dotted(node['domainname']), effects);
      break;
    case 'CreateFunctionStmt':
      created('function', dotted(node['funcname']), effects);
      break;
    case 'IndexStmt':
      created('index', textAt(node, 'idxname'), effects);
      judgeIndex(node, effects);
      break;
    case 'CreateTrigStmt':
      created('trigger', `${relationName(node['relation'])}.${textAt(node, 'trigname')}`, effects);
      break;
    case 'CreateExtensionStmt':
      created('extension', textAt(node, 'extname'), effects);
      break;
    case 'DropStmt':
      judgeDrop(node, effects);
      break;
    case 'DropdbStmt':
      effects.push(dropsHolder('database', textAt(node, 'dbname')));
      break;
    case 'TruncateStmt':
      for (const relation of list(node['relations'])) {
        effects.push(empties(relationName(at(relation, 'RangeVar'))));
      }
      break;
    case 'DeleteStmt':
      judgeRows('deletes', node, effects);
      break;
    case 'UpdateStmt':
      judgeRows('overwrites', node, effects);
      break;
    case 'MergeStmt': {
      const name = relationName(node['relation']);
      effects.push({
        effect: 'risks',
        object: { kind: 'rows', name },
        what: `merges rows into ${name}`,
        why: 'it changes or deletes the rows that match; the values before are not kept',
      });
      break;
    }
    case 'RenameStmt':
      judgeRename(node, effects);
      break;
    case 'AlterTableStmt':
      judgeAlterTable(node, effects);
      break;
    case 'AlterObjectSchemaStmt': {
      const name = relationName(node['relation']) || dotted(node['object']);
      effects.push(movesToSchema(objectKind(textAt(node, 'objectType')), name, textAt(node, 'newschema')));
      break;
    }
    case 'AlterEnumStmt':
      judgeEnum(node, effects);
      break;
    case 'AlterDomainStmt':
      if (node['subtype'] === 'O') {
        effects.push(domainRefusesNull(dotted(node['typeName'])));
      }
      break;
    case 'AlterSeqStmt':
      for (const option of list(node['options'])) {
        if (textAt(at(option, 'DefElem'), 'defname') !== 'restart') continue;
        effects.push(resetsSequence(relationName(node['sequence'])));
      }
      break;
    case 'LockStmt':
      for (const relation of list(node['relations'])) {
        const name = relationName(at(relation, 'RangeVar'));
        effects.push({
          effect: 'risks',
          object: { kind: 'table', name },
          what: `locks the table ${name}`,
          why: 'requests wait for as long as the lock is held',
        });
      }
      break;
    case 'VacuumStmt':
      if (list(node['options']).some((option) => textAt(at(option, 'DefElem'), 'defname') === 'full')) {
        effects.push(locks('', 'rewrites tables (VACUUM FULL)'));
      }
      break;
    default:
      break;
  }
}

function judgeDrop(node: SqlNode, effects: SqlEffect[]): void {
  const type = textAt(node, 'removeType');
  const kind = objectKind(type);
  for (const object of list(node['objects'])) {
    const name = droppedName(object);
    const target: SqlObject = { kind, name };
    switch (kind) {
      case 'table':
      case 'schema':
        effects.push(dropsHolder(kind, name));
        break;
      case 'view':
      case 'function':
      case 'type':
      case 'sequence':
      case 'extension':
        effects.push(dropsDefinition(kind, name));
        break;
      case 'index':
        effects.push(dropsIndex(name));
        break;
      default:
        effects.push({
          effect: 'risks',
          object: target,
          what: `drops the ${kind} ${name}`,
          why: 'what relied on it behaves differently',
        });
    }
  }
}

/** DELETE and UPDATE: without a condition every row is lost or overwritten. */
function judgeRows(verb: 'deletes' | 'overwrites', node: SqlNode, effects: SqlEffect[]): void {
  const name = relationName(node['relation']);
  const condition = node['whereClause'];
  const columns = list(node['targetList']).map((target) => textAt(at(target, 'ResTarget'), 'name'));
  if (verb === 'overwrites') {
    const isEveryRow = condition === undefined || isAlwaysTrue(condition);
    for (const column of columns) {
      effects.push(isEveryRow ? overwritesEveryRow(name, column) : overwritesRows(name, column));
    }
    return;
  }
  // Tables named by USING or FROM bind nothing by themselves: without a condition every row matches.
  const isBounded = condition !== undefined && !isAlwaysTrue(condition);
  effects.push(isBounded ? deletesRows(name) : deletesEveryRow(name));
}

function judgeRename(node: SqlNode, effects: SqlEffect[]): void {
  const type = textAt(node, 'renameType');
  const table = relationName(node['relation']);
  const newName = textAt(node, 'newname');
  if (type === 'OBJECT_COLUMN' || type === 'OBJECT_ATTRIBUTE') {
    effects.push(...renamesColumn(table, textAt(node, 'subname'), newName));
    return;
  }
  const kind = objectKind(type);
  if (kind === 'constraint' || kind === 'index' || kind === 'trigger' || kind === 'policy') return;
  const name = table || dotted(node['object']);
  const schema = name.includes('.') ? `${name.slice(0, name.lastIndexOf('.'))}.` : '';
  effects.push(...renames(kind, name, `${schema}${newName}`));
}

function judgeAlterTable(node: SqlNode, effects: SqlEffect[]): void {
  const table = relationName(node['relation']);
  const objectType = objectKind(textAt(node, 'objtype'));
  for (const entry of list(node['cmds'])) {
    const command = asNode(at(entry, 'AlterTableCmd'));
    const column = textAt(command, 'name');
    const name = `${table}.${column}`;
    const definition = asNode(at(command['def'], 'ColumnDef'));
    switch (textAt(command, 'subtype')) {
      case 'AT_DropColumn':
        effects.push(
          objectType === 'view' || objectType === 'type'
            ? { ...dropsColumn(table, column), kind: 'schema-break' }
            : dropsColumn(table, column),
        );
        break;
      case 'AT_AddColumn':
        judgeAddedColumn(table, definition, effects);
        break;
      case 'AT_AlterColumnType':
        judgeType(table, column, definition, effects);
        break;
      case 'AT_SetNotNull':
        effects.push(refusesNull(table, column));
        break;
      case 'AT_DropConstraint':
        effects.push(
          dropsConstraint(
            table,
            column,
            !isOwnRule(column) || textAt(command, 'behavior') === 'DROP_CASCADE',
          ),
        );
        break;
      case 'AT_AddConstraint':
        judgeAddedConstraint(table, asNode(at(command['def'], 'Constraint')), effects);
        break;
      case 'AT_ColumnDefault':
        if (command['def'] === undefined) {
          effects.push({
            effect: 'risks',
            object: { kind: 'column', name },
            what: `drops the default of ${name}`,
            why: 'a version that leaves the value out gets NULL or an error',
          });
        }
        break;
      case 'AT_DetachPartition':
        effects.push({
          effect: 'risks',
          object: { kind: 'table', name: table },
          what: `detaches a partition of ${table}`,
          why: 'its rows are no longer seen through the table',
        });
        break;
      default:
        break;
    }
  }
}

function judgeAddedColumn(table: string, definition: SqlNode, effects: SqlEffect[]): void {
  const column = textAt(definition, 'colname');
  const name = `${table}.${column}`;
  const constraints = list(definition['constraints']).map((each) =>
    textAt(at(each, 'Constraint'), 'contype'),
  );
  const hasValue = constraints.some((type) =>
    ['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'].includes(type),
  );
  const isSerial = /^(?:small|big)?serial[248]?$/.test(lastOf(dotted(at(definition['typeName'], 'names'))));
  const isRefusingNull = constraints.includes('CONSTR_NOTNULL') || constraints.includes('CONSTR_PRIMARY');
  if (isRefusingNull && !hasValue && !isSerial) {
    effects.push(addsRefusingNull(table, column));
  }
  created('column', name, effects);
  effects.push(typed(table, definition));
}

/** What a definition says of the type of its column. */
function typed(table: string, definition: SqlNode): SqlEffect {
  const constraints = list(definition['constraints']).map((each) =>
    textAt(at(each, 'Constraint'), 'contype'),
  );
  return {
    effect: 'types',
    object: { kind: 'column', name: `${table}.${textAt(definition, 'colname')}` },
    type: {
      text: typeText(definition['typeName']),
      refusesNull: constraints.includes('CONSTR_NOTNULL') || constraints.includes('CONSTR_PRIMARY'),
    },
  };
}

/** Types that every value of the types that PostgreSQL converts to them by itself mostly fits in. */
const WIDE_TYPES = /^(?:text|varchar|bpchar|int8|numeric|timestamptz)$/;

/** Where nothing says the type before, a wide type without USING is a risk, everything else may lose values. */
function judgeType(table: string, column: string, definition: SqlNode, effects: SqlEffect[]): void {
  const type = typeText(definition['typeName']);
  const using = definition['raw_default'];
  const isWide = WIDE_TYPES.test(type) && using === undefined;
  effects.push({
    ...retypes(table, column, { text: type, refusesNull: null }, [
      isWide ? widensType(table, column, type) : narrowsType(table, column, type),
    ]),
    isConverted: using !== undefined && !isCastOf(using, column),
  });
}

/** `USING name::type`, which is what happens without it. */
function isCastOf(expression: unknown, column: string): boolean {
  const [field, more] = list(at(at(at(at(expression, 'TypeCast'), 'arg'), 'ColumnRef'), 'fields'));
  return more === undefined && textAt(at(field, 'String'), 'sval') === column;
}

function judgeAddedConstraint(table: string, constraint: SqlNode, effects: SqlEffect[]): void {
  const name = textAt(constraint, 'conname');
  created('constraint', `${table}.${name}`, effects);
  const type = textAt(constraint, 'contype');
  const isChecked = constraint['skip_validation'] !== true;
  if ((type === 'CONSTR_FOREIGN' || type === 'CONSTR_CHECK') && isChecked) {
    effects.push(locks(table, `checks every row of ${table} against a new constraint`));
  }
  if ((type === 'CONSTR_UNIQUE' || type === 'CONSTR_PRIMARY') && textAt(constraint, 'indexname') === '') {
    effects.push(locks(table, `builds a unique index on ${table}`));
  }
}

function judgeIndex(node: SqlNode, effects: SqlEffect[]): void {
  if (node['concurrent'] === true) return;
  const table = relationName(node['relation']);
  effects.push(locks(table, `builds an index on ${table} without CONCURRENTLY`));
}

function judgeEnum(node: SqlNode, effects: SqlEffect[]): void {
  const type = dotted(node['typeName']);
  const oldValue = textAt(node, 'oldVal');
  const newValue = textAt(node, 'newVal');
  if (oldValue !== '') {
    effects.push(changesEnumValue(type, oldValue, newValue === '' ? null : newValue));
    return;
  }
  effects.push({
    effect: 'risks',
    object: { kind: 'type', name: type },
    what: `adds the value ${newValue} to ${type}`,
    why: 'a value cannot be taken out of a type again, and the previous version does not know it',
  });
}

function judgeCall(call: SqlNode, effects: SqlEffect[]): void {
  const name = lastOf(dotted(call['funcname']));
  if (name !== 'setval') return;
  const first = list(call['args'])[0];
  const target = textAt(at(at(first, 'A_Const'), 'sval'), 'sval');
  // setval to what the table holds (a subquery) repairs a sequence; a number sets it anew.
  const second = list(call['args'])[1];
  if (at(second, 'A_Const') === undefined) return;
  effects.push(resetsSequence(target === '' ? 'of an expression' : withoutPublic(target)));
}

function created(kind: string, name: string, effects: SqlEffect[]): void {
  if (name !== '') effects.push({ effect: 'creates', object: { kind, name } });
}

/** `true`, `1 = 1`, `id = id` and the like, joined by AND, or on one side of an OR: conditions that hold for every row. */
function isAlwaysTrue(condition: unknown): boolean {
  const constant = at(condition, 'A_Const');
  if (constant !== undefined) return at(at(constant, 'boolval'), 'boolval') === true;
  const expression = at(condition, 'A_Expr');
  if (expression !== undefined) {
    if (textAt(expression, 'kind') !== 'AEXPR_OP' || dotted(at(expression, 'name')) !== '=') return false;
    const left = operandText(at(expression, 'lexpr'));
    const right = operandText(at(expression, 'rexpr'));
    return left !== null && left === right;
  }
  const bool = at(condition, 'BoolExpr');
  if (bool === undefined) return false;
  const parts = list(at(bool, 'args'));
  if (textAt(bool, 'boolop') === 'AND_EXPR') return parts.every(isAlwaysTrue);
  return textAt(bool, 'boolop') === 'OR_EXPR' && parts.some(isAlwaysTrue);
}

/** A constant or column as text that is equal for equal ones; null for anything else. */
function operandText(node: unknown): string | null {
  const operand = at(node, 'A_Const') ?? at(node, 'ColumnRef');
  if (operand === undefined) return null;
  const value = Object.entries(asNode(operand)).filter(([key]) => key !== 'location');
  return JSON.stringify(value);
}

const OBJECT_KINDS: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'view',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'function',
  OBJECT_ROUTINE: 'function',
  OBJECT_AGGREGATE: 'function',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'type',
  OBJECT_SCHEMA: 'schema',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_INDEX: 'index',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_POLICY: 'policy',
  OBJECT_RULE: 'rule',
  OBJECT_EXTENSION: 'extension',
  OBJECT_TABCONSTRAINT: 'constraint',
  OBJECT_DOMCONSTRAINT: 'constraint',
  OBJECT_DATABASE: 'database',
};

function objectKind(type: string): string {
  return (
    OBJECT_KINDS[type] ??
    type
      .replace(/^OBJECT_/, '')
      .toLowerCase()
      .replaceAll('_', ' ')
  );
}

function droppedName(object: unknown): string {
  const routine = at(object, 'ObjectWithArgs');
  if (routine !== undefined) return dotted(at(routine, 'objname'));
  const type = at(object, 'TypeName');
  if (type !== undefined) return dotted(at(type, 'names'));
  const items = at(object, 'List');
  if (items !== undefined) return dotted(at(items, 'items'));
  return withoutPublic(textAt(at(object, 'String'), 'sval'));
}

function typeText(typeName: unknown): string {
  const names = dotted(at(typeName, 'names')).replace(/^pg_catalog\./, '');
  const modifiers = list(at(typeName, 'typmods'))
    .map((each) => at(at(at(each, 'A_Const'), 'ival'), 'ival'))
    .filter((each): each is number => typeof each === 'number');
  const dimensions = list(at(typeName, 'arrayBounds')).map(() => '[]');
  return `${names}${modifiers.length > 0 ? `(${modifiers.join(', ')})` : ''}${dimensions.join('')}`;
}

function relationName(relation: unknown): string {
  const name = textAt(relation, 'relname');
  const schema = textAt(relation, 'schemaname');
  return name === '' ? '' : withoutPublic(schema === '' ? name : `${schema}.${name}`);
}

/** `["a", "b"]` as the parser writes names: `a.b`. */
function dotted(names: unknown): string {
  const items = Array.isArray(names) ? (names as readonly unknown[]) : list(at(at(names, 'List'), 'items'));
  return withoutPublic(items.map((item) => textAt(at(item, 'String'), 'sval')).join('.'));
}

function withoutPublic(name: string): string {
  return name.startsWith('public.') ? name.slice('public.'.length) : name;
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

type SqlNode = Readonly<Record<string, unknown>>;

function onlyEntry(tree: unknown): readonly [string, SqlNode] {
  const [entry] = Object.entries(asNode(tree));
  return entry ? [entry[0], asNode(entry[1])] : ['', {}];
}

function asNode(value: unknown): SqlNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as SqlNode) : {};
}

function at(node: unknown, key: string): unknown {
  return asNode(node)[key];
}

function textAt(node: unknown, key: string): string {
  const value = at(node, key);
  return typeof value === 'string' ? value : '';
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** Calls `visit` for every named node below `node`; bodies of functions and rules are kept, not run, and left out. */
function walk(node: unknown, visit: (name: string, inner: SqlNode) => void): void {
  const open: unknown[] = [node];
  while (open.length > 0) {
    const next = open.pop();
    if (Array.isArray(next)) {
      for (const each of next as readonly unknown[]) open.push(each);
      continue;
    }
    for (const [key, value] of Object.entries(asNode(next))) {
      if (key === 'sql_body' || key === 'actions') continue;
      if (/^[A-Z]/.test(key)) visit(key, asNode(value));
      open.push(value);
    }
  }
}

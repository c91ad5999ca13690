import { compareTypes, keepsRows, type ColumnType } from './column-types';
import type { SqlDialect } from './dialect-tokens';
import type { SqlDestruction, SqlEffect, SqlObject, SqlRetyping } from './effects';

/** What is lost or broken by what, with the words for it: the same whatever language says it. */

export const EXPAND_CONTRACT =
  'expand and contract: release the code that no longer uses it first, remove it in a later release';
export const BACKUP = 'a backup of the data taken just before, with a restore that was tested';

export function creates(kind: string, name: string): SqlEffect {
  return { effect: 'creates', object: { kind, name } };
}

function destroys(
  kind: 'data-delete' | 'schema-break',
  object: SqlObject,
  what: string,
  why: string,
  compensation: string,
): SqlDestruction {
  return { effect: 'destroys', kind, object, what, why, compensation };
}

export function risks(object: SqlObject, what: string, why: string): SqlEffect {
  return { effect: 'risks', object, what, why };
}

export function unjudgeable(why: string): SqlEffect {
  return { effect: 'unjudgeable', why };
}

/** DROP of a table or of something that holds tables. */
export function dropsHolder(kind: 'table' | 'schema' | 'database', name: string): SqlEffect {
  return destroys(
    'data-delete',
    { kind, name },
    `drops the ${kind} ${name}`,
    kind === 'table'
      ? 'its rows are gone; rolling the deployment back does not bring them back'
      : 'everything in it is gone; rolling the deployment back does not bring it back',
    `${BACKUP}; or ${EXPAND_CONTRACT}`,
  );
}

/** DROP of what holds no rows but is used by queries: a view, function, type, sequence. */
export function dropsDefinition(kind: string, name: string): SqlEffect {
  return destroys(
    'schema-break',
    { kind, name },
    `drops the ${kind} ${name}`,
    `a version that still uses the ${kind} fails`,
    EXPAND_CONTRACT,
  );
}

export function dropsColumn(table: string, column: string): SqlDestruction {
  return destroys(
    'data-delete',
    { kind: 'column', name: `${table}.${column}` },
    `drops the column ${table}.${column}`,
    'its values are gone, and the previous version that reads or writes it fails',
    `${EXPAND_CONTRACT}; before that, ${BACKUP}`,
  );
}

export function empties(table: string): SqlEffect {
  return destroys(
    'data-delete',
    { kind: 'rows', name: table },
    `empties the table ${table}`,
    'no rollback of the deployment brings its rows back',
    BACKUP,
  );
}

export function deletesEveryRow(table: string): SqlEffect {
  return destroys(
    'data-delete',
    { kind: 'rows', name: table },
    `deletes every row of ${table}`,
    'no rollback of the deployment brings the rows back',
    BACKUP,
  );
}

export function deletesRows(table: string): SqlEffect {
  return risks(
    { kind: 'rows', name: table },
    `deletes rows of ${table}`,
    'the rows that match are gone; a rollback does not bring them back',
  );
}

export function overwritesEveryRow(table: string, column: string): SqlEffect {
  return destroys(
    'data-delete',
    { kind: 'values', name: `${table}.${column}` },
    `overwrites ${column} in every row of ${table}`,
    'the values before are not kept anywhere',
    `copy the old values to another column or table first, or ${BACKUP}`,
  );
}

export function overwritesRows(table: string, column: string): SqlEffect {
  return risks(
    { kind: 'values', name: `${table}.${column}` },
    `overwrites ${column} in rows of ${table}`,
    'the values before are not kept in the rows that match',
  );
}

const LOOKS_FOR_OLD = 'the previous version, and instances still running it, look for the old name';
const KEEP_BOTH =
  'keep both names until no running version uses the old one, then remove it in a later release';

/** The rename and the name under which the column lives on. */
export function renamesColumn(table: string, from: string, to: string): readonly SqlEffect[] {
  const object = { kind: 'column', name: `${table}.${from}` };
  return [
    destroys(
      'schema-break',
      object,
      `renames the column ${table}.${from} to ${to}`,
      LOOKS_FOR_OLD,
      `add the new column, write both, move readers over; ${KEEP_BOTH}`,
    ),
    { effect: 'renames', object, to: { kind: 'column', name: `${table}.${to}` } },
  ];
}

/** The rename of a table, view, type or schema; `to` is the whole new name. */
export function renames(kind: string, from: string, to: string): readonly SqlEffect[] {
  const object = { kind, name: from };
  return [
    destroys(
      'schema-break',
      object,
      `renames the ${kind} ${from} to ${to}`,
      LOOKS_FOR_OLD,
      kind === 'table' ? `a view with the old name; ${KEEP_BOTH}` : KEEP_BOTH,
    ),
    { effect: 'renames', object, to: { kind, name: to } },
  ];
}

export function movesToSchema(kind: string, name: string, schema: string): SqlEffect {
  return destroys(
    'schema-break',
    { kind, name },
    `moves ${name} to the schema ${schema}`,
    'the previous version looks for it where it was',
    'a view of the old name in the old schema until no running version uses it',
  );
}

/** @param fillsRows Whether the rows that have no value get one first, so that the change itself goes through. */
export function refusesNull(table: string, column: string, fillsRows = false): SqlEffect {
  const name = `${table}.${column}`;
  return destroys(
    'schema-break',
    { kind: 'column', name },
    `makes ${name} refuse NULL`,
    fillsRows
      ? 'what the previous version writes without a value is refused, and rows without one get the same value for good'
      : 'what the previous version writes without a value is refused, and so is the change itself where a row has none',
    'give the column a default and write it in all running versions first; tighten it in a later release',
  );
}

export function domainRefusesNull(name: string): SqlEffect {
  return destroys(
    'schema-break',
    { kind: 'type', name },
    `makes the domain ${name} refuse NULL`,
    'what the previous version writes may be refused',
    'write the value in all running versions first, then tighten the domain in a later release',
  );
}

/**
 * A column added that refuses NULL and is left without a default.
 *
 * @param fillsRows Whether the rows that are there get a value, so that the change itself goes through.
 */
export function addsRefusingNull(table: string, column: string, fillsRows = false): SqlEffect {
  const name = `${table}.${column}`;
  return destroys(
    'schema-break',
    { kind: 'column', name },
    `adds ${name} as NOT NULL without a default`,
    fillsRows
      ? 'what the previous version inserts is refused'
      : 'what the previous version inserts is refused, and so is the change itself where the table has rows',
    'add it with a default or without NOT NULL, fill it, and tighten it in a later release',
  );
}

/** A change of type that every value is sure, or mostly sure, to survive. */
export function widensType(table: string, column: string, type: string): SqlEffect {
  return risks(
    { kind: 'column', name: `${table}.${column}` },
    `changes the type of ${table}.${column} to ${type}`,
    'it is wide enough for most types before it, which the statement does not name; the table may be rewritten under a lock',
  );
}

export function narrowsType(table: string, column: string, type: string): SqlDestruction {
  return destroys(
    'data-delete',
    { kind: 'column', name: `${table}.${column}` },
    `changes the type of ${table}.${column} to ${type}`,
    'values of the type before may be cut, rounded or refused, and the old ones are not kept',
    'add a column of the new type, write both, copy and compare, and drop the old one in a later release',
  );
}

/** A column given another type; `otherwise` is what that comes to where nothing tells the type before. */
export function retypes(
  table: string,
  column: string,
  type: ColumnType,
  otherwise: readonly SqlEffect[],
): SqlRetyping {
  const object = { kind: 'column', name: `${table}.${column}` };
  return { effect: 'retypes', object, type, otherwise, isConverted: false };
}

/** A column that is of this type from here on. */
export function types(table: string, column: string, type: ColumnType): SqlEffect {
  return { effect: 'types', object: { kind: 'column', name: `${table}.${column}` }, type };
}

/** What a change of type loses, by the type before it; null: not known. */
export function retyped(
  retyping: SqlRetyping,
  before: ColumnType | null,
  dialect: SqlDialect | null,
): readonly SqlEffect[] {
  const { object, type, otherwise, isConverted } = retyping;
  if (isConverted) return otherwise;
  if (before === null) {
    return otherwise.map((effect) =>
      effect.effect === 'destroys' && effect.kind === 'data-delete'
        ? { ...effect, why: `${effect.why}; what the type was before is not known` }
        : effect,
    );
  }
  const what = `changes the type of ${object.name} from ${before.text} to ${type.text}`;
  const split = object.name.lastIndexOf('.');
  const [table, column] = [object.name.slice(0, split), object.name.slice(split + 1)];
  const nulls = type.refusesNull === true && before.refusesNull !== true ? [refusesNull(table, column)] : [];
  switch (compareTypes(before.text, type.text, dialect)) {
    case 'same':
      return nulls;
    case 'wider': {
      const isQuick = keepsRows(before.text, type.text, dialect);
      const why = 'every value fits, and writes to the table may wait until its rows are gone through';
      return [...nulls, ...(isQuick ? [] : [risks(object, what, why)])];
    }
    case 'narrower':
      return [{ ...narrowsType(table, column, type.text), what }];
    case 'other':
      return otherwise.map((effect) =>
        effect.effect === 'destroys' && effect.kind === 'data-delete' ? { ...effect, what } : effect,
      );
  }
}

/** A constraint dropped; only one that others can rely on (a key, a unique constraint) breaks them. */
export function dropsConstraint(table: string, constraint: string, isReliedOn: boolean): SqlEffect {
  const object = { kind: 'constraint', name: `${table}.${constraint}` };
  const what = `drops the constraint ${constraint} of ${table}`;
  const why = 'rows written from now on may break the rule, and then it cannot be put back';
  if (!isReliedOn) return risks(object, what, why);
  return destroys(
    'schema-break',
    object,
    what,
    `${why}; ON CONFLICT that names it fails`,
    'check the rule in the application, and test that the rows still keep it before it is put back',
  );
}

/** By PostgreSQL's and the frameworks' names: a foreign key or check, which no other object can rely on. */
export function isOwnRule(constraint: string): boolean {
  return /(?:^|_)(?:fk|fkey|foreign|check|chk|ck)(?:_|$)/i.test(constraint);
}

export function dropsIndex(name: string): SqlEffect {
  return risks(
    { kind: 'index', name },
    `drops the index ${name}`,
    'queries that relied on it become slow, and making it anew takes time',
  );
}

export function locks(table: string, what: string): SqlEffect {
  return risks({ kind: 'table', name: table }, what, 'writes to the table wait until it is done');
}

export function resetsSequence(name: string): SqlEffect {
  return destroys(
    'data-delete',
    { kind: 'sequence', name },
    `sets the sequence ${name} anew`,
    'numbers that were given out may be given out again',
    'set it to no less than the greatest number in use',
  );
}

/** `newValue` is null where the value is taken out. */
export function changesEnumValue(type: string, oldValue: string, newValue: string | null): SqlEffect {
  return destroys(
    'schema-break',
    { kind: 'enum value', name: `${type}.${oldValue}` },
    newValue === null
      ? `drops the value ${oldValue} of ${type}`
      : `renames the value ${oldValue} of ${type} to ${newValue}`,
    'the previous version reads and writes the old value',
    'add the new value, move the rows over, and stop using the old one in a later release',
  );
}

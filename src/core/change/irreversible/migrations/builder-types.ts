import { types } from '../../../sql/consequences';
import type { SqlEffect } from '../../../sql/effects';
import type { Call, Chain, Value } from '../host/calls';
import { argumentOf, entryOf, isScalar, lastPart, textOf } from './reader';

/**
 * The type that a method of a schema builder gives its column, in SQL; null where it is not told. Knex
 * (knexjs.org, "Schema Builder") and Laravel (laravel.com, "Database: Migrations") share most of the names.
 */
export function builderType(
  name: string,
  call: Call,
  chain: Chain,
  framework: 'knex' | 'laravel',
): string | null {
  const number = (place: number, name_: string | null, standard: number): number | null => {
    const value = argumentOf(call, name_, place);
    if (value === undefined) return standard;
    return value.kind === 'scalar' && /^\d+$/.test(value.text) ? Number(value.text) : null;
  };
  const isUnsigned = chain.calls.some((each) => lastPart(each.name) === 'unsigned');
  const sign = isUnsigned || name.startsWith('unsigned') ? ' unsigned' : '';
  const kind = name.replace(/^unsigned(?=[A-Z])/, '').replace(/^./, (first) => first.toLowerCase());
  switch (kind) {
    case 'string':
    case 'char': {
      const length = number(1, 'length', 255);
      return length === null ? null : `${kind === 'string' ? 'varchar' : 'char'}(${length})`;
    }
    case 'text':
      return textOf(call.args[1]?.value) ?? 'text';
    case 'tinyText':
    case 'mediumText':
    case 'longText':
      return kind.toLowerCase();
    case 'integer':
    case 'int':
      return `int${sign}`;
    case 'tinyint':
    case 'tinyInteger':
      return `tinyint${sign}`;
    case 'smallint':
    case 'smallInteger':
      return `smallint${sign}`;
    case 'mediumint':
    case 'mediumInteger':
      return `mediumint${sign}`;
    case 'bigint':
    case 'bigInteger':
      return `bigint${sign}`;
    case 'foreignId':
      return 'bigint unsigned';
    case 'increments':
      return framework === 'laravel' ? 'int unsigned' : 'int';
    case 'bigIncrements':
      return framework === 'laravel' ? 'bigint unsigned' : 'bigint';
    case 'decimal': {
      const [precision, scale] = [number(1, 'total', 8), number(2, 'places', 2)];
      return precision === null || scale === null ? null : `decimal(${precision}, ${scale})`;
    }
    case 'double':
      return 'double';
    case 'boolean':
    case 'date':
    case 'json':
    case 'jsonb':
    case 'uuid':
      return kind;
    case 'specificType':
      return textOf(call.args[1]?.value);
    default:
      return null;
  }
}

/** What a builder's call inside `createTable` or `alterTable` says of its column's type. */
export function builderTypeEffect(
  table: string,
  call: Call,
  chain: Chain,
  framework: 'knex' | 'laravel',
): readonly SqlEffect[] {
  const column = textOf(call.args[0]?.value);
  const text = builderType(lastPart(call.name), call, chain, framework);
  if (column === null || text === null) return [];
  return [types(table, column, { text, refusesNull: refusesNullIn(chain, framework) })];
}

/** Knex takes NULL unless told otherwise, Laravel the other way round. */
export function refusesNullIn(chain: Chain, framework: 'knex' | 'laravel'): boolean {
  if (framework === 'knex') {
    return chain.calls.some(({ name }) => /^(?:notNullable|primary|.*[iI]ncrements)$/.test(lastPart(name)));
  }
  const nullable = chain.calls.find((each) => lastPart(each.name) === 'nullable');
  return nullable === undefined || isScalar(argumentOf(nullable, 'value', 0), 'false');
}

const SEQUELIZE: Readonly<Record<string, string>> = {
  text: 'text',
  tinyint: 'tinyint',
  smallint: 'smallint',
  mediumint: 'mediumint',
  integer: 'int',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  dateonly: 'date',
  json: 'json',
  jsonb: 'jsonb',
  uuid: 'uuid',
};

/** `Sequelize.STRING(50)`, `DataTypes.DECIMAL(10, 2)` in SQL; null where it is not told. sequelize.org, "Data Types". */
export function sequelizeType(value: Value | undefined): string | null {
  const call = value?.kind === 'call' ? value.chain.calls[0] : undefined;
  const name = call?.name ?? (value?.kind === 'name' ? value.name : null);
  if (name === null || (value?.kind === 'call' && value.chain.calls.length > 1)) return null;
  const sizes = (call?.args ?? []).map(({ value: each }) => (each.kind === 'scalar' ? each.text : ''));
  if (!sizes.every((size) => /^\d+$/.test(size))) return null;
  const kind = lastPart(name).toLowerCase();
  switch (kind) {
    case 'string':
      return `varchar(${sizes[0] ?? '255'})`;
    case 'char':
      return `char(${sizes[0] ?? '255'})`;
    case 'decimal':
      return sizes.length === 0 ? 'decimal' : `decimal(${sizes.join(', ')})`;
    default:
      return sizes.length === 0 ? (SEQUELIZE[kind] ?? null) : null;
  }
}

/** The columns of `createTable('users', { name: { type: Sequelize.STRING } })`. */
export function sequelizeColumns(table: string, columns: Value | undefined): readonly SqlEffect[] {
  if (columns?.kind !== 'map') return [];
  return [...columns.entries].flatMap(([column, definition]) =>
    sequelizeTypeEffect(table, column, definition),
  );
}

/** What `{ type: Sequelize.STRING(50), allowNull: false }` says of a column. */
export function sequelizeTypeEffect(
  table: string,
  column: string,
  definition: Value | undefined,
): readonly SqlEffect[] {
  const text = sequelizeType(entryOf(definition, 'type') ?? definition);
  if (text === null) return [];
  const refusesNull =
    isScalar(entryOf(definition, 'allowNull'), 'false') ||
    isScalar(entryOf(definition, 'primaryKey'), 'true');
  return [types(table, column, { text, refusesNull })];
}

import { types } from '../../../sql/consequences';
import type { SqlDialect } from '../../../sql/dialect-tokens';
import type { SqlEffect } from '../../../sql/effects';
import { readProgram, type Call, type Chain } from '../host/calls';
import { argumentOf, isScalar, lastPart, textOf, unnamed } from './reader';

/** What `db/schema.rb`, which Rails writes, says of the types of the columns. */
export function schemaRbEffects(text: string, dialect: SqlDialect | null): readonly SqlEffect[] {
  const program = readProgram(text, 'ruby');
  if (program.isTooDeep) return [];
  return program
    .chains(0, program.tokens.length)
    .flatMap((chain) => columnsInTable(chain, dialect, /^create_table$/));
}

/** The columns that a call inside `create_table :users do |t| … end` makes: `t.string :name, limit: 50`. */
export function columnsInTable(
  chain: Chain,
  dialect: SqlDialect | null,
  blocks: RegExp,
): readonly SqlEffect[] {
  const within = [...chain.within].reverse().find(({ name }) => blocks.test(lastPart(name)));
  const table = textOf(within?.args[0]?.value);
  const [call] = chain.calls;
  if (table === null || !call?.name.includes('.')) return [];
  const isPlain = lastPart(call.name) === 'column';
  const values = unnamed(call);
  const type = isPlain ? textOf(values[1]) : lastPart(call.name);
  if (type === null) return [];
  return (isPlain ? values.slice(0, 1) : values).flatMap((value) => {
    const column = textOf(value);
    return column === null ? [] : typeEffect(table, column, type, call, dialect);
  });
}

/** What a call that names a column and its type says of it: `add_column :users, :name, :string, limit: 50`. */
export function typeEffect(
  table: string,
  column: string,
  type: string,
  call: Call,
  dialect: SqlDialect | null,
): readonly SqlEffect[] {
  const text = railsType(type, call, dialect);
  if (text === null) return [];
  const isNull = argumentOf(call, 'null', null);
  // A column stays as it was where the call says nothing of NULL.
  return [types(table, column, { text, refusesNull: isNull ? isScalar(isNull, 'false') : null })];
}

/** Types of Active Record in SQL: guides.rubyonrails.org, "Active Record Migrations", and the adapters' NATIVE_DATABASE_TYPES. */
export function railsType(type: string, call: Call, dialect: SqlDialect | null): string | null {
  const number = (name: string): number | null => {
    const value = argumentOf(call, name, null);
    return value?.kind === 'scalar' && /^[\d_]+$/.test(value.text)
      ? Number(value.text.replaceAll('_', ''))
      : null;
  };
  const isSaid = (name: string): boolean => argumentOf(call, name, null) !== undefined;
  const limit = number('limit');
  if (isSaid('limit') && limit === null) return null;
  const behind = isScalar(argumentOf(call, 'array', null), 'true') ? '[]' : '';
  const sign = isScalar(argumentOf(call, 'unsigned', null), 'true') ? ' unsigned' : '';
  switch (type) {
    case 'string':
      if (limit !== null) return `varchar(${limit})${behind}`;
      return { mysql: 'varchar(255)', tsql: 'nvarchar(4000)', postgresql: 'varchar', sqlite: 'varchar' }[
        dialect ?? 'sqlite'
      ].concat(behind);
    case 'text':
    case 'binary': {
      const kind = type === 'text' ? 'text' : 'blob';
      const size = textOf(argumentOf(call, 'size', null));
      if (size !== null) return `${size}${kind}`;
      if (limit === null || dialect === 'postgresql') return `${kind}${behind}`;
      return limit <= 255
        ? `tiny${kind}`
        : limit <= 65_535
          ? kind
          : limit <= 16_777_215
            ? `medium${kind}`
            : `long${kind}`;
    }
    case 'integer': {
      const bytes = limit ?? 4;
      const name = ['tinyint', 'tinyint', 'smallint', 'mediumint', 'int'][bytes] ?? 'bigint';
      // PostgreSQL has no integer of one or three bytes.
      const kept =
        dialect === 'mysql' ? name : name.replace('tinyint', 'smallint').replace('mediumint', 'int');
      return `${kept}${sign}${behind}`;
    }
    case 'bigint':
      return `bigint${sign}${behind}`;
    case 'float':
      return dialect === 'mysql' && (limit ?? 24) <= 24 ? 'float(24)' : 'double';
    case 'decimal':
    case 'numeric': {
      const precision = number('precision');
      return precision === null ? 'decimal' : `decimal(${precision}, ${number('scale') ?? 0})`;
    }
    case 'boolean':
    case 'date':
      return `${type}${behind}`;
    case 'datetime':
    case 'timestamp':
    case 'time': {
      // Six digits since Rails 7, none before: without a number it is not told.
      const precision = number('precision');
      return precision === null
        ? `rails ${type}`
        : `${type === 'timestamp' ? 'datetime' : type}(${precision})`;
    }
    case 'timestamptz':
    case 'json':
    case 'jsonb':
    case 'uuid':
    case 'citext':
    case 'inet':
    case 'hstore':
      return `${type}${behind}`;
    default:
      return null;
  }
}

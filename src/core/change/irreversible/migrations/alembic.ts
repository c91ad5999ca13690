import {
  addsRefusingNull,
  creates,
  deletesEveryRow,
  deletesRows,
  dropsColumn,
  dropsConstraint,
  dropsDefinition,
  dropsHolder,
  dropsIndex,
  isOwnRule,
  locks,
  narrowsType,
  overwritesEveryRow,
  overwritesRows,
  refusesNull,
  renames,
  renamesColumn,
  unjudgeable,
  widensType,
} from '../../../sql/consequences';
import type { SqlEffect } from '../../../sql/effects';
import { readProgram, type Call, type Value } from '../host/calls';
import {
  argumentOf,
  isScalar,
  lastPart,
  notToldFrom,
  soundsDestructive,
  sqlSteps,
  stepOf,
  textOf,
  wayDownIn,
  withoutWayUp,
  type MigrationReader,
  type MigrationStep,
} from './reader';

/** Alembic: `upgrade()` and `downgrade()`; alembic.sqlalchemy.org, "Operation Reference". */
export const alembic: MigrationReader = {
  name: 'Python (Alembic)',
  reads: (path) =>
    /(?:^|\/)(?:alembic|migrations?)(?:\/[^/]+)*\/versions\/[^/]+(?<!__init__)\.py$|(?:^|\/)versions\/[0-9a-f]{8,}_[^/]+\.py$/.test(
      path,
    ),
  read: (text, context) => {
    const program = readProgram(text, 'python');
    const body = program.bodyOf('upgrade');
    if (!body) return withoutWayUp(text, program.comments);
    /** The tables of `with op.batch_alter_table('t') as batch_op`, by the name that they get. */
    const batches = new Map<string, string | null>();
    const steps = program.chains(body[0], body[1]).flatMap((chain): readonly MigrationStep[] => {
      const [call] = chain.calls;
      if (!call) return [];
      const name = lastPart(chain.calls.at(-1)?.name ?? call.name);
      const last = chain.calls.at(-1) ?? call;
      if (name === 'batch_alter_table') {
        const variable =
          program.tokens[chain.to]?.text === 'as' ? program.tokens[chain.to + 1]?.text : undefined;
        if (variable !== undefined) batches.set(variable, textOf(argumentOf(last, 'table_name', 0)));
        return [];
      }
      if (name === 'execute' || name === 'exec_driver_sql' || name === 'scalar') {
        const argument = argumentOf(last, 'sqltext', 0) ?? argumentOf(last, 'statement', 0);
        const core = coreStatement(argument);
        return core ? stepOf(program, chain, core) : sqlSteps(program, chain, argument, context);
      }
      if (/(?:^|\.)(?:Enum|ENUM)$/.test(call.name) && name === 'drop') {
        return stepOf(program, chain, [
          dropsDefinition('type', textOf(argumentOf(call, 'name', null)) ?? 'of an enum'),
        ]);
      }
      const handle = call.name.split('.')[0] ?? '';
      const isBatch = batches.has(handle);
      if (handle !== 'op' && !isBatch) {
        const passesOn = call.args.some(
          ({ value }) => value.kind === 'name' && /^(?:op|conn|connection|bind|session)$/.test(value.name),
        );
        return passesOn &&
          !/^(?:sa|sqlalchemy|Session|print|inspect)\b/.test(call.name) &&
          !/(?:create|bind|checkfirst|inspect|Session)/i.test(call.name)
          ? stepOf(program, chain, [
              unjudgeable(`what ${call.name} does with the database is in another place`),
            ])
          : [];
      }
      return stepOf(
        program,
        chain,
        operation(name, last, isBatch ? { table: batches.get(handle) ?? null } : null),
      );
    });
    return { steps, comments: program.comments, down: wayDownIn(program, program.bodyOf('downgrade')) };
  },
};

/** `users.delete()`, `users.update().where(…).values(…)` of SQLAlchemy; null where it is none. */
function coreStatement(value: Value | undefined): readonly SqlEffect[] | null {
  if (value?.kind !== 'call') return null;
  const parts = value.chain.calls;
  const [first] = parts;
  const kind = parts
    .map(({ name }) => lastPart(name))
    .find((name) => name === 'delete' || name === 'update' || name === 'insert' || name === 'select');
  if (!first || kind === undefined) return null;
  if (kind === 'insert' || kind === 'select') return [];
  const argument = first.args[0]?.value;
  const table =
    first.name.includes('.') && !first.name.startsWith('sa.')
      ? first.name.slice(0, first.name.lastIndexOf('.'))
      : argument?.kind === 'name'
        ? argument.name
        : 'a table';
  const isBounded = parts.some(({ name }) => lastPart(name) === 'where' || lastPart(name) === 'filter');
  if (kind === 'delete') return [isBounded ? deletesRows(table) : deletesEveryRow(table)];
  const columns =
    parts
      .find(({ name }) => lastPart(name) === 'values')
      ?.args.flatMap(({ name }) => (name === null ? [] : [name])) ?? [];
  return (columns.length > 0 ? columns : ['values']).map((column) =>
    isBounded ? overwritesRows(table, column) : overwritesEveryRow(table, column),
  );
}

function operation(
  name: string,
  call: Call,
  batch: { readonly table: string | null } | null,
): readonly SqlEffect[] {
  const offset = batch ? 0 : 1;
  const table = batch ? batch.table : textOf(argumentOf(call, 'table_name', 0));
  const column = textOf(argumentOf(call, 'column_name', offset));
  switch (name) {
    case 'drop_table':
      return [table === null ? notToldFrom(name) : dropsHolder('table', table)];
    case 'create_table':
      return table === null ? [] : [creates('table', table)];
    case 'rename_table': {
      const from = textOf(argumentOf(call, 'old_table_name', 0));
      const to = textOf(argumentOf(call, 'new_table_name', 1));
      return from === null || to === null ? [notToldFrom(name)] : renames('table', from, to);
    }
    case 'drop_column':
      return [table === null || column === null ? notToldFrom(name) : dropsColumn(table, column)];
    case 'add_column': {
      const added = argumentOf(call, 'column', offset);
      const definition = added?.kind === 'call' ? added.chain.calls[0] : undefined;
      const addedName = definition ? textOf(argumentOf(definition, 'name', 0)) : null;
      if (table === null || !definition || addedName === null) return [notToldFrom(name)];
      const isRefusing =
        isScalar(argumentOf(definition, 'nullable', null), 'false') ||
        isScalar(argumentOf(definition, 'primary_key', null), 'true');
      const hasValue = ['server_default', 'autoincrement'].some(
        (each) => argumentOf(definition, each, null) !== undefined,
      );
      return [
        ...(isRefusing && !hasValue ? [addsRefusingNull(table, addedName)] : []),
        creates('column', `${table}.${addedName}`),
      ];
    }
    case 'alter_column': {
      if (table === null || column === null) return [notToldFrom(name)];
      const renamed = textOf(argumentOf(call, 'new_column_name', null));
      const type = typeOf(argumentOf(call, 'type_', null));
      const old = typeOf(argumentOf(call, 'existing_type', null));
      return [
        ...(renamed !== null ? renamesColumn(table, column, renamed) : []),
        ...(type === null || type === old
          ? []
          : [isWider(old, type) ? widensType(table, column, type) : narrowsType(table, column, type)]),
        ...(isScalar(argumentOf(call, 'nullable', null), 'false') &&
        !isScalar(argumentOf(call, 'existing_nullable', null), 'false')
          ? [refusesNull(table, column)]
          : []),
      ];
    }
    case 'drop_constraint': {
      const constraint = textOf(argumentOf(call, 'constraint_name', 0)) ?? 'constraint';
      const owner = batch ? batch.table : textOf(argumentOf(call, 'table_name', 1));
      const type = textOf(argumentOf(call, 'type_', batch ? 1 : 2));
      return [
        dropsConstraint(
          owner ?? 'a table',
          constraint,
          type === null ? !isOwnRule(constraint) : !/^(?:foreignkey|check)$/.test(type),
        ),
      ];
    }
    case 'drop_index':
      return [dropsIndex(textOf(argumentOf(call, 'index_name', 0)) ?? '')];
    case 'create_index': {
      const on = batch ? batch.table : textOf(argumentOf(call, 'table_name', 1));
      return isScalar(argumentOf(call, 'postgresql_concurrently', null), 'true')
        ? []
        : [locks(on ?? '', `builds an index on ${on ?? 'a table'} without CONCURRENTLY`)];
    }
    case 'create_foreign_key':
    case 'create_check_constraint':
    case 'create_unique_constraint':
    case 'create_primary_key': {
      const on = batch
        ? batch.table
        : textOf(argumentOf(call, name === 'create_foreign_key' ? 'source_table' : 'table_name', 1));
      return [locks(on ?? '', `adds a constraint to ${on ?? 'a table'}`)];
    }
    case 'drop_table_comment':
      return [];
    default:
      return soundsDestructive(name) ? [unjudgeable(`what op.${name} does is not known`)] : [];
  }
}

function typeOf(value: Value | undefined): string | null {
  if (value?.kind === 'name') return lastPart(value.name).toLowerCase();
  if (value?.kind !== 'call') return null;
  const [call] = value.chain.calls;
  if (!call) return null;
  const sizes = call.args.flatMap(({ name, value: each }) =>
    each.kind === 'scalar' && (name === null || name === 'length' || name === 'precision' || name === 'scale')
      ? [each.text]
      : [],
  );
  return `${lastPart(call.name).toLowerCase()}${sizes.length > 0 ? `(${sizes.join(', ')})` : ''}`;
}

const ORDER = ['boolean', 'smallinteger', 'integer', 'biginteger', 'numeric', 'text'];

function isWider(old: string | null, type: string): boolean {
  if (old === null) return /^(?:text|biginteger|jsonb?|numeric)$/.test(type);
  const size = (each: string): number | null => {
    const match = /^(?:string|varchar|unicode)(?:\((\d+)\))?$/.exec(each);
    return match ? Number(match[1] ?? Infinity) : null;
  };
  const from = size(old);
  const to = size(type);
  if (from !== null && to !== null) return to >= from;
  if (/^(?:text|unicodetext)$/.test(type)) return true;
  const a = ORDER.indexOf(old);
  const b = ORDER.indexOf(type);
  return a !== -1 && b > a;
}

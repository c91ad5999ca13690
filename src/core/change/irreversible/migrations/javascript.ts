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
  empties,
  isOwnRule,
  locks,
  narrowsType,
  overwritesEveryRow,
  overwritesRows,
  refusesNull,
  renames,
  renamesColumn,
  retypes,
  unjudgeable,
  widensType,
} from '../../../sql/consequences';
import type { SqlEffect } from '../../../sql/effects';
import { readProgram, type Call, type Chain, type Value } from '../host/calls';
import { builderType, builderTypeEffect, sequelizeColumns, sequelizeType } from './builder-types';
import {
  entryOf,
  isScalar,
  lastPart,
  notToldFrom,
  soundsDestructive,
  sqlSteps,
  stepOf,
  textOf,
  textsOf,
  wayDownIn,
  withoutWayUp,
  type MigrationReader,
  type MigrationStep,
} from './reader';

/**
 * Knex, TypeORM and Sequelize: an `up` that calls the builder, the query runner or the query interface. They are read
 * together, since their files lie in the same folders and their methods do not contradict one another.
 */
export const javascript: MigrationReader = {
  name: 'JavaScript or TypeScript (Knex, TypeORM, Sequelize)',
  reads: (path) => /(?:^|\/)migrations?\/(?:[^/]+\/)?[^/]+(?<!\.d)\.(?:js|cjs|mjs|ts|cts|mts)$/i.test(path),
  read: (text, context) => {
    const program = readProgram(text, 'javascript');
    const body = program.bodyOf('up');
    if (!body) {
      // A helper or index beside the migrations is none; what is numbered as one, or says that it is one, and has no way
      // up might be.
      const isNumbered = /^\d|\d{10,}/.test(context.path.slice(context.path.lastIndexOf('/') + 1));
      return /\bimplements\s+MigrationInterface\b/.test(text) ||
        (isNumbered && /\b(?:queryRunner|queryInterface|knex)\b/.test(text))
        ? withoutWayUp(text, program.comments)
        : null;
    }
    const steps = program.chains(body[0], body[1]).flatMap((chain): readonly MigrationStep[] => {
      const found: MigrationStep[] = [];
      const target = tableOfBuilder(chain);
      chain.calls.forEach((call, index) => {
        const name = lastPart(call.name);
        if (/^(?:query|raw|\$executeRawUnsafe|\$executeRaw)$/.test(name) && !isValueOfSql(chain)) {
          found.push(...sqlSteps(program, chain, call.args[0]?.value, context));
        } else found.push(...stepOf(program, chain, effectsOfCall(call, name, index, chain, target)));
      });
      return found;
    });
    return { steps, comments: program.comments, down: wayDownIn(program, program.bodyOf('down')) };
  },
};

/** `knex.raw('now()')` as a default or value runs nothing. */
function isValueOfSql(chain: Chain): boolean {
  return chain.within.some(
    ({ name }) =>
      /(?:^|\.)(?:defaultTo|update|insert|where\w*|select|alterColumn|addColumn|changeColumn|createTable|check)$/.test(
        name,
      ) && !/schema\.createTable$/.test(name),
  );
}

/** The table of `knex('users')`, `knex.table('users')`, `knex.from('users')`. */
function tableOfBuilder(chain: Chain): string | null {
  const [first, second] = chain.calls;
  if (first && /^(?:knex|trx|db|k)(?:\.(?:from|table))?$/i.test(first.name))
    return textOf(first.args[0]?.value);
  return second && /^(?:from|table|into)$/.test(second.name) && first && !/schema/.test(first.name)
    ? textOf(second.args[0]?.value)
    : null;
}

function effectsOfCall(
  call: Call,
  name: string,
  index: number,
  chain: Chain,
  target: string | null,
): readonly SqlEffect[] {
  const altering = [...chain.within]
    .reverse()
    .find(
      (each) =>
        /^(?:alterTable|table|createTable|createTableIfNotExists)$/.test(lastPart(each.name)) &&
        /schema|^(?:alterTable|table)$/.test(each.name),
    );
  if (altering) {
    if (index > 0) return [];
    const table = textOf(altering.args[0]?.value);
    if (lastPart(altering.name).startsWith('createTable'))
      return table === null || !call.name.includes('.') ? [] : builderTypeEffect(table, call, chain, 'knex');
    return table === null ? [notToldFrom(lastPart(altering.name))] : inTable(table, name, call, chain);
  }
  const [one, two, three] = call.args.map(({ value }) => value);
  const table = tableName(one);
  const column = textOf(two);
  const need = (
    effects: () => readonly SqlEffect[],
    ...known: readonly (string | null)[]
  ): readonly SqlEffect[] => (known.includes(null) ? [notToldFrom(name)] : effects());
  switch (name) {
    case 'dropTable':
    case 'dropTableIfExists':
      return need(() => [dropsHolder('table', table ?? '')], table);
    case 'dropAllTables':
    case 'clearDatabase':
    case 'dropDatabase':
      return [dropsHolder('database', textOf(one) ?? 'of the connection')];
    case 'dropSchema':
    case 'dropSchemaIfExists':
      return need(() => [dropsHolder('schema', table ?? '')], table);
    case 'clearTable':
      return need(() => [empties(table ?? '')], table);
    case 'createTable':
    case 'createTableIfNotExists':
      return table === null ? [] : [creates('table', table), ...sequelizeColumns(table, two)];
    case 'dropView':
    case 'dropViewIfExists':
    case 'dropMaterializedView':
      return [dropsDefinition('view', table ?? 'of a name put together at run time')];
    case 'dropFunction':
      return [dropsDefinition('function', table ?? '')];
    case 'renameTable':
      return need(() => renames('table', table ?? '', column ?? ''), table, tableName(two));
    case 'renameColumn':
      return need(
        () => renamesColumn(table ?? '', textOrName(two) ?? '', textOrName(three) ?? ''),
        table,
        textOrName(two),
        textOrName(three),
      );
    case 'removeColumn':
      return need(() => [dropsColumn(table ?? '', column ?? '')], table, column);
    case 'dropColumn':
    case 'dropColumns': {
      const columns = textsOf([two])?.length ? textsOf([two]) : null;
      return need(
        () => (columns ?? []).map((each) => dropsColumn(table ?? '', each)),
        table,
        columns?.[0] ?? null,
      );
    }
    case 'addColumn': {
      const definition = two?.kind === 'call' ? two.chain.calls[0]?.args[0]?.value : three;
      const added = column ?? textOf(entryOf(definition, 'name'));
      const isRefusing =
        two?.kind === 'call'
          ? definition?.kind === 'map' &&
            !isScalar(entryOf(definition, 'isNullable'), 'true') &&
            entryOf(definition, 'isGenerated') === undefined
          : isScalar(entryOf(definition, 'allowNull'), 'false');
      const hasValue =
        entryOf(definition, 'default') !== undefined ||
        entryOf(definition, 'defaultValue') !== undefined ||
        isScalar(entryOf(definition, 'autoIncrement'), 'true');
      return need(
        () => [
          ...(isRefusing && !hasValue ? [addsRefusingNull(table ?? '', added ?? '')] : []),
          creates('column', `${table ?? ''}.${added ?? ''}`),
        ],
        table,
        added,
      );
    }
    case 'changeColumn': {
      const definition =
        two?.kind === 'call'
          ? two.chain.calls[0]?.args[0]?.value
          : three?.kind === 'call'
            ? three.chain.calls[0]?.name.startsWith('TableColumn') ||
              three.chain.calls[0]?.name.endsWith('TableColumn')
              ? three.chain.calls[0].args[0]?.value
              : undefined
            : three;
      const typeValue =
        entryOf(definition, 'type') ?? (three?.kind === 'name' || three?.kind === 'call' ? three : undefined);
      const type = typeOf(typeValue);
      const renamed = textOf(entryOf(definition, 'name'));
      return need(
        () => {
          const from = column ?? '';
          if (renamed !== null && renamed !== from) return renamesColumn(table ?? '', from, renamed);
          if (type === null) return [unjudgeable(`the new type of ${table ?? ''}.${from} cannot be told`)];
          const isRefusing = isScalar(entryOf(definition, 'allowNull'), 'false');
          const otherwise = !WIDE.test(type)
            ? narrowsType(table ?? '', from, type)
            : isRefusing
              ? refusesNull(table ?? '', from)
              : widensType(table ?? '', from, type);
          const text = sequelizeType(typeValue);
          return text === null
            ? [otherwise]
            : [retypes(table ?? '', from, { text, refusesNull: isRefusing }, [otherwise])];
        },
        table,
        column,
      );
    }
    case 'bulkDelete': {
      const isEvery =
        two === undefined ||
        isScalar(two, 'null') ||
        isScalar(two, 'undefined') ||
        (two.kind === 'map' && two.entries.size === 0);
      return need(() => [isEvery ? deletesEveryRow(table ?? '') : deletesRows(table ?? '')], table);
    }
    case 'bulkUpdate': {
      const isEvery = three === undefined || (three.kind === 'map' && three.entries.size === 0);
      return need(
        () =>
          keysOf(two).map((each) =>
            isEvery ? overwritesEveryRow(table ?? '', each) : overwritesRows(table ?? '', each),
          ),
        table,
      );
    }
    case 'dropPrimaryKey':
      return need(() => [dropsConstraint(table ?? '', 'primary key', true)], table);
    case 'dropUniqueConstraint':
    case 'removeConstraint':
      return need(
        () => [dropsConstraint(table ?? '', column ?? 'constraint', !isOwnRule(column ?? ''))],
        table,
      );
    case 'dropForeignKey':
    case 'dropForeignKeys':
    case 'dropCheckConstraint':
      return [dropsConstraint(table ?? '', column ?? 'constraint', false)];
    case 'dropIndex':
    case 'removeIndex':
    case 'dropIndices':
      return [dropsIndex(column ?? `on ${table ?? 'a table'}`)];
    case 'createIndex':
    case 'addIndex':
      return [locks(table ?? '', `builds an index on ${table ?? 'a table'}`)];
    case 'del':
    case 'delete':
    case 'truncate':
    case 'update': {
      const receiver = target ?? null;
      if (receiver === null) {
        return chain.calls.some((each) => /manager|getRepository|sequelize|Model|prisma/i.test(each.name)) ||
          index > 0
          ? [unjudgeable(`which rows ${name} changes cannot be told`)]
          : [];
      }
      if (name === 'truncate') return [empties(receiver)];
      const isBounded = chain.calls.some((each) =>
        /^(?:where|andWhere|orWhere|whereIn|whereNull|whereNot|limit|whereRaw|whereNotNull|whereNotIn|whereExists|whereBetween)$/.test(
          lastPart(each.name),
        ),
      );
      if (name !== 'update') return [isBounded ? deletesRows(receiver) : deletesEveryRow(receiver)];
      const columns = one?.kind === 'text' ? [one.text] : keysOf(one);
      return columns.map((each) =>
        isBounded ? overwritesRows(receiver, each) : overwritesEveryRow(receiver, each),
      );
    }
    default: {
      const isOnHandle =
        /^(?:knex|queryRunner|queryInterface|qi|q|schema|db|pgm)\b/.test(call.name) ||
        chain.calls[0]?.name.includes('schema');
      const getsHandle = call.args.some(
        ({ value }) => value.kind === 'name' && /^(?:knex|queryRunner|queryInterface)$/.test(value.name),
      );
      if ((isOnHandle || getsHandle) && soundsDestructive(name))
        return [unjudgeable(`what ${name} does is not known`)];
      return getsHandle && index === 0 && !/^(?:up|Promise|console)\b/.test(call.name)
        ? [unjudgeable(`what ${call.name} does with the database is in another file`)]
        : [];
    }
  }
}

function keysOf(value: Value | undefined): readonly string[] {
  const keys = value?.kind === 'map' ? [...value.entries.keys()] : [];
  return keys.length > 0 ? keys : ['values'];
}

function textOrName(value: Value | undefined): string | null {
  if (value?.kind === 'call') return textOf(entryOf(value.chain.calls[0]?.args[0]?.value, 'name'));
  return textOf(value);
}

/** A table by its name, as `{ tableName: 'x' }`, or as `new Table({ name: 'x' })`. */
function tableName(value: Value | undefined): string | null {
  if (value?.kind === 'map') return textOf(value.entries.get('tableName') ?? value.entries.get('name'));
  if (value?.kind === 'call') return textOf(entryOf(value.chain.calls[0]?.args[0]?.value, 'name'));
  return textOf(value)?.replace(/^public\./, '') ?? null;
}

const WIDE = /^(?:text|bigint|jsonb?|decimal|numeric|timestamptz|longtext)$/i;

function typeOf(value: Value | undefined): string | null {
  if (value?.kind === 'text') return value.text;
  if (value?.kind === 'name') return lastPart(value.name).toLowerCase();
  if (value?.kind === 'call') {
    const call = value.chain.calls[0];
    const size =
      call?.args.map(({ value: each }) => (each.kind === 'scalar' ? each.text : '…')).join(', ') ?? '';
    return call ? `${lastPart(call.name).toLowerCase()}(${size})` : null;
  }
  return null;
}

/** Inside `alterTable('users', (table) => { … })`. */
function inTable(table: string, name: string, call: Call, chain: Chain): readonly SqlEffect[] {
  const names = textsOf(call.args.map(({ value }) => value));
  const first = textOf(call.args[0]?.value);
  const has = (method: string): boolean => chain.calls.some((each) => lastPart(each.name) === method);
  switch (name) {
    case 'dropColumn':
    case 'dropColumns':
      return names === null || names.length === 0
        ? [notToldFrom(name)]
        : names.map((column) => dropsColumn(table, column));
    case 'dropTimestamps':
      return [dropsColumn(table, 'created_at'), dropsColumn(table, 'updated_at')];
    case 'renameColumn': {
      const [from, to] = names ?? [];
      return from === undefined || to === undefined ? [notToldFrom(name)] : renamesColumn(table, from, to);
    }
    case 'dropNullable':
      return [first === null ? notToldFrom(name) : refusesNull(table, first)];
    case 'setNullable':
    case 'comment':
    case 'queryContext':
    case 'timestamps':
    case 'inherits':
      return [];
    case 'dropPrimary':
      return [dropsConstraint(table, 'primary key', true)];
    case 'dropUnique':
      return [dropsConstraint(table, names?.[0] ?? 'unique', true)];
    case 'dropForeign':
    case 'dropChecks':
      return [dropsConstraint(table, 'foreign key', false)];
    case 'dropIndex':
      return [dropsIndex(`on ${table}`)];
    case 'index':
    case 'unique':
    case 'primary':
      return [locks(table, `builds an index on ${table}`)];
    case 'foreign':
    case 'check':
    case 'checkPositive':
      return [locks(table, `checks every row of ${table} against a new constraint`)];
    default: {
      if (soundsDestructive(name)) return [unjudgeable(`what ${name} does to ${table} is not known`)];
      if (!call.name.includes('.')) return [];
      const isRefusing = has('notNullable') || has('primary');
      if (has('alter')) {
        const column = first;
        if (column === null) return [notToldFrom('alter')];
        const otherwise = !/^(?:text|bigInteger|bigint|json|jsonb|decimal)$/.test(name)
          ? narrowsType(table, column, name)
          : isRefusing
            ? refusesNull(table, column)
            : widensType(table, column, name);
        const text = builderType(name, call, chain, 'knex');
        return text === null
          ? [otherwise]
          : [retypes(table, column, { text, refusesNull: isRefusing }, [otherwise])];
      }
      if (first === null || /^(?:increments|bigIncrements)$/.test(name)) return [];
      return [
        ...(isRefusing && !has('defaultTo') ? [addsRefusingNull(table, first)] : []),
        creates('column', `${table}.${first}`),
        ...builderTypeEffect(table, call, chain, 'knex'),
      ];
    }
  }
}

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
  changesEnumValue,
  risks,
  unjudgeable,
  widensType,
} from '../../../sql/consequences';
import type { SqlDialect } from '../../../sql/dialect-tokens';
import type { SqlEffect } from '../../../sql/effects';
import { readProgram, type Call, type Chain, type HostProgram, type Value } from '../host/calls';
import { columnsInTable, railsType, typeEffect } from './rails-schema';
import {
  argumentOf,
  isScalar,
  lastPart,
  notToldFrom,
  soundsDestructive,
  sqlSteps,
  stepOf,
  textOf,
  textsOf,
  unnamed,
  wayDownIn,
  withoutWayUp,
  type MigrationReader,
  type MigrationStep,
  type ReaderContext,
  type WayDown,
} from './reader';

/** Active Record migrations: `change`, or `up` and `down`; guides.rubyonrails.org, "Active Record Migrations". */
export const rails: MigrationReader = {
  name: 'Ruby (Rails)',
  reads: (path) => /(?:^|\/)db\/(?:[a-z_]+_)?(?:post_)?migrate\/\d+_[^/]+\.rb$/.test(path),
  read: (text, context) => {
    const program = readProgram(text, 'ruby');
    const up = program.bodyOf('up');
    const body = up ?? program.bodyOf('change');
    if (!body) return withoutWayUp(text, program.comments);
    const down = up ? wayDownIn(program, program.bodyOf('down')) : null;
    const steps = read(program, body, context, new Set()).map((step): MigrationStep =>
      up ? step : { ...step, down: step.down ?? null },
    );
    return { steps, comments: program.comments, down };
  },
};

/** What `change` knows how to undo: the same guide, "Using the change Method". */
const UNDOES_ITSELF =
  /^(?:add_\w+|create_\w+|rename_\w+|change_column_null|enable_extension|disable_extension|remove_timestamps|remove_reference|remove_belongs_to)$/;

function read(
  program: HostProgram,
  [from, to]: readonly [number, number],
  context: ReaderContext,
  open: ReadonlySet<string>,
): readonly MigrationStep[] {
  return program.chains(from, to).flatMap((chain): readonly MigrationStep[] => {
    if (chain.within.some(({ name }) => lastPart(name) === 'down' || lastPart(name) === 'create_join_table'))
      return [];
    if (chain.within.some(({ name }) => lastPart(name) === 'create_table')) {
      return stepOf(program, chain, columnsInTable(chain, context.dialect, /^create_table$/));
    }
    const [call] = chain.calls;
    if (!call) return [];
    const name = lastPart(call.name);
    if (/^(?:execute|exec_query|exec_update|exec_delete|exec_insert|update_sql)$/.test(name)) {
      return sqlSteps(program, chain, call.args[0]?.value, context).map((step) => {
        const isInReversible = chain.within.some((each) => lastPart(each.name) === 'reversible');
        return isInReversible ? step : { ...step, down: null };
      });
    }
    const inBody = call.name === name && call.args.length === 0 && !call.block ? program.bodyOf(name) : null;
    if (inBody && !open.has(name)) return read(program, inBody, context, new Set(open).add(name));
    const effects = effectsOfCall(call, chain, context.dialect);
    const [first] = stepOf(program, chain, effects);
    if (!first) return [];
    const undoes =
      UNDOES_ITSELF.test(name) ||
      (name === 'remove_column' && unnamed(call).length >= 3) ||
      (name === 'drop_table' && call.block !== null);
    const own: WayDown | null = undoes ? { line: lineAt(program, chain), copiesBack: false } : null;
    return [own ? { ...first, down: own } : first];
  });
}

function lineAt(program: HostProgram, chain: Chain): number {
  return program.textOf({ start: 0, end: chain.span.start }).split('\n').length;
}

function effectsOfCall(call: Call, chain: Chain, dialect: SqlDialect | null): readonly SqlEffect[] {
  const name = lastPart(call.name);
  const changed = [...chain.within].reverse().find((each) => lastPart(each.name) === 'change_table');
  if (changed && call.name.includes('.')) {
    const table = textOf(changed.args[0]?.value);
    return table === null ? [notToldFrom('change_table')] : inChangeTable(table, name, call, dialect);
  }
  const rows = onModel(chain);
  if (rows) return rows;
  const values = unnamed(call);
  const named = (key: string): Value | undefined => argumentOf(call, key, null);
  const table = textOf(values[0]);
  const second = textOf(values[1]);
  const known = KNOWN.test(name);
  if (!known) {
    if (/^(?:system|eval|instance_eval|public_send|send|load|sh)$/.test(call.name)) {
      return [unjudgeable(`it runs ${name}, which can do anything`)];
    }
    return !call.name.includes('.') && soundsDestructive(name)
      ? [unjudgeable(`what ${name} does is not known`)]
      : [];
  }
  if (table === null) return [notToldFrom(name)];
  switch (name) {
    case 'create_table':
    case 'create_join_table':
      return [
        ...(named('force') && !isScalar(named('force'), 'false') ? [dropsHolder('table', table)] : []),
        creates('table', table),
      ];
    case 'drop_table':
      return (textsOf(values) ?? [table]).map((each) => dropsHolder('table', each));
    case 'drop_join_table':
      return [dropsHolder('table', [table, second ?? ''].sort().join('_'))];
    case 'rename_table':
      return second === null ? [notToldFrom(name)] : renames('table', table, second);
    case 'truncate':
    case 'truncate_tables':
      return (textsOf(values) ?? [table]).map(empties);
    case 'remove_columns':
      return (textsOf(values.slice(1)) ?? []).map((column) => dropsColumn(table, column));
    case 'drop_view':
    case 'drop_function':
    case 'drop_enum':
    case 'drop_trigger':
      return [dropsDefinition(name === 'drop_enum' ? 'type' : name.slice(5), table)];
    case 'disable_extension':
      return [dropsDefinition('extension', table)];
    case 'rename_enum':
      return second === null ? [notToldFrom(name)] : renames('type', table, second);
    case 'rename_enum_value':
      return [changesEnumValue(table, textOf(named('from')) ?? '', textOf(named('to')) ?? '')];
    default:
      return onTable(table, name, values.slice(1), call, dialect);
  }
}

const KNOWN =
  /^(?:create_table|create_join_table|drop_table|drop_join_table|rename_table|truncate|truncate_tables|remove_columns?|drop_view|drop_function|drop_enum|drop_trigger|disable_extension|rename_enum|rename_enum_value|remove_timestamps|remove_reference|remove_belongs_to|rename_column|change_column|change_column_null|change_column_default|add_column|add_reference|add_belongs_to|remove_index|add_index|add_foreign_key|remove_foreign_key|add_check_constraint|remove_check_constraint|validate_foreign_key|add_timestamps)$/;

function onTable(
  table: string,
  name: string,
  values: readonly Value[],
  call: Call,
  dialect: SqlDialect | null,
): readonly SqlEffect[] {
  const named = (key: string): Value | undefined => argumentOf(call, key, null);
  const column = textOf(values[0]);
  const isRefusing = isScalar(named('null'), 'false') && named('default') === undefined;
  switch (name) {
    case 'remove_column':
      return [column === null ? notToldFrom(name) : dropsColumn(table, column)];
    case 'remove_timestamps':
      return [dropsColumn(table, 'created_at'), dropsColumn(table, 'updated_at')];
    case 'remove_reference':
    case 'remove_belongs_to':
      return [column === null ? notToldFrom(name) : dropsColumn(table, `${column}_id`)];
    case 'rename_column': {
      const to = textOf(values[1]);
      return column === null || to === null ? [notToldFrom(name)] : renamesColumn(table, column, to);
    }
    case 'change_column': {
      const type = textOf(values[1]);
      if (column === null || type === null) return [notToldFrom(name)];
      const limit = named('limit') ?? named('precision');
      const isWide = /^(?:text|bigint|json|jsonb|decimal|timestamptz)$/.test(type) && limit === undefined;
      const otherwise = !isWide
        ? narrowsType(table, column, type)
        : isRefusing
          ? refusesNull(table, column)
          : widensType(table, column, type);
      const text = railsType(type, call, dialect);
      if (text === null) return [otherwise];
      const isNull = named('null');
      return [
        retypes(table, column, { text, refusesNull: isNull ? isScalar(isNull, 'false') : null }, [otherwise]),
      ];
    }
    case 'change_column_null':
      // The fourth argument is written into the rows that have no value first (api.rubyonrails.org, SchemaStatements).
      return isScalar(values[1], 'false') && column !== null
        ? [refusesNull(table, column, values[2] !== undefined && !isScalar(values[2], 'nil'))]
        : [];
    case 'add_column':
      return column === null
        ? [notToldFrom(name)]
        : [
            ...(isRefusing ? [addsRefusingNull(table, column)] : []),
            creates('column', `${table}.${column}`),
            ...typeEffect(table, column, textOf(values[1]) ?? '', call, dialect),
          ];
    case 'add_reference':
    case 'add_belongs_to':
      return column === null
        ? [notToldFrom(name)]
        : [
            ...(isRefusing ? [addsRefusingNull(table, `${column}_id`)] : []),
            creates('column', `${table}.${column}_id`),
          ];
    case 'add_timestamps':
      return isScalar(named('null'), 'true') || named('default')
        ? []
        : [addsRefusingNull(table, 'created_at'), addsRefusingNull(table, 'updated_at')];
    case 'remove_index':
      return [dropsIndex(textOf(named('name')) ?? `on ${table}`)];
    case 'add_index':
      return textOf(named('algorithm')) === 'concurrently'
        ? []
        : [locks(table, `builds an index on ${table} without CONCURRENTLY`)];
    case 'add_foreign_key':
    case 'add_check_constraint':
      return isScalar(named('validate'), 'false')
        ? []
        : [locks(table, `checks every row of ${table} against a new constraint`)];
    case 'remove_foreign_key':
    case 'remove_check_constraint':
      return [
        dropsConstraint(
          table,
          textOf(named('name')) ?? column ?? 'constraint',
          !isOwnRule(`${name}_fk_check`),
        ),
      ];
    default:
      return [];
  }
}

function inChangeTable(
  table: string,
  name: string,
  call: Call,
  dialect: SqlDialect | null,
): readonly SqlEffect[] {
  const values = unnamed(call);
  switch (name) {
    case 'remove': {
      const columns = textsOf(values);
      return columns === null ? [notToldFrom('remove')] : columns.map((column) => dropsColumn(table, column));
    }
    case 'rename':
    case 'change':
    case 'change_null':
      return onTable(
        table,
        { rename: 'rename_column', change: 'change_column', change_null: 'change_column_null' }[name],
        values,
        call,
        dialect,
      );
    case 'remove_timestamps':
    case 'remove_references':
    case 'remove_belongs_to':
    case 'remove_index':
    case 'remove_foreign_key':
      return onTable(table, name.replace('references', 'reference'), values, call, dialect);
    case 'index':
      return onTable(table, 'add_index', values, call, dialect);
    case 'references':
    case 'belongs_to':
      return onTable(table, 'add_reference', values, call, dialect);
    case 'timestamps':
      return onTable(table, 'add_timestamps', values, call, dialect);
    default: {
      if (soundsDestructive(name)) return [unjudgeable(`what ${name} does to ${table} is not known`)];
      const columns = textsOf(name === 'column' ? values.slice(0, 1) : values) ?? [];
      const type = name === 'column' ? (textOf(values[1]) ?? '') : name;
      return columns.flatMap((column) =>
        onTable(
          table,
          'add_column',
          [column, type].map((text) => ({ kind: 'text', text, contentStart: null })),
          call,
          dialect,
        ),
      );
    }
  }
}

/** `User.where(…).delete_all` and its likes; null where it is no such call. */
function onModel(chain: Chain): readonly SqlEffect[] | null {
  const parts = chain.calls.flatMap(({ name }) => name.split('.'));
  const model = parts[0] ?? '';
  if (!/^[A-Z]/.test(model)) return null;
  const last = parts.at(-1) ?? '';
  const table = `${model.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()}s`;
  const isBounded = parts.some((part) =>
    /^(?:where|not|find|find_by|limit|first|last|joins|rewhere)$/.test(part),
  );
  switch (last) {
    case 'delete_all':
    case 'destroy_all':
      return [isBounded ? deletesRows(table) : deletesEveryRow(table)];
    case 'update_all': {
      const columns =
        chain.calls.at(-1)?.args.flatMap((each) => (each.name === null ? [] : [each.name])) ?? [];
      const shown = columns.length > 0 ? columns : ['values'];
      return shown.map((column) =>
        isBounded ? overwritesRows(table, column) : overwritesEveryRow(table, column),
      );
    }
    case 'find_each':
    case 'find_in_batches':
    case 'in_batches':
    case 'each':
      return [
        risks(
          { kind: 'rows', name: table },
          `goes through rows of ${table} in code`,
          'what it changes in them is not kept',
        ),
      ];
    default:
      return null;
  }
}

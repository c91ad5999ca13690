import {
  addsRefusingNull,
  creates,
  deletesEveryRow,
  deletesRows,
  dropsColumn,
  dropsConstraint,
  dropsHolder,
  dropsIndex,
  isOwnRule,
  locks,
  narrowsType,
  refusesNull,
  renames,
  renamesColumn,
  unjudgeable,
  widensType,
} from '../../../sql/consequences';
import type { SqlEffect } from '../../../sql/effects';
import { readProgram, type Call, type Chain, type Value } from '../host/calls';
import {
  argumentOf,
  isScalar,
  lastPart,
  notToldFrom,
  soundsDestructive,
  sqlSteps,
  stepOf,
  textOf,
  unnamed,
  wayDownIn,
  withoutWayUp,
  type MigrationReader,
  type MigrationStep,
} from './reader';

/** Ecto.Migration: `change`, or `up` and `down`; hexdocs.pm/ecto_sql/Ecto.Migration.html. */
export const ecto: MigrationReader = {
  name: 'Elixir (Ecto)',
  reads: (path) => /(?:^|\/)migrations\/\d+_[^/]+\.exs$/.test(path),
  read: (text, context) => {
    const program = readProgram(text, 'elixir');
    const up = program.bodyOf('up');
    const body = up ?? program.bodyOf('change');
    if (!body) return withoutWayUp(text, program.comments);
    const steps = program.chains(body[0], body[1]).flatMap((chain): readonly MigrationStep[] => {
      const [call] = chain.calls;
      if (
        !call ||
        chain.within.some(({ name, args }) => name.startsWith('create') && tableIn(args[0]?.value) !== null)
      )
        return [];
      const name = lastPart(call.name);
      if (name === 'execute' || /^(?:query!?|query_many!?)$/.test(name)) {
        const line = program.textOf({ start: 0, end: chain.span.start }).split('\n').length;
        const back = call.args[1]?.value;
        const hasDown = name === 'execute' && back?.kind === 'text' && back.text.trim() !== '';
        return sqlSteps(program, chain, call.args[0]?.value, context).map((step) =>
          up && !hasDown ? step : { ...step, down: hasDown ? { line, copiesBack: false } : null },
        );
      }
      const last = lastPart(chain.calls.at(-1)?.name ?? '');
      if (last === 'delete_all' || last === 'update_all') {
        const target = chain.calls.at(-1)?.args[0]?.value;
        const table =
          target?.kind === 'text' || target?.kind === 'name'
            ? 'text' in target
              ? target.text
              : target.name
            : null;
        if (table === null)
          return stepOf(program, chain, [unjudgeable(`which rows ${last} changes cannot be told`)]);
        return stepOf(program, chain, [last === 'delete_all' ? deletesEveryRow(table) : deletesRows(table)]);
      }
      const effects = effectsOfCall(call, name, chain);
      // What `change` cannot undo by itself: a column dropped without its type.
      const isUndone = !(name === 'remove' && call.args.length < 2) && name !== 'modify';
      const line = program.textOf({ start: 0, end: chain.span.start }).split('\n').length;
      return stepOf(program, chain, effects).map((step) =>
        up ? step : { ...step, down: isUndone ? { line, copiesBack: false } : null },
      );
    });
    return {
      steps,
      comments: program.comments,
      down: up ? wayDownIn(program, program.bodyOf('down')) : null,
    };
  },
};

/** The name in `table(:name)`. */
function tableIn(value: Value | undefined): string | null {
  if (value?.kind !== 'call') return null;
  const [call] = value.chain.calls;
  return call?.name === 'table' ? (textOf(call.args[0]?.value) ?? '') : null;
}

function effectsOfCall(call: Call, name: string, chain: Chain): readonly SqlEffect[] {
  const values = unnamed(call);
  const target = values[0];
  const table = tableIn(target);
  const targetCall = target?.kind === 'call' ? target.chain.calls[0] : undefined;
  const altered = [...chain.within].reverse().find((each) => each.name === 'alter');
  switch (call.name) {
    case 'create':
    case 'create_if_not_exists': {
      if (table !== null) return [creates('table', table)];
      const on = textOf(targetCall?.args[0]?.value) ?? '';
      const isIndex = targetCall?.name === 'index' || targetCall?.name === 'unique_index';
      if (isIndex && targetCall && isScalar(argumentOf(targetCall, 'concurrently', null), 'true')) return [];
      return [
        locks(on, isIndex ? `builds an index on ${on} without CONCURRENTLY` : `adds a constraint to ${on}`),
      ];
    }
    case 'drop':
    case 'drop_if_exists':
      if (table !== null) return [table === '' ? notToldFrom('drop') : dropsHolder('table', table)];
      if (targetCall?.name === 'index' || targetCall?.name === 'unique_index') {
        return [dropsIndex(`on ${textOf(targetCall.args[0]?.value) ?? 'a table'}`)];
      }
      if (targetCall?.name === 'constraint') {
        const constraint = textOf(targetCall.args[1]?.value) ?? '';
        return [dropsConstraint(textOf(targetCall.args[0]?.value) ?? '', constraint, !isOwnRule(constraint))];
      }
      return [notToldFrom('drop')];
    case 'rename': {
      if (table === null) return [notToldFrom('rename')];
      const to = argumentOf(call, 'to', null);
      const column = textOf(values[1]);
      const newTable = tableIn(to);
      if (newTable !== null) return renames('table', table, newTable);
      const newColumn = textOf(to);
      return column === null || newColumn === null
        ? [notToldFrom('rename')]
        : renamesColumn(table, column, newColumn);
    }
    default:
      break;
  }
  if (altered) return inAlter(tableIn(altered.args[0]?.value) ?? '', name, call);
  return !call.name.includes('.') && soundsDestructive(name)
    ? [unjudgeable(`what ${name} does is not known`)]
    : [];
}

function inAlter(table: string, name: string, call: Call): readonly SqlEffect[] {
  const column = textOf(call.args[0]?.value);
  const isRefusing = isScalar(argumentOf(call, 'null', null), 'false');
  switch (name) {
    case 'remove':
    case 'remove_if_exists':
      return [column === null ? notToldFrom(name) : dropsColumn(table, column)];
    case 'add':
    case 'add_if_not_exists':
      if (column === null) return [notToldFrom(name)];
      return [
        ...(isRefusing && argumentOf(call, 'default', null) === undefined
          ? [addsRefusingNull(table, column)]
          : []),
        creates('column', `${table}.${column}`),
      ];
    case 'modify': {
      if (column === null) return [notToldFrom(name)];
      const type = textOf(unnamed(call)[1]);
      const before = argumentOf(call, 'from', null);
      const old = textOf(before) ?? (before?.kind === 'list' ? textOf(before.items[0]) : null);
      if (type === null) return [];
      if (old !== type && !/^(?:text|bigint|decimal|map|jsonb|utc_datetime_usec)$/.test(type))
        return [narrowsType(table, column, type)];
      return [isRefusing ? refusesNull(table, column) : widensType(table, column, type)];
    }
    default:
      return [];
  }
}

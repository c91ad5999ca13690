import {
  addsRefusingNull,
  creates,
  deletesEveryRow,
  deletesRows,
  dropsColumn,
  dropsConstraint,
  dropsHolder,
  dropsIndex,
  empties,
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
import { builderType, builderTypeEffect } from './builder-types';
import { readProgram, type Call, type Chain } from '../host/calls';
import {
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
  isScalar,
  argumentOf,
  type MigrationReader,
  type MigrationStep,
} from './reader';

/** Laravel: `up()` and `down()` with the schema builder; laravel.com/docs, "Database: Migrations". */
export const laravel: MigrationReader = {
  name: 'PHP (Laravel)',
  reads: (path) => /(?:^|\/)database\/migrations\/(?:[^/]+\/)*[^/]+\.php$/.test(path),
  read: (text, context) => {
    const program = readProgram(text, 'php');
    const body = program.bodyOf('up');
    if (!body) return withoutWayUp(text, program.comments);
    const steps = program.chains(body[0], body[1]).flatMap((chain): readonly MigrationStep[] => {
      const [call] = chain.calls;
      if (!call) return [];
      const last = chain.calls.at(-1) ?? call;
      const isFacade = /(?:^|\.)DB(?:\.|$)/.test(call.name);
      if (
        isFacade &&
        /^(?:statement|unprepared|update|delete|insert|select|affectingStatement)$/.test(
          lastPart(last.name),
        ) &&
        textOf(chain.calls.find(({ name }) => /table$/.test(name))?.args[0]?.value) === null
      ) {
        return sqlSteps(program, chain, last.args[0]?.value, context);
      }
      return stepOf(program, chain, effectsOfChain(chain, call, last));
    });
    return { steps, comments: program.comments, down: wayDownIn(program, program.bodyOf('down')) };
  },
};

function effectsOfChain(chain: Chain, call: Call, last: Call): readonly SqlEffect[] {
  const schema = [...chain.within]
    .reverse()
    .find(
      ({ name }) =>
        (/(?:^|\.)Schema\.|(?:^|\.)(?:table|create)$/.test(name) && /Schema|schema|connection/.test(name)) ||
        (/^(?:table|create)$/.test(lastPart(name)) && chain.within[0]?.name.includes('Schema')),
    );
  if (schema && call.name.startsWith('$')) {
    const table = textOf(schema.args[0]?.value);
    if (lastPart(schema.name) !== 'table')
      return table === null ? [] : builderTypeEffect(table, call, chain, 'laravel');
    return table === null ? [notToldFrom('Schema::table')] : inTable(table, lastPart(call.name), call, chain);
  }
  const [one, two] = last.args.map(({ value }) => value);
  const table = textOf(one);
  if (/(?:^|\.)Schema(?:\.|$)/.test(call.name)) {
    switch (lastPart(last.name)) {
      case 'drop':
      case 'dropIfExists':
        return [table === null ? notToldFrom('Schema::drop') : dropsHolder('table', table)];
      case 'dropAllTables':
        return [dropsHolder('database', 'of the connection')];
      case 'create':
        return table === null ? [] : [creates('table', table)];
      case 'rename': {
        const to = textOf(two);
        return table === null || to === null ? [notToldFrom('Schema::rename')] : renames('table', table, to);
      }
      case 'dropColumns': {
        const columns = textsOf([two]);
        return table === null || columns === null
          ? [notToldFrom('Schema::dropColumns')]
          : columns.map((column) => dropsColumn(table, column));
      }
      default:
        return soundsDestructive(last.name)
          ? [unjudgeable(`what ${lastPart(last.name)} does is not known`)]
          : [];
    }
  }
  return onRows(chain, call, last);
}

/** `DB::table('users')->where(…)->delete()`, `User::truncate()`. */
function onRows(chain: Chain, call: Call, last: Call): readonly SqlEffect[] {
  const parts = chain.calls.flatMap(({ name }) => name.split('.'));
  const isModel =
    /^\\?[A-Z]\w*/.test(call.name) &&
    !/^(?:Schema|DB|Artisan|Log|Carbon|Str|Storage|Blueprint)\b/.test(call.name);
  const builder = chain.calls.find(({ name }) => /(?:^|\.)table$/.test(name));
  const table = builder ? textOf(builder.args[0]?.value) : isModel ? (parts[0] ?? '').toLowerCase() : null;
  const name = lastPart(last.name);
  if (/^Artisan/.test(call.name)) return [unjudgeable('it runs an Artisan command')];
  if (!/^(?:delete|truncate|update|forceDelete|destroy)$/.test(name) || (!builder && !isModel)) return [];
  if (table === null) return [notToldFrom(name)];
  const isBounded = parts.some((part) =>
    /^(?:where\w*|orWhere|find|findOrFail|limit|take|destroy)$/.test(part),
  );
  if (name === 'truncate') return [empties(table)];
  if (name !== 'update') return [isBounded ? deletesRows(table) : deletesEveryRow(table)];
  const value = last.args[0]?.value;
  const keys = value?.kind === 'map' ? [...value.entries.keys()] : ['values'];
  return keys.map((column) =>
    isBounded ? overwritesRows(table, column) : overwritesEveryRow(table, column),
  );
}

/** Methods of a blueprint that add columns of their own, or none that refuse NULL. */
const NO_COLUMN =
  /^(?:timestamps|timestampsTz|softDeletes|softDeletesTz|rememberToken|nullableMorphs|nullableTimestamps|id|increments|bigIncrements|comment|engine|charset|collation|after|renameIndex|nullableUuidMorphs|getTable)$/;

function inTable(table: string, name: string, call: Call, chain: Chain): readonly SqlEffect[] {
  const names = textsOf(unnamed(call));
  const first = names?.[0] ?? null;
  const has = (method: string): boolean => chain.calls.some((each) => lastPart(each.name) === method);
  switch (name) {
    case 'dropColumn':
    case 'removeColumn':
      return names === null || names.length === 0
        ? [notToldFrom(name)]
        : names.map((column) => dropsColumn(table, column));
    case 'dropTimestamps':
    case 'dropTimestampsTz':
      return [dropsColumn(table, 'created_at'), dropsColumn(table, 'updated_at')];
    case 'dropSoftDeletes':
    case 'dropSoftDeletesTz':
      return [dropsColumn(table, 'deleted_at')];
    case 'dropRememberToken':
      return [dropsColumn(table, 'remember_token')];
    case 'dropMorphs':
      return [dropsColumn(table, `${first ?? ''}_id`), dropsColumn(table, `${first ?? ''}_type`)];
    case 'dropConstrainedForeignId':
      return [first === null ? notToldFrom(name) : dropsColumn(table, first)];
    case 'renameColumn': {
      const to = names?.[1];
      return first === null || to === undefined ? [notToldFrom(name)] : renamesColumn(table, first, to);
    }
    case 'rename':
      return first === null ? [notToldFrom(name)] : renames('table', table, first);
    case 'dropPrimary':
    case 'dropUnique':
      return [dropsConstraint(table, first ?? name, true)];
    case 'dropForeign':
    case 'dropForeignIdFor':
      return [dropsConstraint(table, first ?? name, false)];
    case 'dropIndex':
    case 'dropFullText':
    case 'dropSpatialIndex':
      return [dropsIndex(first ?? `on ${table}`)];
    case 'index':
    case 'unique':
    case 'primary':
    case 'fullText':
    case 'foreign':
      return [locks(table, `adds a key or constraint to ${table}`)];
    case 'drop':
    case 'dropIfExists':
      return [dropsHolder('table', table)];
    default: {
      if (soundsDestructive(name)) return [unjudgeable(`what ${name} does to ${table} is not known`)];
      if (NO_COLUMN.test(name)) return [];
      const column = textOf(call.args[0]?.value);
      if (column === null) return [];
      const nullable = chain.calls.find((each) => lastPart(each.name) === 'nullable');
      const isNullable = nullable !== undefined && !isScalar(argumentOf(nullable, 'value', 0), 'false');
      if (has('change')) {
        const isWide = /^(?:text|mediumText|longText|bigInteger|unsignedBigInteger|json|jsonb|decimal)$/.test(
          name,
        );
        const otherwise = !isWide
          ? narrowsType(table, column, name)
          : isNullable
            ? widensType(table, column, name)
            : refusesNull(table, column);
        const text = builderType(name, call, chain, 'laravel');
        return text === null
          ? [otherwise]
          : [retypes(table, column, { text, refusesNull: !isNullable }, [otherwise])];
      }
      const hasValue = [
        'default',
        'useCurrent',
        'storedAs',
        'virtualAs',
        'autoIncrement',
        'generatedAs',
      ].some(has);
      return [
        ...(isNullable || hasValue ? [] : [addsRefusingNull(table, column)]),
        creates('column', `${table}.${column}`),
        ...builderTypeEffect(table, call, chain, 'laravel'),
      ];
    }
  }
}

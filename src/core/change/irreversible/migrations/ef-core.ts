import {
  addsRefusingNull,
  creates,
  dropsColumn,
  dropsConstraint,
  dropsDefinition,
  dropsHolder,
  dropsIndex,
  deletesRows,
  locks,
  narrowsType,
  overwritesRows,
  refusesNull,
  renames,
  renamesColumn,
  resetsSequence,
  unjudgeable,
  widensType,
} from '../../../sql/consequences';
import type { SqlEffect } from '../../../sql/effects';
import { readProgram, type Call } from '../host/calls';
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

/** Entity Framework Core: `Up` and `Down` with the migration builder; learn.microsoft.com, "Managing Migrations". */
export const efCore: MigrationReader = {
  name: 'C# (Entity Framework)',
  reads: (path) => /(?:^|\/)Migrations\/(?:[^/]+\/)*\d+_[^/]+(?<!\.Designer)\.cs$/.test(path),
  read: (text, context) => {
    const program = readProgram(text, 'csharp');
    const body = program.bodyOf('Up');
    if (!body) return withoutWayUp(text, program.comments);
    const steps = program.chains(body[0], body[1]).flatMap((chain): readonly MigrationStep[] => {
      const [call] = chain.calls;
      if (!call) return [];
      const passesOn =
        !/migrationBuilder/i.test(call.name) &&
        call.args.some(({ value }) => value.kind === 'name' && value.name === 'migrationBuilder');
      if (passesOn)
        return stepOf(program, chain, [
          unjudgeable(`what ${call.name} does with the database is in another place`),
        ]);
      if (!/^migrationBuilder\./i.test(call.name)) return [];
      const name = lastPart(call.name);
      if (name === 'Sql') return sqlSteps(program, chain, argumentOf(call, 'sql', 0), context);
      return stepOf(program, chain, operation(name, call));
    });
    return { steps, comments: program.comments, down: wayDownIn(program, program.bodyOf('Down')) };
  },
};

function operation(name: string, call: Call): readonly SqlEffect[] {
  const text = (key: string, place: number | null = null): string | null =>
    textOf(argumentOf(call, key, place));
  const is = (key: string, value: string): boolean => isScalar(argumentOf(call, key, null), value);
  const own = text('name', 0);
  const table = text('table', 1);
  const column = table === null || own === null ? null : { table, name: own };
  switch (name) {
    case 'DropTable':
      return [own === null ? notToldFrom(name) : dropsHolder('table', own)];
    case 'DropSchema':
      return [own === null ? notToldFrom(name) : dropsHolder('schema', own)];
    case 'DropColumn':
      return [column ? dropsColumn(column.table, column.name) : notToldFrom(name)];
    case 'DropSequence':
      return [dropsDefinition('sequence', own ?? '')];
    case 'RestartSequence':
      return [resetsSequence(own ?? '')];
    case 'RenameTable': {
      const to = text('newName');
      return own === null || to === null ? [notToldFrom(name)] : renames('table', own, to);
    }
    case 'RenameColumn': {
      const to = text('newName', 2);
      return column && to !== null ? renamesColumn(column.table, column.name, to) : [notToldFrom(name)];
    }
    case 'CreateTable':
      return own === null ? [] : [creates('table', own)];
    case 'AddColumn': {
      if (!column) return [notToldFrom(name)];
      const isRefusing = is('nullable', 'false');
      const hasValue = ['defaultValue', 'defaultValueSql', 'computedColumnSql'].some(
        (key) => argumentOf(call, key, null) !== undefined,
      );
      return [
        ...(isRefusing && !hasValue ? [addsRefusingNull(column.table, column.name)] : []),
        creates('column', `${column.table}.${column.name}`),
      ];
    }
    case 'AlterColumn': {
      if (!column) return [notToldFrom(name)];
      const type = text('type');
      const old = text('oldType');
      const effects: SqlEffect[] = [];
      if (type !== null && type !== old) {
        effects.push(
          isWider(old, type)
            ? widensType(column.table, column.name, type)
            : narrowsType(column.table, column.name, type),
        );
      } else if (type === null && argumentOf(call, 'maxLength', null) !== undefined) {
        const length = argumentOf(call, 'maxLength', null);
        const before = argumentOf(call, 'oldMaxLength', null);
        const isShorter =
          length?.kind === 'scalar' &&
          (before?.kind !== 'scalar' || Number(length.text) < Number(before.text));
        if (isShorter) effects.push(narrowsType(column.table, column.name, `a length of ${length.text}`));
      }
      if (is('nullable', 'false') && is('oldNullable', 'true'))
        effects.push(refusesNull(column.table, column.name));
      return effects;
    }
    case 'DropPrimaryKey':
    case 'DropUniqueConstraint':
      return [dropsConstraint(table ?? '', own ?? '', true)];
    case 'DropForeignKey':
    case 'DropCheckConstraint':
      return [dropsConstraint(table ?? '', own ?? '', false)];
    case 'DropIndex':
      return [dropsIndex(own ?? '')];
    case 'CreateIndex':
    case 'AddForeignKey':
    case 'AddPrimaryKey':
    case 'AddUniqueConstraint':
    case 'AddCheckConstraint':
      return [locks(table ?? '', `adds an index or constraint to ${table ?? 'a table'}`)];
    case 'DeleteData':
      return [deletesRows(text('table', 0) ?? '')];
    case 'UpdateData':
      return [overwritesRows(text('table', 0) ?? '', text('column') ?? 'values')];
    default:
      return soundsDestructive(name) ? [unjudgeable(`what ${name} does is not known`)] : [];
  }
}

const INTEGERS = ['bit', 'boolean', 'tinyint', 'smallint', 'int', 'integer', 'bigint'];

function isWider(old: string | null, type: string): boolean {
  const lower = type.toLowerCase();
  if (old === null) return /^(?:n?varchar\(max\)|text|bigint|longtext)$/.test(lower);
  const size = (each: string): number | null => {
    const match = /^(?:n?varchar|character varying|nchar|char)(?:\((max|\d+)\))?$|^(?:text|longtext)$/.exec(
      each,
    );
    return match ? (match[1] === undefined || match[1] === 'max' ? Infinity : Number(match[1])) : null;
  };
  const from = size(old.toLowerCase());
  const to = size(lower);
  if (from !== null && to !== null)
    return to >= from && !(old.toLowerCase().startsWith('n') && !lower.startsWith('n') && lower !== 'text');
  const a = INTEGERS.indexOf(old.toLowerCase());
  const b = INTEGERS.indexOf(lower);
  return a !== -1 && b > a;
}

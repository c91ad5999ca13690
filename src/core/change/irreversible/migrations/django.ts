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
  risks,
  unjudgeable,
  widensType,
} from '../../../sql/consequences';
import type { SqlEffect } from '../../../sql/effects';
import { readProgram, type Call, type Chain, type HostProgram, type Value } from '../host/calls';
import {
  argumentOf,
  isScalar,
  lastPart,
  notToldFrom,
  sqlSteps,
  stepOf,
  textOf,
  withoutWayUp,
  type MigrationReader,
  type MigrationStep,
  type ReaderContext,
  type WayDown,
} from './reader';

/** Django: the operations of a `Migration`; docs.djangoproject.com, "Migration Operations". */
export const django: MigrationReader = {
  name: 'Python (Django)',
  reads: (path) => /(?:^|\/)migrations\/\d{4}_[^/]+\.py$/.test(path),
  needsSiblings: (text) => text.includes('AlterField'),
  read: (text, context) => {
    const program = readProgram(text, 'python');
    if (program.isTooDeep) return withoutWayUp(text, program.comments);
    if (!program.tokens.some(({ text: word }) => word === 'operations')) return null;
    const steps = program.chains(0, program.tokens.length).flatMap((chain): readonly MigrationStep[] => {
      const [call] = chain.calls;
      if (!call || isOfState(chain)) return [];
      const name = lastPart(call.name);
      if (!OPERATIONS.test(name) || !/^(?:migrations\.)?\w+$|operations\.\w+$/.test(call.name)) return [];
      const line = program.textOf({ start: 0, end: chain.span.start }).split('\n').length;
      if (name === 'RunSQL') {
        const reverse = argumentOf(call, 'reverse_sql', 1);
        const isNoop =
          reverse === undefined ||
          reverse.kind === 'name' ||
          textOf(reverse)?.trim() === '' ||
          (reverse.kind === 'list' && reverse.items.length === 0);
        const down: WayDown | null = isNoop ? null : { line, copiesBack: false };
        return sqlSteps(program, chain, argumentOf(call, 'sql', 0), context).map((step) => ({
          ...step,
          down,
        }));
      }
      if (name === 'RunPython') {
        const reverse = argumentOf(call, 'reverse_code', 1);
        const down =
          reverse === undefined || (reverse.kind === 'name' && lastPart(reverse.name) === 'noop')
            ? null
            : { line, copiesBack: false };
        const code = argumentOf(call, 'code', 0);
        return stepOf(program, chain, inFunction(program, code)).map((step) => ({
          ...step,
          down,
          // A way back that is added, or mended, does not change what goes up.
          ...(code?.kind === 'name' ? { identity: `${name}(${code.name})` } : {}),
        }));
      }
      return stepOf(program, chain, operation(name, call, program, context)).map((step) => ({
        ...step,
        down: { line, copiesBack: false },
      }));
    });
    return { steps, comments: program.comments, down: null };
  },
};

const OPERATIONS =
  /^(?:CreateModel|DeleteModel|RenameModel|AlterModelTable|AddField|RemoveField|AlterField|RenameField|AddIndex|RemoveIndex|AddConstraint|RemoveConstraint|RunSQL|RunPython)$/;

/** Inside `SeparateDatabaseAndState(state_operations=[…])` nothing reaches the database. */
function isOfState(chain: Chain): boolean {
  return chain.within.some((call) =>
    call.args.some(
      ({ name, from, to }) => name === 'state_operations' && from <= chain.from && chain.to <= to,
    ),
  );
}

function operation(
  name: string,
  call: Call,
  program: HostProgram,
  context: ReaderContext,
): readonly SqlEffect[] {
  const app = /([^/]+)\/migrations\/[^/]+$/.exec(context.path)?.[1] ?? '';
  const tableOf = (model: string | null): string =>
    `${app === '' ? '' : `${app}_`}${model?.toLowerCase() ?? ''}`;
  const model = textOf(argumentOf(call, /Model$|ModelTable$/.test(name) ? 'name' : 'model_name', 0));
  const field = textOf(argumentOf(call, 'name', 1));
  const table = tableOf(model);
  switch (name) {
    case 'CreateModel':
      return [creates('table', table)];
    case 'DeleteModel':
      return [model === null ? notToldFrom(name) : dropsHolder('table', table)];
    case 'RenameModel': {
      const from = textOf(argumentOf(call, 'old_name', 0));
      const to = textOf(argumentOf(call, 'new_name', 1));
      return from === null || to === null
        ? [notToldFrom(name)]
        : renames('table', tableOf(from), tableOf(to));
    }
    case 'AlterModelTable': {
      const to = textOf(argumentOf(call, 'table', 1));
      return to === null ? [] : renames('table', table, to);
    }
    case 'RemoveField':
      return [model === null || field === null ? notToldFrom(name) : dropsColumn(table, field)];
    case 'RenameField': {
      const from = textOf(argumentOf(call, 'old_name', 1));
      const to = textOf(argumentOf(call, 'new_name', 2));
      return from === null || to === null ? [notToldFrom(name)] : renamesColumn(table, from, to);
    }
    case 'AddField': {
      const definition = fieldIn(argumentOf(call, 'field', 2));
      if (model === null || field === null) return [notToldFrom(name)];
      const isLoose =
        !definition ||
        definition.isNullable ||
        definition.hasDefault ||
        /^(?:ManyToManyField|AutoField|BigAutoField|GeneratedField)$/.test(definition.type);
      return [
        ...(isLoose ? [] : [addsRefusingNull(table, field, definition.takesEmptyText)]),
        creates('column', `${table}.${field}`),
      ];
    }
    case 'AlterField': {
      const definition = fieldIn(argumentOf(call, 'field', 2));
      if (model === null || field === null || !definition) return [notToldFrom(name)];
      const before = earlierField(model, field, context, program, call);
      return alteredField(table, field, before, definition);
    }
    case 'AddIndex':
    case 'AddConstraint':
      return [
        locks(
          table,
          name === 'AddIndex'
            ? `builds an index on ${table}`
            : `checks every row of ${table} against a new constraint`,
        ),
      ];
    case 'RemoveIndex':
      return [dropsIndex(field ?? `on ${table}`)];
    case 'RemoveConstraint':
      return [dropsConstraint(table, field ?? 'constraint', !isOwnRule(field ?? ''))];
    default:
      return [];
  }
}

interface Field {
  readonly type: string;
  readonly isNullable: boolean;
  readonly hasDefault: boolean;
  /** Whether Django gives the rows that are there an empty text: `blank` on a field of text (Schema editor, `effective_default`). */
  readonly takesEmptyText: boolean;
  readonly length: number | null;
}

function fieldIn(value: Value | undefined): Field | null {
  const call = value?.kind === 'call' ? value.chain.calls[0] : undefined;
  if (!call) return null;
  const size = argumentOf(call, 'max_length', null) ?? argumentOf(call, 'max_digits', null);
  const type = lastPart(call.name);
  return {
    type,
    isNullable: isScalar(argumentOf(call, 'null', null), 'true'),
    hasDefault: ['default', 'auto_now', 'auto_now_add', 'db_default'].some(
      (each) => argumentOf(call, each, null) !== undefined,
    ),
    takesEmptyText:
      isScalar(argumentOf(call, 'blank', null), 'true') &&
      /^(?:Char|Text|Email|Slug|URL|File|Image|FilePath)Field$/.test(type),
    length: size?.kind === 'scalar' ? Number(size.text.replaceAll('_', '')) : null,
  };
}

/** What the field was, by the migrations before and the operations above; null where none of them says. */
function earlierField(
  model: string,
  field: string,
  context: ReaderContext,
  own: HostProgram,
  until: Call,
): Field | null {
  let found: Field | null = null;
  const programs = [...context.siblings.map((text) => readProgram(text, 'python')), own];
  for (const program of programs) {
    for (const chain of program.chains(0, program.tokens.length)) {
      const [call] = chain.calls;
      if (!call) continue;
      if (
        call.args.length === until.args.length &&
        program === own &&
        call.args[0]?.from === until.args[0]?.from
      )
        return found;
      const name = lastPart(call.name);
      if (name === 'AddField' || name === 'AlterField') {
        if (textOf(argumentOf(call, 'model_name', 0))?.toLowerCase() !== model.toLowerCase()) continue;
        if (textOf(argumentOf(call, 'name', 1)) === field)
          found = fieldIn(argumentOf(call, 'field', 2)) ?? found;
      } else if (
        name === 'CreateModel' &&
        textOf(argumentOf(call, 'name', 0))?.toLowerCase() === model.toLowerCase()
      ) {
        const fields = argumentOf(call, 'fields', 1);
        for (const item of fields?.kind === 'list' ? fields.items : []) {
          if (item.kind === 'list' && textOf(item.items[0]) === field)
            found = fieldIn(item.items[1]) ?? found;
        }
      }
    }
  }
  return found;
}

const WIDE = /^(?:TextField|BigIntegerField|BigAutoField|JSONField|DecimalField)$/;

function alteredField(
  table: string,
  field: string,
  before: Field | null,
  after: Field,
): readonly SqlEffect[] {
  const shown = `${after.type}${after.length === null ? '' : `(${after.length})`}`;
  if (!before) {
    return WIDE.test(after.type)
      ? [widensType(table, field, shown)]
      : [unjudgeable(`what the field ${table}.${field} was before is in no migration that is read`)];
  }
  const effects: SqlEffect[] = [];
  const isShorter = after.length !== null && (before.length === null || after.length < before.length);
  if (before.type !== after.type) {
    const isText = (type: string): boolean =>
      /^(?:CharField|TextField|SlugField|URLField|EmailField)$/.test(type);
    const isKept = isText(before.type) && isText(after.type) && !isShorter;
    effects.push(
      isKept || WIDE.test(after.type) ? widensType(table, field, shown) : narrowsType(table, field, shown),
    );
  } else if (isShorter) effects.push(narrowsType(table, field, shown));
  if (before.isNullable && !after.isNullable) effects.push(refusesNull(table, field));
  return effects;
}

/** What a function for `RunPython` does to rows, by the calls in it. */
function inFunction(program: HostProgram, value: Value | undefined): readonly SqlEffect[] {
  if (value?.kind === 'name' && lastPart(value.name) === 'noop') return [];
  const body = value?.kind === 'name' ? program.bodyOf(lastPart(value.name)) : null;
  if (!body) return [unjudgeable('the function that it runs is not in this file')];
  const effects: SqlEffect[] = [];
  for (const chain of program.chains(body[0], body[1])) {
    const parts = chain.calls.flatMap(({ name }) => name.split('.'));
    const last = parts.at(-1) ?? '';
    const owner = (parts[0] ?? 'rows').toLowerCase();
    const isBounded = parts.some((part) => /^(?:filter|exclude|get|first|last)$/.test(part));
    const isQuery = parts.includes('objects') || parts.includes('_default_manager');
    if (last === 'delete') effects.push(isQuery && !isBounded ? deletesEveryRow(owner) : deletesRows(owner));
    else if (/^(?:update|bulk_update|save|update_or_create)$/.test(last)) {
      effects.push(
        risks(
          { kind: 'rows', name: owner },
          `changes rows of ${owner} in code`,
          'the values before are not kept',
        ),
      );
    } else if (
      /^(?:execute|executemany|raw|_raw_delete|run_sql|delete_model|remove_field|alter_field)$/.test(last)
    ) {
      effects.push(unjudgeable(`the function that it runs calls ${last}, which is not followed`));
    } else if (
      chain.calls[0]?.args.some(({ value: each }) => each.kind === 'name' && each.name === 'schema_editor')
    ) {
      effects.push(unjudgeable(`what ${parts.join('.')} does with the database is in another place`));
    }
  }
  return effects;
}

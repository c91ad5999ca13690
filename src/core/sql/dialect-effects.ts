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
  resetsSequence,
  retypes,
  risks,
  types,
  unjudgeable,
  widensType,
} from './consequences';
import { makesRoutine, type TokenStatement } from './dialect-statements';
import { sqlTokens, type SqlDialect, type SqlToken } from './dialect-tokens';
import type { SqlEffect } from './effects';

/** What a statement does, and which routines it calls whose text must be looked up. */
export interface TokenReading {
  readonly effects: readonly SqlEffect[];
  readonly calls: readonly string[];
}

/** Statements that change neither data nor schema, by their first word. */
const HARMLESS = new Set(
  `set use begin start commit rollback savepoint save release print declare pragma analyze explain show describe desc
  comment flush optimize unlock go return raiserror throw vacuum attach detach reindex grant revoke deny select values
  insert check checkpoint end waitfor deallocate close open fetch else elseif kill load reset abort transaction tran xa`.split(
    /\s+/,
  ),
);

/**
 * Reads a statement of any dialect from its tokens. It says what it is only where the whole statement has a form that it
 * knows; a template where it could change what the statement is, and every unknown form, is `unjudgeable`.
 */
export function tokenEffects(statement: TokenStatement, dialect: SqlDialect | null, depth = 0): TokenReading {
  const reader = readerOf(statement, dialect);
  const none: TokenReading = { effects: [], calls: [] };
  const as = (...effects: readonly SqlEffect[]): TokenReading => ({ effects, calls: [] });
  const first = reader.peek();
  if (!first) return none;
  if (statement.some(({ text }) => text.includes('\0'))) return as(unjudgeable('it holds a NUL character'));
  if (first.kind === 'template') return judgeTemplated(statement, dialect, depth);
  if (first.kind !== 'word') {
    return first.text === '('
      ? as(...selectOnly(statement))
      : as(unjudgeable('it does not begin as a statement does'));
  }
  reader.next();
  switch (first.value) {
    case 'with':
      return judgeWith(statement, dialect, depth);
    case 'if':
    case 'while':
      return dialect === 'tsql' || dialect === null
        ? afterCondition(statement, dialect, depth)
        : as(unjudgeable('it depends on a condition'));
    case 'else':
      return tokenEffects(statement.slice(1), dialect, depth);
    case 'create':
      return as(...judgeCreate(reader, statement, dialect));
    case 'drop':
      return as(...judgeDrop(reader, dialect));
    case 'truncate': {
      reader.take('table');
      const names = reader.names();
      reader.take('restart', 'identity');
      reader.take('continue', 'identity');
      if (!reader.take('cascade')) reader.take('restrict');
      if (names.length === 0 || !reader.isAtEnd()) return as(unjudgeable('its TRUNCATE has an unknown form'));
      return as(...names.filter((name) => !isTemporary(name)).map(empties));
    }
    case 'delete':
      return as(...judgeDelete(reader, dialect));
    case 'update':
      return as(...judgeUpdate(reader, dialect));
    case 'replace': {
      reader.take('into');
      const name = reader.name();
      return name === null
        ? as(unjudgeable('its REPLACE has an unknown form'))
        : as(
            risks(
              { kind: 'rows', name },
              `replaces rows of ${name}`,
              'rows with the same key are deleted first; their values are not kept',
            ),
          );
    }
    case 'merge': {
      reader.take('into');
      const name = reader.name() ?? 'a table';
      return as(
        risks(
          { kind: 'rows', name },
          `merges rows into ${name}`,
          'it changes or deletes the rows that match; the values before are not kept',
        ),
      );
    }
    case 'rename': {
      if (!reader.take('table')) return as(unjudgeable('its RENAME has an unknown form'));
      const effects: SqlEffect[] = [];
      do {
        const from = reader.name();
        if (from === null || !reader.take('to')) return as(unjudgeable('its RENAME has an unknown form'));
        const to = reader.name();
        if (to === null) return as(unjudgeable('its RENAME has an unknown form'));
        effects.push(...renames('table', from, to));
      } while (reader.takeMark(','));
      return as(...effects);
    }
    case 'alter':
      return as(...judgeAlter(reader, statement, dialect));
    case 'exec':
    case 'execute':
      return judgeExecute(reader, dialect, depth);
    case 'call': {
      const name = reader.name();
      return name === null ? as(unjudgeable('what it calls cannot be told')) : { effects: [], calls: [name] };
    }
    case 'dbcc': {
      const words = statement.map(({ value }) => value);
      if (words[1] !== 'checkident') return none;
      if (!words.includes('reseed') || words.at(-2) === 'reseed') return none;
      const target = statement.find(({ kind }) => kind === 'string' || kind === 'quoted')?.value ?? words[3];
      return as(resetsSequence(`of ${target ?? 'a table'}`));
    }
    case 'lock': {
      if (!reader.take('tables')) reader.take('table');
      return as(locks(reader.name() ?? '', 'locks tables'));
    }
    case 'prepare':
      return as(unjudgeable('it prepares a statement that is put together when it runs'));
    case 'do':
      return as(unjudgeable('what its block does is not read in this dialect'));
    default: {
      if (!HARMLESS.has(first.value)) {
        return as(unjudgeable(`${first.text.slice(0, 40).toUpperCase()} is no statement that is known`));
      }
      if (first.value === 'pragma' && /writable_schema/.test(statement[1]?.value ?? '')) {
        return as(unjudgeable('it opens the schema tables to be written'));
      }
      if (first.value === 'select' || first.value === 'insert') return as(...selectOnly(statement));
      return none;
    }
  }
}

/** A SELECT or INSERT: nothing, unless a template stands where a statement could hide. */
function selectOnly(statement: TokenStatement): readonly SqlEffect[] {
  const into = statement.findIndex(({ value, kind }) => kind === 'word' && value === 'into');
  if (statement[0]?.value === 'select' && into > 0) {
    const name = statement[into + 1];
    if (name && (name.kind === 'quoted' || name.kind === 'word') && !isTemporary(name.value)) {
      return [creates('table', name.value.toLowerCase())];
    }
  }
  const block = statement.find(({ kind, text }) => kind === 'template' && isHook(text));
  return block ? [unjudgeable('a hook in its template runs SQL that is not read')] : [];
}

function isHook(template: string): boolean {
  return /(?:pre|post)[_-]hook|\brun_query\b|\bstatement\(/.test(template);
}

/** What begins with a template: a query of dbt after its `config`, else nobody knows. */
function judgeTemplated(statement: TokenStatement, dialect: SqlDialect | null, depth: number): TokenReading {
  const index = statement.findIndex(({ kind }) => kind !== 'template');
  const before = index === -1 ? statement : statement.slice(0, index);
  const isHarmless = before.every(
    ({ text }) =>
      /^\{\{-?\s*config\s*\(/.test(text) || /^\{%-?\s*(?:set|if|else|elif|endif|import|from)\b/.test(text),
  );
  const hook = before.some(({ text }) => isHook(text));
  if (!isHarmless || hook) {
    return {
      effects: [
        unjudgeable(
          hook
            ? 'a hook in its template runs SQL that is not read'
            : 'a template stands where the statement begins',
        ),
      ],
      calls: [],
    };
  }
  return index === -1 ? { effects: [], calls: [] } : tokenEffects(statement.slice(index), dialect, depth);
}

/** `WITH x AS (…), y AS (…)` and then what counts. */
function judgeWith(statement: TokenStatement, dialect: SqlDialect | null, depth: number): TokenReading {
  let parentheses = 0;
  const effects: SqlEffect[] = [];
  for (let index = 1; index < statement.length; index++) {
    const token = statement[index];
    if (!token) break;
    if (token.text === '(') {
      parentheses++;
      const next = statement[index + 1];
      if (next && ['delete', 'update', 'merge'].includes(next.value) && next.kind === 'word') {
        effects.push(...tokenEffects(inside(statement, index), dialect, depth + 1).effects);
      }
    } else if (token.text === ')') parentheses--;
    else if (
      parentheses === 0 &&
      token.kind === 'word' &&
      ['select', 'insert', 'update', 'delete', 'merge', 'replace'].includes(token.value)
    ) {
      const rest = tokenEffects(statement.slice(index), dialect, depth + 1);
      return { effects: [...effects, ...rest.effects], calls: rest.calls };
    }
  }
  return { effects: [unjudgeable('its WITH has an unknown form')], calls: [] };
}

/** What stands between the parenthesis at `open` and its partner. */
function inside(statement: TokenStatement, open: number): TokenStatement {
  let depth = 0;
  for (let index = open; index < statement.length; index++) {
    if (statement[index]?.text === '(') depth++;
    else if (statement[index]?.text === ')' && --depth === 0) return statement.slice(open + 1, index);
  }
  return statement.slice(open + 1);
}

const VERBS = new Set([
  'alter', 'drop', 'create', 'truncate', 'delete', 'update', 'insert', 'merge', 'exec', 'execute', 'print',
  'raiserror', 'return', 'set', 'select', 'throw', 'break', 'continue',
]); // prettier-ignore

/** `IF … statement` of T-SQL: the statement counts, whatever the condition. */
function afterCondition(statement: TokenStatement, dialect: SqlDialect | null, depth: number): TokenReading {
  let parentheses = 0;
  for (let index = 1; index < statement.length; index++) {
    const token = statement[index];
    if (token?.text === '(') parentheses++;
    else if (token?.text === ')') parentheses--;
    else if (token?.kind === 'word' && parentheses === 0 && VERBS.has(token.value)) {
      if (depth > 20) break;
      const rest = statement.slice(index);
      const otherwise = rest.findIndex(
        ({ kind, value, startsLine }) => kind === 'word' && value === 'else' && startsLine,
      );
      if (otherwise === -1) return tokenEffects(rest, dialect, depth + 1);
      const one = tokenEffects(rest.slice(0, otherwise), dialect, depth + 1);
      const other = tokenEffects(rest.slice(otherwise + 1), dialect, depth + 1);
      return {
        effects: [...one.effects, ...other.effects],
        calls: [...one.calls, ...other.calls],
      };
    }
  }
  // A condition before BEGIN, which was cut off: the statements of the block are judged by themselves.
  return { effects: [], calls: [] };
}

function judgeCreate(
  reader: Reader,
  statement: TokenStatement,
  dialect: SqlDialect | null,
): readonly SqlEffect[] {
  const isReplacing = reader.take('or', 'replace') || reader.take('or', 'alter');
  while (!reader.isAtEnd()) {
    const token = reader.next();
    if (token?.kind !== 'word') {
      if (token?.text === '=' || token?.kind === 'quoted' || token?.text === '@') continue;
      return [unjudgeable('its CREATE has an unknown form')];
    }
    switch (token.value) {
      case 'temporary':
      case 'temp': {
        const rest = reader.rest();
        return rest.some(({ kind }) => kind === 'template') && rest[0]?.value !== 'table'
          ? [unjudgeable('its CREATE has an unknown form')]
          : [];
      }
      case 'table': {
        reader.take('if', 'not', 'exists');
        const name = reader.name();
        if (name === null) return [unjudgeable('the name of what it creates cannot be told')];
        if (isTemporary(name)) return [];
        return [
          ...(isReplacing ? [dropsHolder('table', name)] : []),
          creates('table', name),
          ...(reader.peek()?.text === '(' ? columnsOf(name, reader.group(), dialect) : []),
        ];
      }
      case 'view':
      case 'schema':
      case 'database':
      case 'type':
      case 'sequence':
      case 'function':
      case 'procedure':
      case 'proc': {
        reader.take('if', 'not', 'exists');
        const name = reader.name();
        const kind = token.value === 'proc' || token.value === 'procedure' ? 'function' : token.value;
        return name === null ? [] : [creates(kind, name)];
      }
      case 'index': {
        reader.take('concurrently');
        reader.take('if', 'not', 'exists');
        const name = reader.peek()?.value === 'on' ? '' : (reader.name() ?? '');
        const rest = reader.rest();
        const on = rest.findIndex(({ value }) => value === 'on');
        const table = on === -1 ? null : readerOf(rest.slice(on + 1), dialect).name();
        return [
          creates('index', name),
          ...(table === null || isTemporary(table) ? [] : [locks(table, `builds an index on ${table}`)]),
        ];
      }
      case 'trigger':
      case 'event':
      case 'user':
      case 'role':
      case 'login':
      case 'extension':
      case 'synonym':
      case 'server':
      case 'partition':
      case 'statistics':
        return [];
      default:
        // UNIQUE, CLUSTERED, MATERIALIZED, DEFINER = `a`@`b`, VIRTUAL TABLE and the like come before the noun.
        if (statement.length > 400 && reader.position() > 40) return [unjudgeable('its CREATE is unknown')];
    }
  }
  return [unjudgeable('its CREATE has an unknown form')];
}

function judgeDrop(reader: Reader, dialect: SqlDialect | null): readonly SqlEffect[] {
  const unknownForm = [unjudgeable('its DROP has an unknown form')];
  const isForTheSession = reader.take('temporary');
  reader.take('materialized');
  reader.take('foreign');
  const kind = reader.next();
  if (kind?.kind !== 'word') return unknownForm;
  reader.take('concurrently');
  reader.take('if', 'exists');
  switch (kind.value) {
    case 'table':
    case 'schema':
    case 'database': {
      const names = reader.names();
      if (!reader.take('cascade', 'constraints') && !reader.take('cascade')) reader.take('restrict');
      if (names.length === 0 || !reader.isAtEnd()) return unknownForm;
      const holder = kind.value;
      return names
        .filter((name) => !isForTheSession && !isTemporary(name))
        .map((name) => dropsHolder(holder === 'schema' && dialect === 'mysql' ? 'database' : holder, name));
    }
    case 'view':
    case 'function':
    case 'procedure':
    case 'proc':
    case 'type':
    case 'sequence':
    case 'synonym':
    case 'extension': {
      const names = reader.names();
      const noun = kind.value.startsWith('proc') ? 'function' : kind.value;
      return names.length === 0 ? unknownForm : names.map((name) => dropsDefinition(noun, name));
    }
    case 'index': {
      const name = reader.name();
      return name === null ? unknownForm : [dropsIndex(name)];
    }
    case 'trigger':
    case 'event':
    case 'user':
    case 'role':
    case 'login':
    case 'policy':
    case 'rule':
    case 'statistics': {
      const name = reader.name() ?? '';
      return [
        risks(
          { kind: kind.value, name },
          `drops the ${kind.value} ${name}`,
          'what relied on it behaves differently',
        ),
      ];
    }
    case 'prepare':
      return [];
    default:
      return unknownForm;
  }
}

function judgeDelete(reader: Reader, dialect: SqlDialect | null): readonly SqlEffect[] {
  const unknownForm = [unjudgeable('its DELETE has an unknown form')];
  while (reader.take('low_priority') || reader.take('quick') || reader.take('ignore')) continue;
  const isBoundedByCount = reader.take('top');
  if (isBoundedByCount) reader.group();
  const hasFrom = reader.take('from');
  reader.take('only');
  const name = reader.name();
  if (name === null) return unknownForm;
  const rest = reader.rest();
  if (rest.length === 0) {
    if (!hasFrom && dialect === 'mysql') return unknownForm;
    return isTemporary(name) ? [] : [isBoundedByCount ? deletesRows(name) : deletesEveryRow(name)];
  }
  if (isTemporary(name)) return [];
  return rowsByCondition(rest, isBoundedByCount, deletesRows(name), deletesEveryRow(name), unknownForm);
}

function judgeUpdate(reader: Reader, dialect: SqlDialect | null): readonly SqlEffect[] {
  const unknownForm = [unjudgeable('its UPDATE has an unknown form')];
  if (reader.take('statistics')) return [];
  while (reader.take('low_priority') || reader.take('ignore')) continue;
  if (reader.take('or')) reader.next();
  const isBoundedByCount = reader.take('top');
  if (isBoundedByCount) reader.group();
  const name = reader.name();
  if (name === null) return unknownForm;
  if (isTemporary(name)) return [];
  const rest = reader.rest();
  const set = atDepthZero(rest, (token) => token.kind === 'word' && token.value === 'set');
  if (set === -1) return unknownForm;
  const joins = rest.slice(0, set).some(({ value, kind }) => kind === 'word' && value === 'join');
  const after = rest.slice(set + 1);
  const end = atDepthZero(
    after,
    (token) =>
      token.kind === 'word' && ['where', 'from', 'order', 'limit', 'returning'].includes(token.value),
  );
  const columns = assignedColumns(end === -1 ? after : after.slice(0, end), dialect);
  if (columns === null) return unknownForm;
  const tail = end === -1 ? [] : after.slice(end);
  return columns.flatMap((column) =>
    rowsByCondition(
      tail,
      isBoundedByCount || joins,
      overwritesRows(name, column),
      overwritesEveryRow(name, column),
      unknownForm,
    ),
  );
}

function assignedColumns(tokens: TokenStatement, dialect: SqlDialect | null): readonly string[] | null {
  const columns: string[] = [];
  for (const part of splitAtCommas(tokens)) {
    const reader = readerOf(part, dialect);
    if (part[0]?.value.startsWith('@')) continue;
    const name = reader.name();
    if (name === null || !/^[=+*-]$/.test(reader.peek()?.text ?? '')) return null;
    columns.push(name.slice(name.lastIndexOf('.') + 1));
  }
  return columns.length === 0 ? null : columns;
}

/** Decides by the condition in the rest of a DELETE or UPDATE. */
function rowsByCondition(
  rest: TokenStatement,
  isBounded: boolean,
  some: SqlEffect,
  all: SqlEffect,
  unknownForm: readonly SqlEffect[],
): readonly SqlEffect[] {
  const where = atDepthZero(rest, ({ kind, value }) => kind === 'word' && value === 'where');
  const before = where === -1 ? rest : rest.slice(0, where);
  if (before.some(({ kind, text }) => kind === 'template' && !/^%|^\{\w*\}$/.test(text) && isControl(text))) {
    return unknownForm;
  }
  const joins = before.some(({ kind, value }) => kind === 'word' && value === 'join');
  if (where === -1) {
    // A template on its own may hold the condition.
    if (rest.some(({ kind }) => kind === 'template')) {
      return [unjudgeable('a template stands where its condition would')];
    }
    const isLimited = rest.some(({ kind, value }) => kind === 'word' && value === 'limit');
    return [isBounded || joins || isLimited ? some : all];
  }
  const tail = rest.slice(where + 1);
  const end = atDepthZero(
    tail,
    ({ kind, value }) => kind === 'word' && ['order', 'limit', 'returning', 'option'].includes(value),
  );
  const condition = end === -1 ? tail : tail.slice(0, end);
  const isLimited = tail.some(({ kind, value }) => kind === 'word' && value === 'limit');
  switch (holds(condition)) {
    case 'always':
      return [isBounded || joins || isLimited ? some : all];
    case 'sometimes':
      return [some];
    case 'unknown':
      return [unjudgeable('a template or too deep a nesting stands in its condition')];
  }
}

function isControl(template: string): boolean {
  return template.startsWith('{%') || template.startsWith('<%');
}

/** Whether a condition holds for every row; unknown where a template is one, or a part of its own. */
function holds(condition: TokenStatement): 'always' | 'sometimes' | 'unknown' {
  const tokens = withoutParentheses(condition);
  if (tokens.length === 0) return 'always';
  if (tokens[0]?.text === '(' && tokens[1]?.text === '(' && condition.length > 2 * MAX_PARENTHESES)
    return 'unknown';
  if (tokens.some(({ kind, text }) => kind === 'template' && isControl(text))) return 'unknown';
  const either = splitAtWords(tokens, 'or');
  if (either.length > 1) {
    const parts = either.map(holds);
    if (parts.includes('always')) return 'always';
    return parts.includes('unknown') ? 'unknown' : 'sometimes';
  }
  const both = splitAtWords(tokens, 'and');
  if (both.length > 1 && !tokens.some(({ value }) => value === 'between')) {
    const parts = both.map(holds);
    if (parts.includes('sometimes')) return 'sometimes';
    return parts.includes('unknown') ? 'unknown' : 'always';
  }
  const [left, operator, right, more] = tokens;
  if (left?.kind === 'template' && (operator === undefined || operator.kind === 'template')) return 'unknown';
  if (operator === undefined) {
    if (left?.kind === 'number') return Number(left.value) === 0 ? 'sometimes' : 'always';
    return left?.kind === 'word' && left.value === 'true' ? 'always' : 'sometimes';
  }
  if (operator.text === '=' && more === undefined && left && right) {
    return left.kind === right.kind && left.value === right.value ? 'always' : 'sometimes';
  }
  return 'sometimes';
}

/** More parentheses around one condition are not looked through: nobody writes them. */
const MAX_PARENTHESES = 50;

function withoutParentheses(tokens: TokenStatement): TokenStatement {
  let result = tokens;
  for (let depth = 0; depth < MAX_PARENTHESES; depth++) {
    if (result[0]?.text !== '(' || inside(result, 0).length !== result.length - 2) break;
    result = result.slice(1, -1);
  }
  return result;
}

function judgeAlter(
  reader: Reader,
  statement: TokenStatement,
  dialect: SqlDialect | null,
): readonly SqlEffect[] {
  const unknownForm = [unjudgeable('its ALTER has an unknown form')];
  const kind = reader.next()?.value;
  switch (kind) {
    case 'table':
      break;
    case 'view':
    case 'function':
    case 'procedure':
    case 'proc':
    case 'trigger':
      return makesRoutine(statement) || kind === 'view' ? [] : unknownForm;
    case 'schema': {
      const schema = reader.name();
      if (schema === null || !reader.take('transfer')) return unknownForm;
      const name = reader.name();
      return name === null
        ? unknownForm
        : [...renames('table', name, `${schema}.${name.slice(name.lastIndexOf('.') + 1)}`)];
    }
    case 'sequence': {
      const name = reader.name();
      if (name === null) return unknownForm;
      return reader.rest().some(({ value }) => value === 'restart') ? [resetsSequence(name)] : [];
    }
    case 'index':
    case 'database':
    case 'user':
    case 'role':
    case 'login':
    case 'event':
    case 'partition':
      return [];
    default:
      return unknownForm;
  }
  reader.take('if', 'exists');
  reader.take('only');
  const table = reader.name();
  if (table === null) return unknownForm;
  if (isTemporary(table)) return [];
  const effects: SqlEffect[] = [];
  let inherited: 'add' | 'drop column' | 'drop constraint' | null = null;
  for (const part of splitAtCommas(reader.rest())) {
    const action = readerOf(part, dialect);
    const verb = action.peek()?.value ?? '';
    const isPlain = action.peek()?.kind === 'quoted';
    if (inherited !== null && (isPlain || !ALTER_VERBS.has(verb))) {
      if (inherited === 'add') effects.push(...judgeAdded(table, action));
      else if (action.take('constraint') || (inherited === 'drop constraint' && !action.take('column'))) {
        effects.push(dropped(table, action, 'constraint'));
      } else {
        action.take('column');
        effects.push(dropped(table, action, 'column'));
      }
      continue;
    }
    action.next();
    const start = effects.length;
    inherited = null;
    switch (verb) {
      case 'add':
        effects.push(...judgeAdded(table, action));
        inherited = dialect === 'tsql' ? 'add' : null;
        break;
      case 'drop':
        inherited =
          dialect !== 'tsql' ? null : part[1]?.value === 'column' ? 'drop column' : 'drop constraint';
        effects.push(judgeDroppedPart(table, action, dialect));
        break;
      case 'rename': {
        if (action.take('index') || action.take('key') || action.take('constraint')) break;
        if (action.take('column') || (action.peek()?.value !== 'to' && action.peek()?.value !== 'as')) {
          const from = action.name();
          if (from === null) return unknownForm;
          if (action.take('to')) {
            const to = action.name();
            effects.push(...(to === null ? unknownForm : renamesColumn(table, from, to)));
          } else effects.push(...(action.isAtEnd() ? renames('table', table, from) : unknownForm));
          break;
        }
        action.next();
        const to = action.name();
        effects.push(...(to === null ? unknownForm : renames('table', table, to)));
        break;
      }
      case 'change': {
        action.take('column');
        const from = action.name();
        const to = action.name();
        if (from === null || to === null) return unknownForm;
        if (from === to) effects.push(...judgeRetyped(table, from, action));
        else {
          effects.push(...renamesColumn(table, from, to));
          // That it loses values too is said where the type before is known.
          const { type, isRefusingNull } = definitionOf(action.rest());
          if (type !== null)
            effects.push(retypes(table, to, { text: type, refusesNull: isRefusingNull }, []));
        }
        break;
      }
      case 'modify': {
        action.take('column');
        const column = action.name();
        effects.push(...(column === null ? unknownForm : judgeRetyped(table, column, action)));
        break;
      }
      case 'alter': {
        if (action.take('index') || action.take('constraint') || action.take('check')) break;
        action.take('column');
        const column = action.name();
        if (column === null) return unknownForm;
        if (action.take('set', 'default') || action.take('drop', 'not', 'null')) break;
        if (action.take('drop', 'default')) {
          effects.push(
            risks(
              { kind: 'column', name: `${table}.${column}` },
              `drops the default of ${table}.${column}`,
              'a version that leaves the value out gets NULL or an error',
            ),
          );
        } else if (action.take('set', 'not', 'null')) effects.push(refusesNull(table, column));
        else if (action.take('add') || action.take('drop') || action.take('set', 'visible')) break;
        else {
          if (!action.take('set', 'data', 'type')) action.take('type');
          effects.push(...judgeRetyped(table, column, action));
        }
        break;
      }
      case 'auto_increment':
        effects.push(resetsSequence(`of ${table}`));
        break;
      case 'truncate':
        effects.push(
          action.take('partition') ? empties(`${table} (a partition)`) : (unknownForm[0] as SqlEffect),
        );
        break;
      case 'discard':
        effects.push(empties(table));
        break;
      case 'convert':
        effects.push(locks(table, `writes every row of ${table} in another character set`));
        break;
      case 'exchange':
      case 'switch':
      case 'reorganize':
      case 'coalesce':
      case 'rebuild':
      case 'order':
      case 'force':
        effects.push(locks(table, `rearranges the table ${table}`));
        break;
      default:
        if (!HARMLESS_OPTIONS.has(verb)) {
          effects.push(
            unjudgeable(`what ${verb.slice(0, 40).toUpperCase() || 'it'} does to ${table} is not known`),
          );
        }
    }
    if (part.some(({ kind }) => kind === 'template') && part[0]?.kind === 'template') {
      effects.splice(start);
      effects.push(unjudgeable('a template stands where it says what to alter'));
    }
  }
  return effects;
}

const ALTER_VERBS = new Set([
  'add', 'drop', 'rename', 'change', 'modify', 'alter', 'auto_increment', 'truncate', 'discard', 'convert',
]); // prettier-ignore

const HARMLESS_OPTIONS = new Set([
  'engine', 'comment', 'row_format', 'charset', 'character', 'default', 'collate', 'enable', 'disable', 'check',
  'nocheck', 'with', 'algorithm', 'lock', 'set', 'partition', 'stats_persistent', 'key_block_size', 'owner',
  'validate', 'import', 'analyze', 'optimize', 'checksum', 'cluster', 'tablespace', 'compression',
]); // prettier-ignore

function dropped(table: string, action: Reader, what: 'column' | 'constraint'): SqlEffect {
  action.take('if', 'exists');
  const name = action.name();
  if (name === null) return unjudgeable('what it drops cannot be told');
  return what === 'column' ? dropsColumn(table, name) : dropsConstraint(table, name, !isOwnRule(name));
}

function judgeDroppedPart(table: string, action: Reader, dialect: SqlDialect | null): SqlEffect {
  if (action.take('primary', 'key')) return dropsConstraint(table, 'primary key', true);
  if (action.take('foreign', 'key')) {
    action.take('if', 'exists');
    return dropsConstraint(table, action.name() ?? 'foreign key', false);
  }
  if (action.take('check')) return dropsConstraint(table, action.name() ?? 'check', false);
  if (action.take('constraint')) return dropped(table, action, 'constraint');
  if (action.take('index') || action.take('key')) {
    action.take('if', 'exists');
    return dropsIndex(action.name() ?? '');
  }
  if (action.take('partition')) {
    action.take('if', 'exists');
    return empties(`${table} (the partition ${action.name() ?? ''})`);
  }
  if (action.take('column')) return dropped(table, action, 'column');
  // Without a noun T-SQL drops a constraint, the others a column.
  return dropped(table, action, dialect === 'tsql' ? 'constraint' : 'column');
}

function judgeAdded(table: string, action: Reader): readonly SqlEffect[] {
  const start = action.peek();
  if (start?.kind === 'word') {
    if (action.take('constraint')) {
      const name = action.name() ?? '';
      return [
        creates('constraint', `${table}.${name}`),
        locks(table, `adds the constraint ${name} to ${table}`),
      ];
    }
    if (['primary', 'unique', 'foreign', 'check'].includes(start.value)) {
      return [locks(table, `adds a constraint to ${table}`)];
    }
    if (['index', 'key', 'fulltext', 'spatial'].includes(start.value)) {
      return [locks(table, `builds an index on ${table}`)];
    }
    if (['partition', 'period', 'default'].includes(start.value)) return [];
  }
  action.take('column');
  action.take('if', 'not', 'exists');
  if (action.peek()?.text === '(') {
    return splitAtCommas(action.group()).flatMap((part) => judgeAdded(table, action.of(part)));
  }
  const column = action.name();
  if (column === null) return [unjudgeable('what it adds cannot be told')];
  const definition = definitionOf(action.rest());
  return [
    ...(definition.isRefusingNull && !definition.hasValue ? [addsRefusingNull(table, column)] : []),
    creates('column', `${table}.${column}`),
    ...typeOfColumn(table, column, definition),
  ];
}

function typeOfColumn(table: string, column: string, definition: Definition): readonly SqlEffect[] {
  const { type, isRefusingNull } = definition;
  return type === null ? [] : [types(table, column, { text: type, refusesNull: isRefusingNull })];
}

/** What the list of a CREATE TABLE says of the types of its columns. */
function columnsOf(table: string, list: TokenStatement, dialect: SqlDialect | null): readonly SqlEffect[] {
  return splitAtCommas(list).flatMap((part) => {
    const reader = readerOf(part, dialect);
    const first = reader.peek();
    if (first?.kind === 'word' && NO_COLUMN.has(first.value)) return [];
    const column = reader.name();
    return column === null ? [] : typeOfColumn(table, column, definitionOf(reader.rest()));
  });
}

const NO_COLUMN = new Set([
  'constraint', 'primary', 'unique', 'foreign', 'check', 'index', 'key', 'fulltext', 'spatial', 'period', 'like',
  'exclude',
]); // prettier-ignore

const WIDE =
  /^(?:bigint|int8|text|longtext|mediumtext|longblob|clob|numeric|decimal|json|jsonb|timestamptz|nvarchar\(max\)|varchar\(max\)|varbinary\(max\)|datetimeoffset|double|varchar)$/;

function judgeRetyped(table: string, column: string, action: Reader): readonly SqlEffect[] {
  const rest = action.rest();
  const { type, isRefusingNull } = definitionOf(rest);
  if (type === null) return [unjudgeable(`the new type of ${table}.${column} cannot be told`)];
  const isWide = WIDE.test(type.replace(/ .*/, ''));
  return [
    retypes(table, column, { text: type, refusesNull: isRefusingNull }, [
      !isWide
        ? narrowsType(table, column, type)
        : isRefusingNull
          ? refusesNull(table, column)
          : widensType(table, column, type),
    ]),
  ];
}

interface Definition {
  readonly type: string | null;
  readonly isRefusingNull: boolean;
  readonly hasValue: boolean;
}

/** The type at the start of a column's definition, and what of the rest matters. */
function definitionOf(tokens: TokenStatement): Definition {
  const words = tokens.map(({ kind, value, text }) => (kind === 'word' ? value : text));
  const has = (...sequence: readonly string[]): boolean =>
    words.some((_, index) => sequence.every((word, offset) => words[index + offset] === word));
  let type: string | null = null;
  const first = tokens[0];
  if (first?.kind === 'word' || first?.kind === 'quoted') {
    type = first.value.toLowerCase();
    let next = 1;
    for (let word = tokens[next]; word && isOfType(type, word); word = tokens[++next]) {
      type += ` ${word.value}`;
    }
    if (tokens[next]?.text === '(') {
      const group = inside(tokens, next);
      type += `(${group.map(({ kind, value, text }) => (kind === 'string' ? text : value.toLowerCase())).join('')})`;
      next += group.length + 2;
    }
    for (let word = tokens[next]; word && isOfType(type, word); word = tokens[++next]) {
      type += ` ${word.value}`;
    }
  }
  return {
    type,
    isRefusingNull: has('not', 'null') || has('primary', 'key'),
    hasValue:
      has('default') ||
      has('auto_increment') ||
      has('autoincrement') ||
      has('identity') ||
      has('generated') ||
      has('as') ||
      (type !== null && /^(?:serial|bigserial|rowversion)/.test(type)),
  };
}

/** Whether a word behind the name of a type is still part of it: `character varying`, `int unsigned`. */
function isOfType(type: string, { kind, value }: SqlToken): boolean {
  if (kind !== 'word') return false;
  const before = type.slice(type.lastIndexOf(' ') + 1);
  switch (value) {
    case 'varying':
    case 'precision':
      return /^(?:character|char|binary|double)$/.test(before);
    case 'unsigned':
    case 'signed':
    case 'zerofill':
    case 'with':
    case 'without':
      return value.startsWith('with') ? /^time(?:stamp)?(?:\(\d+\))?$/.test(before) : true;
    case 'time':
      return /^with(?:out)?$/.test(before);
    case 'zone':
      return before === 'time';
    case 'character':
    case 'charset':
    case 'collate':
      return true;
    case 'set':
      return before === 'character';
    default:
      return /^(?:charset|collate)$/.test(before) || /character set$/.test(type);
  }
}

/** Procedures of SQL Server that change neither data nor names. */
const HARMLESS_PROCEDURES =
  /^(?:sys\.)?sp_(?:addextendedproperty|updateextendedproperty|dropextendedproperty|refreshview|recompile|updatestats|help\w*|configure|addrolemember|tableoption|settriggerorder|getapplock|releaseapplock)$/;

function judgeExecute(reader: Reader, dialect: SqlDialect | null, depth: number): TokenReading {
  const as = (...effects: readonly SqlEffect[]): TokenReading => ({ effects, calls: [] });
  const built = as(unjudgeable('it runs a statement that is put together when it runs'));
  if (reader.peek()?.text === '(') return literalStatement(reader.group(), dialect, depth) ?? built;
  const name = reader.name();
  if (name === null || name.startsWith('@')) return built;
  const procedure = name.replace(/^(?:dbo|sys)\./, '');
  if (HARMLESS_PROCEDURES.test(procedure)) return as();
  const values = splitAtCommas(reader.rest()).map((part) => {
    const value = part[1]?.text === '=' ? part.slice(2) : part;
    // N'…' is a string of Unicode.
    return value[0]?.value === 'n' && value[1]?.kind === 'string' ? value.slice(1) : value;
  });
  if (procedure === 'sp_executesql') {
    return literalStatement(values[0] ?? [], dialect, depth) ?? built;
  }
  if (procedure === 'sp_rename') {
    const [from, to, kind] = values.map((value) =>
      value.length === 1 && value[0]?.kind === 'string' ? value[0].value : null,
    );
    if (!from || !to) return built;
    const path = from
      .replaceAll(/[[\]]/g, '')
      .replace(/^dbo\./i, '')
      .toLowerCase();
    switch (kind?.toLowerCase()) {
      case 'column': {
        const split = path.lastIndexOf('.');
        return as(...renamesColumn(path.slice(0, split), path.slice(split + 1), to));
      }
      case 'index':
        return as();
      default:
        return as(...renames('table', path, to.toLowerCase()));
    }
  }
  return { effects: [], calls: [name] };
}

/** The statements in a string that is run, where it is one and whole. */
function literalStatement(
  tokens: TokenStatement,
  dialect: SqlDialect | null,
  depth: number,
): TokenReading | null {
  const value = tokens[0]?.value === 'n' && tokens[1]?.kind === 'string' ? tokens.slice(1) : tokens;
  const [only, more] = value;
  if (only?.kind !== 'string' || more !== undefined || depth > 3) return null;
  const inner = sqlTokens(only.value, dialect).tokens;
  // One statement at least; several are cut at their semicolons.
  const readings = splitAtMarks(inner, ';').map((each) => tokenEffects(each, dialect, depth + 1));
  return {
    effects: readings.flatMap(({ effects }) => effects),
    calls: readings.flatMap(({ calls }) => calls),
  };
}

function isTemporary(name: string): boolean {
  return /^#(?!\{)/.test(name) || /^tempdb\.|^temp\./.test(name) || name.startsWith('@');
}

interface Reader {
  peek(): SqlToken | undefined;
  next(): SqlToken | undefined;
  /** Goes past the words if they stand here, in this order. */
  take(...words: readonly string[]): boolean;
  takeMark(mark: string): boolean;
  /** A dotted name, without the schema that is the default; null where none stands here. */
  name(): string | null;
  names(): readonly string[];
  /** Goes past a group in parentheses and gives what is in it. */
  group(): TokenStatement;
  rest(): TokenStatement;
  isAtEnd(): boolean;
  position(): number;
  of(tokens: TokenStatement): Reader;
}

function readerOf(tokens: TokenStatement, dialect: SqlDialect | null): Reader {
  let index = 0;
  const reader: Reader = {
    peek: () => tokens[index],
    next: () => tokens[index++],
    take: (...words) => {
      const stands = words.every((word, offset) => {
        const token = tokens[index + offset];
        return token?.kind === 'word' && token.value === word;
      });
      if (stands) index += words.length;
      return stands;
    },
    takeMark: (mark) => {
      if (tokens[index]?.text !== mark) return false;
      index++;
      return true;
    },
    name: () => {
      const start = index;
      let name = '';
      for (;;) {
        const token = tokens[index];
        if (token?.kind === 'quoted') {
          name += token.text.startsWith('"') && dialect === null ? token.value : token.value.toLowerCase();
        } else if (token?.kind === 'word' || token?.kind === 'template') name += token.value;
        else break;
        index++;
        // What touches belongs together: `${prefix}users`, `users_{{ suffix }}`.
        const next = tokens[index];
        const touches = next !== undefined && next.span.start === token.span.end;
        if (touches && (next.kind === 'template' || token.kind === 'template') && next.text !== '.') {
          if (next.kind === 'word' || next.kind === 'template') continue;
        }
        if (next?.text !== '.') break;
        name += '.';
        index++;
      }
      if (name === '' || name.endsWith('.')) {
        index = start;
        return null;
      }
      return name.replace(/^(?:public|dbo|main)\./, '');
    },
    names: () => {
      const names: string[] = [];
      for (;;) {
        const name = reader.name();
        if (name === null) break;
        names.push(name);
        if (tokens[index]?.text === '(') reader.group();
        if (!reader.takeMark(',')) break;
      }
      return names;
    },
    group: () => {
      if (tokens[index]?.text !== '(') return [];
      const content = inside(tokens, index);
      index += content.length + 2;
      return content;
    },
    rest: () => tokens.slice(index),
    isAtEnd: () => index >= tokens.length,
    position: () => index,
    of: (others) => readerOf(others, dialect),
  };
  return reader;
}

function atDepthZero(tokens: TokenStatement, is: (token: SqlToken) => boolean): number {
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    else if (depth === 0 && is(token)) return index;
  }
  return -1;
}

function split(tokens: TokenStatement, is: (token: SqlToken) => boolean): readonly TokenStatement[] {
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    if (depth === 0 && is(token)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

function splitAtCommas(tokens: TokenStatement): readonly TokenStatement[] {
  return split(tokens, ({ text }) => text === ',');
}

function splitAtMarks(tokens: TokenStatement, mark: string): readonly TokenStatement[] {
  return split(tokens, ({ text }) => text === mark);
}

function splitAtWords(tokens: TokenStatement, word: string): readonly TokenStatement[] {
  return split(tokens, ({ kind, value }) => kind === 'word' && value === word);
}

import type { SqlParser, SqlStatement } from '../ports';
import type { Span } from '../text/position';
import { risks, unjudgeable } from './consequences';
import { tokenEffects, type TokenReading } from './dialect-effects';
import { cutTokens, makesRoutine, type TokenStatement } from './dialect-statements';
import {
  mayHoldTemplates,
  sqlTokens,
  type SqlComment,
  type SqlDialect,
  type SqlToken,
} from './dialect-tokens';
import { calledRoutines, effectsOf, madeRoutine, type SqlEffect } from './effects';

/** One statement with what it does; the span is of the text that was read. */
export interface SqlStep {
  readonly span: Span;
  readonly text: string;
  readonly effects: readonly SqlEffect[];
}

/** The statements of a SQL text, with its comments. */
export interface SqlReading {
  readonly steps: readonly SqlStep[];
  readonly comments: readonly SqlComment[];
}

/** A longer text is not read: it is data rather than a migration, and takes longer than anybody waits. */
export const MAX_SQL_CHARACTERS = 8 * 1024 * 1024;

/** Beyond so many statements the rest is one that was not read. */
const MAX_STATEMENTS = 20_000;

/** Whether PostgreSQL's parser is of use for the dialect; what no source tells is taken for PostgreSQL first. */
export function usesParser(dialect: SqlDialect | null): boolean {
  return dialect === null || dialect === 'postgresql';
}

/**
 * Reads SQL of any dialect. PostgreSQL, and what is not known to be something else, goes through its own parser; what
 * that refuses, other dialects, and what holds templates are read from their tokens, as far as these tell. A routine that
 * the text makes and calls counts where it is called. Linear, bounded, and never throws.
 */
export function readSql(text: string, dialect: SqlDialect | null, parser: SqlParser | null): SqlReading {
  if (text.length > MAX_SQL_CHARACTERS) {
    const why = `it is longer than ${MAX_SQL_CHARACTERS / 1024 / 1024} MiB and was not read`;
    return {
      steps: [
        { span: { start: 0, end: text.length }, text: text.slice(0, 200), effects: [unjudgeable(why)] },
      ],
      comments: [],
    };
  }
  const { tokens, comments } = sqlTokens(text, dialect);
  const steps =
    parser === null || !usesParser(dialect)
      ? readTokens(text, tokens, dialect)
      : mayHoldTemplates(text) && tokens.some(({ kind }) => kind === 'template')
        ? readTemplated(text, tokens, dialect, parser)
        : readParsed(parser.parse(text), dialect);
  return { steps: withoutRebuilds(steps, dialect), comments };
}

function readParsed(statements: readonly SqlStatement[], dialect: SqlDialect | null): readonly SqlStep[] {
  const routines = new Map<string, SqlStatement>();
  return statements.map((statement) => {
    const made = madeRoutine(statement);
    if (made !== null) routines.set(made, statement);
    return {
      span: statement.span,
      text: statement.text,
      effects: [...ownEffects(statement, dialect), ...effectsOfCalls(statement, routines, new Set())],
    };
  });
}

/** What PostgreSQL's parser refuses may still be told from its tokens; the parser's word is what is said if not. */
function ownEffects(statement: SqlStatement, dialect: SqlDialect | null): readonly SqlEffect[] {
  const effects = effectsOf(statement);
  if (statement.ok || statement.text.includes('\0') || statement.text.length > 256 * 1024) return effects;
  const { tokens } = sqlTokens(statement.text, dialect);
  const [only, more] = cutTokens(statement.text, tokens, dialect);
  if (!only || more) return effects;
  const reading = tokenEffects(only, dialect);
  // Parameters of drivers (`?`, `:name`) stand for values and are no SQL that the parser takes.
  if (
    hasParameters(tokens) &&
    reading.calls.length === 0 &&
    !reading.effects.some(({ effect }) => effect === 'unjudgeable')
  ) {
    return reading.effects;
  }
  const isKnown =
    reading.calls.length === 0 &&
    reading.effects.length > 0 &&
    reading.effects.every(({ effect }) => effect !== 'risks' && effect !== 'unjudgeable') &&
    reading.effects.some(({ effect }) => effect === 'destroys' || effect === 'retypes');
  return isKnown ? reading.effects : effects;
}

function hasParameters(tokens: readonly SqlToken[]): boolean {
  return tokens.some(
    ({ text, span }, index) =>
      text === '?' ||
      (text === ':' &&
        tokens[index - 1]?.text !== ':' &&
        tokens[index + 1]?.kind === 'word' &&
        tokens[index + 1]?.span.start === span.end),
  );
}

function effectsOfCalls(
  statement: SqlStatement,
  routines: ReadonlyMap<string, SqlStatement>,
  open: ReadonlySet<string>,
): readonly SqlEffect[] {
  return calledRoutines(statement).flatMap(({ name, isCall }): readonly SqlEffect[] => {
    const routine = routines.get(name);
    if (open.has(name)) return [];
    if (!routine) return isCall ? [unseen(name)] : [];
    if (!routine.ok) return [unseen(name)];
    const body = routine.block;
    if (body === null) return effectsOf({ ...routine, tree: bodyOf(routine.tree) });
    const inner = new Set(open).add(name);
    return [
      ...body.statements.flatMap((each) => [...effectsOf(each), ...effectsOfCalls(each, routines, inner)]),
      ...(body.unread === null ? [] : [unjudgeable(`the function ${name}, which it calls, ${body.unread}`)]),
    ];
  });
}

/** The statements of `BEGIN ATOMIC`, which are part of the tree, as something that runs. */
function bodyOf(tree: unknown): unknown {
  const entry = Object.values(tree as Record<string, unknown>)[0];
  return { SqlBody: { body: (entry as Record<string, unknown> | undefined)?.['sql_body'] } };
}

function unseen(name: string): SqlEffect {
  return unjudgeable(`what ${name}, which it calls, does is not in this text`);
}

/** A text with templates: statements without any still go to the parser. */
function readTemplated(
  text: string,
  tokens: readonly SqlToken[],
  dialect: SqlDialect | null,
  parser: SqlParser,
): readonly SqlStep[] {
  return cutTokens(text, tokens, dialect)
    .slice(0, MAX_STATEMENTS)
    .flatMap((statement): readonly SqlStep[] => {
      const span = spanOf(statement);
      if (statement.some(({ kind }) => kind === 'template')) {
        const { effects, calls } = tokenEffects(statement, dialect);
        return [
          { span, text: text.slice(span.start, span.end), effects: [...effects, ...calls.map(unseen)] },
        ];
      }
      return readParsed(parser.parse(text.slice(span.start, span.end)), dialect).map((step) => ({
        ...step,
        span: { start: step.span.start + span.start, end: step.span.end + span.start },
      }));
    });
}

function readTokens(
  text: string,
  tokens: readonly SqlToken[],
  dialect: SqlDialect | null,
): readonly SqlStep[] {
  const routines = new Map<string, TokenStatement>();
  const statements = cutTokens(text, tokens, dialect);
  const steps = statements.slice(0, MAX_STATEMENTS).map((statement): SqlStep => {
    const span = spanOf(statement);
    const reading = tokenEffects(statement, dialect);
    if (makesRoutine(statement)) {
      const made = reading.effects.find(
        (effect) => effect.effect === 'creates' && effect.object.kind === 'function',
      );
      if (made?.effect === 'creates') routines.set(made.object.name, statement);
    }
    return {
      span,
      text: text.slice(span.start, span.end),
      effects: withCalls(reading, routines, text, dialect, 0),
    };
  });
  const rest = statements[MAX_STATEMENTS];
  if (!rest) return steps;
  const span = spanOf(rest);
  return [
    ...steps,
    {
      span: { start: span.start, end: text.length },
      text: text.slice(span.start, span.end),
      effects: [unjudgeable(`it begins the part after ${MAX_STATEMENTS} statements, which was not read`)],
    },
  ];
}

function withCalls(
  reading: TokenReading,
  routines: ReadonlyMap<string, TokenStatement>,
  text: string,
  dialect: SqlDialect | null,
  depth: number,
): readonly SqlEffect[] {
  return [
    ...reading.effects,
    ...reading.calls.flatMap((name): readonly SqlEffect[] => {
      const routine = routines.get(name);
      if (!routine || depth > 3) return [unseen(name)];
      const begin = routine.findIndex(
        ({ kind, value }) => kind === 'word' && (value === 'begin' || (dialect === 'tsql' && value === 'as')),
      );
      if (begin === -1) return [unseen(name)];
      return cutTokens(text, routine.slice(begin + 1), dialect).flatMap((statement) =>
        statement[0]?.value === 'end' || (statement[0]?.value === 'begin' && statement.length === 1)
          ? []
          : withCalls(tokenEffects(statement, dialect), routines, text, dialect, depth + 1),
      );
    }),
  ];
}

function spanOf(statement: TokenStatement): Span {
  return { start: statement[0]?.span.start ?? 0, end: statement.at(-1)?.span.end ?? 0 };
}

/**
 * SQLite cannot change a column, so that tools make a new table, copy every row, drop the old table and give the new one
 * its name: nothing is lost but what the copy leaves out.
 */
function withoutRebuilds(steps: readonly SqlStep[], dialect: SqlDialect | null): readonly SqlStep[] {
  const renamedTo = new Map<string, string>();
  for (const { effects } of steps) {
    for (const effect of effects) {
      if (effect.effect === 'renames' && effect.object.kind === 'table') {
        renamedTo.set(effect.to.name, effect.object.name);
      }
    }
  }
  if (renamedTo.size === 0) return steps;
  const made = new Set<string>();
  const copied = new Set<string>();
  const rebuilt = new Set<string>();
  return steps.map((step) => {
    for (const effect of step.effects) {
      if (effect.effect === 'creates' && effect.object.kind === 'table') made.add(effect.object.name);
    }
    for (const [table, copy] of renamedTo) {
      if (made.has(copy) && copiesAll(step.text, table, copy, dialect)) copied.add(table);
    }
    const effects = step.effects.flatMap((effect): readonly SqlEffect[] => {
      if (effect.effect === 'destroys' && effect.object.kind === 'table' && copied.has(effect.object.name)) {
        rebuilt.add(effect.object.name);
        return [
          risks(
            effect.object,
            `rebuilds the table ${effect.object.name} from a copy`,
            'columns and rows that the copy leaves out are lost',
          ),
        ];
      }
      const isOfCopy =
        (effect.effect === 'renames' && rebuilt.has(effect.to.name)) ||
        (effect.effect === 'destroys' &&
          [...rebuilt].some((table) => renamedTo.get(table) === effect.object.name));
      return isOfCopy ? [] : [effect];
    });
    return { ...step, effects };
  });
}

/** `INSERT INTO copy … SELECT … FROM table` without a condition. */
function copiesAll(statement: string, table: string, copy: string, dialect: SqlDialect | null): boolean {
  if (!/^\s*insert\b/i.test(statement) || statement.length > 100_000) return false;
  const { tokens } = sqlTokens(statement, dialect);
  const isNamed = (token: SqlToken | undefined, name: string): boolean =>
    token !== undefined && token.value.toLowerCase() === name.toLowerCase();
  const from = tokens.findIndex(({ kind, value }) => kind === 'word' && value === 'from');
  return (
    isNamed(tokens[2], copy) &&
    isNamed(tokens[from + 1], table) &&
    from !== -1 &&
    !tokens.some(({ kind, value }) => kind === 'word' && ['where', 'limit', 'join'].includes(value))
  );
}

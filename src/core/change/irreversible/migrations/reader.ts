import { unjudgeable } from '../../../sql/consequences';
import type { SqlComment, SqlDialect } from '../../../sql/dialect-tokens';
import type { SqlEffect } from '../../../sql/effects';
import type { SqlStep } from '../../../sql/read-sql';
import type { Call, Chain, HostProgram, Value } from '../host/calls';

/** How a migration goes back. */
export interface WayDown {
  /** From 1. */
  readonly line: number;
  /** It fills in values again from a copy, so that more than the shape comes back. */
  readonly copiesBack: boolean;
}

/** One thing that a migration does on its way up; the span is of the file. */
export interface MigrationStep extends SqlStep {
  /** Where this step goes back by another way than the file, or by none. */
  readonly down?: WayDown | null;
  /** What it is known by at the other end of the range, where its text says more than what goes up. */
  readonly identity?: string;
}

export interface MigrationReading {
  readonly steps: readonly MigrationStep[];
  readonly comments: readonly SqlComment[];
  readonly down: WayDown | null;
}

/** What a reader may know besides the text. */
export interface ReaderContext {
  readonly path: string;
  readonly dialect: SqlDialect | null;
  /** Reads SQL that stands in a string. */
  readSql(text: string): readonly SqlStep[];
  /** Texts of the migrations beside it, in order, where the reader asked for them. */
  readonly siblings: readonly string[];
}

/** Reads the migrations of one framework; never throws. */
export interface MigrationReader {
  /** As people call it, with the language: "Ruby (Rails)". */
  readonly name: string;
  reads(path: string): boolean;
  /** Whether the migrations beside it must be read to judge it. */
  needsSiblings?(text: string): boolean;
  /** Null where the text is no migration after all. */
  read(text: string, context: ReaderContext): MigrationReading | null;
}

/** A file that is a migration but has no way up that can be found. */
export function withoutWayUp(text: string, comments: readonly SqlComment[]): MigrationReading {
  return {
    steps: [
      {
        span: { start: 0, end: Math.max(text.search(/[\r\n]|$/), 0) },
        text: text.slice(0, 200),
        effects: [unjudgeable('no function that goes up is found in it, or it is nested too deeply')],
      },
    ],
    comments,
    down: null,
  };
}

export function stepOf(
  program: HostProgram,
  chain: Pick<Chain, 'span'>,
  effects: readonly SqlEffect[],
): readonly MigrationStep[] {
  return effects.length === 0 ? [] : [{ span: chain.span, text: program.textOf(chain.span), effects }];
}

/** The SQL that a value holds, statement by statement; what is put together at run time cannot be judged. */
export function sqlSteps(
  program: HostProgram,
  chain: Pick<Chain, 'span'>,
  value: Value | undefined,
  context: ReaderContext,
): readonly MigrationStep[] {
  switch (value?.kind) {
    case 'text':
      return context.readSql(value.text).map(({ span, text, effects }) =>
        value.contentStart === null
          ? { span: chain.span, text, effects }
          : {
              span: { start: span.start + value.contentStart, end: span.end + value.contentStart },
              text,
              effects,
            },
      );
    case 'list':
      return value.items.flatMap((item) =>
        // A pair of SQL and its parameters.
        sqlSteps(program, chain, item.kind === 'list' ? item.items[0] : item, context),
      );
    case 'call': {
      const [first] = value.chain.calls;
      if (
        value.chain.calls.length === 1 &&
        first &&
        /(?:^|\.)(?:text|raw|DDL|sql|SQL|fragment|unescaped|literal)$/.test(first.name)
      ) {
        return sqlSteps(program, chain, first.args[0]?.value, context);
      }
      break;
    }
    default:
      break;
  }
  return stepOf(program, chain, [unjudgeable('the SQL that it runs is put together when it runs')]);
}

/** The argument of that name, else the one at that place among those without a name. */
export function argumentOf(call: Call, name: string | null, place: number | null): Value | undefined {
  const named = name === null ? undefined : call.args.find((each) => each.name === name);
  if (named) return named.value;
  return place === null ? undefined : call.args.filter((each) => each.name === null)[place]?.value;
}

/** The text of an argument; null where it is none. */
export function textOf(value: Value | undefined): string | null {
  return value?.kind === 'text' ? value.text : null;
}

/** Several names: texts side by side, or lists of them; null where one of them is not known. */
export function textsOf(values: readonly (Value | undefined)[]): readonly string[] | null {
  const names: string[] = [];
  for (const value of values) {
    if (value?.kind === 'text') names.push(value.text);
    else if (value?.kind === 'list') {
      const inner = textsOf(value.items);
      if (inner === null) return null;
      names.push(...inner);
    } else return null;
  }
  return names;
}

export function unnamed(call: Call): readonly Value[] {
  return call.args.filter(({ name }) => name === null).map(({ value }) => value);
}

/** The key of a map, or a named argument's scalar: `null: false`. */
export function entryOf(value: Value | undefined, key: string): Value | undefined {
  return value?.kind === 'map' ? value.entries.get(key) : undefined;
}

export function isScalar(value: Value | undefined, text: string): boolean {
  return value?.kind === 'scalar' && value.text === text;
}

export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Whether a name of a call that no table knows sounds as if it took something away: then nobody may look past it. */
export function soundsDestructive(name: string): boolean {
  return /^(?:drop|remove|delete|destroy|truncate|purge|wipe|rename|clear|erase|clean)(?:[A-Z_]|$)/.test(
    lastPart(name)
      .replace(/^(?:bulk|safe|safely|safely_|safe_|safety_|batch_?)/, '')
      .replace(/^[A-Z]/, (c) => c.toLowerCase()),
  );
}

export const notToldFrom = (what: string): SqlEffect =>
  unjudgeable(`what ${what} names is put together when it runs`);

/** The way down that a function's body is; null where it is empty or refuses. */
export function wayDownIn(program: HostProgram, body: readonly [number, number] | null): WayDown | null {
  if (!body) return null;
  const tokens = program.tokens.slice(body[0], body[1]);
  const words = tokens.filter(({ kind, text }) => kind === 'word' && text !== 'pass' && text !== 'return');
  const refuses = tokens.some(({ kind, text }) => kind === 'word' && /^(?:raise|throw)$/.test(text));
  const first = tokens[0];
  if (words.length === 0 || !first) return null;
  const isOnlyRefusal = refuses && words.length < 12;
  if (isOnlyRefusal) return null;
  return {
    line: lineOf(program, first.span.start),
    copiesBack: tokens.some(({ kind, value }) => kind === 'string' && copiesBack(value)),
  };
}

export function copiesBack(sql: string): boolean {
  return /\binsert\s+into\b[^;]{0,2000}\bselect\b|\bupdate\b[^;]{0,2000}\bset\b[^;]{0,2000}\b(?:from|select)\b/i.test(
    sql,
  );
}

function lineOf(program: HostProgram, offset: number): number {
  let line = 1;
  const text = program.textOf({ start: 0, end: offset });
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) line++;
  return line;
}

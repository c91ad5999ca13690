import type { SqlDialect } from './dialect-tokens';

/** The type of a column as a statement says it. */
export interface ColumnType {
  /** In SQL and lower case: `varchar(50)`, `int unsigned`, `enum('a','b')`. */
  readonly text: string;
  /** Null: not said, so that it stays as it was. */
  readonly refusesNull: boolean | null;
}

/**
 * What becomes of the values when a column of one type is given another: `same` and `wider` keep every one, `narrower`
 * may cut, round or refuse some; `other`: they are put another way, and nothing here tells what of them stays.
 */
export type TypeChange = 'same' | 'wider' | 'narrower' | 'other';

/**
 * Compares two types in a dialect (null: not known, and then what holds in each of them counts). Sources: the chapters
 * on data types of the manuals of PostgreSQL, MySQL and SQL Server.
 */
export function compareTypes(from: string, to: string, dialect: SqlDialect | null): TypeChange {
  const [old, now] = [typeOf(from, dialect), typeOf(to, dialect)];
  if (old.text === now.text) return 'same';
  if (old.isArray !== now.isArray || old.attributes !== now.attributes) return 'other';
  const [a, b] = [old.shape, now.shape];
  switch (a.family) {
    case 'integer':
      if (b.family === 'integer') return order(b.low <= a.low && b.high >= a.high, sameRange(a, b));
      if (b.family === 'decimal') return order(b.whole.least >= Math.max(a.high, -a.low).toString().length);
      if (b.family === 'float') return order(Math.max(a.high, -a.low) <= 2 ** b.bits);
      return 'other';
    case 'decimal':
      if (b.family === 'decimal') {
        return order(
          b.whole.least >= a.whole.most && b.scale.least >= a.scale.most,
          a.whole.most === b.whole.least && a.scale.most === b.scale.least,
        );
      }
      return b.family === 'integer' || b.family === 'float' ? 'narrower' : 'other';
    case 'float':
      if (b.family === 'float') return order(b.bits >= a.bits, b.bits === a.bits);
      return b.family === 'integer' || b.family === 'decimal' ? 'narrower' : 'other';
    case 'text':
    case 'binary': {
      if (b.family !== a.family) return 'other';
      // Padded or cut to one length; letters that the narrower set of characters has not.
      if ((b.isFixed && !a.isFixed) || (a.isWide && !b.isWide)) return 'narrower';
      const isSame = a.size.most === b.size.least && a.isFixed === b.isFixed && a.isWide === b.isWide;
      return order(b.size.least >= a.size.most, isSame);
    }
    case 'values':
      if (b.family === 'values') return order(a.values.every((value) => b.values.includes(value)));
      return b.family === 'text' && !b.isFixed
        ? order(a.values.every((value) => value.length <= b.size.least))
        : 'other';
    case 'moment':
      if (b.family !== 'moment') return 'other';
      if (a.kind === b.kind) {
        return order(
          b.digits.least >= a.digits.most && b.rank >= a.rank,
          b.digits.least === a.digits.most && b.rank === a.rank,
        );
      }
      if (b.kind === 'date' || b.kind === 'time') return 'narrower';
      if (a.kind === 'date') return b.kind === 'point' ? 'wider' : 'other';
      // From or to a time of one zone: the values are read in the zone of the session.
      return 'other';
    case 'unknown':
      return 'other';
    default:
      return a satisfies never;
  }
}

/** Whether the database only writes down the new type, without going through the rows. */
export function keepsRows(from: string, to: string, dialect: SqlDialect | null): boolean {
  if (dialect !== 'postgresql') return false;
  const [a, b] = [typeOf(from, dialect).shape, typeOf(to, dialect).shape];
  // PostgreSQL documentation, "ALTER TABLE", notes: a wider varchar, text, or numeric of one scale is no rewrite.
  if (a.family === 'text' && b.family === 'text') return !a.isFixed && !b.isFixed;
  return a.family === 'decimal' && b.family === 'decimal' && a.scale.least === b.scale.least;
}

function order(isKept: boolean, isSame = false): TypeChange {
  return isSame ? 'same' : isKept ? 'wider' : 'narrower';
}

function sameRange(a: { low: number; high: number }, b: { low: number; high: number }): boolean {
  return a.low === b.low && a.high === b.high;
}

/** A size that the dialect decides: what it is at least and at most. */
interface Size {
  readonly least: number;
  readonly most: number;
}

type Shape =
  | { readonly family: 'integer'; readonly low: number; readonly high: number }
  | { readonly family: 'decimal'; readonly whole: Size; readonly scale: Size }
  | { readonly family: 'float'; readonly bits: number }
  | {
      readonly family: 'text' | 'binary';
      readonly size: Size;
      readonly isFixed: boolean;
      /** Of any letter, where the others of its family are of one set. */
      readonly isWide: boolean;
    }
  | { readonly family: 'values'; readonly values: readonly string[] }
  | {
      readonly family: 'moment';
      readonly kind: 'date' | 'time' | 'point' | 'zoned';
      readonly digits: Size;
      readonly rank: number;
    }
  | { readonly family: 'unknown' };

interface ParsedType {
  readonly text: string;
  readonly shape: Shape;
  readonly isArray: boolean;
  /** A set of characters and the like, which the same letters can be lost by. */
  readonly attributes: string;
}

const WORDS: Readonly<Record<string, string>> = {
  'character varying': 'varchar',
  'national varchar': 'nvarchar',
  'national char': 'nchar',
  character: 'char',
  bpchar: 'char',
  varchar2: 'varchar',
  int2: 'smallint',
  int4: 'int',
  int8: 'bigint',
  integer: 'int',
  serial: 'int',
  serial4: 'int',
  smallserial: 'smallint',
  serial2: 'smallint',
  bigserial: 'bigint',
  serial8: 'bigint',
  float4: 'real',
  float8: 'double',
  'double precision': 'double',
  numeric: 'decimal',
  dec: 'decimal',
  bool: 'boolean',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
  'binary varying': 'varbinary',
};

const BITS: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  bigint: 64,
};

const LONG: Readonly<Record<string, number>> = {
  tinytext: 255,
  tinyblob: 255,
  mediumtext: 16_777_215,
  mediumblob: 16_777_215,
  longtext: 4_294_967_295,
  longblob: 4_294_967_295,
};

function typeOf(written: string, dialect: SqlDialect | null): ParsedType {
  const text = written.toLowerCase().replace(/\s+/g, ' ').trim();
  // A quoted value of an enum may hold anything.
  const plain = text.replace(
    /'(?:[^']|'')*'/g,
    (value) => `'${[...value].map((character) => character.codePointAt(0)).join('.')}'`,
  );
  const match = /^([^()[\]]+)(?:\(([^()]*)\))?([^()[\]]*)((?:\[\d*\])*)$/.exec(plain);
  if (!match) return { text, shape: { family: 'unknown' }, isArray: false, attributes: '' };
  const [, base = '', size = '', behind = '', array = ''] = match;
  const words = `${base} ${behind}`.replace(/\b(?:unsigned|signed|zerofill)\b/g, '');
  const [kind, attributes] = split(words.replace(/\s+/g, ' ').trim());
  const isUnsigned = /\b(?:unsigned|zerofill)\b/.test(text);
  const numbers = size === '' ? [] : size.split(',').map((each) => Number(each.trim()));
  const shape = shapeOf(kind, size, numbers, isUnsigned, dialect);
  const shown = shape.family === 'unknown' ? text : `${JSON.stringify(shape)}${attributes}${array}`;
  return { text: shown, shape, isArray: array !== '', attributes };
}

/** The name of the type by one spelling, and the words behind it that are no part of it. */
function split(words: string): readonly [string, string] {
  for (let end = words.length; end > 0; end = words.lastIndexOf(' ', end - 1)) {
    const head = words.slice(0, end);
    const known = WORDS[head] ?? (head.includes(' ') ? undefined : head);
    if (known !== undefined) return [known, words.slice(end).trim()];
  }
  return [words, ''];
}

function shapeOf(
  kind: string,
  size: string,
  numbers: readonly number[],
  isUnsigned: boolean,
  dialect: SqlDialect | null,
): Shape {
  const [first] = numbers;
  const either = (least: number, most: number): Size => ({ least, most });
  const exactly = (count: number): Size => ({ least: count, most: count });
  const bits = BITS[kind];
  if (bits !== undefined) {
    // SQL Server's smallest is without a sign.
    const isPositive = isUnsigned || (kind === 'tinyint' && dialect === 'tsql');
    return isPositive
      ? { family: 'integer', low: 0, high: 2 ** bits - 1 }
      : { family: 'integer', low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) - 1 };
  }
  if (LONG[kind] !== undefined) {
    const family = kind.endsWith('text') ? 'text' : 'binary';
    return { family, size: exactly(LONG[kind]), isFixed: false, isWide: true };
  }
  switch (kind) {
    case 'boolean':
      return dialect === 'mysql' ? { family: 'integer', low: -128, high: 127 } : { family: 'unknown' };
    case 'decimal': {
      if (first === undefined) {
        if (dialect === 'postgresql')
          return { family: 'decimal', whole: exactly(Infinity), scale: exactly(Infinity) };
        const whole = dialect === 'mysql' ? 10 : dialect === 'tsql' ? 18 : null;
        return whole === null
          ? { family: 'decimal', whole: either(10, Infinity), scale: either(0, Infinity) }
          : { family: 'decimal', whole: exactly(whole), scale: exactly(0) };
      }
      const scale = numbers[1] ?? 0;
      return { family: 'decimal', whole: exactly(first - scale), scale: exactly(scale) };
    }
    case 'money':
      return { family: 'decimal', whole: exactly(15), scale: exactly(dialect === 'postgresql' ? 2 : 4) };
    case 'real':
      return { family: 'float', bits: dialect === 'mysql' ? 53 : 24 };
    case 'double':
      return { family: 'float', bits: 53 };
    case 'float': {
      if (numbers.length > 1) return { family: 'unknown' };
      const isLong = first === undefined ? dialect !== 'mysql' : first > 24;
      return { family: 'float', bits: isLong ? 53 : 24 };
    }
    case 'char':
    case 'nchar':
      return sized('text', exactly(first ?? 1), true, kind === 'nchar' || dialect !== 'tsql');
    case 'varchar':
    case 'nvarchar': {
      const isWide = kind === 'nvarchar' || dialect !== 'tsql';
      if (size === 'max') return sized('text', exactly(Infinity), false, isWide);
      if (first !== undefined) return sized('text', exactly(first), false, isWide);
      if (dialect === 'tsql') return sized('text', exactly(1), false, isWide);
      return sized('text', dialect === null ? either(255, Infinity) : exactly(Infinity), false, isWide);
    }
    case 'text':
    case 'clob':
    case 'ntext': {
      // As a new type 64 KiB hold every varchar that MySQL can declare.
      const length =
        dialect === 'mysql'
          ? exactly(65_535)
          : dialect === null
            ? either(65_535, Infinity)
            : exactly(Infinity);
      return sized('text', length, false, kind === 'ntext' || dialect !== 'tsql');
    }
    case 'binary':
      return sized('binary', exactly(first ?? 1), true, true);
    case 'varbinary':
      return size === 'max' || first !== undefined
        ? sized('binary', exactly(first === undefined || Number.isNaN(first) ? Infinity : first), false, true)
        : { family: 'unknown' };
    case 'blob':
      return sized('binary', dialect === 'mysql' ? exactly(65_535) : either(65_535, Infinity), false, true);
    case 'bytea':
    case 'image':
      return sized('binary', exactly(Infinity), false, true);
    case 'enum':
      return { family: 'values', values: size.split(',').map((value) => value.trim()) };
    case 'date':
      return { family: 'moment', kind: 'date', digits: exactly(0), rank: 0 };
    case 'time':
      return { family: 'moment', kind: 'time', digits: fraction(first, dialect), rank: 0 };
    case 'smalldatetime':
      return { family: 'moment', kind: 'point', digits: exactly(0), rank: 1 };
    case 'datetime':
      return dialect === 'tsql'
        ? { family: 'moment', kind: 'point', digits: exactly(3), rank: 2 }
        : { family: 'moment', kind: 'point', digits: fraction(first, dialect), rank: 3 };
    case 'datetime2':
      return { family: 'moment', kind: 'point', digits: exactly(first ?? 7), rank: 4 };
    case 'timestamp':
      // MySQL keeps an instant of its own range; SQL Server a counter of rows.
      return dialect === 'postgresql'
        ? { family: 'moment', kind: 'point', digits: fraction(first, dialect), rank: 3 }
        : { family: 'unknown' };
    case 'timestamptz':
    case 'datetimeoffset':
      return { family: 'moment', kind: 'zoned', digits: fraction(first, dialect), rank: 5 };
    default:
      return { family: 'unknown' };
  }
}

function sized(family: 'text' | 'binary', size: Size, isFixed: boolean, isWide: boolean): Shape {
  return { family, size, isFixed, isWide };
}

/** Digits of a second's fraction. */
function fraction(told: number | undefined, dialect: SqlDialect | null): Size {
  if (told !== undefined) return { least: told, most: told };
  const standard = { postgresql: 6, mysql: 0, tsql: 7, sqlite: null }[dialect ?? 'sqlite'];
  return standard === null ? { least: 0, most: 7 } : { least: standard, most: standard };
}

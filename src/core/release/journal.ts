import { sha256 } from '../text/sha256';
import type { Effect, JournalLine, ReleaseEvent, Timed } from './events';
import { readEntry } from './journal-entries';
import { isFields } from './shape';

/** SHA-256 of a text in UTF-8 as 64 hex digits in lower case; adapters give Node's, which is faster than ours. */
export type HashFunction = (text: string) => string;

/** A longer line is none of ours; a week of samples of twenty metrics fits. */
export const MAX_LINE_CHARACTERS = 32 * 1024 * 1024;

/** What the next line continues; null before the first. */
export type JournalEnd = Pick<JournalLine, 'seq' | 'hash' | 'at' | 'elapsedMs'>;

/** How the hash ends a line: what stands before it, and `}` behind that, is what it is the hash of. */
const HASH_AT_END = /^,"hash":"([0-9a-f]{64})"\}$/;
const HASH_CHARACTERS = ',"hash":""}'.length + 64;

/**
 * The line that follows `previous`. Its hash is of the line's own text without the hash, in which the hash of the line
 * before stands, so that no line can be changed, taken out or put in without every hash behind it being another.
 *
 * Throws a `RangeError` for an entry that cannot be kept as it is: a number that JSON has not (NaN), or more than a line
 * may hold.
 */
export function lineOf(
  previous: JournalEnd | null,
  { at, elapsedMs, entry }: Timed<ReleaseEvent | Effect>,
  hash: HashFunction = sha256,
): JournalLine {
  const line = { seq: (previous?.seq ?? 0) + 1, at, elapsedMs, entry, previous: previous?.hash ?? '' };
  return { ...line, hash: hash(unsealed(line)) };
}

/** A line as it stands in the file, line break included. */
export function textOfLine({ hash, ...line }: JournalLine): string {
  return `${unsealed(line).slice(0, -1)},"hash":"${hash}"}\n`;
}

function unsealed({ seq, at, elapsedMs, entry, previous }: Omit<JournalLine, 'hash'>): string {
  const text = JSON.stringify({ seq, at, elapsedMs, entry, previous }, (key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new RangeError(`a journal cannot keep ${value}, which stands in "${key}"`);
    return value;
  });
  if (text.length > MAX_LINE_CHARACTERS - HASH_CHARACTERS)
    throw new RangeError(`a line of a journal holds at most ${MAX_LINE_CHARACTERS} characters`);
  return text;
}

/** What is wrong with a journal, or to be known of it. `line` is the line of the file, from 1. */
export type JournalFault =
  /** Not written to its end: a crash, a full disk. Nothing that counts was lost where the lines around it are linked. */
  | { readonly kind: 'torn'; readonly line: number }
  /** Its text is not what its hash was made of. */
  | { readonly kind: 'altered'; readonly line: number; readonly seq: number }
  /** Its hash fits, but it does not follow the line before: that one was changed, or lines were taken out or put in. */
  | {
      readonly kind: 'unlinked';
      readonly line: number;
      readonly seq: number;
      /** The number that the line should have. */
      readonly expected: number;
    }
  /** An event or effect that this version does not know. */
  | { readonly kind: 'unknown'; readonly line: number; readonly seq: number; readonly name: string }
  /** It is sealed, but holds nothing that this version can work with. */
  | { readonly kind: 'malformed'; readonly line: number; readonly seq: number; readonly detail: string }
  | { readonly kind: 'too-long'; readonly line: number };

/** What a line of the file came to. */
export interface ReadLine {
  /** Null for what is no line of a journal, or holds an entry of another version. */
  readonly line: JournalLine | null;
  readonly faults: readonly JournalFault[];
}

/** A journal as it was read. */
export interface ReadJournalLines {
  /** All lines whose entry is known, in the order of the file; those that were altered too, which `faults` names. */
  readonly lines: readonly JournalLine[];
  readonly faults: readonly JournalFault[];
  /** What the next line continues: the last whole line, whatever it holds; null where there is none. */
  readonly end: JournalEnd | null;
  /** Whether every line is as it was written and follows the one before. A torn line does not break the chain. */
  readonly isIntact: boolean;
  /** Whether this version knows everything that stands there. Only then may a run be gone on with. */
  readonly isUnderstood: boolean;
  /** Whether the text ends with a line break, so that the next line may be put behind it as it is. */
  readonly isEnded: boolean;
}

/** Reads a journal line by line, as it comes. */
export interface JournalReader {
  /** @param text A line of the file without its break, null for one too long to be kept; an empty one is passed over. */
  take(text: string | null): ReadLine;
  /** What the next line continues. */
  readonly end: JournalEnd | null;
}

/** A reader at the beginning of a journal. */
export function createJournalReader(hash: HashFunction = sha256): JournalReader {
  let end: JournalEnd | null = null;
  let line = 0;
  return {
    get end() {
      return end;
    },
    take(text) {
      line++;
      if (text?.trim() === '') return { line: null, faults: [] };
      if (text === null || text.length > MAX_LINE_CHARACTERS)
        return { line: null, faults: [{ kind: 'too-long', line }] };
      const fields = fieldsOf(text);
      if (!fields) return { line: null, faults: [{ kind: 'torn', line }] };
      const { seq } = fields;
      const faults: JournalFault[] = [];
      const said = HASH_AT_END.exec(text.slice(-HASH_CHARACTERS));
      const isSealed = said !== null && hash(`${text.slice(0, -HASH_CHARACTERS)}}`) === said[1];
      const expected = (end?.seq ?? 0) + 1;
      if (!isSealed) faults.push({ kind: 'altered', line, seq });
      if (fields.previous !== (end?.hash ?? '') || seq !== expected)
        faults.push({ kind: 'unlinked', line, seq, expected });
      end = { seq, hash: fields.hash, at: fields.at, elapsedMs: fields.elapsedMs };
      const read = readEntry(fields.entry);
      switch (read.kind) {
        case 'known':
          return { line: { ...fields, entry: read.entry }, faults };
        case 'unknown':
          return { line: null, faults: [...faults, { kind: 'unknown', line, seq, name: read.name }] };
        case 'malformed':
          return { line: null, faults: [...faults, { kind: 'malformed', line, seq, detail: read.detail }] };
        default:
          return read satisfies never;
      }
    },
  };
}

/** Reads a whole journal. */
export function readLines(text: string, hash: HashFunction = sha256): ReadJournalLines {
  const reader = createJournalReader(hash);
  const lines: JournalLine[] = [];
  const faults: JournalFault[] = [];
  for (const each of text.split('\n')) {
    const read = reader.take(each);
    if (read.line) lines.push(read.line);
    faults.push(...read.faults);
  }
  return {
    lines,
    faults,
    end: reader.end,
    isIntact: !faults.some(breaksChain),
    isUnderstood: !faults.some(({ kind }) => kind === 'unknown' || kind === 'malformed'),
    isEnded: text === '' || text.endsWith('\n'),
  };
}

/** Whether the journal is no longer what was written. */
export function breaksChain({ kind }: JournalFault): boolean {
  return kind === 'altered' || kind === 'unlinked' || kind === 'too-long';
}

/** A fault in words, without full stop. */
export function faultInWords(fault: JournalFault): string {
  switch (fault.kind) {
    case 'torn':
      return `line ${fault.line} is no whole entry, as a crash or a full disk leaves one`;
    case 'altered':
      return `entry ${fault.seq} (line ${fault.line}) was altered after it was written`;
    case 'unlinked':
      return fault.seq > fault.expected
        ? `entries ${fault.expected} to ${fault.seq - 1} are missing before line ${fault.line}`
        : fault.seq < fault.expected
          ? `line ${fault.line} is entry ${fault.seq} where entry ${fault.expected} should be: it was put in or moved`
          : `entry ${fault.seq} (line ${fault.line}) does not follow the line before it: that one was replaced`;
    case 'unknown':
      return `entry ${fault.seq} is "${fault.name}", which this version does not know`;
    case 'malformed':
      return `entry ${fault.seq} cannot be read: ${fault.detail}`;
    case 'too-long':
      return `line ${fault.line} is longer than a line may be`;
    default:
      return fault satisfies never;
  }
}

/** What every line has; null for a text that is none: a line that was torn, or something else altogether. */
function fieldsOf(text: string): (Omit<JournalLine, 'entry'> & { readonly entry: unknown }) | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isFields(value)) return null;
  const { seq, at, elapsedMs, entry, previous, hash } = value;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return null;
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return null;
  if (typeof elapsedMs !== 'number' || !Number.isFinite(elapsedMs)) return null;
  if (typeof previous !== 'string' || typeof hash !== 'string') return null;
  return { seq, at, elapsedMs, entry, previous, hash };
}

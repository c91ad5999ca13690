import { concernOf, saidLines, type Concern, type SaidLine } from './said-lines';

/** A duration that a document says, or why none was taken from it. */
export type SaidDuration =
  | { readonly kind: 'said'; readonly ms: number; readonly line: number }
  | { readonly kind: 'not-said' }
  /** `why` completes "<path> …". */
  | { readonly kind: 'ambiguous'; readonly why: string };

/** What the document on deployments says of how long things take. */
export interface DocumentTimes {
  /** How long a release is watched. */
  readonly window: SaidDuration;
  /** How long a script may be silent. */
  readonly idle: SaidDuration;
}

const WINDOW = /\b(?:watch|observation|monitoring|bake|soak)[- ](?:window|period|time)\b/i;
const IDLE =
  /^(?:idle|hang|inactivity|silence|no[- ]output)(?:[- ](?:limit|timeout|time|threshold|detection|period))?\b/i;
const LABELLED = /^[^:|]{1,80}(?::|\||\bis\b)/;
/** What is not the length itself: a bound, something past or wished for, the watch of another thing. */
const NOT_PLAIN =
  /\b(?:not|never|no longer|formerly|used to|at least|at most|up to|minimum|maximum|about|around|roughly|extend\w*|rollback|rolled back|restored|unless|except|if)\b|~|UNKNOWN\(|\d\s*(?:-|–|\bto\b)\s*\d/i;
const DURATION =
  /(?<![\w.:-])(\d+(?:\.\d+)?)[ -]?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)\b/gi;

/**
 * Reads the watch window and the idle limit of an environment from a document on deployments, where a line says it plainly
 * ("Watch window: 60 minutes", "Idle limit: 5 minutes", a row of a table). Two lengths that differ are ambiguous, never the
 * longer one.
 */
export function readDocumentTimes(text: string, environment: string, isProduction: boolean): DocumentTimes {
  const lines = saidLines(text);
  const among = (topic: RegExp, isPlain: (text: string) => boolean): SaidDuration => {
    const about = lines.flatMap((line): readonly SaidLine[] => {
      if (line.cells.length === 0) return isPlain(line.text) ? [line] : [];
      // A cell is about what its column or its row is called.
      const isRow = topic.test(line.cells[0]?.text ?? '');
      const cells = line.cells.filter(({ column }, at) => at === 0 || isRow || topic.test(column));
      return cells.length > 1 ? [{ ...line, cells }] : [];
    });
    return settled(
      about.flatMap((line) => durationsIn(line, environment, isProduction)),
      about.some(({ text: said }) => NOT_PLAIN.test(said) && DURATION_ONCE.test(said)),
    );
  };
  return {
    window: among(
      WINDOW,
      (said) => WINDOW.test(said) && !/\b(?:rollback|rolled back|restored)\b/i.test(said),
    ),
    idle: among(IDLE, (said) => IDLE.test(said) && LABELLED.test(said)),
  };
}

const DURATION_ONCE = new RegExp(DURATION.source, 'i');

interface Found {
  readonly ms: number;
  readonly line: number;
  readonly concern: 'this' | 'none';
}

/** Each length of a line with the environment that its clause, its column or its heading names. */
function durationsIn(line: SaidLine, environment: string, isProduction: boolean): readonly Found[] {
  const concern = (text: string): ReturnType<typeof concernOf> => concernOf(text, environment, isProduction);
  const heading = line.headings.map(concern).findLast((each) => each !== 'none') ?? 'none';
  const parts: readonly { readonly text: string; readonly concern: Concern }[] =
    line.cells.length > 0
      ? line.cells.map(({ column, text }) => ({
          text,
          concern:
            [concern(column), concern(line.cells[0]?.text ?? '')].find((each) => each !== 'none') ?? 'none',
        }))
      : line.text.split(/\s*(?:[,;]|\band\b|\bbut\b)\s*/i).map((text) => ({ text, concern: concern(text) }));
  if (NOT_PLAIN.test(line.text)) return [];
  return parts.flatMap((part): readonly Found[] => {
    const found = [...part.text.matchAll(DURATION)];
    const [only] = found;
    if (!only || found.length > 1) return [];
    const own = part.concern === 'none' ? heading : part.concern;
    if (own === 'another') return [];
    const ms = inMs(Number(only[1]), only[2] ?? '');
    return ms > 0 ? [{ ms, line: line.line, concern: own }] : [];
  });
}

function settled(found: readonly Found[], isHedged: boolean): SaidDuration {
  const own = found.filter(({ concern }) => concern === 'this');
  const counting = own.length > 0 ? own : found;
  const [first] = counting;
  if (!first) {
    return isHedged ? { kind: 'ambiguous', why: 'names a length, but not plainly' } : { kind: 'not-said' };
  }
  const lengths = new Set(counting.map(({ ms }) => ms));
  if (lengths.size > 1) {
    const lines = [...new Set(counting.map(({ line }) => line))].join(' and ');
    return { kind: 'ambiguous', why: `says several lengths (line ${lines})` };
  }
  return { kind: 'said', ms: first.ms, line: first.line };
}

function inMs(count: number, unit: string): number {
  const short = unit.toLowerCase();
  if (/^(?:ms|milli)/.test(short)) return count;
  if (short.startsWith('s')) return count * 1000;
  return short.startsWith('h') ? count * 3_600_000 : count * 60_000;
}

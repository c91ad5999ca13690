import type { Source } from '../../evidence/fact';
import { fileSource } from '../../evidence/fact';
import { ENVIRONMENT, sideIn, type EnvironmentWords, type ParitySide } from './environments';
import { mayDiffer } from './may-differ';
import { readSettings, settingsFamily, type Setting } from './settings-files';

/** One thing in which the two sides differ, with where each of them stands. */
export interface ParityDifference {
  /** The key, step or name that differs, for messages and for `readiness.parity.ignore`. */
  readonly key: string;
  /** A sentence without a full stop; names and keys, never values. */
  readonly what: string;
  readonly staging: Source;
  readonly production: Source;
}

/** Two things that were compared, and what of them differs. */
export interface ParityComparison {
  readonly of: string;
  readonly staging: string;
  readonly production: string;
  readonly differences: readonly ParityDifference[];
  /** Completes "they could not be compared: …"; null where they were. */
  readonly unread: string | null;
}

/** A file of one environment with the one of the other that it goes with. */
export interface FilePair {
  readonly family: string;
  readonly staging: string;
  readonly production: string;
  /** Files whose settings hold on both sides where their own say nothing; the first that exists counts. */
  readonly bases: readonly string[];
}

/** Pairs of files that are of one kind and differ in nothing but the name of the environment in their paths. */
export function pairFiles(paths: Iterable<string>, words: EnvironmentWords): readonly FilePair[] {
  const sides = new Map<
    string,
    { family: string; bases: readonly string[] } & Record<ParitySide, string[]>
  >();
  for (const path of [...paths].sort()) {
    const family = settingsFamily(path);
    const found = family && sideIn(path, words);
    if (!found) continue;
    const known = sides.get(found.neutral) ?? { ...family, staging: [], production: [] };
    known[found.side].push(path);
    sides.set(found.neutral, known);
  }
  return [...sides.values()].flatMap(({ family, bases, staging, production }) => {
    const [first] = staging;
    return first === undefined
      ? []
      : production.map((path) => ({ family, staging: first, production: path, bases }));
  });
}

/** More differences of one pair say no more. */
const MAX_DIFFERENCES = 200;

/** Compares the settings of two files by their keys and types, with what both of them inherit. */
export function compareFiles(
  pair: FilePair,
  texts: ReadonlyMap<string, string>,
  words: EnvironmentWords,
  ignored: readonly string[],
): ParityComparison {
  const { family, staging, production } = pair;
  const open = (path: string): ReadonlyMap<string, Setting> | null => {
    const text = texts.get(path);
    const settings = text === undefined ? null : readSettings(path, text);
    // A key that names its environment is the same key on the other side.
    return settings && new Map([...settings].map(([key, setting]) => [words.neutral(key), setting]));
  };
  const [one, other] = [open(staging), open(production)];
  const comparison = { of: family, staging, production };
  if (!one || !other) {
    const path = one ? production : staging;
    return { ...comparison, differences: [], unread: `${path} cannot be read as ${family}` };
  }
  const basePath = pair.bases.find((path) => texts.has(path));
  const inherited = basePath === undefined ? null : open(basePath);
  const differences: ParityDifference[] = [];
  const lacking = (key: string, setting: Setting, has: ParitySide): void => {
    const [there, here] = has === 'staging' ? [staging, production] : [production, staging];
    const side = has === 'staging' ? 'production' : 'staging';
    const ends = { [has]: fileSource(there, setting.range()), [side]: fileSource(here) };
    differences.push({
      key,
      what: `${here} has no ${shownKey(key)}, which ${place(there, setting)} sets`,
      staging: ends['staging'] ?? fileSource(staging),
      production: ends['production'] ?? fileSource(production),
    });
  };
  const isMissing = (
    key: string,
    setting: Setting,
    mine: ReadonlyMap<string, Setting>,
    theirs: ReadonlyMap<string, Setting>,
  ): boolean => {
    if (theirs.has(key) || inherited?.has(key) === true || setting.type === 'nothing') return false;
    if (mayDiffer(key, ignored) !== null) return false;
    // Of a part that only one side has, the part itself is named, not everything in it.
    const parent = parentsOf(key)
      .filter((each) => mine.has(each))
      .at(-1);
    return parent === undefined || theirs.has(parent) || inherited?.has(parent) === true;
  };
  for (const [key, setting] of one) {
    if (differences.length >= MAX_DIFFERENCES) break;
    const now = other.get(key) ?? null;
    if (now && isOtherType(setting, now)) {
      if (mayDiffer(key, ignored) === null) {
        differences.push({
          key,
          what: `${shownKey(key)} is ${named(now)} in ${place(production, now)} and ${named(setting)} in ${place(staging, setting)}`,
          staging: fileSource(staging, setting.range()),
          production: fileSource(production, now.range()),
        });
      }
    } else if (isMissing(key, setting, one, other)) lacking(key, setting, 'staging');
  }
  for (const [key, setting] of other) {
    if (differences.length >= MAX_DIFFERENCES) break;
    if (isMissing(key, setting, other, one)) lacking(key, setting, 'production');
  }
  return { ...comparison, differences, unread: null };
}

/** `a.b[c].d` has the parts `a`, `a.b`, `a.b[c]` above it. */
function parentsOf(key: string): readonly string[] {
  const parents: string[] = [];
  for (let index = 1; index < key.length; index++) {
    if (key[index] === '.' || key[index] === '[') parents.push(key.slice(0, index));
  }
  return parents;
}

function isOtherType(one: Setting, other: Setting): boolean {
  const open = new Set(['open', 'nothing']);
  return one.type !== other.type && !open.has(one.type) && !open.has(other.type);
}

function named({ type }: Setting): string {
  return {
    text: 'a text',
    number: 'a number',
    boolean: 'true or false',
    list: 'a list',
    map: 'a map',
    nothing: 'nothing',
    open: 'open',
  }[type];
}

function place(path: string, setting: Setting): string {
  const range = setting.range();
  return range ? `${path}:${range.start.line}` : path;
}

function shownKey(key: string): string {
  return `\`${key.replaceAll(ENVIRONMENT, '<environment>').slice(0, 120)}\``;
}

import type { Located } from '../../text/position';
import type { Job } from '../model';
import { matrixValues } from '../targets';
import { entryOf } from '../yaml-tree';
import {
  evaluate,
  isTrue,
  partsOf,
  readExpression,
  type Expression,
  type Scope,
  type Value,
} from './expression';

/**
 * When `continue-on-error` forgives a failure: an expression over how the run started, or over what no file says; and
 * whether it forgives only some entries of the matrix. The other entries of such a job still have to succeed, so for
 * those who need it the job counts as one that may fail.
 */
export interface Tolerance {
  readonly expression: Expression;
  readonly isOnlySomeEntries: boolean;
}

const NEVER: Tolerance = { expression: { kind: 'literal', value: false }, isOnlySomeEntries: false };
const ALWAYS: Tolerance = { expression: { kind: 'literal', value: true }, isOnlySomeEntries: false };
const SOMETIMES: Tolerance = { ...NEVER, isOnlySomeEntries: true };

/** Combinations of matrix values that are tried; more is not known. */
const MAX_COMBINATIONS = 200;

/**
 * What a `continue-on-error` of the job, or of a step in it, forgives. An expression over a literal matrix is decided
 * here (Definition 16: one that is false in every entry forgives nothing); null where the value cannot be read.
 */
export function toleranceOf(continueOnError: Located<string> | null, job: Job): Tolerance | null {
  const text = continueOnError?.value.trim();
  if (text === undefined || text === 'false') return NEVER;
  if (text === 'true') return ALWAYS;
  const inner = /^\$\{\{([\s\S]*)\}\}$/.exec(text)?.[1];
  const read = inner === undefined ? null : readExpression(inner);
  if (!read?.ok) return null;
  const { expression } = read;
  const keys = new Set(
    partsOf(expression).flatMap((part) =>
      part.kind === 'path' && part.parts[0] === 'matrix' ? [part.parts.slice(1).join('.')] : [],
    ),
  );
  if (keys.size === 0) return { expression, isOnlySomeEntries: false };
  const answers = answersOver([...keys], expression, job);
  if (!answers) return null;
  if (!answers.has(true)) return NEVER;
  return answers.has(false) ? SOMETIMES : ALWAYS;
}

/** What the expression is in the entries of the matrix; null where the files do not say. */
function answersOver(keys: readonly string[], expression: Expression, job: Job): ReadonlySet<boolean> | null {
  let entries: readonly ReadonlyMap<string, Value>[] = [new Map()];
  for (const key of keys) {
    const values = valuesOf(job, key);
    if (!values) return null;
    entries = entries.flatMap((entry) => values.map((value) => new Map(entry).set(key, value)));
    if (entries.length > MAX_COMBINATIONS) return null;
  }
  const answers = new Set<boolean>();
  for (const entry of entries) {
    let isKnown = true;
    const scope: Scope = {
      valueOf: (parts) => (parts[0] === 'matrix' ? (entry.get(parts.slice(1).join('.')) ?? null) : undefined),
      status: () => false,
      assume: () => {
        isKnown = false;
        return false;
      },
    };
    const value = evaluate(expression, scope);
    if (value === undefined || !isKnown) return null;
    answers.add(isTrue(expression, scope));
  }
  return answers;
}

/** The values of one key, with null where an entry may lack it; null for a matrix that is not literal. */
function valuesOf(job: Job, key: string): readonly Value[] | null {
  const { matrix } = job;
  const [outer = '', inner = null] = key.split('.', 2);
  if (matrix?.kind !== 'map') return null;
  const include = entryOf(matrix, 'include')?.value ?? null;
  if (include && include.kind !== 'list') return null;
  const isNamed = (name: string): boolean =>
    matrix.entries.some((entry) => entry.key.text.toLowerCase() === name) ||
    (include?.items.some(
      (item) => item.kind === 'map' && item.entries.some((entry) => entry.key.text.toLowerCase() === name),
    ) ??
      false);
  if (!isNamed(outer)) return [null];
  const texts = matrixValues(job, outer, inner);
  if (!texts) return null;
  const isEverywhere =
    matrix.entries.some((entry) => entry.key.text.toLowerCase() === outer) ||
    (matrix.entries.every((entry) => /^(include|exclude)$/.test(entry.key.text)) &&
      (include?.items.every(
        (item) => item.kind === 'map' && item.entries.some((entry) => entry.key.text.toLowerCase() === outer),
      ) ??
        false));
  return [...texts.map(scalarOf), ...(isEverywhere ? [] : [null])];
}

function scalarOf(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true';
  return text;
}

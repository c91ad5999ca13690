import type { Range } from '../text/position';

/** Where something was read, so that a person can open it. */
export type Source =
  | { readonly kind: 'file'; readonly path: string; readonly range: Range | null }
  | { readonly kind: 'commit'; readonly hash: string; readonly subject: string }
  | { readonly kind: 'tag'; readonly name: string; readonly commit: string }
  | { readonly kind: 'git'; readonly what: string }
  /** What another system answered when it was asked: `from` by its host, `url` where a person can look for themselves. */
  | { readonly kind: 'answer'; readonly from: string; readonly what: string; readonly url: string | null }
  | { readonly kind: 'person'; readonly question: string };

/** How well something is evidenced. `strong`: its sources say it and nothing else. `weak` never blocks anything. */
export type Confidence = 'strong' | 'moderate' | 'weak';

/** A value with what it was read from: at least one source. What nobody can open is a claim, not a fact. */
export interface Fact<T> {
  readonly value: T;
  readonly sources: readonly Source[];
  /** Said where the sources are there and yet leave room for another reading; left out: `strong`. */
  readonly confidence?: Exclude<Confidence, 'strong'>;
}

/** What is needed to know it, in a few words: rendered as `UNKNOWN(what is needed)`. */
export interface Unknown {
  readonly unknown: string;
}

/** A fact, or what would be needed to have it. */
export type Known<T> = Fact<T> | Unknown;

export function fact<T>(value: T, ...sources: readonly Source[]): Fact<T> {
  return { value, sources };
}

/** A fact whose sources leave room for another reading; `strong` makes a plain one. */
export function factWith<T>(confidence: Confidence, value: T, ...sources: readonly Source[]): Fact<T> {
  return confidence === 'strong' ? { value, sources } : { value, sources, confidence };
}

/** How well a fact is evidenced. */
export function confidenceOf(known: Fact<unknown>): Confidence {
  return known.confidence ?? 'strong';
}

export function unknown(needed: string): Unknown {
  return { unknown: needed };
}

export function isKnown<T>(known: Known<T>): known is Fact<T> {
  return 'value' in known;
}

export function fileSource(path: string, range: Range | null = null): Source {
  return { kind: 'file', path, range };
}

/** The visible placeholder for what is not known: counted, listed and linted wherever it stands. */
export function placeholder(needed: string): string {
  return `UNKNOWN(${needed})`;
}

/** The value as text, or its placeholder. */
export function textOf(known: Known<string>): string {
  return isKnown(known) ? known.value : placeholder(known.unknown);
}

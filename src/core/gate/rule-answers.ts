import type { GateFacts, Rule } from '../rules/rule';
import type { RuleAnswer } from './check';

/**
 * What rules said of a document or file of alerts, with the facts that they looked at for it. A rule is pure: asked about the same reading of a
 * document with the same facts it says the same, so that a keystroke in one document asks nothing of the others but what rests
 * on all of them.
 */
export interface RuleAnswers {
  readonly bySubject: WeakMap<object, Map<Rule, RememberedAnswer>>;
  /** Values of facts as they were last given, so that what is equal is also the same. */
  readonly values: Map<string, unknown>;
}

interface RememberedAnswer {
  readonly looked: ReadonlyMap<keyof GateFacts, unknown>;
  readonly answer: RuleAnswer;
}

/** No rule was asked yet. */
export function noRuleAnswers(): RuleAnswers {
  return { bySubject: new WeakMap(), values: new Map() };
}

/** What the history said so far, and of which commit. */
export interface HistorySoFar {
  readonly head: () => string | null;
  /** How many questions had no answer yet. */
  readonly missed: () => number;
}

/**
 * The answer that `ask` gives with these facts, from what is remembered where the subject and all facts that it looked at
 * are the same. Which these are is seen while it runs. An answer that missed something of the history is not remembered; any
 * other that looked there holds for as long as the same commit is checked out.
 */
export function answerOf(
  answers: RuleAnswers,
  rule: Rule,
  subject: object,
  facts: GateFacts,
  history: HistorySoFar,
  ask: (facts: GateFacts) => RuleAnswer,
): RuleAnswer {
  const valueOf = (key: keyof GateFacts): unknown => (key === 'history' ? history.head() : facts[key]);
  const before = answers.bySubject.get(subject)?.get(rule);
  if (before && [...before.looked].every(([key, value]) => valueOf(key) === value)) return before.answer;
  const looked = new Set<keyof GateFacts>();
  const missed = history.missed();
  const answer = ask(watched(facts, looked));
  if (history.missed() === missed) {
    const ofSubject = answers.bySubject.get(subject) ?? new Map<Rule, RememberedAnswer>();
    ofSubject.set(rule, { looked: new Map([...looked].map((key) => [key, valueOf(key)])), answer });
    answers.bySubject.set(subject, ofSubject);
  }
  return answer;
}

/** The facts, with a note of each that is looked at; whether one is there at all counts as a look. */
function watched(facts: GateFacts, looked: Set<keyof GateFacts>): GateFacts {
  const note = (key: PropertyKey): void => {
    if (typeof key === 'string') looked.add(key as keyof GateFacts);
  };
  return new Proxy(facts, {
    get: (target, key) => {
      note(key);
      return target[key as keyof GateFacts];
    },
    has: (target, key) => {
      note(key);
      return key in target;
    },
    getOwnPropertyDescriptor: (target, key) => {
      note(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
    ownKeys: (target) => {
      // Whoever lists them looks at each, those that are not there included.
      for (const key of KEYS) note(key);
      return Reflect.ownKeys(target);
    },
  });
}

/** Every fact, so that a new one is not forgotten here. */
const EVERY: Readonly<Record<keyof GateFacts, true>> = {
  paths: true,
  profile: true,
  pins: true,
  configurationFile: true,
  understand: true,
  requiredPhases: true,
  limits: true,
  release: true,
  environments: true,
  isEveryPathListed: true,
  workflows: true,
  unreadWorkflows: true,
  documents: true,
  alertFiles: true,
  trustFiles: true,
  secrets: true,
  shell: true,
  history: true,
  anchors: true,
  runnable: true,
  rollback: true,
};

const KEYS = Object.keys(EVERY) as (keyof GateFacts)[];

/** The value that was given before under this name, where the new one says the same. */
export function steady<T>(answers: RuleAnswers, name: string, value: T, isSame: (a: T, b: T) => boolean): T {
  const before = answers.values.get(name) as T | undefined;
  if (before !== undefined && isSame(before, value)) return before;
  answers.values.set(name, value);
  return value;
}

/** Whether two lists or sets hold the same things in the same order. */
export function holdsSame(a: Iterable<unknown>, b: Iterable<unknown>): boolean {
  const left = a[Symbol.iterator]();
  const right = b[Symbol.iterator]();
  for (;;) {
    const one = left.next();
    const other = right.next();
    if (one.done === true || other.done === true) return one.done === other.done;
    if (one.value !== other.value) return false;
  }
}

/** Whether two maps hold the same sets under the same keys. */
export function holdsSameSets(
  a: ReadonlyMap<string, ReadonlySet<string>>,
  b: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  return (
    holdsSame(a.keys(), b.keys()) &&
    [...a].every(([key, values]) => holdsSame(values, b.get(key) ?? new Set()))
  );
}

/** Whether two values that are plain data, the same keys in the same order, are written alike. */
export function isEqualData(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

import type { AnsweredQuestion } from '../../documents/markdown/answers';
import { fileSource, placeholder, type Source } from '../../evidence/fact';
import type { Finding } from '../../gate/report';
import { ruleOf } from '../../rules/index';
import { counted, enumerated } from '../../text/words';
import { together, type JudgedRelease } from './judged-release';

/** A question with what answers it: everything that is named has to hold. One that only a person can answer names `person`. */
export interface AskedQuestion {
  readonly question: string;
  /** Kinds of documents that it is about: at least one has to stand in the repository. */
  readonly of?: readonly string[];
  /** Rules that find nothing, in the documents that it is about where it names kinds, else anywhere. */
  readonly rules?: readonly string[];
  /** Rules that find nothing anywhere, whatever it is about. */
  readonly rulesAnywhere?: readonly string[];
  /** Conditions of readiness that hold. */
  readonly conditions?: readonly string[];
  /** What is to be seen besides. */
  readonly shown?: (release: JudgedRelease) => PartialAnswer;
  /** What only a person can tell. */
  readonly person?: string;
}

/** What one thing says of a question. `open`: nothing tells; `not applicable`: this release has nothing of the kind. */
export interface PartialAnswer {
  readonly state: 'yes' | 'no' | 'open' | 'not applicable';
  readonly why: string;
  readonly next: string;
  readonly sources?: readonly Source[];
}

/** The answers in the order of the questions, with what they rest on. */
export interface Answers {
  readonly rows: readonly AnsweredQuestion[];
  readonly sources: readonly Source[];
  readonly yes: number;
  readonly no: number;
  readonly notApplicable: number;
}

const ORDER = ['no', 'open', 'yes', 'not applicable'] as const;

/**
 * Answers each question from what the gate found: `yes` only where everything that it names was asked and holds, `no` where
 * one thing does not, `not applicable` where the release has nothing that it is about, else `unknown`. Nothing is a yes because
 * nothing was looked at.
 */
export function answersOf(questions: readonly AskedQuestion[], release: JudgedRelease): Answers {
  const sources: Source[] = [];
  const rows = questions.map((asked): AnsweredQuestion => {
    if (asked.person !== undefined) {
      return {
        question: asked.question,
        answer: placeholder(asked.person),
        evidence: 'Only a person can tell',
        next: 'Write the answer with your name',
      };
    }
    const parts = partsOf(asked, release);
    const worst = ORDER.find((state) => parts.some((part) => part.state === state)) ?? 'open';
    const telling = parts.filter(({ state }) => state === worst);
    sources.push(...telling.flatMap((part) => part.sources ?? []));
    return {
      question: asked.question,
      answer: worst === 'open' ? 'unknown' : worst,
      evidence: [...new Set(telling.map(({ why }) => why))].filter((why) => why !== '').join('; '),
      next:
        worst === 'yes' || worst === 'not applicable'
          ? ''
          : (telling.find(({ next }) => next !== '')?.next ?? ''),
    };
  });
  const count = (answer: string): number => rows.filter((row) => row.answer === answer).length;
  return { rows, sources, yes: count('yes'), no: count('no'), notApplicable: count('not applicable') };
}

function partsOf(
  { of, rules, rulesAnywhere, conditions, shown }: AskedQuestion,
  release: JudgedRelease,
): readonly PartialAnswer[] {
  const { facts, readiness } = release;
  const documents = facts.documents.filter(({ kind }) => of?.includes(kind) === true);
  if (of && documents.length === 0) {
    const [first = ''] = of;
    return [
      {
        state: 'open',
        why: `the repository has no ${enumerated(
          of.map((kind) => kind.replace(/-/g, ' ')),
          'or',
        )}`,
        next: `write it: release-gate doc ${first} --write`,
      },
    ];
  }
  return [
    ...(rules ? [ofRules(rules, of ? documents.map(({ path }) => path) : null, release)] : []),
    ...(rulesAnywhere ? [ofRules(rulesAnywhere, null, release)] : []),
    ...(conditions ?? []).map((id): PartialAnswer => {
      const { state, why, next, sources } = together(readiness, [id]);
      const states = {
        passed: 'yes',
        'not applicable': 'not applicable',
        failed: 'no',
        waived: 'no',
        open: 'open',
        'not asked': 'open',
      } as const;
      return { state: states[state], why: state === 'waived' ? `set aside: ${why}` : why, next, sources };
    }),
    ...(shown ? [shown(release)] : []),
  ];
}

/** Findings, waived ones included: a waiver is never a yes. A rule that was not asked leaves the question open. */
function ofRules(
  ids: readonly string[],
  paths: readonly string[] | null,
  { facts: { check } }: JudgedRelease,
): PartialAnswer {
  const found = check.findings.filter(
    ({ rule, path }) => ids.includes(rule) && (paths?.includes(path) ?? true),
  );
  const faults = found.filter(({ status }) => status !== 'unknown');
  const [first] = faults.length > 0 ? faults : found;
  if (first) {
    const others = (faults.length > 0 ? faults : found).length - 1;
    return {
      state: faults.length > 0 ? 'no' : 'open',
      why: `${placeOf(first)}: ${first.waiver ? `set aside (${first.waiver.reason}): ` : ''}${first.message} (${first.rule})${others > 0 ? ` and ${others} more` : ''}`,
      next: 'release-gate check names every place',
      sources: [fileSource(first.path, first.range)],
    };
  }
  const unasked = ids.filter((id) => ruleOf(id) === null || check.notChecked.some(({ rule }) => rule === id));
  const [unknown] = unasked;
  if (unknown !== undefined) {
    const needs = check.notChecked.find(({ rule }) => rule === unknown)?.needs;
    return {
      state: 'open',
      why: `the rule ${unknown} was not asked${needs === undefined ? '' : `: it needs ${needs}`}`,
      next: 'give it what it needs, then write this list anew',
    };
  }
  if (check.checkedFiles === 0) {
    return { state: 'open', why: 'there is no workflow and no document that was judged', next: '' };
  }
  const where = paths === null ? counted(check.checkedFiles, 'file') : enumerated(paths.slice(0, 5), 'and');
  return {
    state: 'yes',
    why: `nothing found by ${enumerated(ids, 'and')} in ${where}`,
    next: '',
    sources: (paths ?? []).map((path) => fileSource(path)),
  };
}

function placeOf({ path, range }: Finding): string {
  return range ? `${path}:${range.start.line}` : path;
}

import { conditions } from './conditions/index';
import { CRITERIA, type Condition, type Criterion, type JudgedCondition } from './condition';
import type { ReadinessFacts } from './facts';

/** Whether a release may go. Unknown never counts as go. */
export type ReadinessVerdict = 'go' | 'no-go' | 'unknown';

/** One row of the table of success: the worst of the conditions that speak for it. */
export interface CriterionRow {
  readonly criterion: Criterion;
  readonly status: 'pass' | 'fail' | 'unknown';
  readonly conditions: readonly JudgedCondition[];
}

/** The judgement of one release. */
export interface Readiness {
  readonly verdict: ReadinessVerdict;
  readonly facts: ReadinessFacts;
  /** Every condition, asked or not, in the order of the list. */
  readonly conditions: readonly JudgedCondition[];
  /** Those that speak against going, or that a person waived: heaviest first. */
  readonly reasons: readonly JudgedCondition[];
  readonly criteria: readonly CriterionRow[];
}

/** Judges a release: no-go if anything that blocks fails, else unknown if anything that blocks is unknown, else go. */
export function judgeReadiness(facts: ReadinessFacts, asked: readonly Condition[] = conditions): Readiness {
  const judged = asked.map((condition) => judgeOne(condition, facts));
  const blocking = judged.filter(({ weight }) => weight === 'block');
  const verdict = blocking.some(({ status }) => status === 'fail')
    ? 'no-go'
    : blocking.some(({ status }) => status === 'unknown')
      ? 'unknown'
      : 'go';
  return {
    verdict,
    facts,
    conditions: judged,
    reasons: judged
      .filter(({ status }) => status === 'fail' || status === 'unknown' || status === 'waived')
      .sort((a, b) => rankOf(a) - rankOf(b)),
    criteria: CRITERIA.map((criterion) => rowOf(criterion, judged)),
  };
}

function judgeOne(condition: Condition, facts: ReadinessFacts): JudgedCondition {
  const { id, title, criterion } = condition;
  const weight =
    facts.settings.conditions[id] ??
    (typeof condition.weight === 'function' ? condition.weight(facts) : condition.weight);
  const common = { id, title, criterion, weight, next: null, evidence: [], override: null };
  if (weight === 'off') return { ...common, status: 'off', why: 'the configuration leaves it out' };
  const answer = answerOf(condition, facts);
  if (answer === null) {
    return { ...common, status: 'not-applicable', why: 'this release has nothing that it is about' };
  }
  const override =
    answer.status === 'pass' ? null : (facts.overrides.find((each) => each.condition === id) ?? null);
  return { ...common, ...answer, ...(override ? { status: 'waived', override } : {}) };
}

/** A condition's fault must not silence the others, and must not look like a pass either. */
function answerOf(condition: Condition, facts: ReadinessFacts): ReturnType<Condition['judge']> {
  try {
    return condition.judge(facts);
  } catch (error) {
    const detail = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
    return {
      status: 'unknown',
      why: `the condition failed on this repository (${detail}), so its answer is not known`,
      next: 'report it as a fault of Release Gate',
      evidence: [],
    };
  }
}

/** What stops the release first; then what a person set aside; then what only warns. */
function rankOf({ weight, status }: JudgedCondition): number {
  const byStatus = { fail: 0, unknown: 1, waived: 2 } as Readonly<Record<string, number>>;
  return (weight === 'block' ? 0 : 3) + (byStatus[status] ?? 3);
}

function rowOf(criterion: Criterion, judged: readonly JudgedCondition[]): CriterionRow {
  const own = judged.filter(
    (each) => each.criterion === criterion && each.status !== 'off' && each.status !== 'not-applicable',
  );
  const status = own.some((each) => each.status === 'fail')
    ? 'fail'
    : own.length === 0 || own.some((each) => each.status === 'unknown')
      ? 'unknown'
      : 'pass';
  return { criterion, status, conditions: own };
}

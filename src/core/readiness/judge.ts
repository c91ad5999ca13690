import { conditions } from './conditions/index';
import type { Condition, JudgedCondition } from './condition';
import { criterionRows, type CriterionRow } from './criteria';
import type { ReadinessFacts } from './facts';
import { isAbout } from './overrides';
import { notesOf } from './notes';
import { rollbackReasons } from './rollback-reasons';

/** Whether a release may go. Unknown never counts as go. */
export type ReadinessVerdict = 'go' | 'no-go' | 'unknown';

/** The judgement of one release. */
export interface Readiness {
  readonly verdict: ReadinessVerdict;
  readonly facts: ReadinessFacts;
  /** Every condition, asked or not, in the order of the list. */
  readonly conditions: readonly JudgedCondition[];
  /** The conditions of a credible rollback one by one; none where what changes is not known. */
  readonly rollback: readonly JudgedCondition[];
  /** What speaks against going, or what a person waived: heaviest first, what cannot be undone before the rest. */
  readonly reasons: readonly JudgedCondition[];
  readonly criteria: readonly CriterionRow[];
  /** What a reader must know of the call itself, a sentence each. */
  readonly notes: readonly string[];
}

/** Judges a release: no-go if anything that blocks fails, else unknown if anything that blocks is unknown, else go. */
export function judgeReadiness(facts: ReadinessFacts, asked: readonly Condition[] = conditions): Readiness {
  const judged = asked.map((condition) => judgeOne(condition, facts));
  const whole = judged.find(({ id }) => id === ROLLBACK_ID);
  const rollback =
    facts.credibility && whole
      ? rollbackReasons(facts.credibility, whole.weight, facts.overrides.inForce)
      : [];
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
    rollback,
    reasons: reasonsOf(judged, rollback),
    criteria: criterionRows(judged),
    notes: notesOf(facts),
  };
}

/** The condition that all others rest on. */
const CHANGE_ID = 'change-known';

/** The condition that stands for all of the rollback. */
const ROLLBACK_ID = 'rollback-credible';

/**
 * What does not hold or is waived. The rollback is named by its own conditions, so that each can be settled, or overridden,
 * by itself; as a whole only where a person set it aside as a whole, or where none of them could be asked.
 */
function reasonsOf(
  judged: readonly JudgedCondition[],
  rollback: readonly JudgedCondition[],
): readonly JudgedCondition[] {
  const whole = judged.find(({ id }) => id === ROLLBACK_ID);
  const isApart = whole !== undefined && ['pass', 'fail', 'unknown'].includes(whole.status);
  return [
    ...(isApart ? rollback : []),
    ...judged.filter(({ id }) => !(isApart && id === ROLLBACK_ID && rollback.length > 0)),
  ]
    .filter(({ status }) => status === 'fail' || status === 'unknown' || status === 'waived')
    .sort((a, b) => rankOf(a) - rankOf(b));
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
    answer.status === 'pass' || condition.isBinding
      ? null
      : (facts.overrides.inForce.find((each) => isAbout(each, id)) ?? null);
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

/**
 * What stops the release first; then what a person set aside; then what only warns. Within each, that the change is not known
 * leads, since all else rests on it, and going back follows.
 */
function rankOf({ id, weight, status, criterion }: JudgedCondition): number {
  const byStatus = { fail: 0, unknown: 1, waived: 2 } as Readonly<Record<string, number>>;
  const rank = (weight === 'block' ? 0 : 3) + (byStatus[status] ?? 3);
  return rank * 3 + (id === CHANGE_ID ? 0 : criterion === 'reversibility' ? 1 : 2);
}

import type { Change } from '../../../change/change';
import type { Rollout } from '../../../evidence/rollouts';
import type { RolloutAdvice } from '../../../risk/rollout';
import type { RiskLevel } from '../../../risk/weights';
import { enumerated } from '../../../text/words';

/** Strategies that are possible, the recommended one first, and why it is. */
export interface StrategyAdvice {
  readonly strategies: readonly Rollout[];
  readonly reason: string;
}

/** Which strategy goes before which, by what is at stake. */
const BY_RISK: Readonly<Record<'careful' | 'medium' | 'low', readonly Rollout[]>> = {
  careful: ['canary', 'blue-green', 'manual', 'rolling', 'all-at-once'],
  medium: ['rolling', 'blue-green', 'canary', 'all-at-once', 'manual'],
  low: ['rolling', 'all-at-once', 'blue-green', 'canary', 'manual'],
};

/**
 * S4-25, S4-26: the strategies with which the deploy script can be called, by the risk of the change. What the platform is
 * advised to do counts where the script can do it.
 */
export function adviseStrategy(
  change: Change | null,
  level: RiskLevel | null,
  advice: RolloutAdvice,
  possible: readonly Rollout[],
): StrategyAdvice {
  const isBreaking =
    (change?.commits ?? []).some((commit) => commit.isBreaking) || (change?.irreversible.length ?? 0) > 0;
  const isCareful = isBreaking || level === 'high' || level === 'critical' || level === null;
  const order = BY_RISK[isCareful ? 'careful' : level === 'medium' ? 'medium' : 'low'];
  const isAdvised = advice.rollout !== 'manual' && possible.includes(advice.rollout);
  const best = isAdvised ? advice.rollout : (order.find((each) => possible.includes(each)) ?? 'manual');
  const strategies = [best, ...order.filter((each) => each !== best && possible.includes(each))];
  const risk =
    level === null
      ? 'what changes is not known'
      : isBreaking
        ? `the risk is ${level} and the change breaks something or cannot be undone as a whole`
        : `the risk is ${level}`;
  const reason = isAdvised
    ? advice.why
    : `${risk}, and the deploy script can be called for ${enumerated(
        possible.filter((each) => each !== 'manual'),
        'and',
      )}${best === 'manual' ? ': a person decides and watches each step' : `: ${best} suits that best`}`;
  return { strategies, reason };
}

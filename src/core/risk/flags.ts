import type { Change } from '../change/change';
import type { PlannedFlag } from '../documents/release-plan/release-plan';
import { placeholder, textOf, type Known } from '../evidence/fact';
import type { Rollout } from './rollout';
import type { RiskLevel } from './weights';

/** Who gets a flag, in their order, where nobody says otherwise. */
export const COHORTS: readonly string[] = ['internal', '1 %', '10 %', '50 %', '100 %'];

/** What the change shows of its flags. */
export interface FlagFacts {
  readonly change: Change;
  readonly level: RiskLevel;
  readonly rollout: Rollout;
  readonly ownerOf: (paths: readonly string[]) => Known<string>;
}

/**
 * The flags that the plan has to speak of: those that the change adds or alters, and one still to be named where the risk
 * is high and no canary spares most users. A flag that the change takes away needs no plan.
 */
export function plannedFlags({ change, level, rollout, ownerOf }: FlagFacts): readonly PlannedFlag[] {
  const flag = (key: string, paths: readonly string[]): PlannedFlag => ({
    flag: key,
    cohorts: COHORTS.join(', '),
    killSwitch: placeholder('how it is switched off'),
    owner: textOf(ownerOf(paths)),
    removalDate: placeholder('date by which the flag is removed'),
  });
  const touched = change.touches.find((touch) => touch.kind === 'feature-flags')?.paths ?? [];
  if (touched.length > 0)
    return [flag(placeholder(`keys of the flags that ${touched[0] ?? ''} changes`), touched)];
  const isRisky = level === 'high' || level === 'critical';
  return isRisky && rollout !== 'canary' ? [flag(placeholder('flag that holds back what is risky'), [])] : [];
}

import type { Change } from '../change/change';
import type { PlannedFlag } from '../documents/release-plan/release-plan';
import { placeholder, textOf, type Known } from '../evidence/fact';
import { dayAt, isoDay } from '../text/iso-day';
import type { Rollout } from '../evidence/rollouts';
import type { RiskLevel } from './weights';

/** Who gets a flag, in their order, where nobody says otherwise. */
export const COHORTS: readonly string[] = ['internal', '1 %', '10 %', '50 %', '100 %'];

/** What the change shows of its flags. */
export interface FlagFacts {
  readonly change: Change;
  readonly level: RiskLevel;
  readonly rollout: Rollout;
  readonly ownerOf: (paths: readonly string[]) => Known<string>;
  /** When it is released, ISO date; null where nobody told. */
  readonly releasedOn: string | null;
}

/** A flag that is left in after its release is one more state to test: it goes within so many days. */
export const FLAG_LIFETIME_DAYS = 90;

/**
 * The flags that the plan has to speak of: those that the change adds or alters, and one still to be named where the risk
 * is high and no canary spares most users. A flag that the change takes away needs no plan.
 */
export function plannedFlags({
  change,
  level,
  rollout,
  ownerOf,
  releasedOn,
}: FlagFacts): readonly PlannedFlag[] {
  const flag = (key: string, paths: readonly string[]): PlannedFlag => ({
    flag: key,
    cohorts: COHORTS.join(', '),
    killSwitch: placeholder('how it is switched off'),
    owner: textOf(ownerOf(paths)),
    removalDate: removalDate(releasedOn) ?? placeholder('date by which the flag is removed'),
  });
  const openFlag = (): readonly PlannedFlag[] => {
    const isRisky = level === 'high' || level === 'critical';
    return isRisky && rollout !== 'canary'
      ? [flag(placeholder('flag that holds back what is risky'), [])]
      : [];
  };
  const added = change.flags.filter(({ change: how }) => how === 'added');
  const keys = [...new Set(added.map(({ key }) => key))];
  if (keys.length > 0) {
    return keys.slice(0, MAX_FLAGS).map((key) =>
      flag(
        key,
        added.filter((each) => each.key === key).map(({ path }) => path),
      ),
    );
  }
  if (change.flags.length > 0 && !isStillToldByPath(change)) return openFlag();
  const touched = change.touches.find((touch) => touch.kind === 'feature-flags')?.paths ?? [];
  if (touched.length > 0)
    return [flag(placeholder(`keys of the flags that ${touched[0] ?? ''} changes`), touched)];
  return openFlag();
}

/** More flags than this are no plan that a person follows; the data names all of them. */
const MAX_FLAGS = 50;

/** Whether a file of flags is changed in a way of which its contents do not tell the keys. */
function isStillToldByPath(change: Change): boolean {
  const touched = change.touches.find((touch) => touch.kind === 'feature-flags')?.paths ?? [];
  return touched.some((path) => !change.flags.some((each) => each.path === path));
}

function removalDate(releasedOn: string | null): string | null {
  const day = isoDay(releasedOn ?? '');
  return day === null ? null : dayAt(Date.parse(day) + FLAG_LIFETIME_DAYS * 86_400_000);
}

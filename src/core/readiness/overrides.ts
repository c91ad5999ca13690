import { CONDITION_IDS as ROLLBACK_IDS } from '../risk/credibility';
import type { IdleOverride } from '../records/records-in';
import { isSameVersion } from '../records/records-in';
import type { OverrideOnRecord, Records, RefusedRecord } from '../records/record';
import type { Condition } from './condition';

/** How an override names one of the conditions of a credible rollback. */
export const ROLLBACK_PREFIX = 'rollback:';

/** What people put on record to set conditions aside, sorted by what becomes of it. */
export interface ReleaseOverrides {
  /** They hold for this version and environment today, and name something that may be overridden. */
  readonly inForce: readonly OverrideOnRecord[];
  /** They are about this version, and set nothing aside; `why` completes "<path> …". */
  readonly idle: readonly IdleOverride[];
  /** Records of overrides that lack something, and so count for nothing. */
  readonly refused: readonly RefusedRecord[];
}

/** Whether an override is about the condition: by its id, or `rollback:<id>`, or `<id>` of a condition of the rollback. */
export function isAbout(override: Pick<OverrideOnRecord, 'condition'>, id: string): boolean {
  return override.condition === id || `${ROLLBACK_PREFIX}${override.condition}` === id;
}

/**
 * Sorts the overrides of a release: a record that names no condition, or one that binds whatever anybody says, sets
 * nothing aside and is told. Those of other versions are the archive, and not told.
 */
export function overridesOf(
  known: {
    readonly inForce: readonly OverrideOnRecord[];
    readonly idle: readonly IdleOverride[];
    readonly records: Records;
  },
  version: string,
  conditions: readonly Pick<Condition, 'id' | 'isBinding'>[],
): ReleaseOverrides {
  const inForce: OverrideOnRecord[] = [];
  const idle: IdleOverride[] = known.idle.filter(({ override }) => isSameVersion(override.version, version));
  for (const override of known.inForce) {
    const why = cannotOverride(override, conditions);
    if (why === null) inForce.push(override);
    else idle.push({ override, why });
  }
  return { inForce, idle, refused: known.records.refused.filter(({ kind }) => kind === 'override') };
}

function cannotOverride(
  override: OverrideOnRecord,
  conditions: readonly Pick<Condition, 'id' | 'isBinding'>[],
): string | null {
  const condition = conditions.find(({ id }) => id === override.condition);
  if (condition?.isBinding) return `names ${condition.id}, which nobody can override`;
  if (condition || ROLLBACK_IDS.some((id) => isAbout(override, `${ROLLBACK_PREFIX}${id}`))) return null;
  return `names "${override.condition}", and there is no such condition`;
}

import { releaseData } from '../release-data';
import type { JudgedCondition } from '../condition';
import type { Readiness } from '../judge';
import { visibleJson } from './visible-json';

/** The contract of `gate --format json`: what `plan` says of the release, with the verdict and its reasons. */
export function readinessJson(readiness: Readiness): string {
  return visibleJson(readinessData(readiness));
}

/** The same as data. Kept from version 1 on: fields may be added, none changes or goes. */
export function readinessData(readiness: Readiness): object {
  const { facts, verdict, conditions, reasons, criteria, notes } = readiness;
  const { inForce, idle, refused } = facts.overrides;
  return {
    ...releaseData(facts, facts.asked.version),
    verdict,
    environment: facts.asked.environment,
    reasons: reasons.map(shown),
    conditions: conditions.map(shown),
    criteria: criteria.map(({ criterion, status, conditions: own, onlyRelease }) => ({
      criterion,
      status,
      conditions: own.map(({ id }) => id),
      onlyTheReleaseShows: onlyRelease,
    })),
    overrides: {
      inForce,
      idle: idle.map(({ override, why }) => ({ ...override, why })),
      refused: refused.map(({ path, why }) => ({ path, why })),
    },
    notChecked: facts.check.notChecked,
    notes: [...(facts.change?.range.notes ?? []), ...notes],
  };
}

function shown({
  id,
  title,
  criterion,
  weight,
  status,
  why,
  next,
  evidence,
  override,
}: JudgedCondition): object {
  return { condition: id, title, criterion, weight, status, why, next, evidence, override };
}

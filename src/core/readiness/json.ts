import { releaseData } from './release-data';
import type { JudgedCondition } from './condition';
import type { Readiness } from './judge';

/** The contract of `gate --format json`: what `plan` says of the release, with the verdict and its reasons. */
export function readinessJson(readiness: Readiness): string {
  const { facts, verdict, conditions, reasons, criteria } = readiness;
  return JSON.stringify(
    {
      ...releaseData(facts, facts.asked.version),
      verdict,
      environment: facts.asked.environment,
      reasons: reasons.map(shown),
      conditions: conditions.map(shown),
      criteria: criteria.map(({ criterion, status, conditions: own }) => ({
        criterion,
        status,
        conditions: own.map(({ id }) => id),
      })),
    },
    null,
    2,
  );
}

function shown({ id, title, weight, status, why, next, evidence, override }: JudgedCondition): object {
  return { condition: id, title, weight, status, why, next, evidence, override };
}

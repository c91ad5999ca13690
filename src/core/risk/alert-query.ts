import type { MetricQuery, QueryUnit } from '../evidence/detect/metric-queries';
import { isMetric, type TypedTrigger } from './typed-trigger';

/** The query by which a trigger is watched, its number in the unit of the query; or what is missing for it. */
export type TriggerQuery =
  | { readonly ok: true; readonly query: MetricQuery; readonly number: number }
  | { readonly ok: false; readonly needed: string };

/** Whether the target answers, as Prometheus or its blackbox exporter counts it: 1 or 0. */
const ANSWERS =
  /^(?:(?:min|max|avg)(?:\s+(?:by|without)\s*\([^)]*\))?\s*\(\s*)?(?:up|probe_success)\b[^/*+]*$/;

/** Units of a trigger in those of a query: what its number is multiplied by. */
const FACTORS: Readonly<Record<string, Readonly<Partial<Record<QueryUnit, number>>>>> = {
  '%': { '%': 1, ratio: 0.01 },
  ms: { ms: 1, s: 0.001 },
  s: { s: 1, ms: 1000 },
};

/**
 * The repository's own query of a trigger's metric: one that is called like it and whose unit is known. None is made up, and
 * of several the one whose name says least besides is taken.
 */
export function queryOf(trigger: TypedTrigger, queries: readonly MetricQuery[]): TriggerQuery {
  if (trigger.comparison === 'fails') {
    const query = queries.find((each) => ANSWERS.test(each.query));
    return query
      ? { ok: true, query, number: 0 }
      : { ok: false, needed: `PromQL that is 0 while the ${trigger.metric} fails` };
  }
  const named = queries
    .filter(({ called }) => isMetric(called, trigger.metric))
    .sort((a, b) => a.called.split(' ').length - b.called.split(' ').length);
  for (const query of named) {
    const factor = query.unit === null ? undefined : FACTORS[trigger.unit]?.[query.unit];
    if (factor !== undefined) {
      return { ok: true, query, number: Number((trigger.number * factor).toPrecision(12)) };
    }
  }
  const unit = trigger.unit === '' ? '' : ` in ${trigger.unit}`;
  return {
    ok: false,
    needed:
      named.length > 0
        ? `unit of the query "${named[0]?.called ?? ''}", to compare it with ${trigger.number}${unit === '' ? '' : ` ${trigger.unit}`}`
        : `PromQL that gives the ${trigger.metric}${unit}`,
  };
}

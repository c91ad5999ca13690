/**
 * What a query of the configuration is, by its text alone, and what is asked for it. A query that names plain counters is
 * asked for by the difference of the counters themselves; anything else is asked as it stands.
 */

/** A selector of series, alone or under `sum`: its metric's name and matchers, `{…}` or ''. */
export interface Selector {
  readonly name: string;
  readonly matchers: string;
}

/** How the counts of an interval are had. */
export type CountQuery =
  | { readonly kind: 'counters'; readonly selector: Selector }
  /** An expression; `isPerSecond`: by `rate()`, so that it counts per second. */
  | { readonly kind: 'expression'; readonly text: string; readonly isPerSecond: boolean };

const STRING = String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|` + '`[^`]*`';
const MATCHER = String.raw`\s*[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*(?:${STRING})\s*`;
const SELECTOR = String.raw`([a-zA-Z_:][\w:]*)?\s*(\{(?:${MATCHER}(?:,${MATCHER})*,?)?\s*\})?`;
const ONLY_SELECTOR = new RegExp(String.raw`^\s*${SELECTOR}\s*$`);
const BY = String.raw`(?:by|without)\s*\([\w\s,]*\)`;
const SUM = new RegExp(String.raw`^\s*sum\s*(?:${BY})?\s*\(([\s\S]*)\)\s*(?:${BY})?\s*$`);

/** The selector that a query is, alone or under `sum`; null where it is anything else. */
export function selectorOf(query: string): Selector | null {
  const inner = SUM.exec(query)?.[1] ?? query;
  const [, name = '', matchers = ''] = ONLY_SELECTOR.exec(inner) ?? [];
  if (name === '' && !/__name__\s*=/.test(matchers)) return null;
  return { name, matchers };
}

/**
 * How the counts of a query are had. A name with a colon is a recording rule, whose value is a rate or a count already.
 * https://prometheus.io/docs/practices/rules/#naming
 */
export function countQueryOf(query: string): CountQuery {
  const selector = selectorOf(query);
  if (selector && !selector.name.includes(':')) return { kind: 'counters', selector };
  const code = query.replace(new RegExp(STRING, 'g'), '""');
  const isPerSecond = /\b(?:rate|irate|deriv)\s*\(/.test(code) || /:[a-z_]*rate\d/.test(code);
  return { kind: 'expression', text: query, isPerSecond };
}

/** A selector with one more matcher. */
export function withMatcher({ name, matchers }: Selector, matcher: string): Selector {
  const inner = matchers.replace(/^\{\s*|[\s,]*\}$/g, '');
  return { name, matchers: `{${[...(inner === '' ? [] : [inner]), matcher].join(',')}}` };
}

export const selectorText = ({ name, matchers }: Selector): string => `${name}${matchers}`;

/** A span as Prometheus writes it. */
export function durationText(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${Math.round(ms)}ms`;
}

/** A query with the interval in place of `$interval`. */
export function withInterval(query: string, intervalMs: number): string {
  return query.replaceAll(/\$\{interval\}|\$interval\b/g, durationText(intervalMs));
}

/** How far back a counter that was not scraped just before is still the same counter. */
export const memoryMs = (intervalMs: number): number => Math.max(5 * 60_000, 5 * intervalMs);

/**
 * What counters rose by in the interval that ends at a point, from their last values at its two ends: it misses no first
 * increment, as `increase()` does (https://github.com/prometheus/prometheus/issues/1673), extrapolates nothing, and abutting
 * intervals add up to what was counted. Of each series that was scraped in the interval:
 *
 * - it was there and is not lower: the difference;
 * - it was there and fell: it was reset, and counts from 0 (what it counted between the last scrape and the reset is lost);
 * - it was not there: it is new and counts from 0, unless its target was down then, and it may be old.
 *
 * A series whose scrape failed for a while is continued from its last value. `aggregation` is `sum` or `sum by (le)`.
 */
export function risenBy(
  selector: Selector,
  intervalMs: number,
  up: string | null,
  aggregation = 'sum',
): string {
  const text = selectorText(selector);
  const span = durationText(intervalMs);
  const now = `last_over_time(${text}[${span}])`;
  const before = `last_over_time(${text}[${durationText(memoryMs(intervalMs))}] offset ${span})`;
  const isNew =
    up === null
      ? `(${now} unless ${before})`
      : `((${now} unless ${before}) unless on (job, instance) (${up} offset ${span} == 0))`;
  return `${aggregation} ((${now} - ${before} >= 0) or (${now} and ${before}) or ${isNew})`;
}

/**
 * What tells whether the targets of a query are there: `up` as the configuration says, else that of the job that the query's
 * matchers name; null where neither does.
 */
export function upOf(up: string | null, queries: readonly (string | null)[]): Selector | null {
  const said = up === null ? null : selectorOf(up);
  if (said) return said;
  for (const query of queries) {
    const job = new RegExp(String.raw`[{,]\s*(job\s*=~?\s*(?:${STRING}))`).exec(query ?? '')?.[1];
    if (job !== undefined) return { name: 'up', matchers: `{${job}}` };
  }
  return null;
}

/** A classic histogram, from any of its series' selectors (`_bucket`, `_count`, `_sum`, or its bare name). */
export interface Histogram {
  readonly buckets: Selector;
  readonly count: Selector;
  /** What a value of its bounds is in milliseconds. */
  readonly unitMs: number;
}

/** @returns Null where the query is no selector. */
export function histogramOf(query: string, unit: string): Histogram | null {
  const selector = selectorOf(query);
  if (!selector || selector.name === '') return null;
  const base = selector.name.replace(/_(?:bucket|count|sum)$/, '');
  const matchers = selector.matchers
    .replace(new RegExp(String.raw`([{,])\s*le\s*(?:=~|!~|!=|=)\s*(?:${STRING})\s*,?`), '$1')
    .replace(/,\s*\}$/, '}');
  const isMs = /(?:_ms|_milliseconds|_millis)$/.test(base) || (unit === 'ms' && !/_seconds$/.test(base));
  return {
    buckets: { name: `${base}_bucket`, matchers },
    count: { name: `${base}_count`, matchers },
    unitMs: isMs ? 1 : 1000,
  };
}

/** The histogram that a query of a quantile reads; null where it shows none. */
export function histogramWithin(query: string): Histogram | null {
  const found = new RegExp(String.raw`\b([a-zA-Z_:][\w:]*_bucket)\s*(\{[^{}]*\})?`).exec(query);
  return found?.[1] === undefined ? null : histogramOf(`${found[1]}${found[2] ?? ''}`, '');
}

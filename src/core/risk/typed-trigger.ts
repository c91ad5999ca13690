import { holdsPlaceholder } from '../documents/markdown/placeholders';
import type { TriggerRow } from './rollback/condition';

export type TriggerComparison = '>' | '>=' | '<' | '<=' | '==' | '!=' | 'fails';

/** When to go back, as a monitor can decide it without anybody's help. */
export interface TypedTrigger {
  /** As the document calls it: "error rate". */
  readonly metric: string;
  readonly comparison: TriggerComparison;
  /** Held against the metric, in `unit`; for `fails` how many checks in a row. A multiple of a baseline is worked out. */
  readonly number: number;
  /** `%`, `ms`, `s`, `checks`, or as written; '' for a bare number. */
  readonly unit: string;
  /** The baseline and the multiple that the number was worked out from; null where it stands by itself. */
  readonly baseline: { readonly number: number; readonly times: number } | null;
  /** Over how long the metric is taken. */
  readonly windowMinutes: number;
  /** For how long it has to be met before anybody goes back. */
  readonly forMinutes: number;
}

/** A trigger with all its parts; or what it lacks, each completing "has no …", and whether a baseline is all of it. */
export type TriggerReading =
  | { readonly ok: true; readonly trigger: TypedTrigger }
  | { readonly ok: false; readonly lacks: readonly string[]; readonly onlyBaseline: boolean };

const COMPARISONS: readonly (readonly [RegExp, TriggerComparison])[] = [
  [/^(?:>=|≥|=>|at least|(?:is )?(?:greater|more|higher) than or equal(?: to)?)$/i, '>='],
  [/^(?:<=|≤|=<|at most|(?:is )?(?:less|lower) than or equal(?: to)?)$/i, '<='],
  [/^(?:>|above|over|exceeds|(?:is )?(?:greater|more|higher) than|(?:is )?(?:above|over))$/i, '>'],
  [/^(?:<|below|under|(?:is )?(?:less|lower|fewer) than|(?:is )?(?:below|under))$/i, '<'],
  [/^(?:==?|equals?|is)$/i, '=='],
  [/^(?:!=|≠|is not|not equal(?: to)?)$/i, '!='],
  [/^(?:fails?|is failing|failing|is down|down|is unhealthy|unhealthy)$/i, 'fails'],
];

const SIGN = /^\s*(>=|<=|==|!=|≥|≤|≠|>|<|=)\s*/;

/** `2 x baseline`, `2x baseline (0.4 %)`, `150 % of the baseline of 0.4 %`. */
const RELATIVE =
  /^(\d+(?:\.\d+)?)\s*(x|×|times|%\s*of)\s*(?:the\s+)?baseline\b(?:\s*(?:of|=|:)?\s*\(?\s*(\d+(?:\.\d+)?)\s*([^\s)]*)\s*\)?)?\s*$/i;

const ABSOLUTE = /^(\d+(?:\.\d+)?)\s*(.{0,40})$/;

/**
 * Reads one trigger from its cells.
 *
 * @param baselineOf The measured baseline of a metric with its unit, as the runbook writes it ("0.4 %"); null for none.
 */
export function readTrigger(
  row: TriggerRow,
  baselineOf: (metric: string) => string | null = () => null,
): TriggerReading {
  const lacks: string[] = [];
  let lacksBaseline = false;
  const metric = row.metric.trim();
  if (metric === '' || holdsPlaceholder(metric)) lacks.push('metric');

  const sign = SIGN.exec(row.threshold)?.[1];
  const threshold = row.threshold.replace(SIGN, '').trim();
  const comparison = comparisonOf(row.comparison.trim() === '' && sign !== undefined ? sign : row.comparison);
  if (comparison === null) lacks.push('comparison');

  let number: number | null = null;
  let unit = '';
  let baseline: TypedTrigger['baseline'] = null;
  const relative = RELATIVE.exec(threshold);
  const absolute = ABSOLUTE.exec(threshold);
  if (relative) {
    const times = Number(relative[1]) / (relative[2]?.startsWith('%') === true ? 100 : 1);
    const measured =
      relative[3] !== undefined ? `${relative[3]} ${relative[4] ?? ''}` : (baselineOf(metric) ?? '');
    const known = holdsPlaceholder(measured)
      ? null
      : ABSOLUTE.exec(measured.replace(/^[~≈<≤]\s*/, '').trim());
    if (known) {
      baseline = { number: Number(known[1]), times };
      number = Number((baseline.number * times).toPrecision(12));
      unit = unitOf(known[2] ?? '');
    } else lacksBaseline = true;
  } else if (
    /\bbaseline\b/i.test(threshold) ||
    (holdsPlaceholder(row.threshold) && /baseline/i.test(row.threshold))
  ) {
    lacksBaseline = true;
  } else if (absolute && !holdsPlaceholder(row.threshold)) {
    number = Number(absolute[1]);
    unit = comparison === 'fails' ? 'checks' : unitOf(absolute[2] ?? '');
  } else if (comparison === 'fails' && threshold === '') {
    number = 1;
    unit = 'checks';
  }
  if (lacksBaseline) lacks.push(`number of the baseline of ${metric === '' ? 'its metric' : metric}`);
  else if (number === null) lacks.push('number as its threshold');

  const { window, lasting } = timesOf(row);
  if (window === null) lacks.push('window in minutes');
  if (lasting === null) lacks.push('word on for how long');
  if (lacks.length > 0 || comparison === null || number === null || window === null || lasting === null) {
    return { ok: false, lacks, onlyBaseline: lacksBaseline && lacks.length === 1 };
  }
  return {
    ok: true,
    trigger: { metric, comparison, number, unit, baseline, windowMinutes: window, forMinutes: lasting },
  };
}

/** Whether a metric of a plan is the one that is required: "5xx error rate" is the error rate. */
export function isMetric(written: string, required: string): boolean {
  const words = (text: string): readonly string[] =>
    text
      .toLowerCase()
      .replace(/\bhealth[- ]?checks?\b/g, 'health check')
      .replace(
        /\bp(\d{2})(?:th)?\b|\b(\d{2})(?:th|st|nd|rd)? percentile\b/g,
        (_all, p: string | undefined, q: string | undefined) => `p${p ?? q ?? ''}`,
      )
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== '')
      .map((word) =>
        /^(?:errors|failures?)$/.test(word)
          ? 'error'
          : /^(?:response|duration)$/.test(word)
            ? 'latency'
            : word,
      );
  const have = new Set(words(written));
  return words(required).every((word) => have.has(word));
}

/** What a rule of Prometheus says beside its condition. */
export interface RuleWords {
  readonly name: string;
  /** Values of labels and annotations are written as texts of YAML, whatever is in them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The name of a trigger's alert: `RollBackP99Latency`. */
export function alertNameOf({ metric }: TypedTrigger): string {
  const name = metric
    .replace(/[^A-Za-z0-9]+(.)?/g, (_all, next: string | undefined) => (next ?? '').toUpperCase())
    .replace(/^[a-z]/, (first) => first.toUpperCase());
  return `RollBack${name}`;
}

/** A trigger in words: "error rate > 5 % over 5 min for 5 min". */
export function triggerInWords(trigger: TypedTrigger): string {
  const { metric, comparison, number, unit, windowMinutes, forMinutes } = trigger;
  const value = comparison === 'fails' ? '' : ` ${number}${unit === '' ? '' : ` ${unit}`}`;
  return `${metric} ${comparison}${value} over ${windowMinutes} min for ${forMinutes} min`;
}

/**
 * The trigger as an item of a group's rules in a file of Prometheus (prometheus.io, "Alerting rules").
 *
 * @param query PromQL that gives the metric; `$window` stands for the window (`5m`). What a service measures is its own, so
 *   that none is made up here.
 * @param number The trigger's number in the unit of the query.
 */
export function prometheusRule(
  trigger: TypedTrigger,
  query: string,
  number: number,
  words: RuleWords,
): string {
  const { comparison, windowMinutes, forMinutes } = trigger;
  const expression = query.replaceAll('$window', minutesToPromql(windowMinutes));
  const [sign, value] = comparison === 'fails' ? ['==', 0] : [comparison, number];
  const map = (values: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(values).map(([key, text]) => `    ${key}: ${JSON.stringify(text)}`);
  return [
    `- alert: ${words.name}`,
    `  expr: ${JSON.stringify(`(${expression}) ${sign} ${value}`)}`,
    `  for: ${minutesToPromql(forMinutes)}`,
    '  labels:',
    ...map(words.labels),
    '  annotations:',
    ...map(words.annotations),
    '',
  ].join('\n');
}

function minutesToPromql(minutes: number): string {
  const seconds = Math.round(minutes * 60);
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

function comparisonOf(text: string): TriggerComparison | null {
  const word = text.trim().replace(/\s+/g, ' ');
  return COMPARISONS.find(([pattern]) => pattern.test(word))?.[1] ?? null;
}

function unitOf(text: string): string {
  const unit = text.trim();
  if (/^(?:%|per ?cent|percent)$/i.test(unit)) return '%';
  if (/^(?:ms|milliseconds?)$/i.test(unit)) return 'ms';
  if (/^(?:s|sec|secs|seconds?)$/i.test(unit)) return 's';
  return unit;
}

/** `5 min` with `10 min` beside it, or both in one cell: `5 min for 10 min`, `over 5 min, for 10 min`. */
function timesOf({ window, lasting = '' }: TriggerRow): {
  readonly window: number | null;
  readonly lasting: number | null;
} {
  const found = [
    ...window.matchAll(/(\bfor\s+)?(\d+(?:\.\d+)?)\s*(hours?|h|min(?:ute)?s?|m|s(?:ec(?:ond)?s?)?)\b/gi),
  ].map((match) => ({ isFor: match[1] !== undefined, minutes: inMinutes(match[2] ?? '', match[3] ?? '') }));
  const own = minutesIn(lasting);
  const inWindow = found.find(({ isFor }) => isFor)?.minutes ?? null;
  return {
    window: holdsPlaceholder(window) ? null : (found.find(({ isFor }) => !isFor)?.minutes ?? null),
    lasting: holdsPlaceholder(lasting) ? null : (own ?? (holdsPlaceholder(window) ? null : inWindow)),
  };
}

function minutesIn(text: string): number | null {
  const match = /(\d+(?:\.\d+)?)\s*(hours?|h|min(?:ute)?s?|m|s(?:ec(?:ond)?s?)?)\b/i.exec(text);
  return match ? inMinutes(match[1] ?? '', match[2] ?? '') : null;
}

function inMinutes(amount: string, unit: string): number {
  const value = Number(amount);
  if (/^h/i.test(unit)) return value * 60;
  return /^s/i.test(unit) ? value / 60 : value;
}

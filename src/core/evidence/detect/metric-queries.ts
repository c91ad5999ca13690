import { readAlertRules } from '../results/alert-rules';
import { dataAt, listAt, mapAt, readPlaced, stringAt, type PlacedDocument } from './places';
import { fileSource, type Source } from '../fact';
import type { Reading } from './reading';

/** What the value of a query is counted in: a share of one, percent, seconds or milliseconds. */
export type QueryUnit = 'ratio' | '%' | 's' | 'ms';

/** A query of Prometheus that a file of the repository asks: of an alert, a recording rule or a panel. */
export interface MetricQuery {
  /** What it is called there, in words: "High error rate". */
  readonly called: string;
  /** PromQL without the comparison behind it; `$window` stands for each range. */
  readonly query: string;
  /** Null where nothing tells. */
  readonly unit: QueryUnit | null;
  readonly source: Source;
}

/** More files of either kind are not looked through. */
const MAX_FILES = 200;

/** A range such as `[5m]` or `[$__rate_interval]`. */
const RANGE = /\[(?:\d+(?:ms|[smhdwy]))+\]|\[\$__\w+\]|\[\$\{__\w+\}\]/g;

/** `… > 0.05` at the end of an alert's expression. */
const COMPARISON = /\s*(?:>=|<=|==|!=|>|<)\s*(?:bool\s+)?[-+]?\d[\d.]*(?:e[-+]?\d+)?\s*$/i;

/** Reads the queries that rules and dashboards of the repository ask, in the order of their files. */
export async function readMetricQueries(reading: Reading): Promise<readonly MetricQuery[]> {
  const found: MetricQuery[] = [];
  const rules = reading.paths.filter((path) => /\.ya?ml$/.test(path) && !path.startsWith('.github/'));
  for (const path of rules.slice(0, MAX_FILES * 4)) {
    const text = await reading.text(path);
    if (text === null || !/^\s*(?:-\s+)*(?:alert|record):/m.test(text)) continue;
    for (const { name, expression, range } of readAlertRules(text) ?? []) {
      if (expression !== null && COMPARISON.test(expression)) {
        add(found, inWords(name), expression.replace(COMPARISON, ''), null, fileSource(path, range));
      }
    }
    const read = readPlaced(text);
    for (const document of read.ok ? read.documents : []) recordsIn(document, path, found);
  }
  const dashboards = reading.paths.filter(
    (path) => path.endsWith('.json') && /grafana|dashboard/i.test(path),
  );
  for (const path of dashboards.slice(0, MAX_FILES)) {
    const text = await reading.text(path);
    const read = text === null ? null : readPlaced(text);
    const document = read?.ok ? read.documents[0] : undefined;
    if (document) panelsIn(document, ['panels'], path, found);
  }
  return found;
}

function recordsIn(document: PlacedDocument, path: string, found: MetricQuery[]): void {
  for (const at of [['groups'], ['spec', 'groups']]) {
    listAt(document.data, at).forEach((group, index) =>
      listAt(group, ['rules']).forEach((rule, ruleIndex) => {
        const record = stringAt(rule, ['record']);
        if (record === null || !/^[A-Za-z_:][\w:]*$/.test(record)) return;
        const range = document.rangeOf([...at, index, 'rules', ruleIndex, 'record']);
        // What is recorded under a name is asked for by it.
        const unit = unitOf(record) ?? unitOf(stringAt(rule, ['expr']) ?? '');
        found.push({ called: inWords(record), query: record, unit, source: fileSource(path, range) });
      }),
    );
  }
}

function panelsIn(
  document: PlacedDocument,
  at: readonly (string | number)[],
  path: string,
  found: MetricQuery[],
): void {
  if (at.length > 8) return;
  listAt(document.data, at).forEach((panel, index) => {
    const place = [...at, index];
    if (Array.isArray(dataAt(panel, ['panels']))) panelsIn(document, [...place, 'panels'], path, found);
    const title = stringAt(panel, ['title']);
    const targets = listAt(panel, ['targets']);
    const expression = stringAt(targets[0], ['expr']);
    // Of a panel with several queries nothing tells which of them is meant.
    if (title === null || expression === null || targets.length !== 1) return;
    const shown = stringAt(mapAt(panel, ['fieldConfig', 'defaults']), ['unit']);
    const unit = shown === null ? null : (UNITS_OF_GRAFANA[shown] ?? null);
    add(found, title, expression, unit, fileSource(path, document.rangeOf([...place, 'title'])));
  });
}

const UNITS_OF_GRAFANA: Readonly<Record<string, QueryUnit>> = {
  percent: '%',
  percentunit: 'ratio',
  s: 's',
  ms: 'ms',
};

function add(
  found: MetricQuery[],
  called: string,
  expression: string,
  unit: QueryUnit | null,
  source: Source,
): void {
  const query = expression.replace(/\s+/g, ' ').trim().replace(RANGE, '[$window]');
  // What a dashboard fills in has no value in a rule, and a query of several conditions has no one value.
  if (query === '' || /\$(?!window\])|\{\{|\b(?:and|or|unless)\b/.test(query)) return;
  found.push({ called, query, unit: unit ?? unitOf(query), source });
}

/** By what the query works out and what its metrics are called; Prometheus counts times in seconds unless a name says otherwise. */
function unitOf(query: string): QueryUnit | null {
  if (/\*\s*100(?![\d.])|(?<![\d.])100\s*\*|percent/.test(query)) return '%';
  if (/_(?:milliseconds|ms)(?:_bucket|_sum|_count)?\b/.test(query)) return 'ms';
  if (/_seconds(?:_bucket|_sum|_count)?\b|seconds_bucket/.test(query))
    return /_count\b/.test(query) ? null : 's';
  if (/ratio/.test(query)) return 'ratio';
  const [above, below, another] = query.split(/\)\s*\/\s*/);
  // One sum over another.
  return above !== undefined && below !== undefined && another === undefined && /_total|_count/.test(query)
    ? 'ratio'
    : null;
}

/** `HighErrorRate`, `job:http_errors:ratio5m` in words. */
function inWords(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/[_:.-]+/g, ' ')
    .trim();
}

import type { MetricQuery } from '../../evidence/detect/metric-queries';
import type { RegisteredMetric } from '../../evidence/detect/registered-metrics';
import type { Source } from '../../evidence/fact';
import type { MetricSettings } from '../../evidence/release-settings';
import { isMetric } from '../../risk/typed-trigger';
import type { PanelPlan, PanelQuery } from './grafana';

/** A metric that the configuration watches, with where it is said. */
export interface ConfiguredMetric {
  readonly metric: MetricSettings;
  readonly source: Source;
}

/** A metric that a document names for people: a cell or line with a query in backticks. */
export interface DocumentedMetric {
  /** As the document calls it: "orders placed". */
  readonly called: string;
  readonly query: string;
  readonly source: Source;
}

/** Something that tells Prometheus whom to scrape. */
export interface Scrape {
  /** Null where the target's own name makes it. */
  readonly job: string | null;
  readonly source: Source;
}

/** What the repository shows of its metrics. */
export interface ShownMetrics {
  readonly configured: readonly ConfiguredMetric[];
  readonly registered: readonly RegisteredMetric[];
  readonly process: readonly RegisteredMetric[];
  /** Of rules and dashboards; `$window` stands for each range. */
  readonly queries: readonly MetricQuery[];
  readonly documented: readonly DocumentedMetric[];
  readonly scrapes: readonly Scrape[];
}

/** A panel with what shows its metric, or what would. */
export interface FoundPanel {
  readonly plan: PanelPlan;
  readonly sources: readonly Source[];
  /** Null where it is known. */
  readonly needed: string | null;
}

/** Queries of a panel before it is one. */
interface Answer {
  readonly queries: readonly PanelQuery[];
  readonly unit: string;
  /** What shows it, for people: a clause. */
  readonly shownBy: string;
  readonly source: Source;
}

interface Slot {
  readonly id: number;
  readonly title: string;
  /** What would have to be there, as in UNKNOWN(…). */
  readonly needed: string;
  find(shown: ShownMetrics): Answer | null;
}

const RATE = '$__rate_interval';

/** Requests that the service sends rather than answers. */
const OUTGOING =
  /client|outgoing|outbound|upstream|downstream|backend|external|third_?party|\bdb\b|_db_|sql|redis|cache|queue|kafka|webhook|grpc_client/;

const STATUS_LABELS = [
  ...['status', 'code', 'status_code', 'statuscode', 'http_status', 'http_status_code', 'statusCode'],
  ...['http_response_status_code', 'response_code', 'status_class'],
];

/** S2-50: requests, failures, latency, saturation. */
export const APPLICATION: readonly Slot[] = [
  {
    id: 11,
    title: 'Requests per second',
    needed:
      'a counter or histogram of requests that the code registers, or a metric of kind traffic under release.watch.metrics',
    find: (shown) => {
      const configured = ofKind(shown, 'traffic');
      const query = configured && prometheusOf(configured).query;
      if (configured && query) return answerOf(configured, [one(perSecond(query))], 'reqps');
      const counter = requestCounter(shown);
      if (counter)
        return fromCode(counter, [one(`sum(rate(${selected(countedBy(counter))}[${RATE}]))`)], 'reqps');
      return fromQueries(
        shown,
        (each) =>
          isMetric(each.called, 'request rate') ||
          /\brequests? (?:per|rate)\b|\brps\b|\bqps\b/i.test(each.called),
        'reqps',
      );
    },
  },
  {
    id: 12,
    title: 'Requests answered with 5xx',
    needed:
      'a counter of requests with a label for the status, or a metric of kind errors under release.watch.metrics',
    find: (shown) => {
      const configured = ofKind(shown, 'errors');
      if (configured) {
        const { bad, all, query } = prometheusOf(configured);
        if (bad && all)
          return answerOf(configured, [one(`${perSecond(bad)} / ${perSecond(all)}`)], 'percentunit');
        if (query) return answerOf(configured, [one(inGrafana(query))], 'percentunit');
      }
      const counter = requestCounter(shown, true);
      const label = counter?.labels.find((each) => STATUS_LABELS.includes(each));
      if (counter && label !== undefined) {
        const name = countedBy(counter);
        return fromCode(
          counter,
          [
            one(
              `sum(rate(${selected(name, `${label}=~"5.."`)}[${RATE}])) / sum(rate(${selected(name)}[${RATE}]))`,
            ),
          ],
          'percentunit',
        );
      }
      return fromQueries(
        shown,
        ({ called, unit }) => isMetric(called, 'error rate') || (isMetric(called, 'error') && unit !== null),
        null,
      );
    },
  },
  {
    id: 13,
    title: 'Latency P50, P95 and P99',
    needed:
      'a histogram of durations of requests that the code registers, or a metric of kind latency or slow-requests under release.watch.metrics',
    find: (shown) => {
      const slow = ofKind(shown, 'slow-requests');
      const bucket = slow && histogramIn(prometheusOf(slow).query ?? prometheusOf(slow).bad ?? '');
      if (slow && bucket) return answerOf(slow, quantiles(bucket), bucket.unit);
      const histogram = requestHistogram(shown);
      if (histogram)
        return fromCode(
          histogram,
          quantiles({ selector: selected(`${histogram.name}_bucket`), unit: '' }),
          durationUnit(histogram),
        );
      const latencies = shown.configured.filter(
        ({ metric }) =>
          metric.kind === 'latency' && metric.source.from === 'prometheus' && metric.source.query !== null,
      );
      const [first] = latencies;
      if (first) {
        return answerOf(
          first,
          latencies.map((each) => ({
            query: inGrafana(prometheusOf(each).query ?? ''),
            legend: each.metric.name,
          })),
          grafanaUnit(first.metric.unit) || 'ms',
        );
      }
      return fromQueries(
        shown,
        ({ called, query }) => isMetric(called, 'latency') || /histogram_quantile/.test(query),
        null,
      );
    },
  },
  saturation(14, 'CPU', ['cpu'], /cpu/i, 'percentunit'),
  saturation(15, 'Memory', ['memory'], /memory|heap|rss/i, 'bytes'),
  {
    id: 16,
    title: 'Connections and queues',
    needed: 'a gauge of open connections, of a pool or of a queue',
    find: (shown) =>
      saturationOf(shown, /connection|pool|queue|backlog|in.?flight|concurren/i, 'short') ??
      gauge(shown, /connections?(?:_|$)|pool|queue|backlog|in_?flight|active_requests/, 'short') ??
      fromQueries(
        shown,
        ({ called, query }) => /connection|pool|queue|backlog/i.test(`${called} ${query}`),
        null,
      ),
  },
];

/** S2-51: instances, utilisation, throughput, storage. */
export const INFRASTRUCTURE: readonly Slot[] = [
  {
    id: 21,
    title: 'Instances that answer',
    needed:
      'what tells Prometheus whom to scrape (a ServiceMonitor, a PodMonitor, scrape_configs), or up under release.watch.metrics',
    find: (shown) => {
      const configured = shown.configured.find(
        ({ metric: { source } }) => source.from === 'prometheus' && source.up !== null,
      );
      const up = configured && prometheusOf(configured).up;
      if (configured && up) {
        return answerOf(
          configured,
          [
            { query: `sum(${up})`, legend: 'up' },
            { query: `count(${up})`, legend: 'known' },
          ],
          'short',
        );
      }
      const [scrape] = shown.scrapes;
      if (scrape) {
        return {
          queries: [
            { query: `sum(${selected('up')})`, legend: 'up' },
            { query: `count(${selected('up')})`, legend: 'known' },
          ],
          unit: 'short',
          shownBy: 'whom Prometheus scrapes',
          source: scrape.source,
        };
      }
      return fromQueries(
        shown,
        ({ query }) =>
          /\bup\b\s*(?:\{|$|\))|probe_success|kube_pod_status_ready|kube_deployment_status_replicas/.test(
            query,
          ),
        null,
      );
    },
  },
  infrastructure(
    22,
    'Utilisation of hosts and containers',
    /container_(?:cpu|memory)_|node_(?:cpu|memory|load)|kube_pod_container_resource|machine_cpu/,
    'metrics of the hosts or containers (node_exporter, cAdvisor) in a rule or dashboard of the repository',
  ),
  infrastructure(
    23,
    'Network throughput',
    /container_network_|node_network_|_network_(?:receive|transmit)_bytes/,
    'metrics of the network (node_exporter, cAdvisor) in a rule or dashboard of the repository',
  ),
  infrastructure(
    24,
    'Storage',
    /node_filesystem_|kubelet_volume_stats_|_disk_|pg_database_size|storage/,
    'metrics of the file systems, volumes or databases in a rule or dashboard of the repository',
  ),
];

/** S2-52, each with the words by which people call it. */
const BUSINESS: readonly {
  readonly id: number;
  readonly title: string;
  readonly words: RegExp;
  readonly what: string;
}[] = [
  {
    id: 31,
    title: 'Conversion',
    words: /conver[st]|funnel|checkout rate|sign.?ups? rate/i,
    what: 'conversion',
  },
  {
    id: 32,
    title: 'Engagement',
    words: /engag|active (?:users|sessions)|sessions|visits|logins|page views/i,
    what: 'engagement',
  },
  {
    id: 33,
    title: 'Transaction volume',
    words: /transaction|orders|payments|purchases|bookings|sales|checkouts/i,
    what: 'transaction volume',
  },
  {
    id: 34,
    title: 'Revenue impact',
    words: /revenue|turnover|income|gmv|gross|amount (?:paid|charged)|basket value/i,
    what: 'revenue',
  },
];

/** First number of panels for declared metrics that are none of the four. */
const OWN_FIRST = 41;
const MAX_OWN = 20;

export function panelsOf(slots: readonly Slot[], shown: ShownMetrics): readonly FoundPanel[] {
  return slots.map((slot) => panelOf(slot.id, slot.title, slot.needed, slot.find(shown)));
}

/**
 * The business metrics that somebody declared: metrics of kind `own` and `count` of the configuration, and what the
 * observability document names. A name in the code alone is no declaration.
 */
export function businessPanels(shown: ShownMetrics, observability: string): readonly FoundPanel[] {
  const declared: { readonly called: string; readonly answer: Answer }[] = [
    ...shown.configured.flatMap((configured) => {
      const { metric } = configured;
      const { query, bad, all } = prometheusOf(configured);
      if (metric.kind !== 'own' && metric.kind !== 'count') return [];
      const asked = query
        ? readable(query, shown)
        : bad && all
          ? `${perSecond(bad)} / ${perSecond(all)}`
          : null;
      if (asked === null) return [];
      return [
        {
          called: metric.name,
          answer: answerOf(configured, [one(asked)], grafanaUnit(metric.unit) || 'short'),
        },
      ];
    }),
    ...shown.documented.map(({ called, query, source }) => ({
      called,
      answer: {
        queries: [one(readable(query, shown))],
        unit: 'short',
        shownBy: `"${called}" of the document`,
        source,
      },
    })),
  ];
  const taken = new Set<unknown>();
  const four = BUSINESS.map(({ id, title, words, what }) => {
    const found = declared.find(({ called, answer }) => !taken.has(answer) && words.test(called));
    if (found) taken.add(found.answer);
    return panelOf(
      id,
      found ? `${title}: ${found.called}` : title,
      `the metric that shows ${what}, as one of kind own under release.watch.metrics or in ${observability}`,
      found?.answer ?? null,
    );
  });
  // Of what else the document names, the technical part has its panels above.
  const technical =
    /request|error|latency|p\d\d\b|cpu|memory|queue|connection|saturation|health|uptime|disk|traffic/i;
  const others = declared
    .filter(({ called, answer }) => !taken.has(answer) && !technical.test(called))
    .slice(0, MAX_OWN)
    .map(({ called, answer }, index) => panelOf(OWN_FIRST + index, called, '', answer));
  return [...four, ...others];
}

function panelOf(id: number, title: string, needed: string, answer: Answer | null): FoundPanel {
  if (answer === null) {
    return {
      plan: {
        id,
        kind: 'text',
        title,
        description: 'Nothing in the repository shows this metric.',
        markdown: `**UNKNOWN(${needed})**\n\nAdd it and run \`release-gate dashboards\` again: this panel becomes its chart.`,
      },
      sources: [],
      needed,
    };
  }
  return {
    plan: {
      id,
      kind: 'chart',
      title,
      description: `Shown by ${placeOf(answer.source)}: ${answer.shownBy}.`,
      unit: answer.unit,
      queries: answer.queries,
    },
    sources: [answer.source],
    needed: null,
  };
}

/** `src/metrics.ts:12`. */
export function placeOf(source: Source): string {
  if (source.kind !== 'file') return 'the repository';
  return source.range ? `${source.path}:${source.range.start.line}` : source.path;
}

function one(query: string): PanelQuery {
  return { query, legend: '' };
}

function answerOf(
  { metric, source }: ConfiguredMetric,
  queries: readonly PanelQuery[],
  unit: string,
): Answer {
  return { queries, unit, shownBy: `"${metric.name}", which releases are watched by`, source };
}

function fromCode(metric: RegisteredMetric, queries: readonly PanelQuery[], unit: string): Answer {
  const help = metric.help.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return {
    queries,
    unit,
    shownBy: `${metric.kind} ${metric.name} of ${metric.library}${metric.isDerived ? ', named by its rules' : ''}${help === '' ? '' : ` (${help})`}`,
    source: metric.source,
  };
}

function fromQueries(
  shown: ShownMetrics,
  isIt: (query: MetricQuery) => boolean,
  unit: string | null,
): Answer | null {
  const query = shown.queries.find(isIt);
  if (!query) return null;
  const units = { ratio: 'percentunit', '%': 'percent', s: 's', ms: 'ms' };
  return {
    queries: [one(query.query.replaceAll('$window', RATE))],
    unit: unit ?? (query.unit === null ? 'short' : units[query.unit]),
    shownBy: `the query "${query.called}"`,
    source: query.source,
  };
}

function ofKind(shown: ShownMetrics, kind: MetricSettings['kind']): ConfiguredMetric | null {
  return (
    shown.configured.find(({ metric }) => metric.kind === kind && metric.source.from === 'prometheus') ?? null
  );
}

interface PrometheusParts {
  readonly query: string | null;
  readonly bad: string | null;
  readonly all: string | null;
  readonly up: string | null;
}

function prometheusOf({ metric: { source } }: ConfiguredMetric): PrometheusParts {
  return source.from === 'prometheus' ? source : { query: null, bad: null, all: null, up: null };
}

const SELECTOR = /^\s*([A-Za-z_:][\w:]*)\s*(\{[^{}]*\})?\s*$/;

/** What a query of counters gives a second: one that names a counter alone is turned into its rate. */
function perSecond(query: string): string {
  const bare = SELECTOR.exec(query) ?? SELECTOR.exec(/^\s*sum\s*\(([^()]*)\)\s*$/.exec(query)?.[1] ?? '');
  // The name of a recording rule says what it is; it is no counter.
  if (bare && !(bare[1] ?? '').includes(':')) return `sum(rate(${bare[0].trim()}[${RATE}]))`;
  return inGrafana(query);
}

/** A query that somebody wrote for people: counters as their rate, everything else as it is. */
function readable(query: string, { registered }: ShownMetrics): string {
  const name = SELECTOR.exec(query)?.[1];
  const kind = registered.find((each) => each.name === name)?.kind;
  if (name !== undefined && (kind === 'counter' || (kind === undefined && /_(?:total|count)$/.test(name)))) {
    return perSecond(query);
  }
  return inGrafana(query);
}

/** The window of a poll as the window of a chart. */
function inGrafana(query: string): string {
  return query
    .replace(/\s+/g, ' ')
    .trim()
    .replaceAll(/\$\{interval\}|\$interval\b/g, RATE);
}

/** A metric by its name with the jobs that are chosen. */
function selected(name: string, matcher = ''): string {
  return `${name}{job=~"$job"${matcher === '' ? '' : `, ${matcher}`}}`;
}

/** The series that counts: a histogram counts under a name of its own. */
function countedBy({ name, kind }: RegisteredMetric): string {
  return kind === 'histogram' || kind === 'summary' ? `${name}_count` : name;
}

/** The requests that are answered: those of HTTP before others. */
function requestMetrics({ registered }: ShownMetrics): readonly RegisteredMetric[] {
  const isRequest = (name: string): boolean =>
    /requests?(?:_|$)|http_server/.test(name) && !OUTGOING.test(name);
  return registered
    .filter(({ name, kind }) => kind !== 'gauge' && isRequest(name.toLowerCase()))
    .filter(({ name }) => !/size|bytes|errors?|fail|in_?flight|in_?progress/i.test(name))
    .sort((a, b) => Number(/http/i.test(b.name)) - Number(/http/i.test(a.name)));
}

function requestCounter(shown: ShownMetrics, withStatus = false): RegisteredMetric | null {
  const all = requestMetrics(shown).filter(
    ({ labels }) => !withStatus || labels.some((label) => STATUS_LABELS.includes(label)),
  );
  return all.find(({ kind }) => kind === 'counter') ?? all[0] ?? null;
}

function requestHistogram(shown: ShownMetrics): RegisteredMetric | null {
  return (
    requestMetrics(shown).find(
      ({ name, kind }) => kind === 'histogram' && /duration|latency|seconds|_ms$|millis|time/i.test(name),
    ) ?? null
  );
}

/** Seconds or milliseconds where the name or the help says so. */
function durationUnit({ name, help }: RegisteredMetric): string {
  if (/_(?:ms|millis|milliseconds)$/i.test(name)) return 'ms';
  if (/_seconds$/i.test(name)) return 's';
  if (/\bmilliseconds\b|\bms\b/i.test(help)) return 'ms';
  return /\bseconds\b/i.test(help) ? 's' : 'short';
}

interface Buckets {
  readonly selector: string;
  readonly unit: string;
}

/** The buckets of a histogram that a query names alone. */
function histogramIn(query: string): Buckets | null {
  const [, name, matchers = ''] = SELECTOR.exec(query) ?? [];
  if (name === undefined) return null;
  const base = name.replace(/_(?:bucket|count|sum)$/, '');
  return { selector: `${base}_bucket${matchers}`, unit: /_(?:ms|milliseconds)$/.test(base) ? 'ms' : 's' };
}

function quantiles({ selector }: Buckets): readonly PanelQuery[] {
  return [50, 95, 99].map((percent) => ({
    query: `histogram_quantile(${percent / 100}, sum by (le) (rate(${selector}[${RATE}])))`,
    legend: `P${percent}`,
  }));
}

function saturation(id: number, title: string, words: readonly string[], own: RegExp, unit: string): Slot {
  return {
    id,
    title,
    needed: `a metric of the service's ${title}: its process's own metrics, or one of kind saturation under release.watch.metrics`,
    find: (shown) => {
      const configured = saturationOf(shown, own, unit);
      if (configured) return configured;
      const process = [...shown.process, ...shown.registered].find(
        ({ name }) => name.startsWith('process_') && own.test(name),
      );
      if (process) {
        const query =
          process.kind === 'counter' ? `rate(${selected(process.name)}[${RATE}])` : selected(process.name);
        return fromCode(process, [{ query, legend: '{{instance}}' }], unit);
      }
      return fromQueries(shown, ({ called }) => words.some((word) => isMetric(called, word)), null);
    },
  };
}

/** A level that the configuration watches. */
function saturationOf(shown: ShownMetrics, own: RegExp, unit: string): Answer | null {
  const configured = shown.configured.find(
    (each) =>
      each.metric.kind === 'saturation' && own.test(each.metric.name) && prometheusOf(each).query !== null,
  );
  return configured
    ? answerOf(
        configured,
        [one(inGrafana(prometheusOf(configured).query ?? ''))],
        grafanaUnit(configured.metric.unit) || unit,
      )
    : null;
}

function gauge(shown: ShownMetrics, own: RegExp, unit: string): Answer | null {
  const found = shown.registered.find(({ name, kind }) => kind === 'gauge' && own.test(name.toLowerCase()));
  return found ? fromCode(found, [{ query: selected(found.name), legend: '{{instance}}' }], unit) : null;
}

function infrastructure(id: number, title: string, own: RegExp, needed: string): Slot {
  return { id, title, needed, find: (shown) => fromQueries(shown, ({ query }) => own.test(query), null) };
}

/** Grafana's name of a unit that people write; '' where it has none. */
function grafanaUnit(unit: string): string {
  const units: Readonly<Record<string, string>> = {
    '%': 'percent',
    ms: 'ms',
    s: 's',
    bytes: 'bytes',
    B: 'bytes',
    '/s': 'cps',
    ratio: 'percentunit',
  };
  return units[unit] ?? '';
}

import type { MetricSettings, MetricSource, WatchSettings } from '../../../core/evidence/release-settings';
import type { MetricPast, Sample, SlowBounds } from '../../../core/release/watch/samples';
import { baselineLengths, baselineOf, fromFirst, historyLength, noPast, withoutExcluded } from './past';
import {
  askingOnce,
  type AskLimits,
  type PrometheusClient,
  type QueryAnswer,
  type Series,
} from './prometheus-client';
import {
  countQueryOf,
  durationText,
  histogramOf,
  histogramWithin,
  memoryMs,
  risenBy,
  selectorText,
  upOf,
  withInterval,
  withMatcher,
  type Histogram,
  type Selector,
} from './prometheus-queries';
import { countsOf, missing, multiplesOf, sampleInWords, type Source, type SourceCheck } from './source';

type Queries = Extract<MetricSource, { from: 'prometheus' }>;

/** Points of one range query; a server holds the samples of all its series in memory at once. */
const CHUNK = 1440;

/** A quantile of fewer requests is mostly chance. */
const WANTED_REQUESTS = 1000;

/** A scrape is kept under the time at which it began, some moments after that: what is newer is not asked for yet. */
const LONGEST_LAG_MS = 5000;

/** What a number of one interval gave; `none`: the series is not there. */
type Read =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly count: number }
  | { readonly kind: 'failed'; readonly sample: Sample };

/** Metrics whose numbers Prometheus has. */
export class PrometheusSource implements Source {
  private readonly client: PrometheusClient;
  private readonly bounds = new Map<string, SlowBounds | null>();
  /** By metric, when the last poll had counts: what was counted before it is known then. */
  private readonly lastCounted = new Map<string, number>();

  constructor(
    client: PrometheusClient,
    private readonly settings: WatchSettings,
  ) {
    this.client = askingOnce(client);
  }

  /** What counts as slow, where another process found it; null: the metric cannot be judged. */
  remember(name: string, slow: SlowBounds | null): void {
    this.bounds.set(name, slow);
  }

  async check(metric: MetricSettings, now: Date, limits: AskLimits): Promise<SourceCheck> {
    const queries = queriesOf(metric);
    const lacking = whatIsLacking(metric, queries);
    const asked = [queries.bad, queries.all, queries.query].filter((query) => query !== null).join(' / ');
    if (lacking) return { isOk: false, detail: lacking, asked: asked === '' ? null : asked };
    const sample = await this.now(metric, queries, this.settled(now), limits);
    const difference = this.client.clockDifferenceMs();
    if (difference !== null && Math.abs(difference) > Math.max(2000, this.settings.intervalMs / 2)) {
      const seconds = Math.round(Math.abs(difference) / 1000);
      return {
        isOk: false,
        asked,
        detail: `the clock of ${this.client.name} is ${seconds} s ${difference > 0 ? 'ahead of' : 'behind'} this machine’s, so that the last interval is not what it is asked for: set one of them right`,
      };
    }
    if (sample.kind === 'missing') return { isOk: false, asked, detail: sample.detail };
    const note = await this.scrapeNote(metric, queries, now, limits);
    if (note) return { isOk: false, asked, detail: note };
    const answer = isSlow(metric, queries)
      ? `answers: a histogram of ${sampleInWords(sample)} buckets`
      : `answers: ${sampleInWords(sample)}`;
    return { isOk: true, asked, detail: answer };
  }

  async past(metric: MetricSettings, endsAt: Date, limits: AskLimits): Promise<MetricPast> {
    const queries = queriesOf(metric);
    const lacking = whatIsLacking(metric, queries);
    if (lacking) return noPast(lacking);
    if (metric.kind === 'health') return noPast('');
    const slow = isSlow(metric, queries) ? await this.slowBounds(metric, queries, endsAt, limits) : null;
    if (slow && !slow.ok) {
      this.bounds.set(metric.name, null);
      return slow.isFinal ? { ...noPast(slow.detail), unjudgeable: slow.detail } : noPast(slow.detail);
    }
    if (slow) this.bounds.set(metric.name, slow.bounds);
    const length = historyLength(this.settings);
    const samples = slow
      ? await this.slowHistory(slow.histogram, slow.bounds, queries, length, endsAt, limits)
      : isCounted(metric, queries)
        ? await this.countHistory(metric, queries, length, endsAt, limits)
        : await this.levelHistory(metric, queries, length, endsAt, limits);
    const kept = fromFirst(withoutExcluded(samples.samples, endsAt, this.settings));
    const notes = [
      ...(samples.failure === null ? [] : [samples.failure]),
      ...(kept.length === 0 && samples.failure === null ? [`${this.client.name} holds nothing of it`] : []),
    ];
    return {
      baseline: baselineOf(kept, this.settings.baselineMinutes, metric.kind === 'latency'),
      history: kept.length === 0 ? null : kept,
      note: notes.join('; '),
      until: endsAt.toISOString(),
      ...(slow ? { slow: slow.bounds } : {}),
    };
  }

  async poll(metric: MetricSettings, end: Date, limits: AskLimits): Promise<Sample | null> {
    const queries = queriesOf(metric);
    const at = this.settled(end);
    const lacking = whatIsLacking(metric, queries);
    if (lacking) return missing('unreadable', lacking);
    if (!isSlow(metric, queries)) return this.now(metric, queries, at, limits);
    const bounds = this.bounds.get(metric.name);
    if (bounds === null) return null;
    if (bounds === undefined) return missing('unreadable', 'no baseline says what counts as slow');
    return this.slowNow(metric, queries, bounds, at, limits);
  }

  /** The last moment whose scrapes are kept by now: a twelfth of an interval back, five seconds at most. */
  private settled(now: Date): Date {
    return new Date(now.getTime() - Math.min(LONGEST_LAG_MS, Math.round(this.settings.intervalMs / 12)));
  }

  /** The sample of the interval that ends at a point. */
  private async now(metric: MetricSettings, queries: Queries, at: Date, limits: AskLimits): Promise<Sample> {
    if (isSlow(metric, queries)) {
      const histogram = histogramOf(queries.all ?? queries.query ?? '', metric.unit);
      if (!histogram) return missing('unreadable', 'the query names no histogram');
      const buckets = await this.client.instant(selectorText(histogram.buckets), at, limits);
      if (!buckets.ok) return missing(buckets.why, buckets.detail);
      if (buckets.series.length === 0)
        return this.whyNone(queries, selectorText(histogram.buckets), at, limits);
      return { kind: 'value', value: new Set(buckets.series.map(({ labels }) => labels['le'])).size };
    }
    if (isCounted(metric, queries)) return this.countsNow(metric, queries, at, limits);
    return this.levelNow(metric, queries, at, limits);
  }

  private async countsNow(
    metric: MetricSettings,
    queries: Queries,
    at: Date,
    limits: AskLimits,
  ): Promise<Sample> {
    const of = (query: string): Promise<Read> =>
      this.client
        .instant(this.countText(query, queries), at, limits)
        .then((answer) => this.sumOf(answer, query));
    const allQuery = queries.all ?? queries.bad ?? queries.query ?? '';
    const badQuery = queries.all === null ? null : queries.bad;
    const [all, bad] = await Promise.all([of(allQuery), badQuery === null ? null : of(badQuery)]);
    if (all.kind === 'failed') return all.sample;
    if (bad?.kind === 'failed') return bad.sample;
    const isEvents = metric.kind === 'count' || (metric.kind === 'own' && queries.all === null);
    // Counters of what seldom happens are not there until it does.
    if (all.kind === 'none' && !isEvents) return this.whyNone(queries, allQuery, at, limits);
    if (all.kind === 'none') {
      const why = await this.whyNone(queries, allQuery, at, limits);
      return why.kind === 'missing' && why.why !== 'empty' ? why : { kind: 'value', value: 0 };
    }
    const total = all.kind === 'number' ? all.value : 0;
    if (!Number.isFinite(total) || total < 0) {
      return missing('not-a-number', `${quoted(allQuery)} gives ${total}, which is no count`);
    }
    const gap = await this.gapBefore(metric, queries, allQuery, total, at, limits);
    if (gap) return gap;
    if (metric.kind === 'traffic' || isEvents || badQuery === null) {
      return { kind: 'value', value: Math.round(total) };
    }
    const wrong = bad?.kind === 'number' ? bad.value : 0;
    return (
      countsOf(wrong, total) ??
      missing('not-a-number', `${quoted(badQuery)} gives ${wrong}, which is no count`)
    );
  }

  /** Why counts that came back are not those of the interval; null where they are. */
  private async gapBefore(
    metric: MetricSettings,
    queries: Queries,
    query: string,
    total: number,
    at: Date,
    limits: AskLimits,
  ): Promise<Sample | null> {
    const count = countQueryOf(query);
    if (count.kind === 'expression') return null;
    const { intervalMs } = this.settings;
    const last = this.lastCounted.get(metric.name);
    if (total > 0 && (last === undefined || at.getTime() - last > intervalMs * 1.5)) {
      // Nothing was counted for a while: what the counters hold may be of more than this interval.
      const up = upOf(queries.up, [queries.all, queries.bad]);
      const back = `[${durationText(memoryMs(intervalMs))}] offset ${durationText(intervalMs)}`;
      const seen = (selector: Selector): string => `count(last_over_time(${selectorText(selector)}${back}))`;
      const before = await this.client.instant(
        [count.selector, ...(up ? [up] : [])].map(seen).join(' or '),
        at,
        limits,
      );
      if (!before.ok) return missing(before.why, before.detail);
      if (before.series.length === 0) {
        return missing(
          'too-few-scrapes',
          `${quoted(query)} was not scraped before this interval, so that what it rose by is not known`,
        );
      }
    }
    this.lastCounted.set(metric.name, at.getTime());
    return null;
  }

  private async slowNow(
    metric: MetricSettings,
    queries: Queries,
    bounds: SlowBounds,
    at: Date,
    limits: AskLimits,
  ): Promise<Sample> {
    const query = queries.all ?? queries.query ?? '';
    const histogram = histogramOf(query, metric.unit);
    if (!histogram) return missing('unreadable', 'the query names no histogram');
    const answer = await this.client.instant(this.bucketText(histogram, bounds, queries), at, limits);
    if (!answer.ok) return missing(answer.why, answer.detail);
    if (answer.series.length === 0) return this.whyNone(queries, selectorText(histogram.buckets), at, limits);
    const of = (le: string): number | null =>
      answer.series.find(({ labels }) => labels['le'] === le)?.points[0]?.[1] ?? null;
    const sample = slowSample(of('+Inf'), of(bounds.hardLe), of(bounds.softLe));
    if (sample?.kind === 'no-traffic' || sample?.kind === 'counts') {
      const all = sample.kind === 'counts' ? sample.all : 0;
      const gap = await this.gapBefore(metric, queries, selectorText(histogram.buckets), all, at, limits);
      if (gap) return gap;
    }
    return sample ?? missing('empty', `${quoted(query)} lacks the bucket le="${bounds.hardLe}"`);
  }

  private async levelNow(
    metric: MetricSettings,
    queries: Queries,
    at: Date,
    limits: AskLimits,
  ): Promise<Sample> {
    const query = queries.query ?? queries.all ?? '';
    const answer = await this.client.instant(withInterval(query, this.settings.intervalMs), at, limits);
    const read = this.oneOf(answer);
    switch (read.kind) {
      case 'failed':
        return read.sample;
      case 'none':
        return this.whyNone(queries, query, at, limits);
      case 'several':
        return missing(
          'unreadable',
          `${quoted(query)} gives ${read.count} series: aggregate them, such as max(…), avg(…) or sum(…)`,
        );
      case 'number':
        if (!Number.isFinite(read.value)) return this.whyNaN(metric, queries, query, read.value, at, limits);
        return this.levelSample(metric, query, read.value);
      default:
        return read satisfies never;
    }
  }

  private levelSample(metric: MetricSettings, query: string, value: number): Sample {
    if (metric.kind === 'health') {
      return { kind: 'check', isWell: value > 0, detail: `${quoted(query)} is ${value}`, ms: null };
    }
    return { kind: 'value', value: metric.kind === 'latency' && metric.unit === 's' ? value * 1000 : value };
  }

  /** `[]`: is the target down, was it scraped too seldom, or does the query name nothing? */
  private async whyNone(queries: Queries, query: string, at: Date, limits: AskLimits): Promise<Sample> {
    const up = upOf(queries.up, [queries.all, queries.bad, queries.query]);
    const nothing = `${quoted(query)} gives no series`;
    if (!up) {
      return missing('empty', `${nothing}, and nothing tells whether its target is there: name it as "up"`);
    }
    const text = selectorText(up);
    const answer = await this.client.instant(text, at, limits);
    if (!answer.ok) return missing(answer.why, answer.detail);
    const running = answer.series.filter(({ points }) => points[0]?.[1] === 1).length;
    if (running === 0) {
      const of = answer.series.length;
      return missing(
        'target-down',
        of === 0
          ? `Prometheus knows no target ${text}`
          : `${of === 1 ? 'the target' : `all ${of} targets`} of ${text} ${of === 1 ? 'is' : 'are'} down`,
      );
    }
    const span = durationText(this.settings.intervalMs);
    const scrapes = await this.client.instant(`max(count_over_time(${text}[${span}]))`, at, limits);
    const count = scrapes.ok ? (scrapes.series[0]?.points[0]?.[1] ?? 0) : null;
    if (count === 0) {
      return missing(
        'too-few-scrapes',
        `${nothing}: no scrape lies in the interval; poll less often than it is scraped`,
      );
    }
    if (count === 1 && query.includes('[')) {
      return missing(
        'too-few-scrapes',
        `${nothing}: fewer than two scrapes lie in the interval; poll less often, or name the counter itself`,
      );
    }
    return missing('empty', `${nothing}, though ${text} is up: is its name right?`);
  }

  /** 0/0 is no traffic where the denominator says so. */
  private async whyNaN(
    metric: MetricSettings,
    queries: Queries,
    query: string,
    value: number,
    at: Date,
    limits: AskLimits,
  ): Promise<Sample> {
    const histogram = histogramWithin(query);
    const denominator =
      queries.query !== null && queries.all !== null
        ? queries.all
        : histogram
          ? selectorText(histogram.count)
          : null;
    const shown = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
    if (denominator === null) {
      return missing(
        'not-a-number',
        `${quoted(query)} gives ${shown}, and nothing tells whether there were requests: name them as "all"`,
      );
    }
    const answer = await this.client.instant(this.countText(denominator, queries), at, limits);
    const requests = this.sumOf(answer, denominator);
    if (requests.kind === 'failed') return requests.sample;
    if (requests.kind === 'none') return this.whyNone(queries, denominator, at, limits);
    if (requests.kind === 'number' && requests.value === 0) {
      return metric.kind === 'traffic' ? { kind: 'value', value: 0 } : { kind: 'no-traffic' };
    }
    return missing('not-a-number', `${quoted(query)} gives ${shown} though there were requests`);
  }

  /** The text that is asked for the counts of an interval. */
  private countText(query: string, queries: Queries): string {
    const count = countQueryOf(query);
    const { intervalMs } = this.settings;
    if (count.kind === 'expression') return withInterval(count.text, intervalMs);
    const up = upOf(queries.up, [query]);
    return risenBy(count.selector, intervalMs, up ? selectorText(up) : null);
  }

  private bucketText(histogram: Histogram, bounds: SlowBounds | null, queries: Queries): string {
    const up = upOf(queries.up, [selectorText(histogram.buckets)]);
    const selector: Selector = bounds
      ? withMatcher(
          histogram.buckets,
          `le=~${JSON.stringify([...new Set([bounds.softLe, bounds.hardLe, '+Inf'])].map(escaped).join('|'))}`,
        )
      : histogram.buckets;
    return risenBy(selector, this.settings.intervalMs, up ? selectorText(up) : null, 'sum by (le)');
  }

  /** Several series of counts are added. */
  private sumOf(answer: QueryAnswer, query: string): Read {
    if (!answer.ok) return { kind: 'failed', sample: missing(answer.why, answer.detail) };
    if (answer.series.length === 0) return { kind: 'none' };
    const count = countQueryOf(query);
    const factor = count.kind === 'expression' && count.isPerSecond ? this.settings.intervalMs / 1000 : 1;
    return {
      kind: 'number',
      value: answer.series.reduce((sum, { points }) => sum + (points[0]?.[1] ?? 0), 0) * factor,
    };
  }

  private oneOf(answer: QueryAnswer): Read {
    if (!answer.ok) return { kind: 'failed', sample: missing(answer.why, answer.detail) };
    const [first] = answer.series;
    if (!first) return { kind: 'none' };
    if (answer.series.length > 1) return { kind: 'several', count: answer.series.length };
    return { kind: 'number', value: first.points[0]?.[1] ?? NaN };
  }

  /** Whether what is polled is scraped often enough; null where it is, or where that is not known. */
  private async scrapeNote(
    metric: MetricSettings,
    queries: Queries,
    now: Date,
    limits: AskLimits,
  ): Promise<string | null> {
    if (!isCounted(metric, queries) && !isSlow(metric, queries)) return null;
    const up = upOf(queries.up, [queries.all, queries.bad, queries.query]);
    if (!up) return null;
    const { intervalMs } = this.settings;
    const spans = 5;
    const answer = await this.client.instant(
      `max(count_over_time(${selectorText(up)}[${Math.round(intervalMs * spans)}ms]))`,
      now,
      limits,
    );
    const scrapes = answer.ok ? answer.series[0]?.points[0]?.[1] : undefined;
    if (scrapes === undefined || scrapes >= spans - 1) return null;
    return `${selectorText(up)} is scraped ${scrapes} times in ${spans} polling intervals: set release.watch.interval to no less than the scrape interval`;
  }

  // --- before the release -------------------------------------------------------------------------------------------

  /** A query at every interval of the past, by series; asked in pieces, two at a time. */
  private async series(
    query: string,
    length: number,
    endsAt: Date,
    limits: AskLimits,
  ): Promise<{ readonly series: readonly Series[]; readonly failure: string | null }> {
    const { intervalMs } = this.settings;
    const pieces: { readonly from: number; readonly until: number }[] = [];
    for (let last = 0; last < length; last += CHUNK) {
      pieces.push({ until: last, from: Math.min(length, last + CHUNK) - 1 });
    }
    const series: Series[] = [];
    let failure: string | null = null;
    const before = (steps: number): Date => new Date(endsAt.getTime() - steps * intervalMs);
    const ask = async (piece: (typeof pieces)[number]): Promise<void> => {
      if (failure !== null) return;
      const answer = await this.client.range(
        query,
        before(piece.from),
        before(piece.until),
        intervalMs,
        limits,
      );
      if (answer.ok) series.push(...answer.series);
      else failure ??= answer.detail;
    };
    // The newest first: where a server cannot give them all, the baseline is there.
    const next = pieces[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (let piece = next.next(); !piece.done; piece = next.next()) await ask(piece.value);
    };
    await Promise.all([worker(), worker()]);
    return { series, failure };
  }

  private times(length: number, endsAt: Date): readonly number[] {
    return Array.from(
      { length },
      (_, index) => endsAt.getTime() - (length - 1 - index) * this.settings.intervalMs,
    );
  }

  private async countHistory(
    metric: MetricSettings,
    queries: Queries,
    length: number,
    endsAt: Date,
    limits: AskLimits,
  ): Promise<History> {
    const allQuery = queries.all ?? queries.bad ?? queries.query ?? '';
    const badQuery = queries.all === null ? null : queries.bad;
    const ask = (query: string): ReturnType<PrometheusSource['series']> =>
      this.series(this.countText(query, queries), length, endsAt, limits);
    const all = await ask(allQuery);
    const bad = badQuery === null ? null : await ask(badQuery);
    const failure = all.failure ?? bad?.failure ?? null;
    const times = this.times(length, endsAt);
    const factorOf = (query: string): number => {
      const count = countQueryOf(query);
      return count.kind === 'expression' && count.isPerSecond ? this.settings.intervalMs / 1000 : 1;
    };
    const alls = summed(all.series, times, factorOf(allQuery), this.settings.intervalMs);
    const bads = bad && summed(bad.series, times, factorOf(badQuery ?? ''), this.settings.intervalMs);
    const isRaw = countQueryOf(allQuery).kind === 'counters';
    const isLost = isRaw ? afterGaps(alls, this.settings.intervalMs) : alls.map(() => false);
    const samples = alls.map((total, index) => {
      if (total === null || !Number.isFinite(total) || total < 0 || isLost[index]) return null;
      // A piece that could not be had has no errors either: nothing is made of it.
      if (bad?.failure && bads?.[index] === null) return null;
      if (badQuery === null || metric.kind === 'traffic') {
        return { kind: 'value', value: Math.round(total) } as const;
      }
      return countsOf(bads?.[index] ?? 0, total);
    });
    return { samples, failure };
  }

  private async levelHistory(
    metric: MetricSettings,
    queries: Queries,
    length: number,
    endsAt: Date,
    limits: AskLimits,
  ): Promise<History> {
    const query = queries.query ?? queries.all ?? '';
    const { series, failure } = await this.series(
      withInterval(query, this.settings.intervalMs),
      length,
      endsAt,
      limits,
    );
    const kinds = new Set(series.map(({ labels }) => JSON.stringify(Object.entries(labels).sort())));
    if (kinds.size > 1) {
      return {
        samples: [],
        failure: `${quoted(query)} gives ${kinds.size} series: aggregate them, such as max(…), avg(…) or sum(…)`,
      };
    }
    const values = summed(series, this.times(length, endsAt), 1, this.settings.intervalMs);
    return {
      samples: values.map((value) =>
        value === null || !Number.isFinite(value) ? null : this.levelSample(metric, query, value),
      ),
      failure,
    };
  }

  private async slowBounds(
    metric: MetricSettings,
    queries: Queries,
    endsAt: Date,
    limits: AskLimits,
  ): Promise<
    | { readonly ok: true; readonly bounds: SlowBounds; readonly histogram: Histogram }
    | { readonly ok: false; readonly isFinal: boolean; readonly detail: string }
  > {
    const query = queries.all ?? queries.query ?? '';
    const histogram = histogramOf(query, metric.unit);
    if (!histogram) {
      return {
        ok: false,
        isFinal: true,
        detail: `${quoted(query)} names no histogram: write NAME_bucket{…}`,
      };
    }
    const lengths = baselineLengths(this.settings.baselineMinutes);
    const length = lengths.at(-1) ?? 1;
    const asked = await this.series(this.bucketText(histogram, null, queries), length, endsAt, limits);
    if (asked.failure !== null && asked.series.length === 0) {
      return { ok: false, isFinal: false, detail: asked.failure };
    }
    const times = this.times(length, endsAt);
    const risen = new Map<string, readonly (number | null)[]>();
    for (const le of new Set(asked.series.map(({ labels }) => labels['le'] ?? ''))) {
      if (le === '') continue;
      const own = asked.series.filter(({ labels }) => labels['le'] === le);
      risen.set(le, summed(own, times, 1, this.settings.intervalMs));
    }
    const total = risen.get('+Inf');
    if (!total) return { ok: false, isFinal: false, detail: `${quoted(query)} gives no buckets` };
    const isLost = afterGaps(total, this.settings.intervalMs);
    const sumOf = (values: readonly (number | null)[], last: number): number =>
      values.reduce<number>(
        (sum, value, index) => (index >= length - last && !isLost[index] ? sum + (value ?? 0) : sum),
        0,
      );
    const last = lengths.find((each) => sumOf(total, each) >= WANTED_REQUESTS) ?? length;
    const requests = sumOf(total, last);
    if (requests === 0) {
      return {
        ok: false,
        isFinal: false,
        detail: `${quoted(query)} counts no requests in ${last} intervals`,
      };
    }
    const buckets = [...risen]
      .map(([le, values]) => ({
        le,
        bound: le === '+Inf' ? Infinity : Number(le),
        count: sumOf(values, last),
      }))
      .filter(({ bound }) => !Number.isNaN(bound))
      .sort((a, b) => a.bound - b.bound);
    const { quantile, hard, soft } = multiplesOf(metric, this.settings);
    const baseline = quantileOf(buckets, quantile);
    const boundOver = (times: number): (typeof buckets)[number] | undefined =>
      buckets.find(({ bound }) => Number.isFinite(bound) && bound >= baseline * times);
    const [hardBucket, softBucket] = [boundOver(hard), boundOver(soft)];
    const ms = (value: number): number => Number((value * histogram.unitMs).toPrecision(6));
    if (!hardBucket || !softBucket) {
      const largest = buckets.findLast(({ bound }) => Number.isFinite(bound));
      return {
        ok: false,
        isFinal: true,
        detail: `cannot judge: ${hard} times the baseline’s p${Number((quantile * 100).toPrecision(4))} of ${ms(baseline)} ms is ${ms(baseline * hard)} ms, above the last bucket of ${quoted(query)} (${largest ? `${ms(largest.bound)} ms` : 'it has none'}): add a bucket above it`,
      };
    }
    return {
      ok: true,
      histogram,
      bounds: {
        baselineMs: ms(baseline),
        hardLe: hardBucket.le,
        hardMs: ms(hardBucket.bound),
        softLe: softBucket.le,
        softMs: ms(softBucket.bound),
      },
    };
  }

  private async slowHistory(
    histogram: Histogram,
    bounds: SlowBounds,
    queries: Queries,
    length: number,
    endsAt: Date,
    limits: AskLimits,
  ): Promise<History> {
    const { series, failure } = await this.series(
      this.bucketText(histogram, bounds, queries),
      length,
      endsAt,
      limits,
    );
    return {
      samples: slowSamples(series, this.times(length, endsAt), bounds, this.settings.intervalMs),
      failure,
    };
  }
}

interface History {
  readonly samples: readonly (Sample | null)[];
  readonly failure: string | null;
}

/** The settings of a metric that Prometheus has. */
function queriesOf({ source }: MetricSettings): Queries {
  if (source.from !== 'prometheus') throw new Error(`a ${source.from} is no query`);
  return source;
}

/** Whether slow requests are taken from a histogram, rather than counted by two queries of the configuration. */
const isSlow = (metric: MetricSettings, queries: Queries): boolean =>
  metric.kind === 'slow-requests' && queries.bad === null;

/** Whether a metric is what counters rose by. */
function isCounted(metric: MetricSettings, { bad, all, query }: Queries): boolean {
  switch (metric.kind) {
    case 'errors':
    case 'slow-requests':
    case 'count':
      return true;
    case 'traffic':
      return all !== null || (query !== null && countQueryOf(query).kind === 'counters');
    case 'own':
      return query === null && (bad !== null || all !== null);
    case 'latency':
    case 'saturation':
    case 'health':
      return false;
    default:
      return metric.kind satisfies never;
  }
}

/** What the configuration does not say; null where it says enough. */
function whatIsLacking(metric: MetricSettings, { bad, all, query }: Queries): string | null {
  const named = `metric "${metric.name}" of release.watch`;
  switch (metric.kind) {
    case 'errors':
      return bad !== null && all !== null
        ? null
        : `the ${named} names no ${bad === null ? 'failed requests ("bad")' : 'requests ("all")'}: both are counted`;
    case 'slow-requests':
      return all !== null || (query !== null && bad === null)
        ? null
        : `the ${named} names no histogram: write "all: NAME_bucket{…}"`;
    case 'traffic':
    case 'own':
      return all !== null || query !== null || (metric.kind === 'own' && bad !== null)
        ? null
        : `the ${named} has no query: write "all" or "query"`;
    case 'count':
      return bad !== null || all !== null || query !== null
        ? null
        : `the ${named} has no query: write "bad" or "query"`;
    case 'latency':
    case 'saturation':
    case 'health':
      return query !== null ? null : `the ${named} has no query: write "query"`;
    default:
      return metric.kind satisfies never;
  }
}

/** The values of all series at each time, added; null where no series has one. */
function summed(
  series: readonly Series[],
  times: readonly number[],
  factor: number,
  intervalMs: number,
): readonly (number | null)[] {
  const first = times[0] ?? 0;
  const values: (number | null)[] = times.map(() => null);
  for (const { points } of series) {
    for (const [time, value] of points) {
      const index = Math.round((time * 1000 - first) / intervalMs);
      if (index >= 0 && index < values.length) values[index] = (values[index] ?? 0) + value * factor;
    }
  }
  return values;
}

/**
 * Which counts may be of more than their interval: the first, and the first after nothing was scraped for longer than a
 * counter is remembered, since a counter that appears then counts from its beginning.
 */
function afterGaps(values: readonly (number | null)[], intervalMs: number): readonly boolean[] {
  const memory = Math.ceil(memoryMs(intervalMs) / intervalMs);
  let silent = memory;
  return values.map((value) => {
    if (value === null) {
      silent += 1;
      return false;
    }
    const isLost = silent >= memory;
    silent = 0;
    return isLost;
  });
}

/** Requests over the bounds, from what the buckets rose by; null where a bucket is not there. */
function slowSample(all: number | null, within: number | null, softly: number | null): Sample | null {
  if (all === null || within === null || softly === null) return null;
  return countsOf(Math.max(0, all - within), all, Math.max(0, all - softly));
}

/** The same at each time. */
function slowSamples(
  series: readonly Series[],
  times: readonly number[],
  bounds: SlowBounds,
  intervalMs: number,
): readonly (Sample | null)[] {
  const of = (le: string): readonly (number | null)[] =>
    summed(
      series.filter(({ labels }) => labels['le'] === le),
      times,
      1,
      intervalMs,
    );
  const [all, within, softly] = [of('+Inf'), of(bounds.hardLe), of(bounds.softLe)];
  const isLost = afterGaps(all, intervalMs);
  return all.map((total, index) =>
    isLost[index] ? null : slowSample(total, within[index] ?? null, softly[index] ?? null),
  );
}

/** As Prometheus' `histogram_quantile`: linear within the bucket; the last finite bound where it lies above it. */
function quantileOf(
  buckets: readonly { readonly bound: number; readonly count: number }[],
  quantile: number,
): number {
  const total = buckets.at(-1)?.count ?? 0;
  const rank = quantile * total;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const bucket = buckets[index];
  const before = index > 0 ? buckets[index - 1] : undefined;
  if (!bucket) return NaN;
  if (!Number.isFinite(bucket.bound)) return before?.bound ?? NaN;
  const [low, lowCount] = [before?.bound ?? 0, before?.count ?? 0];
  return bucket.count === lowCount
    ? bucket.bound
    : low + (bucket.bound - low) * ((rank - lowCount) / (bucket.count - lowCount));
}

const escaped = (text: string): string => text.replace(/[.+*?()[\]{}|^$\\]/g, '\\$&');

const quoted = (query: string | null): string => {
  const text = (query ?? '').replace(/\s+/g, ' ').trim();
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
};

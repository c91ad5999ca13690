import { askHttp, jsonOf, type HttpAnswer } from '../../http';
import { at, isRecord, listAt, textAt } from '../../json';
import type { MissingReason } from '../../../core/release/watch/samples';

/** One series of an answer. Values are as they stand there: `NaN` and infinity too. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970 and the value, oldest first; one point for an instant query. */
  readonly points: readonly (readonly [time: number, value: number])[];
}

/** What a query gave, or why it gave nothing; `detail` is a clause without full stop that names the server. */
export type QueryAnswer =
  | { readonly ok: true; readonly series: readonly Series[] }
  | { readonly ok: false; readonly why: MissingReason; readonly detail: string };

/** Limits of what is under way: the person's signal, and the time that all requests of a poll share. */
export interface AskLimits {
  readonly signal?: AbortSignal | undefined;
  readonly deadline?: AbortSignal | undefined;
}

/** Prometheus' HTTP API. Calls reject for their signal alone; no header and no credential is in any text. */
export interface PrometheusClient {
  /** Host and port, for people. */
  readonly name: string;
  instant(query: string, time: Date, limits?: AskLimits): Promise<QueryAnswer>;
  range(query: string, from: Date, until: Date, stepMs: number, limits?: AskLimits): Promise<QueryAnswer>;
  /** The clock of the server less ours in milliseconds, to a second; null until it answered, and where it tells none. */
  clockDifferenceMs(): number | null;
}

export interface PrometheusClientOptions {
  readonly url: string;
  /** Name of the environment variable whose lines `Name: value` are sent along. */
  readonly headersFrom: string | null;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** For one request. */
  readonly timeoutMs: number;
  readonly now: () => Date;
}

const MAX_BYTES = 16 * 1024 * 1024;

/** A longer query is sent as a form: servers and proxies bound the length of an address. */
const MAX_QUERY_IN_ADDRESS = 4000;

/** What later versions say of a query rather than of lost data. https://github.com/prometheus/prometheus/blob/main/util/annotations */
const ANNOTATION = /^PromQL (?:info|warning)\b/;

/** A client, or the sentence that says why there is none. */
export function openPrometheus(
  options: PrometheusClientOptions,
):
  { readonly ok: true; readonly client: PrometheusClient } | { readonly ok: false; readonly detail: string } {
  if (!URL.canParse(options.url)) {
    return { ok: false, detail: 'release.watch.prometheus.url is no address: write https://host[:port]' };
  }
  const base = new URL(options.url);
  if (base.protocol !== 'https:' && base.protocol !== 'http:') {
    return {
      ok: false,
      detail: `release.watch.prometheus.url begins with ${base.protocol}//: write https:// or http://`,
    };
  }
  if (base.username || base.password) {
    return {
      ok: false,
      detail: `the address of ${base.host} holds a user or a password: put the line "Authorization: …" into an environment variable and name it in release.watch.prometheus.headersFrom`,
    };
  }
  const headers = headersOf(options);
  if (!headers.ok) return headers;
  return { ok: true, client: createClient(base, headers.headers, options) };
}

/** The same client, which asks a query once for each moment: metrics of one poll share their denominators. */
export function askingOnce(client: PrometheusClient): PrometheusClient {
  let at = NaN;
  let answers = new Map<string, Promise<QueryAnswer>>();
  return {
    ...client,
    instant: (query, time, limits) => {
      if (time.getTime() !== at) {
        at = time.getTime();
        answers = new Map();
      }
      const known = answers.get(query);
      if (known) return known;
      const answer = client.instant(query, time, limits);
      answers.set(query, answer);
      return answer;
    },
  };
}

function headersOf({
  headersFrom,
  environmentVariables,
}: PrometheusClientOptions):
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly detail: string } {
  if (headersFrom === null) return { ok: true, headers: {} };
  const text = environmentVariables[headersFrom]?.trim();
  if (!text) {
    return {
      ok: false,
      detail: `the environment variable ${headersFrom} is empty: set it to the headers that Prometheus asks for, such as a line "Authorization: Bearer …"`,
    };
  }
  const headers: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(\S.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined || /[^\t\x20-\x7e]/.test(value)) {
      return {
        ok: false,
        detail: `the environment variable ${headersFrom} holds a line that is no header: write "Name: value", one a line`,
      };
    }
    headers[name] = value;
  }
  return { ok: true, headers };
}

function createClient(
  base: URL,
  headers: Readonly<Record<string, string>>,
  { timeoutMs, now }: PrometheusClientOptions,
): PrometheusClient {
  let clockDifferenceMs: number | null = null;
  const ask = async (
    path: 'query' | 'query_range',
    parameters: Readonly<Record<string, string>>,
    { signal, deadline }: AskLimits,
  ): Promise<QueryAnswer> => {
    const url = new URL(base);
    url.hash = '';
    url.pathname = `${base.pathname.replace(/\/+$/, '')}/api/v1/${path}`;
    const form = new URLSearchParams(parameters);
    const isLong = form.toString().length > MAX_QUERY_IN_ADDRESS;
    if (!isLong) for (const [name, value] of form) url.searchParams.set(name, value);
    const answer = await askHttp(url, {
      method: isLong ? 'POST' : 'GET',
      headers: {
        accept: 'application/json',
        ...(isLong ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
      ...(isLong ? { body: form.toString() } : {}),
      maxBytes: MAX_BYTES,
      timeoutMs,
      // A redirect leads to a page for signing in: what is behind it is no answer.
      maxRedirects: 0,
      isPlainMeant: true,
      signal,
      deadline,
    });
    const date = answer.ok ? Date.parse(answer.headers.get('date') ?? '') : NaN;
    // The header has whole seconds: half of one is what it is wrong by on average.
    if (!Number.isNaN(date)) clockDifferenceMs = date + 500 - now().getTime();
    return queryAnswerOf(base.host, answer);
  };
  return {
    name: base.host,
    instant: (query, time, limits = {}) => ask('query', { query, time: secondsOf(time) }, limits),
    range: (query, from, until, stepMs, limits = {}) =>
      ask(
        'query_range',
        { query, start: secondsOf(from), end: secondsOf(until), step: String(stepMs / 1000) },
        limits,
      ),
    clockDifferenceMs: () => clockDifferenceMs,
  };
}

const secondsOf = (time: Date): string => (time.getTime() / 1000).toFixed(3);

/** What a server's answer says; exported for its test. */
export function queryAnswerOf(host: string, answer: HttpAnswer): QueryAnswer {
  if (!answer.ok) return { ok: false, why: 'unreachable', detail: `${host} ${answer.detail}` };
  const body = jsonOf(answer.body);
  const error = textAt(body, 'error');
  if (error !== null) {
    const type = textAt(body, 'errorType');
    const why = type === 'bad_data' || type === 'execution' ? 'unreadable' : 'unreachable';
    return { ok: false, why, detail: `${host} says: ${oneLine(error)}` };
  }
  if (answer.status >= 300 && answer.status < 400) {
    const location = answer.headers.get('location') ?? '';
    const where = URL.canParse(location, answer.url.href) ? new URL(location, answer.url).host : 'elsewhere';
    return {
      ok: false,
      why: 'unreachable',
      detail: `${host} redirects to ${where}: name the address of its API, and what it asks to sign in with (headersFrom)`,
    };
  }
  if (answer.status === 401 || answer.status === 403) {
    return {
      ok: false,
      why: 'unreachable',
      detail: `${host} refuses with status ${answer.status}: name an environment variable with its headers in release.watch.prometheus.headersFrom`,
    };
  }
  if (answer.status !== 200) {
    return { ok: false, why: 'unreachable', detail: `${host} answers with status ${answer.status}` };
  }
  const type = textAt(body, 'data', 'resultType');
  const unreadable = (detail: string): QueryAnswer => ({ ok: false, why: 'unreadable', detail });
  if (textAt(body, 'status') !== 'success' || type === null) {
    return unreadable(`${host} answers with something other than Prometheus’ JSON`);
  }
  const lost = listAt(body, 'warnings').find(
    (warning): warning is string => typeof warning === 'string' && !ANNOTATION.test(warning),
  );
  // Counts of a part would look like a fall of traffic.
  if (lost !== undefined) return unreadable(`${host} answers in part: ${oneLine(lost)}`);
  if (type === 'scalar') {
    const point = pointOf(at(body, 'data', 'result'));
    return point
      ? { ok: true, series: [{ labels: {}, points: [point] }] }
      : unreadable(`${host} gives a scalar that is no number`);
  }
  if (type !== 'vector' && type !== 'matrix') {
    return unreadable(`${host} gives a ${type}, where numbers were asked for`);
  }
  const result = at(body, 'data', 'result');
  if (!Array.isArray(result)) return unreadable(`${host} answers with something other than Prometheus’ JSON`);
  const series: Series[] = [];
  for (const entry of result as readonly unknown[]) {
    const read = seriesOf(entry, type);
    if (!read) return unreadable(`${host} gives a series that has no numbers`);
    series.push(read);
  }
  return { ok: true, series };
}

function seriesOf(entry: unknown, type: 'vector' | 'matrix'): Series | null {
  const metric = at(entry, 'metric');
  if (!isRecord(metric)) return null;
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(metric)) {
    if (typeof value !== 'string') return null;
    labels[name] = value;
  }
  const points: (readonly [number, number])[] = [];
  for (const raw of type === 'vector' ? [at(entry, 'value')] : listAt(entry, 'values')) {
    const point = pointOf(raw);
    if (!point) return null;
    points.push(point);
  }
  return { labels, points };
}

function pointOf(raw: unknown): readonly [number, number] | null {
  if (!Array.isArray(raw)) return null;
  const [time, text] = raw as readonly unknown[];
  if (typeof time !== 'number' || typeof text !== 'string') return null;
  const value = valueOf(text);
  return value === null ? null : [time, value];
}

/** As Go prints numbers. */
function valueOf(text: string): number | null {
  switch (text) {
    case 'NaN':
      return NaN;
    case '+Inf':
    case 'Inf':
      return Infinity;
    case '-Inf':
      return -Infinity;
    default:
      return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
  }
}

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
};

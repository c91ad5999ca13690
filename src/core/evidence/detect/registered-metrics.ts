import { lineIndex } from '../../text/position';
import { fileSource, type Source } from '../fact';
import type { Reading } from './reading';

export type RegisteredKind = 'counter' | 'gauge' | 'histogram' | 'summary';

/** A metric that code of the repository registers, by the name under which Prometheus scrapes it. */
export interface RegisteredMetric {
  /** Of a histogram without `_bucket`. */
  readonly name: string;
  readonly kind: RegisteredKind;
  /** The labels that the code gives it; empty where it gives none, or they are worked out. */
  readonly labels: readonly string[];
  /** What the code says that it is; '' for nothing. */
  readonly help: string;
  /** The library by which it is registered, for people. */
  readonly library: string;
  /** Whether the name is worked out by the rules of the library rather than written so. */
  readonly isDerived: boolean;
  readonly source: Source;
}

/** More files are not looked through. */
const MAX_FILES = 2_000;

const CODE = /\.(?:[cm]?[jt]sx?|py|go|java|kt)$/;
const TESTS =
  /(?:^|\/)(?:tests?|__tests__|spec|e2e)\/|[._-](?:test|spec)\.\w+$|_test\.(?:go|py)$|(?:^|\/)test_\w+\.py$/;
const NAME = /^[A-Za-z_:][\w:]*$/;

/** Reads the metrics that code registers: prom-client, prometheus_client, client_golang, Micrometer, OpenTelemetry. */
export async function readRegisteredMetrics(reading: Reading): Promise<readonly RegisteredMetric[]> {
  const found: RegisteredMetric[] = [];
  const paths = reading.paths.filter((path) => CODE.test(path) && !TESTS.test(path));
  for (const path of paths.slice(0, MAX_FILES)) {
    const text = await reading.text(path);
    if (text !== null) found.push(...registeredIn(path, text));
  }
  const known = new Set<string>();
  return found.filter(({ name }) => !known.has(name) && known.add(name));
}

/** The metrics that one file registers, in its order. */
export function registeredIn(path: string, text: string): readonly RegisteredMetric[] {
  const readers = READERS.filter((each) => each.files.test(path) && each.library.test(text));
  if (readers.length === 0) return [];
  const lines = lineIndex(text);
  const code = withoutComments(text, commentOf(path));
  const found: RegisteredMetric[] = [];
  for (const reader of readers) {
    for (const match of code.matchAll(reader.call)) {
      const open = match.index + match[0].length;
      const inside = code.slice(open, closing(code, open));
      const metric = reader.read(match, inside, code);
      if (!metric || !NAME.test(metric.name)) continue;
      found.push({
        ...metric,
        library: reader.called,
        source: fileSource(path, lines.rangeOf({ start: match.index, end: open })),
      });
    }
  }
  return found;
}

type Read = Omit<RegisteredMetric, 'library' | 'source'>;

interface LibraryReader {
  readonly called: string;
  readonly files: RegExp;
  /** What a file that uses it holds. */
  readonly library: RegExp;
  /** The call up to its opening bracket. */
  readonly call: RegExp;
  read(match: RegExpExecArray, inside: string, code: string): Read | null;
}

const SCRIPT = /\.[cm]?[jt]sx?$/;

/** The process's own metrics that each client's default collection gives, as its documentation lists them. */
const PROCESS: readonly (readonly [string, RegisteredKind, string])[] = [
  ['process_cpu_seconds_total', 'counter', 'CPU time of the process in seconds'],
  ['process_resident_memory_bytes', 'gauge', 'memory of the process in bytes'],
];

const READERS: readonly LibraryReader[] = [
  {
    called: 'prom-client',
    files: SCRIPT,
    library: /['"]prom-client['"]/,
    call: /\bnew\s+(?:\w+\.)?(Counter|Gauge|Histogram|Summary)\s*(?:<[^>()]*>)?\s*\(/g,
    read: ([, kind = ''], inside) => {
      const name = /\bname\s*:\s*(['"`])([^'"`$]+)\1/.exec(inside)?.[2];
      if (name === undefined) return null;
      return {
        name,
        kind: kind.toLowerCase() as RegisteredKind,
        labels: textsIn(/\blabelNames\s*:\s*\[([^\]]*)\]/.exec(inside)?.[1] ?? ''),
        help: /\bhelp\s*:\s*(['"`])((?:(?!\1).)*)\1/.exec(inside)?.[2] ?? '',
        isDerived: false,
      };
    },
  },
  {
    called: 'OpenTelemetry',
    files: /\.(?:[cm]?[jt]sx?|py)$/,
    library: /@opentelemetry\/api|\bopentelemetry\b/,
    call: /\.(?:create_?(observable_?|up_?down_?)?(counter|gauge|histogram))\s*(?:<[^>()]*>)?\s*\(/gi,
    read: ([, prefix = '', kind = ''], inside) => {
      const name = /^\s*(?:name\s*=\s*)?(['"`])([^'"`$]+)\1/.exec(inside)?.[2];
      if (name === undefined) return null;
      const unit = /\bunit\s*[:=]\s*(['"`])([^'"`]*)\1/.exec(inside)?.[2] ?? '';
      const help = /\bdescription\s*[:=]\s*(['"`])((?:(?!\1).)*)\1/.exec(inside)?.[2] ?? '';
      const isCounter = kind.toLowerCase() === 'counter' && !/up/i.test(prefix);
      return {
        name: openTelemetryName(name, unit, isCounter),
        kind: isCounter ? 'counter' : kind.toLowerCase() === 'histogram' ? 'histogram' : 'gauge',
        labels: [],
        help,
        isDerived: true,
      };
    },
  },
  {
    called: 'prometheus_client',
    files: /\.py$/,
    library: /\bprometheus_client\b/,
    call: /(?<![\w.])(?:prometheus_client\.|prom\.|metrics\.)?(Counter|Gauge|Histogram|Summary)\s*\(/g,
    read: ([, kind = ''], inside) => {
      const [first, second] = callTexts(inside);
      if (first === undefined) return null;
      const part = (key: string): string =>
        new RegExp(String.raw`\b${key}\s*=\s*(['"])([^'"]*)\1`).exec(inside)?.[2] ?? '';
      const base = [part('namespace'), part('subsystem'), first].filter(Boolean).join('_');
      const isCounter = kind === 'Counter';
      return {
        // The client adds the ending where it is missing: "Metric and label naming" of its documentation.
        name: isCounter && !base.endsWith('_total') ? `${base}_total` : base,
        kind: kind.toLowerCase() as RegisteredKind,
        labels: textsIn(
          /(?:\blabelnames\s*=\s*)?[[(]((?:\s*['"][^'"]*['"]\s*,?)+)[\])]/.exec(inside)?.[1] ?? '',
        ),
        help: second ?? part('documentation'),
        isDerived: isCounter && !base.endsWith('_total'),
      };
    },
  },
  {
    called: 'client_golang',
    files: /\.go$/,
    library: /github\.com\/prometheus\/client_golang/,
    call: /\bNew(Counter|Gauge|Histogram|Summary)(?:Vec|Func)?\s*\(/g,
    read: ([, kind = ''], inside, code) => {
      const part = (key: string): string | null => {
        const said = new RegExp(String.raw`\b${key}\s*:\s*(?:"([^"]*)"|(\w+))`).exec(inside);
        if (!said) return '';
        const [, text, constant] = said;
        return (
          text ?? new RegExp(String.raw`\b${constant}\s*(?:string\s*)?=\s*"([^"]*)"`).exec(code)?.[1] ?? null
        );
      };
      const parts = ['Namespace', 'Subsystem', 'Name'].map(part);
      const name = parts[2];
      // A part that is computed elsewhere makes another name.
      if (!name || parts.includes(null)) return null;
      return {
        name: parts.filter(Boolean).join('_'),
        kind: kind.toLowerCase() as RegisteredKind,
        labels: textsIn(/\[\]string\s*\{([^}]*)\}/.exec(inside)?.[1] ?? ''),
        help: part('Help') ?? '',
        isDerived: parts.filter(Boolean).length > 1,
      };
    },
  },
  {
    called: 'Micrometer',
    files: /\.(?:java|kt)$/,
    library: /\bio\.micrometer\b/,
    call: /\b(?:(Counter|Gauge|Timer|DistributionSummary)\s*\.\s*builder|(?:registry|meterRegistry|metrics|Metrics)\s*\.\s*(counter|gauge|timer|summary))\s*\(/gi,
    read: ([, builder, method], inside, code) => {
      const name = /^\s*"([^"$]+)"/.exec(inside)?.[1];
      if (name === undefined) return null;
      const kind = (builder ?? method ?? '').toLowerCase();
      const base = name.replace(/[^\w:]+/g, '_');
      const hasBuckets = code.includes('publishPercentileHistogram');
      switch (kind) {
        // As its PrometheusNamingConvention names them.
        case 'counter':
          return micrometer(base.endsWith('_total') ? base : `${base}_total`, 'counter');
        case 'timer':
          return micrometer(
            base.endsWith('_seconds') ? base : `${base}_seconds`,
            hasBuckets ? 'histogram' : 'summary',
          );
        case 'gauge':
          return micrometer(base, 'gauge');
        default:
          return micrometer(base, hasBuckets ? 'histogram' : 'summary');
      }
    },
  },
];

function micrometer(name: string, kind: RegisteredKind): Read {
  return { name, kind, labels: [], help: '', isDerived: true };
}

/** What calls that collect a process's own numbers give, by the library's documentation. */
const DEFAULTS: readonly { readonly called: string; readonly files: RegExp; readonly call: RegExp }[] = [
  { called: 'prom-client', files: SCRIPT, call: /\bcollectDefaultMetrics\s*\(/g },
  { called: 'client_golang', files: /\.go$/, call: /\bpromhttp\.Handler\s*\(/g },
  {
    called: 'prometheus_client',
    files: /\.py$/,
    call: /\b(?:start_http_server|make_(?:asgi|wsgi)_app|generate_latest)\s*\(/g,
  },
];

/** The metrics of the process itself, where code of the repository collects them. */
export async function readProcessMetrics(reading: Reading): Promise<readonly RegisteredMetric[]> {
  for (const path of reading.paths
    .filter((each) => CODE.test(each) && !TESTS.test(each))
    .slice(0, MAX_FILES)) {
    const text = await reading.text(path);
    if (text === null) continue;
    for (const { called, files, call } of DEFAULTS) {
      if (!files.test(path) || !/prom-client|prometheus/.test(text)) continue;
      const code = withoutComments(text, commentOf(path));
      const [match] = code.matchAll(call);
      if (!match) continue;
      const range = lineIndex(text).rangeOf({ start: match.index, end: match.index + match[0].length });
      return PROCESS.map(([name, kind, help]) => ({
        name,
        kind,
        labels: [],
        help,
        library: called,
        isDerived: true,
        source: fileSource(path, range),
      }));
    }
  }
  return [];
}

function commentOf(path: string): 'slashes' | 'hash' {
  return path.endsWith('.py') ? 'hash' : 'slashes';
}

/** Texts of a list: `'method', "route"`. */
function textsIn(list: string): readonly string[] {
  return [...list.matchAll(/(['"`])([A-Za-z_]\w*)\1/g)].map(([, , text = '']) => text);
}

/** The first two arguments of a call of Python, where they are texts. */
function callTexts(inside: string): readonly (string | undefined)[] {
  const first = /^\s*(?:name\s*=\s*)?(['"])([^'"]*)\1\s*,?/.exec(inside);
  if (!first) return [];
  const second = /^\s*(?:documentation\s*=\s*)?(?:f|r)?(['"])([^'"]*)\1/.exec(inside.slice(first[0].length));
  return [first[2], second?.[2]];
}

/**
 * The name that Prometheus sees, by the specification's rules for it.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1
 */
function openTelemetryName(name: string, unit: string, isCounter: boolean): string {
  const units: Readonly<Record<string, string>> = {
    s: 'seconds',
    ms: 'milliseconds',
    By: 'bytes',
    '1': isCounter ? '' : 'ratio',
    '%': 'percent',
  };
  const word = /^\{.*\}$/.test(unit) ? '' : (units[unit] ?? unit.replace(/\W+/g, '_'));
  let whole = name.replace(/[^\w:]+/g, '_').replace(/_+/g, '_');
  if (isCounter) whole = whole.replace(/_total$/, '');
  if (word !== '' && !whole.endsWith(`_${word}`)) whole = `${whole}_${word}`;
  return isCounter ? `${whole}_total` : whole;
}

/** The same text with comments as spaces, so that places stay; texts are left as they are. */
function withoutComments(text: string, comment: 'slashes' | 'hash'): string {
  const pattern =
    comment === 'hash'
      ? /("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|#[^\n]*/g
      : /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(pattern, (whole: string, kept: string | undefined) =>
    kept === undefined ? whole.replace(/[^\n]/g, ' ') : kept,
  );
}

/** Where the bracket that was opened before `from` is closed; a bounded way on where it never is. */
function closing(code: string, from: number): number {
  const end = Math.min(code.length, from + 4_000);
  let depth = 1;
  let quote = '';
  for (let at = from; at < end; at++) {
    const character = code[at] ?? '';
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'" || character === '`') quote = character;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return at;
  }
  return end;
}

/**
 * As much of PromQL as the tests ask, over samples that are given: what Prometheus 2.42 answers to the same
 * (`test/adapters/release/metrics/real-prometheus.test.ts` holds the two side by side where one is installed).
 */

export type Labels = Readonly<Record<string, string>>;

/** A series as it was scraped; `null` is a stale marker. Times are milliseconds. */
export interface StoredSeries {
  readonly labels: Labels;
  readonly samples: { readonly time: number; readonly value: number | null }[];
}

export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | {
      readonly type: 'vector';
      readonly series: readonly { readonly labels: Labels; readonly value: number }[];
    }
  | {
      readonly type: 'matrix';
      readonly series: readonly {
        readonly labels: Labels;
        readonly points: readonly { readonly time: number; readonly value: number }[];
      }[];
      readonly range: number;
      readonly end: number;
    };

export class PromqlError extends Error {}

type Vector = Extract<Value, { type: 'vector' }>;
type Matrix = Extract<Value, { type: 'matrix' }>;

const LOOKBACK = 5 * 60_000;

type Node =
  | { readonly node: 'number'; readonly value: number }
  | {
      readonly node: 'selector';
      readonly matchers: readonly {
        readonly label: string;
        readonly operator: string;
        readonly value: string;
      }[];
      readonly range: number | null;
      readonly offset: number;
    }
  | { readonly node: 'call'; readonly name: string; readonly arguments: readonly Node[] }
  | {
      readonly node: 'aggregate';
      readonly name: string;
      readonly by: readonly string[] | null;
      readonly without: readonly string[] | null;
      readonly of: Node;
    }
  | {
      readonly node: 'binary';
      readonly operator: string;
      readonly on: readonly string[] | null;
      readonly ignoring: readonly string[] | null;
      readonly left: Node;
      readonly right: Node;
    };

const TOKEN =
  /\s*(?:((?:\d+(?:ms|[smhdwy]))+)(?![\w.])|(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)|([a-zA-Z_:][\w:]*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(=~|!~|!=|==|>=|<=|[-+*/%(){}[\],=<>]))/iy;

interface Token {
  readonly kind: 'duration' | 'number' | 'word' | 'string' | 'sign';
  readonly text: string;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  let end = 0;
  while (text.slice(end).trim() !== '') {
    pattern.lastIndex = end;
    const match = pattern.exec(text);
    if (!match) throw new PromqlError(`1:${end + 1}: parse error: unexpected character`);
    end = pattern.lastIndex;
    const kinds = ['duration', 'number', 'word', 'string', 'sign'] as const;
    const index = kinds.findIndex((_, each) => match[each + 1] !== undefined);
    tokens.push({ kind: kinds[index] ?? 'sign', text: match[index + 1] ?? '' });
  }
  return tokens;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

const durationMs = (text: string): number =>
  [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0),
    0,
  );

const AGGREGATES = new Set(['sum', 'max', 'min', 'avg', 'count']);
const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '>=', '<=', '>', '<'],
  ['+', '-'],
  ['*', '/', '%'],
];

class Parser {
  private index = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Node {
    const node = this.level(0);
    if (this.index < this.tokens.length) this.fail();
    return node;
  }

  private fail(): never {
    const token = this.tokens[this.index];
    throw new PromqlError(
      `1:${this.index + 1}: parse error: unexpected ${token ? `"${token.text}"` : 'end of input'}`,
    );
  }

  private peek(text: string): boolean {
    return this.tokens[this.index]?.text === text && this.tokens[this.index]?.kind !== 'string';
  }

  private eat(text: string): void {
    if (!this.peek(text)) this.fail();
    this.index += 1;
  }

  private take(kind: Token['kind']): string {
    const token = this.tokens[this.index];
    if (token?.kind !== kind) this.fail();
    this.index += 1;
    return token.text;
  }

  private level(at: number): Node {
    const operators = LEVELS[at];
    if (!operators) return this.primary();
    let left = this.level(at + 1);
    for (;;) {
      const operator = operators.find((each) => this.peek(each));
      if (operator === undefined) return left;
      this.index += 1;
      let [on, ignoring]: [readonly string[] | null, readonly string[] | null] = [null, null];
      if (this.peek('on')) on = this.labelsAfter();
      else if (this.peek('ignoring')) ignoring = this.labelsAfter();
      left = { node: 'binary', operator, on, ignoring, left, right: this.level(at + 1) };
    }
  }

  private labelsAfter(): readonly string[] {
    this.index += 1;
    this.eat('(');
    const labels: string[] = [];
    while (!this.peek(')')) {
      labels.push(this.take('word'));
      if (this.peek(',')) this.index += 1;
    }
    this.eat(')');
    return labels;
  }

  private primary(): Node {
    const token = this.tokens[this.index];
    if (!token) this.fail();
    if (token.kind === 'number') {
      this.index += 1;
      return { node: 'number', value: Number(token.text) };
    }
    if (this.peek('(')) {
      this.eat('(');
      const inner = this.level(0);
      this.eat(')');
      return inner;
    }
    if (token.kind === 'word' && AGGREGATES.has(token.text)) return this.aggregate();
    if (token.kind === 'word' && this.tokens[this.index + 1]?.text === '(') {
      this.index += 2;
      const given: Node[] = [];
      while (!this.peek(')')) {
        given.push(this.level(0));
        if (!this.peek(')')) this.eat(',');
      }
      this.eat(')');
      return { node: 'call', name: token.text, arguments: given };
    }
    return this.selector();
  }

  private aggregate(): Node {
    const name = this.take('word');
    let [by, without]: [readonly string[] | null, readonly string[] | null] = [null, null];
    const clause = (): void => {
      if (this.peek('by')) by = this.labelsAfter();
      else if (this.peek('without')) without = this.labelsAfter();
    };
    clause();
    this.eat('(');
    const of = this.level(0);
    this.eat(')');
    clause();
    return { node: 'aggregate', name, by, without, of };
  }

  private selector(): Node {
    const matchers: { label: string; operator: string; value: string }[] = [];
    if (this.tokens[this.index]?.kind === 'word') {
      matchers.push({ label: '__name__', operator: '=', value: this.take('word') });
    }
    if (this.peek('{')) {
      this.eat('{');
      while (!this.peek('}')) {
        const label = this.take('word');
        const operator = this.take('sign');
        if (!['=', '!=', '=~', '!~'].includes(operator)) this.fail();
        const text = this.take('string');
        matchers.push({ label, operator, value: text.slice(1, -1).replace(/\\(.)/g, '$1') });
        if (this.peek(',')) this.index += 1;
      }
      this.eat('}');
    }
    if (matchers.length === 0) this.fail();
    let range: number | null = null;
    let offset = 0;
    if (this.peek('[')) {
      this.eat('[');
      range = durationMs(this.take('duration'));
      this.eat(']');
    }
    if (this.peek('offset')) {
      this.index += 1;
      offset = durationMs(this.take('duration'));
    }
    return { node: 'selector', matchers, range, offset };
  }
}

/** A query as a tree; throws a `PromqlError` with Prometheus' kind of message. */
export function parsePromql(text: string): (series: readonly StoredSeries[], time: number) => Value {
  const tree = new Parser(tokensOf(text)).whole();
  return (series, time) => evaluate(tree, series, time);
}

function evaluate(node: Node, series: readonly StoredSeries[], time: number): Value {
  switch (node.node) {
    case 'number':
      return { type: 'scalar', value: node.value };
    case 'selector':
      return select(node, series, time);
    case 'call':
      return call(node, series, time);
    case 'aggregate':
      return aggregate(node, vectorOf(evaluate(node.of, series, time)));
    case 'binary':
      return binary(node, evaluate(node.left, series, time), evaluate(node.right, series, time));
    default:
      return node satisfies never;
  }
}

function matches(labels: Labels, matchers: Extract<Node, { node: 'selector' }>['matchers']): boolean {
  return matchers.every(({ label, operator, value }) => {
    const own = labels[label] ?? '';
    switch (operator) {
      case '=':
        return own === value;
      case '!=':
        return own !== value;
      case '=~':
        return new RegExp(`^(?:${value})$`).test(own);
      default:
        return !new RegExp(`^(?:${value})$`).test(own);
    }
  });
}

function select(
  { matchers, range, offset }: Extract<Node, { node: 'selector' }>,
  stored: readonly StoredSeries[],
  time: number,
): Value {
  const end = time - offset;
  const found = stored.filter(({ labels }) => matches(labels, matchers));
  if (range !== null) {
    return {
      type: 'matrix',
      range,
      end,
      series: found.flatMap(({ labels, samples }) => {
        const points: { time: number; value: number }[] = [];
        for (let index = indexAfter(samples, end) - 1; index >= 0; index--) {
          const sample = samples[index];
          if (!sample || sample.time < end - range) break;
          if (sample.value !== null) points.push({ time: sample.time, value: sample.value });
        }
        return points.length > 0 ? [{ labels, points: points.reverse() }] : [];
      }),
    };
  }
  return {
    type: 'vector',
    series: found.flatMap(({ labels, samples }) => {
      const last = samples[indexAfter(samples, end) - 1];
      return last && last.value !== null && last.time > end - LOOKBACK
        ? [{ labels, value: last.value, time: last.time }]
        : [];
    }),
  };
}

/** How many samples are not after a time. */
function indexAfter(samples: StoredSeries['samples'], end: number): number {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.time ?? 0) <= end) low = middle + 1;
    else high = middle;
  }
  return low;
}

const withoutName = ({ __name__: _name, ...rest }: Labels): Labels => rest;

function call(
  { name, arguments: given }: Extract<Node, { node: 'call' }>,
  series: readonly StoredSeries[],
  time: number,
): Value {
  const values = given.map((each) => evaluate(each, series, time));
  const overTime = (
    of: (points: Matrix['series'][number]['points']) => number | null,
    keepsName = false,
  ): Value => {
    const [matrix] = values;
    if (matrix?.type !== 'matrix') {
      throw new PromqlError(
        `1:1: parse error: expected type range vector in call to function "${name}", got instant vector`,
      );
    }
    return {
      type: 'vector',
      series: matrix.series.flatMap(({ labels, points }) => {
        const value = of(points);
        return value === null ? [] : [{ labels: keepsName ? labels : withoutName(labels), value }];
      }),
    };
  };
  const matrix = values[0]?.type === 'matrix' ? values[0] : null;
  switch (name) {
    case 'last_over_time':
      return overTime((points) => points.at(-1)?.value ?? null, true);
    case 'count_over_time':
      return overTime((points) => points.length);
    case 'sum_over_time':
      return overTime((points) => points.reduce((sum, { value }) => sum + value, 0));
    case 'min_over_time':
      return overTime((points) => Math.min(...points.map(({ value }) => value)));
    case 'max_over_time':
      return overTime((points) => Math.max(...points.map(({ value }) => value)));
    case 'increase':
      return overTime((points) => extrapolated(points, matrix?.range ?? 0, matrix?.end ?? 0));
    case 'rate':
      return overTime((points) => {
        const risen = extrapolated(points, matrix?.range ?? 0, matrix?.end ?? 0);
        return risen === null ? null : risen / ((matrix?.range ?? 0) / 1000);
      });
    case 'timestamp':
      return {
        type: 'vector',
        series: vectorOf(values[0]).series.map((each) => ({
          labels: withoutName(each.labels),
          value: ('time' in each && typeof each.time === 'number' ? each.time : time) / 1000,
        })),
      };
    case 'vector': {
      const [scalar] = values;
      return {
        type: 'vector',
        series: [{ labels: {}, value: scalar?.type === 'scalar' ? scalar.value : NaN }],
      };
    }
    case 'histogram_quantile':
      return histogramQuantile(values[0]?.type === 'scalar' ? values[0].value : NaN, vectorOf(values[1]));
    default:
      throw new PromqlError(`1:1: parse error: unknown function with name "${name}"`);
  }
}

/** https://github.com/prometheus/prometheus/blob/v2.42.0/promql/functions.go#L66 */
function extrapolated(points: Matrix['series'][number]['points'], range: number, end: number): number | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return null;
  let risen = last.value - first.value;
  points.forEach(({ value }, index) => {
    const before = points[index - 1]?.value;
    if (before !== undefined && value < before) risen += before;
  });
  let toStart = first.time - (end - range);
  const toEnd = end - last.time;
  const sampled = last.time - first.time;
  const average = sampled / (points.length - 1);
  if (risen > 0 && first.value >= 0) toStart = Math.min(toStart, sampled * (first.value / risen));
  const threshold = average * 1.1;
  const to =
    sampled + (toStart < threshold ? toStart : average / 2) + (toEnd < threshold ? toEnd : average / 2);
  return risen * (to / sampled);
}

function histogramQuantile(quantile: number, buckets: Vector): Value {
  const groups = new Map<string, { labels: Labels; buckets: { le: number; count: number }[] }>();
  for (const { labels, value } of buckets.series) {
    const { le, ...rest } = withoutName(labels);
    if (le === undefined) continue;
    const key = keyOf(rest);
    const group = groups.get(key) ?? { labels: rest, buckets: [] };
    group.buckets.push({ le: le === '+Inf' ? Infinity : Number(le), count: value });
    groups.set(key, group);
  }
  return {
    type: 'vector',
    series: [...groups.values()].map(({ labels, buckets: unsorted }) => {
      const sorted = unsorted.sort((a, b) => a.le - b.le);
      const total = sorted.at(-1)?.count ?? 0;
      if (total === 0 || sorted.length < 2) return { labels, value: NaN };
      const rank = quantile * total;
      const index = sorted.findIndex(({ count }) => count >= rank);
      const [bucket, before] = [sorted[index], sorted[index - 1]];
      if (!bucket || !Number.isFinite(bucket.le)) return { labels, value: sorted.at(-2)?.le ?? NaN };
      const [low, lowCount] = [before?.le ?? 0, before?.count ?? 0];
      return {
        labels,
        value: low + (bucket.le - low) * ((rank - lowCount) / (bucket.count - lowCount)),
      };
    }),
  };
}

function aggregate({ name, by, without }: Extract<Node, { node: 'aggregate' }>, vector: Vector): Value {
  const groups = new Map<string, { labels: Labels; values: number[] }>();
  for (const { labels, value } of vector.series) {
    const kept = Object.fromEntries(
      Object.entries(labels).filter(([label]) =>
        by ? by.includes(label) : without ? label !== '__name__' && !without.includes(label) : false,
      ),
    );
    const group = groups.get(keyOf(kept)) ?? { labels: kept, values: [] };
    group.values.push(value);
    groups.set(keyOf(kept), group);
  }
  const of = (values: readonly number[]): number => {
    const sum = values.reduce((total, value) => total + value, 0);
    switch (name) {
      case 'sum':
        return sum;
      case 'avg':
        return sum / values.length;
      case 'count':
        return values.length;
      case 'max':
        return Math.max(...values);
      default:
        return Math.min(...values);
    }
  };
  return {
    type: 'vector',
    series: [...groups.values()].map(({ labels, values }) => ({ labels, value: of(values) })),
  };
}

const keyOf = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

function binary(
  { operator, on, ignoring }: Extract<Node, { node: 'binary' }>,
  left: Value,
  right: Value,
): Value {
  const signature = (labels: Labels): string =>
    keyOf(
      Object.fromEntries(
        Object.entries(labels).filter(([label]) =>
          on ? on.includes(label) : label !== '__name__' && !(ignoring ?? []).includes(label),
        ),
      ),
    );
  if (operator === 'or' || operator === 'and' || operator === 'unless') {
    const [a, b] = [vectorOf(left).series, vectorOf(right).series];
    const keys = new Set((operator === 'or' ? a : b).map(({ labels }) => signature(labels)));
    const isIn = ({ labels }: { labels: Labels }): boolean => keys.has(signature(labels));
    if (operator === 'or') return { type: 'vector', series: [...a, ...b.filter((each) => !isIn(each))] };
    return { type: 'vector', series: a.filter((each) => isIn(each) === (operator === 'and')) };
  }
  const isComparison = LEVELS[2]?.includes(operator) ?? false;
  const apply = (a: number, b: number): number | null => {
    switch (operator) {
      case '+':
        return a + b;
      case '-':
        return a - b;
      case '*':
        return a * b;
      case '/':
        return a / b;
      case '%':
        return a % b;
      case '==':
        return a === b ? a : null;
      case '!=':
        return a !== b ? a : null;
      case '>=':
        return a >= b ? a : null;
      case '<=':
        return a <= b ? a : null;
      case '>':
        return a > b ? a : null;
      default:
        return a < b ? a : null;
    }
  };
  if (left.type === 'scalar' && right.type === 'scalar') {
    return { type: 'scalar', value: apply(left.value, right.value) ?? 0 };
  }
  const kept = (labels: Labels, value: number | null): Vector['series'] =>
    value === null ? [] : [{ labels: isComparison ? labels : withoutName(labels), value }];
  if (right.type === 'scalar') {
    return {
      type: 'vector',
      series: vectorOf(left).series.flatMap(({ labels, value }) => kept(labels, apply(value, right.value))),
    };
  }
  if (left.type === 'scalar') {
    return {
      type: 'vector',
      series: vectorOf(right).series.flatMap(({ labels, value }) => kept(labels, apply(left.value, value))),
    };
  }
  const others = new Map(vectorOf(right).series.map(({ labels, value }) => [signature(labels), value]));
  return {
    type: 'vector',
    series: vectorOf(left).series.flatMap(({ labels, value }) => {
      const other = others.get(signature(labels));
      return other === undefined ? [] : kept(labels, apply(value, other));
    }),
  };
}

function vectorOf(value: Value | undefined): Vector {
  if (value?.type === 'vector') return value;
  throw new PromqlError('1:1: parse error: expected type instant vector');
}

/** A scrape's text as names with labels and values; comments and what cannot be read are left out. */
export function readExposition(text: string): readonly { readonly labels: Labels; readonly value: number }[] {
  return text.split('\n').flatMap((line) => {
    const [, name, inner = '', value] =
      /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(NaN|[+-]?Inf|[+-]?[\d.]+(?:e[+-]?\d+)?)\s*$/i.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    const labels: Record<string, string> = { __name__: name };
    for (const [, label, text] of inner.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
      if (label !== undefined) labels[label] = (text ?? '').replace(/\\(.)/g, '$1');
    }
    return [{ labels, value: numberOf(value) }];
  });
}

const numberOf = (text: string): number =>
  text === 'NaN' ? NaN : /Inf$/.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CONFIGURATION_PATH } from '../../../src/core/gate/configuration';
import { openConfiguration } from '../../../src/core/gate/open-configuration';
import { dashboards } from '../../../src/core/tasks/dashboards';
import { TaskFailure, type TaskResult } from '../../../src/core/tasks/task';
import { memoryFiles, memoryWorld, quietRun } from '../../support/world';
import { parsers } from '../rules/rule-fixtures';

const PATH = 'docs/ops/dashboards/orders.json';

const metrics = `import client from 'prom-client';
client.collectDefaultMetrics();
export const outgoing = new client.Counter({ name: 'http_client_requests_total', help: 'Calls', labelNames: ['status'] });
export const requests = new client.Counter({
  name: 'http_requests_total', help: 'Requests', labelNames: ['method', 'status_code'],
});
export const took = new client.Histogram({ name: 'http_request_duration_seconds', help: 'Durations' });
export const pool = new client.Gauge({ name: 'db_pool_connections_open', help: 'Open connections' });
export const revenue = new client.Counter({ name: 'revenue_cents_total', help: 'Nobody declared it' });
`;

const observability = `# Observability

| Metric | Query |
| --- | --- |
| orders placed | \`orders_placed_total\` |
| error rate | \`http_requests_total{status_code=~"5.."}\` |
| how to look | \`kubectl logs\` |
`;

const base = { 'package.json': '{"name":"orders"}' };

interface Panel {
  readonly id: number;
  readonly type: string;
  title: string;
  readonly description: string;
  gridPos: { x: number; y: number; w: number; h: number };
  readonly options: { readonly content?: string };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
}

interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  panels: Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
}

async function written(files: Readonly<Record<string, string>>): Promise<TaskResult> {
  const all = { ...base, ...files };
  const opened = await openConfiguration(memoryFiles(all), CONFIGURATION_PATH, { isRequired: false });
  assert.ok(opened.ok, JSON.stringify(opened));
  return dashboards.run(memoryWorld(all, parsers, opened.configuration), quietRun());
}

const parsed = (result: TaskResult): Dashboard =>
  JSON.parse(result.files.find(({ path }) => path === PATH)?.after ?? '') as Dashboard;
const panel = (result: TaskResult, id: number): Panel => {
  const found = parsed(result).panels.find((each) => each.id === id);
  assert.ok(found, `panel ${id}`);
  return found;
};
const queries = (result: TaskResult, id: number): readonly string[] =>
  (panel(result, id).targets ?? []).map(({ expr }) => expr);

describe('the dashboard of what the repository shows', () => {
  it('asks for application metrics by the names in the code, each with its place', async () => {
    const result = await written({ 'src/metrics.ts': metrics });
    assert.deepEqual(queries(result, 11), ['sum(rate(http_requests_total{job=~"$job"}[$__rate_interval]))']);
    assert.deepEqual(queries(result, 12), [
      'sum(rate(http_requests_total{job=~"$job", status_code=~"5.."}[$__rate_interval])) / sum(rate(http_requests_total{job=~"$job"}[$__rate_interval]))',
    ]);
    assert.deepEqual(
      panel(result, 13).targets?.map(({ legendFormat }) => legendFormat),
      ['P50', 'P95', 'P99'],
    );
    assert.equal(
      queries(result, 13)[2],
      'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{job=~"$job"}[$__rate_interval])))',
    );
    assert.equal(panel(result, 13).fieldConfig?.defaults.unit, 's');
    assert.deepEqual(queries(result, 14), ['rate(process_cpu_seconds_total{job=~"$job"}[$__rate_interval])']);
    assert.deepEqual(queries(result, 15), ['process_resident_memory_bytes{job=~"$job"}']);
    assert.deepEqual(queries(result, 16), ['db_pool_connections_open{job=~"$job"}']);
    assert.match(
      panel(result, 12).description,
      /^Shown by src\/metrics\.ts:4: counter http_requests_total of prom-client \(Requests\)\.$/,
    );
    assert.match(panel(result, 14).description, /^Shown by src\/metrics\.ts:2: /);
  });

  it('is a dashboard as Grafana takes it: numbers once, places apart, the source as a variable', async () => {
    const dashboard = parsed(
      await written({ 'src/metrics.ts': metrics, 'docs/ops/observability.md': observability }),
    );
    assert.equal(dashboard.schemaVersion, 42);
    assert.equal(dashboard.uid, 'release-gate-orders');
    assert.deepEqual(
      dashboard.templating.list.map(({ name, type }) => [name, type]),
      [
        ['datasource', 'datasource'],
        ['job', 'query'],
      ],
    );
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      assert.ok(x + w <= 24);
      return Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`);
    });
    assert.equal(new Set(cells).size, cells.length, 'no panel lies on another');
    const text = JSON.stringify(dashboard);
    assert.ok(!/"uid":"(?!\$\{datasource\}|release-gate)/.test(text), 'no data source by its own id');
  });

  it('says visibly what is not known, and what would make it known', async () => {
    const result = await written({});
    assert.deepEqual(
      parsed(result)
        .panels.filter(({ type }) => type === 'text')
        .map(({ id }) => id),
      [11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 31, 32, 33, 34],
    );
    assert.match(panel(result, 11).options.content ?? '', /^\*\*UNKNOWN\(a counter or histogram of requests/);
    assert.equal(result.unknowns.length, 14);
    assert.deepEqual(result.sources, []);
  });

  it('takes no label for granted: without one for the status nothing tells failures', async () => {
    const result = await written({
      'metrics.go': `package m\nimport "github.com/prometheus/client_golang/prometheus"\nvar a = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "http_requests_total", Help: "x"}, []string{"method"})\n`,
    });
    assert.equal(panel(result, 11).type, 'timeseries');
    assert.equal(panel(result, 12).type, 'text');
  });

  it('shows business metrics only where somebody declared them', async () => {
    const undeclared = await written({ 'src/metrics.ts': metrics });
    assert.equal(panel(undeclared, 34).type, 'text');
    const declared = await written({
      'docs/ops/observability.md': observability,
      [CONFIGURATION_PATH]: `release:
  watch:
    metrics:
      - name: conversion
        kind: own
        worse: down
        query: sum(rate(orders_placed_total[$interval])) / sum(rate(carts_total[$interval]))
      - { name: refunds asked for, kind: own, query: refunds_total }
`,
    });
    assert.deepEqual(queries(declared, 31), [
      'sum(rate(orders_placed_total[$__rate_interval])) / sum(rate(carts_total[$__rate_interval]))',
    ]);
    assert.match(panel(declared, 31).description, /^Shown by \.github\/release-gate\.yml:4: "conversion"/);
    assert.deepEqual(queries(declared, 33), ['sum(rate(orders_placed_total[$__rate_interval]))']);
    assert.match(panel(declared, 33).description, /observability\.md:5/);
    assert.equal(panel(declared, 41).title, 'refunds asked for');
    assert.deepEqual(queries(declared, 41), ['sum(rate(refunds_total[$__rate_interval]))']);
    assert.ok(!parsed(declared).panels.some(({ id }) => id > 41), 'the error rate is no business metric');
  });

  it('goes by what releases are watched by before the code, and by rules where there is neither', async () => {
    const result = await written({
      'src/metrics.ts': metrics,
      [CONFIGURATION_PATH]: `release:
  watch:
    metrics:
      - { name: error rate, kind: errors, bad: 'orders_total{outcome="failed"}', all: orders_total, up: 'up{job="orders"}' }
      - { name: slow, kind: slow-requests, query: orders_duration_seconds_bucket }
      - { name: heap memory, kind: saturation, query: 'sum(heap_bytes)', unit: bytes }
`,
      'monitoring/rules.yml': `groups:
  - name: nodes
    rules:
      - alert: DiskFull
        expr: node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1
      - record: instance:node_cpu_utilisation:rate5m
        expr: 1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m]))
      - record: instance:node_network_throughput:rate5m
        expr: sum(rate(node_network_transmit_bytes_total[5m]))
`,
    });
    assert.deepEqual(queries(result, 12), [
      'sum(rate(orders_total{outcome="failed"}[$__rate_interval])) / sum(rate(orders_total[$__rate_interval]))',
    ]);
    assert.match(queries(result, 13)[0] ?? '', /orders_duration_seconds_bucket\[/);
    assert.deepEqual(queries(result, 15), ['sum(heap_bytes)']);
    assert.deepEqual(queries(result, 21), ['sum(up{job="orders"})', 'count(up{job="orders"})']);
    assert.deepEqual(queries(result, 22), ['instance:node_cpu_utilisation:rate5m']);
    assert.deepEqual(queries(result, 23), ['instance:node_network_throughput:rate5m']);
    assert.deepEqual(queries(result, 24), ['node_filesystem_avail_bytes / node_filesystem_size_bytes']);
    assert.match(panel(result, 24).description, /monitoring\/rules\.yml:4/);
  });

  it('knows who is scraped, and chooses the one job there is', async () => {
    const result = await written({
      'monitoring/prometheus.yml':
        'scrape_configs:\n  - job_name: prometheus\n  - job_name: orders-api\n    static_configs: []\n',
    });
    assert.deepEqual(queries(result, 21), ['sum(up{job=~"$job"})', 'count(up{job=~"$job"})']);
    assert.match(JSON.stringify(parsed(result)), /"current":\{"text":"orders-api","value":"orders-api"\}/);
  });

  it('writes nothing anew that is as it was, and leaves what a person changed', async () => {
    const first = await written({ 'src/metrics.ts': metrics });
    const text = first.files[0]?.after ?? '';
    assert.deepEqual((await written({ 'src/metrics.ts': metrics, [PATH]: text })).files, []);

    const dashboard = JSON.parse(text) as Dashboard & { title: string };
    const changed = dashboard.panels.find(({ id }) => id === 11);
    const moved = dashboard.panels.find(({ id }) => id === 12);
    assert.ok(changed && moved);
    changed.title = 'Requests, by hand';
    moved.gridPos = { ...moved.gridPos, x: 3 };
    dashboard.title = 'Orders';
    dashboard.panels = dashboard.panels.filter(({ id }) => id !== 15);
    dashboard.panels.push({ ...changed, id: 100, title: 'Mine' });
    const again = await written({
      'src/metrics.ts': metrics.replace('db_pool_connections_open', 'db_connections_open'),
      [PATH]: JSON.stringify(dashboard),
    });
    const after = JSON.parse(again.files[0]?.after ?? '') as Dashboard & { title: string };
    assert.equal(after.title, 'Orders');
    assert.equal(panel(again, 11).title, 'Requests, by hand');
    assert.equal(panel(again, 12).gridPos.x, 3);
    assert.equal(panel(again, 100).title, 'Mine');
    assert.deepEqual(queries(again, 16), ['db_connections_open{job=~"$job"}']);
    assert.ok(!after.panels.some(({ id }) => id === 15));
    assert.deepEqual(
      again.notes.filter((note) => note.startsWith('Left as')),
      [
        'Left as it was changed by hand: Requests, by hand.',
        'Left as it was changed by hand: Memory (taken away).',
      ],
    );
    const third = await written({
      'src/metrics.ts': metrics.replace('db_pool_connections_open', 'db_connections_open'),
      [PATH]: again.files[0]?.after ?? '',
    });
    assert.deepEqual(third.files, [], 'and stays so');
  });

  it('leaves a dashboard that somebody else wrote', async () => {
    for (const text of ['{"panels":[]}', 'not JSON', '[]']) {
      await assert.rejects(written({ [PATH]: text }), TaskFailure);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parse } from 'yaml';
import { alertRules } from '../../../src/core/tasks/alert-rules';
import type { RuleCheckAnswer } from '../../../src/core/ports';
import { TaskFailure } from '../../../src/core/tasks/task';
import { memoryWorld, quietRun } from '../../support/world';
import { parsers } from '../rules/rule-fixtures';

const PATH = 'docs/ops/alerts/release-gate.rules.yml';
const table = (rows: string): string =>
  `| Metric | Comparison | Threshold | Window | For |\n| --- | --- | --- | --- | --- |\n${rows}`;

const runbook = `---
kind: runbook
service: "orders"
---

# Runbook: orders

## Rollback

${table(`| error rate | > | 5 % | 5 min | 10 min |
| error rate | >= | 2 x baseline | 5 min | 5 min |
| p99 latency | > | 800 ms | 10 min | 5 min |
| health check | fails | 2 consecutive intervals | 1 min | 2 min |
| queue depth | > | 1000 | 5 min | 5 min |
| orders per minute | < | 3 x baseline | 5 min | 5 min |
`)}
## Baselines

| Metric | Good | Source |
| --- | --- | --- |
| error rate | 0.4 % | measured |
`;

const rules = `groups:
  - name: orders
    rules:
      - alert: HighErrorRate
        expr: |
          sum(rate(http_requests_total{status=~"5.."}[1m]))
            / sum(rate(http_requests_total[1m])) > 0.01
      - alert: OrdersDown
        expr: min(up{job="orders"}) == 0
`;

const dashboard = JSON.stringify({
  title: 'Orders',
  panels: [
    {
      title: 'p99 latency',
      targets: [
        { expr: 'histogram_quantile(0.99, sum by (le) (rate(http_seconds_bucket[$__rate_interval])))' },
      ],
      fieldConfig: { defaults: { unit: 's' } },
    },
    { title: 'Queue depth', targets: [{ expr: 'queue_depth{env="$environment"}' }] },
  ],
});

const files = {
  'package.json': '{"name":"orders"}',
  'docs/ops/RUNBOOK.md': runbook,
  'monitoring/rules.yml': rules,
  'grafana/orders.json': dashboard,
  CODEOWNERS: '* @acme/orders\n',
};

const written = async (more: Readonly<Record<string, string>> = {}) =>
  alertRules.run(memoryWorld({ ...files, ...more }, parsers), quietRun());

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const rulesOf = (text: string): readonly Rule[] =>
  (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);

describe('alert rules from the rollback triggers', () => {
  it('are asked by the queries that the repository has, in their units', async () => {
    const result = await written();
    const [file] = result.files;
    assert.equal(file?.path, PATH);
    const found = rulesOf(file.after);
    assert.deepEqual(
      found.map((rule) => [rule.alert, rule.expr, rule.for]),
      [
        [
          'RollBackErrorRate',
          '(sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))) > 0.05',
          '10m',
        ],
        [
          'RollBackErrorRate2',
          '(sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))) >= 0.008',
          '5m',
        ],
        [
          'RollBackP99Latency',
          '(histogram_quantile(0.99, sum by (le) (rate(http_seconds_bucket[10m])))) > 0.8',
          '5m',
        ],
        ['RollBackHealthCheck', '(min(up{job="orders"})) == 0', '2m'],
      ],
    );
    assert.deepEqual(found[0]?.labels, { severity: 'page', team: '@acme/orders', service: 'orders' });
    assert.equal(found[0]?.annotations['runbook_url'], 'docs/ops/RUNBOOK.md#rollback');
    assert.match(found[0]?.annotations['action'] ?? '', /Go back/);
    // Its own rule over alerts has nothing to say of them.
    assert.deepEqual(result.findings, []);
  });

  it('make nothing up: a trigger without query, unit or baseline is left out, and says what is needed', async () => {
    const result = await written();
    const after = result.files[0]?.after ?? '';
    assert.match(after, /# - queue depth > 1000 .*UNKNOWN\(PromQL that gives the queue depth\)/);
    assert.match(after, /# - orders per minute .*UNKNOWN\(number of the baseline of orders per minute\)/);
    assert.equal(result.unknowns.length, 2);
    const bare = await alertRules.run(memoryWorld({ 'docs/ops/RUNBOOK.md': runbook }, parsers), quietRun());
    assert.deepEqual(rulesOf(bare.files[0]?.after ?? ''), []);
    assert.ok(bare.notes.some((note) => /No rule could be written/.test(note)));
  });

  it('take each metric from the document that counts most', async () => {
    const rollback = `---\nkind: rollback-runbook\nservice: orders\n---\n\n# Rollback runbook: orders\n\n## When to roll back\n\n${table('| error rate | > | 3 % | 2 min | 4 min |\n')}`;
    const result = await written({ 'docs/ops/ROLLBACK.md': rollback });
    const found = rulesOf(result.files[0]?.after ?? '').filter(({ alert }) => /ErrorRate/.test(alert));
    assert.deepEqual(
      found.map((rule) => [rule.expr.slice(-6), rule.for, rule.annotations['runbook_url']]),
      [['> 0.03', '4m', 'docs/ops/ROLLBACK.md']],
    );
  });

  it('are written anew over their own file, and over no other', async () => {
    const first = (await written()).files[0]?.after ?? '';
    assert.equal((await written({ [PATH]: first })).files[0]?.after, first);
    await assert.rejects(written({ [PATH]: 'groups: []\n' }), TaskFailure);
  });

  it('are not taken from documents of tests, nor from one of several services', async () => {
    const world = (paths: readonly string[]) =>
      memoryWorld(Object.fromEntries(paths.map((path) => [path, runbook])), parsers);
    for (const paths of [
      ['test/fixtures/docs/RUNBOOK.md'],
      ['services/a/RUNBOOK.md', 'services/b/RUNBOOK.md'],
    ]) {
      await assert.rejects(alertRules.run(world(paths), quietRun()), TaskFailure);
    }
    assert.equal((await alertRules.run(world(['services/a/RUNBOOK.md']), quietRun())).files.length, 1);
  });

  it('need a document with triggers', async () => {
    await assert.rejects(alertRules.run(memoryWorld({}, parsers), quietRun()), TaskFailure);
  });
});

describe('alert rules and promtool', () => {
  const checked = async (answer: RuleCheckAnswer | null): Promise<readonly string[]> => {
    const world = memoryWorld(files, parsers);
    const asked: string[] = [];
    const { notes, files: proposed } = await alertRules.run(
      {
        ...world,
        ruleChecker: answer && {
          check: (rules) => {
            asked.push(rules);
            return Promise.resolve(answer);
          },
        },
      },
      quietRun(),
    );
    if (answer) assert.deepEqual(asked, [proposed[0]?.after]);
    return notes.filter((note) => note.includes('promtool'));
  };

  it('says what it said of exactly what is proposed, and nothing where nobody may run it', async () => {
    assert.deepEqual(await checked({ kind: 'sound' }), ['promtool accepts the rules.']);
    assert.match(
      (await checked({ kind: 'refused', detail: 'the rules: 5:15: unexpected end' }))[0] ?? '',
      /^promtool refuses the rules, so mend .*: the rules: 5:15: unexpected end\.$/,
    );
    assert.match(
      (await checked({ kind: 'not-asked', detail: 'promtool is not installed' }))[0] ?? '',
      /not checked by promtool \(promtool is not installed\)/,
    );
    assert.deepEqual(await checked(null), []);
  });
});

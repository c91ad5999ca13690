import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { combineLayers, readConfiguration, readLayer } from '../../../src/core/gate/configuration';
import {
  defaultRelease,
  defaultTuning,
  releasePathsOf,
  watchOf,
  type ReleaseSettings,
} from '../../../src/core/evidence/release-settings';
import { durationMs, durationText } from '../../../src/core/text/duration';
import { TUNING_KEYS } from '../../../src/core/gate/release-keys';
import { completeConfiguration } from '../../../src/core/gate/configuration-assistance';

const PATH = '.github/release-gate.yml';

function release(...lines: readonly string[]): ReleaseSettings {
  const result = readConfiguration(PATH, ['release:', ...lines.map((line) => `  ${line}`), ''].join('\n'));
  assert.ok(result.ok, JSON.stringify(result));
  return result.configuration.release;
}

function problemsOf(...lines: readonly string[]): string[] {
  const result = readConfiguration(PATH, ['release:', ...lines.map((line) => `  ${line}`), ''].join('\n'));
  return result.ok ? [] : result.problems.map(({ line, message }) => `${line}: ${message}`);
}

/** The example of the documentation, which is held to what is read. */
function documented(): string {
  const page = readFileSync('docs/configuration.md', 'utf8');
  const section = page.slice(page.indexOf('## Running releases'));
  return /```yaml\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
}

describe('the settings of a release', () => {
  it('have defaults', () => {
    const nothing = readConfiguration(PATH, '');
    assert.ok(nothing.ok);
    assert.deepEqual(nothing.configuration.release, defaultRelease);
  });

  it('are read as the documentation shows them', () => {
    const result = readConfiguration(PATH, documented());
    assert.ok(result.ok, JSON.stringify(result));
    const { deploy, strategies, smoke, watch, environments, hooks } = result.configuration.release;
    assert.deepEqual(deploy, {
      ...defaultRelease.deploy,
      arguments: ['{version}', '{environment}'],
      rollbackArguments: ['--rollback', '{target}'],
      idleMs: 300_000,
    });
    assert.deepEqual(strategies.canary, [
      { name: '5%', arguments: ['--canary', '5%'], watchMs: 600_000 },
      { name: '100%', arguments: ['--canary', '100%'], watchMs: 0 },
    ]);
    assert.deepEqual(smoke.endpoints, ['api/openapi.yaml', 'GET /health']);
    assert.equal(smoke.testAccount, 'smoke-tests@example.com');
    assert.deepEqual(watch.prometheus, {
      url: 'https://prometheus.example.com',
      headersFrom: 'PROMETHEUS_HEADERS',
    });
    assert.deepEqual(
      watch.metrics.map(({ name, kind, source, isRequired, worse }) => [
        name,
        kind,
        source.from,
        isRequired,
        worse,
      ]),
      [
        ['error rate', 'errors', 'prometheus', true, 'up'],
        ['memory', 'saturation', 'prometheus', true, 'up'],
        ['health', 'health', 'probe', true, 'up'],
        ['orders paid', 'own', 'command', false, 'down'],
      ],
    );
    assert.deepEqual(environments, { staging: { windowMs: 300_000 } });
    assert.deepEqual(hooks, { announce: ['./scripts/announce.sh'] });
  });

  it('take none for what can be left away', () => {
    const { tag, lockRemote, watch } = release(
      'tag: none',
      'lock-remote: none',
      'watch: { error-ceiling: none, p95-times: none }',
    );
    assert.deepEqual([tag, lockRemote, watch.errorCeiling, watch.p95Times], [null, null, null, null]);
  });

  it('say what is wrong at its place', () => {
    assert.deepEqual(
      problemsOf(
        'layout: doc',
        'deploi: {}',
        'deploy: { idle: 5, arguments: ["{versoin}"] }',
        'watch: { window: 15 minutes, rule: literally, ratio-hard: 0.5 }',
        'tag: v1',
        'hooks: { anounce: [x], state: "a b" }',
        'paths: { deploy-script: ../deploy.sh }',
      ),
      [
        '2: "doc" is no layout; did you mean "docs"',
        '3: "release" has no key "deploi"; did you mean "deploy"',
        '4: "idle" must be a duration with its unit, such as 200ms, 30s, 15m or 2h, up to 31 days',
        '4: nothing is known that would stand for "{versoin}"; did you mean "{version}"',
        '5: "window" must be a duration with its unit, such as 200ms, 30s, 15m or 2h, up to 31 days',
        '5: "literally" is no rule of a watch; did you mean "literal"',
        '5: "ratio-hard" must be a number from 1 to 1000',
        '6: "tag" must hold {version}, such as release/{version}, not "v1"',
        '7: "hooks" has no key "anounce"; did you mean "announce"',
        '7: "state" is run without a shell: write the program and its arguments as a list, such as [a, b]',
        '8: the path "../deploy.sh" must be inside the repository, from its root, with forward slashes and without ".."',
      ],
    );
  });

  it('say what is wrong with a metric', () => {
    const metric = (text: string): string[] => problemsOf('watch:', `  metrics: [{ ${text} }]`);
    assert.match(metric('name: a, kind: errors, query: x')[0] ?? '', /needs "bad", .* and "all"/);
    assert.match(metric('name: a, kind: erors, bad: x, all: y')[0] ?? '', /did you mean "errors"/);
    assert.match(metric('name: a, bad: x, all: y')[0] ?? '', /the metric "a" says not its kind/);
    assert.match(metric('name: a, kind: own')[0] ?? '', /says not where its numbers come from/);
    assert.match(
      metric('name: a, kind: own, query: x, command: [y]')[0] ?? '',
      /several places \(query, command\)/,
    );
    assert.match(
      metric('name: a, kind: health, check: [x], status: 200')[0] ?? '',
      /"status" is for a metric with a url/,
    );
    assert.match(
      metric("name: a, kind: health, url: 'https://u:p@x.example'")[0] ?? '',
      /without user and password/,
    );
    assert.match(
      metric('name: a, kind: own, query: x, hard-times: 2, soft-times: 3')[0] ?? '',
      /must not be above/,
    );
    assert.match(
      metric('name: a, kind: own, query: x }, { name: a, kind: own, query: y')[0] ?? '',
      /two metrics "a"/,
    );
    assert.match(
      problemsOf(
        'watch: { prometheus: { url: "http://x", headers-from: "Authorization: Bearer abc" } }',
      )[0] ?? '',
      /must be the name of an environment variable, never a header itself/,
    );
  });

  it('say what is wrong with stages', () => {
    assert.match(
      problemsOf('strategies: { manual: [{ name: a }] }')[0] ?? '',
      /write its steps as "checklist"/,
    );
    assert.match(
      problemsOf('strategies: { canary: [{ name: a, watch: 5m }] }')[0] ?? '',
      /followed by the watch window and takes no "watch" of its own/,
    );
    assert.match(problemsOf('strategies: { canari: [] }')[0] ?? '', /did you mean "canary"/);
  });

  it('are joined with those of a base: maps by key, lists whole', () => {
    const layers = [
      'release: { deploy: { idle: 2m, limit: 20m }, watch: { interval: 30s, metrics: [{ name: a, kind: own, query: x }] }, environments: { staging: { window: 2m, interval: 1s } }, paths: { observability: o.md }, hooks: { state: [a] } }\n',
      'release: { deploy: { limit: 10m }, watch: { metrics: [{ name: b, kind: own, query: x }] }, environments: { staging: { window: 3m } }, paths: { restrictions: r.md }, hooks: { tracker: [b] }, tag: none }\n',
    ].map((text) => {
      const layer = readLayer(PATH, text);
      assert.ok(layer.ok, JSON.stringify(layer));
      return layer.layer;
    });
    const joined = combineLayers(layers);
    assert.ok(joined.ok);
    const { deploy, watch, environments, paths, hooks, tag, isIdleSaid, isWindowSaid } =
      joined.configuration.release;
    assert.deepEqual([deploy.idleMs, deploy.limitMs], [120_000, 600_000]);
    assert.deepEqual([watch.intervalMs, watch.metrics.map(({ name }) => name)], [30_000, ['b']]);
    assert.deepEqual(environments, { staging: { windowMs: 180_000, intervalMs: 1000 } });
    assert.deepEqual(paths, { restrictions: 'r.md', documents: { observability: 'o.md' } });
    assert.deepEqual(hooks, { state: ['a'], tracker: ['b'] });
    assert.deepEqual([tag, isIdleSaid, isWindowSaid], [null, true, false]);
  });

  it('give every path from the layout, below the folder of releases', () => {
    assert.equal(releasePathsOf(release('layout: numbered')).releaseFolder, '_docs/04_release');
    const paths = releasePathsOf(release('folder: ship', 'paths: { restrictions: rules.md }'));
    assert.equal(paths.releaseFolder, 'ship/records');
    assert.equal(paths.restrictions, 'rules.md');
    assert.equal(paths.documents.observability, 'docs/ops/observability.md');
  });

  it('watch staging for a quarter of an hour unless something is said', () => {
    assert.equal(watchOf(release('layout: docs'), 'staging', false).windowMs, 15 * 60_000);
    assert.equal(watchOf(release('layout: docs'), 'production', true).windowMs, 60 * 60_000);
    assert.equal(watchOf(release('watch: { window: 60m }'), 'staging', false).windowMs, 60 * 60_000);
    assert.equal(
      watchOf(release('environments: { staging: { window: 5s } }'), 'staging', false).windowMs,
      5000,
    );
  });

  it('are completed in the editor', () => {
    const labels = (text: string): string[] =>
      completeConfiguration(text, text.length, { workflows: [], otherYaml: [] }).items.map(
        ({ label }) => label,
      );
    assert.ok(labels('release:\n  ').includes('deploy'));
    assert.deepEqual(labels('release:\n  layout: '), ['docs', 'numbered']);
    assert.ok(labels('release:\n  watch:\n    ').includes('prometheus'));
    assert.ok(labels('release:\n  environments:\n    staging:\n      ').includes('window'));
  });
});

describe('a duration', () => {
  it('is a number with its unit', () => {
    for (const [text, ms] of [
      ['200ms', 200],
      ['30s', 30_000],
      ['15m', 900_000],
      ['2h', 7_200_000],
      ['1.5s', 1500],
    ] as const) {
      assert.equal(durationMs(text), ms);
    }
    for (const text of ['', '5', 'm', '-5m', '5 minutes', '5min', '1.0001s', '5M']) {
      assert.equal(durationMs(text), null, text);
    }
    for (const text of ['200ms', '1500ms', '90s', '15m', '2h', '0s']) {
      assert.equal(durationText(durationMs(text) ?? -1), text);
    }
  });
});

describe('the constants of the watch rule', () => {
  it('are numbers of the tuning, those that nobody says by default', () => {
    const { watch, environments } = release(
      'watch:',
      '  tuning: { check-failures: 1, uncalibrated-times: none, history-margin: 2.5 }',
      'environments:',
      '  staging:',
      '    tuning: { lost-polls: 3 }',
    );
    assert.deepEqual(watch.tuning, {
      ...defaultTuning,
      checkFailures: 1,
      uncalibratedTimes: null,
      historyMargin: 2.5,
    });
    assert.deepEqual(environments.staging, { tuning: { ...defaultTuning, lostPolls: 3 } });
  });

  it('are held to what they can be', () => {
    assert.deepEqual(problemsOf('watch:', '  tuning: { lost-polls: 1.5, quiet-hard: 2, recent: 5 }').sort(), [
      '3: "lost-polls" must be a whole number',
      '3: "quiet-hard" must be a number from 0.0001 to 0.9999',
      ...problemsOf('watch:', '  tuning: { recent: 5 }'),
    ]);
    assert.equal(problemsOf('watch:', '  tuning: { recent: 5 }').length, 1);
  });

  it('stand in the schema', () => {
    const { properties } = JSON.parse(readFileSync('schemas/release-gate.schema.json', 'utf8')) as {
      properties: { release: { properties: { watch: { properties: { tuning: { properties: object } } } } } };
    };
    const { tuning } = properties.release.properties.watch.properties;
    assert.deepEqual(Object.keys(tuning.properties), TUNING_KEYS);
  });
});

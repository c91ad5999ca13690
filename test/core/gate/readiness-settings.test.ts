import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { combineLayers, readConfiguration, readLayer } from '../../../src/core/gate/configuration';
import { defaultReadiness } from '../../../src/core/gate/readiness-settings';

function settingsOf(...lines: readonly string[]): unknown {
  const result = readConfiguration(
    'x.yml',
    ['readiness:', ...lines.map((line) => `  ${line}`), ''].join('\n'),
  );
  assert.ok(result.ok, JSON.stringify(result));
  return result.configuration.readiness;
}

function mistakesOf(...lines: readonly string[]): readonly string[] {
  const result = readConfiguration(
    'x.yml',
    ['readiness:', ...lines.map((line) => `  ${line}`), ''].join('\n'),
  );
  return result.ok ? [] : result.problems.map(({ message, line }) => `${line}: ${message}`);
}

describe('the settings of readiness', () => {
  it('are the defaults where nothing is said', () => {
    assert.deepEqual(settingsOf('coverage:'), defaultReadiness);
  });

  it('say everything that a release needs', () => {
    assert.deepEqual(
      settingsOf(
        'conditions: { documents-sound: off, workflows-proven: warn }',
        'evidence:',
        '  tests: reports/*.xml',
        '  scans: [a.sarif, b/**/*.sarif]',
        '  tickets-command: [gh, issue, list, --json, "number,state"]',
        'coverage: { whole: 70, core-files: src/core/** }',
        'artifact: { registry: oci, name: ghcr.io/acme/orders, version: "v{version}" }',
        'rollback: { objective-minutes: 15, required-metrics: [error rate] }',
        'drills: { disaster-recovery-max-age-days: 200 }',
        'approvals: { required: 2, four-eyes: false, by: ["@acme/sre"] }',
        'windows: [{ days: [Monday, tue], from: "09:00", to: "16:30", zone: Europe/Berlin }]',
        'freezes: [{ from: 2026-12-20, until: 2027-01-03, reason: holidays }]',
        'parity: { ignore: ["*.replicas"] }',
        'health: { urls: [{ url: "https://orders.example/healthz" }], command: [./ops/health.sh, prod] }',
      ),
      {
        conditions: { 'documents-sound': 'off', 'workflows-proven': 'warn' },
        evidence: { tests: ['reports/*.xml'], scans: ['a.sarif', 'b/**/*.sarif'] },
        ticketsCommand: ['gh', 'issue', 'list', '--json', 'number,state'],
        coverage: { whole: 70, core: 95, coreFiles: ['src/core/**'] },
        artifact: {
          registry: 'oci',
          name: 'ghcr.io/acme/orders',
          url: null,
          version: 'v{version}',
          command: null,
          verify: null,
        },
        rollback: { objectiveMinutes: 15, drillMaxAgeDays: 90, requiredMetrics: ['error rate'] },
        drills: { backupRestoreMaxAgeDays: 90, disasterRecoveryMaxAgeDays: 200 },
        approvals: { required: 2, fourEyes: false, by: ['@acme/sre'] },
        windows: [{ days: ['mon', 'tue'], from: '09:00', to: '16:30', zone: 'Europe/Berlin' }],
        freezes: [{ from: '2026-12-20', until: '2027-01-03', reason: 'holidays' }],
        parityIgnore: ['*.replicas'],
        health: {
          urls: [{ url: 'https://orders.example/healthz', status: 200 }],
          command: ['./ops/health.sh', 'prod'],
        },
      },
    );
  });

  it('say a mistake at its line', () => {
    assert.deepEqual(
      mistakesOf(
        'condition: {}',
        'conditions: { workflow-proven: block, documents-sound: maybe }',
        'evidence: { tests: ../elsewhere.xml }',
        'coverage: { whole: 101 }',
        'artifact: { registry: ocl, name: x, version: "1" }',
        'windows: [{ days: [someday], from: 9, to: "16:00", zone: Mars/Base }]',
        'freezes: [{ from: 2027-01-03, until: 2026-12-20 }]',
        'health: { urls: [{ url: orders.example }] }',
      ),
      [
        '2: "readiness" has no key "condition"; did you mean "conditions"',
        '3: there is no condition "workflow-proven" of readiness; did you mean "workflows-proven"',
        '3: the weight of "documents-sound" must be block, warn or off',
        '4: the path "../elsewhere.xml" must be inside the repository, from its root, with forward slashes and without ".."',
        '5: "whole" must be a whole number of per cent from 0 to 100',
        '6: "ocl" is no registry that is known; did you mean "oci"',
        '6: "version" must hold {version}, such as v{version}, not "1"',
        '7: "someday" is no day of the week: mon, tue, wed, thu, fri, sat, sun',
        '7: "from" of a change window must be a time such as "09:00", in quotes',
        '7: "zone" of a change window must be a time zone such as Europe/Berlin',
        '8: the freeze gives no reason',
        '8: the freeze ends before it begins (2027-01-03 to 2026-12-20)',
        '9: "orders.example" must be an address that begins with https:// or http://',
      ],
    );
  });

  it('join a base by key', () => {
    const layers = [
      'readiness: { conditions: { documents-sound: off }, coverage: { whole: 60, core: 90 }, approvals: { required: 2 } }\n',
      'readiness: { conditions: { workflows-proven: warn }, coverage: { whole: 75 } }\n',
    ].map((text, index) => {
      const layer = readLayer(`${index}.yml`, text);
      assert.ok(layer.ok);
      return layer.layer;
    });
    const joined = combineLayers(layers);
    assert.ok(joined.ok);
    const { conditions, coverage, approvals } = joined.configuration.readiness;
    assert.deepEqual(conditions, { 'documents-sound': 'off', 'workflows-proven': 'warn' });
    assert.deepEqual(coverage, { whole: 75, core: 90, coreFiles: [] });
    assert.deepEqual(approvals, { required: 2, fourEyes: true, by: [] });
  });
});

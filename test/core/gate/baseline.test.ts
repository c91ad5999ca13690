import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createParsers } from '../../../src/adapters/parsers';
import {
  applyBaseline,
  baselineText,
  openBaseline,
  readBaseline,
  type Baseline,
} from '../../../src/core/gate/baseline';
import { checkRepository } from '../../../src/core/gate/check';
import { defaultConfiguration } from '../../../src/core/gate/configuration';
import type { Finding, RootReport } from '../../../src/core/gate/report';
import { memoryFiles } from '../../support/world';
import { findings, reports } from './reports/sample';

const path = '.github/release-gate-baseline.json';
const deploy = '.github/workflows/deploy.yml';
const parsers = createParsers();

const faulty = `name: Deploy
on:
  push:
    branches: [main]
permissions: {}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: npm test
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: npx eslint .
  deploy:
    runs-on: ubuntu-latest
    environment: production
    concurrency: { group: deploy-production, queue: max }
    steps:
      - run: kubectl apply -f k8s/
`;

function check(
  files: Readonly<Record<string, string>>,
  baseline?: Baseline,
  more: Partial<Parameters<typeof checkRepository>[0]> = {},
): Promise<RootReport> {
  return checkRepository({
    root: '.',
    files: memoryFiles(files),
    parsers,
    configuration: defaultConfiguration,
    today: '2026-11-26',
    ...(baseline ? { baseline } : {}),
    ...more,
  });
}

function baselineOf(report: RootReport): Baseline {
  const reading = readBaseline(path, baselineText(report));
  assert.ok(reading.ok);
  return reading.baseline;
}

const open = (report: RootReport): Finding[] => report.findings.filter(({ status }) => status !== 'waived');

describe('a baseline', () => {
  it('sets aside what was there, and the verdict leaves it out', async () => {
    const before = await check({ [deploy]: faulty });
    assert.equal(before.verdict, 'fail');
    const after = await check({ [deploy]: faulty }, baselineOf(before));
    assert.deepEqual([after.verdict, open(after)], ['pass', []]);
    assert.deepEqual(after.baseline, { path, known: before.findings.length, gone: [] });
    assert.ok(
      after.findings.every(
        ({ status, baseline, waiver }) => status === 'waived' && baseline === path && !waiver,
      ),
    );
  });

  it('is the same text for the same findings, in whatever order, and holds no date', async () => {
    const report = await check({ [deploy]: faulty });
    const text = baselineText(report);
    assert.equal(baselineText({ ...report, findings: [...report.findings].reverse() }), text);
    assert.equal(baselineText(await check({ [deploy]: `# moved\n\n${faulty}` })), text);
    assert.doesNotMatch(text, /20\d\d-/);
  });

  it('knows a finding again when lines move, and not when the fault is another', async () => {
    const baseline = baselineOf(await check({ [deploy]: faulty }));
    const moved = faulty.replace('jobs:\n', 'env:\n  A: 1\njobs:\n').replaceAll('\n', '\r\n');
    assert.deepEqual(open(await check({ [deploy]: moved }, baseline)), []);
    const worse = faulty.replace(
      '  lint:\n',
      '  e2e:\n    runs-on: x\n    steps:\n      - run: npx jest\n  lint:\n',
    );
    const found = open(await check({ [deploy]: worse }, baseline));
    assert.ok(found.length > 0, 'one more test that production does not wait for');
    assert.ok(found.every(({ rule }) => rule === 'prod-without-tests'));
  });

  it('lets a second of the same sort through only as often as it counts', async () => {
    const action = '      - uses: acme/check@v1\n';
    const once = faulty.replace('      - run: npm test\n', `${action}      - run: npm test\n`);
    const twice = once.replace(action, action + action);
    const baseline = baselineOf(await check({ [deploy]: once }));
    const found = open(await check({ [deploy]: twice }, baseline));
    assert.deepEqual(
      found.map(({ rule }) => rule),
      ['unpinned-action'],
    );
  });

  it('says what is gone, and only where it was looked for', async () => {
    const baseline = baselineOf(await check({ [deploy]: faulty }));
    const mended = faulty.replace(
      '    environment: production\n',
      '    environment: production\n    timeout-minutes: 9\n',
    );
    const gone = async (
      files: Readonly<Record<string, string>>,
      more: Partial<Parameters<typeof checkRepository>[0]> = {},
    ): Promise<readonly string[]> =>
      (await check(files, baseline, more)).baseline?.gone.map(({ rule }) => rule) ?? [];
    assert.deepEqual(await gone({ [deploy]: mended }), ['no-deploy-timeout']);
    assert.equal((await gone({})).length, baseline.entries.length, 'the file itself is gone');
    assert.deepEqual(await gone({ [deploy]: 'jobs: [' }), [], 'a broken file tells nothing');
    assert.deepEqual(await gone({ [deploy]: mended, 'a.yml': faulty }, { only: new Set(['a.yml']) }), []);
    const off = { ...defaultConfiguration, severities: { 'no-deploy-timeout': 'off' as const } };
    assert.deepEqual(await gone({ [deploy]: mended }, { configuration: off }), []);
  });

  it('never sets aside a file that cannot be read, nor a waiver that has ended', async () => {
    const broken = await check({ [deploy]: 'jobs: [' });
    assert.equal(broken.verdict, 'unknown');
    assert.deepEqual(baselineOf(broken).entries, []);
    const [entry] = baselineOf(await check({ [deploy]: faulty })).entries;
    const reading = readBaseline(
      path,
      JSON.stringify({ version: 1, findings: [{ ...entry, rule: 'waiver-expired' }] }),
    );
    assert.ok(!reading.ok && reading.reason.includes('"waiver-expired", which is never set aside'));
  });

  it('covers nothing that weighs more than it did, nor a fault that was only unknown', () => {
    const [report] = reports;
    const [fault] = findings;
    assert.ok(report && fault);
    const of = (finding: Finding): RootReport => ({ ...report, findings: [finding] });
    const openAfter = (was: Finding, is: Finding): number =>
      open(applyBaseline(of(is), baselineOf(of(was)), () => true)).length;
    assert.equal(openAfter(fault, fault), 0);
    assert.equal(openAfter({ ...fault, severity: 'warn' }, fault), 1);
    assert.equal(openAfter({ ...fault, status: 'unknown' }, fault), 1);
    assert.equal(openAfter(fault, { ...fault, severity: 'warn' }), 0);
    assert.equal(openAfter(fault, { ...fault, status: 'unknown' }), 0);
  });

  it('leaves waived findings to their waivers', async () => {
    const waived = faulty.replace(
      '  deploy:\n',
      '  # release-gate: ignore[no-deploy-timeout] by hand\n  deploy:\n',
    );
    const report = await check({ [deploy]: waived });
    assert.ok(
      report.findings.some(({ rule, status }) => rule === 'no-deploy-timeout' && status === 'waived'),
    );
    assert.ok(!baselineText(report).includes('no-deploy-timeout'));
  });

  it('says what is wrong with its file', async () => {
    const entry = baselineOf(await check({ [deploy]: faulty })).entries[0];
    for (const [text, reason] of [
      ['{', /is not JSON/],
      ['[]', /no baseline of this version/],
      ['{"version":2,"findings":[]}', /no baseline of this version/],
      ['{"version":1,"findings":{}}', /no baseline of this version/],
      [JSON.stringify({ version: 1, findings: [entry, { ...entry, count: 0 }] }), /incomplete: number 2/],
      [JSON.stringify({ version: 1, findings: [{ ...entry, severity: 'off' }] }), /incomplete: number 1/],
      [JSON.stringify({ version: 1, findings: [null] }), /incomplete: number 1/],
    ] as const) {
      const reading = readBaseline(path, text);
      assert.ok(!reading.ok, text);
      assert.match(reading.reason, reason);
    }
    assert.deepEqual(await openBaseline(memoryFiles({}), path, { isRequired: false }), {
      ok: true,
      baseline: null,
    });
    assert.deepEqual(await openBaseline(memoryFiles({}), path, { isRequired: true }), {
      ok: false,
      reason: `The baseline ${path} does not exist`,
    });
  });
});

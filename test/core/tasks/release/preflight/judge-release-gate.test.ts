import assert from 'node:assert/strict';
import { createGitHistory } from '../../../../../src/adapters/git-history';
import { createNodeFiles } from '../../../../../src/adapters/node-files';
import { createParsers } from '../../../../../src/adapters/parsers';
import { createReportFiles } from '../../../../../src/adapters/report-files';
import { approvalKind } from '../../../../../src/core/documents/approval/approval-kind';
import { overrideKind } from '../../../../../src/core/documents/override/override-kind';
import { openConfiguration } from '../../../../../src/core/gate/open-configuration';
import type { AssessedWorld } from '../../../../../src/core/readiness/assess-release';
import type { GateItem, GateOutcome } from '../../../../../src/core/release/run';
import { judgeReleaseGate } from '../../../../../src/core/tasks/release/preflight/judge-release-gate';
import type { ReleaseGateRequest } from '../../../../../src/core/tasks/release/preflight/release-gate-request';
import { gitRepository, type GitRepository } from '../../../../support/git-repository';

const DEPLOY = `#!/bin/sh
set -eu
case "\${1:-}" in
  --rollback) platform rollback "\${2:?which version}" ;;
  '' | -*) exit 64 ;;
  *)
    version=$1
    shift
    share=100%
    if [ "\${1:-}" = --canary ]; then share=$2; fi
    platform deploy "$version" "$share"
    ;;
esac
`;

const CONFIGURATION = `
environments: { production: [production], other: [staging] }
release:
  deploy: { arguments: ['{version}'] }
  smoke: { endpoints: [GET /orders, POST /orders], base-url: http://127.0.0.1:1, test-account: smoke@orders.example }
  watch:
    metrics:
      - { name: error rate, kind: errors, bad: a, all: b }
      - { name: request rate, kind: traffic, query: a }
      - { name: p99, kind: latency, query: a }
      - { name: queue, kind: saturation, query: a }
`;

const SMOKE = `# Smoke tests

## Production Smoke Tests

| Name | Method | Path | Status | Body |
| --- | --- | --- | --- | --- |
| orders are listed | GET | /orders | 200 | |
| an order is placed | POST | /orders | 201 | {"account":"smoke@orders.example"} |
`;

const FILES: Readonly<Record<string, string>> = {
  '.gitignore': '.env\ntickets.json\n',
  '.github/release-gate.yml': CONFIGURATION,
  '.env.example': 'ORDERS_URL=\nORDERS_TOKEN=\n',
  'scripts/deploy.sh': DEPLOY,
  'scripts/health-check.sh': '#!/bin/sh\ncurl --fail "$ORDERS_URL/health"\n',
  'docs/ops/observability.md': '# Observability\n\nPrometheus has it.\n',
  'docs/ops/environment_strategy.md': '# Environments\n\nstaging, then production\n',
  'docs/ops/deployment_procedures.md': '# Procedures\n\nWatch window: 20 minutes\n\nIdle limit: 90 seconds\n',
  'docs/ops/smoke-tests.md': SMOKE,
};

const ENV = 'ORDERS_URL=http://orders.example\nORDERS_TOKEN=q8Zr1\n';

describe('phase 1 of a release', function () {
  this.timeout(60_000);
  // Loaded once for all.
  const parsers = createParsers();
  let repository: GitRepository;

  beforeEach(() => {
    repository = gitRepository();
    repository.write('.env', ENV);
    repository.commit('feat: take orders', FILES);
    repository.git('tag', 'v1.0.0');
    repository.commit('fix: number orders from two (SHOP-12)', {
      'src/orders.js': 'export const first = 2;\n',
    });
    repository.git('tag', 'v1.1.0');
  });

  afterEach(() => repository.remove());

  const now = new Date('2026-06-03T10:00:00Z');

  async function world(): Promise<AssessedWorld> {
    const files = createNodeFiles(repository.root);
    const opened = await openConfiguration(files, '.github/release-gate.yml', { isRequired: false });
    assert.ok(opened.ok, JSON.stringify(opened));
    return {
      files,
      reports: createReportFiles(repository.root),
      history: createGitHistory(repository.root, { isTrusted: true }),
      clock: { now: () => now },
      parsers,
      configuration: opened.configuration,
    };
  }

  async function judged(parts: Partial<ReleaseGateRequest> = {}): Promise<GateOutcome> {
    return judgeReleaseGate(
      await world(),
      {
        mode: 'release',
        version: '1.1.0',
        environment: 'staging',
        isProduction: parts.environment === 'production',
        target: null,
        runId: null,
        isOnline: false,
        runsCommands: false,
        metrics: ['error rate', 'request rate', 'p99', 'queue'].map((name) => ({
          name,
          isRequired: true,
          ok: true,
          detail: 'answers',
        })),
        feasibility: ['error rate: a doubling would be seen within 6 minutes'],
        scopeEdits: [],
        ...parts,
      },
      { signal: new AbortController().signal, report: () => undefined },
    );
  }

  const blocking = ({ items }: GateOutcome): string[] =>
    items
      .filter(({ isBlocking, outcome }) => isBlocking && (outcome === 'fail' || outcome === 'unknown'))
      .map(({ id }) => id);
  const of = ({ items }: GateOutcome, id: string): GateItem => {
    const found = items.find((each) => each.id === id);
    assert.ok(found, `${id} is not among ${items.map((each) => each.id).join(', ')}`);
    return found;
  };

  it('lets a release to staging go where everything that it needs is there, and says what it would use', async () => {
    const outcome = await judged();
    assert.deepEqual(blocking(outcome), []);
    assert.ok(outcome.isGo);
    assert.equal(outcome.target, '1.0.0');
    assert.equal(outcome.commit, repository.git('rev-parse', 'HEAD'));
    assert.deepEqual(outcome.strategies, ['all-at-once', 'canary', 'manual']);
    assert.match(outcome.strategyReason, /the risk is low/);
    assert.deepEqual(outcome.tickets, [
      { id: 'SHOP-12', status: 'named by a commit only', title: 'fix: number orders from two (SHOP-12)' },
    ]);
    assert.deepEqual(outcome.feasibility, ['error rate: a doubling would be seen within 6 minutes']);
    const resolved = of(outcome, 'resolved');
    assert.match(
      resolved.detail,
      /^1\.1\.0 \(\w{12}\) to staging, back to 1\.0\.0; the watch window is 20m, by docs\/ops\/deployment_procedures\.md:3; the idle limit is 90s, by .*:5$/,
    );
    assert.ok(
      resolved.evidence.includes('scripts/deploy.sh') && resolved.evidence.includes('docs/release/records/'),
    );
    assert.match(of(outcome, 'rollback-target').detail, /the release before, by the tag v1\.0\.0/);
    assert.match(of(outcome, 'smoke-endpoints').detail, /^2 of 2 are tried$/);
  });

  it('holds production to readiness, and never takes what is not known for met', async () => {
    const outcome = await judged({ environment: 'production' });
    assert.ok(!outcome.isGo);
    const stop = blocking(outcome);
    for (const id of ['approved', 'documents-sound', 'rollback:drilled'])
      assert.ok(stop.includes(id), stop.join(', '));
    assert.equal(of(outcome, 'approved').outcome, 'unknown');
  });

  it('stops where a script or a document is missing, and makes up none', async () => {
    repository.commit('chore: lose them', {
      'scripts/health-check.sh': null,
      'docs/ops/observability.md': null,
      'docs/ops/environment_strategy.md': '\n',
    });
    const outcome = await judged();
    assert.deepEqual(blocking(outcome), ['health-script', 'observability-document', 'environments-document']);
    assert.match(of(outcome, 'health-script').detail, /nothing is made up or patched in its place/);
    repository.commit('chore: lose the script', { 'scripts/deploy.sh': null });
    const without = await judged();
    assert.ok(blocking(without).includes('deploy-script'));
    assert.ok(!without.items.some(({ id }) => id === 'rollback-handled'));
  });

  it('reads the numbered layout where one setting chooses it', async () => {
    repository.commit('chore: move', {
      '.github/release-gate.yml': CONFIGURATION.replace('release:\n', 'release:\n  layout: numbered\n'),
      '_docs/04_deploy/observability.md': 'a\n',
      '_docs/04_deploy/environment_strategy.md': 'a\n',
      '_docs/04_deploy/deployment_procedures.md': 'Watch window: 7 minutes\n',
      '_docs/02_document/tests/blackbox-tests.md': SMOKE,
      '_docs/00_problem/restrictions.md': '- Blackout: 2026-06-01 to 2026-06-05: the fair\n',
    });
    const outcome = await judged();
    assert.deepEqual(blocking(outcome), ['restricted-times']);
    assert.match(
      of(outcome, 'resolved').detail,
      /the watch window is 7m, by _docs\/04_deploy\/deployment_procedures\.md:1/,
    );
    assert.match(
      of(outcome, 'restricted-times').detail,
      /in the blackout from 2026-06-01 to 2026-06-05: the fair/,
    );
    assert.equal((await world()).configuration.releaseFolder, '_docs/04_release');
  });

  it('stops where the script does not go back', async () => {
    repository.commit('chore: forget it', {
      'scripts/deploy.sh': '#!/bin/sh\n# --rollback goes back\nplatform deploy "$1"\n',
    });
    const outcome = await judged();
    assert.ok(blocking(outcome).includes('rollback-handled'));
    assert.match(
      of(outcome, 'rollback-handled').detail,
      /has no branch for --rollback: .*it is not patched in a release/,
    );
    assert.deepEqual(outcome.strategies, ['all-at-once', 'manual']);
  });

  it('holds the environment of the script against its template, and tells no value', async () => {
    repository.write('.env', 'ORDERS_URL=changeme\n');
    const outcome = await judged();
    assert.deepEqual(blocking(outcome), ['environment-file:ORDERS_TOKEN', 'environment-file:ORDERS_URL']);
    repository.write(
      '.env',
      'ORDERS_URL=http://a.example\nORDERS_TOKEN=hunter2-very-secret\nEXTRA=your-key-here\n',
    );
    const told = JSON.stringify(await judged());
    assert.ok(!told.includes('hunter2') && !told.includes('your-key-here'));
    assert.ok(told.includes('EXTRA holds a placeholder'));
  });

  it('wants smoke tests for production, with an account of their own for what they write', async () => {
    repository.commit('chore: lose them', { 'docs/ops/smoke-tests.md': '# Smoke tests\n' });
    const outcome = await judged({ environment: 'production' });
    assert.match(of(outcome, 'smoke-tests').detail, /^smoke tests are missing for a production target/);
    assert.ok(blocking(outcome).includes('smoke-tests'));
    assert.deepEqual(outcome.leftovers.length, 1);
    assert.ok(!blocking(await judged()).includes('smoke-tests'));
    repository.commit('chore: write by nobody', {
      'docs/ops/smoke-tests.md': SMOKE,
      '.github/release-gate.yml': CONFIGURATION.replace(', test-account: smoke@orders.example', ''),
    });
    const stop = blocking(await judged({ environment: 'production' }));
    assert.ok(stop.includes('smoke-case:an order is placed'), stop.join(', '));
    assert.ok(!stop.includes('smoke-case:orders are listed'));
  });

  it('names the metrics that production needs, and stops where one does not answer', async () => {
    repository.commit('chore: watch less', {
      '.github/release-gate.yml': CONFIGURATION.replace(/^.*saturation.*$/m, ''),
    });
    assert.match(
      of(await judged({ environment: 'production' }), 'metrics-named').detail,
      /no metric is named for saturation: name it under release\.watch\.metrics \(kind saturation\)/,
    );
    const outcome = await judged({
      metrics: [
        { name: 'error rate', isRequired: true, ok: false, detail: 'gave no series' },
        { name: 'memory', isRequired: false, ok: false, detail: 'is unreachable' },
      ],
    });
    assert.deepEqual(blocking(outcome), ['metric-answers:error rate']);
    assert.ok(
      blocking(await judged({ environment: 'production', metrics: null })).includes('metrics-answer'),
    );
  });

  it('refuses several environments or versions at once', async () => {
    for (const parts of [
      { environment: 'staging and production' },
      { environment: 'eu, us' },
      { version: '1.0.0,1.1.0' },
    ]) {
      assert.deepEqual(blocking(await judged(parts)), ['one-release']);
    }
  });

  it('does not go back to what is released, nor to what nobody knows', async () => {
    assert.deepEqual(blocking(await judged({ target: 'v1.1.0' })), ['rollback-target']);
    const unknown = await judged({ environment: 'production', target: '0.7.0' });
    assert.equal(of(unknown, 'rollback-target').outcome, 'unknown');
    assert.ok(blocking(unknown).includes('rollback-target'));
    assert.ok(
      blocking(await judged({ environment: 'production', version: '1.2.0' })).includes('version-exists'),
    );
  });

  it('goes back to what was released last by the records', async () => {
    repository.git('tag', 'v0.9.0', 'v1.0.0^{commit}');
    const front = (version: string, verdict: string): string =>
      `---\nkind: release-record\nmode: release\nversion: ${version}\nenvironment: staging\nverdict: ${verdict}\nlive-system: changed\n---\n\n# R\n`;
    repository.commit('docs: records', {
      'docs/release/records/release_0.9.0_staging_2026-01-01-1000.md': front('0.9.0', 'Released'),
      'docs/release/records/release_1.0.5_staging_2026-01-02-1000.md': front('1.0.5', 'Rolled-Back'),
    });
    const outcome = await judged({ version: '1.1.0' });
    assert.equal(outcome.target, '0.9.0');
    assert.match(
      of(outcome, 'rollback-target').detail,
      /released last by docs\/release\/records\/release_0\.9\.0_staging/,
    );
    // Nobody resolved the release that was rolled back.
    assert.deepEqual(blocking(outcome), ['failed-release-resolved']);
  });

  it('keeps an environment closed after a run that was broken off amid its deployment', async () => {
    const line = (entry: object): string =>
      `${JSON.stringify({ seq: 1, at: '2026-06-01T10:00:00Z', entry })}\n`;
    const started = line({
      event: 'started',
      run: { mode: 'release', version: '1.0.9', environment: 'staging' },
    });
    const id = 'release_1.0.9_staging_2026-06-01-1000';
    const journal = `docs/release/records/${id}.journal/journal.jsonl`;
    repository.write(journal, started);
    assert.deepEqual(blocking(await judged()), []);
    repository.write(
      journal,
      started + line({ effect: 'run-script', direction: 'forward', stage: 0 }) + '{"torn',
    );
    const outcome = await judged();
    assert.deepEqual(blocking(outcome), [`broken-run:${id}`]);
    assert.match(of(outcome, `broken-run:${id}`).detail, new RegExp(`release-gate resume \\. ${id}`));
    assert.deepEqual(blocking(await judged({ runId: id })), []);
    assert.ok(!blocking(await judged({ environment: 'production' })).includes(`broken-run:${id}`));
    repository.write(
      journal,
      started +
        line({ effect: 'run-script' }) +
        line({ event: 'declared', verdict: { verdict: 'Released' } }),
    );
    assert.deepEqual(blocking(await judged()), []);
  });

  it('stops for tickets in work, and takes one out only where its commits are out', async () => {
    repository.write(
      'tickets.json',
      JSON.stringify([
        { key: 'SHOP-12', title: 'from two', status: 'Done' },
        { key: 'SHOP-13', title: 'later', status: 'In Progress' },
      ]),
    );
    assert.deepEqual(blocking(await judged()), ['tickets-done']);
    const edit = (text: string): Promise<GateOutcome> =>
      judged({ scopeEdits: [{ text, by: { name: 'Ada' }, at: '2026-06-03T09:00:00Z' }] });
    assert.deepEqual(blocking(await edit('SHOP-13')), ['tickets-done']);
    const out = await edit('SHOP-13: moved to 1.2.0');
    assert.deepEqual(blocking(out), []);
    assert.match(of(out, 'scope:SHOP-13').detail, /^Ada took SHOP-13 out at .*: moved to 1\.2\.0; no commit/);
    const still = await edit('SHOP-12: not wanted');
    assert.deepEqual(blocking(still), ['scope:SHOP-12', 'tickets-done']);
    assert.match(of(still, 'scope:SHOP-12').detail, /would be deployed all the same/);
    assert.deepEqual(
      blocking(await edit('src: not wanted')).filter((id) => id.startsWith('scope')),
      ['scope:src'],
    );
  });

  it('owes a tracker that cannot be reached, and says so', async () => {
    repository.commit('chore: a tracker', {
      '.github/release-gate.yml': `${CONFIGURATION}readiness: { evidence: { tickets-command: [tracker, list] } }\n`,
    });
    const opened = await world();
    const outcome = await judgeReleaseGate(
      {
        ...opened,
        programs: {
          run: () => Promise.resolve({ kind: 'failed', detail: 'answers 401 Unauthorized' }),
        } as never,
      },
      {
        ...{ mode: 'release', version: '1.1.0', environment: 'staging', isProduction: false, target: null },
        ...{ runId: null, isOnline: false, runsCommands: true, metrics: [], feasibility: [], scopeEdits: [] },
      },
      { signal: new AbortController().signal, report: () => undefined },
    );
    assert.deepEqual(blocking(outcome), []);
    assert.equal(of(outcome, 'tickets-done').outcome, 'unknown');
    assert.match(
      outcome.leftovers.join(),
      /tickets of this release could not be asked for: .*401 Unauthorized/,
    );
  });

  it('asks for the approval that the restrictions ask for, by the record of either place', async () => {
    repository.commit('docs: restrictions', {
      'docs/release/restrictions.md':
        '# Restrictions\n\n- Manual approval: required\n- ITAR: no artifact leaves the region\n- Be careful on Fridays\n',
    });
    repository.git('tag', '--force', 'v1.1.0');
    const before = await judged();
    assert.deepEqual(blocking(before), ['manual-approval']);
    assert.equal(of(before, 'regulation').outcome, 'note');
    assert.match(of(before, 'restrictions').detail, /Be careful on Fridays/);
    repository.commit('docs: approval', {
      'docs/release/records/manual_approvals/approval_1.1.0_staging.md': approvalKind.render({
        environment: 'staging',
        version: '1.1.0',
        commit: repository.git('rev-parse', 'HEAD'),
        approver: 'Grace Hopper',
        role: 'operations',
        at: '2026-06-03T09:00Z',
        recordedBy: 'Grace Hopper',
        read: ['docs/ops/observability.md'],
        evidence: [],
      }),
    });
    const after = await judged();
    assert.deepEqual(blocking(after), []);
    assert.equal(of(after, 'manual-approval').outcome, 'pass');
  });

  it('takes an override of a change window with its name, reason and end', async () => {
    repository.commit('docs: restrictions', {
      'docs/release/restrictions.md': '- Change window: Mon-Tue 09:00-16:00 UTC\n',
    });
    const closed = await judged();
    assert.match(
      of(closed, 'restricted-times').detail,
      /it is wed 10:00 \(UTC\), and releases go mon, tue 09:00 to 16:00/,
    );
    assert.ok(!closed.isGo);
    repository.commit('docs: override', {
      'docs/release/records/override_1.1.0_change-window.md': overrideKind.render({
        condition: 'change-window',
        environment: 'staging',
        version: '1.1.0',
        name: 'Grace Hopper',
        reason: 'the fix cannot wait',
        until: '2026-06-04',
        recordedAt: '2026-06-03T09:00Z',
        recordedBy: 'Grace Hopper',
      }),
    });
    const open = await judged();
    assert.ok(open.isGo, blocking(open).join(', '));
    assert.match(
      of(open, 'restricted-times').detail,
      /Grace Hopper set that aside until 2026-06-04: the fix cannot wait/,
    );
  });

  it('says where the document on environments does not name the one that is released to', async () => {
    repository.commit('docs: environments', {
      'docs/ops/environment_strategy.md': '# Environments\n\n- production\n',
    });
    const outcome = await judged();
    assert.deepEqual([of(outcome, 'environment-named').outcome, outcome.isGo], ['fail', true]);
    assert.ok(
      !(await judged({ environment: 'production' })).items.some(({ id }) => id === 'environment-named'),
    );
  });

  it('asks a rollback by itself for nothing but its way back', async () => {
    const outcome = await judged({
      mode: 'rollback',
      environment: 'production',
      version: '1.1.0',
      target: '1.0.0',
      metrics: null,
    });
    assert.deepEqual(
      outcome.items.map(({ id }) => id),
      ['deploy-script', 'rollback-handled', 'rollback-target'],
    );
    assert.ok(outcome.isGo);
    assert.equal(outcome.target, '1.0.0');
    const byTag = await judged({ mode: 'rollback', environment: 'production' });
    assert.ok(byTag.isGo);
    assert.match(of(byTag, 'rollback-target').detail, /^1\.0\.0, the release before, by the tag v1\.0\.0$/);
    const unknown = await judged({ mode: 'rollback', environment: 'production', version: '3.0.0' });
    assert.deepEqual(blocking(unknown), ['rollback-target']);
  });
});

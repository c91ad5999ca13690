import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createParsers } from '../../../../src/adapters/parsers';
import type { DeploymentReport } from '../../../../src/core/documents/deployment-report/deployment-report';
import { documentKinds } from '../../../../src/core/documents/index';
import type { Postmortem } from '../../../../src/core/documents/postmortem/postmortem';
import type { TeamLeadStatus } from '../../../../src/core/documents/team-lead-status/team-lead-status';
import type { VerificationReport } from '../../../../src/core/documents/verification-report/verification-report';
import { judgeProposal } from '../../../../src/core/gate/check';
import { strictDrill } from '../../../../src/core/records/strict';
import { readFrontMatter } from '../../../../src/core/text/front-matter';
import type { ProposedFile } from '../../../../src/core/text/proposal';
import { afterRun, type AfterRunPart } from '../../../../src/core/tasks/release/records/after-run';
import { recordOf, rollbackRecordOf } from '../../../../src/core/tasks/release/records/render-run';
import { playRun, skipWatch, unwell, type PlayedRun, type PlayedWorld } from '../../../support/played-run';
import { fixedClock, memoryWorld } from '../../../support/world';

const parsers = createParsers();
const { signal } = new AbortController();

const wentBack: PlayedWorld = {
  polls: { 3: unwell('GET /health: 503'), 4: unwell('GET /health: 503') },
  followUps: { 'tickets-back': { isDone: false, detail: 'the tracker answered 401' } },
};
const staging: PlayedWorld = {
  ...wentBack,
  run: { environment: 'staging', isProduction: false, id: 'release_2.4.0_staging_2026-11-26-2140' },
};
const unknownState: PlayedWorld = { ...wentBack, back: { exitCode: 3 } };
const leftEarly: PlayedWorld = {
  meanwhile: (effect, state) =>
    effect.effect === 'poll' && effect.number === 2 && !state.override ? skipWatch('The demo') : null,
};

function worldOf(run: PlayedRun, files: Readonly<Record<string, string>> = {}) {
  const records = [recordOf(run.lines), rollbackRecordOf(run.lines)].filter((each) => each !== null);
  return {
    ...memoryWorld(
      {
        'README.md': 'hello\n',
        'package.json': '{"name": "orders", "version": "2.4.0"}\n',
        ...Object.fromEntries(records.map(({ path, text }) => [path, text])),
        ...files,
      },
      parsers,
    ),
    clock: fixedClock('2026-11-26T21:50:00Z'),
    gitName: 'Ada Byron',
  };
}

async function after(part: AfterRunPart, played: PlayedWorld, files: Readonly<Record<string, string>> = {}) {
  const run = playRun(played);
  const world = worldOf(run, files);
  return { ...(await afterRun(part, run.lines, world, signal)), world };
}

function dataOf<T>(file: ProposedFile | undefined, kind: string): T {
  assert.ok(file);
  const found = documentKinds.find(({ id }) => id === kind);
  assert.ok(found);
  const front = readFrontMatter(file.after);
  assert.ok(front.ok && found.recognises(file.path, front.data), file.path);
  return found.read(file.path, file.after).data as T;
}

describe('what a run leaves behind', () => {
  for (const [name, played] of Object.entries({
    released: {},
    wentBack,
    unknownState,
    leftEarly,
    manual: { strategy: 'manual' },
  })) {
    it(`is clean under our own rules but for what is unknown: ${name}`, async () => {
      for (const part of ['verification-report', 'incident', 'evidence'] as const) {
        const { files, world } = await after(part, played);
        const findings = await judgeProposal(world, files, signal);
        assert.deepEqual(
          findings
            .filter(({ rule }) => rule !== 'unresolved-placeholder')
            .map(({ rule, path, message, range }) => `${path}:${range?.start.line ?? 0} ${rule}: ${message}`),
          [],
        );
      }
    }).timeout(30_000);

    it(`has records that our own rules find nothing in: ${name}`, async () => {
      const run = playRun(played);
      const records = [recordOf(run.lines), rollbackRecordOf(run.lines)].filter((each) => each !== null);
      const findings = await judgeProposal(
        memoryWorld({ 'README.md': 'hello\n' }, parsers),
        records.map(({ path, text }) => ({ path, before: null, after: text, purpose: '' })),
        signal,
      );
      assert.deepEqual(
        findings.map(({ rule, message }) => `${rule}: ${message}`),
        [],
      );
    }).timeout(30_000);
  }

  it('is a verification report with numbers beside their baselines, and no signature', async () => {
    const { files } = await after('verification-report', {});
    const [file] = files;
    assert.equal(file?.path, 'docs/release/verification/VERIFICATION_2.4.0_production_2026-11-26-2146.md');
    const report = dataOf<VerificationReport>(file, 'verification-report');
    assert.equal(report.summary.deployedBy, 'Ada Byron');
    assert.equal(report.execution.timeTaken, '42 s');
    assert.deepEqual(report.health.measurements[0], {
      metric: 'error rate',
      measured: '0.25 % (18 of 7,200) over 6 intervals',
      baseline: '0.25 % (90 of 36,000) over 30 intervals',
      source:
        'docs/release/records/release_2.4.0_production_2026-11-26-2140.journal/journal.jsonl, 6 polls from 2026-11-26T21:41:11Z',
    });
    assert.match(report.signOff.verifiedBy, /^UNKNOWN\(who verified it/);
    assert.match(report.checksBefore[0]?.result ?? '', /^UNKNOWN/);
    assert.equal(report.checksBefore.at(-1)?.result, 'passed');
    assert.deepEqual(report.issues, []);
  });

  it('takes what phase 1 saw of a condition for the check that it answers', async () => {
    const item = (id: string, outcome: 'pass' | 'fail') => ({
      id,
      title: id,
      outcome,
      isBlocking: false,
      detail: `why of ${id}`,
      evidence: ['reports/junit.xml'],
    });
    const report = dataOf<VerificationReport>(
      (
        await after('verification-report', {
          gate: { items: [item('build-succeeded', 'pass'), item('flags-planned', 'fail')] },
        })
      ).files[0],
      'verification-report',
    );
    assert.deepEqual(report.checksBefore[0], {
      check: 'Pipeline green',
      result: 'passed',
      evidence: 'why of build-succeeded (reports/junit.xml)',
    });
    assert.equal(report.checksBefore[3]?.result, 'failed');
  });

  const statuses: readonly (readonly [string, PlayedWorld, string])[] = [
    ['released', {}, 'success'],
    ['verified rollback', wentBack, 'rolled_back'],
    ['rollback that failed', unknownState, 'failed'],
  ];
  for (const [name, played, status] of statuses) {
    it(`is a deployment report with the status of the verdict: ${name}`, async () => {
      const report = dataOf<DeploymentReport>(
        (await after('verification-report', played)).files[1],
        'deployment-report',
      );
      assert.equal(report.status, status);
      assert.equal(report.rollback.isRequired, status === 'success' ? 'No' : 'Yes');
      if (status === 'failed') assert.match(report.after.version, /^UNKNOWN\(/);
      else assert.equal(report.after.version, status === 'success' ? '2.4.0' : '2.3.1');
    });
  }

  it('is a status that says first what ended where, when and how', async () => {
    const status = dataOf<TeamLeadStatus>(
      (await after('verification-report', wentBack)).files[2],
      'team-lead-status',
    );
    assert.match(
      status.headline,
      /^Release of 2\.4\.0 to production ended at 2026-11-26T.* as Rolled-Back: health failed/,
    );
    assert.match(status.risks.at(-1) ?? '', /takes no release until somebody resolves/);
    assert.equal(status.followUps.length, 2);
  });

  it('writes nothing over what is written once', async () => {
    const path = 'docs/release/verification/VERIFICATION_2.4.0_production_2026-11-26-2146.md';
    const { files, notes } = await after('verification-report', {}, { [path]: 'signed\n' });
    assert.ok(files.every((file) => file.path !== path));
    assert.match(notes[0] ?? '', /stands there already and is written once/);
  });

  it('is a postmortem whose timeline is the journal, where it went back', async () => {
    const { files } = await after('incident', wentBack);
    const postmortem = dataOf<Postmortem>(files[0], 'postmortem');
    assert.equal(postmortem.incident, '2.4.0 in production was rolled back');
    assert.ok(
      postmortem.timeline.every(({ isVerified, source }) => isVerified && /journal\.jsonl$/.test(source)),
    );
    const events = postmortem.timeline.map(({ event }) => event).join('\n');
    assert.match(events, /health failed 2 polls in a row at T\+4\nThe rollback was decided/);
    assert.match(events, /Verdict: Rolled-Back/);
    assert.match(postmortem.impact[0]?.value ?? '', /^4(?:\.\d)? min from the first call/);
    assert.match(postmortem.rootCause, /^UNKNOWN\(/);
    const times = postmortem.timeline.map(({ time }) => time);
    assert.deepEqual(times, [...times].sort());
  });

  it('is a postmortem, too, where the watch was left before its end', async () => {
    const postmortem = dataOf<Postmortem>((await after('incident', leftEarly)).files[0], 'postmortem');
    assert.match(
      postmortem.summary,
      /Grace Hopper left the watch window: The demo\..*UNKNOWN\(what the metrics were/,
    );
  });

  it('is a drill that counts, where it went back outside production', async () => {
    const { files } = await after('evidence', staging);
    const [file] = files;
    assert.ok(file);
    const kind = documentKinds.find(({ id }) => id === 'drill-record');
    const document = kind?.read(file.path, file.after);
    assert.ok(document);
    const strict = strictDrill(document);
    assert.ok(strict.ok, JSON.stringify(strict));
    assert.deepEqual(
      [
        strict.record.environment,
        strict.record.versionFrom,
        strict.record.versionTo,
        strict.record.hasPassed,
      ],
      ['staging', '2.4.0', '2.3.1', true],
    );
    assert.equal(strict.record.recordedBy, 'Ada Byron');
    assert.equal(strict.record.evidence.length, 2);
  });

  it('is a drill that failed where the rollback was not verified, and none in production', async () => {
    const failed = await after('evidence', { ...staging, back: { exitCode: 3 } });
    assert.match(failed.files[0]?.after ?? '', /^outcome: "failed"$/m);
    const production = await after('evidence', wentBack);
    assert.deepEqual(production.files, []);
    assert.match(production.notes[0] ?? '', /is no drill/);
    assert.deepEqual((await after('evidence', {})).files, []);
  });

  it('is no drill of nobody: a program is no person', async () => {
    const bot = { name: 'github-actions[bot]', via: 'file' } as const;
    const { files, notes } = await after('evidence', {
      ...staging,
      run: { ...staging.run, startedBy: bot },
      answer: (question) => ({
        choice:
          { proceed: 'proceed', strategy: 'all-at-once', start: 'start' }[question.kind as string] ??
          'continue',
        text: question.phrase ?? '',
        by: bot,
      }),
    });
    assert.deepEqual(files, []);
    assert.match(notes[0] ?? '', /no drill is recorded: "github-actions\[bot\]" names no person/);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import {
  applyWaivers,
  parseWaiver,
  waiversOfWorkflow,
  type JudgedFinding,
} from '../../../src/core/gate/waivers';
import { readWorkflow } from '../../../src/core/workflow/read';
import { rules } from '../../../src/core/rules/index';
import type { Severity } from '../../../src/core/rules/rule';

const knownIds = new Set(rules.map((rule) => rule.id));
const path = '.github/workflows/deploy.yml';

const text = `# release-gate: ignore[unreadable-file] about the file
name: Deploy
on: push
jobs:
  # release-gate: ignore[no-deploy-timeout] the script limits itself
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: acme/deploy@v2 # release-gate: ignore[unpinned-action] our own (until 2026-12-31)
      - run: |
          ./deploy.sh
  other:
    runs-on: ubuntu-latest
    steps:
      - uses: acme/other@v1
`;

function judged(rule: string, at: string | null, severity: Severity = 'warn'): Omit<JudgedFinding, 'waiver'> {
  const start = at === null ? 0 : text.indexOf(at);
  assert.ok(start >= 0);
  return {
    rule,
    severity,
    finding: {
      message: rule,
      path,
      span: at === null ? null : { start, end: start + at.length },
      status: 'fail',
    },
  };
}

function apply(
  workflowText: string,
  findings: readonly Omit<JudgedFinding, 'waiver'>[],
  today = '2026-11-21',
): { waived: string[]; about: string[] } {
  const result = applyWaivers(findings, [waiversOfWorkflow(readWorkflow(path, workflowText))], {
    today,
    knownIds,
    wasJudged: () => true,
  });
  return {
    waived: result.findings.filter((finding) => finding.waiver).map((finding) => finding.rule),
    about: result.about.map((entry) => `${entry.rule}: ${entry.finding.message}`),
  };
}

describe('waivers', () => {
  it('silence nothing from inside a script, and say so at their place', () => {
    const inside = text.replace(
      '          ./deploy.sh\n',
      '          # release-gate: ignore[no-smoke-test] text of the shell\n          ./deploy.sh\n',
    );
    const found = waiversOfWorkflow(readWorkflow(path, inside));
    assert.ok(!found.waivers.some(({ rule }) => rule === 'no-smoke-test'));
    const [mistake] = found.mistakes;
    assert.equal(found.mistakes.length, 1);
    assert.match(mistake?.message ?? '', /inside a script and silences nothing: move it above the key/);
    assert.equal(
      inside.slice(mistake?.span.start, mistake?.span.end),
      '# release-gate: ignore[no-smoke-test] text of the shell',
    );
    assert.deepEqual(apply(inside, [judged('no-smoke-test', 'deploy:')]).waived, []);
  });

  it('speak of the job that they stand in or above, of their line, and outside jobs of the file', () => {
    const findings = [
      judged('no-deploy-timeout', 'deploy:\n    runs-on'),
      judged('unpinned-action', 'acme/deploy@v2', 'block'),
      judged('unreadable-file', null),
    ];
    assert.deepEqual(apply(text, findings), {
      waived: ['no-deploy-timeout', 'unpinned-action', 'unreadable-file'],
      about: [],
    });
  });

  it('do not reach into another job, and are unused then', () => {
    const result = apply(text, [
      judged('unpinned-action', 'acme/other@v1', 'block'),
      judged('no-deploy-timeout', 'other:\n    runs-on'),
    ]);
    assert.deepEqual(result.waived, []);
    assert.deepEqual(
      result.about.map((entry) => entry.split(':')[0]),
      ['waiver-unused', 'waiver-unused', 'waiver-unused'],
    );
  });

  it('hold up to and including their last day', () => {
    const findings = [
      judged('no-deploy-timeout', 'deploy:\n    runs-on'),
      judged('unpinned-action', 'acme/deploy@v2', 'block'),
      judged('unreadable-file', null),
    ];
    assert.deepEqual(apply(text, findings, '2026-12-31').about, []);
    const after = apply(text, findings, '2027-01-01');
    assert.deepEqual(after.waived, ['no-deploy-timeout', 'unreadable-file']);
    assert.equal(after.about.length, 1);
    assert.match(after.about[0] ?? '', /^waiver-expired: .*ended on 2026-12-31/);
  });

  const one = (comment: string): string => `on: push\njobs:\n  deploy:\n    # ${comment}\n    runs-on: x\n`;
  const finding = (severity: Severity): Omit<JudgedFinding, 'waiver'> => ({
    rule: 'no-rollback-path',
    severity,
    finding: { message: 'm', path, span: { start: 17, end: 20 }, status: 'fail' },
  });

  it('silence nothing without a reason', () => {
    const result = apply(one('release-gate: ignore[no-rollback-path] (until 2027-01-01)'), [
      finding('block'),
    ]);
    assert.deepEqual(result.waived, []);
    assert.match(result.about.join(), /^waiver-without-reason: /);
  });

  it('silence nothing that blocks without a last day, and need none for a warning', () => {
    const comment = one('release-gate: ignore[no-rollback-path] by hand');
    assert.match(apply(comment, [finding('block')]).about.join(), /^waiver-without-end-date: /);
    assert.deepEqual(apply(comment, [finding('warn')]), { waived: ['no-rollback-path'], about: [] });
    const never = one('release-gate: ignore[no-rollback-path] by hand (until next year)');
    assert.match(
      apply(never, [finding('block')]).about.join(),
      /^waiver-without-end-date: "next year" is no day/,
    );
  });

  it('name their mistakes: no rule, an unknown rule, a rule that cannot be waived', () => {
    assert.match(apply(one('release-gate: ignore all of it'), []).about.join(), /names no rule/);
    assert.match(
      apply(one('release-gate: ignore[no-rolback-path] x'), []).about.join(),
      /did you mean "no-rollback-path"/,
    );
    assert.match(apply(one('release-gate: ignore[waiver-unused] x'), []).about.join(), /cannot be waived/);
  });

  it('take several rules in one comment', () => {
    const parsed = parseWaiver('release-gate: ignore[a-b, c-d,a-b] why: because (of x) (until 2027-03-01)');
    assert.deepEqual(parsed, {
      ok: true,
      rules: ['a-b', 'c-d'],
      reason: 'why: because (of x)',
      until: '2027-03-01',
    });
    assert.equal(parseWaiver('the release-gate: ignored'), null);
  });

  it('are read from any text without throwing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (rest) => {
        parseWaiver(`release-gate: ignore${rest}`);
        apply(one(`release-gate: ignore[no-rollback-path]${rest.replace(/[\r\n]/g, ' ')}`), [
          finding('block'),
        ]);
      }),
    );
  });
});

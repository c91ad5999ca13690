import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Finding } from '../../../../src/core/gate/report';
import { MAX_PER_KIND } from '../../../../src/core/gate/reports/annotations';
import { renderGitHub } from '../../../../src/core/gate/reports/github';
import { findings, reports } from './sample';

describe('the GitHub report', () => {
  const lines = renderGitHub(reports).split('\n');

  it('begins with the counts as a plain line', () => {
    assert.equal(lines[0], 'fail: 1 blocking, 1 unknown, 2 warnings, 0 notes, 1 waived; 2 files checked');
  });

  it('gives one command per finding, with the counterexample on escaped lines', () => {
    assert.equal(
      lines[1],
      '::error file=.github/workflows/deploy.yml,line=5,col=9,endColumn=17,title=prod-without-tests::' +
        '"deploy" can reach production though "test" did not succeed: mend it' +
        '%0AA run that gets there: push on refs/heads/main, with force=true, cancelled while it runs' +
        '%0A1. test: failure, its tests fail (.github/workflows/deploy.yml:2)' +
        '%0A2. deploy: starts, always() is true (.github/workflows/deploy.yml:5)',
    );
  });

  it('escapes percent signs and line ends in the message', () => {
    assert.ok(lines[3]?.endsWith('::100%25: a, b%0D%0Ac'), lines[3]);
  });

  it('escapes colons and commas in properties, and gives no column over several lines', () => {
    assert.ok(
      lines[2]?.startsWith(
        '::error file=.github/workflows/a%3Ab%2Cc.yml,line=1,endLine=2,title=deploy-target-unknown (unknown)::',
      ),
      lines[2],
    );
  });

  it('names no file for a finding about the whole repository', () => {
    assert.match(lines[4] ?? '', /^::warning title=unreadable-file \(unknown\)::/);
  });

  it('makes a waived finding a notice with its reason, after all that is open', () => {
    assert.match(
      lines[5] ?? '',
      /^::notice .*title=no-rollback-path \(waived\)::.*%0Awaived until 2027-03-01: by hand for now$/,
    );
    assert.equal(lines.length, 7);
  });

  it('gives as many of a kind as GitHub shows, the worst first, and says what is not shown', () => {
    const [report] = reports;
    const [failed, warned, unknown, waived] = findings;
    assert.ok(report && failed && warned && unknown && waived);
    const many = (finding: Finding, count: number): Finding[] => Array.from({ length: count }, () => finding);
    const shown = renderGitHub([
      {
        ...report,
        findings: [...many(unknown, 6), ...many(warned, 12), ...many(failed, 7), ...many(waived, 12)],
      },
    ]).split('\n');
    const errors = shown.filter((line) => line.startsWith('::error'));
    assert.equal(errors.length, MAX_PER_KIND);
    assert.ok(errors.slice(0, 7).every((line) => line.includes('title=prod-without-tests::')));
    assert.equal(shown.filter((line) => line.startsWith('::warning')).length, MAX_PER_KIND);
    const notices = shown.filter((line) => line.startsWith('::notice'));
    assert.equal(notices.length, MAX_PER_KIND);
    assert.match(notices.at(-1) ?? '', /so 3 errors, 2 warnings and 3 notices are not shown/);
  });

  it('shows what other tools reported behind ours, with their names', () => {
    const shown = renderGitHub(reports, [
      {
        file: 'zizmor.sarif',
        tool: 'zizmor',
        version: null,
        informationUri: null,
        rules: [],
        findings: [
          {
            rule: 'template-injection',
            level: 'error',
            message: 'code: 100%\n::error::no',
            path: 'a,b.yml',
            range: { start: { line: 2, column: 3 }, end: { line: 2, column: 9 } },
            isSuppressed: false,
            fingerprints: {},
          },
          {
            rule: '',
            level: 'note',
            message: 'm',
            path: null,
            range: null,
            isSuppressed: true,
            fingerprints: {},
          },
        ],
      },
    ]).split('\n');
    assert.equal(shown[1], 'From other tools, not part of the verdict: zizmor 1');
    assert.ok(
      shown.includes(
        '::error file=a%2Cb.yml,line=2,col=3,endColumn=9,title=zizmor%3A template-injection::code: 100%25%0A::error::no',
      ),
    );
    assert.equal(shown.length, 9);
  });
});

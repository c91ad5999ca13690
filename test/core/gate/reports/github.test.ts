import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { renderGitHub } from '../../../../src/core/gate/reports/github';
import { reports } from './sample';

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
    assert.ok(lines[2]?.endsWith('::100%25: a, b%0D%0Ac'), lines[2]);
  });

  it('escapes colons and commas in properties, and gives no column over several lines', () => {
    assert.ok(
      lines[3]?.startsWith(
        '::error file=.github/workflows/a%3Ab%2Cc.yml,line=1,endLine=2,title=deploy-target-unknown (unknown)::',
      ),
      lines[3],
    );
  });

  it('makes a waived finding a notice with its reason', () => {
    assert.match(
      lines[4] ?? '',
      /^::notice .*title=no-rollback-path \(waived\)::.*%0Awaived until 2027-03-01: by hand for now$/,
    );
  });

  it('names no file for a finding about the whole repository', () => {
    assert.match(lines[5] ?? '', /^::warning title=unreadable-file \(unknown\)::/);
    assert.equal(lines.length, 7);
  });
});

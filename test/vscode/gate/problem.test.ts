import assert from 'node:assert/strict';
import { problemOf, statusText } from '../../../src/vscode/gate/problem';
import { sampleFinding } from '../sample-result';

const range = { start: { line: 1, column: 1 }, end: { line: 1, column: 4 } };

describe('a finding as a problem', () => {
  it('maps severity and status, and says the state in words', () => {
    const levels = (['block', 'warn', 'info'] as const).map((severity) =>
      (['fail', 'unknown'] as const).map((status) => problemOf(sampleFinding({ severity, status })).level),
    );
    assert.deepEqual(levels, [
      ['error', 'warning'],
      ['warning', 'information'],
      ['information', 'information'],
    ]);
    assert.match(problemOf(sampleFinding({ status: 'unknown' })).message, /^Unknown: /);
    const waived = problemOf(
      sampleFinding({
        status: 'waived',
        waiver: { reason: 'replaced in May', until: '2027-03-01', path: 'x', range: null },
      }),
    );
    assert.equal(waived.level, 'hint');
    assert.match(waived.message, /^Waived until 2027-03-01 \(replaced in May\): /);
  });

  it('carries the evidence, then the counterexample step by step', () => {
    const { related } = problemOf(
      sampleFinding({
        evidence: [{ message: 'the tests are here', path: 'ci.yml', range }],
        counterexample: {
          trigger: 'push',
          ref: 'refs/heads/main',
          inputs: {},
          isCancelled: false,
          steps: [{ path: 'ci.yml', job: 'test', result: 'failure', why: 'a test fails', range }],
        } as unknown as NonNullable<ReturnType<typeof sampleFinding>['counterexample']>,
      }),
    );
    assert.deepEqual(
      related.map((each) => each.message),
      ['the tests are here', 'Counterexample 1: test failure, a test fails'],
    );
  });
});

describe('the status bar', () => {
  const report = { root: 'orders', notChecked: [], checkedFiles: 2 };

  it('says the verdict in words', () => {
    assert.match(statusText([]).tooltip, /Not checked yet/);
    const fail = { ...report, verdict: 'fail' as const, findings: [sampleFinding()] };
    const unknown = {
      ...report,
      verdict: 'unknown' as const,
      findings: [sampleFinding({ status: 'unknown' })],
    };
    const pass = { ...report, verdict: 'pass' as const, findings: [] };
    assert.match(statusText([fail, pass]).text, /Gate fail: 1 blocking$/);
    assert.match(statusText([unknown, pass]).text, /Gate unknown: 1 unknown$/);
    assert.match(statusText([pass]).text, /Gate pass$/);
  });
});

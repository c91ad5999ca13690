import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { readTestReport, type TestReport } from '../../../../src/core/evidence/results/junit';

const fixture = (name: string): string => readFileSync(`test/fixtures/evidence/${name}.xml`, 'utf8');

function read(text: string): TestReport {
  const reading = readTestReport(text);
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.report;
}

function counts({ tests, passed, failed, errors, skipped }: TestReport): readonly number[] {
  return [tests, passed, failed, errors, skipped];
}

const reasonOf = (text: string): string => {
  const reading = readTestReport(text);
  return reading.ok ? 'read' : reading.reason;
};

describe('reports of tests', () => {
  // Written in the likeness of what the tools wrote for tests of this kind.
  const expected: Readonly<
    Record<
      string,
      { counts: readonly number[]; failing: readonly string[]; flaky: readonly string[]; odd: number }
    >
  > = {
    surefire: {
      counts: [5, 2, 1, 1, 1],
      failing: ['io.acme.orders.OrderTest › ships', 'io.acme.orders.OrderTest › cancels'],
      flaky: ['io.acme.orders.OrderTest › pays'],
      odd: 0,
    },
    gotestsum: {
      counts: [4, 3, 1, 0, 0],
      failing: ['example.test/orders › TestShip'],
      flaky: ['example.test/orders › TestPay'],
      odd: 0,
    },
    'pytest-rerunfailures': {
      counts: [6, 2, 1, 1, 2],
      failing: ['tests.test_orders › test_ship', 'tests.test_orders › test_clean'],
      flaky: ['tests.test_orders › test_pay'],
      odd: 0,
    },
    phpunit: {
      counts: [3, 2, 1, 0, 0],
      failing: ['Tests.OrderTest › testPays with data set #1'],
      flaky: [],
      odd: 0,
    },
    ctest: { counts: [3, 1, 1, 0, 1], failing: ['bad'], flaky: [], odd: 0 },
    'node-test': {
      counts: [6, 2, 3, 0, 1],
      failing: ['orders › pays', 'refunds › whole', 'refunds › part'],
      flaky: [],
      odd: 0,
    },
    // Different tests share a name, so that the red one stays red; a file that does not load is counted by no total.
    jest: {
      counts: [4, 2, 1, 1, 0],
      failing: ['orders same', 'Test suite failed to run › t/b.test.js'],
      flaky: [],
      odd: 2,
    },
  };
  for (const [name, wanted] of Object.entries(expected)) {
    it(`are read as ${name} writes them`, () => {
      const text = fixture(name);
      const report = read(text);
      assert.deepEqual(counts(report), wanted.counts);
      assert.deepEqual(
        report.failing.map((test) => test.name),
        wanted.failing,
      );
      assert.deepEqual(
        report.flaky.map((test) => test.name),
        wanted.flaky,
      );
      assert.equal(report.contradictions.length, wanted.odd, JSON.stringify(report.contradictions));
      const lines = text.split('\n');
      for (const { range } of report.failing) {
        assert.ok(lines[range.start.line - 1]?.slice(range.start.column - 1).startsWith('<testcase'));
      }
    });
  }

  it('tell the commit, the time and how long it took', () => {
    const surefire = read(fixture('surefire'));
    assert.deepEqual(
      surefire.origin.commits.map(({ id, range }) => [id, range?.start.line]),
      [['8ed0803eec85aa11bb22cc33dd44ee55ff667788', 5]],
    );
    assert.equal(surefire.seconds, 1204.512);
    assert.equal(read('<testsuite><testcase name="a" time="0,25"/></testsuite>').seconds, 0.25);
    assert.equal(read(fixture('gotestsum')).origin.madeAt, '2026-11-26T12:53:51Z');
    assert.deepEqual(
      read('<testsuite><properties><property name="commit" value="not a commit"/></properties></testsuite>')
        .origin.commits,
      [],
    );
  });

  it('say where totals are not what the cases add up to', () => {
    const said = (text: string) =>
      read(text).contradictions.map(({ message, hidesFailures }) => [message, hidesFailures]);
    assert.deepEqual(said('<testsuite name="a" tests="3"><testcase name="x"/></testsuite>'), [
      ['the suite "a" states 3 tests and holds 1', false],
    ]);
    assert.deepEqual(
      said('<testsuites failures="1"><testsuite name="a"><testcase name="x"/></testsuite></testsuites>'),
      [['the report states 1 failure and shows no test that failed', true]],
    );
    assert.deepEqual(
      said('<testsuite tests="1" failures="0"><testcase name="x"><failure/></testcase></testsuite>'),
      [['the report states 0 failures and shows 1 test that failed', false]],
    );
    assert.deepEqual(
      said('<testsuite tests="1"><testcase name="x"/><testcase name="y"><skipped/></testcase></testsuite>'),
      [],
    );
  });

  it('count what broke outside every test', () => {
    const report = read(
      '<testsuite name="setup"><error message="no database"/><testcase name="x"/></testsuite>',
    );
    assert.deepEqual(counts(report), [2, 1, 0, 1, 0]);
  });

  it('take red after green for red', () => {
    const run = (inner: string): string => `<testcase classname="c" name="a">${inner}</testcase>`;
    assert.deepEqual(counts(read(`<testsuite>${run('')}${run('<failure/>')}</testsuite>`)), [2, 1, 1, 0, 0]);
    assert.deepEqual(counts(read(`<testsuite>${run('<failure/>')}${run('')}</testsuite>`)), [1, 1, 0, 0, 0]);
    assert.deepEqual(
      counts(read(`<testsuite>${run('<failure/>')}${run('<error/>')}</testsuite>`)),
      [1, 0, 0, 1, 0],
    );
  });

  it('keep names on one line, without what a terminal acts on', () => {
    const hostile = '\u001b[31m**bold** &lt;img src=x onerror=alert(1)&gt;&#10;::error::&#x202e;gnp.exe';
    const report = read(
      `<testsuite><testcase classname="c" name="${hostile}"><failure message="${hostile}"/></testcase></testsuite>`,
    );
    const [test] = report.failing;
    assert.match(
      test?.name ?? '',
      /^c › \[31m\*\*bold\*\* <img src=x onerror=alert\(1\)> ::error:: gnp\.exe$/,
    );
    assert.doesNotMatch(`${test?.name}${test?.message}`, /[\u0000-\u001f\u202e]/);
    assert.ok(
      (read(`<testsuite><testcase name="${'x'.repeat(9_000)}"><error/></testcase></testsuite>`).failing[0]
        ?.name.length ?? 0) <= 200,
    );
  });

  it('say what else a file is', () => {
    assert.match(reasonOf('<coverage/>'), /is a coverage report/);
    assert.match(reasonOf('<TestRun/>'), /Visual Studio/);
    assert.match(reasonOf('<html/>'), /its first element is <html>/);
    assert.match(reasonOf('<testsuites><testsuite>'), /cut off/);
    assert.match(reasonOf('{}'), /no XML/);
  });

  it('never throw on damaged reports', () => {
    const names = Object.keys(expected);
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.nat(4_000),
        fc.nat(40),
        fc.string({ maxLength: 8 }),
        (name, at, length, put) => {
          const text = fixture(name);
          readTestReport(text.slice(0, at) + put + text.slice(at + length));
        },
      ),
      { numRuns: 300 },
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { readAcceptanceCriteria } from '../../../../src/core/evidence/results/acceptance-criteria';
import { readAlertRules } from '../../../../src/core/evidence/results/alert-rules';
import { readCheckRuns } from '../../../../src/core/evidence/results/check-runs';
import { readCobertura } from '../../../../src/core/evidence/results/cobertura';
import { mergeCoverage, perCent, type CoverageReport } from '../../../../src/core/evidence/results/coverage';
import { readFaults } from '../../../../src/core/evidence/results/fault-report';
import { readLcov } from '../../../../src/core/evidence/results/lcov';
import { resultOf } from '../../../../src/core/evidence/results/markdown-report';
import { readOutcomes } from '../../../../src/core/evidence/results/outcomes';
import { readQualityReport } from '../../../../src/core/evidence/results/quality-report';
import { readOtherTools } from '../../../../src/core/evidence/results/sarif';
import { standingOf } from '../../../../src/core/evidence/results/standing';
import { progressOf, readTickets } from '../../../../src/core/evidence/results/tickets';
import { readCsv } from '../../../../src/core/text/csv';

const HEAD = { id: '8ed0803eec85aa11bb22cc33dd44ee55ff667788', committedAt: '2026-11-26T13:00:00+01:00' };

function coverage(reading: ReturnType<typeof readLcov>): CoverageReport {
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.report;
}

const reasonOf = (reading: { readonly ok: boolean; readonly reason?: string }): string =>
  reading.reason ?? 'read';

describe('coverage', () => {
  const LCOV = `TN:\nSF:./src/a.ts\nFN:1,f\nDA:1,5\nDA:2,0\nDA:3,1,checksum\nBRDA:1,0,0,1\nBRDA:1,0,1,-\nLF:3\nLH:2\nBRF:2\nBRH:1\nend_of_record\n`;
  const COBERTURA = `<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "http://example.org/coverage-04.dtd">
<coverage line-rate="0.6667" timestamp="1795780800" version="7"><sources><source>/home/runner/work/shop/shop/lib</source></sources>
<packages><package name="p"><classes>
<class name="a" filename="orders/a.py"><methods><method name="f"><lines><line number="1" hits="9"/></lines></method></methods>
<lines><line number="1" hits="1"/><line number="2" hits="0" branch="true" condition-coverage="50% (1/2)"/></lines></class>
<class name="inner" filename="orders/a.py"><methods/><lines><line number="9" hits="3"/></lines></class>
</classes></package></packages></coverage>`;

  it('of lcov is counted from its lines', () => {
    const report = coverage(readLcov(LCOV));
    assert.deepEqual(report.files[0]?.share, { covered: 2, total: 3 });
    assert.deepEqual(report.files[0]?.branches, { covered: 1, total: 2 });
    assert.equal(report.files[0]?.path, 'src/a.ts');
    assert.deepEqual(report.contradictions, []);
    const wrong = coverage(readLcov(LCOV.replace('LH:2', 'LH:3')));
    assert.equal(wrong.contradictions[0]?.message, 'src/a.ts states 3 of 3 lines and lists 2 of 3');
    assert.deepEqual(coverage(readLcov('SF:a\nLF:10\nLH:7\nend_of_record')).files[0]?.share, {
      covered: 7,
      total: 10,
    });
  });

  it('of Cobertura is counted from the lines of classes, once per file', () => {
    const report = coverage(readCobertura(COBERTURA));
    assert.deepEqual(
      report.files.map(({ path, share, branches }) => [path, share, branches]),
      [['orders/a.py', { covered: 2, total: 3 }, { covered: 1, total: 2 }]],
    );
    assert.equal(report.origin.madeAt, '2026-11-27T12:00:00.000Z');
    assert.deepEqual(report.contradictions, []);
    assert.match(
      coverage(readCobertura(COBERTURA.replace('0.6667', '0.9'))).contradictions[0]?.message ?? '',
      /90 % of lines and its lines add up to 66.6 %/,
    );
  });

  it('is of files of the repository, over all reports together', () => {
    const known = new Set(['lib/orders/a.py', 'orders/b.py', 'a.py', 'src/a.ts']);
    const merged = mergeCoverage(
      [
        coverage(readCobertura(COBERTURA)),
        coverage(readLcov(LCOV)),
        coverage(
          readLcov(
            LCOV.replace('DA:2,0', 'DA:2,4')
              .replace('DA:1,5', 'DA:1,0')
              .replace('./src', '/home/runner/work/shop/shop/src'),
          ),
        ),
      ],
      known,
    );
    assert.deepEqual(
      merged.map(({ path, isKnown, share }) => [path, isKnown, share.covered, share.total]),
      [
        ['lib/orders/a.py', true, 2, 3],
        ['src/a.ts', true, 3, 3],
      ],
    );
    // The name alone, cut from a path of elsewhere, is no file of the repository.
    const other = mergeCoverage([coverage(readLcov('SF:/elsewhere/a.py\nDA:1,1\nend_of_record'))], known);
    assert.deepEqual([other[0]?.path, other[0]?.isKnown], ['/elsewhere/a.py', false]);
    assert.equal(perCent({ covered: 1999, total: 2000 }), 99.9);
    assert.equal(perCent({ covered: 0, total: 0 }), null);
  });

  it('says why a report cannot be read', () => {
    assert.match(reasonOf(readLcov('SF:a\nDA:1,1\n')), /cut off/);
    assert.match(reasonOf(readLcov('SF:a\nDA:x,y\n')), /makes no sense/);
    assert.match(reasonOf(readLcov('hello')), /no tracefile of lcov/);
    assert.match(reasonOf(readLcov('')), /empty/);
    assert.match(reasonOf(readCobertura('<coverage><project/></coverage>')), /Clover/);
    assert.match(reasonOf(readCobertura('<report/>')), /JaCoCo/);
    assert.match(reasonOf(readCobertura('<coverage line-rate="1"/>')), /names no file/);
  });
});

describe('checks', () => {
  const run = (name: string): object => ({
    name,
    head_sha: HEAD.id,
    status: 'completed',
    conclusion: 'success',
    completed_at: '2026-11-26T12:10:00Z',
  });
  it('are read as gh prints them: one answer, a list of pages, pages one after the other', () => {
    const page = (name: string): string => JSON.stringify({ total_count: 2, check_runs: [run(name)] });
    for (const text of [
      `[${page('a "{"')},${page('b')}]`,
      `${page('a "{"')}${page('b')}`,
      `${page('a "{"')}\n${page('b')}\n`,
    ]) {
      const reading = readCheckRuns(text);
      assert.ok(reading.ok, text);
      assert.deepEqual(
        reading.report.runs.map(({ name }) => name),
        ['a "{"', 'b'],
      );
      assert.equal(reading.report.missing, 0);
    }
    const first = readCheckRuns(page('a'));
    assert.equal(first.ok && first.report.missing, 1);
  });

  it('of a run carry its commit, workflow and attempt', () => {
    const reading = readCheckRuns(
      JSON.stringify({
        headSha: HEAD.id.toUpperCase(),
        attempt: 2,
        workflowName: 'CI',
        jobs: [{ name: 'a', status: 'in_progress', conclusion: '', completedAt: '0001-01-01T00:00:00Z' }],
      }),
    );
    assert.deepEqual(reading, {
      ok: true,
      report: {
        runs: [
          { name: 'a', workflow: 'CI', commit: HEAD.id, conclusion: 'pending', endedAt: null, attempt: 2 },
        ],
        missing: 0,
      },
    });
  });

  it('say what else a file is', () => {
    assert.match(reasonOf(readCheckRuns('')), /not JSON/);
    assert.match(reasonOf(readCheckRuns('{"conclusion":"success","databaseId":1}')), /names no jobs/);
    assert.match(reasonOf(readCheckRuns('{"check_runs":[{}]}')), /a check without a name/);
    assert.match(reasonOf(readCheckRuns('{"a":1}{"b"')), /not JSON/);
  });
});

describe('faults', () => {
  const read = (text: string) => {
    const reading = readFaults('x', text);
    assert.ok(reading.ok, JSON.stringify(reading));
    return reading.report.map(({ tool, errors, first, lookedAt }) => [
      tool,
      errors,
      first[0]?.text ?? null,
      lookedAt,
    ]);
  };
  it('are read from what linters and type checkers write', () => {
    assert.deepEqual(
      read(
        '<checkstyle><file name="a.go"><error line="3" severity="error" message="bad"/><error line="4" severity="warning" message="meh"/></file></checkstyle>',
      ),
      [[null, 1, 'a.go:3 bad', 1]],
    );
    assert.deepEqual(
      read(
        '<testsuite name="mypy" tests="1"><testcase name="a.py"><failure message="a.py:1: error"/></testcase></testsuite>',
      ),
      [['mypy', 1, 'mypy › a.py: a.py:1: error', 1]],
    );
    assert.deepEqual(
      read(
        JSON.stringify({
          version: '1',
          time: '1795780800000',
          generalDiagnostics: [{ file: 'a.py', severity: 'error', message: 'no' }],
          summary: { errorCount: 1, filesAnalyzed: 4 },
        }),
      ),
      [['pyright', 1, 'a.py: no', 4]],
    );
    assert.deepEqual(read('[]'), [['ESLint', 0, null, 0]]);
  });
  it('are not guessed from anything else', () => {
    assert.match(reasonOf(readFaults('x', 'src/a.ts(3,1): error TS2322')), /neither JSON nor XML/);
    assert.match(reasonOf(readFaults('x', '[{"a":1}]')), /no report of ESLint/);
    assert.match(reasonOf(readFaults('x', '<html/>')), /its first element is <html>/);
  });
});

describe('which commit a report is of', () => {
  const of = (id: string | null, madeAt: string | null) =>
    standingOf({ commits: id === null ? [] : [{ id, range: null }], madeAt }, HEAD).kind;
  it('is held against the release', () => {
    assert.equal(of('8ED0803', null), 'counts');
    assert.equal(of('8ed0804', null), 'other-commit');
    // Named is named: the clock of the machine that ran it does not matter.
    assert.equal(of(HEAD.id, '2026-11-26T11:00:00Z'), 'counts');
    assert.equal(of(null, null), 'counts');
    assert.equal(of(null, '2026-11-26T12:00:00Z'), 'counts');
    assert.equal(of(null, '2026-11-26T12:00:00.400Z'), 'counts');
    assert.equal(of(null, '2026-11-26T11:59:59Z'), 'stale');
    assert.equal(of(null, '2026-11-26T13:30:00+01:00'), 'counts');
    assert.equal(of(null, 'Thu, 26 Nov 2026 11:54:14 GMT'), 'stale');
    // Without a zone it may be noon twelve hours behind.
    assert.equal(of(null, '2026-11-26T00:00:00'), 'counts');
    assert.equal(of(null, '2026-11-25 23:59:59'), 'stale');
    assert.equal(of(null, '1970-01-01T00:00:00'), 'counts');
    assert.equal(of(null, 'yesterday'), 'counts');
    assert.equal(
      standingOf({ commits: [{ id: HEAD.id, range: null }], madeAt: null }, null).kind,
      'other-commit',
    );
  });
});

describe('tickets, tables and words of people', () => {
  it('read CSV with quotes, line breaks and semicolons', () => {
    assert.deepEqual(readCsv('\uFEFFa,b\r\n"x ""y""\nz",2\r\n\r\n3,4'), [
      { cells: ['a', 'b'], line: 1 },
      { cells: ['x "y"\nz', '2'], line: 2 },
      { cells: ['3', '4'], line: 5 },
    ]);
    assert.equal(readCsv('a,"b'), null);
    assert.deepEqual(readCsv('a;b\n1,5;2')?.[1]?.cells, ['1,5', '2']);
  });
  it('know what a state means, or do not', () => {
    assert.equal(progressOf('IN_PROGRESS'), 'in-work');
    assert.equal(progressOf('Code Review'), 'in-work');
    assert.equal(progressOf('Won’t do'), 'done');
    assert.equal(progressOf('In Testing'), 'done');
    assert.equal(progressOf('Nearly done'), 'not-known');
    assert.match(reasonOf(readTickets('a,b\n1,2')), /no column/);
    assert.match(reasonOf(readTickets('[{"key":"A-1"}]')), /without a state: number 1/);
  });
  it('take the first word that says a result', () => {
    for (const [text, wanted] of [
      ['Passed', 'passed'],
      ['✅', 'passed'],
      ['✅ Pass', 'passed'],
      ['PASS (3 retries)', 'passed'],
      ['Not met', 'failed'],
      ['not run', 'skipped'],
      ['Unmet', 'failed'],
      ['❌ 410 ms', 'failed'],
      ['Blocked', 'skipped'],
      ['bypassed', 'not-told'],
      ['210 ms', 'not-told'],
      ['', 'not-told'],
    ] as const)
      assert.equal(resultOf(text), wanted, text);
  });
});

describe('readers of evidence', () => {
  it('never throw', () => {
    const readers: readonly ((text: string) => unknown)[] = [
      readAcceptanceCriteria,
      readAlertRules,
      readCheckRuns,
      readCobertura,
      (text) => readFaults('x', text),
      readLcov,
      readOutcomes,
      (text) => readQualityReport('QA/QA-Report-x.md', text),
      (text) => readOtherTools('x', text),
      readTickets,
    ];
    const words = [
      '<coverage>',
      '<class filename="a">',
      '<line number="1" hits="x"/>',
      '{"jobs":[',
      '{"runs":',
      '"',
      '}',
      ']',
      '| a | b |\n',
      '|---|---|\n',
      '---\n',
      'Status: ',
      'SF:a\n',
      'DA:1',
      ',',
      '- [x] AC-1: ',
      '# Blocking bugs\n',
      '&a',
      '*a',
      '\0',
      '\ud800',
      '\n',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 6 })), { maxLength: 30 }),
        (parts) => {
          for (const read of readers) read(parts.join(''));
        },
      ),
      { numRuns: 300 },
    );
    for (const read of readers) {
      for (const text of [
        '['.repeat(100_000),
        '{"a":'.repeat(50_000),
        '<a>'.repeat(50_000),
        `${'|'.repeat(20_000)}\n`,
        '> '.repeat(20_000),
      ])
        read(text);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { displayWidth } from '../../../../src/core/gate/reports/text';
import { judgeReadiness, type Readiness } from '../../../../src/core/readiness/judge';
import { condition as rollbackCredible } from '../../../../src/core/readiness/conditions/rollback-credible';
import { readinessGitHub } from '../../../../src/core/readiness/reports/github';
import { readinessJson } from '../../../../src/core/readiness/reports/json';
import { readinessSarif } from '../../../../src/core/readiness/reports/sarif';
import { readinessText } from '../../../../src/core/readiness/reports/text';
import { assertSarif } from '../../gate/reports/sarif-schema';
import { changeOf, commitOf, droppedColumn, HEAD } from '../../../support/change';
import { conditionOf, factsOf, overrideOf } from '../../../support/readiness';

const hostile =
  '\u001b[31mred\u0007 \u202e <img src=x onerror=alert(1)> [link](http://evil) `tick`\r\n::error::owned';

const second = droppedColumn({
  range: { start: { line: 9, column: 1 }, end: { line: 9, column: 20 } },
  statement: 'DROP TABLE old',
});
const action = droppedColumn();
const change = changeOf({ irreversible: [action, second], commits: [commitOf({ subject: hostile })] });
const credibility = {
  credible: false,
  conditions: [
    { id: 'target-exists', status: 'pass', why: 'v1.2.0 is there', evidence: [] },
    {
      id: 'actions-compensated',
      status: 'fail',
      why: '2 actions are open',
      evidence: [action, second].map(({ path, range }) => ({ kind: 'file', path, range })),
    },
    { id: 'drilled', status: 'waived', why: 'waived by Ada Byron until 2026-12-01', evidence: [] },
  ],
};

const sample: Readiness = judgeReadiness(
  factsOf({
    change,
    credibility,
    overrides: {
      inForce: [overrideOf('drilled'), overrideOf('late')],
      idle: [{ override: overrideOf('x'), why: 'ended on 2026-11-01' }],
      refused: [{ path: 'docs/release/records/override_y.md', kind: 'override', why: 'has no reason' }],
    },
    check: {
      root: '.',
      verdict: 'pass',
      findings: [],
      notChecked: [{ rule: 'no-wait-timer', needs: 'the API' }],
      checkedFiles: 1,
    },
  }),
  [
    rollbackCredible,
    conditionOf('tests', {
      status: 'fail',
      why: `the run says ${hostile}`,
      evidence: [
        { kind: 'commit', hash: HEAD, subject: hostile },
        { kind: 'file', path: 'reports/a b,c.xml', range: null },
        { kind: 'answer', from: 'ghcr.io', what: hostile, url: null },
      ],
    }),
    conditionOf('late', { status: 'unknown' }),
    conditionOf('slow', { status: 'unknown' }, { weight: 'warn' }),
    conditionOf('held', { status: 'pass', why: 'all of them', next: null }, { criterion: 'health' }),
    conditionOf('none', null),
  ],
);

interface Log {
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly rules: readonly { readonly id: string; readonly help: { readonly text: string } }[];
      };
    };
    readonly properties: { readonly verdict: string };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: { readonly startLine: number };
        };
      }[];
      readonly suppressions?: readonly { readonly justification: string }[];
      readonly partialFingerprints: { readonly primaryLocationLineHash: string };
    }[];
  }[];
}

const sarif = (of: Readiness): Log => JSON.parse(readinessSarif(of, { version: '0.1.0' })) as Log;

describe('the reports of readiness', () => {
  const text = readinessText(sample, { width: 100 });

  describe('as text', () => {
    it('lead with the verdict, what speaks against it, and who set what aside', () => {
      assert.equal(
        text.split('\n')[0],
        'NO-GO: 2.4.0 to production; 2 conditions fail, 2 set aside by Ada Byron (until 2026-12-01), 1 warning',
      );
    });

    it('give each reason with its place, the statement there, and the next step', () => {
      assert.match(
        text,
        /fails {2}What cannot be undone is compensated \[rollback:actions-compensated\]\n {4}2 actions are open\n {4}see db\/migrations\/2\.sql:3: ALTER TABLE users DROP COLUMN email\n/,
      );
      assert.match(text, /next: next of tests/);
      assert.match(
        text,
        /set aside {2}The title of late \[late\]\n {4}why of late\n {4}by Ada Byron, until 2026-12-01: the supplier/,
      );
    });

    it('name the overrides in force and in vain, what holds and what was not asked', () => {
      assert.match(text, /in force {2}drilled: Ada Byron, until 2026-12-01/);
      assert.match(text, /sets nothing aside {2}x: it ended on 2026-11-01/);
      assert.match(text, /does not count {2}docs\/release\/records\/override_y\.md: it has no reason/);
      assert.match(text, /What holds \(1\)\n {2}The title of held: all of them \[held\]/);
      assert.match(text, /nothing that they are about \(1\)\n {2}The title of none \[none\]/);
      assert.match(text, /no-wait-timer: needs the API/);
    });

    it('keep to the width, with each criterion in one table or one list', () => {
      for (const width of [40, 60, 89, 90, 120, 200]) {
        const lines = readinessText(sample, { width }).split('\n').slice(1);
        // A word that is longer than the line stands alone, whole.
        const long = lines.filter(
          (line) =>
            displayWidth(line) > width && line.trim().includes(' ') && !/^\s*\S{20,}/.test(line.trim()),
        );
        assert.deepEqual(
          long.filter((line) =>
            line
              .trim()
              .split(' ')
              .every((word) => word.length < width / 2),
          ),
          [],
        );
        for (const title of [
          'Approval',
          'Execution',
          'Health',
          'Stability',
          'Performance',
          'Reversibility',
          'Documentation',
        ]) {
          assert.equal(lines.filter((line) => line.startsWith(`  ${title}`)).length, 1, `${width} ${title}`);
        }
      }
    });

    it('say every state in words: colours add nothing', () => {
      const coloured = readinessText(sample, { width: 100, hasColour: true });
      assert.notEqual(coloured, text);
      assert.equal(coloured.replace(/\u001b\[[\d;]*m/g, ''), text);
    });
  });

  it('as JSON keep the contract and what was there', () => {
    const data = JSON.parse(readinessJson(sample)) as Record<string, unknown> & {
      readonly reasons: readonly Record<string, unknown>[];
      readonly conditions: readonly Record<string, unknown>[];
      readonly criteria: readonly Record<string, unknown>[];
    };
    for (const key of [
      'version',
      'range',
      'commits',
      'touches',
      'irreversible',
      'risk',
      'strategy',
      'rollback',
      'verdict',
      'reasons',
    ]) {
      assert.ok(key in data, key);
    }
    assert.deepEqual([data['version'], data['verdict'], data['environment']], [1, 'no-go', 'production']);
    assert.deepEqual(Object.keys(data.reasons[0] ?? {}).sort(), [
      'condition',
      'criterion',
      'evidence',
      'next',
      'override',
      'status',
      'title',
      'weight',
      'why',
    ]);
    assert.equal(data.criteria.length, 7);
    assert.deepEqual(
      data.conditions.map((each) => each['status']),
      ['fail', 'fail', 'waived', 'unknown', 'pass', 'not-applicable'],
    );
  });

  describe('as SARIF', () => {
    it('are what the schema of the standard takes, whatever they hold', () => {
      assertSarif(readinessSarif(sample, { version: '0.1.0' }));
      assertSarif(
        readinessSarif(judgeReadiness(factsOf({ change: null, noChange: 'this is no git repository' }), []), {
          version: '0.1.0',
        }),
      );
    });

    it('have a rule with help per condition, and a result per reason at its evidence', () => {
      const [run] = sarif(sample).runs;
      assert.ok(run);
      assert.ok(run.tool.driver.rules.every(({ id, help }) => help.text.includes(id)));
      for (const result of run.results)
        assert.equal(run.tool.driver.rules[result.ruleIndex]?.id, result.ruleId);
      assert.deepEqual(
        run.results.map(({ ruleId, level, locations, suppressions }) => {
          const place = locations[0]?.physicalLocation;
          return `${level} ${ruleId} ${place?.artifactLocation.uri}:${place?.region.startLine}${suppressions ? ' suppressed' : ''}`;
        }),
        [
          'error rollback:actions-compensated db/migrations/2.sql:3',
          'error rollback:actions-compensated db/migrations/2.sql:9',
          'error tests reports/a%20b%2Cc.xml:1',
          'error rollback:drilled docs/release/RELEASE_PLAN.md:1 suppressed',
          'error late docs/release/RELEASE_PLAN.md:1 suppressed',
          'warning slow docs/release/RELEASE_PLAN.md:1',
        ],
      );
      assert.match(run.results[0]?.message.text ?? '', /data-delete: ALTER TABLE users DROP COLUMN email/);
      assert.match(run.results[4]?.suppressions?.[0]?.justification ?? '', /^Ada Byron, until 2026-12-01/);
      assert.equal(run.properties.verdict, 'no-go');
    });

    it('keep their fingerprints when lines are added above', () => {
      const moved = [action, second].map((each) => ({
        ...each,
        range: {
          start: { line: (each.range?.start.line ?? 0) + 2, column: 1 },
          end: { line: 40, column: 1 },
        },
      }));
      const prints = (of: Log): readonly string[] =>
        (of.runs[0]?.results ?? []).map((result) => result.partialFingerprints.primaryLocationLineHash);
      const facts = factsOf({
        change: { ...change, irreversible: moved },
        credibility: {
          ...credibility,
          conditions: credibility.conditions.map((each) =>
            each.id === 'actions-compensated'
              ? { ...each, evidence: moved.map(({ path, range }) => ({ kind: 'file', path, range })) }
              : each,
          ),
        },
      });
      const before = prints(sarif(sample)).slice(0, 2);
      assert.deepEqual(prints(sarif(judgeReadiness(facts, [rollbackCredible]))).slice(0, 2), before);
      assert.equal(new Set(before).size, 2);
    });
  });

  it('as annotations are errors for what blocks, warnings for what warns, notices for what is set aside', () => {
    const lines = readinessGitHub(sample).trim().split('\n');
    assert.match(lines[0] ?? '', /^NO-GO: 2\.4\.0 to production/);
    assert.deepEqual(
      lines
        .filter((line) => line.startsWith('::'))
        .map((line) => /^::(\w+) (?:file=[^,]+,)?.*title=([^:]*)::/.exec(line)?.slice(1).join(' ')),
      [
        'error rollback%3Aactions-compensated fails',
        'error tests fails',
        'warning slow not known',
        'notice rollback%3Adrilled set aside',
        'notice late set aside',
      ],
    );
    assert.match(
      lines.find((line) => line.includes('title=tests')) ?? '',
      /^::error file=reports\/a b%2Cc\.xml,title=/,
    );
  });

  it('let nothing of the repository steer a terminal, a run or a page', () => {
    for (const [format, report] of [
      ['text', text],
      ['json', readinessJson(sample)],
      ['sarif', readinessSarif(sample, { version: '0.1.0' })],
      ['github', readinessGitHub(sample)],
    ] as const) {
      assert.doesNotMatch(
        report,
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
        format,
      );
      assert.doesNotMatch(report, /^::error::owned/m, format);
    }
    assert.doesNotMatch(readinessSarif(sample, { version: '0.1.0' }), /\]\(http/);
  });

  it('bound what they list', () => {
    const many = Array.from({ length: 400 }, (_, index) => ({
      kind: 'file' as const,
      path: `db/${index}.sql`,
      range: null,
    }));
    const readiness = judgeReadiness(
      factsOf(),
      Array.from({ length: 40 }, (_, index) => conditionOf(`c${index}`, { evidence: many })),
    );
    const long = readinessText(readiness);
    assert.match(long, /… and 390 more, which --format json has/);
    assert.ok(long.split('\n').length < 1_000);
    assert.match(readinessGitHub(readiness), /30 errors are not shown/);
    assertSarif(readinessSarif(readiness, { version: '0.1.0' }));
  });
});

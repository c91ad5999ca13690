import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { renderSarif } from '../../../../src/core/gate/reports/sarif';
import { rules } from '../../../../src/core/rules/index';
import type { RootReport } from '../../../../src/core/gate/report';
import { findings, other, reports, source } from './sample';
import { assertSarif } from './sarif-schema';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string };
      readonly region: { readonly startLine: number; readonly startColumn?: number };
    };
  }[];
  readonly suppressions?: readonly { readonly kind: string; readonly justification: string }[];
  readonly codeFlows?: readonly object[];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
}

interface Log {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly rules: readonly {
          readonly id: string;
          readonly help: { readonly markdown: string };
          readonly helpUri?: string;
        }[];
      };
    };
    readonly results: readonly Result[];
  }[];
}

function render(of: readonly RootReport[]): Log {
  return JSON.parse(
    renderSarif(of, { version: '0.1.0', urlOf: (rule) => `https://docs.invalid/${rule}` }),
  ) as Log;
}

describe('the SARIF report', () => {
  const log = render(reports);
  const results = log.runs[0]?.results ?? [];

  it('is one run of SARIF 2.1.0 with every rule and its help', () => {
    assert.equal(log.version, '2.1.0');
    assert.equal(log.runs.length, 1);
    const listed = log.runs[0]?.tool.driver.rules ?? [];
    assert.deepEqual(
      listed.map((rule) => rule.id),
      rules.map((rule) => rule.id),
    );
    assert.ok(listed.every((rule) => rule.help.markdown !== '' && rule.helpUri?.startsWith('https://')));
  });

  it('gives each finding its rule, level and one place', () => {
    assert.deepEqual(
      results.map((result) => [result.ruleId, result.level]),
      findings.map((finding) => [finding.rule, finding.severity === 'block' ? 'error' : 'warning']),
    );
    for (const result of results) {
      assert.equal(rules[result.ruleIndex]?.id, result.ruleId);
      assert.equal(result.locations.length, 1);
      assert.equal(result.locations[0]?.physicalLocation.artifactLocation.uriBaseId, '%SRCROOT%');
    }
    assert.equal(results[0]?.locations[0]?.physicalLocation.region.startColumn, 9);
    assert.equal(
      results[2]?.locations[0]?.physicalLocation.artifactLocation.uri,
      '.github/workflows/a%3Ab%2Cc.yml',
    );
    assert.ok(results[0]?.codeFlows);
  });

  it('says unknown in words and suppresses what is waived', () => {
    assert.match(results[2]?.message.text ?? '', /^Unknown: /);
    const [suppression] = results[3]?.suppressions ?? [];
    assert.equal(suppression?.kind, 'external');
    assert.equal(suppression?.justification, 'waived until 2027-03-01: by hand for now');
    assert.match(JSON.stringify(suppression), /release-gate\.yml.*"startLine":3/);
    assert.equal(results.filter((result) => result.suppressions).length, 1);
  });

  it('keeps its fingerprints when lines are added above', () => {
    const [report] = reports;
    assert.ok(report);
    const moved = {
      ...report,
      findings: report.findings.map((finding) =>
        finding.range && finding.path.endsWith('deploy.yml')
          ? {
              ...finding,
              range: {
                start: { ...finding.range.start, line: finding.range.start.line + 2 },
                end: { ...finding.range.end, line: finding.range.end.line + 2 },
              },
            }
          : finding,
      ),
      sources: new Map([['.github/workflows/deploy.yml', `# a\n# b\n${source}`]]),
    };
    const prints = (of: Log): string[] =>
      (of.runs[0]?.results ?? []).map((result) => result.partialFingerprints.primaryLocationLineHash);
    assert.deepEqual(prints(render([moved])), prints(log));
    assert.equal(new Set(prints(log)).size, findings.length);
  });

  it('is what the schema of the standard takes, with everything in it', () => {
    const [report] = reports;
    assert.ok(report);
    const full = renderSarif(
      [
        {
          ...report,
          leftOut: ['.github/workflows/old.yml'],
          baseline: {
            path: '.github/release-gate-baseline.json',
            known: 1,
            gone: [{ rule: 'no-smoke-test', path: 'a.yml', message: 'gone', count: 2 }],
          },
          findings: [...findings, { ...findings[0]!, status: 'waived', baseline: 'b.json' }],
        },
      ],
      {
        version: '0.1.0',
        pageTextOf: () => '# page\n\nSee [there](../there.md) and [web](https://a.invalid).\n',
        others: [other],
      },
    );
    assertSarif(full);
    assert.throws(() => assertSarif(full.replace('"level": "error"', '"level": "bad"')), /must be equal/);
    const parsed = JSON.parse(full) as {
      runs: {
        tool: { driver: { rules: { help: { markdown: string } }[] } };
        invocations: { toolExecutionNotifications: { message: { text: string } }[] }[];
        results: { baselineState?: string; suppressions?: object[] }[];
        automationDetails: { id: string };
      }[];
    };
    const [ours, theirs] = parsed.runs;
    assert.deepEqual(
      ours?.invocations[0]?.toolExecutionNotifications.map(({ message }) => message.text),
      [
        'self-review-allowed was not checked: it needs the API',
        'The configuration leaves this file out',
        'a.yml: gone (2 times)',
      ],
    );
    assert.deepEqual(
      ours?.results.map(({ baselineState }) => baselineState),
      ['new', 'new', 'new', 'new', 'new', 'unchanged'],
    );
    assert.equal(
      ours?.tool.driver.rules[0]?.help.markdown,
      '# page\n\nSee there and [web](https://a.invalid).\n',
    );
    assert.equal(theirs?.results.length, 2);
    assert.notEqual(theirs?.automationDetails.id, ours?.automationDetails.id);
  });

  it('gives every result a file, and keeps to what code scanning takes', () => {
    const [report] = reports;
    const [first] = findings;
    assert.ok(report && first);
    const many = renderSarif(
      [
        {
          ...report,
          findings: [
            ...Array.from({ length: 25_010 }, (_, at) => ({
              ...first,
              severity: 'info' as const,
              counterexample: null,
              evidence: [],
              message: `m ${at}`,
            })),
            first,
          ],
        },
      ],
      { version: '0.1.0' },
    );
    const parsed = JSON.parse(many) as Log;
    assert.equal(parsed.runs[0]?.results.length, 25_000);
    assert.equal(parsed.runs[0]?.results[0]?.level, 'error', 'what blocks is among them');
    assert.match(many, /11 results of least weight left out/);
    for (const { locations } of results) {
      assert.notEqual(locations[0]?.physicalLocation.artifactLocation.uri, '.');
    }
    const tags = (log.runs[0]?.tool.driver.rules ?? []) as unknown as { properties: { tags: string[] } }[];
    for (const rule of tags) assert.ok(rule.properties.tags.length <= 10);
  });

  it('tells equal findings on equal lines apart', () => {
    const [report] = reports;
    const [first] = findings;
    assert.ok(report && first);
    const twice = render([{ ...report, findings: [first, first] }]);
    const [a, b] = (twice.runs[0]?.results ?? []).map(
      (result) => result.partialFingerprints.primaryLocationLineHash,
    );
    assert.equal(a?.split(':')[0], b?.split(':')[0]);
    assert.notEqual(a, b);
  });
});

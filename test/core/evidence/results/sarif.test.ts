import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { readOtherTools, type OtherToolReport } from '../../../../src/core/evidence/results/sarif';
import { renderJson, jsonReport } from '../../../../src/core/gate/reports/json';
import { renderSarif } from '../../../../src/core/gate/reports/sarif';
import { renderText } from '../../../../src/core/gate/reports/text';
import { reports } from '../../gate/reports/sample';
import { assertSarif } from '../../gate/reports/sarif-schema';

const file = 'zizmor.sarif';

/** A run as zizmor writes it: the level in the result, a relative path. */
const zizmor = {
  tool: {
    driver: {
      name: 'zizmor',
      semanticVersion: '1.20.0',
      informationUri: 'https://docs.zizmor.sh',
      rules: [
        {
          id: 'zizmor/template-injection',
          name: 'template-injection',
          helpUri: 'https://docs.zizmor.sh/audits/#template-injection',
          help: { text: 'code injection', markdown: '`template-injection`' },
        },
      ],
    },
  },
  results: [
    {
      ruleId: 'zizmor/template-injection',
      level: 'error',
      message: { text: 'may expand into attacker-controllable code' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: './.github/workflows/a%20b.yml' },
            region: { startLine: 4, startColumn: 7, endLine: 4, endColumn: 20 },
          },
        },
      ],
      partialFingerprints: { 'zizmor/v1': 'abc' },
      suppressions: [],
    },
  ],
};

/** A run as CodeQL writes it: the rule by its index in an extension, the level with the rule, a base address. */
const codeql = {
  tool: {
    driver: { name: 'CodeQL', version: '2.23.0' },
    extensions: [
      {
        name: 'codeql/actions-queries',
        rules: [
          {
            id: 'actions/untrusted-checkout',
            shortDescription: { text: 'Untrusted checkout' },
            defaultConfiguration: { level: 'note' },
            messageStrings: { default: { text: 'Checkout of {0}' } },
          },
        ],
      },
    ],
  },
  originalUriBaseIds: { '%SRCROOT%': { uri: 'file:///home/runner/work/shop/' } },
  results: [
    {
      rule: { index: 0, toolComponent: { index: 0 } },
      message: { id: 'default', arguments: ['a fork'] },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'file:///home/runner/work/shop/src/a.yml' },
            region: { startLine: 2 },
          },
        },
      ],
      suppressions: [{ kind: 'inSource' }],
    },
    { message: { text: 'nowhere' } },
  ],
};

const logOf = (...runs: readonly unknown[]): string => JSON.stringify({ version: '2.1.0', runs });

function read(text: string): readonly OtherToolReport[] {
  const reading = readOtherTools(file, text);
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.reports;
}

describe('SARIF of other tools', () => {
  it('is read as zizmor and CodeQL write it', () => {
    const [first, second] = read(logOf(zizmor, codeql));
    assert.deepEqual([first?.tool, first?.version, first?.file], ['zizmor', '1.20.0', file]);
    assert.deepEqual(first?.findings, [
      {
        rule: 'zizmor/template-injection',
        level: 'error',
        message: 'may expand into attacker-controllable code',
        path: '.github/workflows/a b.yml',
        range: { start: { line: 4, column: 7 }, end: { line: 4, column: 20 } },
        isSuppressed: false,
        fingerprints: { 'zizmor/v1': 'abc' },
      },
    ]);
    assert.deepEqual(
      second?.findings.map(({ rule, level, message, path, range, isSuppressed }) => [
        rule,
        level,
        message,
        path,
        range?.start.line,
        isSuppressed,
      ]),
      [
        ['actions/untrusted-checkout', 'note', 'Checkout of a fork', 'src/a.yml', 2, true],
        ['', 'warning', 'nowhere', null, undefined, false],
      ],
    );
  });

  it('says what is wrong with a file that is none', () => {
    const run = (results: unknown): string => logOf({ tool: { driver: { name: 'x' } }, results });
    for (const [text, reason] of [
      ['', /is not JSON/],
      ['null', /must be a JSON object/],
      ['{"version":"2.0.0","runs":[]}', /no SARIF 2\.1\.0 but "2\.0\.0"/],
      ['{"runs":[]}', /names no version/],
      ['{"version":"2.1.0"}', /no list "runs"/],
      [logOf(3), /a run that is no object \(run 1\)/],
      [logOf(zizmor, {}), /without the name of its tool \(run 2\)/],
      [logOf(...Array.from({ length: 21 }, () => zizmor)), /more than 20 runs/],
      [run({}), /"results" is no list/],
      [run([1]), /a result that is no object: number 1/],
      [run(Array.from({ length: 25_001 }, () => ({}))), /more than 25000 results/],
    ] as const) {
      const reading = readOtherTools(file, text);
      assert.ok(!reading.ok, text.slice(0, 80));
      assert.match(reading.reason, reason);
    }
  });

  it('takes no path that leads out, and no address that would run', () => {
    const at = (uri: unknown): string | null | undefined =>
      read(
        logOf({
          tool: { driver: { name: 'x', informationUri: 'javascript:alert(1)' } },
          results: [{ locations: [{ physicalLocation: { artifactLocation: { uri } } }] }],
        }),
      )[0]?.findings[0]?.path;
    for (const uri of [
      '../x',
      '/etc/passwd',
      'file:///etc/passwd',
      'https://a.invalid/x',
      '..%2Fx',
      'a/../../b',
      '',
      3,
    ]) {
      assert.equal(at(uri), null, String(uri));
    }
    assert.equal(at('a\\b.yml?x#y'), 'a/b.yml');
    assert.equal(
      read(logOf({ tool: { driver: { name: 'x', informationUri: 'javascript:alert(1)' } } }))[0]
        ?.informationUri,
      null,
    );
  });

  it('is shown beside ours in every report, counted apart, and changes no verdict', () => {
    const others = read(logOf(zizmor, codeql));
    const json = jsonReport(reports, { others });
    assert.equal(json.verdict, jsonReport(reports).verdict);
    assert.deepEqual(json.findings, jsonReport(reports).findings);
    assert.deepEqual(
      json.otherTools?.map(({ tool, findings }) => [tool, findings.length]),
      [
        ['zizmor', 1],
        ['CodeQL', 2],
      ],
    );
    assert.ok(!('otherTools' in jsonReport(reports)));
    assert.ok(renderJson(reports, { others }).includes('"suppressed": true'));
    const text = renderText(reports, { others });
    assert.equal(text.split('\n')[0], renderText(reports).split('\n')[0]);
    for (const line of [
      'From other tools, not part of the verdict: zizmor 1, CodeQL 1',
      'zizmor 1.20.0 (zizmor.sarif):',
      '  .github/workflows/a b.yml:4:7  error  zizmor/template-injection: may expand into attacker-controllable code',
      '  no place  warning  CodeQL: nowhere',
      '  1 suppressed by the tool',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line}\nis missing in\n${text}`);
    }
    assertSarif(renderSarif(reports, { version: '0.1.0', others }));
  });

  it('never throws, and its report is SARIF again, whatever the file holds', () => {
    const junk = fc.jsonValue({ maxDepth: 4 });
    const mutate = (value: unknown, at: number, by: unknown): unknown => {
      let left = at;
      const walk = (node: unknown): unknown => {
        if (left-- === 0) return by;
        if (Array.isArray(node)) return node.map(walk);
        if (typeof node === 'object' && node !== null) {
          return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, walk(inner)]));
        }
        return node;
      };
      return walk(value);
    };
    fc.assert(
      fc.property(fc.nat(90), junk, (at, by) => {
        const reading = readOtherTools(
          file,
          JSON.stringify(mutate({ version: '2.1.0', runs: [zizmor, codeql] }, at, by)) ?? '',
        );
        if (!reading.ok) return;
        assertSarif(renderSarif(reports, { version: '0.1.0', others: reading.reports }));
        renderText(reports, { others: reading.reports });
      }),
      { numRuns: 300 },
    );
  });
});

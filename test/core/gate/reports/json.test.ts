import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { jsonReport, renderJson } from '../../../../src/core/gate/reports/json';
import { reports } from './sample';

/** The contract of `check --format json`, written down a second time: it must not change by accident. */
const position = { line: 'number', column: 'number' };
const range = { start: position, end: position };
const contract: Shape = {
  version: 'number',
  verdict: 'string',
  roots: [{ path: 'string', verdict: 'string' }],
  findings: [
    {
      rule: 'string',
      severity: 'string',
      status: 'string',
      message: 'string',
      root: 'string',
      path: 'string',
      range: { orNull: range },
      evidence: [{ message: 'string', path: 'string', range: { orNull: range } }],
      counterexample: {
        orNull: {
          trigger: 'string',
          ref: 'string',
          inputs: 'object',
          isCancelled: 'boolean',
          steps: [{ path: 'string', job: 'string', result: 'string', why: 'string', range }],
        },
      },
      fix: { orNull: 'string' },
    },
  ],
  notChecked: [{ rule: 'string', needs: 'string' }],
};

type Shape = string | readonly [Shape] | { readonly [key: string]: Shape };

function assertShape(value: unknown, shape: Shape, where: string): void {
  if (typeof shape === 'string') assert.equal(typeof value, shape, where);
  else if (Array.isArray(shape)) {
    assert.ok(Array.isArray(value), where);
    for (const [index, item] of value.entries()) assertShape(item, shape[0] as Shape, `${where}[${index}]`);
  } else if ('orNull' in shape) {
    if (value !== null) assertShape(value, shape['orNull'], where);
  } else {
    assert.ok(typeof value === 'object' && value !== null, where);
    assert.deepEqual(Object.keys(value), Object.keys(shape), where);
    for (const [key, inner] of Object.entries(shape)) {
      assertShape((value as Record<string, unknown>)[key], inner, `${where}.${key}`);
    }
  }
}

describe('the JSON report', () => {
  const data = JSON.parse(renderJson(reports)) as ReturnType<typeof jsonReport>;

  it('keeps to the contract, key by key', () => {
    assert.equal(data.version, 1);
    assertShape(data, contract, 'report');
    assert.deepEqual(
      data.findings.map((finding) => [finding.severity, finding.status, finding.fix]),
      [
        ['block', 'fail', null],
        ['warn', 'fail', 'proposed'],
        ['block', 'unknown', null],
        ['block', 'waived', null],
        ['warn', 'unknown', null],
      ],
    );
  });

  it('tells the reason of a waiver as evidence, and nothing of edits', () => {
    assert.deepEqual(data.findings[3]?.evidence, [
      {
        message: 'waived until 2027-03-01: by hand for now',
        path: '.github/release-gate.yml',
        range: { start: { line: 3, column: 1 }, end: { line: 3, column: 1 } },
      },
    ]);
    assert.ok(!renderJson(reports).includes('"edits"'));
  });

  it('takes the worst verdict of several roots and names what was not asked once', () => {
    const [first] = reports;
    assert.ok(first);
    const pass = { ...first, root: 'b', verdict: 'pass' as const, findings: [] };
    const both = jsonReport([pass, { ...pass, root: 'c', verdict: 'unknown' }]);
    assert.equal(both.verdict, 'unknown');
    assert.deepEqual(both.roots, [
      { path: 'b', verdict: 'pass' },
      { path: 'c', verdict: 'unknown' },
    ]);
    assert.equal(both.notChecked.length, 1);
    assert.equal(jsonReport([pass, first]).verdict, 'fail');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { renderText } from '../../../../src/core/gate/reports/text';
import { findings, reports, source } from './sample';

describe('the text report', () => {
  const text = renderText(reports);
  const lines = text.split('\n');

  it('begins with the verdict and the counts, waived ones included', () => {
    assert.equal(lines[0], 'fail: 1 blocking, 1 unknown, 2 warnings, 0 notes, 1 waived; 2 files checked');
  });

  it('quotes the line with the place marked under it', () => {
    const at = lines.findIndex((line) => line.startsWith('  5 | '));
    assert.equal(lines[at], '  5 |     if: always() # \\u001b[31m \\u202e 日本');
    assert.equal(lines[at + 1], '    |         ^^^^^^^^');
  });

  it('tells the counterexample as steps, the evidence, the fix and the page', () => {
    for (const expected of [
      '  A run that gets there: push on refs/heads/main, with force=true, cancelled while it runs',
      '  1. test: failure, its tests fail (.github/workflows/deploy.yml:2)',
      '  2. deploy: starts, always() is true (.github/workflows/deploy.yml:5)',
      '  see .github/workflows/deploy.yml: "test" checks: runs "npm test"',
      '  proposed fix: End the job after 30 minutes',
      '  more: docs/rules/prod-without-tests.md',
      '  waived until 2027-03-01: by hand for now (.github/release-gate.yml:3)',
      '  self-review-allowed: needs the API',
    ]) {
      assert.ok(lines.includes(expected), `${expected}\nis missing in\n${text}`);
    }
  });

  it('says every state in words, and with colours says the same', () => {
    const coloured = renderText(reports, { hasColour: true });
    assert.ok(coloured.includes('\u001b['));

    assert.equal(coloured.replace(/\u001b\[[\d;]*m/g, ''), text);
    assert.ok(text.includes('block, unknown') && text.includes('waived (block)'));
  });

  it('lets no control or direction character through', () => {
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it('marks whole lines of a long place and says how much more there is', () => {
    const [first] = findings;
    const [report] = reports;
    assert.ok(first && report);
    const long = {
      ...first,
      counterexample: null,
      range: { start: { line: 1, column: 1 }, end: { line: 6, column: 5 } },
    };
    const shown = renderText([{ ...report, findings: [long], sources: new Map([[long.path, source]]) }]);
    assert.match(shown, /3 \| jobs:\n {4}\| \^\^\^\^\^\n {4}\| … 3 more/);
  });

  it('cuts a line that is longer than a screen around the place', () => {
    const [first] = findings;
    const [report] = reports;
    assert.ok(first && report);
    const wide = `${'a'.repeat(5_000)}HERE${'b'.repeat(5_000)}`;
    const finding = {
      ...first,
      range: { start: { line: 1, column: 5_001 }, end: { line: 1, column: 5_005 } },
    };
    const shown = renderText([
      { ...report, findings: [finding], sources: new Map([[first.path, wide]]) },
    ]).split('\n');
    const at = shown.findIndex((line) => line.includes('HERE'));
    assert.ok((shown[at]?.length ?? 0) < 200);
    assert.equal(shown[at + 1]?.indexOf('^^^^'), shown[at]?.indexOf('HERE'));
  });

  it('shows places from where the roots were named', () => {
    const [report] = reports;
    assert.ok(report);
    const elsewhere = {
      ...report,
      root: 'services/shop',
      findings: report.findings.map((finding) => ({ ...finding, root: 'services/shop' })),
    };
    assert.ok(renderText([elsewhere]).includes('services/shop/.github/workflows/deploy.yml:5:9  block'));
  });
});

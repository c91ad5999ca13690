import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { displayWidth, renderText } from '../../../../src/core/gate/reports/text';
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

  it('keeps marks under their place through tabs, wide characters and emoji, within the width of a terminal', () => {
    const [first] = findings;
    const [report] = reports;
    assert.ok(first && report);
    const at = (line: string, word: string, width: number): { quoted: string; marks: string } => {
      const column = line.indexOf(word) + 1;
      const finding = {
        ...first,
        counterexample: null,
        range: { start: { line: 1, column }, end: { line: 1, column: column + word.length } },
      };
      const shown = renderText([{ ...report, findings: [finding], sources: new Map([[first.path, line]]) }], {
        width,
      }).split('\n');
      const index = shown.findIndex((each) => each.startsWith('  1 | '));
      return { quoted: shown[index] ?? '', marks: shown[index + 1] ?? '' };
    };
    for (const line of [
      '\t\trun: make deploy',
      '    run: make deploy # 日本語の説明',
      '日本語日本語: deploy',
      '🚀🚀 e\u0301 deploy',
      `${'a'.repeat(300)} deploy ${'b'.repeat(300)}`,
      `${'漢'.repeat(100)} deploy ${'漢'.repeat(100)}`,
      `deploy ${'x'.repeat(200)}`,
      `${' '.repeat(78)}deploy`,
    ]) {
      for (const width of [40, 80, 120]) {
        const { quoted, marks } = at(line, 'deploy', width);
        const before = quoted.slice(0, quoted.indexOf('deploy'));
        assert.equal(marks.indexOf('^'), displayWidth(before), `${line}\n${quoted}\n${marks}`);
        assert.match(marks, /\^{6}$/);
        assert.ok(displayWidth(quoted) <= width, `${width}: ${displayWidth(quoted)} ${quoted}`);
        assert.ok(!quoted.includes('\t'));
      }
    }
    const long = at(`run: ${'x'.repeat(500)}`, 'x'.repeat(500), 80);
    assert.ok(displayWidth(long.quoted) <= 80 && displayWidth(long.marks) <= 80);
    assert.ok(long.quoted.endsWith('…'));
  });

  it('lists what is known before in a line each, behind what is open, and what is gone', () => {
    const [report] = reports;
    const [first, second] = findings;
    assert.ok(report && first && second);
    const path = '.github/release-gate-baseline.json';
    const shown = renderText([
      {
        ...report,
        verdict: 'pass',
        findings: [{ ...first, status: 'waived', baseline: path }, second],
        baseline: {
          path,
          known: 1,
          gone: [{ rule: 'no-smoke-test', path: 'a.yml', message: 'm', count: 2 }],
        },
        leftOut: ['x.yml'],
      },
    ]).split('\n');
    assert.equal(
      shown[0],
      'pass: 0 blocking, 0 unknown, 1 warning, 0 notes, 0 waived, known before: 1 (and 2 gone); 2 files checked, 1 left out by the configuration',
    );
    const known = shown.indexOf(`Known before, so set aside (${path}):`);
    assert.ok(known > shown.findIndex((line) => line.includes('no-deploy-timeout')));
    assert.match(
      shown[known + 1] ?? '',
      /^ {2}\.github\/workflows\/deploy\.yml:5:9 {2}block {2}prod-without-tests: /,
    );
    assert.ok(shown.includes('  a.yml  no-smoke-test (2 times): m'));
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

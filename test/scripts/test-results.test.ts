import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { followResults } from '../../scripts/lib/test-results.mjs';

describe('the results of the host tests', () => {
  let file: string;
  beforeEach(() => {
    file = path.join(mkdtempSync(path.join(tmpdir(), 'release-gate-results-')), 'results.jsonl');
  });
  afterEach(() => rmSync(path.dirname(file), { recursive: true, force: true }));

  const tell = (event: object): void => appendFileSync(file, `${JSON.stringify(event)}\n`);

  it('are counted and shown, with each failure at the end', () => {
    const lines: string[] = [];
    const results = followResults(file, (line) => lines.push(line));
    tell({ kind: 'suite', title: 'chat', depth: 0 });
    tell({ kind: 'pass', title: 'answers', depth: 1, durationMs: 12 });
    tell({ kind: 'fail', title: 'chat stops', depth: 1, message: 'Error: it went on' });
    tell({ kind: 'pending', title: 'looks good (not run: no page)', depth: 1 });
    tell({ kind: 'end', passes: 1, failures: 1, pending: 1 });
    assert.equal(results.hasEnded(), true);
    assert.deepEqual(results.finish(), { passed: 1, failed: 1, pending: 1 });
    assert.deepEqual(lines, [
      'chat',
      '  ✔ answers',
      '  1) chat stops',
      '  - looks good (not run: no page)',
      '\n1) chat stops\nError: it went on',
    ]);
  });

  it('have not ended when the host died, and a line that is half written waits for its rest', () => {
    const results = followResults(file, () => undefined);
    assert.equal(results.hasEnded(), false);
    tell({ kind: 'pass', title: 'first', depth: 0, durationMs: 1 });
    appendFileSync(file, '{"kind":"pass","title":"sec');
    assert.equal(results.hasEnded(), false);
    appendFileSync(file, 'ond","depth":0,"durationMs":1}\n');
    assert.equal(results.hasEnded(), false);
    assert.deepEqual(results.finish(), { passed: 2, failed: 0, pending: 0 });
  });
});

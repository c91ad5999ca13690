import assert from 'node:assert/strict';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { differenceSize, editsBetween, unifiedDifference } from '../../../src/core/text/difference';
import { applyEdits } from '../../../src/core/text/edit';
import type { ProposedFile } from '../../../src/core/text/proposal';

const file = (before: string | null, after: string): ProposedFile => ({
  path: 'a b.md',
  before,
  after,
  purpose: 'test',
});

describe('the difference of a proposal', () => {
  it('is empty where nothing changes', () => {
    assert.equal(unifiedDifference(file('x\n', 'x\n')), '');
    assert.deepEqual(differenceSize(file('x\n', 'x\n')), { added: 0, removed: 0 });
  });

  it('names /dev/null for a new file', () => {
    assert.equal(
      unifiedDifference(file(null, 'x\ny\n')),
      '--- /dev/null\n+++ b/a b.md\n@@ -0,0 +1,2 @@\n+x\n+y\n',
    );
    assert.deepEqual(differenceSize(file(null, 'x\ny\n')), { added: 2, removed: 0 });
  });

  it('counts what changes', () => {
    assert.deepEqual(differenceSize(file('a\nb\nc\n', 'a\nB\nc\nd\n')), { added: 2, removed: 1 });
  });

  it('gives the new text back when it is applied to the old one', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', '', ' c', '-d', '+e', '@@ f', 'ü'), { maxLength: 20 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const proposed = file(
          before.map((line) => `${line}\n`).join(''),
          after.map((line) => `${line}\n`).join(''),
        );
        if (proposed.before === proposed.after) return;
        assert.equal(applyPatch(proposed.before ?? '', unifiedDifference(proposed)), proposed.after);
      }),
    );
  });

  it('does not hang on two large unrelated texts', () => {
    const before = Array.from({ length: 60_000 }, (_, index) => `before ${index}`).join('\n');
    const after = Array.from({ length: 60_000 }, (_, index) => `after ${index}`).join('\n');
    assert.equal(differenceSize(file(before, after)).added, 60_000);
    assert.match(
      unifiedDifference(file(before, after)),
      /^--- a\/a b\.md\n\+\+\+ b\/a b\.md\n@@ -1,60000 \+1,60000 @@\n/,
    );
  });
});

describe('the edits between two texts', () => {
  it('make the one of the other, in whole lines', () => {
    const line = fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n', 'd');
    const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edits = editsBetween(before, after);
        assert.equal(applyEdits(before, edits), after);
        for (const { span } of edits) assert.ok(span.start === 0 || before[span.start - 1] === '\n');
      }),
    );
  });

  it('leave alone what is the same', () => {
    assert.deepEqual(editsBetween('a\nb\nc\n', 'a\nB\nc\n'), [{ span: { start: 2, end: 4 }, text: 'B\n' }]);
    assert.deepEqual(editsBetween('a\n', 'a\n'), []);
  });
});

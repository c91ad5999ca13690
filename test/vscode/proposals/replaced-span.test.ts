import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyEdits } from '../../../src/core/text/edit';
import { replacedSpan, sameText } from '../../../src/vscode/proposals/replaced-span';

describe('the place where two texts differ', () => {
  it('gives the new text when it is applied, without cutting a pair', () => {
    const piece = fc.constantFrom('a', 'b', '\r\n', '\n', '😀', '😁', 'é');
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, (now, after) => {
        const edit = replacedSpan(now, after);
        assert.equal(applyEdits(now, [edit]), after);
        for (const part of [edit.text, now.slice(edit.span.start, edit.span.end)]) {
          assert.ok(!/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/.test(part), 'a surrogate pair was cut');
          assert.ok(!part.startsWith('\n') || now[edit.span.start - 1] !== '\r', 'a line end was cut');
        }
      }),
    );
  });

  it('is as small as it can be', () => {
    assert.deepEqual(replacedSpan('on: push\njobs: {}\n', 'on: push\npermissions: {}\njobs: {}\n'), {
      span: { start: 9, end: 9 },
      text: 'permissions: {}\n',
    });
  });

  it('leaves a byte order mark to the editor', () => {
    assert.equal(sameText('\uFEFFa', 'a'), true);
    assert.deepEqual(replacedSpan('a', '\uFEFFab'), { span: { start: 1, end: 1 }, text: 'b' });
  });
});

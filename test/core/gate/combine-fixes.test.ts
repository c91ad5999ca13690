import assert from 'node:assert/strict';
import { combineFixes } from '../../../src/core/gate/combine-fixes';
import type { Fix } from '../../../src/core/rules/rule';

const fix = (...edits: readonly [number, number, string][]): Fix => ({
  kind: 'safe',
  title: 'fix',
  edits: [{ path: 'a.yml', edits: edits.map(([start, end, text]) => ({ span: { start, end }, text })) }],
});

describe('combining fixes', () => {
  it('takes fixes that are apart, and leaves one that touches an earlier one', () => {
    const { taken, edits } = combineFixes([fix([0, 3, 'x']), fix([3, 5, 'y']), fix([8, 9, 'z'])]);
    assert.equal(taken.length, 2);
    assert.deepEqual(
      edits[0]?.edits.map((edit) => edit.text),
      ['x', 'z'],
    );
  });

  it('takes a fix whole or not at all', () => {
    const { taken, edits } = combineFixes([fix([5, 6, 'x']), fix([0, 1, 'a'], [5, 7, 'b'])]);
    assert.equal(taken.length, 1);
    assert.deepEqual(
      edits[0]?.edits.map((edit) => edit.text),
      ['x'],
    );
  });

  it('makes an edit that two findings share once', () => {
    const { taken, edits } = combineFixes([
      fix([4, 4, 'permissions: {}\n']),
      fix([4, 4, 'permissions: {}\n']),
    ]);
    assert.equal(taken.length, 2);
    assert.equal(edits[0]?.edits.length, 1);
  });
});

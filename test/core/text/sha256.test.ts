import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sha256 } from '../../../src/core/text/sha256';

const ofNode = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

describe('SHA-256', () => {
  it('is that of the standard', () => {
    assert.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.equal(sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('is that of Node for texts of every length around a block', () => {
    for (let length = 0; length <= 200; length++) {
      const text = 'ä'.repeat(length % 7) + 'x'.repeat(length);
      assert.equal(sha256(text), ofNode(text), String(length));
    }
    const long = 'release '.repeat(50_000);
    assert.equal(sha256(long), ofNode(long));
  });

  it('is that of Node for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        assert.equal(sha256(text), ofNode(text));
      }),
    );
  });
});

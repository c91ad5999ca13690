import assert from 'node:assert/strict';
import { modelFailure, modelSentence } from '../../src/vscode/model-failure';

describe('what a model error means', () => {
  const withCode = (code: string): Error => Object.assign(new Error('first line\nstack'), { code });

  it('tells consent, absence, refusal and failure apart, and gives one line', () => {
    assert.deepEqual(
      ['NoPermissions', 'NotFound', 'Blocked', 'Unknown'].map((code) => modelFailure(withCode(code), false)),
      [
        { ok: false, reason: 'no-consent', detail: 'first line' },
        { ok: false, reason: 'no-model', detail: 'first line' },
        { ok: false, reason: 'refused', detail: 'first line' },
        { ok: false, reason: 'failed', detail: 'first line' },
      ],
    );
    assert.equal(modelFailure('a thrown text', false).reason, 'failed');
  });

  it('takes whatever comes after a cancel for the cancel', () => {
    assert.equal(modelFailure(withCode('NoPermissions'), true).reason, 'cancelled');
    assert.equal(
      modelFailure(Object.assign(new Error('x'), { name: 'Canceled' }), false).reason,
      'cancelled',
    );
  });

  it('says what works instead', () => {
    for (const code of ['NoPermissions', 'NotFound', 'Blocked', 'x']) {
      assert.match(
        modelSentence(modelFailure(withCode(code), false)),
        /\(first line\).*commands work without it/,
      );
    }
    assert.equal(modelSentence(modelFailure(null, true)), '');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isMistyped } from '../../../../src/core/rules/near-miss';
import { describeFixtures } from '../rule-fixtures';

describeFixtures('unknown-environment');

describe('a word of an environment, mistyped', () => {
  it('is one slip away, or two in a long word', () => {
    for (const word of ['prodution', 'prodcution', 'porduction', 'productoin', 'poduction', 'prduuction']) {
      assert.ok(isMistyped(word, 'production', false), word);
    }
    assert.ok(isMistyped('stagign', 'staging', false));
    assert.ok(isMistyped('pord', 'prod', false));
    assert.ok(isMistyped('custmers', 'customers', true));
  });

  it('is no other word, no number, and no short word that is merely near', () => {
    for (const word of ['produktion', 'protection', 'productive-x', 'prod', 'preview']) {
      assert.ok(!isMistyped(word, 'production', false), word);
    }
    assert.ok(!isMistyped('prd', 'prod', false));
    assert.ok(!isMistyped('review', 'preview', false));
    assert.ok(!isMistyped('cluster1', 'cluster2', true));
    assert.ok(!isMistyped('custmers', 'customers', false));
    assert.ok(!isMistyped('x'.repeat(10_000), 'production', true));
  });
});

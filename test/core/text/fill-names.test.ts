import assert from 'node:assert/strict';
import { fillNames } from '../../../src/core/text/fill-names';

describe('fillNames', () => {
  it('fills in the names that have values, and leaves the others', () => {
    const values = { version: '2.4.0', 'test-account': 'smoke' };
    assert.equal(fillNames('v{version} {test-account} {target}', values), 'v2.4.0 smoke {target}');
    assert.equal(fillNames('{toString} ${version}', values), '{toString} $2.4.0');
  });

  it('takes a value as it is, marks and other names in it included', () => {
    assert.equal(fillNames('{version}/{target}', { version: '{target}$&', target: 'x' }), '{target}$&/x');
  });
});

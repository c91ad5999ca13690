import assert from 'node:assert/strict';
import {
  credentialInputs,
  credentialKinds,
  credentialVariables,
} from '../../../../src/core/rules/workflow/deploy-credentials';
import { describeFixtures } from '../rule-fixtures';

describeFixtures('long-lived-deploy-credential');

describe('long-lived-deploy-credential: the tables', () => {
  it('name actions and inputs in lower case, as they are compared, and each pair once', () => {
    const pairs = credentialInputs.map(([action, input]) => `${action} ${input}`);
    assert.deepEqual(
      pairs.filter((pair) => pair !== pair.toLowerCase()),
      [],
    );
    assert.equal(new Set(pairs).size, pairs.length);
  });

  it('say what takes the place of a credential as what to do, without a full stop', () => {
    for (const kind of Object.values(credentialKinds)) {
      if (kind.instead === null) continue;
      assert.match(kind.instead, /^[a-z].*[^.]$/);
    }
    assert.ok(credentialVariables.every(([, kind]) => kind in credentialKinds));
  });
});

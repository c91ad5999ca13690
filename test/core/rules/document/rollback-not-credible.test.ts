import assert from 'node:assert/strict';
import type { RollbackCondition } from '../../../../src/core/risk/credibility';
import { changeOf } from '../../../support/change';
import { describeDocumentFixtures, findingsOf, readFixture } from './document-fixtures';

const ID = 'rollback-not-credible';

const conditions: readonly RollbackCondition[] = [
  {
    id: 'target-exists',
    status: 'unknown',
    why: 'the release v4.1.0 is tagged, but the registry was not asked',
    evidence: [],
  },
  {
    id: 'script-handles-rollback',
    status: 'fail',
    why: 'scripts/deploy.sh has no branch for --rollback',
    evidence: [{ kind: 'file', path: 'scripts/deploy.sh', range: null }],
  },
  { id: 'actions-compensated', status: 'fail', why: 'one action is open', evidence: [] },
  { id: 'drilled', status: 'waived', why: 'waived by Grace', evidence: [] },
];
const release = {
  planPath: 'document.md',
  change: changeOf(),
  credibility: { credible: false as const, conditions },
};
const held = {
  ...release,
  credibility: {
    credible: 'unknown' as const,
    conditions: conditions.filter(({ status }) => status !== 'fail'),
  },
};

// What is waived or not known is no finding; open actions are those of irreversible-action-not-in-plan.
describeDocumentFixtures(ID, (name) => ({ release: name.startsWith('fails') ? release : held }));

describe(ID, () => {
  it('says nothing without a release', () => {
    assert.deepEqual(
      findingsOf(ID, readFixture('---\nkind: release-plan\n---\n\n# Plan\n\n## Rollback plan\n')),
      [],
    );
  });
});

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { judgeRollback } from '../../../../src/core/risk/credibility';
import { changeOf, droppedColumn } from '../../../support/change';
import { describeDocumentFixtures, findingsOf, readFixture } from './document-fixtures';

const ID = 'irreversible-action-not-in-plan';

/** The change of every fixture: a column dropped, and a call of what stands elsewhere. */
const change = changeOf({
  irreversible: [
    droppedColumn(),
    droppedColumn({
      kind: 'unjudgeable',
      range: { start: { line: 9, column: 1 }, end: { line: 9, column: 15 } },
      statement: 'CALL rebuild()',
      why: 'what it does cannot be told: its text is elsewhere',
      compensation: null,
    }),
  ],
});
const release = {
  planPath: 'document.md',
  change,
  credibility: judgeRollback({ change, script: null, command: null, triggers: [] }),
};

describeDocumentFixtures(ID, () => ({ release }));

describe(ID, () => {
  const text = fs.readFileSync(
    path.resolve(__dirname, `../../../fixtures/rules/${ID}/fails-placeholder.md`),
    'utf8',
  );

  it('says nothing without a release, nor of the plan of another one', () => {
    assert.deepEqual(findingsOf(ID, readFixture(text)), []);
    assert.deepEqual(findingsOf(ID, readFixture(text, 'docs/old/plan.md'), { release }), []);
  });

  it('points at the row, with the statement as evidence', () => {
    const [finding, ...others] = findingsOf(ID, readFixture(text), { release });
    assert.deepEqual(others, []);
    assert.equal(text.slice(finding?.span?.start, finding?.span?.end).split('\n').length, 1);
    assert.ok(text.slice(finding?.span?.start).startsWith('| `db/migrations/2.sql`'));
    assert.deepEqual(
      [finding?.evidence?.[0]?.path, finding?.evidence?.[0]?.range?.start.line],
      ['db/migrations/2.sql', 3],
    );
  });
});

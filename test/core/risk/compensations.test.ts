import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { IrreversibleAction as PlannedAction } from '../../../src/core/documents/release-plan/release-plan';
import { rowsOf, settle } from '../../../src/core/risk/compensations';
import { changeOf, droppedColumn } from '../../support/change';

function rowOf(overrides: Partial<PlannedAction> = {}): PlannedAction {
  return {
    path: 'db/migrations/2.sql',
    line: 3,
    statement: 'ALTER TABLE users DROP COLUMN email',
    why: 'it drops the column users.email: its values are gone',
    advice: 'a backup',
    compensation: 'backup with tested restore',
    evidence: 'docs/ops/restore-2026-11-20.md',
    by: '@grace',
    ...overrides,
  };
}

const UNJUDGEABLE = droppedColumn({
  kind: 'unjudgeable',
  statement: 'CALL rebuild()',
  why: 'what it does cannot be told: its text is elsewhere',
  compensation: null,
});
const REVIEWED = { statement: 'CALL rebuild()', why: UNJUDGEABLE.why, evidence: '' };

describe('compensations', () => {
  it('takes the words of a row that names a kind, its evidence and a person', () => {
    for (const compensation of [
      'expand and contract',
      'Expand-and-contract: the column goes in 1.4',
      'backup with tested restore',
      'Snapshot taken, restored on staging',
      'dual writing',
      'dual-write to users_v2',
      'copy first',
      'copied to s3://archive/users',
    ]) {
      const settled = settle(changeOf({ irreversible: [droppedColumn()] }), {
        irreversible: [rowOf({ compensation })],
      });
      assert.equal(settled.change.irreversible[0]?.compensatedBy, compensation);
      assert.deepEqual([settled.actions[0]?.open, settled.actions[0]?.row, settled.stale], [null, 0, []]);
    }
  });

  it('takes nothing that is no answer', () => {
    const open: readonly (readonly [Partial<PlannedAction>, RegExp])[] = [
      [{ compensation: 'UNKNOWN(compensating action)' }, /^has no compensation/],
      [{ compensation: '' }, /^has no compensation/],
      [{ compensation: 'n/a' }, /^has no compensation/],
      [{ compensation: 'None.' }, /^has no compensation/],
      [{ compensation: '—' }, /^has no compensation/],
      [{ compensation: 'not needed' }, /^has no compensation/],
      [{ compensation: 'we will see' }, /of no kind that is known \(expand and contract/],
      [{ compensation: 'a backup' }, /of no kind that is known/],
      [{ evidence: 'UNKNOWN(what shows that it is done)' }, /without evidence$/],
      [{ by: 'UNKNOWN(who stands for it)' }, /without name of the person/],
      [{ by: 'the team', evidence: 'none' }, /without evidence and name of the person/],
      [{ by: 'GitHub Copilot' }, /without name of the person/],
      [{ compensation: 'reviewed reversible: it is unused' }, /a review changes nothing/],
    ];
    for (const [row, why] of open) {
      const settled = settle(changeOf({ irreversible: [droppedColumn()] }), { irreversible: [rowOf(row)] });
      assert.equal(settled.change.irreversible[0]?.compensatedBy, null, JSON.stringify(row));
      assert.match(settled.actions[0]?.open ?? '', why);
    }
  });

  it('finds the row by path and statement, white space folded, wherever its line is', () => {
    const change = changeOf({ irreversible: [droppedColumn()] });
    const moved = rowOf({ line: 90, statement: 'ALTER  TABLE users\n DROP COLUMN email' });
    assert.equal(
      settle(change, { irreversible: [moved] }).change.irreversible[0]?.compensatedBy,
      moved.compensation,
    );
    for (const other of [
      rowOf({ path: 'db/migrations/3.sql' }),
      rowOf({ statement: 'ALTER TABLE users DROP COLUMN name' }),
    ]) {
      const settled = settle(change, { irreversible: [other] });
      assert.equal(settled.change.irreversible[0]?.compensatedBy, null);
      assert.equal(settled.actions[0]?.open, 'has no row in the plan');
      assert.deepEqual(settled.stale, [0]);
    }
    assert.equal(settle(change, null).actions[0]?.open, 'is in no plan');
  });

  it('covers one action with one row, each its own where a statement holds two', () => {
    const email = droppedColumn();
    const phone = droppedColumn({ why: 'it drops the column users.phone: its values are gone' });
    const change = changeOf({ irreversible: [email, phone] });
    const one = settle(change, { irreversible: [rowOf()] });
    assert.deepEqual(
      one.change.irreversible.map(({ compensatedBy }) => compensatedBy),
      ['backup with tested restore', null],
    );
    const swapped = settle(change, {
      irreversible: [rowOf({ why: phone.why, compensation: 'copy first' }), rowOf()],
    });
    assert.deepEqual(
      swapped.change.irreversible.map(({ compensatedBy }) => compensatedBy),
      ['backup with tested restore', 'copy first'],
    );
  });

  it('settles what could not be judged by the word of a person with a reason', () => {
    const change = changeOf({ irreversible: [UNJUDGEABLE] });
    const reversible = settle(change, {
      irreversible: [rowOf({ ...REVIEWED, compensation: 'reviewed reversible: it only rebuilds the index' })],
    });
    assert.deepEqual(reversible.change.irreversible, []);
    assert.match(
      reversible.change.risks[0]?.why ?? '',
      /^@grace reviewed it .* reversible: it only rebuilds/,
    );
    assert.deepEqual(reversible.stale, []);
    const irreversible = settle(change, {
      irreversible: [rowOf({ ...REVIEWED, compensation: 'reviewed irreversible: it purges sessions' })],
    });
    assert.equal(irreversible.change.irreversible[0]?.kind, 'data-delete');
    assert.equal(irreversible.actions[0]?.open, 'has no compensation in the plan');
    const compensated = settle(change, {
      irreversible: [
        rowOf({
          ...REVIEWED,
          evidence: 'runs/17',
          compensation: 'Reviewed irreversible: it purges the copy of sessions; backup with tested restore',
        }),
      ],
    });
    assert.equal(compensated.change.irreversible[0]?.compensatedBy, 'backup with tested restore');
  });

  it('leaves what could not be judged open without reason, name or review', () => {
    for (const row of [
      { compensation: 'reviewed reversible:' },
      { compensation: 'reviewed reversible: UNKNOWN(reason)' },
      { compensation: 'reviewed reversible: n/a' },
      { compensation: 'reviewed reversible: it rebuilds', by: 'UNKNOWN(who stands for it)' },
      { compensation: 'reviewed reversible: it rebuilds', by: 'copilot' },
      { compensation: 'backup with tested restore', evidence: 'runs/17' },
      { compensation: 'it is reversible' },
    ]) {
      const settled = settle(changeOf({ irreversible: [UNJUDGEABLE] }), {
        irreversible: [rowOf({ ...REVIEWED, ...row })],
      });
      assert.equal(settled.change.irreversible[0]?.kind, 'unjudgeable', row.compensation);
      assert.equal(settled.change.irreversible[0]?.compensatedBy, null);
    }
  });

  it('never covers more actions than there are rows, nor one row twice', () => {
    const text = fc.constantFrom('a', 'b', 'c');
    const action = fc.record({ path: text, statement: text, why: text });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 8 }), fc.array(action, { maxLength: 8 }), (actions, rows) => {
        const irreversible = actions.map((each) => droppedColumn(each));
        const taken = rowsOf(
          irreversible,
          rows.map((each) => rowOf(each)),
        ).filter((row) => row !== null);
        assert.equal(new Set(taken).size, taken.length);
        const keys = (list: readonly { path: string; statement: string }[]): readonly string[] =>
          list.map((each) => `${each.path} ${each.statement}`);
        // As many as both sides have of each statement: none is left over that could be matched.
        const expected = [...new Set(keys(actions))].reduce(
          (sum, key) =>
            sum +
            Math.min(
              keys(actions).filter((each) => each === key).length,
              keys(rows).filter((each) => each === key).length,
            ),
          0,
        );
        assert.equal(taken.length, expected);
      }),
    );
  });
});

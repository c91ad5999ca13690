import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TOUCH_KINDS } from '../../../src/core/change/change';
import { isKnown } from '../../../src/core/evidence/fact';
import { assessRisk, pointsOf } from '../../../src/core/risk/register';
import { changeOf, commitOf, droppedColumn } from '../../support/change';

const NOW = new Date('2026-11-21T00:00:00Z');

describe('risk register', () => {
  it('is low and empty where nothing is seen', () => {
    const register = assessRisk(changeOf(), NOW);
    assert.deepEqual(
      [register.level, register.points, register.entries, register.why],
      ['low', 0, [], 'the range shows no signal of risk'],
    );
  });

  it('is at least high where something cannot be undone or judged, whatever the sum', () => {
    for (const kind of ['data-delete', 'schema-break', 'unjudgeable'] as const) {
      const register = assessRisk(changeOf({ irreversible: [droppedColumn({ kind })] }), NOW);
      assert.equal(register.level, 'high', kind);
    }
    const register = assessRisk(
      changeOf({ irreversible: [droppedColumn(), droppedColumn({ kind: 'unjudgeable' })] }),
      NOW,
    );
    assert.match(
      register.why,
      /^1 action cannot be undone; 1 action could not be judged; 2 signals weigh 20 points/,
    );
  });

  it('adds up to critical', () => {
    const register = assessRisk(
      changeOf({ irreversible: [droppedColumn(), droppedColumn(), droppedColumn()] }),
      NOW,
    );
    assert.deepEqual([register.points, register.level], [36, 'critical']);
  });

  it('names place, owner and source of each entry, heaviest first', () => {
    const path = 'db/migrations/2.sql';
    const register = assessRisk(
      changeOf({
        irreversible: [droppedColumn()],
        touches: [{ kind: 'dependencies', paths: ['package.json'] }],
        owners: { file: '.github/CODEOWNERS', byPath: new Map([[path, ['@acme/data']]]) },
      }),
      NOW,
    );
    const [first, second] = register.entries;
    assert.match(first?.signal ?? '', /^db\/migrations\/2\.sql:3: it drops the column users\.email/);
    assert.deepEqual(first?.owner, {
      value: '@acme/data',
      sources: [{ kind: 'file', path: '.github/CODEOWNERS', range: null }],
    });
    assert.equal(first?.sources[0]?.kind, 'file');
    assert.ok(second && !isKnown(second.owner));
  });

  it('sees breaking and reverted commits, size, age, a missing target and a shallow clone', () => {
    const big = { status: 'modified', oldPath: null, removed: 0 } as const;
    const register = assessRisk(
      changeOf({
        commits: [commitOf({ isBreaking: true }), commitOf({ revertedBy: 'a'.repeat(40) })],
        files: [
          { ...big, path: 'src/a.ts', added: 900 },
          { ...big, path: 'src/b.ts', added: 200 },
          { ...big, path: 'package-lock.json', added: 90_000 },
        ],
        range: { ...changeOf().range, baseTaggedAt: '2026-09-01T00:00:00Z' },
        isShallow: true,
      }),
      NOW,
    );
    const signals = register.entries.map((entry) => entry.signal).join('\n');
    assert.match(signals, /1 commit is marked as breaking/);
    assert.match(signals, /1 commit of the range was undone again/);
    assert.match(signals, /1100 lines in 2 files/);
    assert.match(signals, /v1\.2\.0, is 81 days old/);
    assert.match(signals, /shallow/);
    const first = assessRisk(
      changeOf({
        range: { ...changeOf().range, commits: { base: null, head: 'f'.repeat(40) }, baseTaggedAt: null },
      }),
      NOW,
    );
    assert.match(first.entries.map((entry) => entry.signal).join(), /No release tag/);
  });

  it('does not count a breaking commit that was undone again', () => {
    const register = assessRisk(
      changeOf({ commits: [commitOf({ isBreaking: true, revertedBy: 'a'.repeat(40) })] }),
      NOW,
    );
    assert.doesNotMatch(register.entries.map((entry) => entry.signal).join(), /breaking/);
  });

  it('never falls when more is touched or lost, and adds up to its points', () => {
    const rank = (level: string): number => ['low', 'medium', 'high', 'critical'].indexOf(level);
    const change = fc.record({
      kinds: fc.subarray([...TOUCH_KINDS]),
      lost: fc.nat({ max: 30 }),
      more: fc.constantFrom(...TOUCH_KINDS),
    });
    fc.assert(
      fc.property(change, ({ kinds, lost, more }) => {
        const make = (touched: readonly (typeof TOUCH_KINDS)[number][], actions: number) =>
          assessRisk(
            changeOf({
              touches: [...new Set(touched)].map((kind) => ({ kind, paths: ['x'] })),
              irreversible: Array.from({ length: actions }, () => droppedColumn()),
            }),
            NOW,
          );
        const before = make(kinds, lost);
        const after = make([...kinds, more], lost + 1);
        assert.ok(rank(after.level) >= rank(before.level));
        assert.equal(
          before.points,
          before.entries.reduce((sum, entry) => sum + pointsOf(entry), 0),
        );
      }),
    );
  });
});

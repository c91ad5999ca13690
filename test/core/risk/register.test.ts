import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TOUCH_KINDS, type ChangeSignals, type DependencyChange } from '../../../src/core/change/change';
import type { OverrideOnRecord } from '../../../src/core/records/record';
import { isKnown } from '../../../src/core/evidence/fact';
import { assessRisk, pointsOf } from '../../../src/core/risk/register';
import { changeOf, commitOf, droppedColumn, noSignals } from '../../support/change';

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

  it('says each thing once', () => {
    const path = 'infra/main.tf';
    const touches = [
      { kind: 'infrastructure', paths: [path, 'infra/other.tf'] },
      { kind: 'secrets', paths: [path] },
    ] as const;
    const gone = droppedColumn({ kind: 'infra-destroy', path });
    const signals = (change: Parameters<typeof changeOf>[0]): readonly string[] =>
      assessRisk(changeOf(change), NOW).entries.map(({ signal }) => signal);
    const both = signals({ touches, irreversible: [gone] });
    assert.deepEqual(
      both.filter((signal) => signal.includes('infrastructure')),
      ['1 changed file of infrastructure: infra/other.tf'],
    );
    // Of something else in the same file it is said all the same.
    assert.ok(both.some((signal) => signal === `1 changed file of secrets: ${path}`));
    const onlyData = signals({ touches, irreversible: [droppedColumn({ path })] });
    assert.ok(onlyData.includes(`2 changed files of infrastructure: ${path}, infra/other.tf`));
  });

  it('is mitigated by a compensation, accepted by an override, and weighs the same', () => {
    const override: OverrideOnRecord = {
      path: 'docs/release/records/override.md',
      condition: 'actions-compensated',
      environment: 'production',
      version: '1.3.0',
      name: 'Ada',
      reason: 'the table is empty',
      until: '2026-12-31',
      recordedAt: '2026-11-20T00:00Z',
      recordedAtMs: 0,
      recordedBy: 'Ada',
    };
    const stateOf = (compensatedBy: string | null, overrides: readonly OverrideOnRecord[]) => {
      const register = assessRisk(
        changeOf({ irreversible: [droppedColumn({ compensatedBy })] }),
        NOW,
        overrides,
      );
      const [entry] = register.entries;
      return [register.level, register.points, entry?.state, entry?.stateWhy];
    };
    assert.deepEqual(stateOf(null, []), ['high', 12, 'open', null]);
    assert.deepEqual(stateOf('copy first', [override]), ['high', 12, 'mitigated', 'copy first']);
    assert.deepEqual(stateOf(null, [override]), [
      'high',
      12,
      'accepted',
      'Ada until 2026-12-31: the table is empty',
    ]);
    assert.deepEqual(stateOf(null, [{ ...override, condition: 'drilled' }])[2], 'open');
  });

  it('reads the history before: files mended often, people new to them, a release long under way', () => {
    const spot = {
      path: 'src/a.ts',
      fixes: 3,
      reverts: 1,
      commits: [{ hash: 'a'.repeat(40), subject: 'fix: x' }],
    };
    const seen = (overrides: Partial<ChangeSignals>): string =>
      assessRisk(changeOf({ signals: { ...noSignals, earlierCommits: 100, ...overrides } }), NOW)
        .entries.map(({ signal }) => signal)
        .join('\n');
    assert.equal(
      seen({ hotSpots: [spot] }),
      '1 changed file was mended often in the 100 commits before: src/a.ts (3 fixes, 1 revert)',
    );
    assert.equal(seen({ hotSpots: [{ ...spot, fixes: 2, reverts: 0 }] }), '');
    const newToFiles = [
      { author: 'Ada', paths: ['src/a.ts'] },
      { author: 'Grace', paths: ['src/a.ts', 'src/b.ts'] },
    ];
    assert.match(
      seen({ newToFiles }),
      /^2 files are changed by people who did not change them .* src\/a\.ts, src\/b\.ts$/,
    );
    assert.equal(seen({ newToFiles, earlierCommits: 10 }), '');
    assert.match(seen({ ageDays: 40 }), /was written 40 days before its last/);
    assert.equal(seen({ ageDays: 20 }), '');
  });

  it('names packages that may break, flags and secrets by what shows them', () => {
    const dependency: DependencyChange = {
      ecosystem: 'npm',
      name: 'express',
      before: '4.19.0',
      after: '5.0.1',
      change: 'major',
      mayBreak: true,
      isDirect: true,
      path: 'package-lock.json',
      range: null,
      side: 'head',
    };
    const entries = (change: Parameters<typeof changeOf>[0]) => assessRisk(changeOf(change), NOW).entries;
    const touches = [{ kind: 'dependencies', paths: ['package-lock.json'] }] as const;
    const [major, ...others] = entries({
      touches,
      dependencies: [dependency, { ...dependency, name: 'depd', isDirect: false }],
    });
    assert.deepEqual(others, []);
    assert.equal(
      major?.signal,
      '1 package moves to a version that may break what uses it: express from 4.19.0 to 5.0.1; 2 packages of package-lock.json change',
    );
    assert.equal(major?.impact, 'high');
    const [minor] = entries({ touches, dependencies: [{ ...dependency, mayBreak: false }] });
    assert.deepEqual(
      [minor?.impact, minor?.signal.startsWith('1 package of package-lock.json changes')],
      ['medium', true],
    );
    const [secret] = entries({
      touches: [{ kind: 'secrets', paths: ['k8s/a.yaml', 'k8s/b.yaml'] }],
      evidence: [
        {
          kind: 'secrets',
          path: 'k8s/a.yaml',
          range: { start: { line: 7, column: 1 }, end: { line: 7, column: 9 } },
          side: 'head',
          what: 'uses the secret STRIPE_KEY',
        },
      ],
    });
    assert.equal(
      secret?.signal,
      'secrets: k8s/a.yaml:7 uses the secret STRIPE_KEY; 1 changed file of secrets: k8s/b.yaml',
    );
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

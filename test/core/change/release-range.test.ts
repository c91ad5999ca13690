import assert from 'node:assert/strict';
import { findReleaseRange, releaseTags } from '../../../src/core/change/release-range';
import type { History, Tag } from '../../../src/core/ports';
import { noHistory } from '../../support/world';

const commitOf = (letter: string): string => letter.repeat(40);
const tag = (name: string, letter = 'a', taggedAt = '2026-01-01T00:00:00Z'): Tag => ({
  name,
  commit: commitOf(letter),
  taggedAt,
});

const history = (tags: readonly Tag[], overrides: Partial<History> = {}): History => ({
  ...noHistory,
  state: () => Promise.resolve({ kind: 'git', head: commitOf('f'), branch: 'main', isShallow: false }),
  tags: () => Promise.resolve(tags),
  ...overrides,
});

const baseOf = async (tags: readonly Tag[], tagPattern: string | null = null): Promise<string | null> => {
  const answer = await findReleaseRange(history(tags), { base: null, head: null, tagPattern });
  assert.ok(answer.ok);
  return answer.range.baseTag;
};

describe('the range of a release', () => {
  it('sorts releases as versions, not as text or by date', () => {
    assert.deepEqual(
      releaseTags(
        [tag('v1.9.0'), tag('v1.10.0'), tag('v1.10.0-rc.2'), tag('v1.10.0-rc.10'), tag('latest')],
        null,
      ).map((release) => [release.tag.name, release.version]),
      [
        ['v1.10.0', '1.10.0'],
        ['v1.10.0-rc.10', '1.10.0-rc.10'],
        ['v1.10.0-rc.2', '1.10.0-rc.2'],
        ['v1.9.0', '1.9.0'],
      ],
    );
  });

  it('begins at the last finished release', async () => {
    assert.equal(await baseOf([tag('v1.2.0'), tag('v1.3.0-rc.1', 'b'), tag('v1.1.9', 'c')]), 'v1.2.0');
    assert.equal(await baseOf([tag('v1.3.0-rc.1'), tag('v1.3.0-rc.2', 'b')]), 'v1.3.0-rc.2');
    assert.equal(await baseOf([tag('1.2'), tag('v1', 'b'), tag('nightly', 'c')]), '1.2');
    assert.equal(await baseOf([]), null);
  });

  it('takes the configured pattern at its word, also where no version is in it', async () => {
    const tags = [
      tag('v9.0.0'),
      tag('release/2026-01', 'b', '2026-01-31T00:00:00Z'),
      tag('release/2026-02', 'c', '2026-02-28T00:00:00Z'),
    ];
    assert.equal(await baseOf(tags, 'release/*'), 'release/2026-02');
    assert.equal(await baseOf(tags, 'prod-*'), null);
    assert.equal(await baseOf([tag('app-v1.0.0'), tag('v3.0.0', 'b')], 'app-*'), 'app-v1.0.0');
  });

  it('keeps to one family of tags, and says so where it had to choose', async () => {
    const tags = [
      tag('api@1.0.0', 'a', '2026-01-01T00:00:00Z'),
      tag('web@9.0.0', 'b', '2025-01-01T00:00:00Z'),
    ];
    const answer = await findReleaseRange(history(tags), { base: null, head: null, tagPattern: null });
    assert.ok(answer.ok);
    assert.equal(answer.range.baseTag, 'api@1.0.0');
    assert.match(answer.range.notes.join(), /tags several things \(.*api@/);
    assert.equal(await baseOf([...tags, tag('v1.5.0', 'c')]), 'v1.5.0');
  });

  it('on a commit that is itself a release goes back to the one before', async () => {
    const answer = await findReleaseRange(history([tag('v2.0.0', 'f'), tag('v1.0.0')]), {
      base: null,
      head: null,
      tagPattern: null,
    });
    assert.ok(answer.ok);
    assert.equal(answer.range.baseTag, 'v1.0.0');
    assert.equal(answer.range.headTag, 'v2.0.0');
    assert.equal(answer.range.headVersion, '2.0.0');
    assert.match(answer.range.notes.join(), /is itself the release v2\.0\.0/);
  });

  it('takes ends that a person names, from the common ancestor where they diverge', async () => {
    const known: Readonly<Record<string, string>> = { old: commitOf('a'), new: commitOf('b') };
    const world = history([tag('v1.0.0')], {
      resolve: (ref) => Promise.resolve(known[ref] ?? null),
      mergeBase: () => Promise.resolve(commitOf('c')),
    });
    const answer = await findReleaseRange(world, { base: 'old', head: 'new', tagPattern: null });
    assert.ok(answer.ok);
    assert.deepEqual(answer.range.commits, { base: commitOf('c'), head: commitOf('b') });
    assert.match(answer.range.notes.join(), /"old" is no ancestor of "new"/);
    for (const [base, head] of [
      ['--help', null],
      [null, 'nope'],
    ] as const) {
      const missing = await findReleaseRange(world, { base, head, tagPattern: null });
      assert.ok(!missing.ok);
      assert.equal(missing.kind, 'no-such-commit');
    }
  });

  it('says that a shallow clone may miss commits, and why there is no history', async () => {
    const shallow = await findReleaseRange(
      history([], {
        state: () => Promise.resolve({ kind: 'git', head: commitOf('f'), branch: null, isShallow: true }),
      }),
      { base: null, head: null, tagPattern: null },
    );
    assert.ok(shallow.ok && shallow.isShallow);
    assert.match(shallow.range.notes.join(), /shallow/);
    assert.equal(shallow.range.headName, 'f'.repeat(12));
    assert.deepEqual(await findReleaseRange(noHistory, { base: null, head: null, tagPattern: null }), {
      ok: false,
      kind: 'no-history',
      reason: 'this is no git repository',
    });
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { classifyCommits, messageHostOf } from '../../../src/core/change/commits';
import type { ClassifiedCommit } from '../../../src/core/change/change';
import type { Commit } from '../../../src/core/ports';

const hashOf = (index: number): string => index.toString(16).padStart(8, '0').repeat(5);

/** Commits from messages, oldest first as people tell a story; the list given on is newest first. */
const history = (...messages: readonly string[]): readonly Commit[] =>
  messages
    .map((message, index): Commit => {
      const [subject = '', ...rest] = message.split('\n');
      return {
        hash: hashOf(index + 1),
        parents: index === 0 ? [] : [hashOf(index)],
        authorName: 'Ada',
        authorEmail: 'ada@example.test',
        authoredAt: '2026-01-01T00:00:00Z',
        committedAt: '2026-01-01T00:00:00Z',
        subject,
        body: rest.join('\n').trim(),
      };
    })
    .reverse();

const one = async (message: string): Promise<ClassifiedCommit> => {
  const [commit] = await classifyCommits(history(message));
  assert.ok(commit);
  return commit;
};

describe('commits', () => {
  it('reads type, scope and group', async () => {
    for (const [message, type, scope, group] of [
      ['feat: a', 'feat', null, 'features'],
      ['Feat(API v2): a', 'feat', 'API v2', 'features'],
      ['fix(a/b): c', 'fix', 'a/b', 'fixes'],
      ['docs: a', 'docs', null, 'other'],
      ['feat!: a', 'feat', null, 'breaking'],
      ['refactor(core)!: a', 'refactor', 'core', 'breaking'],
      ['fix(security): a', 'fix', 'security', 'security'],
      ['chore(deps): bump x to fix CVE-2026-12345', 'chore', 'deps', 'security'],
      ['Add a thing', null, null, 'other'],
      ['note: this is no type', null, null, 'other'],
      ['Merge branch main', null, null, 'other'],
      ['fix:no space', null, null, 'other'],
      ['', null, null, 'other'],
    ] as const) {
      const commit = await one(message);
      assert.deepEqual([commit.type, commit.scope, commit.group], [type, scope, group], message);
    }
  });

  it('takes a breaking footer by the specification, and no prose for one', async () => {
    const footer = await one('feat: a\n\nbody\n\nBREAKING CHANGE: the field is gone\nand so is the other\n');
    assert.equal(footer.group, 'breaking');
    assert.match(footer.breakingNote ?? '', /^the field is gone/);
    assert.equal((await one('feat: a\n\nBREAKING-CHANGE: x')).isBreaking, true);
    assert.equal((await one('fix: a\n\nThis is no breaking change for users.')).isBreaking, false);
    assert.equal((await one('fix: a\n\nbreaking change tests were slow')).isBreaking, false);
    // A Markdown rule in the body must not swallow the footer.
    assert.equal((await one('chore: a\n\n---\ntext\n\nBREAKING CHANGE: x')).isBreaking, true);
  });

  it('reads the list in a squashed body', async () => {
    const squashed = await one(
      'Orders page (#41)\n\n* feat(ui): list orders\n* fix: sort them\n\n- docs: explain',
    );
    assert.equal(squashed.type, 'feat');
    assert.equal(squashed.group, 'features');
    assert.deepEqual(
      squashed.parts.map((part) => part.description),
      ['list orders', 'sort them', 'explain'],
    );
    assert.deepEqual(squashed.pullRequests, [41]);
    assert.equal((await one('chore: release\n\n* feat!: drop old API')).group, 'breaking');
  });

  it('names pull requests and tickets, not standards', async () => {
    const commit = await one('fix: UTF-8 names, PAY-123 (#7)\n\nCloses #9, see CVE-2026-1 and ABC-1');
    assert.deepEqual(commit.pullRequests, [7]);
    assert.deepEqual(commit.tickets, ['PAY-123', 'ABC-1', '#9']);
    assert.deepEqual((await one('Merge pull request #12 from a/b')).pullRequests, [12]);
  });

  describe('reverts', () => {
    it('pairs by id, short or whole, and by title', async () => {
      const [byTitle, byHash, second, first] = await classifyCommits(
        history(
          'feat: one',
          'feat: two',
          `Revert "feat: two"\n\nThis reverts commit ${hashOf(2)}.`,
          'Revert "feat: one"',
        ),
      );
      assert.equal(first?.revertedBy, byTitle?.commit.hash);
      assert.equal(second?.revertedBy, byHash?.commit.hash);
      assert.deepEqual(byHash?.reverts, [second?.commit.hash]);
      assert.equal(byHash?.type, 'revert');
    });

    it('puts back what a reverted revert had undone', async () => {
      for (const again of ['Revert "Revert "feat: one""', 'Reapply "feat: one"']) {
        const [, revert, feature] = await classifyCommits(
          history(
            'feat: one',
            `Revert "feat: one"\n\nThis reverts commit ${hashOf(1)}.`,
            `${again}\n\nThis reverts commit ${hashOf(2)}.`,
          ),
        );
        assert.equal(feature?.revertedBy, null, again);
        assert.equal(revert?.revertedBy, hashOf(3), again);
      }
    });

    it('reads a conventional revert with its references', async () => {
      const [, two, one_] = await classifyCommits(
        history(
          'feat: one',
          'fix: two',
          `revert: feat one and two\n\nRefs: ${hashOf(1)}, ${hashOf(2).slice(0, 10)}`,
        ),
      );
      assert.equal(one_?.revertedBy, hashOf(3));
      assert.equal(two?.revertedBy, hashOf(3));
    });

    it('leaves alone what lies outside the range, and commits of the same title that came later', async () => {
      const [later, revert] = await classifyCommits(
        history(
          'Revert "feat: one"\n\nThis reverts commit 1234567890abcdef1234567890abcdef12345678.',
          'feat: one',
        ),
      );
      assert.equal(later?.revertedBy, null);
      assert.deepEqual(revert?.reverts, []);
    });

    it('takes a reverted merge with what it brought in', async () => {
      const linear = history('feat: base', 'feat: on the branch', 'x', 'y');
      const commits = linear.map((commit) => {
        if (commit.hash === hashOf(3))
          return { ...commit, subject: 'Merge branch', parents: [hashOf(1), hashOf(2)] };
        if (commit.hash === hashOf(4)) {
          return {
            ...commit,
            subject: 'Revert "Merge branch"',
            body: `This reverts commit ${hashOf(3)}, reversing\nchanges made to ${hashOf(1)}.`,
          };
        }
        return commit;
      });
      const by = new Map((await classifyCommits(commits)).map((each) => [each.commit.hash, each.revertedBy]));
      assert.equal(by.get(hashOf(3)), hashOf(4));
      assert.equal(by.get(hashOf(2)), hashOf(4));
      assert.equal(by.get(hashOf(1)), null);
    });
  });

  it('pairs reverts of squashed requests, by number and by title without its number', async () => {
    for (const [told, host, revert] of [
      ['feat: cart (#12)', 'github', 'Revert "feat: cart (#12)" (#13)\n\nReverts example/shop#12'],
      ['feat: cart (#12)', 'github', 'Revert "feat: cart"'],
      ['Cart (#12)', 'github', 'Revert "Something else" (#13)\n\nReverts #12'],
      [
        "Merge branch 'a'\n\nSee merge request shop/web!12",
        'gitlab',
        'Revert "A"\n\nThis reverts merge request !12',
      ],
    ] as const) {
      const commits = await classifyCommits(history('chore: begin', told, revert), host);
      assert.deepEqual(commits[0]?.reverts, [hashOf(2)], revert);
      assert.equal(commits[1]?.revertedBy, hashOf(3));
    }
    const apart = await classifyCommits(
      history('feat: cart (#12)', 'Revert "feat: basket" (#14)\n\nReverts a/b#13'),
    );
    assert.deepEqual(apart[0]?.reverts, []);
  });

  it('names tickets and requests by the habits of the host, and no standards or prose', async () => {
    for (const [message, host, tickets, requests] of [
      ['feat: SHOP-12 and GH-7', 'github', ['SHOP-12', '#7'], []],
      ['fix: use SHA-256, UTF-8 and ISO-8601 of CVE-2026-1234', 'github', [], []],
      ['fix: v1.2-RC-1 in a/B-2 and X-1.5', 'github', [], []],
      ['fix: a (#12)', 'github', [], [12]],
      ['fix: a (#12)', 'gitlab', ['#12'], []],
      ['fix: a (!34)', 'gitlab', [], [34]],
      ['fix: do not (!34) read this', 'github', [], []],
      ['Merge branch x\n\nSee merge request group/sub/web!56', 'gitlab', [], [56]],
      ['#42: begin', 'github', ['#42'], []],
      [
        'fix: a\n\nFixes #1, #2 and other/repo#3.\nStep #4 is next.',
        'github',
        ['#1', '#2', 'other/repo#3'],
        [],
      ],
      [
        'fix: a\n\nhttps://github.com/a/b/issues/9 https://gitlab.example/g/s/p/-/issues/8',
        'github',
        ['a/b#9', 'g/s/p#8'],
        [],
      ],
      ['fix: a\n\nhttps://jira.example/browse/SHOP-77', 'github', ['SHOP-77'], []],
    ] as const) {
      const [commit] = await classifyCommits(history(message), host);
      assert.deepEqual([...(commit?.tickets ?? [])].sort(), [...tickets].sort(), message);
      assert.deepEqual(commit?.pullRequests, requests, message);
    }
  });

  it('tells the host from the remote, else from the files', () => {
    const none = new Set<string>();
    assert.equal(messageHostOf('git@gitlab.example.test:a/b.git', none), 'gitlab');
    assert.equal(messageHostOf('https://github.com/gitlab/x', none), 'github');
    assert.equal(messageHostOf('https://git.example.test/a', new Set(['.gitlab-ci.yml'])), 'gitlab');
    assert.equal(messageHostOf(null, none), 'github');
  });

  it('reads trailers and co-authors of the last paragraph alone', async () => {
    const commit = await one(
      'feat: a\n\nNote: this is prose.\n\nReviewed-by: Bo Example <bo@example.test>\nCo-authored-by: Cy  Example <cy@example.test>\nSee-also: a\n  longer one\nco-authored-by: Di <di@example.test>',
    );
    assert.deepEqual(commit.coAuthors, ['Cy  Example', 'Di']);
    assert.deepEqual(commit.trailers[2], { name: 'See-also', value: 'a longer one' });
    assert.deepEqual((await one('feat: a\n\nCo-authored-by: Cy <c@x>\nand more prose')).coAuthors, []);
    assert.deepEqual(
      (await one('feat: a (#1)\n\n* fix: b\n\n---------\n\nCo-authored-by: Cy <c@x>')).coAuthors,
      ['Cy'],
    );
  });

  it('gives every commit back, whatever its message, in linear time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string({ unit: 'grapheme' }),
            fc.constantFrom('feat: x', 'Revert "feat: x"', 'BREAKING CHANGE: '),
          ),
          {
            maxLength: 20,
          },
        ),
        async (messages) => {
          const commits = history(...messages);
          const classified = await classifyCommits(commits);
          assert.deepEqual(
            classified.map((each) => each.commit),
            commits,
          );
        },
      ),
      { numRuns: 100 },
    );
    const started = performance.now();
    for (const hostile of [
      '('.repeat(30_000),
      'feat('.repeat(6000),
      '* '.repeat(15_000),
      '#1 '.repeat(10_000),
      '- a\n'.repeat(8000),
      'https://a/'.repeat(3000),
      'fixes a/b#1,'.repeat(2500),
      'Reverts '.repeat(4000),
      'A-1'.repeat(10_000),
    ]) {
      await classifyCommits(history(`${hostile}\n\n${hostile}`, `Revert "${hostile}"`));
    }
    assert.ok(performance.now() - started < 3000);
  });
});

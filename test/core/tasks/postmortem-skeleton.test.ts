import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import type { Commit, History } from '../../../src/core/ports';
import { slugOf } from '../../../src/core/tasks/incident-slug';
import { postmortemSkeleton } from '../../../src/core/tasks/postmortem-skeleton';
import { memoryWorld, noHistory, quietRun } from '../../support/world';

const parsers = createParsers();
const commit = (hash: string, committedAt: string, subject: string): Commit => ({
  hash: hash.repeat(40).slice(0, 40),
  parents: [],
  authorName: 'Dana',
  authorEmail: 'dana@acme.io',
  authoredAt: committedAt,
  committedAt,
  subject,
  body: '',
});
const history: History = {
  ...noHistory,
  state: () => Promise.resolve({ kind: 'git', head: 'a'.repeat(40), branch: 'main', isShallow: false }),
  commits: () =>
    Promise.resolve([
      commit('c', '2026-03-04T13:30:00+01:00', 'fix: <img src=x> | [x](javascript:1)'),
      commit('b', '2026-03-04T09:58:00Z', 'feat: new payment client'),
      commit('a', '2026-01-01T00:00:00Z', 'chore: long before'),
    ]),
  tags: () => Promise.resolve([{ name: 'v2.3.0', commit: 'b'.repeat(40), taggedAt: '2026-03-04T10:01:00Z' }]),
};
const draft = async (
  inputs: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
) => {
  const world = { ...memoryWorld({ 'package.json': '{"name":"checkout"}', ...files }, parsers), history };
  const result = await postmortemSkeleton.run(world, quietRun(inputs));
  const [file] = result.files;
  assert.ok(file);
  return { result, file };
};
const told = {
  incident: 'Checkout: 5xx / Größe',
  started_at: '2026-03-04T10:12Z',
  resolved_at: '2026-03-04 13:40 +01:00',
};

describe('postmortem-skeleton', () => {
  it('orders git, records and claims by time, each with its source', async () => {
    const { file, result } = await draft(told, {
      'docs/release/records/2026-03-04.json': '{"version":"2.3.0","finished_at":"2026-03-04T10:05:00Z"}',
    });
    assert.equal(file.path, 'docs/ops/postmortems/PM_2026-03-04_checkout-5xx-gro-e.md');
    const rows = file.after.split('\n').filter((line) => line.startsWith('| 2026-'));
    assert.deepEqual(rows, [
      '| 2026-03-04T09:58:00Z | Commit: feat: new payment client | commit bbbbbbbbbbbb | yes |',
      '| 2026-03-04T10:01:00Z | Tag v2.3.0 was set | tag v2.3.0 | yes |',
      '| 2026-03-04T10:05:00Z | Release record: finished at (2.3.0) | docs/release/records/2026-03-04.json | yes |',
      '| 2026-03-04T10:12:00Z | The incident began | told by a person | no |',
      '| 2026-03-04T12:30:00Z | Commit: fix: \\<img src=x> \\| \\[x\\](javascript:1) | commit cccccccccccc | yes |',
      '| 2026-03-04T12:40:00Z | It was over | told by a person | no |',
    ]);
    assert.match(file.after, /\| Duration \| 148 min \| told by a person \|/);
    assert.doesNotMatch(file.after, /Dana|long before/);
    assert.deepEqual([...new Set(result.findings.map(({ rule }) => rule))], ['unresolved-placeholder']);
  });

  it('knows no time that was told without its zone', async () => {
    const { file, result } = await draft({ incident: 'Down', started_at: '2026-03-04 10:12 (my time)' });
    assert.match(file.after, /UNKNOWN\(when it began, with zone; told was: 2026-03-04 10:12 my time\)/);
    assert.equal(file.path, 'docs/ops/postmortems/PM_2026-11-21_down.md');
    assert.match(file.after, /date: "UNKNOWN\(day of the incident\)"/);
    assert.ok(result.notes.some((note) => note.startsWith('When it began was not told')));
  });

  it('says which release record it could not read', async () => {
    const { result } = await draft(told, {
      'docs/release/records/1.json': '{',
      'docs/release/records/2.md': '---js\n{}\n---\n',
    });
    assert.equal(result.notes.filter((note) => /could not be read$/.test(note)).length, 2);
  });

  it('names files so that nothing leaves the folder', () => {
    for (const [title, slug] of [
      ['../../etc/passwd', 'etc-passwd'],
      ['A\u0000\n|<>:"\\?*', 'a'],
      ['測試', 'incident'],
      ['', 'incident'],
      ['é'.repeat(200), 'e'.repeat(50)],
    ] as const) {
      assert.equal(slugOf(title), slug);
    }
  });
});

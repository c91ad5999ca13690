import assert from 'node:assert/strict';
import { createGitHistory } from '../../../../../src/adapters/git-history';
import { createNodeFiles } from '../../../../../src/adapters/node-files';
import { createParsers } from '../../../../../src/adapters/parsers';
import { approvalKind } from '../../../../../src/core/documents/approval/approval-kind';
import { defaultConfiguration } from '../../../../../src/core/gate/configuration';
import { approvalFor, type ApprovalFor } from '../../../../../src/core/tasks/release/preflight/approval-for';
import { gitRepository, type GitRepository } from '../../../../support/git-repository';

const PATH = 'docs/release/records/approval_1.1.0_production.md';

describe('the approval of a run that nobody attends', () => {
  let repository: GitRepository;
  const parsers = createParsers();

  beforeEach(() => {
    repository = gitRepository();
    repository.commit('feat: take orders', { 'src/a.js': '1\n' });
    repository.git('tag', 'v1.0.0');
    repository.commit('fix: two', { 'src/a.js': '2\n' });
  });

  afterEach(() => repository.remove());

  const approval = (approver: string, commit = repository.git('rev-parse', 'HEAD')): string =>
    approvalKind.render({
      environment: 'production',
      version: '1.1.0',
      commit,
      approver,
      role: 'operations',
      at: '2026-01-01T00:02Z',
      recordedBy: approver,
      read: ['src/a.js'],
      evidence: [],
    });

  function ask(environment = 'production'): Promise<ApprovalFor> {
    return approvalFor(
      {
        files: createNodeFiles(repository.root),
        history: createGitHistory(repository.root, { isTrusted: true }),
        clock: { now: () => new Date('2026-01-02T00:00:00Z') },
        parsers,
        configuration: defaultConfiguration,
      },
      { version: '1.1.0', environment },
      new AbortController().signal,
    );
  }

  const why = (answer: ApprovalFor): string => (answer.ok ? 'ok' : answer.detail);

  it('names its person and was committed before', async () => {
    assert.match(
      why(await ask()),
      /^no record says that 1\.1\.0 was approved for production; have a person record it/,
    );
    const text = approval('Grace Hopper');
    repository.write(PATH, text);
    assert.match(why(await ask()), /is not committed/);
    const recordedIn = repository.commit('docs: approve', { [PATH]: text });
    assert.deepEqual(await ask(), { ok: true, by: 'Grace Hopper', path: PATH, recordedIn });
    assert.match(why(await ask('staging')), /no record says/);
  });

  it('is of nobody who wrote the release, of no bot and of no other commit', async () => {
    repository.commit('docs: approve', { [PATH]: approval('Ada Example') });
    assert.match(why(await ask()), /that of Ada Example is of somebody who wrote commits of this release/);
    repository.commit('docs: approve', { [PATH]: approval('release-bot[bot]') });
    assert.match(why(await ask()), /no record says/);
    repository.commit('docs: approve anew', { [PATH]: null });
    repository.commit('docs: approve', { [PATH]: approval('Grace Hopper') });
    repository.commit('fix: three', { 'src/a.js': '3\n' });
    assert.match(why(await ask()), /src\/a\.js changed since/);
  });

  it('is refused where it was changed after it was recorded', async () => {
    const first = approval('Grace Hopper');
    repository.commit('docs: approve', { [PATH]: first });
    repository.commit('docs: approve otherwise', { [PATH]: first.replace('operations', 'support') });
    assert.match(why(await ask()), /was changed by commit \w{12} after it was recorded/);
    repository.write(PATH, first);
    assert.match(why(await ask()), /stands here otherwise than it was committed/);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SetupStep } from '../../../../src/core/pipeline/oidc/cloud-setup';
import {
  newMigration,
  readMigration,
  updatedMigration,
  type Migration,
} from '../../../../src/core/tasks/oidc/migration-document';

const step = (id: string, phase: SetupStep['phase'], title = id): SetupStep => ({
  id,
  phase,
  title,
  why: 'Because of `it`.',
  command: 'echo',
});

const migration: Migration = {
  steps: [
    step('trust:aws:production:AWS_ROLE_ARN', 'add'),
    step('verify', 'verify'),
    step('switch', 'switch'),
    step('remove:AWS_KEY', 'remove'),
    step('rotate:aws', 'rotate'),
  ],
  jobs: [{ provider: 'AWS', path: '.github/workflows/deploy.yml', job: 'deploy', isDone: false }],
  secrets: [{ name: 'AWS_KEY', uses: [], mentions: [], hidden: [], isComplete: true }],
};

describe('the checklist of a migration', () => {
  it('goes add, verify, switch, remove, rotate', () => {
    const text = newMigration(migration);
    assert.deepEqual(
      [...text.matchAll(/^## \d\. (.*)$/gm)].map(([, title]) => title),
      ['Add', 'Verify', 'Switch', 'Remove', 'Rotate'],
    );
    assert.deepEqual(readMigration(text).jobs, [
      { provider: 'AWS', path: '.github/workflows/deploy.yml', job: 'deploy' },
    ]);
    assert.deepEqual(readMigration(text).secrets, ['AWS_KEY']);
    assert.equal(readMigration(text).left.length, 6);
  });

  it('changes nothing where nothing changed, and keeps ticks and words of people', () => {
    const text = newMigration(migration);
    assert.equal(updatedMigration(text, migration), text);
    const edited = text
      .replace('- [ ] **verify**', '- [x] **verify**')
      .replace('Only what nothing uses any more.', 'Anna removes them on Friday.');
    const after = updatedMigration(edited, {
      ...migration,
      jobs: migration.jobs.map((job) => ({ ...job, isDone: true })),
      secrets: [
        { name: 'AWS_KEY', uses: [{ path: 'a.yml', line: 3 }], mentions: [], hidden: [], isComplete: true },
      ],
      steps: [...migration.steps, step('trust:google:staging:GCP_SERVICE_ACCOUNT', 'add')],
    });
    assert.match(after, /- \[x\] \*\*verify\*\*/);
    assert.match(after, /- \[x\] `deploy` of/);
    assert.match(after, /Anna removes them on Friday/);
    assert.match(after, /\| `AWS_KEY` \| still used: `a\.yml:3` \|/);
    assert.match(after, /trust:google:staging:GCP\\?_SERVICE\\?_ACCOUNT[^]*## 2\. Verify/);
    assert.equal(
      updatedMigration(after.replaceAll('\n', '\r\n'), migration).replaceAll('\r\n', '').includes('\n'),
      false,
    );
  });

  it('reads back whatever stands in names, and lets none of it become another item', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        'a --> b',
        '`x`',
        '- [x] y <!-- oidc:switch -->',
        'a\n## 5. Rotate',
        '<!-- oidc:secrets end -->',
        '|',
        '${{ x }}',
        'a:b',
      ),
    );
    fc.assert(
      fc.property(name, name, (path, job) => {
        const text = newMigration({ ...migration, jobs: [{ provider: 'AWS', path, job, isDone: false }] });
        const read = readMigration(text);
        assert.equal(read.left.length, 6);
        assert.equal(read.done.length, 0);
        assert.equal(read.jobs.length, 1);
        if (!/[\ud800-\udfff]/.test(path + job))
          assert.deepEqual(read.jobs[0], { provider: 'AWS', path, job });
        assert.equal([...text.matchAll(/^## /gm)].length, 5);
      }),
    );
  });
});

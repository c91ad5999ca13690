import assert from 'node:assert/strict';
import { ownersIn, proposeCodeOwners } from '../../../../src/core/pipeline/govern/code-owners';

const WORKFLOWS = { path: '.github/workflows/', what: 'workflows' };
const MIGRATIONS = { path: 'db/migrations/', what: 'migrations' };
const PATHS = ['.github/workflows/ci.yml', 'db/migrations/1.sql', 'db/seed.sql'];

describe('CODEOWNERS of the release paths', () => {
  it('is made with the owners that a person named', () => {
    const made = proposeCodeOwners(null, [WORKFLOWS, MIGRATIONS], PATHS, ['@acme/release']);
    assert.match(
      made.text,
      /^# What a release depends on[^\n]*\n\/\.github\/workflows\/ @acme\/release\n\/db\/migrations\/ @acme\/release\n$/,
    );
  });

  it('is not made where nobody said who owns them', () => {
    const made = proposeCodeOwners(null, [WORKFLOWS], PATHS, []);
    assert.equal(made.text, '');
    assert.deepEqual(made.open, ['.github/workflows/']);
  });

  it('stays as it is where the last line that matches has owners', () => {
    const before = '* @acme/all\n/db/ @acme/data\n';
    const made = proposeCodeOwners(before, [WORKFLOWS, MIGRATIONS], PATHS, []);
    assert.equal(made.text, before);
    assert.deepEqual(made.owned, [
      '.github/workflows/ (workflows) is owned by @acme/all',
      'db/migrations/ (migrations) is owned by @acme/data',
    ]);
  });

  it('gets a line at its end where a later line takes the owners away, every byte before it kept', () => {
    const before = '* @acme/all\r\n/db/migrations/\r\n# the end';
    const made = proposeCodeOwners(before, [WORKFLOWS, MIGRATIONS], PATHS, []);
    assert.ok(made.text.startsWith(before));
    assert.ok(made.text.endsWith('/db/migrations/ @acme/all\r\n'), JSON.stringify(made.text));
    assert.equal(proposeCodeOwners(made.text, [WORKFLOWS, MIGRATIONS], PATHS, []).text, made.text);
  });

  it('adds the told owners where they do not own it yet, and once only', () => {
    const first = proposeCodeOwners('* @acme/all\n', [WORKFLOWS], PATHS, ['@acme/release']).text;
    assert.match(first, /\n\/\.github\/workflows\/ @acme\/release\n$/);
    assert.equal(proposeCodeOwners(first, [WORKFLOWS], PATHS, ['@acme/release']).text, first);
  });

  it('reads patterns as GitHub does: `docs/*` takes no file of a folder below', () => {
    const made = proposeCodeOwners('/db/* @acme/data\n', [MIGRATIONS], PATHS, []);
    assert.deepEqual(made.open, ['db/migrations/']);
    const deep = proposeCodeOwners('/db/** @acme/data\n', [MIGRATIONS], PATHS, []);
    assert.deepEqual(deep.open, []);
  });

  it('writes no path that would be another pattern, and escapes blanks', () => {
    const hostile = ['a\n* @evil', 'x[y]', '!x', 'a\\b'].map((path) => ({ path, what: 'x' }));
    const made = proposeCodeOwners(null, hostile, [], ['@acme/release']);
    assert.equal(made.text, '');
    assert.equal(made.open.length, 4);
    const blank = proposeCodeOwners(null, [{ path: 'my scripts/', what: 'x' }], [], ['@a/b']).text;
    assert.match(blank, /\n\/my\\ scripts\/ @a\/b\n$/);
    assert.equal(proposeCodeOwners(blank, [{ path: 'my scripts/', what: 'x' }], [], ['@a/b']).text, blank);
  });

  it('takes only what GitHub knows as an owner', () => {
    assert.deepEqual(ownersIn('@acme/release, @jo; jo@example.com jo @a/b/c @x\n* @evil'), [
      '@acme/release',
      '@jo',
      'jo@example.com',
      '@x',
      '@evil',
    ]);
  });
});

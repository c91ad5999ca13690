import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import { readSchemaAdditions } from '../../../src/core/change/schema-additions';
import type { ChangedFile } from '../../../src/core/ports';
import { changeOf } from '../../support/change';
import { noHistory } from '../../support/world';

const PATH = 'db/migrations/0007.sql';

async function read(texts: Readonly<Record<string, string>>, status: ChangedFile['status'] = 'added') {
  const paths = Object.keys(texts);
  const change = changeOf({
    touches: [{ kind: 'schema', paths }],
    files: paths.map((path) => ({ status, path, oldPath: null, added: 1, removed: 0 })),
  });
  return readSchemaAdditions(
    {
      parsers: createParsers(),
      history: {
        ...noHistory,
        fileAt: (_commit, path) => Promise.resolve({ ok: true, text: texts[path] ?? '' }),
      },
    },
    change,
  );
}

describe('what only adds to a schema', () => {
  const ADDS: Readonly<Record<string, readonly [string, string]>> = {
    'a table': ['CREATE TABLE a (id int primary key, b text NOT NULL);', '1 new table'],
    'columns that may be null': ['ALTER TABLE a ADD COLUMN b text, ADD c int NULL;', '1 new column'],
    'a column with a default': ['ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT 0;', '1 new column'],
    indexes: ['CREATE INDEX i ON a (b); CREATE INDEX CONCURRENTLY j ON a (c);', '2 new indexes'],
    'a view and a type': [
      "CREATE TYPE t AS ENUM ('x'); CREATE VIEW v AS SELECT 1;",
      '1 new type, 1 new view',
    ],
    'a transaction around it': [
      'BEGIN; SET lock_timeout = 5; CREATE TABLE a (id int); COMMIT;',
      '1 new table',
    ],
    'a way down below it': [
      '-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n',
      '1 new table',
    ],
  };
  for (const [name, [text, what]] of Object.entries(ADDS)) {
    it(`is ${name}`, async () => {
      const found = await read({ [PATH]: text });
      assert.equal(found?.kind, 'adds-only', JSON.stringify(found));
      assert.equal(found?.kind === 'adds-only' ? found.what : '', what);
    });
  }

  const NOT: Readonly<Record<string, string>> = {
    'a column that must be given': 'ALTER TABLE a ADD COLUMN b int NOT NULL;',
    'a unique column': 'ALTER TABLE a ADD COLUMN b int UNIQUE;',
    'a unique index': 'CREATE UNIQUE INDEX i ON a (b);',
    'a constraint': 'ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0);',
    'a trigger': 'CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f();',
    'a view made anew': 'CREATE OR REPLACE VIEW v AS SELECT 1;',
    'a right taken away': 'REVOKE INSERT ON a FROM app;',
    'rows that change': 'CREATE TABLE a (id int); UPDATE b SET c = 1 WHERE d;',
    'a column dropped': 'ALTER TABLE a DROP COLUMN b;',
    'text that is no SQL': 'CREATE TABEL a;',
    'nothing at all': '-- later\n',
  };
  for (const [name, text] of Object.entries(NOT)) {
    it(`is not ${name}`, async () => assert.equal((await read({ [PATH]: text }))?.kind, 'not-only'));
  }

  it('is told of new SQL files only, and not of dumps and ways down', async () => {
    assert.equal((await read({ [PATH]: 'CREATE TABLE a (id int);' }, 'modified'))?.kind, 'not-only');
    assert.equal((await read({ 'db/migrate/7_a.rb': 'add_column :a, :b, :text' }))?.kind, 'not-only');
    assert.equal((await read({ 'db/structure.sql': 'CREATE TABLE a (id int);' }))?.kind, 'not-only');
    const both = { [PATH]: 'CREATE TABLE a (id int);', 'db/migrations/0007.down.sql': 'DROP TABLE a;' };
    assert.equal((await read(both))?.kind, 'adds-only');
  });
});

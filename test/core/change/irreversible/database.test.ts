import assert from 'node:assert/strict';
import { createSqlParser } from '../../../../src/adapters/sql-parser';
import type { ChangeRange } from '../../../../src/core/change/change';
import { database } from '../../../../src/core/change/irreversible/database';
import type { Detected } from '../../../../src/core/change/irreversible/detector';
import type { ChangedFile, ReadResult, SqlParser } from '../../../../src/core/ports';

const HEAD = 'a'.repeat(40);
const BASE = 'b'.repeat(40);

const range: ChangeRange = {
  commits: { base: BASE, head: HEAD },
  baseTag: 'v1.0.0',
  baseTaggedAt: null,
  baseName: 'v1.0.0',
  headName: 'main',
  previousVersion: '1.0.0',
  headTag: null,
  headVersion: null,
  notes: [],
};

type Files = Readonly<Record<string, string>>;

describe('what a change does to a database', () => {
  let parser: SqlParser;
  before(async () => {
    parser = await createSqlParser();
  });

  const judge = (
    head: Files,
    base: Files = {},
    others: Files = {},
    changed?: readonly Partial<ChangedFile>[],
  ): Promise<Detected> => {
    const files = (
      changed ??
      Object.keys(head).map((path) => ({
        path,
        status: path in base ? ('modified' as const) : ('added' as const),
      }))
    ).map((file): ChangedFile => ({
      status: 'added',
      path: '',
      oldPath: null,
      added: 1,
      removed: 0,
      ...file,
    }));
    const fileAt = (commit: string, path: string): Promise<ReadResult> => {
      const text = (commit === HEAD ? head : base)[path];
      return Promise.resolve(
        text === undefined ? { ok: false, reason: 'missing', detail: 'does not exist' } : { ok: true, text },
      );
    };
    return database.detect({
      files,
      range,
      history: { fileAt },
      parsers: { sql: () => Promise.resolve(parser), shell: () => Promise.reject(new Error('not asked')) },
      repositoryPaths: new Set([...Object.keys(head), ...Object.keys(others)]),
      sql: { dialect: null, paths: [] },
      signal: undefined,
    });
  };

  const MIGRATION = 'db/migrations/002_change.sql';
  const kindsOf = async (sql: string): Promise<readonly string[]> => {
    const change = await judge({ [MIGRATION]: sql });
    return [...change.irreversible.map((action) => action.kind), ...change.risks.map(() => 'risk')];
  };

  /** Statement by statement: what it is, in the order of the table in docs/change.md. */
  const TABLE: readonly (readonly [sql: string, ...expected: string[]])[] = [
    // Data that is gone.
    ['DROP TABLE users', 'data-delete'],
    ['DROP TABLE IF EXISTS users CASCADE', 'data-delete'],
    ['DROP TABLE users, orders', 'data-delete', 'data-delete'],
    ['DROP SCHEMA billing CASCADE', 'data-delete'],
    ['DROP DATABASE shop', 'data-delete'],
    ['DROP FOREIGN TABLE remote_users', 'data-delete'],
    ['ALTER TABLE users DROP COLUMN email', 'data-delete'],
    ['ALTER TABLE ONLY users DROP email', 'data-delete'],
    ['ALTER TABLE IF EXISTS users DROP COLUMN IF EXISTS email CASCADE', 'data-delete'],
    ['ALTER TABLE users DROP COLUMN a, DROP COLUMN b', 'data-delete', 'data-delete'],
    ['TRUNCATE users', 'data-delete'],
    ['TRUNCATE TABLE users, orders RESTART IDENTITY', 'data-delete', 'data-delete'],
    ['DELETE FROM users', 'data-delete'],
    ['DELETE FROM users WHERE true', 'data-delete'],
    ['DELETE FROM users WHERE 1=1', 'data-delete'],
    ['DELETE FROM users WHERE id = id', 'data-delete'],
    ["DELETE FROM users WHERE 'a' = 'a' AND 2 = 2", 'data-delete'],
    ['DELETE FROM users WHERE id = 3 OR true', 'data-delete'],
    ["UPDATE users SET email = ''", 'data-delete'],
    ['UPDATE users SET email = lower(email) WHERE true', 'data-delete'],
    ['UPDATE users SET a = 1, b = 2', 'data-delete', 'data-delete'],
    ['WITH gone AS (DELETE FROM users RETURNING *) SELECT count(*) FROM gone', 'data-delete'],
    ['INSERT INTO log WITH x AS (UPDATE users SET a = 1 RETURNING id) SELECT id FROM x', 'data-delete'],
    ['ALTER TABLE users ALTER COLUMN age TYPE smallint', 'data-delete'],
    ['ALTER TABLE users ALTER COLUMN name TYPE varchar(20)', 'data-delete'],
    ['ALTER TABLE users ALTER COLUMN price SET DATA TYPE numeric(8, 2)', 'data-delete'],
    ['ALTER TABLE users ALTER COLUMN note TYPE text USING left(note, 5)', 'data-delete'],
    ['ALTER TABLE users ALTER COLUMN at TYPE date', 'data-delete'],
    ['ALTER SEQUENCE users_id_seq RESTART WITH 1', 'data-delete'],
    ["SELECT setval('users_id_seq', 1)", 'data-delete'],
    ['DO $$ BEGIN DELETE FROM users; END $$', 'data-delete'],
    ['DO $$ BEGIN IF true THEN DROP TABLE users; END IF; END $$', 'data-delete'],
    ['DO $$ BEGIN FOR i IN 1..3 LOOP UPDATE users SET a = 1; END LOOP; END $$', 'data-delete'],
    // What the version before relies on.
    ['ALTER TABLE users RENAME TO people', 'schema-break'],
    ['ALTER TABLE users RENAME COLUMN email TO mail', 'schema-break'],
    ['ALTER TABLE users RENAME email TO mail', 'schema-break'],
    ['ALTER VIEW active RENAME TO current', 'schema-break'],
    ["ALTER TYPE state RENAME VALUE 'open' TO 'opened'", 'schema-break'],
    ['ALTER TYPE state RENAME TO status', 'schema-break'],
    ['ALTER SCHEMA a RENAME TO b', 'schema-break'],
    ['ALTER TABLE users SET SCHEMA archive', 'schema-break'],
    ['ALTER TABLE users ALTER COLUMN email SET NOT NULL', 'schema-break'],
    ['ALTER TABLE users ADD COLUMN age int NOT NULL', 'schema-break'],
    ['ALTER TABLE users ADD COLUMN id2 int PRIMARY KEY', 'schema-break'],
    ['ALTER DOMAIN email SET NOT NULL', 'schema-break'],
    ['DROP TYPE state', 'schema-break'],
    ['DROP DOMAIN email', 'schema-break'],
    ['DROP VIEW active', 'schema-break'],
    ['DROP MATERIALIZED VIEW totals', 'schema-break'],
    ['DROP FUNCTION total(int)', 'schema-break'],
    ['DROP FUNCTION a(int), b', 'schema-break', 'schema-break'],
    ['DROP PROCEDURE clean_up', 'schema-break'],
    ['DROP SEQUENCE users_id_seq', 'schema-break'],
    ['DROP EXTENSION pgcrypto', 'schema-break'],
    ['ALTER TABLE users DROP CONSTRAINT users_pkey', 'schema-break'],
    ['ALTER TABLE users DROP CONSTRAINT users_email_key', 'schema-break'],
    ['ALTER TABLE orders DROP CONSTRAINT orders_user_fkey CASCADE', 'schema-break'],
    ['ALTER TABLE a DROP COLUMN x, ALTER COLUMN y SET NOT NULL', 'data-delete', 'schema-break'],
    // To be watched, but it can be undone.
    ['DELETE FROM users WHERE id = 3', 'risk'],
    ['DELETE FROM users WHERE 1 = 2', 'risk'],
    ['DELETE FROM users WHERE a = b', 'risk'],
    ['DELETE FROM users USING banned WHERE users.id = banned.id', 'risk'],
    ['UPDATE users SET a = 1 WHERE a IS NULL', 'risk'],
    ['UPDATE users SET a = 1 WHERE active = true', 'risk'],
    ["ALTER TYPE state ADD VALUE 'closed'", 'risk'],
    ['CREATE INDEX users_email ON users (email)', 'risk'],
    ['CREATE UNIQUE INDEX users_email ON users (email)', 'risk'],
    ['DROP INDEX users_email', 'risk'],
    ['DROP TRIGGER audit ON users', 'risk'],
    ['DROP POLICY own_rows ON users', 'risk'],
    ['ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0)', 'risk'],
    ['ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b (id)', 'risk'],
    ['ALTER TABLE users ADD CONSTRAINT u UNIQUE (email)', 'risk'],
    ['ALTER TABLE orders DROP CONSTRAINT orders_user_fkey', 'risk'],
    ['ALTER TABLE users ALTER COLUMN id TYPE bigint', 'risk'],
    ['ALTER TABLE users ALTER COLUMN note TYPE text', 'risk'],
    ['ALTER TABLE users ALTER COLUMN a DROP DEFAULT', 'risk'],
    ['ALTER TABLE events DETACH PARTITION events_2020', 'risk'],
    ['LOCK TABLE users', 'risk'],
    ['MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE', 'risk'],
    // Nothing.
    ['SELECT 1'],
    ["SELECT 'DROP TABLE users'"],
    ['-- DROP TABLE users\nSELECT 1'],
    ['/* TRUNCATE users; */ SELECT 1'],
    ["COMMENT ON TABLE users IS 'DROP TABLE users;'"],
    ["INSERT INTO notes VALUES ('DELETE FROM users;')"],
    ['INSERT INTO a VALUES (1) ON CONFLICT (id) DO UPDATE SET b = 2'],
    ['CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL)'],
    ['ALTER TABLE users ADD COLUMN age int'],
    ['ALTER TABLE users ADD COLUMN age int NOT NULL DEFAULT 0'],
    ['ALTER TABLE users ADD COLUMN n serial NOT NULL'],
    ['ALTER TABLE users ADD COLUMN n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY'],
    ['ALTER TABLE users ALTER COLUMN email DROP NOT NULL'],
    ['ALTER TABLE users ALTER COLUMN a SET DEFAULT 3'],
    ['ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID'],
    ['ALTER TABLE users VALIDATE CONSTRAINT c'],
    ['ALTER TABLE users ADD CONSTRAINT u UNIQUE USING INDEX users_email'],
    ['CREATE INDEX CONCURRENTLY users_email ON users (email)'],
    ['CREATE FUNCTION clean() RETURNS void LANGUAGE sql AS $$ DELETE FROM users $$'],
    ['CREATE FUNCTION clean() RETURNS int BEGIN ATOMIC DELETE FROM users; SELECT 1; END'],
    ['CREATE RULE r AS ON DELETE TO users DO INSTEAD UPDATE users SET gone = true'],
    ['GRANT DELETE ON users TO api'],
    ["SELECT setval('s', (SELECT max(id) FROM users))"],
    ['BEGIN; COMMIT'],
    ["DO $$ BEGIN CREATE TYPE state AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$"],
    // The range itself made it.
    ['CREATE TABLE t (a int); DROP TABLE t'],
    ['CREATE TABLE public.t (a int); DROP TABLE t'],
    ['CREATE TABLE t (a int); ALTER TABLE t DROP COLUMN a; TRUNCATE t; DELETE FROM t; UPDATE t SET a = 1'],
    ['CREATE TABLE t (a int); CREATE INDEX i ON t (a); ALTER TABLE t RENAME TO u; DROP TABLE u'],
    ['CREATE TABLE t AS SELECT 1; DROP TABLE t'],
    ['ALTER TABLE users ADD COLUMN a int; ALTER TABLE users DROP COLUMN a'],
    [
      'ALTER TABLE users ADD COLUMN a int; UPDATE users SET a = 1; ALTER TABLE users ALTER COLUMN a SET NOT NULL',
    ],
    ["CREATE TYPE s AS ENUM ('a'); ALTER TYPE s RENAME VALUE 'a' TO 'b'; DROP TYPE s"],
    ['CREATE VIEW v AS SELECT 1; DROP VIEW v'],
    ['CREATE SEQUENCE s; ALTER SEQUENCE s RESTART WITH 5; DROP SEQUENCE s'],
    // It looks alike, and is not what the range made.
    ['CREATE TABLE t (a int); ALTER TABLE users DROP COLUMN a', 'data-delete'],
    ['CREATE TABLE a.t (x int); DROP TABLE b.t', 'data-delete'],
    ['ALTER TABLE users ADD COLUMN a int; ALTER TABLE orders DROP COLUMN a', 'data-delete'],
    ['ALTER TABLE users ADD COLUMN a int; UPDATE users SET b = 1', 'data-delete'],
    ['DROP TABLE t; CREATE TABLE t (a int)', 'data-delete'],
    ['ALTER TABLE users RENAME TO people; DROP TABLE people', 'schema-break', 'data-delete'],
    ['CREATE TABLE "T" (a int); DROP TABLE t', 'data-delete'],
    // Dropped and made anew, without data in it.
    ['DROP VIEW v; CREATE VIEW v AS SELECT 2', 'risk'],
    [
      'DROP FUNCTION f(int); CREATE FUNCTION f(a int, b int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'risk',
    ],
    [
      'ALTER TABLE users DROP CONSTRAINT users_email_key; ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email, org)',
      'risk',
      'risk',
    ],
    // What cannot be read.
    ['ALTER TABEL users DROP COLUMN x', 'unjudgeable'],
    ['DROP TABLE users; SELEC 1; TRUNCATE orders', 'data-delete', 'unjudgeable', 'data-delete'],
    ['ALTER TABLE {{ schema }}.users DROP COLUMN x', 'data-delete'],
    ['ALTER TABLE `users` DROP COLUMN `x`', 'data-delete'],
    ["DO $$ BEGIN EXECUTE 'DROP TABLE ' || x; END $$", 'unjudgeable'],
    ['DO LANGUAGE plpython3u $$ x $$', 'unjudgeable'],
    ['\\i other.sql', 'unjudgeable'],
  ];

  for (const [sql, ...expected] of TABLE) {
    it(`${sql.replace(/\s+/g, ' ').slice(0, 90)} → ${expected.join(', ') || 'nothing'}`, async () => {
      assert.deepEqual([...(await kindsOf(sql))].sort(), [...expected].sort());
    });
  }

  it('gives place, statement, reason, compensation and the way down', async () => {
    const path = 'db/migrations/002_drop.up.sql';
    const change = await judge(
      { [path]: '-- why\n\nALTER TABLE users\n  DROP COLUMN email; -- gone\n' },
      {},
      { 'db/migrations/002_drop.down.sql': '' },
    );
    assert.deepEqual(change.irreversible, [
      {
        kind: 'data-delete',
        path,
        range: { start: { line: 3, column: 1 }, end: { line: 4, column: 20 } },
        side: 'head',
        statement: 'ALTER TABLE users DROP COLUMN email',
        why: 'it drops the column users.email: its values are gone, and the previous version that reads or writes it fails',
        compensation:
          'expand and contract: release the code that no longer uses it first, remove it in a later release; before that, a backup of the data taken just before, with a restore that was tested',
        reversibleBy: 'db/migrations/002_drop.down.sql goes back down, with the shape but not the data',
      },
    ]);
  });

  it('reads only the way up, in sections and in files', async () => {
    for (const text of [
      '-- +goose Up\nCREATE TABLE a (b int);\n-- +goose Down\nDROP TABLE users;\n',
      '-- migrate:up\nCREATE TABLE a (b int);\n\n-- migrate:down\nDROP TABLE users;\n',
      '-- +migrate Up\nSELECT 1;\n-- +migrate Down\nDROP TABLE users;\n',
      '-- Up Migration\nSELECT 1;\n-- Down Migration\nDROP TABLE users;\n',
    ]) {
      const change = await judge({ [MIGRATION]: text });
      assert.deepEqual(change.irreversible, [], text);
    }
    const change = await judge({
      [MIGRATION]: '-- +goose Down\r\nDROP TABLE a;\r\n-- +goose Up\r\nDROP TABLE users;\r\n',
    });
    assert.equal(change.irreversible.length, 1);
    assert.equal(change.irreversible[0]?.range?.start.line, 4);
    for (const path of [
      'migrations/1_x.down.sql',
      'migrations/2020/down.sql',
      'sql/U2__undo.sql',
      'migrations/rollback/1.sql',
      'db/x_down.sql',
    ]) {
      const change = await judge({ [path]: 'DROP TABLE users' }, {}, { 'db/x_up.sql': '' });
      assert.deepEqual(change.irreversible, [], path);
    }
    for (const path of ['db/migrations/5_shut_down.sql', 'db/migrations/V6__fix_rollback.sql']) {
      assert.equal((await judge({ [path]: 'DROP TABLE users' })).irreversible.length, 1, path);
    }
  });

  it('leaves tests, fixtures, seeds, dumps, documentation and collections of queries alone', async () => {
    for (const path of [
      'test/fixtures/drop.sql',
      'tests/migrations/1.sql',
      'src/__tests__/x.sql',
      'db/seeds/users.sql',
      'db/seed.sql',
      'db/schema.sql',
      'db/structure.sql',
      'docs/example.sql',
      'internal/db/queries/users.sql',
      'db/prod-dump.sql',
    ]) {
      assert.deepEqual((await judge({ [path]: 'DROP TABLE users' })).irreversible, [], path);
    }
    const named = '-- name: DeleteAll :exec\nDELETE FROM users;\n';
    assert.deepEqual((await judge({ 'store/users.sql': named })).irreversible, []);
    assert.equal((await judge({ 'scripts/clean.sql': 'TRUNCATE users' })).irreversible.length, 1);
  });

  it('reports only what the range adds to a file', async () => {
    const before = 'DROP TABLE old;\nDELETE FROM a WHERE id = 1;\n';
    const same = await judge(
      { [MIGRATION]: '-- note\nDROP  TABLE old ;\nDELETE FROM a\n WHERE id = 1;\n' },
      { [MIGRATION]: before },
    );
    assert.deepEqual([same.irreversible, same.risks], [[], []]);
    const without = await judge(
      { [MIGRATION]: 'DROP TABLE old;\nDELETE FROM a;\n' },
      { [MIGRATION]: before },
    );
    assert.deepEqual(
      without.irreversible.map((action) => action.statement),
      ['DELETE FROM a'],
    );
    const twice = await judge({ [MIGRATION]: `${before}DROP TABLE old;\n` }, { [MIGRATION]: before });
    assert.equal(twice.irreversible.length, 1);
  });

  it('follows a file that moved', async () => {
    const files = { 'db/new.sql': 'DROP TABLE old;\nDROP TABLE b;\n' };
    const moved = await judge(files, { 'db/old.sql': 'DROP TABLE old;\n' }, {}, [
      { status: 'renamed', path: 'db/new.sql', oldPath: 'db/old.sql', added: 1, removed: 0 },
    ]);
    assert.deepEqual(
      moved.irreversible.map((action) => action.statement),
      ['DROP TABLE b'],
    );
    const unchanged = await judge(files, {}, {}, [
      { status: 'renamed', path: 'db/new.sql', oldPath: 'db/old.sql', added: 0, removed: 0 },
    ]);
    assert.deepEqual(unchanged.irreversible, []);
  });

  it('orders migrations by their numbers, and keeps databases of different folders apart', async () => {
    const ordered = await judge({
      'db/migrations/V10__drop.sql': 'DROP TABLE t',
      'db/migrations/V2__make.sql': 'CREATE TABLE t (a int)',
    });
    assert.deepEqual(ordered.irreversible, []);
    const prisma = await judge({
      'prisma/migrations/20260101_make/migration.sql': 'CREATE TABLE t (a int)',
      'prisma/migrations/20260102_drop/migration.sql': 'DROP TABLE t',
    });
    assert.deepEqual(prisma.irreversible, []);
    const apart = await judge({
      'services/a/migrations/1.sql': 'CREATE TABLE t (a int)',
      'services/b/migrations/2.sql': 'DROP TABLE t',
    });
    assert.equal(apart.irreversible.length, 1);
  });

  it('calls a migration whose way up it does not find or read unjudgeable, never nothing', async () => {
    for (const path of [
      'db/migrate/20260101120000_drop_users.rb',
      'alembic/versions/0123456789ab_drop.py',
      'database/migrations/2026_01_01_drop.php',
      'Data/Migrations/20260101_Drop.cs',
      'priv/repo/migrations/20260101_drop.exs',
    ]) {
      const change = await judge({ [path]: 'anything' });
      assert.deepEqual(
        change.irreversible.map(({ kind }) => kind),
        ['unjudgeable'],
        path,
      );
      assert.match(change.irreversible[0]?.why ?? '', /no function that goes up/, path);
    }
    const java = await judge({ 'src/main/java/db/migration/V2__Drop.java': 'anything' });
    assert.deepEqual(
      java.irreversible.map(({ kind, range: place }) => [kind, place]),
      [['unjudgeable', null]],
    );
    for (const path of [
      'src/migrations/types.d.ts',
      'shop/migrations/__init__.py',
      'Data/Migrations/20260101_Drop.Designer.cs',
      'test/migrations/0007_x.py',
      'src/app.js',
    ]) {
      assert.deepEqual((await judge({ [path]: 'x' })).irreversible, [], path);
    }
  });

  it('says so where a file cannot be read', async () => {
    const change = await judge({}, {}, {}, [{ path: MIGRATION }]);
    assert.deepEqual(
      change.irreversible.map((action) => [action.kind, action.path, action.range, action.why]),
      [['unjudgeable', MIGRATION, null, 'what it does cannot be told: the file does not exist']],
    );
  });

  it('asks for the parser only where there is SQL', async () => {
    await database.detect({
      files: [{ status: 'added', path: 'src/a.ts', oldPath: null, added: 1, removed: 0 }],
      range,
      history: { fileAt: () => Promise.reject(new Error('not asked')) },
      parsers: {
        sql: () => Promise.reject(new Error('not asked')),
        shell: () => Promise.reject(new Error('not asked')),
      },
      repositoryPaths: new Set(),
      sql: { dialect: null, paths: [] },
      signal: undefined,
    });
  });

  it('says what of the database is touched', async () => {
    const change = await judge({
      [MIGRATION]: 'CREATE TABLE a (b int); UPDATE users SET x = 1 WHERE id = 2',
    });
    assert.deepEqual(new Set(change.touches.map((touch) => touch.kind)), new Set(['schema', 'data']));
  });
});

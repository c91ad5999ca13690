import assert from 'node:assert/strict';
import type { SqlSettings } from '../../../../src/core/change/irreversible/dialect';
import { judgeFiles, kindsOf } from './judge';

const PROJECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  mysql: { 'docker-compose.yml': 'services:\n  db:\n    image: mysql:8.4\n' },
  sqlite: { 'prisma/schema.prisma': 'datasource db {\n  provider = "sqlite"\n}\n' },
  tsql: { '.env.example': 'DATABASE_URL=sqlserver://db:1433;database=shop\n' },
  postgresql: { 'config/database.yml': 'default:\n  adapter: postgresql\n' },
  unknown: {},
};

const TABLE: readonly (readonly [project: string, sql: string, ...expected: string[]])[] = [
  ['mysql', 'ALTER TABLE `users` DROP COLUMN `email`', 'data-delete'],
  ['mysql', 'ALTER TABLE users DROP email, DROP INDEX i', 'data-delete', 'risk'],
  ['mysql', 'ALTER TABLE users DROP PRIMARY KEY', 'schema-break'],
  ['mysql', 'ALTER TABLE users DROP FOREIGN KEY fk_team', 'risk'],
  ['mysql', 'ALTER TABLE users CHANGE email mail VARCHAR(255)', 'schema-break'],
  ['mysql', 'ALTER TABLE users CHANGE email email TEXT', 'risk'],
  ['mysql', 'ALTER TABLE users MODIFY age TINYINT', 'data-delete'],
  ['mysql', 'ALTER TABLE users MODIFY COLUMN id BIGINT', 'risk'],
  ['mysql', 'ALTER TABLE users RENAME TO people', 'schema-break'],
  ['mysql', 'RENAME TABLE users TO people, a TO b', 'schema-break', 'schema-break'],
  ['mysql', 'ALTER TABLE users ADD COLUMN age INT NOT NULL', 'schema-break'],
  ['mysql', 'ALTER TABLE users ADD COLUMN age INT NOT NULL DEFAULT 0'],
  ['mysql', 'ALTER TABLE users ADD age INT AFTER name'],
  ['mysql', 'ALTER TABLE users AUTO_INCREMENT = 1', 'data-delete'],
  ['mysql', 'ALTER TABLE users DROP PARTITION p2020', 'data-delete'],
  ['mysql', 'ALTER TABLE users ENGINE=InnoDB'],
  ['mysql', 'TRUNCATE TABLE `users`', 'data-delete'],
  ['mysql', 'DELETE FROM users # every one of them', 'data-delete'],
  ['mysql', 'DELETE FROM users WHERE 1', 'data-delete'],
  ['mysql', 'DELETE FROM users WHERE (1 = 1)', 'data-delete'],
  ['mysql', 'DELETE u FROM users u JOIN banned b ON u.id = b.id', 'risk'],
  ['mysql', 'DELETE FROM users LIMIT 10', 'risk'],
  ['mysql', 'UPDATE users SET a = 1', 'data-delete'],
  ['mysql', 'UPDATE users SET a = 1, b = IF(a, 1, 2) WHERE id = 3', 'risk', 'risk'],
  ['mysql', "INSERT INTO notes VALUES ('it\\'s; DROP TABLE users')"],
  ['mysql', '/*!40101 DROP TABLE users */', 'data-delete'],
  ['mysql', '/* DROP TABLE users */ SELECT 1'],
  ['mysql', 'CREATE TEMPORARY TABLE t (a INT); DROP TEMPORARY TABLE t'],
  ['mysql', 'DELIMITER //\nCREATE PROCEDURE p() BEGIN DELETE FROM users; END //\nDELIMITER ;\nSELECT 1;'],
  ['mysql', 'DELIMITER //\nCREATE PROCEDURE p() BEGIN DELETE FROM users; END //\nDELIMITER ;\nCALL p();', 'data-delete'],
  ['mysql', 'CALL clean_up()', 'unjudgeable'],
  ['mysql', "PREPARE s FROM 'DROP TABLE users'", 'unjudgeable'],
  ['mysql', 'CREATE TABLE t (a INT); DROP TABLE t'],
  ['mysql', 'FROBNICATE users', 'unjudgeable'],
  ['sqlite', 'ALTER TABLE users DROP COLUMN email', 'data-delete'],
  ['sqlite', 'ALTER TABLE users RENAME COLUMN a TO b', 'schema-break'],
  ['sqlite', 'PRAGMA foreign_keys=OFF'],
  ['sqlite', 'PRAGMA writable_schema=1', 'unjudgeable'],
  ['sqlite', 'REPLACE INTO users VALUES (1)', 'risk'],
  ['sqlite', 'CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; UPDATE c SET d = 1; END; SELECT 1'],
  [
    'sqlite',
    'CREATE TABLE "new_User" ("id" INTEGER); INSERT INTO "new_User" ("id") SELECT "id" FROM "User"; DROP TABLE "User"; ALTER TABLE "new_User" RENAME TO "User"',
    'risk',
  ],
  [
    'sqlite',
    'CREATE TABLE "new_User" ("id" INTEGER); INSERT INTO "new_User" SELECT "id" FROM "User" WHERE id > 3; DROP TABLE "User"; ALTER TABLE "new_User" RENAME TO "User"',
    'data-delete',
  ],
  ['tsql', 'DROP TABLE [dbo].[Users]\nGO\n', 'data-delete'],
  ['tsql', 'DELETE FROM Users\nDELETE FROM Orders WHERE Id = 3', 'data-delete', 'risk'],
  ['tsql', 'ALTER TABLE Users DROP COLUMN A, B', 'data-delete', 'data-delete'],
  ['tsql', 'ALTER TABLE Users\nDROP CONSTRAINT PK_Users', 'schema-break'],
  ['tsql', 'ALTER TABLE Users ALTER COLUMN Age TINYINT NOT NULL', 'data-delete'],
  ['tsql', 'ALTER TABLE Users ALTER COLUMN Note NVARCHAR(MAX) NULL', 'risk'],
  ['tsql', 'ALTER TABLE Users ADD Age INT NOT NULL', 'schema-break'],
  ['tsql', 'ALTER TABLE Users ADD Age INT NULL'],
  ['tsql', "EXEC sp_rename 'dbo.Users.Email', 'Mail', 'COLUMN'", 'schema-break'],
  ['tsql', "EXEC sp_rename 'Users', 'People'", 'schema-break'],
  ['tsql', "IF EXISTS (SELECT 1 FROM sys.tables WHERE name = 'Users') DROP TABLE Users", 'data-delete'],
  ['tsql', "IF OBJECT_ID('Users') IS NOT NULL\nBEGIN\n  TRUNCATE TABLE Users\nEND", 'data-delete'],
  ['tsql', 'DROP TABLE #scratch'],
  ['tsql', "EXEC('DELETE FROM Users')", 'data-delete'],
  ['tsql', 'EXEC(@sql)', 'unjudgeable'],
  ['tsql', 'EXEC dbo.CleanUp', 'unjudgeable'],
  ['tsql', "DBCC CHECKIDENT ('Users', RESEED, 0)", 'data-delete'],
  ['tsql', 'MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN\nUPDATE SET x = 1\nWHEN NOT MATCHED BY SOURCE THEN\nDELETE;', 'risk'],
  ['tsql', 'CREATE PROCEDURE p AS\nDELETE FROM Users\nGO\nSELECT 1'],
  ['unknown', 'DROP TABLE {{ schema }}.users', 'data-delete'],
  ['unknown', 'DELETE FROM users WHERE {{ condition }}', 'unjudgeable'],
  ['unknown', 'DELETE FROM users {{ condition }}', 'unjudgeable'],
  ['unknown', 'DELETE FROM ${schema}.users WHERE id = ${id}', 'risk'],
  ['unknown', '{{ statement }}', 'unjudgeable'],
  ['unknown', "{{ config(materialized='table') }} SELECT * FROM {{ ref('users') }}"],
  ['unknown', "{{ config(post_hook='delete from x') }} SELECT 1", 'unjudgeable'],
  ['unknown', 'ALTER TABLE users {{ action }}', 'unjudgeable'],
  ['unknown', 'DELETE FROM %s', 'data-delete'],
  ['postgresql', 'CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM users $$; SELECT f()', 'data-delete'],
  ['postgresql', 'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM users; END $$; DO $$ BEGIN PERFORM f(); END $$', 'data-delete'],
  ['postgresql', 'CREATE PROCEDURE f() LANGUAGE plpgsql AS $$ BEGIN TRUNCATE users; END $$; CALL f()', 'data-delete'],
  ['postgresql', 'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC DELETE FROM users; SELECT 1; END; SELECT f()', 'data-delete'],
  ['postgresql', 'CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM users $$; SELECT g()'],
  ['postgresql', 'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM users; RETURN NEW; END $$; CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()'],
  ['postgresql', 'CALL elsewhere()', 'unjudgeable'],
  ['postgresql', 'DELETE FROM a USING b', 'data-delete'],
  ['postgresql', 'SELECT now(), count(*) FROM users'],
]; // prettier-ignore

describe('SQL of other dialects and with templates', () => {
  for (const [project, sql, ...expected] of TABLE) {
    it(`${project}: ${sql.replace(/\s+/g, ' ').slice(0, 90)} → ${expected.join(', ') || 'nothing'}`, async () => {
      const found = await judgeFiles({ 'migrations/2.sql': sql }, {}, PROJECTS[project]);
      assert.deepEqual(
        [...kindsOf(found)].sort(),
        [...expected].sort(),
        JSON.stringify([found.irreversible, found.risks]),
      );
    });
  }

  it('takes the word of a comment beside a statement that cannot be judged, with a reason', async () => {
    const judged = async (sql: string): Promise<readonly string[]> =>
      kindsOf(await judgeFiles({ 'migrations/2.sql': sql }));
    const call = 'CALL clean_up();';
    assert.deepEqual(
      await judged(`-- release-gate: reviewed reversible: it only rebuilds a cache\n${call}`),
      ['risk'],
    );
    assert.deepEqual(await judged(`${call} -- release-gate: reviewed reversible: it only rebuilds a cache`), [
      'risk',
    ]);
    assert.deepEqual(await judged(`-- release-gate: reviewed irreversible: it deletes old rows\n${call}`), [
      'data-delete',
    ]);
    assert.deepEqual(await judged(`-- release-gate: reviewed reversible:\n${call}`), ['unjudgeable']);
    assert.deepEqual(await judged(`-- release-gate: reviewed reversible: x\nSELECT 1;\n${call}`), [
      'unjudgeable',
    ]);
    assert.deepEqual(await judged(`SELECT '-- release-gate: reviewed reversible: x';\n${call}`), [
      'unjudgeable',
    ]);
    // What can be judged is not talked away.
    assert.deepEqual(
      await judged('-- release-gate: reviewed reversible: we have a copy\nDROP TABLE users;'),
      ['data-delete'],
    );
    assert.deepEqual(
      kindsOf(
        await judgeFiles({
          'db/migrate/1_x.rb':
            'class X < ActiveRecord::Migration[7.1]\n  def up\n    # release-gate: reviewed reversible: it only adds rows\n    execute(sql_for(:users))\n  end\nend\n',
        }),
      ),
      ['risk'],
    );
  });

  it('takes the nearest source of the dialect, and none where they disagree', async () => {
    const escaped = "INSERT INTO a VALUES ('it\\'s; DROP TABLE b')";
    const near = {
      'services/a/package.json': '{"dependencies":{"mysql2":"3"}}',
      'package.json': '{"dependencies":{"pg":"8"}}',
    };
    assert.deepEqual(kindsOf(await judgeFiles({ 'services/a/migrations/1.sql': escaped }, {}, near)), []);
    assert.notDeepEqual(kindsOf(await judgeFiles({ 'migrations/1.sql': escaped }, {}, near)), []);
  });

  it('goes by the configuration where it names a dialect, path by path', async () => {
    // MySQL escapes the quote, so that the DROP is text; to PostgreSQL the text ends before it.
    const escaped = "INSERT INTO a VALUES ('it\\'s; DROP TABLE b; --');";
    const project = { 'package.json': '{"dependencies":{"pg":"8"}}' };
    const mysql = [{ glob: 'legacy/**', dialect: 'mysql' as const }];
    const of = async (path: string, sql: SqlSettings): Promise<readonly string[]> =>
      kindsOf(await judgeFiles({ [path]: escaped }, {}, project, sql));
    const told: readonly (readonly [string, SqlSettings, boolean])[] = [
      ['legacy/migrations/1.sql', { dialect: null, paths: mysql }, true],
      ['migrations/1.sql', { dialect: null, paths: mysql }, false],
      ['migrations/1.sql', { dialect: 'mysql', paths: [] }, true],
      [
        'legacy/a/1.sql',
        { dialect: 'mysql', paths: [{ glob: 'legacy/a/**', dialect: 'postgresql' }] },
        false,
      ],
      [
        'legacy/a/1.sql',
        { dialect: null, paths: [{ glob: 'legacy/a/**', dialect: 'postgresql' }, ...mysql] },
        false,
      ],
    ];
    for (const [path, sql, isHarmless] of told) {
      assert.equal((await of(path, sql)).length === 0, isHarmless, `${path} ${JSON.stringify(sql)}`);
    }
  });

  it('bears a byte order mark, CRLF and NUL, and keeps places', async () => {
    for (const project of ['mysql', 'unknown']) {
      const found = await judgeFiles(
        { 'migrations/2.sql': '\uFEFFSELECT 1;\r\n\r\nDROP TABLE users;\r\n' },
        {},
        PROJECTS[project],
      );
      assert.deepEqual(
        found.irreversible.map(({ kind, range }) => [kind, range?.start]),
        [['data-delete', { line: 3, column: 1 }]],
      );
      const withNul = await judgeFiles(
        { 'migrations/2.sql': 'DROP TABLE a;\nDELETE FR\0OM users;\n' },
        {},
        PROJECTS[project],
      );
      assert.deepEqual([...kindsOf(withNul)].sort(), ['data-delete', 'unjudgeable']);
    }
  });

  it('bounds what is huge or deep', async () => {
    const started = Date.now();
    const huge = await judgeFiles({
      'migrations/2.sql': `DROP TABLE a;\n${"INSERT INTO t VALUES ('x');\n".repeat(4_000_000)}`,
    });
    assert.deepEqual(kindsOf(huge), ['unjudgeable']);
    for (const project of ['mysql', 'tsql', 'unknown']) {
      const deep = await judgeFiles(
        { 'migrations/2.sql': `DELETE FROM a WHERE ${'('.repeat(20_000)}1${')'.repeat(20_000)}` },
        {},
        PROJECTS[project],
      );
      assert.equal(deep.irreversible.length, 1, project);
    }
    const programs: Readonly<Record<string, string>> = {
      'db/migrate/1_x.rb': `class X\n  def up\n    ${'['.repeat(50_000)}\n  end\nend\n`,
      'migrations/1.js': `exports.up = (knex) => { ${'f('.repeat(20_000)} };`,
      'alembic/versions/0123456789ab_x.py': `def upgrade():\n    ${'f('.repeat(20_000)}\n`,
      'db/changelog/1.xml': `<databaseChangeLog>${'<a>'.repeat(20_000)}`,
    };
    for (const [path, text] of Object.entries(programs)) {
      assert.deepEqual(kindsOf(await judgeFiles({ [path]: text })), ['unjudgeable'], path);
    }
    assert.ok(Date.now() - started < 60_000, `${Date.now() - started} ms`);
  }).timeout(90_000);
});

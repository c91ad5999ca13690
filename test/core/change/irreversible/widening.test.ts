import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { judgeFiles, kindsOf } from './judge';

type Files = Readonly<Record<string, string>>;

const PG: Files = { 'config/database.yml': 'default:\n  adapter: postgresql\n' };
const MYSQL: Files = { 'docker-compose.yml': 'services:\n  db:\n    image: mysql:8.4\n' };
const TSQL: Files = { '.env.example': 'DATABASE_URL=sqlserver://db:1433;database=shop\n' };

const rails = (body: string): string =>
  `class Change < ActiveRecord::Migration[7.1]\n  def change\n    ${body}\n  end\nend\n`;
const knex = (body: string): string => `exports.up = async (knex) => {\n  ${body}\n};\n`;
const laravel = (body: string): string =>
  `<?php\nreturn new class extends Migration\n{\n    public function up(): void\n    {\n        ${body}\n    }\n};\n`;
const sequelize = (body: string): string =>
  `module.exports = {\n  async up(queryInterface, Sequelize) {\n    ${body}\n  },\n};\n`;

const SCHEMA_RB = `ActiveRecord::Schema[7.1].define(version: 2026_01_01_000000) do
  create_table "users", force: :cascade do |t|
    t.string "name", limit: 50, null: false
    t.string "nick"
    t.integer "age"
    t.bigint "visits", default: 0, null: false
    t.decimal "price", precision: 10, scale: 2
    t.text "note"
  end
end
`;
const SQL_BASE =
  'CREATE TABLE users (id int NOT NULL PRIMARY KEY, name varchar(50) NOT NULL, age int, price numeric(10, 2), note text, at timestamp);';

/** A base of migrations and dumps, one new migration, and what it comes to. */
const TABLE: readonly (readonly [title: string, base: Files, head: Files, ...expected: string[]])[] = [
  // Rails, by the dump that it keeps.
  [
    'a longer string',
    { ...PG, 'db/schema.rb': SCHEMA_RB },
    { 'db/migrate/2_a.rb': rails('change_column :users, :name, :string, limit: 100') },
  ],
  [
    'a longer string in MySQL',
    { ...MYSQL, 'db/schema.rb': SCHEMA_RB },
    { 'db/migrate/2_a.rb': rails('change_column :users, :name, :string, limit: 100') },
    'risk',
  ],
  [
    'a shorter string',
    { ...PG, 'db/schema.rb': SCHEMA_RB },
    { 'db/migrate/2_a.rb': rails('change_column :users, :name, :string, limit: 20') },
    'data-delete',
  ],
  [
    'a string cut that had no limit',
    { ...PG, 'db/schema.rb': SCHEMA_RB },
    { 'db/migrate/2_a.rb': rails('change_column :users, :nick, :string, limit: 200') },
    'data-delete',
  ],
  [
    'the usual limit of MySQL is longer than 200',
    { ...MYSQL, 'db/schema.rb': SCHEMA_RB },
    { 'db/migrate/2_a.rb': rails('change_column :users, :nick, :string, limit: 300') },
    'risk',
  ],
  [
    'int to bigint',
    { ...PG, 'db/schema.rb': SCHEMA_RB },
    { 'db/migrate/2_a.rb': rails('change_column :users, :age, :bigint') },
    'risk',
  ],
  [
    'bigint to int',
    { ...PG, 'db/schema.rb': SCHEMA_RB },
    { 'db/migrate/2_a.rb': rails('change_column :users, :visits, :integer') },
    'data-delete',
  ],
  [
    'a column that refuses NULL already',
    { ...PG, 'db/schema.rb': SCHEMA_RB },
    { 'db/migrate/2_a.rb': rails('change_column :users, :name, :string, limit: 80, null: false') },
  ],
  [
    'a column that took NULL',
    { ...PG, 'db/schema.rb': SCHEMA_RB },
    { 'db/migrate/2_a.rb': rails('change_column :users, :age, :bigint, null: false') },
    'schema-break',
    'risk',
  ],
  [
    'a wide type that rounds',
    { ...PG, 'db/schema.rb': SCHEMA_RB },
    { 'db/migrate/2_a.rb': rails('change_column :users, :price, :bigint') },
    'data-delete',
  ],
  [
    'by structure.sql',
    { ...PG, 'db/structure.sql': 'CREATE TABLE public.users (name character varying(50));' },
    { 'db/migrate/2_a.rb': rails('change_column :users, :name, :string, limit: 90') },
  ],
  [
    'by earlier migrations without a dump',
    {
      ...PG,
      'db/migrate/1_a.rb': rails('create_table :users do |t|\n      t.string :name, limit: 50\n    end'),
    },
    { 'db/migrate/2_a.rb': rails('change_column :users, :name, :string, limit: 60') },
  ],
  [
    'a dump that does not name the table, and no migration either',
    { ...PG, 'db/schema.rb': 'ActiveRecord::Schema.define do\nend\n' },
    { 'db/migrate/2_a.rb': rails('change_column :users, :name, :string, limit: 100') },
    'data-delete',
  ],
  [
    'in change_table',
    { ...PG, 'db/schema.rb': SCHEMA_RB },
    {
      'db/migrate/2_a.rb': rails(
        'change_table :users do |t|\n      t.change :name, :string, limit: 70\n    end',
      ),
    },
  ],
  // PostgreSQL's own statements.
  [
    'varchar made longer',
    { ...PG, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users ALTER COLUMN name TYPE varchar(80);' },
  ],
  [
    'varchar made shorter',
    { ...PG, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users ALTER COLUMN name TYPE varchar(20);' },
    'data-delete',
  ],
  [
    'a plain cast is what happens anyway',
    { ...PG, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users ALTER COLUMN id TYPE bigint USING id::bigint;' },
    'risk',
  ],
  [
    'an expression may lose anything',
    { ...PG, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users ALTER COLUMN id TYPE bigint USING id % 10;' },
    'data-delete',
  ],
  [
    'a wide type that cuts the time zone in stays a risk',
    { ...PG, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users ALTER COLUMN at TYPE timestamptz;' },
    'risk',
  ],
  [
    'a numeric made an integer of eight bytes',
    { ...PG, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users ALTER COLUMN price TYPE bigint;' },
    'data-delete',
  ],
  [
    'the last migration before counts',
    {
      ...PG,
      'migrations/1.sql': SQL_BASE,
      'migrations/2.sql': 'ALTER TABLE users ALTER COLUMN name TYPE varchar(200);',
    },
    { 'migrations/10.sql': 'ALTER TABLE users ALTER COLUMN name TYPE varchar(100);' },
    'data-delete',
  ],
  [
    'under a new name of the table and of the column',
    {
      ...PG,
      'migrations/1.sql': SQL_BASE,
      'migrations/2.sql': 'ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME name TO label;',
    },
    { 'migrations/3.sql': 'ALTER TABLE people ALTER COLUMN label TYPE varchar(60);' },
  ],
  [
    'what a block of an earlier migration did to it is not known',
    {
      ...PG,
      'migrations/1.sql': SQL_BASE,
      'migrations/2.sql':
        "DO $$ BEGIN EXECUTE format('ALTER TABLE users ALTER COLUMN name TYPE %s', 'text'); END $$;",
    },
    { 'migrations/3.sql': 'ALTER TABLE users ALTER COLUMN name TYPE varchar(80);' },
    'data-delete',
  ],
  [
    'twice in the range',
    { ...PG, 'migrations/1.sql': SQL_BASE },
    {
      'migrations/2.sql': 'ALTER TABLE users ALTER COLUMN name TYPE varchar(80);',
      'migrations/3.sql': 'ALTER TABLE users ALTER COLUMN name TYPE varchar(60);',
    },
    'data-delete',
  ],
  // MySQL: MODIFY and CHANGE say the whole column again.
  [
    'MODIFY to a longer varchar',
    { ...MYSQL, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users MODIFY name varchar(120) NOT NULL;' },
    'risk',
  ],
  [
    'MODIFY of a key to bigint',
    { ...MYSQL, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users MODIFY COLUMN id bigint NOT NULL AUTO_INCREMENT;' },
    'risk',
  ],
  [
    'MODIFY to unsigned',
    { ...MYSQL, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users MODIFY age int unsigned;' },
    'data-delete',
  ],
  [
    'MODIFY that only writes a comment',
    { ...MYSQL, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': "ALTER TABLE users MODIFY age int COMMENT 'in years';" },
  ],
  [
    'MODIFY that takes NULL away',
    { ...MYSQL, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users MODIFY age int NOT NULL;' },
    'schema-break',
  ],
  [
    'CHANGE under the same name',
    { ...MYSQL, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users CHANGE `name` `name` VARCHAR(255) NOT NULL;' },
    'risk',
  ],
  [
    'CHANGE under another name that cuts too',
    { ...MYSQL, 'migrations/1.sql': SQL_BASE },
    { 'migrations/2.sql': 'ALTER TABLE users CHANGE name label VARCHAR(10) NOT NULL;' },
    'schema-break',
    'data-delete',
  ],
  [
    'a value more of an enum',
    { ...MYSQL, 'migrations/1.sql': "CREATE TABLE a (s enum('x','y') NOT NULL);" },
    { 'migrations/2.sql': "ALTER TABLE a MODIFY s enum('x','y','z') NOT NULL;" },
    'risk',
  ],
  [
    'a value less of an enum',
    { ...MYSQL, 'migrations/1.sql': "CREATE TABLE a (s enum('x','y') NOT NULL);" },
    { 'migrations/2.sql': "ALTER TABLE a MODIFY s enum('x') NOT NULL;" },
    'data-delete',
  ],
  [
    'another set of characters',
    { ...MYSQL, 'migrations/1.sql': 'CREATE TABLE a (s varchar(20));' },
    { 'migrations/2.sql': 'ALTER TABLE a MODIFY s varchar(40) CHARACTER SET ascii;' },
    'data-delete',
  ],
  // T-SQL.
  [
    'a longer nvarchar',
    { ...TSQL, 'migrations/1.sql': 'CREATE TABLE dbo.Users (Name nvarchar(50) NOT NULL);' },
    { 'migrations/2.sql': 'ALTER TABLE [dbo].[Users] ALTER COLUMN [Name] nvarchar(200) NOT NULL;' },
    'risk',
  ],
  [
    'of fewer letters',
    { ...TSQL, 'migrations/1.sql': 'CREATE TABLE dbo.Users (Name nvarchar(50) NOT NULL);' },
    { 'migrations/2.sql': 'ALTER TABLE dbo.Users ALTER COLUMN Name varchar(200) NOT NULL;' },
    'data-delete',
  ],
  [
    'int to bigint of a column added later',
    {
      ...TSQL,
      'migrations/1.sql':
        'CREATE TABLE Users (Name nvarchar(50));\nGO\nALTER TABLE Users ADD Age int NULL;\nGO\n',
    },
    { 'migrations/2.sql': 'ALTER TABLE Users ALTER COLUMN Age bigint NULL;' },
    'risk',
  ],
  // Knex, Sequelize, Laravel.
  [
    'Knex, a longer string',
    {
      ...PG,
      'migrations/1_a.js': knex(
        "await knex.schema.createTable('users', (t) => { t.increments('id'); t.string('name', 50).notNullable(); });",
      ),
    },
    {
      'migrations/2_a.js': knex(
        "await knex.schema.alterTable('users', (t) => { t.string('name', 100).notNullable().alter(); });",
      ),
    },
  ],
  [
    'Knex, a shorter string',
    {
      ...PG,
      'migrations/1_a.js': knex("await knex.schema.createTable('users', (t) => { t.string('name', 50); });"),
    },
    {
      'migrations/2_a.js': knex(
        "await knex.schema.alterTable('users', (t) => { t.string('name', 40).alter(); });",
      ),
    },
    'data-delete',
  ],
  [
    'Knex, a column added by alterTable',
    {
      ...PG,
      'migrations/1_a.js': knex("await knex.schema.alterTable('users', (t) => { t.integer('age'); });"),
    },
    {
      'migrations/2_a.js': knex(
        "await knex.schema.alterTable('users', (t) => { t.bigInteger('age').alter(); });",
      ),
    },
    'risk',
  ],
  [
    'Sequelize, a longer string',
    {
      ...PG,
      'migrations/1-a.js': sequelize(
        "await queryInterface.createTable('users', { name: { type: Sequelize.STRING(50), allowNull: false } });",
      ),
    },
    {
      'migrations/2-a.js': sequelize(
        "await queryInterface.changeColumn('users', 'name', { type: Sequelize.STRING(80), allowNull: false });",
      ),
    },
  ],
  [
    'Sequelize, TEXT to STRING',
    {
      ...PG,
      'migrations/1-a.js': sequelize("await queryInterface.createTable('users', { note: Sequelize.TEXT });"),
    },
    {
      'migrations/2-a.js': sequelize(
        "await queryInterface.changeColumn('users', 'note', { type: Sequelize.STRING });",
      ),
    },
    'data-delete',
  ],
  [
    'Laravel, a longer string',
    {
      ...MYSQL,
      'database/migrations/1_a.php': laravel(
        "Schema::create('users', function (Blueprint $table) { $table->string('name', 50); });",
      ),
    },
    {
      'database/migrations/2_a.php': laravel(
        "Schema::table('users', function (Blueprint $table) { $table->string('name', 100)->change(); });",
      ),
    },
    'risk',
  ],
  [
    'Liquibase, a longer varchar',
    {
      ...PG,
      'db/changelog/1.yaml':
        'databaseChangeLog:\n- changeSet:\n    id: 1\n    author: a\n    changes:\n    - createTable:\n        tableName: a\n        columns:\n        - column: { name: b, type: VARCHAR(50) }\n',
    },
    {
      'db/changelog/2.yaml':
        'databaseChangeLog:\n- changeSet:\n    id: 2\n    author: a\n    changes:\n    - modifyDataType: { tableName: a, columnName: b, newDataType: varchar(80) }\n',
    },
  ],
  [
    'Laravel, text to string',
    {
      ...MYSQL,
      'database/migrations/1_a.php': laravel(
        "Schema::create('users', function (Blueprint $table) { $table->text('note'); });",
      ),
    },
    {
      'database/migrations/2_a.php': laravel(
        "Schema::table('users', function (Blueprint $table) { $table->string('note')->change(); });",
      ),
    },
    'data-delete',
  ],
];

describe('a change of type', () => {
  for (const [title, base, head, ...expected] of TABLE) {
    it(title, async () => {
      const found = await judgeFiles({ ...base, ...head }, base);
      const said = JSON.stringify([...found.irreversible, ...found.risks].map((each) => each.why));
      assert.deepEqual(kindsOf(found), expected, said);
    });
  }

  it('names both types, or says that the one before is not known', async () => {
    const head = { 'migrations/2.sql': 'ALTER TABLE users ALTER COLUMN name TYPE varchar(20);' };
    const base = { ...PG, 'migrations/1.sql': SQL_BASE };
    const [known] = (await judgeFiles({ ...base, ...head }, base)).irreversible;
    assert.match(
      known?.why ?? '',
      /^it changes the type of users\.name from varchar\(50\) to varchar\(20\): /,
    );
    const [unknown] = (await judgeFiles({ ...PG, ...head }, PG)).irreversible;
    assert.match(unknown?.why ?? '', /to varchar\(20\): .*; what the type was before is not known$/);
  });
});

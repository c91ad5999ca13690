import assert from 'node:assert/strict';
import { judgeFiles, kindsOf } from './judge';

/** How the body of a migration becomes a file of its framework, its way down a loss that must not count. */
const FRAMEWORKS: Readonly<Record<string, readonly [path: string, wrap: (body: string) => string]>> = {
  rails: [
    'db/migrate/20260101000000_change.rb',
    (body) =>
      `class Change < ActiveRecord::Migration[7.1]\n  def up\n    ${body}\n  end\n\n  def down\n    drop_table :away\n  end\nend\n`,
  ],
  django: [
    'shop/migrations/0007_change.py',
    (body) =>
      `from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0006_x")]\n\n    operations = [\n        ${body}\n    ]\n`,
  ],
  alembic: [
    'alembic/versions/0123456789ab_change.py',
    (body) =>
      `"""Change\n\nDROP TABLE in words\n"""\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = "0123456789ab"\n\n\ndef upgrade() -> None:\n    ${body}\n\n\ndef downgrade() -> None:\n    op.drop_table("away")\n`,
  ],
  knex: [
    'migrations/20260101_change.js',
    (body) =>
      `/** DROP TABLE in a comment */\nexports.up = async function (knex) {\n  ${body}\n};\n\nexports.down = async function (knex) {\n  await knex.schema.dropTable('away');\n};\n`,
  ],
  typeorm: [
    'src/migrations/1700000000000-Change.ts',
    (body) =>
      `import { MigrationInterface, QueryRunner } from 'typeorm';\n\nexport class Change1700000000000 implements MigrationInterface {\n  name = 'Change1700000000000';\n\n  public async up(queryRunner: QueryRunner): Promise<void> {\n    ${body}\n  }\n\n  public async down(queryRunner: QueryRunner): Promise<void> {\n    await queryRunner.dropTable('away');\n  }\n}\n`,
  ],
  sequelize: [
    'migrations/20260101000000-change.js',
    (body) =>
      `'use strict';\n/** @type {import('sequelize-cli').Migration} */\nmodule.exports = {\n  async up(queryInterface, Sequelize) {\n    ${body}\n  },\n  async down(queryInterface) {\n    await queryInterface.dropTable('away');\n  },\n};\n`,
  ],
  laravel: [
    'database/migrations/2026_01_01_000000_change.php',
    (body) =>
      `<?php\n\nuse Illuminate\\Support\\Facades\\Schema;\n\nreturn new class extends Migration\n{\n    public function up(): void\n    {\n        ${body}\n    }\n\n    public function down(): void\n    {\n        Schema::dropIfExists('away');\n    }\n};\n`,
  ],
  ef: [
    'Data/Migrations/20260101000000_Change.cs',
    (body) =>
      `#nullable disable\nnamespace Shop.Data.Migrations\n{\n    public partial class Change : Migration\n    {\n        protected override void Up(MigrationBuilder migrationBuilder)\n        {\n            ${body}\n        }\n\n        protected override void Down(MigrationBuilder migrationBuilder)\n        {\n            migrationBuilder.DropTable(name: "Away");\n        }\n    }\n}\n`,
  ],
  ecto: [
    'priv/repo/migrations/20260101000000_change.exs',
    (body) =>
      `defmodule Shop.Repo.Migrations.Change do\n  use Ecto.Migration\n\n  def up do\n    ${body}\n  end\n\n  def down do\n    drop table(:away)\n  end\nend\n`,
  ],
  goose: [
    'migrations/00002_change.go',
    (body) =>
      `package migrations\n\nfunc init() {\n\tgoose.AddMigrationContext(upChange, downChange)\n}\n\nfunc upChange(ctx context.Context, tx *sql.Tx) error {\n\t${body}\n\treturn nil\n}\n\nfunc downChange(ctx context.Context, tx *sql.Tx) error {\n\t_, err := tx.ExecContext(ctx, "DROP TABLE away")\n\treturn err\n}\n`,
  ],
  liquibaseXml: [
    'db/changelog/002.xml',
    (body) =>
      `<?xml version="1.0"?>\n<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">\n  <!-- <dropTable tableName="words"/> -->\n  <changeSet id="2" author="a">\n    ${body}\n    <rollback><dropTable tableName="away"/></rollback>\n  </changeSet>\n</databaseChangeLog>\n`,
  ],
  liquibaseYaml: [
    'db/changelog/002.yaml',
    (body) =>
      `databaseChangeLog:\n  - changeSet:\n      id: 2\n      author: a\n      changes:\n        - ${body}\n      rollback:\n        - dropTable:\n            tableName: away\n`,
  ],
};

const TABLE: readonly (readonly [framework: string, body: string, ...expected: string[]])[] = [
  ['rails', 'drop_table :users', 'data-delete'],
  ['rails', 'remove_column :users, :email, :string', 'data-delete'],
  ['rails', 'remove_columns :users, :a, :b', 'data-delete', 'data-delete'],
  ['rails', 'remove_column(:users, :email)', 'data-delete'],
  [
    'rails',
    'change_table :users do |t|\n      t.remove :email\n      t.rename :a, :b\n    end',
    'data-delete',
    'schema-break',
  ],
  ['rails', 'rename_column :users, :email, :mail', 'schema-break'],
  ['rails', 'rename_table :users, :people', 'schema-break'],
  ['rails', 'change_column_null :users, :email, false', 'schema-break'],
  ['rails', 'change_column_null :users, :email, true'],
  ['rails', 'change_column :users, :age, :integer, limit: 2', 'data-delete'],
  ['rails', 'change_column :users, :note, :text', 'risk'],
  ['rails', 'add_column :users, :age, :integer, null: false', 'schema-break'],
  ['rails', 'add_column :users, :age, :integer, null: false, default: 0'],
  ['rails', 'add_reference :users, :team, null: false, foreign_key: true', 'schema-break'],
  ['rails', 'create_table :t do |t|\n      t.string :a, null: false\n      t.timestamps\n    end'],
  ['rails', 'create_table :t, force: true do |t|\n      t.string :a\n    end', 'data-delete'],
  ['rails', 'add_column :users, :a, :string\n    remove_column :users, :a'],
  ['rails', 'execute "DELETE FROM users"', 'data-delete'],
  ['rails', 'execute <<~SQL\n      UPDATE users SET a = 1\n      WHERE a IS NULL\n    SQL', 'risk'],
  ['rails', 'execute "TRUNCATE #{table}; SELECT 1"', 'data-delete'],
  ['rails', 'execute(sql_for(:users))', 'unjudgeable'],
  ['rails', 'User.delete_all', 'data-delete'],
  ['rails', 'User.where(active: false).delete_all', 'risk'],
  ['rails', 'User.update_all(active: true)', 'data-delete'],
  ['rails', 'add_column :users, :active, :boolean\n    User.update_all(active: true)'],
  ['rails', 'say "drop_table :users"'],
  ['rails', 'add_index :users, :email, algorithm: :concurrently'],
  ['rails', 'add_index :users, :email', 'risk'],
  [
    'rails',
    'reversible do |dir|\n      dir.up { drop_table :users }\n      dir.down { drop_table :other }\n    end',
    'data-delete',
  ],
  ['rails', '# drop_table :users'],
  ['django', "migrations.RemoveField(model_name='order', name='total'),", 'data-delete'],
  ['django', "migrations.DeleteModel(name='Order'),", 'data-delete'],
  ['django', "migrations.RenameField('order', 'total', 'sum'),", 'schema-break'],
  ['django', "migrations.RenameModel(old_name='Order', new_name='Sale'),", 'schema-break'],
  ['django', "migrations.AddField('order', 'x', models.IntegerField()),", 'schema-break'],
  ['django', "migrations.AddField('order', 'x', models.IntegerField(null=True)),"],
  ['django', "migrations.AddField('order', 'x', models.IntegerField(default=0)),"],
  [
    'django',
    "migrations.AddField('order', 'x', models.IntegerField(null=True)), migrations.RemoveField('order', 'x'),",
  ],
  [
    'django',
    "migrations.RunSQL('DELETE FROM shop_order', reverse_sql=migrations.RunSQL.noop),",
    'data-delete',
  ],
  ['django', "migrations.RunSQL(sql='SELECT 1', reverse_sql='DROP TABLE shop_order'),"],
  ['django', 'migrations.RunPython(migrations.RunPython.noop),'],
  ['django', 'migrations.RunPython(helpers.fill),', 'unjudgeable'],
  ['django', "migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel('Order')]),"],
  [
    'django',
    "migrations.CreateModel(name='T', fields=[('id', models.AutoField(primary_key=True))]), migrations.DeleteModel(name='T'),",
  ],
  ['alembic', 'op.drop_table("users")', 'data-delete'],
  ['alembic', 'op.drop_column("users", "email")', 'data-delete'],
  [
    'alembic',
    'with op.batch_alter_table("users") as batch_op:\n        batch_op.drop_column("email")',
    'data-delete',
  ],
  ['alembic', 'op.alter_column("users", "email", new_column_name="mail")', 'schema-break'],
  ['alembic', 'op.alter_column("users", "age", existing_type=sa.Integer(), nullable=False)', 'schema-break'],
  [
    'alembic',
    'op.alter_column("users", "name", existing_type=sa.String(50), type_=sa.String(length=20))',
    'data-delete',
  ],
  [
    'alembic',
    'op.alter_column("users", "name", existing_type=sa.String(length=50), type_=sa.String(length=200))',
    'risk',
  ],
  ['alembic', 'op.add_column("users", sa.Column("age", sa.Integer(), nullable=False))', 'schema-break'],
  ['alembic', 'op.add_column("users", sa.Column("age", sa.Integer(), nullable=False, server_default="0"))'],
  ['alembic', 'op.add_column("users", sa.Column("age", sa.Integer()))\n    op.drop_column("users", "age")'],
  ['alembic', 'op.execute("TRUNCATE users")', 'data-delete'],
  ['alembic', 'op.execute(sa.text("DELETE FROM users WHERE id = 3"))', 'risk'],
  ['alembic', 'op.execute(f"DROP TABLE {name}")', 'data-delete'],
  ['alembic', 'op.execute(build(name))', 'unjudgeable'],
  ['alembic', 'op.get_bind().execute(sa.text("UPDATE users SET a = :a WHERE id = :b"))', 'risk'],
  ['knex', "await knex.raw('DELETE FROM users WHERE id = ?', [1]);", 'risk'],
  ['alembic', 'op.drop_constraint("uq_email", "users", type_="unique")', 'schema-break'],
  ['alembic', 'op.drop_constraint("x", "users", type_="foreignkey")', 'risk'],
  ['alembic', 'op.get_bind().execute(users.delete())', 'data-delete'],
  ['alembic', 'pass'],
  ['knex', "await knex.schema.dropTable('users');", 'data-delete'],
  [
    'knex',
    "await knex.schema.dropTableIfExists('users').dropTableIfExists('orders');",
    'data-delete',
    'data-delete',
  ],
  [
    'knex',
    "await knex.schema.alterTable('users', (table) => {\n    table.dropColumn('email');\n  });",
    'data-delete',
  ],
  ['knex', "await knex.schema.table('users', function (t) { t.renameColumn('a', 'b'); });", 'schema-break'],
  ['knex', "await knex.schema.alterTable('users', (t) => { t.string('x').notNullable(); });", 'schema-break'],
  ['knex', "await knex.schema.alterTable('users', (t) => { t.string('x').notNullable().defaultTo('a'); });"],
  ['knex', "await knex.schema.alterTable('users', (t) => { t.string('x', 20).alter(); });", 'data-delete'],
  ['knex', "await knex.schema.createTable('t', (t) => { t.increments(); t.string('x').notNullable(); });"],
  ['knex', "await knex('users').del();", 'data-delete'],
  ['knex', "await knex('users').where({ id: 1 }).del();", 'risk'],
  ['knex', "await knex('users').update({ a: 1 });", 'data-delete'],
  ['knex', "await knex.raw('DROP VIEW active');", 'schema-break'],
  ['knex', 'await knex.raw(`TRUNCATE ${name}`);', 'data-delete'],
  ['knex', 'await knex.raw(build());', 'unjudgeable'],
  ['knex', 'await dropEverything(knex);', 'unjudgeable'],
  ['knex', "console.log('DROP TABLE users');"],
  ['typeorm', 'await queryRunner.query(`ALTER TABLE "user" DROP COLUMN "email"`);', 'data-delete'],
  ['typeorm', 'await queryRunner.query(\'CREATE TABLE "t" ("id" int)\');'],
  ['typeorm', "await queryRunner.dropColumn('user', 'email');", 'data-delete'],
  ['typeorm', "await queryRunner.renameColumn('user', 'email', 'mail');", 'schema-break'],
  [
    'typeorm',
    "await queryRunner.addColumn('user', new TableColumn({ name: 'a', type: 'int' }));",
    'schema-break',
  ],
  [
    'typeorm',
    "await queryRunner.addColumn('user', new TableColumn({ name: 'a', type: 'int', isNullable: true }));",
  ],
  ['typeorm', "await queryRunner.clearTable('user');", 'data-delete'],
  ['sequelize', "await queryInterface.dropTable('Users');", 'data-delete'],
  ['sequelize', "await queryInterface.removeColumn('Users', 'email');", 'data-delete'],
  ['sequelize', "await queryInterface.renameColumn('Users', 'a', 'b');", 'schema-break'],
  [
    'sequelize',
    "await queryInterface.changeColumn('Users', 'a', { type: Sequelize.STRING(20) });",
    'data-delete',
  ],
  [
    'sequelize',
    "await queryInterface.addColumn('Users', 'a', { type: Sequelize.INTEGER, allowNull: false });",
    'schema-break',
  ],
  ['sequelize', "await queryInterface.addColumn('Users', 'a', { type: Sequelize.INTEGER });"],
  ['sequelize', "await queryInterface.bulkDelete('Users', null, {});", 'data-delete'],
  ['sequelize', "await queryInterface.bulkDelete('Users', { id: 3 });", 'risk'],
  ['sequelize', "await queryInterface.sequelize.query('DROP TYPE state');", 'schema-break'],
  ['laravel', "Schema::dropIfExists('users');", 'data-delete'],
  [
    'laravel',
    "Schema::table('users', function (Blueprint $table) {\n            $table->dropColumn(['a', 'b']);\n        });",
    'data-delete',
    'data-delete',
  ],
  ['laravel', "Schema::table('users', fn (Blueprint $table) => $table->dropColumn('a'));", 'data-delete'],
  [
    'laravel',
    "Schema::table('users', function (Blueprint $table) {\n            $table->renameColumn('a', 'b');\n        });",
    'schema-break',
  ],
  [
    'laravel',
    "Schema::table('users', function (Blueprint $table) {\n            $table->string('x');\n        });",
    'schema-break',
  ],
  [
    'laravel',
    "Schema::table('users', function (Blueprint $table) {\n            $table->string('x')->nullable();\n        });",
  ],
  [
    'laravel',
    "Schema::create('t', function (Blueprint $table) {\n            $table->id();\n            $table->string('x');\n        });",
  ],
  ['laravel', "DB::table('users')->truncate();", 'data-delete'],
  ['laravel', "DB::table('users')->where('id', 3)->delete();", 'risk'],
  ['laravel', "DB::statement('DELETE FROM users');", 'data-delete'],
  ['laravel', 'DB::statement("DROP TABLE {$name}");', 'data-delete'],
  ['laravel', 'DB::statement($sql);', 'unjudgeable'],
  ['ef', 'migrationBuilder.DropTable(name: "Users");', 'data-delete'],
  [
    'ef',
    'migrationBuilder.DropColumn(\n                name: "Email",\n                table: "Users");',
    'data-delete',
  ],
  ['ef', 'migrationBuilder.RenameColumn(name: "A", table: "Users", newName: "B");', 'schema-break'],
  [
    'ef',
    'migrationBuilder.AddColumn<string>(name: "A", table: "Users", type: "nvarchar(max)", nullable: false);',
    'schema-break',
  ],
  ['ef', 'migrationBuilder.AddColumn<string>(name: "A", table: "Users", nullable: false, defaultValue: "");'],
  [
    'ef',
    'migrationBuilder.AlterColumn<string>(name: "A", table: "Users", type: "nvarchar(50)", nullable: true, oldClrType: typeof(string), oldType: "nvarchar(max)");',
    'data-delete',
  ],
  [
    'ef',
    'migrationBuilder.AlterColumn<string>(name: "A", table: "Users", type: "nvarchar(max)", oldType: "nvarchar(50)");',
    'risk',
  ],
  ['ef', 'migrationBuilder.Sql(@"DELETE FROM ""Users""");', 'data-delete'],
  ['ef', 'migrationBuilder.Sql($"UPDATE Users SET A = 1 WHERE Id = {id}");', 'risk'],
  ['ef', 'migrationBuilder.Sql(File.ReadAllText("x.sql"));', 'unjudgeable'],
  ['ecto', 'drop table(:users)', 'data-delete'],
  ['ecto', 'alter table(:users) do\n      remove :email\n    end', 'data-delete'],
  ['ecto', 'alter table(:users) do\n      add :age, :integer, null: false\n    end', 'schema-break'],
  ['ecto', 'alter table(:users) do\n      add :age, :integer, null: false, default: 0\n    end'],
  ['ecto', 'alter table(:users) do\n      modify :age, :smallint\n    end', 'data-delete'],
  ['ecto', 'rename table(:users), to: table(:people)', 'schema-break'],
  ['ecto', 'rename table(:users), :a, to: :b', 'schema-break'],
  ['ecto', 'execute "DELETE FROM users", "SELECT 1"', 'data-delete'],
  ['ecto', 'execute "SELECT 1", "DROP TABLE users"'],
  ['ecto', 'execute("""\n    TRUNCATE users\n    """)', 'data-delete'],
  ['ecto', 'create table(:t) do\n      add :a, :string, null: false\n    end\n    drop table(:t)'],
  ['goose', '_, err := tx.ExecContext(ctx, "DROP TABLE users")', 'data-delete'],
  ['goose', 'tx.ExecContext(ctx, `DELETE FROM users WHERE id = 3`)', 'risk'],
  ['goose', 'tx.ExecContext(ctx, fmt.Sprintf("DROP TABLE %s", name))', 'unjudgeable'],
  ['liquibaseXml', '<dropTable tableName="users"/>', 'data-delete'],
  ['liquibaseXml', '<dropColumn tableName="users" columnName="email"/>', 'data-delete'],
  [
    'liquibaseXml',
    '<dropColumn tableName="users"><column name="a"/><column name="b"/></dropColumn>',
    'data-delete',
    'data-delete',
  ],
  [
    'liquibaseXml',
    '<addColumn tableName="users"><column name="a" type="int"><constraints nullable="false"/></column></addColumn>',
    'schema-break',
  ],
  ['liquibaseXml', '<addColumn tableName="users"><column name="a" type="int"/></addColumn>'],
  ['liquibaseXml', '<delete tableName="users"/>', 'data-delete'],
  ['liquibaseXml', '<delete tableName="users"><where>id = 3</where></delete>', 'risk'],
  ['liquibaseXml', '<sql>DELETE FROM users WHERE id &lt; 3</sql>', 'risk'],
  ['liquibaseXml', '<sql><![CDATA[TRUNCATE users]]></sql>', 'data-delete'],
  ['liquibaseXml', '<customChange class="x.Y"/>', 'unjudgeable'],
  ['liquibaseYaml', 'dropTable:\n            tableName: users', 'data-delete'],
  [
    'liquibaseYaml',
    'renameColumn:\n            tableName: users\n            oldColumnName: a\n            newColumnName: b',
    'schema-break',
  ],
  [
    'liquibaseYaml',
    'addColumn:\n            tableName: users\n            columns:\n              - column:\n                  name: a\n                  type: int',
  ],
  ['liquibaseYaml', 'sql:\n            sql: DELETE FROM users', 'data-delete'],
  ['liquibaseYaml', 'createTable:\n            tableName: t'],
];

describe('migrations of frameworks', () => {
  for (const [framework, body, ...expected] of TABLE) {
    it(`${framework}: ${body.replace(/\s+/g, ' ').slice(0, 90)} → ${expected.join(', ') || 'nothing'}`, async () => {
      const [path, wrap] = FRAMEWORKS[framework] ?? ['', (text: string): string => text];
      const found = await judgeFiles({ [path]: wrap(body) });
      assert.deepEqual([...kindsOf(found)].sort(), [...expected].sort(), JSON.stringify(found.irreversible));
    });
  }

  it('has rows for every framework', () => {
    for (const framework of Object.keys(FRAMEWORKS)) {
      const rows = TABLE.filter(([name]) => name === framework);
      assert.ok(rows.length >= 3, framework);
      assert.ok(
        rows.some(([, , ...expected]) => expected.length > 0),
        framework,
      );
    }
  });

  it('gives the place of SQL inside a string, and of a call', async () => {
    const [path, wrap] = FRAMEWORKS['alembic'] ?? ['', (text: string): string => text];
    const text = wrap('op.execute("SELECT \'ä😀\'; DROP TABLE users")\n    op.drop_column("a", "b")');
    const { irreversible } = await judgeFiles({ [path]: text });
    const lines = text.split('\n');
    assert.deepEqual(
      irreversible.map(({ range, statement }) => [
        statement,
        lines[(range?.start.line ?? 0) - 1]?.slice(
          (range?.start.column ?? 1) - 1,
          (range?.end.column ?? 1) - 1,
        ),
      ]),
      [
        ['DROP TABLE users', 'DROP TABLE users'],
        ['op.drop_column("a", "b")', 'op.drop_column("a", "b")'],
      ],
    );
  });

  it('reports only what the range adds, and a condition taken away', async () => {
    const [path, wrap] = FRAMEWORKS['rails'] ?? ['', (text: string): string => text];
    const before = wrap('drop_table :old\n    execute "DELETE FROM a WHERE id = 1"');
    const same = await judgeFiles({ [path]: `# note\n${before}` }, { [path]: before });
    assert.deepEqual(kindsOf(same), []);
    const without = await judgeFiles(
      { [path]: wrap('drop_table :old\n    execute "DELETE FROM a"') },
      { [path]: before },
    );
    assert.deepEqual(
      without.irreversible.map(({ statement }) => statement),
      ['DELETE FROM a'],
    );
  });

  it('says how a migration goes back, and whether with the data', async () => {
    const backs = async (path: string, text: string): Promise<readonly (string | null)[]> =>
      (await judgeFiles({ [path]: text })).irreversible.map(({ reversibleBy }) => reversibleBy);
    const rails = 'db/migrate/1_x.rb';
    assert.deepEqual(
      await backs(
        rails,
        'class X < ActiveRecord::Migration[7.1]\n  def up\n    drop_table :a\n  end\n\n  def down\n    raise ActiveRecord::IrreversibleMigration\n  end\nend\n',
      ),
      [null],
    );
    assert.deepEqual(
      await backs(
        rails,
        'class X < ActiveRecord::Migration[7.1]\n  def change\n    remove_column :a, :b\n    remove_column :a, :c, :string\n  end\nend\n',
      ),
      [null, 'db/migrate/1_x.rb:4 goes back down, with the shape but not the data'],
    );
    assert.deepEqual(
      await backs(
        rails,
        'class X < ActiveRecord::Migration[7.1]\n  def up\n    drop_table :a\n  end\n\n  def down\n    execute "INSERT INTO a SELECT * FROM a_copy"\n  end\nend\n',
      ),
      [
        'db/migrate/1_x.rb:7 goes back down and fills in from a copy; whether that is all of the data is not known',
      ],
    );
    const alembic = 'alembic/versions/0123456789ab_x.py';
    assert.deepEqual(
      await backs(alembic, 'def upgrade():\n    op.drop_table("a")\n\n\ndef downgrade():\n    pass\n'),
      [null],
    );
  });

  it('knows what a Django field was from the migrations before', async () => {
    const before = (field: string): Readonly<Record<string, string>> => ({
      'shop/migrations/0001_initial.py': `class Migration:\n    operations = [migrations.CreateModel(name='Order', fields=[('note', ${field})])]\n`,
    });
    const after = (field: string): Readonly<Record<string, string>> => ({
      'shop/migrations/0002_alter.py': `class Migration:\n    operations = [migrations.AlterField(model_name='order', name='note', field=${field})]\n`,
    });
    const judged = async (from: string, to: string): Promise<readonly string[]> =>
      kindsOf(await judgeFiles(after(to), {}, before(from)));
    assert.deepEqual(
      await judged('models.CharField(max_length=50)', "models.CharField(max_length=50, help_text='x')"),
      [],
    );
    assert.deepEqual(await judged('models.CharField(max_length=50)', 'models.CharField(max_length=20)'), [
      'data-delete',
    ]);
    assert.deepEqual(
      await judged('models.CharField(max_length=50, null=True)', 'models.CharField(max_length=50)'),
      ['schema-break'],
    );
    assert.deepEqual(await judged('models.CharField(max_length=50)', 'models.TextField()'), ['risk']);
    assert.deepEqual(kindsOf(await judgeFiles(after('models.CharField(max_length=5)'))), ['unjudgeable']);
  });

  it('reads a RunPython function by its calls', async () => {
    const judged = async (body: string): Promise<readonly string[]> =>
      kindsOf(
        await judgeFiles({
          'shop/migrations/0009_fill.py': `def fill(apps, schema_editor):\n    Order = apps.get_model("shop", "Order")\n    ${body}\n\n\nclass Migration:\n    operations = [migrations.RunPython(fill)]\n`,
        }),
      );
    assert.deepEqual(await judged('Order.objects.all().delete()'), ['data-delete']);
    assert.deepEqual(await judged('Order.objects.filter(total=0).delete()'), ['risk']);
    assert.deepEqual(await judged('Order.objects.create(total=1)'), []);
  });

  it('says of a field of text that is added with blank what Django does to the rows', async () => {
    const judged = async (field: string): Promise<readonly string[]> =>
      (
        await judgeFiles({
          'shop/migrations/0007_note.py': `class Migration:\n    operations = [migrations.AddField("order", "note", ${field})]\n`,
        })
      ).irreversible.map(({ why }) => why);
    const [filled] = await judged('models.TextField(blank=True)');
    assert.match(filled ?? '', /what the previous version inserts is refused$/);
    for (const field of ['models.TextField()', 'models.IntegerField(blank=True)']) {
      const [refused] = await judged(field);
      assert.match(refused ?? '', /so is the change itself where the table has rows$/, field);
    }
  });

  it('says of a column of Rails that begins to refuse NULL whether its rows are filled first', async () => {
    const judged = async (rest: string): Promise<string> =>
      (
        await judgeFiles({
          'db/migrate/20260101000000_x.rb': `class X < ActiveRecord::Migration[7.1]\n  def change\n    change_column_null :users, :email, false${rest}\n  end\nend\n`,
        })
      ).irreversible.map(({ why }) => why)[0] ?? '';
    assert.match(await judged(''), /so is the change itself where a row has none$/);
    assert.match(await judged(", ''"), /rows without one get the same value for good$/);
  });

  it('takes a way back that is added beside the same code for no change', async () => {
    const withBack = (back: string, rows: string): string =>
      `def fill(apps, schema_editor):\n    Order = apps.get_model("shop", "Order")\n    ${rows}\n\n\nclass Migration:\n    operations = [migrations.RunPython(fill${back})]\n`;
    const path = 'shop/migrations/0009_fill.py';
    const judged = async (before: string, after: string): Promise<readonly string[]> =>
      kindsOf(await judgeFiles({ [path]: after }, { [path]: before }));
    const some = 'Order.objects.filter(total=0).delete()';
    assert.deepEqual(await judged(withBack('', some), withBack(', back', some)), []);
    const all = 'Order.objects.all().delete()';
    assert.deepEqual(await judged(withBack('', some), withBack(', back', all)), ['data-delete']);
  });

  it('takes what looks like a migration and has no way up for unjudgeable, helpers for nothing', async () => {
    assert.deepEqual(kindsOf(await judgeFiles({ 'db/migrate/1_x.rb': 'class X\nend\n' })), ['unjudgeable']);
    assert.deepEqual(kindsOf(await judgeFiles({ 'src/migrations/index.ts': 'export * from "./a";\n' })), []);
  });
});

/** A tool that changes the schema of a database by numbered files, and how it goes back. */
export interface MigrationTool {
  readonly title: string;
  /** The page of its makers that says the commands. */
  readonly documentation: string;
  /** Shows what is applied, '' where the tool has no command for it; `%folder%` stands for the folder that its files stand in, as one shell word. */
  readonly status: string;
  /** Goes back; null where the tool has no command for it. */
  readonly down: string | null;
  /** What to know of it before: what it needs, or why it has none. One sentence without a full stop. */
  readonly note: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const MIGRATIONS = 'How many migrations the failed version brought';
const SCHEMA_REVISION = 'Migration that the version before ended with, which is gone back to';
const DATABASE_URL = 'Address of the database, from where the secrets are kept: never written into a file';

/** Tools by their id. A command is written by the tool's own reference; whether a migration can go back is the file's. */
export const migrationTools = {
  alembic: {
    title: 'Alembic',
    documentation: 'https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading',
    status: 'alembic current\nalembic history -r-5:current',
    down: 'alembic downgrade "${SCHEMA_REVISION}"',
    note: 'each revision goes back by its function downgrade, which may be empty',
    parameters: { SCHEMA_REVISION },
  },
  rails: {
    title: 'Rails',
    documentation: 'https://guides.rubyonrails.org/active_record_migrations.html#rolling-back',
    status: 'bin/rails db:migrate:status',
    down: 'bin/rails db:rollback STEP="${MIGRATIONS}"',
    note: 'a migration that raises IrreversibleMigration stops it half-way',
    parameters: { MIGRATIONS },
  },
  django: {
    title: 'Django',
    documentation: 'https://docs.djangoproject.com/en/stable/topics/migrations/#reversing-migrations',
    status: 'python manage.py showmigrations --list',
    down: 'python manage.py migrate "${DJANGO_APP}" "${SCHEMA_REVISION}"',
    note: 'an operation without a reverse raises IrreversibleError; it runs for one application at a time',
    parameters: { DJANGO_APP: 'Django application whose migrations go back', SCHEMA_REVISION },
  },
  flyway: {
    title: 'Flyway',
    documentation: 'https://documentation.red-gate.com/fd/undo-277579011.html',
    status: 'flyway info',
    down: null,
    note: 'flyway undo exists in the paid editions only, and needs a U file for each V file',
    parameters: {},
  },
  liquibase: {
    title: 'Liquibase',
    documentation: 'https://docs.liquibase.com/commands/rollback/rollback-count.html',
    status: 'liquibase history',
    down: 'liquibase rollback-count --count="${MIGRATIONS}"',
    note: 'a change without a rollback of its own (sql, loadData, drops) stops it',
    parameters: { MIGRATIONS: 'How many change sets the failed version brought' },
  },
  prisma: {
    title: 'Prisma Migrate',
    documentation: 'https://www.prisma.io/docs/orm/prisma-migrate/workflows/generating-down-migrations',
    status: 'npx prisma migrate status',
    down: null,
    note: 'Prisma Migrate has no command that goes back: a new migration that undoes the change is written and deployed',
    parameters: {},
  },
  drizzle: {
    title: 'Drizzle Kit',
    documentation: 'https://orm.drizzle.team/docs/kit-overview',
    status: '',
    down: null,
    note: 'Drizzle Kit has no command that goes back: a new migration that undoes the change is written and deployed',
    parameters: {},
  },
  knex: {
    title: 'Knex',
    documentation: 'https://knexjs.org/guide/migrations.html',
    status: 'npx knex migrate:list',
    down: 'npx knex migrate:rollback',
    note: 'it goes back by the whole last batch, which is everything that the last migrate:latest ran',
    parameters: {},
  },
  sequelize: {
    title: 'Sequelize',
    documentation: 'https://sequelize.org/docs/v6/other-topics/migrations/#undoing-migrations',
    status: 'npx sequelize-cli db:migrate:status',
    down: 'npx sequelize-cli db:migrate:undo:all --to "${SCHEMA_REVISION}"',
    note: 'each migration goes back by its function down; the one that is named is undone as well',
    parameters: { SCHEMA_REVISION: 'First migration of the failed version, which is undone as the last' },
  },
  typeorm: {
    title: 'TypeORM',
    documentation: 'https://typeorm.io/docs/migrations/reverting/',
    status: 'npx typeorm migration:show --dataSource "${DATA_SOURCE}"',
    down: 'npx typeorm migration:revert --dataSource "${DATA_SOURCE}"',
    note: 'it goes back by one migration: run it once for each that the failed version brought',
    parameters: { DATA_SOURCE: 'File that exports the data source of the environment' },
  },
  'golang-migrate': {
    title: 'golang-migrate',
    documentation: 'https://github.com/golang-migrate/migrate/tree/master/cmd/migrate',
    status: 'migrate -path %folder% -database "${DATABASE_URL}" version',
    down: 'migrate -path %folder% -database "${DATABASE_URL}" down "${MIGRATIONS}"',
    note: 'a dirty version has to be looked at by hand before anything goes back',
    parameters: { DATABASE_URL, MIGRATIONS },
  },
  goose: {
    title: 'goose',
    documentation: 'https://pressly.github.io/goose/documentation/cli-commands/',
    status: 'goose -dir %folder% status',
    down: 'goose -dir %folder% down-to "${SCHEMA_REVISION}"',
    note: 'it takes driver and address from GOOSE_DRIVER and GOOSE_DBSTRING',
    parameters: { SCHEMA_REVISION: 'Number of the migration that the version before ended with' },
  },
  dbmate: {
    title: 'dbmate',
    documentation: 'https://github.com/amacneil/dbmate#rolling-back-migrations',
    status: 'dbmate --migrations-dir %folder% status',
    down: 'dbmate --migrations-dir %folder% rollback',
    note: 'it goes back by one migration: run it once for each that the failed version brought; it takes the address from DATABASE_URL',
    parameters: {},
  },
  ecto: {
    title: 'Ecto',
    documentation: 'https://hexdocs.pm/ecto_sql/Mix.Tasks.Ecto.Rollback.html',
    status: 'mix ecto.migrations',
    down: 'mix ecto.rollback --step "${MIGRATIONS}"',
    note: 'a release without Mix goes back by Ecto.Migrator in a module of its own',
    parameters: { MIGRATIONS },
  },
  laravel: {
    title: 'Laravel',
    documentation: 'https://laravel.com/docs/migrations#rolling-back-migrations',
    status: 'php artisan migrate:status',
    down: 'php artisan migrate:rollback --step="${MIGRATIONS}" --force',
    note: 'each migration goes back by its function down; --force answers the question that it asks in production',
    parameters: { MIGRATIONS },
  },
  'ef-core': {
    title: 'Entity Framework Core',
    documentation: 'https://learn.microsoft.com/ef/core/managing-schemas/migrations/applying',
    status: 'dotnet ef migrations list',
    down: 'dotnet ef database update "${SCHEMA_REVISION}"',
    note: 'each migration goes back by its method Down',
    parameters: { SCHEMA_REVISION },
  },
  diesel: {
    title: 'Diesel',
    documentation: 'https://diesel.rs/guides/getting-started',
    status: 'diesel migration list',
    down: 'diesel migration revert --number "${MIGRATIONS}"',
    note: 'each migration goes back by its file down.sql; it takes the address from DATABASE_URL',
    parameters: { MIGRATIONS },
  },
} as const satisfies Readonly<Record<string, MigrationTool>>;

export type MigrationToolId = keyof typeof migrationTools;

/** The tool of that id, with its folder put into the commands. */
export function migrationToolOf(id: MigrationToolId, folder: string): MigrationTool {
  const tool: MigrationTool = migrationTools[id];
  const within = (command: string): string => command.replaceAll('%folder%', folder);
  return { ...tool, status: within(tool.status), down: tool.down === null ? null : within(tool.down) };
}

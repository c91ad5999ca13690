import { fact, fileSource, type Fact } from '../fact';
import type { MigrationToolId } from '../migration-tools';
import type { MigrationsInUse } from '../profile';
import { folderOf, type Reading } from './reading';

/** A file that tells the tool by its name and, where other tools have a file of that name, by what it holds. */
interface ToolSign {
  readonly tool: MigrationToolId;
  readonly file: RegExp;
  readonly holds?: RegExp;
}

/** What tells the tool for sure, the surest first: its own file of settings, then what its migrations look like. */
const SIGNS: readonly ToolSign[] = [
  { tool: 'alembic', file: /(?:^|\/)alembic\.ini$/ },
  { tool: 'alembic', file: /(?:^|\/)env\.py$/, holds: /\bfrom alembic import\b/ },
  { tool: 'rails', file: /(?:^|\/)db\/migrate\/\d{14}_\w+\.rb$/ },
  { tool: 'django', file: /(?:^|\/)migrations\/\d{4}_\w+\.py$/, holds: /\bmigrations\.Migration\b/ },
  { tool: 'flyway', file: /(?:^|\/)flyway\.(?:conf|toml)$/ },
  { tool: 'flyway', file: /(?:^|\/)db\/migration\/(?:[\w-]+\/)*V\d[\w.]*__[\w.-]+\.(?:sql|java|kt)$/ },
  { tool: 'liquibase', file: /(?:^|\/)liquibase\.properties$/ },
  { tool: 'liquibase', file: /(?:^|\/)[\w.-]*changelog[\w.-]*\.(?:xml|ya?ml)$/i, holds: /databaseChangeLog/ },
  { tool: 'prisma', file: /(?:^|\/)migrations\/migration_lock\.toml$/ },
  { tool: 'drizzle', file: /(?:^|\/)drizzle\.config\.[cm]?[jt]s$/ },
  { tool: 'knex', file: /(?:^|\/)knexfile\.[cm]?[jt]s$/ },
  { tool: 'sequelize', file: /(?:^|\/)\.sequelizerc$/ },
  {
    tool: 'typeorm',
    file: /(?:^|\/)migrations?\/[\w-]+\.[jt]s$/,
    holds: /\bimplements MigrationInterface\b/,
  },
  { tool: 'diesel', file: /(?:^|\/)diesel\.toml$/ },
  { tool: 'goose', file: /(?:^|\/)[\w.-]+\.sql$/, holds: /^--[ \t]*\+goose[ \t]+Up/im },
  { tool: 'dbmate', file: /(?:^|\/)[\w.-]+\.sql$/, holds: /^--[ \t]*migrate:up\b/im },
  { tool: 'golang-migrate', file: /(?:^|\/)\d+_[\w.-]+\.up\.sql$/ },
  { tool: 'ecto', file: /(?:^|\/)priv\/repo\/migrations\/\d+_\w+\.exs$/ },
  { tool: 'laravel', file: /(?:^|\/)database\/migrations\/[\w-]+\.php$/, holds: /\bextends Migration\b/ },
  { tool: 'ef-core', file: /(?:^|\/)Migrations\/\d+_\w+\.Designer\.cs$/ },
];

/** Of files of one name that many tools have, no more than this are opened. */
const MAX_READ = 20;

/** The tools whose migrations the repository holds, each with its folder, and whether files that go back stand beside. */
export async function readMigrationTools(reading: Reading): Promise<readonly Fact<MigrationsInUse>[]> {
  const found = new Map<MigrationToolId, Fact<MigrationsInUse>>();
  for (const { tool, file, holds } of SIGNS) {
    if (found.has(tool)) continue;
    const paths = reading.paths.filter((path) => file.test(path) && !/(^|\/)tests?\//.test(path));
    for (const path of paths.slice(0, MAX_READ)) {
      if (holds) {
        const text = await reading.text(path);
        if (text === null || !holds.test(text)) continue;
      }
      const folder = folderOf(path) || '.';
      found.set(tool, fact({ tool, folder, hasUndoFiles: hasUndoFiles(reading, tool) }, fileSource(path)));
      break;
    }
  }
  return [...found.values()];
}

/** Flyway's `U` files; other tools keep both ways in one file, or have none. */
function hasUndoFiles(reading: Reading, tool: MigrationToolId): boolean {
  return tool === 'flyway' && reading.paths.some((path) => /(?:^|\/)U\d[\w.]*__[\w.-]+\.sql$/.test(path));
}

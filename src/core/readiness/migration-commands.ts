import { unwrapCommand } from '../shell/wrappers';
import type { JobFacts, StepCommand } from '../workflow/understanding';

/** How the tools of migrations are told to apply what is pending; scripts of a package by the name that says so. */
const APPLIES =
  /^(?:(?:npx|bunx|yarn|pnpm(?: (?:exec|dlx))?|bundle exec|poetry run|uv run|pipenv run) )?(?:\S*\/)?(?:prisma migrate deploy|prisma db push|alembic\b.* upgrade|flyway\b.*\bmigrate|liquibase\b.* update|knex migrate:(?:latest|up)|sequelize(?:-cli)? db:migrate|typeorm(?:-ts-node-\w+)? migration:run|(?:rails|rake) db:migrate|goose\b.* up|dbmate\b.* (?:up|migrate)|atlas migrate apply|migrate\b.* up|python3? \S*manage\.py migrate|php artisan migrate|dotnet ef database update|mix ecto\.migrate|diesel migration run|sqlx migrate run|sqitch deploy|(?:npm|pnpm|yarn|bun) (?:run )?(?:[\w:-]*:)?migrate(?:[:-](?:up|latest|deploy|prod|run))?|make (?:db-)?migrate)(?:\s|$)/;

/** The command of a job that applies migrations; null where it has none. */
export function migrationOf(job: JobFacts): StepCommand | null {
  return job.commands.find(({ words }) => APPLIES.test(unwrapCommand(words).join(' '))) ?? null;
}

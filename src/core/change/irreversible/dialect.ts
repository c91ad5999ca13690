import picomatch from 'picomatch';
import type { SqlDialect } from '../../sql/dialect-tokens';
import type { DetectorWorld } from './detector';

/** The dialects that are read, as the configuration names them. */
export const SQL_DIALECTS: readonly SqlDialect[] = ['postgresql', 'mysql', 'sqlite', 'tsql'];

/** What the configuration says of the SQL of a repository. */
export interface SqlSettings {
  /** Of everything that no path below speaks of; null: told from the project. */
  readonly dialect: SqlDialect | null;
  /** Globs of paths in another dialect; the first that matches counts. */
  readonly paths: readonly { readonly glob: string; readonly dialect: SqlDialect }[];
}

/** Files that tell which database a project talks to, and how; one line per custom. */
const SOURCES: readonly { readonly file: RegExp; readonly says: (text: string) => readonly string[] }[] = [
  { file: /(?:^|\/)schema\.prisma$/, says: (text) => all(text, /\bprovider\s*=\s*"(\w+)"/g) },
  { file: /(?:^|\/)migration_lock\.toml$/, says: (text) => all(text, /^\s*provider\s*=\s*"(\w+)"/gm) },
  { file: /(?:^|\/)config\/database\.ya?ml$/, says: (text) => all(text, /^\s*adapter:\s*["']?(\w+)/gm) },
  { file: /(?:^|\/)knexfile\.[cm]?[jt]s$/, says: (text) => all(text, /\bclient:\s*["']([\w-]+)/g) },
  {
    file: /(?:^|\/)(?:\.env(?:\.(?:example|sample|dist|template))?|alembic\.ini|flyway\.(?:conf|toml)|liquibase\.properties|application[^/]*\.(?:properties|ya?ml)|settings\.py|ormconfig\.json)$/,
    says: (text) =>
      all(
        text,
        /\b(?:jdbc:)?(postgres(?:ql)?|mysql2?|mariadb|sqlite3?|sqlserver|mssql)(?:\+\w+)?:|django\.db\.backends\.(\w+)|DB_CONNECTION=(\w+)|"type":\s*"(\w+)"/g,
      ),
  },
  {
    file: /(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/,
    says: (text) =>
      all(
        text,
        /^\s*image:\s*["']?(?:[\w.-]+\/)*(postgres|postgis|timescaledb|mysql|mariadb|percona|mssql\/server|azure-sql-edge|server(?=:20))\b/gm,
      ),
  },
  {
    file: /(?:^|\/)package\.json$/,
    says: (text) => all(text, /"(pg|postgres|mysql2?|mariadb|sqlite3|better-sqlite3|tedious|mssql)"\s*:/g),
  },
  {
    file: /(?:^|\/)Gemfile$/,
    says: (text) => all(text, /^\s*gem\s+["'](pg|mysql2|trilogy|sqlite3|tiny_tds)["']/gm),
  },
  {
    file: /(?:^|\/)(?:requirements[^/]*\.txt|pyproject\.toml|Pipfile)$/,
    says: (text) =>
      all(text, /\b(psycopg\w*|asyncpg|mysqlclient|pymysql|aiomysql|aiosqlite|pyodbc|pymssql)\b/gi),
  },
  {
    file: /(?:^|\/)go\.mod$/,
    says: (text) =>
      all(text, /\b(lib\/pq|jackc\/pgx|go-sql-driver\/mysql|go-sqlite3|modernc\.org\/sqlite|go-mssqldb)\b/g),
  },
  {
    file: /\.csproj$/,
    says: (text) =>
      all(text, /(Npgsql|MySql|Pomelo|EntityFrameworkCore\.Sqlite|EntityFrameworkCore\.SqlServer)\b/g),
  },
  { file: /(?:^|\/)mix\.exs$/, says: (text) => all(text, /:(postgrex|myxql|ecto_sqlite3|tds)\b/g) },
];

const MEANING: readonly (readonly [RegExp, SqlDialect])[] = [
  [/^(?:pg|postg|psycopg|asyncpg|npgsql|lib\/pq|jackc|timescale|pgsql)/i, 'postgresql'],
  [/^(?:mysql|mariadb|percona|trilogy|pymysql|aiomysql|pomelo|myxql|go-sql-driver)/i, 'mysql'],
  [
    /^(?:sqlite|better-sqlite|aiosqlite|go-sqlite3|modernc|ecto_sqlite3|entityframeworkcore\.sqlite)/i,
    'sqlite',
  ],
  [
    /^(?:mssql|sqlserver|tedious|tiny_tds|pyodbc|pymssql|go-mssqldb|tds|azure-sql|server|entityframeworkcore\.sqlserver|sqlsrv)/i,
    'tsql',
  ],
];

/** More of them are not looked into for one migration. */
const MAX_SOURCES = 40;

/**
 * The dialect of a migration: as the configuration says it, else by what the nearest folder above it that says anything
 * says; sources of one kind that disagree say nothing, and then it is not known. SQLite beside another is the database of
 * tests.
 */
export function dialectsOf(world: DetectorWorld): (path: string) => Promise<SqlDialect | null> {
  const texts = new Map<string, Promise<string>>();
  const answers = new Map<string, Promise<SqlDialect | null>>();
  const read = (path: string): Promise<string> => {
    const known = texts.get(path);
    if (known) return known;
    const reading = world.history
      .fileAt(world.range.commits.head, path, world.signal)
      .then((file) => (file.ok ? file.text.slice(0, 200_000) : ''));
    texts.set(path, reading);
    return reading;
  };
  const sources = [...world.repositoryPaths].filter((path) => SOURCES.some(({ file }) => file.test(path)));
  const decide = async (folder: string): Promise<SqlDialect | null> => {
    for (let scope = folder; ; scope = scope.slice(0, Math.max(0, scope.lastIndexOf('/')))) {
      const near = sources.filter((path) => isNear(path, scope)).slice(0, MAX_SOURCES);
      for (const source of SOURCES) {
        const said = new Set<SqlDialect>();
        for (const path of near.filter((each) => source.file.test(each))) {
          for (const word of source.says(await read(path))) {
            const dialect = MEANING.find(([pattern]) => pattern.test(word))?.[1];
            if (dialect) said.add(dialect);
          }
        }
        if (said.size > 1) said.delete('sqlite');
        const [only] = said;
        if (said.size === 1 && only) return only;
      }
      if (scope === '') return null;
    }
  };
  const { sql } = world;
  const told = sql.paths.map(({ glob, dialect }) => ({ matches: picomatch(glob, { dot: true }), dialect }));
  return (path) => {
    const said = told.find(({ matches }) => matches(path))?.dialect ?? sql.dialect;
    if (said !== null) return Promise.resolve(said);
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const known = answers.get(folder);
    if (known) return known;
    const answer = decide(folder);
    answers.set(folder, answer);
    return answer;
  };
}

/** In the folder, or in a usual folder of settings right below it. */
function isNear(path: string, folder: string): boolean {
  const rest = folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
  return rest !== null && /^(?:(?:config|prisma|migrations|src\/main\/resources|conf)\/)?[^/]+$/.test(rest);
}

function all(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(
    (match) => match.slice(1).find((group) => group !== undefined) ?? '',
  );
}

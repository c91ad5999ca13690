import { fact, fileSource, type Fact } from '../fact';
import { baseOf, folderOf, inFolder, type Reading } from './reading';

/** Folder names of the migration tools that are in wide use, with the endings of the files that they run. */
const MIGRATION_FILES =
  /(^|\/)(migrations?|migrate|versions|changelog)\/(?:[\w.-]+\/)?[\w.-]+\.(sql|py|rb|ts|js|xml|ya?ml|php|cs)$/i;

/** Tools run migrations in order, by a number or a time in the name: `0001_initial.py`, `Version2025….php`, `V2__x.sql`. */
const ORDERED_NAME = /^(?:V|M|Version|Migration)?_?\d/i;

/** What a program or changelog says that a tool runs, where its name has no order: a program about migrations says none of it. */
const HOLDS =
  /^[ \t]*(?:def (?:up|upgrade|change)\b|(?:exports|module\.exports)\.up\b|export (?:async )?(?:function|const) up\b|(?:export (?:default )?)?(?:public |final |sealed |partial )*class [^\n{]*(?:\b(?:implements MigrationInterface|extends (?:\w+\.)*\w*Migration)\b|:\s*(?:\w+\.)*\w*Migration\b)|class \w+\(migrations\.Migration\)|\[Migration\(|"?databaseChangeLog"?\s*:|<databaseChangeLog\b|public function up\()/m;

/** Of files without an order in their name, no more than this are opened. */
const MAX_READ = 200;

/** Folders with migrations of a tool, each with the file that shows it. */
export async function readMigrationFolders(reading: Reading): Promise<readonly Fact<string>[]> {
  const found = new Map<string, string>();
  let read = 0;
  for (const path of reading.paths) {
    const match = MIGRATION_FILES.exec(path);
    if (!match || baseOf(path) === '__init__.py') continue;
    const folder = path.slice(0, match.index + (match[1]?.length ?? 0)) + (match[2] ?? '');
    if (found.has(folder)) continue;
    // `versions` is Alembic's only where Alembic is; `changelog` is Liquibase's only below a resource folder.
    if (match[2] === 'versions' && !reading.has(inFolder(folderOf(folder), 'env.py'))) continue;
    if (/^changelog$/i.test(match[2] ?? '') && !/(^|\/)(db|liquibase)\//.test(path)) continue;
    if (match[3]?.toLowerCase() !== 'sql' && !ORDERED_NAME.test(baseOf(path))) {
      if (read++ >= MAX_READ) continue;
      const text = await reading.text(path);
      if (text === null || !HOLDS.test(text)) continue;
    }
    found.set(folder, path);
  }
  return [...found].map(([folder, file]) => fact(folder, fileSource(file)));
}

import { readSql, usesParser } from '../../sql/read-sql';
import type { SqlDialect } from '../../sql/dialect-tokens';
import type { DetectorWorld } from './detector';
import { sectionsOf, type MigrationKind } from './migration-files';
import { copiesBack, type MigrationReading } from './migrations/reader';
import { compareNames } from './names';

/** What a text of the way up holds. */
export type FileReading = Pick<MigrationReading, 'steps' | 'comments' | 'down'>;

/** Programs in which no SQL can stand do not need the parser. */
const MAY_HOLD_SQL = /\b(?:execute|exec|query|raw|sql|runsql|statement|unprepared|fragment|text)\w*\b/i;

/** Reads a migration by its kind; null where it is none after all. The parser is loaded only where SQL may stand. */
export async function readMigration(
  world: Pick<DetectorWorld, 'parsers' | 'repositoryPaths' | 'history' | 'range' | 'signal'>,
  path: string,
  kind: Exclude<MigrationKind, { readonly kind: 'unread' }>,
  text: string,
  dialect: SqlDialect | null,
): Promise<FileReading | null> {
  const parser =
    usesParser(dialect) && (kind.kind === 'sql' || MAY_HOLD_SQL.test(text))
      ? await world.parsers.sql()
      : null;
  if (kind.kind === 'sql') {
    const sections = sectionsOf(text);
    const { steps, comments } = readSql(sections.up, dialect, parser);
    const down =
      sections.downLine === null ? null : { line: sections.downLine, copiesBack: copiesBack(sections.down) };
    return { steps, comments, down };
  }
  const { reader } = kind;
  return reader.read(text, {
    path,
    dialect,
    readSql: (sql) => readSql(sql, dialect, parser).steps,
    siblings: reader.needsSiblings?.(text) ? await readSiblings(world, path) : [],
  });
}

/** More files beside a migration are not read. */
const MAX_SIBLINGS = 300;

/** The texts of the migrations before this one in its folder, in order. */
async function readSiblings(
  world: Pick<DetectorWorld, 'repositoryPaths' | 'history' | 'range' | 'signal'>,
  path: string,
): Promise<readonly string[]> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const extension = path.slice(path.lastIndexOf('.'));
  const before = [...world.repositoryPaths]
    .filter((each) => each.startsWith(folder) && !each.slice(folder.length).includes('/'))
    .filter((each) => each.endsWith(extension) && each !== path && compareNames(each, path) < 0)
    .sort(compareNames)
    .slice(-MAX_SIBLINGS);
  const texts: string[] = [];
  for (const each of before) {
    const read = await world.history.fileAt(world.range.commits.head, each, world.signal);
    if (read.ok) texts.push(read.text);
  }
  return texts;
}

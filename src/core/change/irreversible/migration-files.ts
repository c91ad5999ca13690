import { isSchemaDump, isTestOrSample } from '../path-kinds';
import { READERS } from './migrations';
import type { MigrationReader } from './migrations/reader';

/** What a changed file is to the database: SQL that a release runs, a migration in another language, or nothing. */
export type MigrationKind =
  | { readonly kind: 'sql' }
  | { readonly kind: 'program'; readonly reader: MigrationReader }
  /** `language` completes "is a migration in …". */
  | { readonly kind: 'unread'; readonly language: string };

/**
 * What a file is, by its path and those beside it; null for none. SQL counts anywhere but in tests, samples, seeds, dumps, ways down and
 * collections of queries; a migration in another language only where the frameworks look for it.
 */
export function migrationKind(path: string, repositoryPaths: ReadonlySet<string>): MigrationKind | null {
  if (isTestOrSample(path) || isWayDown(path, repositoryPaths)) return null;
  if (/\.sql$/i.test(path)) {
    if (isSchemaDump(path) || /(?:^|\/)(?:queries|query|sqlc|docs?)\//i.test(path)) return null;
    return { kind: 'sql' };
  }
  const reader = READERS.find((each) => each.reads(path));
  if (reader) return { kind: 'program', reader };
  const language = UNREAD.find(({ pattern }) => pattern.test(path))?.language;
  return language === undefined ? null : { kind: 'unread', language };
}

const UNREAD: readonly { readonly language: string; readonly pattern: RegExp }[] = [
  {
    language: 'Java or Kotlin (Flyway)',
    pattern: /(?:^|\/)db\/migration\/[VR]\d*[^/]*__[^/]+\.(?:java|kt)$/,
  },
];

/**
 * Whether the file is only run to go back: golang-migrate, diesel, sqitch, Flyway's undo, and their likes. A name that
 * merely ends in `_down` is one only beside its `_up`: `5_shut_down.sql` goes up.
 */
export function isWayDown(path: string, repositoryPaths: ReadonlySet<string>): boolean {
  return (
    /(?:^|[./])(?:down|undo|rollback)\.(?:sql|js|ts)$/i.test(path) ||
    /(?:^|\/)U\d[^/]*__[^/]*\.sql$/.test(path) ||
    /(?:^|\/)(?:down|undo|rollbacks?|revert)\/[^/]+\.sql$/i.test(path) ||
    (/[_-]down\.sql$/i.test(path) && repositoryPaths.has(path.replace(/down(\.sql)$/i, 'up$1')))
  );
}

/** Where the way down of an SQL migration would stand by the customs of the tools, most usual first. */
export function wayDownPaths(path: string): readonly string[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const file = path.slice(folder.length);
  const candidates = [
    /\.up\.sql$/i.test(file) ? file.replace(/\.up\.sql$/i, '.down.sql') : null,
    /^up\.sql$/i.test(file) ? 'down.sql' : null,
    /^migration\.sql$/i.test(file) ? 'down.sql' : null,
    /_up\.sql$/i.test(file) ? file.replace(/_up\.sql$/i, '_down.sql') : null,
    /^V\d.*__.*\.sql$/.test(file) ? `U${file.slice(1)}` : null,
    /(?<!up)\.sql$/i.test(file) ? file.replace(/\.sql$/i, '.down.sql') : null,
  ];
  return candidates.filter((candidate) => candidate !== null).map((candidate) => folder + candidate);
}

/**
 * The folder whose migrations are of one database: up to and with the folder that is called like migrations, else the
 * file's own. Names of tables mean the same thing within it.
 */
export function migrationScope(path: string): string {
  const folders = path.split('/').slice(0, -1);
  const index = folders.findIndex((folder) => /^(?:migrations?|migrate|changelogs?|versions)$/i.test(folder));
  return (index === -1 ? folders : folders.slice(0, index + 1)).join('/');
}

/** A migration's SQL cut into what goes up; `downLine` is the line of the section that goes down, null without one. */
export interface MigrationSections {
  /** The text with what goes down blanked out, so that offsets stay. */
  readonly up: string;
  readonly downLine: number | null;
  /** The text of what goes down. */
  readonly down: string;
}

/** Lines that begin a section: goose, sql-migrate, dbmate, node-pg-migrate, rambler. */
const SECTION =
  /^[ \t]*--[ \t]*(?:\+goose[ \t]+(up|down)|\+migrate[ \t]+(up|down)|migrate:(up|down)|(up|down)[ \t]+migration|rambler[ \t]+(up|down))\b/i;

/** Blanks out the sections of the text that go down. */
export function sectionsOf(text: string): MigrationSections {
  let result = '';
  let isDown = false;
  let downLine: number | null = null;
  let line = 0;
  const down: string[] = [];
  // Splitting at the line feed keeps a carriage return in its line, and the lengths add up.
  for (const piece of text.split('\n')) {
    line++;
    const match = SECTION.exec(piece.slice(0, 200));
    if (match) {
      isDown = match.slice(1).some((word) => word?.toLowerCase() === 'down');
      if (isDown) downLine ??= line;
    }
    if (line > 1) result += '\n';
    if (isDown) down.push(piece);
    result += isDown ? ' '.repeat(piece.length) : piece;
  }
  return { up: result, downLine, down: down.join('\n') };
}

/** Whether the text is a collection of named queries (sqlc, Yesql, HugSQL, PgTyped), which code calls one by one. */
export function isQueryCollection(text: string): boolean {
  return /^[ \t]*(?:--[ \t]*(?:name:|:name[ \t])[ \t]*\S|\/\*[ \t]*@name[ \t])/m.test(text.slice(0, 20_000));
}

import type { ColumnType } from '../../sql/column-types';
import type { SqlDialect } from '../../sql/dialect-tokens';
import type { SqlEffect } from '../../sql/effects';
import { readSql, usesParser } from '../../sql/read-sql';
import type { DetectorWorld } from './detector';
import { migrationKind, migrationScope } from './migration-files';
import { readMigration } from './migration-reading';
import { schemaRbEffects } from './migrations/rails-schema';
import { compareNames } from './names';

/** The types of columns by `table.column` in lower case, as far as they are known. */
export type KnownTypes = Map<string, ColumnType>;

/** More migrations before the range are not gone through: then the types before it are not known. */
const MAX_EARLIER = 500;

/** So many files are read from the history at a time: each is a process. */
const READS_AT_ONCE = 4;

/**
 * What the columns of some tables were at the base of the range: by the dump of the schema that the framework keeps
 * beside the migrations, else by the migrations before the range.
 */
export async function typesAtBase(
  world: DetectorWorld,
  scope: string,
  tables: ReadonlySet<string>,
  dialectOf: (path: string) => Promise<SqlDialect | null>,
): Promise<KnownTypes> {
  const { base } = world.range.commits;
  if (base === null || tables.size === 0) return new Map();
  for (const path of dumpsOf(scope, world.repositoryPaths)) {
    const read = await world.history.fileAt(base, path, world.signal);
    if (!read.ok) continue;
    const dialect = await dialectOf(path);
    const effects = path.endsWith('.rb')
      ? schemaRbEffects(read.text, dialect)
      : readSql(read.text, dialect, usesParser(dialect) ? await world.parsers.sql() : null).steps.flatMap(
          (step) => step.effects,
        );
    const types: KnownTypes = new Map();
    for (const effect of effects) noteTypes(types, effect);
    if ([...types.keys()].some((name) => tables.has(tableOf(name)))) return types;
  }
  return typesByMigrations(world, base, scope, dialectOf);
}

async function typesByMigrations(
  world: DetectorWorld,
  base: string,
  scope: string,
  dialectOf: (path: string) => Promise<SqlDialect | null>,
): Promise<KnownTypes> {
  const { repositoryPaths, history, signal } = world;
  const added = new Set(world.files.filter(({ status }) => status === 'added').map(({ path }) => path));
  const earlier = [...repositoryPaths]
    .filter((path) => !added.has(path) && migrationScope(path) === scope)
    .flatMap((path) => {
      const kind = migrationKind(path, repositoryPaths);
      return kind === null || kind.kind === 'unread' ? [] : [{ path, kind }];
    })
    .sort((a, b) => compareNames(a.path, b.path));
  const types: KnownTypes = new Map();
  if (earlier.length > MAX_EARLIER) return types;
  for (let start = 0; start < earlier.length; start += READS_AT_ONCE) {
    signal?.throwIfAborted();
    const some = await Promise.all(
      earlier.slice(start, start + READS_AT_ONCE).map(async ({ path, kind }) => {
        const read = await history.fileAt(base, path, signal);
        if (!read.ok) return [];
        const reading = await readMigration(world, path, kind, read.text, await dialectOf(path));
        return reading?.steps ?? [];
      }),
    );
    for (const { effects, text } of some.flat()) {
      for (const effect of effects) {
        if (effect.effect === 'unjudgeable') forgetNamed(types, text);
        else noteTypes(types, effect);
      }
    }
  }
  return types;
}

/** Takes what an effect says of types into what is known; renames and drops too. */
export function noteTypes(types: KnownTypes, effect: SqlEffect): void {
  switch (effect.effect) {
    case 'types':
      types.set(effect.object.name.toLowerCase(), effect.type);
      return;
    case 'retypes': {
      const key = effect.object.name.toLowerCase();
      const { text, refusesNull } = effect.type;
      types.set(key, { text, refusesNull: refusesNull ?? types.get(key)?.refusesNull ?? null });
      return;
    }
    case 'renames': {
      const from = effect.object.name.toLowerCase();
      const to = effect.to.name.toLowerCase();
      for (const [key, type] of [...types]) {
        const isOf = effect.object.kind === 'table' ? tableOf(key) === from : key === from;
        if (!isOf) continue;
        types.delete(key);
        types.set(to + key.slice(from.length), type);
      }
      return;
    }
    case 'creates':
      // `IF NOT EXISTS` may have made nothing: what is said of its columns counts all the same.
      return;
    case 'destroys': {
      const name = effect.object.name.toLowerCase();
      if (effect.kind !== 'data-delete' || !/^(?:table|column)$/.test(effect.object.kind)) return;
      for (const key of [...types.keys()]) if (key === name || tableOf(key) === name) types.delete(key);
      return;
    }
    default:
      return;
  }
}

/** A statement that cannot be judged may have changed any column that it names. */
function forgetNamed(types: KnownTypes, text: string): void {
  const words = new Set(text.toLowerCase().match(/\w+/g) ?? []);
  for (const key of [...types.keys()]) if (words.has(key.slice(key.lastIndexOf('.') + 1))) types.delete(key);
}

function tableOf(column: string): string {
  return column.slice(0, column.lastIndexOf('.'));
}

/** Dumps of the schema by the customs of the frameworks, beside the migrations or above them. */
function dumpsOf(scope: string, paths: ReadonlySet<string>): readonly string[] {
  const folders = scope.split('/');
  // Rails keeps the migrations of a second database in `db/animals_migrate`, its dump in `db/animals_schema.rb`.
  const prefix = /(?:^|\/)([a-z_]+_)migrate$/.exec(scope)?.[1] ?? '';
  const places = folders.map((_, index) => folders.slice(0, folders.length - index).join('/'));
  return [...places, '']
    .flatMap((folder) => [folder, folder === '' ? 'db' : `${folder}/db`])
    .flatMap((folder) =>
      ['schema.rb', 'structure.sql', 'schema.sql'].map(
        (name) => `${folder === '' ? '' : `${folder}/`}${prefix}${name}`,
      ),
    )
    .filter((path) => paths.has(path));
}

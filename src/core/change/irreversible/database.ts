import type { ReadResult, SqlParser, SqlStatement } from '../../ports';
import { effectsOf, type SqlEffect, type SqlObject } from '../../sql/effects';
import { normalStatement } from '../../sql/statements';
import { lineIndex, type LineIndex, type Range } from '../../text/position';
import type { DiffRisk, IrreversibleAction, TouchKind } from '../change';
import {
  isMovedUnchanged,
  readEnds,
  shownText,
  type Detected,
  type Detector,
  type DetectorWorld,
} from './detector';
import {
  isQueryCollection,
  migrationKind,
  migrationScope,
  sectionsOf,
  wayDownPaths,
  type MigrationSections,
} from './migration-files';

/**
 * Judges the statements that the range adds to migrations and other SQL: those of new files, and in changed files those
 * that the base does not have. The parser is asked for only where there is SQL. What cannot be read is `unjudgeable`.
 */
export const database: Detector = { id: 'database', detect };

async function detect(world: DetectorWorld): Promise<Detected> {
  const { repositoryPaths, signal } = world;
  const relevant = world.files
    .filter((file) => file.status !== 'deleted' && file.status !== 'submodule' && !isMovedUnchanged(file))
    .map((file) => ({ file, kind: migrationKind(file.path, repositoryPaths) }))
    .filter(({ kind }) => kind !== null)
    .sort((a, b) => compareNames(a.file.path, b.file.path));

  const irreversible: IrreversibleAction[] = [];
  const risks: DiffRisk[] = [];
  const touches: { kind: TouchKind; path: string }[] = [];
  const judged: AddedStatement[] = [];

  const ends = new Map(
    (
      await readEnds(
        world,
        relevant.filter(({ kind }) => kind?.kind === 'sql').map(({ file }) => file),
      )
    ).map((each) => [each.file, each]),
  );

  for (const { file, kind } of relevant) {
    signal?.throwIfAborted();
    if (kind?.kind === 'unread') {
      touches.push({ kind: 'schema', path: file.path });
      irreversible.push(
        unjudgeableFile(
          file.path,
          `it is a migration in ${kind.language}, which is not read yet: say what it does`,
        ),
      );
      continue;
    }
    const { head, base } = ends.get(file) ?? { head: null, base: null };
    if (!head) continue;
    if (!head.ok) {
      touches.push({ kind: 'schema', path: file.path });
      irreversible.push(unjudgeableFile(file.path, `the file ${head.detail}`));
      continue;
    }
    if (isQueryCollection(head.text)) continue;
    const parser = await world.parsers.sql();
    const sections = sectionsOf(head.text);
    const lines = lineIndex(head.text);
    const reversibleBy = wayDown(file.path, sections, repositoryPaths);
    for (const statement of addedStatements(parser, sections, base)) {
      judged.push({
        path: file.path,
        scope: migrationScope(file.path),
        statement,
        effects: effectsOf(statement),
        lines,
        reversibleBy,
      });
    }
  }

  const remade = lastCreations(judged);
  const newObjects = new Map<string, Set<string>>();
  judged.forEach((added, index) => {
    const known = newObjects.get(added.scope) ?? new Set<string>();
    newObjects.set(added.scope, known);
    for (const effect of added.effects) {
      for (const kind of touchedBy(effect)) touches.push({ kind, path: added.path });
      applyEffect(effect, added, index, known, remade, irreversible, risks);
    }
  });
  return { irreversible, risks, touches };
}

interface AddedStatement {
  readonly path: string;
  readonly scope: string;
  readonly statement: SqlStatement;
  readonly effects: readonly SqlEffect[];
  readonly lines: LineIndex;
  readonly reversibleBy: string | null;
}

function applyEffect(
  effect: SqlEffect,
  added: AddedStatement,
  index: number,
  known: Set<string>,
  remade: ReadonlyMap<string, number>,
  irreversible: IrreversibleAction[],
  risks: DiffRisk[],
): void {
  const place = {
    path: added.path,
    range: added.lines.rangeOf(added.statement.span),
    statement: shown(added.statement.text),
  };
  switch (effect.effect) {
    case 'creates':
      known.add(keyOf(effect.object));
      return;
    case 'renames':
      if (isNew(effect.object, known)) known.add(keyOf(effect.to));
      return;
    case 'risks':
      if (!isNew(effect.object, known)) risks.push({ ...place, what: effect.what, why: effect.why });
      return;
    case 'destroys': {
      if (isNew(effect.object, known)) return;
      if (
        isRemadeKind(effect.object.kind) &&
        (remade.get(scopedKey(added.scope, effect.object)) ?? -1) >= index
      ) {
        risks.push({
          ...place,
          what: `${effect.what} and makes it anew`,
          why: 'what the new one leaves out or changes may be relied on',
        });
        return;
      }
      irreversible.push({
        ...place,
        kind: effect.kind,
        side: 'head',
        why: `it ${effect.what}: ${effect.why}`,
        compensation: effect.compensation,
        reversibleBy:
          added.reversibleBy !== null && effect.kind === 'data-delete'
            ? `${added.reversibleBy}, with the shape but not the data`
            : added.reversibleBy,
      });
      return;
    }
    case 'unjudgeable':
      irreversible.push({
        ...place,
        kind: 'unjudgeable',
        side: 'head',
        why: `what it does cannot be told: ${effect.why}`,
        compensation: null,
        reversibleBy: added.reversibleBy,
      });
      return;
    default:
      effect satisfies never;
  }
}

/** Whether the range itself made the object, or the table or type that it is part of. */
function isNew(object: SqlObject, known: ReadonlySet<string>): boolean {
  if (known.has(keyOf(object))) return true;
  const owner = object.name.slice(0, Math.max(0, object.name.lastIndexOf('.')));
  switch (object.kind) {
    case 'rows':
      return known.has(`table ${object.name}`);
    case 'values':
      return known.has(`column ${object.name}`) || known.has(`table ${owner}`);
    case 'column':
    case 'constraint':
    case 'trigger':
    case 'policy':
    case 'rule':
      return known.has(`table ${owner}`);
    case 'enum value':
      return known.has(`type ${owner}`);
    default:
      return false;
  }
}

/** Kinds that hold no data: dropped and made again in one range, they are changed, not lost. */
function isRemadeKind(kind: string): boolean {
  return ['view', 'function', 'constraint', 'index', 'trigger', 'policy', 'rule', 'extension'].includes(kind);
}

/** The place in the order of statements at which each object is made for the last time. */
function lastCreations(statements: readonly AddedStatement[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  statements.forEach(({ scope, effects }, index) => {
    for (const effect of effects) {
      if (effect.effect === 'creates') last.set(scopedKey(scope, effect.object), index);
    }
  });
  return last;
}

function keyOf(object: SqlObject): string {
  return `${object.kind} ${object.name}`;
}

function scopedKey(scope: string, object: SqlObject): string {
  return `${scope}\n${keyOf(object)}`;
}

function touchedBy(effect: SqlEffect): readonly TouchKind[] {
  switch (effect.effect) {
    case 'creates':
    case 'renames':
      return ['schema'];
    case 'destroys':
    case 'risks':
      return effect.object.kind === 'rows' || effect.object.kind === 'values' ? ['data'] : ['schema'];
    case 'unjudgeable':
      return ['schema'];
    default:
      return effect satisfies never;
  }
}

/** The statements of the head that the base does not have, each as often as it is more often there. */
function addedStatements(
  parser: SqlParser,
  sections: MigrationSections,
  base: ReadResult | null,
): readonly SqlStatement[] {
  const statements = parser.parse(sections.up);
  if (!base?.ok) return statements;
  const before = new Map<string, number>();
  for (const statement of parser.parse(sectionsOf(base.text).up)) {
    const text = normalStatement(statement.text);
    before.set(text, (before.get(text) ?? 0) + 1);
  }
  return statements.filter((statement) => {
    const text = normalStatement(statement.text);
    const left = before.get(text) ?? 0;
    if (left === 0) return true;
    before.set(text, left - 1);
    return false;
  });
}

function wayDown(
  path: string,
  sections: MigrationSections,
  repositoryPaths: ReadonlySet<string>,
): string | null {
  if (sections.downLine !== null) return `${path}:${sections.downLine} goes back down`;
  const found = wayDownPaths(path).find((candidate) => repositoryPaths.has(candidate));
  return found === undefined ? null : `${found} goes back down`;
}

function unjudgeableFile(path: string, why: string): IrreversibleAction {
  return {
    kind: 'unjudgeable',
    path,
    range: null as Range | null,
    side: 'head',
    statement: '',
    why: `what it does cannot be told: ${why}`,
    compensation: null,
    reversibleBy: null,
  };
}

function shown(statement: string): string {
  return shownText(normalStatement(statement));
}

/** Names with numbers in them in the order of the numbers: `V2__a` before `V10__b`. */
function compareNames(a: string, b: string): number {
  const pieces = (name: string): readonly string[] => name.match(/\d+|\D+/g) ?? [];
  const left = pieces(a);
  const right = pieces(b);
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const one = left[index] ?? '';
    const other = right[index] ?? '';
    if (one === other) continue;
    const isNumeric = /^\d/.test(one) && /^\d/.test(other);
    if (isNumeric && Number(one) !== Number(other)) return Number(one) - Number(other);
    return one < other ? -1 : 1;
  }
  return left.length - right.length;
}

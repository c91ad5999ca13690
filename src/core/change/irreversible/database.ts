import type { SqlDialect } from '../../sql/dialect-tokens';
import { retyped } from '../../sql/consequences';
import type { SqlEffect, SqlObject } from '../../sql/effects';
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
import { dialectsOf } from './dialect';
import { noteTypes, typesAtBase, type KnownTypes } from './earlier-types';
import { isQueryCollection, migrationKind, migrationScope, wayDownPaths } from './migration-files';
import { readMigration, type FileReading } from './migration-reading';
import { copiesBack, type MigrationStep } from './migrations/reader';
import { compareNames } from './names';
import { reviewOf, type Review } from './reviewed';

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
  if (relevant.length === 0) return { irreversible: [], risks: [], touches: [] };

  const irreversible: IrreversibleAction[] = [];
  const risks: DiffRisk[] = [];
  const touches: { kind: TouchKind; path: string }[] = [];
  const judged: AddedStep[] = [];
  const dialectOf = dialectsOf(world);
  const ends = new Map(
    (
      await readEnds(
        world,
        relevant.filter(({ kind }) => kind?.kind !== 'unread').map(({ file }) => file),
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
    if (!head || !kind) continue;
    if (!head.ok) {
      touches.push({ kind: 'schema', path: file.path });
      irreversible.push(unjudgeableFile(file.path, `the file ${head.detail}`));
      continue;
    }
    if (kind.kind === 'sql' && isQueryCollection(head.text)) continue;
    const dialect = await dialectOf(file.path);
    const read = (text: string): Promise<FileReading | null> =>
      readMigration(world, file.path, kind, text, dialect);
    const reading = await read(head.text);
    if (!reading) continue;
    const before = base?.ok ? await read(base.text) : null;
    const lines = lineIndex(head.text);
    const wayDownFile = wayDownPaths(file.path).find((candidate) => repositoryPaths.has(candidate));
    const downText =
      reading.down === null && wayDownFile !== undefined
        ? await world.history.fileAt(world.range.commits.head, wayDownFile, signal)
        : null;
    for (const step of addedSteps(reading.steps, before?.steps ?? [])) {
      const down = step.down === undefined ? reading.down : step.down;
      const inFile =
        down === null ? null : { where: `${file.path}:${down.line}`, copiesBack: down.copiesBack };
      const inOther =
        wayDownFile === undefined
          ? null
          : { where: wayDownFile, copiesBack: downText?.ok === true && copiesBack(downText.text) };
      judged.push({
        path: file.path,
        dialect,
        scope: migrationScope(file.path),
        step,
        lines,
        review: step.effects.some(({ effect }) => effect === 'unjudgeable')
          ? reviewOf(head.text, reading.comments, step.span)
          : null,
        goesBack: inFile ?? inOther,
      });
    }
  }

  const remade = lastCreations(judged);
  const newObjects = new Map<string, Set<string>>();
  const typesOf = await earlierTypes(world, judged, dialectOf);
  judged.forEach((added, index) => {
    const known = newObjects.get(added.scope) ?? new Set<string>();
    newObjects.set(added.scope, known);
    const types = typesOf.get(added.scope) ?? (new Map() as KnownTypes);
    typesOf.set(added.scope, types);
    for (const effect of added.step.effects) {
      for (const kind of touchedBy(effect)) touches.push({ kind, path: added.path });
      for (const each of decided(effect, types, added.dialect)) {
        applyEffect(each, added, index, known, remade, irreversible, risks);
      }
      noteTypes(types, effect);
    }
  });
  return { irreversible, risks, touches };
}

/** What the columns that the range gives another type were before it, by the folder of migrations. */
async function earlierTypes(
  world: DetectorWorld,
  judged: readonly AddedStep[],
  dialectOf: (path: string) => Promise<SqlDialect | null>,
): Promise<Map<string, KnownTypes>> {
  const tables = new Map<string, Set<string>>();
  for (const { scope, step } of judged) {
    for (const effect of step.effects) {
      if (effect.effect !== 'retypes' && effect.effect !== 'renames') continue;
      const { name } = effect.object;
      // A table that the range renames has its columns at the base under the old name.
      const isColumn = effect.effect === 'retypes' || effect.object.kind === 'column';
      const table = isColumn ? name.slice(0, name.lastIndexOf('.')) : name;
      tables.set(scope, (tables.get(scope) ?? new Set()).add(table.toLowerCase()));
    }
  }
  const scopes = new Set(
    judged
      .filter(({ step }) => step.effects.some(({ effect }) => effect === 'retypes'))
      .map(({ scope }) => scope),
  );
  const known = new Map<string, KnownTypes>();
  for (const [scope, names] of tables) {
    if (scopes.has(scope)) known.set(scope, await typesAtBase(world, scope, names, dialectOf));
  }
  return known;
}

/** A change of type comes to what the type before tells; everything else stands as it is. */
function decided(effect: SqlEffect, types: KnownTypes, dialect: SqlDialect | null): readonly DecidedEffect[] {
  if (effect.effect === 'types') return [];
  if (effect.effect !== 'retypes') return [effect];
  const before = types.get(effect.object.name.toLowerCase()) ?? null;
  return retyped(effect, before, dialect).flatMap((each) => decided(each, types, dialect));
}

type DecidedEffect = Exclude<SqlEffect, { readonly effect: 'types' | 'retypes' }>;

interface AddedStep {
  readonly path: string;
  readonly dialect: SqlDialect | null;
  readonly scope: string;
  readonly step: MigrationStep;
  readonly lines: LineIndex;
  readonly review: Review | null;
  readonly goesBack: { readonly where: string; readonly copiesBack: boolean } | null;
}

function applyEffect(
  effect: DecidedEffect,
  added: AddedStep,
  index: number,
  known: Set<string>,
  remade: ReadonlyMap<string, number>,
  irreversible: IrreversibleAction[],
  risks: DiffRisk[],
): void {
  const place = {
    path: added.path,
    range: added.lines.rangeOf(added.step.span),
    statement: shown(added.step.text),
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
        reversibleBy: goesBackBy(added.goesBack, effect.kind),
      });
      return;
    }
    case 'unjudgeable':
      if (added.review?.isReversible) {
        risks.push({
          ...place,
          what: 'does what only a person could judge',
          why: `a comment beside it says that it is reversible: ${shownText(added.review.reason)}`,
        });
        return;
      }
      irreversible.push({
        ...place,
        kind: added.review ? 'data-delete' : 'unjudgeable',
        side: 'head',
        why: added.review
          ? `a comment beside it says that it is irreversible: ${shownText(added.review.reason)}`
          : `what it does cannot be told: ${effect.why}`,
        compensation: null,
        reversibleBy: goesBackBy(added.goesBack, 'unjudgeable'),
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
function lastCreations(steps: readonly AddedStep[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  steps.forEach(({ scope, step }, index) => {
    for (const effect of step.effects) {
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
    case 'types':
    case 'retypes':
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

function goesBackBy(way: AddedStep['goesBack'], kind: IrreversibleAction['kind']): string | null {
  if (way === null) return null;
  if (kind !== 'data-delete') return `${way.where} goes back down`;
  return way.copiesBack
    ? `${way.where} goes back down and fills in from a copy; whether that is all of the data is not known`
    : `${way.where} goes back down, with the shape but not the data`;
}

/** The steps of the head that the base does not have, each as often as it is more often there. */
function addedSteps(
  steps: readonly MigrationStep[],
  base: readonly MigrationStep[],
): readonly MigrationStep[] {
  const before = new Map<string, number>();
  for (const step of base) {
    const text = sameStep(step);
    before.set(text, (before.get(text) ?? 0) + 1);
  }
  return steps.filter((step) => {
    const text = sameStep(step);
    const left = before.get(text) ?? 0;
    if (left === 0) return true;
    before.set(text, left - 1);
    return false;
  });
}

/** By its words and what it does: the same call on another table is another step. */
function sameStep({ text, identity, effects }: MigrationStep): string {
  const done = effects.map((effect) =>
    effect.effect === 'destroys' || effect.effect === 'risks'
      ? effect.what
      : effect.effect === 'retypes'
        ? `${effect.object.name} ${effect.type.text}`
        : effect.effect,
  );
  return [normalStatement(identity ?? text), ...done].join('\n');
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

import type { Detected } from './detector';
import {
  placeAt,
  riskAt,
  readBothEnds,
  startJudgement,
  type FileVersions,
  type OpenJudgement,
} from './file-versions';
import { interfaceBreak } from './interface-break';
import { readProto, type ProtoField, type ProtoType } from './protobuf';

interface Placed {
  readonly file: FileVersions;
  readonly type: ProtoType;
}

/**
 * Judges protobuf files: what the base defines and the head does not, by full name, wherever in the changed files it
 * stands. Fields are told by their number, since that is what clients send.
 * Source of what breaks: https://protobuf.dev/programming-guides/proto3/#updating
 */
export function judgeProtobuf(files: readonly FileVersions[]): Detected {
  const judgement = startJudgement();
  const base: Placed[] = [];
  const head = new Map<string, Placed>();
  for (const file of files) {
    const ends = readBothEnds(file, readProto, judgement);
    if (!ends) continue;
    const { before, after } = ends;
    // A package renamed breaks every name in it once; what else changes is told under the old name.
    const renamed = before && after && before.package !== after.package ? after : null;
    if (renamed && before && before.types.length > 0 && renamed.types.length > 0) {
      judgement.irreversible.push(
        interfaceBreak(
          placeAt(file, 'head', renamed.packageSpan),
          `changes the package from "${before.package}" to "${renamed.package}", and so the name of everything in it`,
        ),
      );
    }
    for (const type of before?.types ?? []) {
      base.push({ file, type: named(type, before?.package ?? '') });
    }
    for (const type of after?.types ?? []) {
      const scope = renamed && before ? before.package : (after?.package ?? '');
      head.set(`${type.kind} ${named(type, scope).name}`, { file, type: named(type, scope) });
    }
  }
  const gone = new Set<string>();
  for (const before of base) {
    const { kind, name, span, header } = before.type;
    const after = head.get(`${kind} ${name}`);
    if (after) judgeType(before, after, judgement);
    else {
      gone.add(name);
      // What stood within a message that is gone is gone with it: one finding.
      if (gone.has(name.slice(0, Math.max(0, name.lastIndexOf('.'))))) continue;
      const text = (before.file.base ?? '').slice(header.start, header.end);
      judgement.irreversible.push(
        interfaceBreak(placeAt(before.file, 'base', span, text), `removes the ${kind} ${name}`),
      );
    }
  }
  return judgement;
}

function named(type: ProtoType, scope: string): ProtoType {
  return { ...type, name: scope === '' ? type.name : `${scope}.${type.name}` };
}

function judgeType(before: Placed, after: Placed, judgement: OpenJudgement): void {
  const { kind, name } = before.type;
  const newByName = new Map(after.type.fields.map((field) => [field.name, field]));
  const newByNumber = new Map<number, ProtoField[]>();
  for (const field of after.type.fields) {
    newByNumber.set(field.number, [...(newByNumber.get(field.number) ?? []), field]);
  }
  const add = (field: ProtoField, side: 'base' | 'head', what: string): void => {
    const { file } = side === 'base' ? before : after;
    const text = (file[side] ?? '').slice(field.span.start, field.span.end);
    judgement.irreversible.push(interfaceBreak(placeAt(file, side, field.span, text), what));
  };
  for (const old of before.type.fields) {
    const title = `${name}.${old.name}`;
    const byName = newByName.get(old.name);
    if (kind === 'service') {
      if (!byName) add(old, 'base', `removes the call ${title}`);
      else if (!isSameType(old.type, byName.type, name)) {
        add(byName, 'head', `changes what the call ${title} takes or gives`);
      }
      continue;
    }
    const sameNumber = newByNumber.get(old.number) ?? [];
    if (byName && byName.number !== old.number) {
      add(byName, 'head', `changes the number of ${title} from ${old.number} to ${byName.number}`);
      continue;
    }
    const now = byName ?? sameNumber[0];
    if (!now) {
      const isReserved = after.type.reservedNumbers.some(
        ([from, to]) => from <= old.number && old.number <= to,
      );
      if (kind === 'enum') add(old, 'base', `removes the value ${title}`);
      else if (!isReserved) {
        add(
          old,
          'base',
          `removes the field ${title} without reserving its number ${old.number}, which another field can then take`,
        );
      } else {
        judgement.risks.push(
          riskAt(
            placeAt(before.file, 'base', old.span),
            'interface',
            `removes the field ${title} and reserves its number`,
            'a client that reads it sees its default',
          ),
        );
      }
      continue;
    }
    if (!isSameType(old.type, now.type, name)) {
      add(now, 'head', `changes the type of ${title} from ${old.type} to ${now.type}`);
    } else if (now.name !== old.name && !before.type.fields.some((field) => field.name === now.name)) {
      judgement.risks.push(
        riskAt(
          placeAt(after.file, 'head', now.span),
          'interface',
          `renames ${title} to ${now.name}`,
          'the binary format stays, JSON and generated code change',
        ),
      );
    }
  }
}

/** Whether two spellings name one type: a name may be written with its package or relative to where it stands. */
function isSameType(old: string, now: string, scope: string): boolean {
  if (old === now) return true;
  const expand = (type: string): string =>
    type.replace(/[A-Za-z_][\w.]*/g, (word) => word.split('.').pop() ?? word);
  const isQualified = (one: string, other: string): boolean => {
    const words = (type: string): readonly string[] => type.match(/[A-Za-z_][\w.]*|[^\s\w]/g) ?? [];
    const [left, right] = [words(one), words(other)];
    return (
      left.length === right.length &&
      left.every((word, index) => {
        const counterpart = right[index] ?? '';
        if (word === counterpart) return true;
        // `shop.v1.Order` within `shop.v1` is `Order`.
        const [long, short] = word.length > counterpart.length ? [word, counterpart] : [counterpart, word];
        const prefix = long.slice(0, Math.max(0, long.length - short.length - 1));
        return long.endsWith(`.${short}`) && (scope === prefix || scope.startsWith(`${prefix}.`));
      })
    );
  };
  return expand(old) === expand(now) && isQualified(old, now);
}

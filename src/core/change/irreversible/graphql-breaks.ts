import type { Detected } from './detector';
import {
  placeAt,
  readBothEnds,
  startJudgement,
  type FileVersions,
  type OpenJudgement,
} from './file-versions';
import { readGraphql, type GraphqlField, type GraphqlType } from './graphql';
import { interfaceBreak } from './interface-break';

interface Placed<T> {
  readonly file: FileVersions;
  readonly value: T;
}

/** A definition with what all its extensions in the changed files add. */
interface Merged {
  readonly kind: GraphqlType['kind'];
  readonly name: string;
  readonly first: Placed<GraphqlType>;
  readonly fields: Map<string, Placed<GraphqlField>>;
}

/**
 * Judges GraphQL schemas: what the base defines and the head does not, wherever in the changed files it stands.
 * What breaks clients: https://spec.graphql.org/October2021/#sec-Input-Coercion, nullability by position.
 */
export function judgeGraphql(files: readonly FileVersions[]): Detected {
  const judgement = startJudgement();
  const base = new Map<string, Merged>();
  const head = new Map<string, Merged>();
  for (const file of files) {
    const ends = readBothEnds(file, readGraphql, judgement);
    if (!ends) continue;
    const { before, after } = ends;
    for (const type of before?.types ?? []) merge(base, file, type);
    for (const type of after?.types ?? []) merge(head, file, type);
  }
  for (const [key, before] of base) {
    const after = head.get(key);
    if (after) judgeType(before, after, judgement);
    else {
      const { file, value } = before.first;
      // Only an extension stood in the changed files: the type itself is elsewhere, and its fields are gone.
      if (value.isExtension) {
        for (const field of before.fields.values()) removed(before, field, judgement);
        continue;
      }
      const text = (file.base ?? '').slice(value.header.start, value.header.end);
      judgement.irreversible.push(
        interfaceBreak(placeAt(file, 'base', value.span, text), `removes the ${before.kind} ${before.name}`),
      );
    }
  }
  return judgement;
}

function merge(into: Map<string, Merged>, file: FileVersions, type: GraphqlType): void {
  const key = `${type.kind} ${type.name}`;
  const merged = into.get(key) ?? {
    kind: type.kind,
    name: type.name,
    first: { file, value: type },
    fields: new Map<string, Placed<GraphqlField>>(),
  };
  into.set(
    key,
    merged.first.value.isExtension && !type.isExtension
      ? { ...merged, first: { file, value: type } }
      : merged,
  );
  for (const field of type.fields) merged.fields.set(field.name, { file, value: field });
}

function removed(type: Merged, { file, value }: Placed<GraphqlField>, judgement: OpenJudgement): void {
  const what = value.name.startsWith('&')
    ? `takes the interface ${value.name.slice(1)} from ${type.name}`
    : `removes ${NOUNS[type.kind]} ${type.kind === 'directive' ? '@' : ''}${type.name}.${value.name}`;
  judgement.irreversible.push(interfaceBreak(placeAt(file, 'base', value.span), what));
}

const NOUNS: Readonly<Record<GraphqlType['kind'], string>> = {
  type: 'the field',
  interface: 'the field',
  input: 'the input field',
  enum: 'the value',
  union: 'the member',
  scalar: 'the part',
  directive: 'the argument',
};

function judgeType(before: Merged, after: Merged, judgement: OpenJudgement): void {
  const isInput = before.kind === 'input' || before.kind === 'directive';
  for (const [name, old] of before.fields) {
    const now = after.fields.get(name);
    if (!now) {
      removed(before, old, judgement);
      continue;
    }
    const title = `${before.name}.${name}`;
    judgeChange(title, old.value, now, isInput, judgement);
    const newArguments = new Map(now.value.arguments.map((argument) => [argument.name, argument]));
    const oldNames = new Set(old.value.arguments.map((argument) => argument.name));
    for (const argument of old.value.arguments) {
      const kept = newArguments.get(argument.name);
      if (kept) {
        judgeChange(`${title}(${argument.name})`, argument, { file: now.file, value: kept }, true, judgement);
        continue;
      }
      judgement.irreversible.push(
        interfaceBreak(
          placeAt(old.file, 'base', argument.span),
          `removes the argument ${argument.name} of ${title}`,
        ),
      );
    }
    for (const argument of now.value.arguments) {
      if (oldNames.has(argument.name) || !isRequired(argument)) continue;
      judgement.irreversible.push(
        interfaceBreak(
          placeAt(now.file, 'head', argument.span),
          `adds the argument ${argument.name} to ${title} and requires it`,
        ),
      );
    }
  }
  if (!isInput) return;
  for (const [name, now] of after.fields) {
    if (before.fields.has(name) || !isRequired(now.value)) continue;
    judgement.irreversible.push(
      interfaceBreak(
        placeAt(now.file, 'head', now.value.span),
        `adds the input field ${before.name}.${name} and requires it`,
      ),
    );
  }
}

function judgeChange(
  title: string,
  old: GraphqlField,
  now: Placed<GraphqlField>,
  isInput: boolean,
  judgement: OpenJudgement,
): void {
  const wasOptional = !isRequired(old);
  const place = placeAt(now.file, 'head', now.value.span);
  const isSame = isInput ? accepts(now.value.type, old.type) : accepts(old.type, now.value.type);
  if (isSame) {
    // `a: Int! = 1` may be left out; without its default it may not.
    if (isInput && wasOptional && isRequired(now.value)) {
      judgement.irreversible.push(interfaceBreak(place, `requires ${title}, which could be left out`));
    }
    return;
  }
  const isOnlyRequired = isInput && `${old.type}!` === now.value.type;
  judgement.irreversible.push(
    interfaceBreak(
      place,
      isOnlyRequired && now.value.hasDefault
        ? `no longer takes null for ${title}`
        : isOnlyRequired
          ? `requires ${title}, which could be left out`
          : `changes the type of ${title} from ${old.type} to ${now.value.type}`,
    ),
  );
}

function isRequired(field: GraphqlField): boolean {
  return field.type.endsWith('!') && !field.hasDefault;
}

/** Whether whatever is of the type `given` is also of the type `wanted`: the same, with `!` only where it is wanted less. */
function accepts(wanted: string, given: string): boolean {
  if (wanted === given) return true;
  if (given.endsWith('!')) {
    return accepts(wanted.endsWith('!') ? wanted.slice(0, -1) : wanted, given.slice(0, -1));
  }
  if (wanted.startsWith('[') && given.startsWith('[') && wanted.endsWith(']') && given.endsWith(']')) {
    return accepts(wanted.slice(1, -1), given.slice(1, -1));
  }
  return false;
}

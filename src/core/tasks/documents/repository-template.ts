import { OversizedDocument, withTemplate } from '../../documents/shape/own-template';
import type { DefinedKind } from '../../documents/shape/define-kind';
import { TaskFailure, type World } from '../task';

/** A kind as this repository writes it, and the path of the template where it is one of the repository. */
export interface KindHere<T> {
  readonly kind: DefinedKind<T>;
  readonly template: string | null;
}

/**
 * The kind with the template that the configuration names for it, checked; the kind itself where it names none.
 *
 * @throws TaskFailure where the template cannot be read or does not fit the kind, with each fault and the next step.
 */
export async function kindWithTemplate<T>(kind: DefinedKind<T>, world: World): Promise<KindHere<T>> {
  const path = world.configuration.documentTemplates.get(kind.id);
  if (path === undefined) return { kind, template: null };
  const read = await world.files.read(path);
  if (!read.ok) throw failure(kind.id, path, read.detail);
  const own = withTemplate(kind, read.text);
  if (!own.ok) throw faulty(kind.id, path, own.faults);
  return { kind: own.kind, template: path };
}

/**
 * What `write` makes by the kind.
 *
 * @throws TaskFailure where the template of the repository writes more than anybody reads.
 */
export function writtenHere<T, R>({ kind, template }: KindHere<T>, write: (kind: DefinedKind<T>) => R): R {
  try {
    return write(kind);
  } catch (error) {
    if (template === null || !(error instanceof OversizedDocument)) throw error;
    throw faulty(kind.id, template, [error.message]);
  }
}

function faulty(id: string, path: string, faults: readonly string[]): TaskFailure {
  return failure(id, path, `does not fit the kind "${id}": ${faults.join('; ')}`);
}

function failure(id: string, path: string, what: string): TaskFailure {
  return new TaskFailure(
    `The template ${path} ${what}. Mend it, or take documents.templates.${id} out of the configuration to write by the built-in template.`,
  );
}

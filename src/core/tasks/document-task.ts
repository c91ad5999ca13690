import type { DocumentKind, PlaceholderUse } from '../documents/document';
import type { KeptDocument } from '../documents/keep-written';
import type { Source, Unknown } from '../evidence/fact';
import type { ProposedFile } from '../text/proposal';
import { TaskFailure, type TaskInput, type World } from './task';

/** An answer of more characters is cut: it is a claim in a document, not a document. */
const MAX_ANSWER = 2_000;

/** What the person told, by input; empty answers and inputs that the task has not are left out. */
export function answersTo(
  inputs: readonly TaskInput[],
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  return new Map(
    inputs.flatMap(({ name }) => {
      const answer = (given[name] ?? '').trim().slice(0, MAX_ANSWER);
      return answer === '' ? [] : [[name, answer] as const];
    }),
  );
}

/**
 * The text that stands at a path; null where there is none.
 *
 * @throws TaskFailure where something stands there that cannot be read: it would be replaced unseen.
 */
export async function existingText(world: World, path: string): Promise<string | null> {
  const read = await world.files.read(path);
  if (read.ok) return read.text;
  if (read.reason === 'missing') return null;
  throw new TaskFailure(
    `${path} ${read.detail}, so a new one cannot be compared with it. Move it away or make it readable, then try again.`,
  );
}

/**
 * Refuses to make a document anew that is written once: a record or report says what was so when it was made.
 *
 * @throws TaskFailure where one stands at the path, with the next step.
 */
export function refuseSealed(
  kind: Pick<DocumentKind<unknown>, 'isSealed'>,
  path: string,
  existing: string | null,
): void {
  if (!kind.isSealed || existing === null) return;
  throw new TaskFailure(
    `${path} is written once and not changed afterwards. Write another one beside it, or take it away in a commit that says why.`,
  );
}

/** A document as it would be written, with what its people and the generator both wrote anew. */
export function keptFile(
  path: string,
  before: string | null,
  kept: KeptDocument,
): Pick<ProposedFile, 'path' | 'before' | 'after' | 'conflicts' | 'withGenerated'> {
  return {
    path,
    before,
    after: kept.text,
    ...(kept.withGenerated === null ? {} : { conflicts: kept.conflicts, withGenerated: kept.withGenerated }),
  };
}

/** What is needed, each once, in the order of the document. */
export function unknownsOf(placeholders: readonly PlaceholderUse[]): readonly Unknown[] {
  return [...new Set(placeholders.map(({ needed }) => needed))].map((needed) => ({ unknown: needed }));
}

/** Sources, each place once. */
export function distinctSources(sources: readonly Source[], limit: number): readonly Source[] {
  const seen = new Set<string>();
  return sources
    .filter((source) => {
      const key = JSON.stringify(source);
      return !seen.has(key) && seen.add(key);
    })
    .slice(0, limit);
}

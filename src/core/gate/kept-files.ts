import type { RepositoryFiles } from '../ports';

/** What files were last read as, by path; null for one that holds nothing of the kind. */
export type KeptFiles<T> = Map<string, { readonly text: string; readonly file: T | null }>;

/** How far a search of many files goes. */
export interface ReadingLimits {
  readonly files: number;
  readonly characters: number;
}

/**
 * Reads candidates, those only again whose text is another than before, and forgets what is no candidate any more. What
 * cannot be read or is longer than the limit is passed over.
 *
 * @throws The signal's reason when it is aborted.
 */
export async function readKept<T>(
  files: RepositoryFiles,
  candidates: readonly string[],
  kept: KeptFiles<T>,
  limits: ReadingLimits,
  signal: AbortSignal | undefined,
  readAs: (path: string, text: string) => T | null | Promise<T | null>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (const path of candidates.slice(0, limits.files)) {
    signal?.throwIfAborted();
    const result = await files.read(path);
    if (!result.ok || result.text.length > limits.characters) continue;
    const { text } = result;
    const before = kept.get(path);
    const file = before?.text === text ? before.file : await readAs(path, text);
    kept.set(path, { text, file });
    if (file) found.push(file);
  }
  if (kept.size > candidates.length) {
    const wanted = new Set(candidates);
    for (const path of kept.keys()) if (!wanted.has(path)) kept.delete(path);
  }
  return found;
}

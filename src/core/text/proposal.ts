/**
 * A file as the engine would have it. The engine never writes: a face shows the difference between `before`
 * and `after`, and applies it when the person says so.
 */
export interface ProposedFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  /** The other repository that it is in, by the name that the run gave it; left out: the one that the task is for. */
  readonly repository?: string;
  /** What stands there now; null where there is no file. */
  readonly before: string | null;
  readonly after: string;
  /** What the file is for, in a few words, for a list. */
  readonly purpose: string;
  /** Where a person and the generator both wrote something new; `after` has the person's text. */
  readonly conflicts?: readonly Conflict[];
  /** The same as `after` with the generator's text at each conflict, to be shown beside it. */
  readonly withGenerated?: string;
}

/** A place at which a person and the generator both wrote something new. The person's text stands until they choose. */
export interface Conflict {
  /** Where, for a person: `Rollback plan, step "Go back", Owner`. */
  readonly place: string;
  /** What stands there and stays. */
  readonly written: string;
  /** What would be written there now. */
  readonly generated: string;
}

/** A file's path for a person and as a key: with its repository in front where that is another one. */
export function shownPath({ path, repository }: Pick<ProposedFile, 'path' | 'repository'>): string {
  return repository === undefined ? path : `${repository}/${path}`;
}

/** Whether applying `file` would change anything. */
export function changesAnything(file: ProposedFile): boolean {
  return file.before !== file.after;
}

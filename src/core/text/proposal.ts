/**
 * A file as the engine would have it. The engine never writes: a face shows the difference between `before`
 * and `after`, and applies it when the person says so.
 */
export interface ProposedFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  /** What stands there now; null where there is no file. */
  readonly before: string | null;
  readonly after: string;
  /** What the file is for, in a few words, for a list. */
  readonly purpose: string;
}

/** Whether applying `file` would change anything. */
export function changesAnything(file: ProposedFile): boolean {
  return file.before !== file.after;
}

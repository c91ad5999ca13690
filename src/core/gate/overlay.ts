import type { ReadResult, RepositoryFiles } from '../ports';

/**
 * The files of `base` as they would be with other texts in the place of some: proposals, or documents that an editor
 * has not saved. `null` takes a file away. Nothing is written.
 */
export function overlayFiles(
  base: RepositoryFiles,
  texts: ReadonlyMap<string, string | null>,
): RepositoryFiles {
  return {
    name: base.name,
    list: async (signal) => {
      const listed = await base.list(signal);
      const paths = new Set(listed.paths);
      for (const [path, text] of texts) {
        if (text === null) paths.delete(path);
        else paths.add(path);
      }
      return { paths: [...paths].sort(), isComplete: listed.isComplete };
    },
    read: (path): Promise<ReadResult> => {
      const text = texts.get(path);
      if (text === undefined) return base.read(path);
      return Promise.resolve(
        text === null ? { ok: false, reason: 'missing', detail: 'does not exist' } : { ok: true, text },
      );
    },
  };
}

import type { RepositoryFiles } from '../ports';

/**
 * The same files, walked through once however often they are listed: for one question that many parts answer together,
 * and which has to see one state of the repository. Texts are read anew each time.
 */
export function listedOnce(files: RepositoryFiles): RepositoryFiles {
  let listing: ReturnType<RepositoryFiles['list']> | null = null;
  return {
    name: files.name,
    list: (signal) => (listing ??= files.list(signal)),
    read: (path) => files.read(path),
  };
}

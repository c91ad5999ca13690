import type { ReadResult, RepositoryFiles } from '../../core/ports';

/** Files that remember what they read, so that a keystroke does not read the whole repository again. */
export interface RememberedFiles extends RepositoryFiles {
  /** Forgets one path, or everything: the list too, since files may have come or gone. */
  forget(path: string | null): void;
}

/** Beyond this age a list or text is read again even if nobody said that it changed (a watcher may miss things). */
const MAX_AGE_MS = 30_000;

/** Wraps `base`; `now` is the time in milliseconds. */
export function rememberFiles(base: RepositoryFiles, now: () => number): RememberedFiles {
  let listed: { readonly at: number; readonly answer: Awaited<ReturnType<RepositoryFiles['list']>> } | null =
    null;
  const texts = new Map<string, { readonly at: number; readonly answer: ReadResult }>();
  const isFresh = (at: number): boolean => now() - at < MAX_AGE_MS;
  return {
    name: base.name,
    list: async (signal) => {
      if (listed && isFresh(listed.at)) return listed.answer;
      const answer = await base.list(signal);
      listed = { at: now(), answer };
      return answer;
    },
    read: async (path) => {
      const known = texts.get(path);
      if (known && isFresh(known.at)) return known.answer;
      const answer = await base.read(path);
      texts.set(path, { at: now(), answer });
      return answer;
    },
    forget: (path) => {
      listed = null;
      if (path === null) texts.clear();
      else texts.delete(path);
    },
  };
}

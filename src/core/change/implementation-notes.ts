import type { RepositoryFiles } from '../ports';
import type { ChangedComponent, ClassifiedCommit } from './change';

/** Folders in which people keep what they wrote about an implementation. */
const FOLDER = /^(?:_docs\/03_implementation|docs\/implementation(?:[-_]notes)?)\//i;

/** The newest of more notes, by their names, are read. */
const MAX_NOTES = 200;

/** A note of more characters is read so far. */
const MAX_CHARACTERS = 200_000;

/**
 * Finds the notes about each component: those that name its folder, or a ticket of a commit that changed it, in their name or
 * text. Nothing is read where no such folder is.
 */
export async function withNotes(
  components: readonly Omit<ChangedComponent, 'notes'>[],
  commits: readonly ClassifiedCommit[],
  repositoryPaths: readonly string[],
  files: RepositoryFiles,
): Promise<readonly ChangedComponent[]> {
  const paths = repositoryPaths
    .filter((path) => FOLDER.test(path) && /\.(?:md|mdx|rst|adoc|txt)$/i.test(path))
    .slice(-MAX_NOTES);
  const notes: { readonly path: string; readonly text: string }[] = [];
  for (const path of paths) {
    const read = await files.read(path);
    notes.push({ path, text: `${path}\n${read.ok ? read.text.slice(0, MAX_CHARACTERS) : ''}` });
  }
  const ticketsOf = new Map(commits.map(({ commit, tickets }) => [commit.hash, tickets]));
  return components.map((component) => {
    if (notes.length === 0) return { ...component, notes: [] };
    const tickets = component.commits.flatMap((hash) => ticketsOf.get(hash) ?? []);
    // A bare word such as "src" or "api" is said of many things; a path or a name of two words is said of one.
    const names = [component.name].filter(
      (name) => /[/_-]/.test(name) || component.source === 'configuration',
    );
    const words = new Set([...tickets, ...names].filter((word) => word.length > 2));
    if (words.size === 0) return { ...component, notes: [] };
    const says = new RegExp(
      `(?<![\\w/-])(?:${[...words]
        .slice(0, 500)
        .map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
        .join('|')})(?![\\w-])`,
    );
    return { ...component, notes: notes.filter(({ text }) => says.test(text)).map(({ path }) => path) };
  });
}

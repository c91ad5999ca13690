import { isTestOrSample, isVendored } from '../path-kinds';
import type { DetectorWorld } from './detector';
import { MAX_CHARACTERS, type FileVersions } from './file-versions';
import { looksLikeOpenApi, referencedPath } from './openapi';

/** More files that descriptions refer to are not read. */
const MAX_FILES = 200;

/** More descriptions that may refer to a changed file are not looked into. */
const MAX_ROOTS = 30;

/** Names by which a description is known without opening it. */
const NAMED_AS_DESCRIPTION = /(?:^|\/)[^/]*(?:openapi|swagger|asyncapi|api)[^/]*\.(?:ya?ml|json)$/i;

/** Changed descriptions, those that refer to a changed file, and the files that all of them refer to. */
export interface DescribedFiles {
  readonly files: readonly FileVersions[];
  readonly others: readonly FileVersions[];
}

/**
 * Adds to changed files what their references lead to, and descriptions that did not change themselves but refer to a
 * part that did: a description is what all of its files say together.
 */
export async function withReferences(
  world: DetectorWorld,
  changed: readonly FileVersions[],
): Promise<DescribedFiles> {
  const known = new Map<string, FileVersions>();
  for (const file of changed) {
    known.set(file.path, file);
    known.set(file.basePath, file);
  }
  const textsOf = ({ base, head }: FileVersions): readonly string[] =>
    [base, head].filter((text) => text !== null);
  const isDescription = (file: FileVersions): boolean => textsOf(file).some(looksLikeOpenApi);
  const parts = changed.filter((file) => file.base !== null && !isDescription(file));
  const others: FileVersions[] = [];
  const open = async (path: string): Promise<FileVersions | null> => {
    const already = known.get(path);
    if (already) return already;
    if (others.length >= MAX_FILES) return null;
    const { base, head } = world.range.commits;
    const [before, after] = await Promise.all([
      base === null ? null : world.history.fileAt(base, path, world.signal),
      world.history.fileAt(head, path, world.signal),
    ]);
    const textOf = (read: typeof before): string | null =>
      read?.ok && read.text.length <= MAX_CHARACTERS ? read.text : null;
    const file = { path, basePath: path, base: textOf(before), head: textOf(after) };
    known.set(path, file);
    others.push(file);
    return file;
  };
  const follow = async (start: FileVersions): Promise<ReadonlySet<FileVersions>> => {
    const reached = new Set<FileVersions>([start]);
    for (const file of reached) {
      world.signal?.throwIfAborted();
      for (const path of referencesOf(file)) {
        const next = await open(path);
        if (next) reached.add(next);
      }
    }
    return reached;
  };

  for (const file of changed) if (isDescription(file)) await follow(file);
  const roots: FileVersions[] = [];
  const candidates = [...world.repositoryPaths].filter(
    (path) =>
      NAMED_AS_DESCRIPTION.test(path) &&
      !known.has(path) &&
      !isTestOrSample(path) &&
      !isVendored(path) &&
      parts.some((part) => part.basePath.startsWith(path.slice(0, path.lastIndexOf('/') + 1))),
  );
  for (const path of candidates.slice(0, MAX_ROOTS)) {
    const file = await open(path);
    if (!file || !isDescription(file)) continue;
    const reached = await follow(file);
    if (parts.some((part) => reached.has(part))) roots.push(file);
  }
  return { files: [...changed, ...roots], others };
}

/** The paths of other files that either end refers to. */
function referencesOf(file: FileVersions): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [text, from] of [
    [file.base, file.basePath],
    [file.head, file.path],
  ] as const) {
    for (const [, reference = ''] of (text ?? '').matchAll(/["']?\$ref["']?\s*:\s*["']?([^"'#\s,}\]]+)/g)) {
      const path = referencedPath(from, reference);
      if (path !== null && found.size < MAX_FILES) found.add(path);
    }
  }
  return found;
}

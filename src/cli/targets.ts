import { promises as fs } from 'node:fs';
import path from 'node:path';
import { CommandFailure } from './command-failure';

/** A repository to judge: `only` names the files whose findings are listed; null: all of them. */
export interface Target {
  readonly root: string;
  readonly only: Set<string> | null;
}

/**
 * Folders are roots by themselves, each once, whatever links lead to it; files are gathered under the root that they
 * belong to.
 *
 * @param hint What to say of a name besides that it does not exist; null for nothing.
 * @throws CommandFailure for a name that is neither.
 */
export async function targetsOf(
  paths: readonly string[],
  hint: (named: string) => string | null = () => null,
): Promise<Target[]> {
  const targets = new Map<string, Target>();
  for (const named of paths) {
    const kind = await fs.stat(named).catch(() => null);
    if (!kind) throw new CommandFailure([`${named} does not exist.`, hint(named) ?? []].flat().join(' '));
    if (kind.isDirectory()) {
      const key = await fs.realpath(named);
      targets.set(key, { root: targets.get(key)?.root ?? named, only: null });
      continue;
    }
    const root = await rootOf(path.resolve(named));
    const key = await fs.realpath(root);
    const known = targets.get(key);
    const relative = path.relative(root, path.resolve(named)).split(path.sep).join('/');
    if (known) known.only?.add(relative);
    else targets.set(key, { root: path.relative('', root) || '.', only: new Set([relative]) });
  }
  return [...targets.values()];
}

/** The nearest folder above with `.git` or `.github`; the file's own folder where there is none. */
async function rootOf(file: string): Promise<string> {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    for (const mark of ['.git', '.github']) {
      if (await fs.stat(path.join(folder, mark)).catch(() => null)) return folder;
    }
    if (path.dirname(folder) === folder) return path.dirname(file);
  }
}

import { promises as fs } from 'node:fs';
import path from 'node:path';
import { CommandFailure } from './command-failure';

/** Files below a named folder are taken up to so many: evidence is a handful of reports, not a tree of sources. */
const MAX_FILES = 2_000;

/**
 * Evidence files as they were named, from where the call was made, as paths from the root of the repository; a folder
 * stands for every file below it. No link is followed.
 *
 * @throws CommandFailure where one is not there, or lies outside the repository.
 */
export async function evidenceFiles(root: string, named: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const name of named) {
    const full = path.resolve(name);
    const kind = await fs.lstat(full).catch(() => null);
    if (!kind) throw new CommandFailure(`the evidence ${name} does not exist.`);
    const inside = path.relative(path.resolve(root), full);
    if (path.isAbsolute(inside) || inside.split(path.sep)[0] === '..') {
      throw new CommandFailure(
        `the evidence ${name} lies outside the repository; copy it into a folder of it, which may be ignored by git.`,
      );
    }
    if (kind.isFile()) found.add(fromRoot(inside));
    else if (kind.isDirectory()) await filesBelow(full, path.resolve(root), found);
    else throw new CommandFailure(`the evidence ${name} is neither a file nor a folder.`);
    if (found.size > MAX_FILES) {
      throw new CommandFailure(
        `the evidence ${name} holds more than ${MAX_FILES} files; name the reports themselves.`,
      );
    }
  }
  return [...found].sort();
}

async function filesBelow(folder: string, root: string, found: Set<string>): Promise<void> {
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    if (found.size > MAX_FILES) return;
    const full = path.join(folder, entry.name);
    if (entry.isFile()) found.add(fromRoot(path.relative(root, full)));
    else if (entry.isDirectory() && entry.name !== '.git') await filesBelow(full, root, found);
  }
}

function fromRoot(inside: string): string {
  return inside.split(path.sep).join('/');
}

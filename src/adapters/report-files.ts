import { promises as fs } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import type { ReportFiles } from '../core/ports';
import { createReader, errorCode, isInsidePath } from './node-files';

/** The largest report that is read: a coverage report of a large repository has tens of megabytes. */
export const MAX_REPORT_BYTES = 64 * 1024 * 1024;

/** More reports than this nobody reads; a build writes one per module. */
const MAX_FOUND = 2_000;

/** Entries of folders that are looked at for one search. */
const MAX_ENTRIES = 100_000;

const MAX_DEPTH = 20;

/** Not entered: git's own, and what is installed, where other people's reports lie. */
const NEVER_ENTERED = new Set([
  ...[
    '.git',
    '.hg',
    '.svn',
    'node_modules',
    '.venv',
    'venv',
    'site-packages',
    '.tox',
    '.nox',
    'bower_components',
  ],
  '.release-gate',
]);

/** The reports below a folder on disk. Folders that are symbolic links are not entered, and no read follows one out. */
export function createReportFiles(root: string): ReportFiles {
  const absoluteRoot = path.resolve(root);
  return {
    find: (globs, signal) => findFiles(absoluteRoot, globs, signal),
    read: createReader(absoluteRoot, MAX_REPORT_BYTES),
  };
}

/** A glob with how many folders deep a file that it matches can lie. */
interface Wanted {
  readonly matches: (path: string) => boolean;
  readonly depth: number;
}

/** More than this a glob does not stand for. */
const MAX_ALTERNATIVES = 200;

/** A glob without its braces, so that `{reports,build}/**` begins in two folders and not in the root. */
function alternatives(glob: string): readonly string[] {
  const done: string[] = [];
  const open = [glob];
  while (open.length > 0 && done.length + open.length < MAX_ALTERNATIVES) {
    const next = open.pop() ?? '';
    const braces = /\{([^{}]*,[^{}]*)\}/.exec(next);
    if (!braces) done.push(next);
    else {
      const [whole, inner = ''] = braces;
      for (const part of inner.split(',')) open.push(next.replace(whole, () => part));
    }
  }
  return [...done, ...open];
}

async function findFiles(
  root: string,
  globs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ paths: readonly string[]; isComplete: boolean }> {
  const found = new Set<string>();
  let isComplete = true;
  let seen = 0;
  // Folders that several globs begin in are walked once, each file held against all of them.
  const byBase = new Map<string, Wanted[]>();
  for (const glob of globs.flatMap(alternatives)) {
    const { base, glob: pattern } = picomatch.scan(glob);
    const folder = pattern === '' ? path.posix.dirname(glob) : base;
    const start = folder === '.' ? '' : folder.replace(/\/+$/, '');
    if (start !== '' && !isInsidePath(start)) continue;
    const depth = glob.includes('**') ? MAX_DEPTH : glob.split('/').length - 1;
    byBase.set(start, [...(byBase.get(start) ?? []), { matches: picomatch(glob, { dot: true }), depth }]);
  }
  const walk = async (folder: string, wanted: readonly Wanted[], depth: number): Promise<void> => {
    signal?.throwIfAborted();
    let entries;
    try {
      entries = await fs.readdir(path.join(root, folder), { withFileTypes: true });
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') isComplete = false;
      return;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    for (const entry of entries) {
      if (++seen > MAX_ENTRIES || found.size >= MAX_FOUND) {
        isComplete = false;
        return;
      }
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!entry.isDirectory()) {
        if (wanted.some(({ matches }) => matches(relative))) found.add(relative);
      } else if (!NEVER_ENTERED.has(entry.name)) {
        const deeper = wanted.filter((each) => each.depth > depth);
        if (deeper.length > 0) await walk(relative, deeper, depth + 1);
      }
    }
  };
  const realRoot = await fs.realpath(root).catch(() => root);
  for (const [base, wanted] of byBase) {
    // A folder on the way may be a link to elsewhere.
    const real = await fs.realpath(path.join(root, base)).catch(() => null);
    if (real === null || (real !== realRoot && !real.startsWith(realRoot + path.sep))) continue;
    await walk(base, wanted, base === '' ? 0 : base.split('/').length);
  }
  return { paths: [...found].sort(), isComplete };
}

import { constants, promises as fs } from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import type { ReadResult, RepositoryFiles } from '../core/ports';

/** More than this is no workflow, document or manifest that a person wrote; larger files are `too-large`. */
export const MAX_FILE_BYTES = 5 * 1024 * 1024;

/** Beyond this many files the list is cut, and says so. */
export const MAX_LISTED_FILES = 50_000;

/** How much is read of a file at a time. */
const CHUNK_BYTES = 64 * 1024;

/** `.release-gate` is where the workflow of `init ci` fetches this program to. */
const NEVER_LISTED = new Set(['.git', 'node_modules', '.hg', '.svn', '.release-gate']);

/**
 * The files of a folder on disk. Lists what `.gitignore` files leave in, without running git (so that it works in an
 * untrusted workspace); folders that are symbolic links are not entered, and no read follows a link out of the root.
 */
export function createNodeFiles(root: string): RepositoryFiles {
  const absoluteRoot = path.resolve(root);
  return {
    name: path.basename(absoluteRoot),
    list: (signal) => listFiles(absoluteRoot, signal),
    read: createReader(absoluteRoot, MAX_FILE_BYTES),
  };
}

/** Reads files below a root up to a size; what a path or link leads to outside is refused. */
export function createReader(
  absoluteRoot: string,
  maxBytes: number,
): (relative: string) => Promise<ReadResult> {
  let realRoot: string | null = null;
  return async (relative: string): Promise<ReadResult> => {
    if (!isInsidePath(relative)) return refusal('outside', 'lies outside the repository');
    const absolute = path.join(absoluteRoot, ...relative.split('/'));
    try {
      realRoot ??= await fs.realpath(absoluteRoot);
      const real = await fs.realpath(absolute);
      if (real !== realRoot && !real.startsWith(realRoot + path.sep)) {
        return refusal('outside', 'is a symbolic link to a place outside the repository');
      }
      // A named pipe or device would hang or never end: its kind is looked at before it is opened.
      const kind = await fs.stat(real);
      if (!kind.isFile())
        return refusal('not-a-file', kind.isDirectory() ? 'is a folder' : 'is no regular file');
      if (kind.size > maxBytes) return tooLarge(kind.size, maxBytes);
      const handle = await fs.open(real, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const bytes = await readBounded(handle, maxBytes);
        return bytes === null ? tooLarge(maxBytes + 1, maxBytes) : decode(bytes);
      } finally {
        await handle.close();
      }
    } catch (error) {
      return readRefusal(error);
    }
  };
}

/** Whether a path from the root stays below it: relative, forward slashes, no `..`, nothing odd. */
export function isInsidePath(relative: string): boolean {
  if (relative === '' || relative.includes('\0') || relative.includes('\\')) return false;
  if (relative.startsWith('/') || /^[A-Za-z]:/.test(relative)) return false;
  return relative.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

async function listFiles(
  root: string,
  signal: AbortSignal | undefined,
): Promise<{ paths: readonly string[]; isComplete: boolean }> {
  const paths: string[] = [];
  let isComplete = true;
  const walk = async (folder: string, rules: readonly { base: string; rules: Ignore }[]): Promise<void> => {
    signal?.throwIfAborted();
    if (paths.length >= MAX_LISTED_FILES) {
      isComplete = false;
      return;
    }
    let entries;
    try {
      entries = await fs.readdir(path.join(root, folder), { withFileTypes: true });
    } catch {
      // A folder that may not be read hides only itself.
      isComplete = false;
      return;
    }
    const own = entries.some((entry) => entry.name === '.gitignore' && entry.isFile())
      ? await ignoreRules(path.join(root, folder, '.gitignore'))
      : null;
    const active = own ? [...rules, { base: folder, rules: own }] : rules;
    entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    for (const entry of entries) {
      if (NEVER_LISTED.has(entry.name)) continue;
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const isFolder = entry.isDirectory();
      const isIgnored = active.some(({ base, rules: here }) => {
        const local = base === '' ? relative : relative.slice(base.length + 1);
        return here.ignores(isFolder ? `${local}/` : local);
      });
      if (isIgnored) continue;
      if (isFolder) await walk(relative, active);
      else if (paths.length < MAX_LISTED_FILES) paths.push(relative);
      else isComplete = false;
    }
  };
  await walk('', []);
  return { paths: paths.sort(), isComplete };
}

async function ignoreRules(file: string): Promise<Ignore | null> {
  try {
    return ignore().add(await fs.readFile(file, 'utf8'));
  } catch {
    return null;
  }
}

async function readBounded(handle: fs.FileHandle, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, size);
    if (bytesRead === 0) return Buffer.concat(chunks);
    size += bytesRead;
    // The file may grow while it is read.
    if (size > maxBytes) return null;
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

/** The text of a file's bytes as every reader of files gives it: UTF-8, a byte order mark kept, or why not. */
export function decode(bytes: Buffer): ReadResult {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return refusal('encoding', 'is UTF-16, not UTF-8; save it as UTF-8');
  }
  if (bytes.includes(0)) return refusal('binary', 'is binary');
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return refusal('encoding', 'is not UTF-8; save it as UTF-8');
  }
}

/** The refusal of a file of `size` bytes, or of at least so many where reading stopped there. */
export function tooLarge(size: number, maxBytes = MAX_FILE_BYTES): ReadResult {
  const mebibytes = (size / 1024 / 1024).toFixed(1);
  return refusal('too-large', `is larger than ${maxBytes / 1024 / 1024} MiB (${mebibytes} MiB)`);
}

function readRefusal(error: unknown): ReadResult {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return refusal('missing', 'does not exist');
  if (code === 'EACCES' || code === 'EPERM') return refusal('refused', 'may not be read');
  if (code === 'ELOOP') return refusal('outside', 'is a symbolic link that leads back to itself');
  return refusal('refused', `cannot be read (${code})`);
}

function refusal(reason: Exclude<ReadResult, { ok: true }>['reason'], detail: string): ReadResult {
  return { ok: false, reason, detail };
}

/** The code of a Node error (`ENOENT`), or `unknown error`. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown error';
}

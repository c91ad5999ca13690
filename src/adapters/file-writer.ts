import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import type { ProposedFile } from '../core/text/proposal';
import { changesAnything, shownPath } from '../core/text/proposal';
import { createNodeFiles, errorCode, isInsidePath } from './node-files';

/** What became of a proposal: all of it written, or nothing, with the reason for the person. */
export type WriteOutcome =
  | { readonly ok: true; readonly written: readonly string[]; readonly unchanged: readonly string[] }
  | { readonly ok: false; readonly path: string; readonly detail: string };

/**
 * Why a proposed file may not be written, or null: its place is none of the repository's, or what stands there is no
 * longer what the difference was made against.
 */
export async function whyNotWritable(root: string, file: ProposedFile): Promise<string | null> {
  const reason = await whyNotInRepository(root, file.path);
  if (reason !== null) return reason;
  const now = await createNodeFiles(root).read(file.path);
  if (now.ok)
    return now.text === file.before ? null : 'changed since the difference was made; run the command again';
  if (now.reason !== 'missing') return now.detail;
  return file.before === null ? null : 'was removed since the difference was made; run the command again';
}

/**
 * Why nothing may be written at a path, or null: it leaves the repository or enters `.git`, a part of it is a symbolic
 * link, or what stands there is no regular file.
 */
export async function whyNotInRepository(root: string, file: string): Promise<string | null> {
  if (!isInsidePath(file)) return 'lies outside the repository';
  const parts = file.split('/');
  if (parts.some((part) => part.toLowerCase() === '.git')) return 'lies inside .git';
  let current = path.resolve(root);
  for (const [index, part] of parts.entries()) {
    current = path.join(current, part);
    let kind;
    try {
      kind = await fs.lstat(current);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') break;
      return `cannot be looked at (${errorCode(error)})`;
    }
    if (kind.isSymbolicLink()) return `goes through the symbolic link ${parts.slice(0, index + 1).join('/')}`;
    const isLast = index === parts.length - 1;
    if (isLast && !kind.isFile()) return 'is no regular file';
    if (!isLast && !kind.isDirectory())
      return `needs the folder ${parts.slice(0, index + 1).join('/')}, which is a file`;
  }
  return null;
}

/**
 * Writes a proposal: first everything is checked, then everything is written beside its place and flushed, then put in
 * place; what fails half-way (a full disk) is taken back. A reader sees the old text or the new one, never a part.
 */
export async function writeProposal(root: string, files: readonly ProposedFile[]): Promise<WriteOutcome> {
  return writeProposals(new Map([[undefined, root]]), files);
}

/**
 * The same for files of several repositories: all of them or none.
 *
 * @param roots By `ProposedFile.repository`.
 */
export async function writeProposals(
  roots: ReadonlyMap<string | undefined, string>,
  files: readonly ProposedFile[],
): Promise<WriteOutcome> {
  const changing = files.filter(changesAnything);
  for (const file of changing) {
    const root = roots.get(file.repository);
    const reason = root === undefined ? 'lies in no folder that was given' : await whyNotWritable(root, file);
    if (reason !== null) return { ok: false, path: shownPath(file), detail: reason };
  }
  const staged: { file: ProposedFile; target: string; temporary: string }[] = [];
  const placed: { file: ProposedFile; target: string }[] = [];
  let at: ProposedFile | null = null;
  try {
    for (const file of changing) {
      at = file;
      const target = path.join(path.resolve(roots.get(file.repository) ?? '.'), ...file.path.split('/'));
      await fs.mkdir(path.dirname(target), { recursive: true });
      const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
      staged.push({ file, target, temporary });
      const mode = file.before === null ? 0o644 : (await fs.stat(target)).mode & 0o777;
      const handle = await fs.open(temporary, 'wx', mode);
      try {
        await handle.writeFile(file.after, 'utf8');
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
    for (const { file, target, temporary } of staged) {
      at = file;
      if (file.before === null) {
        // A link fails where a file has appeared in the meantime; a rename would replace it.
        await fs.link(temporary, target);
        await fs.unlink(temporary);
      } else await fs.rename(temporary, target);
      placed.push({ file, target });
    }
  } catch (error) {
    await takeBack(staged, placed);
    return { ok: false, path: at ? shownPath(at) : '.', detail: writeRefusal(error) };
  }
  return {
    ok: true,
    written: changing.map(shownPath),
    unchanged: files.filter((file) => !changesAnything(file)).map(shownPath),
  };
}

async function takeBack(
  staged: readonly { readonly temporary: string }[],
  placed: readonly { readonly file: ProposedFile; readonly target: string }[],
): Promise<void> {
  for (const { temporary } of staged) await fs.rm(temporary, { force: true }).catch(() => undefined);
  for (const { file, target } of placed) {
    if (file.before === null) await fs.rm(target, { force: true }).catch(() => undefined);
    else await fs.writeFile(target, file.before).catch(() => undefined);
  }
}

function writeRefusal(error: unknown): string {
  const code = errorCode(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'could not be written: the disk is full; nothing was changed';
    case 'EEXIST':
      return 'appeared while it was being written; run the command again';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'may not be written; nothing was changed';
    default:
      return `could not be written (${code}); nothing was changed`;
  }
}

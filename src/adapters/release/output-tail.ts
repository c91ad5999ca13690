import { constants, promises as fs } from 'node:fs';
import { whyNotInRepository } from '../file-writer';
import { absolutePath, runFolderOf } from './journal-store';

/** So much of a file's end is looked at. */
const TAIL_BYTES = 64 * 1024;

/** The last lines that a script printed, oldest first. */
export interface OutputTail {
  /** From the root. */
  readonly path: string;
  readonly lines: readonly string[];
}

/** The file, in a run's folder of outputs, that a stage's script writes to; that of the way back for `null`. */
export function outputFileOf(stage: number | null): string {
  return stage === null ? 'rollback.log' : `deploy-${stage}.log`;
}

/**
 * The end of what a run's script printed, at a cost that does not grow with it; null where none of the files is there.
 *
 * @param names The file that is wanted first; the first one that has a line is read.
 */
export async function outputTail(
  root: string,
  releaseFolder: string,
  id: string,
  names: readonly string[],
  maxLines: number,
): Promise<OutputTail | null> {
  const { output } = runFolderOf(root, releaseFolder, id);
  for (const name of names) {
    const path = `${output}/${name}`;
    const lines = await endOf(root, path);
    if (lines.length > 0) return { path, lines: lines.slice(-maxLines) };
  }
  return null;
}

async function endOf(root: string, path: string): Promise<readonly string[]> {
  if ((await whyNotInRepository(root, path)) !== null) return [];
  let handle: fs.FileHandle;
  try {
    handle = await fs.open(
      absolutePath(root, path),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
  } catch {
    return [];
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return [];
    const length = Math.min(stat.size, TAIL_BYTES);
    const from = stat.size - length;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // The first is torn where the file is cut, the last is not yet whole, or empty.
    return lines.slice(from > 0 ? 1 : 0, -1);
  } catch {
    return [];
  } finally {
    await handle.close();
  }
}

import { constants, promises as fs } from 'node:fs';

/** How a file that only grows is opened: never through a link, each write behind what is there. */
export const APPENDING = constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW;

/** Whether the next line begins on a line of its own; behind one that was torn it would not. */
export async function endsLine(handle: fs.FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** Whether a write failed for want of room: the disk, a quota, the limit of a file's size. */
export function isFull(code: string): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
}

/**
 * Sees a folder's entries on the disk: a file that was just made is not there after a power cut otherwise. Windows has no
 * such call and needs none.
 */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

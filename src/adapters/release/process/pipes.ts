import { execFile } from 'node:child_process';
import { closeSync, constants, open, promises as fs } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';

/** Two real pipes for what a program writes: ends to read here, and descriptors to give to it. */
export interface OutputPipes {
  readonly out: Readable;
  readonly err: Readable;
  readonly descriptors: readonly [number, number];
  /** Closes our copies of its ends, once it has them. */
  handOver(): void;
}

/**
 * Makes pipes. What Node makes of `'pipe'` are sockets, on which a script's `echo … > /dev/stderr` fails ("No such device or
 * address"); a pipe it may open by that name. Null where the system has no `mkfifo`: then sockets have to do.
 */
export async function openPipes(): Promise<OutputPipes | null> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'release-gate-'));
  const opened: number[] = [];
  try {
    const paths = ['out', 'err'].map((name) => path.join(folder, name));
    await new Promise<void>((resolve, reject) => {
      execFile('mkfifo', ['-m', '600', ...paths], (error) =>
        error ? reject(new Error(error.message)) : resolve(),
      );
    });
    const ends: { readonly read: number; readonly write: number }[] = [];
    for (const one of paths) {
      // Without a writer a reader opens at once only so; then a writer finds a reader.
      const read = await descriptorOf(one, constants.O_RDONLY | constants.O_NONBLOCK);
      opened.push(read);
      const write = await descriptorOf(one, constants.O_WRONLY);
      opened.push(write);
      ends.push({ read, write });
    }
    const [out, err] = ends;
    if (!out || !err) return null;
    const readable = (fd: number): Readable => new net.Socket({ fd, readable: true, writable: false });
    return {
      out: readable(out.read),
      err: readable(err.read),
      descriptors: [out.write, err.write],
      handOver: () => {
        closeSync(out.write);
        closeSync(err.write);
      },
    };
  } catch {
    for (const fd of opened) closeSync(fd);
    return null;
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

/** A descriptor by itself: the handle of the promises would close it when nobody refers to the handle any more. */
function descriptorOf(file: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    open(file, flags, (error, fd) => (error ? reject(error) : resolve(fd)));
  });
}

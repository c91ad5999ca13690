import { promises as fs } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunFolder } from '../../adapters/release/journal-store';
import type { LineWriter } from '../../adapters/release/runner';
import type { JournalLine } from '../../core/release/events';
import { createRecorder, type RenderedRecord } from '../../core/tasks/release/records/render-run';

/** The record of a run as it grows: rendered from the journal's lines, written whole in the place of the one before. */
export interface RecordWriter {
  /** The journal, each line of which the record is told. */
  readonly journal: LineWriter;
  /** Writes the record as it stands; calls while it is written come to one. */
  write(): Promise<void>;
  /** The same in a moment: what is begun at this very time, such as going back, does not wait for a long text. */
  writeSoon(): Promise<void>;
  writeRollback(): Promise<void>;
}

/** A script is started in less. */
const SOON_MS = 250;

export function createRecordWriter(
  root: string,
  run: RunFolder,
  journal: LineWriter,
  before: readonly JournalLine[],
): RecordWriter {
  const recorder = createRecorder();
  before.forEach((line) => recorder.take(line));
  let writing: Promise<void> = Promise.resolve();
  let isWaiting = false;
  const queue = (render: () => Promise<RenderedRecord | null>): Promise<void> => {
    const done = writing.then(async () => {
      const record = await render();
      if (record) await replace(path.join(root, record.path), record.text);
    });
    writing = done.catch(() => undefined);
    return done;
  };
  const write = async (afterMs: number): Promise<void> => {
    if (isWaiting) return writing;
    isWaiting = true;
    return queue(async () => {
      if (afterMs > 0) await delay(afterMs);
      isWaiting = false;
      const standing = await fs.readFile(path.join(root, run.record), 'utf8').catch(() => null);
      return recorder.record(standing);
    });
  };
  return {
    journal: {
      async append(timed) {
        const line = await journal.append(timed);
        recorder.take(line);
        return line;
      },
    },
    write: () => write(0),
    writeSoon: () => write(SOON_MS),
    writeRollback: () => queue(async () => recorder.rollbackRecord()),
  };
}

/** A reader never sees half of it, and a full disk leaves the one before. */
async function replace(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`;
  await fs.writeFile(fresh, text, 'utf8');
  await fs.rename(fresh, file);
}

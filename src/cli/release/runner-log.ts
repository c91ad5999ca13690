import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { RunFolder } from '../../adapters/release/journal-store';

/** Puts a fault of the runner into `runner.log` beside the journal, where a person looks for why it is gone. */
export function appendRunnerLog(root: string, run: RunFolder, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  try {
    appendFileSync(path.join(root, run.folder, 'runner.log'), `${new Date().toISOString()} ${text}\n`);
  } catch {
    // A full disk; the journal has said so.
  }
}

import { promises as fs } from 'node:fs';
import { decode } from '../adapters/node-files';
import { readOtherTools, type OtherToolReport } from '../core/evidence/results/sarif';
import { CommandFailure } from './command-failure';

/** Larger files are no report that a person reads; GitHub takes 10 MB compressed. */
const MAX_SARIF_BYTES = 64 * 1024 * 1024;

/**
 * Reads the SARIF files that a call names.
 *
 * @throws CommandFailure naming the file that cannot be read or is none.
 */
export async function openOtherTools(files: readonly string[]): Promise<readonly OtherToolReport[]> {
  const reports: OtherToolReport[] = [];
  for (const file of files) reports.push(...(await openOne(file)));
  return reports;
}

async function openOne(file: string): Promise<readonly OtherToolReport[]> {
  const wrong = (detail: string): CommandFailure => new CommandFailure(`The SARIF file ${file} ${detail}.`);
  const kind = await fs.stat(file).catch(() => null);
  if (!kind) throw wrong('does not exist');
  // A named pipe would hang, and a device never end.
  if (!kind.isFile()) throw wrong(kind.isDirectory() ? 'is a folder' : 'is no regular file');
  if (kind.size > MAX_SARIF_BYTES) throw wrong(`is larger than ${MAX_SARIF_BYTES / 1024 / 1024} MiB`);
  const bytes = await fs.readFile(file).catch(() => null);
  if (!bytes) throw wrong('may not be read');
  const text = decode(bytes);
  if (!text.ok) throw wrong(text.detail);
  const reading = readOtherTools(file, text.text);
  if (!reading.ok) throw wrong(reading.reason);
  return reading.reports;
}

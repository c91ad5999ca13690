import { readPlaced, type PlacedDocument } from './places';
import type { Reading } from './reading';

/** A `package.json` or `composer.json`; null, with a problem of the reading, where it is none. */
export async function readManifest(reading: Reading, path: string): Promise<PlacedDocument | null> {
  const text = await reading.text(path);
  if (text === null) return null;
  const read = readPlaced(text);
  if (!read.ok) {
    reading.problem(path, read.message, read.range);
    return null;
  }
  const [document] = read.documents;
  if (
    document &&
    typeof document.data === 'object' &&
    document.data !== null &&
    !Array.isArray(document.data)
  ) {
    return document;
  }
  reading.problem(path, 'is no package manifest: not an object');
  return null;
}

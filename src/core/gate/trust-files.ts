import { isForeign } from '../evidence/detect/reading';
import { isTrustPath, readTrustFile } from '../evidence/trust/read';
import type { TrustFile } from '../evidence/trust/trust';
import type { Parsers, RepositoryFiles } from '../ports';
import { readCommands } from '../shell/commands';
import { isTestData } from './test-data';

/** Files as they were last read, by path; null for one that says nothing of trust. */
export type TrustsRead = Map<string, { readonly text: string; readonly file: TrustFile | null }>;

/** More files that may speak of trust than this are no service's. */
const MAX_FILES = 600;

/** A larger file was made by a program, and is read by none at a keystroke. */
const MAX_CHARACTERS = 400_000;

/** The files that say who trusts GitHub's tokens, among those whose path speaks of it and those that are named. */
export async function readTrustFiles(
  files: RepositoryFiles,
  parsers: Parsers,
  paths: readonly string[],
  named: ReadonlySet<string> | undefined,
  read: TrustsRead,
  signal: AbortSignal | undefined,
): Promise<readonly TrustFile[]> {
  const found: TrustFile[] = [];
  const candidates = paths.filter(
    (path) => isTrustPath(path) && (named?.has(path) === true || (!isTestData(path) && !isForeign(path))),
  );
  for (const path of candidates.slice(0, MAX_FILES)) {
    signal?.throwIfAborted();
    const result = await files.read(path);
    if (!result.ok || result.text.length > MAX_CHARACTERS) continue;
    const { text } = result;
    const before = read.get(path);
    let file: TrustFile | null;
    if (before?.text === text) file = before.file;
    else {
      const shell = path.endsWith('.sh') && text.includes('githubusercontent') ? await parsers.shell() : null;
      file = readTrustFile(path, text, (script) =>
        shell ? readCommands(script, shell, { stopsAtError: false, hasPipefail: false }) : [],
      );
    }
    read.set(path, { text, file });
    if (file) found.push(file);
  }
  if (read.size > candidates.length) {
    const kept = new Set(candidates);
    for (const path of read.keys()) if (!kept.has(path)) read.delete(path);
  }
  return found;
}

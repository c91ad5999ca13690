import { isForeign } from '../evidence/detect/reading';
import { isTrustPath, readTrustFile } from '../evidence/trust/read';
import type { TrustFile } from '../evidence/trust/trust';
import type { Parsers, RepositoryFiles } from '../ports';
import { readCommands } from '../shell/commands';
import { readKept, type KeptFiles, type ReadingLimits } from './kept-files';
import { isTestData } from './test-data';

/** Files as they were last read, by path; null for one that says nothing of trust. */
export type TrustsRead = KeptFiles<TrustFile>;

/** More files than this are no service's; a larger one was made by a program, and is read by none at a keystroke. */
const LIMITS: ReadingLimits = { files: 600, characters: 400_000 };

/** The files that say who trusts GitHub's tokens, among those whose path speaks of it and those that are named. */
export async function readTrustFiles(
  files: RepositoryFiles,
  parsers: Parsers,
  paths: readonly string[],
  named: ReadonlySet<string> | undefined,
  read: TrustsRead,
  signal: AbortSignal | undefined,
): Promise<readonly TrustFile[]> {
  const candidates = paths.filter(
    (path) => isTrustPath(path) && (named?.has(path) === true || (!isTestData(path) && !isForeign(path))),
  );
  return readKept(files, candidates, read, LIMITS, signal, async (path, text) => {
    const shell = path.endsWith('.sh') && text.includes('githubusercontent') ? await parsers.shell() : null;
    return readTrustFile(path, text, (script) =>
      shell ? readCommands(script, shell, { stopsAtError: false, hasPipefail: false }) : [],
    );
  });
}

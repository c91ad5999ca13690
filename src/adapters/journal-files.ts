import { constants, promises as fs } from 'node:fs';
import path from 'node:path';
import { APPENDING, endsLine, isFull } from './append-only';
import { whyNotInRepository } from './file-writer';
import { createReader, errorCode, MAX_FILE_BYTES } from './node-files';

/** What became of a line. */
export type AppendOutcome =
  | { readonly ok: true; readonly path: string }
  /** `detail` completes the sentence "The journal …". */
  | { readonly ok: false; readonly detail: string };

/** The journals in one folder of a repository: files that only grow. Paths are from the repository's root. */
export interface JournalFiles {
  /** The last one by name, with its text; null where there is none. */
  latest(): Promise<
    | { readonly ok: true; readonly path: string; readonly text: string }
    | { readonly ok: false; readonly detail: string }
    | null
  >;
  /** A new file of that name, or of that name with `-2`, `-3` … behind it; never an existing one. */
  begin(name: string, line: string): Promise<AppendOutcome>;
  /** Puts a line behind what is there and sees it on the disk. */
  append(path: string, line: string): Promise<AppendOutcome>;
}

/** More runs of one document in the same second are none of a person. */
const MAX_SAME_NAME = 99;

/**
 * Journals below a folder, such as `docs/ops/RUNBOOK.journal`. Nothing is written outside the repository, into `.git` or
 * through a link; a line is on the disk when the promise resolves.
 */
export function createJournalFiles(
  root: string,
  folder: string,
  isJournal: (name: string) => boolean,
): JournalFiles {
  const read = createReader(path.resolve(root), MAX_FILE_BYTES);
  return {
    async latest() {
      let names: readonly string[];
      try {
        names = await fs.readdir(path.join(root, ...folder.split('/')));
      } catch (error) {
        return errorCode(error) === 'ENOENT'
          ? null
          : { ok: false, detail: `cannot be read (${errorCode(error)})` };
      }
      const name = names.filter(isJournal).sort(byRun).at(-1);
      if (name === undefined) return null;
      const file = `${folder}/${name}`;
      const result = await read(file);
      return result.ok ? { ok: true, path: file, text: result.text } : { ok: false, detail: result.detail };
    },
    async begin(name, line) {
      for (let number = 1; number <= MAX_SAME_NAME; number++) {
        const file = `${folder}/${number === 1 ? name : name.replace(/\.jsonl$/, `-${number}.jsonl`)}`;
        const outcome = await write(root, file, line, constants.O_CREAT | constants.O_EXCL);
        if (outcome !== 'exists') return outcome;
      }
      return { ok: false, detail: 'cannot be begun: there are too many of this second' };
    },
    async append(file, line) {
      const outcome = await write(root, file, line, 0);
      return outcome === 'exists' ? { ok: false, detail: 'could not be written' } : outcome;
    },
  };
}

/** `…Z-10` comes behind `…Z-9` and `…Z`. */
function byRun(one: string, other: string): number {
  const parts = (name: string): readonly [string, number] => {
    const match = /^(.*?Z)(?:-(\d+))?\.jsonl$/.exec(name);
    return [match?.[1] ?? name, Number(match?.[2] ?? 1)];
  };
  const [first, second] = [parts(one), parts(other)];
  return first[0] === second[0] ? first[1] - second[1] : first[0] < second[0] ? -1 : 1;
}

async function write(
  root: string,
  file: string,
  line: string,
  flags: number,
): Promise<AppendOutcome | 'exists'> {
  const reason = await whyNotInRepository(root, file);
  if (reason !== null) return { ok: false, detail: `cannot be written: ${file} ${reason}` };
  const target = path.join(path.resolve(root), ...file.split('/'));
  try {
    if (flags !== 0) await fs.mkdir(path.dirname(target), { recursive: true });
    const handle = await fs.open(target, APPENDING | flags, 0o644);
    try {
      await handle.appendFile((await endsLine(handle)) ? line : `\n${line}`, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { ok: true, path: file };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return 'exists';
    return {
      ok: false,
      detail:
        code === 'ENOENT'
          ? `${file} is gone`
          : isFull(code)
            ? 'could not be written: the disk is full'
            : `could not be written (${code})`,
    };
  }
}

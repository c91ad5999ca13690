import type { RepositoryFiles } from '../../ports';
import type { Range } from '../../text/position';
import type { ProfileProblem } from '../profile';

/** The files of a repository while its profile is read: each text is read once, and what is wrong is written down. */
export interface Reading {
  /** Paths that say something about this repository: nothing vendored, built, or kept as a test's fixture. */
  readonly paths: readonly string[];
  has(path: string): boolean;
  /** The text without a byte order mark; null where it cannot be read (then it is among the problems, once). */
  text(path: string): Promise<string | null>;
  problem(path: string, message: string, range?: Range | null): void;
  readonly problems: readonly ProfileProblem[];
}

/** Folders whose files describe other people's code, a build's result, or an example. */
const FOREIGN_FOLDERS = new Set([
  'node_modules',
  'vendor',
  'third_party',
  'fixtures',
  '__fixtures__',
  'testdata',
  'test-data',
  'examples',
  'example',
  'samples',
  'dist',
  'target',
  '.venv',
  'venv',
  '.git',
  '.terraform',
  'site-packages',
]);

/** Whether a path lies in a folder of other people's code, of a build's result, or of examples. */
export function isForeign(path: string): boolean {
  return path
    .split('/')
    .slice(0, -1)
    .some((part) => FOREIGN_FOLDERS.has(part));
}

/** Larger manifests than this are no file that a person wrote; reading on would only cost time. */
const MAX_MANIFEST_CHARACTERS = 1_000_000;

/** Lists the repository once; reading happens on demand. */
export async function startReading(files: RepositoryFiles, signal: AbortSignal): Promise<Reading> {
  const listed = await files.list(signal);
  const paths = listed.paths.filter((path) => !isForeign(path));
  const all = new Set(paths);
  const texts = new Map<string, Promise<string | null>>();
  const problems: ProfileProblem[] = [];
  const problem = (path: string, message: string, range: Range | null = null): void => {
    if (!problems.some((other) => other.path === path && other.message === message)) {
      problems.push({ path, message, range });
    }
  };
  if (!listed.isComplete) problem('.', 'holds more files than were listed, so the profile may miss some');
  const read = async (path: string): Promise<string | null> => {
    signal.throwIfAborted();
    const result = await files.read(path);
    if (!result.ok) {
      if (result.reason !== 'missing') problem(path, result.detail);
      return null;
    }
    if (result.text.length > MAX_MANIFEST_CHARACTERS) {
      problem(path, 'is too large to be read as a manifest');
      return null;
    }
    return result.text.replace(/^\uFEFF/, '');
  };
  return {
    paths,
    has: (path) => all.has(path),
    text: (path) => {
      let text = texts.get(path);
      if (!text) {
        text = read(path);
        texts.set(path, text);
      }
      return text;
    },
    problem,
    problems,
  };
}

/** The folder of a path, '' for the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** The last part of a path. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `name` inside `folder`; `folder` '' is the root. */
export function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Whether `path` lies in `folder` or below it. */
export function isInside(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/** `folder` and the folders above it, nearest first, the root last. */
export function foldersAbove(folder: string): string[] {
  const parts = folder === '' ? [] : folder.split('/');
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

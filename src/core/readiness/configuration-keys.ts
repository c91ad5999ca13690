import type { Change } from '../change/change';
import { isDocumentation, isTestOrSample, isVendored } from '../change/path-kinds';
import type { History, RepositoryFiles } from '../ports';
import { lineIndex, type Range } from '../text/position';

/** A key of the configuration that the change begins to read, with where. */
export interface AddedKey {
  readonly name: string;
  readonly path: string;
  readonly range: Range;
  /** Where it is written down for those who configure; null where nothing does. */
  readonly documentedIn: string | null;
}

/** What the change begins to read of its environment, or why that was not looked for. */
export type AddedKeys =
  | { readonly ok: true; readonly keys: readonly AddedKey[] }
  /** `why` is a clause. */
  | { readonly ok: false; readonly why: string };

/** Bounds: a release beyond them is not looked through, and the answer says so. */
const MAX_FILES = 3_000;
const MAX_LENGTH = 512 * 1024;
const MAX_DOCUMENTS = 1_000;

const SOURCE = /\.(?:[cm]?[jt]sx?|vue|svelte|py|rb|go|java|kt|kts|scala|rs|php|cs|exs?)$/i;

/** How programs read a variable of their environment, by language; the name is the first group. */
const READS: readonly RegExp[] = [
  /\b(?:process\.env|import\.meta\.env|Bun\.env)\??\.([A-Za-z_]\w*)/g,
  /\b(?:process\.env|import\.meta\.env|Bun\.env)\??\.?\[\s*(['"`])([A-Za-z_]\w*)\1\s*\]/g,
  /\bDeno\.env\.get\(\s*(['"`])([A-Za-z_]\w*)\1/g,
  /\b(?:os\.)?environ(?:\.get)?\s*[[(]\s*(['"])([A-Za-z_]\w*)\1/g,
  /\b(?:os\.)?getenv\(\s*(['"])([A-Za-z_]\w*)\1/g,
  /\bENV(?:\.fetch\(|\[)\s*(['"])([A-Za-z_]\w*)\1/g,
  /\bos\.(?:Getenv|LookupEnv)\(\s*(")([A-Za-z_]\w*)\1/g,
  /\bSystem\.getenv\(\s*(")([A-Za-z_]\w*)\1/g,
  /\benv::var(?:_os)?\(\s*(")([A-Za-z_]\w*)\1/g,
  /\$_(?:ENV|SERVER)\[\s*(['"])([A-Z_][A-Z0-9_]*)\1/g,
  /\bGetEnvironmentVariable\(\s*(")([A-Za-z_]\w*)\1/g,
  /\bSystem\.(?:get_env|fetch_env!?)\(\s*(")([A-Za-z_]\w*)\1/g,
];

/** What the system, the shell, the runner or the platform sets by itself. */
const GIVEN =
  /^(?:HOME|PATH|PWD|USER|USERNAME|SHELL|LANG|LC_\w+|TZ|TERM|TMP|TEMP|TMPDIR|HOSTNAME|EDITOR|VISUAL|PAGER|DISPLAY|COLUMNS|LINES|NO_COLOR|FORCE_COLOR|CI|NODE_ENV|NODE_OPTIONS|RAILS_ENV|RACK_ENV|MIX_ENV|APP_ENV|DEBUG|PORT|DEV|PROD|MODE|SSR|BASE_URL|APPDATA|LOCALAPPDATA|USERPROFILE|SYSTEMROOT|COMSPEC|XDG_\w+|GITHUB_\w+|RUNNER_\w+|npm_\w+|KUBERNETES_\w+|AWS_(?:REGION|DEFAULT_REGION|LAMBDA_\w+|EXECUTION_ENV)|REMOTE_ADDR|REQUEST_\w+|HTTP_\w+|SERVER_\w+|QUERY_STRING|SCRIPT_\w+|DOCUMENT_ROOT)$/i;

/** Files that people who configure a deployment read. */
const DOCUMENTS =
  /(?:^|\/)(?:\.?env[.-](?:example|sample|template|dist|defaults?)|(?:example|sample|template)\.env|\.env\.[\w.-]*(?:example|sample|template)|values[^/]*\.ya?ml|app\.json|(?:docker-)?compose[^/]*\.ya?ml|[^/]*\.(?:md|mdx|rst|adoc))$/i;

/**
 * What the changed programs read of their environment now and did not before, and where that is written down. Names are
 * read by pattern, since the languages are many: a name that is put together at run time is not seen.
 */
export async function addedKeys(
  world: { readonly files: RepositoryFiles; readonly history: History },
  change: Change,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<AddedKeys> {
  const { base, head } = change.range.commits;
  if (base === null) return { ok: true, keys: [] };
  const files = change.files.filter(
    ({ path, status, added }) =>
      SOURCE.test(path) &&
      status !== 'deleted' &&
      status !== 'submodule' &&
      added !== null &&
      added > 0 &&
      !isTestOrSample(path) &&
      !isDocumentation(path) &&
      !isVendored(path),
  );
  if (files.length > MAX_FILES) {
    return { ok: false, why: `${files.length} changed programs are more than are read (${MAX_FILES})` };
  }
  const before = new Set<string>();
  const after = new Map<string, Omit<AddedKey, 'documentedIn'>>();
  for (const { path, oldPath, status } of files) {
    signal.throwIfAborted();
    const now = await world.history.fileAt(head, path, signal);
    if (!now.ok || now.text.length > MAX_LENGTH) continue;
    for (const { name, offset } of keysIn(now.text)) {
      if (after.has(name)) continue;
      const range = lineIndex(now.text).rangeOf({ start: offset, end: offset + name.length });
      after.set(name, { name, path, range });
    }
    if (status === 'added') continue;
    const old = await world.history.fileAt(base, oldPath ?? path, signal);
    if (old.ok) for (const { name } of keysIn(old.text)) before.add(name);
  }
  // What a changed or deleted file read before is not new where another one reads it now.
  for (const { path, oldPath, status } of change.files) {
    if (status !== 'deleted' || !SOURCE.test(path) || after.size === 0) continue;
    const old = await world.history.fileAt(base, oldPath ?? path, signal);
    if (old.ok && old.text.length <= MAX_LENGTH) for (const { name } of keysIn(old.text)) before.add(name);
  }
  const added = [...after.values()].filter(({ name }) => !before.has(name));
  if (added.length === 0) return { ok: true, keys: [] };
  const documented = await documentsNaming(
    world.files,
    paths.filter((path) => DOCUMENTS.test(path) && !isVendored(path)).slice(0, MAX_DOCUMENTS),
    added.map(({ name }) => name),
    signal,
  );
  return { ok: true, keys: added.map((key) => ({ ...key, documentedIn: documented.get(key.name) ?? null })) };
}

function keysIn(text: string): readonly { readonly name: string; readonly offset: number }[] {
  const found: { name: string; offset: number }[] = [];
  for (const pattern of READS) {
    for (const match of text.matchAll(pattern)) {
      const name = match[2] ?? match[1] ?? '';
      if (GIVEN.test(name) || isInComment(text, match.index)) continue;
      found.push({ name, offset: match.index + match[0].lastIndexOf(name) });
    }
  }
  return found;
}

/** Whether the line begins as a comment does, in any of the languages. */
function isInComment(text: string, offset: number): boolean {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^\s*(?:\/\/|\/?\*|#)/.test(text.slice(start, offset));
}

async function documentsNaming(
  files: RepositoryFiles,
  paths: readonly string[],
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const path of paths) {
    if (found.size === names.length) break;
    signal.throwIfAborted();
    const read = await files.read(path);
    if (!read.ok || read.text.length > MAX_LENGTH) continue;
    const words = new Set(read.text.match(/[A-Za-z_]\w*/g) ?? []);
    for (const name of names) if (!found.has(name) && words.has(name)) found.set(name, path);
  }
  return found;
}

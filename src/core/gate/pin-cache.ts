import { actionPins } from '../evidence/action-pins';
import type { KnownCommit } from '../rules/rule';
import { lineIndex, type Span } from '../text/position';
import { readYaml, type YamlEntry, type YamlMap, type YamlValue } from '../workflow/yaml-tree';

/** Where a repository keeps the commits of the actions that it uses. */
export const PIN_CACHE_PATH = '.github/release-gate-pins.json';

/** What the repository keeps of one version of an action. */
export interface CachedPin {
  /** `owner/name`, as somebody wrote it. */
  readonly action: string;
  /** The tag or branch that the commit was read from. */
  readonly ref: string;
  /** 40 hex digits in lower case. */
  readonly commit: string;
  /** The release that a moving tag stood at, with or without `v`; null where nothing more than the ref is known. */
  readonly version: string | null;
}

/** A mistake in the cache, with its place (from 1) and span. `message` is a sentence without a full stop. */
export interface PinCacheProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly span: Span;
}

export type PinCacheResult =
  | { readonly ok: true; readonly pins: readonly CachedPin[] }
  | { readonly ok: false; readonly problems: readonly PinCacheProblem[] };

/** The only form there is so far. */
const VERSION = 1;

/**
 * Reads the cache. It decides which code runs in a pipeline, so nothing in it is guessed or skipped: with one mistake,
 * none of its commits is used.
 */
export function readPinCache(text: string): PinCacheResult {
  const lines = lineIndex(text);
  const problems: PinCacheProblem[] = [];
  const problem = (message: string, span: Span): void => {
    problems.push({ message, ...lines.positionAt(span.start), span });
  };
  const failed = (): PinCacheResult => ({
    ok: false,
    problems: problems.sort((a, b) => a.span.start - b.span.start),
  });
  // JSON is YAML: the tree gives the places, and what is YAML but not JSON is refused before.
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const message = error instanceof Error ? error.message : 'it cannot be read';
    const at = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
    problem(`this is no JSON (${message.split('\n', 1)[0] ?? ''})`, { start: at, end: at });
    return failed();
  }
  const tree = readYaml(text);
  for (const { message, span } of tree.problems) problem(message, span);
  if (problems.length > 0) return failed();
  const { root } = tree;
  if (root?.kind !== 'map') {
    problem('the file must be an object with "version" and "pins"', root?.span ?? { start: 0, end: 0 });
    return failed();
  }
  knownKeys(root, ['$schema', 'version', 'pins'], 'the file', problem);
  const version = root.entries.find((entry) => entry.key.text === 'version');
  if (version?.value.kind !== 'scalar' || version.value.value !== VERSION) {
    problem(`"version" must be ${VERSION}`, version?.value.span ?? root.span);
  }
  const list = root.entries.find((entry) => entry.key.text === 'pins');
  if (list?.value.kind !== 'map') {
    problem('"pins" must be an object of `owner/name@ref` to commits', list?.value.span ?? root.span);
    return failed();
  }
  const pins: CachedPin[] = [];
  const seen = new Set<string>();
  for (const entry of list.value.entries) {
    const pin = readPin(entry, problem);
    if (!pin) continue;
    const key = keyOf(pin);
    if (seen.has(key)) problem(`"${entry.key.text}" stands twice`, entry.key.span);
    seen.add(key);
    pins.push(pin);
  }
  return problems.length > 0 ? failed() : { ok: true, pins };
}

/** The cache's file with these pins, one a line, in the order of their names; equal input gives an equal text. */
export function renderPinCache(pins: readonly CachedPin[]): string {
  const lines = [...pins]
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .map(({ action, ref, commit, version }) => {
      const value = version === null ? { commit } : { commit, version };
      return `    ${JSON.stringify(`${action}@${ref}`)}: ${JSON.stringify(value)
        .replace(/([{,:])"/g, '$1 "')
        .replace(/"}/g, '" }')}`;
    });
  return `{\n  "version": ${VERSION},\n  "pins": {${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}}\n}\n`;
}

/** The known commits by `owner/name@ref` in lower case: the project's table, and over it what the repository keeps. */
export function pinsWith(cache: readonly CachedPin[]): ReadonlyMap<string, KnownCommit> {
  if (cache.length === 0) return actionPins;
  const pins = new Map<string, KnownCommit>(actionPins);
  for (const pin of cache) {
    pins.set(keyOf(pin), {
      commit: pin.commit,
      version: (pin.version ?? pin.ref).replace(/^v(?=\d)/i, ''),
      isOfRepository: true,
    });
  }
  return pins;
}

function keyOf(pin: Pick<CachedPin, 'action' | 'ref'>): string {
  // Names of repositories are the same in either case, tags are not; what asks by this key writes both small.
  return `${pin.action}@${pin.ref}`.toLowerCase();
}

function readPin(entry: YamlEntry, problem: (message: string, span: Span) => void): CachedPin | null {
  const name = /^([\w.-]+\/[\w.-]+)@([^\s@]+)$/.exec(entry.key.text);
  const [, action, ref] = name ?? [];
  if (action === undefined || ref === undefined) {
    problem(
      `"${entry.key.text}" must name an action and its tag, such as actions/checkout@v4.2.2`,
      entry.key.span,
    );
    return null;
  }
  if (entry.value.kind !== 'map') {
    problem(`"${entry.key.text}" must be an object with "commit"`, entry.value.span);
    return null;
  }
  knownKeys(entry.value, ['commit', 'version'], `"${entry.key.text}"`, problem);
  const commit = textOf(entry.value, 'commit');
  if (commit === null || !/^[0-9a-f]{40}$/.test(commit.text)) {
    problem(
      `the commit of "${entry.key.text}" must be 40 hex digits in lower case${commit ? `, not "${commit.text}"` : ''}`,
      commit?.span ?? entry.key.span,
    );
    return null;
  }
  const hasVersion = entry.value.entries.some((other) => other.key.text === 'version');
  const version = textOf(entry.value, 'version');
  if (hasVersion && (version === null || !/^v?\d+(\.\d+)*([-+][\w.-]+)?$/.test(version.text))) {
    problem(`the version of "${entry.key.text}" must be one such as v4.2.2`, version?.span ?? entry.key.span);
    return null;
  }
  return { action, ref, commit: commit.text, version: version?.text ?? null };
}

function textOf(map: YamlMap, key: string): { readonly text: string; readonly span: Span } | null {
  const value: YamlValue | undefined = map.entries.find((entry) => entry.key.text === key)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'string'
    ? { text: value.value, span: value.span }
    : null;
}

function knownKeys(
  map: YamlMap,
  keys: readonly string[],
  where: string,
  problem: (message: string, span: Span) => void,
): void {
  for (const { key } of map.entries) {
    if (!keys.includes(key.text)) {
      problem(
        `${where} has no key "${key.text}"; it takes ${keys.filter((each) => each !== '$schema').join(' and ')}`,
        key.span,
      );
    }
  }
}

import { lineIndex } from '../../text/position';
import type { FlagChange, TouchEvidence } from '../change';
import type { DetectorWorld } from '../irreversible/detector';
import { hostTokens, type HostLanguage, type HostToken } from '../irreversible/host/tokens';
import { readBoundedYaml } from '../irreversible/templated-yaml';
import { isDocumentation, isTestOrSample, isVendored } from '../path-kinds';
import {
  lineRange,
  namesChanged,
  readTextEnds,
  shownEvidence,
  type FamilyRead,
  type NamedLines,
} from './file-ends';
import { packageFileOf } from './package-files';

/** Flags with what of the files shows them. */
export interface FlagsRead extends FamilyRead {
  readonly flags: readonly FlagChange[];
}

/** A library that asks for flags: how manifests name it, and its calls with where the key stands among the arguments. */
interface FlagLibrary {
  readonly name: string;
  readonly inManifests: RegExp;
  readonly calls: RegExp;
  /** The key is the first literal from this argument on; 0 by default. */
  readonly from?: number;
}

/** Calls as the libraries' own documentation names them, in the spellings of all their languages. */
const LIBRARIES: readonly FlagLibrary[] = [
  {
    name: 'LaunchDarkly',
    inManifests: /launchdarkly/i,
    calls:
      /^(?:(?:bool|string|int|float|double|float64|number|json|json_?value)?_?variation(?:_?detail)?|(?:Bool|String|Int|Float64|Float|Double|JSON|Json)Variation(?:Detail)?(?:Ctx|Async)?)$/i,
  },
  {
    name: 'Unleash',
    inManifests: /unleash/i,
    calls: /^(?:is_?enabled\??|get_?variant|use_?flag|use_?variant)$/i,
  },
  {
    name: 'OpenFeature',
    inManifests: /open-?feature/i,
    calls:
      /^(?:(?:get_?)?(?:boolean|string|number|integer|float|double|object|int)_?value(?:_?(?:details|async))?|fetch_(?:boolean|string|number|object)_value|use(?:Boolean|String|Number|Object)?Flag(?:Value|Details)?)$/i,
  },
  {
    name: 'Flagsmith',
    inManifests: /flagsmith/i,
    calls: /^(?:has_?feature|is_?feature_?enabled|get_?feature_?value|get_?value)$/i,
  },
  {
    name: 'GrowthBook',
    inManifests: /growthbook/i,
    calls: /^(?:is_?on|is_?off|get_?feature_?value|eval_?feature|use_?feature(?:_?(?:is_?on|value))?)$/i,
  },
  {
    name: 'Split',
    inManifests: /splitio|splitsoftware|split-?client/i,
    calls: /^get_?treatment(?:s|_?with_?config)?$/i,
    from: 1,
  },
  { name: 'Flipper', inManifests: /\bflipper\b/i, calls: /^(?:enabled\?|enable|disable|feature)$/ },
  {
    name: 'django-waffle',
    inManifests: /\b(?:django-)?waffle\b/i,
    calls: /^(?:(?:flag|switch|sample)_is_active|waffle_(?:flag|switch|sample))$/,
  },
];

const LANGUAGES: Readonly<Record<string, HostLanguage>> = {
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'javascript',
  tsx: 'javascript',
  mts: 'javascript',
  cts: 'javascript',
  py: 'python',
  rb: 'ruby',
  php: 'php',
  go: 'go',
  ex: 'elixir',
  exs: 'elixir',
  cs: 'csharp',
  java: 'csharp',
  kt: 'csharp',
  swift: 'csharp',
  scala: 'csharp',
};

/** A file of one's own that defines flags. */
const OWN_FLAGS =
  /(?:^|\/)(?:feature[-_]?)?(?:flags|toggles)\.(?:ya?ml|json)$|(?:^|\/)(?:feature[-_]?)?(?:flags|toggles)\/[^/]+\.(?:ya?ml|json)$/i;

/** So many manifests are searched for a library of flags, those nearest to the root first. */
const MAX_MANIFESTS = 20;

/** So many changed programs are searched where there is such a library. */
const MAX_PROGRAMS = 1500;

/**
 * Finds flags that the range begins or stops to ask for. Programs are read only where a manifest of the repository names a
 * library of flags: without one a call of the same name is something else.
 */
export async function readFlags(world: DetectorWorld): Promise<FlagsRead> {
  const flags: FlagChange[] = [];
  const evidence: TouchEvidence[] = [];
  const isOurs = (path: string): boolean =>
    !isTestOrSample(path) && !isDocumentation(path) && !isVendored(path);
  for (const { file, base, head } of await readTextEnds(
    world,
    (path) => OWN_FLAGS.test(path) && isOurs(path),
  )) {
    const changed = namesChanged(definedFlags(base), definedFlags(head), { base, head });
    flags.push(
      ...changed.map(({ name, ...rest }) => ({
        key: name,
        by: 'file',
        path: rest.side === 'base' ? (file.oldPath ?? file.path) : file.path,
        ...rest,
      })),
    );
    evidence.push(
      ...shownEvidence(
        'feature-flags',
        file,
        changed.map(({ name, change, range, side }) => ({
          range,
          side,
          what: `${change === 'added' ? 'defines' : 'no longer defines'} the flag ${name}`,
        })),
      ),
    );
  }
  const libraries = await librariesOf(world);
  if (libraries.length > 0) {
    const mayAsk = new RegExp(libraries.map(({ calls }) => calls.source.slice(1, -1)).join('|'), 'i');
    const programs = await readTextEnds(
      world,
      (path) => languageOf(path) !== null && isOurs(path),
      MAX_PROGRAMS,
    );
    const asked = programs.flatMap(({ file, base, head }) => {
      const language = languageOf(file.path);
      if (!language) return [];
      const read = (text: string | null): readonly AskedFlag[] =>
        text === null || !mayAsk.test(text) ? [] : flagsAsked(text, language, libraries);
      return [{ file, base, head, before: read(base), after: read(head) }];
    });
    // A flag that only moved from file to file is neither new nor gone.
    const keysBefore = new Set(asked.flatMap(({ before }) => before.map(({ key }) => key)));
    const keysAfter = new Set(asked.flatMap(({ after }) => after.map(({ key }) => key)));
    for (const { file, base, head, before, after } of asked) {
      const lines = { head: lineIndex(head ?? ''), base: lineIndex(base ?? '') };
      const of = (
        found: readonly AskedFlag[],
        others: ReadonlySet<string>,
        side: 'head' | 'base',
      ): readonly FlagChange[] =>
        found
          .filter(
            ({ key }, index) => !others.has(key) && found.findIndex((each) => each.key === key) === index,
          )
          .map(({ key, by, offset }) => ({
            key,
            by,
            change: side === 'head' ? 'added' : 'removed',
            path: side === 'head' ? file.path : (file.oldPath ?? file.path),
            range: lineRange(lines[side], lines[side].positionAt(offset).line),
            side,
          }));
      const changed = [...of(after, keysBefore, 'head'), ...of(before, keysAfter, 'base')];
      flags.push(...changed);
      evidence.push(
        ...shownEvidence(
          'feature-flags',
          file,
          changed.map(({ key, by, change, range, side }) => ({
            range,
            side,
            what: `${change === 'added' ? 'asks' : 'no longer asks'} ${by} for the flag ${key}`,
          })),
        ),
      );
    }
  }
  return { flags, evidence, untouched: [] };
}

function languageOf(path: string): HostLanguage | null {
  return LANGUAGES[path.slice(path.lastIndexOf('.') + 1)] ?? null;
}

async function librariesOf(world: DetectorWorld): Promise<readonly FlagLibrary[]> {
  const depth = (path: string): number => path.split('/').length;
  const manifests = [...world.repositoryPaths]
    .filter(
      (path) =>
        (packageFileOf(path)?.isLock === false ||
          /(?:^|\/)(?:go\.mod|Gemfile|build\.gradle(?:\.kts)?|mix\.exs|Pipfile|setup\.cfg|[^/]+\.csproj)$/.test(
            path,
          )) &&
        !isTestOrSample(path) &&
        !isVendored(path),
    )
    .sort((a, b) => depth(a) - depth(b))
    .slice(0, MAX_MANIFESTS);
  const texts = await Promise.all(
    manifests.map((path) => world.history.fileAt(world.range.commits.head, path, world.signal)),
  );
  return LIBRARIES.filter(({ inManifests }) => texts.some((read) => read.ok && inManifests.test(read.text)));
}

interface AskedFlag {
  readonly key: string;
  readonly by: string;
  readonly offset: number;
}

/** Calls with a literal key; comments and strings hold none. */
function flagsAsked(
  text: string,
  language: HostLanguage,
  libraries: readonly FlagLibrary[],
): readonly AskedFlag[] {
  const { tokens } = hostTokens(text, language);
  const found: AskedFlag[] = [];
  tokens.forEach((token, index) => {
    if (token.kind !== 'word') return;
    const next = tokens[index + 1];
    const isIndexed = token.text === 'Flipper' && next?.text === '[';
    const library = isIndexed
      ? libraries.find(({ name }) => name === 'Flipper')
      : libraries.find(
          ({ name, calls }) => calls.test(token.text) && (name !== 'Flipper' || isOfFlipper(tokens, index)),
        );
    if (!library || (next?.text !== '(' && !isIndexed)) return;
    const key = keyIn(tokens, index + 2, library.from ?? 0);
    if (key) found.push({ key: key.value, by: library.name, offset: key.span.start });
  });
  return found;
}

function isOfFlipper(tokens: readonly HostToken[], index: number): boolean {
  return tokens[index - 1]?.text === '.' && tokens[index - 2]?.text === 'Flipper';
}

/** The key is a literal argument by itself: no part of an expression, and no value put in at run time. */
function keyIn(tokens: readonly HostToken[], start: number, from: number): HostToken | null {
  let depth = 0;
  let argument = 0;
  let fallback: HostToken | null = null;
  for (let index = start; index < tokens.length && index < start + 60; index++) {
    const token = tokens[index];
    if (!token) return fallback;
    if (/^[([{]$/.test(token.text) && token.kind === 'mark') depth++;
    else if (/^[)\]}]$/.test(token.text) && token.kind === 'mark') {
      if (depth === 0) return fallback;
      depth--;
    } else if (token.text === ',' && depth === 0) argument++;
    else if (depth === 0 && (token.kind === 'string' || token.kind === 'symbol')) {
      const isAlone =
        /^[,)\]]$/.test(tokens[index + 1]?.text ?? ')') && /^[([,]$/.test(tokens[index - 1]?.text ?? '(');
      if (!isAlone || !/^[\w][\w.:/-]{0,200}$/.test(token.value)) continue;
      if (argument >= from) return token;
      fallback ??= token;
    }
  }
  return fallback;
}

/** The keys of a file of flags: of the map that holds them, or of a list with keys or names. */
function definedFlags(text: string | null): NamedLines {
  const names = new Map<string, number>();
  if (text === null) return names;
  const read = readBoundedYaml(text);
  if (!read.ok) return names;
  for (const document of read.documents) {
    const { data } = document;
    if (typeof data !== 'object' || data === null) continue;
    const [only, ...others] = Object.entries(data);
    const isWrapped =
      !Array.isArray(data) &&
      only !== undefined &&
      others.length === 0 &&
      /^(?:feature[-_]?)?(?:flags|toggles|features)$/i.test(only[0]) &&
      typeof only[1] === 'object' &&
      only[1] !== null;
    const at = isWrapped ? [only[0]] : [];
    const inner: unknown = isWrapped ? only[1] : data;
    for (const [key, value] of Object.entries(inner as object)) {
      const item: unknown = value;
      const named =
        Array.isArray(inner) && typeof item === 'object' && item !== null
          ? ((item as Record<string, unknown>)['key'] ?? (item as Record<string, unknown>)['name'])
          : item;
      const name = Array.isArray(inner) ? (typeof named === 'string' ? named : null) : key;
      if (name === null || names.has(name)) continue;
      names.set(name, document.rangeOf([...at, Array.isArray(inner) ? Number(key) : key])?.start.line ?? 1);
    }
  }
  return names;
}

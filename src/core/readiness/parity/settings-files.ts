import { readHcl } from '../../text/hcl';
import { isTestOrSample, isVendored } from '../../change/path-kinds';
import { readPlaced } from '../../evidence/detect/places';
import { lineIndex, type Range } from '../../text/position';

/** What a setting is, apart from its value. */
export type SettingType = 'text' | 'number' | 'boolean' | 'list' | 'map' | 'nothing' | 'open';

/** One setting of a file, by its key from the root with dots; values are not kept: some of them are secret. */
export interface Setting {
  readonly type: SettingType;
  /** Where its key stands; looked up when it is asked for. */
  range(): Range | null;
}

/** Files of one environment's settings, by what they are; one line per custom. */
const FAMILIES: readonly {
  readonly family: string;
  readonly path: RegExp;
  /** The file of the same folder whose settings hold where the environment's own say nothing. */
  readonly base: ((path: string) => readonly string[]) | null;
}[] = [
  {
    family: 'Helm values',
    path: /(?:^|\/)(?:[\w.-]*[-._])?values(?:[-._][\w.-]*)?\.ya?ml$|(?:^|\/)values\/(?:[\w.-]+\/)?[\w.-]+\.ya?ml$/i,
    base: (path) => {
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      const above = folder.replace(/[^/]+\/$/, '');
      return [folder, above, above.replace(/[^/]+\/$/, '')].flatMap((each) => [
        `${each}values.yaml`,
        `${each}values.yml`,
      ]);
    },
  },
  { family: 'Terraform values', path: /\.tfvars(?:\.json)?$/, base: null },
  {
    family: 'names of environment variables',
    path: /(?:^|\/)(?:\.env\.[\w.-]+|[\w-]+\.env(?:\.(?:example|sample|template|dist))?)$/,
    base: (path) => {
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      return ['.env', '.env.defaults', '.env.base'].map((name) => folder + name);
    },
  },
  { family: 'Kustomize overlays', path: /(?:^|\/)kustomization\.ya?ml$/, base: null },
  {
    family: 'application settings',
    path: /(?:^|\/)(?:application-[\w-]+\.(?:ya?ml|properties)|appsettings\.\w+\.json|(?:config|conf|settings)\/[\w.-]+\.(?:ya?ml|json))$/i,
    base: (path) => {
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      return [
        'application.yml',
        'application.yaml',
        'application.properties',
        'appsettings.json',
        'default.json',
        'default.yaml',
        'default.yml',
      ].map((name) => folder + name);
    },
  },
];

/** What kind of settings a file holds, by its path; null for one that is none, or a test or an example of code. */
export function settingsFamily(
  path: string,
): { readonly family: string; readonly bases: readonly string[] } | null {
  if (isTestOrSample(path) || isVendored(path) || path.startsWith('.github/')) return null;
  const found = FAMILIES.find((each) => each.path.test(path));
  return found
    ? { family: found.family, bases: (found.base?.(path) ?? []).filter((base) => base !== path) }
    : null;
}

/** Parts of a map that people fill freely, so that their keys are values: labels and the like. */
const FREE_MAPS =
  /^(?:annotations|labels|podAnnotations|podLabels|commonLabels|commonAnnotations|nodeSelector|tags)$/i;

/** More settings than this in one file are not compared. */
const MAX_SETTINGS = 20_000;

/** The settings of a file; null where it cannot be read. */
export function readSettings(path: string, text: string): ReadonlyMap<string, Setting> | null {
  if (text.length > 2_000_000) return null;
  if (/\.tfvars$/.test(path)) return fromHcl(text);
  if (/\.properties$|(?:^|\/)[^/]*\.env(?:\.|$)|(?:^|\/)\.env/.test(path)) return fromLines(text);
  return fromYaml(path, text);
}

function fromLines(text: string): ReadonlyMap<string, Setting> {
  const found = new Map<string, Setting>();
  text.split(/\r?\n/).forEach((line, index) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:]/.exec(line)?.[1];
    if (name === undefined || found.size > MAX_SETTINGS) return;
    const column = line.indexOf(name) + 1;
    const place = { line: index + 1, column };
    // Values of these files are texts, whatever they look like.
    found.set(name, {
      type: 'open',
      range: () => ({ start: place, end: { ...place, column: column + name.length } }),
    });
  });
  return found;
}

function fromHcl(text: string): ReadonlyMap<string, Setting> | null {
  const read = readHcl(text);
  if (!read.ok) return null;
  const lines = lineIndex(text);
  const found = new Map<string, Setting>();
  for (const { name, value, span } of read.body.attributes.values()) {
    const type: SettingType = /^"|^<</.test(value)
      ? 'text'
      : /^-?\d/.test(value)
        ? 'number'
        : /^(?:true|false)$/.test(value)
          ? 'boolean'
          : value.startsWith('[')
            ? 'list'
            : value.startsWith('{')
              ? 'map'
              : value === 'null'
                ? 'nothing'
                : 'open';
    found.set(name, {
      type,
      range: () => lines.rangeOf({ start: span.start, end: span.start + name.length }),
    });
    if (type !== 'map') continue;
    for (const [, key = ''] of value.slice(1, -1).matchAll(/^\s*"?([\w-]+)"?\s*[=:]/gm)) {
      // Keys of maps within maps are not told apart from those of the outer one: only what is flat counts.
      if (!/[{[]/.test(value.slice(1, -1)))
        found.set(`${name}.${key}`, { type: 'open', range: () => lines.rangeOf(span) });
    }
  }
  return found;
}

function fromYaml(path: string, text: string): ReadonlyMap<string, Setting> | null {
  // A template would have to run first.
  if (/^\s*\{\{/m.test(text)) return null;
  const read = readPlaced(text);
  if (!read.ok) return null;
  const found = new Map<string, Setting>();
  const isOverlay = /kustomization\.ya?ml$/.test(path);
  for (const document of read.documents) {
    const visit = (data: unknown, at: readonly (string | number)[], key: string): void => {
      if (found.size > MAX_SETTINGS || at.length > 40) return;
      if (Array.isArray(data)) {
        if (key !== '') found.set(key, { type: 'list', range: () => document.rangeOf(at) });
        data.forEach((item: unknown, index) => {
          const name = nameOf(item);
          // A list of things with names is compared by them, of an overlay by what it takes in too.
          if (name !== null) visit(item, [...at, index], `${key}[${name}]`);
          else if (isOverlay && typeof item === 'string') {
            found.set(`${key}[${item}]`, { type: 'open', range: () => document.rangeOf([...at, index]) });
          }
        });
        return;
      }
      if (typeof data === 'object' && data !== null) {
        if (key !== '') found.set(key, { type: 'map', range: () => document.rangeOf(at) });
        if (FREE_MAPS.test(String(at.at(-1) ?? ''))) return;
        for (const [name, value] of Object.entries(data)) {
          visit(value, [...at, name], key === '' ? name : `${key}.${name}`);
        }
        return;
      }
      if (key === '') return;
      found.set(key, { type: typeOf(data), range: () => document.rangeOf(at) });
    };
    visit(document.data, [], '');
  }
  return found;
}

function nameOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null) return null;
  const { name, path } = item as { readonly name?: unknown; readonly path?: unknown };
  if (typeof name === 'string') return name;
  return typeof path === 'string' ? path : null;
}

function typeOf(value: unknown): SettingType {
  if (value === null || value === undefined) return 'nothing';
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
      // What is put in at deploy time may be anything.
      return /\$\{|\$\(|^\$[A-Z_]+$|\{\{/.test(value) ? 'open' : 'text';
    default:
      return 'open';
  }
}

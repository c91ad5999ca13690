import type { TouchEvidence } from '../change';
import type { DetectorWorld } from '../irreversible/detector';
import { readTemplatedYaml } from '../irreversible/templated-yaml';
import { isDocumentation, isTestOrSample, isVendored } from '../path-kinds';
import { namesChanged, readTextEnds, shownEvidence, type FamilyRead, type NamedLines } from './file-ends';

/** Names of variables that hold something secret, by their words. */
const SECRET_NAME =
  /(?:^|[_.-])(?:secret|token|password|passwd|passphrase|credentials?|private_?key|api_?key|access_?key|signing_?key|client_?secret)(?:$|[_.-])/i;

const ENV_EXAMPLE =
  /(?:^|\/)\.?env\.(?:example|sample|template|dist|defaults?)$|(?:^|\/)(?:example|sample)\.env$|(?:^|\/)\.env\.(?:example|sample|template|dist)[^/]*$/i;
const VALUES =
  /(?:^|\/)values[^/]*\.ya?ml$|(?:^|\/)application[^/]*\.ya?ml$|(?:^|\/)appsettings[^/]*\.json$|(?:^|\/)(?:config|conf|settings)\/[^/]+\.(?:ya?ml|json)$/i;
const PROPERTIES = /(?:^|\/)application[^/]*\.properties$|\.tfvars$/i;

/** Names of configuration that the range adds or takes away. Values are not looked at, and none is ever shown. */
export async function readConfigurationNames(world: DetectorWorld): Promise<FamilyRead> {
  const evidence: TouchEvidence[] = [];
  const isWanted = (path: string): boolean =>
    (ENV_EXAMPLE.test(path) || VALUES.test(path) || PROPERTIES.test(path)) &&
    !isTestOrSample(path) &&
    !isDocumentation(path) &&
    !isVendored(path);
  for (const { file, base, head } of await readTextEnds(world, isWanted)) {
    const read = (text: string | null): NamedLines =>
      text === null ? new Map() : VALUES.test(file.path) ? keysOf(text) : variablesOf(text);
    const isEnvironment = ENV_EXAMPLE.test(file.path);
    const what = isEnvironment ? 'variable' : 'key';
    const changed = namesChanged(read(base), read(head), { base, head });
    evidence.push(
      ...shownEvidence(
        'configuration',
        file,
        changed.map(({ name, change, range, side }) => ({
          range,
          side,
          what: `${change === 'added' ? 'adds' : 'removes'} the ${what} ${name}`,
        })),
      ),
      ...(isEnvironment
        ? shownEvidence(
            'secrets',
            file,
            changed
              .filter(({ name, change }) => change === 'added' && SECRET_NAME.test(name))
              .map(({ name, range, side }) => ({
                range,
                side,
                what: `asks for the variable ${name}, which is called like a secret`,
              })),
          )
        : []),
    );
  }
  return { evidence, untouched: [] };
}

function variablesOf(text: string): NamedLines {
  const names = new Map<string, number>();
  text.split('\n').forEach((line, index) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:]/.exec(line)?.[1];
    if (name !== undefined && !names.has(name)) names.set(name, index + 1);
  });
  return names;
}

/** Paths of keys down to this depth: what lies deeper is the shape of a value. */
const MAX_DEPTH = 8;

const MAX_KEYS = 5000;

function keysOf(text: string): NamedLines {
  const names = new Map<string, number>();
  const read = readTemplatedYaml(text);
  if (!read.ok) return names;
  for (const document of read.documents) {
    const walk = (value: unknown, path: readonly string[]): void => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
      for (const [key, inner] of Object.entries(value as Record<string, unknown>)) {
        if (names.size >= MAX_KEYS) return;
        const at = [...path, key];
        const isBranch =
          typeof inner === 'object' &&
          inner !== null &&
          !Array.isArray(inner) &&
          Object.keys(inner).length > 0;
        if (isBranch && at.length < MAX_DEPTH) walk(inner, at);
        else names.set(at.join('.'), document.rangeOf(at)?.start.line ?? 1);
      }
    };
    walk(document.data, []);
  }
  return names;
}

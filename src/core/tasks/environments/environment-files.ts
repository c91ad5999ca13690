import { isTestOrSample, isVendored } from '../../change/path-kinds';

/** A file that belongs to one environment, by a folder or a part of its name that is called like it. */
export interface EnvironmentFile {
  readonly path: string;
  readonly environment: string;
  /** The path with the environment taken out: files that are the same one of another environment have the same. */
  readonly neutral: string;
}

/** Files of settings, manifests and infrastructure. */
const CONFIGURES =
  /\.(?:ya?ml|json|tf|tfvars|properties|bicep)$|(?:^|\/)(?:\.env(?:\.[\w.-]+)?|[\w-]+\.env)$/;

/** Words of one environment: `prod` and `production` are one where only one of them is an environment. */
const SAME: readonly (readonly string[])[] = [
  ['dev', 'development'],
  ['stage', 'staging', 'stg'],
  ['prod', 'production', 'prd', 'live'],
];

/** The environments' files among the paths; tests, examples, other people's code and workflows are left out. */
export function environmentFiles(
  paths: Iterable<string>,
  environments: readonly string[],
): readonly EnvironmentFile[] {
  const byWord = wordsOf(environments);
  const found: EnvironmentFile[] = [];
  for (const path of paths) {
    if (!CONFIGURES.test(path) || path.startsWith('.github/') || isTestOrSample(path) || isVendored(path))
      continue;
    const parts = path.split('/');
    const named = new Set<string>();
    const neutral = parts.map((part, index) => {
      // A folder is called like the environment; of a file's name one word is.
      const words = index < parts.length - 1 ? [part] : part.split(/(?<=[._-])|(?=[._-])/);
      return words
        .map((word) => {
          const environment = byWord.get(word.toLowerCase());
          if (environment === undefined) return word;
          named.add(environment);
          return '{environment}';
        })
        .join('');
    });
    const [environment, other] = named;
    if (environment !== undefined && other === undefined)
      found.push({ path, environment, neutral: neutral.join('/') });
  }
  return found;
}

/** By each word that means an environment its name; a word that could be two of them means none. */
function wordsOf(environments: readonly string[]): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const name of environments) words.set(name.toLowerCase(), name);
  for (const same of SAME) {
    const known = environments.filter((name) => same.includes(name.toLowerCase()));
    const [only, other] = known;
    if (only === undefined || other !== undefined) continue;
    for (const word of same) if (!words.has(word)) words.set(word, only);
  }
  return words;
}

import type { RepositoryFiles } from '../ports';
import {
  combineLayers,
  defaultConfiguration,
  readLayer,
  type Configuration,
  type ConfigurationLayer,
  type ConfigurationProblem,
} from './configuration';

/** Bases of bases are followed so far; an organisation, a team and a service need three. */
const MAX_DEPTH = 5;

/** More files than this are no configuration that a person can keep in mind. */
const MAX_FILES = 20;

/** The configuration of a repository, or why there is none. `reason` is a sentence; `problems` are the mistakes in files. */
export type OpenedConfiguration =
  | { readonly ok: true; readonly configuration: Configuration; readonly paths: readonly string[] }
  | { readonly ok: false; readonly reason: string; readonly problems: readonly ConfigurationProblem[] };

/**
 * Reads the configuration at `path` with every file that it extends, each from the root of `files`: a base before the
 * file that names it, so that a later one wins. A base that is missing, leads back or is too deep is a mistake of the
 * line that names it. Where there is no file the defaults hold, unless it is required.
 *
 * `paths` names the files that were read.
 */
export async function openConfiguration(
  files: RepositoryFiles,
  path: string,
  options: { readonly isRequired: boolean },
): Promise<OpenedConfiguration> {
  const top = await files.read(path);
  if (!top.ok) {
    if (top.reason === 'missing' && !options.isRequired) {
      return { ok: true, configuration: defaultConfiguration, paths: [] };
    }
    return { ok: false, reason: `The configuration ${path} ${top.detail}`, problems: [] };
  }
  const problems: ConfigurationProblem[] = [];
  const layers: ConfigurationLayer[] = [];
  const paths: string[] = [];
  const follow = async (at: string, text: string, chain: readonly string[]): Promise<void> => {
    paths.push(at);
    const reading = readLayer(at, text);
    if (!reading.ok) {
      problems.push(...reading.problems);
      return;
    }
    for (const base of reading.layer.bases) {
      const wrong = (message: string): void => {
        problems.push({ message, path: at, line: base.line, column: base.column });
      };
      if (base.path === at || chain.includes(base.path)) {
        wrong(`"extends" leads back to "${base.path}"`);
        continue;
      }
      if (chain.length >= MAX_DEPTH) {
        wrong(`"extends" is followed over ${MAX_DEPTH} files at most, and "${base.path}" is one too deep`);
        continue;
      }
      // A base that two files share is laid down once, where it is first named.
      if (paths.includes(base.path)) continue;
      if (paths.length >= MAX_FILES) {
        wrong(`a configuration is made of ${MAX_FILES} files at most, and "${base.path}" is one too many`);
        continue;
      }
      const read = await files.read(base.path);
      if (read.ok) await follow(base.path, read.text, [...chain, at]);
      else wrong(`the base "${base.path}" ${read.detail}`);
    }
    layers.push(reading.layer);
  };
  await follow(path, top.text, []);
  if (problems.length === 0) {
    const combined = combineLayers(layers);
    if (combined.ok) return { ...combined, paths };
    problems.push(...combined.problems);
  }
  return { ok: false, reason: 'The configuration has mistakes', problems };
}
